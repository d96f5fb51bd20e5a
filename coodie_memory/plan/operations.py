"""What SET and DELETE do to a column: the operations as data, and their planning.

An operation fits its column when the plan is made; whether it reads the row before writing is `reads(operation)`.
"""

from typing import Literal, TypeAlias, assert_never

from coodie_memory.cql import ast, text
from coodie_memory.errors import InvalidRequest
from coodie_memory.plan import terms
from coodie_memory.plan.functions import registry
from coodie_memory.plan.nodes import Function, Term
from coodie_memory.plan.scope import Scope, spec_of
from coodie_memory.result import ColumnSpec
from coodie_memory.schema.model import Column, Table
from coodie_memory.types.base import CqlType
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.integers import INT
from coodie_memory.types.tuples import TupleType
from coodie_memory.types.usertype import UserType
from coodie_memory.value import Value


class Assign(Value):
    """`c = value`; replaces a collection."""

    column: Column
    value: Term


class Append(Value):
    """`l = l + value`."""

    column: Column
    value: Term


class Prepend(Value):
    """`l = value + l`."""

    column: Column
    value: Term


class Discard(Value):
    """`l = l - value`: all occurrences of each element."""

    column: Column
    value: Term


class Include(Value):
    """`s = s + value` or `m = m + value`."""

    column: Column
    value: Term


class Exclude(Value):
    """`s = s - value` or `m = m - value`; the value is a set in both."""

    column: Column
    value: Term


class AssignElement(Value):
    """`l[key] = value` or `m[key] = value`."""

    column: Column
    key: Term
    value: Term


class RemoveElement(Value):
    """`DELETE l[key]`, `m[key]` or `s[key]`."""

    column: Column
    key: Term


class AssignField(Value):
    """`u.field = value`; `index` counts the type's fields."""

    column: Column
    index: int
    value: Term


class RemoveField(Value):
    """`DELETE u.field`."""

    column: Column
    index: int


class Remove(Value):
    """`DELETE c`."""

    column: Column


class Count(Value):
    """`c = c + value` or `c = c - value` of a counter."""

    column: Column
    value: Term
    sign: Literal[1, -1]


class Add(Value):
    """`n = n + value` of a number or string, which only a conditional statement may do; `function` adds, or subtracts."""

    column: Column
    value: Term
    function: Function
    sign: Literal["+", "-"] = "+"


Operation: TypeAlias = (
    Assign
    | Append
    | Prepend
    | Discard
    | Include
    | Exclude
    | AssignElement
    | RemoveElement
    | AssignField
    | RemoveField
    | Remove
    | Count
    | Add
)


def reads(operation: Operation) -> bool:
    """Whether the operation depends on what is stored."""
    match operation:
        case Discard() | Add():
            return True
        case AssignElement() | RemoveElement():
            return isinstance(operation.column.type, ListType)
        case _:
            return False


def assigned(scope: Scope, table: Table, column: Column, raw: ast.Term) -> Assign:
    """`column = value`, of SET and of INSERT."""
    scope.clause = "SET"
    value = terms.term(scope, raw, spec_of(table, column))
    refusal = scope.dialect.change_refusals.tuple_for_user_type
    if refusal and isinstance(column.type, UserType) and isinstance(_unhinted(raw), ast.TupleLiteral):
        raise InvalidRequest(refusal.format(column=column.name, type=column.type))
    if column.type.is_counter:
        raise InvalidRequest(
            f"Cannot set the value of counter column {column.name}"
            " (counters can only be incremented/decremented, not set)"
        )
    return Assign(column, value)


def _unhinted(raw: ast.Term) -> ast.Term:
    return _unhinted(raw.operand) if isinstance(raw, ast.TypeHint) else raw


def planned_assignment(
    scope: Scope, table: Table, assignment: ast.Assignment, *, conditional: bool
) -> Operation:
    """One element of SET. `conditional`: the statement has an IF, and so may read before it writes."""
    column = scope.written_column(table, _column_name(assignment))
    if column.is_key:
        raise InvalidRequest(f"PRIMARY KEY part {column.name} found in SET part")
    scope.clause = "SET"
    match assignment:
        case ast.SetValue():
            return _assignment(scope, table, column, assignment)
        case ast.Addition():
            return _addition(scope, table, column, assignment.value, conditional=conditional)
        case ast.Subtraction():
            return _subtraction(scope, table, column, assignment.value, conditional=conditional)
        case ast.Prepend():
            return _prepending(scope, table, column, assignment.value)
        case _:
            assert_never(assignment)


