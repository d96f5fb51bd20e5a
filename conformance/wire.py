"""A client of the native protocol, versions 5 and 4, that leaves values as the bytes they are.

Blocking, one request at a time, without a driver: nulls inside collections, warnings, metadata and page boundaries
arrive here exactly as the server sent them, and nothing is retried or cached on the way. Version 5, since there a
request may carry its own `now`, which makes TTLs testable without waiting; version 4 does not know it.
"""

import socket
import zlib
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from typing import Any, Protocol, Self, TypeAlias

from conformance.wiretypes import read_type
from coodie_memory.result import (
    ColumnSpec,
    Metadata,
    Raw,
    Result,
    Rows,
    SchemaChange,
    SetKeyspace,
    Unset,
    Void,
)

_RESPONSE = 0x80
_MAX_PAYLOAD = 0x1FFFF


class Opcode(IntEnum):
    ERROR = 0x00
    STARTUP = 0x01
    READY = 0x02
    AUTHENTICATE = 0x03
    QUERY = 0x07
    RESULT = 0x08
    PREPARE = 0x09
    EXECUTE = 0x0A
    AUTH_RESPONSE = 0x0F


class EnvelopeFlag(IntFlag):
    TRACING = 0x02
    CUSTOM_PAYLOAD = 0x04
    WARNING = 0x08


class QueryFlag(IntFlag):
    VALUES = 0x01
    PAGE_SIZE = 0x04
    PAGING_STATE = 0x08
    SERIAL_CONSISTENCY = 0x10
    TIMESTAMP = 0x20
    NOW_IN_SECONDS = 0x100


class RowsFlag(IntFlag):
    GLOBAL_TABLE = 0x01
    HAS_MORE_PAGES = 0x02
    NO_METADATA = 0x04
    METADATA_CHANGED = 0x08


CONSISTENCY = {
    "ANY": 0,
    "ONE": 1,
    "TWO": 2,
    "THREE": 3,
    "QUORUM": 4,
    "ALL": 5,
    "LOCAL_QUORUM": 6,
    "EACH_QUORUM": 7,
    "SERIAL": 8,
    "LOCAL_SERIAL": 9,
    "LOCAL_ONE": 10,
}

Bound: TypeAlias = Raw | Unset


class Refused(Exception):
    """The server's ERROR message."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"0x{code:04x} {message}")
        self.code, self.message = code, message


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """What travels beside a statement."""

    consistency: str = "LOCAL_ONE"
    values: tuple[Bound, ...] = ()
    page_size: int | None = None
    paging_state: bytes | None = None
    timestamp: int | None = None
    now: int | None = None
    """The second, since the epoch, at which the statement judges what has expired."""


PLAIN = Parameters()
SUPERUSER = "cassandra"
"""The role that a server has from the start, and its password."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement that can be executed; `markers` are its bind markers. The handle is the target's own."""

    markers: tuple[ColumnSpec, ...]
    handle: Any = field(repr=False)
    warnings: tuple[str, ...] = ()


class Transport(Protocol):
    """What carries the bytes: a socket, or what behaves like one."""

    def sendall(self, data: bytes, /) -> None: ...
    def recv(self, count: int, /) -> bytes: ...
    def close(self) -> None: ...


def connected(host: str, port: int) -> socket.socket:
    """A socket that sends at once, and does not wait for ever."""
    made = socket.create_connection((host, port), timeout=60)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


