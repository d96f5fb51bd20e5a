"""A conversation, as the server leads it: what a client may send when, and what the protocol itself answers.

Three stages: before STARTUP, while the client authenticates, and ready. The version is that of the first STARTUP; from
its answer on, version 5 speaks in segments, unless both ends know that nothing between them can corrupt or cut what
they say (`in_segments` False). This file knows neither where bytes come from nor what statements do.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias
from uuid import UUID

from coodie_memory.errors import CqlError, ProtocolException, ServerError
from coodie_memory.protocol import compression, requests, responses, segments, versions
from coodie_memory.protocol.envelopes import (
    COMPRESSED,
    EVENT_STREAM,
    Header,
    Incoming,
    Opcode,
    decode_request,
    encode_response,
)
from coodie_memory.protocol.framed import FramedInput
from coodie_memory.protocol.inbound import FRAME_LIMIT, Envelope, Fault, UnframedInput, too_long_message
from coodie_memory.protocol.primitives import Payload, Truncated
from coodie_memory.protocol.responses import Response
from coodie_memory.protocol.versions import Versions

__all__ = ["EVENT_STREAM", "Incoming", "Received", "Refusal", "ServerConnection", "Stage"]

_CQL_VERSION: Final = re.compile(r"(\d+)\.(\d+)(\.(\w+)(\.\w+)?)?(-[-.\w]+)?([.+][.\w]+)?", re.ASCII)


class Stage(Enum):
    """How far a conversation has come; the value is what the client is expected to say."""

    ESTABLISHED = "STARTUP or OPTIONS"
    AUTHENTICATING = "SASL_RESPONSE"
    READY = "anything but STARTUP"


_EXPECTED: Final = {
    Stage.ESTABLISHED: frozenset({Opcode.STARTUP, Opcode.OPTIONS}),
    Stage.AUTHENTICATING: frozenset({Opcode.AUTH_RESPONSE}),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the protocol itself answers: send `reply`, and hang up if the connection is `closed` then."""

    reply: bytes
    error: CqlError


Received: TypeAlias = Incoming | Refusal


