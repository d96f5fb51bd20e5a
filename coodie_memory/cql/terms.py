"""Terms: what may stand for a value in VALUES, SET, WHERE, IF and LIMIT.

Terms do not name columns. Where one token does not decide, the lookahead is the server's, since its errors show how far
it looked.
"""

import math
from typing import TypeAlias

from coodie_memory.cql import ast, names, tokens, typenames
from coodie_memory.cql.cursor import Cursor

_LITERAL_KINDS: dict[str, ast.LiteralKind] = {
    tokens.STRING: "STRING",
    tokens.INTEGER: "INTEGER",
    tokens.FLOAT: "FLOAT",
    tokens.BOOLEAN: "BOOLEAN",
    tokens.DURATION: "DURATION",
    tokens.UUID: "UUID",
    tokens.HEX: "HEX",
}
_CONSTANT_LIKE = tokens.CONSTANTS | {"(", ":", "[", "{", "K_NULL", tokens.MARKER}
_PLAIN_START = _CONSTANT_LIKE | {"-", "K_TOKEN"}
"""How terms start that do not start with a name."""
START = _PLAIN_START | tokens.NAMES
"""How terms start."""
_SIMPLE_START = _CONSTANT_LIKE | {"K_TOKEN"} | tokens.NAMES
_CALLS = tokens.FUNCTION_NAMES | {"K_CAST"}
"""What may stand before `(` in a term."""
_END = frozenset(
    {
        *(
            ")",
            ",",
            ":",
            ";",
            "]",
            "}",
            tokens.EOF,
            "K_ALLOW",
            "K_AND",
            "K_APPLY",
            "K_ASC",
            "K_DELETE",
            "K_DESC",
        ),
        *("K_GROUP", "K_IF", "K_INSERT", "K_LIMIT", "K_ORDER", "K_PER", "K_PRIMARY", "K_UPDATE", "K_WHERE"),
        tokens.RANGE,
    }
)
_PRODUCT_OPERATORS: dict[str, ast.ArithmeticOperator] = {"*": "*", "/": "/", "%": "%"}
_MARKER_END = _END | {"+", "-", "*", "/", "%", "K_AS"}
_NAMED_TYPES = frozenset({"K_MAP", "K_LIST", "K_TUPLE", "K_VECTOR", "K_FROZEN"})

Entries: TypeAlias = tuple[tuple[ast.Term, ast.Term], ...]


def term(cursor: Cursor) -> ast.Term:
    """A term with its arithmetic: `*`, `/`, `%` bind first, then left to right."""
    depth = cursor.depth
    cursor.descend()
    left = _product(cursor)
    while (kind := cursor.kind) not in _END and not _is_scyllas_end(cursor):
        operator: ast.ArithmeticOperator
        if not cursor.dialect.allows_arithmetic:
            if kind == "+":
                break
            raise cursor.no_viable()
        if kind == "-":
            operator = "-"
        elif kind == "+" and _is_addition(cursor):
            operator = "+"
        elif kind == "+":
            break
        else:
            raise cursor.no_viable()
        cursor.descend()
        cursor.take()
        left = ast.BinaryOp(operator, left, _product(cursor))
    cursor.settle()
    cursor.depth = depth
    return left


def _is_scyllas_end(cursor: Cursor, distance: int = 0) -> bool:
    """Whether one of Scylla's clauses begins here, or further on: USING TIMEOUT, BYPASS CACHE."""
    kind = cursor.kinds[min(cursor.at + distance, len(cursor.kinds) - 1)]
    if kind == "K_USING":
        return cursor.dialect.allows_using_timeout
    return cursor.dialect.allows_bypass_cache and kind == tokens.IDENT


def _is_addition(cursor: Cursor) -> bool:
    """Whether a term follows the `+`; else it is the column of `SET l = [1] + l`."""
    after = cursor.peek(1)
    if after in _PLAIN_START:
        return True
    if after == tokens.EMPTY_QUOTED_NAME:
        return False
    cursor.require(tokens.NAMES, 1)
    beyond = cursor.peek(2)
    if beyond in {",", "K_WHERE"}:
        return False
    if beyond == "." or (beyond == "(" and after in _CALLS):
        return True
    raise cursor.no_viable(2)


def _product(cursor: Cursor) -> ast.Term:
    left = _signed(cursor)
    if not cursor.dialect.allows_arithmetic:
        return left
    while (operator := _PRODUCT_OPERATORS.get(cursor.kind)) is not None:
        cursor.descend()
        cursor.take()
        left = ast.BinaryOp(operator, left, _signed(cursor))
    return left


def _signed(cursor: Cursor) -> ast.Term:
    if cursor.dialect.allows_arithmetic and cursor.skip("-"):
        return ast.Negation(_simple(cursor))
    return _simple(cursor)


