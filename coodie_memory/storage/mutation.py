"""A change as a value: a small partition that is merged into the stored one. Nothing else changes data."""

from typing import NamedTuple
from uuid import UUID

from coodie_memory.storage.cell import Deletion, made
from coodie_memory.storage.position import Cut, Position
from coodie_memory.storage.row import Row


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


def of_row(table: UUID, key: bytes, components: tuple[bytes, ...], position: Position, row: Row) -> Mutation:
    """The mutation of one row alone."""
    return made(Mutation, (table, key, components, ((position, row),), None, (), None))
