"""How the server echoes what was written: in messages, and as names of result columns.

The echo is made from the tree, not from the text: `v=1+1` comes back as `v = system."_add"(1, 1)`, `?` stands for
named markers, too, and strings keep single quotes single.
"""

from typing import TYPE_CHECKING, assert_never

from coodie_memory.cql import ast
from coodie_memory.types import javaclasses
from coodie_memory.types.hashing import hashed
from coodie_memory.types.quoting import identifier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["identifier", "relation", "selector", "term", "type_name"]

_OPERATIONS: dict[ast.ArithmeticOperator, str] = {
    "+": "_add",
    "-": "_substract",
    "*": "_multiply",
    "/": "_divide",
    "%": "_modulo",
}


def term(written: ast.Term, keyspace: str | None = None) -> str:
    """A term; arithmetic and casts come out as the functions they are on the server.

    `keyspace`: the server has looked at the term, and knows from there on where its user types are.
    """

    def inner(part: ast.Term) -> str:
        return term(part, keyspace)

    match written:
        case ast.Literal() | ast.Null() | ast.Marker():
            return _leaf(written)
        case ast.FunctionCall(name, arguments):
            return f"{_function(name)}({_joined(map(inner, arguments))})"
        case ast.BinaryOp(operator, left, right):
            return f'system."{_OPERATIONS[operator]}"({inner(left)}, {inner(right)})'
        case ast.Negation(operand):
            return f'system."_negate"({inner(operand)})'
        case ast.Cast(operand, native):
            return f"system.cast_as_{native.name}({inner(operand)})"
        case ast.TypeHint(hint, operand):
            return f"({type_name(hint, keyspace)}){inner(operand)}"
        case ast.ListLiteral(elements):
            return f"[{_joined(map(inner, elements))}]"
        case ast.SetLiteral(elements):
            return f"{{{_joined(map(inner, elements))}}}"
        case ast.TupleLiteral(elements):
            return f"({_joined(map(inner, elements))})"
        case ast.MapLiteral(entries):
            return "{" + _joined(f"{inner(key)}: {inner(value)}" for key, value in entries) + "}"
        case ast.UserTypeLiteral(fields):
            # The server keeps them in a hash map.
            given = dict(fields)
            return "{" + _joined(f"{field}: {inner(given[field])}" for field in hashed(given)) + "}"
        case _:
            assert_never(written)


def relation(written: ast.Relation) -> str:
    """A relation of WHERE; columns are quoted where they need it."""
    match written:
        case ast.ColumnRelation(column, operator, value):
            return f"{identifier(column)} {operator} {term(value)}"
        case ast.ColumnInRelation(column, values, negated):
            return f"{identifier(column)} {_in(negated)} {_values(values)}"
        case ast.NotNullRelation(column):
            return f"{identifier(column)} IS NOT NULL"
        case ast.ElementRelation(column, key, operator, value):
            return f"{identifier(column)}[{term(key)}] {operator} {term(value)}"
        case ast.TokenRelation(columns, operator, value):
            return f"token{_columns(columns)} {operator} {term(value)}"
        case ast.TupleRelation(columns, operator, value):
            return f"{_columns(columns)} {operator} {term(value)}"
        case ast.TupleInRelation(columns, values, negated):
            return f"{_columns(columns)} {_in(negated)} {_values(values)}"
        case ast.IndexExpression(index, value):
            return f"expr({identifier(index)},{term(value)})"
        case _:
            assert_never(written)


