"""The table a model class stands for: read once from the class, immutable, refused where CQL could not hold it.

`InvalidModelError` names class and field. Two schemas are the same only if they are one object, so that texts can be
cached by schema without looking into it.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from types import MappingProxyType
from typing import Any, NoReturn, Self, TypeVar, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from coodie import fields
from coodie.codecs import UNCONVERTIBLE, Codec
from coodie.cqltypes import (
    CqlType,
    Native,
    UserTypeLike,
    VectorType,
    is_collection,
    mapped,
    spelling,
    unwrapped,
)
from coodie.exceptions import InvalidModelError, InvalidQueryError
from coodie.markers import check_target, check_words
from coodie.names import table_name
from coodie.settings import check_settings, default_ttl, settings, table_options
from coodie.statement import Consistency, SerialConsistency, check_levels, check_timeout

M = TypeVar("M", bound=fields.Marker)


_EMPTY = (list, set, frozenset, dict)


class Kind(Enum):
    """A column's part in its table."""

    PARTITION_KEY = "partition_key"
    CLUSTERING = "clustering"
    STATIC = "static"
    REGULAR = "regular"


class TableKind(Enum):
    """What a model may do to its table."""

    TABLE = "table"
    COUNTERS = "counter table"
    VIEW = "materialized view"


class Single:
    """One object in the process: texts are cached by it, and what a copy would be is itself."""

    __slots__ = ()

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a query and its columns belong to their class: pickle what a query gives, or what makes it"
        )


@dataclass(frozen=True, slots=True)
class Index:
    """A secondary index as a model wants it."""

    name: str
    column: str
    target: fields.IndexTarget | None = None
    using: str | None = None
    options: Mapping[str, str] = dataclasses.field(default_factory=dict)
    similarity: fields.Similarity | None = None
    """Of a vector: every server has its own kind of index for these."""


@dataclass(frozen=True, eq=False, slots=True)
class Column(Single):
    """One field of a model, one column of its table."""

    field: str
    name: str
    """In the database."""
    cql_type: CqlType
    codec: Codec
    kind: Kind
    model: str
    optional: bool = False
    info: FieldInfo = dataclasses.field(default_factory=FieldInfo)
    position: int = 0
    order: fields.SortOrder = "ASC"
    index: Index | None = None
    user_types: tuple[type[UserTypeLike], ...] = ()

    def bind(self, value: Any) -> Any:
        """The value as a backend takes it; `InvalidQueryError` names field and value where it does not fit."""
        if value is None:
            return None
        try:
            return self.codec.encode(value)
        except UNCONVERTIBLE as error:
            raise InvalidQueryError(
                f"{self}: {value!r} {error} (the column is {spelling(self.cql_type)})"
            ) from error

    def read(self, value: Any) -> Any:
        """The field's value for what a backend gave."""
        return value if value is None or self.codec.decode is None else self.codec.decode(value)

    def value(self, value: Any) -> Any:
        """As `read`, with the empty collection for null where the field allows no None."""
        if value is None and not self.optional and self.empty is not None:
            return self.empty()
        return self.read(value)

    @property
    def empty(self) -> Callable[[], Any] | None:
        """Makes the collection that null stands for; None where null is just null."""
        origin = get_origin(unwrapped(self.info.annotation).base)
        return origin if origin in _EMPTY and not isinstance(self.cql_type, VectorType) else None

    @property
    def is_key(self) -> bool:
        """Part of the primary key: never null, never updated."""
        return self.kind in (Kind.PARTITION_KEY, Kind.CLUSTERING)

    @property
    def is_counter(self) -> bool:
        """Only ever incremented and decremented."""
        return self.cql_type == Native("counter")

    def __str__(self) -> str:
        return f"{self.model}.{self.field}"


@dataclass(frozen=True, slots=True)
class View:
    """What a materialized view is made of."""

    base: str
    """The table."""
    where: str | None = None
    """CQL instead of `key IS NOT NULL …`."""
    columns: tuple[str, ...] | None = None
    """Their names in the database, None for the model's fields."""
    order: Mapping[str, fields.SortOrder] | None = None
    """Of its clustering columns, None for what the markers say."""