class Connection:
    """One connection; closed by `close` or at the end of a `with` block."""

    def __init__(self, transport: Transport, version: int = 5, login: str = SUPERUSER) -> None:
        """Where the server asks who comes in, it is `login`, whose password is the same word."""
        self.broken = False
        self.version = version
        self._transport = transport
        self._stream = bytearray()
        # The answer to STARTUP is the last message outside of frames.
        self._is_framed = False
        started = self._ask(Opcode.STARTUP, _string_map({"CQL_VERSION": "3.0.0"}))
        self._is_framed = version >= 5
        if started.opcode == Opcode.AUTHENTICATE:
            self._ask(Opcode.AUTH_RESPONSE, _value(f"\0{login}\0{login}".encode()))

    @classmethod
    def to(cls, host: str, port: int, version: int = 5, login: str = SUPERUSER) -> Self:
        """A connection over TCP."""
        transport = connected(host, port)
        try:
            return cls(transport, version, login)
        except BaseException:
            transport.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._transport.close()

    def query(self, cql: str, parameters: Parameters = PLAIN) -> Result:
        """The answer to a statement in one step; raises `Refused`."""
        return _result(self._ask(Opcode.QUERY, _long_string(cql) + _parameters(parameters, self.version)))

    def prepare(self, cql: str) -> Prepared:
        flags = _int(0) if self.version >= 5 else b""
        return _prepared(self._ask(Opcode.PREPARE, _long_string(cql) + flags), self.version)

    def execute(self, prepared: Prepared, parameters: Parameters) -> Result:
        identity = b"".join(map(_short_bytes, prepared.handle))
        return _result(self._ask(Opcode.EXECUTE, identity + _parameters(parameters, self.version)))

    def _ask(self, opcode: Opcode, body: bytes) -> "_Answer":
        envelope = _envelope(self.version, opcode, body)
        if self._is_framed:
            whole = len(envelope) <= _MAX_PAYLOAD
            for start in range(0, len(envelope), _MAX_PAYLOAD):
                self._transport.sendall(_frame(envelope[start : start + _MAX_PAYLOAD], self_contained=whole))
        else:
            self._transport.sendall(envelope)
        header = self._next(9)
        if header[0] != _RESPONSE | self.version:
            raise ConnectionError(
                f"expected a response of protocol version {self.version}, got header {header.hex()}"
            )
        return _answer(header, self._next(int.from_bytes(header[5:])))

    def _next(self, count: int) -> bytes:
        """The next bytes of envelopes, whether frames carry them or not."""
        if not self._is_framed:
            return self._receive(count)
        while len(self._stream) < count:
            header = int.from_bytes(self._receive(6)[:3], "little")
            self._stream += self._receive(header & _MAX_PAYLOAD)
            self._receive(4)
        taken = bytes(self._stream[:count])
        del self._stream[:count]
        return taken

    def _receive(self, count: int) -> bytes:
        received = bytearray()
        while len(received) < count:
            chunk = self._transport.recv(count - len(received))
            if not chunk:
                self.broken = True
                raise ConnectionError("the server closed the connection")
            received += chunk
        return bytes(received)


# Writing: the protocol's primitives, frames and parameters.


def _int(value: int) -> bytes:
    return value.to_bytes(4, signed=True)


def _string(text: str) -> bytes:
    encoded = text.encode()
    return len(encoded).to_bytes(2) + encoded


def _long_string(text: str) -> bytes:
    encoded = text.encode()
    return _int(len(encoded)) + encoded


def _short_bytes(data: bytes) -> bytes:
    return len(data).to_bytes(2) + data


def _string_map(items: dict[str, str]) -> bytes:
    return len(items).to_bytes(2) + b"".join(_string(key) + _string(value) for key, value in items.items())


def _value(value: Bound) -> bytes:
    match value:
        case None:
            return _int(-1)
        case Unset():
            return _int(-2)
        case bytes():
            return _int(len(value)) + value


def _envelope(version: int, opcode: Opcode, body: bytes) -> bytes:
    return bytes((version, 0, 0, 0, opcode)) + len(body).to_bytes(4) + body


def _frame(payload: bytes, *, self_contained: bool) -> bytes:
    header = (len(payload) | self_contained << 17).to_bytes(3, "little")
    checksum = zlib.crc32(payload, zlib.crc32(b"\xfa\x2d\x55\xca"))
    return header + _crc24(header).to_bytes(3, "little") + payload + checksum.to_bytes(4, "little")


def _crc24(data: bytes) -> int:
    crc = 0x875060
    for byte in data:
        crc ^= byte << 16
        for _ in range(8):
            crc <<= 1
            if crc & 0x1000000:
                crc ^= 0x1974F0B
    return crc


