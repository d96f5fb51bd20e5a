"""Keyspaces, tables, views and user types."""

from typing import TypeAlias

from coodie_memory.cql.ast.names import QualifiedName, TypeName
from coodie_memory.cql.ast.relations import Relation
from coodie_memory.cql.ast.selectors import Selected
from coodie_memory.cql.ast.terms import IntegerTerm, Term
from coodie_memory.value import Value


class Property(Value):
    """`name = value`: a constant's text, or a map's texts in order. The grammar has refused a name given twice."""

    name: str
    value: str | tuple[tuple[str, str], ...]


class ColumnMask(Value):
    """`MASKED WITH function(arguments)`; without function `MASKED WITH DEFAULT`."""

    function: QualifiedName | None
    arguments: tuple[Term, ...] = ()


class ColumnDefinition(Value):
    """A column in CREATE TABLE or ALTER TABLE ADD."""

    name: str
    type: TypeName
    static: bool = False
    mask: ColumnMask | None = None
    primary_key: bool = False
    """`PRIMARY KEY` stands right behind it."""
    ttl: bool = False
    """`TTL` stands right behind it (Scylla): it tells when its row expires."""


class PrimaryKey(Value):
    """`PRIMARY KEY ((partition), clustering)`."""

    partition: tuple[str, ...]
    clustering: tuple[str, ...]


class ClusteringOrder(Value):
    """`column ASC|DESC`."""

    column: str
    descending: bool


class Rename(Value):
    """`old TO new`."""

    old: str
    new: str


class FieldDefinition(Value):
    """A field of a user type; also a function's argument."""

    name: str
    type: TypeName


class CreateKeyspace(Value, kw_only=True):
    """`CREATE KEYSPACE name WITH properties` (Scylla: WITH may be missing)."""

    name: str
    properties: tuple[Property, ...]
    if_not_exists: bool = False


class AlterKeyspace(Value, kw_only=True):
    """`ALTER KEYSPACE name WITH properties`."""

    name: str
    properties: tuple[Property, ...]
    if_exists: bool = False


class DropKeyspace(Value, kw_only=True):
    """`DROP KEYSPACE name`."""

    name: str
    if_exists: bool = False


class CreateTable(Value, kw_only=True):
    """`CREATE TABLE`; `primary_keys` are the PRIMARY KEY clauses, any number of them."""

    table: QualifiedName
    columns: tuple[ColumnDefinition, ...]
    primary_keys: tuple[PrimaryKey, ...] = ()
    clustering_order: tuple[ClusteringOrder, ...] = ()
    compact_storage: bool = False
    properties: tuple[Property, ...] = ()
    if_not_exists: bool = False


class AddColumns(Value):
    """`ADD a int, …`."""

    columns: tuple[ColumnDefinition, ...]
    if_not_exists: bool = False


class DropColumns(Value):
    """`DROP a, … [USING TIMESTAMP n]`."""

    columns: tuple[str, ...]
    if_exists: bool = False
    timestamp: IntegerTerm | None = None


class RenameColumns(Value):
    """`RENAME a TO b AND …`."""

    renames: tuple[Rename, ...]
    if_exists: bool = False


class AlterColumnType(Value):
    """`ALTER a TYPE int`, which no server does any longer."""

    column: str
    type: TypeName


class MaskColumn(Value):
    """`ALTER a MASKED WITH …`; without mask `ALTER a DROP MASKED`."""

    column: str
    mask: ColumnMask | None
    if_exists: bool = False


class DropCompactStorage(Value):
    """`DROP COMPACT STORAGE`."""


class SetProperties(Value):
    """`WITH properties`."""

    properties: tuple[Property, ...]


class SetTtlColumn(Value):
    """`ALTER TABLE … TTL column`, or `TTL NULL` (Scylla)."""

    column: str | None


TableChange: TypeAlias = (
    AddColumns
    | DropColumns
    | RenameColumns
    | AlterColumnType
    | MaskColumn
    | DropCompactStorage
    | SetProperties
    | SetTtlColumn
)


class AlterTable(Value, kw_only=True):
    """`ALTER TABLE table change`."""

    table: QualifiedName
    change: TableChange
    if_exists: bool = False


class DropTable(Value, kw_only=True):
    """`DROP TABLE table`."""

    table: QualifiedName
    if_exists: bool = False


class CreateView(Value, kw_only=True):
    """`CREATE MATERIALIZED VIEW view AS SELECT selection FROM base WHERE where PRIMARY KEY …`; empty `selection` is `*`."""

    view: QualifiedName
    base: QualifiedName
    selection: tuple[Selected, ...]
    where: tuple[Relation, ...]
    primary_key: PrimaryKey
    clustering_order: tuple[ClusteringOrder, ...] = ()
    compact_storage: bool = False
    properties: tuple[Property, ...] = ()
    if_not_exists: bool = False


class AlterView(Value, kw_only=True):
    """`ALTER MATERIALIZED VIEW view WITH properties`."""

    view: QualifiedName
    properties: tuple[Property, ...]
    if_exists: bool = False


class DropView(Value, kw_only=True):
    """`DROP MATERIALIZED VIEW view`."""

    view: QualifiedName
    if_exists: bool = False


class CreateType(Value, kw_only=True):
    """`CREATE TYPE type (fields)`."""

    type: QualifiedName
    fields: tuple[FieldDefinition, ...]
    if_not_exists: bool = False


class AddField(Value):
    """`ADD field type`."""

    field: FieldDefinition
    if_not_exists: bool = False


class RenameFields(Value):
    """`RENAME a TO b AND …`."""

    renames: tuple[Rename, ...]
    if_exists: bool = False


class AlterFieldType(Value):
    """`ALTER field TYPE int`, which no server does any longer."""

    field: FieldDefinition


TypeChange: TypeAlias = AddField | RenameFields | AlterFieldType


class AlterType(Value, kw_only=True):
    """`ALTER TYPE type change`."""

    type: QualifiedName
    change: TypeChange
    if_exists: bool = False


class DropType(Value, kw_only=True):
    """`DROP TYPE type`."""

    type: QualifiedName
    if_exists: bool = False
