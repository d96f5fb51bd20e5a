"""A select list becomes outputs: typed expressions, each the source of one result column."""

from collections.abc import Sequence
from typing import assert_never

from coodie_memory.cql import ast
from coodie_memory.errors import InvalidRequest
from coodie_memory.plan import selectables, terms, termtypes
from coodie_memory.plan.functions import aggregates, registry
from coodie_memory.plan.functions.casts import function_name
from coodie_memory.plan.nodes import Aggregate, Constant, Function
from coodie_memory.plan.operations import index_spec
from coodie_memory.plan.outputs import (
    AggregateValue,
    AttributeValue,
    ColumnValue,
    CompositeValue,
    ElementValue,
    FieldValue,
    FunctionValue,
    Output,
    SliceValue,
    TermValue,
    columns_of,
    is_aggregate,
)
from coodie_memory.plan.selectables import Place
from coodie_memory.result import ColumnSpec
from coodie_memory.schema.model import Column, Table
from coodie_memory.types.base import CqlType
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.names import NATIVE
from coodie_memory.types.tuples import TupleType
from coodie_memory.types.usertype import UserType
from coodie_memory.types.vector import VectorType
from coodie_memory.value import Value, replace

_MARKER = "[selection]"


class Item(Value):
    """One result column."""

    name: str
    output: Output


def wildcard(table: Table) -> tuple[Item, ...]:
    """`SELECT *`."""
    return tuple(Item(column.name, ColumnValue(column.type, column)) for column in table.visible)


def items(place: Place, selection: Sequence[ast.Selected]) -> tuple[Item, ...]:
    """The result columns of a select list."""
    found = []
    for selected in selection:
        written = selectables.simplified(place, selected.selector)
        selectables.check(place, written)
        planned = output(place, written, None)
        found.append(Item(selected.alias or selectables.name(place, written), planned))
    return tuple(found)


def columns(selected: Sequence[Item]) -> list[Column]:
    """The columns that are read for these items, each once, in order of appearance."""
    return list(dict.fromkeys(column for item in selected for column in columns_of(item.output)))


def output(place: Place, written: ast.Selector, expected: CqlType | None) -> Output:
    """The selector as an output; `expected` is the type that whoever takes its value wants, if anybody does."""
    match written:
        case ast.ColumnSelector():
            column = place.scope.column(place.table, written.name)
            return ColumnValue(column.type, column)
        case ast.Literal() | ast.Null() | ast.Marker():
            return _term(place, written, expected)
        case ast.CountRows():
            (count, *_) = registry.overloads()[aggregates.COUNT_ROWS[0]]
            assert isinstance(count, Aggregate)
            return AggregateValue(count.returns, count, ())
        case ast.FunctionCall() | ast.BinaryOp() | ast.Negation():
            function = selectables.function(place, written)
            return _called(place, function, selectables.operands(written))
        case ast.Cast():
            return _cast(place, written)
        case ast.TypeHint():
            return _hinted(place, written)
        case ast.FieldSelector() | ast.ElementSelector() | ast.SliceSelector():
            return _inside(place, written, expected)
        case ast.AttributeSelector():
            return _attribute(place, written, expected)
        case ast.ListLiteral() | ast.SetLiteral() | ast.TupleLiteral() | ast.MapLiteral():
            return _literal(place, written, expected)
        case _:
            assert_never(written)


def _term(place: Place, written: selectables.BareTerm, expected: CqlType | None) -> TermValue:
    kind = expected or termtypes.type_in_selection(place.scope, written)
    if kind is None:
        raise _unknown_type(place, written)
    receiver = ColumnSpec(place.table.keyspace, place.table.name, _MARKER, kind)
    return TermValue(kind, terms.term(place.scope, written, receiver))


def _unknown_type(place: Place, written: ast.Selector) -> InvalidRequest:
    words = place.scope.dialect.select_refusals.unknown_type
    return InvalidRequest(words.format(term=selectables.spelt(place, written)))


def _called(place: Place, function: Function | Aggregate, operands: Sequence[ast.Selector]) -> Output:
    arguments = tuple(
        output(place, operand, kind) for operand, kind in zip(operands, function.argument_types, strict=True)
    )
    if isinstance(function, Function):
        return FunctionValue(function.returns, function, arguments)
    if any(map(is_aggregate, arguments)):
        raise InvalidRequest(place.scope.dialect.function_refusals.aggregate_of_aggregate)
    return AggregateValue(function.returns, function, arguments)


