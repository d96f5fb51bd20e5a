"""What changing many rows means: one statement where a key or a range names them, else row by row.

Row by row, the keys of matching rows are streamed, and each page's rows are written with bounded concurrency, those
of one partition together. Documents are never loaded, and no more keys are held than a page has.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, TypeAlias

from coodie import cql, plan
from coodie.assignments import assignments, checked
from coodie.exceptions import InvalidQueryError
from coodie.expressions import conditions
from coodie.operations.conditional import decided, lwt_result
from coodie.operations.reads import next_rows
from coodie.operations.steps import Operation, many, one
from coodie.operations.writes import require
from coodie.predicates import Comparison
from coodie.queryset import Query, QuerySetBase
from coodie.results import LWTResult
from coodie.schema import Column, TableKind, TableSchema
from coodie.statement import BatchKind, BatchRequest, Request, Row, Statement

Write: TypeAlias = Callable[[tuple[Comparison, ...]], Statement]
"""The statement that writes the row with this key."""

TOGETHER = 50
"""Rows of one partition in one batch: far below the size that servers warn of."""


def delete_matching(
    queryset: QuerySetBase[Any], /, if_conditions: Mapping[str, Any] | None = None
) -> Operation[LWTResult | None]:
    """Delete every matching row; with conditions or `if_exists()`, only those that fulfil them."""
    query = queryset.query
    schema = _deletable(query.schema)
    _check_rows(query, "delete")
    writing, options = query.writing, replace(query.options, paging_state=None)
    wanted = conditions(schema, if_conditions)

    def write(where: Any) -> Statement:
        return cql.delete(
            schema,
            where,
            if_exists=writing.if_exists,
            conditions=wanted,
            timestamp=writing.timestamp,
            options=options,
        )

    conditional = writing.if_exists or bool(wanted)
    if plan.deletes_at_once(query, conditional=conditional):
        page = yield from one(write(query.where))
        return (yield from decided(schema, page, query.where, wanted, options)) if conditional else None
    return (yield from _row_by_row(query, write, schema.primary_key, conditional=conditional))


def update_matching(
    queryset: QuerySetBase[Any],
    /,
    *,
    if_conditions: Mapping[str, Any] | None = None,
    ttl: int | None = None,
    timestamp: int | None = None,
    **changes: Any,
) -> Operation[LWTResult | None]:
    """Change some columns of every matching row; with conditions or `if_exists()`, of those that fulfil them.

    `ttl` and `timestamp` may be said here as well as by the chain.
    """
    query = queryset.query
    _check_rows(query, "update")
    schema = require(query.schema, TableKind.TABLE, "update")
    wanted = tuple(checked(each) for each in assignments(schema, changes))
    if not wanted:
        return None
    writing, options = query.writing, replace(query.options, paging_state=None)
    asked = conditions(schema, if_conditions)

    def write(where: Any) -> Statement:
        return cql.update(
            schema,
            wanted,
            where,
            if_exists=writing.if_exists,
            conditions=asked,
            ttl=writing.ttl if ttl is None else ttl,
            timestamp=writing.timestamp if timestamp is None else timestamp,
            options=options,
        )

    conditional = writing.if_exists or bool(asked)
    key = cql.key_to_write(schema, [*(each.column for each in wanted), *(each.column for each in asked)])
    if plan.updates_at_once(query, key, conditional=conditional):
        page = yield from one(write(query.where))
        return (yield from decided(schema, page, query.where, asked, options)) if conditional else None
    return (yield from _row_by_row(query, write, key, conditional=conditional))


def _row_by_row(
    query: Query, write: Write, key: tuple[Column, ...], *, conditional: bool
) -> Operation[LWTResult | None]:
    """Write each matching row, or partition, by its key; the result is the first refusal, if conditions were asked for."""
    schema = query.schema
    result: LWTResult | None = LWTResult(applied=True) if conditional else None
    rest: plan.Reading | None = plan.reading(query, key)
    while rest is not None:
        rows, rest = yield from next_rows(rest)
        refused = yield from _written(
            list(_requests(schema, _keys(rows, len(key)), write, apart=conditional))
        )
        if result is not None and result.applied:
            result = refused or result
    return result


def _written(requests: Sequence[Request]) -> Operation[LWTResult | None]:
    """All of them tried; raises the first error, else gives the first refusal."""
    if not requests:
        return None
    refused: LWTResult | None = None
    for outcome in (yield from many(requests)):
        if isinstance(outcome, Exception):
            raise outcome
        if not outcome.applied:
            refused = refused or lwt_result(outcome, keeps_nulls=True)
    return refused


def _keys(rows: list[Row], width: int) -> list[Row]:
    """The keys that rows begin with, one partition's once."""
    # A partition that holds static values only comes as a row without a clustering key: no row to write to.
    keys = (row[:width] for row in rows if None not in row[:width])
    return [key for key, _ in groupby(keys)]


def _requests(schema: TableSchema, keys: list[Row], write: Write, *, apart: bool) -> Iterator[Request]:
    """A request for each key, or, unless they are to be apart, for the keys of a partition."""
    partition = len(schema.partition_key)
    kind: BatchKind = "counter" if schema.kind is TableKind.COUNTERS else "unlogged"
    for _, group in groupby(keys, key=lambda key: key[:partition]):
        statements = tuple(write(cql.by_key(schema, key)) for key in group)
        size = 1 if apart else TOGETHER
        for first in range(0, len(statements), size):
            some = statements[first : first + size]
            yield some[0] if len(some) == 1 else _together(some, kind)


def _together(statements: tuple[Statement, ...], kind: BatchKind) -> BatchRequest:
    """A batch that is run as its statements want to be, all of them alike."""
    like = statements[0]
    return BatchRequest(
        statements,
        kind,
        consistency=like.consistency,
        serial_consistency=like.serial_consistency,
        timeout=like.timeout,
    )


def _check_rows(query: Query, verb: str) -> None:
    """Refuse to write what was put together of several rows, or on a condition that is another write's."""
    if query.writing.if_not_exists:
        raise InvalidQueryError(
            f"{verb}() is of rows that exist: if_exists() goes with it, if_not_exists() with create()"
        )
    if query.distinct or query.groups:
        word = "distinct()" if query.distinct else "group_by()"
        raise InvalidQueryError(f"{word} puts rows together, and {verb}() is of rows: leave one of them out")


def _deletable(schema: TableSchema) -> TableSchema:
    if schema.kind is TableKind.VIEW:
        raise InvalidQueryError(
            f"{schema.model} is a materialized view: rows are deleted from its base table only"
        )
    return schema
