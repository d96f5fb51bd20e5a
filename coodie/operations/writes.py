"""What writing one document means: save, insert, update, delete, counters, and collecting these in a batch."""
# ruff: noqa: PLR0917  # save(60) and the like are the names and places that callers of the PyPI package write

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any, Literal, TypeAlias, overload

from coodie import cql
from coodie.assignments import Assignment, Change, assignments, place_of
from coodie.batch import BatchBase
from coodie.cqljson import row_text, tells_servers_apart
from coodie.document import D, DocumentBase, changed, schema_of, take_over
from coodie.exceptions import InvalidQueryError
from coodie.expressions import Expression, conditions, field, names
from coodie.operations.conditional import decided, lwt_result
from coodie.operations.servers import is_scylla
from coodie.operations.steps import Operation, one
from coodie.queryset import Options, QuerySetBase
from coodie.results import LWTResult
from coodie.rows import (
    WholeRow,
    assigned,
    bound,
    bound_key,
    check_key,
    check_kind,
    loaded,
    mark_saved,
    row_of,
    whole_row,
    whole_saved,
)
from coodie.schema import Column, TableKind, TableSchema
from coodie.statement import Consistency, Page, SerialConsistency, Statement


def save(
    document: DocumentBase,
    /,
    ttl: int | None = None,
    timestamp: int | None = None,
    consistency: Consistency | None = None,
    timeout: float | None = None,
    batch: BatchBase | None = None,
) -> Operation[None]:
    """Write all loaded fields over whatever row has this key; None deletes what was there."""
    if batch is None and ttl is None and timestamp is None and consistency is None and timeout is None:
        row, text, levels, settle = _whole(type(document))
        values = row(document)
        if values is not None:
            # As `one`, without a generator more: nothing is done as often.
            yield Statement(text, values, *levels, None, None, True)  # noqa: FBT003  # as they come
            settle(document)
            return
    options = how(consistency, None, timeout)
    schema, columns, statement = saving(document, ttl, timestamp, options)
    yield from write(schema, statement, batch, partial(mark_saved, document, columns))


_Levels: TypeAlias = tuple[Consistency | None, SerialConsistency | None, float | None]


@lru_cache(maxsize=1024)
def _whole(model: type[DocumentBase]) -> tuple[WholeRow, str, _Levels, Callable[[DocumentBase], None]]:
    """What saves a whole document of which nothing is said, and what that means for it: decided once, done often."""
    schema = require(schema_of(model), TableKind.TABLE, "save")
    like = cql.insert(schema, schema.columns, ())
    levels = (like.consistency, like.serial_consistency, like.timeout)
    return whole_row(schema), like.cql, levels, whole_saved(schema)


def saving(
    document: DocumentBase, ttl: int | None, timestamp: int | None, options: Options
) -> tuple[TableSchema, tuple[Column, ...], Statement]:
    """What `save()` sends: the table, the columns and the statement."""
    schema = writable(document, "save")
    columns, values = row_of(document, schema)
    return schema, columns, cql.insert(schema, columns, values, ttl=ttl, timestamp=timestamp, options=options)


def save_json(
    document: DocumentBase,
    /,
    ttl: int | None = None,
    timestamp: int | None = None,
    consistency: Consistency | None = None,
    timeout: float | None = None,
    batch: BatchBase | None = None,
) -> Operation[None]:
    """As `save`, the row sent as one JSON text, which the server takes apart."""
    schema = writable(document, "save_json")
    columns = loaded(document, schema)
    check_key(document, schema.primary_key)
    values = bound(document, columns)
    bare_fields = any(map(tells_servers_apart, values)) and (yield from is_scylla())
    row = row_text([column.name for column in columns], values, bare_fields=bare_fields)
    options = how(consistency, None, timeout)
    statement = cql.insert_json(schema, row, ttl=ttl, timestamp=timestamp, options=options)
    yield from write(schema, statement, batch, partial(mark_saved, document, columns))


def create(model: type[D], fields: Mapping[str, Any]) -> Operation[D]:
    """A new document, saved."""
    document = model(**fields)
    yield from save(document)
    return document


