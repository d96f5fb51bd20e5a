"""An operation of SET or DELETE becomes a closure that evaluates its terms once, and gives the step for each row."""

from collections.abc import Callable
from typing import TypeAlias, assert_never

from coodie_memory.errors import InvalidRequest
from coodie_memory.execution.context import Context
from coodie_memory.execution.drafts import Draft, Step
from coodie_memory.execution.evaluate import Value, compiled
from coodie_memory.execution.paths import appended, field_path, prepended
from coodie_memory.plan import operations as plans
from coodie_memory.plan.nodes import evaluated
from coodie_memory.result import Raw, Unset
from coodie_memory.schema.model import Column
from coodie_memory.types import tuples
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.integers import BIGINT, INT, SMALLINT, TINYINT
from coodie_memory.types.usertype import UserType

Preparation: TypeAlias = Callable[[Context], Step | None]
"""Evaluates an operation's terms; None where they are unset, so that nothing is to be done."""
Entry: TypeAlias = tuple[object, bytes, bytes]
"""Order key, path and value of an element to be."""
_WRAPPING = (TINYINT, SMALLINT, INT, BIGINT)


def preparation(operation: plans.Operation) -> Preparation:
    """The closure of an operation."""
    match operation:
        case plans.Assign():
            return _assign(operation)
        case plans.Append():
            return _append(operation)
        case plans.Prepend():
            return _prepend(operation)
        case plans.Discard():
            return _discard(operation)
        case plans.Include():
            return _include(operation)
        case plans.Exclude():
            return _exclude(operation)
        case plans.AssignElement():
            return _assign_element(operation)
        case plans.RemoveElement():
            return _remove_element(operation)
        case plans.AssignField():
            return _assign_field(operation)
        case plans.RemoveField():
            return _remove_field(operation)
        case plans.Remove():
            return _remove(operation)
        case plans.Add():
            return _add(operation)
        case plans.Count():
            raise AssertionError("counters are counted in execution.counter")
        case _:
            assert_never(operation)


def _assign(operation: plans.Assign) -> Preparation:
    slot, kind, value = (
        operation.column.slot,
        operation.column.type,
        compiled(operation.value, may_be_unset=True),
    )
    if not kind.is_multicell:
        return _assign_simple(slot, value)
    if isinstance(kind, ListType):
        return _assign_list(slot, kind, value)
    entries = _entries(operation.column)

    def prepare(context: Context) -> Step | None:
        raw = value(context)
        if isinstance(raw, Unset):
            return None
        given = [] if raw is None else entries(raw)

        def step(draft: Draft) -> None:
            draft.clear(slot, before=1)
            _put_all(draft, slot, given)

        return step

    return prepare


def _assign_simple(slot: int, value: Value) -> Preparation:
    def prepare(context: Context) -> Step | None:
        raw = value(context)
        if isinstance(raw, Unset):
            return None
        if raw is None:
            return lambda draft: draft.remove(slot)
        written = raw
        return lambda draft: draft.put(slot, written)

    return prepare


def _assign_list(slot: int, kind: ListType, value: Value) -> Preparation:
    def prepare(context: Context) -> Step | None:
        raw = value(context)
        if isinstance(raw, Unset):
            return None
        elements = [] if raw is None else _elements(kind, raw)

        def step(draft: Draft) -> None:
            draft.clear(slot, before=1)
            _put_all(draft, slot, appended(context, elements))

        return step

    return prepare


def _append(operation: plans.Append) -> Preparation:
    return _grow(operation, appended)


def _prepend(operation: plans.Prepend) -> Preparation:
    return _grow(operation, prepended)


def _grow(
    operation: plans.Append | plans.Prepend, paths: Callable[[Context, list[bytes]], list[Entry]]
) -> Preparation:
    slot, kind, value = (
        operation.column.slot,
        operation.column.type,
        compiled(operation.value, may_be_unset=True),
    )
    assert isinstance(kind, ListType)

    def prepare(context: Context) -> Step | None:
        raw = value(context)
        if raw is None or isinstance(raw, Unset):
            return None
        elements = _elements(kind, raw)
        return lambda draft: _put_all(draft, slot, paths(context, elements))

    return prepare


