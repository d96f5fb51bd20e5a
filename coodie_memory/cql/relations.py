"""WHERE and IF: relations and conditions."""

from coodie_memory.cql import ast, names, terms, tokens
from coodie_memory.cql.cursor import Cursor

_COMPARISONS: dict[str, ast.Operator] = {"=": "=", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "!=": "!="}
_COLUMNS = tokens.NAMES | {tokens.EMPTY_QUOTED_NAME}
_MARKERS = frozenset({tokens.MARKER, ":"})
_AFTER_COLUMN = frozenset({*_COMPARISONS, "[", "K_CONTAINS", "K_IN", "K_IS", "K_LIKE"})
_AFTER_CONDITION_COLUMN = frozenset({*_COMPARISONS, "[", ".", "K_CONTAINS", "K_IN"})
_AFTER_MODIFICATION = frozenset({tokens.EOF, ";", "K_APPLY", "K_DELETE", "K_INSERT", "K_UPDATE"})


def where(cursor: Cursor) -> tuple[ast.Relation, ...]:
    """The relations behind WHERE."""
    relations = [relation(cursor)]
    while cursor.skip("K_AND"):
        relations.append(relation(cursor))
    most = cursor.dialect.most_relations
    if most is not None and len(relations) > most:
        raise cursor.refusal(f"Too many relations in WHERE: {len(relations)}, and the limit is {most}")
    return tuple(relations)


def relation(cursor: Cursor) -> ast.Relation:
    """One relation, whatever parentheses are around it."""
    kind = cursor.kind
    if kind in _COLUMNS:
        return _column_relation(cursor)
    match kind:
        case "(":
            return _parenthesised(cursor)
        case "K_TOKEN":
            cursor.take()
            columns = names.columns(cursor)
            return ast.TokenRelation(columns, comparison(cursor), terms.term(cursor))
        case "expr(" if cursor.dialect.grammar.index_expressions:
            return _index_expression(cursor)
        case _:
            raise cursor.no_viable()


def comparison(cursor: Cursor) -> ast.Operator:
    """`=`, `<`, `<=`, `>`, `>=`, `!=`."""
    operator = _COMPARISONS.get(cursor.kind)
    if operator is None:
        raise cursor.no_viable()
    cursor.take()
    return operator


def _column_relation(cursor: Cursor) -> ast.Relation:
    following = cursor.peek(1)
    if following in _COMPARISONS:
        return ast.ColumnRelation(names.column(cursor), comparison(cursor), terms.term(cursor))
    match following:
        case "K_IN":
            cursor.require(_MARKERS | {"("}, 2)
            column = names.column(cursor)
            cursor.expect("K_IN")
            return ast.ColumnInRelation(column, terms.in_values(cursor))
        case "K_LIKE":
            column = names.column(cursor)
            cursor.expect("K_LIKE")
            return ast.ColumnRelation(column, "LIKE", terms.term(cursor))
        case "K_CONTAINS":
            return ast.ColumnRelation(names.column(cursor), _contains(cursor), terms.term(cursor))
        case "K_IS":
            column = names.column(cursor)
            cursor.expect("K_IS", "K_NOT", "K_NULL")
            return ast.NotNullRelation(column)
        case "[":
            column = names.column(cursor)
            key = _key(cursor)
            return ast.ElementRelation(column, key, comparison(cursor), terms.term(cursor))
        case "K_NOT" if cursor.dialect.allows_not_in:
            column = names.column(cursor)
            cursor.expect("K_NOT", "K_IN")
            return ast.ColumnInRelation(column, terms.in_values(cursor), negated=True)
        case _:
            raise cursor.no_viable(1)


def _contains(cursor: Cursor) -> ast.Operator:
    cursor.expect("K_CONTAINS")
    if cursor.kind == "K_KEY" and cursor.peek(1) in terms.START:
        cursor.take()
        return "CONTAINS KEY"
    return "CONTAINS"


def _key(cursor: Cursor) -> ast.Term:
    cursor.expect("[")
    key = terms.term(cursor)
    cursor.expect("]")
    return key


