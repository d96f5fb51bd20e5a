"""Names: of columns, tables, keyspaces, functions, roles. Unquoted ones are folded to lower case here and only here."""

from coodie_memory.cql import ast, tokens
from coodie_memory.cql.cursor import Cursor

_TABLE_END = frozenset(
    {
        *(
            "(",
            ";",
            tokens.EOF,
            "K_ADD",
            "K_ALLOW",
            "K_ALTER",
            "K_AS",
            "K_DROP",
            "K_FROM",
            "K_GROUP",
            "K_JSON",
        ),
        *("K_LIMIT", "K_NORECURSIVE", "K_OF", "K_ORDER", "K_PER", "K_PRIMARY", "K_RENAME", "K_SET", "K_TO"),
        *("K_USING", "K_WHERE", "K_WITH"),
    }
)
_TABLE_END_OR_WORD = _TABLE_END | {tokens.IDENT, "K_TTL"}
"""`FROM t BYPASS CACHE`, where BYPASS is no keyword, and `ALTER TABLE t TTL v`."""
_INDEX_END = frozenset({";", tokens.EOF})
_FUNCTION_END = frozenset({"(", ";", tokens.EOF, "K_WITH"})
_RESERVED_TYPE_NAMES = frozenset({"byte", "complex", "enum", "date", "interval", "macaddr", "bitstring"})
"""Only in lower case: the server looks at what was typed."""
_MARKED_NAMES = tokens.NAMES | {tokens.MARKER}
_CALLABLE = tokens.FUNCTION_NAMES - {"K_TOKEN"}


def identifier(cursor: Cursor) -> str:
    """A name of a column, a field, a type, an alias."""
    kind = cursor.kind
    if kind == tokens.QUOTED_NAME:
        return cursor.take()
    if kind in tokens.UNQUOTED_NAMES and kind not in cursor.dialect.grammar.taken_words:
        return cursor.take().lower()
    raise cursor.no_viable()


def column(cursor: Cursor) -> str:
    """A column's name where the server also takes the empty `""`."""
    if cursor.skip(tokens.EMPTY_QUOTED_NAME):
        return ""
    return identifier(cursor)


def columns(cursor: Cursor) -> tuple[str, ...]:
    """`(a, b)`, at least one name."""
    cursor.expect("(")
    names = [column(cursor)]
    while cursor.skip(","):
        names.append(column(cursor))
    cursor.expect(")")
    return tuple(names)


def keyspace(cursor: Cursor) -> str:
    """A keyspace's name."""
    return _unbound(cursor, "keyspace")


def index(cursor: Cursor) -> str:
    """An index's name, without keyspace."""
    return _unbound(cursor, "index")


def table(cursor: Cursor) -> ast.QualifiedName:
    """A table's name, maybe with its keyspace."""
    return _qualified(
        cursor, "table", _TABLE_END_OR_WORD if cursor.dialect.allows_bypass_cache else _TABLE_END
    )


def qualified_index(cursor: Cursor) -> ast.QualifiedName:
    """An index's name, maybe with its keyspace."""
    return _qualified(cursor, "index", _INDEX_END)


def _qualified(cursor: Cursor, what: str, end: frozenset[str]) -> ast.QualifiedName:
    cursor.require(_MARKED_NAMES)
    following = cursor.peek(1)
    if following == ".":
        owner = keyspace(cursor)
        cursor.expect(".")
        return ast.QualifiedName(owner, _unbound(cursor, what))
    if following not in end:
        raise cursor.no_viable(1)
    cursor.settle(1)
    return ast.QualifiedName(None, _unbound(cursor, what))


def _unbound(cursor: Cursor, what: str) -> str:
    if cursor.kind == tokens.MARKER:
        marker = cursor.take()
        cursor.note(f"Bind variables cannot be used for {what} names")
        return marker
    return identifier(cursor)


def user_type(cursor: Cursor) -> ast.QualifiedName:
    """A user type's name, maybe with its keyspace; a native type's name can only be the keyspace."""
    owner = None
    if cursor.kind in tokens.NAMES and (cursor.kind not in tokens.TYPE_NAMES or cursor.peek(1) == "."):
        owner = _prefix(cursor)
    if cursor.kind not in tokens.TYPE_NAMES:
        raise cursor.no_viable()
    written = cursor.texts[cursor.at] if cursor.kind == tokens.IDENT else ""
    name = identifier(cursor)
    if written in _RESERVED_TYPE_NAMES:
        cursor.note(f"Invalid (reserved) user type name {written}")
    return ast.QualifiedName(owner, name)


def _prefix(cursor: Cursor) -> str:
    owner = identifier(cursor)
    cursor.expect(".")
    return owner


def function(cursor: Cursor) -> ast.QualifiedName:
    """A function's name, maybe with its keyspace."""
    kind = cursor.kind
    owner = None
    if kind in _CALLABLE:
        following = cursor.peek(1)
        if following == ".":
            owner = _owner(cursor)
        elif following in _FUNCTION_END:
            cursor.settle(1)
        else:
            raise cursor.no_viable(1)
    elif kind in tokens.NAMES or kind == tokens.MARKER:
        owner = _owner(cursor)
    elif kind != "K_TOKEN":
        raise cursor.no_viable()
    return ast.QualifiedName(owner, bare_function(cursor))


def _owner(cursor: Cursor) -> str:
    owner = keyspace(cursor)
    cursor.expect(".")
    return owner


def bare_function(cursor: Cursor) -> str:
    """A function's name without keyspace."""
    kind = cursor.kind
    if kind not in tokens.FUNCTION_NAMES or kind in cursor.dialect.grammar.taken_words - {"K_ANN"}:
        raise cursor.no_viable()
    name = cursor.take()
    return name if kind == tokens.QUOTED_NAME else name.lower()


def role(cursor: Cursor) -> str:
    """A role's name; unlike other names it may be a string."""
    if cursor.kind == tokens.STRING:
        return cursor.take()
    return _unbound(cursor, "role")
