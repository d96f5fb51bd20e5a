"""A row: an immutable value, whose merging is the only way it changes.

`values` is aligned with the columns' slots; None there means that nothing is readable. Rows written before an
ALTER TABLE ADD are shorter: a missing tail is absent. `stamps` is one `Stamp` where a single statement wrote all that is
there, its marker included (an absent value is then just absent), else a tuple aligned like `values`, in which a stamp beside None is a
tombstone; a `Complex` value carries its stamps itself.

What a stored deletion hides is not kept, so reading need not look at tombstones: until the second `plain_until` the
values read as they stand. Counters are the exception: the old count stays beneath the deletion (see `Rules`), and such a
row is never plain.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from coodie_memory.storage import collection
from coodie_memory.storage.cell import NEVER, Deletion, Required, Rules, Stamp, made, newer, supersedes
from coodie_memory.storage.collection import Complex

Value = bytes | Complex | None
Clustering = tuple[bytes | None, ...]
"""The clustering columns' wire bytes; in a compact table the last ones may be null."""
Stamps = Stamp | tuple[Stamp | None, ...]
NOT_DROPPED: Mapping[int, int] = {}


class Row(NamedTuple):
    """What is stored at one position, or for a partition's static columns.

    `clustering` is the clustering columns' wire bytes as first written, `marker` the stamp of INSERT. `dies_at` is the
    first second in which something here is dead.
    """

    clustering: Clustering
    values: tuple[Value, ...]
    stamps: Stamps
    marker: Stamp | None = None
    deletion: Deletion | None = None
    plain_until: int = NEVER
    dies_at: int = NEVER


def inserted(clustering: Clustering, values: tuple[bytes | None, ...], stamp: Stamp) -> Row:
    """The row of an INSERT without nulls and collections: one stamp for the marker and for every value."""
    expires_at = stamp.expires_at
    return made(Row, (clustering, values, stamp, stamp, None, expires_at, expires_at))


def updated(clustering: Clustering, values: tuple[bytes | None, ...], stamp: Stamp) -> Row:
    """The row of an UPDATE without nulls and collections: one stamp for every value, no marker."""
    return Row(clustering, values, stamp, None, None, stamp.expires_at, stamp.expires_at)


def row_of(
    clustering: Clustering,
    values: Sequence[Value],
    stamps: Sequence[Stamp | None],
    marker: Stamp | None = None,
    deletion: Deletion | None = None,
) -> Row:
    """The row of these cells: a tombstone is a stamp beside None, a `Complex` has None for a stamp."""
    plain_until = dies_at = NEVER if marker is None else marker.expires_at
    for value, stamp in zip(values, stamps, strict=True):
        if stamp is None:
            if isinstance(value, Complex):
                plain_until, dies_at = min(plain_until, value.plain_until), min(dies_at, value.dies_at)
        elif stamp.expires_at != NEVER:
            dies_at = min(dies_at, stamp.expires_at)
            if value is not None:
                plain_until = min(plain_until, stamp.expires_at)
    if deletion is not None:
        dies_at = min(dies_at, deletion.local_seconds)
        if any(_is_hidden(stamp, deletion) for stamp in (marker, *stamps)):
            plain_until = 0
    return Row(clustering, tuple(values), tuple(stamps), marker, deletion, plain_until, dies_at)


def deleted(clustering: Clustering, deletion: Deletion) -> Row:
    """The row of a DELETE."""
    return Row(clustering, (), (), None, deletion, NEVER, deletion.local_seconds)


def stamp_at(row: Row, slot: int) -> Stamp | None:
    """The stamp of a simple value or tombstone; None where the row never had one."""
    if slot >= len(row.values):
        return None
    if isinstance(row.stamps, Stamp):
        return None if row.values[slot] is None else row.stamps
    return row.stamps[slot]


