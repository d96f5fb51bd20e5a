"""timestamp: milliseconds since 1970, 64 bits. Text without a zone is UTC, whatever the machine's zone is.

The text `now` means the current time on the server; nothing here knows the time, so the planner makes a call of it.
"""

import datetime as dt
import re
import struct
from typing import Any

from coodie_memory.types import calendars, javatext
from coodie_memory.types.base import MarshalError
from coodie_memory.types.digits import whole
from coodie_memory.types.integers import fixed_order
from coodie_memory.types.native import (
    NativeType,
    expected,
    negated,
    never,
    no_value,
    quoted,
    sized,
    string_literal,
)
from coodie_memory.types.times import CONSTANTS, DIGITS

_INT64 = struct.Struct(">q")
_pack, _unpack = _INT64.pack, _INT64.unpack
_DAY = 86_400_000
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_NAIVE_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 (naive on purpose)
_MILLISECOND = dt.timedelta(milliseconds=1)
_from_seconds, _UTC = dt.datetime.fromtimestamp, dt.UTC
# A float holds the microseconds of a time of these years exactly enough to be rounded to the right one.
_FLOAT_RANGE = range(-(2**31) * 1000, 2**32 * 1000)

# Compiled by the first timestamp that is written as text.
_DATE_ONLY = r"(?a)(?P<year>\d{4}|-\d{4,9}|\+\d{5,9})-(?P<month>\d\d)-(?P<day>\d\d)(?P<zone>.*)"
_DATE_TIME = (
    r"(?a)(?P<year>\d+)-(?P<month>\d\d?)-(?P<day>\d\d?)[ T]"
    r"(?P<hour>\d\d?):(?P<minute>\d\d?)(?::(?P<second>\d\d?)(?:\.(?P<fraction>\d{0,9}))?)?(?P<zone>.*)"
)

_OFFSET = r"(?a) ?(?P<sign>[+-])(?P<hours>\d\d)(?::?(?P<minutes>\d\d))?"
_ZONES = {
    "PST": "America/Los_Angeles",
    "PDT": "America/Los_Angeles",
    "MST": "America/Denver",
    "MDT": "America/Denver",
    "CST": "America/Chicago",
    "CDT": "America/Chicago",
    "EST": "America/New_York",
    "EDT": "America/New_York",
    "CET": "Europe/Paris",
    "CEST": "Europe/Paris",
}


def is_now(text: str) -> bool:
    """Whether the constant stands for the current time."""
    return text.lower() == "now"


