"""What keeping the schema means: a model's table compared with the live one, keyspaces, truncation."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from coodie import ddl, tableoptions
from coodie.cql import AS_SET
from coodie.cqltypes import UserTypeLike, in_order
from coodie.document import DocumentBase, schema_of, table_of
from coodie.exceptions import (
    AlreadyExists,
    BackendError,
    ConfigurationError,
    CoodieError,
    InvalidModelError,
    InvalidQueryError,
    InvalidRequest,
    RequestTimeout,
    ServerError,
    SyntaxException,
)
from coodie.operations.servers import is_scylla
from coodie.operations.steps import Operation, keyspace, one, run_as
from coodie.queryset import Options
from coodie.schema import TableSchema, View
from coodie.statement import Statement

T = TypeVar("T")

log = logging.getLogger("coodie")


def sync_table(
    model: type[DocumentBase],
    *,
    dry_run: bool = False,
    drop_removed_indexes: bool = False,
    strict: bool = False,
    options: Options = AS_SET,
) -> Operation[list[str]]:
    """Create what the model's table and its user types lack; what was executed, or, in a dry run, would be.

    What differs and is not created away (unknown columns, other types, another key) is one warning on the logger
    `coodie`, or, if strict, an `InvalidModelError`. Several processes may do this at once.
    """
    schema = _table(table_of(model))
    where = yield from _where(schema.keyspace, schema.model)
    plan = partial(_table_plan, schema, where, drops_removed_indexes=drop_removed_indexes)
    story = _brought_about(plan, dry_run=dry_run, strict=strict)
    return (yield from _run_as(schema, options, story))


def sync_view(
    model: type[DocumentBase], *, dry_run: bool = False, strict: bool = False, options: Options = AS_SET
) -> Operation[list[str]]:
    """Create the model's view, if it is missing; what was executed, or, in a dry run, would be.

    A view cannot be altered: what differs is one warning on the logger `coodie`, or, if strict, an
    `InvalidModelError`.
    """
    schema = schema_of(model)
    if schema.view is None:
        raise InvalidQueryError(f"{schema.model} is no view; use sync_table()")
    where = yield from _where(schema.keyspace, schema.model)
    plan = partial(_view_plan, schema, schema.view, where)
    story = _brought_about(plan, dry_run=dry_run, strict=strict)
    return (yield from _run_as(schema, options, story))


def drop_view(model: type[DocumentBase], options: Options = AS_SET) -> Operation[None]:
    """Drop the model's view, if it is there; its base table stays."""
    yield from _once(ddl.drop_view(schema_of(model)), schema_of(model), options)


def sync_type(
    user_type: type[UserTypeLike],
    named: str | None = None,
    *,
    dry_run: bool = False,
    strict: bool = False,
    timeout: float | None = None,
) -> Operation[list[str]]:
    """Create or extend a user type and those that it mentions, in the keyspace named or the connection's."""
    where = yield from _where(named, user_type.__name__)
    plan = partial(_types_plan, [user_type], named, where)
    story = _brought_about(plan, dry_run=dry_run, strict=strict)
    return (yield from run_as(story, timeout=timeout))


def drop_table(model: type[DocumentBase], options: Options = AS_SET) -> Operation[None]:
    """Drop the model's table, if it is there."""
    schema = _table(schema_of(model))
    yield from _once(ddl.drop_table(schema), schema, options)


def truncate(model: type[DocumentBase], options: Options = AS_SET) -> Operation[None]:
    """Delete all rows of the model's table."""
    schema = _table(schema_of(model))
    yield from _once(ddl.truncate(schema), schema, options)


def create_keyspace(
    name: str,
    replication_factor: int = 1,
    strategy: str = "SimpleStrategy",
    dc_replication_map: Mapping[str, int] | None = None,
    timeout: float | None = None,
) -> Operation[None]:
    """Create a keyspace, unless it is there; per data centre if a map says so."""
    text = ddl.create_keyspace(name, replication_factor, strategy, dc_replication_map)
    yield from one(Statement(text, timeout=timeout, prepare=False))


def drop_keyspace(name: str, timeout: float | None = None) -> Operation[None]:
    """Drop a keyspace with all its tables, if it is there."""
    yield from one(Statement(ddl.drop_keyspace(name), timeout=timeout, prepare=False))


