"""The conversations that are kept as fixtures for the protocol's tests, made anew by hand.

`python -m conformance.recordings 19042 tests/coodie_memory/protocol/recordings`, and with `--logs-in` on one of the profile
`authentication`.

Two clients ask: the driver, as it usually does, and our own for what the driver never sends.
"""

import argparse
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from cassandra import DriverException
from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import Cluster
from cassandra.protocol import SyntaxException as DriverSyntaxException
from cassandra.query import BatchStatement, BatchType, SimpleStatement

from conformance.recording import Recorder, recorded, write
from coodie_memory.protocol import requests, responses
from coodie_memory.protocol.client import ClientConnection
from coodie_memory.protocol.requests import Parameters
from coodie_memory.result import UNSET

_KEYSPACE = "recordings"
_REPLICATION = "{'class': 'SimpleStrategy', 'replication_factor': 1}"
_TYPES = (
    "a ascii, b bigint, c blob, d boolean, e date, f decimal, g double, h float, i inet, j int, l smallint, m text, "
    "n time, o timestamp, p timeuuid, q tinyint, r uuid, s varint, t duration, la list<int>, sa set<text>, "
    "ma map<text, int>, fl frozen<list<frozen<set<int>>>>, tu tuple<int, text, duration>, ud frozen<address>, "
    "ul list<frozen<address>>, ve vector<float, 3>, vt vector<text, 2>, vu vector<frozen<address>, 1>"
)

_FUNCTION = (
    f"CREATE OR REPLACE FUNCTION {_KEYSPACE}.half(n int, t text) RETURNS NULL ON NULL INPUT RETURNS int "
    "LANGUAGE java AS 'return 1 / n;'"
)


def _driver(port: int, version: int, *, compression: str | bool = False) -> None:
    """What an application does, through the driver."""
    cluster = Cluster(
        ["127.0.0.1"],
        port=port,
        protocol_version=version,
        compression=compression,
        schema_metadata_enabled=False,
        token_metadata_enabled=False,
    )
    with cluster, cluster.connect() as session:
        table = f"{_KEYSPACE}.d{version}"
        session.execute(f"DROP TABLE IF EXISTS {table}")
        session.execute(f"CREATE TABLE {table} (p int, c int, v text, PRIMARY KEY (p, c))")
        with suppress(DriverException):
            session.execute(f"CREATE TABLE {table} (p int PRIMARY KEY)")
        with suppress(DriverSyntaxException):
            session.execute("SELEKT")
        insert = session.prepare(f"INSERT INTO {table} (p, c, v) VALUES (?, ?, ?)")
        for number in range(5):
            session.execute(insert, (1, number, "x" * number))
        if version > 3:
            session.execute(insert, {"p": 2, "c": 1})
        session.execute(insert, (2, 2, None), trace=True)
        session.execute(SimpleStatement(f"SELECT * FROM {table} WHERE p = %s"), (1,))
        session.execute(f"SELECT v FROM {table} WHERE p = %(p)s", {"p": 1})
        statement = session.prepare(f"SELECT c, v FROM {table} WHERE p = ?")
        statement.fetch_size = 2
        assert len(list(session.execute(statement, (1,)))) == 5
        batch = BatchStatement(BatchType.UNLOGGED)
        for number in range(15):
            batch.add(insert, (number, 0, "y"))
        batch.add(f"DELETE FROM {table} WHERE p = 1")
        payload = {"key": b"value", "empty": b""} if version > 3 else None
        session.execute(batch, custom_payload=payload)


@dataclass
class _Client:
    """Our own client, one request after the other."""

    socket: socket.socket
    connection: ClientConnection

    def ask(self, request: requests.Request, **extras: Any) -> responses.Response:
        self.socket.sendall(self.connection.send(request, 1, **extras))
        while True:  # events come between
            for answer in self.connection.receive_bytes(self.socket.recv(1 << 16)):
                if answer.stream == 1:
                    return answer.response

    def query(self, text: str, **parameters: Any) -> responses.Response:
        return self.ask(requests.Query(text, Parameters(**parameters)))


