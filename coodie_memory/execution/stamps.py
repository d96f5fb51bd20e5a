"""WRITETIME, MAXWRITETIME and TTL: what the stamps of cells say."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, assert_never

from coodie_memory.plan.outputs import (
    Attribute,
    AttributeValue,
    ColumnValue,
    ElementValue,
    FieldValue,
    SliceValue,
)
from coodie_memory.result import Raw
from coodie_memory.storage.cell import NEVER, Stamp
from coodie_memory.storage.collection import Complex, Element
from coodie_memory.storage.row import Row, stamp_at
from coodie_memory.types.collections import MapType, SetType, pack
from coodie_memory.types.usertype import UserType

if TYPE_CHECKING:
    from coodie_memory.execution.projection import Read, ReadBound, Reads, Source


def attribute_of(output: AttributeValue, reads: "Reads") -> "Read":
    """The closure that gives the attribute of a column's cell or cells."""
    column = output.column
    slot, is_static, is_multicell = column.slot, column.is_static, column.type.is_multicell
    attribute = output.attribute
    numbers = _numbers(attribute)
    value = reads.compiled(output.operand)
    choose = _chosen(output, reads) if is_multicell else None
    is_list = output.type.is_collection

    def one_cell(source: "Source") -> Raw:
        row = source.static if is_static else source.row
        # What a path leads to nowhere in has no attributes; a whole value has those of its cell.
        if row is None or value(source) is None:
            return None
        stamp = stamp_at(row, slot)
        return None if stamp is None else numbers(stamp, source.context.now)

    def cells(source: "Source") -> Raw:
        row = source.static if is_static else source.row
        found = _cells(row, slot)
        if not found:
            return None
        assert choose is not None
        chosen = choose(found, source)
        stamps = [
            None if element is None else numbers(element.stamp, source.context.now) for element in chosen
        ]
        if attribute == "maxwritetime":
            return max(filter(None, stamps), key=_signed, default=None)
        if is_list:
            return pack(len(stamps), stamps) if stamps else None
        return stamps[0] if stamps else None

    return cells if is_multicell else one_cell


def _cells(row: Row | None, slot: int) -> tuple[Element, ...]:
    if row is None or slot >= len(row.values):
        return ()
    cells = row.values[slot]
    return cells.live if isinstance(cells, Complex) else ()


def _numbers(attribute: Attribute) -> Callable[[Stamp, int], Raw]:
    match attribute:
        case "writetime" | "maxwritetime":
            return lambda stamp, _now: stamp.timestamp.to_bytes(8, "big", signed=True)
        case "ttl":
            return _seconds_left
        case _:
            assert_never(attribute)


def _seconds_left(stamp: Stamp, now: int) -> Raw:
    return None if stamp.expires_at == NEVER else (stamp.expires_at - now).to_bytes(4, "big", signed=True)


def _signed(raw: bytes) -> int:
    return int.from_bytes(raw, "big", signed=True)


def _chosen(
    output: AttributeValue, reads: "Reads"
) -> "Callable[[tuple[Element, ...], Source], Sequence[Element | None]]":
    """Which of a column's cells are asked about: one for each field of a user type, absent ones too."""
    operand = output.operand
    match operand:
        case ColumnValue():
            kind = output.column.type
            if isinstance(kind, UserType):
                fields = range(len(kind.field_types))
                return lambda cells, _source: _fields(cells, fields)
            return lambda cells, _source: cells
        case FieldValue():
            index = operand.index
            return lambda cells, _source: _fields(cells, (index,))
        case ElementValue() | SliceValue():
            return _inside(operand, reads)
        case _:
            assert_never(operand)


def _fields(cells: tuple[Element, ...], indices: Sequence[int]) -> Sequence[Element | None]:
    by_index = {cell.order: cell for cell in cells}
    return [by_index.get(index) for index in indices]


def _inside(
    operand: ElementValue | SliceValue, reads: "Reads"
) -> "Callable[[tuple[Element, ...], Source], Sequence[Element | None]]":
    kind = operand.operand.type
    assert isinstance(kind, SetType | MapType)
    order: Callable[[bytes], Any] = kind.key.order if isinstance(kind, MapType) else kind.element.order
    first: ReadBound | None
    last: ReadBound | None
    if isinstance(operand, ElementValue):
        first = last = reads.key(operand)
    else:
        first, last = reads.bounds(operand)

    one = first if isinstance(operand, ElementValue) else None

    def chosen(cells: tuple[Element, ...], source: "Source") -> Sequence[Element | None]:
        if one is not None and one(source) is None:
            return ()
        found: Sequence[Element] = cells
        least = None if first is None else first(source)
        greatest = None if last is None else last(source)
        if isinstance(least, bytes):
            found = [cell for cell in found if not cell.order < order(least)]
        if isinstance(greatest, bytes):
            found = [cell for cell in found if not order(greatest) < cell.order]
        return found

    return chosen