def create_in(queryset: QuerySetBase[Any], /, **fields: Any) -> Operation[LWTResult | None]:
    """Write a new row as `ttl()`, `timestamp()` and `if_not_exists()` say; what came of it, if that was a condition."""
    query = queryset.query
    if query.writing.if_exists:
        raise InvalidQueryError("create() makes a row: if_not_exists() goes with it, if_exists() does not")
    document = query.model(**fields)
    how, options = query.writing, query.options
    prepare = inserting if how.if_not_exists else saving
    schema, columns, statement = prepare(document, how.ttl, how.timestamp, options)
    page = yield from write(schema, statement, None, partial(mark_saved, document, columns))
    return lwt_result(page) if how.if_not_exists else None


@overload
def insert(
    document: DocumentBase,
    /,
    ttl: int | None = None,
    timestamp: int | None = None,
    consistency: Consistency | None = None,
    timeout: float | None = None,
    batch: None = None,
    *,
    serial_consistency: SerialConsistency | None = None,
) -> Operation[LWTResult]: ...


@overload
def insert(
    document: DocumentBase,
    /,
    ttl: int | None = None,
    timestamp: int | None = None,
    consistency: Consistency | None = None,
    timeout: float | None = None,
    batch: BatchBase | None = None,
    *,
    serial_consistency: SerialConsistency | None = None,
) -> Operation[LWTResult | None]: ...


def insert(
    document: DocumentBase,
    /,
    ttl: int | None = None,
    timestamp: int | None = None,
    consistency: Consistency | None = None,
    timeout: float | None = None,
    batch: BatchBase | None = None,
    *,
    serial_consistency: SerialConsistency | None = None,
) -> Operation[LWTResult | None]:
    """Write the row unless there is one with this key; fields that are None are left out."""
    options = how(consistency, serial_consistency, timeout)
    schema, columns, statement = inserting(document, ttl, timestamp, options)
    page = yield from write(schema, statement, batch, partial(mark_saved, document, columns))
    return lwt_result(page)


def inserting(
    document: DocumentBase, ttl: int | None, timestamp: int | None, options: Options
) -> tuple[TableSchema, tuple[Column, ...], Statement]:
    """What `insert()` sends: the table, the columns and the statement."""
    schema = writable(document, "insert")
    check_key(document, schema.primary_key)
    columns = tuple(each for each in loaded(document, schema) if document.__dict__[each.field] is not None)
    values = bound(document, columns)
    statement = cql.insert(
        schema, columns, values, if_not_exists=True, ttl=ttl, timestamp=timestamp, options=options
    )
    return schema, columns, statement


def update(
    document: DocumentBase,
    /,
    *,
    if_exists: bool = False,
    if_conditions: Mapping[str, Any] | None = None,
    ttl: int | None = None,
    timestamp: int | None = None,
    consistency: Consistency | None = None,
    serial_consistency: SerialConsistency | None = None,
    timeout: float | None = None,
    batch: BatchBase | None = None,
    **changes: Any,
) -> Operation[LWTResult | None]:
    """Change some columns of this document's row, and the document once the row is changed.

    `field=value`, or a collection's `add remove append prepend update put setindex`, before or behind the field:
    `add__tags={"a"}`, `tags__add={"a"}`. Without changes nothing is sent.
    """
    schema = writable(document, "update")
    wanted = assignments(schema, changes)
    if not wanted:
        return None
    after = changed(document, wanted)
    asked = conditions(schema, if_conditions)
    key = cql.key_to_write(schema, [*(each.column for each in wanted), *(each.column for each in asked)])
    where = cql.by_key(schema, bound_key(document, key))
    options = how(consistency, serial_consistency, timeout)
    statement = cql.update(
        schema,
        _validated(after, wanted),
        where,
        if_exists=if_exists,
        conditions=asked,
        ttl=ttl,
        timestamp=timestamp,
        options=options,
    )
    page = yield from write(schema, statement, batch, partial(take_over, document, after, wanted))
    if not if_exists and not asked:
        return None
    return (yield from decided(schema, page, where, asked, options))


