"""A conversation, as a client leads it: for tests, and for reading what others said to each other."""

from coodie_memory.errors import ProtocolException
from coodie_memory.protocol import compression, segments
from coodie_memory.protocol.envelopes import (
    COMPRESSED,
    HEADER_LENGTH,
    Answer,
    decode_response,
    encode_request,
    header,
)
from coodie_memory.protocol.primitives import Payload
from coodie_memory.protocol.requests import Request, Startup
from coodie_memory.protocol.segments import SegmentReader


class ClientConnection:
    """Requests in, bytes out; a server's bytes in, answers out. `ProtocolException` for what is no protocol."""

    def __init__(self, version: int) -> None:
        self.version = version
        self._segments: SegmentReader | None = None
        self._segments_compressed = False
        self._compressor: compression.Compressor | None = None
        self._startup: Startup | None = None
        self._buffer = b""

    def send(
        self, request: Request, stream: int = 0, *, tracing: bool = False, payload: Payload | None = None
    ) -> bytes:
        """The request's bytes."""
        if isinstance(request, Startup):
            self._startup = request
        data = encode_request(
            request,
            self.version,
            stream,
            tracing=tracing,
            payload=payload,
            compressor=None if isinstance(request, Startup) else self._compressor,
        )
        if self._segments is None:
            return data
        return segments.split(data, compressed=self._segments_compressed)

    def receive_bytes(self, data: bytes) -> list[Answer]:
        """The answers and events that have become complete with these bytes."""
        answers = list[Answer]()
        self._feed(data)
        while (answer := self._next()) is not None:
            answers.append(answer)
        return answers

    def _feed(self, data: bytes) -> None:
        if self._segments is None:
            self._buffer += data
            return
        self._segments.feed(data)
        while (segment := self._segments.next()) is not None:
            self._buffer += segment.payload

    def _next(self) -> Answer | None:
        if len(self._buffer) < HEADER_LENGTH:
            return None
        head = header(self._buffer)
        if not head.is_response:
            raise ProtocolException(f"A server sent a request of version {head.version}")
        end = HEADER_LENGTH + head.length
        if len(self._buffer) < end:
            return None
        body, self._buffer = self._buffer[HEADER_LENGTH:end], self._buffer[end:]
        startup, self._startup = self._startup, None
        if startup is not None:
            self._started(startup)
        if head.flags & COMPRESSED and self._compressor is not None:
            body = self._compressor.decompress(body)
        return decode_response(head, body)

    def _started(self, startup: Startup) -> None:
        """The server has read STARTUP, and speaks as it asks."""
        asked = startup.options.get("COMPRESSION")
        if self.version < 5:
            self._compressor = None if asked is None else compression.compressor(asked.lower())
        elif self._segments is None:
            self._segments_compressed = asked is not None
            self._segments = SegmentReader(compressed=self._segments_compressed)
            rest, self._buffer = self._buffer, b""
            self._feed(rest)
