"""DML text: the only place that spells SELECT, INSERT, UPDATE and DELETE.

One call shape is one text: whatever varies with values is bound, limits, TTLs and timestamps included.
"""
# ruff: noqa: S608  # values are bound, identifiers come from a checked schema and are quoted

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Any, assert_never

from coodie.assignments import Assignment, Change, parameters
from coodie.calculations import Call, Cast, PartitionToken, Selected
from coodie.exceptions import InvalidQueryError
from coodie.names import qualified, quoted
from coodie.predicates import (
    Comparison,
    Near,
    Operator,
    Order,
    Predicate,
    Token,
    TokenComparison,
    TupleComparison,
)
from coodie.queryset import Options
from coodie.schema import Column, Kind, TableSchema
from coodie.statement import Statement, check_whole

Values = tuple[Any, ...]
AS_SET = Options()


def select(
    schema: TableSchema,
    columns: tuple[Selected, ...],
    where: tuple[Predicate, ...] = (),
    *,
    order: tuple[Order, ...] = (),
    groups: tuple[Column, ...] = (),
    near: Near | None = None,
    limit: int | None = None,
    per_partition_limit: int | None = None,
    allows_filtering: bool = False,
    distinct: bool = False,
    options: Options = AS_SET,
) -> Statement:
    """A read of these columns, or of what the server makes of them."""
    text = _selection(schema, columns, distinct) + _where(where)
    params = _bound(where)
    if groups:
        text += _group_by(groups)
    if order:
        text += " ORDER BY " + ", ".join(f"{quoted(each.column.name)} {_direction(each)}" for each in order)
    if near is not None:
        text += f" ORDER BY {quoted(near.column.name)} ANN OF ?"
        params += (near.vector,)
    if per_partition_limit is not None:
        text += " PER PARTITION LIMIT ?"
        params += (per_partition_limit,)
    if limit is not None:
        text += " LIMIT ?"
        params += (limit,)
    if allows_filtering:
        text += " ALLOW FILTERING"
    return statement(schema, text, params, options, idempotent=True)


def count(
    schema: TableSchema,
    where: tuple[Predicate, ...],
    *,
    allows_filtering: bool = False,
    options: Options = AS_SET,
) -> Statement:
    """How many rows there are."""
    text, params = f"SELECT COUNT(*) FROM {table_name(schema)}{_where(where)}", _bound(where)
    text += " ALLOW FILTERING" if allows_filtering else ""
    return statement(schema, text, params, options, idempotent=True)


def calculate(
    schema: TableSchema,
    calls: tuple[Call, ...],
    where: tuple[Predicate, ...],
    groups: tuple[Column, ...],
    options: Options,
    *,
    filtering: bool,
) -> Statement:
    """Columns and functions of columns."""
    text = _selection(schema, calls, distinct=False) + _where(where)
    if groups:
        text += _group_by(groups)
    if filtering:
        text += " ALLOW FILTERING"
    return statement(schema, text, _bound(where), options, idempotent=True)


def as_json(read: Statement) -> Statement:
    """The same read, with rows as JSON texts."""
    return replace(read, cql=read.cql.replace("SELECT ", "SELECT JSON ", 1))


def select_by_key(
    schema: TableSchema, columns: tuple[Column, ...], key: Values, options: Options = AS_SET
) -> Statement:
    """A read of one row by its primary key."""
    text = _selection(schema, columns, distinct=False) + _key(schema.primary_key)
    return statement(schema, text, key, options, idempotent=True)


def insert(
    schema: TableSchema,
    columns: tuple[Column, ...],
    values: Values,
    *,
    if_not_exists: bool = False,
    ttl: int | None = None,
    timestamp: int | None = None,
    options: Options = AS_SET,
) -> Statement:
    """A whole row, over or instead of what is there."""
    # A whole row's columns are not asked for their hash, which takes longer than the rest.
    some = None if columns is schema.columns else columns
    text = _insert_text(schema, some, if_not_exists, ttl is not None, timestamp is not None)
    params = values if ttl is None and timestamp is None else values + _using_values(ttl, timestamp)
    return statement(schema, text, params, options, idempotent=not if_not_exists)


