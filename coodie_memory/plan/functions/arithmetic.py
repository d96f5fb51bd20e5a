"""The operators `+ - * / %` and unary minus, each an overloaded function of the server."""

import math
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from coodie_memory.errors import FunctionFailure
from coodie_memory.plan.functions.numbers import (
    DECIMALS,
    EXACT,
    NUMBERS,
    Number,
    as_decimal,
    as_float,
    common,
)
from coodie_memory.plan.functions.temporal import moved_date, moved_timestamp
from coodie_memory.plan.nodes import Function, Moment
from coodie_memory.result import Raw
from coodie_memory.types.base import CqlType
from coodie_memory.types.decimals import DECIMAL
from coodie_memory.types.durations import DURATION
from coodie_memory.types.integers import VARINT
from coodie_memory.types.strings import ASCII, TEXT
from coodie_memory.types.times import DATE
from coodie_memory.types.timestamps import TIMESTAMP

_MIN_DIGITS, _MAX_SCALE = 32, 1000


def functions() -> Iterator[Function]:
    """All overloads of all operators."""
    for left in NUMBERS:
        for right in NUMBERS:
            for name, symbol, compute in _OPERATORS:
                yield _numeric(name, symbol, compute, left, right)
        yield _negation(left)
    for kind, moved in ((TIMESTAMP, moved_timestamp), (DATE, moved_date)):
        yield _temporal("_add", "+", kind, moved, 1)
        yield _temporal("_substract", "-", kind, moved, -1)
    for returns, first, second in (
        (TEXT, TEXT, TEXT),
        (ASCII, ASCII, ASCII),
        (TEXT, ASCII, TEXT),
        (TEXT, TEXT, ASCII),
    ):
        yield _guarded("_add", "+", (first, second), returns, lambda one, other: one + other)


def _numeric(
    name: str, symbol: str, compute: "Callable[[Any, Any, Number], Any]", left: Number, right: Number
) -> Function:
    result = common(left, right)
    read_left, read_right = _operand(left, result), _operand(right, result)

    def body(first: bytes, second: bytes) -> Raw:
        one, other = read_left(first), read_right(second)
        if one is None or other is None:
            return None
        return result.write(compute(one, other, result))

    return _guarded(name, symbol, (left.type, right.type), result.type, body)


def _operand(number: Number, result: Number) -> Callable[[bytes], Any]:
    """Reads an operand. Of integers with a width the server makes decimals by way of doubles: 1 becomes 1.0."""
    if result.type != DECIMAL or number.is_floating or number.type in (DECIMAL, VARINT):
        return number.read

    def read(raw: bytes) -> Any:
        value = number.read(raw)
        return None if value is None else float(value)

    return read


def _guarded(
    name: str,
    symbol: str,
    types: tuple[CqlType, CqlType],
    returns: CqlType,
    compute: Callable[[bytes, bytes], Raw],
) -> Function:
    def body(_moment: Moment, left: bytes, right: bytes) -> Raw:
        try:
            return compute(left, right)
        except (ArithmeticError, ValueError) as error:
            raise FunctionFailure(
                f"the operation '{types[0]} {symbol} {types[1]}' failed: {error}",
                keyspace="system",
                function=name,
                argument_types=(str(types[0]), str(types[1])),
            ) from None

    return Function("system", name, types, returns, body)


def _negation(number: Number) -> Function:
    def body(_moment: Moment, operand: bytes) -> Raw:
        value = number.read(operand)
        if value is None:
            return None
        return number.write(value.copy_negate() if isinstance(value, Decimal) and value else -value)

    return Function("system", "_negate", (number.type,), number.type, body)


def _temporal(
    name: str, symbol: str, kind: CqlType, moved: Callable[[bytes, bytes, int], bytes], sign: int
) -> Function:
    def body(moment: bytes, duration: bytes) -> Raw:
        return moved(moment, duration, sign) if moment else None

    return _guarded(name, symbol, (kind, DURATION), kind, body)


def _add(left: Any, right: Any, result: Number) -> Any:
    if result.type == DECIMAL:
        return DECIMALS.add(as_decimal(left), as_decimal(right))
    return as_float(left) + as_float(right) if result.is_floating else left + right


