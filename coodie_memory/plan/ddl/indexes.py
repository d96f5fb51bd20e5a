"""CREATE and DROP INDEX."""

import json
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from coodie_memory.cql import ast
from coodie_memory.dialect import Dialect, IndexRefusals
from coodie_memory.errors import InvalidRequest
from coodie_memory.plan.ddl import changelogs, index_classes, properties, table_options, vector_indexes
from coodie_memory.plan.ddl.names import check_index_name, default_index_name, unknown
from coodie_memory.plan.ddl.transformation import Outcome
from coodie_memory.plan.nodes import Moment
from coodie_memory.result import SchemaChange
from coodie_memory.schema.catalog import Schema, having, lacking
from coodie_memory.schema.indexview import SUFFIX, view_of
from coodie_memory.schema.model import NONE, Column, Index, IndexTarget, Keyspace, Table
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.quoting import identifier
from coodie_memory.types.tuples import TupleType
from coodie_memory.types.usertype import UserType
from coodie_memory.types.vector import VectorType
from coodie_memory.value import replace

_WORD = "[A-Za-z0-9_]+"


def create_index(
    statement: ast.CreateIndex, keyspace: str, dialect: Dialect, schema: Schema, moment: Moment
) -> Outcome:
    """CREATE INDEX."""
    class_name, options = _class_name(statement, dialect), _options(statement, dialect)
    if class_name is not None:
        index_classes.check_enabled(class_name, dialect)
    found = schema.keyspace(keyspace)
    if found is None:
        raise InvalidRequest(f"Keyspace '{keyspace}' doesn't exist")
    table = schema.table(keyspace, statement.table.name)
    if table is None:
        name = statement.table.name
        raise InvalidRequest(unknown(dialect, keyspace, name, f"Table '{name}' doesn't exist"))
    refusals, asked = dialect.index_refusals, statement.name
    if asked is not None and schema.index(keyspace, asked):
        if statement.if_not_exists and (dialect.ignores_index_name_clash or _is_there(statement, table)):
            return Outcome(schema)
        if not statement.if_not_exists:
            raise InvalidRequest(refusals.same_name.format(index=asked))
    if table.is_counter:
        raise InvalidRequest(refusals.counters)
    if schema.view(keyspace, table.name):
        raise InvalidRequest(refusals.of_view)
    longest = dialect.longest_table_name
    if asked is not None and refusals.long_name is not None and len(asked) > longest:
        raise InvalidRequest(refusals.long_name.format(index=asked, longest=longest))
    if statement.local_partition:
        _check_local(statement.local_partition, table)
    targets = _targets(statement, table, dialect, is_custom=class_name is not None)
    is_on_vector = class_name in dialect.vector_index_classes
    if is_on_vector:
        _check_attached_name(statement, targets, refusals)
    if statement.local_partition and any(column.is_static for column, _ in targets):
        raise InvalidRequest("Local indexes containing static columns are not supported.")
    index = _index(statement, found, targets, class_name, options, dialect=dialect)
    # Several indexes on one vector may differ in what they are told, or just in their age.
    for other in () if is_on_vector and asked is not None else table.indexes.values():
        if (other.options, other.class_name) == (index.options, index.class_name):
            if statement.if_not_exists:
                return Outcome(schema)
            raise InvalidRequest(f"Index {index.name} is a duplicate of existing index {other.name}")
    if dialect.indexes_are_views and (clash := _clash(index.name, keyspace, schema)):
        raise InvalidRequest(refusals.same_view.format(index=index.name, view=clash))
    check_index_name(index.name)
    index_classes.check(index, table, [column for column, _ in targets], dialect)
    if dialect.indexes_are_views and class_name is None:
        index = _with_view(
            index, table, _kept(statement, index, found, schema, dialect=dialect, moment=moment)
        )
    indexed = replace(table, indexes=having(table.indexes, index.name, index))
    warnings = (*index_classes.warnings(indexed), *index_classes.warnings_of_new(index))
    return Outcome(
        changelogs.followed(schema, indexed, dialect, moment),
        SchemaChange("UPDATED", "TABLE", keyspace, table.name),
        warnings,
    )


def _check_attached_name(
    statement: ast.CreateIndex, targets: Sequence[tuple[Column, IndexTarget]], refusals: IndexRefusals
) -> None:
    """The names of storage-attached indexes stand for indexes on vectors, and for no others."""
    is_own = (statement.class_name or "").lower() == "vector_index"
    if not is_own and targets and not isinstance(targets[0][0].type, VectorType):
        raise InvalidRequest(refusals.attached_to_others or "")


def _kept(
    statement: ast.CreateIndex,
    index: Index,
    keyspace: Keyspace,
    schema: Schema,
    *,
    dialect: Dialect,
    moment: Moment,
) -> Table:
    """The table of the index's view, as WITH says."""
    options = table_options.new_options(statement.properties, dialect, keyspace)
    if options["default_time_to_live"]:
        raise InvalidRequest(dialect.view_refusals.default_ttl)
    identity = table_options.new_table_id(statement.properties, schema, dialect) or moment.uuid()
    return Table(keyspace.name, index.name + SUFFIX, identity, NONE, options)


