"""Values in and out: what a Python value is bound as, and what a bound value reads back as.

An encoder returns the plain value that `statement` promises to backends, or raises `ValueError`, `TypeError`,
`AttributeError` or `OverflowError`; whoever knows the field puts its name to it. A decoder gets what a backend gave.
`None` never reaches either. A decoder that would do nothing is `None`, so that reading skips it.
"""

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from ipaddress import IPv4Address, IPv6Address
from typing import Any, TypeAlias

Convert: TypeAlias = Callable[[Any], Any]

UNCONVERTIBLE = (ValueError, TypeError, AttributeError, OverflowError)
"""What an encoder raises for a value that the CQL type cannot hold."""

_FLOAT = struct.Struct(">f")


@dataclass(frozen=True, slots=True)
class Codec:
    """The two directions of one type."""

    encode: Convert
    decode: Convert | None = None
    rounds: bool = False
    """Encoding may lose precision, so that a saved value has to be put back to equal what will be read."""
    plain: type | None = None
    """A value of exactly this class that `fits` is its own encoding: what nearly every value is, told without a call."""
    fits: Convert | None = None
    """A predicate, fast; None where every value of the class does."""


def instance(*classes: type) -> Convert:
    """Passes instances, refuses the rest."""

    def encode(value: Any) -> Any:
        if isinstance(value, classes):
            return value
        names = " or ".join(cls.__name__ for cls in classes)
        raise TypeError(f"is a {type(value).__name__}, not a {names}")

    return encode


def integer(bits: int) -> Convert:
    """Signed integers of that many bits."""
    low, high = -(1 << bits - 1), (1 << bits - 1) - 1

    def encode(value: Any) -> int:
        if not isinstance(value, int):
            raise TypeError(f"is a {type(value).__name__}, not an int")
        if low <= value <= high:
            return int(value)
        raise ValueError(f"does not fit {bits} bits: {low} to {high}")

    return encode


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"is a {type(value).__name__}, not a str")
    if not value.isascii():
        value.encode()  # refuses lone surrogates, which UTF-8 cannot hold
    return value if type(value) is str else str.__str__(value)  # a member of an enum that is a str, too


def _ascii(value: Any) -> str:
    text = _text(value)
    if text.isascii():
        return text
    raise ValueError("holds characters outside of ASCII")


def _varint(value: Any) -> int:
    if isinstance(value, int):
        return value
    raise TypeError(f"is a {type(value).__name__}, not an int")


def _float(value: Any) -> float:
    try:
        _FLOAT.pack(value)  # an OverflowError where 32 bits are too few
    except struct.error as error:
        raise TypeError(f"is a {type(value).__name__}, not a float") from error
    return float(value)


def _decimal(value: Any) -> Decimal:
    if not isinstance(value, Decimal):
        raise TypeError(f"is a {type(value).__name__}, not a Decimal")
    if not value.is_finite():
        raise ValueError("is not finite")
    return value


def _date(value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise TypeError(f"is a {type(value).__name__}, not a date")


def _time(value: Any) -> time:
    if not isinstance(value, time):
        raise TypeError(f"is a {type(value).__name__}, not a time")
    if value.tzinfo is not None:
        raise ValueError("has a time zone, which CQL's time has not")
    return value


def timestamp(value: datetime) -> datetime:
    """The moment in UTC, rounded to the millisecond; a value without a zone is taken as UTC."""
    if value.tzinfo is not UTC:
        value = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    excess = value.microsecond % 1000
    if excess == 0:
        return value
    return value + timedelta(microseconds=1000 - excess if excess >= 500 else -excess)


def address6(value: Any) -> Any:
    """An IPv4 address in IPv6's notation: a server that parses a text makes the one of the other."""
    return IPv6Address(f"::ffff:{value}") if isinstance(value, IPv4Address) else value


_DAY = 86_400_000_000_000


def _time_of_day(nanoseconds: Any) -> time:
    if not isinstance(nanoseconds, int):
        raise TypeError(f"is a {type(nanoseconds).__name__}, not an int")
    if not 0 <= nanoseconds < _DAY:
        raise ValueError(f"is no time of day in nanoseconds: 0 to {_DAY - 1}")
    micros, finer = divmod(nanoseconds, 1000)
    if finer:
        raise ValueError("is finer than a microsecond")
    seconds, micros = divmod(micros, 1_000_000)
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60, micros)


