"""A term as written and the receiver it is for → a typed `nodes.Term`, or the server's refusal.

Functions and terms are mutually recursive: `plan.functions` resolves calls and operators, whose arguments come back here.
The receiver is a `ColumnSpec`, since a marker takes its name and type from it and errors name it.
"""

from collections.abc import Iterable, Sequence
from typing import assert_never

from coodie_memory.cql import ast
from coodie_memory.cql.text import term as spelt
from coodie_memory.cql.text import type_name
from coodie_memory.dialect import LiteralRefusals
from coodie_memory.errors import InvalidRequest
from coodie_memory.plan import functions
from coodie_memory.plan.composite import composed
from coodie_memory.plan.nodes import Bind, Call, Composite, Constant, Member, Term
from coodie_memory.plan.scope import Scope
from coodie_memory.result import ColumnSpec, Raw, Unset
from coodie_memory.types.base import Assignment, ConstantKind, CqlType, MarshalError
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.digits import whole
from coodie_memory.types.integers import BIGINT, INT, SMALLINT, TINYINT
from coodie_memory.types.strictness import time_of_text
from coodie_memory.types.strings import BLOB
from coodie_memory.types.times import TIME
from coodie_memory.types.timestamps import TIMESTAMP, is_now
from coodie_memory.types.tuples import TupleType
from coodie_memory.types.usertype import UserType
from coodie_memory.types.vector import VectorType

_LONGEST_MEMBER = 0xFFFF
_INTEGERS = (TINYINT, SMALLINT, INT, BIGINT)


def term(scope: Scope, raw: ast.Term, receiver: ColumnSpec) -> Term:
    """The term as a value for the receiver."""
    match raw:
        case ast.Literal():
            return _literal(scope, raw, receiver)
        case ast.Null():
            if receiver.type.is_counter:
                raise InvalidRequest("Invalid null value for counter increment/decrement")
            return Constant(receiver.type, None)
        case ast.Marker():
            return scope.bind(raw, receiver)
        case ast.FunctionCall():
            return functions.call(scope, raw.name, raw.arguments, receiver)
        case ast.BinaryOp():
            return functions.operation(scope, raw, receiver)
        case ast.Negation():
            return functions.negation(scope, raw, receiver)
        case ast.Cast():
            return functions.cast(scope, raw, receiver)
        case ast.TypeHint():
            return _hinted(scope, raw, receiver)
        case ast.ListLiteral():
            return _list_or_vector(scope, raw, receiver)
        case ast.SetLiteral():
            return _set(scope, raw, receiver)
        case ast.MapLiteral():
            return _map(scope, raw, receiver)
        case ast.TupleLiteral():
            return _tuple(scope, raw, receiver)
        case ast.UserTypeLiteral():
            return _user_type(scope, raw, receiver)
        case _:
            assert_never(raw)


def assignment(scope: Scope, raw: ast.Term, receiver: ColumnSpec) -> Assignment:
    """How well the term fits the receiver."""
    match raw:
        case ast.Literal():
            return receiver.type.literal_assignment(ConstantKind(raw.kind), raw.text)
        case ast.Null():
            return Assignment.NOT if receiver.type.is_counter else Assignment.WEAK
        case ast.Marker():
            return Assignment.WEAK
        case ast.FunctionCall() | ast.BinaryOp() | ast.Negation() | ast.Cast():
            return functions.assignment(scope, raw, receiver)
        case ast.TypeHint():
            hint = scope.type(raw.type)
            if scope.dialect.widens_ints and hint is INT and receiver.type in (BIGINT, BLOB):
                return Assignment.WEAK
            # Other than a function's result, a hint must say frozen where the receiver is.
            is_alike = hint.is_multicell == receiver.type.is_multicell
            return receiver.type.assignment(hint) if is_alike else Assignment.NOT
        case ast.ListLiteral():
            return _list_or_vector_assignment(scope, raw, receiver)
        case ast.SetLiteral():
            if isinstance(receiver.type, SetType):
                return _all(assignment(scope, element, element_spec(receiver)) for element in raw.elements)
            # {} is an empty map, too.
            is_map = isinstance(receiver.type, MapType) and not raw.elements
            return Assignment.WEAK if is_map else Assignment.NOT
        case ast.MapLiteral():
            if not isinstance(receiver.type, MapType):
                return Assignment.NOT
            keys, values = key_spec(receiver), element_spec(receiver)
            return _all(
                assignment(scope, part, spec)
                for key, value in raw.entries
                for part, spec in ((key, keys), (value, values))
            )
        case ast.TupleLiteral():
            if _is_grouping(scope, raw, receiver):
                return assignment(scope, raw.elements[0], receiver)
            return Assignment.NOT if _tuple_misfit(scope, raw, receiver) else Assignment.WEAK
        case ast.UserTypeLiteral():
            return Assignment.NOT if _user_type_misfit(scope, raw, receiver) else Assignment.WEAK
        case _:
            assert_never(raw)


