"""How Java prints numbers and the values of parsed JSON: the server's answers and error texts contain it."""

import math
import struct
from decimal import Decimal
from typing import Any

_FLOAT = struct.Struct(">f")


def digits(number: int) -> str:
    """The decimal digits of a number of any size; str() refuses more than 4300."""
    return format(Decimal(number), "f")


def double(value: float) -> str:
    """Double.toString: shortest digits, plain from 1.0E-3 up to 1.0E7."""
    return _shortest(value, repr)


def float32(value: float) -> str:
    """Float.toString of a value that has been rounded to 32 bits."""
    return _shortest(value, _shortest_float32)


def big_decimal(unscaled: int, scale: int) -> str:
    """BigDecimal.toString: plain unless the scale is negative or the first digit stands after the sixth place."""
    sign, text = "-" if unscaled < 0 else "", digits(abs(unscaled))
    adjusted = len(text) - 1 - scale
    if scale == 0:
        return sign + text
    if scale > 0 and adjusted >= -6:
        text = text.rjust(scale + 1, "0")
        return f"{sign}{text[:-scale]}.{text[-scale:]}"
    mantissa = f"{text[0]}.{text[1:]}" if len(text) > 1 else text
    return f"{sign}{mantissa}E{adjusted:+d}" if adjusted else sign + mantissa


def class_name(value: Any) -> str:
    """The simple name of the class that the server's JSON parser would have made."""
    match value:
        case bool():
            return "Boolean"
        case int():
            return (
                "Integer"
                if -(2**31) <= value < 2**31
                else "Long"
                if -(2**63) <= value < 2**63
                else "BigInteger"
            )
        case float():
            return "Double"
        case str():
            return "String"
        case list():
            return "ArrayList"
        case dict():
            return "LinkedHashMap"
    return "null"


def text(value: Any) -> str:
    """String.valueOf a parsed JSON value."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return digits(value)
        case float():
            return double(value)
        case list():
            return f"[{', '.join(map(text, value))}]"
        case dict():
            return f"{{{', '.join(f'{text(key)}={text(item)}' for key, item in value.items())}}}"
    return str(value)


def _shortest(value: float, shortest: Any) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    sign = "-" if math.copysign(1.0, value) < 0 else ""
    if value == 0:
        return f"{sign}0.0"
    _, figures, exponent = Decimal(shortest(abs(value))).normalize().as_tuple()
    assert isinstance(exponent, int)
    mantissa = "".join(map(str, figures))
    point = len(mantissa) + exponent
    if -2 <= point <= 7:
        mantissa = mantissa.ljust(point, "0") if point > 0 else "0" * (1 - point) + mantissa
        whole = max(point, 1)
        return f"{sign}{mantissa[:whole]}.{mantissa[whole:] or '0'}"
    return f"{sign}{mantissa[0]}.{mantissa[1:] or '0'}E{point - 1}"


def _shortest_float32(value: float) -> str:
    packed = _FLOAT.pack(value)
    for precision in range(1, 9):
        candidate = f"{value:.{precision}g}"
        try:
            if _FLOAT.pack(float(candidate)) == packed:
                return candidate
        except OverflowError:  # rounding up left the range: more figures are needed
            continue
    return f"{value:.9g}"
