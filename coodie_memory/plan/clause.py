"""The restrictions of a WHERE clause while they are gathered, and what is asked of them for any statement."""

from collections.abc import Iterable
from typing import assert_never

from coodie_memory.cql import ast
from coodie_memory.dialect import Dialect
from coodie_memory.errors import InvalidRequest
from coodie_memory.plan import indexing
from coodie_memory.plan.where import Equal, OneOf, Restriction, StatementKind, TokenRestriction
from coodie_memory.schema.model import Column, Table


class Clause:
    """The restrictions gathered so far, each under the columns it covers.

    `repeated` are those of a column that has one already, where that means the intersection.
    """

    def __init__(self, table: Table, dialect: Dialect, *, uses_indexes: bool, allow_filtering: bool) -> None:
        self.table = table
        self.dialect = dialect
        self.uses_indexes = uses_indexes
        self.allow_filtering = allow_filtering
        self.partition: dict[Column, Restriction] = {}
        self.clustering: dict[Column, Restriction] = {}
        self.others: dict[Column, Restriction] = {}
        self.token: TokenRestriction | None = None
        self.repeated: list[Restriction] = []

    def of(self, column: Column) -> dict[Column, Restriction]:
        """Where the restrictions of such a column are gathered."""
        match column.kind:
            case "partition_key":
                return self.partition
            case "clustering":
                return self.clustering
            case "static" | "regular":
                return self.others
            case _:
                assert_never(column.kind)

    def is_answered(self, restrictions: Iterable[Restriction]) -> bool:
        """Whether the statement may ask an index for one of the restrictions, and there is one."""
        return self.uses_indexes and any(indexing.is_answered(self.table, one) for one in restrictions)


def filters_partition(clause: Clause) -> bool:
    """Whether the partition key is restricted in a way that names no partition."""
    if not clause.partition:
        return False
    if len(clause.partition) < len(clause.table.partition_key):
        return True
    return any(not isinstance(one, Equal | OneOf) for one in clause.partition.values())


def require_no_clustering_beside_statics(
    clause: Clause, statement: StatementKind, *, only_statics: bool
) -> None:
    """Refuse to restrict rows where none is touched."""
    if not (only_statics and clause.clustering) or statement == "INSERT":
        return
    if statement == "SELECT":
        raise InvalidRequest("Cannot restrict clustering columns when selecting only static columns")
    raise InvalidRequest(
        f"Invalid restrictions on clustering columns since the {statement} statement modifies only static columns"
    )


def require_prefix(clause: Clause) -> None:
    """Refuse a clustering column that is restricted where one before it is not."""
    for restricted, column in zip(
        sorted(clause.clustering, key=lambda each: each.position), clause.table.clustering, strict=False
    ):
        if restricted != column:
            raise InvalidRequest(
                f'PRIMARY KEY column "{restricted.name}" cannot be restricted '
                f'as preceding column "{column.name}" is not restricted'
            )


def distinct(restrictions: dict[Column, Restriction]) -> tuple[Restriction, ...]:
    """Each restriction once, by the position of its first column."""
    if len(restrictions) < 2:
        return tuple(restrictions.values())
    ordered = sorted(restrictions.items(), key=lambda item: item[0].position)
    return tuple(dict.fromkeys(restriction for _, restriction in ordered))


def by_name(columns: Iterable[Column]) -> list[Column]:
    """The columns in the order of their names' bytes."""
    return sorted(columns, key=lambda column: column.name.encode())


def columns_named(relation: ast.Relation) -> tuple[str, ...]:
    """The columns that a relation names, whether they exist or not."""
    match relation:
        case ast.TokenRelation() | ast.TupleRelation() | ast.TupleInRelation():
            return relation.columns
        case ast.IndexExpression():
            return ()
        case _:
            return (relation.column,)
