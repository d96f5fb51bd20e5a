"""The rows that a SELECT looks at, one after the other: partitions in their order, in each the slices that are asked for.

A row comes as a `Found`. Rows that do not exist at the moment or do not pass the filters never come; a partition without
rows comes with its static columns alone, where the query allows it.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeAlias

from coodie_memory.execution import keys
from coodie_memory.execution.consistency import (
    REPLICAS,
    is_replicated_read,
    require_one_partition,
    unreadable,
)
from coodie_memory.execution.context import Context
from coodie_memory.execution.evaluate import Value, compiled
from coodie_memory.execution.filters import Filter, compiled_filters
from coodie_memory.execution.keys import NullValue
from coodie_memory.execution.paging import State
from coodie_memory.execution.spans import Span
from coodie_memory.plan import indexing
from coodie_memory.plan.select import SelectPlan
from coodie_memory.plan.where import Equal, Lookup, Parts, TokenRestriction
from coodie_memory.storage import row as rows
from coodie_memory.storage.index import entry
from coodie_memory.storage.order import Place
from coodie_memory.storage.partition import Partition
from coodie_memory.storage.position import END, START, Position, after, before
from coodie_memory.storage.row import Row
from coodie_memory.storage.table import TableStore

_FIRST, _LAST = -(2**63), 2**63 - 1


Found: TypeAlias = tuple[Partition, Row | None, Row | None]
"""A partition, one of its rows and its static row; a lone static row where the row is None. A plain tuple, for speed."""


class Within(NamedTuple):
    """What is wanted of each partition: slices, or single rows where `positions` is not None."""

    spans: list[Span]
    positions: list[Position] | None


_EVERYTHING = Within([(START, END)], None)
_NO_SLICES, _NO_ROWS = Within([], None), Within([], [])
Rows: TypeAlias = Callable[[Partition, Within], Iterable[Row]]


class Candidates(NamedTuple):
    """Partitions in order, what reads the rows of one, what of each is wanted, and the last one's key where WHERE names them."""

    partitions: Iterable[Partition]
    rows_of: Rows
    wanted: Within
    last_key: bytes | None


Scan: TypeAlias = "Callable[[Context, State | None, int], Walk]"


def compiled_scan(plan: SelectPlan) -> Scan:
    """The rows of a SELECT in its order, from the beginning or from behind what a paging state has seen."""
    where = plan.where
    filters = compiled_filters(where)
    source = _scanned(plan) if where.is_key_range else _named(plan)
    one_each, is_replicated = plan.is_distinct, is_replicated_read(plan)

    def scan(context: Context, state: State | None, per_partition: int) -> Walk:
        walk = Walk(plan, context.engine.store(plan.table), context.now, per_partition)
        # In the server's order, since each of them may refuse a value.
        try:
            walk.predicate = filters(context)
            candidates = source(context, state)
        except NullValue:
            if not context.engine.dialect.null_matches_nothing:
                raise
            candidates = None
        if candidates is None:
            context.asks_nobody = True
        else:
            walk.is_empty, walk.last_key = False, candidates.last_key
            walk.found = walk.distinct(candidates) if one_each else walk.rows(candidates, state)
            if candidates.wanted == _NO_ROWS and context.engine.dialect.pages_count_hidden_statics:
                walk.hidden = walk.statics(candidates)
            if is_replicated and context.options.consistency in REPLICAS:
                walk.found, walk.hidden = unreadable(context), None
        return walk

    return scan


