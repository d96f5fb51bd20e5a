"""Who comes: each kind of client is one visit, from connecting to being gone.

A visit raises `Broken` where the server does what it must not; that the server hangs up on a client that deserves it is
no such thing.
"""

import random
import socket
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TypeAlias

from conformance.fuzz import Sample, mutated
from coodie_memory.protocol import responses, segments
from coodie_memory.protocol.client import ClientConnection
from coodie_memory.protocol.envelopes import EVENT_STREAM
from coodie_memory.protocol.primitives import int_
from coodie_memory.protocol.requests import (
    Batch,
    BatchStatement,
    Execute,
    Options,
    Parameters,
    Prepare,
    Query,
    Register,
    Request,
    Startup,
)
from coodie_memory.protocol.responses import Response

KEYSPACE = "soak"
_BIG = 1 << 16
_PATIENCE = 30.0
_STARTUP = Startup({"CQL_VERSION": "3.0.0"})
SCHEMA = (
    f"CREATE KEYSPACE {KEYSPACE} WITH replication = {{'class': 'SimpleStrategy', 'replication_factor': 1}}",
    f"CREATE TABLE {KEYSPACE}.t (p int, c int, v blob, PRIMARY KEY (p, c)) WITH gc_grace_seconds = 0",
    f"INSERT INTO {KEYSPACE}.t (p, c, v) VALUES (-1, 0, 0x{'ab' * _BIG})",
)
_INSERT = f"INSERT INTO {KEYSPACE}.t (p, c, v) VALUES (?, ?, ?)"
_READ = f"SELECT c, v FROM {KEYSPACE}.t WHERE p = ?"
_READ_BIG = Query(f"SELECT v FROM {KEYSPACE}.t WHERE p = -1")
Address: TypeAlias = tuple[str, int]


class Broken(Exception):
    """The server did what it must not."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Who visits which server; `number` is nobody else's at the same time."""

    address: Address
    number: int
    chance: random.Random


class Visitor:
    """A connection that counts which of its requests are answered."""

    def __init__(self, guest: Guest, *, buffer: int | None = None) -> None:
        self.version = guest.chance.choice((3, 4, 5, 5))
        self.socket = socket.socket()
        self.socket.settimeout(_PATIENCE)
        if buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        try:
            self.socket.connect(guest.address)
        except BaseException:
            self.socket.close()
            raise
        self._connection = ClientConnection(self.version)

    def start(self) -> None:
        (response,) = self.ask(_STARTUP)
        if not isinstance(response, responses.Ready):
            raise Broken(f"STARTUP was answered by {response}")

    def bytes_of(self, *requests: Request) -> bytes:
        return b"".join(self._connection.send(each, stream) for stream, each in enumerate(requests))

    def ask(self, *requests: Request) -> list[Response]:
        """The answers in the order of the requests, which are sent all at once."""
        self.socket.sendall(self.bytes_of(*requests))
        return self.answers(len(requests))

    def answers(self, count: int) -> list[Response]:
        found: dict[int, Response] = {}
        while len(found) < count:
            data = self.socket.recv(1 << 16)
            if not data:
                raise ConnectionError(f"the server hung up, {count - len(found)} answers short")
            for answer in self._connection.receive_bytes(data):
                if answer.stream == EVENT_STREAM:
                    continue
                if answer.stream in found or answer.stream >= count:
                    raise Broken(f"stream {answer.stream} was answered twice, or never asked")
                found[answer.stream] = answer.response
        return [found[stream] for stream in range(count)]


@contextmanager
def visiting(guest: Guest, *, starts: bool = True, buffer: int | None = None) -> Iterator[Visitor]:
    """A visitor who goes at the end, now and then without a word."""
    visitor = Visitor(guest, buffer=buffer)
    try:
        if starts:
            visitor.start()
        yield visitor
    finally:
        if guest.chance.random() < 0.3:  # a reset instead of an end
            with suppress(OSError):
                visitor.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        visitor.socket.close()


Visit: TypeAlias = Callable[[Guest], None]


