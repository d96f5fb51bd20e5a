"""Selectors before anybody expects a type of them: whether all names exist, which type each has by itself.

A selector looks like a term and may name columns. `check` is the first thing that happens to a select list, before WHERE
is looked at; `selection` makes outputs of it later.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TypeAlias, assert_never

from coodie_memory.cql import ast, text
from coodie_memory.errors import InvalidRequest
from coodie_memory.plan import terms, termtypes
from coodie_memory.plan.functions import resolution
from coodie_memory.plan.functions.calls import FUNCTION_OF, native
from coodie_memory.plan.scope import Scope
from coodie_memory.result import ColumnSpec
from coodie_memory.schema.model import Table
from coodie_memory.types.base import Assignment, CqlType
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.integers import BIGINT, COUNTER
from coodie_memory.types.names import NATIVE
from coodie_memory.types.tuples import TupleType
from coodie_memory.types.usertype import UserType
from coodie_memory.types.vector import VectorType
from coodie_memory.value import Value, replace

Operation: TypeAlias = (
    ast.FunctionCall[ast.Selector] | ast.BinaryOp[ast.Selector] | ast.Negation[ast.Selector]
)
BareTerm: TypeAlias = ast.Literal | ast.Null | ast.Marker


class Place(Value):
    """Where a selector stands: the statement's scope and its table, and the first column of the select list."""

    scope: Scope
    table: Table
    first_column: str = ""


def simplified(place: Place, written: ast.Selector) -> ast.Selector:
    """The selector as the server sees it: `count(1)` is `count(*)`, a user type in a hint has its keyspace."""
    match written:
        case ast.FunctionCall(ast.QualifiedName(None | "system", "count"), (ast.Literal(),)):
            return ast.CountRows()
        case ast.TypeHint():
            return ast.TypeHint(_hinted(place, written.type), simplified(place, written.operand))
        case _:
            return _with_parts(written, lambda part: simplified(place, part))


def _without_idle_casts(place: Place, written: ast.Selector) -> ast.Selector:
    """The selector less the casts of values to the type that they have anyway."""
    if isinstance(written, ast.Cast) and is_idle(place, written):
        return _without_idle_casts(place, written.operand)
    return _with_parts(written, lambda part: _without_idle_casts(place, part))


def is_idle(place: Place, written: ast.Cast[ast.Selector]) -> bool:
    """Whether the cast is to the type that the value has anyway."""
    # To Cassandra a descending column is of a type of its own, which a cast, where it has a function, makes the ordinary one.
    if (
        place.scope.dialect.casts_descending_columns
        and isinstance(written.operand, ast.ColumnSelector)
        and place.table.columns[written.operand.name].descending
    ):
        return False
    return exact_type(place, written.operand) == NATIVE.get(written.type.name)


def _with_parts(written: ast.Selector, of: Callable[[ast.Selector], ast.Selector]) -> ast.Selector:
    """The selector made of other parts."""
    match written:
        case ast.FunctionCall():
            return replace(written, arguments=tuple(map(of, written.arguments)))
        case (
            ast.Cast()
            | ast.Negation()
            | ast.TypeHint()
            | ast.FieldSelector()
            | ast.ElementSelector()
            | ast.SliceSelector()
        ):
            return replace(written, operand=of(written.operand))
        case ast.BinaryOp():
            return replace(written, left=of(written.left), right=of(written.right))
        case ast.ListLiteral() | ast.SetLiteral() | ast.TupleLiteral():
            return replace(written, elements=tuple(map(of, written.elements)))
        case ast.MapLiteral():
            return ast.MapLiteral(tuple((of(key), of(value)) for key, value in written.entries))
        case _:
            return written


def _hinted(place: Place, written: ast.TypeName) -> ast.TypeName:
    """The type as the server spells it: user types with their keyspace, and frozen what a frozen type consists of.

    One that will be refused stays as it is written, since that comes first.
    """
    try:
        place.scope.type(written)
    except InvalidRequest:
        return written
    return _qualified(place, written)


def _qualified(place: Place, written: ast.TypeName, *, frozen: bool = False) -> ast.TypeName:
    """The type with its user types' keyspace; what is inside of something frozen, or of a tuple, is frozen itself."""

    def inner(part: ast.TypeName) -> ast.TypeName:
        return _qualified(place, part, frozen=frozen)

    found: ast.TypeName
    match written:
        case ast.UserTypeName(name):
            found = ast.UserTypeName(ast.QualifiedName(name.keyspace or place.table.keyspace, name.name))
        case ast.FrozenTypeName():
            return _qualified(place, written.inner, frozen=True)
        case ast.ListTypeName() | ast.SetTypeName():
            found = replace(written, element=inner(written.element))
        case ast.MapTypeName():
            found = ast.MapTypeName(inner(written.key), inner(written.value))
        case ast.VectorTypeName():
            return replace(written, element=_qualified(place, written.element))
        case ast.TupleTypeName():
            return ast.TupleTypeName(
                tuple(_qualified(place, part, frozen=True) for part in written.components)
            )
        case _:
            return written
    return ast.FrozenTypeName(found) if frozen else found


