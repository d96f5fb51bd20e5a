"""A change as a value: a small partition that is merged into the stored one. Nothing else changes data."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from coodie_memory.storage.cell import DEFAULT_RULES, Deletion, made, newer
from coodie_memory.storage.position import Cut, Position
from coodie_memory.storage.row import Row, merged


class RangeTombstone(NamedTuple):
    """A deletion of the rows between two cuts."""

    start: Cut
    end: Cut
    deletion: Deletion


class Mutation(NamedTuple):
    """What one statement does to one partition; `key` is the serialized partition key, `components` its columns.

    Applying it twice, or after a later one, changes nothing of the outcome.
    """

    table: UUID
    key: bytes
    components: tuple[bytes, ...]
    rows: tuple[tuple[Position, Row], ...] = ()
    static: Row | None = None
    ranges: tuple[RangeTombstone, ...] = ()
    deletion: Deletion | None = None


def together(mutations: Iterable[Mutation]) -> list[Mutation]:
    """One mutation for each partition, which does what all of it do, in the order of the first ones; no counters."""
    found: dict[tuple[UUID, bytes], Mutation] = {}
    for mutation in mutations:
        place = mutation.table, mutation.key
        found[place] = _joined(found[place], mutation) if place in found else mutation
    return list(found.values())


def _joined(first: Mutation, second: Mutation) -> Mutation:
    rows = dict(first.rows)
    for position, row in second.rows:
        rows[position] = merged(rows[position], row, DEFAULT_RULES) if position in rows else row
    static = first.static or second.static
    if first.static is not None and second.static is not None:
        static = merged(first.static, second.static, DEFAULT_RULES)
    return first._replace(
        rows=tuple(rows.items()),
        static=static,
        ranges=first.ranges + second.ranges,
        deletion=newer(first.deletion, second.deletion),
    )


def of_row(table: UUID, key: bytes, components: tuple[bytes, ...], position: Position, row: Row) -> Mutation:
    """The mutation of one row alone."""
    return made(Mutation, (table, key, components, ((position, row),), None, (), None))
