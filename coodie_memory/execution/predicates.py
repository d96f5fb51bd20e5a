"""What is asked of a live row: the partition key's values, the row, the static row beside it."""

from collections.abc import Callable
from typing import TypeAlias, assert_never

from coodie_memory.execution.cells import reader
from coodie_memory.execution.context import Context
from coodie_memory.result import Raw
from coodie_memory.schema.model import Column
from coodie_memory.storage.row import Row

Predicate: TypeAlias = Callable[[tuple[bytes, ...], Row | None, Row | None], bool]
"""Whether a row passes: the partition key's values, the row, the static row; a row that is not there has nulls."""
Asking: TypeAlias = Callable[[Context], list[Predicate]]
"""What gives a restriction's predicates for the values of one execution, all of which a row has to pass."""
Test: TypeAlias = Callable[[bytes], bool]
Access: TypeAlias = Callable[[tuple[bytes, ...], Row | None, Row | None], Raw]


def access(column: Column) -> Access:
    """What reads a column of any kind."""
    position = column.position
    match column.kind:
        case "partition_key":
            return lambda components, _row, _static: components[position]
        case "clustering":
            return lambda _components, row, _static: None if row is None else row.clustering[position]
        case "static":
            read = reader(column)
            return lambda _components, _row, static: read(static)
        case "regular":
            read = reader(column)
            return lambda _components, row, _static: read(row)
        case _:
            assert_never(column.kind)


def reading(column: Column, test: Test) -> Predicate:
    """Whether the column has a value, and one that passes the test."""
    read = access(column)

    def passes(components: tuple[bytes, ...], row: Row | None, static: Row | None) -> bool:
        raw = read(components, row, static)
        return raw is not None and test(raw)

    return passes


def present(column: Column) -> Predicate:
    """Whether the column has a value."""
    return reading(column, lambda _raw: True)


def never(_components: tuple[bytes, ...], _row: Row | None, _static: Row | None) -> bool:
    """What no row passes."""
    return False
