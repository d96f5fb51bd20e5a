"""What the values of a write to a compact table may be wrong about."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from coodie_memory.errors import InvalidRequest
from coodie_memory.execution.keys import Place
from coodie_memory.plan.write import WritePlan

Check: TypeAlias = Callable[[Sequence[Place]], None]


def checking(plan: WritePlan) -> Check:
    """What refuses the rows that a write names, where the old form could not keep them."""
    table = plan.table
    if not table.is_compact or not plan.touches_rows:
        return _nothing
    only = table.clustering[0].name if len(table.clustering) == 1 else None
    missing = None if plan.kind == "DELETE" or plan.regulars else table.regulars[0].name

    def check(places: Sequence[Place]) -> None:
        # A row's only clustering column was the name of its cell, which could not be empty.
        if only is not None and any(not clustering[0] for _, clustering in places):
            raise InvalidRequest(f"Invalid empty or null value for column {only}")
        if missing is not None:
            raise InvalidRequest(f"Column {missing} is mandatory for this COMPACT STORAGE table")

    return check


def _nothing(_places: Sequence[Place]) -> None:
    """An ordinary table takes every row."""
