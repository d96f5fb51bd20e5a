"""CREATE, ALTER and DROP TABLE."""

from collections.abc import Iterable, Mapping, Sequence
from typing import assert_never

from coodie_memory.cql import ast
from coodie_memory.dialect import Dialect, TableRefusals
from coodie_memory.errors import AlreadyExists, ConfigurationException, InvalidRequest, ServerError
from coodie_memory.plan.ddl import (
    changelogs,
    compact,
    dropped,
    index_classes,
    indexes,
    masks,
    placement,
    primary_key,
    retyped,
    row_ttl,
    table_options,
    vector_indexes,
    views,
)
from coodie_memory.plan.ddl.columns import in_order
from coodie_memory.plan.ddl.names import check_table_name, unknown
from coodie_memory.plan.ddl.transformation import Outcome
from coodie_memory.plan.nodes import Moment
from coodie_memory.plan.scope import Scope
from coodie_memory.plan.typenames import cql_type, dimensions, is_reversed
from coodie_memory.result import SchemaChange
from coodie_memory.schema.catalog import Schema, having, lacking
from coodie_memory.schema.model import Column, DroppedColumn, Keyspace, Table
from coodie_memory.types.base import CqlType
from coodie_memory.types.digits import whole
from coodie_memory.types.hashing import hashed
from coodie_memory.types.quoting import identifier
from coodie_memory.types.usertype import UserType
from coodie_memory.types.vector import VectorType
from coodie_memory.value import replace

_STATIC_WITHOUT_CLUSTERING = (
    "Static columns are only useful (and thus allowed) if the table has at least one clustering column"
)


def create_table(
    statement: ast.CreateTable, keyspace: str, dialect: Dialect, schema: Schema, moment: Moment
) -> Outcome:
    """CREATE TABLE."""
    partition, clustering = primary_key.named(statement, dialect)
    found = schema.keyspace(keyspace)
    if found is None:
        raise InvalidRequest(dialect.table_refusals.missing_keyspace.format(keyspace=keyspace))
    name = statement.table.name
    created = SchemaChange("CREATED", "TABLE", keyspace, name)
    if schema.table(keyspace, name):
        if statement.if_not_exists:
            return Outcome(schema, created if dialect.creating_always_tells else None)
        raise AlreadyExists(
            f'Cannot add already existing table "{name}" to keyspace "{keyspace}"',
            keyspace=keyspace,
            table=name,
        )
    options = table_options.new_options(statement.properties, dialect, found)
    placement.require_tablets(found, options)
    options = row_ttl.of_columns(statement.columns, options)
    for dimension in (each for column in statement.columns for each in dimensions(column.type)):
        if dimension <= 0:
            raise InvalidRequest(dialect.no_positive_dimension.format(dimension))
    types = _column_types(statement, found, dialect)
    if statement.compact_storage and not dialect.allows_compact_storage:
        raise InvalidRequest(dialect.compact_storage_refusal)
    _check_vectors(types.values(), dialect)
    primary_key.check(statement, keyspace, types, (*partition, *clustering), dialect)
    descending = primary_key.descending(statement, clustering, dialect.table_refusals)
    descending |= {each.name for each in statement.columns if is_reversed(each.type)}
    values = [column for column in types if column not in partition and column not in clustering]
    statics = {column.name for column in statement.columns if column.static}
    if statement.compact_storage:
        compact.check(clustering, {name: types[name] for name in values}, has_statics=bool(statics))
    elif not clustering and statics:
        raise InvalidRequest(_STATIC_WITHOUT_CLUSTERING)
    is_counter = _is_counter_table(
        statement, types, (*partition, *clustering), options, dialect.table_refusals
    )
    check_table_name(keyspace, name, dialect)
    identity = table_options.new_table_id(statement.properties, schema, dialect) or moment.uuid()
    if taken := schema.tables_by_id.get(identity):
        raise ServerError(
            f"java.lang.IllegalArgumentException: Multiple entries with same key: {identity}={keyspace}.{name} and "
            f"{identity}={taken.keyspace}.{taken.name}"
        )
    key = [
        Column(column, types[column], "partition_key", position) for position, column in enumerate(partition)
    ] + [
        Column(column, types[column], "clustering", position, descending=column in descending)
        for position, column in enumerate(clustering)
    ]
    others = [
        Column(column, types[column], "static" if column in statics else "regular", slot=slot)
        for slot, column in enumerate(values)
    ]
    table = Table(
        keyspace,
        name,
        identity,
        in_order(key + others),
        options,
        is_counter=is_counter,
        next_slot=len(others),
    )
    if statement.compact_storage:
        table = compact.completed(table, has_statics=dialect.compact_values_are_static)
    row_ttl.check(table)
    _check_counters(table, is_counter=is_counter)
    warnings = dialect.compact_storage_warnings if statement.compact_storage else ()
    return Outcome(changelogs.followed(schema, table, dialect, moment), created, warnings)


