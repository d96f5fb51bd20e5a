"""The measure: the standard library's sqlite3 in memory, autocommit, statements cached by their text."""

import sqlite3
from collections.abc import Iterable, Sequence

from benchmarks import task


class Contestant:
    name = "sqlite"

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        for table in ("task", "indexed"):
            self.connection.execute(task.CREATE.format(table=table) + " WITHOUT ROWID")
        self.connection.execute("CREATE INDEX by_ticket ON indexed (ticket)")

    def load(self, numbers: range) -> None:
        for table in ("task", "indexed"):
            self.connection.executemany(task.INSERT.format(table=table), map(task.values, numbers))

    def write(self, numbers: Sequence[int]) -> None:
        execute, insert = self.connection.execute, task.INSERT.format(table="task")
        for number in numbers:
            execute(insert, task.values(number))

    def read(self, numbers: Sequence[int]) -> None:
        self._fetch(task.READ.format(table="task"), map(task.key, numbers), 1)

    def filter(self, status: str, times: int) -> None:
        self._fetch(task.FILTER.format(table="task"), [(status,)] * times)

    def slice(self, owners: Sequence[int]) -> None:
        self._fetch(task.SLICE.format(table="task"), [(owner,) for owner in owners], task.PARTITION)

    def indexed(self, tickets: Sequence[int]) -> None:
        self._fetch(task.INDEXED.format(table="indexed"), [(ticket,) for ticket in tickets], task.TICKET)

    def _fetch(self, sql: str, parameters: Iterable[tuple[object, ...]], count: int | None = None) -> None:
        execute = self.connection.execute
        for each in parameters:
            rows = execute(sql, each).fetchall()
            assert count is None or len(rows) == count
