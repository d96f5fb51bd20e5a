"""Schema statements: each is planned as a function from one schema to the next."""

import re
from collections.abc import Callable
from functools import partial

from coodie_memory.cql import ast
from coodie_memory.errors import UnsupportedCQL
from coodie_memory.plan.ddl import (
    aggregates,
    functions,
    indexes,
    keyspaces,
    masks,
    names,
    permission,
    primary_key,
    table_options,
    tables,
    triggers,
    usertypes,
    views,
)
from coodie_memory.plan.ddl.transformation import Apply, Outcome, Transformation, keyspace_named
from coodie_memory.plan.nodes import Bind, Moment
from coodie_memory.plan.scope import Scope
from coodie_memory.result import ColumnSpec
from coodie_memory.schema.catalog import Schema
from coodie_memory.types.integers import BIGINT
from coodie_memory.value import replace

__all__ = ["Outcome", "Transformation", "plan_schema_change", "unsupported"]


def plan_schema_change(statement: ast.SchemaStatement, scope: Scope) -> Transformation:
    """The plan of a schema statement."""
    keyspace, change_schema = _planned(statement, scope)

    def apply(schema: Schema, moment: Moment) -> Outcome:
        # Preparing asks nobody.
        permission.check_schema_change(statement, keyspace, scope)
        if scope.dialect.checks_keyspace_names or isinstance(statement, ast.CreateKeyspace):
            names.check_keyspace_name(keyspace, scope.dialect)
        return change_schema(schema, moment)

    change = statement.change if isinstance(statement, ast.AlterTable) else None
    if isinstance(change, ast.DropColumns) and isinstance(change.timestamp, ast.Marker):
        return Transformation(keyspace, apply, _bound_drop(statement, change, change.timestamp, scope))
    return Transformation(keyspace, apply)


def _bound_drop(
    statement: ast.SchemaStatement, change: ast.DropColumns, marker: ast.Marker, scope: Scope
) -> tuple[Bind, Callable[[int], Transformation]]:
    """ALTER TABLE … DROP … USING TIMESTAMP ?."""
    assert isinstance(statement, ast.AlterTable)
    keyspace = keyspace_named(statement.table.keyspace, scope.keyspace)
    bind = scope.bind(marker, ColumnSpec(keyspace, statement.table.name, "[timestamp]", BIGINT))

    def at(timestamp: int) -> Transformation:
        dated = replace(change, timestamp=ast.Literal("INTEGER", str(timestamp)))
        return plan_schema_change(replace(statement, change=dated), scope)

    return bind, at


def _planned(statement: ast.SchemaStatement, scope: Scope) -> tuple[str, Apply]:
    match statement:
        case ast.CreateKeyspace():
            return statement.name, partial(keyspaces.create_keyspace, statement, scope.dialect)
        case ast.AlterKeyspace():
            return statement.name, partial(keyspaces.alter_keyspace, statement, scope.dialect)
        case ast.DropKeyspace():
            return statement.name, partial(keyspaces.drop_keyspace, statement, scope.dialect)
        case ast.CreateTable():
            # A table without one is refused, whatever the schema.
            primary_key.named(statement, scope.dialect)
            table_options.check_values(statement.properties, scope.dialect)
            masks.refuse(column.mask for column in statement.columns)
            keyspace = keyspace_named(statement.table.keyspace, scope.keyspace)
            return keyspace, partial(tables.create_table, statement, keyspace, scope.dialect)
        case ast.AlterTable():
            if isinstance(statement.change, ast.SetProperties):
                table_options.check_values(statement.change.properties, scope.dialect)
            if isinstance(statement.change, ast.MaskColumn):
                masks.refuse([statement.change.mask])
            keyspace = keyspace_named(statement.table.keyspace, scope.keyspace)
            return keyspace, partial(tables.alter_table, statement, keyspace, scope.dialect)
        case ast.DropTable():
            keyspace = keyspace_named(statement.table.keyspace, scope.keyspace)
            return keyspace, partial(tables.drop_table, statement, keyspace, scope.dialect)
        case ast.CreateIndex():
            keyspace = keyspace_named(statement.table.keyspace, scope.keyspace)
            return keyspace, partial(indexes.create_index, statement, keyspace, scope.dialect)
        case ast.DropIndex():
            keyspace = keyspace_named(statement.index.keyspace, scope.keyspace)
            return keyspace, partial(indexes.drop_index, statement, keyspace, scope.dialect)
        case ast.CreateType():
            keyspace = keyspace_named(statement.type.keyspace, scope.keyspace)
            return keyspace, partial(usertypes.create_type, statement, keyspace, scope.dialect)
        case ast.AlterType():
            keyspace = keyspace_named(statement.type.keyspace, scope.keyspace)
            return keyspace, partial(usertypes.alter_type, statement, keyspace, scope.dialect)
        case ast.DropType():
            keyspace = keyspace_named(statement.type.keyspace, scope.keyspace)
            return keyspace, partial(usertypes.drop_type, statement, keyspace, scope.dialect)
        case ast.CreateView():
            keyspace = keyspace_named(statement.view.keyspace, scope.keyspace)
            views.check_definition(statement, keyspace, scope.dialect)
            return keyspace, partial(views.create_view, statement, keyspace, scope.dialect)
        case ast.AlterView():
            keyspace = keyspace_named(statement.view.keyspace, scope.keyspace)
            return keyspace, partial(views.alter_view, statement, keyspace, scope.dialect)
        case ast.DropView():
            keyspace = keyspace_named(statement.view.keyspace, scope.keyspace)
            return keyspace, partial(views.drop_view, statement, keyspace, scope.dialect)
        case ast.CreateTrigger():
            keyspace = keyspace_named(statement.table.keyspace, scope.keyspace)
            return keyspace, partial(triggers.create_trigger, statement, keyspace)
        case ast.DropTrigger():
            keyspace = keyspace_named(statement.table.keyspace, scope.keyspace)
            return keyspace, partial(triggers.drop_trigger, statement, keyspace)
        case ast.CreateFunction():
            keyspace = keyspace_named(statement.function.keyspace, scope.keyspace)
            return keyspace, partial(functions.create_function, statement, keyspace, scope.dialect)
        case ast.DropFunction():
            keyspace = keyspace_named(statement.function.keyspace, scope.keyspace)
            return keyspace, partial(functions.drop_function, statement, keyspace, scope.dialect)
        case ast.CreateAggregate():
            keyspace = keyspace_named(statement.aggregate.keyspace, scope.keyspace)
            return keyspace, partial(aggregates.create_aggregate, statement, keyspace, scope)
        case ast.DropAggregate():
            keyspace = keyspace_named(statement.aggregate.keyspace, scope.keyspace)
            return keyspace, partial(aggregates.drop_aggregate, statement, keyspace, scope.dialect)
        case _:
            raise unsupported(statement)


def unsupported(statement: ast.Statement) -> UnsupportedCQL:
    """The refusal of a statement that nobody executes yet, named by its node: CREATE VIEW for `CreateView`."""
    words = re.sub(r"(?<!^)(?=[A-Z])", " ", type(statement).__name__).upper()
    return UnsupportedCQL(f"{words} is not supported yet")
