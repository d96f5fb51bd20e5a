"""Indexes, functions, aggregates, triggers."""

from typing import TYPE_CHECKING, TypeAlias
from typing import Literal as OneOf

from coodie_memory.cql.ast.names import QualifiedName, TypeName
from coodie_memory.cql.ast.schema import FieldDefinition, Property
from coodie_memory.value import Value

if TYPE_CHECKING:
    from coodie_memory.cql.ast.terms import Term

IndexTargetKind: TypeAlias = OneOf["simple", "values", "keys", "entries", "full"]


class IndexTarget(Value):
    """`column`, `keys(column)` and so on."""

    column: str
    kind: IndexTargetKind = "simple"


class CreateIndex(Value, kw_only=True):
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


class DropIndex(Value, kw_only=True):
    """`DROP INDEX index`."""

    index: QualifiedName
    if_exists: bool = False


class CreateFunction(Value, kw_only=True):
    """`CREATE FUNCTION`; `called_on_null` tells CALLED from RETURNS NULL ON NULL INPUT."""

    function: QualifiedName
    arguments: tuple[FieldDefinition, ...]
    called_on_null: bool
    returns: TypeName
    language: str
    body: str
    or_replace: bool = False
    if_not_exists: bool = False


class DropFunction(Value, kw_only=True):
    """`DROP FUNCTION function [(types)]`; None is without parentheses."""

    function: QualifiedName
    argument_types: tuple[TypeName, ...] | None
    if_exists: bool = False


class CreateAggregate(Value, kw_only=True):
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


class DropAggregate(Value, kw_only=True):
    """`DROP AGGREGATE aggregate [(types)]`; None is without parentheses."""

    aggregate: QualifiedName
    argument_types: tuple[TypeName, ...] | None
    if_exists: bool = False


class CreateTrigger(Value, kw_only=True):
    """`CREATE TRIGGER name ON table USING class`."""

    name: str
    table: QualifiedName
    class_name: str
    if_not_exists: bool = False


class DropTrigger(Value, kw_only=True):
    """`DROP TRIGGER name ON table`."""

    name: str
    table: QualifiedName
    if_exists: bool = False
