"""Range tombstones of one partition: sorted, apart from each other, neighbours never alike.

So there is one spelling for what is deleted, whatever the order in which the deletions arrived.
"""

from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

from coodie_memory.storage.cell import Deletion, newer
from coodie_memory.storage.mutation import RangeTombstone
from coodie_memory.storage.position import Cut, Position

Ranges = tuple[RangeTombstone, ...]


def with_range(ranges: Ranges, tombstone: RangeTombstone) -> Ranges:
    """The ranges with one more; where they overlap the newer deletion holds."""
    cuts = sorted({cut for start, end, _ in (*ranges, tombstone) for cut in (start, end)})
    pieces = (
        RangeTombstone(start, end, deletion)
        for start, end in pairwise(cuts)
        if (deletion := _between(ranges, tombstone, start)) is not None
    )
    return tuple(_joined(pieces))


def newer_than(ranges: Ranges, timestamp: int) -> Ranges:
    """The ranges that a deletion of everything at `timestamp` does not make superfluous."""
    return tuple(each for each in ranges if each.deletion.timestamp > timestamp)


def kept_since(ranges: Ranges, before: int) -> Ranges:
    """The ranges without those deleted before the second `before`."""
    return tuple(each for each in ranges if each.deletion.local_seconds >= before)


def covering(ranges: Ranges, position: Position) -> Deletion | None:
    """The deletion over a position."""
    index = bisect_right(ranges, position, key=_start) - 1
    if index >= 0 and position < ranges[index].end:
        return ranges[index].deletion
    return None


def _between(ranges: Ranges, tombstone: RangeTombstone, cut: Cut) -> Deletion | None:
    here = tombstone.deletion if tombstone.start <= cut < tombstone.end else None
    return newer(covering(ranges, cut), here)


def _joined(pieces: Iterator[RangeTombstone]) -> Iterator[RangeTombstone]:
    last = next(pieces, None)
    for piece in pieces:
        if last is not None and last.end == piece.start and last.deletion == piece.deletion:
            last = last._replace(end=piece.end)
            continue
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last


def _start(tombstone: RangeTombstone) -> Cut:
    return tombstone.start
