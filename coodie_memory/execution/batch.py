"""Batches: everything is built before anything is applied, so that one failing statement leaves no trace of the others."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from coodie_memory.errors import InvalidRequest
from coodie_memory.execution import attributes, indexable, lwt, system
from coodie_memory.execution.changes import When
from coodie_memory.execution.consistency import require_nothing_read
from coodie_memory.execution.context import Bound, Context
from coodie_memory.execution.counter import Tally
from coodie_memory.execution.datasize import data_size
from coodie_memory.execution.timeouts import within, write_expired
from coodie_memory.execution.write import VOID, CompiledWrite
from coodie_memory.plan.batch import BatchKind, BatchPlan, checked
from coodie_memory.result import Result
from coodie_memory.schema.model import Table
from coodie_memory.storage.mutation import Mutation
from coodie_memory.types.hashing import hashed_texts

_SEVERAL = 2
_MANY_PARTITIONS = 10


class BatchEntry(NamedTuple):
    """One statement of a protocol BATCH: prepared, with its own values."""

    run: Callable[[Context], Result]
    values: Sequence[Bound]


def compiled(plan: BatchPlan) -> Callable[[Context], Result]:
    """What executes BEGIN BATCH … APPLY BATCH; all its statements share the batch's values."""
    writes = [CompiledWrite(write) for write in plan.writes]
    own_timestamp = attributes.timestamp(plan.attributes.timestamp)

    def execute(context: Context) -> Result:
        timestamp = own_timestamp(context)
        return _executed(plan, [(write, context) for write in writes], timestamp, context)

    return within(plan.attributes.timeout, execute, write_expired("batch", "BATCH"))


def execute_entries(entries: Sequence[BatchEntry], kind: BatchKind, context: Context) -> Result:
    """Execute a protocol BATCH, which is checked only now."""
    parts: list[tuple[CompiledWrite, Context]] = []
    for entry in entries:
        if not isinstance(entry.run, CompiledWrite):
            raise InvalidRequest(
                "Invalid statement in batch: only UPDATE, INSERT and DELETE statements are allowed."
            )
        parts.append((entry.run, Context(context.engine, entry.values, context.options)))
    plan = checked(BatchPlan(kind, tuple(write.plan for write, _ in parts)), context.engine.dialect)
    if context.options.consistency == "ANY":
        require_nothing_read(plan)
    return _executed(plan, parts, None, context)


def _executed(
    plan: BatchPlan, parts: Sequence[tuple[CompiledWrite, Context]], timestamp: int | None, context: Context
) -> Result:
    context.asks_nobody = not parts
    if not parts:
        return VOID
    if plan.is_conditional:
        return lwt.batch([lwt.Entry(write.part, own) for write, own in parts if write.part], context)
    when = When(context.timestamp if timestamp is None else timestamp)
    mutations: list[Mutation] = []
    tally = Tally()
    for write, own in parts:
        system.bring_up_to_date(context.engine, write.plan.table.keyspace)
        # All keys are looked at before anything else is.
        write.partitions(own)
    asks_nobody = True
    for write, own in parts:
        if write.count is not None:
            write.count(own, tally)
        if write.part is not None:
            mutations += write.part.changes(own, when)
            asks_nobody &= own.asks_nobody
    counted = tally.mutations(context)
    context.asks_nobody = asks_nobody and not counted
    mutations += counted
    limits = {key: each for write, _ in parts if write.part for key, each in write.part.limits.items()}
    changes = indexable.short(context, mutations, limits)
    _warn(plan, mutations, context)
    indexable.apply_short(context, changes, limits, _write_type(plan, mutations))
    return VOID


def _write_type(plan: BatchPlan, mutations: Sequence[Mutation]) -> str:
    """What a failure calls the batch: on one partition it is a write as any other."""
    if len(_partitions(plan, mutations)) < _SEVERAL:
        return "SIMPLE"
    return "BATCH" if plan.kind == "LOGGED" else "UNLOGGED_BATCH"


def _warn(plan: BatchPlan, mutations: Sequence[Mutation], context: Context) -> None:
    if plan.kind == "LOGGED":
        _warn_of_grace(plan, context)
    if len(_partitions(plan, mutations)) < _SEVERAL:
        return
    tables = {write.table.id: write.table for write in plan.writes}
    mutations = [mutation for mutation in mutations if mutation.table in tables]
    written = hashed_texts(_name(tables[mutation.table]) for mutation in mutations)
    _check_size(mutations, written, context)
    keys = {mutation.key for mutation in mutations}
    if plan.kind != "LOGGED" and len(keys) > _MANY_PARTITIONS:
        context.warnings.append(
            f"Unlogged batch covering {len(keys)} partitions detected against {_listed(written)}."
            " You should use a logged batch for atomicity, or asynchronous writes for performance."
        )


def _partitions(plan: BatchPlan, mutations: Sequence[Mutation]) -> set[tuple[str, bytes]]:
    """Keyspace and key of each; what is logged of a batch is not the client's."""
    keyspaces = {write.table.id: write.table.keyspace for write in plan.writes}
    return {(keyspaces[each.table], each.key) for each in mutations if each.table in keyspaces}


def _warn_of_grace(plan: BatchPlan, context: Context) -> None:
    unlasting = hashed_texts(
        _name(write.table) for write in plan.writes if write.table.options["gc_grace_seconds"] == 0
    )
    if unlasting:
        context.warnings.append(
            f"Executing a LOGGED BATCH on {_listed(unlasting)}, configured with a gc_grace_seconds of 0."
            " The gc_grace_seconds is used to TTL batchlog entries, so setting gc_grace_seconds too low on tables"
            " involved in an atomic batch might cause batchlog entries to expire before being replayed."
        )


def _check_size(mutations: Sequence[Mutation], tables: Sequence[str], context: Context) -> None:
    dialect = context.engine.dialect
    size, threshold = data_size(context.engine, mutations), dialect.batch_size_to_warn_of
    if size > dialect.batch_size_to_refuse:
        raise InvalidRequest("Batch too large")
    if size > threshold and dialect.warns_of_large_batches:
        context.warnings.append(
            f"Batch for [{', '.join(tables)}] is of size {size}, exceeding specified threshold of {threshold}"
            f" by {size - threshold}."
        )


def _name(table: Table) -> str:
    return f"{table.keyspace}.{table.name}"


def _listed(names: Sequence[str]) -> str:
    return f"table{'' if len(names) == 1 else 's'} [{', '.join(names)}]"
