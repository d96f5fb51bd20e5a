"""Which function a call means: candidates by name, then by return type and arguments, with the server's refusals."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Protocol, TypeAlias

from coodie_memory.cql import ast
from coodie_memory.dialect import Dialect
from coodie_memory.errors import InvalidRequest
from coodie_memory.plan.functions import registry, userdefined
from coodie_memory.plan.nodes import Aggregate, Function
from coodie_memory.plan.scope import Scope
from coodie_memory.result import ColumnSpec
from coodie_memory.schema.model import Table
from coodie_memory.types.base import Assignment, CqlType
from coodie_memory.types.quoting import identifier

Resolved: TypeAlias = Function | Aggregate
SYSTEM = "system"
OPERATORS = {"_add": "+", "_substract": "-", "_multiply": "*", "_divide": "/", "_modulo": "%"}
NEGATION = "_negate"


class Argument(Protocol):
    """A function's argument before anything is known of the function."""

    @property
    def text(self) -> str:
        """As messages spell it."""
        ...

    @property
    def is_marker(self) -> bool:
        """Whether it is a bare bind marker."""
        ...

    @property
    def array_size(self) -> int | None:
        """How many elements a `[…]` literal of a select list has."""
        ...

    def assignment(self, receiver: ColumnSpec) -> Assignment:
        """How well it fits a parameter."""
        ...

    @property
    def fits_descending(self) -> bool:
        """Whether it still fits a parameter whose type is in descending order, which to Cassandra is another type."""
        ...

    def compatible_type(self) -> CqlType | None:
        """The type it has, or would have if it had to choose."""
        ...


def resolve(
    scope: Scope,
    table: Table | None,
    name: ast.QualifiedName,
    arguments: Sequence[Argument],
    receiver: CqlType | None,
) -> Resolved | None:
    """The function that the call means, None where there is none of that name; `table` is whose `token` is meant."""
    found = _resolved(scope, table, name, arguments, receiver)
    if found is not None and found.keyspace != SYSTEM:
        scope.called.append(found)
    return found


def _resolved(
    scope: Scope,
    table: Table | None,
    name: ast.QualifiedName,
    arguments: Sequence[Argument],
    receiver: CqlType | None,
) -> Resolved | None:
    candidates: list[Resolved] = list(userdefined.candidates(scope, name))
    if name.keyspace in (None, SYSTEM):
        candidates += registry.named(name.name, scope.dialect)
        if name.name == "token":
            is_virtual = table is not None and scope.is_virtual(table)
            candidates.append(registry.token(table, is_virtual=is_virtual))
        if (factory := registry.factories(scope.dialect).get(name.name)) is not None:
            candidates.append(factory.function(arguments, receiver))
    if not candidates:
        return None
    if len(candidates) == 1:
        _check_arguments(candidates[0], arguments, table)
        return candidates[0]
    return _best(name, candidates, arguments, receiver, table)


def has_factory(function: Resolved, dialect: Dialect) -> bool:
    """Whether the function was made for its arguments, so that it fits none exactly."""
    return function.keyspace == SYSTEM and (
        function.name in registry.factories(dialect) or function.name == "token"
    )


def argument_spec(function: Resolved, index: int, table: Table | None) -> ColumnSpec:
    """The receiver of an argument; its name is that of a marker there."""
    return ColumnSpec(
        table.keyspace if table else "",
        table.name if table else "",
        f"arg{index}({function.keyspace}.{function.name})",
        function.argument_types[index],
    )


def signature(function: Resolved, constants: Sequence[bool] = ()) -> str:
    """As messages list it: `system.sum : (int) -> int`; `constants` tells which arguments of a call are."""
    types = ", ".join(
        f"{kind}(constant)" if is_constant else str(kind)
        for kind, is_constant in zip_longest(function.argument_types, constants)
    )
    return f"{function.keyspace}.{identifier(function.name)} : ({types}) -> {function.returns}"


def is_aggregate(function: Resolved) -> bool:
    """Whether it folds rows."""
    return isinstance(function, Aggregate)


