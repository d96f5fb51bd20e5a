"""How many objects are alive at once: what shows that a stream is never held."""

import weakref
from typing import TypeVar

T = TypeVar("T")


class Census:
    """Counts the objects it was shown that still live."""

    def __init__(self) -> None:
        self._alive: dict[int, weakref.ref[object]] = {}
        self._born = 0
        self.most = 0

    def count(self, each: T) -> T:
        """The object itself, counted from now until it dies."""
        self._born += 1
        place = self._born
        self._alive[place] = weakref.ref(each, lambda _: self._alive.pop(place))
        self.most = max(self.most, len(self._alive))
        return each
