"""beanie on mongomock-motor: the closest thing to an ODM with a fake database that there is today."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any

import beanie
from mongomock_motor import AsyncMongoMockClient

from benchmarks import task


class Task(beanie.Document):
    id: str  # type: ignore[assignment]
    owner: int
    seq: int
    title: str
    status: str
    priority: int
    done: bool
    created: int
    ticket: int

    class Settings:
        name = "task"


class Contestant:
    name = "beanie"

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        database = AsyncMongoMockClient().bench
        self._run(beanie.init_beanie(database=database, document_models=[Task]))

    def load(self, numbers: range) -> None:
        self._run(Task.insert_many([document(number) for number in numbers]))

    def write(self, numbers: Sequence[int]) -> None:
        async def each() -> None:
            for number in numbers:
                await document(number).insert()

        self._run(each())

    def read(self, numbers: Sequence[int]) -> None:
        async def each() -> None:
            for number in numbers:
                assert await Task.get(task.name(number))

        self._run(each())

    def filter(self, status: str, times: int) -> None:
        async def each() -> None:
            for _ in range(times):
                assert await Task.find(Task.status == status).to_list()

        self._run(each())

    def slice(self, owners: Sequence[int]) -> None:
        async def each() -> None:
            for owner in owners:
                assert len(await Task.find(Task.owner == owner).to_list()) == task.PARTITION

        self._run(each())

    def indexed(self, tickets: Sequence[int]) -> None:
        async def each() -> None:
            for ticket in tickets:
                assert len(await Task.find(Task.ticket == ticket).to_list()) == task.TICKET

        self._run(each())

    def _run(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        self.loop.run_until_complete(coroutine)


def document(number: int) -> Task:
    fields = dict(zip(task.COLUMNS, task.values(number), strict=True))
    return Task(id=task.name(number), **fields)
