"""The engine's session: prepared statements, Python values in and out."""

from collections.abc import Iterable, Sequence

from benchmarks import task
from coodie_memory.cluster import MemoryCluster


class Contestant:
    name = "engine"

    def __init__(self) -> None:
        self.cluster = MemoryCluster()
        self.cluster.create_keyspace("bench")
        self.session = self.cluster.session("bench")
        for table in ("task", "indexed"):
            self.session.execute(task.CREATE.format(table=table))
        self.session.execute("CREATE INDEX by_ticket ON indexed (ticket)")
        self.insert = self.session.prepare(task.INSERT.format(table="task"))

    def load(self, numbers: range) -> None:
        for table in ("task", "indexed"):
            insert = self.session.prepare(task.INSERT.format(table=table))
            for number in numbers:
                self.session.execute(insert, task.values(number))

    def write(self, numbers: Sequence[int]) -> None:
        execute, insert = self.session.execute, self.insert
        for number in numbers:
            execute(insert, task.values(number))

    def read(self, numbers: Sequence[int]) -> None:
        self._fetch(task.READ.format(table="task"), map(task.key, numbers), 1)

    def filter(self, status: str, times: int) -> None:
        self._fetch(task.FILTER.format(table="task") + " ALLOW FILTERING", [(status,)] * times)

    def slice(self, owners: Sequence[int]) -> None:
        self._fetch(task.SLICE.format(table="task"), [(owner,) for owner in owners], task.PARTITION)

    def indexed(self, tickets: Sequence[int]) -> None:
        self._fetch(task.INDEXED.format(table="indexed"), [(ticket,) for ticket in tickets], task.TICKET)

    def _fetch(self, cql: str, values: Iterable[tuple[object, ...]], count: int | None = None) -> None:
        execute, query = self.session.execute, self.session.prepare(cql)
        for each in values:
            rows = list(execute(query, each))
            assert count is None or len(rows) == count