@dataclass(frozen=True, eq=False, slots=True)
class TableSchema(Single):
    """A table as one model wants it."""

    model: str
    table: str
    keyspace: str | None
    connection: str | None
    consistency: Consistency | None
    """At which its statements run, where a call says nothing else; None for the connection's. So the next two."""
    serial_consistency: SerialConsistency | None
    timeout: float | None
    kind: TableKind
    columns: tuple[Column, ...]
    partition_key: tuple[Column, ...]
    clustering: tuple[Column, ...]
    primary_key: tuple[Column, ...]
    """Partition key, then clustering key."""
    default_ttl: int | None = None
    options: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    view: View | None = None
    discriminator: Column | None = None
    discriminator_value: str | None = None
    by_field: Mapping[str, Column] = dataclasses.field(default_factory=dict)
    by_name: Mapping[str, Column] = dataclasses.field(default_factory=dict)

    def check_kind(self, value: Any) -> None:
        """Refuse another value of the discriminator than this class's own."""
        if self.discriminator is None or self.discriminator_value is None:
            return
        if self.discriminator.bind(value) != self.discriminator_value:
            raise InvalidQueryError(
                f"{self.discriminator} is {self.discriminator_value!r} in every row of the class, not {value!r}; "
                f"what is of another class is made of that class"
            )

    @property
    def indexes(self) -> tuple[Index, ...]:
        """What its fields' markers ask for."""
        return tuple(column.index for column in self.columns if column.index is not None)


def table_schema(model: type[BaseModel], kind: TableKind) -> TableSchema:
    """The table of a complete model class, checked."""
    said = settings(model)
    check_settings(model.__name__, said)
    table = said.get("name") or table_name(_namesake(model))
    columns = tuple(_column(model, table, name) for name in model.model_fields)
    discriminators = [
        column for column in columns if _marker(_markers(model, column.field), fields.Discriminator)
    ]
    partition_key, clustering = _key(columns, Kind.PARTITION_KEY), _key(columns, Kind.CLUSTERING)
    schema = TableSchema(
        model=model.__name__,
        table=table,
        keyspace=said.get("keyspace"),
        connection=said.get("connection"),
        consistency=said.get("consistency"),
        serial_consistency=said.get("serial_consistency"),
        timeout=said.get("timeout"),
        kind=kind,
        columns=columns,
        partition_key=partition_key,
        clustering=clustering,
        primary_key=partition_key + clustering,
        default_ttl=default_ttl(model.__name__, said),
        options=table_options(model.__name__, said),
        view=_view(model, said) if kind is TableKind.VIEW else None,
        discriminator=discriminators[0] if discriminators else None,
        discriminator_value=_own_kind(model.__name__, discriminators, said.get("__discriminator_value__")),
        by_field=MappingProxyType({column.field: column for column in columns}),
        by_name=MappingProxyType({column.name: column for column in columns}),
    )
    _check_table(schema, len(discriminators))
    return schema


def _own_kind(model: str, discriminators: list[Column], value: Any) -> Any:
    """A `__discriminator_value__` as rows have it."""
    if value is None or not discriminators:
        return value
    try:
        return discriminators[0].bind(value)
    except InvalidQueryError as error:
        raise InvalidModelError(f"{model}.Settings.__discriminator_value__: {error}") from error


def together(schemas: Sequence[TableSchema]) -> TableSchema:
    """One table with the columns of all of these: the first one's, and what the others add."""
    found: dict[str, Column] = {}
    for column in (each for schema in schemas for each in schema.columns):
        found.setdefault(column.name, column)
    columns = tuple(found.values())
    return dataclasses.replace(
        schemas[0],
        columns=columns,
        by_field=MappingProxyType({column.field: column for column in columns}),
        by_name=MappingProxyType({column.name: column for column in columns}),
    )


def _namesake(model: type[BaseModel]) -> type[BaseModel]:
    """The class that a table is named after: of a polymorphic family, the one that brought the discriminator."""
    discriminators = [
        name for name in model.model_fields if _marker(_markers(model, name), fields.Discriminator)
    ]
    for parent in reversed(model.__mro__):
        if issubclass(parent, BaseModel) and discriminators and discriminators[0] in parent.model_fields:
            own = parent.__dict__.get("Settings")
            if own is None or not own.__dict__.get("__abstract__", False):
                return parent
    return model


