"""What tests run against: the engine in this process, or a real cluster. Each loads its database when it is used."""

from __future__ import annotations

import uuid
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

from coodie.backend import DEFAULT_NAME, Backend, Connected, connections
from coodie.statement import Statement
from coodie_pytest.options import MEMORY, MEMORY_DRIVER, MEMORY_TCP
from coodie_pytest.servers import SWITCHES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from coodie_memory.cluster import MemoryCluster
    from coodie_pytest.servers import Address

MEMORY_KEYSPACE = "coodie"
_DOORS_CAPABILITIES = {MEMORY: (), MEMORY_DRIVER: ("driver",), MEMORY_TCP: ("driver", "tcp")}
"""What a way into the engine brings with it: the Python driver, an address."""
_REPLICATION = "{'class': 'SimpleStrategy', 'replication_factor': 1}"
_WHAT_A_KEYSPACE_HOLDS = (
    "SELECT table_name FROM system_schema.tables WHERE keyspace_name = ? LIMIT 1",
    "SELECT type_name FROM system_schema.types WHERE keyspace_name = ? LIMIT 1",
    "SELECT function_name FROM system_schema.functions WHERE keyspace_name = ? LIMIT 1",
    "SELECT aggregate_name FROM system_schema.aggregates WHERE keyspace_name = ? LIMIT 1",
)


class MemoryTarget:
    """The engine; each test has a `MemoryCluster` of its own, and `name` says by which door it comes in."""

    keyspace = MEMORY_KEYSPACE

    def __init__(self, name: str, dialect: str) -> None:
        self.name = name
        self.dialect = dialect
        self.capabilities = frozenset({*SWITCHES, "clock", *_DOORS_CAPABILITIES[name]})

    @contextmanager
    def turn(self, cluster: MemoryCluster) -> Iterator[Backend]:
        """The default connection for one test of a cluster that is registered as it."""
        if self.name == MEMORY:
            yield connections.get()
            return
        from coodie.backends import cassandra

        with ExitStack() as doors:
            if self.name == MEMORY_TCP:
                address = doors.enter_context(cluster.serve())
                backend = cassandra.connect([(address.host, address.port)], self.keyspace)
            else:
                backend = cassandra.connect(keyspace=self.keyspace, options=cluster.driver_options())
            doors.callback(backend.close)
            doors.enter_context(registered(backend))
            yield backend

    def close(self) -> None:
        """Nothing outlives a test."""


class ServerTarget:
    """A keyspace of this process's own on a real cluster, in which tests take turns; no other is touched.

    Its name is new, and it is created without IF NOT EXISTS: one that somebody else made is never taken for ours.
    """

    def __init__(self, name: str, address: Address) -> None:
        from coodie.backends import cassandra

        self.name = self.dialect = name
        self.keyspace = f"coodie_{uuid.uuid4().hex[:12]}"
        hosts = [(host, address.port) for host in address.hosts]
        self._admin = cassandra.connect(hosts)
        self._create()
        self._backend = cassandra.connect(hosts, self.keyspace)
        on = {name for name, setting in SWITCHES.items() if self._settings().get(setting) == "true"}
        self.capabilities = frozenset({*on, "driver", "tcp", "latency"})

    @contextmanager
    def turn(self) -> Iterator[Backend]:
        """The same connection each time; what the test made in the keyspace is dropped with it."""
        try:
            with registered(self._backend):
                yield self._backend
        finally:
            if self._is_used():
                self._drop()
                self._create()

    def close(self) -> None:
        """Drop the keyspace and disconnect."""
        self._drop()
        self._backend.close()
        self._admin.close()

    def _create(self) -> None:
        self._ask(f"CREATE KEYSPACE {self.keyspace} WITH replication = {_REPLICATION}")

    def _drop(self) -> None:
        self._ask(f"DROP KEYSPACE IF EXISTS {self.keyspace}")

    def _is_used(self) -> bool:
        return any(self._ask(look, self.keyspace) for look in _WHAT_A_KEYSPACE_HOLDS)

    def _settings(self) -> Mapping[str, str]:
        return dict(self._ask("SELECT name, value FROM system_views.settings"))

    def _ask(self, cql: str, *params: Any) -> list[tuple[Any, ...]]:
        return list(self._admin.execute(Statement(cql, params, timeout=_PATIENCE)).rows)


_PATIENCE = 60.0
"""Seconds: a server drops a table in a tenth of one, and a keyspace may have a hundred of them."""

Target: TypeAlias = MemoryTarget | ServerTarget
"""What `coodie_backend` runs on: `name`, `dialect`, `keyspace`, `capabilities`."""


@contextmanager
def memory_cluster(dialect: Any, requires: Iterable[str] = ()) -> Iterator[MemoryCluster]:
    """An empty cluster with a keyspace, connected; disconnected afterwards. What is required is switched on."""
    from coodie.backends import memory
    from coodie_memory.cluster import MemoryCluster

    switches: dict[str, Any] = dict.fromkeys(SWITCHES.keys() & set(requires), True)
    cluster = MemoryCluster(dialect=dialect, **switches)
    cluster.create_keyspace(MEMORY_KEYSPACE)
    with registered(memory.connect(cluster, MEMORY_KEYSPACE)):
        yield cluster


@contextmanager
def registered(backend: Backend) -> Iterator[None]:
    """The backend is the default connection; afterwards the connections are those there were before.

    What was opened meanwhile is closed, so that nothing leaks from a test that forgot to.
    """
    before = connections.snapshot()
    connections.register(DEFAULT_NAME, backend, default=True)
    try:
        yield
    finally:
        after = connections.snapshot()
        connections.restore(before)
        for opened in _opened(before, after):
            if opened is not backend:
                opened.close()


def _opened(before: Connected, after: Connected) -> list[Backend]:
    known = {id(backend) for backend in before.backends.values()}
    return [backend for backend in after.backends.values() if id(backend) not in known]


def open_target(name: str, dialect: str, address: Address | None) -> Target:
    """The target of that name; a real one is at `address`."""
    return MemoryTarget(name, dialect) if address is None else ServerTarget(name, address)
