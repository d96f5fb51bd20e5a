"""Terms whose values a schema statement keeps: those of a view's WHERE, an aggregate's first state."""

from typing import assert_never

from coodie_memory.plan import nodes
from coodie_memory.plan.composite import composed
from coodie_memory.result import Raw, Unset


def settled(term: nodes.Term, moment: nodes.Moment) -> Raw:
    """The term's value at a moment; there are no markers in it."""
    match term:
        case nodes.Constant():
            return term.raw
        case nodes.Call():
            arguments = [settled(argument, moment) for argument in term.arguments]
            return nodes.evaluated(term.function, moment, arguments)
        case nodes.Composite():
            whole = composed(term.type, [settled(part, moment) for part in term.parts])
            assert not isinstance(whole, Unset), "no part is"
            return whole
        case nodes.Bind() | nodes.Member():
            raise AssertionError("bind markers are refused")
        case _:
            assert_never(term)


def is_timeless(term: nodes.Term) -> bool:
    """Whether the value is the same at any moment."""
    match term:
        case nodes.Call():
            return term.function.is_pure and all(map(is_timeless, term.arguments))
        case nodes.Composite():
            return all(map(is_timeless, term.parts))
        case _:
            return True
