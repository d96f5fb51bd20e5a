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
        raise InvalidRequest("Only one column of a table may be its TTL column")
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
    if change.column is None:
        if "ttl" not in table.options:
            raise InvalidRequest(f"Per-row TTL is not enabled in table {table.name}")
        return replace(table, options=lacking(table.options, "ttl"))
    if "ttl" in table.options:
        raise InvalidRequest(
            f"Per-row TTL is already enabled in table {table.name}, with column {identifier(table.options['ttl'])}"
        )
    altered = replace(table, options=MappingProxyType({**table.options, "ttl": change.column}))
    check(altered)
    return altered
