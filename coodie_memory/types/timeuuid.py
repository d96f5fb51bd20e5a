"""Version 1 UUIDs: 100-nanosecond ticks since 15 October 1582, a clock sequence, a node."""

from uuid import UUID

_EPOCH = 0x01B21DD213814000
"""1 January 1970 in ticks."""
_LEAST, _GREATEST = 0x8080808080808080, 0x7F7F7F7F7F7F7F7F
"""The ends of the low half's order, which compares signed bytes."""
_VARIANT, _VERSION = 0x8000 << 48, 0x1000


def make(micros: int, clock_sequence: int, node: int, tick: int = 0) -> UUID:
    """The timeuuid of a moment; `tick`, 0 to 9, tells tenths of a microsecond apart."""
    low = _VARIANT | (clock_sequence & 0x3FFF) << 48 | node & 0xFFFFFFFFFFFF
    return _uuid(micros * 10 + tick + _EPOCH, low)


def mirrored(value: UUID, twice: int) -> UUID:
    """The timeuuid as long before a moment as `value` is after it; `twice` that moment's ticks since 1970."""
    return _uuid(twice - (_ticks(value) - _EPOCH) + _EPOCH, value.int & 0xFFFFFFFFFFFFFFFF)


def micros(value: UUID) -> int:
    """The moment in microseconds since 1970."""
    return _cut(_ticks(value), 10) - _EPOCH // 10


def millis(value: UUID) -> int:
    """The moment in milliseconds since 1970, as `to_timestamp` and CAST give it: cut towards 1970, as Java divides."""
    return _cut(micros(value), 1_000)


def _cut(number: int, by: int) -> int:
    return number // by if number >= 0 else -(-number // by)


def minimum(millis: int) -> UUID:
    """The first timeuuid of a millisecond; no valid UUID, only good for comparing."""
    return _uuid(millis * 10_000 + _EPOCH, _LEAST)


def maximum(millis: int) -> UUID:
    """The last timeuuid of a millisecond; no valid UUID, only good for comparing."""
    return _uuid((millis + 1) * 10_000 - 1 + _EPOCH, _GREATEST)


def _uuid(ticks: int, low: int) -> UUID:
    """Ticks that 60 bits do not hold spoil the version, as in Cassandra's `TimeUUID.rawTimestampToMsb`."""
    ticks &= 0xFFFFFFFFFFFFFFFF
    high = (ticks & 0xFFFFFFFF) << 32 | (ticks >> 32 & 0xFFFF) << 16 | _VERSION | ticks >> 48
    return UUID(int=high << 64 | low)


def _ticks(value: UUID) -> int:
    """The ticks since 1582, of 64 signed bits but for the version's (`TimeUUID.msbToRawTimestamp`)."""
    high = value.int >> 64
    ticks = (high & 0xFFFF & ~_VERSION) << 48 | (high & 0xFFFF0000) << 16 | high >> 32
    return ticks - (1 << 64) if ticks >> 63 else ticks