def _cast(place: Place, written: ast.Cast[ast.Selector]) -> Output:
    operand = output(place, written.operand, None)
    if selectables.is_idle(place, written):
        return operand
    target = written.type.name
    if target == "varchar" and place.scope.dialect.casts_to_varchar:
        target = "text"
    if place.scope.dialect.names_classes_in_casts:
        _require_castable(place, operand.type, NATIVE[target])
    function = selectables.cast_function(place, written, function_name(target))
    if function is None:
        # The server names the first column of the whole list.
        raise InvalidRequest(f"{place.first_column} cannot be cast to {written.type.name}")
    assert isinstance(function, Function)
    return FunctionValue(function.returns, function, (operand,))


def _require_castable(place: Place, kind: CqlType, target: CqlType) -> None:
    casts = registry.named(function_name(target.cql()), place.scope.dialect)
    if not any(cast.argument_types == (kind,) for cast in casts):
        raise InvalidRequest(f"{kind.java_name} cannot be cast to {target.java_name}")


def _hinted(place: Place, written: ast.TypeHint[ast.Selector]) -> Output:
    kind = place.scope.type(written.type).freeze()
    spelt = selectables.spelt(place, written)
    receiver = ColumnSpec(place.table.keyspace, place.table.name, spelt, kind)
    if not selectables.assignment(place, written.operand, receiver).fits:
        words = place.scope.dialect.select_refusals.misfitting_cast
        operand = selectables.spelt(place, written.operand)
        raise InvalidRequest(words.format(cast=spelt, operand=operand, type=kind))
    return replace(output(place, written.operand, kind), type=kind)


def _inside(
    place: Place,
    written: ast.FieldSelector | ast.ElementSelector | ast.SliceSelector,
    expected: CqlType | None,
) -> FieldValue | ElementValue | SliceValue:
    """What a path leads to inside a value."""
    match written:
        case ast.FieldSelector():
            return _field(place, written)
        case ast.ElementSelector():
            operand = output(place, written.operand, None)
            if isinstance(operand.type, ListType) and place.scope.dialect.selects_list_elements:
                return _list_element(place, written, operand)
            kind, receiver = _subscripted(place, written.operand, operand.type, "Element")
            key = terms.term(place.scope, written.key, receiver)
            return ElementValue(
                selectables.element_type(kind), operand, key, selectables.spelt(place, written.operand)
            )
        case ast.SliceSelector():
            operand = output(place, written.operand, expected)
            kind, receiver = _subscripted(place, written.operand, operand.type, "Slice")
            start, end = (
                None if bound is None else terms.term(place.scope, bound, receiver)
                for bound in (written.start, written.end)
            )
            return SliceValue(kind, operand, start, end, selectables.spelt(place, written.operand))
        case _:
            assert_never(written)


def _list_element(place: Place, written: ast.ElementSelector, operand: Output) -> ElementValue:
    assert isinstance(operand.type, ListType)
    spelt = selectables.spelt(place, written.operand)
    receiver = index_spec(ColumnSpec(place.table.keyspace, place.table.name, spelt, operand.type))
    return ElementValue(operand.type.element, operand, terms.term(place.scope, written.key, receiver), spelt)


def _field(place: Place, written: ast.FieldSelector) -> FieldValue:
    inner = written.operand
    hinted = inner.elements[0] if isinstance(inner, ast.TupleLiteral) else None
    operand = output(place, inner, selectables.exact_type(place, hinted) if hinted else None)
    kind, spelt = operand.type, selectables.spelt(place, inner)
    if not isinstance(kind, UserType):
        raise InvalidRequest(f"Invalid field selection: {spelt} of type {kind} is not a user type")
    found = selectables.field_type(kind, written.field)
    if found is None:
        raise InvalidRequest(f"{spelt} of type {kind} has no field {written.field}")
    return FieldValue(found, operand, kind.field_names.index(written.field))


def _subscripted(
    place: Place, written: ast.Selector, kind: CqlType, what: str
) -> tuple[SetType | MapType, ColumnSpec]:
    """The collection that is subscripted, and the receiver of a key."""
    spelt = selectables.spelt(place, written)
    of_table = ColumnSpec(place.table.keyspace, place.table.name, spelt, kind)
    match kind:
        case SetType():
            return kind, terms.element_spec(of_table)
        case MapType():
            return kind, terms.key_spec(of_table)
        case ListType():
            raise _no_list(spelt, what)
        case _:
            refusal = place.scope.dialect.attribute_refusals.scalar_element
            if refusal is not None:
                raise InvalidRequest(refusal.format(column=spelt))
            is_of = "is of type" if what == "Element" else "of type"
            raise InvalidRequest(
                f"Invalid {what.lower()} selection: {spelt} {is_of} {kind} is not a collection"
            )


def _no_list(spelt: str, what: str) -> InvalidRequest:
    return InvalidRequest(f"{what} selection is only allowed on sets and maps, but {spelt} is a list")


