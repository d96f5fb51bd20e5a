"""ALTER … TYPE: columns and fields of another type, by which what was written before can be read, too.

What is stored stays as it is; only its meaning changes.
"""

from collections.abc import Callable
from types import MappingProxyType

from coodie_memory.cql import ast
from coodie_memory.dialect import Dialect
from coodie_memory.errors import ConfigurationException, InvalidRequest
from coodie_memory.plan.typenames import cql_type
from coodie_memory.schema.catalog import having
from coodie_memory.schema.model import Column, Keyspace, Table
from coodie_memory.types.base import CqlType
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.quoting import identifier
from coodie_memory.types.tuples import TupleType
from coodie_memory.value import replace

_TEXTS = frozenset({"ascii", "text"})
_SAME_BYTES = frozenset(
    {
        *(("timestamp", "bigint"), ("timeuuid", "uuid")),
        *(("int", "varint"), ("bigint", "varint"), ("timestamp", "varint")),
    }
)


def altered(table: Table, change: ast.AlterColumnType, keyspace: Keyspace, dialect: Dialect) -> Table:
    """The table with one column of another type."""
    if not dialect.alters_types:
        raise InvalidRequest("Altering column types is no longer supported")
    column = table.columns.get(change.column)
    if column is None:
        raise InvalidRequest(
            dialect.unknown_column_to_drop.format(
                keyspace=table.keyspace, table=table.name, column=change.column
            )
        )
    kind = cql_type(change.type, keyspace, dialect)
    check(column, kind, dialect)
    return with_type(table, change.column, kind)


def with_type(table: Table, name: str, kind: CqlType) -> Table:
    """A table, or that of a view, with the column of this type, if it has the column."""
    if name not in table.columns:
        return table
    columns = having(table.columns, name, replace(table.columns[name], type=kind))
    in_place = MappingProxyType({each: columns[each] for each in table.columns})
    return replace(table, columns=in_place)


def check(column: Column, kind: CqlType, dialect: Dialect) -> None:
    """Refuse a type by which the column's values cannot be read, or do not stand in their order."""
    if column.kind == "partition_key" and kind.is_counter:
        raise InvalidRequest(dialect.table_refusals.counter_in_key.format(column=identifier(column.name)))
    is_ordered = column.kind == "clustering"
    if not (sorts_alike(column.type, kind) if is_ordered else reads_alike(column.type, kind)):
        how = "order-compatible" if is_ordered else "incompatible"
        raise ConfigurationException(
            f"Cannot change {identifier(column.name)} from type {column.type} to type {kind}: "
            f"types are {'not ' if is_ordered else ''}{how}."
        )


def sorts_alike(before: CqlType, after: CqlType) -> bool:
    """Whether values of the one type are values of the other one, in the same order."""
    if before == after:
        return True
    if after.cql() in ("text", "blob"):
        return before.cql() in _TEXTS
    return _parts_are(sorts_alike, before, after)


def reads_alike(before: CqlType, after: CqlType) -> bool:
    """Whether values of the one type can be read as ones of the other."""
    if after.cql() == "blob" or sorts_alike(before, after):
        return True
    return (before.cql(), after.cql()) in _SAME_BYTES or _parts_are(reads_alike, before, after)


def _parts_are(alike: Callable[[CqlType, CqlType], bool], before: CqlType, after: CqlType) -> bool:
    """Whether collections and tuples are alike part by part; what puts the cells of a collection in order must keep it."""
    if before.is_multicell != after.is_multicell:
        return False
    match before, after:
        case ListType(), ListType():
            return alike(before.element, after.element)
        case SetType(), SetType():
            return sorts_alike(before.element, after.element)
        case MapType(), MapType():
            return sorts_alike(before.key, after.key) and alike(before.value, after.value)
        case TupleType(), TupleType() if len(before.components) <= len(after.components):
            return all(map(alike, before.components, after.components))
        case _:
            return False
