"""Schema statements, TRUNCATE and USE: what the plan decided takes effect."""

from coodie_memory.errors import InvalidRequest
from coodie_memory.execution import roles, system
from coodie_memory.execution.context import Context
from coodie_memory.execution.news import news
from coodie_memory.plan.ddl import Transformation
from coodie_memory.plan.planner import KeyspaceChange, Truncation
from coodie_memory.result import SchemaChange, SetKeyspace, Void
from coodie_memory.value import replace


def change_schema(plan: Transformation, context: Context) -> SchemaChange | Void:
    """Install the schema that the plan makes of the present one; a new version of it where something differs."""
    engine = context.engine
    if plan.given is not None:
        bind, made = plan.given
        raw = context.values[bind.index]
        if not isinstance(raw, bytes):
            raise InvalidRequest("Invalid null value of timestamp")
        plan = made(int.from_bytes(raw, "big", signed=True))
    outcome = plan.apply(engine.schema, engine)
    context.warnings += outcome.warnings
    if outcome.change is None:
        return Void()
    before = engine.schema
    if outcome.schema is before:
        # Somebody is told of what was there already.
        return outcome.change
    engine.install(replace(outcome.schema, version=engine.uuid()))
    roles.follow(outcome.change, before, context)
    if engine.listeners:
        engine.news += news(outcome.change.keyspace, before, engine.schema)
    return outcome.change


def truncate(plan: Truncation, context: Context) -> Void:
    """Empty a table and its views."""
    if plan.refusal is not None:
        raise InvalidRequest(plan.refusal)
    engine = context.engine
    system.bring_up_to_date(engine, plan.table.keyspace)
    engine.store(plan.table).truncate()
    views = [
        *engine.schema.views_of(plan.table),
        *(one.view for one in plan.table.indexes.values() if one.view),
    ]
    for view in views:
        engine.store(view.table).truncate()
    return Void()


def use(plan: KeyspaceChange, context: Context) -> SetKeyspace:
    """The connection's keyspace from now on."""
    if context.engine.schema.keyspace(plan.keyspace) is None:
        raise InvalidRequest(f"Keyspace '{plan.keyspace}' does not exist")
    return SetKeyspace(plan.keyspace)
