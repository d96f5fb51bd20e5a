"""IF becomes closures: terms are evaluated first, then the row as it is stored is asked."""

import operator
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, assert_never

from coodie_memory.errors import InvalidRequest
from coodie_memory.execution.cells import Reader, reader
from coodie_memory.execution.context import Context
from coodie_memory.execution.evaluate import compiled
from coodie_memory.execution.foreign_order import foreign_order
from coodie_memory.plan import conditions as plans
from coodie_memory.plan.nodes import Bind, Term
from coodie_memory.plan.patterns import likeness
from coodie_memory.result import Raw, Unset
from coodie_memory.schema.model import Column
from coodie_memory.storage.row import Row
from coodie_memory.types import tuples
from coodie_memory.types.base import CqlType
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.usertype import UserType

Predicate: TypeAlias = Callable[[Row | None], bool]
Question: TypeAlias = Callable[[Context], Predicate]
_Part: TypeAlias = Callable[[Context], Reader]
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def question(condition: plans.ColumnCondition) -> Question:
    """The closure of one condition: evaluates its terms and gives the predicate of a row."""
    match condition:
        case plans.Comparison():
            return _comparison(condition)
        case plans.Membership():
            return _membership(condition)
        case _:
            assert_never(condition)


def _comparison(condition: plans.Comparison) -> Question:
    value, part = compiled(condition.value), _part(condition.column, condition.part)
    holds = _holds(condition.column, condition.part, condition.operator)
    kind = _type_of(condition.column, condition.part)
    is_cells = kind.is_multicell and kind.is_collection
    # Of a collection of cells the server does not ask whether the element is set.
    takes_unset = condition.operator in ("CONTAINS", "CONTAINS KEY") and condition.column.type.is_multicell

    def ask(context: Context) -> Predicate:
        operand, read = value(context), part(context)
        if takes_unset and operand is not None:
            operand = _empty_if_unset(operand)
        if operand == _EMPTY and is_cells and context.engine.dialect.lwt_takes_empty_for_null:
            operand = None
        # What is wrong with the element is refused before an unset value is.
        return lambda row: holds(read(row), _given(operand))

    return ask


def _membership(condition: plans.Membership) -> Question:
    part = _part(condition.column, condition.part)
    values = _choices(condition.values)
    equals = _holds(condition.column, condition.part, "=")

    def ask(context: Context) -> Predicate:
        operands, read = values(context), part(context)
        return lambda row: any(equals(read(row), operand) for operand in operands)

    def ask_for_none(context: Context) -> Predicate:
        operands, read = values(context), part(context)

        def is_none(row: Row | None) -> bool:
            stored = read(row)
            return stored is not None and not any(equals(stored, operand) for operand in operands)

        return is_none

    return ask_for_none if condition.negated else ask


def _is_lenient(context: Context) -> bool:
    return context.engine.dialect.lwt_null_matches_nothing


def _choices(values: tuple[Term, ...] | Bind) -> Callable[[Context], list[Raw]]:
    if isinstance(values, tuple):
        each = [compiled(value) for value in values]

        def given(context: Context) -> list[Raw]:
            found = [value(context) for value in each]
            if not context.engine.dialect.lwt_skips_unset_choices:
                return [_given(raw) for raw in found]
            return [raw for raw in found if not isinstance(raw, Unset)]

        return given
    whole, kind = compiled(values), values.type
    assert isinstance(kind, ListType)

    def bound(context: Context) -> list[Raw]:
        raw = whole(context)
        if raw is None:
            if _is_lenient(context):
                return []
            raise InvalidRequest("Invalid null list in IN condition")
        return list(kind.unpack(_known(raw)))

    return bound


def _empty_if_unset(raw: bytes | Unset) -> bytes:
    """What the server takes an unset key of a map, or an unset element, for: it does not ask."""
    return b"" if isinstance(raw, Unset) else raw


def _given(raw: Raw | Unset) -> Raw:
    if isinstance(raw, Unset):
        raise InvalidRequest("Invalid 'unset' value in condition")
    return raw


def _known(raw: Raw | Unset) -> bytes:
    given = _given(raw)
    assert given is not None
    return given


def _part(column: Column, part: plans.Part) -> _Part:
    whole = reader(column)
    match part:
        case plans.Whole():
            return lambda _context: whole
        case plans.Element():
            return _element(column.type, part, whole)
        case plans.Field():
            index, kind = part.index, column.type
            assert isinstance(kind, UserType)
            size = len(kind.field_types)

            def field(row: Row | None) -> Raw:
                raw = whole(row)
                return None if raw is None else tuples.unpack(raw, size)[index]

            return lambda _context: field
        case _:
            assert_never(part)


