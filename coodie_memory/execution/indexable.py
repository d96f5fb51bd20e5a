"""What the indexes of a table do not take, and the way into the store that asks them.

They look at what all mutations of a statement or batch make of a partition together: what a batch takes back itself is
no matter. A value too long for an index's key is refused before anything is applied. Vectors are looked at only as their
partition's turn comes, as the row will then stand: that partition stays as it was, and the others are changed.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from coodie_memory.errors import InvalidRequest, WriteFailure
from coodie_memory.execution.context import Context
from coodie_memory.plan import indexing
from coodie_memory.schema.model import Index, Table
from coodie_memory.storage.cell import DEFAULT_RULES
from coodie_memory.storage.index import Target, contents
from coodie_memory.storage.mutation import Mutation, together
from coodie_memory.storage.partition import Partition
from coodie_memory.storage.row import Row, merged, stamp_at
from coodie_memory.types.vector import VectorType

_TOO_LONG = 65535
_FARTHEST = 1e17
_STORAGE_PORT = 7000


class Limits(NamedTuple):
    """The indexes of a table that do not take everything.

    `sized` have values for keys; `near` compare vectors, each by its similarity.
    """

    table: Table
    sized: tuple[Index, ...]
    near: tuple[tuple[Index, str], ...]


def limits(table: Table) -> Mapping[UUID, Limits]:
    """What the indexes of the table do not take, under the table's id; nothing where they take everything."""
    sized = tuple(index for index in table.indexes.values() if _limits_size(table, index))
    near = tuple(
        (index, indexing.similarity(table, table.columns[index.column]))
        for index in table.indexes.values()
        if isinstance(table.columns[index.column].type, VectorType) and indexing.is_sai(index)
    )
    return {table.id: Limits(table, sized, near)} if sized or near else {}


def apply(context: Context, mutations: Sequence[Mutation], known: Mapping[UUID, Limits]) -> None:
    """Apply the mutations of one statement as far as the indexes of its table take them, whose limits are known."""
    apply_short(context, short(context, mutations, known), known, "SIMPLE")


def short(
    context: Context, mutations: Sequence[Mutation], known: Mapping[UUID, Limits]
) -> Sequence[Mutation]:
    """What does the same; refused where it has a value that is too long for an index."""
    if not known:
        return mutations
    changes = together(mutations)
    for change in changes:
        if change.table in known:
            _check_sizes(context, known[change.table], change)
    return changes


def apply_short(
    context: Context, changes: Sequence[Mutation], known: Mapping[UUID, Limits], write_type: str
) -> None:
    """Apply what `short` gave as far as the indexes can compare it; complain of the rest."""
    if not known:
        context.engine.apply(changes, context.now)
        return
    taken = [
        change
        for change in changes
        if change.table not in known or _are_comparable(context, known[change.table], change)
    ]
    context.engine.apply(taken, context.now)
    # With ANY it is enough that the node keeps a hint for itself.
    if len(taken) < len(changes) and context.options.consistency != "ANY":
        raise WriteFailure(
            failure(context),
            consistency=context.options.consistency,
            received=0,
            required=1,
            failures=1,
            write_type=write_type,
            reasons=((context.engine.node.address, 0),),
        )


def is_comparable(vector: Sequence[float], similarity: str) -> bool:
    """Whether an index can say what is near: nothing is too far away, and an angle needs a direction."""
    # NaN is in no range.
    if not all(abs(number) <= _FARTHEST for number in vector):
        return False
    return similarity != "cosine" or any(vector)


def failure(context: Context) -> str:
    """How the server says that the only replica failed."""
    return (
        "Operation failed - received 0 responses and 1 failures: "
        f"UNKNOWN from /{context.engine.node.address}:{_STORAGE_PORT}"
    )


def _limits_size(table: Table, index: Index) -> bool:
    """Whether the index keeps values as keys of its own, of which some may be too long."""
    column = table.columns[index.column]
    return index.class_name is None and not column.is_key and column.type.width is None


def _check_sizes(context: Context, known: Limits, change: Mutation) -> None:
    indexes, table = context.engine.store(known.table).indexes, known.table
    for index in known.sized:
        target = indexes[index.name].target
        for value in (value for row in _rows(target, change) for value in contents(target, row)):
            if len(value) >= _TOO_LONG:
                raise InvalidRequest(
                    f"Cannot index value of size {len(value)} for index {index.name} on "
                    f"{table.keyspace}.{table.name}({index.column}) (maximum allowed size={_TOO_LONG})"
                )


def _rows(target: Target, change: Mutation) -> Iterable[Row]:
    if target.source == "static":
        return () if change.static is None else (change.static,)
    return (row for _, row in change.rows)


def _are_comparable(context: Context, known: Limits, change: Mutation) -> bool:
    store = context.engine.store(known.table)
    partition = store.partitions.get(change.key)
    for index, similarity in known.near:
        target = store.indexes[index.name].target
        for before, after in _outcomes(target, partition, change):
            stamp = stamp_at(after, target.number)
            # What was there before has been taken, or is older than the index.
            if before is not None and stamp == stamp_at(before, target.number):
                continue
            for value in contents(target, after):
                if not is_comparable(struct.unpack(f">{len(value) // 4}f", value), similarity):
                    return False
    return True


def _outcomes(
    target: Target, partition: Partition | None, change: Mutation
) -> Iterable[tuple[Row | None, Row]]:
    """Each row that is changed, before and after. Deletions of ranges and partitions hide nothing from an index yet."""
    if target.source == "static":
        stored = None if partition is None else partition.static
        return () if change.static is None else (_outcome(stored, change.static),)
    return (
        _outcome(None if partition is None else partition.rows.get(position), row)
        for position, row in change.rows
    )


def _outcome(before: Row | None, row: Row) -> tuple[Row | None, Row]:
    return before, row if before is None else merged(before, row, DEFAULT_RULES)
