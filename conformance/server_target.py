"""A real cluster as a target, over the wire."""

import re
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from conformance.runner import Client
from conformance.script import Script
from conformance.targets import run_setup
from conformance.wire import Connection, Parameters, Prepared, Refused
from coodie_memory.clock import SECOND, Clock
from coodie_memory.result import Result, Rows
from coodie_pytest.servers import SWITCHES

_WRITTEN = re.compile(
    r"\b(?:INTO|UPDATE|DELETE\b.*?\bFROM)\s+(?:ks\.)?(\w+|\"\w+\")", re.IGNORECASE | re.DOTALL
)

_AHEAD = 8 * SECOND
"""Longer than a script takes; less than any TTL in one that does not shift `now`."""


class ServerClient:
    """A script's view of a real cluster, in one of its keyspaces."""

    def __init__(self, connection: Connection, keyspace: str, log_in: Callable[[str], Connection]) -> None:
        self._connection = connection
        self._log_in = log_in
        self.keyspace = keyspace
        # All statements of a script judge expiry at one moment, so that TTL() answers the same on a slow machine. It lies
        # a little ahead, since a view's rows are taken away by the server's own clock, and at a moment before that they are
        # still there; not far ahead, since a legacy index on a key's column lets a row's entry expire by that clock, too.
        pinned = time.time_ns() // 1_000 + _AHEAD
        self._clock = Clock(lambda: pinned)
        connection.query(f"USE {keyspace}")

    def query(self, cql: str, parameters: Parameters) -> Result:
        return self._connection.query(cql, self._dated(parameters))

    def prepare(self, cql: str) -> Prepared:
        return self._connection.prepare(cql)

    def execute(self, prepared: Prepared, parameters: Parameters) -> Result:
        return self._connection.execute(prepared, self._dated(parameters))

    @contextmanager
    def acting_as(self, role: str) -> Iterator[Client]:
        with self._log_in(role) as connection:
            yield ServerClient(connection, self.keyspace, self._log_in)

    def shift_now(self, span: str) -> None:
        self._clock.advance(span)

    def _dated(self, parameters: Parameters) -> Parameters:
        return replace(parameters, now=self._clock.micros() // SECOND)

    def advance_clock(self, span: str) -> None:
        raise RuntimeError(
            f"a real cluster's clock cannot be advanced by {span}: the script requires `clock`"
        )


class ServerTarget:
    """A real cluster at an address. Makes keyspaces with names of its own, touches no others, drops them at the end."""

    def __init__(self, host: str, port: int, dialect: str) -> None:
        self.dialect = dialect
        self._address = host, port
        self._keyspaces: dict[Path, str] = {}
        settings = self._settings()
        self.capabilities = frozenset(name for name, key in SWITCHES.items() if settings.get(key) == "true")
        self.profile = {0: "default", len(SWITCHES): "full"}.get(len(self.capabilities), "mixed")
        if settings.get("authenticator.class_name") == "PasswordAuthenticator":
            self.profile = "authentication"
        self.version = self._version()

    def close(self) -> None:
        for keyspace in self._keyspaces.values():
            self._drop(keyspace)
        self._keyspaces.clear()
        self._connection.close()

    @contextmanager
    def open(self, script: Script, folder: Path) -> Iterator[Client]:
        if script.changes_schema:
            keyspace = self._create()
            try:
                yield self._client(keyspace)
            finally:
                self._drop(keyspace)
        else:
            keyspace = self._shared(folder)
            try:
                yield self._client(keyspace)
            finally:
                self._empty(script, keyspace)

    def _client(self, keyspace: str) -> ServerClient:
        return ServerClient(self._connected(), keyspace, self._log_in)

    def _log_in(self, role: str) -> Connection:
        return Connection.to(*self._address, login=role)

    @cached_property
    def _connection(self) -> Connection:
        return Connection.to(*self._address)

    def _connected(self) -> Connection:
        """A connection that works: a server may hang up after a statement it could not digest."""
        if self._connection.broken:
            self._connection.close()
            del self._connection
        return self._connection

    def _settings(self) -> Mapping[str, str]:
        answer = self._connection.query("SELECT name, value FROM system_views.settings")
        assert isinstance(answer, Rows)
        return {name.decode(): value.decode() for name, value in answer.raw if name and value}

    def _version(self) -> str:
        answer = self._connection.query("SELECT release_version FROM system.local")
        assert isinstance(answer, Rows)
        version = answer.raw[0][0] or b""
        return f"{self.dialect.capitalize()} {version.decode()}"

    def _create(self) -> str:
        keyspace = f"ks_{uuid.uuid4().hex[:12]}"
        self._connected().query(
            f"CREATE KEYSPACE {keyspace} WITH replication = {{'class': 'SimpleStrategy', 'replication_factor': 1}}"
        )
        return keyspace

    def _drop(self, keyspace: str) -> None:
        self._connected().query(f"DROP KEYSPACE IF EXISTS {keyspace}")

    def _shared(self, folder: Path) -> str:
        if folder not in self._keyspaces:
            keyspace = self._create()
            try:
                run_setup(folder, self._client(keyspace))
            except BaseException:
                self._drop(keyspace)
                raise
            self._keyspaces[folder] = keyspace
        return self._keyspaces[folder]

    def _empty(self, script: Script, keyspace: str) -> None:
        written = {table for step in script.steps for table in _WRITTEN.findall(step.cql)}
        for table in sorted(written):
            # A script may well write to a table that does not exist.
            with suppress(Refused):
                self._connected().query(f"TRUNCATE {keyspace}.{table}")
