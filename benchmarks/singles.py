"""What is measured once for the engine alone: starting, importing, parsing, memory, going back."""

import gc
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks import task
from benchmarks.contestants import Contestant
from benchmarks.measure import best

_IMPORT = """
import pytest, sys, time
start = time.perf_counter()
import {modules}
print(time.perf_counter() - start)
assert not {{"cassandra", "scylla"}} & sys.modules.keys(), "a driver was imported"
"""


def memory_mib(make: Callable[[], Contestant]) -> float:
    """MiB for 10 k rows in partitions of 100."""
    contestant = make()
    gc.collect()
    tracemalloc.start()
    contestant.write(range(10_000))
    gc.collect()
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return size / 2**20


def import_millis(modules: str) -> float:
    """Milliseconds that importing these adds to a process with pytest; the best of five, all compiled before."""
    code = _IMPORT.format(modules=modules)
    with TemporaryDirectory() as compiled:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment |= {"PYTHONPYCACHEPREFIX": compiled}
        runs = [
            subprocess.run(
                [sys.executable, "-c", code], capture_output=True, check=True, text=True, env=environment
            ).stdout
            for _ in range(6)
        ]
    return min(map(float, runs)) * 1e3


def fresh_millis() -> float:
    """Milliseconds for an empty cluster, its schema, one write and one read."""
    from coodie_memory.cluster import MemoryCluster

    create, insert, read = (text.format(table="task") for text in (task.CREATE, task.INSERT, task.READ))

    def fresh(times: int) -> None:
        for _ in range(times):
            cluster = MemoryCluster()
            cluster.create_keyspace("bench")
            session = cluster.session("bench")
            session.execute(create)
            session.execute(insert, task.values(1))
            assert list(session.execute(read, task.key(1)))

    return best({"fresh": fresh})["fresh"] / 1e3


def parse_micros() -> float:
    """Microseconds to parse the benchmark's INSERT, uncached."""
    from coodie_memory.cql.statements import parse
    from coodie_memory.dialect import SCYLLA

    text = task.INSERT.format(table="task")

    def parsing(times: int) -> None:
        for _ in range(times):
            parse(text, SCYLLA)

    return best({"parse": parsing})["parse"]


def undo_millis(make: Callable[[], Contestant]) -> tuple[float, float]:
    """Milliseconds for a mark, and for taking back 100 changes over 10⁵ rows; best of seven."""
    contestant = make()
    contestant.load(range(100_000))
    journal = contestant.journal  # type: ignore[attr-defined]
    marks, undos = [], []
    for _ in range(7):
        start = perf_counter()
        mark = journal.mark()
        marks.append(perf_counter() - start)
        contestant.write(range(0, 100_000, 1000))
        start = perf_counter()
        journal.rollback(mark)
        undos.append(perf_counter() - start)
        journal.release(mark)
    return min(marks) * 1e3, min(undos) * 1e3
