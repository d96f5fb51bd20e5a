"""Whether a server answers, asked in the native protocol itself, so that no driver is needed to start one."""

import socket
from enum import IntEnum


class Opcode(IntEnum):
    """The messages that a probe sends or expects."""

    ERROR = 0
    STARTUP = 1
    READY = 2
    OPTIONS = 5
    SUPPORTED = 6
    QUERY = 7
    RESULT = 8


_STARTUP_BODY = b"\x00\x01" + b"\x00\x0bCQL_VERSION" + b"\x00\x053.0.0"
_ALL = b"\x00\x05"
_NO_FLAGS = b"\x00"


def answers(host: str, port: int) -> bool:
    """Whether a server speaks the native protocol there: an OPTIONS frame is answered with SUPPORTED."""
    try:
        with socket.create_connection((host, port), timeout=5) as connection:
            return _ask(connection, Opcode.OPTIONS, b"") == Opcode.SUPPORTED
    except OSError:
        return False


def reaches_all(host: str, port: int) -> bool:
    """Whether this node of a ring of two or more sees every other node alive."""
    # Every range of this table has two replicas, and at ALL both must be alive.
    query = b"SELECT count(*) FROM system_traces.sessions"
    body = len(query).to_bytes(4) + query + _ALL + _NO_FLAGS
    try:
        with socket.create_connection((host, port), timeout=5) as connection:
            started = _ask(connection, Opcode.STARTUP, _STARTUP_BODY) == Opcode.READY
            return started and _ask(connection, Opcode.QUERY, body) == Opcode.RESULT
    except OSError:
        return False


def _ask(connection: socket.socket, opcode: Opcode, body: bytes) -> int:
    """The opcode of the answer; its body is read and dropped."""
    connection.sendall(bytes((4, 0, 0, 0, opcode)) + len(body).to_bytes(4) + body)
    header = _exactly(connection, 9)
    _exactly(connection, int.from_bytes(header[5:]))
    return header[4]


def _exactly(connection: socket.socket, count: int) -> bytes:
    received = bytearray()
    while len(received) < count:
        chunk = connection.recv(count - len(received))
        if not chunk:
            raise ConnectionError("the server closed the connection")
        received += chunk
    return bytes(received)
