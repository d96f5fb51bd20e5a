"""What CDC logs of a write: rows of the log table, made of the very mutations and applied with them.

Every row that a mutation touches becomes one row of the log, or up to three: as it was, what changes, as it is then.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from coodie_memory.clock import SECOND
from coodie_memory.errors import UnsupportedCQL
from coodie_memory.execution import attributes
from coodie_memory.execution.cells import packed, reader
from coodie_memory.execution.context import Context
from coodie_memory.execution.evaluate import compiled
from coodie_memory.execution.keys import choices
from coodie_memory.plan.where import Bound, Equal, Parts, Slice
from coodie_memory.plan.write import WritePlan
from coodie_memory.result import Raw
from coodie_memory.schema.changelog import DELETED, DELETED_ELEMENTS, END, OPERATION, SUFFIX, TTL, Logging
from coodie_memory.schema.model import Column, Table
from coodie_memory.storage.cell import Rules
from coodie_memory.storage.collection import Complex
from coodie_memory.storage.mutation import Mutation
from coodie_memory.storage.row import Row, live, merged, row_of, stamps_of
from coodie_memory.types.collections import ListType, pack
from coodie_memory.types.token import token_of

Values: TypeAlias = dict[str, Raw]
"""Of one row of the log: what is not null, by column."""
Log: TypeAlias = Callable[[Context, Sequence[Mutation]], list[Mutation]]
_BEFORE, _UPDATE, _INSERT, _DELETE_ROW, _DELETE_PARTITION, _AFTER = 0, 1, 2, 3, 4, 9
_FROM_INCLUSIVE, _FROM_EXCLUSIVE, _TO_INCLUSIVE, _TO_EXCLUSIVE = 5, 6, 7, 8
_EXPIRED_ROW, _EXPIRED_PARTITION = -3, -4
_TRUE = b"\x01"
_STREAM_VERSION = 1


def logged(plan: WritePlan, asked: Logging) -> Log:
    """What makes the log's mutations of a statement's."""
    table, range_of = plan.table, _ranges(plan)

    def log(context: Context, mutations: Sequence[Mutation]) -> list[Mutation]:
        target = context.engine.schema.table(table.keyspace, table.name + SUFFIX)
        if target is None:
            return []
        found = []
        for mutation in mutations:
            rows = list(_rows(table, asked, mutation, context))
            rows += range_of(context) if mutation.ranges else []
            found.append(_mutation(table, target, mutation, rows, seconds=asked.seconds, context=context))
        return found

    return log


def expired(table: Table, asked: Logging, mutations: Sequence[Mutation], context: Context) -> list[Mutation]:
    """What is logged of rows that have gone by themselves."""
    target = context.engine.schema.table(table.keyspace, table.name + SUFFIX)
    if target is None:
        return []
    found = []
    for mutation in mutations:
        rows = []
        for values in _rows(table, asked, mutation, context):
            kind = _EXPIRED.get(values[OPERATION] or b"") if table.clustering else _number(_EXPIRED_PARTITION)
            rows.append({**values, OPERATION: kind or values[OPERATION]})
        found.append(_mutation(table, target, mutation, rows, seconds=asked.seconds, context=context))
    return found


def _rows(table: Table, asked: Logging, mutation: Mutation, context: Context) -> Iterator[Values]:
    """The log's rows for what a mutation does to the partition and to single rows."""
    if mutation.deletion is not None:
        yield {OPERATION: _number(_DELETE_PARTITION)}
    store, now = context.engine.store(table), context.now
    if mutation.static is not None:
        partition = store.partitions.get(mutation.key)
        stored = None if partition is None else store.live_static(partition, now)
        yield from _changed(table.statics, asked, stored, mutation.static, now)
    for position, row in mutation.rows:
        stored = store.row(mutation.key, position, now)
        names = [column.name for column in table.clustering]
        for values in _changed(table.regulars, asked, stored, row, now):
            yield {**dict(zip(names, row.clustering, strict=False)), **values}


def _changed(
    columns: Sequence[Column],
    asked: Logging,
    stored: Row | None,
    row: Row,
    now: int,
) -> Iterator[Values]:
    """One row as it was, what is written to it, and as it is then, as far as that is asked for."""
    delta = _delta(columns, row)
    if asked.preimage != "false" and stored is not None:
        touched = [one for one in columns if asked.preimage == "full" or _touches(one, delta)]
        yield {OPERATION: _number(_BEFORE), **_image(touched, stored)}
    is_deletion = row.deletion is not None
    operation = _DELETE_ROW if is_deletion else _UPDATE if row.marker is None else _INSERT
    yield {OPERATION: _number(operation), **({} if asked.keys_only or is_deletion else delta)}
    if asked.postimage and not is_deletion:
        after = row if stored is None else merged(stored, row, Rules())
        shown = live(after, now)
        yield {OPERATION: _number(_AFTER), **({} if shown is None else _image(columns, shown))}


def _delta(columns: Sequence[Column], row: Row) -> Values:
    """What a row of a mutation writes."""
    stamps, found = stamps_of(row), Values()
    seconds = 0 if row.marker is None else row.marker.ttl
    for column in columns:
        if column.slot >= len(row.values):
            continue
        value, stamp = row.values[column.slot], stamps[column.slot]
        if isinstance(value, Complex):
            seconds = max([seconds, *(element.stamp.ttl for element in value.live)])
            found |= _cells(column, value)
        elif value is not None:
            found[column.name] = value
            seconds = max(seconds, stamp.ttl if stamp else 0)
        elif stamp is not None:
            found[DELETED + column.name] = _TRUE
    if seconds:
        found[TTL] = seconds.to_bytes(8, "big")
    return found


