"""The short way for the most frequent statement: an INSERT of one row, all of it bound, nothing to read or to decide.

Whatever is unusual about a plan or about one execution's values (null, unset, an empty key) goes the long way through
`changes`, which is the only place that knows the refusals.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from coodie_memory.execution import attributes
from coodie_memory.execution.consistency import SERIAL
from coodie_memory.execution.context import Context
from coodie_memory.execution.keys import composite_key, order_of
from coodie_memory.plan.nodes import Bind, Constant
from coodie_memory.plan.operations import Assign
from coodie_memory.plan.where import Equal, Parts, Restriction
from coodie_memory.plan.write import WritePlan
from coodie_memory.result import Raw, Result, Void
from coodie_memory.storage.mutation import Mutation
from coodie_memory.storage.row import inserted
from coodie_memory.types.collections import MapType, SetType

Run: TypeAlias = Callable[[Context], Result]
_VOID = Void()
_SHORT = 1024
"""Keys of which no part is longer cannot be too long together; others are measured the long way."""


def short_insert(plan: WritePlan, long_way: Run) -> Run:
    """What executes an unconditional INSERT; it is `long_way` itself where the plan has no short one."""
    key, position, assigned = _binds(plan.where.partition), _binds(plan.where.clustering), _assigned(plan)
    if key is None or position is None or assigned is None or not plan.touches_rows:
        return long_way
    key_values = [_value(bind) for bind in key]
    clustering_values = [
        (*_value(bind), order_of(column))
        for bind, column in zip(position, plan.table.clustering, strict=True)
    ]
    cell_values = [(slot, *_value(term)) for slot, term in assigned if isinstance(term, Bind)]
    template: list[Raw] = [None] * plan.table.next_slot
    for slot, term in assigned:
        if isinstance(term, Constant):
            template[slot] = term.raw
    table, own_timestamp = plan.table, attributes.timestamp(plan.attributes.timestamp)
    ttl = attributes.ttl(plan.attributes.ttl, table)

    def run(context: Context) -> Result:
        if context.options.consistency in SERIAL:
            return long_way(context)
        values = context.values
        components, clustering, order = [], [], []
        for index, validate in key_values:
            raw = values[index]
            if not isinstance(raw, bytes) or not 0 < len(raw) < _SHORT:
                return long_way(context)
            validate(raw)
            components.append(raw)
        for index, validate, order_key in clustering_values:
            raw = values[index]
            if not isinstance(raw, bytes) or len(raw) >= _SHORT:
                return long_way(context)
            validate(raw)
            clustering.append(raw)
            order.append(order_key(raw))
        cells = template.copy()
        for slot, index, validate in cell_values:
            raw = values[index]
            if not isinstance(raw, bytes):
                return long_way(context)
            validate(raw)
            cells[slot] = raw
        timestamp = own_timestamp(context)
        if timestamp is None:
            timestamp = context.timestamp
        stamp = attributes.stamp(timestamp, ttl(context), context.now)
        row = inserted(tuple(clustering), tuple(cells), stamp)
        key = components[0] if len(components) == 1 else composite_key(components)
        engine = context.engine
        engine.store(table)
        engine.apply((Mutation(table.id, key, tuple(components), ((tuple(order), row),)),), context.now)
        return _VOID

    return run


def _binds(restrictions: Sequence[Restriction]) -> list[Bind] | None:
    """The markers of `column = ?`, if that is all there is."""
    found: list[Bind] = []
    for one in restrictions:
        if not isinstance(one, Equal) or not isinstance(one.operand, Parts):
            return None
        (term,) = one.operand.terms
        if not isinstance(term, Bind) or not _is_plain(term):
            return None
        found.append(term)
    return found


def _assigned(plan: WritePlan) -> list[tuple[int, Bind | Constant]] | None:
    """Slots and terms of the regular columns, if each is one cell that is bound or known."""
    found: list[tuple[int, Bind | Constant]] = []
    for one in plan.operations:
        column = one.column
        if not isinstance(one, Assign) or column.is_static or column.type.is_multicell:
            return None
        term = one.value
        if (isinstance(term, Bind) and _is_plain(term)) or (
            isinstance(term, Constant) and term.raw is not None
        ):
            found.append((column.slot, term))
        else:
            return None
    return found


def _is_plain(bind: Bind) -> bool:
    """Whether valid bytes are stored as they come, since no set or map in them could be spelt otherwise."""
    return not any(isinstance(inner, SetType | MapType) for inner in bind.type.walk())


def _value(bind: Bind) -> tuple[int, Callable[[bytes], None]]:
    return bind.index, bind.type.validate
