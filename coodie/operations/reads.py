"""What reading means: one document, all of them, page by page, how many."""

import heapq
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, TypeVar, assert_never, cast

from coodie import cql, plan
from coodie.document import D, DocumentBase, check_mutable, schema_of, take_state
from coodie.exceptions import DocumentNotFound, InvalidQueryError, MultipleDocumentsFound
from coodie.expressions import bound
from coodie.operations import merging
from coodie.operations.steps import Operation, one
from coodie.queryset import Options, Query, QuerySetBase, Shape, found
from coodie.results import LazyDocument, PagedResult
from coodie.rows import bound_key, dict_reader, first_reader, reader, tuple_reader
from coodie.statement import Consistency, Row

if TYPE_CHECKING:
    from coodie.schema import Column

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Position(Generic[T]):
    """Where a read has got to."""

    reading: plan.Reading
    read: Callable[[Row], T]


def start(queryset: QuerySetBase[T], /) -> Position[T]:
    """The beginning of a read; refused here if neither server nor client can do it."""
    return _start(queryset.query)


def next_page(position: Position[T]) -> Operation[tuple[list[T], Position[T] | None]]:
    """The next documents, and where to go on; None at the end. What the client sorts is one page."""
    rows, rest = yield from next_rows(position.reading)
    return list(map(position.read, rows)), None if rest is None else replace(position, reading=rest)


def fetch_all(queryset: QuerySetBase[T], /) -> Operation[list[T]]:
    """Every matching document, following pages to the end."""
    return (yield from _all(queryset.query))


def fetch_lazily(queryset: QuerySetBase[T], /) -> Operation[list[LazyDocument[T]]]:
    """Every matching row, made a document when one of its fields is first asked for."""
    position: Position[T] | None = start(queryset)
    documents: list[LazyDocument[T]] = []
    while position is not None:
        read = position.read
        rows, rest = yield from next_rows(position.reading)
        documents += [LazyDocument(read, row) for row in rows]
        position = None if rest is None else replace(position, reading=rest)
    return documents


def fetch_first(queryset: QuerySetBase[T], /) -> Operation[T | None]:
    """The first matching document, None if there is none."""
    documents = yield from _all(replace(queryset.query, limit=1))
    return documents[0] if documents else None


def fetch_page(queryset: QuerySetBase[T], /) -> Operation[PagedResult[T]]:
    """One page of documents and the state that asks for the next; None at the end."""
    position = start(queryset)
    if position.reading.order:
        raise InvalidQueryError("what is sorted here has no pages: all() reads every match anyway")
    documents, rest = yield from next_page(position)
    return PagedResult(documents, None if rest is None else rest.reading.statement.paging_state)


def count(queryset: QuerySetBase[Any], /) -> Operation[int]:
    """How many documents match."""
    query = replace(queryset.query, order=())
    if plan.counts_on_server(query):
        statement = cql.count(
            query.schema, query.where, allows_filtering=query.allows_filtering, options=query.options
        )
        page = yield from one(statement)
        return int(page.rows[0][0])
    total = 0
    rest: plan.Reading | None = plan.reading(query, plan.key_columns(query))
    while rest is not None:
        rows, rest = yield from next_rows(rest)
        total += len(rows)
    return total


def exists(queryset: QuerySetBase[Any], /) -> Operation[bool]:
    """Whether any document matches."""
    query = replace(queryset.query, order=(), limit=1)
    rest: plan.Reading | None = plan.reading(query, plan.key_columns(query))
    while rest is not None:
        rows, rest = yield from next_rows(rest)
        if rows:
            return True
    return False


def find_one(model: type[D], written: tuple[object, ...], lookups: Mapping[str, Any]) -> Operation[D | None]:
    """The one document that matches, None if there is none."""
    by_key = None if written else plan.key_reading(model, tuple(lookups))
    if by_key is not None:
        values = tuple(
            [bound(column, value) for column, value in zip(by_key.key, lookups.values(), strict=True)]
        )
        page = yield from one(cql.statement(by_key.schema, by_key.text, values, idempotent=True))
        row = page.one()
        return None if row is None else reader(model, by_key.schema.columns)(row)
    query = found(model, written, lookups)
    documents = yield from _all(replace(query, limit=2))
    if len(documents) > 1:
        raise MultipleDocumentsFound(f"more than one {model.__name__} with {_told(written, lookups)}")
    return cast("D", documents[0]) if documents else None


