"""Which rows an INSERT, UPDATE or DELETE reaches: named ones, and ranges for DELETE; the order of checks is the server's."""

from collections.abc import Iterable, Sequence

from coodie_memory.cql import ast, text
from coodie_memory.errors import InvalidRequest
from coodie_memory.plan.clause import (
    Clause,
    by_name,
    columns_named,
    distinct,
    filters_partition,
    require_no_clustering_beside_statics,
    require_prefix,
)
from coodie_memory.plan.where import Contains, Equal, OneOf, Restriction, Slice, StatementKind, Where
from coodie_memory.schema.model import Column


def of_write(
    clause: Clause, where: Sequence[ast.Relation], statement: StatementKind, *, only_statics: bool
) -> Where:
    """The clause of a write, which was written as `where`."""
    names_prefix = clause.table.is_compact and bool(clause.clustering) and statement != "DELETE"
    if clause.dialect.refuses_manners_first:
        _check_manners(clause, where, statement, only_statics=only_statics)
        _check_completeness(clause, statement, only_statics=only_statics or names_prefix)
    else:
        _check_by_columns(clause, where, statement, only_statics=only_statics, names_prefix=names_prefix)
    return Where(
        table=clause.table,
        partition=distinct(clause.partition),
        clustering=distinct(clause.clustering),
        filters=tuple(clause.repeated),
        nulls=len(clause.table.clustering) - len(clause.clustering) if names_prefix else 0,
    )


def _check_by_columns(
    clause: Clause,
    where: Sequence[ast.Relation],
    statement: StatementKind,
    *,
    only_statics: bool,
    names_prefix: bool,
) -> None:
    """Look at the partition key first, then at the clustering columns, then at the rest."""
    _require_named_partitions(clause, where, statement)
    require_no_clustering_beside_statics(clause, statement, only_statics=only_statics)
    if statement == "DELETE":
        require_prefix(clause)
        _require_deletable(clause)
    elif names_prefix:
        _require_no_slices(clause, where)
        require_prefix(clause)
    else:
        _require_full_clustering(clause, where, only_statics=only_statics)
    _require_no_values(clause)


def _check_manners(
    clause: Clause, where: Sequence[ast.Relation], statement: StatementKind, *, only_statics: bool
) -> None:
    """Look at what is written, whatever is missing."""
    _require_no_partition_slices(clause, statement)
    require_no_clustering_beside_statics(clause, statement, only_statics=only_statics)
    if any(isinstance(one, Contains) for one in clause.clustering.values()):
        raise InvalidRequest(clause.dialect.clustering_contains_refusal)
    require_prefix(clause)
    if clause.token is not None:
        _refuse_token(clause, where, statement)
    _require_no_values(clause)
    if statement == "DELETE":
        _require_deletable(clause)
    else:
        _require_no_slices(clause, where)


def _check_completeness(clause: Clause, statement: StatementKind, *, only_statics: bool) -> None:
    """Look at what is missing, clustering columns first."""
    if statement != "DELETE" and not only_statics:
        _require_clustering(clause)
    _require_partition_key(clause)


def _require_named_partitions(
    clause: Clause, where: Sequence[ast.Relation], statement: StatementKind
) -> None:
    if clause.token is not None and (not clause.partition or filters_partition(clause)):
        _refuse_token(clause, where, statement)
    _require_partition_key(clause)
    _require_no_partition_slices(clause, statement)


def _refuse_token(clause: Clause, where: Iterable[ast.Relation], statement: StatementKind) -> None:
    if clause.partition and not clause.dialect.mixes_token_and_columns:
        names = ", ".join(column.name for column in clause.partition)
        raise InvalidRequest(
            f'Columns "{names}" cannot be restricted by both a normal relation and a token relation'
        )
    written = _joined(relation for relation in where if isinstance(relation, ast.TokenRelation))
    raise InvalidRequest(clause.dialect.write_refusals.of_ring.format(statement=statement, relations=written))


def _require_partition_key(clause: Clause) -> None:
    missing = _missing(clause.table.partition_key, clause.partition)
    if missing:
        raise InvalidRequest(
            clause.dialect.missing_partition_key.format(all=", ".join(missing), first=missing[0])
        )


def _require_no_partition_slices(clause: Clause, statement: StatementKind) -> None:
    if any(not isinstance(one, Equal | OneOf) for one in clause.partition.values()):
        raise InvalidRequest(clause.dialect.partition_slice_refusal_in_writes.format(statement))


def _require_deletable(clause: Clause) -> None:
    refusal, table = clause.dialect.compact_range_deletion, clause.table
    if refusal is None or not table.is_compact or len(table.clustering) > 1:
        return
    if any(isinstance(one, Slice) for one in clause.clustering.values()):
        raise InvalidRequest(refusal)


def _require_no_slices(clause: Clause, where: Iterable[ast.Relation]) -> None:
    if any(isinstance(one, Slice) for one in clause.clustering.values()):
        names = {column.name for column in clause.clustering}
        written = _joined(relation for relation in where if not names.isdisjoint(columns_named(relation)))
        raise InvalidRequest(clause.dialect.write_refusals.of_slice.format(relations=written))


def _require_full_clustering(clause: Clause, where: Sequence[ast.Relation], *, only_statics: bool) -> None:
    _require_no_slices(clause, where)
    if not only_statics:
        _require_clustering(clause)


def _require_clustering(clause: Clause) -> None:
    missing = _missing(clause.table.clustering, clause.clustering)
    if missing:
        names = ", ".join(missing)
        raise InvalidRequest(clause.dialect.missing_clustering.format(all=names, first=missing[0]))


def _require_no_values(clause: Clause) -> None:
    if clause.others:
        names = ", ".join(column.name for column in by_name(clause.others))
        raise InvalidRequest(clause.dialect.write_refusals.of_values.format(columns=names))


def _missing(key: Iterable[Column], restrictions: dict[Column, Restriction]) -> list[str]:
    return [column.name for column in key if column not in restrictions]


def _joined(written: Iterable[ast.Relation]) -> str:
    return f"({') AND ('.join(map(text.relation, written))})"
