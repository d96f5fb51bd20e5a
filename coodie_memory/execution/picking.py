"""Some of many values in one step."""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, TypeAlias

Pick: TypeAlias = Callable[[Sequence[Any]], tuple[Any, ...]]


def picking(indices: Sequence[int]) -> Pick:
    """What gives the items at these indices, in this order, as a tuple."""
    match indices:
        case []:
            return lambda _items: ()
        case [index]:
            return lambda items: (items[index],)
        case _:
            return itemgetter(*indices)
