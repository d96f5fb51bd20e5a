"""Version 5's outer frames: segments of at most 128 KiB with a checksum each for header and payload.

A self-contained segment holds whole envelopes; the others hold one envelope that is too long for a segment.
"""

import zlib
from dataclasses import dataclass
from typing import Final

from coodie_memory.errors import ProtocolException
from coodie_memory.protocol import compression

MAX_PAYLOAD: Final = 0x1FFFF
_CRC24_START, _CRC24_POLYNOMIAL = 0x875060, 0x1974F0B
_CRC32_START: Final = zlib.crc32(b"\xfa\x2d\x55\xca")


class BrokenSegment(ProtocolException):
    """A checksum that does not fit: nothing that follows can be trusted."""


@dataclass(frozen=True, slots=True)
class Segment:
    """What a segment carried."""

    payload: bytes
    self_contained: bool


def _crc24_table() -> tuple[int, ...]:
    def entry(index: int) -> int:
        crc = index << 16
        for _ in range(8):
            crc = crc << 1 ^ (_CRC24_POLYNOMIAL if crc & 0x800000 else 0)
        return crc & 0xFFFFFF

    return tuple(map(entry, range(256)))


_CRC24_TABLE: Final = _crc24_table()


def crc24(raw: bytes) -> int:
    """The checksum of a segment's header."""
    crc = _CRC24_START
    for byte in raw:
        crc = (crc << 8 & 0xFFFFFF) ^ _CRC24_TABLE[crc >> 16 ^ byte]
    return crc


def split(envelope: bytes, *, compressed: bool) -> bytes:
    """The envelope in as many segments as it needs."""
    encode = _compressed if compressed else _plain
    if len(envelope) <= MAX_PAYLOAD:
        return encode(envelope, self_contained=True)
    return b"".join(
        encode(envelope[start : start + MAX_PAYLOAD], self_contained=False)
        for start in range(0, len(envelope), MAX_PAYLOAD)
    )


def _plain(payload: bytes, *, self_contained: bool) -> bytes:
    header = (len(payload) | self_contained << 17).to_bytes(3, "little")
    return _checked(header, payload)


def _compressed(payload: bytes, *, self_contained: bool) -> bytes:
    packed, length = compression.lz4_block(payload), len(payload)
    if len(packed) >= length:  # not worth it, which a length of 0 says
        packed, length = payload, 0
    header = (len(packed) | length << 17 | self_contained << 34).to_bytes(5, "little")
    return _checked(header, packed)


def _checked(header: bytes, payload: bytes) -> bytes:
    return b"".join(
        (
            header,
            crc24(header).to_bytes(3, "little"),
            payload,
            zlib.crc32(payload, _CRC32_START).to_bytes(4, "little"),
        )
    )


class SegmentReader:
    """Gives the segments of a stream, however it is cut."""

    def __init__(self, *, compressed: bool) -> None:
        self._compressed = compressed
        self._width = 5 if compressed else 3
        self._buffer = b""
        self._at = 0

    def feed(self, data: bytes) -> None:
        """Takes what arrived."""
        self._buffer = self._buffer[self._at :] + data
        self._at = 0

    def next(self) -> Segment | None:
        """The next segment, if it is complete; `BrokenSegment` if it is broken."""
        buffer, at, start = self._buffer, self._at, self._at + self._width + 3
        if len(buffer) < start:
            return None
        header = buffer[at : at + self._width]
        _compare("header", buffer[at + self._width : start], crc24(header))
        bits = int.from_bytes(header, "little")
        end = start + (bits & MAX_PAYLOAD)
        if len(buffer) < end + 4:
            return None
        payload = buffer[start:end]
        _compare("body", buffer[end : end + 4], zlib.crc32(payload, _CRC32_START))
        self._at = end + 4
        if not self._compressed:
            return Segment(payload, bool(bits >> 17 & 1))
        if length := bits >> 17 & MAX_PAYLOAD:
            payload = compression.lz4_plain(payload, length)
        return Segment(payload, bool(bits >> 34 & 1))


def _compare(part: str, checksum: bytes, computed: int) -> None:
    read = int.from_bytes(checksum, "little")
    if computed != read:
        # The server's numbers are signed.
        shown_read, shown = (number - (number >> 31 << 32) for number in (read, computed))
        raise BrokenSegment(
            f"invalid, unrecoverable CRC mismatch detected in frame {part}. Read {shown_read}, Computed {shown}"
        )
