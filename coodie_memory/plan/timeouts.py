"""USING TIMEOUT (Scylla): a duration after which the client wants no answer any more."""

from coodie_memory.cql import ast
from coodie_memory.plan import terms
from coodie_memory.plan.nodes import Term
from coodie_memory.plan.scope import Scope
from coodie_memory.result import ColumnSpec
from coodie_memory.types.durations import DURATION


def planned_timeout(scope: Scope, keyspace: str, table: str, using: ast.Using) -> Term | None:
    """The clause's term, if it is there."""
    if using.timeout is None:
        return None
    return terms.term(scope, using.timeout, ColumnSpec(keyspace, table, "[timeout]", DURATION))
