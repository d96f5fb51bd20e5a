"""INSERT, UPDATE and DELETE: what they change, and where, as one `WritePlan`. The order of checks is the server's."""

from collections.abc import Iterator
from typing import Literal, TypeAlias

from coodie_memory.cql import ast
from coodie_memory.cql.assignments import double_setting
from coodie_memory.errors import InvalidRequest
from coodie_memory.plan import conditions, documents, operations, restrictions, terms
from coodie_memory.plan.conditions import Condition, IfColumns, IfExists, IfNotExists
from coodie_memory.plan.ddl import permission
from coodie_memory.plan.ddl.system import VIRTUAL, is_configuration
from coodie_memory.plan.nodes import Constant, Term
from coodie_memory.plan.operations import Assign, Operation
from coodie_memory.plan.scope import Scope
from coodie_memory.plan.timeouts import planned_timeout
from coodie_memory.plan.where import Equal, Parts, Where
from coodie_memory.result import ColumnSpec
from coodie_memory.schema.model import Column, Table
from coodie_memory.types.empty import EMPTY
from coodie_memory.types.integers import BIGINT, INT
from coodie_memory.value import Value, replace

WriteKind: TypeAlias = Literal["INSERT", "UPDATE", "DELETE"]


class Attributes(Value):
    """USING: terms of a bigint, an int, and, for Scylla, a duration."""

    timestamp: Term | None = None
    ttl: Term | None = None
    timeout: Term | None = None


NO_ATTRIBUTES = Attributes()


class WritePlan(Value, kw_only=True):
    """One INSERT, UPDATE or DELETE. A DELETE without operations deletes rows, ranges or partitions."""

    kind: WriteKind
    table: Table
    where: Where
    operations: tuple[Operation, ...]
    attributes: Attributes = NO_ATTRIBUTES
    condition: Condition | None = None

    @property
    def changes_settings(self) -> bool:
        """Whether it is the server's configuration that is written."""
        return is_configuration(self.table)

    @property
    def is_virtual(self) -> bool:
        """Whether it is a table that the server makes up when it is read."""
        return self.table.keyspace in VIRTUAL

    @property
    def marks_rows(self) -> bool:
        """Whether the rows that it names exist by being named, without cells."""
        return self.kind == "INSERT" and not self.table.is_compact

    @property
    def touches_rows(self) -> bool:
        """Whether rows are named, not only a partition with its static columns."""
        return not self.table.clustering or bool(self.where.clustering)

    @property
    def statics(self) -> tuple[Operation, ...]:
        """The operations on static columns."""
        return tuple(operation for operation in self.operations if operation.column.is_static)

    @property
    def regulars(self) -> tuple[Operation, ...]:
        """The operations on regular columns."""
        return tuple(operation for operation in self.operations if not operation.column.is_static)

    @property
    def read_columns(self) -> tuple[Column, ...]:
        """The columns whose stored values the operations depend on."""
        return tuple(
            dict.fromkeys(operation.column for operation in self.operations if operations.reads(operation))
        )


def plan_insert(insert: ast.Insert, scope: Scope) -> WritePlan:
    """The plan of an INSERT with VALUES."""
    table = scope.table(insert.table)
    attributes = planned_attributes(scope, table.keyspace, table.name, insert.using)
    _refuse_counter(table, scope.dialect.counter_insert_refusal)
    if len(insert.columns) != len(insert.values):
        raise InvalidRequest("Unmatched column names/values")
    for index, name in enumerate(insert.columns):
        if name in insert.columns[:index]:
            raise InvalidRequest(scope.dialect.repeated_column.format(name))
    relations: list[ast.Relation] = []
    planned: list[Operation] = []
    names_clustering = False
    for name, value in zip(insert.columns, insert.values, strict=True):
        column = scope.written_column(table, name)
        names_clustering |= column.kind == "clustering"
        if column.is_key:
            relations.append(ast.ColumnRelation(name, "=", value))
        else:
            planned.append(operations.assigned(scope, table, column, value))
    condition = IfNotExists() if insert.if_not_exists else None
    only_statics = not names_clustering and _only_statics(planned, condition)
    where = restrictions.analyse(scope, table, relations, "INSERT", only_statics=only_statics)
    return _checked(
        WritePlan(
            kind="INSERT",
            table=table,
            where=where,
            operations=tuple(planned),
            attributes=attributes,
            condition=condition,
        ),
    )


def plan_insert_json(insert: ast.InsertJson, scope: Scope) -> WritePlan:
    """The plan of an INSERT with a JSON document, which writes every column of the table."""
    table = scope.table(insert.table)
    attributes = planned_attributes(scope, table.keyspace, table.name, insert.using)
    _refuse_counter(table, scope.dialect.counter_json_refusal)
    document = documents.document(scope, table, insert.value)
    members = {
        column: documents.member(document, column, default_unset=insert.default_unset)
        for column in table.columns.values()
    }
    for column in table.primary_key:
        scope.column(table, column.name)
    partition, clustering = (
        tuple(Equal((column,), Parts((members[column],))) for column in columns)
        for columns in (table.partition_key, table.clustering)
    )
    return _checked(
        WritePlan(
            kind="INSERT",
            table=table,
            where=Where(table, partition, clustering=clustering),
            operations=tuple(
                Assign(column, value)
                for column, value in members.items()
                if not column.is_key and not (column.is_static and scope.dialect.json_by_types)
            ),
            attributes=attributes,
            condition=IfNotExists() if insert.if_not_exists else None,
        ),
    )


