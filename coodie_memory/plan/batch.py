"""BATCH: several writes as one, and which may not be."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from coodie_memory.cql import ast
from coodie_memory.dialect import Dialect
from coodie_memory.errors import InvalidRequest
from coodie_memory.plan.scope import Scope
from coodie_memory.plan.write import (
    NO_ATTRIBUTES,
    Attributes,
    WritePlan,
    plan_delete,
    plan_insert,
    plan_insert_json,
    plan_update,
    planned_attributes,
    validated,
)
from coodie_memory.value import Value

BatchKind: TypeAlias = ast.BatchKind


class BatchPlan(Value):
    """Writes that are executed together."""

    kind: BatchKind
    writes: tuple[WritePlan, ...]
    attributes: Attributes = NO_ATTRIBUTES

    @property
    def is_conditional(self) -> bool:
        """Whether any of the writes has an IF."""
        return any(write.condition is not None for write in self.writes)


def plan_batch(batch: ast.Batch, scope: Scope) -> BatchPlan:
    """The plan of BEGIN BATCH … APPLY BATCH."""
    writes = tuple(_planned(statement, scope) for statement in batch.statements)
    attributes = planned_attributes(scope, "[batch]", "[batch]", batch.using)
    plan = checked(BatchPlan(batch.kind, writes, attributes), scope.dialect)
    for write in plan.writes:
        validated(scope, write)
    return plan


def checked(batch: BatchPlan, dialect: Dialect) -> BatchPlan:
    """The batch, unless its writes do not go together; a protocol BATCH is checked when it is executed."""
    if batch.attributes.ttl is not None:
        raise InvalidRequest("Global TTL on the BATCH statement is not supported.")
    if batch.attributes.timestamp is not None:
        _require_common_timestamp(batch, dialect)
    _require_no_mixture(batch, dialect)
    _require_no_virtual_tables(batch)
    _require_no_settings(batch)
    if batch.is_conditional and len({write.table.id for write in batch.writes}) > 1:
        raise InvalidRequest(dialect.write_refusals.batch_of_tables)
    return batch


def _planned(statement: ast.Modification, scope: Scope) -> WritePlan:
    match statement:
        case ast.Insert():
            return plan_insert(statement, scope)
        case ast.InsertJson():
            return plan_insert_json(statement, scope)
        case ast.Update():
            return plan_update(statement, scope)
        case ast.Delete():
            return plan_delete(statement, scope)


def _require_common_timestamp(batch: BatchPlan, dialect: Dialect) -> None:
    if batch.is_conditional:
        raise InvalidRequest("Cannot provide custom timestamp for conditional BATCH")
    if batch.kind == "COUNTER":
        raise InvalidRequest("Cannot provide custom timestamp for counter BATCH")
    refusals = {
        "Timestamp must be set either on BATCH or individual statements": any(
            write.attributes.timestamp is not None for write in batch.writes
        ),
        "Cannot provide custom timestamp for a BATCH containing counters": _counters(batch.writes) > 0,
    }
    _refuse_first(refusals, backwards=dialect.checks_counters_of_batch_first)


def _require_no_mixture(batch: BatchPlan, dialect: Dialect) -> None:
    counters = _counters(batch.writes)
    if batch.kind == "COUNTER" and counters < len(batch.writes):
        raise InvalidRequest("Cannot include non-counter statement in a counter batch")
    refusals = {
        "Counter and non-counter mutations cannot exist in the same batch": 0 < counters < len(batch.writes),
        "Cannot include a counter statement in a logged batch": batch.kind == "LOGGED" and counters > 0,
    }
    _refuse_first(refusals, backwards=dialect.checks_counters_of_batch_first)


def _refuse_first(refusals: Mapping[str, bool], *, backwards: bool) -> None:
    """Raise the first of the refusals that holds, or the last."""
    holding = [refusal for refusal, holds in refusals.items() if holds]
    if holding:
        raise InvalidRequest(holding[-1 if backwards else 0])


def _require_no_virtual_tables(batch: BatchPlan) -> None:
    virtual = sum(write.is_virtual for write in batch.writes)
    if batch.kind == "LOGGED" and virtual:
        raise InvalidRequest("Cannot include a virtual table statement in a logged batch")
    if 0 < virtual < len(batch.writes):
        raise InvalidRequest("Mutations for virtual and regular tables cannot exist in the same batch")
    if batch.is_conditional and virtual:
        raise InvalidRequest("Conditional BATCH statements cannot include mutations for virtual tables")


def _require_no_settings(batch: BatchPlan) -> None:
    if any(write.changes_settings for write in batch.writes):
        raise InvalidRequest("Settings are changed one by one, not in a batch")


def _counters(writes: Sequence[WritePlan]) -> int:
    return sum(write.table.is_counter for write in writes)
