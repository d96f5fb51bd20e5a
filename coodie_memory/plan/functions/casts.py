"""CAST(x AS type): a value made into another type's, each pair of types a function `cast_as_<type>`."""

import math
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import partial
from typing import Any

from coodie_memory.errors import InvalidRequest
from coodie_memory.plan.functions.numbers import EXACT, NUMBERS, Number, as_decimal, as_float, saturated
from coodie_memory.plan.functions.temporal import conversion
from coodie_memory.plan.nodes import Function, Moment
from coodie_memory.result import Raw
from coodie_memory.types import floattext
from coodie_memory.types.base import CqlType
from coodie_memory.types.booleans import BOOLEAN
from coodie_memory.types.decimals import DECIMAL, plain_decimal
from coodie_memory.types.floats import DOUBLE, FLOAT
from coodie_memory.types.inets import INET
from coodie_memory.types.strings import ASCII, TEXT
from coodie_memory.types.times import DATE, TIME
from coodie_memory.types.timestamps import TIMESTAMP
from coodie_memory.types.uuids import TIMEUUID, UUID


def function_name(type_name: str) -> str:
    """The name of the cast to a native type, as the type is written."""
    return f"cast_as_{type_name}"


def functions() -> Iterator[Function]:
    """All casts, under their two names."""
    return _with_legacy_names(_casts())


def _casts() -> Iterator[Function]:
    for source in NUMBERS:
        for target in NUMBERS:
            if target is not source and target.type.cql() != "counter":
                yield _cast(source.type, target.type, _between(source, target))
        yield from _to_strings(source.type)
    yield _cast(ASCII, TEXT, lambda raw: raw)
    for kind in (INET, BOOLEAN, TIMEUUID, TIMESTAMP, DATE, TIME, UUID):
        yield from _to_strings(kind)
    for origin, goal in ((TIMEUUID, DATE), (TIMEUUID, TIMESTAMP), (TIMESTAMP, DATE), (DATE, TIMESTAMP)):
        yield conversion(function_name(goal.cql()), origin, goal)


def _to_strings(kind: CqlType) -> Iterator[Function]:
    yield from _written(kind, kind.to_text)


def _written(kind: CqlType, write: Callable[[bytes], str]) -> Iterator[Function]:
    def text(raw: bytes) -> bytes | None:
        return write(raw).encode() if raw else None

    yield _cast(kind, ASCII, text)
    yield _cast(kind, TEXT, text)


def brief_floats() -> Iterator[Function]:
    """The casts of floating numbers to texts and decimals where whole ones have no fraction."""
    for kind in (FLOAT, DOUBLE):
        brief = partial(_brief, kind)
        yield from _with_legacy_names(_written(kind, brief))
        yield from _with_legacy_names([_cast(kind, DECIMAL, partial(_briefly_decimal, kind))])


def tenths() -> Iterator[Function]:
    """The casts of integers to decimals that all have one digit behind the point."""
    for source in NUMBERS:
        if not source.is_floating:
            yield from _with_legacy_names([_cast(source.type, DECIMAL, partial(_in_tenths, source))])


def plain_decimals() -> Iterator[Function]:
    """The casts of decimals to texts without exponents."""
    yield from _with_legacy_names(_written(DECIMAL, plain_decimal))


def _brief(kind: CqlType, raw: bytes) -> str:
    # Java writes the digits that matter, and Python puts the point and the exponent where others do.
    return repr(float(kind.to_text(raw))).removesuffix(".0")


def _briefly_decimal(kind: CqlType, raw: bytes) -> bytes | None:
    if not raw:
        return None
    # What has no decimal is refused as everywhere.
    as_decimal(kind.decode(raw))
    return DECIMAL.encode(Decimal(_brief(kind, raw)))


def _in_tenths(source: Number, raw: bytes) -> bytes | None:
    number = source.read(raw)
    return None if number is None else DECIMAL.encode(Decimal(number * 10).scaleb(-1, EXACT))


def _with_legacy_names(functions: Iterable[Function]) -> Iterator[Function]:
    for function in functions:
        yield function
        legacy = f"castAs{str(function.returns).capitalize()}"
        yield Function("system", legacy, function.argument_types, function.returns, function.body)


def _between(source: Number, target: Number) -> Callable[[bytes], Raw]:
    convert = _conversion(source, target)

    def converted(raw: bytes) -> Raw:
        number = source.read(raw)
        return None if number is None else target.write(convert(number))

    return converted


def _conversion(source: Number, target: Number) -> Callable[[Any], Any]:
    if target.type.cql() == "decimal":
        if source.type == FLOAT:
            return lambda number: Decimal(floattext.float32(number))
        return as_decimal
    if target.is_floating:
        return as_float
    if source.type.cql() in ("float", "double"):
        # Java narrows a floating value to 32 bits before it narrows to fewer; varint goes by way of 64.
        bits = 32 if target.size <= 4 else 64
        return lambda number: saturated(number, -(1 << bits - 1), (1 << bits - 1) - 1)
    if target.type.cql() == "varint":
        return lambda number: _wrapped(math.trunc(number), 64)
    return math.trunc


def _wrapped(number: int, bits: int) -> int:
    half = 1 << bits - 1
    return (number + half) % (1 << bits) - half


def _cast(source: CqlType, target: CqlType, convert: Callable[[bytes], Raw]) -> Function:
    def body(_moment: Moment, raw: bytes) -> Raw:
        try:
            return convert(raw)
        except ValueError as error:
            # The server fails inside here.
            raise InvalidRequest(str(error)) from None

    return Function("system", function_name(target.cql()), (source,), target, body)
