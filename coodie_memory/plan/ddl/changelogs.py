"""The log tables of CDC, which come with their tables and go with them."""

from coodie_memory.dialect import Dialect
from coodie_memory.errors import InvalidRequest
from coodie_memory.plan.ddl import table_options
from coodie_memory.plan.nodes import Moment
from coodie_memory.schema.catalog import Schema
from coodie_memory.schema.changelog import SUFFIX, following, is_log, log_of, logging
from coodie_memory.schema.model import Table


def followed(schema: Schema, table: Table, dialect: Dialect, moment: Moment) -> Schema:
    """The schema with the table, and with its log if its changes are logged; a log that is there stays in any case."""
    schema = schema.with_table(table)
    if logging(table.options) is None:
        return schema
    if table.is_counter:
        raise InvalidRequest(
            f"Cannot create CDC log for table {table.keyspace}.{table.name}. Counter support not implemented"
        )
    log = schema.table(table.keyspace, table.name + SUFFIX)
    if log is None:
        return schema.with_table(log_of(table, moment.uuid(), table_options.new_options((), dialect)))
    if not is_log(log):
        raise InvalidRequest(
            f"Cannot create CDC log table for table {table.keyspace}.{table.name} because a table of name "
            f"{log.keyspace}.{log.name} already exists"
        )
    return schema.with_table(following(table, log))


def without(schema: Schema, table: Table) -> Schema:
    """The schema less the log of a table that is gone."""
    log = schema.table(table.keyspace, table.name + SUFFIX)
    return schema if log is None or not is_log(log) else schema.without_table(log)
