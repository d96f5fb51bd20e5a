"""INSERT, UPDATE and DELETE, compiled: alone, and as parts of a batch."""

from collections.abc import Callable
from functools import cached_property

from coodie_memory.execution import indexable, keys, lwt, narrowing, system
from coodie_memory.execution.changes import AT_ONCE
from coodie_memory.execution.consistency import require_plain
from coodie_memory.execution.context import Context
from coodie_memory.execution.counter import Counting, Tally, counting
from coodie_memory.execution.insert import short_insert
from coodie_memory.execution.timeouts import within, write_expired
from coodie_memory.plan.operations import Count
from coodie_memory.plan.write import WritePlan
from coodie_memory.result import Result, Void

VOID = Void()


class CompiledWrite:
    """A write ready to be executed. Called, it stands alone; a batch takes `part`, or `count` of one that counts.

    Each of these is compiled when it is needed, which for most INSERTs is never.
    """

    def __init__(self, plan: WritePlan) -> None:
        self.plan = plan
        self._counts = any(isinstance(one, Count) for one in plan.operations)
        kind = "SIMPLE" if plan.condition is None else "CAS"
        expired = write_expired(
            f"{plan.table.keyspace}.{plan.table.name}", "COUNTER" if plan.table.is_counter else kind
        )
        run = self._compiled()
        if plan.table.keyspace in system.KEYSPACES:
            run = _after_the_server(plan.table.keyspace, run)
        self._run = within(plan.attributes.timeout, run, expired)

    def __call__(self, context: Context) -> Result:
        """Execute the write by itself."""
        return self._run(context)

    @cached_property
    def partitions(self) -> Callable[[Context], list[keys.Key]]:
        """The partitions that it names."""
        return narrowing.partitions(self.plan.where)

    @cached_property
    def part(self) -> lwt.Part | None:
        """What a transaction or a batch needs of it; None if it counts."""
        return None if self._counts else lwt.Part(self.plan)

    @cached_property
    def count(self) -> Counting | None:
        """What adds it to a tally; None unless it counts."""
        return counting(self.plan) if self._counts else None

    def _compiled(self) -> Callable[[Context], Result]:
        if self._counts:
            return _counting(self.plan)
        if self.plan.condition is not None:
            assert self.part is not None, "the planner lets no counter have conditions"
            return lwt.single(self.part)
        return short_insert(self.plan, self._write) if self.plan.kind == "INSERT" else self._write

    def _write(self, context: Context) -> Result:
        if not self.plan.is_virtual:
            require_plain(self.plan.table, context)
        assert self.part is not None, "what counts is not written so"
        indexable.apply(context, self.part.changes(context, AT_ONCE), self.part.limits)
        return VOID


def _after_the_server(keyspace: str, run: Callable[[Context], Result]) -> Callable[[Context], Result]:
    def write(context: Context) -> Result:
        system.bring_up_to_date(context.engine, keyspace)
        return run(context)

    return write


def _counting(plan: WritePlan) -> Callable[[Context], Result]:
    count = counting(plan)

    def write(context: Context) -> Result:
        require_plain(plan.table, context)
        tally = Tally()
        count(context, tally)
        mutations = tally.mutations(context)
        context.asks_nobody = not mutations
        context.engine.apply(mutations, context.now)
        return VOID

    return write
