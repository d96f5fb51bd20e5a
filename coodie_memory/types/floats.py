"""float and double."""

import math
import re
import struct
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from coodie_memory.types import floattext, javatext
from coodie_memory.types.base import EMPTY_KEY, ConstantKind, MarshalError
from coodie_memory.types.native import NativeType, expected, literal, negated, never, no_value, sized

REALS = frozenset({ConstantKind.INTEGER, ConstantKind.FLOAT})
_REAL = r"(?a)\s*[+-]?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?)\s*"
_SPECIAL = r"(?i)-?(?:nan|infinity)"


def real(text: str) -> float | None:
    """What Double.parseDouble makes of a text, None if nothing."""
    if re.fullmatch(_SPECIAL, text):
        return float(text)
    return float(text.strip().rstrip("fFdD")) if re.fullmatch(_REAL, text) else None


def _float_order(code: str, bits: int, infinity: int) -> Callable[[bytes], Any]:
    """The bit pattern as an integer sorts positive numbers; negative ones are mirrored below, so that -0.0 < 0.0."""
    unpack, sign_bit, nan = struct.Struct(code).unpack_from, 1 << bits - 1, infinity + 1

    def order(raw: bytes) -> int | float:
        if not raw:
            return EMPTY_KEY
        pattern: int = unpack(raw)[0]
        magnitude = pattern if pattern >= 0 else pattern + sign_bit
        if magnitude > infinity:
            return nan
        return pattern if pattern >= 0 else -1 - magnitude

    return order


def _float_parse(name: str, pack: Callable[[float], bytes]) -> Callable[[str], bytes]:
    def parse(text: str) -> bytes:
        if not text:
            return b""
        number = real(text)
        if number is None:
            raise MarshalError(f"Unable to make {name} from '{text}'")
        try:
            return pack(number)
        except OverflowError:
            return pack(math.copysign(math.inf, number))

    return parse


def _float_from_json(name: str, parse: Callable[[str], bytes]) -> Callable[[Any], bytes]:
    def from_json(parsed: Any) -> bytes:
        if isinstance(parsed, bool) or not isinstance(parsed, (str, int, float)):
            raise expected(f"a {name} value", parsed)
        return parse(javatext.text(parsed))

    return from_json


def _float_to_json(
    decode: Callable[[bytes], float | None], form: Callable[[float], str]
) -> Callable[[bytes], str]:
    def to_json(raw: bytes) -> str:
        number = decode(raw)
        if number is None:
            return '""'
        return form(number) if math.isfinite(number) else "null"

    return to_json


def _floating(
    name: str,
    *,
    java: str,
    code: str,
    order: Callable[[bytes], Any],
    form: Callable[[float], str],
    preferred: Callable[[ConstantKind, str], bool],
) -> NativeType:
    packed = struct.Struct(code)
    pack, unpack, width = packed.pack, packed.unpack, packed.size

    def encode(value: Any) -> bytes:
        try:
            return pack(value)
        except (struct.error, OverflowError):
            raise no_value(value, name) from None

    def decode(raw: bytes) -> float | None:
        return unpack(raw)[0] if raw else None

    def to_text(raw: bytes) -> str:
        return form(unpack(raw)[0]) if raw else ""

    parse = _float_parse(name, pack)
    return NativeType(
        name=name,
        java=java,
        constants=REALS,
        preferred=preferred,
        validate=sized(f"Expected {width} or 0 byte value for a {name}", width, 0),
        encode=encode,
        decode=decode,
        order=order,
        reversed_order=negated(order),
        parse=parse,
        to_text=to_text,
        to_json=_float_to_json(decode, form),
        from_json=_float_from_json(name, parse),
        to_cql=literal(to_text),
        width=width,
    )


def prefers_double(kind: ConstantKind, text: str) -> bool:
    """Special values, and texts that a double holds without loss of what Java prints."""
    if kind is not ConstantKind.FLOAT:
        return False
    return bool(re.fullmatch(_SPECIAL, text)) or Decimal(text) == Decimal(repr(float(text)))


FLOAT = _floating(
    "float",
    java="FloatType",
    code=">f",
    order=_float_order(">i", 32, 0x7F800000),
    form=floattext.float32,
    preferred=never,
)
DOUBLE = _floating(
    "double",
    java="DoubleType",
    code=">d",
    order=_float_order(">q", 64, 0x7FF0000000000000),
    form=floattext.double,
    preferred=prefers_double,
)
