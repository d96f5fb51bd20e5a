"""Secondary indexes: from a value's bytes to the rows that may have it.

Entries follow each change of a row, undoing included. They are candidates: TTLs pass without a change, so whoever
reads looks at the row itself. Tombstones leave no entries.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple, assert_never

from coodie_memory.storage.collection import Complex
from coodie_memory.storage.order import Place, TokenOrder
from coodie_memory.storage.partition import Partition
from coodie_memory.storage.position import Position
from coodie_memory.storage.row import Row


class Target(NamedTuple):
    """What an index is on: `number` counts components of the key, or is the column's slot.

    `part` says what of a non-frozen collection is indexed; entries are looked up by `entry(key, value)`.
    """

    source: Literal["partition", "clustering", "static", "regular"]
    number: int
    part: Literal["value", "keys", "values", "entries"] = "value"


def entry(path: bytes, value: bytes) -> bytes:
    """What an index on a map's entries is looked up by."""
    return len(path).to_bytes(4, "big") + path + value


def contents(target: Target, row: Row) -> Iterable[bytes]:
    """What of a row's own values an index with this target holds; for an index on a key column that is nothing."""
    if target.source in ("partition", "clustering") or target.number >= len(row.values):
        return ()
    return _PARTS[target.part](row.values[target.number])


class Index:
    """The entries of one index over one store's rows."""

    __slots__ = ("_found", "_partitions", "target")

    def __init__(self, target: Target, partitions: dict[bytes, Partition]) -> None:
        self.target = target
        self._partitions = partitions
        self._found: dict[bytes, _Entries] = {}
        for partition in partitions.values():
            self.changed(partition, None, None, partition.static)
            for position, row in partition.rows.items():
                self.changed(partition, position, None, row)

    def changed(
        self, partition: Partition, position: Position | None, old: Row | None, new: Row | None
    ) -> None:
        """Follow the change of a row, or of the static row where `position` is None."""
        was, becomes = self._values(partition, position, old), self._values(partition, position, new)
        for value in was - becomes:
            entries = self._found[value]
            entries.remove(partition.key, position)
            if not entries.positions:
                del self._found[value]
        for value in becomes - was:
            if value not in self._found:
                self._found[value] = _Entries(lambda key: self._partitions[key].token)
            self._found[value].add(partition.key, position)

    def find(
        self, value: bytes, after: Place | None = None, *, inclusive: bool = False
    ) -> Iterator[Partition]:
        """The partitions with candidates, in token order, from a place on the ring as in `TokenOrder.keys`."""
        entries = self._found.get(value)
        if entries is None:
            return iter(())
        return map(self._partitions.__getitem__, entries.order.keys(after, inclusive=inclusive))

    def positions(self, value: bytes, partition: Partition) -> list[Position]:
        """The positions of a found partition's candidates in clustering order; none where its static row is one."""
        return sorted(each for each in self._found[value].positions[partition.key] if each is not None)

    def _values(self, partition: Partition, position: Position | None, row: Row | None) -> frozenset[bytes]:
        target = self.target
        if row is None:
            return frozenset()
        if target.source == "partition":
            # The static row has the partition's key as any other row has.
            return frozenset((partition.components[target.number],))
        if (position is None) != (target.source == "static"):
            return frozenset()
        match target.source:
            case "clustering":
                value = row.clustering[target.number]
                return frozenset() if value is None else frozenset((value,))
            case "static" | "regular":
                return frozenset(contents(target, row))
            case _:
                assert_never(target.source)


class _Entries:
    """The rows of one indexed value, by partition."""

    __slots__ = ("order", "positions")

    def __init__(self, token: Callable[[bytes], int]) -> None:
        self.positions: dict[bytes, set[Position | None]] = {}
        self.order = TokenOrder(token)

    def add(self, key: bytes, position: Position | None) -> None:
        if key not in self.positions:
            self.positions[key] = set()
            self.order.add(key)
        self.positions[key].add(position)

    def remove(self, key: bytes, position: Position | None) -> None:
        positions = self.positions[key]
        positions.remove(position)
        if not positions:
            del self.positions[key]
            self.order.remove(key)


def _whole(value: bytes | Complex | None) -> Iterable[bytes]:
    return () if value is None or isinstance(value, Complex) else (value,)


def _keys(value: bytes | Complex | None) -> Iterable[bytes]:
    return (each.path for each in value.live) if isinstance(value, Complex) else ()


def _element_values(value: bytes | Complex | None) -> Iterable[bytes]:
    return (each.value or b"" for each in value.live) if isinstance(value, Complex) else ()


def _entries(value: bytes | Complex | None) -> Iterable[bytes]:
    return (entry(each.path, each.value or b"") for each in value.live) if isinstance(value, Complex) else ()


_PARTS = {"value": _whole, "keys": _keys, "values": _element_values, "entries": _entries}
