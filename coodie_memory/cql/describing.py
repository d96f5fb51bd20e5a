"""DESCRIBE."""

from coodie_memory.cql import ast, clauses, names, tokens
from coodie_memory.cql.cursor import Cursor

_LISTINGS: dict[str, ast.DescribeListing] = {
    "K_KEYSPACES": "keyspaces",
    "K_TABLES": "tables",
    "K_TYPES": "types",
    "K_FUNCTIONS": "functions",
    "K_AGGREGATES": "aggregates",
}
_END = frozenset({tokens.EOF, ";", "K_WITH"})
_GENERIC_END = _END | {"."}
_FUNCTIONS = tokens.NAMES | {"K_TOKEN", tokens.MARKER}


def describe(cursor: Cursor) -> ast.Describe:
    """`DESCRIBE …` or `DESC …`."""
    cursor.take()
    kind = cursor.kind
    if kind in _LISTINGS:
        cursor.settle(1)
        cursor.take()
        return ast.DescribeNames(_LISTINGS[kind], _internals(cursor))
    match kind:
        case "K_CLUSTER":
            cursor.settle(1)
            cursor.take()
            return ast.DescribeCluster(_internals(cursor))
        case "K_FULL" | "K_SCHEMA":
            return _schema(cursor)
        case "K_KEYSPACE":
            return _keyspace(cursor)
        case "K_ONLY" if _is_object(cursor, frozenset({"K_KEYSPACE"})):
            return _keyspace(cursor)
        case "K_COLUMNFAMILY":
            cursor.take()
            return ast.DescribeElement("table", names.table(cursor), _internals(cursor))
        case "K_INDEX":
            cursor.take()
            return ast.DescribeElement("index", names.table(cursor), _internals(cursor))
        case "K_MATERIALIZED":
            cursor.expect("K_MATERIALIZED", "K_VIEW")
            return ast.DescribeElement("materialized view", names.table(cursor), _internals(cursor))
        case "K_TYPE" if _is_object(cursor, tokens.NAMES):
            cursor.take()
            return ast.DescribeElement("type", names.user_type(cursor), _internals(cursor))
        case "K_FUNCTION" if _is_object(cursor, _FUNCTIONS):
            cursor.take()
            return ast.DescribeElement("function", names.function(cursor), _internals(cursor))
        case "K_AGGREGATE" if _is_object(cursor, _FUNCTIONS):
            cursor.take()
            return ast.DescribeElement("aggregate", names.function(cursor), _internals(cursor))
        case _:
            return _generic(cursor)


def _is_object(cursor: Cursor, following: frozenset[str]) -> bool:
    """Whether the word says what is described, and is not itself the name of it."""
    cursor.require(following | _GENERIC_END, 1)
    return cursor.peek(1) in following


def _schema(cursor: Cursor) -> ast.DescribeSchema:
    full = cursor.skip("K_FULL")
    cursor.expect("K_SCHEMA")
    internals = _internals(cursor)
    return ast.DescribeSchema(full, internals, internals and _passwords(cursor))


def _passwords(cursor: Cursor) -> bool:
    if not (cursor.dialect.describes_roles and cursor.skip("K_AND")):
        return False
    if not clauses.word(cursor, "passwords"):
        raise cursor.no_viable()
    return True


def _keyspace(cursor: Cursor) -> ast.DescribeKeyspace:
    only = cursor.skip("K_ONLY")
    cursor.expect("K_KEYSPACE")
    named = cursor.kind in tokens.NAMES or cursor.kind == tokens.MARKER
    return ast.DescribeKeyspace(names.keyspace(cursor) if named else None, only, _internals(cursor))


def _generic(cursor: Cursor) -> ast.DescribeGeneric:
    cursor.require(tokens.NAMES)
    cursor.require(_GENERIC_END, 1)
    owner = None
    if cursor.peek(1) == ".":
        owner = names.identifier(cursor)
        cursor.expect(".")
    name = names.identifier(cursor)
    return ast.DescribeGeneric(ast.QualifiedName(owner, name), _internals(cursor))


def _internals(cursor: Cursor) -> bool:
    if not cursor.skip("K_WITH"):
        return False
    cursor.expect("K_INTERNALS")
    return True
