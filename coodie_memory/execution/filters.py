"""What has to be tried row by row: the filtering restrictions of a WHERE clause, as predicates over live rows."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias, assert_never

from coodie_memory.errors import InvalidRequest
from coodie_memory.execution import sasi
from coodie_memory.execution.context import Bound, Context
from coodie_memory.execution.evaluate import Value, compiled
from coodie_memory.execution.folding import folding
from coodie_memory.execution.keys import NullValue, choices, operand_values
from coodie_memory.execution.predicates import Asking, Predicate, access, present, reading
from coodie_memory.plan import indexing
from coodie_memory.plan.nodes import Bind
from coodie_memory.plan.patterns import likeness
from coodie_memory.plan.where import Bound as SliceBound
from coodie_memory.plan.where import (
    Contains,
    Equal,
    Like,
    Nearest,
    NoneOf,
    OneOf,
    Parts,
    Restriction,
    Slice,
    Where,
)
from coodie_memory.result import Raw, Unset
from coodie_memory.schema.model import Column
from coodie_memory.storage.collection import Complex
from coodie_memory.storage.row import Row
from coodie_memory.types.base import CqlType
from coodie_memory.types.collections import ListType, MapType, SetType

Filter: TypeAlias = Predicate | None
"""All that rows have to pass; None where every row does."""

_MAX_INDEXED = 65535


def compiled_filters(where: Where) -> Callable[[Context], Filter]:
    """The filter for these values."""
    tests = [_compiled(restriction, where) for restriction in where.filters]
    if sasi.serves(where):
        pairs = zip(where.filters, tests, strict=True)
        tests = [sasi.as_understood(restriction, where, test) for restriction, test in pairs]

    def bound(context: Context) -> Filter:
        predicates = [predicate for test in tests for predicate in test(context)]
        if len(predicates) < 2:
            return predicates[0] if predicates else None
        return lambda components, row, static: all(
            predicate(components, row, static) for predicate in predicates
        )

    return bound


def _compiled(restriction: Restriction, where: Where) -> Asking:
    match restriction:
        case Equal() if restriction.is_multi:
            return _equal_tuple(restriction, where)
        case Equal():
            assert isinstance(restriction.operand, Parts)
            return _equal(restriction.columns[0], compiled(restriction.operand.terms[0]), where)
        case OneOf() if len(restriction.columns) > 1:
            return _refused("Multicolumn IN filters are not supported")
        case OneOf():
            return _one_of(restriction)
        case Slice() if restriction.is_multi:
            return _refused_gap
        case Slice():
            return _slice(restriction)
        case Contains():
            return _contains(restriction, where)
        case NoneOf() if restriction.is_multi:
            return _none_of_tuples(restriction)
        case NoneOf():
            return _none_of(restriction)
        case Like():
            return (
                _like(restriction)
                if indexing.sasi_mode(where.table, restriction.columns[0]) is None
                else sasi.like(restriction, where)
            )
        case Nearest():
            return _with_vector(restriction)
        case _:
            assert_never(restriction)


def _with_vector(restriction: Nearest) -> Asking:
    """The order is somebody else's; rows without a vector have no place in it."""
    (column,), vector = restriction.columns, compiled(restriction.vector)

    def bound(context: Context) -> list[Predicate]:
        column.type.validate(_wanted(vector(context), f"value for column {column.name}"))
        return [present(column)]

    return bound


def _refused(message: str) -> Asking:
    def refuse(_context: Context) -> list[Predicate]:
        raise InvalidRequest(message)

    return refuse


def _refused_gap(context: Context) -> list[Predicate]:
    raise InvalidRequest(context.engine.dialect.multi_column_gap)


def _wanted(raw: Bound, what: str) -> bytes:
    if isinstance(raw, Unset):
        raise InvalidRequest(f"Unsupported unset {what}")
    if raw is None:
        raise NullValue(f"Unsupported null {what}")
    return raw


def _require_indexable(raw: bytes, where: Where) -> None:
    if where.uses_index and len(raw) > _MAX_INDEXED:
        raise InvalidRequest("Index expression values may not be larger than 64K")


def _equal(column: Column, value: Value, where: Where) -> Asking:
    fold = folding(where, column, "simple")

    def bound(context: Context) -> list[Predicate]:
        wanted = _wanted(value(context), f"value for column {column.name}")
        _require_indexable(wanted, where)
        if fold is not None:
            folded = fold(wanted)
            return [reading(column, lambda raw: fold(raw) == folded)]
        return [_equals(column, wanted)]

    return bound


