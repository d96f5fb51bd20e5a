"""What the server is to give beside columns: aggregates, write times, times to live, casts, tokens."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, assert_never

from coodie.cqltypes import Native
from coodie.exceptions import InvalidQueryError
from coodie.expressions import Expression, field, names, unknown
from coodie.schema import Column, TableSchema

AGGREGATES = ("count", "sum", "avg", "min", "max")
_NUMBERS = frozenset(
    {"tinyint", "smallint", "int", "bigint", "varint", "float", "double", "decimal", "counter"}
)
_CASTABLE = (
    "ascii", "bigint", "date", "decimal", "double", "float", "int", "smallint", "text", "time", "timestamp",
    "tinyint", "varint",
)  # fmt: skip
_CALL = re.compile(r"\s*(\w+)\s*\(\s*(\*|\w+)\s*\)\s*")


@dataclass(frozen=True, slots=True)
class Call:
    """A function of a column, or of whole rows; a column by itself, if there is no function."""

    name: str
    """What the result is called."""
    function: str | None
    column: Column | None

    def read(self, value: Any) -> Any:
        """The result as Python has it: what is picked from a column is of its type."""
        picked = self.function in (None, "min", "max") and self.column is not None
        return self.column.read(value) if picked and self.column is not None else value


@dataclass(frozen=True, slots=True)
class Cast:
    """A column's value as the server makes another type of it."""

    column: Column
    to: str

    @property
    def name(self) -> str:
        """What the value is called: as the field."""
        return self.column.field


@dataclass(frozen=True, slots=True)
class PartitionToken:
    """Where on the ring the row's partition is."""

    columns: tuple[Column, ...]
    name: str = "token"


Selected: TypeAlias = Column | Call | Cast | PartitionToken
"""What a row of an answer may have in one place."""


def cast(schema: TableSchema, of: str | Expression[Any], to: str) -> Cast:
    """What `cast(column, type)` means."""
    if to not in _CASTABLE:
        raise unknown(f"nothing can be cast to {to!r}", to, _CASTABLE)
    return Cast(field(schema, names([of])[0]), to)


def token(schema: TableSchema, of: Iterable[str | Expression[Any]]) -> PartitionToken:
    """What `select_token(*columns)` means; without columns, the whole partition key."""
    named = tuple(field(schema, name) for name in names(of)) or schema.partition_key
    if named != schema.partition_key:
        key = ", ".join(column.field for column in schema.partition_key)
        raise InvalidQueryError(f"{schema.model}: a token is of the whole partition key ({key})")
    return PartitionToken(named)


def value_reader(selected: Selected) -> Callable[[Any], Any]:
    """What makes a Python value of what a backend gave in that place."""
    match selected:
        case Column():
            return selected.value
        case Call():
            return selected.read
        case Cast() | PartitionToken():
            return _same
        case _:
            assert_never(selected)


def aggregate(schema: TableSchema, name: str, function: str, of: str | Expression[Any]) -> Call:
    """An aggregate of a column; `count` may be of `*`."""
    if function not in AGGREGATES:
        raise unknown(f"there is no aggregate {function!r}", function, AGGREGATES)
    if isinstance(of, str) and of == "*":
        if function != "count":
            raise InvalidQueryError(f"{function}(*) is of no column; only count(*) is of rows")
        return Call(name, function, None)
    column = field(schema, names([of])[0])
    if function in ("sum", "avg") and not (
        isinstance(column.cql_type, Native) and column.cql_type.name in _NUMBERS
    ):
        raise InvalidQueryError(f"{column}: {function}() wants numbers")
    return Call(name, function, column)


def aggregates(schema: TableSchema, wanted: Mapping[str, str]) -> tuple[Call, ...]:
    """What `aggregate(total="sum(priority)")` means."""
    if not wanted:
        raise InvalidQueryError(
            "aggregate() wants aggregates, each with a name: aggregate(total='sum(field)')"
        )
    found = []
    for name, text in wanted.items():
        call = _CALL.fullmatch(text) if isinstance(text, str) else None
        if call is None:
            raise InvalidQueryError(f"{name}: {text!r} is no call of an aggregate; write {name}='sum(field)'")
        found.append(aggregate(schema, name, call[1].lower(), call[2]))
    return tuple(found)


def of_cell(schema: TableSchema, function: str, of: str | Expression[Any]) -> Call:
    """`writetime` or `ttl` of a column that has one."""
    column = field(schema, names([of])[0])
    if column.is_key:
        raise InvalidQueryError(f"{column} is part of the key, which has no {function} of its own")
    return Call(column.field, function, column)


def columns(found: Iterable[Column]) -> tuple[Call, ...]:
    """Plain columns beside calls."""
    return tuple(Call(column.field, None, column) for column in found)


def _same(value: Any) -> Any:
    return value
