"""Which partitions, rows and slices a WHERE clause names, for these values: its key restrictions as closures.

Shared by reading and writing. Everything that only values can show to be wrong about a key is refused here.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import product
from typing import Any, TypeAlias

from coodie_memory.errors import InvalidRequest
from coodie_memory.execution.context import Bound, Context
from coodie_memory.execution.evaluate import compiled, is_plain
from coodie_memory.execution.keylengths import (
    MAX_KEY,
    check_length,
    require_few,
    require_short,
    require_whole,
    too_long,
)
from coodie_memory.execution.picking import picking
from coodie_memory.execution.spans import Span, common, merged
from coodie_memory.plan.nodes import Bind
from coodie_memory.plan.where import Equal, OneOf, Operand, Parts, Restriction, Slice, Where
from coodie_memory.result import Raw, Unset
from coodie_memory.schema.model import Column
from coodie_memory.storage.position import END, START, Position, after, before
from coodie_memory.storage.row import Clustering
from coodie_memory.types.base import NULL_KEY
from coodie_memory.types.collections import ListType
from coodie_memory.types.token import partition_key
from coodie_memory.types.tuples import unpack as unpack_tuple


class NullValue(InvalidRequest):
    """Null where a value is compared: refused, or what no row has, as the dialect says."""


Key: TypeAlias = tuple[bytes, tuple[bytes, ...]]
"""A serialized partition key, and its columns' values."""
Place: TypeAlias = tuple[Position, Clustering]
"""A row's position, and its clustering columns' values."""
Values: TypeAlias = tuple[bytes, ...]
ShortPlace: TypeAlias = Callable[[Sequence[Bound]], tuple[bytes, Values, Position, Values] | None]
"""A row's key, the key's values, position and clustering values."""


def partitions(where: Where, *, reads: bool = False) -> Callable[[Context], list[Key]]:
    """The partitions that are named by = and IN: ordered by the key's value, each once.

    `reads`: it is for reading, which looks at the keys' lengths later (`check_read`).
    """
    chosen = [choices(restriction) for restriction in where.partition]
    check = None if reads else _written_key(where)
    if len(chosen) == len(where.partition) == 1 and isinstance(where.partition[0], Equal):
        return _single_partition(chosen[0], check)
    orders = orders_of(where.table.partition_key)
    has_in = where.has_partition_in

    def named(context: Context) -> list[Key]:
        found = [_joined(combination) for combination in product(*[choice(context) for choice in chosen])]
        if has_in:
            require_few(len(found), "partition", context)
            found = _sorted(found, orders)
        keys = []
        for components in found:
            key = _serialized(components)
            if check is not None:
                check(key, components, context)
            keys.append((key, components))
        return keys

    return named


def _written_key(where: Where) -> Callable[[bytes, Values, Context], None]:
    """What refuses a key that nothing can be written under."""
    require = require_whole(where.table.partition_key)

    def check(key: bytes, components: Values, context: Context) -> None:
        check_length(key, len(components), context, may_be_empty=False)
        if require is not None:
            require(components)

    return check


def check_read(where: Where, keys: Iterable[bytes], context: Context) -> None:
    """Refuse keys that are too long or empty. Some servers take an empty key for one that does not exist.

    A token range leaves it out before anybody looks at it.
    """
    may_be_empty = where.token is not None or context.engine.dialect.reads_empty_key
    for key in keys:
        check_length(key, len(where.table.partition_key), context, may_be_empty=may_be_empty)


def positions(where: Where) -> Callable[[Context], list[Place]]:
    """The rows that = and IN name (`Where.names_rows`): in clustering order, each once."""
    chosen = [choices(restriction) for restriction in where.clustering]
    orders = orders_of(where.table.clustering)
    has_in = where.has_clustering_in
    last_keys, last_values = (NULL_KEY,) * where.nulls, (None,) * where.nulls

    def named(context: Context) -> list[Place]:
        found: dict[Position, Clustering] = {}
        for combination in product(*[choice(context) for choice in chosen]):
            clustering = _joined(combination)
            position = tuple([order(raw) for order, raw in zip(orders, clustering, strict=False)])
            found.setdefault(position + last_keys, clustering + last_values)
        if not has_in:
            return list(found.items())
        require_few(len(found), "clustering", context)
        return sorted(found.items())

    return named


def written_rows(where: Where) -> Callable[[Context], list[Place]]:
    """The same for a write, whose clustering columns must not be too long together."""
    named = positions(where)

    def checked(context: Context) -> list[Place]:
        found = named(context)
        require_short([clustering for _, clustering in found], context)
        return found

    return checked


