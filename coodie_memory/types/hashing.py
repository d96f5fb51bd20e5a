"""The order of Java's hash maps, which shows in what the server prints."""

from collections.abc import Callable, Iterable

_BUCKETS = 16


def hashed(names: Iterable[str], *, copied: int = 0) -> list[str]:
    """The names, each once, in the order in which a HashMap with their bytes as its keys gives them.

    The first `copied` of them were in a map that this one began as a copy of, and that decided its size.
    """
    return _in_buckets(names, _hash_of_bytes, _buckets(copied))


def hashed_texts(texts: Iterable[str], *, copied: int = 0) -> list[str]:
    """The texts, each once, in the order in which a HashSet of strings gives them; `copied` as above."""
    return _in_buckets(texts, _hash_of_text, _buckets(copied))


def _buckets(copied: int) -> int:
    return 1 << int(copied / 0.75).bit_length() if copied else _BUCKETS


def _in_buckets(names: Iterable[str], code_of: Callable[[str], int], buckets: int) -> list[str]:
    distinct = list(dict.fromkeys(names))
    while len(distinct) > buckets * 3 // 4:
        buckets *= 2

    def bucket(name: str) -> int:
        code = code_of(name)
        # The upper half is mixed into the lower.
        return (code ^ code >> 16) % buckets

    return sorted(distinct, key=bucket)


def _hash_of_bytes(name: str) -> int:
    """The hash of a ByteBuffer."""
    code = 1
    for byte in reversed(name.encode()):
        code = (31 * code + (byte - 256 if byte > 127 else byte)) & 0xFFFFFFFF
    return code


def _hash_of_text(text: str) -> int:
    """The hash of a String: of its UTF-16 units."""
    code = 0
    units = text.encode("utf-16-be", "surrogatepass")
    for high, low in zip(units[::2], units[1::2], strict=True):
        code = (31 * code + (high << 8 | low)) & 0xFFFFFFFF
    return code
