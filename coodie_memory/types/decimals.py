"""decimal: a number and a scale; equal values may have different bytes."""

import re
import struct
from decimal import Decimal, InvalidOperation
from typing import Any

from coodie_memory.types import javatext
from coodie_memory.types.base import ConstantKind, MarshalError
from coodie_memory.types.floats import REALS, prefers_double
from coodie_memory.types.integers import minimal_bytes
from coodie_memory.types.native import NativeType, bare, literal, no_value, reversing, wrong_length

_DECIMAL = r"(?a)[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_INT32 = struct.Struct(">i")
_MAX_EXPONENT = 2**31 - 1
_MOST_ZEROS = 100_000


def unscaled(raw: bytes) -> tuple[int, int]:
    """A decimal's two numbers: the value is the first times ten to the minus second."""
    return int.from_bytes(raw[4:], "big", signed=True), _INT32.unpack_from(raw)[0]


def _decimal_bytes(number: Decimal) -> bytes:
    sign, figures, exponent = number.as_tuple()
    if not isinstance(exponent, int):
        raise InvalidOperation
    return _INT32.pack(-exponent) + minimal_bytes(int(Decimal((sign, figures, 0))))


def _validate_decimal(raw: bytes) -> None:
    if 0 < len(raw) < 4:
        raise wrong_length(raw, "Expected 0 or at least 4 bytes")


def _encode_decimal(value: Any) -> bytes:
    try:
        return _decimal_bytes(value if isinstance(value, Decimal) else Decimal(value))
    except (InvalidOperation, OverflowError, TypeError, ValueError, struct.error):
        raise no_value(value, "decimal") from None


def _decode_decimal(raw: bytes) -> Decimal | None:
    if not raw:
        return None
    number, scale = unscaled(raw)
    return Decimal(f"{javatext.digits(number)}E{-scale}")


_COMPLEMENT = str.maketrans("0123456789", "9876543210")


def _order_decimal(raw: bytes) -> tuple[Any, ...]:
    """Sign, magnitude, digits: compared without ever expanding an exponent."""
    if not raw:
        return (-2,)
    number, scale = unscaled(raw)
    if not number:
        return (0,)
    figures = javatext.digits(abs(number))
    adjusted = len(figures) - 1 - scale
    figures = figures.rstrip("0")
    if number > 0:
        return (1, adjusted, figures)
    return (
        -1,
        -adjusted,
        figures.translate(_COMPLEMENT) + ":",
    )  # ":" sorts after the digits: shorter is greater


def _parse_decimal(text: str) -> bytes:
    if not text:
        return b""
    if not re.fullmatch(_DECIMAL, text):
        raise MarshalError(f"unable to make BigDecimal from '{text}'")
    try:
        return _decimal_bytes(_number(text))
    except (InvalidOperation, struct.error):
        raise MarshalError(f"unable to make BigDecimal from '{text}'") from None


def _number(text: str) -> Decimal:
    # What stands behind the E is one of Java's ints, whatever the digits before it make of the scale.
    if abs(int(text.lower().partition("e")[2] or 0)) > _MAX_EXPONENT:
        raise InvalidOperation
    return Decimal(text)


def _decimal_text(raw: bytes) -> str:
    return javatext.big_decimal(*unscaled(raw)) if raw else ""


def plain_decimal(raw: bytes) -> str:
    """The value without an exponent, and without zeros behind its fraction.

    Where that has too many digits for anybody to read it keeps the exponent; a server would try.
    """
    number, scale = unscaled(raw)
    if not number:
        return "0"
    if abs(scale) > _MOST_ZEROS:
        return javatext.big_decimal(number, scale)
    sign, figures = "-" if number < 0 else "", javatext.digits(abs(number))
    if scale <= 0:
        return f"{sign}{figures}{'0' * -scale}"
    figures = figures.rjust(scale + 1, "0")
    return f"{sign}{figures[:-scale]}.{figures[-scale:]}".rstrip("0").rstrip(".")


def _decimal_from_json(parsed: Any) -> bytes:
    text = javatext.text(parsed)
    try:
        return _parse_decimal(text)
    except MarshalError:
        raise MarshalError(f"Value '{text}' is not a valid representation of a decimal value") from None


DECIMAL = NativeType(
    name="decimal",
    java="DecimalType",
    constants=REALS,
    preferred=lambda kind, text: kind is ConstantKind.FLOAT and not prefers_double(kind, text),
    validate=_validate_decimal,
    encode=_encode_decimal,
    decode=_decode_decimal,
    order=_order_decimal,
    reversed_order=reversing(_order_decimal),
    parse=_parse_decimal,
    to_text=_decimal_text,
    to_json=bare(_decimal_text),
    from_json=_decimal_from_json,
    to_cql=literal(_decimal_text),
)
