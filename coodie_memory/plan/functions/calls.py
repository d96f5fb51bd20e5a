"""Calls, operators and casts as terms: their arguments are terms, and somebody receives their value."""

from collections.abc import Sequence
from typing import TypeAlias

from coodie_memory.cql import ast, text
from coodie_memory.errors import InvalidRequest
from coodie_memory.plan import terms, termtypes
from coodie_memory.plan.functions import registry, resolution
from coodie_memory.plan.functions.casts import function_name
from coodie_memory.plan.nodes import Aggregate, Call, Function
from coodie_memory.plan.scope import Scope
from coodie_memory.result import ColumnSpec
from coodie_memory.schema.model import Table
from coodie_memory.types.base import Assignment, CqlType
from coodie_memory.types.integers import BIGINT, INT
from coodie_memory.value import Value

Raw: TypeAlias = (
    ast.FunctionCall[ast.Term] | ast.BinaryOp[ast.Term] | ast.Negation[ast.Term] | ast.Cast[ast.Term]
)
FUNCTION_OF = {operator: name for name, operator in resolution.OPERATORS.items()}


def call(scope: Scope, name: ast.QualifiedName, arguments: Sequence[ast.Term], receiver: ColumnSpec) -> Call:
    """The call of a scalar function whose value the receiver takes."""
    table = _table(scope, receiver)
    function = resolution.resolve(scope, table, name, _wrapped(scope, arguments), receiver.type)
    if function is None:
        spelt = f"{name.keyspace}.{name.name}" if name.keyspace else name.name
        raise InvalidRequest(f"Unknown function {spelt} called")
    if isinstance(function, Aggregate):
        raise InvalidRequest(scope.dialect.function_refusals.aggregate_elsewhere.format(clause=scope.clause))
    is_widened = scope.dialect.widens_ints and function.returns is INT and receiver.type is BIGINT
    if not (_fits(function.returns, receiver.type) or is_widened):
        raise InvalidRequest(_misfit(function, receiver))
    made = Call(
        function,
        tuple(
            terms.term(scope, argument, resolution.argument_spec(function, index, table))
            for index, argument in enumerate(arguments)
        ),
    )
    return Call(_widening(), (made,)) if is_widened else made


def _widening() -> Function:
    """The cast from int to bigint."""
    widening = next(
        one for one in registry.overloads()[function_name("bigint")] if one.argument_types == (INT,)
    )
    assert isinstance(widening, Function)
    return widening


def operation(scope: Scope, raw: ast.BinaryOp[ast.Term], receiver: ColumnSpec) -> Call:
    """The call that `left operator right` is."""
    return call(scope, *_as_call(raw), receiver)


def negation(scope: Scope, raw: ast.Negation[ast.Term], receiver: ColumnSpec) -> Call:
    """The call that `-operand` is."""
    return call(scope, *_as_call(raw), receiver)


def cast(scope: Scope, raw: ast.Cast[ast.Term], receiver: ColumnSpec) -> Call:
    """The call that `CAST(operand AS type)` is."""
    return call(scope, *_as_call(raw), receiver)


def assignment(scope: Scope, raw: Raw, receiver: ColumnSpec) -> Assignment:
    """How well the call's value fits the receiver; what cannot be called is left to fail when it is planned."""
    question = "assignment", receiver.keyspace, receiver.table, receiver.type
    return scope.once(raw, question, lambda: _assignment(scope, raw, receiver))


def _assignment(scope: Scope, raw: Raw, receiver: ColumnSpec) -> Assignment:
    name, arguments = _as_call(raw)
    try:
        function = resolution.resolve(
            scope, _table(scope, receiver), name, _wrapped(scope, arguments), receiver.type
        )
    except InvalidRequest:
        return Assignment.WEAK
    if function is None or resolution.has_factory(function, scope.dialect):
        return Assignment.WEAK
    return receiver.type.assignment(function.returns)


def exact_type(scope: Scope, raw: Raw) -> CqlType | None:
    """The type of the call's value when no receiver has a say."""
    return scope.once(raw, "type", lambda: _exact_type(scope, raw))


def _exact_type(scope: Scope, raw: Raw) -> CqlType | None:
    name, arguments = _as_call(raw)
    try:
        function = resolution.resolve(scope, None, name, _wrapped(scope, arguments), None)
    except InvalidRequest:
        return None
    return function.returns if function else None


def _as_call(raw: Raw) -> tuple[ast.QualifiedName, tuple[ast.Term, ...]]:
    match raw:
        case ast.FunctionCall():
            return raw.name, raw.arguments
        case ast.BinaryOp():
            return native(FUNCTION_OF[raw.operator]), (raw.left, raw.right)
        case ast.Negation():
            return native(resolution.NEGATION), (raw.operand,)
        case ast.Cast():
            return native(function_name(raw.type.name)), (raw.operand,)


def argument(scope: Scope, raw: ast.Term) -> resolution.Argument:
    """The term as `resolution` takes it."""
    return _TermArgument(scope, raw)


def native(name: str) -> ast.QualifiedName:
    """The full name of one of the server's own functions."""
    return ast.QualifiedName(resolution.SYSTEM, name)


def _fits(returned: CqlType, kind: CqlType) -> bool:
    """Whether a function's result may go there; what it gives frozen is no value for cells of their own."""
    return kind.assignment(returned).fits and (returned.is_multicell or not kind.is_multicell)


def _misfit(function: resolution.Resolved, receiver: ColumnSpec) -> str:
    what = f"function {function.keyspace}.{function.name}"
    if operator := resolution.OPERATORS.get(function.name):
        what = f"operation {operator}"
    return (
        f"Type error: cannot assign result of {what} (type {function.returns}) "
        f"to {receiver.name} (type {receiver.type})"
    )


def _table(scope: Scope, receiver: ColumnSpec) -> Table | None:
    return scope.schema.table(receiver.keyspace, receiver.table)


def _wrapped(scope: Scope, arguments: Sequence[ast.Term]) -> list["_TermArgument"]:
    return [_TermArgument(scope, argument) for argument in arguments]


class _TermArgument(Value):
    """A term as `resolution` sees it."""

    scope: Scope
    term: ast.Term

    @property
    def text(self) -> str:
        return text.term(self.term)

    @property
    def is_marker(self) -> bool:
        return isinstance(self.term, ast.Marker)

    @property
    def array_size(self) -> int | None:
        return None

    def assignment(self, receiver: ColumnSpec) -> Assignment:
        return terms.assignment(self.scope, self.term, receiver)

    @property
    def fits_descending(self) -> bool:
        return not isinstance(self.term, ast.ListLiteral | ast.SetLiteral | ast.UserTypeLiteral)

    def compatible_type(self) -> CqlType | None:
        return termtypes.compatible_type(self.scope, self.term)