def raw(cql: str, params: Sequence[Any] | None, options: Options) -> Statement:
    """A caller's own statement; its parameters are positional, and nothing but a sequence of them is meant so."""
    if not isinstance(cql, str):
        raise InvalidQueryError(f"a statement is a text, not {cql!r}")
    if params is not None and not isinstance(params, tuple | list):
        raise InvalidQueryError(
            f"the parameters are a tuple or a list with a value for each `?`, not {params!r}"
        )
    values = tuple(params or ())
    return Statement(
        cql, values, options.consistency, options.serial_consistency, options.timeout, options.fetch_size
    )


def execute_raw(statement: Statement) -> Operation[list[dict[str, Any]]]:
    """Any statement's rows, by column name, from all pages."""
    page = yield from one(statement)
    rows = page.dicts()
    while page.paging_state is not None:
        page = yield from one(replace(statement, paging_state=page.paging_state))
        rows += page.dicts()
    return rows


def _table(schema: TableSchema) -> TableSchema:
    """The schema, if it is a table's."""
    if schema.view is not None:
        raise InvalidQueryError(f"{schema.model} is a materialized view; use sync_view() and drop_view()")
    return schema


def _where(named: str | None, who: str) -> Operation[str]:
    """The keyspace that is meant; refused where none is."""
    where = yield from keyspace(named)
    if where is None:
        raise ConfigurationError(f"{who} has no keyspace: give init_coodie() one, or the class's Settings")
    return where


def _once(text: str, schema: TableSchema, options: Options) -> Operation[None]:
    yield from _run_as(schema, options, one(Statement(text, prepare=False)))