def _nanoseconds(value: time) -> int:
    seconds = (value.hour * 60 + value.minute) * 60 + value.second
    return (seconds * 1_000_000 + value.microsecond) * 1000


NANOSECONDS = Codec(_time_of_day, _nanoseconds)
"""A time of day as a whole number of nanoseconds, as cqlengine's users have it."""


def _timeuuid(value: Any) -> Any:
    if value.version == 1:
        return value
    raise ValueError("is not a version 1 UUID")


def _integers(bits: int) -> Codec:
    return Codec(integer(bits), plain=int, fits=range(-(1 << bits - 1), 1 << bits - 1).__contains__)


def instances(cls: type) -> Codec:
    """Values that are bound as they are, whichever they are."""
    return Codec(instance(cls), plain=cls)


NATIVE: dict[str, Codec] = {
    "ascii": Codec(_ascii, plain=str, fits=str.isascii),
    "bigint": _integers(64),
    "counter": _integers(64),
    "date": Codec(_date),
    "decimal": Codec(_decimal),
    "double": Codec(float),
    "float": Codec(_float),
    "inet": Codec(instance(IPv4Address, IPv6Address)),
    "int": _integers(32),
    "smallint": _integers(16),
    "text": Codec(_text, plain=str, fits=str.isascii),
    "time": Codec(_time),
    "timestamp": Codec(timestamp, rounds=True),
    "timeuuid": Codec(_timeuuid),
    "tinyint": _integers(8),
    "varint": Codec(_varint),
}


def enumeration(cls: type[Enum], value: Codec) -> Codec:
    """Members bound as their values; a member's bare value passes, since pydantic can be told to keep those."""
    encode = value.encode

    def to_value(member: Any) -> Any:
        return encode((member if isinstance(member, cls) else cls(member)).value)

    return Codec(to_value, cls)


def sequence(make: type, element: Codec) -> Codec:
    """A list or set of elements."""
    encode, decode = element.encode, element.decode

    def to_plain(values: Any) -> Any:
        if isinstance(values, str | bytes):
            raise TypeError(f"is a {type(values).__name__}, not a {make.__name__}")
        return make([encode(value) for value in values])

    def read(values: Any) -> Any:
        return make(values if decode is None else map(decode, values))

    return Codec(to_plain, None if decode is None and make is not frozenset else read, element.rounds)


def mapping(key: Codec, value: Codec) -> Codec:
    """A dict."""
    encode_key, encode_value = key.encode, value.encode
    decode_key, decode_value = key.decode or _same, value.decode or _same

    def encode(values: Any) -> dict[Any, Any]:
        return {encode_key(k): encode_value(v) for k, v in values.items()}

    def decode(values: Any) -> dict[Any, Any]:
        return {decode_key(k): decode_value(v) for k, v in values.items()}

    return Codec(
        encode, None if key.decode is None and value.decode is None else decode, key.rounds or value.rounds
    )


class UserValue(dict[str, Any]):
    """A user type's values by field name; hashable, since it may be a set's element or a map's key."""

    def __hash__(self) -> int:  # type: ignore[override]  # frozen by custom: nobody changes a bound value
        return hash(tuple(self.items()))


def row(items: Sequence[Codec]) -> Codec:
    """A tuple; its items may be null."""
    encoders = [item.encode for item in items]
    decoders = [item.decode or _same for item in items]

    def encode(values: Any) -> tuple[Any, ...]:
        if len(values) != len(encoders):
            raise ValueError(f"has {len(values)} items, not {len(encoders)}")
        return tuple(
            None if value is None else each(value) for each, value in zip(encoders, values, strict=True)
        )

    def decode(values: Any) -> tuple[Any, ...]:
        return tuple(
            None if value is None else each(value) for each, value in zip(decoders, values, strict=True)
        )

    plain = all(item.decode is None for item in items)
    return Codec(encode, tuple if plain else decode, any(item.rounds for item in items))


def vector(dimensions: int) -> Codec:
    """A list of exactly that many floats."""

    def encode(values: Any) -> list[float]:
        found = [_float(value) for value in values]
        if len(found) != dimensions:
            raise ValueError(f"has {len(found)} dimensions, not {dimensions}")
        return found

    return Codec(encode, list)


def _same(value: Any) -> Any:
    return value
