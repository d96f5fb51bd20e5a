"""Partition keys in token order, sorted when somebody asks and kept so cheaply afterwards."""

from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter

from sortedcontainers import SortedList

Place = tuple[int, bytes]
"""A partition's place on the ring: its token, then its key's bytes."""
_key: Callable[[Place], bytes] = itemgetter(1)


class TokenOrder:
    """A set of partition keys that is read in token order.

    Nothing is computed while keys are only added: their tokens and their sorting wait for the first reader.
    """

    __slots__ = ("_new", "_sorted", "_token")

    def __init__(self, token: Callable[[bytes], int], keys: Iterable[bytes] = ()) -> None:
        self._token = token
        self._new: dict[bytes, None] = dict.fromkeys(keys)
        self._sorted = SortedList()

    def add(self, key: bytes) -> None:
        """Put in a key that is not in here."""
        self._new[key] = None

    def remove(self, key: bytes) -> None:
        """Take out a key that is in here."""
        if key in self._new:
            del self._new[key]
        else:
            self._sorted.remove((self._token(key), key))

    def keys(self, after: Place | None = None, *, inclusive: bool = False) -> Iterator[bytes]:
        """The keys from the first one, or from behind (with `inclusive`: at) a place on the ring."""
        if self._new:
            self._sorted.update([(self._token(key), key) for key in self._new])
            self._new.clear()
        places = self._sorted.irange(after, inclusive=(inclusive, True)) if after else iter(self._sorted)
        return map(_key, places)