def name(place: Place, written: ast.Selector) -> str:
    """The selector's result column."""
    shown = _with_casts(place, _without_idle_casts(place, written))
    return text.selector(shown, partial(_resolved_name, place))


def _with_casts(place: Place, written: ast.Selector) -> ast.Selector:
    """The selector with calls of the functions that casts are for casts."""
    if isinstance(written, ast.FunctionCall) and written.name.name.lower().startswith(("cast_as_", "castas")):
        called = function(place, written)
        if called.keyspace == resolution.SYSTEM:
            (operand,) = written.arguments
            written = ast.Cast(operand=operand, type=ast.NativeTypeName(called.returns.cql()))
    return _with_parts(written, partial(_with_casts, place))


def spelt(place: Place, written: ast.Selector) -> str:
    """The selector as messages repeat it."""
    return text.selector(written, partial(_function_name, place))


def _resolved_name(place: Place, call: ast.FunctionCall[ast.Selector]) -> str:
    found = function(place, call)
    return f"{found.keyspace}.{found.name}"


def _function_name(place: Place, call: ast.FunctionCall[ast.Selector]) -> str:
    try:
        return _resolved_name(place, call)
    except InvalidRequest:
        return f"{call.name.keyspace or resolution.SYSTEM}.{call.name.name}"


def check(place: Place, written: ast.Selector) -> None:
    """Refuse columns, functions and types that do not exist."""
    match written:
        case ast.ColumnSelector():
            place.scope.column(place.table, written.name)
        case ast.FieldSelector() | ast.ElementSelector() | ast.SliceSelector() | ast.AttributeSelector():
            check(place, written.operand)
        case ast.FunctionCall() | ast.BinaryOp() | ast.Negation():
            for argument in operands(written):
                check(place, argument)
            function(place, written)
        case ast.Cast() | ast.TypeHint():
            check(place, written.operand)
            if isinstance(written, ast.TypeHint):
                place.scope.type(written.type)
        case ast.ListLiteral() | ast.SetLiteral() | ast.TupleLiteral():
            for element in written.elements:
                check(place, element)
        case ast.MapLiteral():
            # A key may be a user type's field; only the expected type can tell.
            for _, value in written.entries:
                check(place, value)
        case ast.CountRows() | ast.Literal() | ast.Null() | ast.Marker():
            pass
        case _:
            assert_never(written)


def column_names(written: ast.Selector) -> Iterator[str]:
    """The columns that the selector names, with repetitions."""
    if isinstance(written, ast.ColumnSelector):
        yield written.name
    for part in parts(written):
        yield from column_names(part)


def parts(written: ast.Selector) -> tuple[ast.Selector, ...]:
    """The selectors that it is made of; a map's keys may be a user type's fields, and are not among them."""
    match written:
        case ast.FieldSelector() | ast.ElementSelector() | ast.SliceSelector() | ast.AttributeSelector():
            return (written.operand,)
        case ast.FunctionCall() | ast.BinaryOp() | ast.Negation():
            return operands(written)
        case ast.Cast() | ast.TypeHint():
            return (written.operand,)
        case ast.ListLiteral() | ast.SetLiteral() | ast.TupleLiteral():
            return written.elements
        case ast.MapLiteral():
            return tuple(value for _, value in written.entries)
        case ast.ColumnSelector() | ast.CountRows() | ast.Literal() | ast.Null() | ast.Marker():
            return ()
        case _:
            assert_never(written)


def operands(written: Operation) -> tuple[ast.Selector, ...]:
    """The arguments of the function that the selector calls."""
    match written:
        case ast.FunctionCall():
            return written.arguments
        case ast.BinaryOp():
            return written.left, written.right
        case ast.Negation():
            return (written.operand,)
        case _:
            assert_never(written)


def function(place: Place, written: Operation) -> resolution.Resolved:
    """The function that the selector calls."""
    return place.scope.once(written, "function", lambda: _function(place, written))


def _function(place: Place, written: Operation) -> resolution.Resolved:
    called = _called(written)
    arguments = [_SelectorArgument(place, operand) for operand in operands(written)]
    found = resolution.resolve(place.scope, place.table, called, arguments, None)
    if found is None:
        spelt = f"{called.keyspace}.{called.name}" if called.keyspace else called.name
        raise InvalidRequest(f"Unknown function '{spelt}'")
    return found


