"""From version 5's segments to envelopes, on the server's side.

A fault in an envelope of a self-contained segment is answered, and the next envelope read; the second in a row within
one segment ends the connection, and so does a checksum that does not fit.
"""

from typing import Final

from coodie_memory.errors import ProtocolException, ServerError
from coodie_memory.protocol import versions
from coodie_memory.protocol.envelopes import HEADER_LENGTH, Header, Opcode, header
from coodie_memory.protocol.inbound import Envelope, Fault, Found, Stuck, too_long_message, wrong_header
from coodie_memory.protocol.segments import Segment, SegmentReader
from coodie_memory.protocol.versions import Versions, WrongVersion

_TOLERATED: Final = 1


class _Large:
    """An envelope that comes in several segments."""

    def __init__(self, head: Header, *, keeps: bool) -> None:
        self.head = head
        self.keeps = keeps
        self.size = HEADER_LENGTH + head.length
        self.received = 0
        self.parts = list[bytes]()

    def add(self, payload: bytes) -> None:
        self.received += len(payload)
        # More than was announced never ends: it is not kept, either.
        if self.keeps and self.received <= self.size:
            self.parts.append(payload)
        else:
            self.parts.clear()

    @property
    def body(self) -> bytes:
        return b"".join(self.parts)[HEADER_LENGTH:]


class FramedInput:
    """The envelopes in a stream of segments, however it is cut."""

    def __init__(self, spoken: Versions, version: int, limit: int, *, compressed: bool) -> None:
        self.takes_large = False
        """Whether envelopes may be longer than a segment: not before the client is who it says."""
        self._versions = spoken
        self._version = version
        self._limit = limit
        self._segments = SegmentReader(compressed=compressed)
        self._payload = b""
        self._at = 0
        self._faults = 0
        self._large: _Large | None = None
        self._stuck: Stuck | None = None

    def feed(self, data: bytes) -> None:
        """Takes what arrived."""
        if self._stuck is None:
            self._segments.feed(data)
        elif data:
            self._stuck.read()

    def next(self) -> Found:
        """The next envelope, or what stands in its place."""
        if self._stuck is not None:
            return self._stuck.next()
        while self._at >= len(self._payload):
            try:
                segment = self._segments.next()
            except ProtocolException as error:
                return Fault(error, is_fatal=True)
            if segment is None:
                return None
            self._faults = 0
            if segment.self_contained:
                self._payload, self._at = segment.payload, 0
            elif found := self._part(segment):
                return found
        return self._contained()

    def decoded(self) -> None:
        """The last envelope was a message."""
        self._faults = 0

    def fault(self, error: ProtocolException, stream: int, version: int | None = None) -> Fault:
        """The fault of an envelope: fatal, if there are too many of them."""
        self._faults += 1
        return Fault(error, stream, version, self._faults > _TOLERATED)

    def _contained(self) -> Envelope | Fault:
        payload, at = self._payload, self._at
        if len(payload) - at < HEADER_LENGTH:
            actual = len(payload) - at
            return self._illegal(f"Undersized buffer supplied. Expected {HEADER_LENGTH}, actual {actual}")
        head = header(payload, at)
        if head.length >= 1 << 31:
            length = head.length - (1 << 32)
            message = f"Invalid value for envelope header body length field: {length}"
            return Fault(ProtocolException(message), head.stream, is_fatal=True)
        end = at + HEADER_LENGTH + head.length
        if fault := self._wrong(head):
            if not isinstance(fault.error, ProtocolException):
                return self._sticks_at(fault)
            self._at = min(end, len(payload))
            return self.fault(fault.error, head.stream, fault.version)
        if end > len(payload):
            return self._illegal(f"newPosition > limit: ({end} > {len(payload)})")
        self._at = end
        return Envelope(head, payload[at + HEADER_LENGTH : end])

    def _sticks_at(self, fault: Fault) -> Fault:
        self._stuck = Stuck(fault)
        return fault

    def _illegal(self, what: str) -> Fault:
        return self._sticks_at(Fault(ServerError(f"java.lang.IllegalArgumentException: {what}")))

    def _wrong(self, head: Header) -> Fault | None:
        if head.first == self._version:
            return wrong_header(head)
        if head.version != self._version:
            try:
                self._versions.check(head.version)
            except WrongVersion as error:
                return Fault(error, head.stream, error.answer_version)
        if fault := wrong_header(head):
            return fault
        if head.version != self._version:
            return Fault(
                ProtocolException(
                    f"Invalid message version. Got {versions.name(head.version)} but previous"
                    f"messages on this connection had version {versions.name(self._version)}"
                ),
                head.stream,
            )
        return None

    def _part(self, segment: Segment) -> Found:
        if self._large is None:
            fault = self._begin(segment.payload)
            if fault is not None:
                return fault
        large = self._large
        assert large is not None
        large.add(segment.payload)
        if large.received != large.size:
            return None
        self._large = None
        if large.keeps:
            return Envelope(large.head, large.body)
        return Fault(too_long_message(large.head, self._limit), large.head.stream)

    def _begin(self, payload: bytes) -> Fault | None:
        if len(payload) < HEADER_LENGTH:
            return self._sticks_at(Fault(ServerError("java.io.IOException: Error decoding CQL Message")))
        head = header(payload)
        if fault := self._wrong(head):
            return Fault(fault.error, version=fault.version, is_fatal=True)
        if not self.takes_large:
            message = (
                "The connection is not yet in a valid state to process multi frame CQL Messages, usually this"
                "means that authentication is still pending. "
                f"type = {Opcode(head.opcode).name}, size = {head.length}"
            )
            return Fault(ProtocolException(message), is_fatal=True)
        self._large = _Large(head, keeps=head.length <= self._limit)
        return None
