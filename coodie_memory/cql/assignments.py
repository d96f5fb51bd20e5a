"""What UPDATE sets and DELETE deletes."""

from collections.abc import Iterable
from typing import assert_never

from coodie_memory.cql import ast, names, terms, tokens
from coodie_memory.cql.cursor import Cursor

_COLUMNS = tokens.NAMES | {tokens.EMPTY_QUOTED_NAME}
_CALLED = tokens.FUNCTION_NAMES | {"K_CAST"}
_AFTER_TARGET = frozenset({",", "K_FROM", "[", "."})


def targets(cursor: Cursor) -> tuple[ast.Target, ...]:
    """What DELETE names."""
    written = [_target(cursor)]
    while cursor.skip(","):
        written.append(_target(cursor))
    return tuple(written)


def _target(cursor: Cursor) -> ast.Target:
    cursor.require(_COLUMNS)
    cursor.require(_AFTER_TARGET, 1)
    column = names.column(cursor)
    if cursor.skip("["):
        key = terms.term(cursor)
        cursor.expect("]")
        return ast.ElementTarget(column, key)
    if cursor.skip("."):
        return ast.FieldTarget(column, names.identifier(cursor))
    return ast.ColumnTarget(column)


def assignments(cursor: Cursor) -> tuple[ast.Assignment, ...]:
    """What UPDATE sets."""
    written: list[ast.Assignment] = []
    refusals = _Settings()
    while True:
        written.append(_assignment(cursor))
        refusal = refusals.refusal(written[-1])
        if refusal is not None and not cursor.dialect.refuses_double_settings_late:
            cursor.note(refusal)
        if not cursor.skip(","):
            return tuple(written)


def double_setting(written: Iterable[ast.Assignment]) -> str | None:
    """What is said of the first column that is set twice in ways that exclude each other, if there is one."""
    return next(filter(None, map(_Settings().refusal, written)), None)


class _Settings:
    """The assignments of each column so far."""

    def __init__(self) -> None:
        self._of_column: dict[str, list[ast.Assignment]] = {}

    def refusal(self, assignment: ast.Assignment) -> str | None:
        """What is said of one more, if it and an earlier one exclude each other."""
        column = _column(assignment)
        earlier = self._of_column.setdefault(column, [])
        excluded = any(_exclude_each_other(one, assignment) for one in earlier)
        earlier.append(assignment)
        return f"Multiple incompatible setting of column {column}" if excluded else None


def _assignment(cursor: Cursor) -> ast.Assignment:
    column = names.column(cursor)
    match cursor.kind:
        case "=":
            cursor.take()
            return _of_column(cursor, column)
        case "+=" if cursor.dialect.allows_arithmetic:
            cursor.take()
            return ast.Addition(column, terms.term(cursor))
        case "-=" if cursor.dialect.allows_arithmetic:
            cursor.take()
            return ast.Subtraction(column, terms.term(cursor))
        case "[":
            cursor.take()
            key = terms.term(cursor)
            cursor.expect("]", "=")
            return ast.SetValue(ast.ElementTarget(column, key), terms.term(cursor))
        case ".":
            cursor.take()
            field = names.identifier(cursor)
            cursor.expect("=")
            return ast.SetValue(ast.FieldTarget(column, field), terms.term(cursor))
        case _:
            raise cursor.no_viable()


def _of_column(cursor: Cursor, column: str) -> ast.Assignment:
    """`column = value`, `column = column + value`, `column = value + column`, `column = column -1`."""
    if _starts_with_column(cursor):
        operand = names.column(cursor)
        if cursor.kind == tokens.INTEGER:
            sign = "-" if cursor.texts[cursor.at].startswith("-") else "+"
            value: ast.Term = ast.Literal("INTEGER", cursor.take())
            _require_same(cursor, column, operand, f"X {sign} <value>")
            return ast.Addition(column, value)
        sign = cursor.take()
        value = terms.term(cursor)
        _require_same(cursor, column, operand, f"X {sign}<value>")
        return ast.Addition(column, value) if sign == "+" else ast.Subtraction(column, value)
    value = terms.term(cursor)
    if not cursor.skip("+"):
        return ast.SetValue(ast.ColumnTarget(column), value)
    _require_same(cursor, column, names.column(cursor), "<value> + X")
    return ast.Prepend(column, value)


def _starts_with_column(cursor: Cursor) -> bool:
    kind = cursor.kind
    if kind in terms.START and kind not in tokens.NAMES:
        return False
    cursor.require(_COLUMNS)
    following = cursor.peek(1)
    if following in {"+", "-", tokens.INTEGER}:
        return True
    if (following == "." and kind in tokens.NAMES) or (following == "(" and kind in _CALLED):
        return False
    raise cursor.no_viable(1)


def _require_same(cursor: Cursor, column: str, operand: str, form: str) -> None:
    if operand != column:
        cursor.note(f"Only expressions of the form X = {form} are supported.")


def _column(assignment: ast.Assignment) -> str:
    match assignment:
        case ast.SetValue(target):
            return target.column
        case ast.Addition(column) | ast.Subtraction(column) | ast.Prepend(column):
            return column
        case _:
            assert_never(assignment)


def _exclude_each_other(one: ast.Assignment, other: ast.Assignment) -> bool:
    """Whether only one of two assignments of a column can hold: a whole value with anything, a field with itself."""
    return _is_whole(one) or _is_whole(other) or (_field(one) is not None and _field(one) == _field(other))


def _is_whole(assignment: ast.Assignment) -> bool:
    return isinstance(assignment, ast.SetValue) and isinstance(assignment.target, ast.ColumnTarget)


def _field(assignment: ast.Assignment) -> str | None:
    match assignment:
        case ast.SetValue(ast.FieldTarget(_, field)):
            return field
        case _:
            return None
