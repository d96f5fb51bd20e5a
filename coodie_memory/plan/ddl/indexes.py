"""CREATE and DROP INDEX."""

from dataclasses import replace
from types import MappingProxyType

from coodie_memory.cql import ast
from coodie_memory.errors import ConfigurationException, InvalidRequest, UnsupportedCQL
from coodie_memory.plan.ddl.names import check_index_name, default_index_name
from coodie_memory.plan.ddl.transformation import Outcome
from coodie_memory.plan.nodes import Moment
from coodie_memory.result import SchemaChange
from coodie_memory.schema.catalog import Schema, having, lacking
from coodie_memory.schema.model import Column, Index, IndexTarget, Keyspace, Table
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.quoting import identifier
from coodie_memory.types.tuples import TupleType
from coodie_memory.types.usertype import UserType

_LEGACY = "legacy_local_table"


def create_index(statement: ast.CreateIndex, keyspace: str, schema: Schema, _moment: Moment) -> Outcome:
    """CREATE INDEX."""
    class_name = _class_name(statement)
    found = schema.keyspace(keyspace)
    if found is None:
        raise InvalidRequest(f"Keyspace '{keyspace}' doesn't exist")
    table = schema.table(keyspace, statement.table.name)
    if table is None:
        raise InvalidRequest(f"Table '{statement.table.name}' doesn't exist")
    if statement.name is not None and schema.index(keyspace, statement.name):
        if statement.if_not_exists:
            return Outcome(schema)
        raise InvalidRequest(f"Index '{statement.name}' already exists")
    if table.is_counter:
        raise InvalidRequest("Secondary indexes on counter tables aren't supported")
    if schema.view(keyspace, table.name):
        raise InvalidRequest("Secondary indexes on materialized views aren't supported")
    if len(statement.targets) > 1 and class_name is None:
        raise InvalidRequest("Only CUSTOM indexes support multiple columns")
    if statement.local_partition:
        raise UnsupportedCQL("local secondary indexes are not supported yet")
    if class_name is not None:
        raise UnsupportedCQL(f"CREATE INDEX … USING '{class_name}' is not supported yet")
    (target,) = statement.targets
    column = table.columns.get(target.column)
    if column is None:
        raise InvalidRequest(
            f"Undefined column name {identifier(target.column)} in table {table.keyspace}.{table.name}"
        )
    kind = _target(column, target)
    _check_target(table, column, kind)
    index = Index(
        statement.name or _free_name(found, default_index_name(table.name, column.name)),
        table.name,
        column.name,
        kind,
        options=MappingProxyType({"target": target_text(column, kind)}),
    )
    for other in table.indexes.values():
        if (other.options, other.class_name) == (index.options, index.class_name):
            if statement.if_not_exists:
                return Outcome(schema)
            raise InvalidRequest(f"Index {index.name} is a duplicate of existing index {other.name}")
    check_index_name(index.name)
    indexed = replace(table, indexes=having(table.indexes, index.name, index))
    return Outcome(schema.with_table(indexed), SchemaChange("UPDATED", "TABLE", keyspace, table.name))


def drop_index(statement: ast.DropIndex, keyspace: str, schema: Schema, _moment: Moment) -> Outcome:
    """DROP INDEX."""
    found = schema.index(keyspace, statement.index.name)
    if found is None:
        if statement.if_exists:
            return Outcome(schema)
        # The stray quote is the server's.
        raise InvalidRequest(f"Index '{keyspace}.{statement.index.name}' doesn't exist'")
    table, index = found
    plain = replace(table, indexes=lacking(table.indexes, index.name))
    return Outcome(schema.with_table(plain), SchemaChange("UPDATED", "TABLE", keyspace, table.name))


def target_text(column: Column, kind: IndexTarget) -> str:
    """The target as `system_schema.indexes` shows it."""
    name = identifier(column.name)
    return name if kind == "simple" else f"{kind}({name})"


def _class_name(statement: ast.CreateIndex) -> str | None:
    if statement.class_name is None:
        if statement.custom:
            raise InvalidRequest("CUSTOM index requires specifying the index class")
        if statement.properties:
            raise InvalidRequest("Cannot specify options for a non-CUSTOM index")
        return None
    if not statement.custom and statement.class_name.lower() == _LEGACY:
        return None
    if (
        statement.class_name.lower() not in {"sai", "storageattachedindex"}
        and "." not in statement.class_name
    ):
        raise ConfigurationException(f"Unable to find custom indexer class '{statement.class_name}'")
    return statement.class_name


def _target(column: Column, target: ast.IndexTarget) -> IndexTarget:
    """A bare list, set or map column means its values."""
    return (
        "values"
        if target.kind == "simple" and column.type.is_multicell and column.type.is_collection
        else target.kind
    )


def _check_target(table: Table, column: Column, kind: IndexTarget) -> None:
    name = identifier(column.name)
    is_multicell_map = isinstance(column.type, MapType) and column.type.is_multicell
    if column.type.contains_duration():
        raise InvalidRequest(f"Secondary indexes are not supported on {_durations(column)}")
    if column.kind == "partition_key" and len(table.partition_key) == 1:
        raise InvalidRequest(f"Cannot create secondary index on the only partition key column {name}")
    is_frozen_collection = column.type.is_collection and not column.type.is_multicell
    if is_frozen_collection and kind != "full":
        shown = "values" if kind == "simple" else kind
        raise InvalidRequest(
            f"Cannot create {shown}() index on frozen column {name}. Frozen collections are immutable and must be "
            f"fully indexed by using the 'full({name})' modifier"
        )
    if kind == "full" and not is_frozen_collection:
        raise InvalidRequest("full() indexes can only be created on frozen collections")
    if kind == "values" and not column.type.is_collection:
        raise InvalidRequest(
            f"Cannot create values() index on {name}. Non-collection columns only support simple indexes"
        )
    if kind in {"keys", "entries"} and not is_multicell_map:
        raise InvalidRequest(f"Cannot create index on {kind} of column {name} with non-map type")
    if isinstance(column.type, UserType) and column.type.is_multicell:
        raise InvalidRequest(f"Cannot create index on non-frozen UDT column {name}")


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


def _free_name(keyspace: Keyspace, base: str) -> str:
    used = {name for table in keyspace.tables.values() for name in table.indexes}
    name, number = base, 0
    while name in used:
        number += 1
        name = f"{base}_{number}"
    return name
