"""Functions that are made for the types of their arguments, as `max(any)` and `map_keys(map)` are."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from coodie_memory.errors import InvalidRequest
from coodie_memory.plan.nodes import Aggregate, Function
from coodie_memory.types.base import CqlType
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.floats import FLOAT
from coodie_memory.types.vector import VectorType
from coodie_memory.value import Value, replace

if TYPE_CHECKING:
    from coodie_memory.plan.functions.resolution import Argument

Inferred: TypeAlias = Sequence[CqlType | None] | None
"""What the other arguments' types seem to be; None in the first round, where nobody may look at the others."""


class Parameter(Value):
    """A parameter: how messages spell it, how an argument's type is found, which types it refuses.

    What it `overlooks` it refuses too, but only when no other argument is refused.
    """

    text: str
    infer: "Callable[[Argument, CqlType | None, Inferred], CqlType | None]"
    accepts: Callable[[CqlType], bool] = lambda _kind: True
    overlooks: Callable[[CqlType], bool] = lambda _kind: False
    requirement: str = ""
    is_optional: bool = False


class Factory(Value):
    """A family of functions of one name; `make` gives the member for these argument types and receiver.

    `complaint` is what is said of arguments by their types, before anything else is.
    """

    name: str
    parameters: tuple[Parameter, ...]
    make: Callable[[tuple[CqlType, ...], CqlType | None], Function | Aggregate]
    complaint: Callable[[Sequence[CqlType | None]], str | None] | None = None

    def __str__(self) -> str:
        texts = (f"[{each.text}]" if each.is_optional else each.text for each in self.parameters)
        return f"system.{self.name}({', '.join(texts)})"

    def function(self, arguments: "Sequence[Argument]", receiver: CqlType | None) -> Function | Aggregate:
        """The member that takes these arguments."""
        if self.complaint and (wrong := self.complaint([each.compatible_type() for each in arguments])):
            raise InvalidRequest(wrong)
        mandatory = sum(not parameter.is_optional for parameter in self.parameters)
        if not mandatory <= len(arguments) <= len(self.parameters):
            raise InvalidRequest(f"Invalid number of arguments for function {self}")
        pairs = list(zip(arguments, self.parameters, strict=False))
        first = [parameter.infer(argument, receiver, None) for argument, parameter in pairs]
        types: list[CqlType] = []
        overlooked: list[InvalidRequest] = []
        for index, (argument, parameter) in enumerate(pairs):
            kind = parameter.infer(argument, receiver, [*types, *first[index:]])
            if kind is None:
                raise InvalidRequest(
                    f"Cannot infer type of argument {argument.text} in call to function {self}: "
                    "use type casts to disambiguate"
                )
            if not parameter.accepts(kind):
                refusal = InvalidRequest(
                    f"Function system.{self.name} requires {parameter.requirement}, "
                    f"but found argument {argument.text} of type {kind}"
                )
                if not parameter.overlooks(kind):
                    raise refusal
                overlooked.append(refusal)
            types.append(kind)
        if overlooked:
            raise overlooked[0]
        return self.make(tuple(types), receiver)


def anything(*, from_receiver: bool) -> Parameter:
    """Any type; that of the receiver, for an argument without one."""

    def infer(argument: "Argument", receiver: CqlType | None, _inferred: Inferred) -> CqlType | None:
        kind = argument.compatible_type()
        return receiver if kind is None and from_receiver else kind

    return Parameter("any", infer)


def fixed(*kinds: CqlType, names: str = "") -> Parameter:
    """One of these types; the first, for an argument without one. `names` as messages spell them."""
    names = names or kinds[0].cql()

    def infer(argument: "Argument", _receiver: CqlType | None, _inferred: Inferred) -> CqlType | None:
        return argument.compatible_type() or kinds[0]

    def accepts(kind: CqlType) -> bool:
        return any(wanted.assignment(kind).fits for wanted in kinds)

    return Parameter(names, infer, accepts, requirement=f"an argument of type {names}")


def optional(parameter: Parameter) -> Parameter:
    """The same, and it may be left out."""
    return replace(parameter, is_optional=True)


def same_as(index: int, parameter: Parameter, *, prefer_other: bool) -> Parameter:
    """Of the type of another argument: where this one has none, or always."""

    def infer(argument: "Argument", receiver: CqlType | None, inferred: Inferred) -> CqlType | None:
        other = inferred[index] if inferred else None
        own = parameter.infer(argument, receiver, inferred)
        return (other or own) if prefer_other else (own or other)

    return replace(parameter, infer=infer)


def _own_type(argument: "Argument", _receiver: CqlType | None, _inferred: Inferred) -> CqlType | None:
    return argument.compatible_type()


COLLECTION = Parameter(
    "collection", _own_type, lambda kind: kind.is_collection, requirement="a collection argument"
)
MAP = Parameter("map", _own_type, lambda kind: isinstance(kind, MapType), requirement="a map argument")
SET_OR_LIST = Parameter(
    "numeric_set_or_list",
    _own_type,
    lambda kind: isinstance(kind, SetType | ListType),
    requirement="a set or list argument",
)
_NUMBERS = ("tinyint", "smallint", "int", "bigint", "varint", "float", "double", "decimal", "counter")
NUMERIC_SET_OR_LIST = Parameter(
    "numeric_set_or_list",
    _own_type,
    lambda kind: isinstance(kind, SetType | ListType) and kind.element.cql() in _NUMBERS,
    requirement="a numeric set/list argument",
)


def _vector_type(argument: "Argument", receiver: CqlType | None, _inferred: Inferred) -> CqlType | None:
    if argument.array_size is not None:
        return VectorType(FLOAT, argument.array_size)
    return argument.compatible_type() or receiver


FLOAT_VECTOR = Parameter(
    "vector<float, n>",
    _vector_type,
    lambda kind: isinstance(kind, VectorType) and kind.element == FLOAT,
    # Cassandra, which has numbers between brackets in mind, takes all lists but those of floats, and then fails inside.
    overlooks=lambda kind: isinstance(kind, ListType) and kind.element != FLOAT,
    requirement="a float vector argument",
)
