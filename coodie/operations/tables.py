"""What keeping the schema means: a model's table compared with the live one, keyspaces, truncation."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from coodie import ddl
from coodie.cqltypes import UserTypeLike, in_order
from coodie.document import DocumentBase, schema_of, table_of
from coodie.exceptions import ConfigurationError, InvalidModelError, InvalidQueryError
from coodie.operations.steps import Operation, keyspace, one
from coodie.schema import TableSchema
from coodie.statement import Statement

log = logging.getLogger("coodie")


def sync_table(
    model: type[DocumentBase],
    *,
    dry_run: bool = False,
    drop_removed_indexes: bool = False,
    strict: bool = False,
) -> Operation[list[str]]:
    """Create what the model's table and its user types lack; what was executed, or, in a dry run, would be.

    What differs and is not created away (unknown columns, other types, another key) is one warning on the logger
    `coodie`, or, if strict, an `InvalidModelError`.
    """
    schema = _table(table_of(model))
    where = yield from _where(schema.keyspace, schema.model)
    found: list[str] = []
    for user_type in in_order(each for column in schema.columns for each in column.user_types):
        live_fields = yield from _live_type(where, user_type.type_name())
        changes = ddl.type_changes(user_type, live_fields, schema.keyspace)
        _tell(f"{where}.{user_type.type_name()}", user_type.__name__, changes.drift, strict=strict)
        found += changes.statements
    live = yield from _live_table(where, schema.table)
    changes = ddl.changes(
        schema,
        live,
        schema.keyspace,
        vector_class=(yield from _vector_class(schema)),
        drops_removed_indexes=drop_removed_indexes,
    )
    _tell(f"{where}.{schema.table}", schema.model, changes.drift, strict=strict)
    found += changes.statements
    yield from _changed(found, dry_run=dry_run)
    return found


def sync_view(
    model: type[DocumentBase], *, dry_run: bool = False, strict: bool = False
) -> Operation[list[str]]:
    """Create the model's view, if it is missing; what was executed, or, in a dry run, would be.

    A view cannot be altered: what differs is one warning on the logger `coodie`, or, if strict, an
    `InvalidModelError`.
    """
    schema = schema_of(model)
    if schema.view is None:
        raise InvalidQueryError(f"{schema.model} is no view; use sync_table()")
    where = yield from _where(schema.keyspace, schema.model)
    live = yield from _live_columns(where, schema.table)
    if live:
        _tell(f"{where}.{schema.table}", schema.model, ddl.view_drift(schema, live), strict=strict)
        return []
    found = [ddl.create_view(schema, schema.view)]
    yield from _changed(found, dry_run=dry_run)
    return found


def drop_view(model: type[DocumentBase]) -> Operation[None]:
    """Drop the model's view, if it is there; its base table stays."""
    yield from one(Statement(ddl.drop_view(schema_of(model)), prepare=False))


def sync_type(
    user_type: type[UserTypeLike], named: str | None = None, *, dry_run: bool = False, strict: bool = False
) -> Operation[list[str]]:
    """Create or extend a user type and those that it mentions, in the keyspace named or the connection's."""
    where = yield from _where(named, user_type.__name__)
    found: list[str] = []
    for each in in_order([user_type]):
        live = yield from _live_type(where, each.type_name())
        changes = ddl.type_changes(each, live, named)
        _tell(f"{where}.{each.type_name()}", each.__name__, changes.drift, strict=strict)
        found += changes.statements
    yield from _changed(found, dry_run=dry_run)
    return found


def drop_table(model: type[DocumentBase]) -> Operation[None]:
    """Drop the model's table, if it is there."""
    yield from one(Statement(ddl.drop_table(_table(schema_of(model))), prepare=False))


def truncate(model: type[DocumentBase]) -> Operation[None]:
    """Delete all rows of the model's table."""
    yield from one(Statement(ddl.truncate(_table(schema_of(model))), prepare=False))


