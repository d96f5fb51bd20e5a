"""A column's value as a client sees it, out of a stored row: cells of a collection or user type become one value."""

from collections.abc import Callable
from typing import TypeAlias

from coodie_memory.result import Raw
from coodie_memory.schema.model import Column
from coodie_memory.storage.collection import Complex, Element
from coodie_memory.storage.row import Row
from coodie_memory.types import tuples
from coodie_memory.types.base import CqlType
from coodie_memory.types.collections import ListType, MapType, SetType, pack
from coodie_memory.types.usertype import UserType

Reader: TypeAlias = Callable[[Row | None], Raw]
"""The wire bytes of one column in a live row; null where there is none."""


def reader(column: Column) -> Reader:
    """What reads a static or regular column; the row is the static one or the regular one accordingly."""
    slot, kind = column.slot, column.type

    def simple(row: Row | None) -> Raw:
        if row is None or slot >= len(row.values):
            return None
        return row.values[slot]  # type: ignore[return-value]  # a simple column has no Complex

    def complex_(row: Row | None) -> Raw:
        if row is None or slot >= len(row.values):
            return None
        value = row.values[slot]
        return packed(kind, value.live) if isinstance(value, Complex) and value.live else None

    return complex_ if kind.is_multicell else simple


def packed(kind: CqlType, elements: tuple[Element, ...]) -> bytes:
    """The value that live elements, in their order, make up."""
    match kind:
        case ListType():
            return pack(len(elements), [element.value for element in elements])
        case SetType():
            return pack(len(elements), [element.path for element in elements])
        case MapType():
            return pack(
                len(elements), [part for element in elements for part in (element.path, element.value)]
            )
        case UserType():
            fields = {element.order: element.value for element in elements}
            return tuples.pack([fields.get(index) for index in range(len(kind.field_types))])
        case _:
            raise AssertionError(f"{kind} has no cells of its own")
