"""What must be done to go back: how a snapshot costs nothing until something changes, and little after.

One journal is shared by all stores of an engine. While it is open, each change records its own undoing.
"""

from collections.abc import Callable
from typing import Any


class Mark:
    """A point in a journal to come back to."""

    __slots__ = ("position",)

    def __init__(self, position: int) -> None:
        self.position = position


class Journal:
    """The undo steps since the oldest mark that is held; nothing while there is none."""

    __slots__ = ("_marks", "_steps", "is_open")

    def __init__(self) -> None:
        self.is_open = False
        self._steps: list[tuple[Callable[..., object], tuple[Any, ...]]] = []
        self._marks: list[Mark] = []

    def record(self, undo: Callable[..., object], *args: Any) -> None:
        """Remember that `undo(*args)` takes back what is being done; called while the journal is open only."""
        self._steps.append((undo, args))

    def mark(self) -> Mark:
        """The present, to come back to until it is released."""
        self.is_open = True
        self._marks.append(Mark(len(self._steps)))
        return self._marks[-1]

    def holds(self, mark: Mark) -> bool:
        """Whether the mark can be gone back to: neither released nor undone by going back behind it."""
        return mark in self._marks

    def rollback(self, mark: Mark) -> None:
        """Take back all that was done since a mark that is held; it stays held."""
        assert self.holds(mark)
        self.is_open = False
        while len(self._steps) > mark.position:
            undo, args = self._steps.pop()
            undo(*args)
        # Later marks lie in a future that did not happen.
        del self._marks[self._marks.index(mark) + 1 :]
        self.is_open = True

    def release(self, mark: Mark) -> None:
        """Give up a mark, held or not; with the last one the steps are forgotten."""
        if self.holds(mark):
            self._marks.remove(mark)
        if not self._marks:
            self._steps.clear()
            self.is_open = False
