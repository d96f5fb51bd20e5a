"""Indexes, functions, aggregates, triggers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias
from typing import Literal as OneOf

from coodie_memory.cql.ast.names import QualifiedName, TypeName
from coodie_memory.cql.ast.schema import FieldDefinition, Property

if TYPE_CHECKING:
    from coodie_memory.cql.ast.terms import Term

IndexTargetKind: TypeAlias = OneOf["simple", "values", "keys", "entries", "full"]


@dataclass(frozen=True, slots=True)
class IndexTarget:
    """`column`, `keys(column)` and so on."""

    column: str
    kind: IndexTargetKind = "simple"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateIndex:
    """`CREATE [CUSTOM] INDEX [name] ON table (targets) [USING class] [WITH properties]`.

    `local_partition` are the columns of a local index's `((p), v)` (Scylla).
    """

    name: str | None
    table: QualifiedName
    targets: tuple[IndexTarget, ...]
    custom: bool = False
    class_name: str | None = None
    properties: tuple[Property, ...] = ()
    if_not_exists: bool = False
    local_partition: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DropIndex:
    """`DROP INDEX index`."""

    index: QualifiedName
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateFunction:
    """`CREATE FUNCTION`; `called_on_null` tells CALLED from RETURNS NULL ON NULL INPUT."""

    function: QualifiedName
    arguments: tuple[FieldDefinition, ...]
    called_on_null: bool
    returns: TypeName
    language: str
    body: str
    or_replace: bool = False
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DropFunction:
    """`DROP FUNCTION function [(types)]`; None is without parentheses."""

    function: QualifiedName
    argument_types: tuple[TypeName, ...] | None
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateAggregate:
    """`CREATE AGGREGATE`; `reduce_function` is Scylla's."""

    aggregate: QualifiedName
    argument_types: tuple[TypeName, ...]
    state_function: str
    state_type: TypeName
    final_function: str | None = None
    initial_condition: "Term | None" = None
    reduce_function: str | None = None
    or_replace: bool = False
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DropAggregate:
    """`DROP AGGREGATE aggregate [(types)]`; None is without parentheses."""

    aggregate: QualifiedName
    argument_types: tuple[TypeName, ...] | None
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTrigger:
    """`CREATE TRIGGER name ON table USING class`."""

    name: str
    table: QualifiedName
    class_name: str
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DropTrigger:
    """`DROP TRIGGER name ON table`."""

    name: str
    table: QualifiedName
    if_exists: bool = False
