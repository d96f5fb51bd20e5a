"""The server over TCP: what clients meet beyond the conversation, whose answers are tested with `endpoint`."""

import asyncio
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import pytest

from coodie_memory import server
from coodie_memory.cluster import MemoryCluster
from coodie_memory.errors import InvalidRequest, Overloaded, ProtocolException
from coodie_memory.protocol import responses
from coodie_memory.protocol.client import ClientConnection
from coodie_memory.protocol.envelopes import EVENT_STREAM, Answer
from coodie_memory.protocol.requests import Options, Query, Register, Request, Startup
from coodie_memory.server import Address, Limits, Server, serving

STARTUP = Startup({"CQL_VERSION": "3.0.0"})
READ = Query("SELECT key FROM system.local")


class Client:
    """A blocking client that has nothing of a driver."""

    def __init__(
        self,
        address: Address,
        version: int = 4,
        *,
        tls: ssl.SSLContext | None = None,
        buffer: int | None = None,
    ) -> None:
        self._socket = socket.socket()
        self._socket.settimeout(10)
        if buffer is not None:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        try:
            self._socket.connect(address)
        except BaseException:
            self._socket.close()
            raise
        if tls is not None:
            self._socket = tls.wrap_socket(self._socket)
        self._connection = ClientConnection(version)
        self._answers: list[Answer] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, *requests: Request) -> None:
        """All at once, each with its place as its stream."""
        self.send_bytes(b"".join(self._connection.send(each, at) for at, each in enumerate(requests)))

    def send_bytes(self, data: bytes) -> None:
        self._socket.sendall(data)

    def answer(self) -> Answer:
        while not self._answers:
            data = self._socket.recv(1 << 16)
            if not data:
                raise EOFError
            self._answers += self._connection.receive_bytes(data)
        return self._answers.pop(0)

    def ask(self, request: Request) -> responses.Response:
        self.send(request)
        return self.answer().response

    def start(self) -> Self:
        assert self.ask(STARTUP) == responses.Ready()
        return self


@pytest.fixture
def cluster() -> MemoryCluster:
    cluster = MemoryCluster(dialect="cassandra")
    cluster.create_keyspace("ks")
    session = cluster.session("ks")
    session.execute("CREATE TABLE t (k int PRIMARY KEY, v blob)")
    return cluster


@pytest.fixture
def address(cluster: MemoryCluster) -> Iterator[Address]:
    with cluster.serve() as address:
        yield address


def rows(response: responses.Response) -> list[tuple[bytes | None, ...]]:
    assert isinstance(response, responses.Rows), response
    return [tuple(row) for row in response.rows]


@pytest.mark.parametrize("version", [3, 4, 5])
def test_every_version_is_served(address: Address, version: int) -> None:
    with Client(address, version).start() as client:
        assert rows(client.ask(READ)) == [(b"local",)]


def test_clients_are_told_where_they_are(cluster: MemoryCluster) -> None:
    """A driver connects to what `system.local` says."""
    with cluster.serve() as address, Client(address).start() as client:
        found = client.ask(Query("SELECT rpc_address, rpc_port, native_protocol_version FROM system.local"))

        assert rows(found) == [(b"\x7f\0\0\1", address.port.to_bytes(4), b"5")]


def test_an_address_reads_as_drivers_and_people_write_it() -> None:
    assert str(Address("127.0.0.1", 9042)) == "127.0.0.1:9042"
    assert str(Address("::1", 9042)) == "[::1]:9042"


def test_requests_in_a_row_are_answered_by_their_streams(address: Address) -> None:
    texts = [Query(f"SELECT key AS k{n} FROM system.local") for n in range(1000)]
    with Client(address, 5).start() as client:
        client.send(*texts)
        answers = [client.answer() for _ in texts]

    assert sorted(answer.stream for answer in answers) == list(range(1000))
    for answer in answers:
        assert isinstance(answer.response, responses.Rows)
        assert answer.response.columns.specs[0].name == f"k{answer.stream}"


