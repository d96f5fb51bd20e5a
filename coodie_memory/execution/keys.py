"""WHERE on key columns becomes closures that say which partitions, which rows of them, and which ranges are meant.

Values are checked as they are evaluated, in the server's words. A value that is given twice counts once.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from struct import pack
from typing import Any, TypeAlias, assert_never

from coodie_memory.errors import InvalidRequest
from coodie_memory.execution.context import Bound as Value
from coodie_memory.execution.context import Context
from coodie_memory.execution.evaluate import Value, compiled
from coodie_memory.plan.where import Bound, Equal, OneOf, Operand, Parts, Restriction, Slice, Where, Whole
from coodie_memory.result import Unset
from coodie_memory.schema.model import Column
from coodie_memory.storage.position import END, START, Cut, Position, after, before
from coodie_memory.types import tuples
from coodie_memory.types.collections import ListType
from coodie_memory.types.tuples import TupleType

Key: TypeAlias = tuple[bytes, tuple[bytes, ...]]
"""A serialized partition key and its columns."""
Place: TypeAlias = tuple[Position, tuple[bytes, ...]]
"""A row's position and its clustering columns."""
Range: TypeAlias = tuple[Cut, Cut]
_Values: TypeAlias = tuple[bytes, ...]
_Choices: TypeAlias = Callable[[Context], list[_Values]]
"""The values that the columns of one restriction may have."""

MAX_KEY = 65535


def partitions(where: Where) -> Callable[[Context], list[Key]]:
    """The partitions that = and IN name."""
    choices = [_choices(one) for one in where.partition]
    if len(choices) == 1 and len(where.table.partition_key) == 1:
        (only,) = choices
        return lambda context: [(_single_key(values[0]), values) for values in dict.fromkeys(only(context))]

    def keys(context: Context) -> list[Key]:
        found = dict.fromkeys(_combinations(choices, context))
        return [(composite_key(components), components) for components in found]

    return keys


def rows(where: Where) -> Callable[[Context], list[Place]]:
    """The rows that = and IN on all clustering columns name, in clustering order."""
    choices = [_choices(one) for one in where.clustering if isinstance(one, Equal | OneOf)]
    position_of = positions(where.table.clustering)

    def places(context: Context) -> list[Place]:
        found = {position_of(values): values for values in _combinations(choices, context)}
        return sorted(found.items()) if len(found) > 1 else list(found.items())

    return places


def written_rows(where: Where) -> Callable[[Context], list[Place]]:
    """The same for a write, whose clustering columns must not be too long together."""
    places = rows(where)

    def checked(context: Context) -> list[Place]:
        found = places(context)
        for _, clustering in found:
            _require_length(sum(map(len, clustering)))
        return found

    return checked


def point(where: Where, *, may_be_empty: bool = False) -> Callable[[Context], tuple[bytes, Values, Position]]:
    """Key, key values and position of the one row that is named by = on each column of the primary key."""
    keys, clustering = _equal_terms(where.partition), _equal_terms(where.clustering)
    ordered = [
        (value, name, order)
        for (value, name), order in zip(clustering, orders_of(where.table.clustering), strict=True)
    ]

    def named(context: Context) -> tuple[bytes, Values, Position]:
        components = tuple([_present(value(context), name) for value, name in keys])
        position = tuple([order(_present(value(context), name)) for value, name, order in ordered])
        key = components[0] if len(components) == 1 else _serialized(components)
        if not 0 < len(key) <= _MAX_KEY:
            _check_length(key, components, may_be_empty=may_be_empty)
        return key, components, position

    return named


def _equal_terms(restrictions: Sequence[Restriction]) -> list[tuple[Value, str]]:
    found = []
    for restriction in restrictions:
        assert isinstance(restriction, Equal)
        assert isinstance(restriction.operand, Parts)
        found.append((compiled(restriction.operand.terms[0]), restriction.columns[0].name))
    return found


