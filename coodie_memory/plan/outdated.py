"""What becomes of a prepared statement when the schema has changed.

A server forgets statements on data whose tables or functions are no longer what they were; their clients prepare them again,
and hear of their new columns. Other statements it remembers, whatever happens.
"""

from collections.abc import Iterator

from coodie_memory.plan.batch import BatchPlan
from coodie_memory.plan.planner import Plan
from coodie_memory.plan.scope import Scope
from coodie_memory.plan.select import SelectPlan
from coodie_memory.plan.write import WritePlan
from coodie_memory.schema.catalog import Schema
from coodie_memory.schema.model import Table

_TELLING_OPTIONS = ("default_time_to_live", "gc_grace_seconds")


def is_outdated(plan: Plan, scope: Scope, schema: Schema) -> bool:
    """Whether a statement that was planned in this scope is forgotten under that later schema."""
    return any(_is_another(table, schema, scope) for table in _tables(plan)) or any(
        _namesakes(scope.schema, called.keyspace, called.name)
        != _namesakes(schema, called.keyspace, called.name)
        for called in scope.called
    )


def is_untouched(plan: Plan, scope: Scope, schema: Schema) -> bool:
    """Whether the statement would be planned just so under the later schema, since it looked only where all is the same."""
    looked_into = {table.keyspace for table in _tables(plan)} | {called.keyspace for called in scope.called}
    return bool(looked_into) and all(
        schema.keyspace(name) is scope.schema.keyspace(name) for name in looked_into
    )


def _tables(plan: Plan) -> Iterator[Table]:
    match plan:
        case SelectPlan() | WritePlan():
            yield plan.table
        case BatchPlan():
            for write in plan.writes:
                yield write.table
        case _:
            return


def _is_another(before: Table, schema: Schema, scope: Scope) -> bool:
    after = schema.table(before.keyspace, before.name)
    if after is before:
        return False
    return (
        after is None
        or scope.dialect.any_table_change_unprepares
        or (after.id, after.columns, after.indexes) != (before.id, before.columns, before.indexes)
        or any(after.options.get(name) != before.options.get(name) for name in _TELLING_OPTIONS)
    )


def _namesakes(schema: Schema, keyspace: str, name: str) -> list[object]:
    """The functions and aggregates of a name: a new one may be the better match."""
    place = schema.keyspace(keyspace)
    if place is None:
        return []
    found = (*place.functions.items(), *place.aggregates.items())
    return [each for (other, _), each in found if other == name]
