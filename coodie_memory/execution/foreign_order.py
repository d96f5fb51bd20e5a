"""A type's order over bytes that may be no values of it.

Cassandra compares the value that a map has for a key by the comparator of the map's *keys*
(`ColumnCondition.ElementAccessBound.appliesTo`, 5.0.6), and most of its comparators do not ask whose bytes they get.
"""

from collections.abc import Callable
from typing import Any

from coodie_memory.types.base import CqlType

_BY_BYTES = frozenset({"text", "ascii", "blob", "inet", "date", "time"})
_BY_SIGN_AND_BYTES = frozenset({"int", "bigint", "smallint", "timestamp"})


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
    if name in ("float", "double"):
        assert kind.width is not None
        return _leading(kind.order, kind.width)
    return kind.order if own.width is not None and kind.width == own.width else own.order


def _leading(order: Callable[[bytes], Any], width: int) -> Callable[[bytes], Any]:
    """The order of what the first bytes are; the server fails where there are too few."""
    return lambda raw: order(raw[:width].ljust(width, b"\0") if raw else raw)


def _first_byte(raw: bytes) -> float:
    return int.from_bytes(raw[:1], signed=True) if raw else float("-inf")