def insert_json(
    schema: TableSchema,
    row: str,
    *,
    ttl: int | None = None,
    timestamp: int | None = None,
    options: Options = AS_SET,
) -> Statement:
    """A row written as a JSON text, over what is there; columns that it does not name stay."""
    using = _using_text(ttl is not None, timestamp is not None)
    text = f"INSERT INTO {table_name(schema)} JSON ? DEFAULT UNSET{using}"
    return statement(schema, text, (row, *_using_values(ttl, timestamp)), options, idempotent=True)


def update(
    schema: TableSchema,
    changes: tuple[Assignment, ...],
    where: tuple[Predicate, ...],
    *,
    if_exists: bool = False,
    conditions: tuple[Comparison, ...] = (),
    ttl: int | None = None,
    timestamp: int | None = None,
    options: Options = AS_SET,
) -> Statement:
    """Changes of some columns of the rows with these keys."""
    sets = ", ".join(_assignment_text(each.column, each.change) for each in changes)
    using = _using_text(ttl is not None, timestamp is not None)
    text = f"UPDATE {table_name(schema)}{using} SET {sets}{_where(where)}{_if(if_exists, conditions)}"
    params = _using_values(ttl, timestamp) + tuple(value for each in changes for value in parameters(each))
    params += _bound(where) + _bound(conditions)
    conditional = if_exists or bool(conditions)
    idempotent = not conditional and all(each.idempotent for each in changes)
    return statement(schema, text, params, options, idempotent=idempotent)


def delete(
    schema: TableSchema,
    where: tuple[Predicate, ...],
    *,
    columns: tuple[Column, ...] = (),
    elements: tuple[tuple[Column, Any], ...] = (),
    if_exists: bool = False,
    conditions: tuple[Comparison, ...] = (),
    timestamp: int | None = None,
    options: Options = AS_SET,
) -> Statement:
    """The rows with these keys, or some columns of them, gone."""
    cells = [quoted(column.name) for column in columns] + [
        f"{quoted(column.name)}[?]" for column, _ in elements
    ]
    what = f" {', '.join(cells)}" if cells else ""
    using = _using_text(ttl=False, timestamp=timestamp is not None)
    text = f"DELETE{what} FROM {table_name(schema)}{using}{_where(where)}{_if(if_exists, conditions)}"
    # Marks are bound in the order of the text: elements come before USING.
    params = tuple(place for _, place in elements) + _using_values(None, timestamp)
    params += _bound(where) + _bound(conditions)
    return statement(schema, text, params, options, idempotent=not (if_exists or conditions))


def statement(
    schema: TableSchema, text: str, params: Values, options: Options = AS_SET, *, idempotent: bool
) -> Statement:
    """The text to be run on that table: as the call says, else as the model does."""
    return Statement(
        text,
        params,
        options.consistency or schema.consistency,
        options.serial_consistency or schema.serial_consistency,
        schema.timeout if options.timeout is None else options.timeout,
        options.fetch_size,
        options.paging_state,
        idempotent,
    )


def by_key(schema: TableSchema, key: Values) -> tuple[Comparison, ...]:
    """The predicates that name one row; with fewer values than the key has columns, all rows that start so."""
    return tuple(
        Comparison(column, Operator.EQ, value) for column, value in zip(schema.primary_key, key, strict=False)
    )


def key_to_write(schema: TableSchema, written: Iterable[Column]) -> tuple[Column, ...]:
    """The columns of the key that a write of these columns names: where all are static, it names their partition."""
    return (
        schema.partition_key if all(column.kind is Kind.STATIC for column in written) else schema.primary_key
    )


@lru_cache(maxsize=4096)
def table_name(schema: TableSchema) -> str:
    """The table as CQL names it."""
    return qualified(schema.keyspace, schema.table)


@lru_cache(maxsize=4096)
def _selection(schema: TableSchema, columns: tuple[Selected, ...], distinct: bool) -> str:  # noqa: FBT001  # cached
    names = ", ".join(map(_selected, columns))
    return f"SELECT {'DISTINCT ' if distinct else ''}{names} FROM {table_name(schema)}"


@lru_cache(maxsize=4096)
def _key(columns: tuple[Column, ...]) -> str:
    return " WHERE " + " AND ".join(_comparison(column, Operator.EQ) for column in columns)


