"""SELECT, INSERT, UPDATE, DELETE, BATCH, TRUNCATE, USE."""

from coodie_memory.cql import ast, clauses, names, relations, selectors, terms, tokens
from coodie_memory.cql.assignments import assignments, targets
from coodie_memory.cql.cursor import Cursor

_DELETABLE = tokens.NAMES | {tokens.EMPTY_QUOTED_NAME}
_BATCHED = frozenset({"K_INSERT", "K_UPDATE", "K_DELETE"})


def select(cursor: Cursor) -> ast.Select:
    """`SELECT …`."""
    cursor.expect("K_SELECT")
    json = cursor.kind == "K_JSON" and _is_modifier(cursor)
    if json:
        cursor.take()
    distinct = cursor.kind == "K_DISTINCT" and _is_modifier(cursor)
    if distinct:
        cursor.take()
    selection = selectors.selection(cursor)
    if cursor.dialect.allows_select_without_from and cursor.kind != "K_FROM" and not distinct:
        return ast.Select(
            table=None,
            selection=selection,
            json=json,
            limit=terms.integer(cursor) if cursor.skip("K_LIMIT") else None,
            using=clauses.using_timeout(cursor),
        )
    cursor.expect("K_FROM")
    return ast.Select(
        table=names.table(cursor),
        selection=selection,
        distinct=distinct,
        json=json,
        where=relations.where(cursor) if cursor.skip("K_WHERE") else (),
        group_by=_group_by(cursor),
        orderings=_orderings(cursor),
        per_partition_limit=_per_partition_limit(cursor),
        limit=terms.integer(cursor) if cursor.skip("K_LIMIT") else None,
        allow_filtering=_allow_filtering(cursor),
        bypass_cache=_bypass_cache(cursor),
        using=clauses.using_timeout(cursor),
    )


def _is_modifier(cursor: Cursor) -> bool:
    """Whether JSON or DISTINCT is the modifier; both may also name a column."""

    def modified(ahead: Cursor) -> bool:
        is_json = ahead.kind == "K_JSON"
        ahead.take()
        if is_json and ahead.kind == "K_DISTINCT" and _is_modifier(ahead):
            ahead.take()
        selectors.selection(ahead)
        return True

    at, markers = cursor.at, cursor.markers
    follows = cursor.attempt(modified) is not None
    cursor.reach = max(cursor.reach, cursor.at)
    cursor.at, cursor.markers, cursor.kind = at, markers, cursor.kinds[at]
    return follows


def _group_by(cursor: Cursor) -> tuple[ast.Selector, ...]:
    if not cursor.skip("K_GROUP"):
        return ()
    cursor.expect("K_BY")
    groups = [_group(cursor)]
    while cursor.skip(","):
        groups.append(_group(cursor))
    return tuple(groups)


def _group(cursor: Cursor) -> ast.Selector:
    if cursor.dialect.grammar.functions_in_group_by:
        return selectors.selector(cursor)
    return ast.ColumnSelector(names.column(cursor))


def _orderings(cursor: Cursor) -> tuple[ast.Ordering, ...]:
    if not cursor.skip("K_ORDER"):
        return ()
    cursor.expect("K_BY")
    orderings = [_ordering(cursor)]
    while cursor.skip(","):
        orderings.append(_ordering(cursor))
    return tuple(orderings)


def _ordering(cursor: Cursor) -> ast.Ordering:
    column = names.column(cursor)
    nearest_to = None
    if cursor.skip("K_ANN"):
        cursor.expect("K_OF")
        nearest_to = terms.term(cursor)
    descending = cursor.skip("K_DESC")
    if not descending:
        cursor.skip("K_ASC")
    return ast.Ordering(column, descending, nearest_to)


def _per_partition_limit(cursor: Cursor) -> ast.IntegerTerm | None:
    if not cursor.skip("K_PER"):
        return None
    cursor.expect("K_PARTITION", "K_LIMIT")
    return terms.integer(cursor)


def _allow_filtering(cursor: Cursor) -> bool:
    if not cursor.skip("K_ALLOW"):
        return False
    cursor.expect("K_FILTERING")
    return True


