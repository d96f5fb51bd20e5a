"""Service levels, which ScyllaDB alone has. Their words are no keywords to anybody else, and may be names here, too."""

from coodie_memory.cql import ast, clauses, names, tokens
from coodie_memory.cql.cursor import Cursor
from coodie_memory.cql.properties import properties

_BEGINNINGS = {
    "K_CREATE": ("service", "service_level"),
    "K_ALTER": ("service", "service_level"),
    "K_DROP": ("service", "service_level"),
    "K_LIST": ("service", "service_level", "attached", "effective"),
}
_AFTER_LIST_ALL = ("service", "service_levels", "attached")
_ALONE = ("attach", "detach")


def is_about_levels(cursor: Cursor) -> bool:
    """Whether a statement on service levels begins here."""
    if not cursor.dialect.has_service_levels:
        return False
    if cursor.kind == "K_LIST" and cursor.peek(1) == "K_ALL":
        return _word_at(cursor, 2) in _AFTER_LIST_ALL
    if cursor.kind in _BEGINNINGS:
        return _word_at(cursor, 1) in _BEGINNINGS[cursor.kind]
    return _word_at(cursor, 0) in _ALONE


def _word_at(cursor: Cursor, ahead: int) -> str:
    return cursor.texts[cursor.at + ahead].lower() if cursor.peek(ahead) == tokens.IDENT else ""


def statement(cursor: Cursor) -> ast.LevelStatement:
    """The statement."""
    match cursor.kind:
        case "K_CREATE":
            return _create(cursor)
        case "K_ALTER":
            return _alter(cursor)
        case "K_DROP":
            return _drop(cursor)
        case "K_LIST":
            return _list(cursor)
        case _ if clauses.word(cursor, "attach"):
            _service_level(cursor)
            level = names.role(cursor)
            cursor.expect("K_TO")
            return ast.AttachServiceLevel(level, names.role(cursor))
        case _:
            _word(cursor, "detach")
            _service_level(cursor)
            cursor.expect("K_FROM")
            return ast.DetachServiceLevel(names.role(cursor))


def _create(cursor: Cursor) -> ast.CreateServiceLevel:
    cursor.expect("K_CREATE")
    _service_level(cursor)
    if_not_exists = clauses.if_not_exists(cursor)
    level = names.role(cursor)
    given = properties(cursor) if cursor.skip("K_WITH") else ()
    return ast.CreateServiceLevel(level=level, properties=given, if_not_exists=if_not_exists)


def _alter(cursor: Cursor) -> ast.AlterServiceLevel:
    cursor.expect("K_ALTER")
    _service_level(cursor)
    level = names.role(cursor)
    cursor.expect("K_WITH")
    return ast.AlterServiceLevel(level=level, properties=properties(cursor))


def _drop(cursor: Cursor) -> ast.DropServiceLevel:
    cursor.expect("K_DROP")
    _service_level(cursor)
    if_exists = clauses.if_exists(cursor)
    return ast.DropServiceLevel(level=names.role(cursor), if_exists=if_exists)


def _list(
    cursor: Cursor,
) -> ast.ListServiceLevels | ast.ListAttachedServiceLevels | ast.ListEffectiveServiceLevel:
    cursor.expect("K_LIST")
    if cursor.skip("K_ALL"):
        attached = clauses.word(cursor, "attached")
        _service_levels(cursor)
        return ast.ListAttachedServiceLevels(None) if attached else ast.ListServiceLevels(None)
    if clauses.word(cursor, "attached"):
        _service_level(cursor)
        cursor.expect("K_OF")
        return ast.ListAttachedServiceLevels(names.role(cursor))
    if clauses.word(cursor, "effective"):
        _service_level(cursor)
        cursor.expect("K_OF")
        return ast.ListEffectiveServiceLevel(names.role(cursor))
    _service_level(cursor)
    return ast.ListServiceLevels(names.role(cursor))


def _service_level(cursor: Cursor) -> None:
    """`SERVICE LEVEL`, or `SERVICE_LEVEL`."""
    if not clauses.word(cursor, "service_level"):
        _word(cursor, "service")
        _word(cursor, "level")


def _service_levels(cursor: Cursor) -> None:
    if not clauses.word(cursor, "service_levels"):
        _word(cursor, "service")
        _word(cursor, "levels")


def _word(cursor: Cursor, expected: str) -> None:
    if not clauses.word(cursor, expected):
        raise cursor.no_viable()
