"""INSERT, UPDATE and DELETE, compiled: alone, and as parts of a batch."""

from collections.abc import Callable

from coodie_memory.execution import lwt
from coodie_memory.execution.changes import AT_ONCE, changes
from coodie_memory.execution.consistency import require_plain, require_plain_counter
from coodie_memory.execution.context import Context
from coodie_memory.execution.counter import Tally, counting
from coodie_memory.execution.insert import short_insert
from coodie_memory.plan.operations import Count
from coodie_memory.plan.write import WritePlan
from coodie_memory.result import Result, Void

VOID = Void()


class CompiledWrite:
    """A write ready to be executed. Called, it stands alone; `part` and `count` serve batches."""

    __slots__ = ("_run", "count", "part", "plan")

    def __init__(self, plan: WritePlan) -> None:
        self.plan = plan
        self.part = lwt.Part(plan, changes(plan))
        self.count = counting(plan) if any(isinstance(one, Count) for one in plan.operations) else None
        self._run = self._compiled()

    def __call__(self, context: Context) -> Result:
        """Execute the write by itself."""
        return self._run(context)

    def _compiled(self) -> Callable[[Context], Result]:
        if self.plan.condition is not None:
            return lwt.single(self.part)
        if self.count is not None:
            return self._counting
        return short_insert(self.plan, self._writing) if self.plan.kind == "INSERT" else self._writing

    def _writing(self, context: Context) -> Result:
        require_plain(context)
        context.engine.apply(self.part.changes(context, AT_ONCE), context.now)
        return VOID

    def _counting(self, context: Context) -> Result:
        require_plain_counter(context)
        tally = Tally()
        assert self.count is not None
        self.count(context, tally)
        context.engine.apply(tally.mutations(context), context.now)
        return VOID
