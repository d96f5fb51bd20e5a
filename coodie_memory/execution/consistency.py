"""Which consistency levels a statement may have, and which of them one node meets."""

from collections.abc import Callable, Iterator
from typing import Never, TypeAlias

from coodie_memory.errors import InvalidRequest, Unavailable
from coodie_memory.execution.context import Context
from coodie_memory.plan.batch import BatchPlan
from coodie_memory.plan.ddl.system import VIRTUAL
from coodie_memory.plan.planner import Plan
from coodie_memory.plan.select import SelectPlan
from coodie_memory.plan.write import WritePlan
from coodie_memory.result import Result, Rows
from coodie_memory.schema.model import Table

Run: TypeAlias = Callable[[Context], Result]

REPLICAS = {"TWO": 2, "THREE": 3}
"""Levels that ask for more replicas than one node can be. What depends on a keyspace's replication is met."""
SERIAL = frozenset({"SERIAL", "LOCAL_SERIAL"})
UNUSUAL = frozenset({"ANY", *REPLICAS})
"""Levels that `required` has something to say about, whatever the statement's values."""


def required(plan: Plan, level: str, run: Run, context: Context) -> Result:
    """The result of the run, unless the level is none for such a statement or asks for too many replicas."""
    if level == "ANY":
        if isinstance(plan, SelectPlan):
            raise InvalidRequest("ANY ConsistencyLevel is only supported for writes")
        if isinstance(plan, WritePlan | BatchPlan):
            require_nothing_read(plan)
        return run(context)
    if not _is_replicated(plan):
        return run(context)
    return unavailable(level, lambda: run(context), context)


def unavailable(level: str, run: Callable[[], Result], context: Context) -> Result:
    """What the statement does is done and taken back, since what is wrong with its values is told first.

    Where a condition does not hold there is nothing to be committed, and the answer stands; as it does where nobody was asked.
    """
    with context.engine.savepoint():
        result = run()
        if _is_refused(result) or context.asks_nobody:
            return result
        raise _too_few(level)


def require_readable(context: Context) -> None:
    """Refuse to read what a write needs from more replicas than there are."""
    if context.options.consistency in REPLICAS:
        raise _too_few(context.options.consistency)


def unreadable(context: Context) -> Iterator[Never]:
    """The rows of a read from more replicas than there are: whoever asks for one is refused."""
    yield from ()
    raise _too_few(context.options.consistency)


def _too_few(level: str) -> Unavailable:
    return Unavailable(
        f"Cannot achieve consistency level {level}", consistency=level, required=REPLICAS[level], alive=1
    )


def _is_refused(result: Result) -> bool:
    return (
        isinstance(result, Rows)
        and bool(result.raw)
        and result.columns[0].name == "[applied]"
        and result.raw[0][0] == b"\0"
    )


def require_nothing_read(plan: WritePlan | BatchPlan) -> None:
    """Refuse to read with ANY what has to be read before it is written."""
    writes = plan.writes if isinstance(plan, BatchPlan) else (plan,)
    if any(write.condition is not None for write in writes):
        return
    if any(write.read_columns for write in writes):
        raise InvalidRequest("Write operation require a read but consistency ANY is not supported on reads")


def require_one_partition(context: Context) -> None:
    """Refuse a serial read of several partitions at once; of each on a page of its own it is allowed."""
    if context.options.consistency in SERIAL and not context.options.page_size:
        raise InvalidRequest(
            "SERIAL/LOCAL_SERIAL consistency may only be requested for one partition at a time"
        )


def is_replicated_read(plan: SelectPlan) -> bool:
    """Whether as many replicas are read as the level says: the nearest are asked of one."""
    return plan.table.keyspace not in VIRTUAL and plan.where.nearest is None


def _is_replicated(plan: Plan) -> bool:
    match plan:
        case SelectPlan():
            return is_replicated_read(plan)
        case WritePlan() | BatchPlan():
            return True
        case _:
            return False


def require_plain(table: Table, context: Context) -> None:
    """Refuse for a write what only conditional statements have; for a counter's, what no hint can hold until a replica is there."""
    level = context.options.consistency
    if table.is_counter and level == "ANY":
        raise InvalidRequest(f"Consistency level ANY is not yet supported for counter table {table.name}")
    if level in SERIAL:
        raise InvalidRequest(
            "Counter operations are inherently non-serializable"
            if table.is_counter
            else "You must use conditional updates for serializable writes"
        )


def require_conditional(table: Table, context: Context) -> None:
    """Refuse for the reading of a conditional statement what is not serial, and for its commit what is."""
    if context.options.serial_consistency not in SERIAL:
        raise InvalidRequest(
            "Invalid consistency for conditional update. Must be one of SERIAL or LOCAL_SERIAL"
        )
    if context.options.consistency in SERIAL:
        raise InvalidRequest(
            f"{context.options.consistency} is not supported as conditional update commit consistency. "
            "Use ANY if you mean \"make sure it is accepted but I don't care how many replicas commit it"
            ' for non-SERIAL reads"'
        )
    strategy = context.engine.schema.keyspaces[table.keyspace].replication["class"]
    if context.options.consistency == "EACH_QUORUM" and not strategy.endswith(".NetworkTopologyStrategy"):
        raise InvalidRequest(
            f"consistency level EACH_QUORUM not compatible with replication strategy ({strategy})"
        )
