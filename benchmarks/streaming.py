"""Iterating over a large table: memory has to stay what a page takes, however many rows there are."""

import gc
import tracemalloc
from collections.abc import Callable
from typing import Final

from benchmarks import task
from benchmarks.contestants import Contestant
from benchmarks.contestants.odm import Task

ROWS: Final = 100_000
PAGE: Final = 500


def peak_mib(make: Callable[[], Contestant]) -> float:
    """MiB that iterating over 10⁵ documents takes at most, beyond what the table itself does."""
    contestant = make()
    contestant.load(range(ROWS))
    documents = Task.find().fetch_size(PAGE)
    assert sum(1 for _ in documents.limit(PAGE)) == PAGE  # plans and readers are made once
    gc.collect()
    tracemalloc.start()
    last = None
    for count, last in enumerate(documents, 1):  # noqa: B007  # counted by what remains
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == ROWS
    assert last is not None
    assert last.title.startswith(task.values(0)[2][:5])
    return peak / 2**20
