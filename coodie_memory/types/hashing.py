"""The order of Java's hash maps, which shows in what the server prints."""

from collections.abc import Iterable

_BUCKETS = 16


def hashed(names: Iterable[str], *, copied: int = 0) -> list[str]:
    """The names, each once, in the order in which a HashMap with their bytes as its keys gives them.

    The first `copied` of them were in a map that this one began as a copy of, and that decided its size.
    """
    distinct = list(dict.fromkeys(names))
    buckets = 1 << int(copied / 0.75).bit_length() if copied else _BUCKETS
    while len(distinct) > buckets * 3 // 4:
        buckets *= 2
    return sorted(distinct, key=lambda name: _spread(name) % buckets)


def _spread(name: str) -> int:
    """The hash of a ByteBuffer, its upper half mixed into the lower."""
    code = 1
    for byte in reversed(name.encode()):
        code = (31 * code + (byte - 256 if byte > 127 else byte)) & 0xFFFFFFFF
    return code ^ code >> 16
