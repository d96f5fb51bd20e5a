"""The WHERE clause of SELECT, INSERT, UPDATE and DELETE: everything about it that schema and text alone show.

INSERT and UPDATE name rows, DELETE rows and ranges, SELECT anything, at the price of ALLOW FILTERING. The order of the
checks is the server's, since a clause may be wrong in several ways.
"""

from collections.abc import Iterable, Sequence
from typing import assert_never

from coodie_memory.cql import ast, text
from coodie_memory.dialect import FILTERING_NOT_ALLOWED, Dialect
from coodie_memory.errors import InvalidRequest
from coodie_memory.plan import indexing, relations
from coodie_memory.plan.scope import Scope
from coodie_memory.plan.where import (
    Contains,
    Equal,
    Like,
    Nearest,
    NoneOf,
    OneOf,
    Ordering,
    Restriction,
    Slice,
    StatementKind,
    TokenRestriction,
    Where,
)
from coodie_memory.schema.model import Column, Table
from coodie_memory.types.floats import FLOAT
from coodie_memory.types.vector import VectorType
from coodie_memory.value import replace

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
    orderings: Sequence[Ordering] = (),
) -> Where:
    """The clause's meaning for the table; `only_statics`: no column is touched but the partition key's and static ones.

    Nearness among the `orderings` is a restriction, too.

    `Where.needs_filtering` tells whether ALLOW FILTERING is still wanted for the whole; only SELECT, which has other
    things to say first, looks at it.
    """
    clause = _Clause(
        table, scope.dialect, uses_indexes=statement == "SELECT", allow_filtering=allow_filtering
    )
    expressions = [relation for relation in where if isinstance(relation, ast.IndexExpression)]
    if expressions and statement != "SELECT":
        raise InvalidRequest(
            "Custom index expressions cannot be used in WHERE clauses for UPDATE or DELETE statements"
        )
    for relation in where:
        _add(scope, clause, relation, statement)
    if any(one.vector for one in orderings):
        # Whatever the column is: that it is no vector shows later.
        _merge(clause.others, _nearest(orderings))
    if expressions:
        raise indexing.no_expressions(table, [one.index for one in expressions])
    if statement == "SELECT":
        return _of_select(scope, clause, only_statics=only_statics)
    return _of_modification(clause, statement, only_statics=only_statics)


class _Clause:
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
        return self.uses_indexes and any(indexing.is_answered(self.table, one) for one in restrictions)


def _add(scope: Scope, clause: _Clause, relation: ast.Relation, statement: StatementKind) -> None:
    table = clause.table
    match relation:
        case ast.NotNullRelation():
            raise InvalidRequest(
                scope.dialect.not_null_in_select.format(column=text.identifier(relation.column))
            )
        case ast.ColumnRelation(operator="LIKE"):
            restriction = relations.column_restriction(scope, table, relation)
            if statement != "SELECT" or not (
                scope.dialect.filters_like or clause.is_answered((restriction,))
            ):
                raise InvalidRequest(
                    "LIKE restriction is only supported on properly indexed columns. "
                    f"{text.relation(relation)} is not valid."
                )
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
        case ast.TokenRelation() if scope.is_virtual(table):
            _insert(clause, relations.token_restriction(scope, table, relation))
        case ast.TokenRelation():
            token = relations.token_restriction(scope, table, relation)
            clause.token = token if clause.token is None else relations.merged_tokens(clause.token, token)
        case ast.IndexExpression():
            pass  # refused before, or behind all others
        case _:
            assert_never(relation)


def columns_named(relation: ast.Relation) -> tuple[str, ...]:
    """The columns that a relation names, whether they exist or not."""
    match relation:
        case ast.TokenRelation() | ast.TupleRelation() | ast.TupleInRelation():
            return relation.columns
        case ast.IndexExpression():
            return ()
        case _:
            return (relation.column,)


