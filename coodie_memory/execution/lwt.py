"""Lightweight transactions: read, ask, and only then write; one statement, or the statements of a conditional batch.

All conditions are asked of the state before, and all of them must hold. The ballot, the engine's next timestamp, is the
timestamp of everything written, whatever client or statement say. What is answered, `lwt_results` knows.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from coodie_memory.errors import InvalidRequest
from coodie_memory.execution import indexable, lwt_results, narrowing
from coodie_memory.execution.changes import Changes, When, changes, named_rows
from coodie_memory.execution.conditions import Predicate, question
from coodie_memory.execution.consistency import require_conditional
from coodie_memory.execution.context import Context
from coodie_memory.execution.lwt_results import Answers, Found, Seen
from coodie_memory.plan.conditions import IfColumns, IfExists, IfNotExists
from coodie_memory.plan.write import WritePlan
from coodie_memory.result import Rows
from coodie_memory.storage.position import Position
from coodie_memory.storage.row import Row

if TYPE_CHECKING:
    from coodie_memory.storage.mutation import Mutation


class Target(NamedTuple):
    """The partition that a statement is about, and the row; None is the static row, or no single row at all."""

    key: bytes
    components: tuple[bytes, ...]
    position: Position | None


class Entry(NamedTuple):
    """One statement of a transaction, compiled, in its execution."""

    part: "Part"
    context: Context


class Part:
    """What a transaction needs of one statement: where it is, what it asks, what it would change."""

    def __init__(self, plan: WritePlan) -> None:
        self.plan = plan
        self.changes: Changes = changes(plan)
        self.limits = indexable.limits(plan.table)
        self._partitions = narrowing.partitions(plan.where)
        self._rows = named_rows(plan)
        self._names_row = plan.touches_rows and plan.where.names_rows
        asked = plan.condition.conditions if isinstance(plan.condition, IfColumns) else ()
        self._regulars = [question(one) for one in asked if not one.column.is_static]
        self._statics = [question(one) for one in asked if one.column.is_static]

    def target(self, context: Context, *, in_batch: bool) -> Target:
        """Where the statement is to take place; a transaction has one partition, and names its rows one by one."""
        where = self.plan.where
        found = self._partitions(context)
        verb = "deletions" if self.plan.kind == "DELETE" else "updates"
        if where.has_partition_in:
            of_batch = context.engine.dialect.write_refusals.batch_of_partition_choices
            if in_batch and of_batch is not None:
                raise InvalidRequest(of_batch)
            raise InvalidRequest(f"IN on the partition key is not supported with conditional {verb}")
        if where.has_clustering_in:
            raise InvalidRequest(f"IN on the clustering key columns is not supported with conditional {verb}")
        if not found:
            raise InvalidRequest(f"Unrestricted partition key in a conditional {verb[:-1]}")
        ((key, components),) = found
        position = next((position for position, _ in self._rows(context)), None)
        if position is None and self._names_row:
            raise InvalidRequest(f"Unrestricted clustering key in a conditional {verb[:-1]}")
        return Target(key, components, position)

    def ask(self, context: Context, target: Target, conditions: "Conditions") -> None:
        """Add the statement's conditions to the transaction's."""
        match self.plan.condition:
            case IfExists():
                conditions.require_existence(target.position, exists=True)
            case IfNotExists():
                conditions.require_existence(target.position, exists=False)
            case IfColumns():
                if self._regulars:
                    conditions.require(target.position, [ask(context) for ask in self._regulars])
                if self._statics:
                    conditions.require(None, [ask(context) for ask in self._statics])
            case None:
                pass


_Asked: TypeAlias = bool | list[Predicate]
"""Of one row: that it exists, that it does not, or what its columns must satisfy."""


def _is_there(row: Row | None) -> bool:
    return row is not None


def _is_absent(row: Row | None) -> bool:
    return row is None


class Conditions:
    """What is asked of each row; None is the static row."""

    def __init__(self, *, mixes: bool) -> None:
        self._asked: dict[Position | None, _Asked] = {}
        self._mixes = mixes

    @property
    def positions(self) -> list[Position]:
        """The rows that are asked, in clustering order."""
        return sorted(position for position in self._asked if position is not None)

    def require_existence(self, position: Position | None, *, exists: bool) -> None:
        """The row must exist, or must not."""
        if self._mixes:
            self.require(position, [_is_there if exists else _is_absent])
            return
        before = self._asked.setdefault(position, exists)
        if isinstance(before, list):
            kind = "EXISTS" if exists else "NOT EXISTS"
            raise InvalidRequest(f"Cannot mix IF conditions and IF {kind} for the same row")
        if before is not exists:
            raise InvalidRequest("Cannot mix IF EXISTS and IF NOT EXISTS conditions for the same row")

    def require(self, position: Position | None, predicates: list[Predicate]) -> None:
        """The row must satisfy these."""
        before = self._asked.setdefault(position, [])
        if not isinstance(before, list):
            raise InvalidRequest("Cannot mix IF conditions and IF NOT EXISTS for the same row")
        before += predicates

    def hold(self, seen: Seen) -> bool:
        """Whether all of it is so; the static row is asked first."""
        ordered: list[Position | None] = [None] if None in self._asked else []
        ordered += self.positions
        return all(_holds(self._asked[position], seen.row(position)) for position in ordered)


def _holds(asked: _Asked, row: Row | None) -> bool:
    if isinstance(asked, list):
        return all(predicate(row) for predicate in asked)
    return (row is not None) is asked


def single(part: Part) -> Callable[[Context], Rows]:
    """What executes one conditional statement."""
    answers = Answers((part.plan,), in_batch=False)

    def execute(context: Context) -> Rows:
        target = part.target(context, in_batch=False)
        return _executed(answers, [Entry(part, context)], [target], context)

    return execute


def batch(entries: Sequence[Entry], context: Context) -> Rows:
    """Execute a batch of which at least one statement is conditional."""
    answers = Answers([entry.part.plan for entry in entries], in_batch=True)
    targets: list[Target] = []
    for entry in entries:
        target = entry.part.target(entry.context, in_batch=True)
        if targets and target.key != targets[0].key:
            raise InvalidRequest(context.engine.dialect.write_refusals.batch_of_partitions)
        targets.append(target)
    return _executed(answers, entries, targets, context)


def _executed(
    answers: Answers, entries: Sequence[Entry], targets: Sequence[Target], context: Context
) -> Rows:
    engine = context.engine
    conditions = Conditions(mixes=engine.dialect.lwt_mixes_existence)
    for entry, target in zip(entries, targets, strict=True):
        entry.part.ask(entry.context, target, conditions)
    require_conditional(entries[0].part.plan.table, context)
    store = engine.store(entries[0].part.plan.table)
    reads_cells = engine.dialect.lwt_reads_whole_rows or answers.reads_cells
    seen = lwt_results.seen(store, targets[0].key, conditions.positions, context.now, reads_cells=reads_cells)
    applied = conditions.hold(seen)
    if applied:
        is_strict = engine.dialect.lwt_changes_see_asked_rows_only
        when = When(engine.next_timestamp(), is_ballot=True, seen=seen.rows if is_strict else None)
        mutations: list[Mutation] = []
        for entry in entries:
            mutations += entry.part.changes(entry.context, when)
        part = entries[0].part
        indexable.apply(context, mutations, part.limits)
    found = Found(targets[0].components, seen, [target.position for target in targets])
    return answers.applied(found, engine.dialect) if applied else answers.refused(found, engine.dialect)
