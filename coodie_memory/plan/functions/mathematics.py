"""abs, exp, log, log10 and round of every numeric type, which each gives back its own type."""

import math
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, Overflow
from typing import Any

from coodie_memory.errors import InvalidRequest
from coodie_memory.plan.functions.numbers import DECIMALS, EXACT, NUMBERS, Number, saturated
from coodie_memory.plan.nodes import Function, Moment
from coodie_memory.result import Raw

_MIN_DIGITS = 32


def functions() -> Iterator[Function]:
    """All overloads."""
    for number in NUMBERS:
        for name, compute in _CHOICES[_family(number)].items():
            yield _function(name, number, compute)


def _function(name: str, number: Number, compute: Callable[[Any], Any]) -> Function:
    def body(_moment: Moment, raw: bytes) -> Raw:
        value = number.read(raw)
        return None if value is None else number.write(compute(value))

    return Function("system", name, (number.type,), number.type, body)


def _family(number: Number) -> str:
    name = number.type.cql()
    if name == "counter":
        return "bigint"
    return name if name in ("decimal", "varint", "float", "bigint", "double") else "integer"


def _exp(value: float) -> float:
    try:
        return math.exp(value)
    except OverflowError:
        return math.inf


def _log(value: float, log: Callable[[float], float]) -> float:
    if value > 0:
        return log(value)
    return -math.inf if value == 0 else math.nan


def _round(value: float, bits: int) -> int:
    """Math.round: half up, as an integer of as many bits."""
    half_up = value if not math.isfinite(value) else math.floor(value + 0.5)
    return saturated(half_up, -(1 << bits - 1), (1 << bits - 1) - 1)


def _as_integer(compute: Callable[[float], float], bits: int) -> Callable[[int], int]:
    return lambda value: saturated(compute(float(value)), -(1 << bits - 1), (1 << bits - 1) - 1)


def _precise(value: Decimal) -> Context:
    context = DECIMALS.copy()
    context.prec = min(max(_MIN_DIGITS, len(value.as_tuple().digits)), DECIMALS.prec)
    context.rounding = ROUND_HALF_EVEN
    return context


def _positive(value: Decimal, what: str) -> Decimal:
    if value <= 0:
        # The server fails inside here.
        raise InvalidRequest(f"{what} of number zero or less")
    return value


def _decimal_exp(value: Decimal) -> Decimal:
    try:
        return _precise(value).exp(value)
    except Overflow:
        # The server fails inside here.
        raise InvalidRequest(f"Overflow in the exponential of {value}") from None


def _decimal_log(value: Decimal) -> Decimal:
    return _precise(value).ln(_positive(value, "Natural log"))


def _decimal_log10(value: Decimal) -> Decimal:
    return _precise(value).log10(_positive(value, "Log10"))


def _as_varint(compute: Callable[[Decimal], Decimal]) -> Callable[[int], int]:
    return lambda value: int(compute(Decimal(value)))


_FLOATING: dict[str, Callable[[Any], Any]] = {
    "abs": abs,
    "exp": _exp,
    "log": lambda value: _log(value, math.log),
    "log10": lambda value: _log(value, math.log10),
}
_CHOICES: dict[str, dict[str, Callable[[Any], Any]]] = {
    # Java makes an int of the double, and a smaller integer of the int, which wraps.
    **{
        family: {
            "abs": abs,
            "exp": _as_integer(_exp, bits),
            "log": _as_integer(_FLOATING["log"], bits),
            "log10": _as_integer(_FLOATING["log10"], bits),
            "round": int,
        }
        for family, bits in (("integer", 32), ("bigint", 64))
    },
    "varint": {
        "abs": abs,
        "exp": _as_varint(_decimal_exp),
        "log": _as_varint(_decimal_log),
        "log10": _as_varint(_decimal_log10),
        "round": int,
    },
    "float": {**_FLOATING, "round": lambda value: _round(value, 32)},
    "double": {**_FLOATING, "round": lambda value: _round(value, 64)},
    "decimal": {
        "abs": EXACT.abs,
        "exp": _decimal_exp,
        "log": _decimal_log,
        "log10": _decimal_log10,
        "round": lambda value: value.quantize(Decimal(1), rounding=ROUND_HALF_UP, context=DECIMALS),
    },
}