def _nearest(orderings: Sequence[Ordering]) -> Nearest:
    vectors = [one.vector for one in orderings if one.vector is not None]
    if len(vectors) > 1:
        raise InvalidRequest("Cannot specify more than one ANN ordering")
    if len(orderings) > 1:
        raise InvalidRequest("ANN ordering does not support any other ordering")
    if orderings[0].descending:
        raise InvalidRequest("Descending ANN ordering is not supported")
    return Nearest((orderings[0].column,), vectors[0])


def _insert(clause: _Clause, new: Restriction) -> None:
    _require_one_manner(clause, new)
    restrictions = clause.of(new.columns[0])
    if clause.dialect.intersects_restrictions and not new.is_multi and _collides(restrictions, new):
        clause.repeated.append(new)
        return
    before = _distinct(clause.clustering) if restrictions is clause.clustering else ()
    _merge(restrictions, new)
    if before and not clause.allow_filtering and not clause.is_answered((new,)):
        _require_nothing_behind_slice(clause, before[-1], new)


def _collides(restrictions: dict[Column, Restriction], new: Restriction) -> bool:
    """Whether the restriction and an earlier one of its column do not go together as one."""
    existing = restrictions.get(new.columns[0])
    if existing is None:
        return False
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


def _require_one_manner(clause: _Clause, new: Restriction) -> None:
    """Refuse to restrict clustering columns both together and one by one, where that is not possible."""
    if new.columns[0].kind != "clustering" or clause.dialect.mixes_multi_column:
        return
    if any(one.is_multi != new.is_multi for one in clause.clustering.values()):
        raise InvalidRequest(
            "Mixing single column relations and multi column relations on clustering columns is not allowed"
        )


def _of_modification(clause: _Clause, statement: StatementKind, *, only_statics: bool) -> Where:
    _require_named_partitions(clause, statement)
    _require_no_clustering_beside_statics(clause, statement, only_statics=only_statics)
    names_prefix = clause.table.is_compact and bool(clause.clustering) and statement != "DELETE"
    if statement == "DELETE":
        _require_prefix(clause)
    elif names_prefix:
        _require_no_slices(clause)
        _require_prefix(clause)
    else:
        _require_full_clustering(clause, only_statics=only_statics)
    if statement == "DELETE":
        _require_deletable(clause)
    if clause.others:
        names = ", ".join(column.name for column in _by_name(clause.others))
        raise InvalidRequest(f"Non PRIMARY KEY columns found in where clause: {names} ")
    return Where(
        table=clause.table,
        partition=_distinct(clause.partition),
        clustering=_distinct(clause.clustering),
        filters=tuple(clause.repeated),
        nulls=len(clause.table.clustering) - len(clause.clustering) if names_prefix else 0,
    )


class _Access:
    """How a SELECT gets at its rows, decided column by column in the server's order.

    `must_ask`: filtering was not allowed, and has to be. `filtered` are the restrictions that an index must answer all of,
    or else rows are filtered.
    """

    def __init__(self, *, must_ask: bool, has_index: bool) -> None:
        self.must_ask = must_ask
        self.has_index = has_index
        self.is_range = False
        self.uses_index = False
        self.filtered: list[Restriction] = []


