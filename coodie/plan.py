"""What the server can do of a query, and what is left to the client: decided here, done in `operations`.

The server sorts one partition by its clustering columns. It deletes by a key, a partition or a clustering range, and
updates by a key. The rest is the client's: sorting after `allow_filtering()`, `!=`, deleting row by row.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from typing import Any, Self

from coodie import cql
from coodie.calculations import Selected
from coodie.cqltypes import Native
from coodie.document import DocumentBase, family, readable, root, schema_of
from coodie.exceptions import InvalidQueryError
from coodie.predicates import SLICES, Comparison, Operator, Order, Predicate, TokenComparison, TupleComparison
from coodie.queryset import Query, Shape
from coodie.schema import Column, Kind, TableSchema
from coodie.statement import Page, Row, Statement

NEAREST = 1000
"""More neighbours than these no server looks for."""

_MERGED = 256
"""More partitions than these are read in one request and sorted whole."""
_SHARED = 10_000
"""Rows that the pages of merged partitions may hold together."""

_POINTS = (Operator.EQ, Operator.IN)


@dataclass(frozen=True, slots=True)
class Source:
    """One of several partitions read in one order: the rows that have come, and what asks for more; None at the end."""

    statement: Statement | None
    rows: tuple[Row, ...] = ()

    @classmethod
    def after(cls, statement: Statement, page: Page) -> Self:
        """What is left when this page has answered the statement."""
        more = None if page.paging_state is None else replace(statement, paging_state=page.paging_state)
        return cls(more, tuple(page.rows))


@dataclass(frozen=True, slots=True)
class Reading:
    """A statement, and what to do with its rows: keep, sort, cut."""

    statement: Statement
    columns: tuple[Selected, ...]
    keeps: tuple[Comparison, ...] = ()
    """`!=` and IN, which the client filters by."""
    order: tuple[Order, ...] = ()
    limit: int | None = None
    sources: tuple[Source, ...] = ()
    """Instead of the statement: partitions in this order already, which the client merges."""


def reading(query: Query, columns: tuple[Selected, ...] | None = None) -> Reading:
    """How to read a query's rows; with what it wants of them, or these."""
    schema = query.schema
    wanted = columns or wanted_columns(query)
    _check_clustering(query)
    where, keeps = _split(query)
    sorted_here = bool(query.order) and not _server_sorts(query)
    if sorted_here and not query.allows_filtering and not _sorts_partitions(query):
        raise InvalidQueryError(_why_not_sorted(query))
    if query.near is not None:
        _check_near(query)
    if query.groups and keeps:
        raise InvalidQueryError(
            f"group_by() gives the first row of each group, before the client could filter by {keeps[0].column.field}"
        )
    orders = query.order if sorted_here else ()
    more = [*(each.column for each in keeps), *(each.column for each in orders)]
    needed = _with_columns(wanted, [*more, *schema.partition_key] if query.distinct else more)
    here = sorted_here or bool(keeps)
    statement = cql.select(
        schema,
        needed,
        where,
        groups=query.groups,
        order=() if sorted_here else query.order,
        near=query.near,
        limit=None if here else query.limit,
        per_partition_limit=query.per_partition_limit,
        allows_filtering=query.allows_filtering,
        distinct=query.distinct,
        options=query.options,
    )
    sources = _sources(query, statement, needed) if sorted_here else ()
    return Reading(statement, needed, keeps, orders, query.limit if here else None, sources)


def key_columns(query: Query) -> tuple[Column, ...]:
    """What tells the documents of a query apart."""
    return query.schema.partition_key if query.distinct else query.schema.primary_key


def wanted_columns(query: Query) -> tuple[Selected, ...]:
    """What a query is to load, or to give values of."""
    columns = query.columns or readable(query.model)
    if query.distinct:
        columns = _of_partitions(query, columns)
    if not query.casts and query.token is None:
        return columns
    if query.shape is Shape.DOCUMENTS:
        raise InvalidQueryError(
            "what cast() and select_token() add is no field: say values() or values_list()"
        )
    if query.shape is Shape.VALUES and query.token is not None:
        raise InvalidQueryError(
            "flat=True gives one value a row, and select_token() adds another: leave one out"
        )
    casts = {cast.column: cast for cast in query.casts}
    selected: tuple[Selected, ...] = tuple(casts.get(column, column) for column in columns)
    return selected if query.token is None else (*selected, query.token)


