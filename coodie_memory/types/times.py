"""date and time. Text without a zone is UTC, whatever the machine's zone is."""

import datetime as dt
import re
import struct
from typing import Any

from coodie_memory.types import calendars
from coodie_memory.types.base import EMPTY_KEY, ConstantKind, MarshalError
from coodie_memory.types.digits import whole
from coodie_memory.types.native import (
    NativeType,
    negated,
    never,
    no_value,
    quoted,
    sized,
    string_literal,
    string_only,
)

CONSTANTS = frozenset({ConstantKind.STRING, ConstantKind.INTEGER})
DIGITS = r"(?a)-?\d+"
_DATE = r"(?a)(\d{4}|-\d{4,9}|\+\d{5,9})-(\d\d)-(\d\d)"
_TIME = r"(?a)\s*(\d+):(\d+):(\d+)(?:\.(\d{1,9}))?\s*"

_UINT32 = struct.Struct(">I")
_INT64 = struct.Struct(">q")
_CENTRE = 2**31
"""The day 1970-01-01 as the wire and integer literals count."""
_UNIX = dt.date(1970, 1, 1).toordinal()
_SHIFT = _CENTRE - _UNIX
_DAY_NANOS = 86_400_000_000_000


def _encode_date(value: Any) -> bytes:
    """A date, its ISO text, a driver's Date, or an int as CQL literals count: days since 1970 plus 2**31."""
    try:
        return _UINT32.pack(value.toordinal() + _SHIFT)
    except AttributeError:
        pass
    try:
        if isinstance(value, str):
            return _parse_date(value)
        days = getattr(value, "days_from_epoch", None)
        return _UINT32.pack(value if days is None else days + _CENTRE)
    except (struct.error, MarshalError):
        raise no_value(value, "date") from None


def _decode_date(raw: bytes) -> dt.date | int | None:
    """A date; the number that `encode` takes, outside of Python's years."""
    if not raw:
        return None
    days: int = _UINT32.unpack(raw)[0]
    try:
        return dt.date.fromordinal(days - _SHIFT)
    except (ValueError, OverflowError):
        return days


def _order_date(raw: bytes) -> int | float:
    return _UINT32.unpack(raw)[0] if raw else EMPTY_KEY


def _parse_date(text: str) -> bytes:
    if re.fullmatch(DIGITS, text):
        try:
            return _UINT32.pack(whole(text))
        except struct.error:
            raise MarshalError(f"Unable to make unsigned int (for date) from: '{text}'") from None
    match = re.fullmatch(_DATE, text)
    try:
        days = calendars.day(*map(int, match.groups())) if match else None
    except ValueError:
        days = None
    if days is None:
        raise MarshalError(f"Unable to coerce '{text}' to a formatted date (long)")
    if days < -_CENTRE:
        raise MarshalError(f"Input date {text} is less than min supported date -5877641-06-23T00:00Z")
    if days >= _CENTRE:
        raise MarshalError(f"Input date {text} is greater than max supported date +5881580-07-11T00:00Z")
    return _UINT32.pack(days + _CENTRE)


def _date_text(raw: bytes) -> str:
    if not raw:
        return ""
    year, month, day = calendars.civil(_UINT32.unpack(raw)[0] - _CENTRE)
    return f"{calendars.year_text(year)}-{month:02d}-{day:02d}"


DATE = NativeType(
    name="date",
    java="SimpleDateType",
    constants=CONSTANTS,
    preferred=never,
    validate=sized("Expected 4 byte long for date", 4),
    encode=_encode_date,
    decode=_decode_date,
    order=_order_date,
    reversed_order=negated(_order_date),
    parse=_parse_date,
    to_text=_date_text,
    to_json=quoted(_date_text),
    from_json=string_only(_parse_date, "a string representation of a date value"),
    to_cql=string_literal(_date_text),
    sources=frozenset({"int"}),
)


def _encode_time(value: Any) -> bytes:
    """A time, its text, a driver's Time, or an int: nanoseconds of the day."""
    if isinstance(value, dt.time):
        seconds = (value.hour * 60 + value.minute) * 60 + value.second
        return _INT64.pack((seconds * 1_000_000 + value.microsecond) * 1000)
    try:
        if isinstance(value, str):
            return _parse_time(value)
        return _INT64.pack(getattr(value, "nanosecond_time", value))
    except (struct.error, MarshalError):
        raise no_value(value, "time") from None


def _decode_time(raw: bytes) -> dt.time | int | None:
    """A time; the nanoseconds, if a time cannot tell them or they are not of one day."""
    if not raw:
        return None
    nanos: int = _INT64.unpack(raw)[0]
    if nanos % 1000 or not 0 <= nanos < _DAY_NANOS:
        return nanos
    seconds, micros = divmod(nanos // 1000, 1_000_000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return dt.time(hour, minute, second, micros)


def _order_time(raw: bytes) -> int | float:
    """Bytes are not checked against the day's length, and the server compares them unsigned."""
    return int.from_bytes(raw, "big") if raw else EMPTY_KEY


def _parse_time(text: str) -> bytes:
    if re.fullmatch(DIGITS, text):
        number = whole(text)
        if not 0 <= number < _DAY_NANOS:
            raise MarshalError(f"Unable to make long (for time) from: '{text}'")
        return _INT64.pack(number)
    match = re.fullmatch(_TIME, text)
    if match:
        hour, minute, second = map(int, match.groups()[:3])
        if hour < 24 and minute < 60 and second < 60:
            nanos = int((match[4] or "").ljust(9, "0"))
            return _INT64.pack(((hour * 60 + minute) * 60 + second) * 1_000_000_000 + nanos)
    raise MarshalError(f"(TimeType) Unable to coerce '{text}' to a formatted time (long)")


def _time_text(raw: bytes) -> str:
    if not raw:
        return ""
    seconds, nanos = divmod(_INT64.unpack(raw)[0], 1_000_000_000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02d}:{minute:02d}:{second:02d}.{nanos:09d}"


TIME = NativeType(
    name="time",
    java="TimeType",
    constants=CONSTANTS,
    preferred=never,
    validate=sized("Expected 8 byte long for time", 8),
    encode=_encode_time,
    decode=_decode_time,
    order=_order_time,
    reversed_order=negated(_order_time),
    parse=_parse_time,
    to_text=_time_text,
    to_json=quoted(_time_text),
    from_json=string_only(_parse_time, "a string representation of a time value"),
    to_cql=string_literal(_time_text),
    sources=frozenset({"bigint"}),
)