def _check_vectors(kinds: Iterable[CqlType], dialect: Dialect) -> None:
    for kind in kinds:
        for inner in kind.walk():
            if isinstance(inner, VectorType) and inner.dimension > dialect.largest_vector:
                raise InvalidRequest(
                    f"Vectors must have a dimension less than or equal to {dialect.largest_vector}"
                )


def drop_table(
    statement: ast.DropTable, keyspace: str, dialect: Dialect, schema: Schema, _moment: Moment
) -> Outcome:
    """DROP TABLE with its indexes; not while a view depends on it."""
    name = statement.table.name
    table = schema.table(keyspace, name)
    if table is None:
        if statement.if_exists:
            return Outcome(schema)
        raise InvalidRequest(dialect.unknown_table_to_drop.format(keyspace=keyspace, table=name))
    if schema.view(keyspace, name):
        raise InvalidRequest(dialect.view_refusals.view_as_table_to_drop)
    if views := schema.views_of(table):
        refusal = dialect.view_refusals.base_to_drop
        raise InvalidRequest(
            refusal.format(keyspace=keyspace, views=", ".join(view.table.name for view in views))
        )
    return Outcome(
        changelogs.without(schema.without_table(table), table),
        SchemaChange("DROPPED", "TABLE", keyspace, name),
    )


def alter_table(
    statement: ast.AlterTable, keyspace: str, dialect: Dialect, schema: Schema, moment: Moment
) -> Outcome:
    """ALTER TABLE."""
    name = statement.table.name
    table = schema.table(keyspace, name)
    if table is None:
        if statement.if_exists:
            return Outcome(schema)
        raise InvalidRequest(unknown(dialect, keyspace, name, f"Table '{keyspace}.{name}' doesn't exist"))
    if schema.view(keyspace, name):
        raise InvalidRequest(dialect.view_refusals.view_as_table_to_alter)
    changelogs.check_change(table, statement.change, schema)
    altered = dropped.in_order(_altered(statement.change, table, dialect, schema, moment), table)
    if altered == table or _is_unchanged(altered, table):
        updated = SchemaChange("UPDATED", "TABLE", keyspace, name)
        return Outcome(schema, updated if dialect.altering_always_tells else None)
    following = _with_views(
        statement.change, table, altered, changelogs.followed(schema, altered, dialect, moment), dialect
    )
    # New columns make the server look at the table's indexes again.
    warnings = index_classes.warnings(altered) if isinstance(statement.change, ast.AddColumns) else ()
    return Outcome(following, SchemaChange("UPDATED", "TABLE", keyspace, name), tuple(warnings))


def _is_unchanged(after: Table, before: Table) -> bool:
    return table_options.are_same(after.options, before.options) and after == replace(
        before, options=after.options
    )


def _with_views(
    change: ast.TableChange, before: Table, after: Table, schema: Schema, dialect: Dialect
) -> Schema:
    """The schema with the table's views brought in line."""
    match change:
        case ast.AddColumns():
            added = [column for name, column in after.columns.items() if name not in before.columns]
            return views.with_columns(schema, after, added)
        case ast.RenameColumns():
            return views.with_renamed_columns(schema, after, change.renames)
        case ast.AlterColumnType():
            return views.with_retyped_column(schema, after, change.column, dialect)
        case ast.MaskColumn():
            return masks.with_bare_views(schema, after, change.column)
        case _:
            return schema


def _altered(
    change: ast.TableChange, table: Table, dialect: Dialect, schema: Schema, moment: Moment
) -> Table:
    match change:
        case ast.AddColumns():
            return _with_columns(table, change, Scope(schema, table.keyspace, dialect), moment)
        case ast.DropColumns():
            return _without_columns(table, change, dialect, schema, moment)
        case ast.RenameColumns():
            return indexes.renewed(_renamed(table, change, dialect))
        case ast.SetProperties():
            options = table_options.altered_options(table.options, change.properties, dialect)
            placement.require_tablets(schema.keyspaces[table.keyspace], options)
            if table.is_counter and options["default_time_to_live"]:
                raise InvalidRequest("Cannot set default_time_to_live on a table with counters")
            views.check_base_options(replace(table, options=options), schema)
            row_ttl.check(replace(table, options=options))
            vector_indexes.check_log(replace(table, options=options))
            return replace(table, options=options)
        case ast.AlterColumnType():
            return retyped.altered(table, change, schema.keyspaces[table.keyspace], dialect)
        case ast.MaskColumn():
            if change.column in table.columns or change.if_exists:
                return masks.without_mask(table, change.column)
            raise InvalidRequest(f"Column with name '{change.column}' doesn't exist on table '{table.name}'")
        case ast.SetTtlColumn():
            return row_ttl.changed(table, change)
        case ast.DropCompactStorage():
            if not dialect.switches.drop_compact_storage:
                raise InvalidRequest("DROP COMPACT STORAGE is disabled. Enable in cassandra.yaml to use.")
            return compact.revealed(table)
        case _:
            assert_never(change)