def stamps_of(row: Row) -> tuple[Stamp | None, ...]:
    """The stamps aligned with the values."""
    stamps = row.stamps
    if isinstance(stamps, Stamp):
        return tuple([None if value is None else stamps for value in row.values])
    return stamps


def live(
    row: Row, now: int, dropped: Mapping[int, int] = NOT_DROPPED, unasked: Collection[int] = ()
) -> Row | None:
    """The row as it reads in second `now`, or None where it does not exist: no live marker, no live value.

    `dropped` maps the slots of dropped columns to the microsecond up to which they hide what was written. `unasked` are
    the slots of which Cassandra does not look at what is older than the marker, although the marker may be dead by now.
    """
    marker = row.marker
    if now >= row.plain_until or dropped:
        row = _readable(row, now, dropped)
    if row.marker is not None:
        return row
    if marker is not None and unasked:
        return row if _has_seen_value(row, marker.timestamp, unasked) else None
    return row if _has_value(row.values) else None


def merged(ours: Row, theirs: Row, rules: Rules) -> Row:
    """What survives of both; keeps our clustering bytes."""
    if _replaces(theirs, ours) and not rules.is_counter:
        return theirs if theirs.clustering == ours.clustering else theirs._replace(clustering=ours.clustering)
    deletion = newer(ours.deletion, theirs.deletion)
    if deletion is not None:
        ours, theirs = _beneath(ours, deletion, rules), _beneath(theirs, deletion, rules)
    values, stamps = _merged_cells(ours, theirs, rules)
    marker = _merged_marker(ours.marker, theirs.marker, rules)
    if ours.dies_at == NEVER == theirs.dies_at:
        return Row(ours.clustering, tuple(values), tuple(stamps), marker)
    return row_of(ours.clustering, values, stamps, marker, deletion)


def shadowed(row: Row, deletion: Deletion, rules: Rules) -> Row | None:
    """What a deletion of everything around the row leaves of it; None where nothing is left."""
    if rules.is_counter:
        return merged(row, deleted(row.clustering, deletion), rules)
    kept = row.deletion if row.deletion and row.deletion.timestamp > deletion.timestamp else None
    row = _beneath(row, deletion, rules)
    left = row_of(row.clustering, row.values, stamps_of(row), row.marker, kept)
    return None if is_empty(left) else left


def purged(row: Row, before: int) -> Row | None:
    """What is left of the row when all that died before the second `before` is forgotten."""
    if row.dies_at >= before:
        return row
    marker = row.marker if row.marker and row.marker.expires_at >= before else None
    deletion = row.deletion if row.deletion and row.deletion.local_seconds >= before else None
    values, stamps = list(row.values), list(stamps_of(row))
    for slot, (value, stamp) in enumerate(zip(row.values, stamps, strict=True)):
        if isinstance(value, Complex):
            values[slot] = collection.purged(value, before)
        elif stamp is not None and (
            stamp.expires_at < before or _is_forgotten(stamp, row.deletion, deletion)
        ):
            values[slot] = stamps[slot] = None
    left = row_of(row.clustering, values, stamps, marker, deletion)
    return None if is_empty(left) else left


def is_empty(row: Row) -> bool:
    """Whether the row says nothing at all, not even that something is deleted."""
    if row.marker is not None or row.deletion is not None:
        return False
    if any(value is not None for value in row.values):
        return False
    return isinstance(row.stamps, Stamp) or not any(row.stamps)


def _replaces(theirs: Row, ours: Row) -> bool:
    """Whether nothing of ours can survive theirs: newer, and no gap in it; the usual overwriting INSERT.

    Each is one statement's row, so that its one stamp is the marker's, too, and it deletes nothing.
    """
    return (
        isinstance(theirs.stamps, Stamp)
        and isinstance(ours.stamps, Stamp)
        and theirs.marker is not None
        and theirs.stamps.timestamp > ours.stamps.timestamp
        and len(theirs.values) >= len(ours.values)
        and None not in theirs.values
    )


