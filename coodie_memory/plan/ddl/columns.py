"""The columns of tables and views in the order in which everybody shows them."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from coodie_memory.schema.model import Column, ColumnKind


def by_name(columns: Iterable[Column]) -> list[Column]:
    """The columns by the bytes of their names."""
    return sorted(columns, key=lambda column: column.name.encode())


def in_order(columns: Iterable[Column]) -> Mapping[str, Column]:
    """By name, in `SELECT *` order: partition key, clustering key, statics by name, regulars by name."""
    columns = tuple(columns)

    def of(kind: ColumnKind) -> list[Column]:
        return [column for column in columns if column.kind == kind]

    key = sorted(of("partition_key"), key=_position) + sorted(of("clustering"), key=_position)
    ordered = [*key, *by_name(of("static")), *by_name(of("regular"))]
    return MappingProxyType({column.name: column for column in ordered})


def _position(column: Column) -> int:
    return column.position
