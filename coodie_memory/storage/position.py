"""Where a row stands in its partition, and the cuts between rows.

A `Position` is one order key for each clustering column, as the column's type gives it (a descending column's keys are
already reversed): comparable, hashable, equal for equal values. A `Cut` is a place between positions; a slice is what
lies between two cuts, so that inclusive, exclusive and prefix bounds are all one thing:

    c1 >= 5   from before((5,))      c1 > 5   from after((5,))
    c1 <= 5   up to after((5,))      c1 < 5   up to before((5,))
    c1 = 5    from before((5,)) up to after((5,))
"""

from typing import Any, Final

Position = tuple[Any, ...]
Cut = tuple[Any, ...]


class _Greatest:
    """Greater than every order key."""

    __slots__ = ()

    def __lt__(self, other: object) -> bool:
        return False

    def __le__(self, other: object) -> bool:
        return other is self

    def __gt__(self, other: object) -> bool:
        return other is not self

    def __ge__(self, other: object) -> bool:
        return True

    def __repr__(self) -> str:
        return "GREATEST"


GREATEST: Final = _Greatest()
START: Final[Cut] = ()
END: Final[Cut] = (GREATEST,)


def before(prefix: Position) -> Cut:
    """The cut before the first row whose position starts with `prefix`."""
    return prefix


def after(prefix: Position) -> Cut:
    """The cut after the last row whose position starts with `prefix`."""
    return (*prefix, GREATEST)