def _cells(column: Column, cells: Complex) -> Values:
    found = Values()
    if cells.live:
        found[column.name] = _whole(column, cells)
    if cells.deletion is not None:
        found[DELETED + column.name] = _TRUE
    if cells.dead:
        found[DELETED_ELEMENTS + column.name] = pack(len(cells.dead), [each.path for each in cells.dead])
    return found


def _whole(column: Column, cells: Complex) -> bytes:
    if isinstance(column.type, ListType):
        parts = [part for element in cells.live for part in (element.path, element.value)]
        return pack(len(cells.live), parts)
    return packed(column.type, cells.live)


def _touches(column: Column, delta: Mapping[str, Raw]) -> bool:
    names = (column.name, DELETED + column.name, DELETED_ELEMENTS + column.name)
    return any(name in delta for name in names)


def _image(columns: Sequence[Column], row: Row) -> Values:
    """A row as it reads."""
    found = Values()
    for column in columns:
        value = row.values[column.slot] if column.slot < len(row.values) else None
        if isinstance(value, Complex):
            found |= {column.name: _whole(column, value)} if value.live else {}
        elif value is not None:
            found[column.name] = reader(column)(row)
    return found


def _ranges(plan: WritePlan) -> Callable[[Context], list[Values]]:
    """The two rows of the log that say from where to where rows are deleted."""
    leading = [one for one in plan.where.clustering if isinstance(one, Equal)]
    last = next((one for one in plan.where.clustering if isinstance(one, Slice)), None)
    is_plain = len(leading) + (last is not None) == len(plan.where.clustering)
    prefixes = [(one.columns, choices(one)) for one in leading]
    lower, upper = (None, None) if last is None else (_bound(last, last.lower), _bound(last, last.upper))

    def ranges(context: Context) -> list[Values]:
        if not is_plain or plan.where.filters:
            raise UnsupportedCQL("deleting several ranges at once is not supported where changes are logged")
        prefix = Values()
        for columns, choice in prefixes:
            ((*raws,),) = choice(context)
            prefix |= {column.name: raw for column, raw in zip(columns, raws, strict=True)}
        start, from_inclusive = _end(lower, context)
        end, to_inclusive = _end(upper, context)
        return [
            {OPERATION: _number(_FROM_INCLUSIVE if from_inclusive else _FROM_EXCLUSIVE), **prefix, **start},
            {OPERATION: _number(_TO_INCLUSIVE if to_inclusive else _TO_EXCLUSIVE), **prefix, **end},
        ]

    return ranges


_End: TypeAlias = tuple[list[tuple[str, Callable[[Context], object]]], bool]


def _bound(slice_: Slice, bound: Bound | None) -> _End | None:
    if bound is None:
        return None
    if not isinstance(bound.operand, Parts):
        raise UnsupportedCQL("a bound tuple as a limit is not supported where changes are logged")
    terms = zip(slice_.columns, bound.operand.terms, strict=False)
    return [(column.name, compiled(term)) for column, term in terms], bound.inclusive


def _end(end: _End | None, context: Context) -> tuple[Values, bool]:
    if end is None:
        return {}, True
    terms, inclusive = end
    raws = {name: value(context) for name, value in terms}
    return {name: raw for name, raw in raws.items() if isinstance(raw, bytes)}, inclusive


def _mutation(
    table: Table,
    log: Table,
    mutation: Mutation,
    rows: Sequence[Values],
    *,
    seconds: int,
    context: Context,
) -> Mutation:
    """All the rows under one time, numbered; the last one says that it is the last."""
    written_at = _written_at(mutation, context)
    time = context.engine.timeuuid_at(written_at).bytes
    stream = token_of(mutation.key).to_bytes(8, "big", signed=True) + _STREAM_VERSION.to_bytes(8, "big")
    stamp = attributes.stamp(context.engine.next_timestamp(), seconds, context.micros // SECOND)
    key = dict(zip([column.name for column in table.partition_key], mutation.components, strict=True))
    orders = [column.type.order for column in log.clustering]
    made = []
    for number, values in enumerate(rows):
        clustering = (time, number.to_bytes(4, "big"))
        last = {END: _TRUE} if number == len(rows) - 1 else {}
        cells: list[Raw] = [None] * log.next_slot
        for name, raw in {**key, **values, **last}.items():
            cells[log.columns[name].slot] = raw
        stamps = [None if raw is None else stamp for raw in cells]
        position = tuple(order(raw) for order, raw in zip(orders, clustering, strict=True))
        made.append((position, row_of(clustering, cells, stamps, stamp)))
    return Mutation(log.id, stream, (stream,), tuple(made))


def _written_at(mutation: Mutation, context: Context) -> int:
    """The timestamp of what is written; a collection's tombstone is one microsecond older than the rest."""
    times = [one.deletion.timestamp for one in mutation.ranges]
    if mutation.deletion is not None:
        times.append(mutation.deletion.timestamp)
    for row in (*(row for _, row in mutation.rows), *((mutation.static,) if mutation.static else ())):
        times += [one.timestamp for one in (row.marker, row.deletion, *stamps_of(row)) if one is not None]
        for value in row.values:
            if isinstance(value, Complex):
                times += [each.stamp.timestamp for each in (*value.live, *value.dead)]
                times += [value.deletion.timestamp + 1] if value.deletion else []
    return max(times, default=context.micros)


def _number(operation: int) -> bytes:
    return operation.to_bytes(1, "big", signed=True)


_EXPIRED = {_number(_DELETE_ROW): _number(_EXPIRED_ROW)}