def _attribute(place: Place, written: ast.AttributeSelector, expected: CqlType | None) -> AttributeValue:
    inner: ast.Selector = written.operand
    while not isinstance(inner, ast.ColumnSelector):
        assert isinstance(inner, ast.FieldSelector | ast.ElementSelector | ast.SliceSelector)
        inner = inner.operand
    column = place.scope.column(place.table, inner.name)
    dialect, refusals = place.scope.dialect, place.scope.dialect.attribute_refusals
    if written.attribute == "maxwritetime" and not dialect.has_modern_functions:
        raise InvalidRequest(f"Unknown function '{written.attribute}'")
    is_whole = isinstance(written.operand, ast.ColumnSelector)
    if column.is_key and (is_whole or dialect.attributes_of_parts):
        raise _unfit(written, inner.name, refusals.key_column)
    if not dialect.attributes_of_parts and column.type.is_multicell and is_whole:
        raise _unfit(written, inner.name, refusals.collection)
    operand = output(place, written.operand, expected)
    assert isinstance(operand, ColumnValue | FieldValue | ElementValue | SliceValue)
    if column.is_key:
        raise _unfit(written, inner.name, refusals.part_of_key_column)
    if not dialect.attributes_of_parts and not column.type.is_multicell and not is_whole:
        is_element = isinstance(operand, ElementValue)
        raise _unfit(written, inner.name, refusals.element if is_element else refusals.field)
    if isinstance(operand, ElementValue) and isinstance(operand.operand.type, ListType):
        # Even where such an element can be selected, its cell has no name to be asked by.
        raise _unfit(written, selectables.spelt(place, inner), refusals.element)
    kind = selectables.attribute_type(written.attribute, operand.type)
    return AttributeValue(kind, written.attribute, column, operand)


def _unfit(written: ast.AttributeSelector, column: str, refusal: str) -> InvalidRequest:
    attribute = written.attribute
    return InvalidRequest(refusal.format(attribute=attribute, ATTRIBUTE=attribute.upper(), column=column))


def _literal(
    place: Place,
    written: "ast.ListLiteral[ast.Selector] | ast.SetLiteral[ast.Selector] | ast.TupleLiteral[ast.Selector]"
    " | ast.MapLiteral[ast.Selector]",
    expected: CqlType | None,
) -> Output:
    knows_better = isinstance(expected, VectorType) or (
        isinstance(written, ast.TupleLiteral) and isinstance(expected, UserType)
    )
    kind = (None if knows_better else selectables.exact_type(place, written)) or expected
    if (
        isinstance(written, ast.TupleLiteral)
        and len(written.elements) == 1
        and not isinstance(kind, TupleType)
    ):
        if kind is None:
            raise _unknown_type(place, written)
        return output(place, written.elements[0], expected)
    if kind is None:
        raise _unknown_type(place, written)
    return CompositeValue(kind, _parts(place, written, kind))


def _parts(
    place: Place,
    written: "ast.ListLiteral[ast.Selector] | ast.SetLiteral[ast.Selector] | ast.TupleLiteral[ast.Selector]"
    " | ast.MapLiteral[ast.Selector]",
    kind: CqlType,
) -> tuple[Output, ...]:
    match written, kind:
        case ast.ListLiteral() | ast.SetLiteral(), ListType() | SetType() | VectorType():
            if isinstance(kind, VectorType) and kind.dimension != len(written.elements):
                raise InvalidRequest(
                    f"Unable to create a vector selector of type {kind} from {len(written.elements)} elements"
                )
            if isinstance(kind, SetType) and kind.element == NATIVE["duration"]:
                raise InvalidRequest(f"Durations are not allowed inside sets: {kind}")
            return tuple(output(place, element, kind.element) for element in written.elements)
        case ast.SetLiteral(), MapType():
            return ()
        case ast.TupleLiteral(), TupleType() | UserType():
            pairs = zip(written.elements, terms.components(kind) or (), strict=False)
            return tuple(output(place, element, component) for element, component in pairs)
        case ast.MapLiteral(), MapType():
            if kind.key == NATIVE["duration"]:
                raise InvalidRequest(f"Durations are not allowed as map keys: {kind}")
            return tuple(
                output(place, part, wanted)
                for entry in written.entries
                for part, wanted in zip(entry, (kind.key, kind.value), strict=True)
            )
        case ast.MapLiteral(), UserType():
            given = dict(
                zip(
                    (key.name for key, _ in written.entries if isinstance(key, ast.ColumnSelector)),
                    selectables.fields(kind, written),
                    strict=True,
                )
            )
            return tuple(
                output(place, *given[field]) if field in given else TermValue(wanted, Constant(wanted, None))
                for field, wanted in zip(kind.field_names, kind.field_types, strict=True)
            )
        case _:
            raise InvalidRequest(f"{selectables.spelt(place, written)} is no value of type {kind}")
