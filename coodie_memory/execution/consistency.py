"""Which consistency levels a statement may have, and which of them one node meets."""

from collections.abc import Callable
from typing import Never, TypeAlias

from coodie_memory.errors import InvalidRequest, Unavailable
from coodie_memory.execution.context import Context
from coodie_memory.plan.batch import BatchPlan
from coodie_memory.plan.ddl.system import VIRTUAL
from coodie_memory.plan.planner import Plan
from coodie_memory.plan.select import SelectPlan
from coodie_memory.plan.write import WritePlan
from coodie_memory.result import Result
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
        return run(context)
    if not _is_replicated(plan):
        return run(context)
    return unavailable(level, lambda: run(context), context)


def unavailable(level: str, run: Callable[[], Result], context: Context) -> Never:
    """What the statement does is done and taken back, since what is wrong with its values is told first."""
    with context.engine.savepoint():
        run()
        raise Unavailable(
            f"Cannot achieve consistency level {level}", consistency=level, required=REPLICAS[level], alive=1
        )


def _is_replicated(plan: Plan) -> bool:
    match plan:
        case SelectPlan():
            return plan.table.keyspace not in VIRTUAL
        case WritePlan() | BatchPlan():
            return True
        case _:
            return False


def require_plain(context: Context) -> None:
    """Refuse for a write what only conditional statements have."""
    if context.options.consistency in SERIAL:
        raise InvalidRequest("You must use conditional updates for serializable writes")


def require_plain_counter(table: Table, context: Context) -> None:
    """The same for counters, which no hint can hold until a replica is there."""
    level = context.options.consistency
    if level == "ANY":
        raise InvalidRequest(f"Consistency level ANY is not yet supported for counter table {table.name}")
    if level in SERIAL:
        raise InvalidRequest("Counter operations are inherently non-serializable")


def require_conditional(context: Context) -> None:
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
