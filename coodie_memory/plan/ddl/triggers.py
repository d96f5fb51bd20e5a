"""CREATE and DROP TRIGGER. A trigger is a Java class on the server's path, and here there is none."""

from coodie_memory.cql import ast
from coodie_memory.errors import InvalidRequest
from coodie_memory.plan.ddl.transformation import Outcome
from coodie_memory.plan.nodes import Moment
from coodie_memory.schema.catalog import Schema


def create_trigger(statement: ast.CreateTrigger, keyspace: str, schema: Schema, _moment: Moment) -> Outcome:
    """CREATE TRIGGER: no class can be loaded."""
    name = statement.table.name
    if schema.table(keyspace, name) is None:
        raise InvalidRequest(f"Table '{name}' doesn't exist")
    if schema.view(keyspace, name):
        raise InvalidRequest("Cannot CREATE TRIGGER for a materialized view")
    raise InvalidRequest(f"Trigger class '{statement.class_name}' couldn't be loaded")


def drop_trigger(statement: ast.DropTrigger, keyspace: str, schema: Schema, _moment: Moment) -> Outcome:
    """DROP TRIGGER: there is none."""
    if statement.if_exists:
        return Outcome(schema)
    raise InvalidRequest(f"Trigger '{statement.name}' on '{keyspace}.{statement.table.name}' doesn't exist")
