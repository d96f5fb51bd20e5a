"""A message on the wire: header, extras, body. Version 5 puts envelopes into `segments`."""

import struct
from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from typing import Final, NamedTuple, TypeAlias, assert_never
from uuid import UUID

from coodie_memory.errors import ProtocolException
from coodie_memory.protocol import requests, responses, versions
from coodie_memory.protocol.compression import Compressor
from coodie_memory.protocol.primitives import Payload, Reader, bytes_map, strings
from coodie_memory.protocol.requests import Request
from coodie_memory.protocol.responses import Response

HEADER: Final = struct.Struct(">BBhBI")
HEADER_LENGTH: Final = HEADER.size
EVENT_STREAM: Final = -1
COMPRESSED, TRACING, PAYLOAD, WARNINGS, USE_BETA = 0x01, 0x02, 0x04, 0x08, 0x10
_RESPONSE: Final = 0x80
_OLD_HEADER: Final = struct.Struct(">BBBBI")
"""Before version 3 there is one byte of stream."""


class Opcode(IntEnum):
    """What a message is."""

    ERROR = 0x00
    STARTUP = 0x01
    READY = 0x02
    AUTHENTICATE = 0x03
    CREDENTIALS = 0x04
    OPTIONS = 0x05
    SUPPORTED = 0x06
    QUERY = 0x07
    RESULT = 0x08
    PREPARE = 0x09
    EXECUTE = 0x0A
    REGISTER = 0x0B
    EVENT = 0x0C
    BATCH = 0x0D
    AUTH_CHALLENGE = 0x0E
    AUTH_RESPONSE = 0x0F
    AUTH_SUCCESS = 0x10


RequestDecoder: TypeAlias = Callable[[Reader, int], Request]
ResponseDecoder: TypeAlias = Callable[[Reader, int], Response]
_REQUESTS: Final[Mapping[int, RequestDecoder]] = {
    Opcode.STARTUP: requests.decode_startup,
    Opcode.OPTIONS: requests.decode_options,
    Opcode.QUERY: requests.decode_query,
    Opcode.PREPARE: requests.decode_prepare,
    Opcode.EXECUTE: requests.decode_execute,
    Opcode.REGISTER: requests.decode_register,
    Opcode.BATCH: requests.decode_batch,
    Opcode.AUTH_RESPONSE: requests.decode_auth_response,
}
_RESPONSES: Final[Mapping[int, ResponseDecoder]] = {
    Opcode.ERROR: responses.decode_error,
    Opcode.READY: responses.decode_ready,
    Opcode.AUTHENTICATE: responses.decode_authenticate,
    Opcode.SUPPORTED: responses.decode_supported,
    Opcode.RESULT: responses.decode_result,
    Opcode.EVENT: responses.decode_event,
    Opcode.AUTH_CHALLENGE: responses.decode_challenge,
    Opcode.AUTH_SUCCESS: responses.decode_success,
}
ASKED: Final = frozenset(_REQUESTS) | {Opcode.CREDENTIALS}


# Tuples, since they take a third of a dataclass's time to make, and each statement needs one of each.


class Incoming(NamedTuple):
    """A client's request."""

    stream: int
    request: Request
    tracing: bool = False
    payload: Payload | None = None


class Answer(NamedTuple):
    """A server's response or event."""

    stream: int
    response: Response
    warnings: tuple[str, ...] = ()
    tracing_id: UUID | None = None
    payload: Payload | None = None


class BadOpcode(ProtocolException):
    """A header whose opcode says nothing, or nothing that its direction allows."""


class Header(NamedTuple):
    """An envelope's first nine bytes."""

    first: int
    flags: int
    stream: int
    opcode: int
    length: int

    @property
    def version(self) -> int:
        """The protocol's version."""
        return self.first & 0x7F

    @property
    def is_response(self) -> bool:
        """Whether it came from a server."""
        return self.first >= _RESPONSE

    def check_opcode(self) -> None:
        """Raises `BadOpcode` unless the opcode is one of the direction's."""
        if self.opcode > Opcode.AUTH_SUCCESS:
            raise BadOpcode(f"Unknown opcode {self.opcode}")
        is_response = self.opcode not in ASKED
        if is_response != self.is_response:
            right, wrong = ("RESPONSE", "REQUEST") if is_response else ("REQUEST", "RESPONSE")
            raise BadOpcode(
                f"Wrong protocol direction (expected {right}, got {wrong}) "
                f"for opcode {self.opcode} ({Opcode(self.opcode).name})"
            )


def header(raw: bytes, at: int = 0) -> Header:
    """The header that starts there; nothing in it is checked."""
    return Header._make(HEADER.unpack_from(raw, at))


