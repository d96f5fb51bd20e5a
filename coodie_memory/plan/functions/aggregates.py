"""Aggregates: count, sum, avg, min, max; a fold over the rows of a group that skips nulls."""

import math
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from coodie_memory.plan.functions.factories import Factory, anything
from coodie_memory.plan.functions.numbers import BY_NAME, EXACT, NUMBERS, Number
from coodie_memory.plan.nodes import Aggregate
from coodie_memory.result import Raw
from coodie_memory.types.base import CqlType
from coodie_memory.types.integers import BIGINT
from coodie_memory.types.strings import BLOB
from coodie_memory.value import Value

COUNT_ROWS = ("count_rows", "countRows")


def functions() -> Iterator[Aggregate]:
    """The aggregates with fixed types."""
    for name in COUNT_ROWS:
        yield Aggregate("system", name, (), BIGINT, int, lambda count: count + 1, _count)
    yield Aggregate(
        "system", "count", (BLOB,), BIGINT, int, lambda count, raw: count + (raw is not None), _count
    )
    for number in NUMBERS:
        yield sum_of(number.type)
        yield average_of(number.type)


def factories() -> Iterator[Factory]:
    """The aggregates of any type."""
    yield Factory(
        "max", (anything(from_receiver=True),), lambda types, _receiver: extreme_of("max", types[0])
    )
    yield Factory(
        "min", (anything(from_receiver=True),), lambda types, _receiver: extreme_of("min", types[0])
    )


def extreme_of(name: str, kind: CqlType) -> Aggregate:
    """`min` or `max` by the type's order; of equals the first, null of nothing."""
    order = kind.order

    def smaller(found: Raw, raw: Raw) -> Raw:
        return raw if found is None or (raw is not None and order(raw) < order(found)) else found

    def greater(found: Raw, raw: Raw) -> Raw:
        return raw if found is None or (raw is not None and order(found) < order(raw)) else found

    step = smaller if name == "min" else greater
    return Aggregate("system", name, (kind,), kind, _nothing, step, _as_it_is)


def sum_of(kind: CqlType) -> Aggregate:
    """The sum in the type itself, wrapping around where the type does; zero of nothing."""
    number = BY_NAME[kind.cql()]
    if kind.cql() in ("float", "double"):
        return _aggregate("sum", number, _FloatSum, _FloatSum.total)
    if kind.cql() == "decimal":
        return _fold("sum", number, Decimal(0), EXACT.add)
    return _fold("sum", number, 0, lambda total, value: total + value)


def average_of(kind: CqlType) -> Aggregate:
    """The average in the type itself: integers truncated, decimals running; zero of nothing."""
    number = BY_NAME[kind.cql()]
    if kind.cql() in ("float", "double"):
        return _aggregate("avg", number, _FloatSum, _FloatSum.average)
    if kind.cql() == "decimal":
        return _aggregate("avg", number, _DecimalAverage, lambda state: state.average)
    return _aggregate("avg", number, _IntegerSum, _IntegerSum.average)


class _ExactAverage(Value):
    """The exact sum, divided at the end; the scale stays that of the sum."""

    total: Decimal = Decimal(0)
    count: int = 0

    def plus(self, value: Decimal) -> "_ExactAverage":
        return _ExactAverage(EXACT.add(self.total, value), self.count + 1)

    def average(self) -> Decimal:
        return _quotient(self.total, self.count) if self.count else Decimal(0)


def _aggregate(
    name: str, number: Number, start: Callable[[], Any], finish: Callable[[Any], Any]
) -> Aggregate:
    read, write = number.read, number.write

    def step(state: Any, raw: Raw) -> Any:
        value = None if raw is None else read(raw)
        return state if value is None else state.plus(value)

    return Aggregate(
        "system", name, (number.type,), number.type, start, step, lambda state: write(finish(state))
    )


def _fold(name: str, number: Number, zero: Any, plus: Callable[[Any, Any], Any]) -> Aggregate:
    read, write = number.read, number.write

    def step(total: Any, raw: Raw) -> Any:
        value = None if raw is None else read(raw)
        return total if value is None else plus(total, value)

    return Aggregate("system", name, (number.type,), number.type, lambda: zero, step, write)


class _IntegerSum(Value):
    total: int = 0
    count: int = 0

    def plus(self, value: int) -> "_IntegerSum":
        return _IntegerSum(self.total + value, self.count + 1)

    def average(self) -> int:
        if not self.count:
            return 0
        quotient = abs(self.total) // self.count
        return quotient if self.total >= 0 else -quotient


class _DecimalAverage(Value):
    """The server's running average: each step is rounded to the scale of the difference, and loses digits so."""

    average: Decimal = Decimal(0)
    count: int = 0

    def plus(self, value: Decimal) -> "_DecimalAverage":
        difference = EXACT.subtract(value, self.average)
        step = (
            EXACT.divide(difference, Decimal(self.count + 1))
            if not difference
            else _quotient(difference, self.count + 1)
        )
        return _DecimalAverage(EXACT.add(self.average, step), self.count + 1)


def _quotient(number: Decimal, divisor: int) -> Decimal:
    """The quotient in the number's own scale, half to even."""
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    digits = int(EXACT.scaleb(number, -exponent))
    quotient, rest = divmod(abs(digits), divisor)
    if 2 * rest > divisor or (2 * rest == divisor and quotient % 2):
        quotient += 1
    return EXACT.scaleb(Decimal(quotient if digits > 0 else -quotient), exponent)


class _FloatSum(Value):
    """Kahan's compensated sum, as the server adds."""

    sum: float = 0.0
    compensation: float = 0.0
    simple: float = 0.0
    count: int = 0
    exact: Decimal | None = None
    """Once the sum has overflowed: all of it, for the average."""

    def plus(self, value: float) -> "_FloatSum":
        shifted = value - self.compensation
        rounded = self.sum + shifted
        exact = self.exact
        if exact is not None and math.isfinite(value):
            exact = EXACT.add(exact, Decimal(repr(value)))
        elif math.isinf(rounded) and math.isfinite(value) and math.isfinite(self.sum):
            exact = EXACT.add(Decimal(repr(self.sum)), Decimal(repr(value)))
        return _FloatSum(rounded, (rounded - self.sum) - shifted, self.simple + value, self.count + 1, exact)

    def total(self) -> float:
        found = self.sum + self.compensation
        return self.simple if math.isnan(found) and math.isinf(self.simple) else found

    def average(self) -> float:
        if not self.count:
            return 0.0
        if self.exact is not None:
            return float(self.exact / self.count)
        return self.total() / self.count


EXACT_AVERAGE = _aggregate("avg", BY_NAME["decimal"], _ExactAverage, _ExactAverage.average)
"""The average of decimals that is nothing but their sum, divided."""


def _count(count: int) -> bytes:
    return count.to_bytes(8, "big")


def _nothing() -> Raw:
    return None


def _as_it_is(raw: Raw) -> Raw:
    return raw


__all__ = [
    "COUNT_ROWS",
    "EXACT_AVERAGE",
    "ROUND_HALF_EVEN",
    "average_of",
    "extreme_of",
    "factories",
    "functions",
    "sum_of",
]
