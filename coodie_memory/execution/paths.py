"""Under what path an element of a list or a field of a user type is stored.

A list is ordered by the moment of arrival, whatever the write's timestamp: appended elements have timeuuids of now,
prepended ones of a time mirrored at 2010, so that later means further in front.
"""

from coodie_memory.execution.context import Context
from coodie_memory.types import timeuuid

_MIRROR = 1262304000_000_000 * 10 * 2
"""Twice 1 January 2010 in 100-nanosecond ticks since 1970."""


def appended(context: Context, elements: list[bytes]) -> list[tuple[object, bytes, bytes]]:
    """Order key, path and value for each element, behind all that is stored."""
    uuids = [context.timeuuid() for _ in elements]
    return [(uuid.time, uuid.bytes, element) for uuid, element in zip(uuids, elements, strict=True)]


def prepended(context: Context, elements: list[bytes]) -> list[tuple[object, bytes, bytes]]:
    """Order key, path and value for each element, before all that is stored."""
    # From the last one, since each goes in front of those before it.
    uuids = [timeuuid.mirrored(context.timeuuid(), _MIRROR) for _ in elements]
    return [(uuid.time, uuid.bytes, element) for uuid, element in zip(reversed(uuids), elements, strict=True)]


def field_path(index: int) -> bytes:
    """The path of a user type's field."""
    return index.to_bytes(2, "big")