def _discard(operation: plans.Discard) -> Preparation:
    slot, kind, value = (
        operation.column.slot,
        operation.column.type,
        compiled(operation.value, may_be_unset=True),
    )
    assert isinstance(kind, ListType)

    def prepare(context: Context) -> Step | None:
        raw = value(context)
        if raw is None or isinstance(raw, Unset):
            return None
        unwanted = frozenset(kind.unpack(raw))

        def step(draft: Draft) -> None:
            for element in draft.elements(slot):
                if element.value in unwanted:
                    draft.remove_element(slot, element.order, element.path)

        return step

    return prepare


def _include(operation: plans.Include) -> Preparation:
    slot, value, entries = (
        operation.column.slot,
        compiled(operation.value, may_be_unset=True),
        _entries(operation.column),
    )

    def prepare(context: Context) -> Step | None:
        raw = value(context)
        if raw is None or isinstance(raw, Unset):
            return None
        given = entries(raw)
        return lambda draft: _put_all(draft, slot, given)

    return prepare


def _exclude(operation: plans.Exclude) -> Preparation:
    slot, value = operation.column.slot, compiled(operation.value, may_be_unset=True)
    keys = operation.value.type
    assert isinstance(keys, SetType)

    def prepare(context: Context) -> Step | None:
        raw = value(context)
        if raw is None or isinstance(raw, Unset):
            return None
        unwanted = [(keys.element.order(path), path) for path in keys.unpack(raw)]

        def step(draft: Draft) -> None:
            for order, path in unwanted:
                draft.remove_element(slot, order, path)

        return step

    return prepare


def _assign_element(operation: plans.AssignElement) -> Preparation:
    kind, slot = operation.column.type, operation.column.slot
    key, value = compiled(operation.key), compiled(operation.value, may_be_unset=True)
    if isinstance(kind, ListType):
        return _assign_at_index(slot, key, value)
    assert isinstance(kind, MapType)
    order_of = kind.key.order

    def prepare(context: Context) -> Step | None:
        path, raw = _map_key(key(context)), value(context)
        if isinstance(raw, Unset):
            return None
        order = order_of(path)
        if raw is None:
            return lambda draft: draft.remove_element(slot, order, path)
        written = raw
        return lambda draft: draft.put_element(slot, order, path, written)

    # The server evaluates both terms before it looks at the key.
    def evaluated_first(context: Context) -> Step | None:
        value(context)
        return prepare(context)

    return evaluated_first


def _assign_at_index(slot: int, index: Value, value: Value) -> Preparation:
    def prepare(context: Context) -> Step | None:
        position, raw = index(context), value(context)
        if position is None:
            raise InvalidRequest("Invalid null value for list index")
        if isinstance(position, Unset):
            raise InvalidRequest("Invalid unset value for list index")
        at = int.from_bytes(position, "big", signed=True)

        def step(draft: Draft) -> None:
            elements = draft.elements(slot)
            if not elements:
                raise InvalidRequest("Attempted to set an element on a list which is null")
            _require_index(at, len(elements))
            element = elements[at]
            if raw is None:
                draft.remove_element(slot, element.order, element.path)
            elif not isinstance(raw, Unset):
                draft.put_element(slot, element.order, element.path, raw)

        return step

    return prepare


def _remove_element(operation: plans.RemoveElement) -> Preparation:
    kind, slot, key = operation.column.type, operation.column.slot, compiled(operation.key)
    if isinstance(kind, ListType):
        return _remove_at_index(slot, key)
    if isinstance(kind, SetType):
        return _remove_member(slot, kind, key)
    assert isinstance(kind, MapType)
    order_of = kind.key.order

    def prepare(context: Context) -> Step | None:
        path = _map_key(key(context))
        order = order_of(path)
        return lambda draft: draft.remove_element(slot, order, path)

    return prepare


def _remove_member(slot: int, kind: SetType, key: Value) -> Preparation:
    order_of = kind.element.order

    def prepare(context: Context) -> Step | None:
        path = key(context)
        if path is None:
            raise InvalidRequest("Invalid null set element")
        if isinstance(path, Unset):
            return None
        member, order = path, order_of(path)
        return lambda draft: draft.remove_element(slot, order, member)

    return prepare


