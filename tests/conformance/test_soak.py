"""The soak's visitors and its judgement; `python -m conformance.soak` lets them come for an hour."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance import fuzz
from conformance.soak.__main__ import judged
from conformance.soak.clients import SCHEMA, Guest, visits
from conformance.soak.server import LIMITS
from coodie_memory.cluster import MemoryCluster
from coodie_memory.server import Server, serving

RECORDINGS = Path(__file__).parents[1] / "coodie_memory" / "protocol" / "recordings"
VISITS = {
    getattr(visit, "__name__", type(visit).__name__): visit for visit in visits(fuzz.samples(RECORDINGS))
}
WARM = {"tasks": 1, "files": 8, "tables": 95, "objects": 36_000, "memory": 40 << 20}
Served = tuple[MemoryCluster, Server, tuple[str, int]]


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    cluster = MemoryCluster(dialect="cassandra")
    session = cluster.session()
    for text in SCHEMA:
        session.execute(text)
    server = Server(cluster.service, port=0, limits=LIMITS)
    with serving(server) as address:
        yield cluster, server, address


@pytest.mark.parametrize("name", VISITS)
def test_a_visit_leaves_nothing_behind(served: Served, name: str) -> None:
    cluster, server, address = served
    for number in range(5):
        VISITS[name](Guest(address, number, random.Random(f"{name}/{number}")))

    deadline = time.monotonic() + 10
    while server._clients and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not server._clients
    assert not cluster.engine.listeners
    assert list(cluster.engine.schema.keyspaces["soak"].tables) == ["t"]


def test_what_stays_is_no_complaint() -> None:
    assert not judged([WARM, WARM | {"objects": 36_500, "memory": 45 << 20}])


@pytest.mark.parametrize(
    "more", [{"files": 9}, {"tasks": 2}, {"tables": 96}, {"objects": 40_000}, {"memory": 80 << 20}]
)
def test_what_was_not_there_before_is_told(more: dict[str, int]) -> None:
    (complaint,) = judged([WARM, WARM | more])

    assert complaint.startswith(f"{next(iter(more))}: ")
