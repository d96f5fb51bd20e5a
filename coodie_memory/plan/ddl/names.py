"""What keyspaces, tables and indexes may be called."""

import re

from coodie_memory.dialect import Dialect
from coodie_memory.errors import ConfigurationException, InvalidRequest

_NAME = re.compile(r"[a-zA-Z0-9_]+")


def check_keyspace_name(name: str, dialect: Dialect) -> None:
    """Refuse what no keyspace may be called."""
    if not _NAME.fullmatch(name):
        raise InvalidRequest(dialect.wrong_keyspace_name.format(name=name))
    if len(name) > (longest := dialect.longest_keyspace_name):
        raise InvalidRequest(dialect.long_keyspace_name.format(name=name, length=len(name), longest=longest))


def check_table_name(keyspace: str, name: str, dialect: Dialect) -> None:
    """Refuse what no table may be called."""
    if not _NAME.fullmatch(name):
        raise dialect.wrong_name(dialect.wrong_table_name.format(keyspace=keyspace, name=name))
    if len(name) > (longest := dialect.longest_table_name):
        raise dialect.wrong_name(
            dialect.long_table_name.format(keyspace=keyspace, name=name, length=len(name), longest=longest)
        )


def check_view_name(keyspace: str, name: str, dialect: Dialect) -> None:
    """Refuse what no view may be called."""
    refusals = dialect.view_refusals
    if not _NAME.fullmatch(name):
        raise dialect.wrong_name(refusals.wrong_name.format(keyspace=keyspace, name=name))
    if len(name) > (longest := dialect.longest_table_name):
        raise dialect.wrong_name(
            refusals.long_name.format(keyspace=keyspace, name=name, length=len(name), longest=longest)
        )


def unknown(dialect: Dialect, keyspace: str, name: str, otherwise: str) -> str:
    """The refusal of a table that a schema statement names and that does not exist."""
    refusal = dialect.unknown_table_in_ddl
    return otherwise if refusal is None else refusal.format(keyspace=keyspace, table=name)


def check_index_name(name: str) -> None:
    """Refuse what no index may be called."""
    if not _NAME.fullmatch(name):
        raise ConfigurationException(f"Illegal index name {name}")


def default_index_name(table: str, column: str) -> str:
    """`<table>_<column>_idx`, the column reduced to word characters."""
    return f"{table}_{re.sub(r'[^a-zA-Z0-9_]', '', column)}_idx"