def opened(envelope: bytes) -> tuple[Header, bytes]:
    """Header and body of one whole envelope, of whatever version."""
    if envelope[0] & 0x7F < 3:
        return Header._make(_OLD_HEADER.unpack_from(envelope)), envelope[_OLD_HEADER.size :]
    return header(envelope), envelope[HEADER_LENGTH:]


# Reading.


def decode_request(head: Header, body: bytes) -> Incoming:
    """The request whose header this is, its body not compressed; `ProtocolException` if it is none."""
    reader, version, flags = Reader(body), head.version, head.flags
    payload = reader.bytes_map() if flags & PAYLOAD else None
    if payload is not None and version < 4:
        raise ProtocolException("Received frame with CUSTOM_PAYLOAD flag for native protocol version < 4")
    decode = _REQUESTS.get(head.opcode)
    if decode is None:
        raise ProtocolException("Unsupported message")
    return Incoming(head.stream, decode(reader, version), flags & TRACING != 0, payload)


def decode_response(head: Header, body: bytes) -> Answer:
    """The response whose header this is, its body not compressed; `ProtocolException` if it is none."""
    reader, flags = Reader(body), head.flags
    tracing_id = reader.uuid() if flags & TRACING else None
    warnings = reader.strings() if flags & WARNINGS else ()
    payload = reader.bytes_map() if flags & PAYLOAD else None
    decode = _RESPONSES.get(head.opcode)
    if decode is None:
        raise BadOpcode(f"Unknown opcode {head.opcode}")
    return Answer(head.stream, decode(reader, head.version), warnings, tracing_id, payload)


# Writing.


def encode_request(
    request: Request,
    version: int,
    stream: int,
    *,
    tracing: bool = False,
    payload: Payload | None = None,
    compressor: Compressor | None = None,
) -> bytes:
    """The whole envelope; with a compressor, its body compressed."""
    flags, extras = TRACING if tracing else 0, b""
    if payload is not None:
        flags |= PAYLOAD
        extras = bytes_map(payload)
    body = extras + requests.encode(request, version)
    return _envelope(version, flags, stream, body, opcode=_request_opcode(request), compressor=compressor)


def encode_response(
    response: Response,
    version: int,
    stream: int,
    *,
    warnings: Sequence[str] = (),
    tracing_id: UUID | None = None,
    payload: Payload | None = None,
    compressor: Compressor | None = None,
) -> bytes:
    """The whole envelope; with a compressor, its body compressed. Versions before 4 know neither warnings nor payload."""
    flags, extras = 0, b""
    if tracing_id is not None:
        flags |= TRACING
        extras = tracing_id.bytes
    if warnings and version >= 4:
        flags |= WARNINGS
        extras += strings(warnings)
    if payload is not None and version >= 4:
        flags |= PAYLOAD
        extras += bytes_map(payload)
    body = extras + responses.encode(response, version)
    return _envelope(
        version | _RESPONSE, flags, stream, body, opcode=_response_opcode(response), compressor=compressor
    )


def _envelope(
    first: int, flags: int, stream: int, body: bytes, *, opcode: int, compressor: Compressor | None
) -> bytes:
    if compressor is not None:
        flags |= COMPRESSED
        body = compressor.compress(body)
    if first & 0x7F == versions.BETA:
        flags |= USE_BETA
    if first & 0x7F < 3:  # so that a client of those times understands why it is refused
        return _OLD_HEADER.pack(first, flags, stream & 0xFF, opcode, len(body)) + body
    return HEADER.pack(first, flags, stream, opcode, len(body)) + body


def _request_opcode(request: Request) -> Opcode:
    match request:
        case requests.Execute():
            return Opcode.EXECUTE
        case requests.Query():
            return Opcode.QUERY
        case requests.Prepare():
            return Opcode.PREPARE
        case requests.Batch():
            return Opcode.BATCH
        case requests.Startup():
            return Opcode.STARTUP
        case requests.Options():
            return Opcode.OPTIONS
        case requests.Register():
            return Opcode.REGISTER
        case requests.AuthResponse():
            return Opcode.AUTH_RESPONSE
        case _:
            assert_never(request)


def _response_opcode(response: Response) -> Opcode:
    match response:
        case responses.Rows() | responses.Void() | responses.Prepared():
            return Opcode.RESULT
        case responses.SetKeyspace() | responses.SchemaChange():
            return Opcode.RESULT
        case responses.Error():
            return Opcode.ERROR
        case responses.SchemaChanged() | responses.TopologyChanged() | responses.StatusChanged():
            return Opcode.EVENT
        case responses.Ready():
            return Opcode.READY
        case responses.Supported():
            return Opcode.SUPPORTED
        case responses.Authenticate():
            return Opcode.AUTHENTICATE
        case responses.AuthChallenge():
            return Opcode.AUTH_CHALLENGE
        case responses.AuthSuccess():
            return Opcode.AUTH_SUCCESS
        case _:
            assert_never(response)
