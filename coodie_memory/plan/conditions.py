"""IF: what a lightweight transaction asks of the row before it changes anything, as data, and its planning."""

from typing import Literal, TypeAlias, assert_never

from coodie_memory.cql import ast
from coodie_memory.errors import InvalidRequest
from coodie_memory.plan import terms
from coodie_memory.plan.nodes import Bind, Term
from coodie_memory.plan.operations import index_spec
from coodie_memory.plan.relations import in_marker
from coodie_memory.plan.scope import Scope, spec_of
from coodie_memory.result import ColumnSpec
from coodie_memory.schema.model import Column, Table
from coodie_memory.types.base import CqlType
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.strings import is_text
from coodie_memory.types.tuples import TupleType
from coodie_memory.types.usertype import UserType
from coodie_memory.value import Value, replace

Operator: TypeAlias = Literal["=", "<", "<=", ">", ">=", "!=", "CONTAINS", "CONTAINS KEY", "LIKE"]


class Whole(Value):
    """The column itself."""


class Element(Value):
    """`l[key]` or `m[key]`."""

    key: Term
    compared_as: CqlType
    """The type by whose order its value is compared."""


class Field(Value):
    """`u.field`; `index` counts the type's fields."""

    index: int


Part: TypeAlias = Whole | Element | Field


class Comparison(Value):
    """`part operator value`."""

    column: Column
    part: Part
    operator: Operator
    value: Term


class Membership(Value):
    """`part [NOT] IN (values)`, or `part [NOT] IN ?` where one marker binds the whole list."""

    column: Column
    part: Part
    values: tuple[Term, ...] | Bind
    negated: bool


ColumnCondition: TypeAlias = Comparison | Membership


class IfExists(Value):
    """`IF EXISTS`."""


class IfNotExists(Value):
    """`IF NOT EXISTS`."""


class IfColumns(Value):
    """`IF a = 1 AND …`."""

    conditions: tuple[ColumnCondition, ...]

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns asked for, each once, regular ones first, in the order of the text otherwise."""
        columns = dict.fromkeys(condition.column for condition in self.conditions)
        return (*(one for one in columns if not one.is_static), *(one for one in columns if one.is_static))


Condition: TypeAlias = IfExists | IfNotExists | IfColumns


def planned(scope: Scope, table: Table, raws: tuple[ast.Condition, ...]) -> IfColumns:
    """The conditions of one statement."""
    return IfColumns(tuple(_condition(scope, table, raw) for raw in raws))


def _condition(scope: Scope, table: Table, raw: ast.Condition) -> ColumnCondition:
    column = scope.column(table, raw.target.column)
    if column.type.is_counter:
        raise InvalidRequest(scope.dialect.write_refusals.conditions_on_counters)
    part, receiver = _part(scope, table, column, raw.target)
    condition = _asked(scope, column, part, receiver, raw)
    if column.is_key:
        raise InvalidRequest(f"PRIMARY KEY column '{column.name}' cannot have IF conditions")
    return condition


def _part(scope: Scope, table: Table, column: Column, target: ast.Target) -> tuple[Part, ColumnSpec]:
    receiver = spec_of(table, column)
    match target:
        case ast.ColumnTarget():
            return Whole(), receiver
        case ast.ElementTarget():
            return _element(scope, column, receiver, target.key)
        case ast.FieldTarget():
            return _field(column, receiver, target.field)
        case _:
            assert_never(target)


def _element(scope: Scope, column: Column, receiver: ColumnSpec, key: ast.Term) -> tuple[Part, ColumnSpec]:
    value = terms.element_spec(receiver) if isinstance(column.type, ListType | MapType) else receiver
    compared_as = value.type
    if isinstance(column.type, ListType):
        keys = index_spec(receiver)
    elif isinstance(column.type, MapType):
        keys = terms.key_spec(receiver)
        if scope.dialect.lwt_compares_map_values_as_keys:
            compared_as = keys.type
    else:
        kind = "set" if isinstance(column.type, SetType) else "non-collection"
        raise InvalidRequest(f"Invalid element access syntax for {kind} column {column.name}")
    return Element(terms.term(scope, key, keys), compared_as), value


def _field(column: Column, receiver: ColumnSpec, field: str) -> tuple[Part, ColumnSpec]:
    if not isinstance(column.type, UserType):
        # The server fails on a cast here.
        raise InvalidRequest(f"Invalid field access syntax for non-UDT column {column.name}")
    if field not in column.type.field_names:
        raise InvalidRequest(f"Unknown field {field} for column {column.name}")
    index = column.type.field_names.index(field)
    return Field(index), terms.field_spec(receiver, index)


def _asked(
    scope: Scope, column: Column, part: Part, receiver: ColumnSpec, raw: ast.Condition
) -> ColumnCondition:
    match raw:
        case ast.Comparison():
            return _comparison(scope, column, part, receiver, raw)
        case ast.Membership():
            if isinstance(raw.values, ast.Marker):
                name = in_marker(scope, receiver.name, negated=raw.negated)
                bind = scope.bind(
                    raw.values, replace(receiver, name=name, type=ListType(receiver.type).freeze())
                )
                return Membership(column, part, bind, raw.negated)
            values = tuple(terms.term(scope, value, receiver) for value in raw.values)
            return Membership(column, part, values, raw.negated)
        case _:
            assert_never(raw)


def _comparison(
    scope: Scope, column: Column, part: Part, receiver: ColumnSpec, raw: ast.Comparison
) -> Comparison:
    operator = raw.operator
    if operator in ("<", "<=", ">", ">="):
        _require_no_duration(scope, receiver, operator)
    if operator == "LIKE" and not is_text(receiver.type):
        raise InvalidRequest(f"LIKE is allowed only on string types, which {receiver.name} is not")
    if operator == "CONTAINS KEY":
        if not isinstance(receiver.type, MapType):
            raise InvalidRequest(f"Cannot use CONTAINS KEY on non-map column {receiver.name}")
        receiver = terms.key_spec(receiver)
    elif operator == "CONTAINS":
        if not receiver.type.is_collection:
            raise InvalidRequest(
                scope.dialect.select_refusals.contains_of_scalar.format(column=receiver.name)
            )
        receiver = terms.element_spec(receiver)
    return Comparison(column, part, operator, terms.term(scope, raw.value, receiver))


def _require_no_duration(scope: Scope, receiver: ColumnSpec, operator: str) -> None:
    kind = receiver.type
    if not kind.contains_duration():
        return
    if scope.dialect.unordered_duration is not None:
        raise InvalidRequest(scope.dialect.unordered_duration.format(column=receiver.name))
    if kind.is_collection:
        raise InvalidRequest("Slice conditions are not supported on collections containing durations")
    if isinstance(kind, TupleType | UserType):
        raise InvalidRequest("Slice conditions are not supported on tuples containing durations")
    raise InvalidRequest(f"Slice conditions ( {operator} ) are not supported on durations")