def plan_update(update: ast.Update, scope: Scope) -> WritePlan:
    """The plan of an UPDATE."""
    table = scope.table(update.table)
    attributes = planned_attributes(scope, table.keyspace, table.name, update.using)
    if scope.dialect.refuses_double_settings_late and (refusal := double_setting(update.assignments)):
        raise InvalidRequest(refusal)
    condition = _condition(scope, table, update)
    planned = [
        operations.planned_assignment(scope, table, assignment, conditional=condition is not None)
        for assignment in update.assignments
    ]
    only_statics = _only_statics(planned, condition)
    where = restrictions.analyse(scope, table, update.where, "UPDATE", only_statics=only_statics)
    write = WritePlan(
        kind="UPDATE",
        table=table,
        where=where,
        operations=tuple(planned),
        attributes=attributes,
        condition=condition,
    )
    return _checked(write)


def plan_delete(delete: ast.Delete, scope: Scope) -> WritePlan:
    """The plan of a DELETE."""
    table = scope.table(delete.table)
    attributes = planned_attributes(scope, table.keyspace, table.name, delete.using)
    condition = _condition(scope, table, delete)
    planned = [operations.planned_deletion(scope, table, target) for target in delete.targets]
    # Without targets whole rows are deleted.
    only_statics = bool(planned) and _only_statics(planned, condition)
    where = restrictions.analyse(scope, table, delete.where, "DELETE", only_statics=only_statics)
    write = WritePlan(
        kind="DELETE",
        table=table,
        where=where,
        operations=tuple(planned),
        attributes=attributes,
        condition=condition,
    )
    return _checked(write)


def planned_attributes(scope: Scope, keyspace: str, table: str, using: ast.Using) -> Attributes:
    """USING of a statement or a batch."""
    receivers = ColumnSpec(keyspace, table, "[timestamp]", BIGINT), ColumnSpec(keyspace, table, "[ttl]", INT)
    timestamp, ttl = (
        None if raw is None else terms.term(scope, raw, receiver)
        for raw, receiver in zip((using.timestamp, using.ttl), receivers, strict=True)
    )
    return Attributes(timestamp, ttl, planned_timeout(scope, keyspace, table, using))


def _condition(scope: Scope, table: Table, statement: ast.Update | ast.Delete) -> Condition | None:
    if statement.if_exists:
        return IfExists()
    if not statement.conditions:
        return None
    if statement.using.timestamp is not None:
        raise InvalidRequest("Cannot provide custom timestamp for conditional updates")
    return conditions.planned(scope, table, statement.conditions)


def validated(scope: Scope, write: WritePlan) -> WritePlan:
    """The write, unless USING or its table forbids it; of a batch, only when all its statements are planned."""
    table, attributes = write.table, write.attributes
    if write.is_virtual:
        _refuse_on_virtual(write)
    permission.check_write(table, scope)
    if table.is_counter and attributes.timestamp is not None:
        raise InvalidRequest("Cannot provide custom timestamp for counter updates")
    if table.is_counter and attributes.ttl is not None:
        raise InvalidRequest("Cannot provide custom TTL for counter updates")
    _refuse_view(scope, table)
    return write


def _refuse_on_virtual(write: WritePlan) -> None:
    if write.attributes.timestamp is not None:
        raise InvalidRequest("Custom timestamp is not supported by virtual tables")
    if write.attributes.ttl is not None:
        raise InvalidRequest("Expiring columns are not supported by virtual tables")
    if write.condition is not None:
        raise InvalidRequest("Conditional updates are not supported by virtual tables")


def _refuse_view(scope: Scope, table: Table) -> None:
    if scope.schema.view(table.keyspace, table.name) is not None:
        raise InvalidRequest("Cannot directly modify a materialized view")


def _checked(write: WritePlan) -> WritePlan:
    """The write, unless its clauses do not go together; a compact table's row without a value has an empty one."""
    if write.table.is_compact and write.kind != "DELETE" and write.touches_rows and not write.regulars:
        write = replace(write, operations=(*write.operations, *_empty_value(write.table)))
    if write.condition is not None:
        if write.table.is_counter:
            raise InvalidRequest("Conditional updates are not supported on counter tables")
        if write.attributes.timestamp is not None:
            raise InvalidRequest("Cannot provide custom timestamp for conditional updates")
        if write.kind == "DELETE":
            _require_deletable_row(write)
    return write


def _empty_value(table: Table) -> Iterator[Assign]:
    """What makes a row of a compact table exist, if no value was declared that could."""
    for column in table.regulars:
        if column.type is EMPTY:
            yield Assign(column, Constant(EMPTY, b""))


def _require_deletable_row(write: WritePlan) -> None:
    if write.where.full_key_by_equality:
        return
    refusal = "DELETE statements must restrict all PRIMARY KEY columns with equality relations"
    # Without operations whole rows are deleted.
    if write.regulars or not write.operations:
        raise InvalidRequest(f"{refusal} in order to delete non static columns")
    if isinstance(write.condition, IfColumns) and not all(one.is_static for one in write.condition.columns):
        raise InvalidRequest(f"{refusal} in order to use IF condition on non static columns")


def _only_statics(planned: list[Operation], condition: Condition | None) -> bool:
    """Whether operations and conditions are about static columns alone, and there are some."""
    columns = [operation.column for operation in planned]
    if isinstance(condition, IfColumns):
        columns += condition.columns
    return bool(columns) and all(column.is_static for column in columns)


def _refuse_counter(table: Table, refusal: str) -> None:
    if table.is_counter:
        name = min(column.name for column in table.columns.values() if not column.is_key)
        raise InvalidRequest(refusal.format(name))
