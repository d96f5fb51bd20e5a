"""What keyspaces, tables and indexes may be called."""

import re

from coodie_memory.dialect import Dialect
from coodie_memory.errors import ConfigurationException, InvalidRequest

_NAME = re.compile(r"[a-zA-Z0-9_]+")


def check_keyspace_name(name: str, dialect: Dialect) -> None:
    """Refuse what no keyspace may be called; every schema statement asks first."""
    if not _NAME.fullmatch(name):
        raise InvalidRequest(
            "Keyspace name must not be empty and must contain alphanumeric or underscore characters only "
            f'(got "{name}")'
        )
    if len(name) > dialect.longest_keyspace_name:
        raise InvalidRequest(
            f"Keyspace name must not be more than {dialect.longest_keyspace_name} characters long "
            f'(got {len(name)} characters for "{name}")'
        )


def check_table_name(keyspace: str, name: str, dialect: Dialect) -> None:
    """Refuse what no table or view may be called."""
    if not _NAME.fullmatch(name):
        raise ConfigurationException(
            f"{keyspace}.{name}: Table name must not be empty or not contain non-alphanumeric-underscore characters "
            f'(got "{name}")'
        )
    if len(name) > dialect.longest_table_name:
        raise ConfigurationException(
            f"{keyspace}.{name}: Table name must not be more than {dialect.longest_table_name} characters long "
            f'(got {len(name)} characters for "{name}")'
        )


def check_index_name(name: str) -> None:
    """Refuse what no index may be called."""
    if not _NAME.fullmatch(name):
        raise ConfigurationException(f"Illegal index name {name}")


def default_index_name(table: str, column: str) -> str:
    """`<table>_<column>_idx`, the column reduced to word characters."""
    return f"{table}_{re.sub(r'[^a-zA-Z0-9_]', '', column)}_idx"