def cast_function(place: Place, written: ast.Cast[ast.Selector], called: str) -> resolution.Resolved | None:
    """The function that makes the cast."""
    arguments = [_SelectorArgument(place, written.operand)]
    return resolution.resolve(place.scope, place.table, native(called), arguments, None)


def _called(written: Operation) -> ast.QualifiedName:
    match written:
        case ast.FunctionCall():
            return written.name
        case ast.BinaryOp():
            return native(FUNCTION_OF[written.operator])
        case ast.Negation():
            return native(resolution.NEGATION)
        case _:
            assert_never(written)


def exact_type(place: Place, written: ast.Selector) -> CqlType | None:
    """The selector's own type; None where only somebody who expects one can say."""
    return _type(place, written, lambda term: termtypes.type_in_selection(place.scope, term))


def compatible_type(place: Place, written: ast.Selector) -> CqlType | None:
    """The same, with constants taken for what they look like."""
    return _type(place, written, lambda term: termtypes.compatible_type(place.scope, term))


def _type(
    place: Place, written: ast.Selector, of_term: Callable[[BareTerm], CqlType | None]
) -> CqlType | None:
    def inner(operand: ast.Selector) -> CqlType | None:
        return _type(place, operand, of_term)

    match written:
        case ast.ColumnSelector():
            return place.scope.column(place.table, written.name).type
        case ast.Literal() | ast.Null() | ast.Marker():
            return of_term(written)
        case ast.CountRows():
            return NATIVE["bigint"]
        case ast.FunctionCall() | ast.BinaryOp() | ast.Negation():
            return function(place, written).returns
        case ast.Cast():
            return NATIVE.get(written.type.name)
        case ast.TypeHint():
            return place.scope.type(written.type).freeze()
        case ast.AttributeSelector():
            # As an argument Cassandra takes an element's or a field's times for those of the whole column.
            asked = _column_of(written) if place.scope.dialect.attributes_of_parts else written.operand
            return attribute_type(written.attribute, inner(asked))
        case ast.FieldSelector():
            kind = inner(written.operand)
            return field_type(kind, written.field) if isinstance(kind, UserType) else None
        case ast.ElementSelector():
            kind = inner(written.operand)
            # A list's cells are named by timeuuids; that it cannot be subscripted is said later.
            path = _of_list(place, kind) if isinstance(kind, ListType) else None
            return element_type(kind) if isinstance(kind, SetType | MapType) else path
        case ast.SliceSelector():
            kind = inner(written.operand)
            return kind if kind is not None and kind.is_collection else None
        case ast.ListLiteral():
            element = termtypes.common_type(map(inner, written.elements))
            return ListType(element, is_multicell=False) if element else None
        case ast.SetLiteral():
            element = termtypes.common_type(map(inner, written.elements))
            return SetType(element, is_multicell=False) if element else None
        case ast.TupleLiteral():
            return _tuple_type(place, list(map(inner, written.elements)))
        case ast.MapLiteral():
            return _map_type(place, written, inner)
        case _:
            assert_never(written)


def _of_list(place: Place, kind: ListType) -> CqlType:
    return kind.element if place.scope.dialect.selects_list_elements else NATIVE["timeuuid"]


def _map_type(
    place: Place, written: ast.MapLiteral[ast.Selector], inner: Callable[[ast.Selector], CqlType | None]
) -> CqlType | None:
    """A map's type, unless its keys may be a user type's fields."""
    if not place.scope.dialect.types_constants_in_selection:
        return None
    if any(isinstance(key, ast.ColumnSelector) for key, _ in written.entries):
        return None
    key = termtypes.common_type(inner(key) for key, _ in written.entries)
    value = termtypes.common_type(inner(value) for _, value in written.entries)
    return MapType(key, value, is_multicell=False) if key and value else None


def _tuple_type(place: Place, components: list[CqlType | None]) -> CqlType | None:
    # One element may just stand in parentheses.
    known = tuple(component for component in components if component)
    least = 2 if place.scope.dialect.single_parentheses_group else 1
    return TupleType(known) if len(known) == len(components) >= least else None


def _column_of(written: ast.Selector) -> ast.Selector:
    while isinstance(
        written, ast.AttributeSelector | ast.FieldSelector | ast.ElementSelector | ast.SliceSelector
    ):
        written = written.operand
    return written


def attribute_type(attribute: ast.CellAttribute, kind: CqlType | None) -> CqlType:
    """What WRITETIME, MAXWRITETIME or TTL gives: one number, or one for each cell."""
    number = NATIVE["int"] if attribute == "ttl" else NATIVE["bigint"]
    if kind is not None and kind.is_multicell and attribute != "maxwritetime":
        return ListType(number, is_multicell=False)
    return number