def test_a_client_may_say_everything_at_once(address: Address) -> None:
    """Even what the server understands only after its answer to STARTUP."""
    with Client(address) as client:
        client.send(Options(), STARTUP, READ)

        kinds = [type(client.answer().response) for _ in range(3)]

    assert kinds == [responses.Supported, responses.Ready, responses.Rows]


def test_requests_may_come_byte_by_byte(address: Address) -> None:
    with Client(address).start() as client:
        for byte in ClientConnection(4).send(READ, 9):
            client.send_bytes(bytes([byte]))

        assert client.answer().stream == 9


def test_events_come_from_any_thread(address: Address, cluster: MemoryCluster) -> None:
    with Client(address, 5).start() as client:
        assert client.ask(Register(("SCHEMA_CHANGE",))) == responses.Ready()
        cluster.session("ks").execute("DROP TABLE t")

        answer = client.answer()

    assert answer.stream == EVENT_STREAM
    assert answer.response == responses.SchemaChanged(responses.SchemaChange("DROPPED", "TABLE", "ks", "t"))


def test_what_is_no_protocol_is_answered_and_ends(address: Address) -> None:
    with Client(address) as client:
        client.send_bytes(b"GET / HTTP/1.1\r\n\r\n")

        answer = client.answer()

    assert isinstance(answer.response, responses.Error)
    assert isinstance(answer.response.error, ProtocolException)
    assert answer.response.error.message.startswith("Invalid or unsupported protocol version (71)")


def test_a_frame_beyond_the_limit_is_refused_and_the_next_one_read(cluster: MemoryCluster) -> None:
    limited = Server(cluster.service, port=0, limits=Limits(frame=1000))
    with serving(limited) as address, Client(address).start() as client:
        refusal = client.ask(Query(f"SELECT {' ' * 1000} key FROM system.local"))

        assert isinstance(refusal, responses.Error)
        assert isinstance(refusal.error, InvalidRequest)
        assert rows(client.ask(READ)) == [(b"local",)]


def test_one_client_too_many_goes_at_once(cluster: MemoryCluster) -> None:
    limited = Server(cluster.service, port=0, limits=Limits(clients=1))
    with serving(limited) as address, Client(address).start() as first:
        with Client(address) as second, pytest.raises((EOFError, ConnectionError)):
            second.start()

        assert rows(first.ask(READ)) == [(b"local",)]


def test_a_client_that_does_not_read_is_not_read_from(cluster: MemoryCluster) -> None:
    """It costs its limit of memory, and the others are served; once it reads, it gets everything."""
    cluster.session("ks").execute("INSERT INTO t (k, v) VALUES (1, ?)", (bytes(1 << 17),))
    unread = 1 << 18
    limited = Server(cluster.service, port=0, limits=Limits(unread=unread))
    with serving(limited) as address, Client(address).start() as lazy, Client(address).start() as other:
        lazy.send(*[Query("SELECT v FROM ks.t")] * 300)
        for _ in range(100):
            assert rows(other.ask(READ)) == [(b"local",)]

        waiting = [client._transport.get_write_buffer_size() for client in limited._clients]

        assert max(waiting) < unread + (1 << 18)
        assert sum(len(rows(lazy.answer().response)) for _ in range(300)) == 300


@pytest.mark.parametrize("version", [4, 5])
def test_a_client_that_asks_for_it_is_refused_what_is_too_much(cluster: MemoryCluster, version: int) -> None:
    """Others wait: they are not read from until there is room."""
    limited = Server(cluster.service, port=0, limits=Limits(waiting=10))
    eager = Startup({**STARTUP.options, "THROW_ON_OVERLOAD": "1"})
    with serving(limited) as address:
        for startup, refused in ((STARTUP, 0), (eager, 90)):
            with Client(address, version) as client:
                assert client.ask(startup) == responses.Ready()
                client.send(*[READ] * 100)
                answers = [client.answer() for _ in range(100)]
                assert rows(client.ask(READ)) == [(b"local",)]

            assert sorted(answer.stream for answer in answers) == list(range(100))
            errors = [each.response.error for each in answers if isinstance(each.response, responses.Error)]
            assert len(errors) == refused
            assert all(isinstance(error, Overloaded) for error in errors)