def _simple(cursor: Cursor) -> ast.Term:
    kind = cursor.kind
    if kind in tokens.CONSTANTS:
        return constant(cursor)
    match kind:
        case tokens.MARKER:
            if cursor.peek(1) in _MARKER_END or _is_scyllas_end(cursor, 1):
                return marker(cursor)
            cursor.require({"."}, 1)
            return _call(cursor)
        case ":":
            return marker(cursor)
        case "K_NULL":
            cursor.take()
            return ast.Null()
        case "(":
            return _hinted(cursor) if _is_type_hint(cursor) else tuple_literal(cursor)
        case "[":
            return _list_literal(cursor)
        case "{":
            return _braces(cursor)
        case "K_CAST":
            if cursor.peek(1) == "(" and cursor.dialect.allows_arithmetic:
                return _cast(cursor)
            cursor.require({"."}, 1)
            return _call(cursor)
        case _:
            cursor.require(_SIMPLE_START)
            return _call(cursor)


def constant(cursor: Cursor) -> ast.Literal:
    """A constant."""
    kind = cursor.kind
    if kind == tokens.FLOAT:
        return ast.Literal("FLOAT", _finite(cursor))
    if kind in tokens.NON_NUMBERS:
        cursor.take()
        return ast.Literal("FLOAT", tokens.NON_NUMBERS[kind])
    literal_kind = _LITERAL_KINDS.get(kind)
    if literal_kind is None:
        raise cursor.no_viable()
    return ast.Literal(literal_kind, cursor.take())


def _finite(cursor: Cursor) -> str:
    """A float's text. A server may make a double and a BigDecimal of it while it parses, and trip over both."""
    written = cursor.take()
    if not cursor.dialect.limits_exponents:
        return written
    mantissa, _, exponent = written.lower().partition("e")
    digits = exponent.lstrip("+-").lstrip("0")
    power = int(exponent) if 0 < len(digits) <= 10 else 0
    if len(digits) > 10:
        reason = "Too many nonzero exponent digits."
    elif not -(2**31) <= power < 2**31:
        reason = "Exponent overflow."
    elif not -(2**31) < len(mantissa.partition(".")[2]) - power < 2**31:
        reason = "Scale out of range."
    elif math.isinf(float(written)):
        reason = (
            'Character I is neither a decimal digit number, decimal point, nor "e" notation exponential mark.'
        )
    else:
        return written
    raise cursor.abort(f"NumberFormatException {reason}")


def marker(cursor: Cursor) -> ast.Marker:
    """`?` or `:name`."""
    if cursor.skip(tokens.MARKER):
        return ast.Marker(None, cursor.marker())
    if cursor.skip(":"):
        name = names.identifier(cursor)
        return ast.Marker(name, cursor.marker(name))
    raise cursor.no_viable()


def integer(cursor: Cursor) -> ast.IntegerTerm:
    """An integer or a marker."""
    if cursor.kind == tokens.INTEGER:
        return ast.Literal("INTEGER", cursor.take())
    return marker(cursor)


def string(cursor: Cursor) -> ast.Literal | ast.Marker:
    """A string or a marker."""
    if cursor.kind == tokens.STRING:
        return ast.Literal("STRING", cursor.take())
    return marker(cursor)


def tuple_literal(cursor: Cursor) -> ast.TupleLiteral[ast.Term]:
    """`(a, b)`, at least one element."""
    cursor.expect("(")
    elements = _terms(cursor)
    cursor.expect(")")
    return ast.TupleLiteral(elements)


def in_values(cursor: Cursor) -> tuple[ast.Term, ...] | ast.Marker:
    """What stands behind IN: `(a, b)`, `()`, `?`."""
    if cursor.kind != "(":
        return marker(cursor)
    cursor.take()
    values = _terms(cursor) if cursor.kind in START else ()
    cursor.expect(")")
    return values


def _terms(cursor: Cursor) -> tuple[ast.Term, ...]:
    elements = [term(cursor)]
    while cursor.skip(","):
        elements.append(term(cursor))
    return tuple(elements)


def values(cursor: Cursor) -> tuple[ast.Term, ...]:
    """`(a, b)`, at least one."""
    cursor.expect("(")
    written = _terms(cursor)
    cursor.expect(")")
    return written


def _list_literal(cursor: Cursor) -> ast.ListLiteral[ast.Term]:
    cursor.expect("[")
    elements = _terms(cursor) if cursor.kind in START else ()
    cursor.expect("]")
    return ast.ListLiteral(elements)


def _braces(cursor: Cursor) -> ast.Term:
    if _is_user_type(cursor):
        return _user_type_literal(cursor)
    cursor.expect("{")
    if cursor.skip("}"):
        return ast.SetLiteral(())
    first = term(cursor)
    cursor.require({":", ",", "}"})
    literal: ast.Term
    if cursor.skip(":"):
        literal = ast.MapLiteral(_entries(cursor, first))
    else:
        literal = ast.SetLiteral((first, *(_terms(cursor) if cursor.skip(",") else ())))
    cursor.expect("}")
    return literal


