"""What WHERE, SET, DELETE and IF are made of."""

from typing import Literal as OneOf
from typing import TypeAlias

from coodie_memory.cql.ast.terms import Marker, Term, TupleLiteral
from coodie_memory.value import Value

Operator: TypeAlias = OneOf["=", "<", "<=", ">", ">=", "!=", "LIKE", "CONTAINS", "CONTAINS KEY"]


class ColumnRelation(Value):
    """`column operator value`: comparisons, LIKE, CONTAINS, CONTAINS KEY."""

    column: str
    operator: Operator
    value: Term


class ColumnInRelation(Value):
    """`column IN (a, b)` or `column IN ?`; `negated` is NOT IN (Scylla)."""

    column: str
    values: tuple[Term, ...] | Marker
    negated: bool = False


class NotNullRelation(Value):
    """`column IS NOT NULL`."""

    column: str


class ElementRelation(Value):
    """`column[key] operator value`."""

    column: str
    key: Term
    operator: Operator
    value: Term


class TokenRelation(Value):
    """`token(columns) operator value`."""

    columns: tuple[str, ...]
    operator: Operator
    value: Term


class TupleRelation(Value):
    """`(columns) operator (values)` or `(columns) operator ?`."""

    columns: tuple[str, ...]
    operator: Operator
    value: TupleLiteral[Term] | Marker


class TupleInRelation(Value):
    """`(columns) IN ((…), …)`, `IN (?, …)`, `IN ?` or `IN ()`; `negated` is NOT IN (Scylla)."""

    columns: tuple[str, ...]
    values: tuple[TupleLiteral[Term] | Marker, ...] | Marker
    negated: bool = False


class IndexExpression(Value):
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


class ColumnTarget(Value):
    """A column."""

    column: str


class ElementTarget(Value):
    """`column[key]`."""

    column: str
    key: Term


class FieldTarget(Value):
    """`column.field`."""

    column: str
    field: str


Target: TypeAlias = ColumnTarget | ElementTarget | FieldTarget


class SetValue(Value):
    """`target = value`."""

    target: Target
    value: Term


class Addition(Value):
    """`column = column + value` or `column += value`; `c = c -1` is the addition of `-1`."""

    column: str
    value: Term


class Subtraction(Value):
    """`column = column - value` or `column -= value`."""

    column: str
    value: Term


class Prepend(Value):
    """`column = value + column`."""

    column: str
    value: Term


Assignment: TypeAlias = SetValue | Addition | Subtraction | Prepend


class Comparison(Value):
    """`target operator value` in IF."""

    target: Target
    operator: Operator
    value: Term


class Membership(Value):
    """`target IN (a, b)` or `target IN ?` in IF; `negated` is NOT IN (Scylla)."""

    target: Target
    values: tuple[Term, ...] | Marker
    negated: bool = False


Condition: TypeAlias = Comparison | Membership
