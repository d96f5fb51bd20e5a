"""`coodie_memory.storage` alone: what is left when CQL, plans and decoding are taken away."""

from collections.abc import Iterable, Sequence
from itertools import count
from struct import pack
from uuid import UUID

from benchmarks import task
from coodie_memory.storage.cell import Rules, Stamp
from coodie_memory.storage.index import Target
from coodie_memory.storage.journal import Journal
from coodie_memory.storage.mutation import Mutation
from coodie_memory.storage.row import inserted
from coodie_memory.storage.table import TableStore

TABLE = UUID(int=1)
STATUS, TICKET = 1, 5


class Contestant:
    name = "storage"

    def __init__(self) -> None:
        self.journal = Journal()
        self.task, self.by_ticket = TableStore(Rules(), self.journal), TableStore(Rules(), self.journal)
        self.by_ticket.add_index("by_ticket", Target("regular", TICKET))
        self.micros = count(10**15)

    def load(self, numbers: range) -> None:
        for store in (self.task, self.by_ticket):
            self._write(store, numbers)

    def write(self, numbers: Sequence[int]) -> None:
        self._write(self.task, numbers)

    def read(self, numbers: Sequence[int]) -> None:
        row = self.task.row
        for number in numbers:
            owner, seq = task.key(number)
            assert row(pack(">i", owner), (seq,), 0)

    def filter(self, status: str, times: int) -> None:
        wanted, store = status.encode(), self.task
        for _ in range(times):
            partitions = store.scan()
            hits = [
                row for each in partitions for row in store.live_rows(each, 0) if row.values[STATUS] == wanted
            ]
            assert hits

    def slice(self, owners: Sequence[int]) -> None:
        store = self.task
        for owner in owners:
            rows = list(store.live_rows(store.partitions[pack(">i", owner)], 0))
            assert len(rows) == task.PARTITION

    def indexed(self, tickets: Sequence[int]) -> None:
        index = self.by_ticket.indexes["by_ticket"]
        for ticket in tickets:
            value = pack(">i", ticket)
            found = [each.rows[place] for each in index.find(value) for place in index.positions(value, each)]
            assert len(found) == task.TICKET

    def _write(self, store: TableStore, numbers: Iterable[int]) -> None:
        apply, micros = store.apply, self.micros
        for number in numbers:
            owner, seq, title, status, priority, done, created, ticket = task.values(number)
            key = pack(">i", owner)
            values = (
                title.encode(),
                status.encode(),
                pack(">i", priority),
                pack("?", done),
                pack(">q", created),
                pack(">i", ticket),
            )
            row = inserted((pack(">i", seq),), values, Stamp(next(micros)))
            apply(Mutation(TABLE, key, (key,), (((seq,), row),)), 0)