def _encode(value: Any) -> bytes:
    """A datetime (naive: UTC), a date (its midnight), an int in milliseconds, or text as in CQL."""
    try:
        since = value - (_NAIVE_EPOCH if value.tzinfo is None else _EPOCH)
    except (AttributeError, TypeError):
        return _encode_other(value)
    micros = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    # As the drivers do, cut towards 1970.
    return _pack(micros // 1000 if micros >= 0 else -(-micros // 1000))


def _encode_other(value: Any) -> bytes:
    if isinstance(value, dt.date):
        return _pack((value - _NAIVE_EPOCH.date()) // _MILLISECOND)
    try:
        return _parse(value) if isinstance(value, str) else _pack(value)
    except (struct.error, MarshalError):
        raise no_value(value, "timestamp") from None


def _decode(raw: bytes) -> dt.datetime | int | None:
    """An aware datetime in UTC; the milliseconds, outside of Python's years."""
    if not raw:
        return None
    millis: int = _unpack(raw)[0]
    if millis in _FLOAT_RANGE:
        return _from_seconds(millis / 1000, _UTC)
    try:
        return _EPOCH + dt.timedelta(0, 0, 0, millis)
    except OverflowError:
        return millis


def _parse(text: str) -> bytes:
    if not text:
        return b""
    try:
        if re.fullmatch(DIGITS, text):
            return _pack(whole(text))
        millis = _millis(text)
        if millis is not None:
            return _pack(millis)
    except struct.error:
        raise MarshalError(f"Unable to make long (for date) from: '{text}'") from None
    except ValueError:  # no such day, hour or zone
        pass
    raise MarshalError(f"Unable to parse a date/time from '{text}'")


def _millis(text: str) -> int | None:
    match = re.fullmatch(_DATE_TIME, text) or re.fullmatch(_DATE_ONLY, text)
    if not match:
        return None
    parts = match.groupdict()
    year, month, day = int(parts["year"]), int(parts["month"]), int(parts["day"])
    if not 1 <= day <= 31 or (year == 0 and parts.get("hour") is not None):
        return None
    day = min(day, calendars.month_length(year, month))  # the server takes 30 February for the 28th
    local = calendars.day(year, month, day) * _DAY + _clock(parts)
    return local - _zone_offset(parts["zone"], local)


def _clock(parts: dict[str, str | Any]) -> int:
    """Milliseconds of the day; 24:00 is the next one's start."""
    hour, minute, second = (int(parts.get(name) or 0) for name in ("hour", "minute", "second"))
    millis = int((parts.get("fraction") or "").ljust(3, "0")[:3])
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and (minute or second or millis)):
        raise ValueError(hour)
    return ((hour * 60 + minute) * 60 + second) * 1000 + millis


def _zone_offset(zone: str, local: int) -> int:
    """Milliseconds east of UTC; ValueError for what is no zone. A name needs a space before it."""
    if zone in {"", "Z", " Z", " UTC", " GMT", " UT"}:
        return 0
    match = re.fullmatch(_OFFSET, zone)
    if match:
        minutes = int(match["hours"]) * 60 + int(match["minutes"] or 0)
        if minutes > 18 * 60 or int(match["minutes"] or 0) > 59:
            raise ValueError(zone)
        return minutes * (60_000 if match["sign"] == "+" else -60_000)
    name = zone.removeprefix(" ")
    if name == zone:
        raise ValueError(zone)
    # Few programs name a zone, and this loads more than the whole of our types.
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    try:
        place = ZoneInfo(_ZONES.get(name, name))
        offset = (_NAIVE_EPOCH + dt.timedelta(milliseconds=local)).replace(tzinfo=place).utcoffset()
    except (KeyError, OSError, OverflowError) as error:
        raise ValueError(zone) from error
    return (offset or dt.timedelta()) // _MILLISECOND


def _text_with(separator: str) -> Any:
    def text(raw: bytes) -> str:
        if not raw:
            return ""
        days, millis = divmod(_unpack(raw)[0], _DAY)
        year, month, day = calendars.civil(days)
        # The year of its era: 1 BC, too, is printed 0001.
        date = f"{calendars.year_text(year if year > 0 else 1 - year)}-{month:02d}-{day:02d}"
        seconds, millis = divmod(millis, 1000)
        minutes, second = divmod(seconds, 60)
        hour, minute = divmod(minutes, 60)
        return f"{date}{separator}{hour:02d}:{minute:02d}:{second:02d}.{millis:03d}Z"

    return text


def _from_json(parsed: Any) -> bytes:
    """The server takes a number only if it needs more than 32 bits."""
    if javatext.class_name(parsed) == "Long":
        return _pack(parsed)
    if isinstance(parsed, str):
        return _parse(parsed)
    raise expected("a long or a datestring representation of a timestamp value", parsed)


_to_text = _text_with("T")
_order = fixed_order(">q")
TIMESTAMP = NativeType(
    name="timestamp",
    java="TimestampType",
    constants=CONSTANTS,
    preferred=never,
    validate=sized("Expected 8 or 0 byte long for date", 8, 0),
    encode=_encode,
    decode=_decode,
    order=_order,
    reversed_order=negated(_order),
    parse=_parse,
    to_text=_to_text,
    to_json=quoted(_text_with(" ")),
    from_json=_from_json,
    to_cql=string_literal(_to_text),
    sources=frozenset({"bigint"}),
    width=8,
)