def _entries(cursor: Cursor, first_key: ast.Term) -> Entries:
    """The entries of a map whose first key and its colon are behind us."""
    entries = [(first_key, term(cursor))]
    while cursor.skip(","):
        key = term(cursor)
        cursor.expect(":")
        entries.append((key, term(cursor)))
    return tuple(entries)


def map_literal(cursor: Cursor) -> Entries:
    """`{a: b}` where only a map may stand, maybe empty."""
    cursor.expect("{")
    entries: Entries = ()
    if cursor.kind in START:
        key = term(cursor)
        cursor.expect(":")
        entries = _entries(cursor, key)
    cursor.expect("}")
    return entries


def _is_user_type(cursor: Cursor) -> bool:
    first = cursor.peek(1)
    if first in _PLAIN_START or first == "}":
        return False
    cursor.require(tokens.NAMES, 1)
    second = cursor.peek(2)
    if second == ":":
        return True
    if second == "." or (second == "(" and first in _CALLS):
        return False
    raise cursor.no_viable(2)


def _user_type_literal(cursor: Cursor) -> ast.UserTypeLiteral[ast.Term]:
    cursor.expect("{")
    fields = [_field(cursor)]
    while cursor.skip(","):
        fields.append(_field(cursor))
    cursor.expect("}")
    return ast.UserTypeLiteral(tuple(fields))


def _field(cursor: Cursor) -> tuple[str, ast.Term]:
    name = names.identifier(cursor)
    cursor.expect(":")
    return name, term(cursor)


def _call(cursor: Cursor) -> ast.FunctionCall[ast.Term]:
    opening = _opening_parenthesis(cursor)
    following = cursor.peek(opening + 1)
    if following != ")" and following not in START:
        raise cursor.no_viable(opening + 1)
    name = names.function(cursor)
    cursor.expect("(")
    arguments = () if cursor.kind == ")" else _terms(cursor)
    cursor.expect(")")
    return ast.FunctionCall(name, arguments)


def _opening_parenthesis(cursor: Cursor) -> int:
    """How far the `(` of a call is."""
    kind, following = cursor.kind, cursor.peek(1)
    if following == "(" and kind in tokens.FUNCTION_NAMES:
        return 1
    if following != "." or kind == "K_TOKEN":
        raise cursor.no_viable(1)
    cursor.require(tokens.FUNCTION_NAMES, 2)
    cursor.require({"("}, 3)
    return 3


def _cast(cursor: Cursor) -> ast.Cast[ast.Term]:
    cursor.expect("K_CAST", "(")
    depth = cursor.depth
    cursor.descend()
    operand = _simple(cursor)
    cursor.depth = depth
    cursor.expect("K_AS")
    native = typenames.native_type(cursor)
    cursor.expect(")")
    return ast.Cast(operand, native)


def _hinted(cursor: Cursor) -> ast.TypeHint[ast.Term]:
    cursor.expect("(")
    hint = typenames.type_name(cursor)
    cursor.expect(")")
    depth = cursor.depth
    cursor.descend()
    operand = _simple(cursor)
    cursor.depth = depth
    return ast.TypeHint(hint, operand)


def _is_type_hint(cursor: Cursor) -> bool:
    """Whether the parenthesis holds a type, not values."""
    first = cursor.peek(1)
    if first == tokens.STRING:
        return _is_custom_type_hint(cursor)
    if first in _PLAIN_START:
        return False
    if first == "K_SET":
        return True
    cursor.require(tokens.NAMES, 1)
    second = cursor.peek(2)
    if second == ".":
        return _is_qualified_type_hint(cursor)
    if second == "(" and first in _CALLS:
        return False
    if (second == ")" and (first in tokens.NATIVE_TYPES or first in tokens.TYPE_NAMES)) or (
        second == "<" and first in _NAMED_TYPES
    ):
        return True
    raise cursor.no_viable(2)


def _is_qualified_type_hint(cursor: Cursor) -> bool:
    name = cursor.peek(3)
    if name in tokens.NATIVE_TYPES or name in {"K_COUNT", "K_TOKEN"}:
        return False
    cursor.require(tokens.TYPE_NAMES, 3)
    if name == "K_KEY":
        return True
    cursor.require({"(", ")"}, 4)
    return cursor.peek(4) == ")"


def _is_custom_type_hint(cursor: Cursor) -> bool:
    """`('org…Type')x`, as against `('text')`."""
    second = cursor.peek(2)
    if second in {"%", "+", ",", "-", "/", "*"}:
        return False
    cursor.require({")"}, 2)
    third = cursor.peek(3)
    if third in {"K_AS", "K_GROUP", "K_PER"}:
        return cursor.peek(4) in {"(", "."}
    if third == ":":
        return cursor.peek(4) in tokens.NAMES and cursor.peek(5) not in {"(", "."}
    if third not in _SIMPLE_START and third not in _MARKER_END:
        raise cursor.no_viable(3)
    return third in _SIMPLE_START
