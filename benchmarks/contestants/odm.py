"""The ODM on the engine: documents in and out, validated by pydantic."""

from collections.abc import Sequence
from typing import Annotated

from benchmarks import task
from coodie.fields import ClusteringKey, Indexed, PrimaryKey
from coodie.sync import Document, init_coodie
from coodie_memory.cluster import MemoryCluster

CONNECTION = "benchmarks"


class Task(Document):
    owner: Annotated[int, PrimaryKey()]
    seq: Annotated[int, ClusteringKey()]
    title: str
    status: str
    priority: int
    done: bool
    created: int
    ticket: int

    class Settings:
        name = "task"
        connection = CONNECTION


class IndexedTask(Task):
    ticket: Annotated[int, Indexed()]

    class Settings:
        name = "indexed"
        connection = CONNECTION


class Contestant:
    name = "ODM"

    def __init__(self) -> None:
        cluster = MemoryCluster()
        cluster.create_keyspace("bench")
        init_coodie(session=cluster, keyspace="bench", name=CONNECTION)
        Task.sync_table()
        IndexedTask.sync_table()

    def load(self, numbers: range) -> None:
        for model in (Task, IndexedTask):
            for number in numbers:
                document(model, number).save()

    def write(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            document(Task, number).save()

    def read(self, numbers: Sequence[int]) -> None:
        for owner, seq in map(task.key, numbers):
            Task.get(owner=owner, seq=seq)

    def filter(self, status: str, times: int) -> None:
        for _ in range(times):
            assert Task.find(status=status).allow_filtering().all()

    def slice(self, owners: Sequence[int]) -> None:
        for owner in owners:
            assert len(Task.find(owner=owner).all()) == task.PARTITION

    def indexed(self, tickets: Sequence[int]) -> None:
        for ticket in tickets:
            assert len(IndexedTask.find(ticket=ticket).all()) == task.TICKET


def document(model: type[Task], number: int) -> Task:
    return model(**dict(zip(task.COLUMNS, task.values(number), strict=True)))