def slices(where: Where) -> Callable[[Context], list[Range]]:
    """The ranges of rows that the clustering columns' restrictions leave, in clustering order.

    What stands behind a slice, or behind a gap, does not narrow them any further.
    """
    prefix, bounded = _prefix(where)
    choices = [_choices(one) for one in prefix]
    position_of = positions(where.table.clustering)
    ranges = _slice(bounded) if bounded else None

    def cuts(context: Context) -> list[Range]:
        prefixes = sorted({position_of(values) for values in _combinations(choices, context)})
        if ranges is None:
            return [(before(one), after(one)) if one else (START, END) for one in prefixes]
        within = ranges(context)
        return [(one + start, one + end) for one in prefixes for start, end in within]

    return cuts


def composite_key(components: Sequence[bytes]) -> bytes:
    """The serialized key of a partition key of one or more columns."""
    if len(components) == 1:
        return _single_key(components[0])
    if max(map(len, components)) > MAX_KEY:
        _require_length(sum(map(len, components)))
    key = b"".join([pack(">H", len(part)) + part + b"\0" for part in components])
    _require_length(len(key))
    return key


def positions(columns: Sequence[Column]) -> Callable[[_Values], Position]:
    """What takes values of the first of these clustering columns to the position, or the beginning of one."""
    orders = [order_of(column) for column in columns]
    return lambda values: tuple([order(value) for order, value in zip(orders, values, strict=False)])


def order_of(column: Column) -> Callable[[bytes], Any]:
    """A clustering column's order."""
    return column.type.reversed_order if column.descending else column.type.order


def _single_key(value: bytes) -> bytes:
    if not value:
        raise InvalidRequest("Key may not be empty")
    _require_length(len(value))
    return value


def _require_length(length: int) -> None:
    if length > MAX_KEY:
        raise InvalidRequest(f"Key length of {length} is longer than maximum of {MAX_KEY}")


def _combinations(choices: Sequence[_Choices], context: Context) -> Iterator[_Values]:
    for values in product(*[each(context) for each in choices]):
        yield tuple([value for part in values for value in part])


def _prefix(where: Where) -> tuple[list[Equal | OneOf], Slice | None]:
    """The restrictions that fix the clustering's first columns, and the slice of what follows them."""
    fixed: list[Equal | OneOf] = []
    position = 0
    for one in where.clustering:
        if one.columns[0].position != position:
            break
        match one:
            case Equal() | OneOf():
                fixed.append(one)
                position += len(one.columns)
            case Slice():
                return fixed, one
            case _:
                break
    return fixed, None


def _choices(restriction: Restriction) -> _Choices:
    match restriction:
        case Equal():
            return _equal(restriction)
        case OneOf(choices=tuple() as operands):
            return _one_of(restriction, operands)
        case OneOf():
            return _one_of_list(restriction)
        case _:
            raise AssertionError(f"{restriction} names no values")


def _equal(restriction: Equal) -> _Choices:
    names = [column.name for column in restriction.columns]
    if not restriction.is_multi:
        assert isinstance(restriction.operand, Parts)
        (term,) = restriction.operand.terms
        value, name = compiled(term), names[0]

        def single(context: Context) -> list[_Values]:
            raw = value(context)
            if not isinstance(raw, bytes):
                raise _missing(raw, name)
            return [(raw,)]

        return single
    values = operand_values(restriction.operand)

    def several(context: Context) -> list[_Values]:
        return [_all_present(values(context), names, "Invalid null value for column {name}")]

    return several


def _one_of(restriction: OneOf, operands: Sequence[Operand]) -> _Choices:
    names = [column.name for column in restriction.columns]
    each = [operand_values(operand) for operand in operands]
    refusal = _refusal_of_null(restriction)

    def choices(context: Context) -> list[_Values]:
        return [_all_present(values(context), names, refusal) for values in each]

    return choices


def _one_of_list(restriction: OneOf) -> _Choices:
    bind = restriction.choices
    assert not isinstance(bind, tuple)
    assert isinstance(bind.type, ListType)
    kind, value = bind.type, compiled(bind)
    names = [column.name for column in restriction.columns]
    size, refusal = len(names), _refusal_of_null(restriction)

    def choices(context: Context) -> list[_Values]:
        raw = value(context)
        if raw is None:
            what = "IN restriction" if restriction.is_multi else f"column {names[0]}"
            raise InvalidRequest(f"Invalid null value for {what}")
        if isinstance(raw, Unset):
            what = restriction.name if restriction.is_multi else f"column {names[0]}"
            raise InvalidRequest(f"Invalid unset value for {what}")
        elements = kind.unpack(raw)
        if not restriction.is_multi:
            return [_all_present([element], names, refusal) for element in elements]
        return [_all_present(tuples.unpack(element or b"", size), names, refusal) for element in elements]

    return choices


