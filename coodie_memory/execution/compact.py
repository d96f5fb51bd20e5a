"""What the values of a write to a compact table may be wrong about."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from coodie_memory.errors import InvalidRequest
from coodie_memory.execution.context import Context
from coodie_memory.execution.keys import Place
from coodie_memory.plan.write import WritePlan

Check: TypeAlias = Callable[[Context, Sequence[Place]], None]


def exists_by(plan: WritePlan) -> bool:
    """Whether a row that the write names would exist by what the write says."""
    return plan.marks_rows or bool(plan.regulars) or not plan.table.clustering


def checking(plan: WritePlan) -> Check:
    """What refuses the rows that a write names, where the old form could not keep them."""
    table = plan.table
    if not table.is_compact or not plan.touches_rows:
        return _nothing
    only = table.clustering[0].name if len(table.clustering) == 1 else None
    missing = None if plan.kind == "DELETE" or exists_by(plan) else table.regulars[0].name

    def check(context: Context, places: Sequence[Place]) -> None:
        # A row's only clustering column was the name of its cell, which could not be empty.
        if only is not None and any(not clustering[0] for _, clustering in places):
            raise InvalidRequest(context.engine.dialect.compact_empty_key.format(only))
        if missing is not None:
            raise InvalidRequest(f"Column {missing} is mandatory for this COMPACT STORAGE table")

    return check


def _nothing(_context: Context, _places: Sequence[Place]) -> None:
    """An ordinary table takes every row."""
