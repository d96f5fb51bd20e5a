"""All partitions of one table, on one replica: `apply` is the only door for data, but for a view's, which is made of it."""

from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from coodie_memory.storage import row as rows
from coodie_memory.storage.cell import NEVER, Deletion, Rules, newer
from coodie_memory.storage.index import Index, Target
from coodie_memory.storage.journal import Journal
from coodie_memory.storage.mutation import Mutation, RangeTombstone
from coodie_memory.storage.order import Place, TokenOrder
from coodie_memory.storage.partition import Partition
from coodie_memory.storage.position import END, START, Cut, Position
from coodie_memory.storage.ranges import Ranges, kept_since, newer_than, with_range
from coodie_memory.storage.row import NOT_DROPPED, Row
from coodie_memory.storage.view import View
from coodie_memory.types.token import token_of


class TableStore:
    """A table's partitions by key, their order by token, and the indexes and views over them.

    `gc_grace` is in seconds. `dropped` maps the slots of dropped columns to the microsecond up to which they hide what
    was written. Both follow the schema and may be set at any time. `is_local`: a key stands for itself, not its hash on the
    ring, and partitions are in the order of keys. `partitions` and `indexes` are for reading. `swept` is the
    second in which somebody has last deleted the rows that expire as a whole.
    """

    def __init__(
        self, rules: Rules, journal: Journal, gc_grace: int = 864000, *, is_local: bool = False
    ) -> None:
        self.rules = rules
        # Of equal tokens the key decides.
        self._token = 0 if is_local else None
        self.gc_grace = gc_grace
        self.dropped: Mapping[int, int] = NOT_DROPPED
        self.partitions: dict[bytes, Partition] = {}
        self.indexes: dict[str, Index] = {}
        self._views: dict[UUID, View] = {}
        self._journal = journal
        self._order: TokenOrder | None = None
        self.swept = -1

    # Reading

    def row(self, key: bytes, position: Position, now: int) -> Row | None:
        """The row as it reads in second `now`; None where none exists."""
        partition = self.partitions.get(key)
        if partition is None:
            return None
        row = partition.rows.get(position)
        return None if row is None else rows.live(row, now, self.dropped)

    def live_rows(
        self, partition: Partition, now: int, start: Cut = START, end: Cut = END, *, reverse: bool = False
    ) -> Iterable[Row]:
        """The rows between two cuts that exist in second `now`, as they read then, in clustering order."""
        if len(partition.rows) == 1 and start is START and end is END:
            # Tables without clustering are scanned partition by partition: no generator for a single row.
            (row,) = partition.rows.values()
            live = rows.live(row, now, self.dropped)
            return () if live is None else (live,)
        return self._live(partition.slice(start, end, reverse=reverse), now)

    def live_static(self, partition: Partition, now: int) -> Row | None:
        """The static row as it reads in second `now`; None where no static column has a value."""
        return None if partition.static is None else rows.live(partition.static, now, self.dropped)

    def scan(self, after: Place | None = None, *, inclusive: bool = False) -> Iterator[Partition]:
        """The partitions in token order, from the first one or from behind (with `inclusive`: at) a place."""
        if self._order is None:
            self._order = TokenOrder(lambda key: self.partitions[key].token, self.partitions)
        return map(self.partitions.__getitem__, self._order.keys(after, inclusive=inclusive))

    def token(self, key: bytes) -> int:
        """The token of a partition key, whether there is such a partition or not."""
        return token_of(key) if self._token is None else self._token

    # Changing

    def apply(self, mutation: Mutation, now: int) -> None:
        """Merge a mutation in second `now`; what has been dead in its partition for longer than gc_grace goes."""
        _, key, components, changed, static, ranges, deletion = mutation
        partition = self.partitions.get(key)
        if partition is None:
            partition = self._enter(Partition(key, components, self._token))
        elif partition.dies_at < now - self.gc_grace:
            self._purge(partition, now - self.gc_grace)
        if deletion is not None:
            self._delete_all(partition, deletion)
        for tombstone in ranges:
            self._delete_range(partition, tombstone)
        if static is not None:
            self._merge_static(partition, static)
        for position, row in changed:
            self._merge(partition, position, row)
        if partition.is_hollow:
            self._leave(partition)

    def put(self, key: bytes, components: tuple[bytes, ...], position: Position, row: Row | None) -> None:
        """Make a row what is given, whatever stands there: the upkeep of a view's table."""
        partition = self.partitions.get(key)
        if row is None:
            if partition is not None and position in partition.rows:
                self._set(partition, position, None)
                if partition.is_hollow:
                    self._leave(partition)
            return
        if partition is None:
            partition = self._enter(Partition(key, components, self._token))
        self._set(partition, position, row)

    def put_static(self, key: bytes, row: Row | None) -> None:
        """Make the static row of a partition what is given, if there is such a partition."""
        partition = self.partitions.get(key)
        if partition is not None:
            self._set_static(partition, row)
            if partition.is_hollow:
                self._leave(partition)

    def truncate(self) -> None:
        """Forget everything, tombstones too."""
        partitions: dict[bytes, Partition] = {}
        indexes = {name: Index(index.target, partitions) for name, index in self.indexes.items()}
        self._swap(partitions, indexes, None)

    def add_index(self, name: str, target: Target) -> None:
        """Index what is stored and what comes."""
        if self._journal.is_open:
            self._journal.record(self.indexes.pop, name)
        self.indexes[name] = Index(target, self.partitions)

    def drop_index(self, name: str) -> None:
        """Forget an index."""
        index = self.indexes.pop(name)
        if self._journal.is_open:
            # By the time this is undone, all that the index has missed is undone, too.
            self._journal.record(self.indexes.__setitem__, name, index)

    def add_view(self, identity: UUID, view: View) -> None:
        """Keep a view up to date with what comes; in the place of what did so for the same one."""
        if self._journal.is_open:
            self._journal.record(self._restore_view, identity, self._views.get(identity))
        self._views[identity] = view

    def drop_view(self, identity: UUID) -> None:
        """Forget a view."""
        view = self._views.pop(identity)
        if self._journal.is_open:
            self._journal.record(self._restore_view, identity, view)

    def _restore_view(self, identity: UUID, view: View | None) -> None:
        if view is None:
            del self._views[identity]
        else:
            self._views[identity] = view

    def _live(self, stored: Iterable[Row], now: int) -> Iterator[Row]:
        dropped = self.dropped
        for row in stored:
            if row.marker is not None and now < row.plain_until and not dropped:
                yield row
            elif (live := rows.live(row, now, dropped)) is not None:
                yield live

    def _delete_all(self, partition: Partition, deletion: Deletion) -> None:
        winner = newer(partition.deletion, deletion)
        if winner is None or winner == partition.deletion:
            return
        partition.dies_at = min(partition.dies_at, winner.local_seconds)
        self._set_deletions(partition, winner, newer_than(partition.ranges, winner.timestamp))
        if partition.static is not None:
            self._set_static(partition, rows.shadowed(partition.static, winner, self.rules))
        for position, row in list(partition.rows.items()):
            self._set(partition, position, rows.shadowed(row, winner, self.rules))

    def _delete_range(self, partition: Partition, tombstone: RangeTombstone) -> None:
        start, end, deletion = tombstone
        if start >= end or (partition.deletion and partition.deletion.timestamp >= deletion.timestamp):
            return
        partition.dies_at = min(partition.dies_at, deletion.local_seconds)
        self._set_deletions(partition, partition.deletion, with_range(partition.ranges, tombstone))
        for position in list(partition.positions(start, end)):
            self._set(partition, position, rows.shadowed(partition.rows[position], deletion, self.rules))

    def _merge_static(self, partition: Partition, theirs: Row) -> None:
        partition.dies_at = min(partition.dies_at, theirs.dies_at)
        left: Row | None = theirs
        if partition.deletion is not None:
            left = rows.shadowed(theirs, partition.deletion, self.rules)
        if left is None or rows.is_empty(left):
            return
        ours = partition.static
        self._set_static(partition, left if ours is None else rows.merged(ours, left, self.rules))

    def _merge(self, partition: Partition, position: Position, theirs: Row) -> None:
        if theirs.dies_at < partition.dies_at:  # noqa: PLR1730 - min() is a call, and this is the hot path
            partition.dies_at = theirs.dies_at
        if partition.deletion is not None or partition.ranges:
            deletion = partition.deletion_over(position)
            left = theirs if deletion is None else rows.shadowed(theirs, deletion, self.rules)
            if left is None:
                return
            theirs = left
        ours = partition.rows.get(position)
        if ours is not None:
            theirs = rows.merged(ours, theirs, self.rules)
        elif theirs.marker is None and rows.is_empty(theirs):
            return
        self._set(partition, position, theirs)

    def _purge(self, partition: Partition, before: int) -> None:
        """Forget what died before the second `before`."""
        deletion = partition.deletion
        if deletion is not None and deletion.local_seconds < before:
            deletion = None
        self._set_deletions(partition, deletion, kept_since(partition.ranges, before))
        if partition.static is not None:
            self._set_static(partition, rows.purged(partition.static, before))
        for position, row in list(partition.rows.items()):
            if row.dies_at < before:
                self._set(partition, position, rows.purged(row, before))
        # A purge looks at every row. Where rows die all the time, the next one waits until it has more to do.
        partition.dies_at = max(_first_death(partition), before + self.gc_grace // 10)

    # The steps of which every change consists: each records how to take it back, and is how others are taken back.

    def _enter(self, partition: Partition) -> Partition:
        if self._journal.is_open:
            self._journal.record(self._leave, partition)
        self.partitions[partition.key] = partition
        if self._order is not None:
            self._order.add(partition.key)
        return partition

    def _leave(self, partition: Partition) -> None:
        if self._journal.is_open:
            self._journal.record(self._enter, partition)
        if self._order is not None:
            self._order.remove(partition.key)
        del self.partitions[partition.key]

    def _set(self, partition: Partition, position: Position, row: Row | None) -> None:
        old = partition.rows.get(position)
        if self._journal.is_open:
            self._journal.record(self._set, partition, position, old)
        partition.put(position, row)
        # Most tables have neither, and walking over nothing takes as long as asking twice.
        if self.indexes or self._views:
            self._tell(partition, position, old, row)

    def _tell(self, partition: Partition, position: Position, old: Row | None, new: Row | None) -> None:
        for index in self.indexes.values():
            index.changed(partition, position, old, new)
        for view in self._views.values():
            view.changed(partition, position, old, new)

    def _set_static(self, partition: Partition, row: Row | None) -> None:
        old = partition.static
        if self._journal.is_open:
            self._journal.record(self._set_static, partition, old)
        partition.static = row
        for index in self.indexes.values():
            index.changed(partition, None, old, row)

    def _set_deletions(self, partition: Partition, deletion: Deletion | None, ranges: Ranges) -> None:
        if self._journal.is_open:
            self._journal.record(self._set_deletions, partition, partition.deletion, partition.ranges)
        partition.deletion, partition.ranges = deletion, ranges

    def _swap(
        self, partitions: dict[bytes, Partition], indexes: dict[str, Index], order: TokenOrder | None
    ) -> None:
        if self._journal.is_open:
            self._journal.record(self._swap, self.partitions, self.indexes, self._order)
        self.partitions, self.indexes, self._order = partitions, indexes, order


def _first_death(partition: Partition) -> int:
    """The first second in which something in the partition is dead."""
    deaths = [row.dies_at for row in partition.rows.values()]
    deaths += [each.deletion.local_seconds for each in partition.ranges]
    if partition.static is not None:
        deaths.append(partition.static.dies_at)
    if partition.deletion is not None:
        deaths.append(partition.deletion.local_seconds)
    return min(deaths, default=NEVER)
