"""Cells of one non-frozen collection or user type: each element lives and dies by itself.

An element's `path` is wire bytes: a set's member, a map's key, a list's timeuuid, a field's index. `order` is the
path's order key in its type, by which elements are sorted and told apart; it comes from whoever writes.
A set's elements have the value b"".
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from coodie_memory.storage.cell import DEFAULT_RULES, NEVER, Deletion, Rules, Stamp, newer, supersedes


class Element(NamedTuple):
    """One cell of a collection; a value of None is the element's tombstone."""

    order: Any
    path: bytes
    value: bytes | None
    stamp: Stamp


class Complex(NamedTuple):
    """A collection's cells: `live` ones in order, tombstones in `dead`, and the tombstone over the whole.

    Reads as null when `live` is empty. `plain_until` is the first second in which a live element expires, `dies_at`
    the first in which anything here is dead.
    """

    live: tuple[Element, ...]
    dead: tuple[Element, ...] = ()
    deletion: Deletion | None = None
    plain_until: int = NEVER
    dies_at: int = NEVER


def complex_of(
    elements: Iterable[Element], deletion: Deletion | None = None, rules: Rules = DEFAULT_RULES
) -> Complex:
    """What survives of these elements, in any order, and of a deletion of the whole."""
    survivors: dict[Any, Element] = {}
    for element in elements:
        if deletion is not None and element.stamp.timestamp <= deletion.timestamp:
            continue
        rival = survivors.get(element.order)
        if rival is None or supersedes(element.stamp, element.value, rival.stamp, rival.value, rules):
            survivors[element.order] = element
    return _assembled(survivors.values(), deletion)


def merged(ours: Complex, theirs: Complex, rules: Rules) -> Complex:
    """What survives of both."""
    elements = (*ours.live, *ours.dead, *theirs.live, *theirs.dead)
    return complex_of(elements, newer(ours.deletion, theirs.deletion), rules)


def shadowed(cells: Complex, timestamp: int) -> Complex | None:
    """What a deletion at `timestamp` leaves of a collection; None where nothing is left."""
    deletion = cells.deletion if cells.deletion and cells.deletion.timestamp > timestamp else None
    left = [element for element in (*cells.live, *cells.dead) if element.stamp.timestamp > timestamp]
    return _assembled(left, deletion) if left or deletion else None


def living(cells: Complex, now: int) -> Complex:
    """The collection as it reads in second `now`."""
    if now < cells.plain_until:
        return cells
    return Complex(tuple(element for element in cells.live if now < element.stamp.expires_at))


def purged(cells: Complex, before: int) -> Complex | None:
    """What is left when all that died before the second `before` is forgotten."""
    if cells.dies_at >= before:
        return cells
    deletion = cells.deletion if cells.deletion and cells.deletion.local_seconds >= before else None
    left = [element for element in (*cells.live, *cells.dead) if element.stamp.expires_at >= before]
    return _assembled(left, deletion) if left or deletion else None


def _assembled(elements: Iterable[Element], deletion: Deletion | None) -> Complex:
    ordered = sorted(elements, key=_order)
    live = tuple(element for element in ordered if element.value is not None)
    dead = tuple(element for element in ordered if element.value is None)
    plain_until = min((element.stamp.expires_at for element in live), default=NEVER)
    dies_at = min((element.stamp.expires_at for element in dead), default=plain_until)
    if deletion is not None:
        dies_at = min(dies_at, deletion.local_seconds)
    return Complex(live, dead, deletion, plain_until, min(dies_at, plain_until))


def _order(element: Element) -> Any:
    return element.order