def _of_select(scope: Scope, clause: _Clause, *, only_statics: bool) -> Where:
    table = clause.table
    if _filters_partition(clause) or not clause.partition:
        clause.table = _without_local_indexes(table)
    partition, clustering = _distinct(clause.partition), _distinct(clause.clustering)
    others = tuple(clause.others[column] for column in _by_name(clause.others))
    if clause.token is not None and clause.partition and not clause.dialect.mixes_token_and_columns:
        names = ", ".join(column.name for column in clause.partition)
        raise InvalidRequest(
            f'Columns "{names}" cannot be restricted by both a normal relation and a token relation'
        )
    access = _Access(
        # A virtual table is filtered without being asked.
        must_ask=not clause.allow_filtering and not scope.is_virtual(clause.table),
        has_index=clause.is_answered((*partition, *clustering, *_asking(clause, others))),
    )
    _reach_partitions(access, clause, partition)
    _require_no_clustering_beside_statics(clause, "SELECT", only_statics=only_statics)
    beyond = _beyond_prefix(clustering)
    _reach_rows(access, clause, clustering, beyond)
    _reach_values(access, clause, others)
    filters = (
        *(one for one in partition if one in access.filtered),
        *(
            one
            for one in clustering
            if one in beyond or (one in access.filtered and clause.is_answered((one,)))
        ),
        *others,
        *clause.repeated,
    )
    where = Where(
        table=table,
        partition=partition,
        token=clause.token,
        clustering=clustering,
        others=others,
        is_key_range=access.is_range,
        uses_index=access.uses_index,
        needs_filtering=_needs_filtering(access, clause),
        lookup=indexing.lookup(clause.table, filters) if access.uses_index else None,
        filters=filters,
    )
    if where.uses_index and where.has_partition_in:
        raise InvalidRequest(
            "Select on indexed columns and with IN clause for the PRIMARY KEY are not supported"
        )
    return where


def _asking(clause: _Clause, others: tuple[Restriction, ...]) -> tuple[Restriction, ...]:
    """The restrictions on static and regular columns that an index may be asked for."""
    names_several = any(isinstance(one, OneOf) for one in clause.partition.values())
    if not (names_several and clause.dialect.avoids_indexes_beside_in):
        return others
    return tuple(one for one in others if isinstance(one, Nearest))


def _without_local_indexes(table: Table) -> Table:
    """The table as it is to whoever names no partition."""
    if not any(index.is_local for index in table.indexes.values()):
        return table
    return replace(
        table, indexes={name: index for name, index in table.indexes.items() if not index.is_local}
    )


def _reach_partitions(access: _Access, clause: _Clause, partition: Sequence[Restriction]) -> None:
    """Named partitions, a range of the ring, or, where the key is restricted otherwise, a scan that tries each key."""
    names_none = _filters_partition(clause)
    access.is_range = names_none or not partition
    access.uses_index = access.has_index and (names_none or not (partition or clause.token))
    if names_none and access.must_ask and not access.has_index:
        has_slice = any(isinstance(one, Slice) for one in partition)
        raise InvalidRequest(clause.dialect.partition_slice_refusal if has_slice else FILTERING_NOT_ALLOWED)
    if access.uses_index or names_none:
        access.filtered += partition


def _reach_rows(
    access: _Access, clause: _Clause, clustering: Sequence[Restriction], beyond: Sequence[Restriction]
) -> None:
    """Rows of a prefix and a slice behind it; what is restricted `beyond` is tried row by row."""
    may_filter = access.has_index or clause.allow_filtering
    if any(isinstance(one, Contains) for one in clustering) and not may_filter:
        raise InvalidRequest(clause.dialect.clustering_contains_refusal)
    going_on = _going_on(clustering, beyond)
    if any(isinstance(one, NoneOf | Like) and one not in going_on for one in clustering) and not may_filter:
        raise InvalidRequest(FILTERING_NOT_ALLOWED)
    if beyond and not may_filter:
        _require_prefix(clause)
    answers_rows = access.is_range and clause.is_answered(clustering)
    access.uses_index |= answers_rows or bool(beyond and access.has_index)
    if access.uses_index or beyond:
        access.filtered += clustering


def _reach_values(access: _Access, clause: _Clause, others: Sequence[Restriction]) -> None:
    """Static and regular columns: an index, or filtering."""
    if not others:
        return
    if any(isinstance(one, Nearest) for one in others):
        _require_indexed(clause, others)
    else:
        _refuse_vector_indexes(clause.table, others)
    if not access.has_index and access.must_ask:
        raise InvalidRequest(FILTERING_NOT_ALLOWED)
    access.uses_index |= access.has_index
    access.filtered += others


