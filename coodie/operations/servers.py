"""Which server it is, where that makes a difference."""

from coodie.operations.steps import Operation, one
from coodie.statement import Statement


def is_scylla() -> Operation[bool]:
    """Whether the server is a ScyllaDB: a table that it keeps beside the common ones tells."""
    asked = "SELECT table_name FROM system_schema.tables WHERE keyspace_name = ? AND table_name = ?"
    page = yield from one(Statement(asked, ("system", "scylla_local"), idempotent=True))
    return bool(page.rows)
