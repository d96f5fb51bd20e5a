"""How much data the server takes a batch for: what its thresholds are about.

It is right to the byte, but for the bounds of range deletions: they are kept as order keys, whose bytes are gone.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from coodie_memory.engine import Engine
from coodie_memory.storage.cell import Rules
from coodie_memory.storage.collection import Complex
from coodie_memory.storage.mutation import Mutation
from coodie_memory.storage.row import Row, merged, stamps_of

if TYPE_CHECKING:
    from coodie_memory.storage.position import Position

_TIMESTAMP = 8
_TTL_AND_EXPIRY = 12
_CELL = _TIMESTAMP + _TTL_AND_EXPIRY
_DELETION = 12
_ROW_DELETION = _DELETION + 1
_RANGE_COUNT = 4
_SHARD = 36
"""One increment of a counter: who, its clock, and how many."""


def data_size(engine: Engine, mutations: Sequence[Mutation]) -> int:
    """The bytes of what the mutations write, those of one partition taken together."""
    together: dict[tuple[int, bytes], list[Mutation]] = {}
    for mutation in mutations:
        together.setdefault((mutation.table.int, mutation.key), []).append(mutation)
    return sum(_partition(engine, found) for found in together.values())


def _partition(engine: Engine, mutations: Sequence[Mutation]) -> int:
    table = engine.schema.tables_by_id[mutations[0].table]
    rules = Rules(table.is_counter)
    rows: dict[Position | None, Row] = {}
    for mutation in mutations:
        for position, row in (*mutation.rows, (None, mutation.static)):
            if row is not None:
                rows[position] = merged(rows[position], row, rules) if position in rows else row
    size = _TIMESTAMP + sum(_row(row, is_counter=table.is_counter) for row in rows.values())
    if None not in rows:
        size += _TIMESTAMP + _ROW_DELETION
    ranges = [one for mutation in mutations for one in mutation.ranges]
    if ranges:
        size += _RANGE_COUNT + len(ranges) * _DELETION
    return size


def _row(row: Row, *, is_counter: bool) -> int:
    size = sum(len(raw or b"") for raw in row.clustering) + _ROW_DELETION + _TIMESTAMP
    if row.marker is not None and row.marker.ttl:
        size += _TTL_AND_EXPIRY
    for value, stamp in zip(row.values, stamps_of(row), strict=True):
        if isinstance(value, Complex):
            size += _collection(value)
        elif stamp is not None:
            size += _CELL + (_SHARD if is_counter and value is not None else len(value or b""))
    return size


def _collection(cells: Complex) -> int:
    elements = (*cells.live, *cells.dead)
    return _DELETION + sum(_CELL + len(element.path) + len(element.value or b"") for element in elements)
