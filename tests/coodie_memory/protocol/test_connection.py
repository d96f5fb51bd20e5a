"""The server's side of a conversation. Every reply here is what Cassandra 5.0.6 answered to the same bytes.

Long, since the bytes take the room; each test stands for itself.
"""

import struct
from collections.abc import Iterator
from uuid import UUID

import pytest

from coodie_memory.errors import AuthenticationFailed, InvalidRequest, ProtocolException, ServerError
from coodie_memory.protocol import requests, responses, segments, versions
from coodie_memory.protocol.client import ClientConnection
from coodie_memory.protocol.columns import Columns
from coodie_memory.protocol.connection import EVENT_STREAM, Incoming, Refusal, ServerConnection, Stage
from coodie_memory.protocol.envelopes import Answer
from coodie_memory.protocol.primitives import long_string, string, string_map
from coodie_memory.result import ColumnSpec
from coodie_memory.types.strings import TEXT

STARTUP = string_map({"CQL_VERSION": "3.0.0"})
QUERY = "select key from system.local"
ROWS = responses.Rows(Columns([ColumnSpec("system", "local", "key", TEXT)]), ((b"local",),))
SUPPORTED = responses.Supported({"CQL_VERSION": ("3.4.7",)})
TOO_BIG = 1 << 20


def envelope(
    version: int, opcode: int, body: bytes = b"", *, flags: int = 0, length: int | None = None
) -> bytes:
    return struct.pack(">BBhBI", version, flags, 7, opcode, len(body) if length is None else length) + body


def query(version: int) -> bytes:
    return envelope(version, 7, long_string(QUERY) + b"\0\1" + b"\0" * (4 if version > 4 else 1))


def segment(*envelopes: bytes, self_contained: bool = True) -> bytes:
    return segments._plain(b"".join(envelopes), self_contained=self_contained)


class Server:
    """A server that knows one answer to each kind of request."""

    def __init__(self, *, authenticates: bool = False, **options: object) -> None:
        self.connection = ServerConnection(frame_limit=TOO_BIG, **options)
        self.authenticates = authenticates

    def tell(self, data: bytes) -> bytes:
        """What is replied to these bytes."""
        return b"".join(self._replies(data))

    def _replies(self, data: bytes) -> Iterator[bytes]:
        received = self.connection.receive_bytes(data)
        while received:
            for event in received:
                if isinstance(event, Refusal):
                    yield event.reply
                else:
                    yield self.connection.send(self._answer(event), event.stream)
            received = self.connection.receive_bytes(b"")

    def _answer(self, event: Incoming) -> responses.Response:
        match event.request:
            case requests.Startup() if self.authenticates:
                return responses.Authenticate("org.apache.cassandra.auth.PasswordAuthenticator")
            case requests.AuthResponse(b"wrong"):
                return responses.Error(AuthenticationFailed("Provided username x is incorrect"))
            case requests.AuthResponse():
                return responses.AuthSuccess()
            case requests.Startup() | requests.Register():
                return responses.Ready()
            case requests.Options():
                return SUPPORTED
        return ROWS


def started(version: int, **options: object) -> Server:
    server = Server(**options)
    assert envelope(version | 0x80, 2) == server.tell(envelope(version, 1, STARTUP))
    return server


def error(version: int, message: str, *, stream: int = 7, code: int = 0x0A) -> bytes:
    """An ERROR envelope; before version 3, headers had one byte of stream."""
    body = struct.pack(">i", code) + string(message)
    form = ">BBbBI" if version < 3 else ">BBhBI"
    flags = 0x10 if version == versions.BETA else 0
    return struct.pack(form, version | 0x80, flags, stream, 0, len(body)) + body


UNSUPPORTED = (
    "Invalid or unsupported protocol version ({}); supported versions are (3/v3, 4/v4, 5/v5, 6/v6-beta)"
)


# Versions.


@pytest.mark.parametrize(
    ("version", "answered_in"), [(1, 1), (2, 2), (66, 5), (65, 5), (9, 5), (0, 5), (127, 5)]
)
def test_versions_that_are_not_spoken_are_refused_and_the_client_may_try_another(version, answered_in):
    """Drivers fall back from the version of this error, or from its words."""
    server = Server()
    assert error(answered_in, UNSUPPORTED.format(version), stream=0) == server.tell(envelope(version, 5))
    assert not server.connection.closed
    assert server.tell(envelope(4, 1, STARTUP)) == envelope(0x84, 2)


