"""What exists: keyspaces, tables, columns, types, indexes, views. Frozen values; the catalog holds the current ones.

An ALTER makes a new `Table` with the same `id`; storage is keyed by `id` and addresses values by a column's `slot`,
so that a schema change outdates plans and never rows.
"""

from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias
from uuid import UUID

from coodie_memory.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from coodie_memory.types.base import CqlType
    from coodie_memory.types.usertype import UserType

NONE: "Final[Mapping[Any, Any]]" = MappingProxyType({})
"""What has no entries."""

ColumnKind = Literal["partition_key", "clustering", "static", "regular"]
Accepts: TypeAlias = "Callable[[tuple[bytes, ...], tuple[bytes, ...], bytes | None], bool]"
IndexTarget = Literal["simple", "values", "keys", "entries", "full"]


class Mask(Value):
    """What hides a column's values: a function of them and of `arguments`, whose types are `argument_types`."""

    keyspace: str
    name: str
    argument_types: "tuple[CqlType, ...]" = ()
    arguments: "tuple[bytes | None, ...]" = ()


class Column(Value):
    """A column of a table.

    `position` counts within the partition key or the clustering key and is -1 elsewhere. `slot` is where storage keeps
    the value of a static or regular column: unique in the table for all time, statics and regulars counted alike; -1 for
    key columns. A dropped column that returns gets its old slot, since cells newer than the drop show again.
    `descending` is a clustering column's order. `is_hidden`: the server made it up, and statements do not know it.
    """

    name: str
    type: "CqlType"
    kind: ColumnKind
    position: int = -1
    slot: int = -1
    descending: bool = False
    is_hidden: bool = False
    mask: Mask | None = None

    @property
    def is_key(self) -> bool:
        """Whether the column is part of the primary key."""
        return self.position >= 0

    @property
    def is_static(self) -> bool:
        """Whether the partition, not the row, has the value."""
        return self.kind == "static"


class DroppedColumn(Value):
    """A column that was dropped: `dropped_at` in microseconds hides what was written up to then, should it return."""

    column: Column
    dropped_at: int


class Index(Value):
    """A secondary index on one column. `class_name` is None for the server's default kind.

    `is_local`: it is asked within one partition. Some servers keep it as a materialized view: `kept` is that view's table
    without its columns, `view` the view where it can be read.
    """

    name: str
    table: str
    column: str
    target: IndexTarget
    class_name: str | None = None
    options: "Mapping[str, str]" = NONE
    is_local: bool = False
    kept: "Table | None" = None
    view: "View | None" = None


class Table(Value, caches=True):
    """A table, or the table that a materialized view is. `columns` is in `SELECT *` order, hidden ones included.

    `is_compact`: it was made WITH COMPACT STORAGE. Its rows live by their cells alone, INSERT leaves no marker; and a row may
    be named by the first of its clustering columns, the others being null.
    """

    keyspace: str
    name: str
    id: UUID
    columns: "Mapping[str, Column]"
    options: "Mapping[str, Any]"
    indexes: "Mapping[str, Index]" = NONE
    dropped: "Mapping[str, DroppedColumn]" = NONE
    is_counter: bool = False
    is_compact: bool = False
    next_slot: int = 0

    @cached_property
    def visible(self) -> "tuple[Column, ...]":
        """The columns that statements know, in `SELECT *` order."""
        return tuple(column for column in self.columns.values() if not column.is_hidden)

    @property
    def is_static_compact(self) -> bool:
        """Whether it is compact and its key has no clustering columns but a hidden one: what was declared is static."""
        return self.is_compact and all(column.is_hidden for column in self.clustering)

    @cached_property
    def partition_key(self) -> tuple[Column, ...]:
        """The partition key's columns in order."""
        return self._of_kind("partition_key")

    @cached_property
    def clustering(self) -> tuple[Column, ...]:
        """The clustering columns in order."""
        return self._of_kind("clustering")

    @cached_property
    def primary_key(self) -> tuple[Column, ...]:
        """Partition key, then clustering columns."""
        return self.partition_key + self.clustering

    @cached_property
    def statics(self) -> tuple[Column, ...]:
        """The static columns by name."""
        return self._of_kind("static")

    @cached_property
    def regulars(self) -> tuple[Column, ...]:
        """The regular columns by name."""
        return self._of_kind("regular")

    def _of_kind(self, kind: ColumnKind) -> tuple[Column, ...]:
        return tuple(column for column in self.columns.values() if column.kind == kind)


