"""A view's WHERE as a question to base rows: its values are settled when the view is made, so no execution answers it."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, assert_never

from coodie_memory.errors import InvalidRequest, UnsupportedCQL
from coodie_memory.plan import nodes
from coodie_memory.plan.composite import composed
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
from coodie_memory.result import Raw, Unset
from coodie_memory.schema.model import Accepts, Column
from coodie_memory.types.base import CqlType
from coodie_memory.types.collections import ListType, MapType, SetType

Read: TypeAlias = Callable[[Column], bytes]
Test: TypeAlias = Callable[[Read], bool]


def accepts(where: Where, moment: nodes.Moment) -> Accepts:
    """Whether the view shows base rows with given partition key, clustering values and value of the view's own column."""
    restricted = (*where.partition, *where.clustering, *where.others)
    tests = [_test(restriction, moment) for restriction in restricted]
    if not tests:
        return lambda _partition, _clustering, _own: True

    def accepted(partition: tuple[bytes, ...], clustering: tuple[bytes, ...], own: bytes | None) -> bool:
        def read(column: Column) -> bytes:
            if column.is_key:
                return (partition if column.kind == "partition_key" else clustering)[column.position]
            assert own is not None, "no other column is restricted"
            return own

        return all(test(read) for test in tests)

    return accepted


def _test(restriction: Restriction, moment: nodes.Moment) -> Test:
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
            raise UnsupportedCQL("LIKE in a materialized view is not supported yet")
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
    assert isinstance(operand, Parts), "bind markers are refused"
    return tuple(
        [
            column.type.order(_settled(term, moment))
            for term, column in zip(operand.terms, columns, strict=False)
        ]
    )


def _settled(term: nodes.Term, moment: nodes.Moment) -> bytes:
    raw = _evaluated(term, moment)
    if raw is None:
        raise InvalidRequest("Invalid null value in the WHERE clause of a materialized view")
    return raw


def _evaluated(term: nodes.Term, moment: nodes.Moment) -> Raw:
    match term:
        case nodes.Constant():
            return term.raw
        case nodes.Call():
            # A server asks once, when the first row is written; such a view is refused rather than asked elsewhere.
            if not term.function.is_pure:
                raise UnsupportedCQL("a materialized view cannot depend on the moment")
            arguments = [_evaluated(argument, moment) for argument in term.arguments]
            return nodes.evaluated(term.function, moment, arguments)
        case nodes.Composite():
            whole = composed(term.type, [_evaluated(part, moment) for part in term.parts])
            assert not isinstance(whole, Unset), "no part is"
            return whole
        case nodes.Bind() | nodes.Member():
            raise AssertionError("bind markers are refused")
        case _:
            assert_never(term)
