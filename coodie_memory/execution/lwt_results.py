"""What a lightweight transaction answers: `[applied]`, and as much of the rows it read as the dialect shows."""

from collections.abc import Collection, Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple

from coodie_memory.dialect import Dialect
from coodie_memory.execution.cells import reader
from coodie_memory.plan.conditions import IfColumns, IfExists, IfNotExists
from coodie_memory.plan.write import WritePlan
from coodie_memory.result import ColumnSpec, Metadata, Raw, Rows
from coodie_memory.schema.model import Column, Table
from coodie_memory.storage.position import Position
from coodie_memory.storage.row import Row
from coodie_memory.storage.table import TableStore
from coodie_memory.types.booleans import BOOLEAN

_TRUE, _FALSE = b"\1", b"\0"


class Seen(NamedTuple):
    """The state before: the static row, and the rows that were read and exist, in clustering order."""

    static: Row | None = None
    rows: Mapping[Position, Row] = MappingProxyType({})

    def row(self, position: Position | None) -> Row | None:
        """The row at a position, None standing for the static row."""
        return self.static if position is None else self.rows.get(position)


class Found(NamedTuple):
    """What an answer is made from; `positions` are the statements' rows."""

    components: tuple[bytes, ...]
    seen: Seen
    positions: Sequence[Position | None]


def seen(
    store: TableStore, key: bytes, positions: Sequence[Position], now: int, *, reads_cells: bool
) -> Seen:
    """The rows at these positions that exist; where only the static row is asked, the partition's first one.

    Without `reads_cells` no regular column is read, and the server takes a row without a marker for none.
    """
    partition = store.partitions.get(key)
    if partition is None:
        return Seen()
    found = (
        (position, row)
        for position in positions or partition.positions()
        if (row := store.row(key, position, now)) is not None and (reads_cells or row.marker is not None)
    )
    return Seen(store.live_static(partition, now), dict(found if positions else islice(found, 1)))


class Answers:
    """The shapes of one transaction's answers, known when it is compiled."""

    def __init__(self, plans: Sequence[WritePlan], *, in_batch: bool) -> None:
        conditional = [plan for plan in plans if plan.condition is not None]
        self._table = plans[0].table
        self._plans = plans
        self._asks_existence = any(isinstance(plan.condition, IfExists | IfNotExists) for plan in conditional)
        self._in_batch = in_batch
        self._asked = list(
            dict.fromkeys(
                column
                for plan in conditional
                if isinstance(plan.condition, IfColumns)
                for column in plan.condition.columns
            )
        )
        self._fetched = _fetched(self._table, plans, conditional, self._asked)

    @property
    def reads_cells(self) -> bool:
        """Whether regular columns are read."""
        return any(not column.is_static for column in self._fetched)

    def applied(self, found: Found, dialect: Dialect) -> Rows:
        """The answer of a transaction whose conditions held."""
        if dialect.lwt_returns_row_when_applied:
            return self._rows_by_statement(found, _TRUE, dialect)
        return Rows(_metadata(self._table, ()), [(_TRUE,)])

    def refused(self, found: Found, dialect: Dialect) -> Rows:
        """The answer of a transaction that changed nothing."""
        if dialect.lwt_returns_row_when_applied:
            return self._rows_by_statement(found, _FALSE, dialect)
        columns = self._shown()
        rows = [
            self._row(found.components, row, found.seen.static, columns) for row in found.seen.rows.values()
        ]
        if not rows and self._has_fetched_static(found.seen.static):
            rows = [self._row(found.components, None, found.seen.static, columns)]
        if not rows:
            return Rows(_metadata(self._table, ()), [(_FALSE,)])
        return Rows(_metadata(self._table, columns), [(_FALSE, *row) for row in rows])

    def _shown(self) -> Sequence[Column]:
        if self._asks_existence:
            return self._table.visible
        if self._in_batch:
            return (*self._table.primary_key, *self._asked)
        return self._asked

    def _row(
        self,
        components: tuple[bytes, ...],
        row: Row | None,
        static: Row | None,
        columns: Sequence[Column],
        fetched: Collection[Column] | None = None,
    ) -> tuple[Raw, ...]:
        fetched = self._fetched if fetched is None else fetched
        return tuple([_value(column, components, row, static, fetched) for column in columns])

    def _has_fetched_static(self, static: Row | None) -> bool:
        return any(reader(column)(static) is not None for column in self._fetched if column.is_static)

    # Scylla

    def _rows_by_statement(self, found: Found, applied: bytes, dialect: Dialect) -> Rows:
        columns = self._shown_always()
        positions = (
            found.positions
            if self._in_batch and dialect.lwt_batch_returns_row_per_statement
            else found.positions[:1]
        )
        fetched = self._table.visible if dialect.lwt_reads_whole_rows else self._fetched
        rows = [
            (applied, *self._row_of_statement(found, plan, position, columns, fetched))
            for plan, position in zip(self._plans, positions, strict=False)
        ]
        return Rows(_metadata(self._table, columns), rows)

    def _shown_always(self) -> Sequence[Column]:
        if self._asks_existence:
            return self._table.visible
        asked = tuple(column for column in self._table.visible if column in self._asked)
        return (*self._table.primary_key, *asked) if self._in_batch else asked

    def _row_of_statement(
        self,
        found: Found,
        plan: WritePlan,
        position: Position | None,
        columns: Sequence[Column],
        fetched: Collection[Column],
    ) -> tuple[Raw, ...]:
        row = None if position is None else found.seen.row(position)
        if row is None and not self._stands_in(found.seen, plan, position):
            return (None,) * len(columns)
        return self._row(found.components, row, found.seen.static, columns, fetched)

    def _stands_in(self, seen: Seen, plan: WritePlan, position: Position | None) -> bool:
        """Whether the static row, of a partition with anything in it, is taken for the row that is not there."""
        asks_existence = isinstance(plan.condition, IfExists | IfNotExists)
        return bool(self._table.statics and (seen.static or seen.rows)) and not (position and asks_existence)


def _value(
    column: Column,
    components: tuple[bytes, ...],
    row: Row | None,
    static: Row | None,
    fetched: Collection[Column],
) -> Raw:
    if column.kind == "partition_key":
        return components[column.position]
    if column.kind == "clustering":
        return None if row is None else row.clustering[column.position]
    if column not in fetched:
        return None
    return reader(column)(static if column.is_static else row)


def _fetched(
    table: Table, plans: Sequence[WritePlan], conditional: Sequence[WritePlan], asked: Sequence[Column]
) -> frozenset[Column]:
    """The columns that the server reads, since others come as null: those asked for, or all of a kind written."""
    columns = {*asked, *(column for plan in conditional for column in plan.read_columns)}
    if any(plan.statics for plan in conditional):
        columns.update(table.statics)
    if any(plan.touches_rows for plan in plans):
        columns.update(table.regulars)
    return frozenset(columns)


def _metadata(table: Table, columns: Sequence[Column]) -> Metadata:
    return Metadata(
        [
            ColumnSpec(table.keyspace, table.name, "[applied]", BOOLEAN),
            *(ColumnSpec(table.keyspace, table.name, column.name, column.type) for column in columns),
        ]
    )