def _of_partitions(query: Query, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Those that a partition has one value of; values of others are refused, since there would be several."""
    shared = tuple(column for column in columns if column.kind in (Kind.PARTITION_KEY, Kind.STATIC))
    whole = query.columns is None or len(columns) == len(query.schema.columns)
    if query.shape is not Shape.DOCUMENTS and len(shared) < len(columns) and not whole:
        several = next(column for column in columns if column not in shared)
        raise InvalidQueryError(f"{several}: distinct() gives partitions, which have no one value of it")
    return shared


def keeper(reading: Reading) -> Callable[[Row], bool] | None:
    """Whether a row is one that was asked for; None if all are."""
    if not reading.keeps:
        return None
    places = _places(reading)
    tests = [(places[each.column.name], each.operator is Operator.IN, each.value) for each in reading.keeps]

    def keeps(row: Row) -> bool:
        # As in SQL, null is neither equal nor unequal to anything.
        return all(
            row[place] is not None and (row[place] in value if among else row[place] != value)
            for place, among, value in tests
        )

    return keeps


def sort_key(reading: Reading) -> Callable[[Row], tuple[Any, ...]]:
    """What sorts rows as the query wants them; nulls last, descending first."""
    places = _places(reading)
    parts = [(places[each.column.name], _sorted_as(each.column), each.descending) for each in reading.order]

    def key(row: Row) -> tuple[Any, ...]:
        found: list[Any] = []
        for place, sorted_as, descending in parts:
            value = row[place]
            part = (True, None) if value is None else (False, sorted_as(value))
            found.append(_Descending(part) if descending else part)
        return tuple(found)

    return key


def _places(reading: Reading) -> dict[str, int]:
    """Where in a row each column is."""
    return {each.name: place for place, each in enumerate(reading.columns) if isinstance(each, Column)}


def _sorted_as(column: Column) -> Callable[[Any], Any]:
    """What makes Python sort values as the server does."""
    match column.cql_type:
        case Native("timeuuid" | "uuid"):
            return lambda value: (value.version or 0, value.time if value.version == 1 else 0, value.bytes)
        case Native("inet"):
            return lambda value: value.packed
    return lambda value: value


class _Descending:
    """Compares the other way round."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __lt__(self, other: "_Descending") -> bool:
        return bool(other.value < self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Descending) and bool(self.value == other.value)

    __hash__ = None  # type: ignore[assignment]  # sorted, never looked up


@dataclass(frozen=True, slots=True)
class KeyReading:
    """The read of one row by its primary key, but for the key's values."""

    schema: TableSchema
    text: str
    key: tuple[Column, ...]
    """In the order of the text's marks."""


@lru_cache(maxsize=1024)
def key_reading(model: type[DocumentBase], lookups: tuple[str, ...]) -> KeyReading | None:
    """How to read the one row that these lookups name; None if they are not the primary key, and nothing else."""
    schema = schema_of(model)
    if set(lookups) != {column.field for column in schema.primary_key} or schema.discriminator is not None:
        return None
    key = tuple(schema.by_field[name] for name in lookups)
    statement = cql.select(
        schema, schema.columns, tuple(Comparison(column, Operator.EQ, None) for column in key)
    )
    return KeyReading(schema, statement.cql, key)


def counts_on_server(query: Query) -> bool:
    """Whether COUNT(*) counts the same rows that a read would give."""
    reduced = (
        query.limit is not None
        or query.per_partition_limit is not None
        or query.distinct
        or bool(query.groups)
    )
    return not reduced and not _split(query)[1]


def filters_here(query: Query) -> bool:
    """Whether the client has to drop rows that the server gives."""
    return bool(_split(query)[1])


def deletes_at_once(query: Query, *, conditional: bool = False) -> bool:
    """Whether one DELETE does it: keys, partitions, or a range of one partition; of a transaction, one row."""
    if query.limit is not None or query.per_partition_limit is not None or _of_its_kind(query):
        return False
    by_column = _on_key(query.where)
    if by_column is None or not _all_points(query.schema.partition_key, by_column):
        return False
    if conditional:
        return _all_equal(query.schema.primary_key, by_column)
    clustering = query.schema.clustering
    restricted = [column for column in clustering if column in by_column]
    if not restricted or (len(restricted) == len(clustering) and _all_points(clustering, by_column)):
        return True
    return _is_range(query.schema, by_column, restricted)


def updates_at_once(query: Query, key: tuple[Column, ...], *, conditional: bool = False) -> bool:
    """Whether one UPDATE does it: all that it writes is named by this key; a transaction names one."""
    if query.limit is not None or query.per_partition_limit is not None or _of_its_kind(query):
        return False
    by_column = _on_key(query.where)
    if by_column is None or len(by_column) != len(key):
        return False
    return _all_equal(key, by_column) if conditional else _all_points(key, by_column)


_ByColumn = dict[Column, list[Operator]]


def _on_key(where: Iterable[Predicate]) -> _ByColumn | None:
    """How each key column is restricted; None if anything else is, or several together."""
    found: _ByColumn = {}
    for predicate in where:
        if not isinstance(predicate, Comparison) or not predicate.column.is_key:
            return None
        found.setdefault(predicate.column, []).append(predicate.operator)
    return found


def _of_one_column(where: Iterable[Predicate]) -> list[Predicate]:
    """Without the slices of several clustering columns, which do not disturb sorting."""
    return [each for each in where if not isinstance(each, TupleComparison)]


def _all_points(columns: tuple[Column, ...], by_column: _ByColumn) -> bool:
    return all(len(by_column.get(column, ())) == 1 and by_column[column][0] in _POINTS for column in columns)


def _all_equal(columns: tuple[Column, ...], by_column: _ByColumn) -> bool:
    return all(by_column.get(column) == [Operator.EQ] for column in columns)


def _is_range(schema: TableSchema, by_column: _ByColumn, restricted: list[Column]) -> bool:
    """A prefix of the clustering key, equal but for its last column, which may be cut on both sides."""
    *equal, last = restricted
    return (
        restricted == list(schema.clustering[: len(restricted)])
        and all(by_column[column] == [Operator.EQ] for column in (*schema.partition_key, *equal))
        and (by_column[last] == [Operator.EQ] or all(each in SLICES for each in by_column[last]))
    )


def _split(query: Query) -> tuple[tuple[Predicate, ...], tuple[Comparison, ...]]:
    """What the server filters by, and what the client has to."""
    unequal = tuple(
        each for each in query.where if isinstance(each, Comparison) and each.operator is Operator.NE
    )
    if unequal and not query.allows_filtering:
        raise InvalidQueryError(
            f"{unequal[0].column}: CQL has no !=, so the client filters, which reads every other match; "
            f"say .allow_filtering() if that is fine"
        )
    return tuple(each for each in query.where if each not in unequal), (*unequal, *_of_its_kind(query))


def _of_its_kind(query: Query) -> tuple[Comparison, ...]:
    """A subclass in a polymorphic table has its own rows only, which the client picks."""
    discriminator = query.schema.discriminator
    if discriminator is None or root(query.model) is query.model:
        return ()
    values = [schema_of(each).discriminator_value for each in family(query.model)]
    return (Comparison(discriminator, Operator.IN, values),)


def _check_clustering(query: Query) -> None:
    """Refuse a clustering column without its predecessors: the rows in between would have to be filtered."""
    if query.allows_filtering or any(isinstance(each, TokenComparison) for each in query.where):
        return
    restricted: dict[Column, list[Operator]] = {}
    for predicate in query.where:
        columns = (predicate.column,) if isinstance(predicate, Comparison) else predicate.columns
        for column in columns:
            restricted.setdefault(column, []).append(predicate.operator)
    if any(column.index is not None for column in restricted):
        return
    stopped_at: Column | None = None
    for column in query.schema.clustering:
        if stopped_at is not None and column in restricted and not _is_tuple_part(query, column):
            raise InvalidQueryError(
                f"{column} can only be searched for where {stopped_at.field} is given with = or __in, "
                f"since rows are sorted by {stopped_at.field} first; give it, or say .allow_filtering()"
            )
        if column not in restricted or any(each in SLICES for each in restricted[column]):
            stopped_at = stopped_at or column


def _is_tuple_part(query: Query, column: Column) -> bool:
    return any(not isinstance(each, Comparison) and column in each.columns for each in query.where)


def _check_near(query: Query) -> None:
    """Refuse what no server answers of nearness."""
    if query.order or filters_here(query):
        raise InvalidQueryError("order_by_ann() sorts already, and finds before the client could filter")
    if query.limit is None or query.limit > NEAREST:
        raise InvalidQueryError(f"order_by_ann() wants a limit() of at most {NEAREST}, not {query.limit}")


def _server_sorts(query: Query) -> bool:
    """Whether ORDER BY is possible: one partition, no index, the clustering columns in their order or its reverse."""
    by_column = _on_key(_of_one_column(query.where))
    if by_column is None or any(by_column.get(each) != [Operator.EQ] for each in query.schema.partition_key):
        return False
    return _clustered(query) and len(set(_reversals(query))) == 1


def _sorts_partitions(query: Query) -> bool:
    """Whether the client sorts no more rows than match: partitions that are named, by their clustering columns."""
    by_column = _on_key(_of_one_column(query.where))
    return by_column is not None and _all_points(query.schema.partition_key, by_column) and _clustered(query)


def _sources(query: Query, whole: Statement, columns: tuple[Selected, ...]) -> tuple[Source, ...]:
    """What reads each of the partitions that a query names, in its order; none, if the server cannot sort them so."""
    partitions = _partitions(query)
    if not partitions:
        return ()
    limit = None if filters_here(query) else query.limit
    size = whole.fetch_size or max(_SHARED // len(partitions), 1)
    reads = (
        cql.select(
            query.schema,
            columns,
            where,
            groups=query.groups,
            order=query.order,
            limit=limit,
            per_partition_limit=query.per_partition_limit,
            allows_filtering=query.allows_filtering,
            options=replace(query.options, fetch_size=size),
        )
        for where in partitions
    )
    return tuple(map(Source, reads))


def _partitions(query: Query) -> tuple[tuple[Predicate, ...], ...]:
    """The partitions that a query names, each with its own predicates; none, if the server cannot sort each of them."""
    if not _sorts_partitions(query) or len(set(_reversals(query))) != 1:
        return ()
    where, _ = _split(query)
    choices = [
        [replace(each, operator=Operator.EQ, value=value) for value in _apart(each.value)]
        if isinstance(each, Comparison)
        and each.operator is Operator.IN
        and each.column.kind is Kind.PARTITION_KEY
        else [each]
        for each in where
    ]
    if math.prod(map(len, choices)) > _MERGED:
        return ()
    return tuple(product(*choices))


def _apart(keys: Iterable[Any]) -> Iterable[Any]:
    """Keys without those that are named twice; 1.0 and 1.00 are equal, but of two partitions, and a list has no hash."""
    return {
        repr(sorted(map(repr, key))) if isinstance(key, set | frozenset) else repr(key): key for key in keys
    }.values()


def _clustered(query: Query) -> bool:
    return [each.column for each in query.order] == list(query.schema.clustering[: len(query.order)])


def _reversals(query: Query) -> list[bool]:
    """For each column of the order, whether it is sorted the other way round than the table."""
    return [each.descending != (each.column.order == "DESC") for each in query.order]


def _why_not_sorted(query: Query) -> str:
    wanted = ", ".join(("-" if each.descending else "") + each.column.field for each in query.order)
    clustering = ", ".join(column.field for column in query.schema.clustering)
    there = (
        f"clustering columns ({clustering})" if clustering else "clustering columns, of which there are none"
    )
    others = [each.column for each in query.where if isinstance(each, Comparison) and not each.column.is_key]
    alone = f", where it has not to look for {others[0].field}" if others else ""
    return (
        f"{query.schema.model} cannot be sorted by {wanted} by the server, which sorts one partition by its {there}, "
        f"in their order or its reverse{alone}; say .allow_filtering() to read every match and sort here"
    )


def _with_columns(columns: tuple[Selected, ...], more: Iterable[Column]) -> tuple[Selected, ...]:
    names = {column.name for column in columns if isinstance(column, Column)}
    return (*columns, *dict.fromkeys(column for column in more if column.name not in names))
