"""A write becomes what builds its mutations: places from WHERE, a draft for each row, a `Mutation` for each partition.

Building has no effects; whatever can go wrong with a statement goes wrong here, in the server's order: keys, then
USING, then values.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from coodie_memory.errors import InvalidRequest
from coodie_memory.execution import attributes, changelog, compact, keys, narrowing
from coodie_memory.execution.consistency import require_readable
from coodie_memory.execution.context import Context
from coodie_memory.execution.drafts import Draft, Writing
from coodie_memory.execution.operations import preparation
from coodie_memory.plan.operations import Operation, reads
from coodie_memory.plan.where import Slice
from coodie_memory.plan.write import WritePlan
from coodie_memory.schema.changelog import logging
from coodie_memory.storage.cell import Deletion
from coodie_memory.storage.mutation import Mutation, RangeTombstone
from coodie_memory.storage.position import Position
from coodie_memory.storage.row import Row, deleted


class When(NamedTuple):
    """The timestamp of a write that has none of its own, None: the client's or the engine's next.

    `is_ballot`: it is a lightweight transaction's, and overrules the statement's own. `seen` are the only rows whose
    stored values may be looked at, if that is not every row.
    """

    timestamp: int | None = None
    is_ballot: bool = False
    seen: Mapping[Position, Row | None] | None = None


AT_ONCE = When()
Changes: TypeAlias = Callable[[Context, When], list[Mutation]]
_Begin: TypeAlias = Callable[[Context, When], Writing]
_Apply: TypeAlias = Callable[[Context, Draft], Draft]


def changes(plan: WritePlan) -> Changes:
    """What builds the mutations of a write on a table without counters."""
    build, asked = _unlogged(plan), logging(plan.table)
    if plan.is_virtual:
        return _refused(plan, build)
    if asked is None:
        return build
    log = changelog.logged(plan, asked)

    def with_log(context: Context, when: When) -> list[Mutation]:
        mutations = build(context, when)
        return [*mutations, *log(context, mutations)]

    return with_log


def _refused(plan: WritePlan, build: Changes) -> Changes:
    """A virtual table is asked last: what is wrong with the values is told first."""

    def refuse(context: Context, when: When) -> list[Mutation]:
        build(context, when)
        raise InvalidRequest(
            f"Modification is not supported by table {plan.table.keyspace}.{plan.table.name}"
        )

    return refuse


def _unlogged(plan: WritePlan) -> Changes:
    if plan.operations or plan.kind != "DELETE":
        return _modification(plan)
    if not plan.where.clustering:
        return _partition_deletion(plan)
    return _row_deletion(plan) if plan.where.names_rows else _range_deletion(plan)


def named_rows(plan: WritePlan) -> Callable[[Context], list[keys.Place]]:
    """The rows that the write names one by one; none for a write of statics alone, or of ranges."""
    if plan.touches_rows and plan.where.names_rows:
        return narrowing.rows(plan.where)
    return lambda _context: []


def _modification(plan: WritePlan) -> Changes:
    """INSERT, UPDATE, and DELETE of columns."""
    table, begin = plan.table, _begin(plan)
    partitions, places = narrowing.partitions(plan.where), named_rows(plan)
    regulars, statics = _applying(plan.regulars), _applying(plan.statics)
    reads_rows, reads_static = any(map(reads, plan.regulars)), any(map(reads, plan.statics))
    needs_reading = reads_rows or reads_static
    check = compact.checking(plan)
    writes_rows = plan.touches_rows and (plan.kind != "DELETE" or bool(plan.regulars))
    is_range = bool(plan.regulars) and bool(table.clustering) and not plan.where.names_rows

    def build(context: Context, when: When) -> list[Mutation]:
        found = partitions(context)
        if is_range:
            raise _range_of_columns(plan, context)
        at = places(context)
        context.asks_nobody = not found or (plan.touches_rows and not at)
        if plan.touches_rows and not at:
            return []
        if needs_reading and not when.is_ballot:
            require_readable(context)
        writing = begin(context, when)
        check(context, at)
        marker = writing.stamp if plan.marks_rows else None
        sees_itself = context.engine.dialect.operations_see_earlier_ones
        mutations = []
        for key, components in found:
            rows: list[tuple[Position, Row]] = []
            for position, clustering in at if writes_rows else ():
                stored = _stored(writing, when, key, position) if reads_rows else None
                row = regulars(context, Draft(writing, stored, sees_itself=sees_itself)).row(
                    clustering, marker
                )
                if row is not None:
                    rows.append((position, row))
            static = None
            # Only now: what is wrong with the rows is refused before what is wrong with the statics.
            if plan.statics:
                draft = Draft(
                    writing, _stored_static(writing, key) if reads_static else None, sees_itself=sees_itself
                )
                # Once for each row that is named: a list grows as often.
                for _ in at if plan.touches_rows else (None,):
                    draft = statics(context, draft)
                static = draft.row((), None)
            if rows or static is not None:
                mutations.append(Mutation(table.id, key, components, tuple(rows), static))
        return mutations

    return build


def _range_of_columns(plan: WritePlan, context: Context) -> InvalidRequest:
    missing = next(column for column in plan.table.clustering if not plan.where.is_equal(column))
    refusals = context.engine.dialect.write_refusals
    of_range = any(isinstance(one, Slice) for one in plan.where.clustering)
    refusal = refusals.range_of_columns if of_range else refusals.columns_without_row
    return InvalidRequest(refusal.format(clustering=missing.name, column=plan.regulars[0].column.name))


def _partition_deletion(plan: WritePlan) -> Changes:
    begin, partitions, table = _begin(plan), narrowing.partitions(plan.where), plan.table.id

    def build(context: Context, when: When) -> list[Mutation]:
        found = partitions(context)
        context.asks_nobody = not found
        deletion = _wide_deletion(begin(context, when), when)
        return [Mutation(table, key, components, deletion=deletion) for key, components in found]

    return build


def _row_deletion(plan: WritePlan) -> Changes:
    begin, partitions, table = _begin(plan), narrowing.partitions(plan.where), plan.table.id
    places, check = named_rows(plan), compact.checking(plan)

    def build(context: Context, when: When) -> list[Mutation]:
        found, at = partitions(context), places(context)
        context.asks_nobody = not (found and at)
        if not at:
            return []
        writing = begin(context, when)
        check(context, at)
        deletion = Deletion(writing.stamp.timestamp, writing.now)
        rows = tuple([(position, deleted(clustering, deletion)) for position, clustering in at])
        return [Mutation(table, key, components, rows) for key, components in found]

    return build


def _range_deletion(plan: WritePlan) -> Changes:
    begin, partitions, table = _begin(plan), narrowing.partitions(plan.where), plan.table.id
    slices = narrowing.slices(plan.where)

    def build(context: Context, when: When) -> list[Mutation]:
        found, cuts = partitions(context), slices(context)
        context.asks_nobody = not (found and cuts)
        if not cuts:
            return []
        deletion = _wide_deletion(begin(context, when), when)
        ranges = tuple([RangeTombstone(start, end, deletion) for start, end in cuts])
        return [Mutation(table, key, components, ranges=ranges) for key, components in found]

    return build


def _begin(plan: WritePlan) -> _Begin:
    table = plan.table
    own = attributes.timestamp(plan.attributes.timestamp)
    ttl = attributes.ttl(plan.attributes.ttl, table)

    def begin(context: Context, when: When) -> Writing:
        timestamp = own(context)
        if timestamp is None or when.is_ballot:
            timestamp = when.timestamp
        if timestamp is None:
            timestamp = context.timestamp
        stamp = attributes.stamp(timestamp, ttl(context), context.now)
        return Writing(table, context.engine.store(table), stamp, context.now)

    return begin


def _applying(operations: Sequence[Operation]) -> _Apply:
    """What does the operations to a draft, one after the other, each with values of its own: `uuid()` for each row."""
    preparations = [preparation(operation) for operation in operations]

    def applied(context: Context, draft: Draft) -> Draft:
        for prepare in preparations:
            step = prepare(context)
            if step is not None:
                step(draft)
        return draft

    return applied


def _stored(writing: Writing, when: When, key: bytes, position: Position) -> Row | None:
    if when.seen is not None:
        return when.seen.get(position)
    return writing.store.row(key, position, writing.now)


def _stored_static(writing: Writing, key: bytes) -> Row | None:
    partition = writing.store.partitions.get(key)
    return None if partition is None else writing.store.live_static(partition, writing.now)


def _wide_deletion(writing: Writing, when: When) -> Deletion:
    # Beside the other statements of a conditional batch, deletions of ranges and partitions come first.
    return Deletion(writing.stamp.timestamp - when.is_ballot, writing.now)
