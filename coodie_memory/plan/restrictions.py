"""The WHERE clause of SELECT, INSERT, UPDATE and DELETE: everything about it that schema and text alone show.

INSERT and UPDATE name rows, DELETE rows and ranges, SELECT anything, at the price of ALLOW FILTERING. The order of the
checks is the server's, since a clause may be wrong in several ways.
"""

from collections.abc import Sequence
from typing import assert_never

from coodie_memory.cql import ast, text
from coodie_memory.errors import InvalidRequest
from coodie_memory.plan import indexing, relations
from coodie_memory.plan.access import of_select
from coodie_memory.plan.clause import Clause, distinct
from coodie_memory.plan.reach import of_write
from coodie_memory.plan.scope import Scope
from coodie_memory.plan.where import (
    Nearest,
    Ordering,
    Restriction,
    Slice,
    StatementKind,
    Where,
)
from coodie_memory.schema.model import Column, Table


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
    scope.clause = "WHERE"
    clause = Clause(table, scope.dialect, uses_indexes=statement == "SELECT", allow_filtering=allow_filtering)
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
        return of_select(scope, clause, only_statics=only_statics)
    return of_write(clause, where, statement, only_statics=only_statics)


def _add(scope: Scope, clause: Clause, relation: ast.Relation, statement: StatementKind) -> None:
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
            refusal = scope.dialect.write_refusals.of_contains
            if (
                relation.operator in ("CONTAINS", "CONTAINS KEY")
                and statement in ("UPDATE", "DELETE")
                and refusal
            ):
                raise InvalidRequest(refusal.format(statement=statement, operator=relation.operator))
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


def _nearest(orderings: Sequence[Ordering]) -> Nearest:
    vectors = [one.vector for one in orderings if one.vector is not None]
    if len(vectors) > 1:
        raise InvalidRequest("Cannot specify more than one ANN ordering")
    if len(orderings) > 1:
        raise InvalidRequest("ANN ordering does not support any other ordering")
    if orderings[0].descending:
        raise InvalidRequest("Descending ANN ordering is not supported")
    return Nearest((orderings[0].column,), vectors[0])


def _insert(clause: Clause, new: Restriction) -> None:
    _require_one_manner(clause, new)
    restrictions = clause.of(new.columns[0])
    if clause.dialect.intersects_restrictions and not new.is_multi and _collides(restrictions, new):
        clause.repeated.append(new)
        return
    before = distinct(clause.clustering) if restrictions is clause.clustering else ()
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
    for existing in distinct({c: restrictions[c] for c in new.columns if c in restrictions}):
        new = relations.merged(existing, new)
    for column in new.columns:
        restrictions[column] = new


def _require_nothing_behind_slice(clause: Clause, last: Restriction, new: Restriction) -> None:
    first, earlier = new.columns[0], last.columns[0]
    if isinstance(last, Slice) and first.position > earlier.position:
        raise InvalidRequest(
            f'Clustering column "{first.name}" cannot be restricted '
            f'(preceding column "{earlier.name}" is restricted by a non-EQ relation)'
        )
    if isinstance(new, Slice) and first.position < earlier.position:
        starts = [one.columns[0] for one in distinct(clause.clustering)]
        following = min(
            (start for start in starts if start.position > first.position), key=lambda column: column.position
        )
        raise InvalidRequest(
            f'PRIMARY KEY column "{following.name}" cannot be restricted '
            f'(preceding column "{first.name}" is restricted by a non-EQ relation)'
        )


def _require_one_manner(clause: Clause, new: Restriction) -> None:
    """Refuse to restrict clustering columns both together and one by one, where that is not possible."""
    if new.columns[0].kind != "clustering" or clause.dialect.mixes_multi_column:
        return
    if any(one.is_multi != new.is_multi for one in clause.clustering.values()):
        raise InvalidRequest(
            "Mixing single column relations and multi column relations on clustering columns is not allowed"
        )