def create_keyspace(
    name: str,
    replication_factor: int = 1,
    strategy: str = "SimpleStrategy",
    dc_replication_map: Mapping[str, int] | None = None,
) -> Operation[None]:
    """Create a keyspace, unless it is there; per data centre if a map says so."""
    text = ddl.create_keyspace(name, replication_factor, strategy, dc_replication_map)
    yield from one(Statement(text, prepare=False))


def drop_keyspace(name: str) -> Operation[None]:
    """Drop a keyspace with all its tables, if it is there."""
    yield from one(Statement(ddl.drop_keyspace(name), prepare=False))


def execute_raw(statement: Statement) -> Operation[list[dict[str, Any]]]:
    """Any statement's rows, by column name, from all pages."""
    page = yield from one(statement)
    rows = page.dicts()
    while page.paging_state is not None:
        page = yield from one(replace(statement, paging_state=page.paging_state))
        rows += page.dicts()
    return rows


def _table(schema: TableSchema) -> TableSchema:
    """The schema, if it is a table's."""
    if schema.view is not None:
        raise InvalidQueryError(f"{schema.model} is a materialized view; use sync_view() and drop_view()")
    return schema


def _where(named: str | None, who: str) -> Operation[str]:
    """The keyspace that is meant; refused where none is."""
    where = yield from keyspace(named)
    if where is None:
        raise ConfigurationError(f"{who} has no keyspace: give init_coodie() one, or the class's Settings")
    return where


def _changed(statements: Iterable[str], *, dry_run: bool) -> Operation[None]:
    for text in () if dry_run else statements:
        yield from one(Statement(text, prepare=False))


def _tell(there: str, who: str, drift: tuple[str, ...], *, strict: bool) -> None:
    """Warn of what differs and stays; an error if strict."""
    if not drift:
        return
    message = f"{there} differs from {who}: {'; '.join(drift)}"
    if strict:
        raise InvalidModelError(message)
    log.warning(message)


def _vector_class(schema: TableSchema) -> Operation[str]:
    """The class of a vector's index on this server; asked for only where the table has one."""
    if all(index.similarity is None for index in schema.indexes):
        return ddl.SAI
    # A table that ScyllaDB keeps beside the common ones tells the servers apart.
    rows = yield from _rows("SELECT table_name FROM system_schema.tables", "system_schema", "scylla_tables")
    return ddl.VECTOR_INDEX if rows else ddl.SAI


def _live_type(where: str, name: str) -> Operation[dict[str, str] | None]:
    text = (
        "SELECT field_names, field_types FROM system_schema.types WHERE keyspace_name = ? AND type_name = ?"
    )
    rows = yield from execute_raw(Statement(text, (where, name), idempotent=True))
    return dict(zip(rows[0]["field_names"], rows[0]["field_types"], strict=True)) if rows else None


def _live_table(where: str, table: str) -> Operation[ddl.LiveTable | None]:
    tables = yield from _rows("SELECT * FROM system_schema.tables", where, table)
    if not tables:
        return None
    columns = yield from _live_columns(where, table)
    indexes = yield from _rows("SELECT index_name, options FROM system_schema.indexes", where, table)
    return ddl.LiveTable(
        columns=columns,
        indexes={row["index_name"]: row["options"] for row in indexes},
        options=tables[0],
    )


def _live_columns(where: str, table: str) -> Operation[dict[str, ddl.LiveColumn]]:
    rows = yield from _rows(
        "SELECT column_name, kind, position, clustering_order, type FROM system_schema.columns", where, table
    )
    return {
        row["column_name"]: ddl.LiveColumn(
            row["column_name"], row["kind"], row["position"], row["clustering_order"], row["type"]
        )
        for row in rows
    }


def _rows(selection: str, where: str, table: str) -> Operation[list[dict[str, Any]]]:
    text = f"{selection} WHERE keyspace_name = ? AND table_name = ?"
    return (yield from execute_raw(Statement(text, (where, table), idempotent=True)))
