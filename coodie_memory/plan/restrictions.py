"""The WHERE clause of SELECT, INSERT, UPDATE and DELETE: everything about it that schema and text alone show.

INSERT and UPDATE name rows, DELETE rows and ranges, SELECT anything, at the price of ALLOW FILTERING. The order of the
checks is the server's, since a clause may be wrong in several ways.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from coodie_memory.cql import ast, text
from coodie_memory.dialect import FILTERING_NOT_ALLOWED, Dialect
from coodie_memory.errors import CqlError, InvalidRequest, UnsupportedCQL
from coodie_memory.plan import indexing, relations
from coodie_memory.plan.scope import Scope
from coodie_memory.plan.where import (
    Contains,
    Equal,
    Like,
    NoneOf,
    OneOf,
    Restriction,
    Slice,
    StatementKind,
    TokenRestriction,
    Where,
)
from coodie_memory.schema.model import Column, Table
from coodie_memory.types.vector import VectorType

_FILTERS = (Contains, NoneOf, Like)
"""What never narrows the rows that are read."""


def analyse(
    scope: Scope,
    table: Table,
    where: Sequence[ast.Relation],
    statement: StatementKind,
    *,
    only_statics: bool = False,
    allow_filtering: bool = False,
) -> Where:
    """The clause's meaning for the table; `only_statics`: no column is touched but the partition key's and static ones.

    `Where.needs_filtering` tells whether ALLOW FILTERING is still wanted for the whole; only SELECT, which has other
    things to say first, looks at it.
    """
    clause = _Clause(
        table, scope.dialect, uses_indexes=statement == "SELECT", allow_filtering=allow_filtering
    )
    for relation in where:
        _add(scope, clause, relation, statement)
    if statement == "SELECT":
        return _of_select(scope, clause, only_statics=only_statics)
    return _of_modification(clause, statement, only_statics=only_statics)


@dataclass(slots=True)
class _Clause:
    """The restrictions gathered so far, each under the columns it covers."""

    table: Table
    dialect: Dialect
    uses_indexes: bool
    allow_filtering: bool
    partition: dict[Column, Restriction] = field(default_factory=dict)
    clustering: dict[Column, Restriction] = field(default_factory=dict)
    others: dict[Column, Restriction] = field(default_factory=dict)
    token: TokenRestriction | None = None
    repeated: list[Restriction] = field(default_factory=list)
    """What restricts a column once more, where that means the intersection."""

    def is_answered(self, restrictions: Iterable[Restriction]) -> bool:
        return self.uses_indexes and any(indexing.is_answered(self.table, one) for one in restrictions)


def _add(scope: Scope, clause: _Clause, relation: ast.Relation, statement: StatementKind) -> None:
    table = clause.table
    match relation:
        case ast.NotNullRelation():
            raise InvalidRequest(f"Unsupported restriction: {text.relation(relation)}")
        case ast.ColumnRelation(operator="LIKE"):
            restriction = relations.column_restriction(scope, table, relation)
            if not scope.dialect.filters_like or statement != "SELECT":
                raise _not_like(clause, relation, restriction, statement)
            _insert(clause, restriction)
        case ast.ColumnRelation():
            if relation.operator in ("CONTAINS", "CONTAINS KEY") and statement in ("UPDATE", "DELETE"):
                raise InvalidRequest(f"Cannot use {statement} with {relation.operator}")
            _insert(clause, relations.column_restriction(scope, table, relation))
        case ast.ColumnInRelation():
            _insert(clause, relations.in_restriction(scope, table, relation))
        case ast.ElementRelation():
            _insert(clause, relations.element_restriction(scope, table, relation))
        case ast.TupleRelation():
            _insert(clause, relations.tuple_restriction(scope, table, relation))
        case ast.TupleInRelation():
            _insert(clause, relations.tuple_in_restriction(scope, table, relation))
        case ast.TokenRelation():
            token = relations.token_restriction(scope, table, relation)
            clause.token = token if clause.token is None else relations.merged_tokens(clause.token, token)
        case ast.IndexExpression():
            raise UnsupportedCQL("expr() in WHERE is not supported")
        case _:
            assert_never(relation)


def _insert(clause: _Clause, new: Restriction) -> None:
    if clause.dialect.intersects_restrictions and clause.uses_indexes and _collides(clause, new):
        clause.repeated.append(new)
        return
    match new.columns[0].kind:
        case "partition_key":
            _merge(clause.partition, new)
        case "clustering":
            before = _distinct(clause.clustering)
            _merge(clause.clustering, new)
            if before and not clause.allow_filtering and not clause.is_answered((new,)):
                _require_nothing_behind_slice(clause, before[-1], new)
        case "static" | "regular":
            _merge(clause.others, new)
        case _:
            assert_never(new.columns[0].kind)


def _collides(clause: _Clause, new: Restriction) -> bool:
    """Whether the restriction and an earlier one of its columns do not go together as one."""
    for restrictions in (clause.partition, clause.clustering, clause.others):
        for existing in _distinct({c: restrictions[c] for c in new.columns if c in restrictions}):
            try:
                relations.merged(existing, new)
            except InvalidRequest:
                return True
    return False


def _merge(restrictions: dict[Column, Restriction], new: Restriction) -> None:
    for existing in _distinct({c: restrictions[c] for c in new.columns if c in restrictions}):
        new = relations.merged(existing, new)
    for column in new.columns:
        restrictions[column] = new


def _require_nothing_behind_slice(clause: _Clause, last: Restriction, new: Restriction) -> None:
    first, earlier = new.columns[0], last.columns[0]
    if isinstance(last, Slice) and first.position > earlier.position:
        raise InvalidRequest(
            f'Clustering column "{first.name}" cannot be restricted '
            f'(preceding column "{earlier.name}" is restricted by a non-EQ relation)'
        )
    if isinstance(new, Slice) and first.position < earlier.position:
        following = min(
            (column for column in clause.clustering if column.position > first.position),
            key=lambda column: column.position,
        )
        raise InvalidRequest(
            f'PRIMARY KEY column "{following.name}" cannot be restricted '
            f'(preceding column "{first.name}" is restricted by a non-EQ relation)'
        )


def _of_modification(clause: _Clause, statement: StatementKind, *, only_statics: bool) -> Where:
    _require_named_partitions(clause, statement)
    _require_no_clustering_beside_statics(clause, statement, only_statics=only_statics)
    if statement == "DELETE":
        _require_prefix(clause)
    else:
        _require_full_clustering(clause, statement, only_statics=only_statics)
    if clause.others:
        names = ", ".join(column.name for column in _by_name(clause.others))
        raise InvalidRequest(f"Non PRIMARY KEY columns found in where clause: {names} ")
    return Where(
        table=clause.table, partition=_distinct(clause.partition), clustering=_distinct(clause.clustering)
    )


def _of_select(scope: Scope, clause: _Clause, *, only_statics: bool) -> Where:
    partition, clustering = _distinct(clause.partition), _distinct(clause.clustering)
    others = tuple(clause.others[column] for column in _by_name(clause.others))
    # A virtual table is filtered without being asked.
    must_ask = not clause.allow_filtering and not _is_virtual(scope, clause.table)
    has_index = clause.is_answered((*partition, *clustering, *others))
    filtered: list[Restriction] = []

    filters_partition = _filters_partition(clause)
    is_range = filters_partition or not partition
    uses_index = has_index and (filters_partition or not (partition or clause.token))
    if filters_partition and must_ask and not has_index:
        has_slice = any(isinstance(one, Slice) for one in partition)
        raise InvalidRequest(clause.dialect.partition_slice_refusal if has_slice else FILTERING_NOT_ALLOWED)
    if uses_index or filters_partition:
        filtered += partition

    _require_no_clustering_beside_statics(clause, "SELECT", only_statics=only_statics)
    beyond = _beyond_prefix(clustering)
    if any(isinstance(one, Contains) for one in clustering) and not has_index and not clause.allow_filtering:
        raise InvalidRequest(
            "Clustering columns can only be restricted with CONTAINS with a secondary index or filtering"
        )
    if beyond and has_index:
        uses_index = True
    elif beyond and not clause.allow_filtering:
        _require_prefix(clause)
    if is_range and clause.is_answered(clustering):
        uses_index = True
    if uses_index or beyond:
        filtered += clustering
    tried = [one for one in clustering if one in filtered and (one in beyond or clause.is_answered((one,)))]

    if others:
        _refuse_vector_indexes(clause.table, others)
        if not has_index and must_ask:
            raise InvalidRequest(FILTERING_NOT_ALLOWED)
        uses_index |= has_index
        filtered += others
    filters = (*(one for one in partition if one in filtered), *tried, *others, *clause.repeated)
    needs_filtering = must_ask and (is_range or uses_index) and _needs_filtering(clause, filtered)
    where = Where(
        table=clause.table,
        partition=partition,
        token=clause.token,
        clustering=clustering,
        others=others,
        is_key_range=is_range,
        uses_index=uses_index,
        needs_filtering=needs_filtering,
        lookup=indexing.lookup(clause.table, filters) if uses_index else None,
        filters=filters,
    )
    if uses_index and where.has_partition_in:
        raise InvalidRequest(
            "Select on indexed columns and with IN clause for the PRIMARY KEY are not supported"
        )
    return where


def _needs_filtering(clause: _Clause, filtered: Sequence[Restriction]) -> bool:
    if filtered:
        return not indexing.covers(clause.table, filtered)
    # Rows of all partitions are named by clustering columns alone.
    return bool(clause.clustering)


def _filters_partition(clause: _Clause) -> bool:
    """Whether the partition key is restricted in a way that names no partition."""
    if not clause.partition:
        return False
    if len(clause.partition) < len(clause.table.partition_key):
        return True
    return any(not isinstance(one, Equal | OneOf) for one in clause.partition.values())


def _require_named_partitions(clause: _Clause, statement: StatementKind) -> None:
    missing = [column.name for column in clause.table.partition_key if column not in clause.partition]
    if clause.token is not None and (not clause.partition or _filters_partition(clause)):
        raise InvalidRequest(f"The token function cannot be used in WHERE clauses for {statement} statements")
    if missing:
        raise InvalidRequest(clause.dialect.missing_partition_key.format(", ".join(missing)))
    if any(isinstance(one, Slice) for one in clause.partition.values()):
        raise InvalidRequest(
            "Only EQ and IN relation are supported on the partition key "
            f"(unless you use the token() function) for {statement} statements"
        )


def _require_full_clustering(clause: _Clause, statement: StatementKind, *, only_statics: bool) -> None:
    if any(isinstance(one, Slice) for one in clause.clustering.values()):
        raise InvalidRequest(
            f"Slice restrictions are not supported on the clustering columns in {statement} statements"
        )
    missing = [column.name for column in clause.table.clustering if column not in clause.clustering]
    if missing and not only_statics:
        names = ", ".join(missing)
        raise InvalidRequest(clause.dialect.missing_clustering.format(all=names, first=missing[0]))


def _require_no_clustering_beside_statics(
    clause: _Clause, statement: StatementKind, *, only_statics: bool
) -> None:
    if not (only_statics and clause.clustering) or statement == "INSERT":
        return
    if statement == "SELECT":
        raise InvalidRequest("Cannot restrict clustering columns when selecting only static columns")
    raise InvalidRequest(
        f"Invalid restrictions on clustering columns since the {statement} statement modifies only static columns"
    )


def _require_prefix(clause: _Clause) -> None:
    for restricted, column in zip(
        sorted(clause.clustering, key=lambda each: each.position), clause.table.clustering, strict=False
    ):
        if restricted != column:
            raise InvalidRequest(
                f'PRIMARY KEY column "{restricted.name}" cannot be restricted '
                f'as preceding column "{column.name}" is not restricted'
            )


def _beyond_prefix(clustering: Sequence[Restriction]) -> tuple[Restriction, ...]:
    """The restrictions that do not go on where the ones before leave off: rows have to be tried for them."""
    position, beyond = 0, []
    for restriction in clustering:
        if isinstance(restriction, _FILTERS) or restriction.columns[0].position != position:
            beyond.append(restriction)
        elif not isinstance(restriction, Slice):
            position = restriction.columns[-1].position + 1
    return tuple(beyond)


def _refuse_vector_indexes(table: Table, others: Sequence[Restriction]) -> None:
    indexed = {index.column for index in table.indexes.values()}
    vectors = [one.columns[0] for one in others if isinstance(one.columns[0].type, VectorType)]
    if vectors and vectors[0].name in indexed:
        raise InvalidRequest("Vector indexes only support ANN queries")


def _not_like(
    clause: _Clause, relation: ast.ColumnRelation, restriction: Restriction, statement: StatementKind
) -> CqlError:
    name = restriction.columns[0].name
    indexes = [index for index in clause.table.indexes.values() if index.column == name]
    if statement == "SELECT" and any(map(indexing.is_sasi, indexes)):
        return UnsupportedCQL("LIKE on a SASI index is not supported yet")
    return InvalidRequest(
        f"LIKE restriction is only supported on properly indexed columns. {text.relation(relation)} is not valid."
    )


def _distinct(restrictions: dict[Column, Restriction]) -> tuple[Restriction, ...]:
    """Each restriction once, by the position of its first column."""
    ordered = sorted(restrictions.items(), key=lambda item: item[0].position)
    return tuple(dict.fromkeys(restriction for _, restriction in ordered))


def _by_name(columns: Iterable[Column]) -> list[Column]:
    return sorted(columns, key=lambda column: column.name.encode())


def _is_virtual(scope: Scope, table: Table) -> bool:
    keyspace = scope.schema.keyspace(table.keyspace)
    return keyspace is not None and keyspace.is_virtual
