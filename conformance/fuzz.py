"""Broken frames: whatever a peer sends, the protocol answers, refuses or waits, and never breaks itself.

`python -m conformance.fuzz --frames 1000000` runs for long; the tests run a few thousand. The frames are recorded ones,
bits turned, bytes lost, repeated and exchanged, with checksums made anew where they would hide the rest.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.recording import Sender, read
from conformance.transcript import transcript
from coodie_memory.errors import ProtocolException
from coodie_memory.protocol import compression, envelopes, segments
from coodie_memory.protocol.client import ClientConnection
from coodie_memory.protocol.connection import Incoming, ServerConnection
from coodie_memory.protocol.envelopes import COMPRESSED, HEADER
from coodie_memory.protocol.requests import Options, Startup
from coodie_memory.protocol.responses import Ready, Void
from coodie_memory.protocol.versions import WrongVersion

_EXTREMES = (
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\x80\0\0\0",
    b"\xff\xff",
    b"\0\0\0\0",
    b"\xff\xff\xff\xfe",
)
_PATIENCE = 2.0
"""Seconds after which a frame that is still looked at is taken for one that never ends."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A recorded envelope, not compressed."""

    version: int
    sender: Sender
    envelope: bytes


def samples(folder: Path) -> list[Sample]:
    """The envelopes of all recordings."""
    return [
        Sample(
            said.head.version,
            said.sender,
            HEADER.pack(*said.head._replace(flags=said.head.flags & ~COMPRESSED, length=len(said.body)))
            + said.body,
        )
        for path in sorted(folder.glob("*.txt"))
        for conversation in read(path)
        if conversation.chunks
        for said in transcript(conversation)
    ]


def run(corpus: Sequence[Sample], frames: int, seed: int) -> None:
    """Raises what the protocol raises, with seed and number of the frame; it should raise nothing."""
    for number in range(frames):
        chance = random.Random(f"{seed}/{number}")
        sample = chance.choice(corpus)
        broken = mutated(sample.envelope, chance)
        started = time.monotonic()
        try:
            _served(sample, broken, chance)
            _read(sample, broken)
        except Exception as error:
            error.add_note(f"frame {number} of seed {seed}: {broken.hex()}")
            raise
        if time.monotonic() - started > _PATIENCE:
            raise TimeoutError(f"frame {number} of seed {seed}: {broken.hex()}")


def mutated(raw: bytes, chance: random.Random) -> bytes:
    """The bytes with a few things wrong; the length in the header is mostly right again."""
    data = bytearray(raw)
    for _ in range(chance.choice((1, 1, 2, 5))):
        chance.choice(_MUTATIONS)(data, chance)
    if len(data) >= HEADER.size and chance.random() < 0.7:
        data[5:9] = (len(data) - HEADER.size).to_bytes(4)
    return bytes(data)


def _turn(data: bytearray, chance: random.Random) -> None:
    if data:
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _overwrite(data: bytearray, chance: random.Random) -> None:
    extreme = chance.choice(_EXTREMES)
    at = chance.randrange(len(data) + 1)
    data[at : at + len(extreme)] = extreme


def _lose(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data) + 1)
    del data[at : at + chance.choice((1, 2, 4, 1000))]


def _repeat(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data) + 1)
    piece = data[at : at + chance.choice((1, 4, 50))]
    data[at:at] = piece * chance.choice((1, 2, 300))


def _cut(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data) + 1) :]


_MUTATIONS: tuple[Callable[[bytearray, random.Random], None], ...] = (_turn, _overwrite, _lose, _repeat, _cut)


def _served(sample: Sample, broken: bytes, chance: random.Random) -> None:
    """A server's side gets the frame, then one that is right."""
    client, server = ClientConnection(sample.version), ServerConnection(frame_limit=1 << 20)
    shaken = chance.random() < 0.9
    if shaken:
        _shake_hands(client, server, chance)
    for piece in _pieces(_disguised(sample.version, broken, chance), chance):
        _answered(server, piece, client if shaken else None)
    _answered(server, client.send(Options(), 3))


def _shake_hands(client: ClientConnection, server: ServerConnection, chance: random.Random) -> None:
    options = {"CQL_VERSION": "3.0.0"}
    if client.version < 5 and chance.random() < 0.3:
        options["COMPRESSION"] = chance.choice(compression.available())
    server.receive_bytes(client.send(Startup(options)))
    client.receive_bytes(server.send(Ready(), 0))


def _disguised(version: int, broken: bytes, chance: random.Random) -> bytes:
    """Behind a checksum, or compressed, that the frame is looked at."""
    if version >= 5 and chance.random() < 0.9:
        return segments.split(broken, compressed=False)
    if version < 5 and chance.random() < 0.2 and len(broken) > HEADER.size:
        packed = compression.compressor(chance.choice(compression.available())).compress(
            broken[HEADER.size :]
        )
        head = envelopes.header(broken)
        return HEADER.pack(*head._replace(length=len(packed), flags=head.flags | COMPRESSED)) + packed
    return broken


def _pieces(data: bytes, chance: random.Random) -> list[bytes]:
    cuts = sorted(chance.randrange(len(data) + 1) for _ in range(chance.choice((0, 0, 1, 3))))
    return [data[start:end] for start, end in zip((0, *cuts), (*cuts, len(data)), strict=True)]


def _answered(server: ServerConnection, data: bytes, client: ClientConnection | None = None) -> None:
    """Each request is answered; the client understands all that is said in its time's language."""
    received = server.receive_bytes(data)
    while received:
        for event in received:
            if isinstance(event, Incoming):
                reply = server.send(Void(), event.stream)
            else:
                reply = b"" if isinstance(event.error, WrongVersion) else event.reply
            if client is not None:
                client.receive_bytes(reply)
        received = server.receive_bytes(b"")


def _read(sample: Sample, broken: bytes) -> None:
    """A client's side, and each decoder alone, raise `ProtocolException` if anything."""
    head = envelopes.header(broken.ljust(HEADER.size, b"\0"))._replace(first=sample.envelope[0])
    for decode in (envelopes.decode_request, envelopes.decode_response):
        try:
            decode(head, broken[HEADER.size :])
        except ProtocolException:
            continue
    try:
        ClientConnection(sample.version).receive_bytes(broken)
    except ProtocolException:
        return


def _main() -> None:
    parser = argparse.ArgumentParser(description="Send broken frames to the protocol.")
    parser.add_argument("--frames", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--folder", type=Path, default=Path("tests/coodie_memory/protocol/recordings"))
    arguments = parser.parse_args()
    sys.stdout.write(f"seed {arguments.seed}\n")
    run(samples(arguments.folder), arguments.frames, arguments.seed)


if __name__ == "__main__":
    _main()
