"""One partition: its rows by position, its static row, and the deletions over them.

A partition answers questions; only its `TableStore` changes it. Finding a row is one look-up; the order of rows is
built when a slice is first asked for and kept from then on.
"""

from collections.abc import Iterator

from sortedcontainers import SortedList

from coodie_memory.storage.cell import NEVER, Deletion, newer
from coodie_memory.storage.position import END, START, Cut, Position
from coodie_memory.storage.ranges import Ranges, covering
from coodie_memory.storage.row import Row
from coodie_memory.types.token import token_of


class Partition:
    """What is stored under one partition key; `components` are its columns' wire bytes.

    `dies_at` is the second from which something in here is dead, or enough of it to make forgetting it worthwhile. Rows
    are as stored: `row.live` says whether one exists and what of it is readable.
    """

    __slots__ = ("_order", "_token", "components", "deletion", "dies_at", "key", "ranges", "rows", "static")

    def __init__(self, key: bytes, components: tuple[bytes, ...], token: int | None = None) -> None:
        self.key = key
        self.components = components
        self.rows: dict[Position, Row] = {}
        self.static: Row | None = None
        self.ranges: Ranges = ()
        self.deletion: Deletion | None = None
        self.dies_at = NEVER
        self._order: SortedList | None = None
        self._token = token

    @property
    def token(self) -> int:
        """The key's token, computed once."""
        if self._token is None:
            self._token = token_of(self.key)
        return self._token

    @property
    def is_hollow(self) -> bool:
        """Whether nothing is left here, not even a tombstone."""
        return not (self.rows or self.static or self.ranges or self.deletion)

    def deletion_over(self, position: Position) -> Deletion | None:
        """The newest deletion over a position, of its range or the whole partition."""
        return newer(self.deletion, covering(self.ranges, position) if self.ranges else None)

    def positions(self, start: Cut = START, end: Cut = END, *, reverse: bool = False) -> Iterator[Position]:
        """The positions between two cuts, in clustering order or from its end."""
        if len(self.rows) < 2:
            return (position for position in self.rows if start <= position < end)
        if self._order is None:
            self._order = SortedList(self.rows)
        if start == START and end == END:
            return reversed(self._order) if reverse else iter(self._order)
        return self._order.irange(start, end, (True, False), reverse)  # type: ignore[no-any-return]

    def slice(self, start: Cut = START, end: Cut = END, *, reverse: bool = False) -> Iterator[Row]:
        """The rows between two cuts as stored; not to be advanced after a change of the partition."""
        return map(self.rows.__getitem__, self.positions(start, end, reverse=reverse))

    def put(self, position: Position, row: Row | None) -> None:
        """Store a row or take it away; its store's business, which knows of indexes and undo."""
        if row is None:
            del self.rows[position]
            if self._order is not None:
                self._order.remove(position)
            return
        if self._order is not None and position not in self.rows:
            self._order.add(position)
        self.rows[position] = row
