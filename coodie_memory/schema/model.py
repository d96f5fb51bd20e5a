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
    from collections.abc import Callable, Mapping

    from coodie_memory.types.base import CqlType
    from coodie_memory.types.usertype import UserType

NONE: "Final[Mapping[str, Any]]" = MappingProxyType({})
"""What has no entries."""

ColumnKind = Literal["partition_key", "clustering", "static", "regular"]
Accepts: TypeAlias = "Callable[[tuple[bytes, ...], tuple[bytes, ...], bytes | None], bool]"
IndexTarget = Literal["simple", "values", "keys", "entries", "full"]


class Column(Value):
    """A column of a table.

    `position` counts within the partition key or the clustering key and is -1 elsewhere. `slot` is where storage keeps
    the value of a static or regular column: unique in the table for all time, statics and regulars counted alike; -1 for
    key columns. A dropped column that returns gets its old slot, since cells newer than the drop show again.
    `descending` is a clustering column's order.
    """

    name: str
    type: "CqlType"
    kind: ColumnKind
    position: int = -1
    slot: int = -1
    descending: bool = False

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
    """A secondary index on one column. `class_name` is None for the server's default kind."""

    name: str
    table: str
    column: str
    target: IndexTarget
    class_name: str | None = None
    options: "Mapping[str, str]" = NONE


class Table(Value, caches=True):
    """A table, or the table that a materialized view is. `columns` is in `SELECT *` order."""

    keyspace: str
    name: str
    id: UUID
    columns: "Mapping[str, Column]"
    options: "Mapping[str, Any]"
    indexes: "Mapping[str, Index]" = NONE
    dropped: "Mapping[str, DroppedColumn]" = NONE
    is_counter: bool = False
    next_slot: int = 0

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


class Keyspace(Value):
    """A keyspace and all that is in it. `replication` has the full class name under `class`."""

    name: str
    replication: "Mapping[str, str]"
    durable_writes: bool = True
    tables: "Mapping[str, Table]" = NONE
    views: "Mapping[str, View]" = NONE
    types: "Mapping[str, UserType]" = NONE
    is_virtual: bool = False