def _view(model: type[BaseModel], said: Mapping[str, Any]) -> View:
    base = said.get("__base_table__")
    if base is None:
        raise InvalidModelError(
            f"{model.__name__} is a view of nothing: Settings.__base_table__ names a table or a class"
        )
    columns, order = said.get("__view_columns__"), said.get("__clustering_order__")
    return View(
        base=base if isinstance(base, str) else base.table_name(),
        where=said.get("__where_clause__"),
        columns=None if columns is None else tuple(columns),
        order=None if order is None else MappingProxyType(dict(order)),
    )


def _column(model: type[BaseModel], table: str, name: str) -> Column:
    info = model.model_fields[name]
    metadata = tuple(info.metadata)
    where = f"{model.__name__}.{name}"
    try:
        mapping = mapped(info.annotation, metadata)
    except InvalidModelError as error:
        raise InvalidModelError(f"{where}: {error}") from error
    markers = _markers(model, name)
    check_words(where, markers)
    renamed = _marker(markers, fields.Column)
    column = Column(
        field=name,
        name=renamed.name if renamed else name,
        cql_type=mapping.cql_type,
        codec=mapping.codec,
        kind=_kind(where, markers),
        model=model.__name__,
        optional=mapping.optional,
        info=info,
        position=_position(markers),
        order=_order(where, markers),
        index=_index(table, renamed.name if renamed else name, markers),
        user_types=mapping.user_types,
    )
    _check_column(column, where)
    return column


def _markers(model: type[BaseModel], name: str) -> tuple[fields.Marker, ...]:
    info = model.model_fields[name]
    try:
        return unwrapped(info.annotation, tuple(info.metadata)).markers
    except InvalidModelError as error:
        raise InvalidModelError(f"{model.__name__}.{name}: {error}") from error


def _marker(markers: Iterable[fields.Marker], kind: type[M]) -> M | None:
    return next((each for each in markers if isinstance(each, kind)), None)


def _kind(where: str, markers: tuple[fields.Marker, ...]) -> Kind:
    roles = {
        fields.PrimaryKey: Kind.PARTITION_KEY,
        fields.ClusteringKey: Kind.CLUSTERING,
        fields.Static: Kind.STATIC,
    }
    found = {kind for marker, kind in roles.items() if _marker(markers, marker)}
    if len(found) > 1:
        names = " and ".join(sorted(kind.value for kind in found))
        raise InvalidModelError(f"{where}: a column is {names} at once; keep one of the markers")
    return found.pop() if found else Kind.REGULAR


def _position(markers: tuple[fields.Marker, ...]) -> int:
    partition, clustering = _marker(markers, fields.PrimaryKey), _marker(markers, fields.ClusteringKey)
    if partition is not None:
        return partition.partition_key_index
    return clustering.clustering_key_index if clustering is not None else 0


def _order(where: str, markers: tuple[fields.Marker, ...]) -> fields.SortOrder:
    clustering = _marker(markers, fields.ClusteringKey)
    if clustering is None:
        return "ASC"
    if clustering.order not in ("ASC", "DESC"):
        raise InvalidModelError(f"{where}: the order is ASC or DESC, not {clustering.order!r}")
    return clustering.order


def _index(table: str, name: str, markers: tuple[fields.Marker, ...]) -> Index | None:
    wanted, vector = _marker(markers, fields.Indexed), _marker(markers, fields.VectorIndex)
    if vector is not None and wanted is not None:
        raise InvalidModelError(
            f"{table}.{name}: Indexed() and VectorIndex() make an index each; keep one of them"
        )
    default = f"{table}_{name}_idx"
    if vector is not None:
        return Index(default, name, similarity=vector.similarity_function)
    if wanted is None:
        return None
    options = MappingProxyType(dict(wanted.options or {}))
    return Index(wanted.index_name or default, name, wanted.target, wanted.using, options)


