"""`WITH name = value AND …`."""

from coodie_memory.cql import ast, names, terms, text, tokens
from coodie_memory.cql.cursor import Cursor

_SIMPLE_VALUES = tokens.UNRESERVED | tokens.CONSTANTS


def properties(cursor: Cursor) -> tuple[ast.Property, ...]:
    """The properties behind WITH."""
    written: list[ast.Property] = []
    add_property(cursor, written)
    while cursor.skip("K_AND"):
        add_property(cursor, written)
    return tuple(written)


def add_property(cursor: Cursor, written: list[ast.Property]) -> None:
    """Append the property that stands here; a second one of the same name is refused."""
    new = _property(cursor)
    if any(new.name == earlier.name for earlier in written):
        cursor.note(cursor.dialect.option_refusals.several.format(new.name))
    written.append(new)


def _property(cursor: Cursor) -> ast.Property:
    cursor.require(tokens.NAMES)
    cursor.require({"="}, 1)
    has_null = cursor.dialect.null_is_a_value_of_properties
    cursor.require(_SIMPLE_VALUES | {"{"} | ({"K_NULL"} if has_null else frozenset()), 2)
    name = names.identifier(cursor)
    cursor.expect("=")
    if cursor.kind == "{":
        return ast.Property(name, text_map(cursor))
    if cursor.kind in tokens.UNRESERVED | {"K_NULL"}:
        return ast.Property(name, cursor.take())
    return ast.Property(name, terms.constant(cursor).text)


def text_map(cursor: Cursor) -> tuple[tuple[str, str], ...]:
    """`{'a': 'b'}` of constants only, as texts."""
    written: dict[str, str] = {}
    for key, value in terms.map_literal(cursor):
        if not isinstance(key, ast.Literal):
            cursor.note(f"Invalid property name: {text.term(key)}{_no_markers(key)}")
        elif not isinstance(value, ast.Literal):
            cursor.note(
                f"Invalid property value: {text.term(value)} for property: {text.term(key)}{_no_markers(value)}"
            )
        else:
            if key.text in written:
                cursor.note(f"Multiple definition for property {key.text}")
            written[key.text] = value.text
    return tuple(written.items())


def _no_markers(term: ast.Term) -> str:
    return " (bind variables are not supported in DDL queries)" if isinstance(term, ast.Marker) else ""
