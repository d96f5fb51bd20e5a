"""All native functions by name."""

from collections.abc import Iterable, Mapping

from coodie_memory.errors import InvalidRequest
from coodie_memory.plan.functions import (
    aggregates,
    arithmetic,
    casts,
    containers,
    conversions,
    masks,
    mathematics,
    temporal,
)
from coodie_memory.plan.functions.factories import Factory
from coodie_memory.plan.nodes import Aggregate, Function
from coodie_memory.schema.model import Table


def _by_name(functions: Iterable[Function | Aggregate]) -> Mapping[str, tuple[Function | Aggregate, ...]]:
    found: dict[str, list[Function | Aggregate]] = {}
    for function in functions:
        found.setdefault(function.name, []).append(function)
    return {name: tuple(overloads) for name, overloads in found.items()}


OVERLOADS = _by_name(
    [
        *arithmetic.functions(),
        *casts.functions(),
        *temporal.functions(),
        *conversions.functions(),
        *mathematics.functions(),
        *aggregates.functions(),
    ]
)
"""Functions of fixed types."""
FACTORIES: Mapping[str, Factory] = {
    factory.name: factory
    for factory in (
        *conversions.factories(),
        *aggregates.factories(),
        *containers.factories(),
        *masks.factories(),
    )
}
"""Functions that are made for their arguments."""


def token(table: Table | None) -> Function:
    """`token` of the table that the statement is about."""
    if table is None:
        raise InvalidRequest("No receiver keyspace has been specified for function system.token")
    return conversions.token_of(table)
