"""The native protocol, message by message: whatever speaks it says what the real Cassandra said.

`answers/*.txt` are conversations as `--update-golden` wrote them.
"""

import difflib
import uuid
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from conformance import bodies
from conformance.memory_target import Pipe, switched_on
from conformance.protocol.conversations import CONVERSATIONS
from conformance.protocol.talk import Minutes, Talk
from conformance.wire import connected
from coodie_memory.cluster import MemoryCluster
from coodie_pytest.options import IN_MEMORY, MEMORY, MEMORY_DRIVER, RUN

ANSWERS = Path(__file__).parent / "answers"


def pytest_generate_tests(metafunc):
    run = metafunc.config.stash[RUN]
    spoken = [name for name in run.backends if name != MEMORY]
    # The engine, called, speaks no protocol: then it is spoken as in the driver.
    metafunc.parametrize("backend", spoken or [MEMORY_DRIVER])


@pytest.fixture
def mine():
    """The name of a keyspace that nobody has."""
    return f"wire_{uuid.uuid4().hex[:12]}"


@pytest.fixture
def connect(request, backend, mine):
    """How a client reaches the backend."""
    if backend not in IN_MEMORY:
        address = request.config.stash[RUN].servers.address("full")
        yield lambda: connected(address.hosts[0], address.port)
        return
    cluster = MemoryCluster(dialect="cassandra", **switched_on("full"))
    bodies.register(cluster, mine)
    if backend == MEMORY_DRIVER:
        yield lambda: Pipe(cluster.service)
        return
    with cluster.serve() as address:
        yield lambda: connected(*address)


@contextmanager
def keyspace(connect, name):
    """An empty keyspace of that name."""
    with closing(Talk(connect, 4, Minutes(name))) as admin:
        replication = "{'class': 'SimpleStrategy', 'replication_factor': 1}"
        admin.query(f"CREATE KEYSPACE {name} WITH replication = {replication}", quietly=True)
        try:
            yield
        finally:
            admin.query(f"DROP KEYSPACE IF EXISTS {name}", quietly=True)
            admin.query(f"DROP KEYSPACE IF EXISTS {name}_2", quietly=True)


def minutes_of(connect, keyspace_name, name, version):
    minutes = Minutes(keyspace_name)
    with keyspace(connect, keyspace_name), closing(Talk(connect, version, minutes)) as talk:
        CONVERSATIONS[name](talk)
    return "\n".join([*minutes, ""])


@pytest.mark.parametrize(
    ("name", "version"), [(name, version) for name in CONVERSATIONS for version in (3, 4, 5)]
)
def test_conversation_goes_as_with_the_real_server(request, connect, mine, name, version):
    told = minutes_of(connect, mine, name, version)

    path = ANSWERS / f"{name}-v{version}.txt"
    if request.config.stash[RUN].update_golden:
        path.write_text(told)
    else:
        differences = difflib.unified_diff(
            path.read_text().splitlines(), told.splitlines(), "the real server", "told", lineterm=""
        )
        if lines := "\n".join(differences):
            pytest.fail(lines, pytrace=False)