def _with_columns(table: Table, change: ast.AddColumns, scope: Scope, moment: Moment) -> Table:
    is_counter, keyspace = table.is_counter, scope.schema.keyspaces[table.keyspace]
    refusals = scope.dialect.table_refusals
    for definition in change.columns:
        kind = cql_type(definition.type, keyspace, scope.dialect)
        mask = masks.mask(scope, moment, table, definition, kind)
        if definition.name in table.columns:
            if change.if_not_exists:
                continue
            is_partition_key = table.columns[definition.name].kind == "partition_key"
            refusal = refusals.existing_partition_key if is_partition_key else refusals.existing
            raise InvalidRequest(refusal.format(column=identifier(definition.name)))
        if kind.is_counter and not is_counter and refusals.counter_to_add is not None:
            raise ConfigurationException(refusals.counter_to_add.format(column=identifier(definition.name)))
        compact.check_column_to_add(table, kind, scope.dialect)
        if definition.static and not table.clustering:
            raise InvalidRequest(_STATIC_WITHOUT_CLUSTERING)
        if (
            isinstance(kind, UserType)
            and kind.is_multicell
            and any(field.is_multicell for field in kind.children)
        ):
            raise InvalidRequest(
                "Non-frozen UDTs with nested non-frozen collections are not supported for column "
                + identifier(definition.name)
            )
        slot = _slot(table, definition, kind, scope.dialect)
        column = Column(
            definition.name, kind, "static" if definition.static else "regular", slot=slot, mask=mask
        )
        table = replace(
            table,
            columns=in_order((*table.columns.values(), column)),
            next_slot=max(table.next_slot, slot + 1),
        )
    _check_counters(table, is_counter=is_counter)
    return table


def _check_counters(table: Table, *, is_counter: bool) -> None:
    """Refuse counters among other columns, or others among counters: single cells are looked at first, then collections."""
    columns = sorted(
        (*table.statics, *table.regulars),
        key=lambda column: (not column.is_static, column.type.is_multicell, column.name.encode()),
    )
    for column in columns:
        if column.type.is_counter != is_counter:
            raise ConfigurationException(
                f"{table.keyspace}.{table.name}: Cannot have a "
                + (
                    f'non counter column ("{column.name}") in a counter table'
                    if is_counter
                    else f'counter column ("{column.name}") in a non counter table'
                )
            )


def _slot(table: Table, definition: ast.ColumnDefinition, kind: CqlType, dialect: Dialect) -> int:
    """A new slot, or that of a dropped column of the name, if it may return."""
    returning = table.dropped.get(definition.name)
    if returning is None:
        return table.next_slot
    name, previous = identifier(definition.name), returning.column
    if dialect.dropped_return_freely:
        return _slot_of_any(table, definition, kind, dialect.table_refusals)
    if not dropped.returns_as(previous.type, kind):
        raise InvalidRequest(
            f"Cannot re-add previously dropped column '{name}' of type {kind}, "
            f"incompatible with previous type {previous.type}"
        )
    if previous.is_static != definition.static:
        raise InvalidRequest(
            f"Cannot re-add previously dropped column '{name}' of kind {'STATIC' if definition.static else 'REGULAR'}, "
            f"incompatible with previous kind {previous.kind.upper()}"
        )
    if table.is_counter:
        raise InvalidRequest(f"Cannot re-add previously dropped counter column {name}")
    return previous.slot


def _slot_of_any(
    table: Table, definition: ast.ColumnDefinition, kind: CqlType, refusals: TableRefusals
) -> int:
    """The slot of a dropped column that returns as the same, or else a new one: what was written before is not read."""
    name, previous = definition.name, table.dropped[definition.name].column
    if table.is_counter:
        raise InvalidRequest(f"Cannot re-add previously dropped counter column {name}")
    are_collections = all(each.is_collection and each.is_multicell for each in (kind, previous.type))
    if are_collections and refusals.returning_collection and not dropped.returns_as(previous.type, kind):
        raise InvalidRequest(refusals.returning_collection.format(column=name))
    is_same = dropped.returns_as(previous.type, kind) and previous.is_static == definition.static
    return previous.slot if is_same else table.next_slot


