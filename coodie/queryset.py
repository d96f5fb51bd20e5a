"""An immutable description of a read, a bulk update or a bulk delete.

`Query` is the description; `QuerySetBase` is its chain of methods, each returning a new one. Nothing here does I/O,
and everything that the schema alone shows to be wrong is refused where it is said.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, NoReturn, Self, TypeVar

from coodie import calculations
from coodie.calculations import Cast, PartitionToken
from coodie.document import DocumentBase, is_abstract, schema_of
from coodie.exceptions import InvalidModelError, InvalidQueryError
from coodie.expressions import Expression, names, near, order, predicates
from coodie.expressions import field as column_of
from coodie.predicates import Near, Order, Predicate
from coodie.schema import Column, TableSchema
from coodie.statement import Consistency, SerialConsistency, check_levels, check_timeout

T = TypeVar("T")


class Shape(Enum):
    """What becomes of a row."""

    DOCUMENTS = "documents"
    TUPLES = "tuples"
    VALUES = "values"
    """One value a row."""
    DICTS = "dicts"


@dataclass(frozen=True, slots=True)
class Options:
    """How a statement is to be run; None means the connection's own setting."""

    consistency: Consistency | None = None
    serial_consistency: SerialConsistency | None = None
    timeout: float | None = None
    fetch_size: int | None = None
    paging_state: bytes | None = None


@dataclass(frozen=True, slots=True)
class Writing:
    """How the writes of a queryset are written."""

    ttl: int | None = None
    timestamp: int | None = None
    if_exists: bool = False
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """Which rows of which model, in which order, as what, and how."""

    model: type[DocumentBase]
    where: tuple[Predicate, ...] = ()
    order: tuple[Order, ...] = ()
    near: Near | None = None
    limit: int | None = None
    per_partition_limit: int | None = None
    allows_filtering: bool = False
    columns: tuple[Column, ...] | None = None
    """The fields to load, None for all of them."""
    shape: Shape = Shape.DOCUMENTS
    casts: tuple[Cast, ...] = ()
    token: PartitionToken | None = None
    groups: tuple[Column, ...] = ()
    distinct: bool = False
    validates: bool = True
    writing: Writing = Writing()
    options: Options = Options()

    @property
    def schema(self) -> TableSchema:
        """The table it is about."""
        return schema_of(self.model)


