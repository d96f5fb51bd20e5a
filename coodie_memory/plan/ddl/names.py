"""What keyspaces, tables and indexes may be called."""

import re

from coodie_memory.errors import ConfigurationException, InvalidRequest

_NAME = re.compile(r"[a-zA-Z0-9_]+")
_KEYSPACE_LENGTH = 48
_TABLE_LENGTH = 222


def check_keyspace_name(name: str) -> None:
    """Refuse what no keyspace may be called; every schema statement asks first."""
    if not _NAME.fullmatch(name):
        raise InvalidRequest(
            "Keyspace name must not be empty and must contain alphanumeric or underscore characters only "
            f'(got "{name}")'
        )
    if len(name) > _KEYSPACE_LENGTH:
        raise InvalidRequest(
            f"Keyspace name must not be more than {_KEYSPACE_LENGTH} characters long "
            f'(got {len(name)} characters for "{name}")'
        )


def check_table_name(keyspace: str, name: str) -> None:
    """Refuse what no table or view may be called."""
    if not _NAME.fullmatch(name):
        raise ConfigurationException(
            f"{keyspace}.{name}: Table name must not be empty or not contain non-alphanumeric-underscore characters "
            f'(got "{name}")'
        )
    if len(name) > _TABLE_LENGTH:
        raise ConfigurationException(
            f"{keyspace}.{name}: Table name must not be more than {_TABLE_LENGTH} characters long "
            f'(got {len(name)} characters for "{name}")'
        )


def check_index_name(name: str) -> None:
    """Refuse what no index may be called."""
    if not _NAME.fullmatch(name):
        raise ConfigurationException(f"Illegal index name {name}")


def default_index_name(table: str, column: str) -> str:
    """`<table>_<column>_idx`, the column reduced to word characters."""
    return f"{table}_{re.sub(r'[^a-zA-Z0-9_]', '', column)}_idx"