def read_rows(where: Where) -> Callable[[Context], list[Place]]:
    """The same for reading, where some servers look at the length, too."""
    named = positions(where)

    def checked(context: Context) -> list[Place]:
        found = named(context)
        if context.engine.dialect.refuses_to_read_long_rows:
            require_short([clustering for _, clustering in found], context)
        return found

    return checked


def short_place(where: Where) -> ShortPlace | None:
    """The one row of `column = ?` for each column of the primary key, from an execution's valid values, none null or unset.

    None at once for any other WHERE clause, and for values that only the long way knows what to say of: an empty key, or
    one that may be too long.
    """
    key, clustering = _markers(where.partition), _markers(where.clustering)
    if not key or clustering is None or not where.full_key_by_equality or where.filters or where.nulls:
        return None
    if any(column.type.children for column in where.table.partition_key):
        return None
    pick_key, pick_clustering = picking(key), picking(clustering)
    position_of = _position_of(orders_of(where.table.clustering))
    # So that all together, with three bytes more for each, are not too long either.
    longest = MAX_KEY // (len(key) + len(clustering)) - 3

    def place(values: Sequence[Bound]) -> tuple[bytes, Values, Position, Values] | None:
        components, clustering = pick_key(values), pick_clustering(values)
        for raw in components + clustering:
            if not 0 < len(raw) <= longest:
                return None
        key = components[0] if len(components) == 1 else partition_key(components)
        return key, components, position_of(clustering), clustering

    return place


def slices(where: Where, *, reads: bool = False) -> Callable[[Context], list[Span]]:
    """The parts of a partition that the leading clustering restrictions leave: in clustering order, none empty.

    `reads`: it is for reading, where null is a bound of a single column.
    """
    table = where.table
    leading = _leading(where.clustering)
    if not leading:
        return lambda _context: [(START, END)]
    last = leading[-1]
    chosen = [choices(restriction) for restriction in leading if not isinstance(restriction, Slice)]
    orders = orders_of(table.clustering)
    spans = _slice_spans(last, reads=reads) if isinstance(last, Slice) else None

    def left(context: Context) -> list[Span]:
        prefixes = {
            tuple([order(raw) for order, raw in zip(orders, _joined(combination), strict=False)])
            for combination in product(*[choice(context) for choice in chosen])
        }
        if len(prefixes) > 1:
            require_few(len(prefixes), "clustering", context)
        if spans is None:
            return [(before(prefix), after(prefix)) for prefix in sorted(prefixes)]
        ends = spans(context)
        return [((*prefix, *start), (*prefix, *end)) for prefix in sorted(prefixes) for start, end in ends]

    return left


def order_of(column: Column) -> Callable[[bytes], Any]:
    """What a clustering column's values are ordered by."""
    return column.type.reversed_order if column.descending else column.type.order


def key_of(order: Callable[[bytes], Any], raw: Raw) -> Any:
    """What a stored row's clustering column is ordered by, which may be null: before all values, in either direction."""
    return NULL_KEY if raw is None else order(raw)


def orders_of(columns: Sequence[Column]) -> tuple[Callable[[bytes], Any], ...]:
    """What makes positions of clustering columns' values."""
    return tuple(map(order_of, columns))


def _position_of(orders: Sequence[Callable[[bytes], Any]]) -> Callable[[Values], Position]:
    if len(orders) == 1:
        (order,) = orders
        return lambda clustering: (order(clustering[0]),)
    return lambda clustering: tuple([order(raw) for order, raw in zip(orders, clustering, strict=True)])


def _markers(restrictions: Sequence[Restriction]) -> list[int] | None:
    """The indices of the markers of `column = ?`, if that is all there is, and valid bytes serve as they come."""
    found: list[int] = []
    for one in restrictions:
        if not isinstance(one, Equal) or one.is_multi or not isinstance(one.operand, Parts):
            return None
        (term,) = one.operand.terms
        if not isinstance(term, Bind) or not is_plain(term.type):
            return None
        found.append(term.index)
    return found


def _single_partition(
    choice: Callable[[Context], list[Values]], check: Callable[[bytes, Values, Context], None] | None
) -> Callable[[Context], list[Key]]:
    def named(context: Context) -> list[Key]:
        (components,) = choice(context)
        key = _serialized(components)
        if check is not None:
            check(key, components, context)
        return [(key, components)]

    return named


def _leading(clustering: Sequence[Restriction]) -> list[Restriction]:
    """The restrictions that go on where the ones before leave off, up to a slice."""
    found: list[Restriction] = []
    position = 0
    for restriction in clustering:
        if not isinstance(restriction, Equal | OneOf | Slice) or restriction.columns[0].position != position:
            break
        found.append(restriction)
        if isinstance(restriction, Slice):
            break
        position += len(restriction.columns)
    return found