def _equals(column: Column, wanted: bytes) -> Predicate:
    if column.type.cql() not in indexing.BYTEWISE:
        order = column.type.order
        key = order(wanted)
        return reading(column, lambda raw: order(raw) == key)
    if column.kind == "regular":
        return _regular_equals(column.slot, wanted)
    return reading(column, lambda raw: raw == wanted)


def _regular_equals(slot: int, wanted: bytes) -> Predicate:
    """The filter that is used most, with nothing between it and the stored bytes."""

    def equals(_components: tuple[bytes, ...], row: Row | None, _static: Row | None) -> bool:
        return row is not None and slot < len(row.values) and row.values[slot] == wanted

    return equals


def _equal_tuple(restriction: Equal, where: Where) -> Asking:
    values = operand_values(restriction.operand, restriction.columns)

    def bound(context: Context) -> list[Predicate]:
        found = []
        for column, raw in zip(restriction.columns, values(context), strict=False):
            wanted = _wanted(raw, f"value for column {column.name}")
            _require_indexable(wanted, where)
            found.append(_equals(column, wanted))
        return found

    return bound


def _one_of(restriction: OneOf) -> Asking:
    column = restriction.columns[0]
    order, listed = column.type.order, _listed(restriction)

    def bound(context: Context) -> list[Predicate]:
        values = listed(context)
        # Where null is a mistake the server stops reading its list at one in front, and skips those behind.
        stops = values and values[0] is None and not context.engine.dialect.null_matches_nothing
        keys = [] if stops else [order(raw) for raw in values if raw is not None]
        return [reading(column, lambda raw: order(raw) in keys)]

    return bound


def _none_of(restriction: NoneOf) -> Asking:
    column = restriction.columns[0]
    order, listed = column.type.order, _listed(restriction)

    def bound(context: Context) -> list[Predicate]:
        values = listed(context)
        if None in values:
            raise NullValue(f"Invalid null value for column {column.name}")
        keys = [order(raw) for raw in values if raw is not None]
        return [reading(column, lambda raw: order(raw) not in keys)]

    return bound


def _none_of_tuples(restriction: NoneOf) -> Asking:
    columns = restriction.columns
    tuples = choices(OneOf(columns, restriction.choices, is_multi=True, name=restriction.name))
    orders = [column.type.order for column in columns]
    read = [access(column) for column in columns]

    def bound(context: Context) -> list[Predicate]:
        keys = [[order(raw) for order, raw in zip(orders, values, strict=True)] for values in tuples(context)]

        def passes(components: tuple[bytes, ...], row: Row | None, static: Row | None) -> bool:
            raws = [one(components, row, static) for one in read]
            values = [order(raw) for order, raw in zip(orders, raws, strict=True) if raw is not None]
            return len(values) == len(orders) and values not in keys

        return [passes]

    return bound


def _like(restriction: Like) -> Asking:
    column, pattern = restriction.columns[0], compiled(restriction.pattern)

    def bound(context: Context) -> list[Predicate]:
        wanted = _wanted(pattern(context), f"value for column {column.name}")
        return [reading(column, likeness(wanted))]

    return bound


def _listed(restriction: OneOf | NoneOf) -> Callable[[Context], Sequence[Raw]]:
    name = restriction.columns[0].name
    if isinstance(restriction.choices, Bind):
        kind, listed = restriction.choices.type, compiled(restriction.choices)
        assert isinstance(kind, ListType)

        def elements(context: Context) -> Sequence[Raw]:
            raw = listed(context)
            if isinstance(raw, Unset):
                raise InvalidRequest(f"Invalid unset value for column {name}")
            if raw is None:
                raise NullValue(f"Invalid null value for column {name}")
            return kind.unpack(raw)

        return elements
    values = [
        operand_values(choice, restriction.columns) for choice in restriction.choices if restriction.is_multi
    ]
    terms = [compiled(choice.terms[0]) for choice in restriction.choices if isinstance(choice, Parts)]

    def given(context: Context) -> Sequence[Raw]:
        if values:
            return [value(context)[0] for value in values]
        raws = [term(context) for term in terms]
        return [raw for raw in raws if not isinstance(raw, Unset)]

    return given


def _slice(restriction: Slice) -> Asking:
    column = restriction.columns[0]
    order = column.type.order
    ends = [
        (_bound_value(bound), bound.inclusive, is_lower)
        for bound, is_lower in ((restriction.lower, True), (restriction.upper, False))
        if bound is not None
    ]

    def bound(context: Context) -> list[Predicate]:
        found = []
        for value, inclusive, is_lower in ends:
            key = order(_wanted(value(context), f"value for column {column.name}"))
            compare = _comparison(key, inclusive=inclusive, is_lower=is_lower)
            found.append(_comparing(column, compare))
        return found

    return bound