def _own(port: int, version: int) -> None:
    """What the driver does not do, or not in each version."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=20)) as connected:
        client = _Client(connected, ClientConnection(version))
        client.ask(requests.Options())
        client.ask(requests.Startup({"CQL_VERSION": "3.0.0", "DRIVER_NAME": "coodie"}))
        table = f"{_KEYSPACE}.o{version}"
        client.query(f"DROP TABLE IF EXISTS {table}")
        client.ask(requests.Register(("SCHEMA_CHANGE", "STATUS_CHANGE", "TOPOLOGY_CHANGE")))
        _schema(client, table)
        _statements(client, table, version)
        _errors(client, table, version)


def _schema(client: _Client, table: str) -> None:
    for text in (
        f"CREATE TABLE {table} (k int PRIMARY KEY, {_TYPES})",
        f"CREATE INDEX ON {table} (j)",
        _FUNCTION,
        f"CREATE OR REPLACE AGGREGATE {_KEYSPACE}.halves(text) SFUNC half STYPE int INITCOND 1",
        f"ALTER TYPE {_KEYSPACE}.address ADD IF NOT EXISTS number int",
        f"DROP AGGREGATE {_KEYSPACE}.halves",
    ):
        client.query(text)
    client.query(f"USE {_KEYSPACE}")


def _statements(client: _Client, table: str, version: int) -> None:
    client.query(
        f"INSERT INTO {table} (k, m, la, ve) VALUES (?, ?, ?, ?)",
        values=(b"\0\0\0\1", "ä€".encode(), None, UNSET if version > 3 else None),
        timestamp=1_000_000,
        serial_consistency="LOCAL_SERIAL",
        consistency="ONE",
    )
    client.query(f"SELECT * FROM {table}", page_size=1)
    client.query(f"SELECT k FROM {table} WHERE k = :key", values=(b"\0\0\0\1",), names=("key",))
    client.query(f"SELECT k, count(*) FROM {table}", skip_metadata=True)
    client.query(f"UPDATE {table} SET m = 'x' WHERE k = 1 IF m = 'y'")
    prepared = client.ask(requests.Prepare(f"SELECT * FROM {table} WHERE k = ?"))
    assert isinstance(prepared, responses.Prepared)
    parameters = Parameters(values=(b"\0\0\0\1",), skip_metadata=True)
    execute = requests.Execute(prepared.id, parameters, prepared.metadata_id)
    client.ask(execute)
    client.query(f"ALTER TABLE {table} ADD added int")
    client.ask(execute)  # not known any more
    client.ask(requests.Prepare(f"SELECT * FROM {table} WHERE k = ?"))
    client.ask(execute)  # the columns are others than the client says that it knows
    client.ask(requests.Prepare(f"INSERT INTO {table} (k, m, tu, ud) VALUES (?, ?, ?, ?)"), tracing=True)
    client.ask(requests.Prepare("SELECT * FROM system.local"))
    if version > 4:
        in_keyspace = Parameters(keyspace=_KEYSPACE, now_in_seconds=1_000_000_000)
        client.ask(requests.Prepare(f"SELECT k FROM o{version}", _KEYSPACE))
        client.ask(requests.Query(f"SELECT k FROM o{version}", in_keyspace))


def _errors(client: _Client, table: str, version: int) -> None:
    client.query(f"SELECT {_KEYSPACE}.half(k - 1, 'a') FROM {table}")
    client.query(f"CREATE TABLE {table} (k int PRIMARY KEY)")
    client.query(f"CREATE KEYSPACE {_KEYSPACE} WITH replication = {_REPLICATION}")
    client.query(f"SELECT * FROM {table}", consistency="THREE")
    client.query(f"ALTER TABLE {table} WITH gc_grace_seconds = -1")
    client.query(f"SELECT nothing FROM {table}")
    client.query("SELECT * FROM", consistency="ALL")
    client.ask(requests.Execute(b"nowhere", Parameters(), b""))
    entry = requests.BatchStatement(b"nowhere", (b"a", None))
    counted = requests.BatchStatement(f"DELETE FROM {table} WHERE k = 1")
    client.ask(requests.Batch("LOGGED", (counted, entry), Parameters(timestamp=5)))
    client.ask(requests.Batch("COUNTER", (counted,)))
    if version > 3:
        client.ask(requests.Query("SELECT * FROM system.local"), payload={"a": None, "b": b""})


def _logging_in(port: int, version: int) -> None:
    """What comes before the rest where the server asks who one is, and what becomes of those who may not; a write that fails."""
    table = f"{_KEYSPACE}.l{version}"
    for name, password in (("cassandra", "wrong"), ("cassandra", "cassandra"), ("ann", "ann")):
        with closing(socket.create_connection(("127.0.0.1", port), timeout=20)) as connected:
            client = _Client(connected, ClientConnection(version))
            client.ask(requests.Startup({"CQL_VERSION": "3.0.0"}))
            answer = client.ask(requests.AuthResponse(f"\0{name}\0{password}".encode()))
            if not isinstance(answer, responses.AuthSuccess):
                continue
            client.query(f"CREATE TABLE {table} (k int PRIMARY KEY, v vector<float, 2>)")
            client.query(f"CREATE CUSTOM INDEX ON {table} (v) USING 'StorageAttachedIndex'")
            client.query(f"INSERT INTO {table} (k, v) VALUES (1, [0, 0])")  # without a direction: it fails
            client.query("CREATE ROLE IF NOT EXISTS ann WITH PASSWORD = 'ann' AND LOGIN = true")
            client.query(f"SELECT * FROM {table}")


def _conversations(*, logs_in: bool) -> Iterator[tuple[str, Callable[[int], None]]]:
    if logs_in:
        for version in (3, 4, 5):
            yield f"login-v{version}", partial(_logging_in, version=version)
        return
    for version in (3, 4, 5):
        yield f"driver-v{version}", partial(_driver, version=version)
        yield f"own-v{version}", partial(_own, version=version)
    yield "driver-v4-lz4", partial(_driver, version=4, compression="lz4")
    yield "driver-v4-snappy", partial(_driver, version=4, compression="snappy")
    yield "driver-v5-lz4", partial(_driver, version=5, compression="lz4")


def _prepare_keyspace(target: int) -> None:
    superuser = PlainTextAuthProvider("cassandra", "cassandra")
    with (
        Cluster(["127.0.0.1"], port=target, auth_provider=superuser) as cluster,
        cluster.connect() as session,
    ):
        session.execute(f"DROP KEYSPACE IF EXISTS {_KEYSPACE}")
        session.execute(f"CREATE KEYSPACE {_KEYSPACE} WITH replication = {_REPLICATION}")
        session.execute(f"CREATE TYPE {_KEYSPACE}.address (street text, lines list<text>)")


def _main() -> None:
    parser = argparse.ArgumentParser(description="Record the protocol's fixtures.")
    parser.add_argument("target", type=int, help="the port of a Cassandra on this machine")
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--logs-in", action="store_true", help="what is said where the server asks who one is"
    )
    arguments = parser.parse_args()
    recorder: Recorder
    for name, converse in _conversations(logs_in=arguments.logs_in):
        _prepare_keyspace(arguments.target)
        with recorded(arguments.target) as recorder:
            converse(recorder.port)
        write(arguments.folder / f"{name}.txt", recorder.conversations)


if __name__ == "__main__":
    _main()