def _key(columns: tuple[Column, ...], kind: Kind) -> tuple[Column, ...]:
    """The columns of that part of the key, in the order of their positions, of which none comes twice."""
    found = sorted((column for column in columns if column.kind is kind), key=lambda column: column.position)
    for first, second in pairwise(found):
        if first.position == second.position:
            raise InvalidModelError(
                f"{second}: {first.field} has the same position {first.position} in the {kind.value}; "
                f"give each its own index"
            )
    return tuple(found)


def _check_column(column: Column, where: str) -> None:
    """Refuse what no table could hold, whatever its other columns are."""
    if column.is_key and is_collection(column.cql_type):
        raise InvalidModelError(f"{where}: a collection in the key has to be Frozen()")
    if column.is_key and column.cql_type in (Native("counter"), Native("duration")):
        raise InvalidModelError(f"{where}: a {spelling(column.cql_type)} cannot be part of the key")
    if column.index is None:
        return
    if column.is_counter:
        raise InvalidModelError(f"{where}: a counter cannot be indexed")
    if column.index.similarity is not None and not isinstance(column.cql_type, VectorType):
        raise InvalidModelError(
            f"{where}: VectorIndex() stands on a Vector(), not on {spelling(column.cql_type)}"
        )
    if column.index.similarity == "COSINE" and column.cql_type == VectorType(1):
        raise InvalidModelError(f"{where}: in one dimension all vectors have the same COSINE; use EUCLIDEAN")
    if column.cql_type == Native("duration"):
        raise InvalidModelError(f"{where}: a duration cannot be indexed")
    check_target(where, column.index.target, column.cql_type)


def _check_table(schema: TableSchema, discriminators: int) -> None:
    """Refuse what the columns of a table cannot be together, and what says nothing about it."""
    for what, name in (("name", schema.table), ("keyspace", schema.keyspace)):
        if name is not None and not (isinstance(name, str) and name):
            raise InvalidModelError(f"{schema.model}.Settings.{what} is a name, not {name!r}")
    try:
        check_levels(schema.consistency, schema.serial_consistency)
        check_timeout(schema.timeout)
    except InvalidQueryError as error:
        raise InvalidModelError(f"{schema.model}.Settings: {error}") from error
    if not schema.partition_key:
        raise InvalidModelError(f"{schema.model} has no partition key; mark a field with PrimaryKey()")
    if len(schema.by_name) < len(schema.columns):
        twice = next(column for column in schema.columns if schema.by_name[column.name] is not column)
        twice = schema.by_name[twice.name]
        raise InvalidModelError(f"{twice}: another field has the same column {twice.name!r}")
    if discriminators > 1:
        raise InvalidModelError(
            f"{schema.model} has {discriminators} discriminators; one says of which class a row is"
        )
    if schema.discriminator_value is not None and schema.discriminator is None:
        raise InvalidModelError(
            f"{schema.model} has a __discriminator_value__, but no field is a Discriminator()"
        )
    if len(schema.partition_key) == 1 and schema.partition_key[0].index is not None:
        raise InvalidModelError(f"{schema.partition_key[0]}: the whole partition key needs no index")
    if schema.connection is not None and not isinstance(schema.connection, str):
        raise InvalidModelError(
            f"{schema.model}.Settings.connection is a connection's name, not {schema.connection!r}"
        )
    names = [index.name for index in schema.indexes]
    if len(set(names)) < len(names):
        twice = next(each for each in schema.columns if each.index and names.count(each.index.name) > 1)
        raise InvalidModelError(f"{twice}: another index has the same name")
    for column in schema.columns:
        if column.kind is Kind.STATIC and not schema.clustering:
            raise InvalidModelError(f"{column}: a static column needs a clustering key in its table")
        _check_counters(schema, column)


def _check_counters(schema: TableSchema, column: Column) -> None:
    if column.is_key or schema.kind is TableKind.VIEW:
        return
    if schema.kind is TableKind.COUNTERS and not column.is_counter:
        raise InvalidModelError(
            f"{column}: a counter table holds its key and counters only; mark it with Counter()"
        )
    if schema.kind is TableKind.TABLE and column.is_counter:
        raise InvalidModelError(f"{column}: a counter lives in a CounterDocument")
