"""From plan to closure: one `match` over all plans. Whoever calls the closure holds the engine's lock."""

from collections.abc import Callable
from functools import partial
from typing import assert_never

from coodie_memory.execution import batch, ddl, describe, read, roles, row_ttl, system, tableless, timeouts
from coodie_memory.execution.configuration import change_settings
from coodie_memory.execution.context import Context
from coodie_memory.execution.write import CompiledWrite
from coodie_memory.plan.batch import BatchPlan
from coodie_memory.plan.ddl import Transformation
from coodie_memory.plan.describe import ClusterDescription, Description
from coodie_memory.plan.planner import KeyspaceChange, Plan, Truncation
from coodie_memory.plan.roles import RoleChange, RoleListing
from coodie_memory.plan.select import SelectPlan
from coodie_memory.plan.tableless import NO_TABLE, TablelessPlan
from coodie_memory.plan.write import WritePlan
from coodie_memory.result import Result, Rows
from coodie_memory.schema.model import Table


def compiled(plan: Plan) -> Callable[[Context], Result]:
    """What executes the plan, any number of times, while the schema is the one it was planned for."""
    match plan:
        case SelectPlan():
            return _reading(plan)
        case TablelessPlan():
            expired = timeouts.read_expired(NO_TABLE)
            return timeouts.within(plan.timeout, tableless.compiled(plan), expired)
        case WritePlan(changes_settings=True):
            return change_settings(plan)
        case WritePlan():
            return CompiledWrite(plan)
        case BatchPlan():
            return batch.compiled(plan)
        case Transformation():
            return partial(ddl.change_schema, plan)
        case Truncation():
            expired = timeouts.truncation_expired(plan.table)
            return timeouts.within(plan.timeout, partial(ddl.truncate, plan), expired)
        case KeyspaceChange():
            return partial(ddl.use, plan)
        case Description():
            return partial(describe.describe, plan)
        case ClusterDescription():
            return partial(describe.describe_cluster, plan)
        case RoleChange():
            return partial(roles.change_roles, plan)
        case RoleListing():
            return partial(roles.list_roles, plan)
        case _:
            assert_never(plan)


def _after_expiry(table: Table, run: Callable[[Context], Rows]) -> Callable[[Context], Rows]:
    def reading(context: Context) -> Rows:
        row_ttl.expire(context, table)
        return run(context)

    return reading


def _reading(plan: SelectPlan) -> Callable[[Context], Rows]:
    run = timeouts.within(plan.timeout, read.compiled(plan), timeouts.read_expired(plan.table))
    if plan.expiring is not None:
        run = _after_expiry(plan.expiring, run)
    keyspace = plan.table.keyspace
    if keyspace not in system.KEYSPACES:
        return run

    def reading(context: Context) -> Rows:
        system.refresh(context.engine, keyspace)
        return run(context)

    return reading