class View(Value):
    """A materialized view: the table that holds it, and what it takes from its base.

    Columns have the names that they have in the base. `relations` is the WHERE clause as a tree, which only the planner
    looks into; `accepts` says of the base's partition key, its clustering values and the value of the view's own key column,
    if it has one, whether it shows such a row.
    """

    table: Table
    base: UUID
    base_name: str
    include_all_columns: bool
    where_clause: str
    relations: tuple[object, ...]
    accepts: Accepts


Signature: TypeAlias = tuple[str, tuple[str, ...]]
"""What tells functions of a keyspace apart: the name and the argument types, frozen or not."""


def signature(name: str, argument_types: "Sequence[CqlType]") -> Signature:
    """The signature of a function of these types."""
    return name, tuple(str(kind.freeze()) for kind in argument_types)


class UserFunction(Value):
    """A user-defined scalar function. Its `body` is text; what is run in its place, `schema.code.Code` knows."""

    keyspace: str
    name: str
    argument_names: tuple[str, ...]
    argument_types: "tuple[CqlType, ...]"
    returns: "CqlType"
    called_on_null: bool
    language: str
    body: str

    @property
    def signature(self) -> Signature:
        """What it is found by."""
        return signature(self.name, self.argument_types)


class UserAggregate(Value):
    """A user-defined aggregate; its functions are of its keyspace, named here, and found when it is called."""

    keyspace: str
    name: str
    argument_types: "tuple[CqlType, ...]"
    state_function: str
    state_type: "CqlType"
    final_function: str | None
    reduce_function: str | None
    initial_state: bytes | None
    returns: "CqlType"

    @property
    def signature(self) -> Signature:
        """What it is found by."""
        return signature(self.name, self.argument_types)

    @property
    def state_signature(self) -> Signature:
        """What its state function is found by."""
        return signature(self.state_function, (self.state_type, *self.argument_types))

    @property
    def final_signature(self) -> Signature | None:
        """What its final function is found by, if it has one."""
        return signature(self.final_function, (self.state_type,)) if self.final_function else None

    @property
    def reduce_signature(self) -> Signature | None:
        """What its reduce function is found by, if it has one."""
        types = (self.state_type, self.state_type)
        return signature(self.reduce_function, types) if self.reduce_function else None


class Keyspace(Value, caches=True):
    """A keyspace and all that is in it. `replication` has the full class name under `class`.

    `tablets` is how many tablets a table begins with, 0 as many as the server likes; None: tables are not kept in any.
    `storage` has the type and the options of a storage elsewhere.
    """

    name: str
    replication: "Mapping[str, str]"
    durable_writes: bool = True
    tablets: int | None = None
    storage: "Mapping[str, str]" = NONE
    tables: "Mapping[str, Table]" = NONE
    views: "Mapping[str, View]" = NONE
    types: "Mapping[str, UserType]" = NONE
    functions: "Mapping[Signature, UserFunction]" = NONE
    aggregates: "Mapping[Signature, UserAggregate]" = NONE
    is_virtual: bool = False

    @cached_property
    def tables_by_id(self) -> "dict[UUID, Table]":
        """Every table and view table by its id; a dictionary, whose hashes another takes over."""
        views = (*self.views.values(), *self.index_views.values())
        return {table.id: table for table in (*self.tables.values(), *(view.table for view in views))}

    @cached_property
    def all_views(self) -> "Mapping[str, View]":
        """The views, also those that indexes are kept as, by name."""
        return MappingProxyType({**self.views, **self.index_views})

    @cached_property
    def index_views(self) -> "Mapping[str, View]":
        """The views that indexes are kept as, by name."""
        return MappingProxyType(
            {
                index.view.table.name: index.view
                for table in self.tables.values()
                for index in table.indexes.values()
                if index.view is not None
            }
        )
