"""mongomock: a document for each row, its key in `_id`; it accepts indexes and does not use them."""

from collections.abc import Sequence

import mongomock

from benchmarks import task


class Contestant:
    name = "mongomock"

    def __init__(self) -> None:
        self.tasks = mongomock.MongoClient().bench.task
        self.tasks.create_index("owner")
        self.tasks.create_index("ticket")

    def load(self, numbers: range) -> None:
        self.tasks.insert_many([document(number) for number in numbers])

    def write(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            self.tasks.insert_one(document(number))

    def read(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            assert self.tasks.find_one({"_id": task.name(number)})

    def filter(self, status: str, times: int) -> None:
        for _ in range(times):
            assert list(self.tasks.find({"status": status}))

    def slice(self, owners: Sequence[int]) -> None:
        for owner in owners:
            assert len(list(self.tasks.find({"owner": owner}))) == task.PARTITION

    def indexed(self, tickets: Sequence[int]) -> None:
        for ticket in tickets:
            assert len(list(self.tasks.find({"ticket": ticket}))) == task.TICKET


def document(number: int) -> dict[str, object]:
    return {"_id": task.name(number), **dict(zip(task.COLUMNS, task.values(number), strict=True))}