def element_spec(receiver: ColumnSpec) -> ColumnSpec:
    """The receiver of an element of a list, set or vector, or of a map's value."""
    kind = receiver.type
    assert isinstance(kind, ListType | SetType | MapType | VectorType)
    return _inside(
        receiver, f"value({receiver.name})", kind.value if isinstance(kind, MapType) else kind.element
    )


def key_spec(receiver: ColumnSpec) -> ColumnSpec:
    """The receiver of a map's key."""
    assert isinstance(receiver.type, MapType)
    return _inside(receiver, f"key({receiver.name})", receiver.type.key)


def field_spec(receiver: ColumnSpec, index: int) -> ColumnSpec:
    """The receiver of a user type's field."""
    assert isinstance(receiver.type, UserType)
    name = receiver.type.field_names[index]
    return _inside(receiver, f"{receiver.name}.{name}", receiver.type.field_types[index])


def components(kind: CqlType) -> tuple[CqlType, ...] | None:
    """What a tuple literal consists of; a user type is a tuple, too."""
    match kind:
        case TupleType():
            return kind.components
        case UserType():
            return kind.field_types
        case _:
            return None


def has_marker(planned: Term) -> bool:
    """Whether a bind marker occurs in the term."""
    match planned:
        case Bind():
            return True
        case Constant():
            return False
        case Call():
            return any(map(has_marker, planned.arguments))
        case Composite():
            return any(map(has_marker, planned.parts))
        case Member():
            return has_marker(planned.document.source)
        case _:
            assert_never(planned)


def _inside(receiver: ColumnSpec, name: str, inner: CqlType) -> ColumnSpec:
    return ColumnSpec(receiver.keyspace, receiver.table, name, inner)


def _literal(scope: Scope, raw: ast.Literal, receiver: ColumnSpec) -> Constant | Call:
    kind = ConstantKind(raw.kind)
    is_no_time = receiver.type is TIME and kind is ConstantKind.INTEGER and scope.dialect.times_are_texts
    if is_no_time or not receiver.type.accepts(kind):
        raise InvalidRequest(
            f'Invalid {raw.kind} constant ({raw.text}) for "{receiver.name}" of type {receiver.type}'
        )
    try:
        return _constant(scope, kind, raw.text, receiver)
    except MarshalError as error:
        refusal = scope.dialect.no_literal
        if kind is ConstantKind.INTEGER and receiver.type in _INTEGERS:
            is_long = -(2**63) <= whole(raw.text) < 2**63
            refusal = scope.dialect.no_integer if is_long else scope.dialect.no_long
        raise MarshalError(
            refusal.format(what=error.message, type=receiver.type.java_name, text=raw.text)
        ) from None


def _constant(scope: Scope, kind: ConstantKind, text: str, receiver: ColumnSpec) -> Constant | Call:
    if not text and receiver.type.cql() in scope.dialect.empty_literals:
        return Constant(receiver.type, b"")
    if receiver.type is TIMESTAMP and kind is ConstantKind.STRING:
        if is_now(text):
            # The one constant that means another value each time it is executed.
            return functions.call(scope, ast.QualifiedName("system", "currenttimestamp"), (), receiver)
        if scope.dialect.refuses_parts_of_millis:
            return Constant(receiver.type, time_of_text(text))
    return Constant(receiver.type, receiver.type.from_literal(kind, text))


def _hinted(scope: Scope, raw: ast.TypeHint[ast.Term], receiver: ColumnSpec) -> Term:
    hint = scope.type(raw.type)
    keyspace = receiver.keyspace
    if not assignment(scope, raw.operand, _inside(receiver, spelt(raw, keyspace), hint)).fits:
        raise InvalidRequest(
            f"Cannot cast value {spelt(raw.operand, keyspace)} to type {type_name(raw.type, keyspace)}"
        )
    if not assignment(scope, raw, receiver).fits:
        raise InvalidRequest(
            f"Cannot assign value {spelt(raw, keyspace)} to {receiver.name} of type {receiver.type}"
        )
    if receiver.type is BLOB and scope.dialect.widens_ints:
        # The bytes are taken as they are.
        return term(scope, raw.operand, _inside(receiver, spelt(raw, keyspace), hint))
    return term(scope, raw.operand, receiver)