def _element(kind: CqlType, part: plans.Element, whole: Reader) -> _Part:
    key = compiled(part.key)
    if isinstance(kind, MapType):
        return lambda context: _at_key(kind, whole, key(context), is_lenient=_is_lenient(context))
    assert isinstance(kind, ListType)
    return lambda context: _at_index(kind, whole, key(context), is_lenient=_is_lenient(context))


def _at_key(kind: MapType, whole: Reader, key: Raw | Unset, *, is_lenient: bool) -> Reader:
    if key is None and is_lenient:
        return lambda _row: None

    def at(row: Row | None) -> Raw:
        if key is None:
            raise InvalidRequest("Invalid null value for map element access")
        wanted, raw = kind.key.order(_empty_if_unset(key)), whole(row)
        entries = [] if raw is None else kind.unpack(raw)
        return next((value for path, value in entries if kind.key.order(path) == wanted), None)

    return at


def _at_index(kind: ListType, whole: Reader, key: Raw | Unset, *, is_lenient: bool) -> Reader:
    def at(row: Row | None) -> Raw:
        if key is None and is_lenient:
            return None
        raw = whole(row)
        if isinstance(key, Unset) and raw is None and not kind.is_multicell:
            # Where there is no frozen list nobody looks at the index.
            return None
        if not isinstance(key, bytes):
            raise InvalidRequest("Invalid null value for list element access")
        index = int.from_bytes(key, "big", signed=True)
        if raw is None and not kind.is_multicell:
            return None
        if index < 0:
            if is_lenient:
                return None
            raise InvalidRequest(f"Invalid negative list index {index}")
        elements: Sequence[Raw] = [] if raw is None else kind.unpack(raw)
        return elements[index] if index < len(elements) else None

    return at


def _holds(column: Column, part: plans.Part, sign: plans.Operator) -> Callable[[Raw, Raw], bool]:
    """Whether a stored value and an operand stand in the relation."""
    if sign in ("CONTAINS", "CONTAINS KEY"):
        return _contains(column.type, sign)
    if sign == "LIKE":
        return _is_like
    kind = _type_of(column, part)
    is_cells = kind.is_multicell and kind.is_collection
    order, compare = _order(part, kind), _COMPARE[sign]

    def holds(stored: Raw, operand: Raw) -> bool:
        # A collection of cells has no empty value: it is null.
        if operand is None or (is_cells and operand == _EMPTY):
            if sign not in ("=", "!="):
                what = "null" if operand is None else f"an empty {_word(kind)}"
                raise InvalidRequest(f'Invalid comparison with {what} for operator "{sign}"')
            return (stored is None) == (sign == "=")
        if stored is None:
            return sign == "!="
        return compare(order(stored), order(operand))

    return holds


_EMPTY = bytes(4)


def _order(part: plans.Part, kind: CqlType) -> Callable[[bytes], Any]:
    if isinstance(part, plans.Element) and part.compared_as != kind:
        return foreign_order(part.compared_as, kind)
    return kind.order


def _is_like(stored: Raw, operand: Raw) -> bool:
    return stored is not None and operand is not None and likeness(operand)(stored)


def _contains(kind: CqlType, sign: str) -> Callable[[Raw, Raw], bool]:
    assert isinstance(kind, ListType | SetType | MapType)

    def held(raw: bytes) -> list[bytes | None]:
        if isinstance(kind, MapType):
            return [pair[0 if sign == "CONTAINS KEY" else 1] for pair in kind.unpack(raw)]
        return list(kind.unpack(raw))

    if isinstance(kind, MapType):
        order = kind.key.order if sign == "CONTAINS KEY" else kind.value.order
    else:
        order = kind.element.order

    def holds(stored: Raw, operand: Raw) -> bool:
        if operand is None:
            raise InvalidRequest(f'Invalid comparison with null for operator "{sign}"')
        if stored is None:
            return False
        wanted = order(operand)
        return any(each is not None and order(each) == wanted for each in held(stored))

    return holds


def _type_of(column: Column, part: plans.Part) -> CqlType:
    kind = column.type
    match part:
        case plans.Whole():
            return kind
        case plans.Element():
            assert isinstance(kind, ListType | MapType)
            return kind.value if isinstance(kind, MapType) else kind.element
        case plans.Field():
            assert isinstance(kind, UserType)
            return kind.field_types[part.index]
        case _:
            assert_never(part)


def _word(kind: CqlType) -> str:
    match kind:
        case ListType():
            return "list"
        case SetType():
            return "set"
        case _:
            return "map"
