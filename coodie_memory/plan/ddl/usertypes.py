"""CREATE, ALTER and DROP TYPE."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import assert_never

from coodie_memory.cql import ast
from coodie_memory.dialect import Dialect, TypeRefusals
from coodie_memory.errors import InvalidRequest
from coodie_memory.plan.ddl import retyped
from coodie_memory.plan.ddl.transformation import Outcome
from coodie_memory.plan.nodes import Moment
from coodie_memory.plan.typenames import cql_type, shown
from coodie_memory.result import SchemaChange
from coodie_memory.schema.catalog import Schema, having, lacking
from coodie_memory.schema.model import Keyspace, Table, UserAggregate, UserFunction
from coodie_memory.types.base import CqlType
from coodie_memory.types.quoting import identifier
from coodie_memory.types.usertype import UserType
from coodie_memory.types.vector import VectorType
from coodie_memory.value import Value, replace


class Usage(Value):
    """Where a type is used, as the server looks for it: with or without the elements of vectors."""

    in_vectors: bool

    def uses(self, kind: CqlType, used: UserType) -> bool:
        """Whether the type occurs in another one, or is it."""
        if isinstance(kind, VectorType) and not self.in_vectors:
            return False
        is_it = isinstance(kind, UserType) and kind.name == used.name
        return is_it or any(self.uses(inner, used) for inner in kind.children)

    def mentions(self, defined: UserFunction | UserAggregate, used: UserType) -> bool:
        """Whether a function takes, keeps or returns it."""
        kinds = (*defined.argument_types, defined.returns)
        if isinstance(defined, UserAggregate):
            kinds += (defined.state_type,)
        return any(self.uses(kind, used) for kind in kinds)

    def in_partition_key(self, used: UserType, table: Table) -> bool:
        """Whether it stands in the table's partition key."""
        return any(self.uses(column.type, used) for column in table.partition_key)


def create_type(
    statement: ast.CreateType, keyspace: str, dialect: Dialect, schema: Schema, _moment: Moment
) -> Outcome:
    """CREATE TYPE."""
    found = schema.keyspace(keyspace)
    if found is None:
        raise InvalidRequest(dialect.table_refusals.missing_keyspace.format(keyspace=keyspace))
    refusals = dialect.type_refusals
    name = statement.type.name
    told = SchemaChange("CREATED", "TYPE", keyspace, name)
    if name in found.types:
        if statement.if_not_exists:
            return Outcome(schema, told if dialect.creating_always_tells else None)
        raise InvalidRequest(refusals.existing.format(keyspace=keyspace, name=name))
    _require_different(keyspace, name, [field.name for field in statement.fields], refusals.repeated_field)
    for field in statement.fields:
        _check_field(field.type, refusals)
    created = UserType(
        keyspace,
        name,
        tuple(field.name for field in statement.fields),
        tuple(cql_type(field.type, found, dialect) for field in statement.fields),
        is_multicell=True,
    )
    return Outcome(
        schema.with_keyspace(replace(found, types=having(found.types, name, created))),
        told,
    )


def alter_type(
    statement: ast.AlterType, keyspace: str, dialect: Dialect, schema: Schema, _moment: Moment
) -> Outcome:
    """ALTER TYPE; tables, views and other types that use it follow."""
    name = statement.type.name
    found = schema.keyspace(keyspace)
    before = found.types.get(name) if found else None
    if found is None or before is None:
        if statement.if_exists:
            return Outcome(schema)
        refusals = dialect.type_refusals
        refusal = refusals.missing_to_alter if found else refusals.missing_keyspace_to_alter
        raise _missing(refusal or refusals.missing_to_alter, keyspace, name)
    usage = Usage(dialect.finds_types_in_vectors)
    after = _altered(statement.change, before, found, usage, dialect)
    if after == before:
        return Outcome(schema)
    return Outcome(
        schema.with_keyspace(_following(found, before, after, usage)),
        SchemaChange("UPDATED", "TYPE", keyspace, name),
    )