def test_the_unfinished_version_needs_its_flag():
    message = "Beta version of the protocol used (6/v6-beta), but USE_BETA flag is unset"
    assert error(6, message, stream=0) == Server().tell(envelope(6, 5))
    assert Server().tell(envelope(6, 1, STARTUP, flags=0x10)) == envelope(0x86, 2, flags=0x10)


def test_a_server_may_speak_fewer_versions():
    """ScyllaDB ends with version 4."""
    server = Server(spoken=versions.SCYLLA)
    message = "Invalid or unsupported protocol version: 5"
    assert error(4, message, stream=0) == server.tell(envelope(5, 1, STARTUP))
    assert envelope(0x84, 2) == server.tell(envelope(4, 1, STARTUP))


def test_options_are_answered_in_the_version_of_the_question():
    server = Server()
    for version in (4, 3, 5):
        assert server.tell(envelope(version, 5))[:1] == bytes([version | 0x80])
    assert server.connection.stage is Stage.ESTABLISHED


@pytest.mark.parametrize("other", [3, 5])
def test_the_version_is_settled_by_startup(other):
    server = started(4)
    message = f"Invalid message version. Got {other}/v{other} but previous messages on this connection had version 4/v4"
    assert error(4, message) == server.tell(envelope(other, 5))
    assert server.tell(query(4)).endswith(b"\0\5local")


def test_the_version_is_settled_by_startup_in_segments_too():
    server = started(5)
    message = "Invalid message version. Got 4/v4 but previousmessages on this connection had version 5/v5"
    assert segment(error(5, message)) == server.tell(segment(envelope(4, 5)))
    assert segment(error(2, UNSUPPORTED.format(2))) == server.tell(segment(envelope(2, 5)))
    assert segment(error(5, UNSUPPORTED.format(9))) == server.tell(segment(envelope(9, 5)))
    assert b"local" in server.tell(segment(query(5)))


# The handshake.


def test_nothing_but_startup_and_options_comes_first():
    server = Server()
    message = "Unexpected message QUERY, expecting STARTUP or OPTIONS"
    assert error(4, message, stream=0) == server.tell(query(4))
    assert envelope(0x84, 2) == server.tell(envelope(4, 1, STARTUP))


def test_startup_comes_once():
    server = started(4)
    message = "Unexpected message STARTUP, the connection is already initialized"
    assert error(4, message) == server.tell(envelope(4, 1, STARTUP))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "Missing value CQL_VERSION in STARTUP message"),
        (
            {"CQL_VERSION": "2.0.0"},
            "CQL version 2.0.0 is not supported by the binary protocol (supported version are >= 3.0.0)",
        ),
        ({"CQL_VERSION": "x"}, "Invalid version value: x"),
        ({"CQL_VERSION": "3.0.0", "COMPRESSION": "zip"}, "Unknown compression algorithm: zip"),
    ],
)
def test_a_startup_that_asks_for_too_much_is_refused_and_may_be_repeated(options, message):
    server = Server()
    assert error(4, message) == server.tell(envelope(4, 1, string_map(options)))
    assert server.connection.stage is Stage.ESTABLISHED
    assert envelope(0x84, 2) == server.tell(envelope(4, 1, STARTUP))


def test_unknown_startup_options_are_tolerated_and_names_have_no_case():
    options = {"cql_version": "3.4.5", "DRIVER_NAME": "x", "NO_SUCH_OPTION": "1"}
    assert envelope(0x84, 2) == Server().tell(envelope(4, 1, string_map(options)))


def test_version_5_speaks_in_segments_even_after_a_refused_startup():
    server = Server()
    missing = error(5, "Missing value CQL_VERSION in STARTUP message")
    assert missing == server.tell(envelope(5, 1, string_map({})))
    assert segment(envelope(0x85, 2)) == server.tell(segment(envelope(5, 1, STARTUP)))


def test_snappy_is_none_of_version_5s_and_leaves_it_without_segments():
    server = Server()
    options = string_map({"CQL_VERSION": "3.0.0", "COMPRESSION": "snappy"})
    refusal = error(5, "Snappy compression is not supported in protocol V5")
    assert refusal == server.tell(envelope(5, 1, options))
    assert envelope(0x85, 2) == server.tell(envelope(5, 1, STARTUP))


