"""What `init_coodie` connects to, and what it refuses before it connects to anything."""

import asyncio
import subprocess
import sys
import threading

import pytest

from coodie import connect
from coodie.backend import connections
from coodie.backends.lazy import LazyBackend
from coodie.connect import Target, close_coodie, close_coodie_async, init_coodie, init_coodie_async
from coodie.exceptions import ConfigurationError, ConnectionFailed
from coodie.statement import Statement

READ = Statement("SELECT cluster_name FROM system.local")


@pytest.fixture(autouse=True)
def _own_connections(monkeypatch):
    """Each test begins without connections and leaves those of others alone."""
    monkeypatch.delenv("COODIE_BACKEND", raising=False)
    before = connections.snapshot()
    connections.clear()
    yield
    close_coodie()
    connections.restore(before)


class DriverSession:
    """Stands for a session of the driver: it only says where it comes from."""


def target(**given):
    everything = {"hosts": None, "session": None, "keyspace": None, "driver_type": None, "ssl_context": None}
    return Target(**{**everything, "options": {}, **given})


def test_nothing_to_connect_to_names_the_choices():
    with pytest.raises(
        ConfigurationError, match="hosts, a session or driver_type='cassandra', 'scylla' or 'memory'"
    ):
        init_coodie()


def test_unknown_driver_type_names_the_choices():
    with pytest.raises(ConfigurationError, match="'sqlite' is no backend; there are driver_type='cassandra'"):
        init_coodie(driver_type="sqlite")


@pytest.mark.parametrize(
    ("given", "chosen"),
    [
        ({"hosts": ["127.0.0.1"]}, "cassandra"),
        ({"session": DriverSession()}, "cassandra"),
        ({"hosts": ["127.0.0.1"], "driver_type": "scylla"}, "scylla"),
        ({"driver_type": "memory"}, "memory"),
        ({}, "memory"),
    ],
)
def test_environment_decides_only_where_nothing_is_given(monkeypatch, given, chosen):
    """`COODIE_BACKEND=memory` must not turn a production connection into memory."""
    monkeypatch.setenv("COODIE_BACKEND", "memory")

    assert target(**given)._chosen() == chosen


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"driver_type": "memory", "hosts": ["127.0.0.1"]}, "takes no hosts"),
        ({"driver_type": "memory", "session": DriverSession()}, "no session of the memory backend"),
        ({"hosts": ["127.0.0.1"], "session": DriverSession()}, "either the session or hosts"),
        ({"session": DriverSession(), "options": {"port": 9042}}, "port cannot be set any more"),
    ],
)
def test_contradictions_are_refused(given, words):
    """Nothing that was said is ignored."""
    with pytest.raises(ConfigurationError, match=words):
        target(**given).connector()


@pytest.mark.parametrize("extra", ["cassandra", "scylla"])
def test_missing_driver_names_the_extra_to_install(monkeypatch, extra):
    """At the call, lazy or not."""
    monkeypatch.setattr(connect, "find_spec", lambda _: None)

    with pytest.raises(ImportError, match=rf"pip install 'coodie\[{extra}\]'"):
        init_coodie(hosts=["127.0.0.1"], driver_type=extra, lazy=True)


def test_lazy_connection_knows_its_keyspace_and_connects_to_nothing():
    backend = init_coodie(hosts=["192.0.2.1"], keyspace="my_ks", lazy=True)

    assert isinstance(backend, LazyBackend)
    assert backend.keyspace == "my_ks"


def test_memory_is_a_private_cluster_with_its_keyspace():
    """Two connections share nothing."""
    first = init_coodie(driver_type="memory", keyspace="my_ks", name="first")
    second = init_coodie(driver_type="memory", keyspace="my_ks", name="second")
    first.execute(Statement("CREATE TABLE my_ks.t (id int PRIMARY KEY)", prepare=False))

    assert first.keyspace == "my_ks"
    assert first.execute(Statement("SELECT id FROM t")).rows == []
    second.execute(Statement("CREATE TABLE t (id int PRIMARY KEY)", prepare=False))


def test_memory_takes_a_cluster_or_its_session():
    """What a test holds is what the models write to."""
    from coodie_memory.cluster import MemoryCluster

    cluster = MemoryCluster()
    cluster.create_keyspace("ks")
    init_coodie(session=cluster, keyspace="ks").execute(
        Statement("CREATE TABLE t (id int PRIMARY KEY)", prepare=False)
    )

    again = init_coodie(session=cluster.session("ks"))
    assert again.execute(Statement("SELECT id FROM t")).columns == ("id",)


def test_name_that_is_connected_again_is_closed():
    """Nothing leaks, and nothing goes on writing to the old place."""
    before = init_coodie(driver_type="memory")
    after = init_coodie(driver_type="memory")

    assert connections.get() is after
    with pytest.raises(ConnectionFailed, match="closed"):
        before.execute(READ)


def test_close_forgets_one_or_all():
    init_coodie(driver_type="memory")
    other = init_coodie(driver_type="memory", name="x")
    close_coodie("default")
    assert connections.get("x") is other

    close_coodie()
    close_coodie()

    with pytest.raises(ConfigurationError):
        connections.get("x")


async def test_awaiting_twin_does_the_same():
    backend = await init_coodie_async(driver_type="memory", keyspace="my_ks")
    assert connections.get() is backend

    await close_coodie_async()

    with pytest.raises(ConnectionFailed):
        await backend.execute_async(READ)


class Held:
    """A connection whose making takes until the test lets it."""

    def __init__(self):
        self.begun, self.let = threading.Event(), threading.Event()
        self.closed = threading.Event()

    def connect(self):
        self.begun.set()
        assert self.let.wait(10)
        return self

    def close(self):
        self.closed.set()


async def test_cancelled_init_leaves_no_connection_behind():
    """The thread cannot be stopped; what it still makes is closed."""
    held = Held()
    waiting = asyncio.create_task(connect._connected(held.connect))
    assert await asyncio.to_thread(held.begun.wait, 10)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    held.let.set()

    assert await asyncio.to_thread(held.closed.wait, 10)


def test_memory_imports_no_driver():
    """Whoever tests on memory needs none installed, and does not wait for one to load."""
    code = (
        "import sys; from coodie.connect import init_coodie; init_coodie(driver_type='memory', keyspace='k');"
        "sys.exit(any(name.partition('.')[0] == 'cassandra' for name in sys.modules))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
