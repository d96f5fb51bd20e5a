"""How a SELECT gets at the rows that WHERE is about: by name, by an index, or by looking at all there are.

Decided column by column in the server's order: the partition key, the clustering columns, the rest.
"""

from collections.abc import Sequence

from coodie_memory.dialect import FILTERING_NOT_ALLOWED
from coodie_memory.errors import InvalidRequest
from coodie_memory.plan import indexing
from coodie_memory.plan.clause import (
    Clause,
    by_name,
    distinct,
    filters_partition,
    require_no_clustering_beside_statics,
    require_prefix,
)
from coodie_memory.plan.scope import Scope
from coodie_memory.plan.where import Contains, Like, Nearest, NoneOf, OneOf, Restriction, Slice, Where
from coodie_memory.schema.model import Table
from coodie_memory.types.floats import FLOAT
from coodie_memory.types.vector import VectorType
from coodie_memory.value import replace

_FILTERS = (Contains, NoneOf, Like)
"""What never narrows the rows that are read."""


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


def of_select(scope: Scope, clause: Clause, *, only_statics: bool) -> Where:
    """The clause of a SELECT, with ALLOW FILTERING still to be asked for."""
    table = clause.table
    if filters_partition(clause) or not clause.partition:
        clause.table = _without_local_indexes(table)
    partition, clustering = distinct(clause.partition), distinct(clause.clustering)
    others = tuple(clause.others[column] for column in by_name(clause.others))
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
    require_no_clustering_beside_statics(clause, "SELECT", only_statics=only_statics)
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


def _asking(clause: Clause, others: tuple[Restriction, ...]) -> tuple[Restriction, ...]:
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


def _reach_partitions(access: _Access, clause: Clause, partition: Sequence[Restriction]) -> None:
    """Named partitions, a range of the ring, or, where the key is restricted otherwise, a scan that tries each key."""
    names_none = filters_partition(clause)
    access.is_range = names_none or not partition
    access.uses_index = access.has_index and (names_none or not (partition or clause.token))
    if names_none and access.must_ask and not access.has_index:
        has_slice = any(isinstance(one, Slice) for one in partition)
        raise InvalidRequest(clause.dialect.partition_slice_refusal if has_slice else FILTERING_NOT_ALLOWED)
    if access.uses_index or names_none:
        access.filtered += partition


def _reach_rows(
    access: _Access, clause: Clause, clustering: Sequence[Restriction], beyond: Sequence[Restriction]
) -> None:
    """Rows of a prefix and a slice behind it; what is restricted `beyond` is tried row by row."""
    may_filter = access.has_index or clause.allow_filtering
    if any(isinstance(one, Contains) for one in clustering) and not may_filter:
        raise InvalidRequest(clause.dialect.clustering_contains_refusal)
    going_on = _going_on(clustering, beyond)
    if any(isinstance(one, NoneOf | Like) and one not in going_on for one in clustering) and not may_filter:
        raise InvalidRequest(FILTERING_NOT_ALLOWED)
    if beyond and not may_filter:
        require_prefix(clause)
    answers_rows = access.is_range and clause.is_answered(clustering)
    access.uses_index |= answers_rows or bool(beyond and access.has_index)
    if access.uses_index or beyond:
        access.filtered += clustering


def _reach_values(access: _Access, clause: Clause, others: Sequence[Restriction]) -> None:
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


def _needs_filtering(access: _Access, clause: Clause) -> bool:
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


def _require_indexed(clause: Clause, others: Sequence[Restriction]) -> None:
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
    beyond = _beyond_prefix(distinct(clause.clustering))
    names_partition = len(clause.partition) == len(table.partition_key)
    if filters_partition(clause) or unindexed or (rows_unindexed and (not names_partition or bool(beyond))):
        raise InvalidRequest("ANN ordering by vector requires all restricted column(s) to be indexed")


def _refuse_vector_indexes(table: Table, others: Sequence[Restriction]) -> None:
    indexed = {index.column for index in table.indexes.values()}
    vectors = [one.columns[0] for one in others if isinstance(one.columns[0].type, VectorType)]
    if vectors and vectors[0].name in indexed:
        raise InvalidRequest("Vector indexes only support ANN queries")
