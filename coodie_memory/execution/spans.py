"""The parts of a partition between two cuts, as sets: what is in several, what is together."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from coodie_memory.storage.position import Cut

Span: TypeAlias = tuple[Cut, Cut]


def merged(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, adjacent ones made one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and not found[-1][1] < start:  # a cut knows < and > alone
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def common(ours: Iterable[Span], theirs: Sequence[Span]) -> list[Span]:
    """The parts that are in both."""
    return [
        (start, end)
        for one in ours
        for other in theirs
        if (start := max(one[0], other[0])) < (end := min(one[1], other[1]))
    ]
