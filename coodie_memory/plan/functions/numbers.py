"""Numbers as Java computes with them: fixed widths wrap, floats saturate, decimals keep their scale."""

import math
import struct
from collections.abc import Callable
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, ROUND_HALF_UP, Context, Decimal
from typing import Any

from coodie_memory.types import floattext
from coodie_memory.types.base import CqlType
from coodie_memory.types.decimals import DECIMAL
from coodie_memory.types.floats import DOUBLE, FLOAT
from coodie_memory.types.integers import BIGINT, COUNTER, INT, SMALLINT, TINYINT, VARINT, minimal_bytes
from coodie_memory.value import Value

DECIMALS = Context(prec=10_000, rounding=ROUND_HALF_UP, Emax=MAX_EMAX, Emin=MIN_EMIN)
"""The server rounds sums and products to 10 000 digits."""
EXACT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)


class Number(Value):
    """A numeric type: `read` gives None for the empty value, `write` brings any number into the type's range."""

    type: CqlType
    size: int
    is_floating: bool
    read: Callable[[bytes], Any]
    write: Callable[[Any], bytes]


def _fixed(kind: CqlType, width: int) -> Number:
    modulus, half = 1 << 8 * width, 1 << 8 * width - 1

    def write(number: Any) -> bytes:
        return ((int(number) + half) % modulus - half).to_bytes(width, "big", signed=True)

    return Number(kind, width, is_floating=False, read=kind.decode, write=write)


def _floating(kind: CqlType, code: str, width: int) -> Number:
    pack = struct.Struct(code).pack

    def write(number: Any) -> bytes:
        try:
            return pack(number)
        except OverflowError:
            return pack(math.inf if number > 0 else -math.inf)

    return Number(kind, width, is_floating=True, read=kind.decode, write=write)


_UNBOUNDED = 2**31 - 1
NUMBERS = (
    _fixed(TINYINT, 1),
    _fixed(SMALLINT, 2),
    _fixed(INT, 4),
    _fixed(BIGINT, 8),
    _floating(FLOAT, ">f", 4),
    _floating(DOUBLE, ">d", 8),
    Number(DECIMAL, _UNBOUNDED, is_floating=True, read=DECIMAL.decode, write=DECIMAL.encode),
    Number(
        VARINT,
        _UNBOUNDED,
        is_floating=False,
        read=VARINT.decode,
        write=lambda value: minimal_bytes(int(value)),
    ),
    _fixed(COUNTER, 8),
)
BY_NAME = {number.type.cql(): number for number in NUMBERS}


def common(left: Number, right: Number) -> Number:
    """The type of an operation's result: the wider one, floating if one of them is."""
    size = max(left.size, right.size)
    if left.is_floating or right.is_floating:
        names = {4: "float", 8: "double"}
        # An integer narrower than a float's four bytes beside a float is a float.
        return BY_NAME[names.get(max(size, 4), "decimal")]
    return BY_NAME[{1: "tinyint", 2: "smallint", 4: "int", 8: "bigint"}.get(size, "varint")]


def as_float(number: Any) -> float:
    """Number.doubleValue: infinite beyond the range."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def as_decimal(number: Any) -> Decimal:
    """What Java's decimal conversion makes of any number, `ValueError` of NaN and infinities."""
    if isinstance(number, Decimal):
        return number
    if isinstance(number, float):
        if math.isnan(number):
            raise ValueError("A NaN cannot be converted into a decimal")
        if math.isinf(number):
            raise ValueError("An infinite number cannot be converted into a decimal")
        return Decimal(floattext.double(number))
    return Decimal(number)


def saturated(number: float, low: int, high: int) -> int:
    """Java's (int) and (long) of a floating value: toward zero, clamped; NaN is 0."""
    if math.isnan(number):
        return 0
    if math.isinf(number):
        return high if number > 0 else low
    return min(max(int(number), low), high)