def _parenthesised(cursor: Cursor) -> ast.Relation:
    """`(a, b) > (1, 2)`, or a relation in parentheses."""
    if cursor.peek(1) not in {"(", "K_TOKEN"}:
        cursor.require(_COLUMNS, 1)
        cursor.require(_AFTER_COLUMN | {")", ","}, 2)
        if cursor.peek(2) in {")", ","}:
            return _tuple_relation(cursor)
    depth = cursor.depth
    cursor.descend()
    cursor.expect("(")
    inner = relation(cursor)
    cursor.expect(")")
    cursor.depth = depth
    return inner


def _tuple_relation(cursor: Cursor) -> ast.Relation:
    columns = names.columns(cursor)
    if cursor.kind == "K_NOT" and cursor.dialect.allows_not_in:
        cursor.expect("K_NOT", "K_IN")
        return ast.TupleInRelation(columns, _tuples(cursor), negated=True)
    if cursor.skip("K_IN"):
        return ast.TupleInRelation(columns, _tuples(cursor))
    cursor.require(_COMPARISONS)
    cursor.require(_MARKERS | {"("}, 1)
    operator = comparison(cursor)
    value = terms.tuple_literal(cursor) if cursor.kind == "(" else terms.marker(cursor)
    return ast.TupleRelation(columns, operator, value)


def _tuples(cursor: Cursor) -> tuple[ast.TupleLiteral[ast.Term] | ast.Marker, ...] | ast.Marker:
    """`((1, 2), (3, 4))`, `(?, ?)`, `()`, `?`; tuples and markers do not mix."""
    if cursor.kind in _MARKERS:
        return terms.marker(cursor)
    cursor.require({"("})
    first = cursor.peek(1)
    cursor.require(_MARKERS | {"(", ")"}, 1)
    cursor.expect("(")
    if cursor.skip(")"):
        return ()
    element = terms.tuple_literal if first == "(" else terms.marker
    elements = [element(cursor)]
    while cursor.skip(","):
        elements.append(element(cursor))
    cursor.expect(")")
    return tuple(elements)


def _index_expression(cursor: Cursor) -> ast.IndexExpression:
    cursor.expect("expr(")
    index = names.index(cursor)
    cursor.expect(",")
    value = terms.term(cursor)
    cursor.expect(")")
    return ast.IndexExpression(index, value)


def conditions(cursor: Cursor) -> tuple[bool, tuple[ast.Condition, ...]]:
    """What stands behind IF of UPDATE and DELETE: whether it is EXISTS, or the conditions."""
    if not cursor.skip("K_IF"):
        return False, ()
    if cursor.kind == "K_EXISTS":
        cursor.require(_AFTER_MODIFICATION | _AFTER_CONDITION_COLUMN, 1)
        if cursor.peek(1) in _AFTER_MODIFICATION:
            cursor.take()
            return True, ()
    cursor.require(_COLUMNS)
    written = [_condition(cursor)]
    while cursor.skip("K_AND"):
        written.append(_condition(cursor))
    return False, tuple(written)


def _condition(cursor: Cursor) -> ast.Condition:
    column = names.column(cursor)
    target: ast.Target
    match cursor.kind:
        case "K_CONTAINS" if cursor.dialect.lwt_allows_contains:
            return ast.Comparison(ast.ColumnTarget(column), _contains(cursor), terms.term(cursor))
        case "[":
            target = ast.ElementTarget(column, _key(cursor))
        case ".":
            cursor.take()
            target = ast.FieldTarget(column, names.identifier(cursor))
        case _:
            target = ast.ColumnTarget(column)
    if cursor.skip("K_IN"):
        return ast.Membership(target, terms.in_values(cursor))
    if cursor.kind == "K_NOT" and cursor.dialect.allows_not_in:
        cursor.expect("K_NOT", "K_IN")
        return ast.Membership(target, terms.in_values(cursor), negated=True)
    if cursor.kind == "K_LIKE" and cursor.dialect.filters_like:
        cursor.take()
        return ast.Comparison(target, "LIKE", terms.term(cursor))
    return ast.Comparison(target, comparison(cursor), terms.term(cursor))