@dataclass(frozen=True)
class QuerySetBase(Generic[T]):
    """Documents, or what `values()` and `values_list()` make of rows, yet to be read; the chain returns new ones."""

    query: Query

    def __connection__(self) -> str | None:
        """The name of its model's connection; None for the default one."""
        return self.query.schema.connection

    def __repr__(self) -> str:
        """Which rows, as one would write it."""
        query = self.query
        found = [f"{query.model.__name__}.find({', '.join(map(repr, query.where))})"]
        if query.order:
            found.append(f"order_by({', '.join(map(repr, query.order))})")
        if query.limit is not None:
            found.append(f"limit({query.limit})")
        if query.allows_filtering:
            found.append("allow_filtering()")
        return ".".join(found)

    if not TYPE_CHECKING:  # to type checkers, there is none

        def __getitem__(self, place: object) -> NoReturn:
            raise TypeError("a query has no index and no slices: first(), limit(n), or all()[place]")

    def filter(self, *predicates_: object, **lookups: Any) -> Self:
        """Only rows that fulfil these, too."""
        more = predicates(self.query.schema, predicates_, lookups)
        return self._with(where=self.query.where + more)

    def limit(self, count: int) -> Self:
        """At most that many documents."""
        return self._with(limit=_positive("limit", count))

    def per_partition_limit(self, count: int) -> Self:
        """At most that many of each partition."""
        return self._with(per_partition_limit=_positive("per_partition_limit", count))

    def order_by(self, *columns: str | Expression[Any]) -> Self:
        """Sorted by these, `-` for descending.

        The server sorts by clustering columns. By any other column the client does, which reads every match and
        therefore needs `allow_filtering()`; nulls come last, descending first.
        """
        return self._with(order=tuple(order(self.query.schema, each) for each in columns))

    def order_by_ann(self, column: str | Expression[Any], vector: Sequence[float]) -> Self:
        """The nearest vectors first, as the server's index finds them; needs a `limit()` of at most 1000."""
        return self._with(near=near(self.query.schema, column, vector))

    def allow_filtering(self) -> Self:
        """Reading more rows than match is fine."""
        return self._with(allows_filtering=True)

    def only(self, *columns: str | Expression[Any]) -> Self:
        """Load these fields and the primary key; reading another raises `FieldNotLoaded`."""
        wanted = {column_of(self.query.schema, name).field for name in names(columns)}
        return self._loading(wanted)

    def defer(self, *columns: str | Expression[Any]) -> Self:
        """Load all fields but these; the primary key is always loaded."""
        left = {column_of(self.query.schema, name).field for name in names(columns)}
        loading = self.query.columns or self.query.schema.columns
        return self._loading({column.field for column in loading} - left)

    def distinct(self) -> Self:
        """One document per partition, of which the partition key and static fields are loaded."""
        return self._with(distinct=True)

    def select_token(self, *columns: str | Expression[Any]) -> Self:
        """`values()` and `values_list()` end with the token of the row's partition key."""
        return self._with(token=calculations.token(self.query.schema, columns))

    def cast(self, column: str | Expression[Any], to: str) -> Self:
        """`values()` and `values_list()` have what the server makes of the column: its value as the CQL type `to`."""
        cast = calculations.cast(self.query.schema, column, to)
        kept = tuple(each for each in self.query.casts if each.column is not cast.column)
        return self._with(casts=(*kept, cast))

    def group_by(self, *columns: str | Expression[Any]) -> Self:
        """Rows with equal values of these, the key's columns in their order, are one: `aggregate()` answers for each group.

        Without aggregates, the first row of each is read.
        """
        schema = self.query.schema
        groups = tuple(column_of(schema, name) for name in names(columns))
        if groups != schema.primary_key[: len(groups)]:
            key = ", ".join(column.field for column in schema.primary_key)
            raise InvalidQueryError(f"{schema.model} can be grouped by its key ({key}) from the left only")
        return self._with(groups=groups)

    def fetch_size(self, rows: int) -> Self:
        """Rows in a page."""
        return self._run(fetch_size=_positive("fetch_size", rows))

    def page(self, state: bytes | None) -> Self:
        """Start where `PagedResult.paging_state` points."""
        if not isinstance(state, bytes | None):
            raise InvalidQueryError(
                f"a page starts at the bytes of another page's paging_state, not at {state!r}"
            )
        return self._run(paging_state=state)

    def consistency(self, level: Consistency) -> Self:
        """Read and write at that level."""
        check_levels(level, None)
        return self._run(consistency=level)

    def serial_consistency(self, level: SerialConsistency) -> Self:
        """Decide conditions at that level."""
        check_levels(None, level)
        return self._run(serial_consistency=level)

    def timeout(self, seconds: float) -> Self:
        """Wait that long for each answer."""
        check_timeout(seconds)
        return self._run(timeout=seconds)

    def ttl(self, seconds: int) -> Self:
        """What `create` and `update` write expires after that many seconds."""
        return self._write(ttl=seconds)

    def timestamp(self, micros: int) -> Self:
        """What `create`, `update` and `delete` write is as of then, in microseconds since the epoch."""
        return self._write(timestamp=micros)

    def if_exists(self) -> Self:
        """`update` and `delete` of one row are applied only if it exists."""
        return self._write(if_exists=True)

    def if_not_exists(self) -> Self:
        """`create` is applied only if there is no such row."""
        return self._write(if_not_exists=True)

    def using(self, **options: Any) -> Self:
        """Several of `ttl timestamp consistency serial_consistency timeout fetch_size` at once."""
        found = self
        for name, value in options.items():
            if name not in _USING:
                raise InvalidQueryError(f"using() has no option {name!r}; there are {', '.join(_USING)}")
            found = getattr(found, name)(value)
        return found

    def validate(self, wanted: bool = True) -> Self:  # noqa: FBT001, FBT002  # named by the method
        """Whether rows pass through pydantic; without, they are trusted to hold what their types say."""
        return self._with(validates=wanted)

    def _as(self, shape: Shape, columns: tuple[str | Expression[Any], ...]) -> Query:
        """The query of plain values: these fields, or those that `only()` left, or all."""
        schema = self.query.schema
        wanted = (
            tuple(column_of(schema, name) for name in names(columns)) or self.query.columns or schema.columns
        )
        if shape is Shape.VALUES and len(columns) != 1:
            raise InvalidQueryError(f"flat=True gives the values of one field, not of {len(wanted)}")
        return replace(self.query, shape=shape, columns=wanted)

    def _with(self, **changes: Any) -> Self:
        return type(self)(replace(self.query, **changes))

    def _run(self, **changes: Any) -> Self:
        return self._with(options=replace(self.query.options, **changes))

    def _write(self, **changes: Any) -> Self:
        return self._with(writing=replace(self.query.writing, **changes))

    def _loading(self, wanted: Iterable[str]) -> Self:
        there, schema = set(wanted), self.query.schema
        if self.query.shape is not Shape.DOCUMENTS:
            raise InvalidQueryError(
                "values() and values_list() have said which fields: only() and defer() come before"
            )
        return self._with(
            columns=tuple(
                column
                for column in schema.columns
                if column.is_key or column is schema.discriminator or column.field in there
            )
        )


_USING = ("ttl", "timestamp", "consistency", "serial_consistency", "timeout", "fetch_size")


def found(
    model: type[DocumentBase],
    written: tuple[object, ...] = (),
    lookups: Mapping[str, Any] = MappingProxyType({}),
) -> Query:
    """What `Model.find(*written, **lookups)` asks for."""
    if is_abstract(model):
        raise InvalidModelError(f"{model.__name__} is abstract: it has no table; use a subclass")
    return Query(model, predicates(schema_of(model), written, lookups))


def _positive(name: str, count: int) -> int:
    if not isinstance(count, int) or isinstance(count, bool) or not 0 < count < 1 << 31:
        raise InvalidQueryError(f"{name} is a positive number, not {count!r}")
    return count