def _merged_cells(ours: Row, theirs: Row, rules: Rules) -> tuple[list[Value], list[Stamp | None]]:
    values, stamps = list(ours.values), list(stamps_of(ours))
    missing = len(theirs.values) - len(values)
    if missing > 0:
        values += [None] * missing
        stamps += [None] * missing
    for slot, (value, stamp) in enumerate(zip(theirs.values, stamps_of(theirs), strict=True)):
        if isinstance(value, Complex):
            mine = values[slot]
            values[slot] = collection.merged(mine, value, rules) if isinstance(mine, Complex) else value
        elif stamp is not None:
            rival = stamps[slot]
            if rival is None or supersedes(stamp, value, rival, _simple(values[slot]), rules):
                values[slot], stamps[slot] = value, stamp
    return values, stamps


def _merged_marker(ours: Stamp | None, theirs: Stamp | None, rules: Rules) -> Stamp | None:
    if ours is None or theirs is None:
        return ours or theirs
    return theirs if supersedes(theirs, b"", ours, b"", rules) else ours


def _beneath(row: Row, deletion: Deletion, rules: Rules) -> Row:
    """The cells that a deletion leaves; a counter's stay, to be hidden when read."""
    if rules.is_counter:
        return row
    marker = None if _is_hidden(row.marker, deletion) else row.marker
    values, stamps = list(row.values), list(stamps_of(row))
    for slot, (value, stamp) in enumerate(zip(row.values, stamps, strict=True)):
        if isinstance(value, Complex):
            values[slot] = collection.shadowed(value, deletion.timestamp)
        elif _is_hidden(stamp, deletion):
            values[slot] = stamps[slot] = None
    return row._replace(values=tuple(values), stamps=tuple(stamps), marker=marker)


def _readable(row: Row, now: int, dropped: Mapping[int, int]) -> Row:
    values, stamps = list(row.values), list(stamps_of(row))
    for slot, (value, stamp) in enumerate(zip(row.values, stamps, strict=True)):
        if isinstance(value, Complex):
            left = collection.shadowed(value, dropped[slot]) if slot in dropped else value
            values[slot] = left and collection.living(left, now)
        elif stamp is not None and not _is_readable(stamp, now, row.deletion, dropped.get(slot)):
            values[slot] = stamps[slot] = None
    marker = row.marker if row.marker and now < row.marker.expires_at else None
    if marker is None and isinstance(row.marker, Required):
        return row._replace(values=(), stamps=(), marker=None)
    return row._replace(values=tuple(values), stamps=tuple(stamps), marker=marker)


def _is_readable(stamp: Stamp, now: int, deletion: Deletion | None, dropped_at: int | None) -> bool:
    if now >= stamp.expires_at or _is_hidden(stamp, deletion):
        return False
    return dropped_at is None or stamp.timestamp > dropped_at


def _is_hidden(stamp: Stamp | None, deletion: Deletion | None) -> bool:
    return stamp is not None and deletion is not None and stamp.timestamp <= deletion.timestamp


def _is_forgotten(stamp: Stamp, deletion: Deletion | None, kept: Deletion | None) -> bool:
    """Whether a counter's hidden count goes with the deletion over it."""
    return kept is None and _is_hidden(stamp, deletion)


def _simple(value: Value) -> bytes | None:
    assert not isinstance(value, Complex)
    return value


def _has_seen_value(row: Row, since: int, unasked: Collection[int]) -> bool:
    for slot, (value, stamp) in enumerate(zip(row.values, stamps_of(row), strict=True)):
        stamps = [element.stamp for element in value.live] if isinstance(value, Complex) else [stamp]
        if value is None or not stamps:
            continue
        if slot not in unasked or any(each.timestamp >= since for each in stamps if each):
            return True
    return False


def _has_value(values: tuple[Value, ...]) -> bool:
    # A Complex with tombstones alone reads as null.
    return any(value is not None and (not isinstance(value, Complex) or value.live) for value in values)
