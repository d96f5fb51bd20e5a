"""Native functions of which servers have one or the other: the dialect's fields choose."""

from collections.abc import Iterator, Mapping
from functools import cache

from coodie_memory.dialect import Dialect
from coodie_memory.plan.functions import aggregates, casts, conversions
from coodie_memory.plan.nodes import Aggregate, Function
from coodie_memory.types.base import CqlType


@cache
def replacements(
    dialect: Dialect,
) -> Mapping[str, Mapping[tuple[CqlType, ...], Function | Aggregate]]:
    """What the dialect has in place of others, by name and argument types."""
    found: dict[str, dict[tuple[CqlType, ...], Function | Aggregate]] = {}
    for function in _chosen(dialect):
        found.setdefault(function.name, {})[function.argument_types] = function
    return found


def _chosen(dialect: Dialect) -> Iterator[Function | Aggregate]:
    if dialect.averages_exactly:
        yield aggregates.EXACT_AVERAGE
    if dialect.strict_utf8:
        yield from conversions.strict_texts()
    if dialect.casts_floats_briefly:
        yield from casts.brief_floats()
    if dialect.casts_integers_to_tenths:
        yield from casts.tenths()
    if dialect.writes_decimals_plainly:
        yield from casts.plain_decimals()
