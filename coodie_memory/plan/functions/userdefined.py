"""User-defined functions and aggregates: their definitions come from the schema, what they do from Python.

A call looks its Python function up when it runs, so that one may be registered after a statement is prepared. State of an
aggregate is a Python value all the while.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from coodie_memory.cql import ast
from coodie_memory.errors import CqlError, FunctionFailure
from coodie_memory.plan.functions.conversions import is_meaningless
from coodie_memory.plan.nodes import Aggregate, Function, Moment
from coodie_memory.plan.scope import Scope
from coodie_memory.result import Raw
from coodie_memory.schema.code import Code
from coodie_memory.schema.model import Keyspace, UserAggregate, UserFunction
from coodie_memory.types.base import CqlType, InvalidValue


def candidates(scope: Scope, name: ast.QualifiedName) -> Iterator[Function | Aggregate]:
    """The user's functions and aggregates of that name."""
    keyspace = scope.function_keyspace(name)
    if keyspace is None:
        return
    for function in keyspace.functions.values():
        if function.name == name.name:
            yield _scalar(function, scope.code)
    for aggregate in keyspace.aggregates.values():
        if aggregate.name == name.name:
            yield _aggregate(aggregate, keyspace, scope.code)


def _scalar(function: UserFunction, code: Code) -> Function:
    call, kinds = _Call(function, code), function.argument_types

    def body(_moment: Moment, *arguments: Raw) -> Raw:
        return call.encoded(call(*_values(kinds, arguments)))

    return Function(
        function.keyspace,
        function.name,
        kinds,
        function.returns,
        body,
        takes_null=True,
        is_pure=False,
    )


def _aggregate(aggregate: UserAggregate, keyspace: Keyspace, code: Code) -> Aggregate:
    kinds, state_type = aggregate.argument_types, aggregate.state_type
    next_state = _Call(keyspace.functions[aggregate.state_signature], code)
    last = aggregate.final_signature
    final = None if last is None else _Call(keyspace.functions[last], code)

    def start() -> Any:
        return None if aggregate.initial_state is None else state_type.decode(aggregate.initial_state)

    def step(state: Any, *arguments: Raw) -> Any:
        values = _values(kinds, arguments)
        if None in values and not next_state.takes_null:
            return state
        return next_state(state, *values)

    def finish(state: Any) -> Raw:
        return next_state.encoded(state) if final is None else final.encoded(final(state))

    return Aggregate(aggregate.keyspace, aggregate.name, kinds, aggregate.returns, start, step, finish)


class _Call:
    """A user-defined scalar function, of Python values."""

    def __init__(self, function: UserFunction, code: Code) -> None:
        self._function = function
        self._code = code

    @property
    def takes_null(self) -> bool:
        return self._function.called_on_null

    def __call__(self, *values: Any) -> Any:
        if not self.takes_null and None in values:
            return None
        function = self._function
        body = self._code.find(function.keyspace, function.name, function.argument_types)
        if body is None:
            raise self._failure(self._missing())
        try:
            with self._code.running():
                return body(*values)
        except FunctionFailure as error:
            raise (error if error.function else self._failure(error.message)) from None
        except CqlError:
            raise
        except Exception as error:
            raise self._failure(f"{type(error).__name__}: {error}") from error

    def encoded(self, value: Any) -> Raw:
        if value is None:
            return None
        try:
            return self._function.returns.encode(value)
        except InvalidValue as error:
            raise self._failure(str(error)) from None

    def _missing(self) -> str:
        types = ", ".join(f'"{kind}"' for kind in self._function.argument_types)
        name = f"{self._function.keyspace}.{self._function.name}"
        comma = "," if len(self._function.argument_types) == 1 else ""
        return (
            f"the body of {name} cannot run here: register a Python function for it, "
            f'cluster.functions.register("{name}", ({types}{comma}), function)'
        )

    def _failure(self, message: str) -> FunctionFailure:
        function = self._function
        types = tuple(map(str, function.argument_types))
        return FunctionFailure(
            message, keyspace=function.keyspace, function=function.name, argument_types=types
        )


def _values(kinds: Sequence[CqlType], arguments: Sequence[Raw]) -> list[Any]:
    return [
        None if raw is None or is_meaningless(kind, raw) else kind.decode(raw)
        for kind, raw in zip(kinds, arguments, strict=True)
    ]
