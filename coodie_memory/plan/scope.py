"""What the planner of one statement may know, and the one thing it collects: the bind markers.

Every planner takes a `Scope` and asks it for tables and columns, so that what does not exist is refused in one voice.
"""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from coodie_memory.cql import ast
from coodie_memory.cql.text import identifier
from coodie_memory.dialect import Dialect
from coodie_memory.errors import InvalidRequest
from coodie_memory.plan.nodes import Aggregate, Bind, Function
from coodie_memory.plan.typenames import cql_type
from coodie_memory.result import ColumnSpec
from coodie_memory.schema.catalog import Schema
from coodie_memory.schema.code import Code
from coodie_memory.schema.model import Column, Keyspace, Table
from coodie_memory.types.base import CqlType

T = TypeVar("T")


class Scope:
    """The schema, the connection's keyspace, the dialect and the user's code; `markers` grows while the statement is planned.

    `called` are the user-defined functions and aggregates that it calls, `clause` is where terms are being planned.
    """

    __slots__ = (
        "_answers",
        "_first",
        "_markers",
        "_named",
        "_receivers",
        "_takes_keyspace",
        "called",
        "clause",
        "code",
        "dialect",
        "keyspace",
        "schema",
    )

    def __init__(
        self, schema: Schema, keyspace: str | None, dialect: Dialect, code: Code | None = None
    ) -> None:
        self.schema = schema
        self.code = code or Code()
        self.called: list[Function | Aggregate] = []
        self.clause = "WHERE"
        self.keyspace = keyspace
        self.dialect = dialect
        self._markers: dict[int, ColumnSpec] = {}
        self._receivers: dict[int, ColumnSpec] = {}
        self._named = keyspace
        self._first: Table | None = None
        self._takes_keyspace = False
        self._answers: dict[tuple[int, Hashable], tuple[object, Any]] = {}

    @property
    def markers(self) -> tuple[ColumnSpec, ...]:
        """Name and type of each marker, in the order of the text, once everything is planned."""
        return tuple(self._markers[index] for index in sorted(self._markers))

    @property
    def is_qualified(self) -> bool:
        """Whether every table is named with its keyspace, so that the connection's makes no difference."""
        return self._first is not None and not self._takes_keyspace

    @property
    def partition_key(self) -> tuple[int, ...]:
        """Which markers stand for the columns of the first table's partition key, by which a client finds a replica.

        None of them unless each column has one; of several for one column the last.
        """
        if self._first is None or not self._receivers:
            return ()
        last = {self._receivers[index]: index for index in sorted(self._receivers)}
        wanted = [spec_of(self._first, column) for column in self._first.partition_key]
        return tuple(last[spec] for spec in wanted) if all(spec in last for spec in wanted) else ()

    def bind(self, marker: ast.Marker, spec: ColumnSpec) -> Bind:
        """The marker as a term; a name of its own wins over the receiver's."""
        self._receivers[marker.index] = spec
        if marker.name is not None:
            spec = ColumnSpec(spec.keyspace, spec.table, marker.name, spec.type)
        self._markers[marker.index] = spec
        return Bind(spec.type, marker.index, spec.name)

    def table(self, name: ast.QualifiedName) -> Table:
        """The table or view that DML names."""
        keyspace = name.keyspace or self.keyspace
        if keyspace is None:
            raise InvalidRequest(
                "No keyspace has been specified. USE a keyspace, or explicitly specify keyspace.tablename"
            )
        if self.schema.keyspace(keyspace) is None:
            raise InvalidRequest(self.dialect.unknown_keyspace.format(keyspace))
        self._named = keyspace
        table = self.schema.table(keyspace, name.name)
        if table is None:
            raise InvalidRequest(self.dialect.unknown_table.format(keyspace=keyspace, table=name.name))
        self._takes_keyspace |= name.keyspace is None
        if self._first is None:
            self._first = table
        return table

    def is_virtual(self, table: Table) -> bool:
        """Whether the table is made up by the server when it is read."""
        keyspace = self.schema.keyspace(table.keyspace)
        return keyspace is not None and keyspace.is_virtual

    def function_keyspace(self, name: ast.QualifiedName) -> Keyspace | None:
        """Where a function of that name is looked for: unqualified, beside the table last asked for."""
        keyspace = name.keyspace or self._named
        return self.schema.keyspace(keyspace) if keyspace else None

    def once(self, node: object, question: Hashable, answer: Callable[[], T]) -> T:
        """The answer to a question about a node of the statement's tree, which is worked out but once.

        What a call means depends on what its arguments do, and is asked for each candidate of the call around it.
        """
        known = self._answers.get((id(node), question))
        if known is None:
            # The node is kept, so that its id stays its own.
            known = self._answers[id(node), question] = node, answer()
        found: T = known[1]
        return found

    def settle(self) -> None:
        """Nobody asks about the tree any more: the statement is planned."""
        self._answers.clear()

    def type(self, name: ast.TypeName) -> CqlType:
        """The type that a name means in a statement on the table last asked for."""
        keyspace = self.schema.keyspace(self._named) if self._named else None
        if keyspace is None:
            raise InvalidRequest(
                "No keyspace has been specified. USE a keyspace, or explicitly specify keyspace.tablename"
            )
        return cql_type(name, keyspace, self.dialect)

    def column(self, table: Table, name: str) -> Column:
        """The table's column of that name."""
        return self._column(table, name, self.dialect.unknown_column)

    def written_column(self, table: Table, name: str) -> Column:
        """The same for a column that is to be written."""
        return self._column(table, name, self.dialect.unknown_written_column)

    def _column(self, table: Table, name: str, refusal: str) -> Column:
        column = table.columns.get(name)
        if column is None or column.is_hidden:
            raise InvalidRequest(
                refusal.format(keyspace=table.keyspace, table=table.name, column=identifier(name), name=name)
            )
        return column


def spec_of(table: Table, column: Column) -> ColumnSpec:
    """The column as a receiver of values."""
    return ColumnSpec(table.keyspace, table.name, column.name, column.type)
