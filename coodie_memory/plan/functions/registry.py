"""All native functions by name."""

from collections.abc import Mapping
from functools import cache

from coodie_memory.dialect import Dialect
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
    variants,
)
from coodie_memory.plan.functions.factories import Factory
from coodie_memory.plan.nodes import Aggregate, Function
from coodie_memory.schema.model import Table

_MODERN = frozenset({"abs", "exp", "log", "log10", "round", "floor"})
"""What came late without an underscore."""


@cache
def overloads() -> Mapping[str, tuple[Function | Aggregate, ...]]:
    """Functions of fixed types. There are a thousand of them, so that they are made when the first is asked for."""
    found: dict[str, list[Function | Aggregate]] = {}
    for family in (arithmetic, casts, temporal, conversions, mathematics, aggregates):
        for function in family.functions():
            found.setdefault(function.name, []).append(function)
    return {name: tuple(functions) for name, functions in found.items()}


def named(name: str, dialect: Dialect) -> tuple[Function | Aggregate, ...]:
    """Those of a name, as the dialect has them."""
    if not dialect.has_modern_functions and (name in _MODERN or _is_modern_name(name)):
        return ()
    found = overloads().get(name, ())
    if not found and dialect.has_first_time_functions:
        found = tuple(one for one in temporal.first_functions() if one.name == name)
    others = variants.replacements(dialect).get(name)
    return found if others is None else tuple(others.get(one.argument_types, one) for one in found)


@cache
def factories(dialect: Dialect) -> Mapping[str, Factory]:
    """Functions that are made for their arguments."""
    families = (aggregates, containers, masks)
    found = [factory for family in families for factory in family.factories()]
    if dialect.intersects_sets:
        found.append(containers.SET_INTERSECTION)
    return {
        factory.name: factory
        for factory in (*conversions.factories(dialect), *found)
        if dialect.has_modern_functions or not _is_modern_name(factory.name)
    }


def _is_modern_name(name: str) -> bool:
    """Whether a native function is in snake case, as all that came late are, but for those that everybody has."""
    return "_" in name and not name.startswith(("_", "cast_", "similarity_", "set_"))


def token(table: Table | None, *, is_virtual: bool) -> Function:
    """`token` of the table that the statement is about; a virtual one has no ring."""
    if table is None:
        raise InvalidRequest("No receiver keyspace has been specified for function system.token")
    return conversions.token_of(table, is_key=is_virtual)