def _remove_at_index(slot: int, index: Value) -> Preparation:
    def prepare(context: Context) -> Step | None:
        position = index(context)
        if position is None:
            raise InvalidRequest("Invalid null value for list index")
        if isinstance(position, Unset):
            return None
        at = int.from_bytes(position, "big", signed=True)

        def step(draft: Draft) -> None:
            elements = draft.elements(slot)
            if not elements:
                raise InvalidRequest("Attempted to delete an element from a list which is null")
            _require_index(at, len(elements))
            draft.remove_element(slot, elements[at].order, elements[at].path)

        return step

    return prepare


def _assign_field(operation: plans.AssignField) -> Preparation:
    slot, index, value = operation.column.slot, operation.index, compiled(operation.value, may_be_unset=True)
    path = field_path(index)

    def prepare(context: Context) -> Step | None:
        raw = value(context)
        if isinstance(raw, Unset):
            return None
        if raw is None:
            return lambda draft: draft.remove_element(slot, index, path)
        written = raw
        return lambda draft: draft.put_element(slot, index, path, written)

    return prepare


def _remove_field(operation: plans.RemoveField) -> Preparation:
    slot, index, path = operation.column.slot, operation.index, field_path(operation.index)

    def step(draft: Draft) -> None:
        draft.remove_element(slot, index, path)

    return lambda _context: step


def _remove(operation: plans.Remove) -> Preparation:
    slot = operation.column.slot

    def step(draft: Draft) -> None:
        draft.remove(slot)

    def step_of_collection(draft: Draft) -> None:
        draft.clear(slot)

    chosen = step_of_collection if operation.column.type.is_multicell else step
    return lambda _context: chosen


def _add(operation: plans.Add) -> Preparation:
    slot, value, function = (
        operation.column.slot,
        compiled(operation.value, may_be_unset=True),
        operation.function,
    )

    def prepare(context: Context) -> Step | None:
        operand = value(context)

        def step(draft: Draft) -> None:
            current = draft.value(slot)
            if not isinstance(current, bytes):
                return
            if not isinstance(operand, bytes):
                # The server fails on a null pointer here, and with an unset value on an empty buffer.
                raise InvalidRequest(f"Invalid null value for addition to {operation.column.name}")
            total = evaluated(function, context, (current, operand))
            if not context.engine.dialect.lwt_addition_wraps:
                _require_no_overflow(operation, current, operand, total)
            if total is not None:
                draft.put(slot, total)

        return step

    return prepare


def _require_no_overflow(operation: plans.Add, current: bytes, operand: bytes, total: Raw) -> None:
    column, sign = operation.column, operation.sign
    if column.type not in _WRAPPING or b"" in (current, operand, total) or total is None:
        return
    before, more, after = (int.from_bytes(raw, "big", signed=True) for raw in (current, operand, total))
    if (before - more if sign == "-" else before + more) != after:
        raise InvalidRequest(f"{column.name}: overflow of {column.type} in {before} {sign} {more}")


def _entries(column: Column) -> Callable[[bytes], list[Entry]]:
    """What takes the value of a set, map or user type to its elements."""
    kind = column.type
    if isinstance(kind, SetType):
        member_order, members = kind.element.order, kind.unpack
        return lambda raw: [(member_order(path), path, b"") for path in members(raw)]
    if isinstance(kind, MapType):
        key_order, pairs = kind.key.order, kind.unpack
        return lambda raw: [(key_order(path), path, value) for path, value in pairs(raw)]
    assert isinstance(kind, UserType)
    size = len(kind.field_types)
    return lambda raw: [
        (index, field_path(index), value)
        for index, value in enumerate(tuples.unpack(raw, size))
        if value is not None
    ]


def _elements(kind: ListType, raw: bytes) -> list[bytes]:
    elements = [element for element in kind.unpack(raw) if element is not None]
    if len(elements) < int.from_bytes(raw[:4], "big"):
        # The server fails on a null pointer here.
        raise InvalidRequest("null is not supported inside collections")
    return elements


def _put_all(draft: Draft, slot: int, entries: list[Entry]) -> None:
    for order, path, raw in entries:
        draft.put_element(slot, order, path, raw)


def _map_key(raw: bytes | Unset | None) -> bytes:
    if raw is None:
        raise InvalidRequest("Invalid null map key")
    if isinstance(raw, Unset):
        raise InvalidRequest("Invalid unset map key")
    return raw


def _require_index(index: int, size: int) -> None:
    if not 0 <= index < size:
        raise InvalidRequest(f"List index {index} out of bound, list has size {size}")
