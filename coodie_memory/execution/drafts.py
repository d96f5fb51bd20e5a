"""One row in the making: the cells that one statement writes at one position, before they are a `storage` row."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from coodie_memory.schema.model import Table
from coodie_memory.storage import collection
from coodie_memory.storage.cell import Deletion, Stamp
from coodie_memory.storage.collection import Complex, Element, complex_of
from coodie_memory.storage.row import Clustering, Row, Value, inserted, row_of, updated
from coodie_memory.storage.table import TableStore


class Writing(NamedTuple):
    """One execution of a write: where to, with what stamp, in which second."""

    table: Table
    store: TableStore
    stamp: Stamp
    now: int


class Draft:
    """The cells of one statement in one row; `stored` is the row as it reads before.

    Unless it `sees_itself`, its operations on lists do not see what those before them have changed.
    """

    __slots__ = (
        "_deletions",
        "_elements",
        "_has_tombstone",
        "_sees_itself",
        "_stamps",
        "_stored",
        "_tombstone",
        "_values",
        "_writing",
    )

    def __init__(self, writing: Writing, stored: Row | None = None, *, sees_itself: bool = True) -> None:
        self._writing = writing
        self._tombstone = Stamp(writing.stamp.timestamp, 0, writing.now)
        self._stored = stored
        self._values: list[Value] = [None] * writing.table.next_slot
        self._stamps: list[Stamp | None] = [None] * writing.table.next_slot
        self._elements: dict[int, list[Element]] = {}
        self._deletions: dict[int, Deletion] = {}
        self._has_tombstone = False
        self._sees_itself = sees_itself

    def put(self, slot: int, raw: bytes) -> None:
        """Write a value."""
        self._values[slot], self._stamps[slot] = raw, self._writing.stamp

    def remove(self, slot: int) -> None:
        """Write a tombstone."""
        self._values[slot], self._stamps[slot] = None, self._tombstone
        self._has_tombstone = True

    def clear(self, slot: int, *, before: int = 0) -> None:
        """Write a tombstone over a collection, `before` microseconds earlier than the statement.

        A replacing write's is one microsecond older, or it would hide its own elements.
        """
        self._deletions[slot] = Deletion(self._writing.stamp.timestamp - before, self._writing.now)

    def put_element(self, slot: int, order: object, path: bytes, raw: bytes) -> None:
        """Write an element of a collection."""
        self._elements.setdefault(slot, []).append(Element(order, path, raw, self._writing.stamp))

    def remove_element(self, slot: int, order: object, path: bytes) -> None:
        """Write an element's tombstone."""
        self._elements.setdefault(slot, []).append(Element(order, path, None, self._tombstone))

    def value(self, slot: int) -> Value:
        """A simple value as this statement sees it: its own change, or what is stored."""
        if self._stamps[slot] is not None:
            return self._values[slot]
        return _at(self._stored, slot)

    def elements(self, slot: int) -> tuple[Element, ...]:
        """A collection's elements as this statement sees them: what is stored under its own changes."""
        stored = _at(self._stored, slot)
        pending = self._collection(slot) if self._sees_itself else None
        if pending is None:
            return stored.live if isinstance(stored, Complex) else ()
        if isinstance(stored, Complex):
            pending = collection.merged(stored, pending, self._writing.store.rules)
        return collection.living(pending, self._writing.now).live

    def row(self, clustering: Clustering, marker: Stamp | None) -> Row | None:
        """The row; None where the statement says nothing about it."""
        slots = self._elements.keys() | self._deletions.keys()
        for slot in slots:
            self._values[slot] = self._collection(slot)
        if slots or self._has_tombstone:
            return row_of(clustering, self._values, self._stamps, marker)
        values: tuple[Any, ...] = tuple(self._values)
        if marker is not None:
            return inserted(clustering, values, marker)
        return updated(clustering, values, self._writing.stamp) if any(self._stamps) else None

    def _collection(self, slot: int) -> Complex | None:
        elements, deletion = self._elements.get(slot), self._deletions.get(slot)
        if elements is None and deletion is None:
            return None
        return complex_of(elements or (), deletion, self._writing.store.rules)


Step: TypeAlias = Callable[[Draft], None]
"""One operation with its values known: what it does to a row."""


def _at(row: Row | None, slot: int) -> Value:
    return row.values[slot] if row is not None and slot < len(row.values) else None
