"""Several processes at once: each deploys the same models, as the workers of an application do when it starts."""

import subprocess
import sys

import pytest

pytest.importorskip("cassandra", reason="no driver is installed")

from coodie_memory.cluster import MemoryCluster

WORKER = """
import sys
from typing import Annotated
from coodie.fields import ClusteringKey, Indexed, PrimaryKey
from coodie.sync import Document, init_coodie
from coodie import UserType

class Place(UserType):
    street: str
    number: int = 0

class Visit(Document):
    person: Annotated[str, PrimaryKey()]
    number: Annotated[int, ClusteringKey()]
    place: Place | None = None
    mood: Annotated[str, Indexed()] = "good"
    tags: set[str] = set()

    class Settings:
        __options__ = {"gc_grace_seconds": 3600}

host, port, name = sys.argv[1:]
backend = init_coodie([(host, int(port))], keyspace="ks")
print("connected", flush=True)
input()  # all of them go on at the same moment
Visit.sync_table()
Visit(person=name, number=1, place=Place(street="High", number=7), tags={name}).save()
print(Visit.get(person=name, number=1).place, Visit.sync_table())
backend.close()
"""
MANY = 4


def test_tables_are_synced_by_several_processes():
    """The table is there before anybody's columns, types and indexes are; each worker finds its model whole."""
    cluster = MemoryCluster()
    cluster.create_keyspace("ks")
    with cluster.serve() as (host, port):
        command = [sys.executable, "-W", "error", "-c", WORKER, host, str(port)]
        workers = [
            subprocess.Popen(
                [*command, f"worker {number}"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for number in range(MANY)
        ]
        assert [worker.stdout.readline() for worker in workers] == ["connected\n"] * MANY
        for worker in workers:
            worker.stdin.write("\n")
            worker.stdin.flush()
        answers = [worker.communicate() for worker in workers]

    assert answers == [("street='High' number=7 []\n", "")] * MANY
    session = cluster.session("ks")
    assert len(session.execute("SELECT * FROM visit")) == MANY
    assert [index for (index,) in session.execute("SELECT index_name FROM system_schema.indexes")] == [
        "visit_mood_idx"
    ]