def _comparing(column: Column, compare: Callable[[Any], bool]) -> Predicate:
    order = column.type.order
    return reading(column, lambda raw: compare(order(raw)))


def _bound_value(bound: SliceBound) -> Value:
    assert isinstance(bound.operand, Parts)
    return compiled(bound.operand.terms[0])


def _comparison(key: Any, *, inclusive: bool, is_lower: bool) -> Callable[[Any], bool]:
    if is_lower:
        return (lambda other: not other < key) if inclusive else (lambda other: bool(key < other))
    return (lambda other: not key < other) if inclusive else (lambda other: bool(other < key))


class _Content(NamedTuple):
    """What a collection holds, whether it is stored as cells or as one value: its keys, its values, both aligned."""

    keys: Sequence[bytes]
    values: Sequence[bytes]


def _contains(restriction: Contains, where: Where) -> Asking:
    column = restriction.columns[0]
    kind, name = column.type, column.name
    values, keys = (
        [compiled(term) for term in restriction.values],
        [compiled(term) for term in restriction.keys],
    )
    entries = [(compiled(key), compiled(value)) for key, value in restriction.entries]
    elements = [(compiled(index), compiled(value)) for index, value in restriction.elements]
    key_order, value_order = _inner_orders(kind)
    # Only text is folded, and equal texts have one order.
    key_order = folding(where, column, "keys") or key_order
    value_order = folding(where, column, "values") or value_order

    def holds_value(raw: bytes) -> Predicate:
        _require_indexable(raw, where)
        wanted = value_order(raw)
        return _holding(column, lambda content: any(value_order(value) == wanted for value in content.values))

    def holds_key(raw: bytes) -> Predicate:
        _require_indexable(raw, where)
        wanted = key_order(raw)
        return _holding(column, lambda content: any(key_order(key) == wanted for key in content.keys))

    def holds_entry(key: bytes, value: bytes) -> Predicate:
        pair = key_order(key), value_order(value)
        return _holding(
            column,
            lambda content: any(
                (key_order(one), value_order(other)) == pair
                for one, other in zip(content.keys, content.values, strict=True)
            ),
        )

    def holds_element(raw: bytes, value: bytes) -> Predicate:
        index, wanted = int.from_bytes(raw, "big", signed=True), value_order(value)
        return _holding(
            column,
            lambda content: 0 <= index < len(content.values) and value_order(content.values[index]) == wanted,
        )

    def bound(context: Context) -> list[Predicate]:
        found = [holds_value(_wanted(value(context), f"value for column {name}")) for value in values]
        found += [holds_key(_wanted(key(context), f"value for column {name}")) for key in keys]
        for key, value in entries:
            wanted = _wanted(key(context), f"map key for column {name}")
            found.append(holds_entry(wanted, _wanted(value(context), f"map value for column {name}")))
        for index, value in elements:
            at = _wanted(index(context), f"index for column {name}")
            found.append(holds_element(at, _wanted(value(context), f"value for column {name}")))
        return found

    return bound


def _inner_orders(kind: CqlType) -> tuple[Callable[[bytes], Any], Callable[[bytes], Any]]:
    match kind:
        case MapType():
            return kind.key.order, kind.value.order
        case ListType() | SetType():
            return kind.element.order, kind.element.order
        case _:
            raise AssertionError(f"{kind} contains nothing")


def _holding(column: Column, test: Callable[[_Content], bool]) -> Predicate:
    kind, slot = column.type, column.slot
    if not kind.is_multicell:
        return reading(column, lambda raw: test(_content(kind, raw)))
    is_static = column.is_static

    def holds(_components: tuple[bytes, ...], row: Row | None, static: Row | None) -> bool:
        source = static if is_static else row
        if source is None or slot >= len(source.values):
            return False
        cells = source.values[slot]
        return isinstance(cells, Complex) and test(_content_of_cells(kind, cells))

    return holds


def _content(kind: CqlType, raw: bytes) -> _Content:
    match kind:
        case MapType():
            entries = kind.unpack(raw)
            return _Content([key for key, _ in entries], [value for _, value in entries])
        case ListType() | SetType():
            elements = [element for element in kind.unpack(raw) if element is not None]
            return _Content(elements, elements)
        case _:
            raise AssertionError(f"{kind} contains nothing")


def _content_of_cells(kind: CqlType, cells: Complex) -> _Content:
    paths = [element.path for element in cells.live]
    values = [element.value or b"" for element in cells.live]
    return _Content(paths, paths if isinstance(kind, SetType) else values)