def planned_deletion(scope: Scope, table: Table, target: ast.Target) -> Operation:
    """One element of the list between DELETE and FROM."""
    column = scope.written_column(table, target.column)
    if column.is_key:
        raise InvalidRequest(
            f"Invalid identifier {column.name} for deletion (should not be a PRIMARY KEY part)"
        )
    match target:
        case ast.ColumnTarget():
            return Remove(column)
        case ast.ElementTarget():
            return _element_deletion(scope, table, column, target.key)
        case ast.FieldTarget():
            return _field_deletion(scope, column, target.field)
        case _:
            assert_never(target)


def index_spec(receiver: ColumnSpec) -> ColumnSpec:
    """The receiver of a list's index."""
    return ColumnSpec(receiver.keyspace, receiver.table, f"idx({receiver.name})", INT)


def _column_name(assignment: ast.Assignment) -> str:
    return assignment.target.column if isinstance(assignment, ast.SetValue) else assignment.column


def _assignment(scope: Scope, table: Table, column: Column, assignment: ast.SetValue) -> Operation:
    match assignment.target:
        case ast.ColumnTarget():
            return assigned(scope, table, column, assignment.value)
        case ast.ElementTarget(key=key):
            return _element_assignment(scope, table, column, key, assignment.value)
        case ast.FieldTarget(field=field):
            return _field_assignment(scope, table, column, field, assignment.value)
        case _:
            assert_never(assignment.target)


def _element_assignment(
    scope: Scope, table: Table, column: Column, key: ast.Term, value: ast.Term
) -> Operation:
    words = f"{column.name}[{text.term(key)}] = {text.term(value)}"
    _require_multicell_collection(column, words)
    receiver = spec_of(table, column)
    if isinstance(column.type, SetType):
        raise _invalid(words, "set", column)
    keys = index_spec(receiver) if isinstance(column.type, ListType) else terms.key_spec(receiver)
    return AssignElement(
        column, terms.term(scope, key, keys), terms.term(scope, value, terms.element_spec(receiver))
    )


def _field_assignment(scope: Scope, table: Table, column: Column, field: str, value: ast.Term) -> Operation:
    words = f"{column.name}.{field} = {text.term(value)}"
    if not isinstance(column.type, UserType):
        raise _invalid(words, "non-UDT", column)
    if not column.type.is_multicell:
        raise _invalid(words, "frozen UDT", column)
    index = _field_index(column, field)
    return AssignField(
        column, index, terms.term(scope, value, terms.field_spec(spec_of(table, column), index))
    )


def _addition(scope: Scope, table: Table, column: Column, value: ast.Term, *, conditional: bool) -> Operation:
    words = f"{column.name} = {column.name} + {text.term(value)}"
    receiver = spec_of(table, column)
    refusals = scope.dialect.change_refusals
    if refusals.added_values_first:
        terms.term(scope, value, receiver)
    if not column.type.is_collection:
        if isinstance(column.type, TupleType | UserType):
            raise _invalid(words, refusals.addition_to_tuple, column)
        if conditional:
            return _conditional_addition(scope, column, receiver, value, words)
        if not column.type.is_counter:
            raise _invalid(words, "non counter", column)
        return Count(column, terms.term(scope, value, receiver), 1)
    _require_multicell_collection(column, words)
    if isinstance(column.type, ListType):
        return Append(column, terms.term(scope, value, receiver))
    if isinstance(column.type, SetType):
        return Include(column, terms.term(scope, value, receiver))
    try:
        return Include(column, terms.term(scope, value, receiver))
    except InvalidRequest:
        if refusals.no_map_to_add is None:
            raise
        raise InvalidRequest(refusals.no_map_to_add.format(value=text.term(value))) from None