def save_changes(
    document: DocumentBase,
    /,
    ttl: int | None = None,
    timestamp: int | None = None,
    consistency: Consistency | None = None,
    timeout: float | None = None,
    batch: BatchBase | None = None,
) -> Operation[None]:
    """Write only what was assigned since load or save; a new document is saved whole."""
    schema = writable(document, "save_changes")
    columns = assigned(document, schema)
    if columns is None:
        yield from save(document, ttl, timestamp, consistency, timeout, batch)
        return
    for column in columns:
        if column.is_key:
            raise InvalidQueryError(
                f"{column} is part of the key and was assigned, so the document is of another row now; "
                f"save() writes that row whole"
            )
    if not columns:
        return
    statement = cql.update(
        schema,
        tuple(Assignment(column, Change.SET, document.__dict__[column.field]) for column in columns),
        cql.by_key(schema, bound_key(document, cql.key_to_write(schema, columns))),
        ttl=ttl,
        timestamp=timestamp,
        options=how(consistency, None, timeout),
    )
    yield from write(schema, statement, batch, partial(mark_saved, document, columns))


@overload
def delete(
    document: DocumentBase,
    /,
    if_exists: Literal[True],
    if_conditions: Mapping[str, Any] | None = None,
    timestamp: int | None = None,
    consistency: Consistency | None = None,
    timeout: float | None = None,
    batch: None = None,
    *,
    serial_consistency: SerialConsistency | None = None,
) -> Operation[LWTResult]: ...


@overload
def delete(
    document: DocumentBase,
    /,
    if_exists: bool = False,  # noqa: FBT001, FBT002  # the name that callers of the PyPI package write
    if_conditions: Mapping[str, Any] | None = None,
    timestamp: int | None = None,
    consistency: Consistency | None = None,
    timeout: float | None = None,
    batch: BatchBase | None = None,
    *,
    serial_consistency: SerialConsistency | None = None,
) -> Operation[LWTResult | None]: ...


def delete(
    document: DocumentBase,
    /,
    if_exists: bool = False,  # noqa: FBT001, FBT002  # the name that callers of the PyPI package write
    if_conditions: Mapping[str, Any] | None = None,
    timestamp: int | None = None,
    consistency: Consistency | None = None,
    timeout: float | None = None,
    batch: BatchBase | None = None,
    *,
    serial_consistency: SerialConsistency | None = None,
) -> Operation[LWTResult | None]:
    """Delete this document's row; the document itself stays as it is."""
    options = how(consistency, serial_consistency, timeout)
    return (yield from _delete(document, (), (), if_exists, if_conditions, timestamp, options, batch))


def delete_columns(
    document: DocumentBase,
    /,
    *names: str | Expression[Any],
    collection_elements: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None,
    if_exists: bool = False,
    if_conditions: Mapping[str, Any] | None = None,
    timestamp: int | None = None,
    consistency: Consistency | None = None,
    serial_consistency: SerialConsistency | None = None,
    timeout: float | None = None,
    batch: BatchBase | None = None,
) -> Operation[LWTResult | None]:
    """Delete these columns of this document's row, or elements: `{"tags": {"a"}, "comments": [0], "labels": ["k"]}`.

    Elements may also be given as pairs, `[("tags", "a"), ("comments", 0)]`. A list's are named by their index, a
    dict's by their key. Without any nothing is sent.
    """
    schema = deletable(document)
    columns, elements = _deletable_columns(schema, names), _elements(schema, collection_elements or ())
    if not columns and not elements:
        return None
    options = how(consistency, serial_consistency, timeout)
    return (
        yield from _delete(document, columns, elements, if_exists, if_conditions, timestamp, options, batch)
    )


def _delete(
    document: DocumentBase,
    columns: tuple[Column, ...],
    elements: tuple[tuple[Column, Any], ...],
    if_exists: bool,  # noqa: FBT001  # the caller's
    if_conditions: Mapping[str, Any] | None,
    timestamp: int | None,
    options: Options,
    batch: BatchBase | None,
) -> Operation[LWTResult | None]:
    """Delete these columns and elements of the document's row; without any, the row."""
    schema = deletable(document)
    asked = conditions(schema, if_conditions)
    gone = (*columns, *(column for column, _ in elements))
    key = cql.key_to_write(schema, (*gone, *(each.column for each in asked))) if gone else schema.primary_key
    where = cql.by_key(schema, bound_key(document, key))
    statement = cql.delete(
        schema,
        where,
        columns=columns,
        elements=elements,
        if_exists=if_exists,
        conditions=asked,
        timestamp=timestamp,
        options=options,
    )
    page = yield from write(schema, statement, batch, _nothing)
    if not if_exists and not asked:
        return None
    return (yield from decided(schema, page, where, asked, options))


