"""What a traced statement is said to have done: the steps that the server tells of, as far as the engine has them, too."""

from collections.abc import Iterable, Iterator
from typing import Final

from coodie_memory.plan.batch import BatchPlan
from coodie_memory.plan.ddl.system import VIRTUAL
from coodie_memory.plan.planner import Plan
from coodie_memory.plan.select import SelectPlan
from coodie_memory.plan.write import WritePlan
from coodie_memory.protocol.responses import Response, Rows
from coodie_memory.schema.model import Table

_WHOLE_RING: Final = "(min(-9223372036854775808), min(-9223372036854775808)]"


def activities(plan: Plan, response: Response) -> Iterator[str]:
    """The steps, in order, of a statement that was answered so."""
    match plan:
        case SelectPlan():
            yield from _read(plan, response)
        case WritePlan(condition=None):
            yield "Determining replicas for mutation"
            yield from _stored([plan])
        case WritePlan():
            yield from _conditional([plan], response)
        case BatchPlan() if plan.is_conditional:
            yield from _conditional(plan.writes, response)
        case BatchPlan():
            yield from _batch(plan)
        case _:
            return


def _read(plan: SelectPlan, response: Response) -> Iterator[str]:
    if plan.table.keyspace in VIRTUAL:
        return
    if plan.where.is_key_range:
        yield "Computing ranges to query"
        yield f"Executing seq scan across 0 sstables for {_WHOLE_RING}"
    else:
        yield _single(plan.table)
    if isinstance(response, Rows):
        yield f"Read {len(response.rows)} live rows and 0 tombstone cells"


def _batch(plan: BatchPlan) -> Iterator[str]:
    is_logged = plan.kind == "LOGGED" and len(plan.writes) > 1
    yield f"Determining replicas for {'atomic batch' if is_logged else 'mutation'}"
    yield from _stored(plan.writes)


def _conditional(writes: Iterable[WritePlan], response: Response) -> Iterator[str]:
    yield "Reading existing values for CAS precondition"
    yield _single(next(iter(writes)).table)
    if isinstance(response, Rows) and all(row[0] == b"\1" for row in response.rows):
        yield "CAS precondition is met"
        yield from _stored(writes)
        yield "CAS applied successfully"
    else:
        yield "CAS precondition does not match current values"
        yield "CAS did not apply"


def _stored(writes: Iterable[WritePlan]) -> Iterator[str]:
    for write in writes:
        if write.table.is_counter:
            yield "Acquiring counter locks"
        yield "Appending to commitlog"
        yield f"Adding to {write.table.name} memtable"


def _single(table: Table) -> str:
    return f"Executing single-partition query on {table.name}"
