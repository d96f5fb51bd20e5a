"""What WHERE, SET, DELETE and IF are made of."""

from dataclasses import dataclass
from typing import Literal as OneOf
from typing import TypeAlias

from coodie_memory.cql.ast.terms import Marker, Term, TupleLiteral

Operator: TypeAlias = OneOf["=", "<", "<=", ">", ">=", "!=", "LIKE", "CONTAINS", "CONTAINS KEY"]


@dataclass(frozen=True, slots=True)
class ColumnRelation:
    """`column operator value`: comparisons, LIKE, CONTAINS, CONTAINS KEY."""

    column: str
    operator: Operator
    value: Term


@dataclass(frozen=True, slots=True)
class ColumnInRelation:
    """`column IN (a, b)` or `column IN ?`; `negated` is NOT IN (Scylla)."""

    column: str
    values: tuple[Term, ...] | Marker
    negated: bool = False


@dataclass(frozen=True, slots=True)
class NotNullRelation:
    """`column IS NOT NULL`."""

    column: str


@dataclass(frozen=True, slots=True)
class ElementRelation:
    """`column[key] operator value`."""

    column: str
    key: Term
    operator: Operator
    value: Term


@dataclass(frozen=True, slots=True)
class TokenRelation:
    """`token(columns) operator value`."""

    columns: tuple[str, ...]
    operator: Operator
    value: Term


@dataclass(frozen=True, slots=True)
class TupleRelation:
    """`(columns) operator (values)` or `(columns) operator ?`."""

    columns: tuple[str, ...]
    operator: Operator
    value: TupleLiteral[Term] | Marker


@dataclass(frozen=True, slots=True)
class TupleInRelation:
    """`(columns) IN ((…), …)`, `IN (?, …)`, `IN ?` or `IN ()`; `negated` is NOT IN (Scylla)."""

    columns: tuple[str, ...]
    values: tuple[TupleLiteral[Term] | Marker, ...] | Marker
    negated: bool = False


@dataclass(frozen=True, slots=True)
class IndexExpression:
    """`expr(index, value)`: a question for a custom index."""

    index: str
    value: Term


Relation: TypeAlias = (
    ColumnRelation
    | ColumnInRelation
    | NotNullRelation
    | ElementRelation
    | TokenRelation
    | TupleRelation
    | TupleInRelation
    | IndexExpression
)


@dataclass(frozen=True, slots=True)
class ColumnTarget:
    """A column."""

    column: str


@dataclass(frozen=True, slots=True)
class ElementTarget:
    """`column[key]`."""

    column: str
    key: Term


@dataclass(frozen=True, slots=True)
class FieldTarget:
    """`column.field`."""

    column: str
    field: str


Target: TypeAlias = ColumnTarget | ElementTarget | FieldTarget


@dataclass(frozen=True, slots=True)
class SetValue:
    """`target = value`."""

    target: Target
    value: Term


@dataclass(frozen=True, slots=True)
class Addition:
    """`column = column + value` or `column += value`; `c = c -1` is the addition of `-1`."""

    column: str
    value: Term


@dataclass(frozen=True, slots=True)
class Subtraction:
    """`column = column - value` or `column -= value`."""

    column: str
    value: Term


@dataclass(frozen=True, slots=True)
class Prepend:
    """`column = value + column`."""

    column: str
    value: Term


Assignment: TypeAlias = SetValue | Addition | Subtraction | Prepend


@dataclass(frozen=True, slots=True)
class Comparison:
    """`target operator value` in IF."""

    target: Target
    operator: Operator
    value: Term


@dataclass(frozen=True, slots=True)
class Membership:
    """`target IN (a, b)` or `target IN ?` in IF; `negated` is NOT IN (Scylla)."""

    target: Target
    values: tuple[Term, ...] | Marker
    negated: bool = False


Condition: TypeAlias = Comparison | Membership