def _conditional_addition(
    scope: Scope, column: Column, receiver: ColumnSpec, value: ast.Term, words: str
) -> Operation:
    if column.type.is_counter:
        # Refused, but only when the whole statement is known.
        return Count(column, terms.term(scope, value, receiver), 1)
    function = _arithmetic("_add", column.type)
    if function is None:
        raise InvalidRequest(f"Invalid operation ({words}) for non-numeric and non-text type {column.name}")
    return Add(column, terms.term(scope, value, receiver), function)


def _arithmetic(name: str, kind: CqlType) -> Function | None:
    """What adds two values of a type, or subtracts them."""
    overloads = (one for one in registry.overloads()[name] if isinstance(one, Function))
    return next(
        (one for one in overloads if one.argument_types == (kind, kind) and one.returns == kind), None
    )


def _subtraction(
    scope: Scope, table: Table, column: Column, value: ast.Term, *, conditional: bool
) -> Operation:
    words = f"{column.name} = {column.name} - {text.term(value)}"
    receiver = spec_of(table, column)
    if not column.type.is_collection:
        function = _arithmetic("_substract", column.type) if scope.dialect.lwt_subtracts else None
        if conditional and function is not None:
            return Add(column, terms.term(scope, value, receiver), function, "-")
        if not column.type.is_counter:
            raise _invalid(words, "non counter", column)
        return Count(column, terms.term(scope, value, receiver), -1)
    _require_multicell_collection(column, words)
    if isinstance(column.type, ListType):
        return Discard(column, terms.term(scope, value, receiver))
    if isinstance(column.type, MapType):
        keys = ColumnSpec(receiver.keyspace, receiver.table, receiver.name, SetType(column.type.key).freeze())
        try:
            return Exclude(column, terms.term(scope, value, keys))
        except InvalidRequest:
            refusal = scope.dialect.change_refusals.no_keys_to_subtract
            if refusal is None:
                raise
            raise InvalidRequest(refusal.format(value=text.term(value, table.keyspace))) from None
    return Exclude(column, terms.term(scope, value, receiver))


def _prepending(scope: Scope, table: Table, column: Column, value: ast.Term) -> Operation:
    planned = terms.term(scope, value, spec_of(table, column))
    sign = scope.dialect.change_refusals.prepending
    words = f"{column.name} = {text.term(value, table.keyspace)} {sign} {column.name}"
    if not isinstance(column.type, ListType):
        raise _invalid(words, "non list", column)
    if not column.type.is_multicell:
        raise _invalid(words, "frozen list", column)
    return Prepend(column, planned)


def _element_deletion(scope: Scope, table: Table, column: Column, key: ast.Term) -> Operation:
    if not column.type.is_collection:
        raise InvalidRequest(f"Invalid deletion operation for non collection column {column.name}")
    if not column.type.is_multicell:
        raise InvalidRequest(f"Invalid deletion operation for frozen collection column {column.name}")
    receiver = spec_of(table, column)
    if isinstance(column.type, ListType):
        keys = index_spec(receiver)
    elif isinstance(column.type, SetType):
        keys = terms.element_spec(receiver)
    else:
        keys = terms.key_spec(receiver)
    return RemoveElement(column, terms.term(scope, key, keys))


def _field_deletion(scope: Scope, column: Column, field: str) -> Operation:
    if not isinstance(column.type, UserType):
        raise InvalidRequest(scope.dialect.change_refusals.deletion_of_field.format(column=column.name))
    if not column.type.is_multicell:
        raise InvalidRequest(f"Frozen UDT column {column.name} does not support field deletions")
    return RemoveField(column, _field_index(column, field))


def _field_index(column: Column, field: str) -> int:
    assert isinstance(column.type, UserType)
    if field not in column.type.field_names:
        raise InvalidRequest(f"UDT column {column.name} does not have a field named {field}")
    return column.type.field_names.index(field)


def _require_multicell_collection(column: Column, words: str) -> None:
    if not column.type.is_collection:
        raise _invalid(words, "non collection", column)
    if not column.type.is_multicell:
        raise _invalid(words, "frozen collection", column)


def _invalid(words: str, kind: str, column: Column) -> InvalidRequest:
    return InvalidRequest(f"Invalid operation ({words}) for {kind} column {column.name}")