class Walk:
    """One walk through partitions, at one moment: `found` gives row after row.

    `left` is how many more rows PER PARTITION LIMIT allows of the partition that the last one was found in; `last_key`
    is the key of the last partition that WHERE names. `is_empty`: there is nothing to look at, and that shows already.
    `hidden` gives static rows that fill a page and are not shown.
    """

    __slots__ = (
        "_now",
        "_per_partition",
        "_plan",
        "_store",
        "found",
        "hidden",
        "is_empty",
        "last_key",
        "left",
        "predicate",
    )

    def __init__(self, plan: SelectPlan, store: TableStore, now: int, per_partition: int) -> None:
        self._plan, self._store, self._now = plan, store, now
        self.predicate: Filter = None
        self._per_partition = per_partition
        self.found: Iterator[Found] = iter(())
        self.last_key: bytes | None = None
        self.is_empty = True
        self.hidden: Iterator[Found] | None = None
        self.left = per_partition

    def is_finished(self, found: Found, left: int) -> bool:
        """Whether it is known that nothing comes behind what was found, `left` being what its partition may still have."""
        partition, row, _ = found
        is_whole = row is None or not self._plan.table.clustering
        return partition.key == self.last_key and (is_whole or left <= 0)

    def rows(self, candidates: Candidates, state: State | None) -> Iterator[Found]:
        """The rows of the partitions, from behind the state's if it is in one of them."""
        partitions, rows_of, wanted, _ = candidates
        now, predicate, dropped, live = self._now, self.predicate, self._store.dropped, rows.live
        unasked = self._plan.unasked
        has_statics = bool(self._plan.table.statics)
        keeps_lone_statics = has_statics and self._plan.where.keeps_lone_statics
        resumed = None if state is None or state.clustering is None else state
        static: Row | None = None
        for partition in partitions:
            here, is_empty, left = wanted, True, self._per_partition
            if resumed is not None and partition.key == resumed.key:
                here, is_empty, left = self._rest(wanted, resumed), False, resumed.left
            self.left = left
            if left <= 0:
                continue
            if has_statics:
                static = self._store.live_static(partition, now)
            components = partition.components
            row: Row | None
            for row in rows_of(partition, here):
                # Most rows are as they stand: only what may have died or been dropped is looked into.
                if row.marker is None or now >= row.plain_until or dropped:
                    row = live(row, now, dropped, unasked)  # noqa: PLW2901 - the row as it reads
                    if row is None:
                        continue
                is_empty = False
                if predicate is None or predicate(components, row, static):
                    self.left = left = left - 1
                    yield partition, row, static
                    if left <= 0:
                        break
            if (
                is_empty
                and keeps_lone_statics
                and static is not None
                and (predicate is None or predicate(components, None, static))
            ):
                self.left = left - 1
                yield partition, None, static

    def distinct(self, candidates: Candidates) -> Iterator[Found]:
        """Each partition once, if anything in it exists."""
        for partition in candidates.partitions:
            static = self._store.live_static(partition, self._now)
            if static is None and not self._has_rows(partition):
                continue
            if self.predicate is None or self.predicate(partition.components, None, static):
                yield partition, None, static

    def statics(self, candidates: Candidates) -> Iterator[Found]:
        """The static rows of the partitions, each that passes the filters without a row beside it."""
        for partition in candidates.partitions:
            static = self._store.live_static(partition, self._now)
            if static is None:
                continue
            if self.predicate is None or self.predicate(partition.components, None, static):
                yield partition, None, static

    def _has_rows(self, partition: Partition) -> bool:
        now, dropped, unasked = self._now, self._store.dropped, self._plan.unasked
        return any(rows.live(row, now, dropped, unasked) for row in partition.rows.values())

    def _rest(self, wanted: Within, state: State) -> Within:
        """What is left of a partition behind the row where the last page ended."""
        orders = keys.orders_of(self._plan.table.clustering)
        seen = tuple(
            keys.key_of(order, raw) for order, raw in zip(orders, state.clustering or (), strict=False)
        )
        if wanted.positions is not None:
            at = next((at for at, each in enumerate(wanted.positions) if each == seen), -1)
            return Within(wanted.spans, wanted.positions[at + 1 :])
        rest = (START, before(seen)) if self._plan.is_reversed else (after(seen), END)
        spans = [
            (start, end)
            for span in wanted.spans
            if (start := max(span[0], rest[0])) < (end := min(span[1], rest[1]))
        ]
        return Within(spans, None)


