"""Bind values as a script writes them: `> bind 1, 'x', [1, 2], {'a': 1}, (1, null), null, unset, empty, 0xcafe`.

Constants are CQL's and become bytes by the type of their marker. `0x…` is the wire bytes as they stand, whatever the
type: that is how a value that no client would send is sent.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from conformance.wire import Bound
from coodie_memory.result import UNSET, ColumnSpec
from coodie_memory.types.base import ConstantKind, CqlType, FrozenDict
from coodie_memory.types.usertype import UserType

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<HEX>0x[0-9a-fA-F]*)
  | (?P<UUID>[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})
  | (?P<STRING>'(?:[^']|'')*')
  | (?P<BOOLEAN>(?:true|false)\b)
  | (?P<DURATION>-?(?:\d+(?:y|mo|w|d|h|m|s|ms|us|ns))+\b)
  | (?P<FLOAT>-?(?:\d+\.\d*(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|NaN\b|Infinity\b))
  | (?P<INTEGER>-?\d+)
  | (?P<WORD>[a-z_]\w*)
  | (?P<MARK>[][{}(),:])
    )\s*""",
    re.VERBOSE,
)


T = TypeVar("T")


class MalformedValue(Exception):
    """The directive's text gives no values for these markers."""


class _Tokens:
    """Kind and text of what comes next; `take` moves on."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def peek(self) -> tuple[str, str]:
        found = self._match()
        return found.lastgroup or "", found[found.lastgroup or 0]

    def take(self) -> tuple[str, str]:
        token = self.peek()
        self._at = self._match().end()
        return token

    def _match(self) -> re.Match[str]:
        found = _TOKEN.match(self._text, self._at)
        if found is None:
            raise MalformedValue(f"no value at {self._text[self._at :]!r}")
        return found

    def skip(self, mark: str) -> bool:
        found = _TOKEN.match(self._text, self._at)
        if found is None or found["MARK"] != mark:
            return False
        self._at = found.end()
        return True

    @property
    def at_end(self) -> bool:
        return self._at == len(self._text)


def values(text: str, markers: Sequence[ColumnSpec]) -> tuple[Bound, ...]:
    """The bytes of each value, null or unset, for the markers in order; more or fewer values than markers are sent so."""
    tokens = _Tokens(text)
    bound: list[Bound] = []
    while not tokens.at_end:
        marker = markers[min(len(bound), len(markers) - 1)] if markers else None
        bound.append(_bound(tokens, None if marker is None else marker.type))
        if not tokens.at_end and not tokens.skip(","):
            raise MalformedValue(f"a comma separates values: {text!r}")
    return tuple(bound)


_WORDS: dict[str, Bound] = {"null": None, "unset": UNSET, "empty": b""}


def _bound(tokens: _Tokens, cql_type: CqlType | None) -> Bound:
    kind, text = tokens.peek()
    if kind == "WORD" and text in _WORDS:
        tokens.take()
        return _WORDS[text]
    if kind == "HEX":
        tokens.take()
        return bytes.fromhex(text[2:])
    if cql_type is None:
        raise MalformedValue(f"there is no marker for {text}; give its bytes as 0x…")
    return cql_type.encode(_value(tokens, cql_type))


def _value(tokens: _Tokens, cql_type: CqlType) -> Any:
    """The Python value at hand, hashable; inside a collection it may be null."""
    kind, text = tokens.take()
    children = cql_type.children
    match kind, text:
        case "MARK", "[":
            return tuple(_items(tokens, "]", lambda _: _value(tokens, _child(cql_type, 0))))
        case "MARK", "(":
            return tuple(_items(tokens, ")", lambda index: _value(tokens, _child(cql_type, index))))
        case "MARK", "{" if len(children) == 1:
            return frozenset(_items(tokens, "}", lambda _: _value(tokens, children[0])))
        case "MARK", "{" if cql_type.is_collection:
            return FrozenDict(_items(tokens, "}", lambda _: _entry(tokens, *children)))
        case "MARK", "{":
            return FrozenDict(_items(tokens, "}", lambda index: _field(tokens, cql_type, index)))
        case "WORD", "null":
            return None
        case (("MARK" | "WORD"), _):
            raise MalformedValue(f"{text!r} is no value of type {cql_type}")
        case "STRING", _:
            return _constant(cql_type, ConstantKind.STRING, text[1:-1].replace("''", "'"))
        case _:
            return _constant(cql_type, ConstantKind[kind], text)


def _child(cql_type: CqlType, index: int) -> CqlType:
    if index >= len(cql_type.children):
        raise MalformedValue(f"no value of type {cql_type} has so many parts; give other bytes as 0x…")
    return cql_type.children[index]


def _constant(cql_type: CqlType, kind: ConstantKind, text: str) -> Any:
    if not cql_type.accepts(kind):
        raise MalformedValue(f"{text} is no value of type {cql_type}; give other bytes as 0x…")
    return cql_type.decode_hashable(cql_type.from_literal(kind, text))


def _items(tokens: _Tokens, end: str, item: Callable[[int], T]) -> list[T]:
    found: list[T] = []
    while not tokens.skip(end):
        if found and not tokens.skip(","):
            raise MalformedValue(f"a comma or {end} follows each element")
        found.append(item(len(found)))
    return found


def _entry(tokens: _Tokens, key_type: CqlType, value_type: CqlType) -> tuple[Any, Any]:
    key = _value(tokens, key_type)
    if not tokens.skip(":"):
        raise MalformedValue("a colon follows a map's key")
    return key, _value(tokens, value_type)


def _field(tokens: _Tokens, cql_type: CqlType, index: int) -> tuple[str, Any]:
    """A field of a user type, known by its name."""
    _, name = tokens.take()
    if not tokens.skip(":"):
        raise MalformedValue("a colon follows a field's name")
    if isinstance(cql_type, UserType) and name in cql_type.field_names:
        index = cql_type.field_names.index(name)
    return name, _value(tokens, _child(cql_type, index))
