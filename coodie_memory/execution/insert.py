"""The short way for the most frequent statement: an INSERT of one row, all of it bound, nothing to read or to decide.

Whatever is unusual about a plan or about one execution's values (null, unset, an empty key, not yet validated) goes the
long way through `changes`, which is the only place that knows the refusals.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from coodie_memory.execution import attributes, indexable
from coodie_memory.execution.compact import exists_by
from coodie_memory.execution.consistency import SERIAL
from coodie_memory.execution.context import Bound, Context
from coodie_memory.execution.evaluate import is_plain
from coodie_memory.execution.keys import short_place
from coodie_memory.execution.picking import picking
from coodie_memory.plan.nodes import Bind, Constant
from coodie_memory.plan.operations import Assign
from coodie_memory.plan.write import WritePlan
from coodie_memory.result import Raw, Result, Void
from coodie_memory.schema.changelog import logging
from coodie_memory.storage.mutation import of_row
from coodie_memory.storage.row import inserted, updated

Run: TypeAlias = Callable[[Context], Result]
_VOID = Void()


def short_insert(plan: WritePlan, long_way: Run) -> Run:
    """What executes an unconditional INSERT; it is `long_way` itself where the plan has no short one."""
    place, cells_of = short_place(plan.where), _cells(plan)
    if place is None or cells_of is None or not plan.touches_rows:
        return long_way
    if plan.is_virtual or indexable.limits(plan.table) or logging(plan.table) or not exists_by(plan):
        return long_way
    row_of = inserted if plan.marks_rows else updated
    table, stamp_of = plan.table.id, attributes.stamping(plan.attributes, plan.table)

    def run(context: Context) -> Result:
        if not context.are_whole or context.options.consistency in SERIAL:
            return long_way(context)
        values = context.values
        found = place(values)
        if found is None:
            return long_way(context)
        key, components, position, clustering = found
        row = row_of(clustering, cells_of(values), stamp_of(context))
        context.engine.apply((of_row(table, key, components, position, row),), context.now)
        return _VOID

    return run


def _cells(plan: WritePlan) -> Callable[[Sequence[Bound]], tuple[Raw, ...]] | None:
    """What makes the regular columns' cells of values that are all bytes; None unless each is one cell, bound or known."""
    known: list[Raw] = [None]
    bound: dict[int, int] = {}
    sources = [0] * plan.table.next_slot
    for one in plan.operations:
        column = one.column
        if not isinstance(one, Assign) or column.is_static or column.type.is_multicell:
            return None
        match one.value:
            case Bind(kind, index) if is_plain(kind):
                bound[column.slot] = index
            case Constant(_, bytes(raw)):
                sources[column.slot] = len(known)
                known.append(raw)
            case _:
                return None
    for slot, index in bound.items():
        sources[slot] = len(known) + index
    pick = picking(sources)
    return lambda values: pick((*known, *values))
