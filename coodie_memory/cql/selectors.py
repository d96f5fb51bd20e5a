"""Selectors: what may stand in a select list and in GROUP BY.

They look like terms, and may name columns, their fields, elements and slices.
"""

from typing import TypeAlias, TypeVar

from coodie_memory.cql import ast, names, terms, tokens, typenames
from coodie_memory.cql.cursor import Cursor

T = TypeVar("T", bound=ast.Selector)
_Part: TypeAlias = ast.FieldSelector | ast.ElementSelector | ast.SliceSelector

START = terms.START
_PLAIN = tokens.CONSTANTS | {"K_NULL", ":"}
_END = frozenset(
    {
        *(
            "%",
            ")",
            "+",
            ",",
            "-",
            "/",
            ":",
            ";",
            "[",
            "*",
            "]",
            "}",
            tokens.EOF,
            "K_ALLOW",
            "K_AS",
            "K_FROM",
        ),
        *("K_LIMIT", "K_ORDER", "K_PER"),
    }
)
_MODIFIED_END = _END - {"["}
_FIELD_END = _END | {"."}
_NEVER_CALLED = frozenset({"K_DISTINCT", "K_JSON", "K_KEY"})
_COLUMN_ONLY = tokens.COLUMN_UNRESERVED - {"K_COUNT"}
_SUMS: dict[str, ast.ArithmeticOperator] = {"+": "+", "-": "-"}
_PRODUCTS: dict[str, ast.ArithmeticOperator] = {"*": "*", "/": "/", "%": "%"}
_ATTRIBUTES: dict[str, ast.CellAttribute] = {
    "K_WRITETIME": "writetime",
    "K_MAXWRITETIME": "maxwritetime",
    "K_TTL": "ttl",
}


def selection(cursor: Cursor) -> tuple[ast.Selected, ...]:
    """A select list; `*` is the empty one."""
    if cursor.skip("*"):
        return ()
    selected = [_selected(cursor)]
    while cursor.skip(","):
        selected.append(_selected(cursor))
    return tuple(selected)


def _selected(cursor: Cursor) -> ast.Selected:
    written = selector(cursor)
    return ast.Selected(written, names.identifier(cursor) if cursor.skip("K_AS") else None)


def selector(cursor: Cursor) -> ast.Selector:
    """A selector with its arithmetic."""
    depth = cursor.depth
    cursor.descend()
    left = _product(cursor)
    while cursor.dialect.allows_arithmetic and (operator := _SUMS.get(cursor.kind)) is not None:
        cursor.descend()
        cursor.take()
        left = ast.BinaryOp(operator, left, _product(cursor))
    cursor.depth = depth
    return left


def _product(cursor: Cursor) -> ast.Selector:
    left = _signed(cursor)
    while cursor.dialect.allows_arithmetic and (operator := _PRODUCTS.get(cursor.kind)) is not None:
        cursor.descend()
        cursor.take()
        left = ast.BinaryOp(operator, left, _signed(cursor))
    return left


def _signed(cursor: Cursor) -> ast.Selector:
    if cursor.kind == "-" and cursor.dialect.allows_arithmetic:
        depth = cursor.depth
        cursor.descend()
        cursor.take()
        operand = _signed(cursor)
        cursor.depth = depth
        return ast.Negation(operand)
    cursor.require(START)
    # The server tries the selector with what follows it first, and without if that does not fit.
    cursor.settle(1)
    simple = _simple(cursor)
    if cursor.kind not in {".", "["}:
        return simple
    modified = cursor.attempt(lambda ahead: _modified(ahead, simple))
    return simple if modified is None else modified


def _modified(cursor: Cursor, operand: T) -> "T | _Part":
    """The operand with all `.field`, `[key]` and `[from..to]` behind it."""
    depth = cursor.depth
    modified: T | _Part = operand
    while True:
        if cursor.skip("."):
            modified = ast.FieldSelector(modified, names.identifier(cursor))
        elif cursor.skip("["):
            modified = _subscript(cursor, modified)
            cursor.expect("]")
        else:
            cursor.require(_MODIFIED_END)
            cursor.depth = depth
            return modified
        cursor.descend()


def _subscript(cursor: Cursor, operand: ast.Selector) -> ast.ElementSelector | ast.SliceSelector:
    has_slices = cursor.dialect.allows_arithmetic
    if has_slices and cursor.skip(tokens.RANGE):
        return ast.SliceSelector(operand, None, terms.term(cursor))
    start = terms.term(cursor)
    if not has_slices or not cursor.skip(tokens.RANGE):
        return ast.ElementSelector(operand, start)
    return ast.SliceSelector(operand, start, terms.term(cursor) if cursor.kind in terms.START else None)


