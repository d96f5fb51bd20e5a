"""Statements about roles, and what a schema change means for permissions."""

from coodie_memory.engine import Engine
from coodie_memory.errors import AuthenticationFailed
from coodie_memory.execution.context import Context
from coodie_memory.plan.planner import Plan
from coodie_memory.plan.roles import RoleChange, RoleListing
from coodie_memory.plan.roles.standing import Standing
from coodie_memory.result import Rows, SchemaChange, Void
from coodie_memory.schema import passwords, resources
from coodie_memory.schema.catalog import Schema
from coodie_memory.schema.resources import Resource


def authenticate(engine: Engine, user: str, password: str) -> None:
    """Refuse a log-in that is not the role's own, or of a role that has none."""
    with engine.lock:
        role = engine.roles.roles.get(user)
    if role is None or role.salted_hash is None or not passwords.is_right(password, role.salted_hash):
        raise AuthenticationFailed(f"Provided username {user} and/or password are incorrect")
    if not role.can_login:
        raise AuthenticationFailed(f"{user} is not permitted to log in")


def change_roles(plan: RoleChange, context: Context) -> Void:
    """Make the roles what the plan makes of the present ones."""
    engine = context.engine
    outcome = plan.apply(_standing(context), engine)
    context.warnings += outcome.warnings
    engine.entitle(outcome.roles)
    return Void()


def refuse_anonymous(plan: Plan, engine: Engine) -> None:
    """Refuse to prepare what nobody but a role may execute, where servers do."""
    if not engine.dialect.prepares_no_roles_for_anonymous:
        return
    nobody = Standing(None, engine.roles, engine.schema, engine.dialect)
    match plan:
        case RoleChange():
            plan.apply(nobody, engine)
        case RoleListing():
            plan.rows(nobody)
        case _:
            pass


def list_roles(plan: RoleListing, context: Context) -> Rows | Void:
    """What the plan finds; nothing at all where it finds nothing."""
    rows = plan.rows(_standing(context))
    return Void() if rows is None else Rows(plan.metadata, rows)


def follow(change: SchemaChange, before: Schema, context: Context) -> None:
    """Who creates something may do everything with it; what is gone, nobody may do anything with."""
    engine, user = context.engine, context.user
    if user is None:
        return
    roles = engine.roles
    if change.change == "CREATED":
        for resource in _created(change, before, engine.schema):
            roles = roles.granting(user, resource, resource.applicable)
    elif change.change == "DROPPED":
        roles = roles.revoking_all_on(frozenset(_dropped(change, before, engine.schema)))
    engine.entitle(roles)


def _standing(context: Context) -> Standing:
    engine = context.engine
    return Standing(context.user, engine.roles, engine.schema, engine.dialect)


def _created(change: SchemaChange, before: Schema, schema: Schema) -> list[Resource]:
    match change.target:
        case "KEYSPACE":
            return [resources.keyspace(change.keyspace), resources.all_functions(change.keyspace)]
        # A view is as open as its base.
        case "TABLE" if not schema.view(change.keyspace, change.name):
            return [resources.table(change.keyspace, change.name)]
        case "FUNCTION" | "AGGREGATE":
            return _more(schema, before, change.keyspace)
        case _:
            return []


def _dropped(change: SchemaChange, before: Schema, schema: Schema) -> list[Resource]:
    match change.target:
        case "KEYSPACE":
            keyspace = before.keyspaces[change.keyspace]
            return [
                resources.keyspace(keyspace.name),
                resources.all_tables(keyspace.name),
                resources.all_functions(keyspace.name),
                *resources.defined_in(keyspace),
                *(resources.table(keyspace.name, name) for name in (*keyspace.tables, *keyspace.views)),
            ]
        case "TABLE":
            return [resources.table(change.keyspace, change.name)]
        case "FUNCTION" | "AGGREGATE":
            return _more(before, schema, change.keyspace)
        case _:
            return []


def _more(schema: Schema, other: Schema, keyspace: str) -> list[Resource]:
    """The functions and aggregates that the other schema has not."""
    others = frozenset(resources.defined_in(other.keyspaces[keyspace]))
    return [each for each in resources.defined_in(schema.keyspaces[keyspace]) if each not in others]
