"""What may stand for a value, and the generic nodes that terms and selectors share."""

from typing import Generic, TypeAlias, TypeVar
from typing import Literal as OneOf

from coodie_memory.cql.ast.names import NativeTypeName, QualifiedName, TypeName
from coodie_memory.value import Value

LiteralKind: TypeAlias = OneOf["STRING", "INTEGER", "FLOAT", "BOOLEAN", "UUID", "HEX", "DURATION"]
ArithmeticOperator: TypeAlias = OneOf["+", "-", "*", "/", "%"]


E_co = TypeVar("E_co", covariant=True)


class Literal(Value):
    """A constant as written, a string without its quotes. NaN and Infinity are FLOAT."""

    kind: LiteralKind
    text: str


class Null(Value):
    """`null`."""


class Marker(Value):
    """`?` or `:name`; `index` counts through the whole statement, a batch's statements included."""

    name: str | None
    index: int


class FunctionCall(Value, Generic[E_co]):
    """`name(arguments)`."""

    name: QualifiedName
    arguments: tuple[E_co, ...]


class Cast(Value, Generic[E_co]):
    """`CAST(operand AS type)`, the function; `TypeHint` is the annotation."""

    operand: E_co
    type: NativeTypeName


class TypeHint(Value, Generic[E_co]):
    """`(type)operand`."""

    type: TypeName
    operand: E_co


class BinaryOp(Value, Generic[E_co]):
    """`left operator right`; `*`, `/`, `%` bind first, then left to right."""

    operator: ArithmeticOperator
    left: E_co
    right: E_co


class Negation(Value, Generic[E_co]):
    """`-operand`; the minus of `-1` belongs to the literal."""

    operand: E_co


class ListLiteral(Value, Generic[E_co]):
    """`[a, b]`: a list or a vector."""

    elements: tuple[E_co, ...]


class SetLiteral(Value, Generic[E_co]):
    """`{a, b}`; `{}` is this one too, and may mean an empty map."""

    elements: tuple[E_co, ...]


class MapLiteral(Value, Generic[E_co]):
    """`{a: b}`, never empty; in a select list `{name: b}` may be a user type's value, too."""

    entries: tuple[tuple[E_co, E_co], ...]


class TupleLiteral(Value, Generic[E_co]):
    """`(a, b)`; with one element a pair of parentheses, or a tuple of one where a tuple is wanted."""

    elements: tuple[E_co, ...]


class UserTypeLiteral(Value, Generic[E_co]):
    """`{field: value}`, never empty; fields as written, repeated ones included."""

    fields: tuple[tuple[str, E_co], ...]


Term: TypeAlias = (
    "Literal | Null | Marker | FunctionCall[Term] | Cast[Term] | TypeHint[Term] | BinaryOp[Term] | Negation[Term]"
    " | ListLiteral[Term] | SetLiteral[Term] | MapLiteral[Term] | TupleLiteral[Term] | UserTypeLiteral[Term]"
)
IntegerTerm: TypeAlias = Literal | Marker
"""What LIMIT, TTL and TIMESTAMP take: an INTEGER literal or a marker (Scylla: for TIMEOUT a DURATION literal)."""
