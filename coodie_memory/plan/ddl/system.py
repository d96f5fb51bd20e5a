"""The server's own keyspaces, as every cluster has them."""

from collections.abc import Mapping
from functools import cache
from hashlib import md5
from types import MappingProxyType
from uuid import UUID

from coodie_memory.cql import ast
from coodie_memory.cql.statements import parse
from coodie_memory.dialect import Dialect
from coodie_memory.plan.ddl.systemtables import system_tables
from coodie_memory.plan.ddl.tables import create_table
from coodie_memory.schema.catalog import EMPTY, Schema
from coodie_memory.schema.model import Keyspace, Table
from coodie_memory.value import replace

_PACKAGE = "org.apache.cassandra.locator."
_LOCAL = MappingProxyType({"class": f"{_PACKAGE}LocalStrategy"})
VIRTUAL = frozenset({"system_virtual_schema", "system_views"})
"""Keyspaces whose tables are views of the server itself: they are read, and that is all."""
SYSTEM = VIRTUAL | {"system", "system_schema", "system_traces", "system_auth", "system_distributed"}
"""Every keyspace that is the server's own."""


def is_configuration(table: Table) -> bool:
    """Whether the table is `system.config`, the one of the server's own that clients write: it exists where they may."""
    return table.name == "config" and table.keyspace == "system"


def _simple(factor: int) -> Mapping[str, str]:
    return MappingProxyType({"class": f"{_PACKAGE}SimpleStrategy", "replication_factor": str(factor)})


_OPTIONS: Mapping[str, tuple[int, int]] = {
    "system": (0, 3600000),
    "system_schema": (604800, 3600000),
    "system_auth": (7776000, 0),
    "system_traces": (0, 0),
}
"""gc_grace_seconds and memtable_flush_period_in_ms of each keyspace's tables, where they are not a table's defaults."""
_REPLICATION = {"system_traces": _simple(2), "system_auth": _simple(1), "system_distributed": _simple(3)}


@cache
def system_keyspaces(dialect: Dialect) -> Schema:
    """A schema that holds what every cluster holds."""
    schema = EMPTY
    for name, texts in system_tables(dialect).items():
        keyspace = Keyspace(name, _REPLICATION.get(name, _LOCAL), is_virtual=name in VIRTUAL)
        empty = EMPTY.with_keyspace(keyspace)
        tables = [
            _table(text, empty, dialect)
            for text in texts.split(";")[:-1]
            if dialect.grammar.masks or "TABLE column_masks" not in text
        ]
        by_name = MappingProxyType({table.name: table for table in tables})
        schema = schema.with_keyspace(
            Keyspace(name, keyspace.replication, tables=by_name, is_virtual=keyspace.is_virtual)
        )
    return schema


def _table(text: str, schema: Schema, dialect: Dialect) -> Table:
    """The table that the text creates in the one keyspace of a schema."""
    (keyspace,) = schema.keyspaces
    statement = parse(text.strip(), dialect)
    assert isinstance(statement, ast.CreateTable)
    if keyspace == "system_schema" and statement.table.name in ("tables", "views"):
        # Extensions that no statement can set have a column all the same.
        absent = (dialect.foreign_table_options | dialect.table_extensions) - {"extensions"}
        known = tuple(column for column in statement.columns if column.name not in absent)
        statement = replace(statement, columns=known)
    if keyspace in _OPTIONS:
        grace, flush = _OPTIONS[keyspace]
        own = (
            ast.Property("gc_grace_seconds", str(grace)),
            ast.Property("memtable_flush_period_in_ms", str(flush)),
        )
        statement = replace(statement, properties=(*own, *statement.properties))
    made = create_table(
        statement, keyspace, dialect, schema, _Birth(f"{keyspace}{statement.table.name}")
    ).schema.table(keyspace, statement.table.name)
    assert made is not None
    return made


class _Birth:
    """The moment of a system table's creation: its id comes of its name, the same in every cluster."""

    micros = 0

    def __init__(self, name: str) -> None:
        self._name = name

    def uuid(self) -> UUID:
        return UUID(bytes=md5(self._name.encode(), usedforsecurity=False).digest(), version=3)

    def timeuuid(self) -> UUID:
        return self.uuid()

    def next_timestamp(self) -> int:
        return 0
