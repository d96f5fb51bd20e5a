"""A type's order over bytes that may be no values of it.

Cassandra compares the value that a map has for a key by the comparator of the map's *keys*
(`ColumnCondition.ElementAccessBound.appliesTo`, 5.0.6), and the objects of SELECT JSON * by those of the columns it sorts
by; most of its comparators do not ask whose bytes they get.
"""

from collections.abc import Callable
from typing import Any

from coodie_memory.types.base import CqlType

_BY_BYTES = frozenset({"text", "ascii", "blob", "inet", "date", "time"})
_BY_SIGN_AND_BYTES = frozenset({"int", "bigint", "smallint", "timestamp"})
_BY_FIRST_BYTES = {"float": 4, "double": 8, "decimal": 5}
_UUIDS = frozenset({"uuid", "timeuuid"})
_UUID_SIZE = 16


def foreign_order(kind: CqlType, own: CqlType) -> Callable[[bytes], Any]:
    """The order of `kind` over values of type `own`; the values' own where the comparator needs values of its type."""
    name = kind.cql()
    if name in _BY_BYTES:
        return lambda raw: raw
    if name in _BY_SIGN_AND_BYTES:
        return lambda raw: (_first_byte(raw), raw)
    if name == "tinyint":
        return _first_byte
    if name == "boolean":
        return lambda raw: raw[:1] > b"\0"
    if name == "varint":
        return lambda raw: int.from_bytes(raw, signed=True) if raw else float("-inf")
    if name in _UUIDS:
        # What is no UUID is less than any, and all of it is equal.
        return lambda raw: (1, kind.order(raw)) if len(raw) == _UUID_SIZE else (0,)
    if name in _BY_FIRST_BYTES:
        # Where there are too few bytes the server fails.
        least = _BY_FIRST_BYTES[name]
        return lambda raw: (1, kind.order(raw)) if len(raw) >= least else (0, own.order(raw))
    return own.order


def _first_byte(raw: bytes) -> float:
    return int.from_bytes(raw[:1], signed=True) if raw else float("-inf")
