"""From tree to plan: one `match` over all statements. Every refusal that needs the schema and no value comes from here."""

from typing import TypeAlias, assert_never

from coodie_memory.cql import ast
from coodie_memory.dialect import Dialect
from coodie_memory.plan.batch import BatchPlan, plan_batch
from coodie_memory.plan.ddl import Transformation, permission, plan_schema_change
from coodie_memory.plan.ddl.system import VIRTUAL
from coodie_memory.plan.describe import ClusterDescription, Description, plan_describe
from coodie_memory.plan.nodes import Term
from coodie_memory.plan.roles import RoleChange, RoleListing, plan_role_statement
from coodie_memory.plan.scope import Scope
from coodie_memory.plan.select import SelectPlan, plan_select
from coodie_memory.plan.tableless import TablelessPlan, plan_tableless
from coodie_memory.plan.timeouts import planned_timeout
from coodie_memory.plan.write import (
    WritePlan,
    plan_delete,
    plan_insert,
    plan_insert_json,
    plan_update,
    validated,
)
from coodie_memory.schema.catalog import Schema
from coodie_memory.schema.code import Code
from coodie_memory.schema.model import Table
from coodie_memory.value import Value


class Truncation(Value):
    """TRUNCATE; a refusal is told when it is executed."""

    table: Table
    timeout: Term | None = None
    refusal: str | None = None


class KeyspaceChange(Value):
    """USE; whether the keyspace exists is asked when it is executed."""

    keyspace: str


Plan: TypeAlias = (
    SelectPlan
    | TablelessPlan
    | WritePlan
    | BatchPlan
    | Transformation
    | Truncation
    | KeyspaceChange
    | Description
    | ClusterDescription
    | RoleChange
    | RoleListing
)


def plan(
    statement: ast.Statement, schema: Schema, keyspace: str | None, dialect: Dialect, code: Code | None = None
) -> tuple[Plan, Scope]:
    """The plan of a statement on a connection that uses `keyspace`, and the scope that knows its bind markers."""
    scope = Scope(schema, keyspace, dialect, code)
    made = _planned(statement, scope)
    scope.settle()
    return made, scope


def _planned(statement: ast.Statement, scope: Scope) -> Plan:
    if isinstance(statement, ast.SchemaStatement):
        return plan_schema_change(statement, scope)
    if isinstance(statement, ast.Describe):
        return plan_describe(statement, scope)
    if isinstance(statement, ast.RoleStatement):
        return plan_role_statement(statement, scope)
    match statement:
        case ast.Select():
            return (
                plan_tableless(statement, scope) if statement.table is None else plan_select(statement, scope)
            )
        case ast.Insert():
            return validated(scope, plan_insert(statement, scope))
        case ast.InsertJson():
            return validated(scope, plan_insert_json(statement, scope))
        case ast.Update():
            return validated(scope, plan_update(statement, scope))
        case ast.Delete():
            return validated(scope, plan_delete(statement, scope))
        case ast.Batch():
            return plan_batch(statement, scope)
        case ast.Truncate():
            return _plan_truncate(statement, scope)
        case ast.Use():
            return KeyspaceChange(statement.keyspace)
        case _:
            assert_never(statement)


def _plan_truncate(statement: ast.Truncate, scope: Scope) -> Truncation:
    table = scope.table(statement.table)
    permission.check_truncation(table, scope)
    timeout = planned_timeout(scope, table.keyspace, table.name, statement.using)
    return Truncation(table, timeout, _refusal_to_truncate(table, scope))


def _refusal_to_truncate(table: Table, scope: Scope) -> str | None:
    if scope.schema.view(table.keyspace, table.name):
        return "Cannot TRUNCATE materialized view directly; must truncate base table instead"
    if table.keyspace in VIRTUAL:
        return f"Truncation is not supported by table {table.keyspace}.{table.name}"
    return None
