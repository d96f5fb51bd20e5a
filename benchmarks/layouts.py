"""What the storage layout was chosen from: `python -m benchmarks.layouts` prints the numbers of docs/storage.md.

Three questions, each answered by small stand-ins that differ in nothing else: how a row is kept, how a row's cells are
kept, and how the rows of a partition are ordered.
"""

import gc
import random
import timeit
import tracemalloc
from bisect import bisect_left, insort
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from sortedcontainers import SortedDict, SortedList

ROWS = 10_000
VALUES = (b"a title", b"\0\0\0\5", b"todo", b"\1", b"\0" * 8, b"ada")


class TupleRow(NamedTuple):
    clustering: Any
    values: Any
    stamps: Any
    marker: Any
    deletion: Any
    plain_until: Any
    dies_at: Any


@dataclass(slots=True)
class SlotsRow:
    clustering: Any
    values: Any
    stamps: Any
    marker: Any
    deletion: Any
    plain_until: Any
    dies_at: Any


@dataclass(frozen=True, slots=True)
class FrozenRow:
    clustering: Any
    values: Any
    stamps: Any
    marker: Any
    deletion: Any
    plain_until: Any
    dies_at: Any


class Stamp(NamedTuple):
    timestamp: int
    ttl: int
    expires_at: int


class Cell(NamedTuple):
    value: bytes
    timestamp: int
    ttl: int
    expires_at: int


def values() -> tuple[bytes, ...]:
    """New bytes, as a driver or an encoder makes them."""
    return tuple(bytes(bytearray(value)) for value in VALUES)


def row_of(kind: Callable[..., Any]) -> Callable[[int], Any]:
    def build(number: int) -> Any:
        stamp = Stamp(10**15 + number, 0, 2**63 - 1)
        return kind((b"1",), values(), stamp, stamp, None, stamp.expires_at, stamp.expires_at)

    return build


def cell_each(number: int) -> Any:
    timestamp = 10**15 + number
    return tuple(Cell(value, timestamp, 0, 2**63 - 1) for value in values())


def cells_by_name(number: int) -> Any:
    timestamp = 10**15 + number
    return {f"c{slot}": Cell(value, timestamp, 0, 2**63 - 1) for slot, value in enumerate(values())}


def stamp_each(number: int) -> Any:
    stamp = Stamp(10**15 + number, 0, 2**63 - 1)
    return TupleRow((b"1",), values(), (stamp,) * len(VALUES), stamp, None, 2**63 - 1, 2**63 - 1)


ROW_LAYOUTS: dict[str, Callable[[int], Any]] = {
    "NamedTuple, one stamp a statement (chosen)": row_of(TupleRow),
    "NamedTuple, a tuple of stamps": stamp_each,
    "dataclass with slots, one stamp": row_of(SlotsRow),
    "frozen dataclass with slots, one stamp": row_of(FrozenRow),
    "tuple of cell objects": cell_each,
    "dict of cell objects by name": cells_by_name,
}


class LazyOrder:
    """A dict, and a SortedList from the first slice on (chosen)."""

    def __init__(self) -> None:
        self.rows: dict[Any, Any] = {}
        self.order: SortedList | None = None

    def put(self, key: Any, row: Any) -> None:
        if self.order is not None and key not in self.rows:
            self.order.add(key)
        self.rows[key] = row

    def get(self, key: Any) -> Any:
        return self.rows[key]

    def first(self, start: Any, count: int) -> list[Any]:
        if self.order is None:
            self.order = SortedList(self.rows)
        return [self.rows[key] for key in islice(self.order.irange(start), count)]


class SortedDictOrder:
    """A SortedDict from the beginning."""

    def __init__(self) -> None:
        self.rows = SortedDict()

    def put(self, key: Any, row: Any) -> None:
        self.rows[key] = row

    def get(self, key: Any) -> Any:
        return self.rows[key]

    def first(self, start: Any, count: int) -> list[Any]:
        return [self.rows[key] for key in islice(self.rows.irange(start), count)]


class PlainListOrder:
    """A dict and one sorted list of keys, with bisect, from the first slice on."""

    def __init__(self) -> None:
        self.rows: dict[Any, Any] = {}
        self.order: list[Any] | None = None

    def put(self, key: Any, row: Any) -> None:
        if self.order is not None and key not in self.rows:
            insort(self.order, key)
        self.rows[key] = row

    def get(self, key: Any) -> Any:
        return self.rows[key]

    def first(self, start: Any, count: int) -> list[Any]:
        if self.order is None:
            self.order = sorted(self.rows)
        index = bisect_left(self.order, start)
        return [self.rows[key] for key in self.order[index : index + count]]


class ResortedOrder(LazyOrder):
    """A dict whose keys are sorted again by the first slice after a new row."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: list[Any] | None = None

    def put(self, key: Any, row: Any) -> None:
        if key not in self.rows:
            self.keys = None
        self.rows[key] = row

    def first(self, start: Any, count: int) -> list[Any]:
        if self.keys is None:
            self.keys = sorted(self.rows)
        index = bisect_left(self.keys, start)
        return [self.rows[key] for key in self.keys[index : index + count]]


def memory_and_time(build: Callable[[int], Any]) -> tuple[float, float]:
    """MiB for `ROWS` rows in a list, and microseconds to make one."""
    gc.collect()
    tracemalloc.start()
    kept = [build(number) for number in range(ROWS)]
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert len(kept) == ROWS
    seconds = min(timeit.repeat(lambda: build(1), number=ROWS, repeat=5))
    return size / 2**20, seconds / ROWS * 1e6


def order_times(kind: Callable[[], Any], count: int) -> list[float]:
    """Microseconds for: a row while filling, a row into the ordered partition, a slice of 100, a write and a slice."""
    chance = random.Random(1)
    keys = [(number,) for number in range(count)]
    chance.shuffle(keys)
    partition = kind()

    def fill() -> None:
        for key in keys:
            partition.put(key, None)

    filling = timeit.timeit(fill, number=1) / count
    partition.first((0,), 1)
    more = [(chance.randrange(count) + 0.5,) for _ in range(1000)]
    inserting = timeit.timeit(lambda: [partition.put(key, None) for key in more], number=1) / len(more)
    partition.first((0,), 1)
    slicing = timeit.timeit(lambda: partition.first((count // 2,), 100), number=200) / 200
    pairs = [(chance.randrange(count) + 0.25,) for _ in range(50)]

    def alternate() -> None:
        for key in pairs:
            partition.put(key, None)
            partition.first(key, 100)

    return [
        seconds * 1e6 for seconds in (filling, inserting, slicing, timeit.timeit(alternate, number=1) / 50)
    ]


def main() -> None:
    print(f"{'a row of six values':<48}{'MiB for 10 k':>14}{'µs to make':>12}")
    for name, build in ROW_LAYOUTS.items():
        size, micros = memory_and_time(build)
        print(f"{name:<48}{size:>14.2f}{micros:>12.2f}")
    for count in (1000, 100_000):
        print(f"\n{f'order of {count} rows, µs':<48}{'fill':>10}{'insert':>10}{'slice 100':>11}{'both':>10}")
        for kind in (LazyOrder, SortedDictOrder, PlainListOrder, ResortedOrder):
            title = (kind.__doc__ or "").rstrip(".")
            print(f"{title:<72}" + "".join(f"{micros:>10.2f}" for micros in order_times(kind, count)))


if __name__ == "__main__":
    main()
