"""A materialized view follows its base table as an index does: each of its rows is a function of one base row.

So a view needs no tombstones and no timestamps of its own, agrees with its base whatever the order of arrival, and goes
back with it when changes are undone. What reads as null in the base for good is not taken over; what will expire is, and
expires there at the same second.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, NamedTuple, TypeAlias, assert_never

from coodie_memory.schema.model import Accepts, Column, Table
from coodie_memory.schema.model import View as Definition
from coodie_memory.storage import collection
from coodie_memory.storage.cell import Required, Stamp
from coodie_memory.storage.collection import Complex
from coodie_memory.storage.partition import Partition
from coodie_memory.storage.position import Position
from coodie_memory.storage.row import Row, Value, row_of, stamps_of
from coodie_memory.types.token import MAX_COMPONENT, partition_key

Components: TypeAlias = tuple[bytes, ...]
Put: TypeAlias = Callable[[bytes, Components, Position, Row | None], None]


class Source(NamedTuple):
    """Where a value of the view's key comes from: a component of the base's key or its token, or the column of the view's own."""

    kind: Literal["partition", "clustering", "own", "token"]
    number: int = 0


class Shape(NamedTuple):
    """What a view makes of a base row.

    `orders` make a position of the clustering values. `slots` maps the base's slots to
    the view's. `own` is the base's slot of the column that the view's key has beside the base's key; `unselected` are
    the slots of columns that keep a row alive without being in the view. `accepts` is the view's WHERE, of the base's
    partition key, its clustering values and the own column's value. `dropped` is the base store's.
    """

    partition: tuple[Source, ...]
    clustering: tuple[Source, ...]
    orders: tuple[Callable[[bytes], Any], ...]
    slots: Mapping[int, int]
    own: int | None
    unselected: tuple[int, ...]
    accepts: Accepts
    dropped: Mapping[int, int]


def shape(view: Definition, base: Table) -> Shape:
    """What the view makes of its base's rows, both being as they are now."""
    sources = {column.name: _source(base.columns.get(column.name)) for column in view.table.primary_key}
    own = next((name for name, source in sources.items() if source.kind == "own"), None)
    others = [column for column in base.regulars if column.name not in view.table.columns]
    return Shape(
        partition=tuple(sources[column.name] for column in view.table.partition_key),
        clustering=tuple(sources[column.name] for column in view.table.clustering),
        orders=tuple(
            column.type.reversed_order if column.descending else column.type.order
            for column in view.table.clustering
        ),
        slots={base.columns[column.name].slot: column.slot for column in view.table.regulars},
        own=None if own is None else base.columns[own].slot,
        unselected=tuple(column.slot for column in others),
        accepts=view.accepts,
        dropped={each.column.slot: each.dropped_at for each in base.dropped.values()},
    )


def _source(column: Column | None) -> Source:
    if column is None:
        return Source("token")
    match column.kind:
        case "partition_key":
            return Source("partition", column.position)
        case "clustering":
            return Source("clustering", column.position)
        case _:
            return Source("own")


class _Entry(NamedTuple):
    key: bytes
    components: Components
    position: Position
    row: Row


class View:
    """The upkeep of one view: tells `put` which of the view's rows becomes what."""

    __slots__ = ("_put", "_shape", "_size")

    def __init__(self, shape: Shape, put: Put) -> None:
        self._shape = shape
        self._put = put
        self._size = max(shape.slots.values(), default=-1) + 1

    def build(self, partitions: Mapping[bytes, Partition]) -> None:
        """Take over what is stored."""
        for partition in partitions.values():
            for position, row in partition.rows.items():
                self.changed(partition, position, None, row)

    def changed(
        self, partition: Partition, position: Position | None, old: Row | None, new: Row | None
    ) -> None:
        """Follow the change of a base row; the static row, which has no `position`, is in no view."""
        if position is None:
            return
        was, becomes = self._entry(partition, old), self._entry(partition, new)
        if was is not None and (becomes is None or was[:3] != becomes[:3]):
            self._put(was.key, was.components, was.position, None)
        if becomes is not None:
            self._put(*becomes)

    def _entry(self, partition: Partition, base: Row | None) -> _Entry | None:
        """The view's row for a base row; none where the base row cannot be seen, or not in this view.

        Nor is there one where the key would not be one: alone a value may be longer than any key that is written.
        """
        shape = self._shape
        if base is None:
            return None
        cells = dict(_cells(base, shape.dropped))
        marker = _marker(shape, base, cells)
        if marker is None and (shape.own is not None or not cells):
            return None
        own = None if shape.own is None else cells[shape.own][0]
        assert not isinstance(own, Complex), "no collection with cells is part of a key"
        # A compact table's row may have nulls in its key, which no view's has.
        base_clustering = tuple([raw for raw in base.clustering if raw is not None])
        if len(base_clustering) < len(base.clustering):
            return None
        if not shape.accepts(partition.components, base_clustering, own):
            return None

        def value(source: Source) -> bytes:
            match source.kind:
                case "partition":
                    return partition.components[source.number]
                case "clustering":
                    return base_clustering[source.number]
                case "own":
                    assert own is not None
                    return own
                case "token":
                    return partition.token.to_bytes(8, "big", signed=True)
                case _:
                    assert_never(source.kind)

        components = tuple(map(value, shape.partition))
        if len(components) > 1 and max(map(len, components)) > MAX_COMPONENT:
            return None
        clustering = tuple(map(value, shape.clustering))
        position = tuple([order(raw) for order, raw in zip(shape.orders, clustering, strict=True)])
        values: list[Value] = [None] * self._size
        stamps: list[Stamp | None] = [None] * self._size
        for slot, cell in cells.items():
            if slot in shape.slots:
                values[shape.slots[slot]], stamps[shape.slots[slot]] = cell
        return _Entry(
            partition_key(components), components, position, row_of(clustering, values, stamps, marker)
        )


_Cell: TypeAlias = tuple[Value, Stamp | None]


def _cells(row: Row, dropped: Mapping[int, int]) -> Iterator[tuple[int, _Cell]]:
    """The cells with a value, by slot, whether they have expired or not."""
    for slot, (value, stamp) in enumerate(zip(row.values, stamps_of(row), strict=True)):
        if isinstance(value, Complex):
            left = collection.shadowed(value, dropped[slot]) if slot in dropped else value
            if left is not None and left.live:
                yield slot, (left, None)
        elif (
            value is not None
            and stamp is not None
            and stamp.timestamp > dropped.get(slot, stamp.timestamp - 1)
        ):
            yield slot, (value, stamp)


def _marker(shape: Shape, base: Row, cells: Mapping[int, _Cell]) -> Stamp | None:
    """What keeps the view's row alive beside its cells."""
    if shape.own is not None:
        own = cells.get(shape.own)
        # Without this column there is no row, even if others outlive it.
        return None if own is None or own[1] is None else Required(*own[1])
    stamps = [] if base.marker is None else [base.marker]
    for slot in shape.unselected:
        value, stamp = cells.get(slot, (None, None))
        if isinstance(value, Complex):
            stamps += [element.stamp for element in value.live]
        elif stamp is not None:
            stamps.append(stamp)
    return max(stamps, key=lambda stamp: stamp.expires_at, default=None)