def _within(plan: SelectPlan) -> Callable[[Context], Within]:
    where, is_reversed = plan.where, plan.is_reversed
    if where.names_rows and where.clustering:
        positions = keys.read_rows(where)

        def single(context: Context) -> Within:
            named = [position for position, _ in positions(context)]
            return Within([], named[::-1] if is_reversed else named)

        return single
    if not where.clustering:
        return lambda _context: _EVERYTHING
    slices = keys.slices(where, reads=True)

    def spans(context: Context) -> Within:
        found = slices(context)
        return Within(found[::-1] if is_reversed else found, None)

    return spans


def _is_nothing(wanted: Within, plan: SelectPlan) -> bool:
    """Whether there is nothing to look at: where no row is named there are still statics to be read."""
    return wanted == _NO_SLICES or (wanted == _NO_ROWS and not plan.reads_statics)


def _rows_of(*, is_reversed: bool) -> Rows:
    """Reads what is wanted of a partition, as stored."""

    def stored(partition: Partition, wanted: Within) -> Iterable[Row]:
        stored_rows = partition.rows
        if wanted is _EVERYTHING and len(stored_rows) == 1:
            return stored_rows.values()
        if wanted.positions is not None:
            return [stored_rows[position] for position in wanted.positions if position in stored_rows]
        if len(wanted.spans) == 1:
            start, end = wanted.spans[0]
            return partition.slice(start, end, reverse=is_reversed)
        return (
            row for start, end in wanted.spans for row in partition.slice(start, end, reverse=is_reversed)
        )

    return stored


Source: TypeAlias = Callable[[Context, State | None], Candidates | None]
"""None where there is nothing to look at, and values show that already."""


def _named(plan: SelectPlan) -> Source:
    """The partitions that WHERE names."""
    where = plan.where
    named, within = keys.partitions(where, reads=True), _within(plan)
    rows_of, in_range = _rows_of(is_reversed=plan.is_reversed), _token_range(where.token)
    folds = plan.is_aggregate or plan.grouping is not None
    asks_statics = where.lookup is not None and _has_static_entries(where.lookup, plan)

    def partitions(context: Context, state: State | None) -> Candidates | None:
        stored = context.engine.store(plan.table).partitions
        named_keys = [key for key, _ in named(context)]
        if not named_keys or _is_nothing(wanted := within(context), plan):
            return None
        keys.check_read(where, named_keys, context)
        if len(named_keys) > 1 and not folds:
            require_one_partition(context)
        if asks_statics and context.engine.dialect.static_index_entries_stand_first:
            goes_on = state is not None and state.clustering is not None
            if goes_on or not _reaches_first(wanted):
                return None
        last = named_keys[-1]
        if state is not None and state.key in named_keys:
            del named_keys[: named_keys.index(state.key) + (state.clustering is None)]
        found = [stored[key] for key in named_keys if key in stored]
        if in_range is not None:
            low, high = in_range(context)
            found = [partition for partition in found if low <= partition.token <= high]
        return Candidates(found, rows_of, wanted, last)

    return partitions


def _has_static_entries(lookup: Lookup, plan: SelectPlan) -> bool:
    """Whether an index on a static column is asked, which a storage-attached one is not in any order."""
    return lookup.index.class_name is None and plan.table.columns[lookup.index.column].is_static


def _reaches_first(wanted: Within) -> bool:
    """Whether what is wanted has no lower end."""
    return wanted.positions is None and any(start == START for start, _ in wanted.spans)


