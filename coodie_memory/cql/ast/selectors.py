"""What may stand in a select list."""

from dataclasses import dataclass
from typing import Literal as OneOf
from typing import TypeAlias

from coodie_memory.cql.ast.terms import (
    BinaryOp,
    Cast,
    FunctionCall,
    ListLiteral,
    Literal,
    MapLiteral,
    Marker,
    Negation,
    Null,
    SetLiteral,
    Term,
    TupleLiteral,
    TypeHint,
)

CellAttribute: TypeAlias = OneOf["writetime", "maxwritetime", "ttl"]


@dataclass(frozen=True, slots=True)
class ColumnSelector:
    """A column by its name."""

    name: str


@dataclass(frozen=True, slots=True)
class FieldSelector:
    """`operand.field`."""

    operand: "Selector"
    field: str


@dataclass(frozen=True, slots=True)
class ElementSelector:
    """`operand[key]`."""

    operand: "Selector"
    key: Term


@dataclass(frozen=True, slots=True)
class SliceSelector:
    """`operand[start..end]`, at least one of them given."""

    operand: "Selector"
    start: "Term | None"
    end: "Term | None"


@dataclass(frozen=True, slots=True)
class AttributeSelector:
    """`WRITETIME(operand)`, `MAXWRITETIME(operand)`, `TTL(operand)`; `operand` is a column, or an element, slice or field of it."""

    attribute: CellAttribute
    operand: "ColumnSelector | FieldSelector | ElementSelector | SliceSelector"


@dataclass(frozen=True, slots=True)
class CountRows:
    """`COUNT(*)`."""


Selector: TypeAlias = (
    "ColumnSelector | FieldSelector | ElementSelector | SliceSelector | AttributeSelector | CountRows"
    " | Literal | Null | Marker | FunctionCall[Selector] | Cast[Selector] | TypeHint[Selector] | BinaryOp[Selector]"
    " | Negation[Selector] | ListLiteral[Selector] | SetLiteral[Selector] | MapLiteral[Selector]"
    " | TupleLiteral[Selector]"
)


@dataclass(frozen=True, slots=True)
class Selected:
    """One item of a select list, with its alias if it has one."""

    selector: Selector
    alias: str | None = None