@lru_cache(maxsize=4096)
def _insert_text(
    schema: TableSchema,
    some: tuple[Column, ...] | None,
    if_not_exists: bool,  # noqa: FBT001  # positional, for the cache
    ttl: bool,  # noqa: FBT001
    timestamp: bool,  # noqa: FBT001
) -> str:
    columns = schema.columns if some is None else some
    names = ", ".join(quoted(column.name) for column in columns)
    marks = ", ".join("?" for _ in columns)
    condition = " IF NOT EXISTS" if if_not_exists else ""
    return (
        f"INSERT INTO {table_name(schema)} ({names}) VALUES ({marks}){condition}{_using_text(ttl, timestamp)}"
    )


def _group_by(groups: tuple[Column, ...]) -> str:
    return " GROUP BY " + ", ".join(quoted(column.name) for column in groups)


def _selected(selected: Selected) -> str:
    match selected:
        case Column(name=name):
            return quoted(name)
        case Call(name, function, column):
            of = "*" if column is None else quoted(column.name)
            return of if function is None else f"{function}({of}) AS {quoted(name)}"
        case Cast(column, to):
            return f"CAST({quoted(column.name)} AS {to})"
        case PartitionToken(columns):
            return f"token({', '.join(quoted(column.name) for column in columns)})"
        case _:
            assert_never(selected)


def _where(where: tuple[Predicate, ...]) -> str:
    return " WHERE " + " AND ".join(map(_predicate, where)) if where else ""


def _predicate(predicate: Predicate) -> str:
    match predicate:
        case Comparison(column, operator):
            return _comparison(column, operator)
        case TupleComparison(columns, operator, value):
            names = ", ".join(quoted(column.name) for column in columns)
            marks = "?" if operator is Operator.IN else f"({', '.join('?' for _ in value)})"
            return f"({names}) {operator.value} {marks}"
        case TokenComparison(columns, operator, value):
            names = ", ".join(quoted(column.name) for column in columns)
            mark = "?" if isinstance(value, Token) else f"token({', '.join('?' for _ in value)})"
            return f"token({names}) {operator.value} {mark}"
        case _:
            assert_never(predicate)


@lru_cache(maxsize=4096)
def _comparison(column: Column, operator: Operator) -> str:
    return f"{quoted(column.name)} {operator.value} ?"


def _bound(where: Iterable[Predicate]) -> Values:
    found: list[Any] = []
    for predicate in where:
        match predicate:
            case Comparison(value=value):
                found.append(value)
            case TupleComparison(operator=Operator.IN, value=value):
                found.append(list(value))
            case TokenComparison(value=Token(place)):
                found.append(place)
            case TupleComparison(value=values) | TokenComparison(value=tuple(values)):
                found.extend(values)
    return tuple(found)


def _if(if_exists: bool, conditions: tuple[Comparison, ...]) -> str:  # noqa: FBT001  # of one call
    if if_exists and conditions:
        raise InvalidQueryError(
            "if_exists and if_conditions exclude each other; a condition implies that the row exists"
        )
    if if_exists:
        return " IF EXISTS"
    return " IF " + " AND ".join(map(_predicate, conditions)) if conditions else ""


@lru_cache(maxsize=4096)
def _assignment_text(column: Column, change: Change) -> str:
    name = quoted(column.name)
    match change:
        case Change.SET:
            return f"{name} = ?"
        case Change.ADD | Change.APPEND | Change.UPDATE | Change.INCREMENT:
            return f"{name} = {name} + ?"
        case Change.REMOVE | Change.DECREMENT:
            return f"{name} = {name} - ?"
        case Change.PREPEND:
            return f"{name} = ? + {name}"
        case Change.PUT | Change.SETINDEX:
            return f"{name}[?] = ?"
        case _:
            assert_never(change)


def _using_text(ttl: bool, timestamp: bool) -> str:  # noqa: FBT001  # positional, for the cache
    used = [word for word, wanted in (("TTL ?", ttl), ("TIMESTAMP ?", timestamp)) if wanted]
    return " USING " + " AND ".join(used) if used else ""


def _using_values(ttl: int | None, timestamp: int | None) -> Values:
    if ttl is None and timestamp is None:
        return ()
    check_whole("ttl", ttl, bits=32)
    check_whole("timestamp", timestamp, bits=64)
    return tuple(value for value in (ttl, timestamp) if value is not None)


def _direction(order: Order) -> str:
    return "DESC" if order.descending else "ASC"
