"""What a write names whose WHERE restricts a column of the key several times: what is left when all of it must hold.

`Where.filters` of a write are the restrictions behind a column's first one.
"""

from collections.abc import Callable

from coodie_memory.execution import keys
from coodie_memory.execution.context import Context
from coodie_memory.execution.spans import Span, common
from coodie_memory.plan.where import Restriction, Where
from coodie_memory.value import replace


def partitions(where: Where) -> Callable[[Context], list[keys.Key]]:
    """The partitions that are named."""
    named = keys.partitions(where)
    tests = [
        (one.columns[0], keys.choices(one)) for one in where.filters if one.columns[0].kind == "partition_key"
    ]
    if not tests:
        return named

    def left(context: Context) -> list[keys.Key]:
        allowed = [
            (column.position, column.type.order, [column.type.order(raw) for (raw,) in choices(context)])
            for column, choices in tests
        ]
        return [
            (key, components)
            for key, components in named(context)
            if all(order(components[position]) in wanted for position, order, wanted in allowed)
        ]

    return left


def rows(where: Where) -> Callable[[Context], list[keys.Place]]:
    """The rows that are named one by one."""
    named, narrower = keys.written_rows(where), _narrower(where)
    if not narrower:
        return named

    def left(context: Context) -> list[keys.Place]:
        found = named(context)
        for spans in narrower:
            allowed = spans(context)
            found = [
                (position, clustering)
                for position, clustering in found
                if any(not position < start and position < end for start, end in allowed)
            ]
        return found

    return left


def slices(where: Where) -> Callable[[Context], list[Span]]:
    """The parts of a partition that are named."""
    named, narrower = keys.slices(where), _narrower(where)
    if not narrower:
        return named

    def left(context: Context) -> list[Span]:
        found = named(context)
        for spans in narrower:
            found = common(found, spans(context))
        return found

    return left


def _narrower(where: Where) -> list[Callable[[Context], list[Span]]]:
    return [
        keys.slices(_in_place(where, one)) for one in where.filters if one.columns[0].kind == "clustering"
    ]


def _in_place(where: Where, restriction: Restriction) -> Where:
    """The clause with the restriction where the first one of its column stands."""
    position = restriction.columns[0].position
    before = tuple(one for one in where.clustering if one.columns[-1].position < position)
    return replace(where, clustering=(*before, restriction), filters=())
