"""The engine in this process as a target, by each of the doors it has."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from conformance import bodies
from conformance.runner import LOGICAL_KEYSPACE, Client
from conformance.script import Script
from conformance.targets import run_setup
from conformance.wire import SUPERUSER, Connection, Parameters, Prepared, Refused
from coodie_memory.clock import SECOND, Clock
from coodie_memory.cluster import MemoryCluster
from coodie_memory.dialect import DIALECTS
from coodie_memory.endpoint import Service, Wire
from coodie_memory.engine import LOOPBACK
from coodie_memory.errors import CqlError
from coodie_memory.execution.context import Options
from coodie_memory.protocol.responses import Event
from coodie_memory.result import Result
from coodie_pytest.options import MEMORY, MEMORY_DRIVER, MEMORY_TCP
from coodie_pytest.servers import SWITCHES


class MemoryClient:
    """A script's view of an engine of its own."""

    keyspace = LOGICAL_KEYSPACE

    def __init__(self, cluster: MemoryCluster, role: str = SUPERUSER) -> None:
        self._cluster = cluster
        self._clock = cluster.clock
        # Runs with the cluster's clock, ahead of it by what the script has shifted.
        self._now = Clock(cluster.clock.micros)
        self._session = cluster.session(self.keyspace, user=role)

    def query(self, cql: str, parameters: Parameters) -> Result:
        with _refusing():
            return self._session.execute_raw(cql, parameters.values, self._options(parameters))

    def prepare(self, cql: str) -> Prepared:
        with _refusing():
            prepared = self._session.prepare(cql)
        return Prepared(prepared.markers, prepared)

    def execute(self, prepared: Prepared, parameters: Parameters) -> Result:
        with _refusing():
            return self._session.execute_raw(prepared.handle, parameters.values, self._options(parameters))

    @contextmanager
    def acting_as(self, role: str) -> Iterator[Client]:
        with _refusing():
            self._cluster.authenticate(role, role)
        yield MemoryClient(self._cluster, role)

    def shift_now(self, span: str) -> None:
        self._now.advance(span)

    def advance_clock(self, span: str) -> None:
        self._clock.advance(span)

    def _options(self, parameters: Parameters) -> Options:
        return Options(
            consistency=parameters.consistency,
            page_size=parameters.page_size,
            paging_state=parameters.paging_state,
            timestamp=parameters.timestamp,
            now_in_seconds=self._now.micros() // SECOND,
        )


class WireClient:
    """A script's view of an engine that is reached by the native protocol."""

    keyspace = LOGICAL_KEYSPACE

    def __init__(
        self, connection: Connection, cluster: MemoryCluster, log_in: Callable[[str], Connection]
    ) -> None:
        self._connection = connection
        self._cluster = cluster
        self._log_in = log_in
        self._clock = cluster.clock
        self._now = Clock(cluster.clock.micros)
        connection.query(f"USE {self.keyspace}")

    def query(self, cql: str, parameters: Parameters) -> Result:
        return self._connection.query(cql, self._dated(parameters))

    def prepare(self, cql: str) -> Prepared:
        return self._connection.prepare(cql)

    def execute(self, prepared: Prepared, parameters: Parameters) -> Result:
        return self._connection.execute(prepared, self._dated(parameters))

    @contextmanager
    def acting_as(self, role: str) -> Iterator[Client]:
        with self._log_in(role) as connection:
            yield WireClient(connection, self._cluster, self._log_in)

    def shift_now(self, span: str) -> None:
        # Before version 5 a request has no time of its own.
        (self._now if self._connection.version >= 5 else self._clock).advance(span)

    def advance_clock(self, span: str) -> None:
        self._clock.advance(span)

    def _dated(self, parameters: Parameters) -> Parameters:
        return replace(parameters, now=self._now.micros() // SECOND)


class Pipe:
    """What `driver` makes of a service: a socket without a network."""

    def __init__(self, service: Service) -> None:
        self._wire = Wire(service, self._hear, LOOPBACK)
        self._unread = bytearray()

    def sendall(self, data: bytes) -> None:
        for answer in self._wire.answers(data):
            self._unread += answer

    def recv(self, count: int) -> bytes:
        received = bytes(self._unread[:count])
        del self._unread[:count]
        return received

    def close(self) -> None:
        self._wire.close()

    def _hear(self, event: Event) -> None:
        self._unread += self._wire.event(event)


Door: TypeAlias = Callable[[MemoryCluster], AbstractContextManager[Client]]


@contextmanager
def session(cluster: MemoryCluster) -> Iterator[Client]:
    """The engine, called."""
    yield MemoryClient(cluster)


@contextmanager
def in_process(cluster: MemoryCluster, version: int) -> Iterator[Client]:
    """The native protocol as the driver speaks it in process."""

    def log_in(role: str) -> Connection:
        return Connection(Pipe(cluster.service), version, role)

    with log_in(SUPERUSER) as connection:
        yield WireClient(connection, cluster, log_in)


@contextmanager
def over_tcp(cluster: MemoryCluster, version: int) -> Iterator[Client]:
    """The native protocol over TCP."""
    with cluster.serve() as address:

        def log_in(role: str) -> Connection:
            return Connection.to(*address, version, role)

        with log_in(SUPERUSER) as connection:
            yield WireClient(connection, cluster, log_in)


_SPEAKING: dict[str, Callable[..., AbstractContextManager[Client]]] = {
    MEMORY_DRIVER: in_process,
    MEMORY_TCP: over_tcp,
}


def doors(backend: str, dialect: str) -> dict[str, Door]:
    """The ways in that a backend's name stands for: one, or one for each version that drivers choose, newest first."""
    if backend == MEMORY:
        return {"": session}
    versions = (5, 4) if DIALECTS[dialect].speaks_version_5 else (4,)
    return {f"v{version}": partial(_SPEAKING[backend], version=version) for version in versions}


def switched_on(profile: str) -> dict[str, Any]:
    """The options of a `MemoryCluster` that is configured as a real server of this profile."""
    match profile:
        case "full":
            return dict.fromkeys(SWITCHES, True)
        case "authentication":
            return {"authentication": True, "materialized_views": True, "user_defined_functions": True}
        case _:
            return {}


class MemoryTarget:
    """The engine in one dialect: a fresh cluster for each script, its clock frozen at the start."""

    def __init__(self, dialect: Any, profile: str, door: Door = session) -> None:
        self.capabilities = frozenset({"clock"} | (set(SWITCHES) if profile == "full" else set[str]()))
        self.dialect = dialect
        self.profile = profile
        self._door = door

    @contextmanager
    def open(self, script: Script, folder: Path) -> Iterator[Client]:
        cluster = MemoryCluster(dialect=self.dialect, **switched_on(self.profile))
        cluster.clock.freeze()
        bodies.register(cluster)
        cluster.create_keyspace(LOGICAL_KEYSPACE)
        with self._door(cluster) as client:
            if not script.changes_schema:
                run_setup(folder, client)
            yield client


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except CqlError as error:
        raise Refused(error.code, error.message) from error
