"""Counters: increments are collected over a whole statement or batch, then added to the totals that are stored."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from coodie_memory.errors import InvalidRequest
from coodie_memory.execution import compact, narrowing
from coodie_memory.execution.changes import named_rows
from coodie_memory.execution.context import Context
from coodie_memory.execution.evaluate import compiled
from coodie_memory.plan.operations import Count
from coodie_memory.plan.write import WritePlan
from coodie_memory.result import Unset
from coodie_memory.schema.model import Table
from coodie_memory.storage.cell import Stamp, incremented
from coodie_memory.storage.collection import Complex
from coodie_memory.storage.mutation import Mutation
from coodie_memory.storage.partition import Partition
from coodie_memory.storage.position import Position
from coodie_memory.storage.row import Clustering, Row, Value, row_of, stamp_at

if TYPE_CHECKING:
    from uuid import UUID

Counting: TypeAlias = Callable[[Context, "Tally"], None]
_Deltas: TypeAlias = dict[int, int]


class _Place(NamedTuple):
    """A partition of a table."""

    table: Table
    key: bytes
    components: tuple[bytes, ...]


class _Tallied:
    """The increments of one partition: of its static row, and of its rows by position."""

    def __init__(self, place: _Place) -> None:
        self.place = place
        self.static: _Deltas = {}
        self.rows: dict[Position, tuple[Clustering, _Deltas]] = {}


class Tally:
    """The increments of one statement or batch; several of one cell add up before anything is written."""

    def __init__(self) -> None:
        self._partitions: dict[tuple[UUID, bytes], _Tallied] = {}

    def partition(self, place: _Place) -> _Tallied:
        """The increments of a partition so far."""
        return self._partitions.setdefault((place.table.id, place.key), _Tallied(place))

    def mutations(self, context: Context) -> list[Mutation]:
        """The new totals."""
        return [_mutation(context, tallied) for tallied in self._partitions.values()]


def counting(plan: WritePlan) -> Counting:
    """What adds an UPDATE's increments to a tally."""
    partitions, places = narrowing.partitions(plan.where), named_rows(plan)
    regulars, statics = _deltas(plan.regulars), _deltas(plan.statics)
    check = compact.checking(plan)

    def count(context: Context, tally: Tally) -> None:
        found = partitions(context)
        at = places(context)
        if plan.touches_rows and not at:
            return
        check(context, at)
        row_deltas, static_deltas = regulars(context), statics(context)
        for key, components in found:
            tallied = tally.partition(_Place(plan.table, key, components))
            # Static columns count once for each row that is named.
            for _ in at if plan.touches_rows else (None,):
                _add_up(tallied.static, static_deltas)
            for position, clustering in at if row_deltas else ():
                _, deltas = tallied.rows.setdefault(position, (clustering, {}))
                _add_up(deltas, row_deltas)

    return count


def _deltas(operations: Sequence[object]) -> Callable[[Context], _Deltas]:
    counts = []
    for operation in operations:
        assert isinstance(operation, Count)
        counts.append((operation.column.slot, operation.sign, compiled(operation.value, may_be_unset=True)))

    def deltas(context: Context) -> _Deltas:
        found: _Deltas = {}
        for slot, sign, value in counts:
            raw = value(context)
            if raw is None:
                raise InvalidRequest("Invalid null value for counter increment")
            if not isinstance(raw, Unset):
                _add_up(found, {slot: _signed(int.from_bytes(raw, "big", signed=True), sign)})
        return found

    return deltas


def _signed(number: int, sign: int) -> int:
    if sign < 0 and number == -(2**63):
        raise InvalidRequest(
            f"The negation of {number} overflows supported counter precision (signed 8 bytes integer)"
        )
    return number * sign


def _add_up(deltas: _Deltas, more: _Deltas) -> None:
    for slot, delta in more.items():
        deltas[slot] = deltas.get(slot, 0) + delta


def _mutation(context: Context, tallied: _Tallied) -> Mutation:
    table, key, components = tallied.place
    partition = context.engine.store(table).partitions.get(key)
    rows = tuple(
        (position, _counted(context, table, _row(partition, position), clustering, deltas))
        for position, (clustering, deltas) in tallied.rows.items()
    )
    static = None
    if tallied.static:
        stored = None if partition is None else partition.static
        static = _counted(context, table, stored, (), tallied.static)
    return Mutation(table.id, key, components, rows, static)


def _row(partition: Partition | None, position: Position) -> Row | None:
    return None if partition is None else partition.rows.get(position)


def _counted(
    context: Context, table: Table, stored: Row | None, clustering: Clustering, deltas: _Deltas
) -> Row:
    values: list[Value] = [None] * table.next_slot
    stamps: list[Stamp | None] = [None] * table.next_slot
    for slot, delta in deltas.items():
        total = stored.values[slot] if stored is not None and slot < len(stored.values) else None
        assert not isinstance(total, Complex)
        stamp = None if stored is None else stamp_at(stored, slot)
        values[slot], stamps[slot] = incremented(total, stamp, delta, context.timestamp)
    return row_of(clustering, values, stamps)