def choices(restriction: Restriction) -> Callable[[Context], list[Values]]:
    """The values, one for each column, of which the restriction allows any."""
    match restriction:
        case Equal() if restriction.is_multi:
            values = _present_values(
                restriction.operand, restriction.columns, "Invalid null value for column {}"
            )
            return lambda context: [values(context)]
        case Equal():
            return _single_value(restriction)
        case OneOf(choices=Bind()):
            return _listed(restriction)
        case OneOf() if restriction.is_multi:
            return _any_of_tuples(restriction)
        case OneOf():
            return _any_of(restriction)
        case _:
            raise AssertionError(f"{restriction} names no single values")


def _single_value(restriction: Equal) -> Callable[[Context], list[Values]]:
    assert isinstance(restriction.operand, Parts)
    value, name = compiled(restriction.operand.terms[0]), restriction.columns[0].name

    def chosen(context: Context) -> list[Values]:
        raw = value(context)
        if not isinstance(raw, bytes):
            raise _no_value(raw, name)
        return [(raw,)]

    return chosen


def _any_of(restriction: OneOf) -> Callable[[Context], list[Values]]:
    assert not isinstance(restriction.choices, Bind)
    name = restriction.columns[0].name
    values = [compiled(choice.terms[0]) for choice in restriction.choices if isinstance(choice, Parts)]

    def chosen(context: Context) -> list[Values]:
        return _present_choices([value(context) for value in values], name, context)

    return chosen


def _listed(restriction: OneOf) -> Callable[[Context], list[Values]]:
    """The values of `IN ?`."""
    bind = restriction.choices
    assert isinstance(bind, Bind)
    assert isinstance(bind.type, ListType)
    unpack, listed, columns = bind.type.unpack, compiled(bind), restriction.columns

    def chosen(context: Context) -> list[Values]:
        raw = listed(context)
        if isinstance(raw, Unset):
            what = restriction.name if restriction.is_multi else f"column {columns[0].name}"
            raise InvalidRequest(f"Invalid unset value for {what}")
        if raw is None:
            if context.engine.dialect.null_matches_nothing and not restriction.is_multi:
                raise _no_value(raw, columns[0].name)
            what = "IN restriction" if restriction.is_multi else f"column {columns[0].name}"
            raise NullValue(f"Invalid null value for {what}")
        if not restriction.is_multi:
            return _present_choices(unpack(raw), columns[0].name, context)
        return [_all_present(_components(element, columns), columns, context) for element in unpack(raw)]

    return chosen


def _any_of_tuples(restriction: OneOf) -> Callable[[Context], list[Values]]:
    assert not isinstance(restriction.choices, Bind)
    operands = [operand_values(choice, restriction.columns) for choice in restriction.choices]

    def chosen(context: Context) -> list[Values]:
        return [_all_present(values(context), restriction.columns, context) for values in operands]

    return chosen


def _present_values(operand: Operand, columns: Sequence[Column], refusal: str) -> Callable[[Context], Values]:
    """The operand's values, of which none may be null; the refusal names the column."""
    given = operand_values(operand, columns)

    def present(context: Context) -> Values:
        found: list[bytes] = []
        for raw, column in zip(given(context), columns, strict=False):
            if raw is None:
                raise _null_in_tuple(column, context) or NullValue(refusal.format(column.name))
            found.append(raw)
        return tuple(found)

    return present


def operand_values(operand: Operand, columns: Sequence[Column]) -> Callable[[Context], Sequence[Raw]]:
    """The values of a multi-column relation's side, null where they are null."""
    if isinstance(operand, Parts):
        terms = [compiled(term) for term in operand.terms]

        def parts(context: Context) -> Sequence[Raw]:
            found: list[Raw] = []
            for index, term in enumerate(terms):
                raw = term(context)
                if isinstance(raw, Unset):
                    raise InvalidRequest(f"Invalid unset value for tuple field number {index}")
                found.append(raw)
            return found

        return parts
    whole, name = compiled(operand.bind), operand.name

    def components(context: Context) -> Sequence[Raw]:
        raw = whole(context)
        if isinstance(raw, Unset):
            raise InvalidRequest(f"Invalid unset value for tuple {name}")
        if raw is None:
            raise NullValue(f"Invalid null value for tuple {name}")
        return _components(raw, columns)

    return components


def _components(raw: Raw, columns: Sequence[Column]) -> list[Raw]:
    return [None] * len(columns) if raw is None else unpack_tuple(raw, len(columns))


