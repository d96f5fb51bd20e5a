"""What nobody may do to the server's own keyspaces."""

from coodie_memory.cql import ast
from coodie_memory.errors import InvalidRequest, Unauthorized
from coodie_memory.plan.ddl.system import VIRTUAL, is_configuration
from coodie_memory.plan.demands import Demand, schema_demands
from coodie_memory.plan.scope import Scope
from coodie_memory.schema.model import Table

_LOCAL = frozenset({"system", "system_schema"})
_REPLICATED = frozenset({"system_auth", "system_distributed", "system_traces"})


def check_schema_change(statement: ast.SchemaStatement, keyspace: str, scope: Scope) -> None:
    """Refuse a schema statement about the server's own keyspaces, except a change of a keyspace's replication."""
    for demand in schema_demands(statement, scope):
        _check_demand(demand)
    if keyspace in _LOCAL or keyspace in VIRTUAL:
        raise InvalidRequest(f"System keyspace '{keyspace}' is not user-modifiable")


def _check_demand(demand: Demand) -> None:
    if demand.resource.kind != "data" or not demand.resource.parts:
        return
    keyspace, *inside = demand.resource.parts
    if keyspace in _LOCAL or keyspace in VIRTUAL:
        raise Unauthorized(f"{keyspace} keyspace is not user-modifiable.")
    if keyspace in _REPLICATED and (inside or demand.permission != "ALTER"):
        raise Unauthorized(f"Cannot {demand.permission} {demand.resource}")


def check_write(table: Table, scope: Scope) -> None:
    """Refuse to write what only the server itself may."""
    is_anybodys = is_configuration(table) or (
        scope.dialect.own_tables_are_writable and not scope.dialect.switches.authentication
    )
    if table.keyspace in _LOCAL and not is_anybodys:
        raise Unauthorized(f"{table.keyspace} keyspace is not user-modifiable.")


def check_truncation(table: Table, scope: Scope) -> None:
    """The same for TRUNCATE."""
    if is_configuration(table):
        raise Unauthorized(f"{table.keyspace} keyspace is not user-modifiable.")
    check_write(table, scope)
