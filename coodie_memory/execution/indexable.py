"""What the indexes of a table cannot take: such a write is refused before anything of it is applied."""

import struct
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from coodie_memory.errors import InvalidRequest, WriteFailure
from coodie_memory.execution.context import Context
from coodie_memory.plan import indexing
from coodie_memory.schema.model import Index, Table
from coodie_memory.storage.index import Target, contents
from coodie_memory.storage.mutation import Mutation
from coodie_memory.types.vector import VectorType

Check: TypeAlias = Callable[[Context, Sequence[Mutation]], None]
_TOO_LONG = 65535
_STORAGE_PORT = 7000


def checking(table: Table) -> Check | None:
    """What refuses mutations of the table; None where its indexes take whatever its columns do."""
    sized = [index for index in table.indexes.values() if _limits_size(table, index)]
    angular = [index for index in table.indexes.values() if _wants_direction(table, index)]
    if not sized and not angular:
        return None

    def check(context: Context, mutations: Sequence[Mutation]) -> None:
        indexes = context.engine.store(table).indexes
        for mutation in mutations:
            for index in sized:
                _check_sizes(table, index, _written(indexes[index.name].target, mutation))
            for index in angular:
                _check_directions(context, _written(indexes[index.name].target, mutation))

    return check


def _limits_size(table: Table, index: Index) -> bool:
    """Whether the index keeps values as keys of its own, of which some may be too long."""
    column = table.columns[index.column]
    return index.class_name is None and not column.is_key and column.type.width is None


def _wants_direction(table: Table, index: Index) -> bool:
    """Whether the index measures angles, which a vector of zeros has not."""
    column = table.columns[index.column]
    is_on_vectors = isinstance(column.type, VectorType) and indexing.is_sai(index)
    return is_on_vectors and indexing.similarity(table, column) == "cosine"


def _written(target: Target, mutation: Mutation) -> Iterable[bytes]:
    rows = [row for _, row in mutation.rows]
    if target.source == "static":
        rows = [] if mutation.static is None else [mutation.static]
    return (value for row in rows for value in contents(target, row))


def _check_sizes(table: Table, index: Index, values: Iterable[bytes]) -> None:
    for value in values:
        if len(value) >= _TOO_LONG:
            raise InvalidRequest(
                f"Cannot index value of size {len(value)} for index {index.name} on "
                f"{table.keyspace}.{table.name}({index.column}) (maximum allowed size={_TOO_LONG})"
            )


def _check_directions(context: Context, values: Iterable[bytes]) -> None:
    for value in values:
        if not any(struct.unpack(f">{len(value) // 4}f", value)):
            raise WriteFailure(
                failure(context),
                consistency=context.options.consistency,
                received=0,
                required=1,
                failures=1,
                write_type="SIMPLE",
                reasons=((context.engine.node.address, 0),),
            )


def failure(context: Context) -> str:
    """How the server says that the only replica failed."""
    return (
        "Operation failed - received 0 responses and 1 failures: "
        f"UNKNOWN from /{context.engine.node.address}:{_STORAGE_PORT}"
    )
