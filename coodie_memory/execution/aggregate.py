"""Groups of rows that become one result row each: GROUP BY, and aggregates over everything."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from coodie_memory.execution.context import Context
from coodie_memory.execution.projection import Reads, Source
from coodie_memory.execution.scan import Found
from coodie_memory.plan.select import SelectPlan
from coodie_memory.result import Raw
from coodie_memory.storage.row import Row

Key = Callable[[Found], Any]


class Group:
    """A group under way: its first row, from which plain columns are taken, its last one, and its folds' states."""

    __slots__ = ("_first", "_last", "_reads", "_source", "_states")

    def __init__(self, reads: Reads, source: Source) -> None:
        self._reads, self._source = reads, source
        self._first: Found | None = None
        self._last: Found | None = None
        self._states = [output.aggregate.start() for output, _ in reads.aggregates]

    @property
    def first_found(self) -> Found:
        """The first row; there is one in each group of GROUP BY."""
        assert self._first is not None
        return self._first

    @property
    def last_found(self) -> Found:
        """The last row."""
        assert self._last is not None
        return self._last

    def add(self, found: Found) -> None:
        """Fold a row into the aggregates."""
        self._first = self._first or found
        self._last = found
        source, states = self._source, self._states
        partition, source.row, source.static = found
        source.components = partition.components
        for index, (output, arguments) in enumerate(self._reads.aggregates):
            states[index] = output.aggregate.step(states[index], *[read(source) for read in arguments])

    def finished(self, key_size: int) -> Source:
        """The source of the group's result row: that of its first row, the folds done; of no rows, nulls."""
        source = self._source
        if self._first is None:
            source.components, source.row, source.static = (None,) * key_size, None, None
        else:
            partition, source.row, source.static = self._first
            source.components = partition.components
        pairs = zip(self._reads.aggregates, self._states, strict=True)
        source.folded = [output.aggregate.finish(state) for (output, _), state in pairs]
        return source


def key_of(plan: SelectPlan, context: Context) -> Key:
    """What the rows of one group have in common."""
    grouping = plan.grouping
    assert grouping is not None
    prefix = grouping.prefix
    if grouping.last is None:
        return lambda found: (found[0].key, _clustering(found[1], prefix))
    reads = Reads()
    last = reads.compiled(grouping.last)
    source = reads.prepared(context)

    def key(found: Found) -> Any:
        partition, source.row, source.static = found
        source.components = partition.components
        return partition.key, _clustering(source.row, prefix - 1), last(source)

    return key


def _clustering(row: Row | None, prefix: int) -> tuple[Raw, ...]:
    return (None,) * prefix if row is None else row.clustering[:prefix]


class Allowance(NamedTuple):
    """How many groups each partition may have; the one with `key`, of which some have been answered, has `left` of them."""

    per_partition: int
    key: bytes | None = None
    left: int = 0


def groups(
    found: Iterator[Found], key: Key, start: Callable[[], Group], allowed: Allowance
) -> Iterator[tuple[Group, int]]:
    """The groups of rows in order, each with the number that its partition may still have.

    One is given once the next has begun, or its partition is over. Behind a partition's last one nobody asks to which
    group a row belongs.
    """
    current: Group | None = None
    current_key: Any = None
    per_partition, partition, left = allowed
    for each in found:
        if each[0].key != partition:
            if current is not None:
                yield current, left
                current = None
            partition, left = each[0].key, per_partition
        elif current is None and left == 0:
            continue
        its_key = key(each)
        if current is not None and its_key != current_key:
            yield current, left
            current = None
        if current is None:
            if left == 0:
                continue
            current, current_key = start(), its_key
            left -= 1
        current.add(each)
    if current is not None:
        yield current, left