def _with_view(index: Index, table: Table, kept: Table) -> Index:
    """The index with its view, where it is on whole values of rows."""
    column = table.columns.get(index.column)
    is_whole = index.target in ("simple", "full") and column is not None and not column.is_static
    return replace(index, kept=kept, view=view_of(index, table, kept) if is_whole else None)


def renewed(table: Table) -> Table:
    """The table, its indexes' views having the names that its columns have now."""
    indexes = {
        name: index if index.view is None else replace(index, view=view_of(index, table, index.view.table))
        for name, index in table.indexes.items()
    }
    return replace(table, indexes=MappingProxyType(indexes)) if indexes else table


def _check_local(named: Sequence[str], table: Table) -> None:
    """An index is local to the partitions of the table and to nothing else."""
    refusal = "Local index definition must contain full partition key only."
    key = [column.name for column in table.partition_key]
    for position, name in enumerate(named):
        if name not in key:
            raise InvalidRequest(f"{refusal} Redundant column: {name}")
        if position == len(key):
            raise InvalidRequest(f"Duplicate column definition in local index: {name}")
        if name != key[position]:
            raise InvalidRequest(f"{refusal} Missing column: {key[position]}")
    if len(named) < len(key):
        raise InvalidRequest(f"{refusal} Missing column: {key[len(named)]}")


def _clash(name: str, keyspace: str, schema: Schema) -> str | None:
    """What the index's view would be called, where something is called so."""
    view = name + SUFFIX
    return view if schema.table(keyspace, view) or schema.index(keyspace, name) else None


def _is_there(statement: ast.CreateIndex, table: Table) -> bool:
    """Whether the table's index of this name is on these columns."""
    index = table.indexes.get(statement.name or "")
    return index is not None and [index.column] == [target.column for target in statement.targets]


def drop_index(
    statement: ast.DropIndex, keyspace: str, dialect: Dialect, schema: Schema, _moment: Moment
) -> Outcome:
    """DROP INDEX."""
    found = schema.index(keyspace, statement.index.name)
    if found is None:
        if statement.if_exists:
            return Outcome(schema)
        raise InvalidRequest(dialect.unknown_index.format(keyspace=keyspace, index=statement.index.name))
    table, index = found
    plain = replace(table, indexes=lacking(table.indexes, index.name))
    return Outcome(schema.with_table(plain), SchemaChange("UPDATED", "TABLE", keyspace, table.name))


def target_text(column: Column, kind: IndexTarget, dialect: Dialect) -> str:
    """The target as `system_schema.indexes` shows it."""
    name = identifier(column.name)
    if kind == "full":
        return dialect.full_target.format(name)
    return name if kind == "simple" else f"{kind}({name})"


def _class_name(statement: ast.CreateIndex, dialect: Dialect) -> str | None:
    """The class of a custom index; without USING it is the server's default, custom or not."""
    written, refusals, names = statement.class_name, dialect.index_refusals, dialect.index_class_names
    if written is None:
        if statement.custom and refusals.custom_without_class is not None:
            raise InvalidRequest(refusals.custom_without_class)
        return index_classes.LEGACY if statement.custom else None
    if not statement.custom and refusals.class_without_custom is not None:
        raise InvalidRequest(refusals.class_without_custom)
    is_default = not statement.custom and written.lower() == index_classes.LEGACY
    return None if is_default else names.get(written) or names.get(written.lower(), written)


def _options(statement: ast.CreateIndex, dialect: Dialect) -> Mapping[str, str]:
    written = statement.properties
    if dialect.indexes_are_views and _class_name(statement, dialect) is None:
        # The others are the view's.
        written = tuple(each for each in written if each.name == "options")
    given = properties.by_name(written, {"options"})
    if given and _class_name(statement, dialect) is None:
        raise InvalidRequest("Cannot specify options for a non-CUSTOM index")
    options = properties.mapping("options", given["options"]) if given else {}
    for name in dialect.own_index_options:
        if name in options:
            raise InvalidRequest(f"Cannot specify {name} as a CUSTOM option")
    return options