def _bypass_cache(cursor: Cursor) -> bool:
    if not (cursor.dialect.allows_bypass_cache and clauses.word(cursor, "bypass")):
        return False
    if not clauses.word(cursor, "cache"):
        raise cursor.no_viable()
    return True


def insert(cursor: Cursor) -> ast.Insert | ast.InsertJson:
    """`INSERT INTO …`."""
    cursor.expect("K_INSERT", "K_INTO")
    table = names.table(cursor)
    if cursor.skip("K_JSON"):
        return _insert_json(cursor, table)
    cursor.require({"("})
    columns = names.columns(cursor)
    cursor.expect("K_VALUES")
    return ast.Insert(
        table=table,
        columns=columns,
        values=terms.values(cursor),
        if_not_exists=clauses.if_not_exists(cursor),
        using=clauses.using(cursor),
    )


def _insert_json(cursor: Cursor, table: ast.QualifiedName) -> ast.InsertJson:
    return ast.InsertJson(
        table=table,
        value=terms.string(cursor),
        default_unset=_default_unset(cursor),
        if_not_exists=clauses.if_not_exists(cursor),
        using=clauses.using(cursor),
    )


def _default_unset(cursor: Cursor) -> bool:
    if not cursor.skip("K_DEFAULT") or cursor.skip("K_NULL"):
        return False
    if not cursor.skip("K_UNSET"):
        raise cursor.no_viable()
    return True


def update(cursor: Cursor) -> ast.Update:
    """`UPDATE …`."""
    cursor.expect("K_UPDATE")
    table = names.table(cursor)
    attributes = clauses.using(cursor)
    cursor.expect("K_SET")
    changes = assignments(cursor)
    cursor.expect("K_WHERE")
    where = relations.where(cursor)
    exists, conditions = relations.conditions(cursor)
    return ast.Update(
        table=table,
        assignments=changes,
        where=where,
        using=attributes,
        if_exists=exists,
        conditions=conditions,
    )


def delete(cursor: Cursor) -> ast.Delete:
    """`DELETE …`."""
    cursor.expect("K_DELETE")
    deleted = targets(cursor) if cursor.kind in _DELETABLE else ()
    cursor.expect("K_FROM")
    table = names.table(cursor)
    attributes = clauses.using_timestamp(cursor)
    cursor.expect("K_WHERE")
    where = relations.where(cursor)
    exists, conditions = relations.conditions(cursor)
    return ast.Delete(
        table=table, targets=deleted, where=where, using=attributes, if_exists=exists, conditions=conditions
    )


def batch(cursor: Cursor) -> ast.Batch:
    """`BEGIN … APPLY BATCH`."""
    cursor.expect("K_BEGIN")
    kind: ast.BatchKind = "LOGGED"
    if cursor.skip("K_UNLOGGED"):
        kind = "UNLOGGED"
    elif cursor.skip("K_COUNTER"):
        kind = "COUNTER"
    cursor.expect("K_BATCH")
    attributes = clauses.using(cursor)
    statements: list[ast.Modification] = []
    while cursor.kind in _BATCHED:
        statements.append(_modification(cursor))
        cursor.skip(";")
    cursor.expect("K_APPLY", "K_BATCH")
    return ast.Batch(kind=kind, statements=tuple(statements), using=attributes)


def _modification(cursor: Cursor) -> ast.Modification:
    match cursor.kind:
        case "K_INSERT":
            return insert(cursor)
        case "K_UPDATE":
            return update(cursor)
        case _:
            return delete(cursor)


def truncate(cursor: Cursor) -> ast.Truncate:
    """`TRUNCATE [TABLE] …`."""
    cursor.expect("K_TRUNCATE")
    cursor.skip("K_COLUMNFAMILY")
    return ast.Truncate(table=names.table(cursor), using=clauses.using_timeout(cursor))


def use(cursor: Cursor) -> ast.Use:
    """`USE …`."""
    cursor.expect("K_USE")
    return ast.Use(names.keyspace(cursor))