def field_type(kind: UserType, field: str) -> CqlType | None:
    """The type of a user type's field."""
    return kind.field_types[kind.field_names.index(field)] if field in kind.field_names else None


def element_type(kind: SetType | MapType) -> CqlType:
    """What `collection[key]` gives."""
    return kind.value if isinstance(kind, MapType) else kind.element


def assignment(place: Place, written: ast.Selector, receiver: ColumnSpec) -> Assignment:
    """How well the selector's value fits the receiver."""
    kind = receiver.type
    match written:
        case ast.Literal() | ast.Null() | ast.Marker():
            return terms.assignment(place.scope, written, receiver)
        case ast.TupleLiteral():
            # One element is a tuple for a tuple only, and not for a user type.
            if len(written.elements) == 1 and not isinstance(kind, TupleType):
                return assignment(place, written.elements[0], receiver)
            components = terms.components(kind)
            if components is None or len(written.elements) > len(components):
                return Assignment.NOT
            return _all(place, zip(written.elements, components, strict=False), receiver)
        case ast.ListLiteral():
            if isinstance(kind, ListType) or (
                isinstance(kind, VectorType) and kind.dimension == len(written.elements)
            ):
                return _all(place, ((element, kind.element) for element in written.elements), receiver)
            return Assignment.NOT
        case ast.SetLiteral():
            if isinstance(kind, SetType):
                return _all(place, ((element, kind.element) for element in written.elements), receiver)
            return Assignment.WEAK if isinstance(kind, MapType) and not written.elements else Assignment.NOT
        case ast.MapLiteral():
            return _map_assignment(place, written, receiver)
        case _:
            own = exact_type(place, written)
            if own is COUNTER and kind is BIGINT and place.scope.dialect.counters_are_bigints:
                return Assignment.WEAK
            if own is None:
                return Assignment.NOT
            if own.freeze() == kind.freeze() and own.is_multicell != kind.is_multicell:
                # Cells of their own are never one frozen value, though they become one when they are sent. What is frozen
                # goes where cells are wanted, but for a hint.
                return (
                    Assignment.NOT
                    if own.is_multicell or isinstance(written, ast.TypeHint)
                    else Assignment.EXACT
                )
            return kind.assignment(own)


def _map_assignment(place: Place, written: ast.MapLiteral[ast.Selector], receiver: ColumnSpec) -> Assignment:
    kind = receiver.type
    if isinstance(kind, MapType):
        pairs = [(key, kind.key) for key, _ in written.entries]
        return _all(place, [*pairs, *((value, kind.value) for _, value in written.entries)], receiver)
    if isinstance(kind, UserType):
        return _all(place, fields(kind, written), receiver)
    # Now it can be no user type's literal, and its keys are terms.
    for key, _ in written.entries:
        check(place, key)
    return Assignment.NOT


def fields(kind: UserType, written: ast.MapLiteral[ast.Selector]) -> Sequence[tuple[ast.Selector, CqlType]]:
    """The value and type of each field that a user type's literal gives."""
    found = []
    for key, value in written.entries:
        if not isinstance(key, ast.ColumnSelector):
            raise InvalidRequest(f"{text.selector(key)} is not a valid field identifier of type {kind.name} ")
        field = field_type(kind, key.name)
        if field is None:
            raise InvalidRequest(f"Unknown field '{key.name}' in value of user defined type {kind.name}")
        found.append((value, field))
    return found


def _all(place: Place, pairs: Iterable[tuple[ast.Selector, CqlType]], receiver: ColumnSpec) -> Assignment:
    found = {
        assignment(place, element, ColumnSpec(receiver.keyspace, receiver.table, receiver.name, kind))
        for element, kind in pairs
    }
    if Assignment.NOT in found:
        return Assignment.NOT
    return Assignment.EXACT if found == {Assignment.EXACT} else Assignment.WEAK


class _SelectorArgument(Value):
    """A selector as `resolution` sees it."""

    place: Place
    written: ast.Selector

    @property
    def text(self) -> str:
        return text.selector(self.written, partial(_resolved_name, self.place))

    @property
    def is_marker(self) -> bool:
        return False

    @property
    def array_size(self) -> int | None:
        return len(self.written.elements) if isinstance(self.written, ast.ListLiteral) else None

    def assignment(self, receiver: ColumnSpec) -> Assignment:
        return assignment(self.place, self.written, receiver)

    @property
    def fits_descending(self) -> bool:
        # Cassandra finds nothing wrong here, and then fails at the literals.
        return True

    def compatible_type(self) -> CqlType | None:
        return compatible_type(self.place, self.written)