def test_half_a_request_costs_nobody_else_anything(address: Address) -> None:
    whole = ClientConnection(4).send(READ, 3)
    with Client(address).start() as slow, Client(address).start() as other:
        slow.send_bytes(whole[:-1])
        for _ in range(10):
            assert rows(other.ask(READ)) == [(b"local",)]
        slow.send_bytes(whole[-1:])

        assert slow.answer().stream == 3


def test_a_listener_that_never_reads_is_dropped(cluster: MemoryCluster) -> None:
    """Events cannot be kept for it for ever."""
    limited = Server(cluster.service, port=0, limits=Limits(unread=1))
    with serving(limited) as address, Client(address, buffer=1).start() as deaf:
        deaf.ask(Register(("SCHEMA_CHANGE",)))
        session = cluster.session("ks")
        name = "u" * 200
        for _ in range(100_000):
            session.execute(f"CREATE TABLE {name} (k int PRIMARY KEY)")
            session.execute(f"DROP TABLE {name}")
            if not limited._clients:
                break

        assert not limited._clients


def test_the_end_of_the_block_is_the_end_of_all_connections(cluster: MemoryCluster) -> None:
    with ExitStack() as clients:
        with cluster.serve() as address:
            connected = [clients.enter_context(Client(address).start()) for _ in range(5)]
            connected[0].ask(Register(("SCHEMA_CHANGE",)))

        for client in connected:
            with pytest.raises((EOFError, ConnectionError)):
                client.answer()
        with pytest.raises(ConnectionError):
            Client(address)
    assert not cluster.engine.listeners


def test_one_cluster_may_be_served_twice(cluster: MemoryCluster) -> None:
    with cluster.serve() as first, cluster.serve() as second:
        with Client(first).start() as client:
            client.ask(Query("INSERT INTO ks.t (k) VALUES (1)"))
        with Client(second).start() as client:
            assert rows(client.ask(Query("SELECT k FROM ks.t"))) == [(b"\0\0\0\1",)]


def test_an_address_in_use_is_the_callers_error(address: Address, cluster: MemoryCluster) -> None:
    with pytest.raises(OSError, match="address already in use"), cluster.serve(port=address.port):
        pass


async def test_it_serves_a_loop_that_is_not_its_own(cluster: MemoryCluster) -> None:
    with cluster.serve() as address:
        reader, writer = await asyncio.open_connection(*address)
        writer.write(ClientConnection(4).send(Options()))
        answered = await reader.readexactly(9)
        writer.close()
        await writer.wait_closed()

    assert answered[4] == 6


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for localhost, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    files = folder / "certificate.pem", folder / "key.pem"
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -days 1"
    )
    try:
        subprocess.run(
            [*command.split(), "-out", files[0], "-keyout", files[1]], check=True, capture_output=True
        )
    except FileNotFoundError:
        pytest.skip("there is no openssl to make a certificate")
    return files


def test_connections_can_be_encrypted(cluster: MemoryCluster, certificate: tuple[Path, Path]) -> None:
    ours = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ours.load_cert_chain(*certificate)
    theirs = ssl.create_default_context(cafile=certificate[0])
    theirs.check_hostname = False

    with cluster.serve(tls=ours) as address, Client(address, 5, tls=theirs).start() as client:
        assert rows(client.ask(READ)) == [(b"local",)]


def test_a_server_that_listens_everywhere_is_also_at_home() -> None:
    assert str(server._told("0.0.0.0")) == "127.0.0.1"
    assert str(server._told("::1")) == "::1"
