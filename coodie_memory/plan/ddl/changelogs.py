"""The log tables of CDC, which come with their tables and go with them."""

from collections.abc import Mapping
from math import ceil
from types import MappingProxyType
from typing import Any

from coodie_memory.cql import ast
from coodie_memory.dialect import Dialect
from coodie_memory.errors import InvalidRequest
from coodie_memory.plan.ddl import table_options
from coodie_memory.plan.nodes import Moment
from coodie_memory.schema.catalog import Schema
from coodie_memory.schema.changelog import SUFFIX, base_of, following, is_log, log_of, logging
from coodie_memory.schema.model import Table
from coodie_memory.value import replace

_FILES = 24
_COLUMNS = "You cannot modify the set of columns of a CDC log table directly."
_COLUMNS_THAT_FOLLOW = f"{_COLUMNS} Modify the base table instead."
_COLUMNS_THAT_STAY = (
    f"{_COLUMNS} Although the base table has deactivated CDC, this table will continue being a CDC log table until it "
    "is dropped. If you want to modify the columns in it, you can only do that by reenabling CDC on the base table, "
    "which will reattach this log table. Then you will be able to modify the columns in the base table, and that will "
    "have effect on the log table too. Modifying the columns of a CDC log table directly is never allowed."
)
_NAMES_THAT_FOLLOW = "Cannot rename a column of a CDC log table."
_NAMES_THAT_STAY = (
    "You cannot rename a column of a CDC log table. Although the base table has deactivated CDC, this table will "
    "continue being a CDC log table until it is dropped."
)


def followed(schema: Schema, table: Table, dialect: Dialect, moment: Moment) -> Schema:
    """The schema with the table, and with its log if its changes are logged; a log that is there stays in any case."""
    schema = schema.with_table(table)
    asked = logging(table)
    if asked is None:
        return schema
    if table.is_counter:
        raise InvalidRequest(
            f"Cannot create CDC log for table {table.keyspace}.{table.name}. Counter support not implemented"
        )
    log = schema.table(table.keyspace, table.name + SUFFIX)
    if log is None:
        options = table_options.new_options((), dialect, schema.keyspaces[table.keyspace])
        return schema.with_table(
            log_of(table, moment.uuid(), MappingProxyType({**options, **_options(table, asked.seconds)}))
        )
    if not is_log(log):
        raise InvalidRequest(
            f"Cannot create CDC log table for table {table.keyspace}.{table.name} because a table of name "
            f"{log.keyspace}.{log.name} already exists"
        )
    return schema.with_table(following(table, log))


def _options(base: Table, seconds: int) -> Mapping[str, Any]:
    """What a log has for itself: files that are dropped one after another as what is in them ends."""
    options: dict[str, Any] = {
        "caching": {"enabled": "false", "keys": "NONE", "rows_per_partition": "NONE"},
        "comment": f"CDC log for {base.keyspace}.{base.name}",
        "compression": {"sstable_compression": "org.apache.cassandra.io.compress.LZ4Compressor"},
    }
    if seconds:
        window = ceil(seconds / _FILES)
        options["gc_grace_seconds"] = 0
        options["compaction"] = {
            "class": "TimeWindowCompactionStrategy",
            "compaction_window_size": str(ceil(window / 60)),
            "compaction_window_unit": "MINUTES",
            "expired_sstable_check_frequency_seconds": str(max(1, window // 2)),
        }
    return options


def without(schema: Schema, table: Table) -> Schema:
    """The schema less the log of a table that is gone."""
    log = schema.table(table.keyspace, table.name + SUFFIX)
    return schema if log is None or not is_log(log) else schema.without_table(log)


def check_change(table: Table, change: ast.TableChange, schema: Schema) -> None:
    """Refuse to change the columns of a log."""
    if not is_log(table):
        return
    base = schema.table(table.keyspace, base_of(table))
    stays = base is None or logging(base) is None
    if isinstance(change, ast.AddColumns | ast.DropColumns | ast.AlterColumnType):
        raise InvalidRequest(_COLUMNS_THAT_STAY if stays else _COLUMNS_THAT_FOLLOW)
    if isinstance(change, ast.RenameColumns):
        raise InvalidRequest(_NAMES_THAT_STAY if stays else _NAMES_THAT_FOLLOW)


def check_view(base: Table, options: Mapping[str, Any]) -> None:
    """Refuse a view that is to have a log."""
    if logging(replace(base, options=MappingProxyType(options), indexes=MappingProxyType({}))) is not None:
        raise InvalidRequest("Cannot enable CDC for a materialized view")
