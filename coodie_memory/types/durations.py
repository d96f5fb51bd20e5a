"""duration: months, days and nanoseconds that never overflow into each other."""

import re
from typing import Any

from coodie_memory.errors import InvalidRequest
from coodie_memory.types import vint
from coodie_memory.types.base import ConstantKind, MarshalError
from coodie_memory.types.digits import whole
from coodie_memory.types.native import (
    NativeType,
    literal,
    no_value,
    quoted,
    reversing,
    string_only,
    wrong_length,
)
from coodie_memory.value import Value

_MAX_INT32, _MAX_INT64 = 2**31 - 1, 2**63 - 1
_UNITS = (
    "years",
    "months",
    "weeks",
    "days",
    "hours",
    "minutes",
    "seconds",
    "milliseconds",
    "microseconds",
    "nanoseconds",
)
_SYMBOLS = dict(zip(("y", "mo", "w", "d", "h", "m", "s", "ms", "us", "ns"), _UNITS, strict=True)) | {
    "\u00b5s": "microseconds"
}
# Unit -> what it counts in, and how many of them it is.
_SIZES = {
    "years": ("months", 12),
    "months": ("months", 1),
    "weeks": ("days", 7),
    "days": ("days", 1),
    "hours": ("nanoseconds", 3_600_000_000_000),
    "minutes": ("nanoseconds", 60_000_000_000),
    "seconds": ("nanoseconds", 1_000_000_000),
    "milliseconds": ("nanoseconds", 1_000_000),
    "microseconds": ("nanoseconds", 1_000),
    "nanoseconds": ("nanoseconds", 1),
}
_LIMITS = {"months": _MAX_INT32, "days": _MAX_INT32, "nanoseconds": _MAX_INT64}
_PRINTED = (
    ("months", "years", "y"),
    ("months", "months", "mo"),
    ("days", "days", "d"),
    ("nanoseconds", "hours", "h"),
    ("nanoseconds", "minutes", "m"),
    ("nanoseconds", "seconds", "s"),
    ("nanoseconds", "milliseconds", "ms"),
    ("nanoseconds", "microseconds", "us"),
    ("nanoseconds", "nanoseconds", "ns"),
)

# Compiled by the first duration, since few programs have any.
_PART = "(?ai:(\\d+)(mo|ms|us|\u00b5s|ns|[ywdhsm]))"
_HUMAN = f"{_PART}+"
_ISO = (
    r"(?a)P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)
_ISO_WEEKS = r"(?a)P(?P<weeks>\d+)W"
_ISO_ALTERNATIVE = (
    r"(?a)P(?P<years>\d{4})-(?P<months>\d{2})-(?P<days>\d{2})"
    r"T(?P<hours>\d{2}):(?P<minutes>\d{2}):(?P<seconds>\d{2})"
)


class Duration(Value):
    """A duration; all three parts have the same sign. `str()` is the server's text, such as `1y2mo25d5h6m7s8ms9us10ns`."""

    months: int = 0
    days: int = 0
    nanoseconds: int = 0

    def __str__(self) -> str:
        left = {"months": abs(self.months), "days": abs(self.days), "nanoseconds": abs(self.nanoseconds)}
        text = "-" if min(self.months, self.days, self.nanoseconds) < 0 else ""
        for part, unit, symbol in _PRINTED:
            count, left[part] = divmod(left[part], _SIZES[unit][1])
            text += f"{count}{symbol}" if count else ""
        return text


def parse(text: str) -> Duration:
    """What a constant or a JSON string says, in one of the three forms; `InvalidRequest` in the server's words."""
    source = text.removeprefix("-")
    parts = _parts(source)
    if parts is None:
        raise InvalidRequest(f"Unable to convert '{source}' to a duration")
    totals = dict.fromkeys(_LIMITS, 0)
    last = -1
    for unit, number in parts:
        _check_order(last, _UNITS.index(unit))
        last = _UNITS.index(unit)
        part, size = _SIZES[unit]
        if number > (_LIMITS[part] - totals[part]) // size:
            # The server names this limit for nanoseconds, too.
            raise InvalidRequest(
                f"Invalid duration. The total number of {part} must be less or equal to {_MAX_INT32}"
            )
        totals[part] += number * size
    sign = -1 if source != text else 1
    return Duration(sign * totals["months"], sign * totals["days"], sign * totals["nanoseconds"])


def _parts(source: str) -> list[tuple[str, int]] | None:
    """Unit and number, as they come; None if the text has none of the forms."""
    if not source.startswith("P"):
        if not re.fullmatch(_HUMAN, source):
            return None
        return [(_SYMBOLS[symbol.lower()], whole(number)) for number, symbol in re.findall(_PART, source)]
    pattern = _ISO_WEEKS if source.endswith("W") else _ISO_ALTERNATIVE if "-" in source else _ISO
    match = re.fullmatch(pattern, source)
    if not match:
        return None
    return [(unit, whole(number)) for unit, number in match.groupdict().items() if number is not None]


def _check_order(last: int, current: int) -> None:
    if current == last:
        raise InvalidRequest(f"Invalid duration. The {_UNITS[current]} are specified multiple times")
    if current < last:
        raise InvalidRequest(f"Invalid duration. The {_UNITS[last]} should be after {_UNITS[current]}")


def _pack(duration: Any) -> bytes:
    return vint.signed(duration.months) + vint.signed(duration.days) + vint.signed(duration.nanoseconds)


def _read(raw: bytes) -> tuple[int, int, int]:
    months, offset = vint.read_signed(raw, 0)
    days, offset = vint.read_signed(raw, offset)
    nanoseconds, _ = vint.read_signed(raw, offset)
    return months, days, nanoseconds


def _validate(raw: bytes) -> None:
    if len(raw) < 3:
        raise wrong_length(raw, "Expected at least 3 bytes for a duration")
    months, days, nanoseconds = _read(raw)
    for name, number in (("months", months), ("days", days)):
        if not -(2**31) <= number < 2**31:
            raise MarshalError(f"The duration {name} must be a 32 bits integer but was: {number}")
    if min(months, days, nanoseconds) < 0 < max(months, days, nanoseconds):
        raise MarshalError(
            "The duration months, days and nanoseconds must be all of the same sign "
            f"({months}, {days}, {nanoseconds})"
        )


def _encode(value: Any) -> bytes:
    try:
        raw = _pack(value)
    except (AttributeError, TypeError, OverflowError):
        raise no_value(value, "duration") from None
    # Any object with the three numbers is taken, whatever its signs and sizes.
    _validate(raw)
    return raw


def _decode(raw: bytes) -> Duration | None:
    return Duration(*_read(raw)) if raw else None


def _text(raw: bytes) -> str:
    return str(Duration(*_read(raw))) if raw else ""


def _parse(text: str) -> bytes:
    return _pack(parse(text)) if text else b""


def _cql(raw: bytes) -> str:
    return _text(raw) or "0s"


def _order(raw: bytes) -> bytes:
    """Durations are not ordered by length; where a comparator is needed at all, the bytes serve."""
    return raw


DURATION = NativeType(
    name="duration",
    java="DurationType",
    constants=frozenset({ConstantKind.DURATION, ConstantKind.INTEGER}),
    preferred=lambda kind, _text: kind is ConstantKind.DURATION,
    validate=_validate,
    encode=_encode,
    decode=_decode,
    order=_order,
    reversed_order=reversing(_order),
    parse=_parse,
    to_text=_text,
    to_json=quoted(_text),
    from_json=string_only(_parse, "a string representation of a duration"),
    to_cql=literal(_cql),
)
