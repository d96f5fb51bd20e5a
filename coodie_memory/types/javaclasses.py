"""Types by the names of their Java classes, with parameters: `…VectorType(…FloatType , 3)`.

Peers spell them in full, and `parse` takes only what comes out the same; users may spell them as they like, in `written`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from coodie_memory.errors import SyntaxException, UnsupportedCQL
from coodie_memory.types.base import CqlType
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.names import NATIVE
from coodie_memory.types.tuples import TupleType
from coodie_memory.types.usertype import UserType
from coodie_memory.types.uuids import LEXICAL_UUID
from coodie_memory.types.vector import VectorType

_PACKAGE: Final = "org.apache.cassandra.db.marshal."
_NATIVE: Final = {kind.java_name.removeprefix(_PACKAGE): kind for kind in (*NATIVE.values(), LEXICAL_UUID)}
_FORMER: Final = {
    "DateType": NATIVE["timestamp"],
    "LegacyTimeUUIDType": NATIVE["timeuuid"],
    "": NATIVE["blob"],
}
"""Classes that are other names of a type, where a user writes them."""
_UNSUPPORTED: Final = frozenset(
    {"CompositeType", "DynamicCompositeType", "EmptyType", "PartitionerDefinedOrder"}
)
"""Classes that the server has and the engine has not."""
_WITH_PARAMETERS: Final = frozenset(
    {"FrozenType", "ListType", "MapType", "ReversedType", "SetType", "TupleType", "UserType", "VectorType"}
)
_TOKEN: Final = re.compile(r"\s*([\w.$:]+|[(),])")
_DEPTH: Final = 64
_NO_OTHERS: Final[Mapping[str, CqlType]] = MappingProxyType({})


@dataclass(frozen=True, repr=False)
class CustomType(CqlType):
    """A type of which only the name is known; it has no functions."""

    class_name: str

    def cql(self) -> str:
        """The name, in quotes."""
        return f"'{self.class_name}'"

    @property
    def java_name(self) -> str:
        """The name as it came."""
        return self.class_name


class _Unknown(Exception):
    """Not the name of a type known here; the argument is the class in it that is not."""


@dataclass(frozen=True, slots=True)
class _Class:
    """A class as it is written: `prefix` is a UDT field's name, in hexadecimal digits."""

    prefix: str
    name: str
    parameters: "tuple[_Class, ...]"


def parse(text: str) -> CqlType:
    """The type whose `java_name` this is; a `CustomType` if it is none of the engine's."""
    try:
        tokens = _tokens(text)
        written, rest = _class(next(tokens), tokens, _DEPTH)
        kind = _type(written)
    except (_Unknown, ValueError):  # ValueError: hexadecimal digits and dimensions
        return CustomType(text)
    # Only what comes out the same may stand for the text.
    return kind if not rest and kind.java_name == text else CustomType(text)


def written(text: str) -> CqlType:
    """The type that a user means by this text."""
    try:
        tokens = _tokens(text.strip())
        first = next(tokens)
        found, rest = _class(first, tokens, _DEPTH) if first else (_Class("", "", ()), "")
        if not rest:
            return _type(found, _FORMER)
        unknown = rest
    except _Unknown as reason:
        unknown = str(reason)
    except ValueError:  # hexadecimal digits and dimensions that are none
        unknown = ""
    if not unknown or unknown in _UNSUPPORTED:
        raise UnsupportedCQL(f"the custom type '{text}' is not supported")
    outer = text.strip().partition("(")[0].removeprefix(_PACKAGE)
    if outer in _WITH_PARAMETERS:
        raise SyntaxException(
            f"Error setting type {text}: Invalid definition for comparator {_PACKAGE}{outer}."
        )
    name = unknown if "." in unknown else f"{_PACKAGE}{unknown}"
    raise SyntaxException(f"Error setting type {text}: Unable to find abstract-type class '{name}'")


def _tokens(text: str) -> Iterator[str]:
    at = 0
    while match := _TOKEN.match(text, at):
        yield match[1]
        at = match.end()
    if at < len(text):
        raise _Unknown
    while True:
        yield ""


def _class(token: str, tokens: Iterator[str], depth: int) -> tuple[_Class, str]:
    """A class, and the token behind it."""
    if not depth or token in ("", "(", ")", ","):
        raise _Unknown
    prefix, _, name = token.rpartition(":")
    parameters = list[_Class]()
    following = next(tokens)
    if following == "(":
        while following != ")":
            parameter, following = _class(next(tokens), tokens, depth - 1)
            parameters.append(parameter)
            if following not in (",", ")"):
                raise _Unknown
        following = next(tokens)
    return _Class(prefix, name.removeprefix(_PACKAGE), tuple(parameters)), following


def _type(written: _Class, former: Mapping[str, CqlType] = _NO_OTHERS) -> CqlType:
    def inner(parameter: _Class) -> CqlType:
        return _type(parameter, former)

    match written.name, written.parameters:
        case name, () if name in _NATIVE:
            return _NATIVE[name]
        case name, () if name in former:
            return former[name]
        case "FrozenType", (inside,):
            return inner(inside).freeze()
        case "ReversedType", (inside,) if former:
            return inner(inside)
        case "ListType", (element,):
            return ListType(inner(element))
        case "SetType", (element,):
            return SetType(inner(element))
        case "MapType", (key, value):
            return MapType(inner(key), inner(value))
        case "TupleType", parts:
            return TupleType(tuple(map(inner, parts)))
        case "VectorType", (element, dimension):
            return VectorType(inner(element), int(dimension.name))
        case "UserType", (keyspace, name, *fields):
            return UserType(
                keyspace.name,
                _text(name.name),
                tuple(_text(field.prefix) for field in fields),
                tuple(map(inner, fields)),
            )
    raise _Unknown(written.name)


def _text(digits: str) -> str:
    return bytes.fromhex(digits).decode()
