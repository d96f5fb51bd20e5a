"""Keyspaces, tables, views and user types."""

from dataclasses import dataclass
from typing import TypeAlias

from coodie_memory.cql.ast.names import QualifiedName, TypeName
from coodie_memory.cql.ast.relations import Relation
from coodie_memory.cql.ast.selectors import Selected
from coodie_memory.cql.ast.terms import IntegerTerm, Term


@dataclass(frozen=True, slots=True)
class Property:
    """`name = value`: a constant's text, or a map's texts in order. The grammar has refused a name given twice."""

    name: str
    value: str | tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ColumnMask:
    """`MASKED WITH function(arguments)`; without function `MASKED WITH DEFAULT`."""

    function: QualifiedName | None
    arguments: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnDefinition:
    """A column in CREATE TABLE or ALTER TABLE ADD."""

    name: str
    type: TypeName
    static: bool = False
    mask: ColumnMask | None = None
    primary_key: bool = False
    """`PRIMARY KEY` stands right behind it."""


@dataclass(frozen=True, slots=True)
class PrimaryKey:
    """`PRIMARY KEY ((partition), clustering)`."""

    partition: tuple[str, ...]
    clustering: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClusteringOrder:
    """`column ASC|DESC`."""

    column: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Rename:
    """`old TO new`."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class FieldDefinition:
    """A field of a user type; also a function's argument."""

    name: str
    type: TypeName


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateKeyspace:
    """`CREATE KEYSPACE name WITH properties` (Scylla: WITH may be missing)."""

    name: str
    properties: tuple[Property, ...]
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterKeyspace:
    """`ALTER KEYSPACE name WITH properties`."""

    name: str
    properties: tuple[Property, ...]
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DropKeyspace:
    """`DROP KEYSPACE name`."""

    name: str
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTable:
    """`CREATE TABLE`; `primary_keys` are the PRIMARY KEY clauses, any number of them."""

    table: QualifiedName
    columns: tuple[ColumnDefinition, ...]
    primary_keys: tuple[PrimaryKey, ...] = ()
    clustering_order: tuple[ClusteringOrder, ...] = ()
    compact_storage: bool = False
    properties: tuple[Property, ...] = ()
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class AddColumns:
    """`ADD a int, …`."""

    columns: tuple[ColumnDefinition, ...]
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropColumns:
    """`DROP a, … [USING TIMESTAMP n]`."""

    columns: tuple[str, ...]
    if_exists: bool = False
    timestamp: IntegerTerm | None = None


@dataclass(frozen=True, slots=True)
class RenameColumns:
    """`RENAME a TO b AND …`."""

    renames: tuple[Rename, ...]
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class AlterColumnType:
    """`ALTER a TYPE int`, which no server does any longer."""

    column: str
    type: TypeName


@dataclass(frozen=True, slots=True)
class MaskColumn:
    """`ALTER a MASKED WITH …`; without mask `ALTER a DROP MASKED`."""

    column: str
    mask: ColumnMask | None
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropCompactStorage:
    """`DROP COMPACT STORAGE`."""


@dataclass(frozen=True, slots=True)
class SetProperties:
    """`WITH properties`."""

    properties: tuple[Property, ...]


TableChange: TypeAlias = (
    AddColumns
    | DropColumns
    | RenameColumns
    | AlterColumnType
    | MaskColumn
    | DropCompactStorage
    | SetProperties
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterTable:
    """`ALTER TABLE table change`."""

    table: QualifiedName
    change: TableChange
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DropTable:
    """`DROP TABLE table`."""

    table: QualifiedName
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateView:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterView:
    """`ALTER MATERIALIZED VIEW view WITH properties`."""

    view: QualifiedName
    properties: tuple[Property, ...]
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DropView:
    """`DROP MATERIALIZED VIEW view`."""

    view: QualifiedName
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateType:
    """`CREATE TYPE type (fields)`."""

    type: QualifiedName
    fields: tuple[FieldDefinition, ...]
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class AddField:
    """`ADD field type`."""

    field: FieldDefinition
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class RenameFields:
    """`RENAME a TO b AND …`."""

    renames: tuple[Rename, ...]
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class AlterFieldType:
    """`ALTER field TYPE int`, which no server does any longer."""

    field: FieldDefinition


TypeChange: TypeAlias = AddField | RenameFields | AlterFieldType


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterType:
    """`ALTER TYPE type change`."""

    type: QualifiedName
    change: TypeChange
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DropType:
    """`DROP TYPE type`."""

    type: QualifiedName
    if_exists: bool = False
