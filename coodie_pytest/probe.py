"""Whether a server answers, asked in the native protocol itself, so that no driver is needed to start one."""

import socket
from enum import IntEnum


class Opcode(IntEnum):
    """The messages that a probe sends or expects."""

    ERROR = 0
    STARTUP = 1
    READY = 2
    AUTHENTICATE = 3
    QUERY = 7
    RESULT = 8
    AUTH_RESPONSE = 15
    AUTH_SUCCESS = 16


_STARTUP_BODY = b"\x00\x01" + b"\x00\x0bCQL_VERSION" + b"\x00\x053.0.0"
_SUPERUSER = b"\0cassandra\0cassandra"
_ALL = b"\x00\x05"
_NO_FLAGS = b"\x00"


def answers(host: str, port: int) -> bool:
    """Whether a server lets a client in there, as its superuser where it asks for a login.

    To listen is not enough: Cassandra makes the superuser `cassandra` some time after it has begun to listen, and
    refuses every login before (`CassandraRoleManager.setup`).
    """
    try:
        with socket.create_connection((host, port), timeout=5) as connection:
            return _let_in(connection)
    except OSError:
        return False


def reaches_all(host: str, port: int) -> bool:
    """Whether this node of a ring of two or more sees every other node alive."""
    # Every range of this table has two replicas, and at ALL both must be alive.
    query = b"SELECT count(*) FROM system_traces.sessions"
    body = _long(query) + _ALL + _NO_FLAGS
    try:
        with socket.create_connection((host, port), timeout=5) as connection:
            return _let_in(connection) and _ask(connection, Opcode.QUERY, body) == Opcode.RESULT
    except OSError:
        return False


def _let_in(connection: socket.socket) -> bool:
    answer = _ask(connection, Opcode.STARTUP, _STARTUP_BODY)
    if answer == Opcode.AUTHENTICATE:
        answer = _ask(connection, Opcode.AUTH_RESPONSE, _long(_SUPERUSER))
    return answer in {Opcode.READY, Opcode.AUTH_SUCCESS}


def _ask(connection: socket.socket, opcode: Opcode, body: bytes) -> int:
    """The opcode of the answer; its body is read and dropped."""
    connection.sendall(bytes((4, 0, 0, 0, opcode)) + _long(body))
    header = _exactly(connection, 9)
    _exactly(connection, int.from_bytes(header[5:]))
    return header[4]


def _long(content: bytes) -> bytes:
    return len(content).to_bytes(4) + content


def _exactly(connection: socket.socket, count: int) -> bytes:
    received = bytearray()
    while len(received) < count:
        chunk = connection.recv(count - len(received))
        if not chunk:
            raise ConnectionError("the server closed the connection")
        received += chunk
    return bytes(received)
