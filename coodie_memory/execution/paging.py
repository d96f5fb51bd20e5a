"""Where a page ends and the next one begins: an opaque state that any session of any connection may come back with.

A page is full or it is the last one. Whether anything follows a full page is not looked up, as on the server: an empty
last page may come.
"""

import struct
from typing import TYPE_CHECKING, NamedTuple

from coodie_memory.errors import ProtocolException

if TYPE_CHECKING:
    from coodie_memory.result import Raw
    from coodie_memory.storage.row import Clustering

_HEAD = struct.Struct(">BqqI")
_LENGTH = struct.Struct(">i")
_VERSION = 0xC1
NO_LIMIT = 2**31 - 1


class State(NamedTuple):
    """What has been answered: up to a row of a partition, or all of it where `clustering` is None.

    `remaining` counts what LIMIT still allows, `left` what PER PARTITION LIMIT still does in this partition.
    """

    key: bytes
    clustering: "Clustering | None"
    remaining: int
    left: int


def encoded(state: State) -> bytes:
    """The bytes that go to the client."""
    parts: list[Raw] = [state.key, *(state.clustering or ())]
    count = 0xFFFFFFFF if state.clustering is None else len(state.clustering)
    head = _HEAD.pack(_VERSION, state.remaining, state.left, count)
    return head + b"".join(
        [_LENGTH.pack(-1) if part is None else _LENGTH.pack(len(part)) + part for part in parts]
    )


def decoded(raw: bytes) -> State:
    """The state that `encoded` made bytes of; `ProtocolException` for bytes of any other origin."""
    try:
        version, remaining, left, count = _HEAD.unpack_from(raw)
        parts, offset = list[bytes | None](), _HEAD.size
        for _ in range(1 if count == 0xFFFFFFFF else count + 1):
            (length,) = _LENGTH.unpack_from(raw, offset)
            offset += _LENGTH.size
            parts.append(None if length < 0 else raw[offset : offset + length])
            offset += max(length, 0)
        if version != _VERSION or offset != len(raw):
            raise _malformed()
    except struct.error:
        raise _malformed() from None
    key, *clustering = parts
    if key is None:
        raise _malformed()
    return State(key, None if count == 0xFFFFFFFF else tuple(clustering), remaining, left)


def _malformed() -> ProtocolException:
    return ProtocolException("Invalid value for the paging state")
