"""What is asked about columns, as data: predicates, conditions, orders. Values are bound: plain, as a backend takes them."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, NoReturn, TypeAlias

from coodie.exceptions import InvalidQueryError
from coodie.schema import Column


class Operator(Enum):
    """How a comparison is written in CQL."""

    EQ = "="
    NE = "!="
    GT = ">"
    GTE = ">="
    LT = "<"
    LTE = "<="
    IN = "IN"
    CONTAINS = "CONTAINS"
    CONTAINS_KEY = "CONTAINS KEY"
    LIKE = "LIKE"


SLICES = (Operator.GT, Operator.GTE, Operator.LT, Operator.LTE)


@dataclass(frozen=True, slots=True)
class Token:
    """A place on the ring, where `__token__…` lookups want one rather than a key."""

    value: int


class Joined:
    """What comparisons may be joined by: all of them have to hold, so `&` joins; nothing else does."""

    __slots__ = ()

    def __and__(self, other: object) -> "Every":
        return Every((*_joined(self), *_joined(other)))

    def __or__(self, other: object) -> NoReturn:
        raise _no_logic(self, "|")

    def __invert__(self) -> NoReturn:
        raise _no_logic(self, "~")

    def __bool__(self) -> bool:
        raise _no_truth(self)


@dataclass(frozen=True, slots=True)
class Comparison(Joined):
    """`column operator ?`."""

    column: Column
    operator: Operator
    value: Any

    def __repr__(self) -> str:
        return f"{self.column} {self.operator.value} {self.value!r}"


@dataclass(frozen=True, slots=True)
class TupleComparison(Joined):
    """`(column, …) operator ?` over clustering columns; with IN, the value is a tuple of tuples."""

    columns: tuple[Column, ...]
    operator: Operator
    value: tuple[Any, ...]

    def __repr__(self) -> str:
        return f"({', '.join(map(str, self.columns))}) {self.operator.value} {self.value!r}"


@dataclass(frozen=True, slots=True)
class TokenComparison(Joined):
    """`token(partition key) operator` a token, or the token of a key."""

    columns: tuple[Column, ...]
    operator: Operator
    value: Token | tuple[Any, ...]

    def __repr__(self) -> str:
        return f"token({', '.join(map(str, self.columns))}) {self.operator.value} {self.value!r}"


Predicate: TypeAlias = Comparison | TupleComparison | TokenComparison


@dataclass(frozen=True, slots=True)
class Every(Joined):
    """Comparisons that all have to hold: `(Task.priority > 3) & (Task.status == "open")`."""

    parts: tuple[Predicate, ...]

    def __repr__(self) -> str:
        return " AND ".join(map(repr, self.parts))


def _joined(written: object) -> tuple[Predicate, ...]:
    match written:
        case Every(parts):
            return parts
        case Comparison() | TupleComparison() | TokenComparison():
            return (written,)
    raise InvalidQueryError(f"{written!r} is no comparison: `&` joins comparisons, each in parentheses")


def _no_truth(written: Joined) -> InvalidQueryError:
    return InvalidQueryError(
        f"{written!r} is compared by the server, not by Python: `and`, `or`, `not`, `in` and chains like 1 < x < 5 would "
        f"drop a part; give find() and filter() the comparisons one by one, all of them have to hold"
    )


def _no_logic(written: Joined, sign: str) -> InvalidQueryError:
    instead = {
        "|": "ask once for each alternative, or, of one column, with __in",
        "~": "say the opposite: != for ==, <= for >",
    }
    return InvalidQueryError(f"{written!r}: CQL has no {_LOGIC[sign]} ({sign}); {instead[sign]}")


_LOGIC = {"|": "OR", "~": "NOT"}


@dataclass(frozen=True, slots=True)
class Order:
    """Sorted by a column."""

    column: Column
    descending: bool

    def __repr__(self) -> str:
        return f"{'-' if self.descending else ''}{self.column}"


@dataclass(frozen=True, slots=True)
class Near:
    """Sorted by how near a column's vectors are to this one."""

    column: Column
    vector: list[float]
