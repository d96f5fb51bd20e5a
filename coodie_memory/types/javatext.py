"""How Java prints numbers and the values of parsed JSON: the server's answers and error texts contain it."""

from decimal import Decimal
from typing import Any

from coodie_memory.types import floattext


def digits(number: int) -> str:
    """The decimal digits of a number of any size; str() refuses more than 4300."""
    return format(Decimal(number), "f")


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
            return floattext.double(value)
        case list():
            return f"[{', '.join(map(text, value))}]"
        case dict():
            return f"{{{', '.join(f'{text(key)}={text(item)}' for key, item in value.items())}}}"
    return str(value)
