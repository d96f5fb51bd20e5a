"""How bodies (versions 3 and 4) and segments (version 5) are compressed, with the modules that are installed.

What is broken is a `ProtocolException`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from typing import Final

from coodie_memory.errors import ProtocolException

_BEST_RATIO: Final = 255
"""No algorithm here does better: a body that claims so is not worth its memory."""


@dataclass(frozen=True, slots=True)
class Compressor:
    """An algorithm for bodies, by the name that STARTUP gives it."""

    name: str
    compress: Callable[[bytes], bytes]
    decompress: Callable[[bytes], bytes]


@lru_cache
def available() -> tuple[str, ...]:
    """The algorithms whose modules are installed, as SUPPORTED lists them."""
    return tuple(name for name in ("snappy", "lz4") if find_spec(name))


@lru_cache
def compressor(name: str) -> Compressor:
    """The algorithm, one of `available`."""
    return Compressor("lz4", _lz4, _unlz4) if name == "lz4" else Compressor("snappy", _snappy, _unsnappy)


def lz4_block(raw: bytes) -> bytes:
    """An LZ4 block, without the length of what it holds."""
    from lz4 import block  # noqa: PLC0415  # optional

    compressed: bytes = block.compress(raw, store_size=False)
    return compressed


def lz4_plain(raw: bytes, length: int) -> bytes:
    """What a block holds, which is to be so long."""
    from lz4 import block  # noqa: PLC0415  # optional

    try:
        plain: bytes = block.decompress(raw, uncompressed_size=length)
    except (block.LZ4BlockError, ValueError) as error:
        raise ProtocolException(f"Cannot decompress LZ4: {error}") from None
    if len(plain) != length:
        raise ProtocolException("Compressed lengths mismatch")
    return plain


def _lz4(raw: bytes) -> bytes:
    return len(raw).to_bytes(4) + lz4_block(raw)


def _unlz4(raw: bytes) -> bytes:
    if len(raw) < 4:
        raise ProtocolException("Cannot decompress LZ4: there is no length")
    return lz4_plain(raw[4:], _believed(int.from_bytes(raw[:4]), raw))


def _snappy(raw: bytes) -> bytes:
    import snappy  # noqa: PLC0415  # optional

    compressed: bytes = snappy.compress(raw)
    return compressed


def _unsnappy(raw: bytes) -> bytes:
    import snappy  # noqa: PLC0415  # optional

    _believed(_snappy_length(raw), raw)
    try:
        return bytes(snappy.uncompress(raw))
    except Exception:  # noqa: BLE001  # what it raises depends on the module's version
        raise _not_snappy() from None


def _snappy_length(raw: bytes) -> int:
    """The length of what is compressed, which snappy puts in front, seven bits a byte."""
    length = 0
    for position, byte in enumerate(raw[:5]):
        length |= (byte & 0x7F) << 7 * position
        if byte < 0x80:
            return length
    raise _not_snappy()


def _not_snappy() -> ProtocolException:
    return ProtocolException("Provided frame does not appear to be Snappy compressed")


def _believed(length: int, raw: bytes) -> int:
    if length > _BEST_RATIO * len(raw):
        raise ProtocolException(f"{len(raw)} compressed bytes cannot hold {length}")
    return length