def _scanned(plan: SelectPlan) -> Source:
    """Partitions in token order: all of a range, or those that an index finds."""
    where = plan.where
    # A SASI index begins with the token that the range begins behind.
    begins_early = indexing.asks_sasi(plan.table, where.others)
    rows_of = _rows_of(is_reversed=plan.is_reversed)
    in_range = _token_range(where.token, has_lower=begins_early)
    looked_up = _looked_up(where.lookup, plan) if where.lookup else None
    within = _within(plan)

    def partitions(context: Context, state: State | None) -> Candidates | None:
        store, wanted = context.engine.store(plan.table), within(context)
        if _is_nothing(wanted, plan):
            return None
        low, high = in_range(context) if in_range else (_FIRST, _LAST)
        if high <= _FIRST:
            # The ring's smallest token, as an upper end, is where it closes.
            high = _LAST
        if low > high + 1:
            return None
        start, inclusive = _start(store, low, state)
        if looked_up is None:
            return Candidates(_up_to(store.scan(start, inclusive=inclusive), high), rows_of, wanted, None)
        found, rows_found = looked_up(context, store, start, inclusive)
        return Candidates(_up_to(found, high), rows_found, wanted, None)

    return partitions


def _start(store: TableStore, low: int, state: State | None) -> tuple[Place | None, bool]:
    """The place to scan from; inclusive if the partition there is not finished."""
    if state is None:
        return (None, False) if low == _FIRST else ((low, b""), True)
    partition = store.partitions.get(state.key)
    token = partition.token if partition is not None else store.token(state.key)
    return (token, state.key), state.clustering is not None


def _up_to(partitions: Iterable[Partition], high: int) -> Iterable[Partition]:
    if high == _LAST:
        return partitions
    return _until(partitions, high)


def _until(partitions: Iterable[Partition], high: int) -> Iterator[Partition]:
    for partition in partitions:
        if partition.token > high:
            return
        yield partition


def _token_range(
    restriction: TokenRestriction | None, *, has_lower: bool = False
) -> Callable[[Context], tuple[int, int]] | None:
    """The lowest and highest token that are in the range; `has_lower`: what it begins behind is in it, too."""
    if restriction is None:
        return None
    if isinstance(restriction, Equal):
        assert isinstance(restriction.operand, Parts)
        exact = compiled(restriction.operand.terms[0])
        return lambda context: (token := _token(exact, context), token)
    lower, upper = (
        None
        if bound is None or not isinstance(bound.operand, Parts)
        else (compiled(bound.operand.terms[0]), bound)
        for bound in (restriction.lower, restriction.upper)
    )

    def between(context: Context) -> tuple[int, int]:
        low = _FIRST if lower is None else _token(lower[0], context)
        # Behind the ring's smallest token everything lies, what has it included.
        if lower is not None and not (lower[1].inclusive or has_lower or low == _FIRST):
            low += 1
        high = _LAST if upper is None else _token(upper[0], context) - (not upper[1].inclusive)
        return low, high

    return between


def _token(value: Value, context: Context) -> int:
    raw = value(context)
    if not isinstance(raw, bytes):
        raise NullValue("Invalid null token value")
    return int.from_bytes(raw, "big", signed=True)


def _looked_up(
    lookup: Lookup, plan: SelectPlan
) -> Callable[[Context, TableStore, Place | None, bool], tuple[Iterable[Partition], Rows]]:
    """The partitions with candidates of an index, and what reads the candidates of one."""
    values = [compiled(term) for term in lookup.terms]
    name = lookup.index.name
    is_static = plan.table.columns[lookup.index.column].is_static
    all_rows = _rows_of(is_reversed=False)

    def find(
        context: Context,
        store: TableStore,
        start: Place | None,
        inclusive: bool,  # noqa: FBT001 - as in TableStore
    ) -> tuple[Iterable[Partition], Rows]:
        raws = [value(context) for value in values]
        wanted = [raw for raw in raws if isinstance(raw, bytes)]
        assert len(wanted) == len(raws), "the filters have refused null and unset"
        value = entry(*wanted) if len(wanted) > 1 else wanted[0]
        index = store.indexes[name]

        def candidates(partition: Partition, within: Within) -> Iterable[Row]:
            found = index.positions(value, partition)
            if within.positions is not None:
                found = [position for position in found if position in within.positions]
            else:
                found = [
                    position
                    for position in found
                    if any(start <= position < end for start, end in within.spans)
                ]
            return [partition.rows[position] for position in found]

        return index.find(value, start, inclusive=inclusive), all_rows if is_static else candidates

    return find
