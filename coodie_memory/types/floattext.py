"""Double.toString and Float.toString as Java 17 has them, which is not always the shortest form.

Digits are generated until the rest is smaller than half the gap between neighbours; what differs from Python's repr is
when that stops. Verified against a JVM on millions of values.
"""

import math
import struct

from coodie_memory.value import Value

_DOUBLE_BITS, _FLOAT_BITS = struct.Struct(">q"), struct.Struct(">i")


class _Format(Value):
    """An IEEE 754 format: widths in bits, the hidden one not counted."""

    fraction: int
    exponent: int

    @property
    def bias(self) -> int:
        return (1 << self.exponent - 1) - 1


_DOUBLE, _FLOAT = _Format(52, 11), _Format(23, 8)


def double(value: float) -> str:
    """Double.toString."""
    (bits,) = _DOUBLE_BITS.unpack(struct.pack(">d", value))
    return _text(value, bits & (1 << 63) - 1, _DOUBLE)


def float32(value: float) -> str:
    """Float.toString of a value that fits 32 bits."""
    (bits,) = _FLOAT_BITS.unpack(struct.pack(">f", value))
    return _text(value, bits & (1 << 31) - 1, _FLOAT)


def _text(value: float, bits: int, form: _Format) -> str:
    if math.isnan(value):
        return "NaN"
    sign = "-" if math.copysign(1.0, value) < 0 else ""
    if math.isinf(value):
        return f"{sign}Infinity"
    if not bits:
        return f"{sign}0.0"
    digits, point = _digits(bits, form)
    if -3 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    if 0 < point < 8:
        return f"{sign}{digits[:point].ljust(point, '0')}.{digits[point:] or '0'}"
    return f"{sign}{digits[0]}.{digits[1:] or '0'}E{point - 1}"


def _digits(bits: int, form: _Format) -> tuple[str, int]:
    """Decimal digits and the place of the point before, among or after them."""
    biased, fraction = bits >> form.fraction, bits & (1 << form.fraction) - 1
    if biased:
        significant = form.fraction + 1
        fraction |= 1 << form.fraction
    else:
        significant = fraction.bit_length()
        fraction <<= form.fraction + 1 - significant
        biased = significant - form.fraction
    exponent = biased - form.bias
    odd = fraction >> (fraction & -fraction).bit_length() - 1
    behind_point = odd.bit_length() - exponent - 1
    if behind_point <= 0 and exponent <= 62:
        return _integer_digits(odd << -behind_point, exponent, significant)
    return _fraction_digits(odd, exponent, significant)


def _integer_digits(number: int, exponent: int, significant: int) -> tuple[str, int]:
    """All digits of a number that is an integer, but those that its last bit does not reach."""
    spare = exponent - significant - 1
    insignificant = len(str(1 << spare)) - 1 if exponent > significant and spare > 1 else 0
    if insignificant:
        scale = 10**insignificant
        number, rest = divmod(number, scale)
        if rest >= scale // 2:
            number += 1
    text = str(number)
    return text.rstrip("0"), len(text) + insignificant


def _estimate(odd: int, exponent: int) -> int:
    """The power of ten at or just below the number, or one more: a straight line instead of a logarithm."""
    mantissa = odd / (1 << odd.bit_length() - 1)
    return math.floor((mantissa - 1.5) * 0.289529654 + 0.176091259 + exponent * 0.301029995663981)


def _fraction_digits(odd: int, exponent: int, significant: int) -> tuple[str, int]:
    """The number is `rest` / `unit` * 10 ** `power`; `half` is half the gap to its neighbours in the same terms."""
    power = _estimate(odd, exponent)
    width = odd.bit_length()
    fives_above, fives_below = max(0, -power), max(0, power)
    twos_above = fives_above + max(0, exponent)
    twos_below = fives_below + max(0, -exponent)
    # A power of two has its lower neighbour at half the distance; both sides are taken so.
    twos_half = twos_above - significant - (width == 1)
    twos_above -= width - 1
    spare = min(twos_above, twos_below, twos_half)
    twos_above, twos_below, twos_half = twos_above - spare, twos_below - spare, twos_half - spare
    rest, unit, half = (
        odd * 5**fives_above << twos_above,
        5**fives_below << twos_below,
        5**fives_above << twos_half,
    )
    word = _word(
        max(width + twos_above + _five_bits(fives_above), twos_below + 1 + _five_bits(fives_below + 1))
    )
    return _generate(rest, unit, half, power, word)


def _word(bits: int) -> int | None:
    """How wide the JVM's arithmetic is: an int, a long, or big numbers."""
    return 32 if bits < 32 else 64 if bits < 64 else None


def _generate(rest: int, unit: int, half: int, power: int, word: int | None) -> tuple[str, int]:
    digits: list[int] = []
    low = high = False
    while not (low or high):
        leading = not digits and rest < unit
        digit, rest = divmod(rest, unit)
        rest, half = rest * 10, _wrapped(half * 10, word)
        # Once half the gap has outgrown its word, the JVM takes what it has; big numbers count the upper limit in.
        low = half <= 0 or rest < half
        high = half <= 0 or (
            rest + half >= unit * 10 if word is None else _wrapped(rest + half, word) > unit * 10
        )
        if leading and not high:
            power -= 1
        else:
            digits.append(digit)
        if len(digits) + leading == 1 and not -3 <= power < 8:
            low = high = False  # exponential form has two digits at least
    twice = 2 * rest - unit * 10
    number = int("".join(map(str, digits)))
    if high and (not low or twice > 0 or (twice == 0 and digits[-1] % 2)):
        number += 1
    text = str(number)
    return text.rstrip("0"), power + 1 + len(text) - len(digits)


def _wrapped(number: int, word: int | None) -> int:
    """The JVM does not notice when a sum outgrows its word."""
    if word is None:
        return number
    limit = 1 << word - 1
    return (number + limit) % (2 * limit) - limit


def _five_bits(power: int) -> int:
    """How many bits the JVM reckons with for a power of five."""
    return (5**power).bit_length() if power < 27 else power * 3