def get(model: type[D], written: tuple[object, ...], lookups: Mapping[str, Any]) -> Operation[D]:
    """The one document that matches; `DocumentNotFound` if there is none."""
    document = yield from find_one(model, written, lookups)
    if document is None:
        raise DocumentNotFound(f"no {model.__name__} with {_told(written, lookups)}")
    return document


def refresh(
    document: DocumentBase, /, *, consistency: Consistency | None = None, timeout: float | None = None
) -> Operation[None]:
    """Load every field again; `DocumentNotFound` if the row is gone."""
    model = type(document)
    schema = schema_of(model)
    check_mutable(document)
    key = bound_key(document, schema.primary_key)
    options = Options(consistency, None, timeout)
    page = yield from one(cql.select_by_key(schema, schema.columns, key, options))
    row = page.one()
    if row is None:
        told = ", ".join(
            f"{column.field}={value!r}" for column, value in zip(schema.primary_key, key, strict=True)
        )
        raise DocumentNotFound(f"no {model.__name__} with {told} any more")
    take_state(document, reader(model, schema.columns)(row))


def _start(query: Query) -> Position[Any]:
    reading = plan.reading(query)
    match query.shape:
        case Shape.DOCUMENTS:
            columns = cast("tuple[Column, ...]", reading.columns)  # what is no column makes no document
            return Position(reading, reader(query.model, columns, validate=query.validates))
        case Shape.TUPLES:
            return Position(reading, tuple_reader(plan.wanted_columns(query)))
        case Shape.VALUES:
            return Position(reading, first_reader(plan.wanted_columns(query)))
        case Shape.DICTS:
            return Position(reading, dict_reader(plan.wanted_columns(query)))
        case _:
            assert_never(query.shape)


def _all(query: Query) -> Operation[list[Any]]:
    documents: list[Any] = []
    position: Position[Any] | None = _start(query)
    while position is not None:
        page, position = yield from next_page(position)
        documents += page
    return documents


def next_rows(reading: plan.Reading) -> Operation[tuple[list[Row], plan.Reading | None]]:
    """The next page's rows that were asked for, and what is left to read."""
    if reading.order and not reading.sources:
        return (yield from _sorted(reading)), None
    come, rest = yield from _come(reading)
    rows = list(islice(_kept(reading, come), reading.limit))
    if rest is None or reading.limit is None:
        return rows, rest
    left = reading.limit - len(rows)
    return rows, replace(rest, limit=left) if left else None


def _come(reading: plan.Reading) -> Operation[tuple[list[Row], plan.Reading | None]]:
    """The next rows as they come, and what is left to read."""
    if reading.sources:
        rows, sources = yield from merging.next_rows(reading.sources, plan.sort_key(reading))
        return rows, replace(reading, sources=sources) if sources else None
    page = yield from one(reading.statement)
    if page.paging_state is None:
        return page.rows, None
    return page.rows, replace(reading, statement=replace(reading.statement, paging_state=page.paging_state))


def _sorted(reading: plan.Reading) -> Operation[list[Row]]:
    """All rows in the order that the server cannot give; never more than limit and a page of them at once."""
    key, statement = plan.sort_key(reading), reading.statement
    rows: list[Row] = []
    while True:
        page = yield from one(statement)
        rows += _kept(reading, page.rows)
        if reading.limit is not None:
            rows = heapq.nsmallest(reading.limit, rows, key)
        if page.paging_state is None:
            return sorted(rows, key=key)
        statement = replace(statement, paging_state=page.paging_state)


def _kept(reading: plan.Reading, rows: Iterable[Row]) -> Iterable[Row]:
    keeps = plan.keeper(reading)
    return rows if keeps is None else filter(keeps, rows)


def _told(written: tuple[object, ...], lookups: Mapping[str, Any]) -> str:
    told = [*map(repr, written), *(f"{name}={value!r}" for name, value in lookups.items())]
    return ", ".join(told) or "no restriction"
