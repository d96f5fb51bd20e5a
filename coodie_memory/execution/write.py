"""INSERT, UPDATE and DELETE, compiled: alone, and as parts of a batch."""

from collections.abc import Callable

from coodie_memory.execution import keys, lwt
from coodie_memory.execution.changes import AT_ONCE
from coodie_memory.execution.consistency import require_plain, require_plain_counter
from coodie_memory.execution.context import Context
from coodie_memory.execution.counter import Tally, counting
from coodie_memory.execution.insert import short_insert
from coodie_memory.plan.operations import Count
from coodie_memory.plan.write import WritePlan
from coodie_memory.result import Result, Void

VOID = Void()


class CompiledWrite:
    """A write ready to be executed. Called, it stands alone; a batch takes `part`, or `count` of one that counts.

    `partitions` are those that it names.
    """

    __slots__ = ("_run", "count", "part", "partitions", "plan")

    def __init__(self, plan: WritePlan) -> None:
        self.plan = plan
        self.partitions = keys.partitions(plan.where)
        counts = any(isinstance(one, Count) for one in plan.operations)
        self.count = counting(plan) if counts else None
        self.part = None if counts else lwt.Part(plan)
        self._run = self._compiled()

    def __call__(self, context: Context) -> Result:
        """Execute the write by itself."""
        return self._run(context)

    def _compiled(self) -> Callable[[Context], Result]:
        if self.part is None:
            return _counting(self.plan)
        if self.plan.condition is not None:
            return lwt.single(self.part)
        write = _writing(self.part)
        return short_insert(self.plan, write) if self.plan.kind == "INSERT" else write


def _writing(part: lwt.Part) -> Callable[[Context], Result]:
    changes = part.changes

    def write(context: Context) -> Result:
        require_plain(context)
        context.engine.apply(changes(context, AT_ONCE), context.now)
        return VOID

    return write


def _counting(plan: WritePlan) -> Callable[[Context], Result]:
    count = counting(plan)

    def write(context: Context) -> Result:
        require_plain_counter(context)
        tally = Tally()
        count(context, tally)
        context.engine.apply(tally.mutations(context), context.now)
        return VOID

    return write
