"""What calculating on the server means."""

from dataclasses import replace
from typing import Any

from coodie import calculations, cql, plan
from coodie.calculations import Call, Selected
from coodie.exceptions import InvalidQueryError
from coodie.expressions import Expression
from coodie.operations.steps import Operation
from coodie.operations.tables import execute_raw
from coodie.queryset import Query, QuerySetBase


def total(queryset: QuerySetBase[Any], column: str | Expression[Any], /) -> Operation[Any]:
    """The sum of a column's values over all matching rows; 0 where there is none."""
    return (yield from _one(queryset.query, "sum", column))


def average(queryset: QuerySetBase[Any], column: str | Expression[Any], /) -> Operation[Any]:
    """The average of a column's values, as the server divides: whole numbers stay whole."""
    return (yield from _one(queryset.query, "avg", column))


def least(queryset: QuerySetBase[Any], column: str | Expression[Any], /) -> Operation[Any]:
    """The least of a column's values, None where there is none."""
    return (yield from _one(queryset.query, "min", column))


def greatest(queryset: QuerySetBase[Any], column: str | Expression[Any], /) -> Operation[Any]:
    """The greatest of a column's values, None where there is none."""
    return (yield from _one(queryset.query, "max", column))


def aggregate(queryset: QuerySetBase[Any], /, **wanted: str) -> Operation[Any]:
    """Several aggregates at once, `total="sum(priority)"`: a dict; after `group_by()`, a list of dicts by group."""
    query = queryset.query
    calls = calculations.aggregates(query.schema, wanted)
    if twice := [group.field for group in query.groups if group.field in wanted]:
        raise InvalidQueryError(f"{twice[0]} is what the rows are grouped by; call the aggregate otherwise")
    rows = yield from _calculated(query, (*calculations.columns(query.groups), *calls))
    return rows if query.groups else rows[0]


def write_time(queryset: QuerySetBase[Any], column: str | Expression[Any], /) -> Operation[Any]:
    """When the column was written in the first matching row, in microseconds since the epoch.

    None where there is no value or no row. Of a collection, servers that tell it give a list.
    """
    return (yield from _of_cell(queryset.query, "writetime", column))


def time_to_live(queryset: QuerySetBase[Any], column: str | Expression[Any], /) -> Operation[Any]:
    """In how many seconds the column expires in the first matching row; None for never, or where there is no row."""
    return (yield from _of_cell(queryset.query, "ttl", column))


def as_json(queryset: QuerySetBase[Any], /) -> Operation[list[str]]:
    """Each matching row as the server writes it in JSON."""
    query = queryset.query
    reading = _reading(query, plan.wanted_columns(query))
    rows = yield from execute_raw(cql.as_json(reading.statement))
    return [str(*row.values()) for row in rows]


def _one(query: Query, function: str, column: str | Expression[Any]) -> Operation[Any]:
    if query.groups:
        raise InvalidQueryError(
            f"{function}() is of all rows that match; by group it is aggregate(name='{function}(field)')"
        )
    call = calculations.aggregate(query.schema, function, function, column)
    (row,) = yield from _calculated(query, (call,))
    return row[function]


def _of_cell(query: Query, function: str, column: str | Expression[Any]) -> Operation[Any]:
    call = calculations.of_cell(query.schema, function, column)
    rows = yield from execute_raw(_reading(replace(query, limit=1), (call,)).statement)
    return rows[0][call.name] if rows else None


def _calculated(query: Query, calls: tuple[Call, ...]) -> Operation[list[dict[str, Any]]]:
    _check(query)
    if query.limit is not None or query.per_partition_limit is not None or query.distinct or query.near:
        raise InvalidQueryError(
            "an aggregate is of all rows that match: limit(), per_partition_limit(), distinct() and order_by_ann() "
            "do not go with it"
        )
    statement = cql.calculate(
        query.schema, calls, query.where, query.groups, query.options, filtering=query.allows_filtering
    )
    rows = yield from execute_raw(statement)
    return [
        {call.name: call.read(value) for call, value in zip(calls, row.values(), strict=True)} for row in rows
    ]


def _reading(query: Query, selected: tuple[Selected, ...]) -> plan.Reading:
    """How to read what the server makes of each row; refused where the client would have to filter or sort."""
    _check(query)
    reading = plan.reading(query, selected)
    if reading.order:
        raise InvalidQueryError(
            "the server gives these, and cannot sort them so; leave order_by() out, or read the rows instead"
        )
    return reading


def _check(query: Query) -> None:
    """Refuse what only the client could do, since the server calculates."""
    if plan.filters_here(query):
        raise InvalidQueryError(
            "the server calculates, and cannot filter by != or by class; read the rows instead"
        )