def execute_batch(batch: BatchBase, /) -> Operation[LWTResult | None]:
    """Send what was collected; nothing, if that is nothing. The batch is empty afterwards, come what may."""
    taken = batch.taken()
    if taken.request is None:
        return None
    page = yield from one(taken.request)
    if page.applied:
        for settle in taken.when_applied:
            settle()
    batch.result = lwt_result(page) if page.decides else None
    return batch.result


def writable(document: DocumentBase, verb: str) -> TableSchema:
    """The schema of a document that may be written whole; refused for counters and views."""
    schema = require(schema_of(type(document)), TableKind.TABLE, verb)
    check_kind(document, schema)
    return schema


def deletable(document: DocumentBase) -> TableSchema:
    """The schema of a document whose row may be deleted; refused for views."""
    schema = schema_of(type(document))
    return require(schema, schema.kind if schema.kind is TableKind.COUNTERS else TableKind.TABLE, "delete")


def require(schema: TableSchema, kind: TableKind, verb: str) -> TableSchema:
    """The schema, if its table is of that kind; `InvalidQueryError` naming what to do instead."""
    if schema.kind is kind:
        return schema
    instead = {
        TableKind.TABLE: "counters are changed by increment() and decrement() of a CounterDocument",
        TableKind.COUNTERS: "its counters are changed by increment() and decrement() only",
        TableKind.VIEW: "it is written through its base table only",
    }
    raise InvalidQueryError(
        f"{schema.model} is a {schema.kind.value}: {verb} does not work, {instead[schema.kind]}"
    )


def how(
    consistency: Consistency | None, serial_consistency: SerialConsistency | None, timeout: float | None
) -> Options:
    """How to run a write; what nobody says anything of is made once."""
    if consistency is None and serial_consistency is None and timeout is None:
        return cql.AS_SET
    return Options(consistency, serial_consistency, timeout)


def write(
    schema: TableSchema, statement: Statement, batch: BatchBase | None, when_applied: Callable[[], None]
) -> Operation[Page | None]:
    """Send a write or put it into the batch; what it means for the document happens when it is applied."""
    if batch is not None:
        if not isinstance(batch, BatchBase):
            raise InvalidQueryError(f"batch={batch!r} is no batch; `with BatchQuery() as batch` makes one")
        batch.join(
            statement, when_applied, counts=schema.kind is TableKind.COUNTERS, connection=schema.connection
        )
        return None
    page = yield from one(statement)
    if page.applied:
        when_applied()
    return page


def _validated(after: DocumentBase, wanted: Iterable[Assignment]) -> tuple[Assignment, ...]:
    """The assignments with what pydantic made of plain values."""
    return tuple(
        replace(each, value=after.__dict__[each.column.field]) if each.replaces else each for each in wanted
    )


def _deletable_columns(schema: TableSchema, written: tuple[str | Expression[Any], ...]) -> tuple[Column, ...]:
    columns = tuple(field(schema, name) for name in names(written))
    for column in columns:
        if column.is_key:
            raise InvalidQueryError(f"{column} is part of the key; delete() deletes the row")
    return columns


def _elements(
    schema: TableSchema, wanted: Mapping[str, Iterable[Any]] | Iterable[tuple[str, Any]]
) -> tuple[tuple[Column, Any], ...]:
    """Which elements of which columns, bound: a set's members, a list's indexes, a dict's keys."""
    pairs = (
        [(name, each) for name, several in wanted.items() for each in several]
        if isinstance(wanted, Mapping)
        else wanted
    )
    columns = ((field(schema, name), element) for name, element in pairs)
    return tuple((column, place_of(column, element)) for column, element in columns)


def _nothing() -> None:
    """A deleted row leaves its document as it is."""
