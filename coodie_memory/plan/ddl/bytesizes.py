"""Sizes as people write them, `1.5GiB`, read as the server reads them."""

import math
import re
from decimal import Decimal

from coodie_memory.types.digits import whole

_NUMBER = r"(?a)NaN|[+-]?Infinity|[+-]?\d+(?:\.\d+)?(?P<exponent>[eE][+-]?\d+)?"
_BINARY_EXPONENT = r"(?a)\*2\^([+-]?\d+)"
_PREFIXES = "qryzafpnum KMGTPEZYRQ"
"""From a quecto- on, in steps of a thousand; the blank is a byte alone."""
_ONE = _PREFIXES.index(" ")
_GREATEST, _DOUBLES = 2**63, 1023


class NoSize(Exception):
    """The text is no size; the message says why, as far as the server says it."""


def size(text: str) -> float:
    """The number of bytes, whole or not, as great as it may be."""
    end = len(text) - 1
    if not text.endswith("B"):
        raise NoSize(f"{text} does not end in unit B")
    number = re.match(_NUMBER, text[:end])
    if number is None:
        raise NoSize("null")
    bytes_, at = float(number[0]), number.end()
    if number["exponent"] is None and (exponent := re.match(_BINARY_EXPONENT, text[at:end])):
        # Beyond this everything is nothing, or without end.
        power = max(-_DOUBLES, min(whole(exponent[1]), _DOUBLES))
        bytes_, at = bytes_ * 2.0**power, at + exponent.end()
    at += len(text[at:end]) - len(text[at:end].lstrip())
    if at < end and text[at] in _PREFIXES:
        power = _PREFIXES.index(text[at]) - _ONE
        is_binary = text[at + 1 : end].startswith("i")
        bytes_, at = bytes_ * (1024.0 if is_binary else 1000.0) ** power, at + 1 + is_binary
    if at != end:
        raise NoSize(f"Unexpected characters between pos {at} and {end} in {text}")
    return bytes_


def limited(bytes_: float) -> int:
    """The size as a 64-bit number of bytes, at most the greatest of them; none of what is no number."""
    return int(max(-_GREATEST, min(bytes_, _GREATEST - 1))) if not math.isnan(bytes_) else 0


def is_too_great(bytes_: float) -> bool:
    """Whether no 64-bit number is as great."""
    return abs(bytes_) >= _GREATEST


def shown(bytes_: int) -> str:
    """The size as the server shows it: `1.500GiB`."""
    power = max(0, min(6, (abs(bytes_).bit_length() - 1) // 10))
    number = Decimal(bytes_) / Decimal(1024**power)
    return f"{number:.3f}{'KMGTPE'[power - 1]}iB" if power else f"{number:.3f}B"
