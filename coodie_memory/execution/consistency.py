"""Which consistency levels a statement may have, and which of them one node meets."""

from coodie_memory.errors import InvalidRequest, Unavailable
from coodie_memory.execution.context import Context
from coodie_memory.plan.batch import BatchPlan
from coodie_memory.plan.ddl.system import SYSTEM
from coodie_memory.plan.planner import Plan
from coodie_memory.plan.select import SelectPlan
from coodie_memory.plan.write import WritePlan

REPLICAS = {"TWO": 2, "THREE": 3}
"""Levels that ask for more replicas than one node can be. What depends on a keyspace's replication is met."""
SERIAL = frozenset({"SERIAL", "LOCAL_SERIAL"})


def require_replicas(plan: Plan, level: str) -> None:
    """Refuse a level of `REPLICAS` for data that is not the server's own."""
    match plan:
        case SelectPlan():
            is_replicated = plan.table.keyspace not in SYSTEM
        case WritePlan() | BatchPlan():
            is_replicated = True
        case _:
            is_replicated = False
    if is_replicated:
        raise Unavailable(
            f"Cannot achieve consistency level {level}", consistency=level, required=REPLICAS[level], alive=1
        )


def require_plain(context: Context) -> None:
    """Refuse for a write what only conditional statements have."""
    if context.options.consistency in SERIAL:
        raise InvalidRequest("You must use conditional updates for serializable writes")


def require_plain_counter(context: Context) -> None:
    """The same for counters."""
    if context.options.consistency in SERIAL:
        raise InvalidRequest("Counter operations are inherently non-serializable")


def require_conditional(context: Context) -> None:
    """Refuse for the commit of a conditional statement what belongs to its reading."""
    if context.options.consistency in SERIAL:
        raise InvalidRequest(
            f"{context.options.consistency} is not supported as conditional update commit consistency. "
            "Use ANY if you mean \"make sure it is accepted but I don't care how many replicas commit it"
            ' for non-SERIAL reads"'
        )
