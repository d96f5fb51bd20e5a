"""Terms become closures once, when a plan is compiled; each execution calls them for the bytes of its values.

A bound value that came over a wire is validated where it is used, and all values are used before anything is changed.
"""

from collections.abc import Callable
from typing import TypeAlias, assert_never

from coodie_memory.errors import InvalidRequest
from coodie_memory.execution.context import Bound, Context
from coodie_memory.plan.composite import composed
from coodie_memory.plan.documents import members
from coodie_memory.plan.nodes import Bind, Call, Composite, Constant, Member, Term, evaluated
from coodie_memory.result import Raw, Unset
from coodie_memory.types.base import CqlType
from coodie_memory.types.collections import MapType, SetType

Value: TypeAlias = Callable[[Context], Bound]
"""The bytes of a term in one execution, or null, or unset."""


def compiled(term: Term) -> Value:
    """The closure that gives the term's value."""
    match term:
        case Constant():
            return _constant(term.raw)
        case Bind():
            return _bound(term)
        case Call():
            return _called(term)
        case Composite():
            return _composed(term)
        case Member():
            return _member(term)
        case _:
            assert_never(term)


def _constant(raw: Raw) -> Value:
    def constant(_context: Context) -> Bound:
        return raw

    return constant


def _bound(term: Bind) -> Value:
    index, validate = term.index, term.type.validate

    def bound(context: Context) -> Bound:
        value = context.values[index]
        if not context.are_valid and isinstance(value, bytes):
            validate(value)
        return value

    def bound_normalised(context: Context) -> Bound:
        value = bound(context)
        return normalise(value) if isinstance(value, bytes) else value

    normalise = term.type.normalise
    return bound if is_plain(term.type) else bound_normalised


def is_plain(kind: CqlType) -> bool:
    """Whether a value has one spelling: no set or map is in it, whose parts could come in any order."""
    return not any(isinstance(inner, SetType | MapType) for inner in kind.walk())


def _called(term: Call) -> Value:
    function = term.function
    arguments = tuple(compiled(argument) for argument in term.arguments)

    def called(context: Context) -> Bound:
        raws: list[Raw] = []
        for argument in arguments:
            raw = argument(context)
            if isinstance(raw, Unset):
                raise InvalidRequest(f"Invalid unset value for argument in call to function {function.name}")
            raws.append(raw)
        return evaluated(function, context, raws)

    return called


def _composed(term: Composite) -> Value:
    kind = term.type
    parts = tuple(compiled(part) for part in term.parts)

    def composed_value(context: Context) -> Bound:
        return composed(kind, [part(context) for part in parts])

    return composed_value


def _member(term: Member) -> Value:
    whole, column, default = term.document, term.column, term.default
    source = compiled(whole.source)

    def member(context: Context) -> Bound:
        raw = source(context)
        if raw is None:
            raise InvalidRequest("Got null for INSERT JSON values")
        # Unset counts as no text at all.
        text = "" if isinstance(raw, Unset) else raw.decode()
        return members(whole, text).get(column, default)

    return member
