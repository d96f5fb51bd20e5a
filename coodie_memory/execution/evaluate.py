"""Terms become closures once, when a plan is compiled; each execution calls them for the bytes of its values.

A bound value that came over a wire is validated where it is used, and all values are used before anything is changed.
"""

from collections.abc import Callable
from typing import TypeAlias, TypeGuard, assert_never

from coodie_memory.dialect import Dialect
from coodie_memory.errors import InvalidRequest
from coodie_memory.execution.context import Bound, Context
from coodie_memory.plan.composite import composed
from coodie_memory.plan.documents import members
from coodie_memory.plan.nodes import Bind, Call, Composite, Constant, Member, Term, evaluated
from coodie_memory.plan.terms import null_in_list, refuse_long_members
from coodie_memory.result import Raw, Unset
from coodie_memory.types.base import CqlType, MarshalError, Reach
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.quoting import identifier
from coodie_memory.types.strictness import validator

Value: TypeAlias = Callable[[Context], Bound]
"""The bytes of a term in one execution, or null, or unset."""


def compiled(term: Term, *, may_be_unset: bool = False) -> Value:
    """The closure that gives the term's value. `may_be_unset`: its place can do without it, in any server."""
    match term:
        case Constant():
            return _constant(term.raw)
        case Bind():
            return _bound(term, may_be_unset=may_be_unset)
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


def _bound(term: Bind, *, may_be_unset: bool) -> Value:
    index, kind = term.index, term.type

    def bound(context: Context) -> Bound:
        value = context.values[index]
        if isinstance(value, bytes):
            if not context.are_valid:
                _require_valid(term, value, context.engine.dialect)
        elif value is not None and not may_be_unset:
            refusal = context.engine.dialect.unset_refusal
            if refusal is not None:
                raise InvalidRequest(refusal.format(index))
        return value

    def bound_thinned(context: Context) -> Bound:
        value = bound(context)
        return thinned(value) if isinstance(value, bytes) else value

    def bound_normalised(context: Context) -> Bound:
        value = bound(context)
        if not isinstance(value, bytes):
            return value
        if context.engine.dialect.sorts_inside_tuples:
            return kind.normalise(value, Reach.EVERYWHERE)
        return kind.normalise(value, Reach.OUTSIDE_TUPLES) if kind.is_collection else value

    if _is_thinned(kind):
        thinned = kind.without_empty_elements
        return bound_thinned
    return bound if is_plain(kind) else bound_normalised


def _require_valid(term: Bind, value: bytes, dialect: Dialect) -> None:
    try:
        validator(term.type, is_strict=dialect.strict_utf8)(value)
    except MarshalError as error:
        raise MarshalError(
            dialect.not_bindable.format(column=identifier(term.name), what=error.message)
        ) from None


def is_plain(kind: CqlType) -> bool:
    """Whether a bound value is stored as it stands: no set or map is in it, whose parts could come in any order."""
    if not kind.children:
        return True
    return not _is_thinned(kind) and not any(isinstance(inner, SetType | MapType) for inner in kind.walk())


def _is_thinned(kind: CqlType) -> TypeGuard[ListType]:
    """Whether a bound list loses its empty elements; nothing inside of those could come in any order."""
    return isinstance(kind, ListType) and kind.loses_empty_elements


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
        found = [part(context) for part in parts]
        if isinstance(kind, ListType) and None in found:
            raise null_in_list(kind, context.engine.dialect.literal_refusals)
        refuse_long_members(kind, found, context.engine.dialect.literal_refusals)
        return composed(kind, found)

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
