"""What type a term has by itself, where nobody receives it: in select lists, and among a function's arguments.

`exact_type` is what the term says (a hint, a function's result); `compatible_type` falls back on what its constants look
most like. None means that only a receiver could tell.
"""

import uuid
from collections.abc import Iterable
from decimal import Decimal
from typing import assert_never

from coodie_memory.cql import ast
from coodie_memory.plan import functions
from coodie_memory.plan.scope import Scope
from coodie_memory.types.base import CqlType
from coodie_memory.types.booleans import BOOLEAN
from coodie_memory.types.collections import MapType, SetType
from coodie_memory.types.decimals import DECIMAL
from coodie_memory.types.digits import whole
from coodie_memory.types.durations import DURATION
from coodie_memory.types.floats import DOUBLE
from coodie_memory.types.integers import BIGINT, INT, TINYINT, VARINT
from coodie_memory.types.strings import ASCII, BLOB, TEXT
from coodie_memory.types.tuples import TupleType
from coodie_memory.types.uuids import TIMEUUID, UUID


def exact_type(scope: Scope, raw: ast.Term) -> CqlType | None:
    """The type that the term has, whoever receives it."""
    match raw:
        case ast.TypeHint():
            return scope.type(raw.type)
        case ast.FunctionCall() | ast.BinaryOp() | ast.Negation() | ast.Cast():
            return functions.exact_type(scope, raw)
        case ast.SetLiteral():
            element = _first(exact_type(scope, element) for element in raw.elements)
            return SetType(element) if element else None
        case ast.MapLiteral():
            key = _first(exact_type(scope, key) for key, _ in raw.entries)
            value = _first(exact_type(scope, value) for _, value in raw.entries)
            return MapType(key, value) if key and value else None
        case ast.TupleLiteral():
            components = [exact_type(scope, element) for element in raw.elements]
            known = tuple(component for component in components if component)
            return TupleType(known) if len(known) == len(components) else None
        case ast.Literal() | ast.Null() | ast.Marker() | ast.ListLiteral() | ast.UserTypeLiteral():
            return None
        case _:
            assert_never(raw)


def type_in_selection(scope: Scope, raw: ast.Literal | ast.Null | ast.Marker) -> CqlType | None:
    """The type that a term has in a select list where nobody expects one."""
    if not scope.dialect.types_constants_in_selection or not isinstance(raw, ast.Literal):
        return exact_type(scope, raw)
    match raw.kind:
        case "STRING":
            return TEXT
        case "HEX":
            return BLOB
        case _:
            return _preferred(raw)


def compatible_type(scope: Scope, raw: ast.Term) -> CqlType | None:
    """A type that can hold the term's value."""
    match raw:
        case ast.Literal():
            return _preferred(raw)
        case ast.ListLiteral():
            return None
        case ast.SetLiteral():
            element = common_type(compatible_type(scope, element) for element in raw.elements)
            return SetType(element) if element else None
        case ast.MapLiteral():
            key = common_type(compatible_type(scope, key) for key, _ in raw.entries)
            value = common_type(compatible_type(scope, value) for _, value in raw.entries)
            return MapType(key, value) if key and value else None
        case _:
            return exact_type(scope, raw)


def common_type(kinds: Iterable[CqlType | None]) -> CqlType | None:
    """The first of the known types that takes the values of all of them."""
    known = list(dict.fromkeys(kind for kind in kinds if kind))
    fitting = (kind for kind in known if all(kind.assignment(other).fits for other in known))
    return next(fitting, None)


def _preferred(literal: ast.Literal) -> CqlType:
    """The smallest type for the constant."""
    text = literal.text
    match literal.kind:
        case "STRING":
            return ASCII if text.isascii() else TEXT
        case "INTEGER":
            return _integer(whole(text))
        case "FLOAT":
            return _real(text)
        case "BOOLEAN":
            return BOOLEAN
        case "UUID":
            return TIMEUUID if uuid.UUID(text).version == 1 else UUID
        case "HEX":
            # The server's choice; a blob it is not.
            return TINYINT
        case "DURATION":
            return DURATION
        case _:
            assert_never(literal.kind)


def _integer(number: int) -> CqlType:
    if -(2**31) <= number < 2**31:
        return INT
    return BIGINT if -(2**63) <= number < 2**63 else VARINT


def _real(text: str) -> CqlType:
    number = float(text)
    if number in (float("inf"), float("-inf")) or number != number:  # noqa: PLR0124 - NaN differs from itself
        return DOUBLE
    # By its shortest digits, as Java compares them.
    return DOUBLE if Decimal(text) == Decimal(repr(number)) else DECIMAL


def _first(kinds: Iterable[CqlType | None]) -> CqlType | None:
    return next(filter(None, kinds), None)