def _list_or_vector(scope: Scope, raw: ast.ListLiteral[ast.Term], receiver: ColumnSpec) -> Term:
    kind = receiver.type
    elements = raw.elements
    if isinstance(kind, VectorType):
        if len(elements) != kind.dimension:
            raise InvalidRequest(
                scope.dialect.literal_refusals.vector_size.format(
                    name=receiver.name, type=kind, expected=kind.dimension, given=len(elements)
                )
            )
        return _assembled(kind, _elements(scope, "vector", elements, receiver))
    if isinstance(kind, ListType):
        parts = _elements(scope, "list", elements, receiver)
        _refuse_markers(scope, "list", parts, receiver)
        if any(isinstance(part, Constant) and part.raw is None for part in parts):
            raise null_in_list(kind, scope.dialect.literal_refusals)
        return _assembled(kind, parts)
    raise _not_a_list(scope, receiver)


def _list_or_vector_assignment(
    scope: Scope, raw: ast.ListLiteral[ast.Term], receiver: ColumnSpec
) -> Assignment:
    kind = receiver.type
    if isinstance(kind, VectorType):
        if len(raw.elements) != kind.dimension:
            return Assignment.NOT
    elif not isinstance(kind, ListType):
        if scope.dialect.literal_refusals.list_for_other_is_final:
            raise _not_a_list(scope, receiver)
        return Assignment.NOT
    return _all(assignment(scope, element, element_spec(receiver)) for element in raw.elements)


def _not_a_list(scope: Scope, receiver: ColumnSpec) -> InvalidRequest:
    words = scope.dialect.literal_refusals.list_for_other
    return InvalidRequest(words.format(name=receiver.name, type=receiver.type))


def null_in_list(kind: ListType, refusals: LiteralRefusals) -> InvalidRequest:
    """The refusal of a list with an element that is null."""
    return InvalidRequest(refusals.null_in_list if kind.is_multicell else refusals.null_in_frozen_list)


def refuse_long_members(kind: CqlType, parts: Sequence[Raw | Unset], refusals: LiteralRefusals) -> None:
    """Refuse members of sets and keys of maps that are too long, where a server does; `parts` as in `Composite`."""
    match kind:
        case SetType():
            refusal, members = refusals.long_set_value, parts
        case MapType():
            refusal, members = refusals.long_map_key, parts[::2]
        case _:
            return
    if refusal is not None:
        for member in members:
            if isinstance(member, bytes) and len(member) > _LONGEST_MEMBER:
                raise InvalidRequest(refusal.format(given=len(member)))


def _refuse_long_constants(scope: Scope, kind: CqlType, parts: Sequence[Term]) -> None:
    raws = [part.raw if isinstance(part, Constant) else None for part in parts]
    refuse_long_members(kind, raws, scope.dialect.literal_refusals)


def _set(scope: Scope, raw: ast.SetLiteral[ast.Term], receiver: ColumnSpec) -> Term:
    if isinstance(receiver.type, MapType) and not raw.elements:
        return _assembled(receiver.type, [])
    if not isinstance(receiver.type, SetType):
        raise InvalidRequest(f"Invalid set literal for {receiver.name} of type {receiver.type}")
    parts = _elements(scope, "set", raw.elements, receiver)
    _refuse_markers(scope, "set", parts, receiver)
    _refuse_long_constants(scope, receiver.type, parts)
    return _assembled(receiver.type, parts)


def _map(scope: Scope, raw: ast.MapLiteral[ast.Term], receiver: ColumnSpec) -> Term:
    if not isinstance(receiver.type, MapType):
        raise InvalidRequest(f"Invalid map literal for {receiver.name} of type {receiver.type}")
    keys, values = key_spec(receiver), element_spec(receiver)
    for key, value in raw.entries:
        for what, part, spec in (("key", key, keys), ("value", value, values)):
            if not assignment(scope, part, spec).fits:
                raise InvalidRequest(
                    f"Invalid map literal for {receiver.name}: {what} {spelt(part, receiver.keyspace)} is not of type {spec.type}"
                )
    parts = [
        term(scope, part, spec) for key, value in raw.entries for part, spec in ((key, keys), (value, values))
    ]
    _refuse_markers(scope, "map", parts, receiver)
    _refuse_long_constants(scope, receiver.type, parts)
    return _assembled(receiver.type, parts)


