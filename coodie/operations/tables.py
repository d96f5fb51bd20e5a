"""What keeping the schema means: a model's table compared with the live one, keyspaces, truncation."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from coodie import ddl
from coodie.document import DocumentBase, schema_of
from coodie.exceptions import ConfigurationError, InvalidModelError
from coodie.operations.steps import Operation, keyspace, one
from coodie.statement import Statement

log = logging.getLogger("coodie")


def sync_table(
    model: type[DocumentBase],
    *,
    dry_run: bool = False,
    drop_removed_indexes: bool = False,
    strict: bool = False,
) -> Operation[list[str]]:
    """Create what the model's table lacks; what was executed, or, in a dry run, would be.

    What differs and is not created away (unknown columns, other types, another key) is one warning on the logger
    `coodie`, or, if strict, an `InvalidModelError`.
    """
    schema = schema_of(model)
    where = yield from keyspace(schema.keyspace)
    if where is None:
        raise ConfigurationError(
            f"{schema.model} has no keyspace: give init_coodie() one, or the model's Settings"
        )
    live = yield from _live_table(where, schema.table)
    wanted = ddl.changes(schema, live, schema.keyspace, drops_removed_indexes=drop_removed_indexes)
    if wanted.drift:
        _tell(f"{where}.{schema.table} differs from {schema.model}: {'; '.join(wanted.drift)}", strict=strict)
    if not dry_run:
        for text in wanted.statements:
            yield from one(Statement(text, prepare=False))
    return list(wanted.statements)


def drop_table(model: type[DocumentBase]) -> Operation[None]:
    """Drop the model's table, if it is there."""
    yield from one(Statement(ddl.drop_table(schema_of(model)), prepare=False))


def truncate(model: type[DocumentBase]) -> Operation[None]:
    """Delete all rows of the model's table."""
    yield from one(Statement(ddl.truncate(schema_of(model)), prepare=False))


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


def _tell(message: str, *, strict: bool) -> None:
    if strict:
        raise InvalidModelError(message)
    log.warning(message)


def _live_table(where: str, table: str) -> Operation[ddl.LiveTable | None]:
    tables = yield from _rows("SELECT * FROM system_schema.tables", where, table)
    if not tables:
        return None
    columns = yield from _rows(
        "SELECT column_name, kind, position, clustering_order, type FROM system_schema.columns", where, table
    )
    indexes = yield from _rows("SELECT index_name, options FROM system_schema.indexes", where, table)
    return ddl.LiveTable(
        columns={
            row["column_name"]: ddl.LiveColumn(
                row["column_name"], row["kind"], row["position"], row["clustering_order"], row["type"]
            )
            for row in columns
        },
        indexes={row["index_name"]: row["options"] for row in indexes},
        options=tables[0],
    )


def _rows(selection: str, where: str, table: str) -> Operation[list[dict[str, Any]]]:
    text = f"{selection} WHERE keyspace_name = ? AND table_name = ?"
    return (yield from execute_raw(Statement(text, (where, table), idempotent=True)))
