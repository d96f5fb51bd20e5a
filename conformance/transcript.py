"""What was said in a recording: its envelopes; `python -m conformance.transcript trace.txt` prints them."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from conformance.recording import Conversation, Sender, read
from coodie_memory.protocol import compression, envelopes, segments
from coodie_memory.protocol.envelopes import HEADER_LENGTH, Answer, Header, Incoming, Opcode
from coodie_memory.protocol.requests import Startup


@dataclass(frozen=True, slots=True)
class Said:
    """One envelope, its body not compressed."""

    sender: Sender
    head: Header
    body: bytes

    @property
    def message(self) -> Incoming | Answer:
        """What it means."""
        decode = envelopes.decode_request if self.sender == ">" else envelopes.decode_response
        return decode(self.head, self.body)


def transcript(conversation: Conversation) -> list[Said]:
    """Everything the client said, then everything the server said."""
    startup = _startup(conversation.sent(">"))
    return [*_side(conversation, ">", startup), *_side(conversation, "<", startup)]


@dataclass(frozen=True, slots=True)
class _Start:
    version: int
    compression: str | None


def _startup(sent: bytes) -> _Start:
    for head, body in _envelopes(sent):
        if head.opcode == Opcode.STARTUP:
            request = envelopes.decode_request(head, body).request
            assert isinstance(request, Startup)
            return _Start(head.version, request.options.get("COMPRESSION"))
    raise ValueError("Nobody said STARTUP")


def _side(conversation: Conversation, sender: Sender, start: _Start) -> Iterator[Said]:
    framed = in_segments(conversation, sender) if start.version >= 5 else b""
    plain = conversation.sent(sender).removesuffix(framed)
    payloads = b"".join(segment.payload for segment in unframed(framed, compressed=bool(start.compression)))
    for head, raw in (*_envelopes(plain), *_envelopes(payloads)):
        body = raw
        if start.compression is not None and start.version < 5 and head.flags & envelopes.COMPRESSED:
            body = compression.compressor(start.compression).decompress(raw)
        yield Said(sender, head, body)


def in_segments(conversation: Conversation, sender: Sender) -> bytes:
    """What one side of a conversation of version 5 said in segments: all after STARTUP and its answer."""
    sent, at = conversation.sent(sender), 0
    last = {Opcode.STARTUP} if sender == ">" else {Opcode.READY, Opcode.AUTHENTICATE}
    for head, body in _envelopes(sent):
        at += HEADER_LENGTH + len(body)
        if head.opcode in last:
            break
    return sent[at:]


def unframed(sent: bytes, *, compressed: bool) -> Iterator[segments.Segment]:
    """The segments of a stream."""
    reader = segments.SegmentReader(compressed=compressed)
    reader.feed(sent)
    while (segment := reader.next()) is not None:
        yield segment


def _envelopes(sent: bytes) -> Iterator[tuple[Header, bytes]]:
    at = 0
    while at < len(sent):
        head = envelopes.header(sent, at)
        at += HEADER_LENGTH + head.length
        yield head, sent[at - head.length : at]


if __name__ == "__main__":
    for path in sys.argv[1:]:
        for conversation in read(Path(path)):
            for said in transcript(conversation):
                sys.stdout.write(f"{said.sender} {said.message}\n")
            sys.stdout.write("\n")