def _check_arguments(function: Resolved, arguments: Sequence[Argument], table: Table | None) -> None:
    full_name = f"{function.keyspace}.{function.name}"
    if len(arguments) != len(function.argument_types):
        raise InvalidRequest(
            f"Invalid number of arguments in call to function {full_name}: "
            f"{len(function.argument_types)} required but {len(arguments)} provided"
        )
    for index, argument in enumerate(arguments):
        spec = argument_spec(function, index, table)
        fits = argument.fits_descending or not _is_descending(function, index, table)
        if not (fits and argument.assignment(spec).fits):
            raise InvalidRequest(
                f"Type error: {argument.text} cannot be passed as argument {index} of function {full_name} "
                f"of type {spec.type}"
            )


def _is_descending(function: Resolved, index: int, table: Table | None) -> bool:
    """Whether a parameter has the type of a descending column: only token() takes its types from columns, a view's."""
    is_token = function.keyspace == SYSTEM and function.name == "token"
    return is_token and table is not None and table.partition_key[index].descending


def _best(
    name: ast.QualifiedName,
    candidates: Sequence[Resolved],
    arguments: Sequence[Argument],
    receiver: CqlType | None,
    table: Table | None,
) -> Resolved:
    if name.name in OPERATORS:
        # The server takes the first that fits exactly, in the order of a hash map, and may so refuse a constant that is
        # too big for a type nobody asked for. Here wide types come first.
        candidates = candidates[::-1]
        candidates = sorted(candidates, key=lambda one: one.argument_types != (receiver, receiver))
    compatible = []
    for candidate in candidates:
        if receiver is not None and not receiver.assignment(candidate.returns).fits:
            continue
        match _match(candidate, arguments, table):
            case Assignment.EXACT:
                return candidate
            case Assignment.WEAK:
                compatible.append(candidate)
            case Assignment.NOT:
                pass
    if len(compatible) == 1:
        return compatible[0]
    operator = OPERATORS.get(name.name)
    spelt = f"{name.keyspace}.{name.name}" if name.keyspace else name.name
    if not compatible:
        if operator:
            left, right = arguments
            raise InvalidRequest(
                f"the '{operator}' operation is not supported between {left.text} and {right.text}"
            )
        raise InvalidRequest(
            f"Invalid call to function {spelt}, none of its type signatures match "
            f"(known type signatures: {', '.join(map(signature, candidates))})"
        )
    if operator:
        return _of_receivers_type(operator, compatible, arguments, receiver)
    if name.name == NEGATION:
        raise InvalidRequest("Ambiguous negation: use type casts to disambiguate")
    raise InvalidRequest(
        f"Ambiguous call to function {spelt} (can be matched by following signatures: "
        f"{', '.join(map(signature, compatible))}): use type casts to disambiguate"
    )


def _of_receivers_type(
    operator: str, compatible: Sequence[Resolved], arguments: Sequence[Argument], receiver: CqlType | None
) -> Resolved:
    """Constants take the receiver's type; a marker's type would be a guess."""
    if receiver is not None and not any(argument.is_marker for argument in arguments):
        for candidate in compatible:
            if candidate.argument_types == (receiver, receiver):
                return candidate
    left, right = arguments
    raise InvalidRequest(
        f"Ambiguous '{operator}' operation with args {left.text} and {right.text}: "
        "use type hint to disambiguate, example '(int) ?'"
    )


def _match(function: Resolved, arguments: Sequence[Argument], table: Table | None) -> Assignment:
    if len(arguments) != len(function.argument_types):
        return Assignment.NOT
    fit = Assignment.EXACT
    for index, argument in enumerate(arguments):
        match argument.assignment(argument_spec(function, index, table)):
            case Assignment.NOT:
                # What comes after it is not looked at, and may well be wrong.
                return Assignment.NOT
            case Assignment.WEAK:
                fit = Assignment.WEAK
            case Assignment.EXACT:
                pass
    return fit