def _needs_filtering(access: _Access, clause: _Clause) -> bool:
    if not access.must_ask or not (access.is_range or access.uses_index):
        return False
    if (
        clause.dialect.filters_tuples_beside_index
        and clause.others
        and any(one.is_multi for one in clause.clustering.values())
    ):
        return True
    if access.filtered:
        return not indexing.covers(clause.table, access.filtered)
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
        raise InvalidRequest(
            clause.dialect.missing_partition_key.format(all=", ".join(missing), first=missing[0])
        )
    if any(isinstance(one, Slice) for one in clause.partition.values()):
        raise InvalidRequest(clause.dialect.partition_slice_refusal_in_writes.format(statement))


def _require_deletable(clause: _Clause) -> None:
    refusal, table = clause.dialect.compact_range_deletion, clause.table
    if refusal is None or not table.is_compact or len(table.clustering) > 1:
        return
    if any(isinstance(one, Slice) for one in clause.clustering.values()):
        raise InvalidRequest(refusal)


def _require_no_slices(clause: _Clause) -> None:
    if any(isinstance(one, Slice) for one in clause.clustering.values()):
        raise InvalidRequest(clause.dialect.update_slice_refusal)


def _require_full_clustering(clause: _Clause, *, only_statics: bool) -> None:
    _require_no_slices(clause)
    missing = [column.name for column in clause.table.clustering if column not in clause.clustering]
    if missing and not only_statics:
        if clause.dialect.refuses_gap_first:
            _require_prefix(clause)
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


def _going_on(clustering: Sequence[Restriction], beyond: Sequence[Restriction]) -> tuple[NoneOf, ...]:
    """NOT IN of the column that follows the prefix: no more rows are tried than for a slice."""
    prefix = [one for one in clustering if one not in beyond]
    position = prefix[-1].columns[-1].position + 1 if prefix else 0
    if not beyond or any(isinstance(one, Slice) for one in prefix):
        return ()
    first = beyond[0]
    is_last = len(beyond) == 1 and first.columns[0].position == position
    return (first,) if isinstance(first, NoneOf) and is_last else ()


def _require_indexed(clause: _Clause, others: Sequence[Restriction]) -> None:
    """Refuse to look for the nearest where an index cannot do all of it."""
    table = clause.table
    indexed = {index.column for index in table.indexes.values()}
    (column,) = next(one.columns for one in others if isinstance(one, Nearest))
    if not isinstance(column.type, VectorType) or column.type.element is not FLOAT:
        raise InvalidRequest("ANN ordering is only supported on float vector indexes")
    if column.name not in indexed:
        raise InvalidRequest("ANN ordering by vector requires the column to be indexed")
    unindexed = [one.columns[0] for one in others if one.columns[0].name not in indexed]
    rows_unindexed = any(each.name not in indexed for each in clause.clustering)
    beyond = _beyond_prefix(_distinct(clause.clustering))
    names_partition = len(clause.partition) == len(table.partition_key)
    if _filters_partition(clause) or unindexed or (rows_unindexed and (not names_partition or bool(beyond))):
        raise InvalidRequest("ANN ordering by vector requires all restricted column(s) to be indexed")


def _refuse_vector_indexes(table: Table, others: Sequence[Restriction]) -> None:
    indexed = {index.column for index in table.indexes.values()}
    vectors = [one.columns[0] for one in others if isinstance(one.columns[0].type, VectorType)]
    if vectors and vectors[0].name in indexed:
        raise InvalidRequest("Vector indexes only support ANN queries")


def _distinct(restrictions: dict[Column, Restriction]) -> tuple[Restriction, ...]:
    """Each restriction once, by the position of its first column."""
    if len(restrictions) < 2:
        return tuple(restrictions.values())
    ordered = sorted(restrictions.items(), key=lambda item: item[0].position)
    return tuple(dict.fromkeys(restriction for _, restriction in ordered))


def _by_name(columns: Iterable[Column]) -> list[Column]:
    return sorted(columns, key=lambda column: column.name.encode())
