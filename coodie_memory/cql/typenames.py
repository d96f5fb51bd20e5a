"""Types as written: `map<text, frozen<list<int>>>`."""

from coodie_memory.cql import ast, names, tokens
from coodie_memory.cql.cursor import Cursor
from coodie_memory.types import javaclasses

_TYPE_END = frozenset(
    {
        *(")", ",", ";", ">", tokens.EOF, "K_FINALFUNC", "K_INITCOND", "K_LANGUAGE", "K_MASKED", "K_PRIMARY"),
        "K_STATIC",
    }
)
_PARAMETRIC = frozenset({"K_MAP", "K_LIST", "K_TUPLE", "K_VECTOR", "K_FROZEN"})
_TYPE_START = tokens.NAMES | {"K_SET", tokens.STRING}
_MAX_DIMENSION = 2**31 - 1


def type_name(cursor: Cursor) -> ast.TypeName:
    """A type, however nested."""
    depth = cursor.depth
    cursor.descend()
    written = _type_name(cursor)
    cursor.depth = depth
    return written


def _type_name(cursor: Cursor) -> ast.TypeName:
    kind = cursor.kind
    if kind in tokens.NATIVE_TYPES:
        following = cursor.peek(1)
        if following in _TYPE_END or _is_reduce_function(cursor) or _is_ttl(cursor):
            cursor.settle(1)
            return native_type(cursor)
        if following != ".":
            raise cursor.no_viable(1)
    elif kind in _PARAMETRIC:
        following = cursor.peek(1)
        if following == "<":
            return _parametric(cursor)
        if following != "." and following not in _TYPE_END:
            raise cursor.no_viable(1)
        cursor.settle(1)
    elif kind == "K_SET":
        return _parametric(cursor)
    elif kind == tokens.STRING and cursor.dialect.grammar.custom_types:
        return _custom(cursor)
    elif kind not in tokens.NAMES:
        raise cursor.no_viable()
    return ast.UserTypeName(names.user_type(cursor))


def _custom(cursor: Cursor) -> ast.CustomTypeName:
    written = cursor.take()
    try:
        javaclasses.read(written)
    except javaclasses.Unreadable as wrong:
        cursor.note(str(wrong))
    return ast.CustomTypeName(written)


def _is_reduce_function(cursor: Cursor) -> bool:
    """Whether `STYPE int REDUCEFUNC f` follows, where REDUCEFUNC is no keyword."""
    return cursor.dialect.allows_reduce_functions and cursor.peek(1) == tokens.IDENT


def _is_ttl(cursor: Cursor) -> bool:
    """Whether `timestamp TTL` marks a column by which rows expire."""
    return cursor.dialect.allows_row_ttl and cursor.peek(1) == "K_TTL"


def native_type(cursor: Cursor) -> ast.NativeTypeName:
    """`int`, `text` and so on."""
    if cursor.kind not in tokens.NATIVE_TYPES:
        raise cursor.no_viable()
    return ast.NativeTypeName(cursor.take().lower())


def _parametric(cursor: Cursor) -> ast.TypeName:
    kind = cursor.kind
    cursor.take()
    cursor.expect("<")
    first = type_name(cursor)
    written: ast.TypeName
    match kind:
        case "K_LIST":
            written = ast.ListTypeName(first)
        case "K_SET":
            written = ast.SetTypeName(first)
        case "K_MAP":
            cursor.expect(",")
            written = ast.MapTypeName(first, type_name(cursor))
        case "K_TUPLE":
            written = ast.TupleTypeName(_rest(cursor, first))
        case "K_VECTOR":
            cursor.expect(",")
            written = ast.VectorTypeName(first, _dimension(cursor))
        case _:
            cursor.expect(">")
            return _frozen(cursor, first)
    cursor.expect(">")
    return written


def _rest(cursor: Cursor, first: ast.TypeName) -> tuple[ast.TypeName, ...]:
    components = [first]
    while cursor.skip(","):
        components.append(type_name(cursor))
    return tuple(components)


def _dimension(cursor: Cursor) -> int:
    written = cursor.expect(tokens.INTEGER)
    dimension = int(written) if len(written) <= len(str(_MAX_DIMENSION)) + 1 else _MAX_DIMENSION + 1
    if abs(dimension) > _MAX_DIMENSION:
        raise cursor.abort(f'NumberFormatException For input string: "{written}"')
    return dimension


def _frozen(cursor: Cursor, inner: ast.TypeName) -> ast.TypeName:
    if isinstance(inner, ast.NativeTypeName | ast.CustomTypeName):
        got = inner.name if isinstance(inner, ast.NativeTypeName) else javaclasses.quoted(inner.class_name)
        cursor.note(f"frozen<> is only allowed on collections, tuples, and user-defined types (got {got})")
    return ast.FrozenTypeName(inner)


def argument_types(cursor: Cursor) -> tuple[ast.TypeName, ...]:
    """`(int, text)`, maybe empty."""
    cursor.expect("(")
    types: list[ast.TypeName] = []
    if cursor.kind in _TYPE_START:
        types.append(type_name(cursor))
        while cursor.skip(","):
            types.append(type_name(cursor))
    cursor.expect(")")
    return tuple(types)
