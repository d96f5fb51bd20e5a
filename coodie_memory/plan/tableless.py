"""SELECT without FROM (Scylla): constants and functions of constants, as one row."""

from uuid import UUID

from coodie_memory.cql import ast
from coodie_memory.errors import InvalidRequest
from coodie_memory.plan import nodes, selection
from coodie_memory.plan.scope import Scope
from coodie_memory.plan.select import JSON_COLUMN, json_name, planned_limit
from coodie_memory.plan.selectables import Place
from coodie_memory.plan.timeouts import planned_timeout
from coodie_memory.result import ColumnSpec, Metadata
from coodie_memory.schema.model import NONE, Table
from coodie_memory.types.strings import TEXT
from coodie_memory.value import Value

NO_TABLE = Table("system", "", UUID(int=0), NONE, NONE)
"""Where no column can be found."""


class TablelessPlan(Value, kw_only=True):
    """A SELECT of one row that is in no table. `json_names` and `plain_json` as in `SelectPlan`."""

    items: tuple[selection.Item, ...]
    metadata: Metadata
    json_names: tuple[str, ...]
    plain_json: bool
    limit: nodes.Term | None
    timeout: nodes.Term | None


def plan_tableless(statement: ast.Select, scope: Scope) -> TablelessPlan:
    """The plan of a SELECT without FROM."""
    if not statement.selection:
        raise InvalidRequest("SELECT * without a FROM clause is not supported")
    items = selection.items(Place(scope, NO_TABLE), statement.selection)
    specs = [ColumnSpec(NO_TABLE.keyspace, NO_TABLE.name, item.name, item.output.type) for item in items]
    if statement.json:
        specs = [ColumnSpec(NO_TABLE.keyspace, NO_TABLE.name, JSON_COLUMN, TEXT)]
    return TablelessPlan(
        items=items,
        metadata=Metadata(specs),
        json_names=tuple(json_name(item.name) for item in items) if statement.json else (),
        plain_json=scope.dialect.json_by_types,
        limit=planned_limit(scope, NO_TABLE, statement.limit, "[limit]"),
        timeout=planned_timeout(scope, NO_TABLE.keyspace, NO_TABLE.name, statement.using),
    )