def _slice_spans(restriction: Slice, *, reads: bool) -> Callable[[Context], list[Span]]:
    """The parts that a slice leaves of what has one prefix, as cuts to go behind the prefix."""
    lower, upper = (
        None if bound is None else (_bound_values(bound.operand, restriction, reads=reads), bound.inclusive)
        for bound in (restriction.lower, restriction.upper)
    )
    columns = restriction.columns

    def left(context: Context) -> list[Span]:
        found: list[Span] = [((), END)]
        if lower is not None:
            values, inclusive = lower
            found = _beyond(columns, values(context), inclusive=inclusive, greater=True)
        if upper is not None:
            values, inclusive = upper
            found = common(found, _beyond(columns, values(context), inclusive=inclusive, greater=False))
        return sorted(found)

    return left


def _bound_values(operand: Operand, restriction: Slice, *, reads: bool) -> Callable[[Context], Sequence[Raw]]:
    if restriction.is_multi:
        size = len(operand.terms) if isinstance(operand, Parts) else len(restriction.columns)
        columns = restriction.columns[:size]
        return _present_values(operand, columns, "Invalid null value in condition for column {}")
    assert isinstance(operand, Parts)
    value, name = compiled(operand.terms[0]), restriction.columns[0].name

    def single(context: Context) -> Sequence[Raw]:
        raw = value(context)
        null_is_first = reads and not context.engine.dialect.null_matches_nothing
        if isinstance(raw, Unset) or (raw is None and not null_is_first):
            raise _no_value(raw, name)
        return (raw,)

    return single


def _beyond(
    columns: Sequence[Column], values: Sequence[Raw], *, inclusive: bool, greater: bool
) -> list[Span]:
    """What lies on one side of a bound: lexicographically by value, whatever the columns' directions.

    (a, b) > (1, 2) is a > 1, and a = 1 with b > 2: a span for each column, since each may run the other way.
    """
    if None in values:
        # The server puts null before all values, in the order of the rows.
        return [(START, END)] if greater != columns[0].descending else []
    prefix: Position = ()
    found: list[Span] = []
    for column, raw in zip(columns, values, strict=False):
        assert raw is not None
        here = (*prefix, order_of(column)(raw))
        if greater != column.descending:
            found.append((after(here), after(prefix)))
        else:
            found.append((before(prefix), before(here)))
        prefix = here
    if inclusive:
        found.append((before(prefix), after(prefix)))
    return merged(found)


def _present_choices(raws: Sequence[Bound], name: str, context: Context) -> list[Values]:
    """What may be chosen of one column; nulls are left out, or refused."""
    leaves_out = context.engine.dialect.null_matches_nothing
    return [(_present(raw, name),) for raw in raws if raw is not None or not leaves_out]


def _present(raw: Bound, name: str) -> bytes:
    if isinstance(raw, bytes):
        return raw
    raise _no_value(raw, name)


def _no_value(raw: Bound, name: str) -> InvalidRequest:
    if isinstance(raw, Unset):
        return InvalidRequest(f"Invalid unset value for column {name}")
    return NullValue(f"Invalid null value in condition for column {name}")


def _null_in_tuple(column: Column, context: Context) -> InvalidRequest | None:
    """The refusal of a null where tuples are looked at one value after another, and none may be missing."""
    if not context.engine.dialect.names_null_of_tuple:
        return None
    return InvalidRequest(f"Invalid null value in condition for column {column.name}")


def _all_present(values: Sequence[Raw], columns: Sequence[Column], context: Context) -> Values:
    if None in values:
        refusal = _null_in_tuple(columns[values.index(None)], context)
        if refusal is not None:
            raise refusal
        names = ", ".join(column.name for column in columns)
        raise NullValue(f"Invalid null value in condition for columns: [{names}]")
    return tuple(raw for raw in values if raw is not None)


def _joined(combination: Iterable[Values]) -> Values:
    return tuple([raw for values in combination for raw in values])


def _sorted(found: Iterable[Values], orders: Sequence[Callable[[bytes], Any]]) -> list[Values]:
    """In order, the first of equal ones."""
    by_value: dict[tuple[Any, ...], Values] = {}
    for components in found:
        key = tuple([order(raw) for order, raw in zip(orders, components, strict=True)])
        by_value.setdefault(key, components)
    return [components for _, components in sorted(by_value.items(), key=lambda item: item[0])]


def _serialized(components: Sequence[bytes]) -> bytes:
    """The key. The parts are counted before anything is put between them, and the whole again after that."""
    if len(components) > 1 and sum(map(len, components)) > MAX_KEY:
        raise too_long(sum(map(len, components)))
    return partition_key(components)