def _parameters(parameters: Parameters, version: int) -> bytes:
    flags = QueryFlag.SERIAL_CONSISTENCY
    body = b""
    if parameters.values:
        flags |= QueryFlag.VALUES
        body += len(parameters.values).to_bytes(2) + b"".join(map(_value, parameters.values))
    if parameters.page_size is not None:
        flags |= QueryFlag.PAGE_SIZE
        body += _int(parameters.page_size)
    if parameters.paging_state is not None:
        flags |= QueryFlag.PAGING_STATE
        body += _value(parameters.paging_state)
    body += CONSISTENCY["SERIAL"].to_bytes(2)
    if parameters.timestamp is not None:
        flags |= QueryFlag.TIMESTAMP
        body += parameters.timestamp.to_bytes(8, signed=True)
    if parameters.now is not None and version >= 5:
        flags |= QueryFlag.NOW_IN_SECONDS
        body += _int(parameters.now)
    return CONSISTENCY[parameters.consistency].to_bytes(2) + flags.to_bytes(4 if version >= 5 else 1) + body


# Reading.


class Reader:
    """Takes the protocol's primitives off a message body, front to back."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    def take(self, count: int) -> bytes:
        taken = self._body[self._at : self._at + count]
        self._at += count
        return taken

    def byte(self) -> int:
        return self.take(1)[0]

    def short(self) -> int:
        return int.from_bytes(self.take(2))

    def int(self) -> int:
        return int.from_bytes(self.take(4), signed=True)

    def string(self) -> str:
        return self.take(self.short()).decode()

    def strings(self) -> tuple[str, ...]:
        return tuple(self.string() for _ in range(self.short()))

    def short_bytes(self) -> bytes:
        return self.take(self.short())

    def value(self) -> Raw:
        length = self.int()
        return None if length < 0 else self.take(length)


@dataclass(frozen=True, slots=True)
class _Answer:
    opcode: int
    body: Reader
    warnings: tuple[str, ...]


def _answer(header: bytes, payload: bytes) -> _Answer:
    """The message, its envelope's extras read; raises `Refused` if it is an error."""
    flags, body = EnvelopeFlag(header[1]), Reader(payload)
    if flags & EnvelopeFlag.TRACING:
        body.take(16)
    warnings = body.strings() if flags & EnvelopeFlag.WARNING else ()
    if flags & EnvelopeFlag.CUSTOM_PAYLOAD:
        for _ in range(body.short()):
            body.string(), body.value()
    if header[4] == Opcode.ERROR:
        raise Refused(body.int(), body.string())
    return _Answer(header[4], body, warnings)


def _result(answer: _Answer) -> Result:
    body = answer.body
    match body.int():
        case 1:
            return Void(answer.warnings)
        case 2:
            return _rows(body, answer.warnings)
        case 3:
            return SetKeyspace(body.string(), answer.warnings)
        case 5:
            return _schema_change(body, answer.warnings)
        case kind:
            raise ConnectionError(f"unexpected kind of result: {kind}")


def _rows(body: Reader, warnings: tuple[str, ...]) -> Rows:
    flags, count = RowsFlag(body.int()), body.int()
    paging_state = body.value() if flags & RowsFlag.HAS_MORE_PAGES else None
    if flags & RowsFlag.METADATA_CHANGED:
        body.short_bytes()
    columns = _columns(body, flags, count)
    raw = [tuple(body.value() for _ in columns) for _ in range(body.int())]
    return Rows(Metadata(columns), raw, paging_state, warnings)


def _columns(body: Reader, flags: RowsFlag, count: int) -> tuple[ColumnSpec, ...]:
    shared = (body.string(), body.string()) if flags & RowsFlag.GLOBAL_TABLE else None

    def column() -> ColumnSpec:
        keyspace, table = shared or (body.string(), body.string())
        return ColumnSpec(keyspace, table, body.string(), read_type(body))

    return tuple(column() for _ in range(count))


def _schema_change(body: Reader, warnings: tuple[str, ...]) -> SchemaChange:
    change: Any = body.string()
    target: Any = body.string()
    keyspace = body.string()
    name = "" if target == "KEYSPACE" else body.string()
    arguments = body.strings() if target in ("FUNCTION", "AGGREGATE") else ()
    return SchemaChange(change, target, keyspace, name, arguments, warnings)


def _prepared(answer: _Answer, version: int) -> Prepared:
    body = answer.body
    if (kind := body.int()) != 4:
        raise ConnectionError(f"unexpected kind of result: {kind}")
    # Its own id and, in version 5, that of its result's columns.
    handle = tuple(body.short_bytes() for _ in range(2 if version >= 5 else 1))
    flags, count = RowsFlag(body.int()), body.int()
    for _ in range(body.int()):
        body.short()
    return Prepared(_columns(body, flags, count), handle, answer.warnings)
