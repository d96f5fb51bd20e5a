"""What a cell is and which of two survives: the one place that decides.

A value is wire bytes, or None where nothing is readable. Its `Stamp` says since when and until when; all cells of one
statement share one. A stamp beside a value of None is a tombstone. Times of writing are microseconds, times of dying
are whole seconds, as in the server.
"""

from typing import Final, NamedTuple

NEVER = 2**63 - 1
"""The second that does not come: a stamp with it has no expiry."""
made: Final = tuple.__new__
"""`made(Stamp, (…))`: a named tuple of all its fields, for what each write makes; its own constructor takes twice as long."""

_WRAP = 2**64
_SIGN = 2**63


class Stamp(NamedTuple):
    """When a cell was written, its TTL (0: none) and the second in which it dies.

    For a tombstone `expires_at` is the second of the deletion, from which `gc_grace_seconds` count. For a counter `ttl`
    is its clock: how many increments the total holds (counters have no TTL).
    """

    timestamp: int
    ttl: int = 0
    expires_at: int = NEVER


class Required(Stamp):
    """The marker of a row that is nothing without it, whatever of its cells lives on."""

    __slots__ = ()


class Deletion(NamedTuple):
    """A tombstone over a row, a range, a collection or a partition: hides what was written up to `timestamp`."""

    timestamp: int
    local_seconds: int


class Rules(NamedTuple):
    """What reconciliation must be told of a table: whether it counts."""

    is_counter: bool = False


DEFAULT_RULES: Final = Rules()


def supersedes(
    theirs: Stamp, their_value: bytes | None, ours: Stamp, our_value: bytes | None, rules: Rules
) -> bool:
    """Whether their cell survives ours; equal cells do not supersede each other, order of arrival does not matter.

    A row marker is compared as a cell with an empty value.
    """
    if rules.is_counter:
        return _counts_more(theirs, their_value, ours, our_value)
    if theirs.timestamp != ours.timestamp:
        return theirs.timestamp > ours.timestamp
    # On equal timestamps a deletion wins, or replicas could disagree for ever. What will become one by expiry comes
    # next, so that the answer does not depend on the moment of comparison.
    if (their_value is None) != (our_value is None):
        return their_value is None
    if (theirs.expires_at == NEVER) != (ours.expires_at == NEVER):
        return theirs.expires_at != NEVER
    if theirs != ours:
        # The later expiry; of two at the same moment the lower TTL, which was written later.
        return (theirs.expires_at, -theirs.ttl) > (ours.expires_at, -ours.ttl)
    return (their_value or b"") > (our_value or b"")


def newer(ours: Deletion | None, theirs: Deletion | None) -> Deletion | None:
    """The deletion that hides more; of two equals the one that is kept longer."""
    if ours is None or theirs is None:
        return ours or theirs
    return max(ours, theirs)


def incremented(total: bytes | None, stamp: Stamp | None, delta: int, timestamp: int) -> tuple[bytes, Stamp]:
    """A counter's next total and stamp; wraps around at 64 bits.

    `total` and `stamp` are the stored ones, hidden by a row's deletion or not: counting goes on from the old count.
    The total wins over the one it was made from whatever the client's clock says, hence the clock in the stamp.
    """
    if total is None or stamp is None:
        return _counter(delta), Stamp(timestamp, ttl=1)
    value = _counter(int.from_bytes(total, "big", signed=True) + delta)
    return value, Stamp(max(timestamp, stamp.timestamp), ttl=stamp.ttl + 1)


def _counts_more(theirs: Stamp, their_value: bytes | None, ours: Stamp, our_value: bytes | None) -> bool:
    # A deleted counter stays deleted: increments may be in flight whose total still holds the deleted count.
    if (their_value is None) != (our_value is None):
        return their_value is None
    return (theirs.ttl, theirs.timestamp, their_value or b"") > (ours.ttl, ours.timestamp, our_value or b"")


def _counter(number: int) -> bytes:
    return ((number + _SIGN) % _WRAP - _SIGN).to_bytes(8, "big", signed=True)
