"""Functions of time: now, conversions among timeuuid, timestamp and date, `floor`, and moving by a duration."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

from coodie_memory.errors import InvalidRequest
from coodie_memory.plan.nodes import Function, Moment
from coodie_memory.result import Raw
from coodie_memory.types import calendars, timeuuid
from coodie_memory.types.base import CqlType
from coodie_memory.types.durations import DURATION, Duration
from coodie_memory.types.integers import BIGINT
from coodie_memory.types.times import DATE, TIME
from coodie_memory.types.timestamps import TIMESTAMP
from coodie_memory.types.uuids import TIMEUUID, UUID
from coodie_memory.value import replace

_SECONDS_OF_DAY = 86_400
_DAY = 86_400_000
_NANOS_OF_DAY = 86_400_000_000_000
_DATE_EPOCH = 2**31


def functions() -> Iterator[Function]:
    """All functions of time, and uuid()."""
    yield _impure("uuid", UUID, lambda moment: moment.uuid().bytes)
    yield _impure("now", TIMEUUID, lambda moment: moment.timeuuid().bytes)
    for current, kind, give in _CURRENT:
        yield _impure(f"current_{current}", kind, give)
        yield _impure(f"current{current}", kind, give)
    for name in ("min_timeuuid", "mintimeuuid"):
        yield _pure(name, (TIMESTAMP,), TIMEUUID, lambda raw: timeuuid.minimum(_millis(raw)).bytes)
    for name in ("max_timeuuid", "maxtimeuuid"):
        yield _pure(name, (TIMESTAMP,), TIMEUUID, lambda raw: timeuuid.maximum(_millis(raw)).bytes)
    for source, target in _CONVERSIONS:
        name = {"bigint": "unix_timestamp"}.get(target.cql(), target.cql())
        for spelling in (f"to_{name}", f"to{name.replace('_', '')}"):
            yield replace(conversion(spelling, source, target), is_monotonic=True)
    for kind in (TIMESTAMP, TIMEUUID, DATE):
        returns, start = (DATE, DATE) if kind is DATE else (TIMESTAMP, TIMESTAMP)
        yield _floor(kind, returns, (kind, DURATION))
        yield _floor(kind, returns, (kind, DURATION, start))
    yield replace(_pure("floor", (TIME, DURATION), TIME, _floored_time), is_monotonic=True)


def first_functions() -> Iterator[Function]:
    """What there was before `toTimestamp` and `toUnixTimestamp`."""
    yield conversion("dateof", TIMEUUID, TIMESTAMP)
    yield conversion("unixtimestampof", TIMEUUID, BIGINT)


def conversion(name: str, source: CqlType, target: CqlType) -> Function:
    """The function that takes one type of time to another through milliseconds."""
    read, write = _READ[source], _WRITE[target]
    return _pure(name, (source,), target, lambda raw: write(read(raw)))


def moved_timestamp(raw: bytes, duration: bytes, sign: int) -> bytes:
    """The timestamp plus `sign` times the duration."""
    by = _duration(duration)
    if by.nanoseconds % 1_000_000:
        raise ValueError(f"The duration must have a millisecond precision. Was: {by}")
    return _write_millis(_moved(_millis(raw), by, sign))


def moved_date(raw: bytes, duration: bytes, sign: int) -> bytes:
    """The date plus `sign` times the duration."""
    by = _duration(duration)
    if by.nanoseconds:
        raise ValueError(f"The duration must have a day precision. Was: {by}")
    return _write_date(_moved(_date_millis(raw), by, sign))


def _moved(millis: int, by: Duration, sign: int) -> int:
    millis = _plus_months(millis, sign * by.months)
    nanos = abs(by.nanoseconds) // 1_000_000
    return millis + sign * (by.days * _DAY + (nanos if by.nanoseconds >= 0 else -nanos))


def _plus_months(millis: int, months: int) -> int:
    """The same day of another month, its last one where it is shorter."""
    if not months:
        return millis
    days, of_day = divmod(millis, _DAY)
    year, month, day = calendars.civil(days)
    year, month = divmod(year * 12 + month - 1 + months, 12)
    day = min(day, calendars.month_length(year, month + 1))
    return calendars.day(year, month + 1, day) * _DAY + of_day


def _floor(kind: CqlType, returns: CqlType, types: tuple[CqlType, ...]) -> Function:
    read, write, precise_to_day = _READ[kind], _WRITE[returns], kind is DATE

    def body(raw: bytes, duration: bytes, start: bytes | None = None) -> bytes:
        step = _duration(duration)
        if precise_to_day and step.nanoseconds:
            raise InvalidRequest(
                f"The floor on date values cannot be computed for the {step} duration as precision is below 1 day"
            )
        if step.nanoseconds % 1_000_000:
            raise InvalidRequest(
                f"The floor cannot be computed for the {step} duration as precision is below 1 millisecond"
            )
        begin = 0 if start is None else _READ[returns](start)
        return write(_floored(read(raw), step, begin))

    return replace(_pure("floor", types, returns, body), is_monotonic=True)


def _floored(millis: int, step: Duration, start: int) -> int:
    if start > millis:
        raise InvalidRequest("The floor function starting time is greater than the provided time")
    _require_positive(step)
    length = step.days * _DAY + step.nanoseconds // 1_000_000
    if not step.months:
        return millis - (millis - start) % length if length else millis
    (year, month, _), (first_year, first_month, _) = (
        calendars.civil(millis // _DAY),
        calendars.civil(start // _DAY),
    )
    times = ((year - first_year) * 12 + month - first_month) // step.months
    floor = _plus_months(start, times * step.months) + times * length
    while length and floor > millis:
        times -= 1
        floor = _plus_months(start, times * step.months) + times * length
    return max(start, floor) if length else floor


def _floored_time(raw: bytes, duration: bytes) -> bytes:
    step = _duration(duration)
    _require_positive(step)
    if step.months or step.days or step.nanoseconds > _NANOS_OF_DAY:
        raise InvalidRequest(
            "For time values, the floor can only be computed for durations smaller that a day"
        )
    nanos = int.from_bytes(raw, "big", signed=True)
    return (nanos - nanos % step.nanoseconds if step.nanoseconds else nanos).to_bytes(8, "big", signed=True)


def _require_positive(step: Duration) -> None:
    if min(step.months, step.days, step.nanoseconds) < 0:
        raise InvalidRequest("Negative durations are not supported by the floor function")


def _pure(name: str, types: tuple[CqlType, ...], returns: CqlType, compute: Callable[..., bytes]) -> Function:
    """A function for which the empty value is no value."""

    def body(_moment: Moment, *raws: bytes) -> Raw:
        return compute(*raws) if all(raws) else None

    return Function("system", name, types, returns, body)


def _impure(name: str, returns: CqlType, give: Callable[[Moment], bytes]) -> Function:
    return Function("system", name, (), returns, give, is_pure=False)


def _millis(raw: bytes) -> int:
    return int.from_bytes(raw, "big", signed=True)


def _write_millis(millis: int) -> bytes:
    return ((millis + 2**63) % 2**64 - 2**63).to_bytes(8, "big", signed=True)


def _date_millis(raw: bytes) -> int:
    return (int.from_bytes(raw, "big") - _DATE_EPOCH) * _DAY


def _write_date(millis: int) -> bytes:
    # Whole seconds, and of these whole days by Java's division: a moment before 1970 falls on the day that follows,
    # but not one of its first second.
    seconds = millis // 1_000
    days = seconds // _SECONDS_OF_DAY if seconds >= 0 else -(-seconds // _SECONDS_OF_DAY)
    return ((days + _DATE_EPOCH) % 2**32).to_bytes(4, "big")


def _timeuuid_millis(raw: bytes) -> int:
    return timeuuid.millis(uuid.UUID(bytes=raw))


def _duration(raw: bytes) -> Duration:
    value = DURATION.decode(raw)
    assert isinstance(value, Duration)
    return value


def _time_of_day(moment: Moment) -> bytes:
    return (moment.micros * 1_000 % _NANOS_OF_DAY).to_bytes(8, "big")


_READ: dict[CqlType, Callable[[bytes], int]] = {
    TIMESTAMP: _millis,
    DATE: _date_millis,
    TIMEUUID: _timeuuid_millis,
}
_WRITE: dict[CqlType, Callable[[int], bytes]] = {
    TIMESTAMP: _write_millis,
    DATE: _write_date,
    BIGINT: _write_millis,
}
_CURRENT: "tuple[tuple[str, CqlType, Callable[[Moment], Any]], ...]" = (
    ("timeuuid", TIMEUUID, lambda moment: moment.timeuuid().bytes),
    ("timestamp", TIMESTAMP, lambda moment: _write_millis(moment.micros // 1_000)),
    ("date", DATE, lambda moment: _write_date(moment.micros // 1_000)),
    ("time", TIME, _time_of_day),
)
_CONVERSIONS: tuple[tuple[CqlType, CqlType], ...] = (
    (TIMEUUID, DATE),
    (TIMEUUID, TIMESTAMP),
    (TIMEUUID, BIGINT),
    (TIMESTAMP, BIGINT),
    (TIMESTAMP, DATE),
    (DATE, BIGINT),
    (DATE, TIMESTAMP),
)