def _run_as(schema: TableSchema, options: Options, story: Operation[T]) -> Operation[T]:
    """The story, its statements run as the call says, else as the model does."""
    return run_as(
        story,
        consistency=options.consistency or schema.consistency,
        timeout=schema.timeout if options.timeout is None else options.timeout,
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    """What to execute, and what differs and stays, told for each table or type."""

    statements: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()

    def __add__(self, other: "_Plan") -> "_Plan":
        return _Plan(self.statements + other.statements, self.differences + other.differences)


def _table_plan(schema: TableSchema, where: str, *, drops_removed_indexes: bool) -> Operation[_Plan]:
    user_types = [each for column in schema.columns for each in column.user_types]
    types = yield from _types_plan(user_types, schema.keyspace, where)
    changes = ddl.changes(
        schema,
        (yield from _live_table(where, schema)),
        schema.keyspace,
        vector_class=(yield from _vector_class(schema)),
        drops_removed_indexes=drops_removed_indexes,
    )
    return types + _plan(f"{where}.{schema.table}", schema.model, changes)


def _view_plan(schema: TableSchema, view: View, where: str) -> Operation[_Plan]:
    live = yield from _live_columns(where, schema.table)
    changes = (
        ddl.Changes(drift=ddl.view_drift(schema, live))
        if live
        else ddl.Changes((ddl.create_view(schema, view),))
    )
    return _plan(f"{where}.{schema.table}", schema.model, changes)


def _types_plan(
    user_types: Iterable[type[UserTypeLike]], keyspace: str | None, where: str
) -> Operation[_Plan]:
    whole = _Plan()
    for each in in_order(user_types):
        live = yield from _live_type(where, each.type_name())
        changes = ddl.type_changes(each, live, keyspace)
        whole += _plan(f"{where}.{each.type_name()}", each.__name__, changes)
    return whole


def _plan(there: str, who: str, changes: ddl.Changes) -> _Plan:
    told = f"{there} differs from {who}: {'; '.join(changes.drift)}"
    return _Plan(changes.statements, (told,) if changes.drift else ())


def _brought_about(
    plan: Callable[[], Operation[_Plan]], *, dry_run: bool, strict: bool
) -> Operation[list[str]]:
    """Execute what is planned; what was executed, or, in a dry run, would be.

    Whoever syncs at the same moment may do some of it first: what is refused and no longer planned is done.
    """
    wanted = yield from plan()
    for difference in wanted.differences:
        if strict:
            raise InvalidModelError(difference)
        log.warning(difference)
    if dry_run:
        return list(wanted.statements)
    done: list[str] = []
    for left in reversed(range(ATTEMPTS)):
        failed = yield from _executed(wanted.statements, done)
        if failed is None:
            break
        text, error = failed
        wanted = yield from plan()
        if text in wanted.statements and not (left and isinstance(error, _PASSING)):
            raise _explained(error) from error
    return done


def _executed(statements: Iterable[str], done: list[str]) -> Operation[tuple[str, BackendError] | None]:
    """Execute until one is refused: that one and why; what succeeded is added to `done`."""
    for text in statements:
        try:
            yield from one(Statement(text, prepare=False))
        except BackendError as error:
            return text, error
        done.append(text)
    return None


def _explained(error: BackendError) -> CoodieError:
    """What to switch on, where the server's refusal is a matter of its configuration."""
    words = error.message.lower()
    for sign, remedy in _REMEDIES.items():
        if sign in words:
            return ConfigurationError(f"{error.message} ({remedy})")
    return error


ATTEMPTS = 5
"""How often a schema that others change at the same moment is compared again."""
_PASSING = (AlreadyExists, ServerError, RequestTimeout)
"""What a server answers while the schema moves, and what it may not answer the next time."""
_REMEDIES = {
    "materialized views are disabled": "set materialized_views_enabled: true in cassandra.yaml on every node",
    "sasi indexes are disabled": "set sasi_indexes_enabled: true in cassandra.yaml on every node, or use using='sai'",
    "unable to find custom indexer class": (
        "this server has no such index; its class has to be on every node's classpath. Cassandra 5 has 'sai', "
        "ScyllaDB 'vector_index'; Indexed() without using= works on every server"
    ),
    "non-supported custom class": (
        "this server has no such index; ScyllaDB has 'vector_index' only, and Indexed() without using= works on every "
        "server"
    ),
}
"""What a server says of something that its configuration lacks, and what to do about it."""


def _vector_class(schema: TableSchema) -> Operation[str]:
    """The class of a vector's index on this server; asked for only where the table has one."""
    if all(index.similarity is None for index in schema.indexes):
        return ddl.SAI
    return ddl.VECTOR_INDEX if (yield from is_scylla()) else ddl.SAI


def _live_type(where: str, name: str) -> Operation[dict[str, str] | None]:
    text = (
        "SELECT field_names, field_types FROM system_schema.types WHERE keyspace_name = ? AND type_name = ?"
    )
    rows = yield from execute_raw(Statement(text, (where, name), idempotent=True))
    return dict(zip(rows[0]["field_names"], rows[0]["field_types"], strict=True)) if rows else None


def _live_table(where: str, schema: TableSchema) -> Operation[ddl.LiveTable | None]:
    table = schema.table
    tables = yield from _rows("SELECT * FROM system_schema.tables", where, table)
    if not tables:
        return None
    (options,) = tables
    if any(options.get(name) is None for name in ddl.wanted_options(schema)):
        options = {**(yield from _described(where, table)), **_known(options)}
    columns = yield from _live_columns(where, table)
    indexes = yield from _rows("SELECT index_name, options FROM system_schema.indexes", where, table)
    return ddl.LiveTable(
        columns=columns,
        indexes={row["index_name"]: row["options"] for row in indexes},
        options=options,
    )


def _known(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _described(where: str, table: str) -> Operation[dict[str, Any]]:
    """The options that DESCRIBE tells: servers have some that no table of `system_schema` shows."""
    try:
        rows = yield from execute_raw(Statement(ddl.describe_table(where, table), prepare=False))
    except (InvalidRequest, SyntaxException):  # a server before DESCRIBE was the server's
        return {}
    created = next((row["create_statement"] for row in rows if row["name"] == table), "")
    return tableoptions.described(created)


def _live_columns(where: str, table: str) -> Operation[dict[str, ddl.LiveColumn]]:
    rows = yield from _rows(
        "SELECT column_name, kind, position, clustering_order, type FROM system_schema.columns", where, table
    )
    return {
        row["column_name"]: ddl.LiveColumn(
            row["column_name"], row["kind"], row["position"], row["clustering_order"], row["type"]
        )
        for row in rows
    }


def _rows(selection: str, where: str, table: str) -> Operation[list[dict[str, Any]]]:
    text = f"{selection} WHERE keyspace_name = ? AND table_name = ?"
    return (yield from execute_raw(Statement(text, (where, table), idempotent=True)))
