"""SELECT: a plan is compiled once into a closure, from the moment's context to rows.

Reading one row by its whole key, what programs do most, has a closure of its own with nothing in it that could be known
before; everything else goes through `scan`, then groups, then limits and pages.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from itertools import islice
from typing import Any, TypeAlias

from coodie_memory.dialect import Dialect
from coodie_memory.errors import InvalidRequest
from coodie_memory.execution import keys, nearest, paging
from coodie_memory.execution.aggregate import Allowance, Group, groups, key_of
from coodie_memory.execution.context import Context
from coodie_memory.execution.evaluate import compiled as compiled_term
from coodie_memory.execution.foreign_order import foreign_order
from coodie_memory.execution.paging import NO_LIMIT, State
from coodie_memory.execution.projection import Project, Reads, columns_only
from coodie_memory.execution.scan import Found, Scan, Walk, compiled_scan
from coodie_memory.plan.ddl.system import VIRTUAL
from coodie_memory.plan.nodes import Term
from coodie_memory.plan.select import SelectPlan
from coodie_memory.plan.selection import Item
from coodie_memory.plan.where import Nearest
from coodie_memory.result import Raw, Rows, Unset
from coodie_memory.schema.model import Column
from coodie_memory.storage import row as stored
from coodie_memory.storage.cell import NEVER
from coodie_memory.types import jsontext, plainjson
from coodie_memory.types.native import reversing
from coodie_memory.types.strings import TEXT

Run: TypeAlias = Callable[[Context], Rows]
ResultRow: TypeAlias = tuple[Raw, ...]


def compiled(plan: SelectPlan) -> Run:
    """What executes the plan."""
    place = keys.short_place(plan.where)
    if place is None or _has_more_than_key(plan):
        return _general(plan)
    project = columns_only(plan.table, [item.output for item in plan.items])
    return _general(plan) if project is None else _point(plan, place, project)


def _has_more_than_key(plan: SelectPlan) -> bool:
    where = plan.where
    return bool(
        where.filters
        or where.token
        or plan.limit
        or plan.per_partition_limit
        or plan.table.statics
        or plan.json_names
        or plan.is_distinct
        or plan.grouping
    )


def _point(plan: SelectPlan, place: keys.ShortPlace, project: Project) -> Run:
    """The row of one whole key; what is unusual about values, options or the row itself goes the long way."""
    table, metadata, unasked = plan.table, plan.metadata, plan.unasked
    live = stored.live

    @cache
    def general() -> Run:
        # Most programs never need it, and it takes longer to compile than the rest.
        return _general(plan)

    def run(context: Context) -> Rows:
        options = context.options
        if not context.are_whole or options.paging_state is not None or options.page_size == 1:
            return general()(context)
        found = place(context.values)
        if found is None:
            return general()(context)
        key, components, position, _ = found
        store = context.engine.store(table)
        partition = store.partitions.get(key)
        row = None if partition is None else partition.rows.get(position)
        if row is None:
            return Rows(metadata, ())
        if row.marker is None or row.plain_until != NEVER or store.dropped:
            row = live(row, context.now, store.dropped, unasked)
            if row is None:
                return Rows(metadata, ())
        return Rows(metadata, (project(components, row, None),))

    return run


def _general(plan: SelectPlan) -> Run:
    limit = limiting(plan.limit, lambda _dialect: "LIMIT must be strictly positive")
    per_partition_limit = limiting(
        plan.per_partition_limit, lambda dialect: dialect.per_partition_limit_refusal
    )
    scan = compiled_scan(plan)
    if plan.where.nearest is not None:
        return _nearest(plan, plan.where.nearest, scan, limit, per_partition_limit)
    folds = plan.is_aggregate or plan.grouping is not None
    is_one_row = plan.is_aggregate and plan.grouping is None
    refusal = "" if plan.grouping is None else plan.grouping.refusal
    answer = _grouped(plan, scan) if folds else _plain(plan, scan)

    def run(context: Context) -> Rows:
        most, of_partition = limit(context), per_partition_limit(context)
        request = _Request(most, NO_LIMIT if is_one_row else of_partition, context)
        if refusal:
            raise InvalidRequest(refusal)
        rows, state = answer(context, request)
        return Rows(plan.metadata, rows, None if state is None else paging.encoded(state))

    return run


def _nearest(
    plan: SelectPlan,
    near: Nearest,
    scan: Scan,
    limit: Callable[[Context], int],
    per_partition_limit: Callable[[Context], int],
) -> Run:
    """LIMIT rows from the nearest on, on one page."""
    make, sort = _row_maker(plan), nearest.sorting(plan, near)

    def run(context: Context) -> Rows:
        most = limit(context)
        result_row = make(context)
        nearest.check(plan, context, most, per_partition_limit(context))
        walk = scan(context, None, NO_LIMIT)
        if walk.is_empty:
            return Rows(plan.metadata, ())
        nearest.check_limit(most)
        found = sort(context, list(walk.found))
        return Rows(plan.metadata, [result_row(each) for each in found[:most]])

    return run


class _Request:
    """How much is asked for: of the whole (`limit`), of each partition, of this page; and where to begin.

    `room` is how many bytes a page takes, if that is limited, too.
    """

    __slots__ = ("is_paged", "limit", "page", "per_partition", "room", "state")

    def __init__(self, limit: int, per_partition: int, context: Context) -> None:
        options = context.options
        self.state = None if options.paging_state is None else paging.decoded(options.paging_state)
        self.limit = limit if self.state is None else min(limit, self.state.remaining)
        self.per_partition = per_partition
        size = options.page_size or 0
        self.is_paged = size > 0
        self.page = min(size, self.limit) if size > 0 else self.limit
        self.room = context.engine.dialect.page_bytes if self.is_paged else None

    @property
    def allowed_groups(self) -> Allowance:
        """How many groups PER PARTITION LIMIT allows each partition, and the one in which the last page ended."""
        if self.state is None or self.state.clustering is None:
            return Allowance(self.per_partition)
        return Allowance(self.per_partition, self.state.key, self.state.left)

    @property
    def behind(self) -> State | None:
        """Where a walk begins whose rows nobody counts: what is left to a partition there are groups."""
        return None if self.state is None else self.state._replace(left=NO_LIMIT)

    def unpage(self) -> None:
        """Answer all on one page."""
        self.is_paged, self.page = False, self.limit

    def after(self, last: Found, count: int, left: int) -> State | None:
        """The state behind the last row of a page of `count`; None when nothing more is wanted.

        `left` is what PER PARTITION LIMIT allows of the partition yet.
        """
        remaining = self.limit - count if self.limit < NO_LIMIT else NO_LIMIT
        if not self.is_paged or remaining == 0:
            return None
        partition, row, _ = last
        return State(partition.key, None if row is None else row.clustering, remaining, left)


Answer: TypeAlias = Callable[[Context, _Request], tuple[Sequence[ResultRow], State | None]]
Merge: TypeAlias = Callable[[Found], Any]


def limiting(term: Term | None, refusal: Callable[[Dialect], str]) -> Callable[[Context], int]:
    """What gives the number of a LIMIT clause."""
    if term is None:
        return lambda _context: NO_LIMIT
    value = compiled_term(term, may_be_unset=True)

    def limit(context: Context) -> int:
        raw = value(context)
        if raw is None:
            raise InvalidRequest("Invalid null value of limit")
        if isinstance(raw, Unset):
            return NO_LIMIT
        count = int.from_bytes(raw, "big", signed=True)
        if count <= 0:
            raise InvalidRequest(refusal(context.engine.dialect))
        return count

    return limit


def _warn_of_scan(plan: SelectPlan, context: Context) -> None:
    if not context.engine.dialect.warns_of_aggregation:
        return
    if not plan.where.partition and plan.where.token is None:
        context.warnings.append("Aggregation query used without partition key")
    elif plan.where.has_partition_in:
        context.warnings.append("Aggregation query used on multiple partition keys (IN restriction)")


def _require_unpaged(context: Context, request: _Request) -> None:
    if request.is_paged and not context.engine.dialect.merges_partitions_unpaged:
        raise InvalidRequest(
            "Cannot page queries with both ORDER BY and a IN restriction on the partition key; you must either "
            "remove the ORDER BY or the IN and sort client side, or disable paging for this query"
        )
    request.unpage()


def _plain(plan: SelectPlan, scan: Scan) -> Answer:
    """A result row for each row found."""
    make = _row_maker(plan)
    merge = _merging(plan) if plan.sorts_by else None
    page = _page_of_values if plan.where.is_key_range and plan.table.keyspace in VIRTUAL else _page

    def answer(context: Context, request: _Request) -> tuple[Sequence[ResultRow], State | None]:
        result_row = make(context)
        walk = scan(context, request.state, request.per_partition)
        if merge is not None:
            if not walk.is_empty:
                _require_unpaged(context, request)
            return merge(walk.found, result_row)[: request.limit], None
        if walk.hidden is not None:
            return (), _behind_hidden(walk, walk.hidden, request)
        return page(walk, result_row, request)

    return answer


def _page(
    walk: Walk, result_row: Callable[[Found], ResultRow], request: _Request
) -> tuple[Sequence[ResultRow], State | None]:
    rows: list[ResultRow] = []
    room = request.room
    for each in walk.found:
        row = result_row(each)
        rows.append(row)
        if room is not None:
            room -= sum([len(raw) for raw in row if raw])
        if len(rows) == request.page or (room is not None and room <= 0):
            is_last = walk.is_finished(each, walk.left)
            return rows, None if is_last else request.after(each, len(rows), walk.left)
    return rows, None


def _page_of_values(
    walk: Walk, result_row: Callable[[Found], ResultRow], request: _Request
) -> tuple[Sequence[ResultRow], State | None]:
    """A page of a virtual table: rows without any value are shown and do not fill it. Behind a full one comes another."""
    rows: list[ResultRow] = []
    counted, last = 0, None
    for last in walk.found:
        rows.append(result_row(last))
        counted += _has_value(last)
        if counted == request.page or len(rows) == request.limit:
            break
    if last is None or len(rows) < request.page:
        return rows, None
    return rows, request.after(last, len(rows), walk.left)


def _has_value(found: Found) -> bool:
    partition, row, _ = found
    return any(any(each.values) for each in (partition.rows.values() if row is None else (row,)))


def _behind_hidden(walk: Walk, hidden: Iterator[Found], request: _Request) -> State | None:
    """The state behind a page that is full of what is not shown."""
    counted = list(islice(hidden, request.page))
    if len(counted) < request.page or walk.is_finished(counted[-1], walk.left):
        return None
    return request.after(counted[-1], len(counted), walk.left)


def _grouped(plan: SelectPlan, scan: Scan) -> Answer:
    """A result row for each group; without GROUP BY all rows are one, and there is one even of no rows."""
    reads = Reads()
    outputs = [reads.compiled(item.output) for item in plan.items]
    finish = finisher(plan.items, plan.json_names, plainly=plan.plain_json)
    key_size = len(plan.table.partition_key)
    merge = _merge_key(plan) if plan.sorts_by else None

    def result_row(group: Group) -> ResultRow:
        source = group.finished(key_size)
        return finish(tuple([read(source) for read in outputs]))

    def everything(context: Context, request: _Request) -> tuple[Sequence[ResultRow], State | None]:
        whole, walk = Group(reads, reads.prepared(context)), scan(context, None, NO_LIMIT)
        _warn_of_scan(plan, context)
        if plan.sorts_by:
            _require_unpaged(context, request)
        for each in walk.found:
            whole.add(each)
        return [result_row(whole)][: request.limit], None

    def answer(context: Context, request: _Request) -> tuple[Sequence[ResultRow], State | None]:
        if plan.is_distinct and not context.engine.dialect.pages_distinct_groups:
            request.unpage()
        source = reads.prepared(context)
        walk = scan(context, request.behind, NO_LIMIT)
        _warn_of_scan(plan, context)
        counted = groups(
            walk.found, key_of(plan, context), lambda: Group(reads, source), request.allowed_groups
        )
        if merge is not None:
            _require_unpaged(context, request)
            pairs = [(merge(group.first_found), result_row(group)) for group, _ in counted]
            pairs.sort(key=lambda pair: pair[0], reverse=plan.is_reversed)
            return [row for _, row in pairs[: request.limit]], None
        if walk.hidden is not None:
            return (), _behind_hidden(walk, walk.hidden, request)
        rows: list[ResultRow] = []
        for group, left in counted:
            rows.append(result_row(group))
            if len(rows) == request.page:
                is_last = walk.is_finished(group.last_found, left)
                return rows, None if is_last else request.after(group.last_found, len(rows), left)
        return rows, None

    return everything if plan.grouping is None else answer


def _row_maker(plan: SelectPlan) -> Callable[[Context], Callable[[Found], ResultRow]]:
    """What makes a result row of a found one."""
    finish = finisher(plan.items, plan.json_names, plainly=plan.plain_json)
    project = columns_only(plan.table, [item.output for item in plan.items])
    if project is not None and not plan.json_names:
        return lambda _context: lambda found: project(found[0].components, found[1], found[2])
    reads = Reads()
    outputs = [reads.compiled(item.output) for item in plan.items]

    def make(context: Context) -> Callable[[Found], ResultRow]:
        source = reads.prepared(context)

        def result_row(found: Found) -> ResultRow:
            partition, source.row, source.static = found
            source.components = partition.components
            return finish(tuple([read(source) for read in outputs]))

        return result_row

    return make


def finisher(
    items: Sequence[Item], json_names: Sequence[str], *, plainly: bool
) -> Callable[[ResultRow], ResultRow]:
    """The last step: SELECT JSON makes one text of a row."""
    if not json_names:
        return lambda row: row
    fields = [
        (jsontext.quote(name) + ": ", partial(plainjson.text_of, kind) if plainly else kind.to_json)
        for name, kind in zip(json_names, (item.output.type for item in items), strict=True)
    ]

    def as_json(row: ResultRow) -> ResultRow:
        texts = [
            name + ("null" if raw is None else to_json(raw))
            for (name, to_json), raw in zip(fields, row, strict=True)
        ]
        return (f"{{{', '.join(texts)}}}".encode(),)

    return as_json


def _merging(plan: SelectPlan) -> Callable[[Iterable[Found], Callable[[Found], ResultRow]], list[ResultRow]]:
    """What makes result rows of the found ones of several partitions, in order."""
    is_reversed = plan.is_reversed
    if plan.sorts_objects:
        # Cassandra's comparators get the object where they expect the column (`Selection.getOrderingIndex`).
        orders = [_order_of_texts(column) for column in plan.sorts_by]

        def object_key(row: ResultRow) -> list[Any]:
            (text,) = row
            assert text is not None, "an object is a text"
            return [order(text) for order in orders]

        return lambda found, result_row: sorted(map(result_row, found), key=object_key, reverse=is_reversed)
    key = _merge_key(plan)
    return lambda found, result_row: [
        result_row(each) for each in sorted(found, key=key, reverse=is_reversed)
    ]


def _order_of_texts(column: Column) -> Callable[[bytes], Any]:
    order = foreign_order(column.type, TEXT)
    return reversing(order) if column.descending else order


def _merge_key(plan: SelectPlan) -> Merge:
    """By what the rows of several partitions are merged; a lone static row comes first."""
    positions = [column.position for column in plan.sorts_by]
    orders = keys.orders_of(plan.sorts_by)

    def key(found: Found) -> tuple[Any, ...]:
        _, row, _ = found
        if row is None:
            return ()
        clustering = row.clustering
        return tuple(
            [
                keys.key_of(order, clustering[position])
                for order, position in zip(orders, positions, strict=True)
            ]
        )

    return key
