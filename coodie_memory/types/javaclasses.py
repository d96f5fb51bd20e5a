"""Types by the names of their Java classes, with parameters: `…VectorType(…FloatType , 3)`.

A peer sends such names, of which some mean nothing here (`parse`); a statement may have them in place of a type (`read`).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from coodie_memory.types.base import CqlType
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.empty import EMPTY
from coodie_memory.types.names import NATIVE
from coodie_memory.types.tuples import TupleType
from coodie_memory.types.usertype import UserType
from coodie_memory.types.uuids import LEXICAL_UUID
from coodie_memory.types.vector import VectorType
from coodie_memory.value import Value, replace

_PACKAGE: Final = "org.apache.cassandra.db.marshal."
_NATIVE: Final = {
    kind.java_name.removeprefix(_PACKAGE): kind for kind in (*NATIVE.values(), EMPTY, LEXICAL_UUID)
}
_FORMER: Final[Mapping[str, CqlType]] = {
    "DateType": NATIVE["timestamp"],
    "LegacyTimeUUIDType": NATIVE["timeuuid"],
}
"""What classes are called in statements besides: the names of earlier days."""
_STRUCTURED: Final = frozenset(
    {"FrozenType", "ListType", "MapType", "ReversedType", "SetType", "TupleType", "UserType", "VectorType"}
)
_OPAQUE: Final = frozenset({"CompositeType", "DynamicCompositeType", "PartitionerDefinedOrder"})
"""Classes of a server that are types of no other name, whose values are not known here."""
_NAME: Final = r"[ \t\n]*([\w.+\-&$]+)"
_PART: Final = r"\s*([\w.$:]+|[(),])"
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


class _Class(Value):
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


class Unreadable(Exception):
    """The message says why a statement's class name is no type."""


class Written(NamedTuple):
    """What a class name stands for; `is_reversed`: values come in descending order. None: a type that is not known here."""

    type: CqlType | None
    is_reversed: bool = False


def read(text: str) -> Written:
    """The type that a statement means; what does not begin with a name means bytes, as it does to the server."""
    match = re.match(_NAME, text)
    if match is None:
        return Written(NATIVE["blob"])
    full = match[1] if "." in match[1] else _PACKAGE + match[1]
    short = full.removeprefix(_PACKAGE)
    if short in _OPAQUE:
        return Written(None)
    if plain := _NATIVE.get(short) or _FORMER.get(short):
        _require_closed(text, match.end())
        return Written(plain)
    if short not in _STRUCTURED:
        raise Unreadable(f"Error setting type {text}: Unable to find abstract-type class '{full}'")
    try:
        tokens = _tokens(text)
        written, _ = _class(next(tokens), tokens, _DEPTH)
        return Written(_meant(written), written.name == "ReversedType")
    except (_Unknown, ValueError):
        raise Unreadable(f"Error setting type {text}: Invalid definition for comparator {full}.") from None


def _require_closed(text: str, end: int) -> None:
    """Refuse parameters without an end; a type that has none does not look at them."""
    if text[end:].lstrip().startswith("(") and ")" not in text[end:]:
        raise Unreadable(
            f"Cannot parse type {text}: Syntax error parsing '{text}' at char {len(text)}: unexpected end of string"
        )


def quoted(text: str) -> str:
    """The name as the server repeats it: in full, and in quotes."""
    try:
        kind = read(text).type
    except Unreadable:
        kind = None
    return f"'{text if kind is None else kind.java_name}'"


def _meant(written: _Class) -> CqlType:
    """The type of a class in a statement, where what stands inside of another is frozen without saying so."""
    match written.name, written.parameters:
        case name, _ if name in _NATIVE:
            return _NATIVE[name]
        case name, _ if name in _FORMER:
            return _FORMER[name]
        case "ReversedType", (ascending,):
            return _meant(ascending)
        case "FrozenType", (inside,):
            return _meant(inside).freeze()
        case "ListType", (element,):
            return ListType(_meant(element).freeze())
        case "SetType", (element,):
            return SetType(_meant(element).freeze())
        case "MapType", (key, value):
            return MapType(_meant(key).freeze(), _meant(value).freeze())
        case "TupleType", parts:
            return TupleType(tuple(_meant(part).freeze() for part in parts))
        case "VectorType", (element, dimension) if int(dimension.name) > 0:
            return VectorType(_meant(element).freeze(), int(dimension.name))
        case "UserType", (_, _, *fields):
            kind = _type(replace(written, parameters=written.parameters[:2]))
            assert isinstance(kind, UserType)
            return UserType(
                kind.keyspace,
                kind.name,
                tuple(_text(field.prefix) for field in fields),
                tuple(map(_meant, fields)),
            )
    raise _Unknown


def _tokens(text: str) -> Iterator[str]:
    at, token = 0, re.compile(_PART)
    while match := token.match(text, at):
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
