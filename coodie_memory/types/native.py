"""The native types' common shape: a record of plain functions, one singleton a type."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from coodie_memory.types import javatext, quoting
from coodie_memory.types.base import (
    Assignment,
    ConstantKind,
    CqlType,
    InvalidValue,
    MarshalError,
    Reach,
    Reversed,
)

_PACKAGE = "org.apache.cassandra.db.marshal."


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class NativeType(CqlType):
    """A type without parts. Equality is identity: there is one object for each name."""

    name: str
    java: str
    constants: frozenset[ConstantKind]
    preferred: Callable[[ConstantKind, str], bool]
    """Whether the server, knowing nothing but the constant, would give it this type."""
    validate: Callable[[bytes], None]
    encode: Callable[[Any], bytes]
    decode: Callable[[bytes], Any]
    order: Callable[[bytes], Any]
    reversed_order: Callable[[bytes], Any]
    parse: Callable[[str], bytes]
    to_text: Callable[[bytes], str]
    to_json: Callable[[bytes], str]
    from_json: Callable[[Any], bytes]
    to_cql: Callable[[bytes], str]
    width: int | None = None
    is_counter: bool = False
    sources: frozenset[str] = frozenset()
    """The other types whose bytes are values of this one."""
    takes_any: bool = False
    """Any type's bytes are values of this one."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "decode_hashable", self.decode)
        object.__setattr__(self, "normalise", _same)
        object.__setattr__(self, "validate_bound", self.validate)

    def cql(self) -> str:
        return self.name

    @property
    def java_name(self) -> str:
        return _PACKAGE + self.java

    def accepts(self, kind: ConstantKind, /) -> bool:
        return kind in self.constants

    def literal_assignment(self, kind: ConstantKind, text: str, /) -> Assignment:
        if self.preferred(kind, text):
            return Assignment.EXACT
        return Assignment.WEAK if kind in self.constants else Assignment.NOT

    def takes_values_of(self, source: CqlType) -> bool:
        return (
            self is source
            or self.takes_any
            or (isinstance(source, NativeType) and source.name in self.sources)
        )


def never(_kind: ConstantKind, _text: str) -> bool:
    """No constant is of this type when nothing else is known."""
    return False


def sized(words: str, *lengths: int) -> Callable[[bytes], None]:
    """A `validate` that looks at the length alone."""

    def validate(raw: bytes) -> None:
        if len(raw) not in lengths:
            raise wrong_length(raw, words)

    return validate


def wrong_length(raw: bytes, words: str) -> MarshalError:
    """The refusal of bytes for their number."""
    return MarshalError(f"{words} ({len(raw)})")


def negated(order: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    """The DESC order of numeric keys."""
    return lambda raw: -order(raw)


def reversing(order: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    """The DESC order of keys that cannot be negated."""
    return lambda raw: Reversed(order(raw))


def no_value(value: Any, name: str) -> InvalidValue:
    """The refusal of a Python value."""
    return InvalidValue(f"{value!r} of type {type(value).__name__} is not a value of CQL type {name}")


def expected(what: str, parsed: Any) -> MarshalError:
    """The refusal of a JSON value of the wrong kind: `what` with its article."""
    return MarshalError(f"Expected {what}, but got a {javatext.class_name(parsed)}: {javatext.text(parsed)}")


def string_only(parse: Callable[[str], bytes], what: str) -> Callable[[Any], bytes]:
    """`from_json` of a type that JSON has no form for but strings."""

    def from_json(parsed: Any) -> bytes:
        if not isinstance(parsed, str):
            raise expected(what, parsed)
        return parse(parsed)

    return from_json


def quoted(text: Callable[[bytes], str]) -> Callable[[bytes], str]:
    """`to_json` of a type whose text goes between quotes and needs no escapes."""
    return lambda raw: f'"{text(raw)}"'


def bare(text: Callable[[bytes], str]) -> Callable[[bytes], str]:
    """`to_json` of a number; the empty value is an empty string there."""
    return lambda raw: text(raw) if raw else '""'


def literal(text: Callable[[bytes], str]) -> Callable[[bytes], str]:
    """`to_cql` of a type whose text is its literal."""
    return lambda raw: text(raw) if raw else "empty"


def string_literal(text: Callable[[bytes], str]) -> Callable[[bytes], str]:
    """`to_cql` of a type whose literal is a string."""
    return lambda raw: quoting.string(text(raw)) if raw else "empty"


def _same(raw: bytes, _reach: Reach) -> bytes:
    return raw