def _subtract(left: Any, right: Any, result: Number) -> Any:
    if result.type == DECIMAL:
        return DECIMALS.subtract(as_decimal(left), as_decimal(right))
    return as_float(left) - as_float(right) if result.is_floating else left - right


def _multiply(left: Any, right: Any, result: Number) -> Any:
    if result.type == DECIMAL:
        return DECIMALS.multiply(as_decimal(left), as_decimal(right))
    return as_float(left) * as_float(right) if result.is_floating else left * right


def _divide(left: Any, right: Any, result: Number) -> Any:
    if result.type == DECIMAL:
        return _decimal_quotient(as_decimal(left), as_decimal(right))
    if result.is_floating:
        return _float_quotient(as_float(left), as_float(right))
    return _truncated(left, _not_zero(right, result))


def _modulo(left: Any, right: Any, result: Number) -> Any:
    if result.type == DECIMAL:
        return _decimal_remainder(as_decimal(left), as_decimal(right))
    if result.is_floating:
        dividend, divisor = as_float(left), as_float(right)
        return math.nan if math.isinf(dividend) or divisor == 0 else math.fmod(dividend, divisor)
    return left - right * _truncated(left, _not_zero(right, result))


def _not_zero(divisor: int, result: Number) -> int:
    if divisor == 0:
        raise ZeroDivisionError("BigInteger divide by zero" if result.type.cql() == "varint" else "/ by zero")
    return divisor


def _truncated(dividend: int, divisor: int) -> int:
    quotient = abs(dividend) // abs(divisor)
    return quotient if (dividend < 0) == (divisor < 0) else -quotient


def _float_quotient(dividend: float, divisor: float) -> float:
    if divisor != 0:
        return dividend / divisor
    if dividend == 0 or math.isnan(dividend):
        return math.nan
    return math.copysign(math.inf, dividend) * math.copysign(1, divisor)


def _decimal_quotient(dividend: Decimal, divisor: Decimal) -> Decimal:
    """Rounded half up to the scale that gives 32 significant digits, then without trailing zeros."""
    if not divisor:
        raise ZeroDivisionError("BigInteger divide by zero")
    first_digit = (dividend.adjusted() + 1) - (divisor.adjusted() + 1)
    scale = max(_MIN_DIGITS - first_digit, -_exponent(dividend), -_exponent(divisor), _MIN_DIGITS)
    scale = min(scale, _MAX_SCALE)
    shift = scale + _exponent(dividend) - _exponent(divisor)
    numerator, denominator = abs(_unscaled(dividend)), abs(_unscaled(divisor))
    if shift >= 0:
        numerator *= 10**shift
    else:
        denominator *= 10**-shift
    quotient, rest = divmod(numerator, denominator)
    if 2 * rest >= denominator:
        quotient += 1
    if (dividend < 0) != (divisor < 0):
        quotient = -quotient
    if quotient == 0:
        return Decimal(0)
    return EXACT.scaleb(EXACT.normalize(Decimal(quotient)), -scale)


def _decimal_remainder(dividend: Decimal, divisor: Decimal) -> Decimal:
    if not divisor:
        raise ZeroDivisionError("Division by zero")
    # The scale is Java's, which takes the whole quotient away: as if it had no more digits than it needs.
    quotient = EXACT.divide_int(dividend, divisor)
    scale = _exponent(divisor) - _exponent(dividend)
    if quotient:
        scale = max(scale, -_exponent(EXACT.normalize(quotient)))
    exponent = min(_exponent(dividend), _exponent(divisor) - scale)
    return EXACT.quantize(EXACT.remainder(dividend, divisor), Decimal((0, (1,), exponent)))


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    return exponent


def _unscaled(number: Decimal) -> int:
    return int(EXACT.scaleb(number, -_exponent(number)))


_OPERATORS: "tuple[tuple[str, str, Callable[[Any, Any, Number], Any]], ...]" = (
    ("_add", "+", _add),
    ("_substract", "-", _subtract),
    ("_multiply", "*", _multiply),
    ("_divide", "/", _divide),
    ("_modulo", "%", _modulo),
)
