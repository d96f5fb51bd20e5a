"""Clauses that many statements have: IF [NOT] EXISTS, USING."""

from coodie_memory.cql import ast, terms, tokens
from coodie_memory.cql.cursor import Cursor


def if_not_exists(cursor: Cursor) -> bool:
    """Whether `IF NOT EXISTS` stands here."""
    if not cursor.skip("K_IF"):
        return False
    cursor.expect("K_NOT", "K_EXISTS")
    return True


def if_exists(cursor: Cursor) -> bool:
    """Whether `IF EXISTS` stands here."""
    if not cursor.skip("K_IF"):
        return False
    cursor.expect("K_EXISTS")
    return True


def if_exists_to_alter(cursor: Cursor) -> bool:
    """Whether `IF EXISTS` stands here, where something is altered."""
    return cursor.dialect.grammar.alters_conditionally and if_exists(cursor)


def if_not_exists_to_alter(cursor: Cursor) -> bool:
    """Whether `IF NOT EXISTS` stands here, where something is altered."""
    return cursor.dialect.grammar.alters_conditionally and if_not_exists(cursor)


def word(cursor: Cursor, expected: str) -> bool:
    """Whether this word stands here, one that is no keyword; if so it is behind us."""
    return (
        cursor.kind == tokens.IDENT
        and cursor.texts[cursor.at].lower() == expected
        and cursor.skip(tokens.IDENT)
    )


def using_timeout(cursor: Cursor) -> ast.Using:
    """Scylla's `USING TIMEOUT` where nothing else may be used."""
    if not cursor.dialect.allows_using_timeout or not cursor.skip("K_USING"):
        return ast.NO_USING
    if not word(cursor, "timeout"):
        raise cursor.no_viable()
    return ast.Using(timeout=_duration(cursor))


def _duration(cursor: Cursor) -> ast.Literal | ast.Marker | ast.Null:
    if cursor.kind == tokens.DURATION:
        return ast.Literal("DURATION", cursor.take())
    if cursor.kind == tokens.STRING:
        return ast.Literal("STRING", cursor.take())
    return ast.Null() if cursor.skip("K_NULL") else terms.integer(cursor)


def using(cursor: Cursor, *, with_ttl: bool = True) -> ast.Using:
    """`USING TIMESTAMP t AND TTL n`, if it stands here."""
    if not cursor.skip("K_USING"):
        return ast.NO_USING
    timestamp, ttl, timeout = None, None, None
    more = True
    while more:
        if cursor.skip("K_TIMESTAMP"):
            timestamp = terms.integer(cursor)
        elif with_ttl and cursor.skip("K_TTL"):
            ttl = terms.integer(cursor)
        elif cursor.dialect.allows_using_timeout and word(cursor, "timeout"):
            timeout = _duration(cursor)
        else:
            raise cursor.no_viable()
        more = cursor.skip("K_AND")
    return ast.Using(timestamp, ttl, timeout)


def using_timestamp(cursor: Cursor) -> ast.Using:
    """DELETE's USING, which has no TTL."""
    if cursor.dialect.allows_using_timeout:
        return using(cursor, with_ttl=False)
    if not cursor.skip("K_USING"):
        return ast.NO_USING
    cursor.expect("K_TIMESTAMP")
    return ast.Using(terms.integer(cursor))