def _targets(
    statement: ast.CreateIndex, table: Table, dialect: Dialect, *, is_custom: bool
) -> tuple[tuple[Column, IndexTarget], ...]:
    targets: list[tuple[Column, IndexTarget]] = []
    for written in statement.targets:
        column = table.columns.get(written.column)
        if column is None or column.is_hidden:
            raise InvalidRequest(
                dialect.unknown_column_to_index.format(
                    keyspace=table.keyspace, table=table.name, column=identifier(written.column)
                )
            )
        targets.append((column, _target(column, written)))
    if not targets and not is_custom:
        raise InvalidRequest("Only CUSTOM indexes can be created without specifying a target column")
    if len(targets) > 1 and not is_custom:
        raise InvalidRequest("Only CUSTOM indexes support multiple columns")
    names = [column.name for column, _ in targets]
    for position, name in enumerate(names):
        if name in names[:position]:
            raise InvalidRequest(dialect.index_refusals.repeated_column.format(column=name))
    for column, kind in targets:
        if is_custom and dialect.has_attached_indexes and not re.fullmatch(_WORD, column.name):
            raise InvalidRequest(f"Column '{column.name}' contains non-alphanumeric-underscore characters")
        _check_target(table, column, kind, dialect)
        if statement.local_partition and column.type.is_collection and column.type.is_multicell:
            raise InvalidRequest(
                f"Local secondary index on collection column {column.name} is not implemented yet."
            )
    return tuple(targets)


def _index(
    statement: ast.CreateIndex,
    keyspace: Keyspace,
    targets: Sequence[tuple[Column, IndexTarget]],
    class_name: str | None,
    options: Mapping[str, str],
    *,
    dialect: Dialect,
) -> Index:
    """The index as it will be, if its class can be found and does this."""
    table = statement.table.name
    names, kinds = [column.name for column, _ in targets], [kind for _, kind in targets]
    shown = ", ".join(target_text(column, kind, dialect) for column, kind in targets)
    if class_name in dialect.vector_index_classes:
        shown = vector_indexes.target(names, statement.local_partition)
    elif statement.local_partition:
        shown = json.dumps({"pk": list(statement.local_partition), "ck": [shown]}, separators=(",", ":"))
    own = {"target": shown} if class_name is None else {"class_name": class_name, "target": shown}
    default = default_index_name(table, names[0]) if len(names) == 1 else f"{table}_idx"
    return Index(
        statement.name or _free_name(keyspace, default, dialect),
        table,
        # A class that takes no column, or several, is refused by its own check.
        names[0] if names else "",
        kinds[0] if kinds else "simple",
        class_name,
        MappingProxyType({**options, **own}),
        bool(statement.local_partition),
    )


def _target(column: Column, target: ast.IndexTarget) -> IndexTarget:
    """A bare list, set or map column means its values."""
    return (
        "values"
        if target.kind == "simple" and column.type.is_multicell and column.type.is_collection
        else target.kind
    )


def _check_compact(table: Table, column: Column, dialect: Dialect) -> None:
    if not table.is_compact:
        return
    if dialect.compact_index is not None and table.clustering:
        raise InvalidRequest(dialect.compact_index)
    if column.is_key:
        what = "PRIMARY KEY columns in"
    elif column in table.regulars and table.clustering:
        what = "compact value column of"
    else:
        return
    raise InvalidRequest(f"Secondary indexes are not supported on {what} COMPACT STORAGE tables")


def _check_target(table: Table, column: Column, kind: IndexTarget, dialect: Dialect) -> None:
    refusals = dialect.index_refusals
    name = identifier(column.name)
    is_multicell_map = isinstance(column.type, MapType) and column.type.is_multicell
    if column.type.contains_duration():
        raise InvalidRequest(f"Secondary indexes are not supported on {_durations(column)}")
    _check_compact(table, column, dialect)
    if column.kind == "partition_key" and len(table.partition_key) == 1:
        raise InvalidRequest(refusals.only_partition_key.format(column=name))
    is_frozen_collection = column.type.is_collection and not column.type.is_multicell
    if is_frozen_collection and kind != "full":
        # Cassandra does not see what a descending column's type is.
        unsaid = "" if column.descending else "values"
        shown = unsaid if kind == "simple" else kind
        target = "value" if kind == "simple" else f"{kind}()"
        raise InvalidRequest(refusals.frozen_collection.format(kind=shown, target=target, column=name))
    if kind == "full" and not is_frozen_collection:
        raise InvalidRequest("full() indexes can only be created on frozen collections")
    if kind not in {"simple", "full"} and not column.type.is_collection:
        raise InvalidRequest(refusals.no_collection.format(kind=kind, target=f"{kind}()", column=name))
    if kind in {"keys", "entries"} and not is_multicell_map:
        raise InvalidRequest(refusals.no_map.format(kind=kind, column=name))
    if isinstance(column.type, UserType) and column.type.is_multicell:
        raise InvalidRequest(refusals.user_type.format(column=name))


def _durations(column: Column) -> str:
    match column.type:
        case ListType() | SetType() | MapType():
            return "collections containing durations"
        case UserType():
            return "UDTs containing durations"
        case TupleType():
            return "tuples containing durations"
        case _:
            return "duration columns"


def _free_name(keyspace: Keyspace, base: str, dialect: Dialect) -> str:
    used = {name for table in keyspace.tables.values() for name in table.indexes}
    if dialect.indexes_are_views:
        used |= {name.removesuffix(SUFFIX) for name in keyspace.tables if name.endswith(SUFFIX)}
    name, number = base, 0
    while name in used:
        number += 1
        name = f"{base}_{number}"
    return name