def test_a_malformed_startup_is_answered_to_nobody():
    message = "Not enough bytes to read an UTF8 serialized string preceded by its 2 bytes length"
    assert error(4, message, stream=0) == Server().tell(envelope(4, 1, b"\0\5"))


def test_what_follows_a_handshake_request_waits_for_its_answer():
    """The answer decides how it is to be read."""
    connection = ServerConnection()
    (startup,) = connection.receive_bytes(envelope(5, 1, STARTUP) + segment(query(5)))
    assert isinstance(startup, Incoming)
    assert connection.receive_bytes(segment(query(5))) == []
    assert envelope(0x85, 2) == connection.send(responses.Ready(), startup.stream)
    assert [type(event.request).__name__ for event in connection.receive_bytes(b"")] == ["Query", "Query"]


def test_a_client_that_must_authenticate_says_nothing_else_before():
    server = Server(authenticates=True)
    assert b"PasswordAuthenticator" in server.tell(envelope(4, 1, STARTUP))
    for opcode, name in ((5, "OPTIONS"), (1, "STARTUP")):
        refusal = error(4, f"Unexpected message {name}, expecting SASL_RESPONSE")
        assert refusal == server.tell(envelope(4, opcode, STARTUP))
    assert server.tell(envelope(4, 15, b"\0\0\0\5wrong"))[4] == 0
    assert server.connection.stage is Stage.AUTHENTICATING
    assert envelope(0x84, 16, b"\xff\xff\xff\xff") == server.tell(envelope(4, 15, b"\0\0\0\1x"))
    assert server.tell(query(4)).endswith(b"local")


def test_long_messages_are_for_the_authenticated():
    server = Server(authenticates=True)
    server.tell(envelope(5, 1, STARTUP))
    message = (
        "The connection is not yet in a valid state to process multi frame CQL Messages, usually thismeans that "
        "authentication is still pending. type = AUTH_RESPONSE, size = 5"
    )
    long = segment(envelope(5, 15, b"\0\0\0\1x"), self_contained=False)
    assert segment(error(5, message, stream=0)) == server.tell(long)
    assert server.connection.closed


# Faults of versions 3 and 4.

TWO_BYTES = "Not enough bytes to read an UTF8 serialized string preceded by its 2 bytes length"
FOUR_BYTES = "Not enough bytes to read an UTF8 serialized string preceded by its 4 bytes length"
BAD_BODIES = [
    (envelope(4, 7, b"\0\0\0\5ab"), FOUR_BYTES),
    (envelope(4, 7, b"\xff\xff\xff\xf0ab"), FOUR_BYTES),
    (envelope(4, 7, long_string("a") + b"\0\x63\0"), "Unknown code 99 for a consistency level"),
    (
        envelope(4, 7, b"\0\0\0\3a\xffb\0\1\0"),
        "Cannot decode string as UTF8: 'ff62'; java.nio.charset.MalformedInputException: Input length = 1",
    ),
    (envelope(4, 7, long_string("a") + b"\0\1\1\0\1\xff\xff\xff\xfd"), "Invalid ByteBuf length -3"),
    (
        envelope(4, 7, long_string("a") + b"\0\1\x20\x80" + b"\0" * 7),
        "Out of bound timestamp, must be in [-9223372036854775807, 9223372036854775807] (got -9223372036854775808)",
    ),
    (
        envelope(4, 10, b"\0\5abc"),
        "Not enough bytes to read a byte array preceded by its 2 bytes length",
    ),
    (envelope(4, 11, b"\0\1" + string("x")), "Invalid value 'x' for Type"),
    (envelope(4, 13, b"\7\0\0\0\1\0"), "Invalid BATCH message type 7"),
    (
        envelope(4, 13, b"\0\0\1\2\0\0\0\0\0\1\0"),
        "Invalid query kind in BATCH messages. Must be 0 or 1 but got 2",
    ),
    (
        envelope(4, 13, b"\0\0\1\xff\0\0\0\0\0\1\0"),
        "Invalid query kind in BATCH messages. Must be 0 or 1 but got -1",
    ),
    (envelope(4, 4), "Unsupported message"),
]