def works(guest: Guest) -> None:
    """Writes rows, reads them back in one go with others' requests between, and deletes them."""
    p = guest.number
    rows = [
        (int_(p), int_(c), guest.chance.randbytes(guest.chance.choice((0, 10, 1000))))
        for c in range(guest.chance.randrange(1, 40))
    ]
    with visiting(guest) as visitor:
        insert, read = visitor.ask(Prepare(_INSERT), Prepare(_READ))
        if not (isinstance(insert, responses.Prepared) and isinstance(read, responses.Prepared)):
            raise Broken(f"{insert} {read}")

        def execute(prepared: responses.Prepared, values: Sequence[bytes]) -> Execute:
            known = (prepared.metadata_id or b"") if visitor.version >= 5 else None
            return Execute(prepared.id, Parameters(values=tuple(values)), known)

        *written, found = visitor.ask(*(execute(insert, row) for row in rows), execute(read, [int_(p)]))
        if not isinstance(found, responses.Rows) or [tuple(row) for row in found.rows] != [
            row[1:] for row in rows
        ]:
            raise Broken(f"{len(rows)} rows were written ({set(map(type, written))}), and read back: {found}")
        entry = BatchStatement(f"DELETE FROM {KEYSPACE}.t WHERE p = ?", (int_(p),))
        (gone,) = visitor.ask(Batch("UNLOGGED", (entry,)))
        if not isinstance(gone, responses.Void):
            raise Broken(f"{gone}")


def pipelines(guest: Guest) -> None:
    """Sends hundreds of requests of all kinds before it reads."""
    kinds = (Options(), Query("SELECT key FROM system.local"), Query("SELEC"), Prepare(_READ), _READ_BIG)
    requests = guest.chance.choices(kinds, weights=(3, 6, 1, 1, 0.2), k=guest.chance.randrange(1, 500))
    with visiting(guest) as visitor:
        visitor.ask(*requests)


def breaks_off(guest: Guest) -> None:
    """Goes in the midst of a frame."""
    with visiting(guest, starts=guest.chance.random() < 0.8) as visitor:
        data = visitor.bytes_of(
            Query(f"SELECT key FROM system.local -- {'x' * guest.chance.randrange(200_000)}")
        )
        visitor.socket.sendall(data[: guest.chance.randrange(len(data))])


def reads_slowly(guest: Guest) -> None:
    """Asks for much more than it reads, if it reads at all."""
    with visiting(guest, buffer=4096) as visitor:
        visitor.socket.settimeout(0.2)
        with suppress(TimeoutError):
            visitor.socket.sendall(visitor.bytes_of(*[_READ_BIG] * guest.chance.randrange(20, 200)))
            for _ in range(guest.chance.randrange(20)):
                visitor.socket.recv(1 << 14)


def changes_schema(guest: Guest) -> None:
    """Makes a table, alters and drops it, and hears of it."""
    name = f"{KEYSPACE}.t{guest.number}"
    with visiting(guest) as visitor:
        for request in (
            Register(("SCHEMA_CHANGE",)),
            Query(f"CREATE TABLE {name} (k int PRIMARY KEY, v text)"),
            Query(f"CREATE INDEX ON {name} (v)"),
            Query(f"INSERT INTO {name} (k, v) VALUES (1, 'x')"),
            Query(f"ALTER TABLE {name} ADD w int"),
            Query(f"SELECT * FROM {name}"),
            Query(f"DROP TABLE {name}"),
        ):
            (response,) = visitor.ask(request)
            if isinstance(response, responses.Error):
                raise Broken(f"{request}: {response.error}")


def listens(guest: Guest) -> None:
    """Registers for events and hardly reads them."""
    with visiting(guest) as visitor:
        visitor.ask(Register(("SCHEMA_CHANGE", "STATUS_CHANGE", "TOPOLOGY_CHANGE")))
        visitor.socket.settimeout(guest.chance.random())
        with suppress(TimeoutError):
            visitor.socket.recv(1 << 14)


def idles(guest: Guest) -> None:
    """Comes, and says nothing or next to nothing."""
    with visiting(guest, starts=guest.chance.random() < 0.5) as visitor:
        visitor.socket.settimeout(guest.chance.random() * 0.3)
        with suppress(TimeoutError):
            visitor.socket.recv(1)


class Babbler:
    """Sends frames with things wrong in them; the server answers, refuses, waits, or hangs up."""

    def __init__(self, corpus: Sequence[Sample]) -> None:
        self._corpus = corpus

    def __call__(self, guest: Guest) -> None:
        """A visit."""
        with visiting(guest, starts=guest.chance.random() < 0.8) as visitor:
            visitor.socket.settimeout(0.05)
            with suppress(OSError):
                for _ in range(guest.chance.randrange(1, 30)):
                    sample = guest.chance.choice(self._corpus)
                    broken = mutated(sample.envelope, guest.chance)
                    if visitor.version >= 5 and guest.chance.random() < 0.8:
                        broken = segments.split(broken, compressed=False)
                    visitor.socket.sendall(broken)
                visitor.socket.recv(1 << 16)


def visits(corpus: Sequence[Sample]) -> dict[Visit, float]:
    """Every kind of visit, with its weight."""
    return {
        works: 6,
        pipelines: 2,
        breaks_off: 3,
        reads_slowly: 0.5,
        changes_schema: 1,
        listens: 1,
        idles: 1,
        Babbler(corpus): 3,
    }
