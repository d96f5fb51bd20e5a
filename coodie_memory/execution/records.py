"""A row that the server itself writes, before it is one."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Record(NamedTuple):
    """A row: its table's name, the primary key's values, the other columns' values by name."""

    table: str
    key: tuple[Any, ...]
    values: Mapping[str, Any]
