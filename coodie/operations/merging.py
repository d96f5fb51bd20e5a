"""Reading several partitions in one order: each is sorted by the server, and they are merged here, page by page."""

import heapq
from collections.abc import Callable, Sequence
from typing import Any

from coodie.operations.steps import Operation, many
from coodie.plan import Source
from coodie.statement import Row


def next_rows(
    sources: Sequence[Source], key: Callable[[Row], Any]
) -> Operation[tuple[list[Row], tuple[Source, ...]]]:
    """The next rows of all sources in order, and what is left of them; nothing is left at the end.

    As many rows as can be told without asking for another page. No more than a page of each source is held.
    """
    filled = yield from _filled(sources)
    coming = [iter(source.rows) for source in filled]
    # No two entries are of one place, so rows themselves are never compared.
    heap = [(key(row), place, row) for place, rows in enumerate(coming) for row in _taken(rows)]
    heapq.heapify(heap)
    merged: list[Row] = []
    while heap:
        _, place, row = heapq.heappop(heap)
        merged.append(row)
        following = _taken(coming[place])
        if not following and filled[place].statement is not None:
            break  # the next row of this partition is on a page that has not come
        for each in following:
            heapq.heappush(heap, (key(each), place, each))
    heads = {place: row for _, place, row in heap}
    rest = [
        Source(source.statement, (heads[place], *coming[place]) if place in heads else ())
        for place, source in enumerate(filled)
    ]
    return merged, tuple(each for each in rest if each.rows or each.statement is not None)


def _taken(rows: Any) -> list[Row]:
    """The next row, if there is one."""
    return [row for row in (next(rows, None),) if row is not None]


def _filled(sources: Sequence[Source]) -> Operation[list[Source]]:
    """Every source with rows, or at its end; a page may be empty and not the last."""
    filled = list(sources)
    while lacking := {
        place: each.statement for place, each in enumerate(filled) if not each.rows and each.statement
    }:
        answers = yield from many(lacking.values())
        for (place, statement), page in zip(lacking.items(), answers, strict=True):
            if isinstance(page, Exception):
                raise page
            filled[place] = Source.after(statement, page)
    return filled