@pytest.mark.parametrize(("sent", "message"), BAD_BODIES)
def test_a_bad_body_is_refused_and_the_connection_lives(sent, message):
    server = started(4)
    assert error(4, message) == server.tell(sent)
    assert server.tell(query(4)).endswith(b"local")


def test_a_body_that_ends_too_early_is_an_error_of_the_servers():
    """Where no string is cut, Cassandra stumbles itself; what follows in its message are its own buffers."""
    message = "java.lang.IndexOutOfBoundsException: readerIndex(5) + length(2) exceeds writerIndex(5)"
    assert error(4, message, code=0) == started(4).tell(envelope(4, 7, long_string("a")))


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (envelope(4, 99), "Unknown opcode 99"),
        (
            envelope(0x84, 7),
            "Wrong protocol direction (expected REQUEST, got RESPONSE) for opcode 7 (QUERY)",
        ),
        (envelope(4, 0), "Wrong protocol direction (expected RESPONSE, got REQUEST) for opcode 0 (ERROR)"),
    ],
)
def test_a_bad_opcode_is_met_again_at_each_read(sent, message):
    """The server finds no way past it, but does not hang up."""
    server = started(4)
    assert error(4, message) == server.tell(sent)
    assert error(4, message) == server.tell(query(4))
    assert server.connection.receive_bytes(b"") == []
    assert not server.connection.closed


def test_before_startup_a_bad_opcode_is_answered_in_the_newest_version():
    assert error(5, "Unknown opcode 99") == Server().tell(envelope(4, 99))


def test_a_response_from_a_client_is_not_heard_before_version_5():
    server = started(4)
    assert server.tell(envelope(0x84, 2)) == b""
    assert server.tell(query(4)).endswith(b"local")


def test_a_message_that_is_too_long_is_read_over():
    server = started(4)
    assert server.tell(envelope(4, 7, length=TOO_BIG + 9)) == b""
    assert server.tell(bytes(TOO_BIG)) == b""
    message = f"Request is too big: length {TOO_BIG + 18} exceeds maximum allowed length {TOO_BIG}."
    assert error(4, message, code=InvalidRequest.code) == server.tell(bytes(9))
    assert server.tell(query(4)).endswith(b"local")


def test_version_3_knows_no_payload_and_no_unset():
    server = started(3)
    message = "Received frame with CUSTOM_PAYLOAD flag for native protocol version < 4"
    assert error(3, message) == server.tell(envelope(3, 7, b"\0\0" + query(3)[9:], flags=4))
    (unset,) = server.connection.receive_bytes(
        envelope(3, 7, long_string("a") + b"\0\1\1\0\1\xff\xff\xff\xfe")
    )
    assert unset.request.parameters.values == (None,)


def test_unknown_flags_are_tolerated():
    server = started(4)
    assert server.tell(envelope(4, 7, query(4)[9:], flags=0xE0)).endswith(b"local")
    server = started(5)
    unknown = long_string(QUERY) + b"\0\1" + b"\xff\xff\xfe\0"
    assert b"local" in server.tell(segment(envelope(5, 7, unknown)))


@pytest.mark.parametrize("name", ["lz4", "snappy"])
def test_compressed_bodies_are_read_and_answered_with_such(name):
    """From the answer to STARTUP on; a body may come as it is, too."""
    server = Server()
    startup = string_map({"CQL_VERSION": "3.0.0", "COMPRESSION": name.upper()})
    ready = server.tell(envelope(4, 1, startup))
    assert (ready[1], ready[4]) == (0x01, 2)
    client = ClientConnection(4)
    client.send(requests.Startup({"COMPRESSION": name}))
    assert [Answer(7, responses.Ready())] == client.receive_bytes(ready)
    assert [Answer(1, ROWS)] == client.receive_bytes(server.tell(client.send(requests.Query(QUERY), 1)))
    assert [Answer(7, ROWS)] == client.receive_bytes(server.tell(query(4)))


