"""Types by the names of their Java classes, with parameters: `…VectorType(…FloatType , 3)`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from coodie_memory.types.base import CqlType
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.names import NATIVE
from coodie_memory.types.tuples import TupleType
from coodie_memory.types.usertype import UserType
from coodie_memory.types.vector import VectorType

_PACKAGE: Final = "org.apache.cassandra.db.marshal."
_NATIVE: Final = {kind.java_name.removeprefix(_PACKAGE): kind for kind in NATIVE.values()}
_TOKEN: Final = re.compile(r"\s*([\w.$:]+|[(),])")
_DEPTH: Final = 64


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
    """Not the name of a type known here."""


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


def _type(written: _Class) -> CqlType:
    match written.name, written.parameters:
        case name, () if name in _NATIVE:
            return _NATIVE[name]
        case "FrozenType", (inside,):
            return _type(inside).freeze()
        case "ListType", (element,):
            return ListType(_type(element))
        case "SetType", (element,):
            return SetType(_type(element))
        case "MapType", (key, value):
            return MapType(_type(key), _type(value))
        case "TupleType", parts:
            return TupleType(tuple(map(_type, parts)))
        case "VectorType", (element, dimension):
            return VectorType(_type(element), int(dimension.name))
        case "UserType", (keyspace, name, *fields):
            return UserType(
                keyspace.name,
                _text(name.name),
                tuple(_text(field.prefix) for field in fields),
                tuple(map(_type, fields)),
            )
    raise _Unknown


def _text(digits: str) -> str:
    return bytes.fromhex(digits).decode()