def drop_type(
    statement: ast.DropType, keyspace: str, dialect: Dialect, schema: Schema, _moment: Moment
) -> Outcome:
    """DROP TYPE; not while something uses it."""
    name = statement.type.name
    found = schema.keyspace(keyspace)
    dropped = found.types.get(name) if found else None
    refusals = dialect.type_refusals
    if found is None or dropped is None:
        if statement.if_exists:
            return Outcome(schema)
        refusal = refusals.missing_to_drop if found else refusals.missing_keyspace_to_drop
        raise _missing(refusal or refusals.missing_to_drop, keyspace, name)

    def in_use(users: str, names: Sequence[str]) -> InvalidRequest:
        who = users.format(names=", ".join(names), first=names[0], keyspace=keyspace)
        return InvalidRequest(dialect.type_is_in_use.format(keyspace=keyspace, type=name, users=who))

    usage = Usage(dialect.finds_types_in_vectors)
    if callables := [
        f"{keyspace}.{each.name}" for each in _callables(found) if usage.mentions(each, dropped)
    ]:
        raise in_use("functions {names}", callables)
    if others := [
        other.name for other in found.types.values() if other is not dropped and usage.uses(other, dropped)
    ]:
        raise in_use(refusals.used_by_types, others)
    if tables := [
        table.name
        for table in found.tables.values()
        if any(usage.uses(column.type, dropped) for column in table.columns.values())
    ]:
        raise in_use(refusals.used_by_tables, tables)
    return Outcome(
        schema.with_keyspace(replace(found, types=lacking(found.types, name))),
        SchemaChange("DROPPED", "TYPE", keyspace, name),
    )


def _missing(refusal: str, keyspace: str, name: str) -> InvalidRequest:
    return InvalidRequest(refusal.format(keyspace=keyspace, name=name, quoted=identifier(name)))