def _without_columns(
    table: Table, change: ast.DropColumns, dialect: Dialect, schema: Schema, moment: Moment
) -> Table:
    at = _drop_time(change, moment)
    for name in hashed(change.columns):
        column = table.columns.get(name)
        if column is None:
            if change.if_exists:
                continue
            raise InvalidRequest(
                dialect.unknown_column_to_drop.format(keyspace=table.keyspace, table=table.name, column=name)
            )
        if column.is_key:
            raise InvalidRequest(dialect.table_refusals.key_to_drop.format(column=identifier(name)))
        if (
            isinstance(column.type, UserType)
            and column.type.is_multicell
            and not dialect.dropped_return_freely
        ):
            raise InvalidRequest(
                f"Cannot drop non-frozen column {identifier(name)} of user type {column.type}"
            )
        if indexes := [index.name for index in table.indexes.values() if index.column == name]:
            raise InvalidRequest(
                f"Cannot drop column {identifier(name)} because it has dependent secondary indexes "
                f"({', '.join(indexes)})"
            )
        views.check_column_to_drop(table, column, schema, dialect)
        compact.check_column_to_drop(table, column, dialect)
        if table.options.get("ttl") == name:
            table = row_ttl.without(table)
        table = replace(
            table,
            columns=lacking(table.columns, name),
            dropped=having(table.dropped, name, DroppedColumn(dropped.remembered(column), at)),
        )
    return table


def _drop_time(change: ast.DropColumns, moment: Moment) -> int:
    match change.timestamp:
        case None:
            return moment.next_timestamp()
        case ast.Literal(text=text):
            if not -(2**63) <= (at := whole(text)) < 2**63:
                raise InvalidRequest(f'Invalid INTEGER constant ({text}) for "[timestamp]" of type bigint')
            return at
        case ast.Marker():
            raise AssertionError("the value of a marker is put in its place before")
        case _:
            assert_never(change.timestamp)


def _renamed(table: Table, change: ast.RenameColumns, dialect: Dialect) -> Table:
    """Each rename is judged by the table as it was before all of them."""
    names: dict[str, str] = {}
    refusals = dialect.table_refusals
    for rename in change.renames:
        column = table.columns.get(rename.old)
        if column is None or column.is_hidden:
            raise InvalidRequest(
                dialect.unknown_column_to_rename.format(
                    keyspace=table.keyspace, table=table.name, column=identifier(rename.old)
                )
            )
        shown = {"column": identifier(rename.old), "new": identifier(rename.new)}
        if not column.is_key:
            raise InvalidRequest(refusals.rename_of_value.format(**shown))
        if rename.new in table.columns:
            raise InvalidRequest(
                refusals.rename_to_existing.format(keyspace=table.keyspace, table=table.name, **shown)
            )
        if indexes := [index.name for index in table.indexes.values() if index.column == rename.old]:
            raise InvalidRequest(refusals.rename_of_indexed.format(indexes=", ".join(indexes), **shown))
        names[rename.old] = rename.new
    columns = (replace(each, name=names.get(each.name, each.name)) for each in table.columns.values())
    return replace(table, columns=in_order(columns))


def _column_types(statement: ast.CreateTable, keyspace: Keyspace, dialect: Dialect) -> Mapping[str, CqlType]:
    """The columns' types by name, in the order of names."""
    definitions = sorted(statement.columns, key=lambda column: column.name.encode())
    types = {column.name: cql_type(column.type, keyspace, dialect) for column in definitions}
    for kind in types.values():
        if (
            isinstance(kind, UserType)
            and kind.is_multicell
            and any(field.is_multicell for field in kind.children)
        ):
            raise InvalidRequest("Non-frozen UDTs with nested non-frozen collections are not supported")
    return types


def _is_counter_table(
    statement: ast.CreateTable,
    types: Mapping[str, CqlType],
    key: Sequence[str],
    options: Mapping[str, object],
    refusals: TableRefusals,
) -> bool:
    others = {column.name: column.type for column in statement.columns if column.name not in key}
    # By its class alone a counter is not known as one.
    named = [name for name, written in others.items() if not isinstance(written, ast.CustomTypeName)]
    if not any(types[name].is_counter for name in named):
        return False
    statics = {column.name for column in statement.columns if column.static}
    other = next(
        (
            name
            for name in sorted(others, key=lambda name: (name not in statics, name.encode()))
            if not types[name].is_counter
        ),
        None,
    )
    if other is not None:
        raise refusals.class_of_mixed(refusals.mixed.format(other=other))
    if options["default_time_to_live"]:
        raise InvalidRequest("Cannot set default_time_to_live on a table with counters")
    return True
