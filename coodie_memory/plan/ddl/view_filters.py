"""A view's WHERE as a question to base rows: no execution answers it, since its values are settled before.

That is when the view is made, or, where a value depends on the moment, when the first base row is looked at.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, TypeAlias, assert_never

from coodie_memory.dialect import Dialect
from coodie_memory.errors import InvalidRequest
from coodie_memory.plan import nodes
from coodie_memory.plan.patterns import likeness, piece
from coodie_memory.plan.settled import is_timeless, settled
from coodie_memory.plan.where import (
    Bound,
    Contains,
    Equal,
    Like,
    Nearest,
    NoneOf,
    OneOf,
    Operand,
    Parts,
    Restriction,
    Slice,
    Where,
)
from coodie_memory.schema.model import Accepts, Column
from coodie_memory.types.base import CqlType
from coodie_memory.types.collections import ListType, MapType, SetType

Read: TypeAlias = Callable[[Column], bytes]
Test: TypeAlias = Callable[[Read], bool]


def accepts(where: Where, moment: nodes.Moment, dialect: Dialect) -> Accepts:
    """Whether the view shows base rows with given partition key, clustering values and value of the view's own column."""
    restricted = (*where.partition, *where.clustering, *where.others)
    if not restricted:
        return lambda _partition, _clustering, _own: True

    @cache
    def tests() -> list[Test]:
        return [_test(restriction, moment, dialect) for restriction in restricted]

    if all(is_timeless(term) for restriction in restricted for term in _terms(restriction)):
        tests()

    def accepted(partition: tuple[bytes, ...], clustering: tuple[bytes, ...], own: bytes | None) -> bool:
        def read(column: Column) -> bytes:
            if column.is_key:
                return (partition if column.kind == "partition_key" else clustering)[column.position]
            assert own is not None, "no other column is restricted"
            return own

        return all(test(read) for test in tests())

    return accepted


def _terms(restriction: Restriction) -> Iterator[nodes.Term]:
    match restriction:
        case Equal():
            yield from _parts(restriction.operand)
        case OneOf() | NoneOf():
            assert not isinstance(restriction.choices, nodes.Bind)
            for choice in restriction.choices:
                yield from _parts(choice)
        case Slice():
            for bound in (restriction.lower, restriction.upper):
                if bound is not None:
                    yield from _parts(bound.operand)
        case Contains():
            yield from (*restriction.keys, *restriction.values)
        case Nearest():
            raise AssertionError("a view has no order of its own")
        case Like():
            yield restriction.pattern
        case _:
            assert_never(restriction)


def _parts(operand: Operand) -> tuple[nodes.Term, ...]:
    assert isinstance(operand, Parts), "bind markers are refused"
    return operand.terms


def _test(restriction: Restriction, moment: nodes.Moment, dialect: Dialect) -> Test:
    columns = restriction.columns
    match restriction:
        case Equal():
            wanted = _key(restriction.operand, columns, moment)
            return lambda read: _order(read, columns) == wanted
        case OneOf():
            assert not isinstance(restriction.choices, nodes.Bind)
            choices = [_key(choice, columns, moment) for choice in restriction.choices]
            return lambda read: _order(read, columns) in choices
        case NoneOf():
            assert not isinstance(restriction.choices, nodes.Bind)
            others = [_key(choice, columns, moment) for choice in restriction.choices]
            return lambda read: _order(read, columns) not in others
        case Slice():
            return _between(restriction, moment)
        case Contains():
            return _containing(restriction, moment)
        case Nearest():
            raise AssertionError("a view has no order of its own")
        case Like():
            pattern, (column,) = _settled(restriction.pattern, moment), columns
            test = likeness(pattern) if dialect.filters_like else piece(pattern).holds_loosely
            return lambda read: test(read(column))
        case _:
            assert_never(restriction)


def _between(restriction: Slice, moment: nodes.Moment) -> Test:
    tests: list[Test] = []
    if restriction.lower is not None:
        tests.append(_beyond(restriction.lower, restriction.columns, moment, is_lower=True))
    if restriction.upper is not None:
        tests.append(_beyond(restriction.upper, restriction.columns, moment, is_lower=False))
    return lambda read: all(test(read) for test in tests)


def _beyond(bound: Bound, columns: tuple[Column, ...], moment: nodes.Moment, *, is_lower: bool) -> Test:
    wanted, inclusive = _key(bound.operand, columns, moment), bound.inclusive
    columns = columns[: len(wanted)]

    def beyond(read: Read) -> bool:
        found = _order(read, columns)
        return (inclusive and found == wanted) or (wanted < found if is_lower else found < wanted)

    return beyond


def _containing(restriction: Contains, moment: nodes.Moment) -> Test:
    (column,) = restriction.columns
    key_order, value_order = _inner_orders(column.type)
    keys = [key_order(_settled(term, moment)) for term in restriction.keys]
    values = [value_order(_settled(term, moment)) for term in restriction.values]

    def contains(read: Read) -> bool:
        content = _content(column.type, read(column))
        has_keys = all(any(key_order(key) == wanted for key, _ in content) for wanted in keys)
        return has_keys and all(
            any(value_order(value) == wanted for _, value in content) for wanted in values
        )

    return contains


def _inner_orders(kind: CqlType) -> tuple[Callable[[bytes], Any], Callable[[bytes], Any]]:
    match kind:
        case MapType():
            return kind.key.order, kind.value.order
        case ListType() | SetType():
            return kind.element.order, kind.element.order
        case _:
            raise AssertionError(f"{kind} contains nothing")


def _content(kind: CqlType, raw: bytes) -> list[tuple[bytes, bytes]]:
    match kind:
        case MapType():
            return kind.unpack(raw)
        case ListType() | SetType():
            return [(element, element) for element in kind.unpack(raw) if element is not None]
        case _:
            raise AssertionError(f"{kind} contains nothing")


def _order(read: Read, columns: Sequence[Column]) -> tuple[Any, ...]:
    return tuple([column.type.order(read(column)) for column in columns])


def _key(operand: Operand, columns: Sequence[Column], moment: nodes.Moment) -> tuple[Any, ...]:
    terms = zip(_parts(operand), columns, strict=False)
    return tuple([column.type.order(_settled(term, moment)) for term, column in terms])


def _settled(term: nodes.Term, moment: nodes.Moment) -> bytes:
    raw = settled(term, moment)
    if raw is None:
        raise InvalidRequest("Invalid null value in the WHERE clause of a materialized view")
    return raw