def test_a_body_that_cannot_be_decompressed_is_answered_to_nobody():
    server = Server()
    server.tell(envelope(4, 1, string_map({"CQL_VERSION": "3.0.0", "COMPRESSION": "snappy"})))
    (refusal,) = server.connection.receive_bytes(envelope(4, 7, b"\xff\xff\xff\xff\xff", flags=1))
    assert refusal.error.message == "Provided frame does not appear to be Snappy compressed"
    assert int.from_bytes(refusal.reply[2:4]) == 0
    (bomb,) = server.connection.receive_bytes(envelope(4, 7, b"\xff\xff\xff\xff\x0f\0", flags=1))
    assert isinstance(bomb.error, ProtocolException)


# Faults of version 5.


def test_a_fault_in_a_segment_is_answered_and_the_next_envelope_read():
    server = started(5)
    bad, worse = segment(error(5, "Unknown opcode 99")), segment(error(5, "Unknown opcode 98"))
    right = segment(envelope(0x85, 8, query_answer()))
    sent = segment(envelope(5, 99), query(5), envelope(5, 98), query(5))
    assert bad + right + worse + right == server.tell(sent)
    assert not server.connection.closed


def query_answer() -> bytes:
    return responses.encode(ROWS, 5)


def test_two_faults_in_a_row_end_the_connection():
    server = started(5)
    replies = server.tell(segment(envelope(5, 99), envelope(5, 98), query(5)))
    assert segment(error(5, "Unknown opcode 99")) + segment(error(5, "Unknown opcode 98")) == replies
    assert server.connection.closed
    assert server.connection.receive_bytes(segment(query(5))) == []


def test_two_faults_in_two_segments_do_not():
    server = started(5)
    server.tell(segment(envelope(5, 99)) + segment(envelope(5, 98)))
    assert not server.connection.closed


def test_the_second_early_end_in_a_row_is_the_clients_fault():
    early = envelope(5, 7, long_string("a"))
    server = started(5)
    first, second = server.connection.receive_bytes(segment(early, early))
    assert isinstance(first.error, ServerError)
    assert (
        second.error.message
        == "Error encountered decoding CQL message: readerIndex(5) + length(2) exceeds writerIndex(5)"
    )
    assert server.connection.closed


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (
            b"\0" * 16,
            "invalid, unrecoverable CRC mismatch detected in frame header. Read 0, Computed 8251255",
        ),
        (
            segment(query(5))[:-1] + b"\0",
            "invalid, unrecoverable CRC mismatch detected in frame body. Read 15539642, Computed 1206721978",
        ),
    ],
)
def test_a_broken_checksum_ends_the_connection(sent, message):
    """Cassandra puts the connection's number in front."""
    server = started(5)
    assert segment(error(5, message, stream=0)) == server.tell(sent)
    assert server.connection.closed


def test_a_negative_length_ends_the_connection():
    server = started(5)
    message = "Invalid value for envelope header body length field: -5"
    assert segment(error(5, message)) == server.tell(segment(envelope(5, 7, length=2**32 - 5)))
    assert server.connection.closed


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (b"\5\0\0\0\5", "Undersized buffer supplied. Expected 9, actual 5"),
        (envelope(5, 7, b"ab", length=100), "newPosition > limit: (109 > 11)"),
    ],
)
def test_a_segment_that_holds_no_whole_envelope_is_met_again_at_each_read(sent, message):
    server = started(5)
    stumble = segment(error(5, f"java.lang.IllegalArgumentException: {message}", stream=0, code=0))
    assert stumble == server.tell(segment(sent))
    assert stumble == server.tell(segment(query(5)))


def test_an_empty_segment_says_nothing():
    server = started(5)
    assert server.tell(segment()) == b""
    assert b"local" in server.tell(segment(query(5)))


def long_query() -> bytes:
    return envelope(5, 7, long_string(QUERY + " " * 300_000) + b"\0\1\0\0\0\0")


def test_an_envelope_may_come_in_several_segments_and_others_between():
    server = started(5)
    long = long_query()
    parts = [segment(long[at : at + 100_000], self_contained=False) for at in range(0, len(long), 100_000)]
    answer = segment(envelope(0x85, 8, query_answer()))
    assert answer == server.tell(parts[0] + segment(query(5)))
    assert answer == server.tell(b"".join(parts[1:]))


