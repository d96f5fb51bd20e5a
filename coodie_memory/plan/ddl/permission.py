"""What nobody may do to the server's own keyspaces."""

from coodie_memory.cql import ast
from coodie_memory.errors import InvalidRequest, Unauthorized
from coodie_memory.plan.ddl.system import VIRTUAL
from coodie_memory.schema.model import Table

_LOCAL = frozenset({"system", "system_schema"})
_REPLICATED = frozenset({"system_auth", "system_distributed", "system_traces"})


def check_schema_change(statement: ast.SchemaStatement, keyspace: str) -> None:
    """Refuse a schema statement about the server's own keyspaces, except a change of a keyspace's replication."""
    if keyspace in _LOCAL:
        raise Unauthorized(f"{keyspace} keyspace is not user-modifiable.")
    if keyspace in VIRTUAL:
        raise InvalidRequest(f"Virtual keyspace '{keyspace}' is not user-modifiable")
    if keyspace in _REPLICATED and not isinstance(statement, ast.AlterKeyspace | ast.CreateKeyspace):
        raise Unauthorized(f"Cannot {_wanted(statement, keyspace)}")


def check_write(table: Table) -> None:
    """Refuse to write what only the server itself may."""
    if table.keyspace in _LOCAL:
        raise Unauthorized(f"{table.keyspace} keyspace is not user-modifiable.")
    if table.keyspace in VIRTUAL:
        raise InvalidRequest(f"Modification is not supported by table {table.keyspace}.{table.name}")


def check_truncation(table: Table) -> None:
    """The same for TRUNCATE."""
    if table.keyspace in VIRTUAL:
        raise InvalidRequest(f"Truncation is not supported by table {table.keyspace}.{table.name}")
    check_write(table)


def _wanted(statement: ast.SchemaStatement, keyspace: str) -> str:
    """The permission and the resource."""
    match statement:
        case ast.DropKeyspace():
            return f"DROP <keyspace {keyspace}>"
        case ast.AlterTable():
            return f"ALTER <table {keyspace}.{statement.table.name}>"
        case ast.CreateIndex():
            return f"ALTER <table {keyspace}.{statement.table.name}>"
        case ast.DropTable():
            return f"DROP <table {keyspace}.{statement.table.name}>"
        case _:
            return f"CREATE <keyspace {keyspace}>"