def _simple(cursor: Cursor) -> ast.Selector:
    kind = cursor.kind
    if kind in tokens.NAMES:
        return _named(cursor)
    match kind:
        case "(":
            hinted = cursor.attempt(_hinted)
            return _tuple_literal(cursor) if hinted is None else hinted
        case "[":
            return ast.ListLiteral(_enclosed(cursor, "[", "]"))
        case "{":
            return _braces(cursor)
        case "K_TOKEN":
            return _call(cursor)
        case "K_NULL":
            cursor.take()
            return ast.Null()
        case tokens.MARKER:
            return _call(cursor) if _is_call(cursor) else terms.marker(cursor)
        case ":":
            return terms.marker(cursor)
        case _:
            return terms.constant(cursor)


def _named(cursor: Cursor) -> ast.Selector:
    if _is_call(cursor):
        return _call(cursor)
    return ast.ColumnSelector(names.identifier(cursor))


def _is_call(cursor: Cursor) -> bool:
    """Whether the name is a function's, not a column's; the server looks as far as `a.b(`."""
    kind, following = cursor.kind, cursor.peek(1)
    if following in _END:
        cursor.settle(1)
        return False
    if following == "(" and kind not in _NEVER_CALLED and kind != tokens.MARKER:
        return True
    cursor.require({"."}, 1)
    qualified = cursor.peek(2)
    if qualified in _COLUMN_ONLY:
        return False
    if qualified == "K_TOKEN":
        return True
    cursor.require(tokens.FUNCTION_NAMES, 2)
    if cursor.peek(3) == "(":
        return True
    cursor.require(_FIELD_END, 3)
    cursor.settle(3)
    return False


def _call(cursor: Cursor) -> ast.Selector:
    kind = cursor.kind
    if cursor.peek(1) == "(":
        if kind in _ATTRIBUTES:
            return _attribute(cursor)
        if kind == "K_CAST":
            return _cast(cursor)
        if kind == "K_COUNT":
            if cursor.peek(2) == "*":
                cursor.expect("K_COUNT", "(", "*", ")")
                return ast.CountRows()
            cursor.require(START | {")"}, 2)
    name = names.function(cursor)
    return ast.FunctionCall(name, _enclosed(cursor, "(", ")"))


def _attribute(cursor: Cursor) -> ast.AttributeSelector:
    attribute = _ATTRIBUTES[cursor.kind]
    cursor.take()
    cursor.expect("(")
    operand = _modified(cursor, ast.ColumnSelector(names.identifier(cursor)))
    cursor.expect(")")
    return ast.AttributeSelector(attribute, operand)


def _cast(cursor: Cursor) -> ast.Cast[ast.Selector]:
    cursor.expect("K_CAST", "(")
    operand = selector(cursor)
    cursor.expect("K_AS")
    native = typenames.native_type(cursor)
    cursor.expect(")")
    return ast.Cast(operand, native)


def _hinted(cursor: Cursor) -> ast.TypeHint[ast.Selector]:
    cursor.expect("(")
    hint = typenames.type_name(cursor)
    cursor.expect(")")
    depth = cursor.depth
    cursor.descend()
    operand = _simple(cursor)
    cursor.depth = depth
    return ast.TypeHint(hint, operand)


def _tuple_literal(cursor: Cursor) -> ast.TupleLiteral[ast.Selector]:
    cursor.expect("(")
    elements = _selectors(cursor)
    cursor.expect(")")
    return ast.TupleLiteral(elements)


def _braces(cursor: Cursor) -> ast.SetLiteral[ast.Selector] | ast.MapLiteral[ast.Selector]:
    if cursor.peek(1) == "}":
        cursor.expect("{", "}")
        return ast.SetLiteral(())
    cursor.require(START, 1)
    cursor.expect("{")
    first = selector(cursor)
    cursor.require({":", ",", "}"})
    literal: ast.SetLiteral[ast.Selector] | ast.MapLiteral[ast.Selector]
    if cursor.skip(":"):
        literal = _map_literal(cursor, first)
    else:
        literal = ast.SetLiteral((first, *(_selectors(cursor) if cursor.skip(",") else ())))
    cursor.expect("}")
    return literal


def _map_literal(cursor: Cursor, first_key: ast.Selector) -> ast.MapLiteral[ast.Selector]:
    entries = [(first_key, selector(cursor))]
    while cursor.skip(","):
        key = selector(cursor)
        cursor.expect(":")
        entries.append((key, selector(cursor)))
    return ast.MapLiteral(tuple(entries))


def _enclosed(cursor: Cursor, opening: str, closing: str) -> tuple[ast.Selector, ...]:
    cursor.expect(opening)
    elements = _selectors(cursor) if cursor.kind in START else ()
    cursor.expect(closing)
    return elements


def _selectors(cursor: Cursor) -> tuple[ast.Selector, ...]:
    elements = [selector(cursor)]
    while cursor.skip(","):
        elements.append(selector(cursor))
    return tuple(elements)
