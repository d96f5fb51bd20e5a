"""Storage without any cleverness, to compare with: keeps every fact and answers each question from all of them."""

from dataclasses import dataclass

from coodie_memory.storage.cell import Stamp
from coodie_memory.storage.collection import Complex
from coodie_memory.storage.position import END, START
from coodie_memory.storage.row import stamps_of


@dataclass(frozen=True)
class Cell:
    """A cell, or a marker where `slot` is None; `order` tells a collection's elements apart."""

    position: tuple | None
    slot: int | None
    order: object
    value: bytes | None
    stamp: Stamp


@dataclass(frozen=True)
class Hides:
    """A deletion: of all, of what is between two cuts, or of one column's elements there."""

    start: tuple
    end: tuple
    timestamp: int
    statics: bool = False
    slot: int | None = None

    def hides(self, cell: Cell) -> bool:
        if cell.stamp.timestamp > self.timestamp:
            return False
        if self.slot is not None and (cell.slot != self.slot or (cell.position is None) != self.statics):
            return False
        if cell.position is None:
            return self.statics
        return self.start <= cell.position < self.end and not (self.slot is not None and self.statics)


def facts(mutation):
    """All that a mutation says, one by one."""
    if mutation.deletion:
        yield Hides(START, END, mutation.deletion.timestamp, statics=True)
    for start, end, deletion in mutation.ranges:
        yield Hides(start, end, deletion.timestamp)
    if mutation.static:
        yield from _row_facts(None, mutation.static)
    for position, row in mutation.rows:
        yield from _row_facts(position, row)


def _row_facts(position, row):
    start, end = (START, END) if position is None else (position, (*position, 0))
    if row.deletion:
        yield Hides(start, end, row.deletion.timestamp)
    if row.marker:
        yield Cell(position, None, None, b"", row.marker)
    for slot, (value, stamp) in enumerate(zip(row.values, stamps_of(row), strict=True)):
        if isinstance(value, Complex):
            if value.deletion:
                yield Hides(start, end, value.deletion.timestamp, statics=position is None, slot=slot)
            for element in (*value.live, *value.dead):
                yield Cell(position, slot, element.order, element.value, element.stamp)
        elif stamp:
            yield Cell(position, slot, None, value, stamp)


def readable(everything, now, *, later_expiry_wins):
    """Each live row's marker and cells in second `now`, by position; None is the static row's."""
    everything = list(everything)
    deletions = [fact for fact in everything if isinstance(fact, Hides)]
    best = {}
    for cell in everything:
        if isinstance(cell, Hides) or any(deletion.hides(cell) for deletion in deletions):
            continue
        place = (cell.position, cell.slot, cell.order)
        if place not in best or _rank(best[place], later_expiry_wins) < _rank(cell, later_expiry_wins):
            best[place] = cell
    rows = {}
    for (position, slot, order), cell in best.items():
        if cell.value is not None and now < cell.stamp.expires_at:
            rows.setdefault(position, {})[slot, order] = cell.value, cell.stamp
    return rows


def _rank(cell, later_expiry_wins):
    stamp = cell.stamp
    preference = (stamp.expires_at, -stamp.ttl) if later_expiry_wins else (-stamp.ttl, stamp.expires_at)
    is_tombstone = cell.value is None
    return stamp.timestamp, is_tombstone, stamp.expires_at != 2**63 - 1, preference, cell.value or b""