def _require_different(keyspace: str, owner: str, names: Sequence[str], refusal: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            shown = {"field": name, "hex": name.encode().hex(), "name": owner}
            raise InvalidRequest(refusal.format(keyspace=keyspace, **shown))
        seen.add(name)


def _altered(
    change: ast.TypeChange, before: UserType, keyspace: Keyspace, usage: Usage, dialect: Dialect
) -> UserType:
    if dialect.fields_are_pinned_in_keys:
        _refuse_in_partition_key(before, keyspace, usage, dialect.type_refusals)
    match change:
        case ast.AddField():
            return _with_field(change, before, keyspace, usage, dialect)
        case ast.RenameFields():
            return _renamed(change, before, keyspace, usage, dialect)
        case ast.AlterFieldType():
            return _retyped(change.field, before, keyspace, dialect)
        case _:
            assert_never(change)


def _refuse_in_partition_key(
    used: UserType, keyspace: Keyspace, usage: Usage, refusals: TypeRefusals, **field: str
) -> None:
    tables = [table for table in _tables(keyspace) if usage.in_partition_key(used, table)]
    if tables:
        first = next(column for column in tables[0].partition_key if usage.uses(column.type, used))
        names = [f"{table.keyspace}.{table.name}" for table in tables]
        raise InvalidRequest(
            refusals.in_partition_key.format(
                keyspace=keyspace.name,
                quoted=identifier(used.name),
                tables=", ".join(names),
                table=names[0],
                column=identifier(first.name),
                **field,
            )
        )


def _retyped(field: ast.FieldDefinition, before: UserType, keyspace: Keyspace, dialect: Dialect) -> UserType:
    if not dialect.alters_types:
        raise InvalidRequest("Altering field types is no longer supported")
    if field.name not in before.field_names:
        raise _unknown_field(field.name, before, dialect.type_refusals)
    at = before.field_names.index(field.name)
    kind = cql_type(field.type, keyspace, dialect)
    if not retyped.sorts_alike(before.field_types[at], kind):
        raise InvalidRequest(
            f"Type {kind} in incompatible with previous type {before.field_types[at]} of field {field.name} "
            f"in user type {keyspace.name}.{before.name}"
        )
    kinds = (*before.field_types[:at], kind, *before.field_types[at + 1 :])
    return replace(before, field_types=kinds)


def _unknown_field(name: str, owner: UserType, refusals: TypeRefusals) -> InvalidRequest:
    return InvalidRequest(
        refusals.unknown_field.format(field=name, keyspace=owner.keyspace, quoted=identifier(owner.name))
    )


def _with_field(
    change: ast.AddField, before: UserType, keyspace: Keyspace, usage: Usage, dialect: Dialect
) -> UserType:
    refusals = dialect.type_refusals
    name, owner = change.field.name, identifier(before.name)
    _check_field(change.field.type, refusals)
    if change.field.name in before.field_names:
        if change.if_not_exists:
            return before
        raise InvalidRequest(refusals.existing_field.format(field=name, keyspace=keyspace.name, quoted=owner))
    kind = cql_type(change.field.type, keyspace, dialect)
    written = shown(change.field.type, keyspace.name)
    if usage.uses(kind, before):
        raise InvalidRequest(
            refusals.circular.format(field=name, type=written, keyspace=keyspace.name, quoted=owner)
        )
    _refuse_in_partition_key(before, keyspace, usage, refusals, field=name, type=written)
    return replace(
        before,
        field_names=(*before.field_names, change.field.name),
        field_types=(*before.field_types, kind),
    )


def _renamed(
    change: ast.RenameFields, before: UserType, keyspace: Keyspace, usage: Usage, dialect: Dialect
) -> UserType:
    if starting := [
        f"{keyspace.name}.{each.name}"
        for each in keyspace.aggregates.values()
        if each.initial_state is not None and usage.uses(each.state_type, before)
    ]:
        raise InvalidRequest(
            f"Cannot alter user type {keyspace.name}.{identifier(before.name)} as it is still used in INITCOND by "
            f"aggregates {', '.join(starting)}"
        )
    names = list(before.field_names)
    for rename in change.renames:
        if rename.old not in before.field_names:
            if change.if_exists:
                continue
            raise _unknown_field(rename.old, before, dialect.type_refusals)
        names[before.field_names.index(rename.old)] = rename.new
    _require_different(before.keyspace, before.name, names, dialect.type_refusals.field_renamed_to_other)
    return replace(before, field_names=tuple(names))


def _check_field(name: ast.TypeName, refusals: TypeRefusals) -> None:
    if name == ast.NativeTypeName("counter"):
        raise InvalidRequest("A user type cannot contain counters")
    if isinstance(name, ast.UserTypeName):
        raise InvalidRequest(refusals.not_frozen)


def _callables(keyspace: Keyspace) -> Iterable[UserFunction | UserAggregate]:
    yield from keyspace.functions.values()
    yield from keyspace.aggregates.values()


def _tables(keyspace: Keyspace) -> Iterable[Table]:
    yield from keyspace.tables.values()
    yield from (view.table for view in keyspace.views.values())


def _following(keyspace: Keyspace, before: UserType, after: UserType, usage: Usage) -> Keyspace:
    """The keyspace with the type exchanged wherever it is used."""

    def exchanged(kind: CqlType) -> CqlType:
        return kind.replace(before, after, into_vectors=usage.in_vectors)

    def table(old: Table) -> Table:
        if not any(usage.uses(column.type, before) for column in old.columns.values()):
            return old
        columns = {name: replace(column, type=exchanged(column.type)) for name, column in old.columns.items()}
        return replace(old, columns=MappingProxyType(columns))

    def user_type(old: UserType) -> UserType:
        if old is before:
            return after
        return replace(old, field_types=tuple(exchanged(each) for each in old.field_types))

    def types_of(kinds: tuple[CqlType, ...]) -> tuple[CqlType, ...]:
        return tuple(exchanged(kind) for kind in kinds)

    functions = {
        found: replace(
            each,
            argument_types=types_of(each.argument_types),
            returns=exchanged(each.returns),
        )
        for found, each in keyspace.functions.items()
    }
    aggregates = {
        found: replace(
            each,
            argument_types=types_of(each.argument_types),
            state_type=exchanged(each.state_type),
            returns=exchanged(each.returns),
        )
        for found, each in keyspace.aggregates.items()
    }
    types: Mapping[str, UserType] = MappingProxyType(
        {name: user_type(old) for name, old in keyspace.types.items()}
    )
    views = {name: replace(view, table=table(view.table)) for name, view in keyspace.views.items()}
    return replace(
        keyspace,
        types=types,
        tables=MappingProxyType({name: table(old) for name, old in keyspace.tables.items()}),
        views=MappingProxyType(views),
        functions=MappingProxyType(functions),
        aggregates=MappingProxyType(aggregates),
    )
