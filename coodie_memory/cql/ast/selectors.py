"""What may stand in a select list."""

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
from coodie_memory.value import Value

CellAttribute: TypeAlias = OneOf["writetime", "maxwritetime", "ttl"]


class ColumnSelector(Value):
    """A column by its name."""

    name: str


class FieldSelector(Value):
    """`operand.field`."""

    operand: "Selector"
    field: str


class ElementSelector(Value):
    """`operand[key]`."""

    operand: "Selector"
    key: Term


class SliceSelector(Value):
    """`operand[start..end]`, at least one of them given."""

    operand: "Selector"
    start: "Term | None"
    end: "Term | None"


class AttributeSelector(Value):
    """`WRITETIME(operand)`, `MAXWRITETIME(operand)`, `TTL(operand)`; `operand` is a column, or an element, slice or field of it."""

    attribute: CellAttribute
    operand: "ColumnSelector | FieldSelector | ElementSelector | SliceSelector"


class CountRows(Value):
    """`COUNT(*)`."""


Selector: TypeAlias = (
    "ColumnSelector | FieldSelector | ElementSelector | SliceSelector | AttributeSelector | CountRows"
    " | Literal | Null | Marker | FunctionCall[Selector] | Cast[Selector] | TypeHint[Selector] | BinaryOp[Selector]"
    " | Negation[Selector] | ListLiteral[Selector] | SetLiteral[Selector] | MapLiteral[Selector]"
    " | TupleLiteral[Selector]"
)


class Selected(Value):
    """One item of a select list, with its alias if it has one."""

    selector: Selector
    alias: str | None = None