def _refusal_of_null(restriction: OneOf) -> str:
    if restriction.is_multi:
        columns = ", ".join(column.name for column in restriction.columns)
        return f"Invalid null value in condition for columns: [{columns}]"
    return "Invalid null value in condition for column {name}"


def operand_values(operand: Operand) -> Callable[[Context], list[Value]]:
    """The values of one operand, one for each of its columns."""
    match operand:
        case Parts():
            each = [compiled(term) for term in operand.terms]
            if len(each) == 1:
                return lambda context: [each[0](context)]

            def parts(context: Context) -> list[Value]:
                values = [value(context) for value in each]
                for index, value in enumerate(values):
                    if isinstance(value, Unset):
                        raise InvalidRequest(f"Invalid unset value for tuple field number {index}")
                return values

            return parts
        case Whole():
            return _whole(operand)
        case _:
            assert_never(operand)


def _whole(operand: Whole) -> Callable[[Context], list[Value]]:
    value, kind = compiled(operand.bind), operand.bind.type
    assert isinstance(kind, TupleType)
    size = len(kind.components)

    def values(context: Context) -> list[Value]:
        raw = value(context)
        if isinstance(raw, Unset):
            raise InvalidRequest(f"Invalid unset value for tuple {operand.name}")
        if raw is None:
            # The server fails on a null pointer here.
            raise InvalidRequest(f"Invalid null value for tuple {operand.name}")
        return list(tuples.unpack(raw, size))

    return values


def _all_present(values: Sequence[Value], names: Sequence[str], refusal: str) -> _Values:
    found: list[bytes] = []
    for value, name in zip(values, names, strict=True):
        if value is None:
            raise InvalidRequest(refusal.format(name=name))
        if isinstance(value, Unset):
            raise _missing(value, name)
        found.append(value)
    return tuple(found)


def _missing(value: Value, name: str) -> InvalidRequest:
    if value is None:
        return InvalidRequest(f"Invalid null value in condition for column {name}")
    return InvalidRequest(f"Invalid unset value for column {name}")


def _slice(restriction: Slice) -> Callable[[Context], list[Range]]:
    """The ranges within a prefix; several where columns of different directions are compared together."""
    ends = ((restriction.lower, True), (restriction.upper, False))
    bounds = [_bound(restriction, bound, is_lower=is_lower) for bound, is_lower in ends if bound]

    def ranges(context: Context) -> list[Range]:
        found: list[Range] = [(START, END)]
        for bound in bounds:
            others = bound(context)
            found = [common for one in found for other in others if (common := _common(one, other))]
        return sorted(found)

    return ranges


def _bound(restriction: Slice, bound: Bound, *, is_lower: bool) -> Callable[[Context], list[Range]]:
    values = operand_values(bound.operand)
    columns = restriction.columns
    orders = [order_of(column) for column in columns]
    # Which side of a value is meant: with DESC, greater values stand before it.
    is_behind = [is_lower is not column.descending for column in columns]
    refusal = "Invalid null value in condition for column {name}"

    def ranges(context: Context) -> list[Range]:
        given = values(context)
        names = [column.name for column in columns[: len(given)]]
        present = _all_present(given, names, refusal)
        found: list[Range] = []
        fixed: Position = ()
        for order, value, behind in zip(orders, present, is_behind, strict=False):
            here = (*fixed, order(value))
            found.append((after(here), after(fixed)) if behind else (before(fixed), before(here)))
            fixed = here
        if bound.inclusive:
            found.append((before(fixed), after(fixed)))
        return found

    return ranges


def _common(one: Range, other: Range) -> Range | None:
    start, end = max(one[0], other[0]), min(one[1], other[1])
    return (start, end) if start < end else None