def _elements(scope: Scope, what: str, elements: Sequence[ast.Term], receiver: ColumnSpec) -> list[Term]:
    spec = element_spec(receiver)
    for element in elements:
        if not assignment(scope, element, spec).fits:
            raise InvalidRequest(
                f"Invalid {what} literal for {receiver.name}: value {spelt(element, receiver.keyspace)} is not of type {spec.type}"
            )
    return [term(scope, element, spec) for element in elements]


def _refuse_markers(scope: Scope, what: str, parts: Sequence[Term], receiver: ColumnSpec) -> None:
    refusal = scope.dialect.literal_refusals.markers
    if refusal is not None and any(map(has_marker, parts)):
        raise InvalidRequest(refusal.format(what=what, name=receiver.name))


def _tuple(scope: Scope, raw: ast.TupleLiteral[ast.Term], receiver: ColumnSpec) -> Term:
    # One element in parentheses may be just that; only the receiver can tell.
    if _is_grouping(scope, raw, receiver):
        return term(scope, raw.elements[0], receiver)
    if misfit := _tuple_misfit(scope, raw, receiver):
        raise InvalidRequest(misfit)
    parts = [
        term(scope, element, _component_spec(receiver, index)) for index, element in enumerate(raw.elements)
    ]
    return _assembled(receiver.type, parts)


def _is_grouping(scope: Scope, raw: ast.TupleLiteral[ast.Term], receiver: ColumnSpec) -> bool:
    return (
        scope.dialect.single_parentheses_group
        and len(raw.elements) == 1
        and components(receiver.type) is None
    )


def _tuple_misfit(scope: Scope, raw: ast.TupleLiteral[ast.Term], receiver: ColumnSpec) -> str | None:
    kind = receiver.type
    parts = components(kind)
    if parts is None:
        return f"Invalid tuple type literal for {receiver.name} of type {kind}"
    for index, element in enumerate(raw.elements):
        if index >= len(parts):
            return (
                f"Invalid tuple literal for {receiver.name}: too many elements."
                f" Type {kind} expects {len(parts)} but got {len(raw.elements)}"
            )
        spec = _component_spec(receiver, index)
        if not assignment(scope, element, spec).fits:
            return f"Invalid tuple literal for {receiver.name}: component {index} is not of type {spec.type}"
    return None


def _component_spec(receiver: ColumnSpec, index: int) -> ColumnSpec:
    parts = components(receiver.type)
    assert parts is not None
    return _inside(receiver, f"{receiver.name}[{index}]", parts[index])


def _user_type(scope: Scope, raw: ast.UserTypeLiteral[ast.Term], receiver: ColumnSpec) -> Term:
    if misfit := _user_type_misfit(scope, raw, receiver):
        raise InvalidRequest(misfit)
    kind = receiver.type
    assert isinstance(kind, UserType)
    # A field twice is accepted; the last one stands.
    given = dict(raw.fields)
    parts = [
        term(scope, given.get(name, ast.Null()), field_spec(receiver, index))
        for index, name in enumerate(kind.field_names)
    ]
    for name in given:
        if name not in kind.field_names:
            raise InvalidRequest(f"Unknown field '{name}' in value of user defined type {kind.name}")
    return _assembled(kind, parts)


def _user_type_misfit(scope: Scope, raw: ast.UserTypeLiteral[ast.Term], receiver: ColumnSpec) -> str | None:
    kind = receiver.type
    if not isinstance(kind, UserType):
        return f"Invalid user type literal for {receiver.name} of type {kind}"
    given = dict(raw.fields)
    for index, name in enumerate(kind.field_names):
        spec = field_spec(receiver, index)
        if name in given and not assignment(scope, given[name], spec).fits:
            return f"Invalid user type literal for {receiver.name}: field {name} is not of type {spec.type}"
    return None


def _assembled(kind: CqlType, parts: Sequence[Term]) -> Term:
    """The parts as one value: packed at once if they are constants."""
    constants = [part.raw for part in parts if isinstance(part, Constant)]
    if len(constants) < len(parts):
        return Composite(kind, tuple(parts))
    raw = composed(kind, constants)
    assert not isinstance(raw, Unset)
    return Constant(kind, raw)


def _all(assignments: Iterable[Assignment]) -> Assignment:
    """Of elements: all exact, all assignable, or not; an empty literal is of no exact type."""
    found = set(assignments)
    if Assignment.NOT in found:
        return Assignment.NOT
    return Assignment.EXACT if found == {Assignment.EXACT} else Assignment.WEAK
