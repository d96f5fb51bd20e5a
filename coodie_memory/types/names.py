"""Types by name: the native ones, and any type from its text in `system_schema`."""

import re
from collections.abc import Callable, Iterator

from coodie_memory.errors import InvalidRequest, SyntaxException
from coodie_memory.types.base import CqlType
from coodie_memory.types.booleans import BOOLEAN
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.decimals import DECIMAL
from coodie_memory.types.durations import DURATION
from coodie_memory.types.floats import DOUBLE, FLOAT
from coodie_memory.types.inets import INET
from coodie_memory.types.integers import BIGINT, COUNTER, INT, SMALLINT, TINYINT, VARINT
from coodie_memory.types.native import NativeType
from coodie_memory.types.strings import ASCII, BLOB, TEXT
from coodie_memory.types.times import DATE, TIME
from coodie_memory.types.timestamps import TIMESTAMP
from coodie_memory.types.tuples import TupleType
from coodie_memory.types.uuids import TIMEUUID, UUID
from coodie_memory.types.vector import VectorType

NATIVE: dict[str, NativeType] = {
    kind.name: kind
    for kind in (
        ASCII, BIGINT, BLOB, BOOLEAN, COUNTER, DATE, DECIMAL, DOUBLE, DURATION, FLOAT, INET, INT, SMALLINT, TEXT, TIME,
        TIMESTAMP, TIMEUUID, TINYINT, UUID, VARINT,
    )
} | {"varchar": TEXT}  # fmt: skip
"""Each native type by its name; varchar is another name of text."""

_PART = r'\s*("(?:[^"]|"")+"|\w+|[<>,.])'
UserTypes = Callable[[str], CqlType | None]


def parse(text: str, user_types: UserTypes) -> CqlType:
    """The type of a text such as `map<text, frozen<list<int>>>`; `user_types` finds a UDT, not frozen, by its name."""
    tokens = _tokens(text)
    kind = _type(tokens, user_types)
    if rest := next(tokens):
        raise _syntax(text, rest)
    return kind


def _tokens(text: str) -> Iterator[str]:
    offset, token = 0, re.compile(_PART)
    while match := token.match(text, offset):
        yield match[1]
        offset = match.end()
    if text[offset:].strip():
        raise _syntax(text, text[offset:])
    while True:
        yield ""


def _syntax(text: str, rest: str) -> SyntaxException:
    return SyntaxException(f"Cannot read the type {text!r} at {rest!r}")


def _expect(tokens: Iterator[str], wanted: str) -> None:
    if (found := next(tokens)) != wanted:
        raise SyntaxException(f"Cannot read a type: {wanted!r} is missing before {found!r}")


def _type(tokens: Iterator[str], user_types: UserTypes) -> CqlType:
    word = next(tokens)
    match word.lower():
        case "frozen":
            _expect(tokens, "<")
            kind = _type(tokens, user_types).freeze()
            _expect(tokens, ">")
            return kind
        case "list":
            return ListType(_inside(tokens, user_types, 1)[0])
        case "set":
            return SetType(_inside(tokens, user_types, 1)[0])
        case "map":
            key, value = _inside(tokens, user_types, 2)
            return MapType(key, value)
        case "tuple":
            return TupleType(tuple(_inside(tokens, user_types, None)))
        case "vector":
            _expect(tokens, "<")
            element = _type(tokens, user_types)
            _expect(tokens, ",")
            dimension = int(next(tokens))
            _expect(tokens, ">")
            return VectorType(element, dimension)
        case native if native in NATIVE:
            return NATIVE[native]
    name = word[1:-1].replace('""', '"') if word.startswith('"') else word.lower()
    if (found := user_types(name)) is None:
        raise InvalidRequest(f"Unknown type {name}")
    return found


def _inside(tokens: Iterator[str], user_types: UserTypes, count: int | None) -> list[CqlType]:
    """The types between angle brackets, `count` of them if that is given."""
    _expect(tokens, "<")
    found = [_type(tokens, user_types)]
    while (mark := next(tokens)) == ",":
        found.append(_type(tokens, user_types))
    if mark != ">" or count not in {None, len(found)}:
        raise SyntaxException(f"Cannot read a type: {mark!r} after {found[-1]}")
    return found