def test_a_long_envelope_may_be_too_long():
    server = started(5)
    head = envelope(5, 7, b"x" * 1000, length=TOO_BIG + 1)
    assert server.tell(segment(head, self_contained=False)) == b""
    rest = TOO_BIG + 1 - 1000
    for size in (131_071,) * (rest // 131_071):
        assert server.tell(segment(bytes(size), self_contained=False)) == b""
    message = f"CQL Message of size {TOO_BIG + 1} bytes exceeds allowed maximum of {TOO_BIG} bytes"
    last = segment(bytes(rest % 131_071), self_contained=False)
    assert segment(error(5, message, code=InvalidRequest.code)) == server.tell(last)
    assert b"local" in server.tell(segment(query(5)))


def test_a_long_envelope_with_more_than_it_said_never_ends():
    server = started(5)
    long = long_query()
    for part in (long[:100_000], long[100_000:200_000], long[200_000:300_000], long[300_000:] + b"abc"):
        assert server.tell(segment(part, self_contained=False)) == b""
    assert b"local" in server.tell(segment(query(5)))


def test_a_long_envelope_with_a_bad_header_ends_the_connection():
    server = started(5)
    bad = segment(envelope(5, 99, bytes(100)), self_contained=False)
    assert segment(error(5, "Unknown opcode 99", stream=0)) == server.tell(bad)
    assert server.connection.closed


def test_a_response_from_a_client_is_refused_in_version_5():
    server = started(5)
    message = "Unexpected RESPONSE message RESULT, expecting REQUEST"
    assert segment(error(5, message)) == server.tell(segment(envelope(0x85, 8)))
    assert segment(error(5, "Unsupported message")) == server.tell(segment(envelope(5, 4)))


def test_compressed_segments_carry_both_directions():
    client, server = ClientConnection(5), Server()
    startup = requests.Startup({"CQL_VERSION": "3.0.0", "COMPRESSION": "lz4"})
    assert [Answer(0, responses.Ready())] == client.receive_bytes(server.tell(client.send(startup)))
    sent = client.send(requests.Query(QUERY + " " * 300_000), 5)
    assert len(sent) < 10_000
    assert [Answer(5, ROWS)] == client.receive_bytes(server.tell(sent))


# What the server says.


@pytest.mark.parametrize("version", [3, 4, 5, 6])
def test_a_conversation_may_arrive_byte_by_byte(version):
    client, server = ClientConnection(version), Server()
    answers = []
    for request in (requests.Startup({"CQL_VERSION": "3.0.0"}), requests.Query(QUERY), requests.Query(QUERY)):
        for byte in client.send(request):
            for reply in server.tell(bytes([byte])):
                answers += client.receive_bytes(bytes([reply]))
    assert [responses.Ready(), ROWS, ROWS] == [answer.response for answer in answers]


def test_warnings_payload_and_tracing_id_travel_with_the_answer():
    client, server = ClientConnection(5), Server()
    client.receive_bytes(server.tell(client.send(requests.Startup({"CQL_VERSION": "3.0.0"}))))
    data = server.connection.send(
        responses.Void(), 3, warnings=["careful"], payload={"a": None}, tracing_id=UUID(int=5)
    )
    assert [Answer(3, responses.Void(), ("careful",), UUID(int=5), {"a": None})] == client.receive_bytes(data)


def test_version_3_hears_no_warnings_and_no_payload():
    data = started(3).connection.send(responses.Void(), 3, warnings=["careful"], payload={"a": b""})
    assert struct.pack(">BBhBIi", 0x83, 0, 3, 8, 4, 1) == data


def test_an_event_may_come_while_the_client_authenticates():
    """It is no answer."""
    server = Server(authenticates=True)
    server.tell(envelope(4, 1, STARTUP))
    connection = server.connection
    (request,) = connection.receive_bytes(envelope(4, 15, b"\0\0\0\1x"))
    connection.send(responses.SchemaChanged(responses.SchemaChange("CREATED", "KEYSPACE", "k")), EVENT_STREAM)
    assert connection.stage is Stage.AUTHENTICATING
    connection.send(responses.AuthSuccess(), request.stream)
    assert connection.stage is Stage.READY


def test_an_error_message_never_outgrows_its_length():
    """[string] ends at 64 KiB; the cut is between two characters."""
    connection = started(4).connection
    data = connection.send(responses.Error(InvalidRequest("ä" * 40_000)), 1)
    client = ClientConnection(4)
    (answer,) = client.receive_bytes(data)
    assert answer.response.error.message == "ä" * 32_767
