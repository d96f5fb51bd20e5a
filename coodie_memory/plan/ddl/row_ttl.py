"""The column of a table that says when each of its rows expires: which one may, and how it is chosen and dismissed."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from coodie_memory.cql import ast
from coodie_memory.errors import InvalidRequest
from coodie_memory.schema.catalog import lacking
from coodie_memory.schema.model import Table
from coodie_memory.types.quoting import identifier
from coodie_memory.value import replace

_TYPES = ("timestamp", "bigint", "int")


def of_columns(columns: tuple[ast.ColumnDefinition, ...], options: Mapping[str, Any]) -> Mapping[str, Any]:
    """The options of a new table, of whose columns one may be marked with TTL."""
    marked = [column.name for column in columns if column.ttl]
    if len(marked) > 1 or (marked and "ttl" in options):
        raise InvalidRequest("A table cannot have more than one TTL column")
    return MappingProxyType({**options, "ttl": marked[0]}) if marked else options


def check(table: Table) -> None:
    """Refuse a column that is none, or not of the kind that can tell a row's end."""
    name = table.options.get("ttl")
    if name is None:
        return
    column = table.columns.get(name)
    if column is None:
        raise InvalidRequest(f"TTL column {identifier(name)} does not exist in table {table.name}")
    if column.kind != "regular":
        raise InvalidRequest(f"TTL column {identifier(name)} must be a regular column")
    if column.type.cql() not in _TYPES:
        raise InvalidRequest(
            f"TTL column {identifier(name)} must be of type timestamp, bigint or int, not {column.type}"
        )


def changed(table: Table, change: ast.SetTtlColumn) -> Table:
    """The table with another column for this, or with none."""
    of_table = f"Table {table.keyspace}.{table.name}"
    if change.column is None:
        if "ttl" not in table.options:
            raise InvalidRequest(f"{of_table} does not have a TTL column")
        return without(table)
    if "ttl" in table.options:
        raise InvalidRequest(f"{of_table} already has a TTL column")
    column = table.columns.get(change.column)
    if column is not None and column.kind != "regular":
        kind = "static" if column.is_static else "primary key"
        raise InvalidRequest(f"Cannot use a {kind} column {identifier(column.name)} as a TTL column")
    altered = replace(table, options=MappingProxyType({**table.options, "ttl": change.column}))
    check(altered)
    return altered


def without(table: Table) -> Table:
    """The table whose rows stay until somebody deletes them."""
    return replace(table, options=lacking(table.options, "ttl"))