class ServerConnection:
    """One client's bytes in, requests out; responses in, bytes out. It never raises at what a client sends."""

    def __init__(
        self,
        *,
        spoken: Versions = versions.CASSANDRA,
        frame_limit: int = FRAME_LIMIT,
        in_segments: bool = True,
    ) -> None:
        self.stage = Stage.ESTABLISHED
        self.version = spoken.newest
        """The version the client speaks; until it has said so, the newest."""
        self.closed = False
        """Nothing more is read: send what there is, and hang up."""
        self.throws_on_overload = False
        """The client wants a refusal where the server would not read on for a while."""
        self._versions = spoken
        self._limit = frame_limit
        self._in_segments = in_segments
        self._input: UnframedInput | FramedInput = UnframedInput(spoken, frame_limit)
        self._compressor: compression.Compressor | None = None
        self._segments_compressed = False
        self._is_bound = False
        self._pending: Header | None = None

    def receive_bytes(self, data: bytes) -> list[Received]:
        """What has become complete with these bytes, in order.

        Until the client is ready, one request at a time is given, and what follows is kept until it has its answer:
        after `send`, ask again with no bytes.
        """
        received = list[Received]()
        if self.closed:
            return received
        self._input.feed(data)
        while self._pending is None and (found := self._input.next()) is not None:
            event = self._refused(found) if isinstance(found, Fault) else self._request(found)
            if event is not None:
                received.append(event)
            if self.closed:
                break
        return received

    def send(
        self,
        response: Response,
        stream: int,
        *,
        warnings: Sequence[str] = (),
        tracing_id: UUID | None = None,
        payload: Payload | None = None,
    ) -> bytes:
        """The bytes of the answer to the request of this stream; an event's stream is `EVENT_STREAM`."""
        pending = self._pending
        data = self._encoded(
            encode_response(
                response,
                self.version if pending is None else pending.version,
                stream,
                warnings=warnings,
                tracing_id=tracing_id,
                payload=payload,
                compressor=self._compressor,
            )
        )
        if pending is not None and stream == pending.stream:
            self._pending = None
            self._answered(pending, response)
        return data

    def _encoded(self, envelope: bytes) -> bytes:
        if isinstance(self._input, FramedInput):
            return segments.split(envelope, compressed=self._segments_compressed)
        return envelope

    # Requests.

    def _request(self, envelope: Envelope) -> Received | None:
        head = envelope.head
        if not self._is_bound:
            return self._unbound(envelope)
        if head.first != self.version:
            return self._unfitting(head)
        try:
            body = envelope.body if self._compressor is None else self._plain(envelope.body, head)
            incoming = decode_request(head, body)
        except _BadCompression as error:
            return self._refused(Fault(error))
        except ProtocolException as error:
            return self._undecodable(head, error)
        if isinstance(self._input, FramedInput):
            self._input.decoded()
        if self.stage is Stage.READY and head.opcode != Opcode.STARTUP:
            return incoming
        return self._handshake(head, incoming)

    def _plain(self, body: bytes, head: Header) -> bytes:
        if self._compressor is None or not head.flags & COMPRESSED:
            return body
        try:
            return self._compressor.decompress(body)
        except ProtocolException as error:
            raise _BadCompression(error.message) from None

    def _undecodable(self, head: Header, error: ProtocolException) -> Refusal:
        fault = (
            self._input.fault(error, head.stream)
            if isinstance(self._input, FramedInput)
            else Fault(error, head.stream)
        )
        if not isinstance(error, Truncated):
            return self._refused(fault)
        # That a message ends too early is no error of the protocol's to the server, until it gives up.
        if fault.is_fatal:
            cause = error.message.partition(": ")[2]
            shown: CqlError = ProtocolException(f"Error encountered decoding CQL message: {cause}")
        else:
            shown = ServerError(error.message)
        return self._refused(Fault(shown, head.stream, is_fatal=fault.is_fatal))

    def _unfitting(self, head: Header) -> Refusal | None:
        """What a client sends in another version, or as if it were a server."""
        if head.version != self.version:  # in segments that was found before
            return self._fault(
                head,
                f"Invalid message version. Got {versions.name(head.version)} but previous "
                f"messages on this connection had version {versions.name(self.version)}",
            )
        if not isinstance(self._input, FramedInput):
            return None  # nobody listens
        message = f"Unexpected RESPONSE message {Opcode(head.opcode).name}, expecting REQUEST"
        return self._refused(self._input.fault(ProtocolException(message), head.stream))

    # The handshake.

    def _unbound(self, envelope: Envelope) -> Received | None:
        """A message before the first STARTUP: of any version, and answered in it."""
        head = envelope.head
        if head.opcode not in _EXPECTED[Stage.ESTABLISHED]:
            return self._refused(Fault(_unexpected(head, Stage.ESTABLISHED), version=head.version))
        if head.opcode == Opcode.STARTUP:
            self.version = head.version
        try:
            incoming = decode_request(head, envelope.body)
        except ProtocolException as error:
            shown = ServerError(error.message) if isinstance(error, Truncated) else error
            return self._refused(Fault(shown, version=head.version))
        return self._handshake(head, incoming)

    def _handshake(self, head: Header, incoming: Incoming) -> Received:
        if self.stage is Stage.READY:
            return self._fault(head, "Unexpected message STARTUP, the connection is already initialized")
        if head.opcode not in _EXPECTED[self.stage]:
            return self._refused(Fault(_unexpected(head, self.stage), head.stream))
        if isinstance(incoming.request, requests.Startup):
            try:
                self._start(incoming.request)
            except ProtocolException as error:
                refusal = self._refused(Fault(error, head.stream))
                if not isinstance(error, _UnknownCompression) or head.version < 5:
                    self._bind()
                return refusal
        self._pending = head
        return incoming

    def _start(self, startup: requests.Startup) -> None:
        """Takes up what STARTUP asks for."""
        _check_cql_version(startup.options.get("CQL_VERSION"))
        self.throws_on_overload = startup.options.get("THROW_ON_OVERLOAD") == "1"
        asked = startup.options.get("COMPRESSION")
        if asked is None:
            return
        name = asked.lower()
        if name == "snappy" and name not in compression.available():
            raise _UnknownCompression("This instance does not support Snappy compression")
        if name == "snappy" and self.version >= 5:
            raise _UnknownCompression("Snappy compression is not supported in protocol V5")
        if name not in compression.available():
            raise _UnknownCompression(f"Unknown compression algorithm: {name}")
        if self.version >= 5:
            self._segments_compressed = True
        else:
            self._compressor = compression.compressor(name)

    def _answered(self, request: Header, response: Response) -> None:
        match self.stage, response:
            case Stage.ESTABLISHED, responses.Authenticate():
                self.stage = Stage.AUTHENTICATING
            case (Stage.ESTABLISHED, responses.Ready()) | (
                Stage.AUTHENTICATING,
                responses.Ready() | responses.AuthSuccess(),
            ):
                self.stage = Stage.READY
        if request.opcode == Opcode.STARTUP:
            self._bind()
        if isinstance(self._input, FramedInput):
            self._input.takes_large = self.stage is Stage.READY

    def _bind(self) -> None:
        """From here on the version is settled, and with it how envelopes are framed."""
        if self._is_bound:
            return
        self._is_bound = True
        if self.version < 5 or not isinstance(self._input, UnframedInput):
            return
        if not self._in_segments:
            self._input.too_long = too_long_message
            return
        rest = self._input.rest
        self._input = FramedInput(
            self._versions, self.version, self._limit, compressed=self._segments_compressed
        )
        self._input.feed(rest)

    # Refusals.

    def _fault(self, head: Header, message: str) -> Refusal:
        return self._refused(Fault(ProtocolException(message), head.stream))

    def _refused(self, fault: Fault) -> Refusal:
        self.closed = self.closed or fault.is_fatal
        version = self.version if fault.version is None else fault.version
        reply = encode_response(
            responses.Error(fault.error), version, fault.stream, compressor=self._compressor
        )
        return Refusal(self._encoded(reply), fault.error)


class _BadCompression(ProtocolException):
    """A body that cannot be decompressed: no stream is told."""


class _UnknownCompression(ProtocolException):
    """An algorithm that is not spoken."""


def _unexpected(head: Header, stage: Stage) -> ProtocolException:
    return ProtocolException(f"Unexpected message {Opcode(head.opcode).name}, expecting {stage.value}")


def _check_cql_version(text: str | None) -> None:
    if text is None:
        raise ProtocolException("Missing value CQL_VERSION in STARTUP message")
    match = _CQL_VERSION.fullmatch(text)
    if match is None:
        raise ProtocolException(f"Invalid version value: {text}")
    if (int(match[1]), int(match[2])) < (2, 99):
        raise ProtocolException(
            f"CQL version {text} is not supported by the binary protocol (supported version are >= 3.0.0)"
        )