def selector(
    written: ast.Selector, function_name: "Callable[[ast.FunctionCall[ast.Selector]], str] | None" = None
) -> str:
    """A selector as it names its result column; `function_name` says what the schema makes of a call's name."""

    def shown(inner: ast.Selector) -> str:
        return selector(inner, function_name)

    match written:
        case ast.ColumnSelector(name):
            return name
        case ast.FieldSelector(operand, field):
            return f"{shown(operand)}.{field}"
        case ast.ElementSelector(operand, key):
            return f"{shown(operand)}[{term(key)}]"
        case ast.SliceSelector(operand, start, end):
            bounds = ("" if bound is None else term(bound) for bound in (start, end))
            return f"{shown(operand)}[{'..'.join(bounds)}]"
        case ast.AttributeSelector(attribute, operand):
            return f"{attribute}({shown(operand)})"
        case ast.CountRows():
            return "count"
        case ast.Literal() | ast.Null() | ast.Marker():
            return _leaf(written)
        case ast.FunctionCall(name, arguments):
            called = _function(name) if function_name is None else function_name(written)
            return f"{called}({_joined(map(shown, arguments))})"
        case ast.BinaryOp(operator, left, right):
            return f"{shown(left)} {operator} {shown(right)}"
        case ast.Negation(operand):
            return f"-{shown(operand)}"
        case ast.Cast(operand, native):
            return f"cast({shown(operand)} as {native.name})"
        case ast.TypeHint(hint, operand):
            return f"({type_name(hint)}){shown(operand)}"
        case ast.ListLiteral(elements):
            return f"[{_joined(map(shown, elements))}]"
        case ast.SetLiteral(elements):
            return f"{{{_joined(map(shown, elements))}}}"
        case ast.TupleLiteral(elements):
            return f"({_joined(map(shown, elements))})"
        case ast.MapLiteral(entries):
            return "{" + _joined(f"{shown(key)}: {shown(value)}" for key, value in entries) + "}"
        case _:
            assert_never(written)


def type_name(written: ast.TypeName, keyspace: str | None = None) -> str:
    """A type as the server repeats it before it knows what the names mean; `keyspace`: it knows where user types are."""

    def inner(part: ast.TypeName) -> str:
        return type_name(part, keyspace)

    match written:
        case ast.NativeTypeName(name):
            return name
        case ast.ListTypeName(element):
            return f"list<{inner(element)}>"
        case ast.SetTypeName(element):
            return f"set<{inner(element)}>"
        case ast.MapTypeName(key, value):
            return f"map<{inner(key)}, {inner(value)}>"
        case ast.TupleTypeName(components):
            return f"tuple<{_joined(map(inner, components))}>"
        case ast.VectorTypeName(element, dimension):
            return f"vector<{inner(element)}, {dimension}>"
        case ast.FrozenTypeName(ast.TupleTypeName() | ast.VectorTypeName() as thawed):
            # These are frozen anyway; the server does not say so.
            return inner(thawed)
        case ast.FrozenTypeName(thawed):
            return f"frozen<{inner(thawed)}>"
        case ast.UserTypeName(name):
            known = name.keyspace or keyspace
            return name.name if known is None else f"{known}.{name.name}"
        case ast.CustomTypeName(class_name):
            return javaclasses.quoted(class_name)
        case _:
            assert_never(written)


def _leaf(written: ast.Literal | ast.Null | ast.Marker) -> str:
    match written:
        case ast.Literal("STRING", content):
            return f"'{content}'"
        case ast.Literal(_, content):
            return content
        case ast.Null():
            return "NULL"
        case ast.Marker():
            return "?"
        case _:
            assert_never(written)


def _function(name: ast.QualifiedName) -> str:
    if name.keyspace is None or (name.keyspace, name.name) == ("system", "token"):
        return identifier(name.name) if name.name != "token" else "token"
    return f"{identifier(name.keyspace)}.{identifier(name.name)}"


def _values(values: tuple[ast.Term, ...] | ast.Marker) -> str:
    return "?" if isinstance(values, ast.Marker) else f"({_joined(map(term, values))})"


def _columns(columns: tuple[str, ...]) -> str:
    return f"({_joined(map(identifier, columns))})"


def _in(negated: bool) -> str:  # noqa: FBT001 - the relation's own field
    return "NOT IN" if negated else "IN"


def _joined(parts: "Iterable[str]") -> str:
    return ", ".join(parts)
