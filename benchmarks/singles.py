"""What is measured once for the engine alone: starting, importing, parsing, memory, going back."""

import gc
import os
import random
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from statistics import median
from tempfile import TemporaryDirectory
from time import thread_time

from benchmarks import task
from benchmarks.contestants import Contestant
from benchmarks.measure import best

_ROUNDS = 50
"""What is measured alone, on a busy machine, may take some more of them."""
_IMPORTS = 12
_IMPORT = """
import pytest, sys, time
start = time.process_time()
import {modules}
print(time.process_time() - start)
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
    """Milliseconds that importing these adds to a process with pytest; the best of some, all compiled before."""
    code = _IMPORT.format(modules=modules)
    with TemporaryDirectory() as compiled:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment |= {"PYTHONPYCACHEPREFIX": compiled}
        runs = [
            subprocess.run(
                [sys.executable, "-c", code], capture_output=True, check=True, text=True, env=environment
            ).stdout
            for _ in range(_IMPORTS)
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

    return best({"fresh": fresh}, rounds=_ROUNDS)["fresh"] / 1e3


STATEMENTS = (
    task.INSERT,
    task.READ,
    task.FILTER + " ALLOW FILTERING",
    "SELECT title, writetime(status) FROM {table} WHERE owner = 17 AND seq >= 3 AND seq < 50 ORDER BY seq DESC LIMIT 10",
    "UPDATE {table} USING TTL 3600 SET status = 'done', priority = 4 WHERE owner = 17 AND seq = 42",
    "UPDATE {table} SET done = ? WHERE owner = ? AND seq = ? IF done = ?",
    "DELETE FROM {table} WHERE owner IN (1, 2, 3) AND seq = ?",
    "SELECT count(*), max(priority) FROM {table} WHERE token(owner) > ? GROUP BY owner",
    "INSERT INTO {table} (owner, seq, title) VALUES (1, 2, 'a new task') IF NOT EXISTS",
)


def parse_micros() -> float:
    """Microseconds to parse a statement that has not been seen, the median of some usual ones."""
    from coodie_memory.cql.statements import parse
    from coodie_memory.dialect import SCYLLA

    def parsing(text: str) -> Callable[[int], None]:
        def repeat(times: int) -> None:
            for _ in range(times):
                parse(text, SCYLLA)

        return repeat

    texts = [text.format(table="task") for text in STATEMENTS]
    return median(best({text: parsing(text) for text in texts}).values())


def slice_ratio() -> float:
    """How many times as long a slice of 100 rows takes in a partition of 10⁵ as in one of 10³."""
    from coodie_memory.cluster import MemoryCluster

    cluster = MemoryCluster()
    cluster.create_keyspace("bench")
    session = cluster.session("bench")
    session.execute(task.CREATE.format(table="task"))
    insert = session.prepare(task.INSERT.format(table="task"))
    read = session.prepare("SELECT * FROM task WHERE owner = ? AND seq >= ? AND seq < ?")
    sizes = (1000, 100_000)
    for size in sizes:
        for seq in range(size):
            session.execute(insert, (size, seq, *task.values(seq)[2:]))
    chance = random.Random(1)

    def slicing(size: int) -> Callable[[int], None]:
        starts = [chance.randrange(size - 100) for _ in range(1000)]

        def repeat(times: int) -> None:
            for start in starts[:times]:
                assert len(list(session.execute(read, (size, start, start + 100)))) == 100

        return repeat

    slices = {str(size): slicing(size) for size in sizes}
    for first in slices.values():
        # The first slice of a partition puts its rows in order, once.
        first(1)
    small, large = best(slices, most=1000).values()
    return large / small


def undo_millis(make: Callable[[], Contestant]) -> tuple[float, float]:
    """Milliseconds for a mark, and for taking back 100 changes over 10⁵ rows; best of seven."""
    contestant = make()
    contestant.load(range(100_000))
    journal = contestant.journal  # type: ignore[attr-defined]
    marks, undos = [], []
    for _ in range(7):
        start = thread_time()
        mark = journal.mark()
        marks.append(thread_time() - start)
        contestant.write(range(0, 100_000, 1000))
        start = thread_time()
        journal.rollback(mark)
        undos.append(thread_time() - start)
        journal.release(mark)
    return min(marks) * 1e3, min(undos) * 1e3
