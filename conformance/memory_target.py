"""The engine in this process as a target."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from conformance.runner import LOGICAL_KEYSPACE, Client
from conformance.script import Script
from conformance.targets import run_setup
from conformance.wire import Parameters, Prepared, Refused
from coodie_memory.clock import SECOND, Clock
from coodie_memory.cluster import MemoryCluster
from coodie_memory.errors import CqlError
from coodie_memory.execution.context import Options
from coodie_memory.result import Result
from coodie_pytest.servers import SWITCHES


class MemoryClient:
    """A script's view of an engine of its own."""

    keyspace = LOGICAL_KEYSPACE

    def __init__(self, cluster: MemoryCluster) -> None:
        self._clock = cluster.clock
        # Runs with the cluster's clock, ahead of it by what the script has shifted.
        self._now = Clock(cluster.clock.micros)
        self._session = cluster.session(self.keyspace)

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


class MemoryTarget:
    """The engine in one dialect: a fresh cluster for each script, its clock frozen at the start."""

    capabilities = frozenset({"clock"})

    def __init__(self, dialect: str, profile: str) -> None:
        self.dialect = dialect
        self.profile = profile

    @contextmanager
    def open(self, script: Script, folder: Path) -> Iterator[Client]:
        options: dict[str, Any] = {"dialect": self.dialect}
        if self.profile == "full":
            options |= dict.fromkeys(SWITCHES, True)
        cluster = MemoryCluster(**options)
        cluster.clock.freeze()
        cluster.create_keyspace(LOGICAL_KEYSPACE)
        client = MemoryClient(cluster)
        if not script.changes_schema:
            run_setup(folder, client)
        yield client


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except CqlError as error:
        raise Refused(error.code, error.message) from error
