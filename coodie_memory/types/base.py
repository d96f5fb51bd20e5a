"""What every CQL type offers; the engine stores and moves wire bytes, and asks a type only at the rim.

A value is `bytes`; `b""` is the *empty* value, which is not null. Null is `None` and never reaches a type: whoever
holds a value that may be null asks before calling. The functions of a type take bytes that `validate` accepts.
"""

from collections.abc import Callable, Iterator
from enum import Enum, StrEnum
from typing import Any

from coodie_memory.errors import InvalidRequest


class MarshalError(InvalidRequest):
    """Bytes, literal text or JSON that is no value of the type: the server's MarshalException."""


class InvalidValue(InvalidRequest):
    """A Python value that the type has no encoding for; the message names both."""


class ConstantKind(StrEnum):
    """What the grammar saw; the server's error texts spell it so."""

    STRING = "STRING"
    INTEGER = "INTEGER"
    FLOAT = "FLOAT"
    BOOLEAN = "BOOLEAN"
    UUID = "UUID"
    HEX = "HEX"
    DURATION = "DURATION"


class Assignment(Enum):
    """How well a term fits a receiver: overloads prefer EXACT to WEAK."""

    EXACT = "exact"
    WEAK = "weak"
    NOT = "not"

    @property
    def fits(self) -> bool:
        """Whether the term may be assigned at all."""
        return self is not Assignment.NOT


class Reach(Enum):
    """How deep a bound value is put in order."""

    EVERYWHERE = "everywhere"
    OUTSIDE_TUPLES = "outside tuples"
    """What is inside a tuple or a user type stays as it came."""


class _Null:
    """The key of a null component: before every other key, the empty value's included."""

    __slots__ = ()

    def __lt__(self, other: object) -> bool:
        return other is not self

    def __gt__(self, other: object) -> bool:
        return False

    def __le__(self, other: object) -> bool:
        return True

    def __ge__(self, other: object) -> bool:
        return other is self

    def __repr__(self) -> str:
        return "NULL_KEY"


NULL_KEY = _Null()
EMPTY_KEY = float("-inf")
"""The key of the empty value of a type whose other keys are integers."""


class Reversed:
    """A key that sorts the other way round: clustering order DESC of a type whose keys cannot be negated."""

    __slots__ = ("key",)

    def __init__(self, key: Any) -> None:
        self.key = key

    # Whoever is no Reversed, a sentinel beyond all keys, knows itself where it stands.

    def __lt__(self, other: object) -> bool:
        return bool(other.key < self.key) if isinstance(other, Reversed) else NotImplemented

    def __gt__(self, other: object) -> bool:
        return bool(self.key < other.key) if isinstance(other, Reversed) else NotImplemented

    def __le__(self, other: object) -> bool:
        return not self.key < other.key if isinstance(other, Reversed) else NotImplemented

    def __ge__(self, other: object) -> bool:
        return not other.key < self.key if isinstance(other, Reversed) else NotImplemented

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reversed) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return f"Reversed({self.key!r})"


class FrozenDict(dict[Any, Any]):
    """A map or UDT value where Python needs something hashable; equal to the dict of the same items, not to be changed."""

    def __hash__(self) -> int:  # type: ignore[override]  # dict is unhashable
        return hash(frozenset(self.items()))


class CqlType:
    """A CQL type: frozen, hashable, equal by structure (native types are singletons).

    Native types carry plain functions in these attributes, so that calling one costs one call; structured types have
    methods. `str(type)` is the text in `system_schema`.
    """

    width: int | None = None
    """The length of each value in bytes, where all have the same (as inside a vector)."""
    is_multicell: bool = False
    """Stored as cells of its own: a collection or UDT that is not frozen."""
    is_collection: bool = False
    """A list, set or map, frozen or not."""
    is_counter: bool = False

    validate: Callable[[bytes], None]
    """Raises `MarshalError`, in the server's words, unless the bytes are a value of the type."""
    encode: Callable[[Any], bytes]
    """The bytes of a natural Python value, which `validate` accepts; `InvalidValue` if it has none, as None has."""
    decode: Callable[[bytes], Any]
    """The Python value; None for the empty value, except that of text and blob."""
    normalise: Callable[[bytes, Reach], bytes]
    """The bytes to store for these: sets and maps sorted and without duplicates, as deep as the second
    argument says."""
    decode_hashable: Callable[[bytes], Any]
    """As `decode`, fit for a set's element or a dict's key: tuple for list, frozenset for set, `FrozenDict` for dict."""
    order: Callable[[bytes], Any]
    """A hashable key whose `<` and `==` are the type's comparator."""
    reversed_order: Callable[[bytes], Any]
    """The same for clustering order DESC."""
    parse: Callable[[str], bytes]
    """The value that a string stands for: a constant's text, a JSON string, a part of a tuple's text."""
    to_text: Callable[[bytes], str]
    """The text that CAST(x AS text) gives, and what `parse` reads; empty for the empty value."""
    to_json: Callable[[bytes], str]
    """The JSON text that toJson and SELECT JSON give."""
    from_json: Callable[[Any], bytes]
    """The bytes of what `jsontext.loads` gave, not None; `MarshalError` in the server's words."""
    to_cql: Callable[[bytes], str]
    """A literal that is the same for equal bytes only: strings quoted, blobs 0x…, null `null`, the empty value `empty`."""

    def cql(self) -> str:
        """The text in `system_schema`, e.g. `map<text, frozen<list<int>>>`."""
        raise NotImplementedError

    @property
    def java_name(self) -> str:
        """The server's class, with parameters: `org.apache.cassandra.db.marshal.Int32Type`."""
        raise NotImplementedError

    @property
    def java_name_inside(self) -> str:
        """The same inside of what is frozen, which goes without saying of its parts."""
        return self.java_name

    @property
    def children(self) -> "tuple[CqlType, ...]":
        """The types this one is made of, in order."""
        return ()

    def walk(self) -> "Iterator[CqlType]":
        """This type and all inside it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def freeze(self) -> "CqlType":
        """The frozen form, inside and out; the type itself where there is nothing to freeze."""
        return self

    def replace(self, _old: "CqlType", _new: "CqlType", /, *, into_vectors: bool = True) -> "CqlType":  # noqa: ARG002  # structured types ask it
        """This type with the UDT of `old`'s name exchanged for `new` wherever it occurs, frozen where it was frozen.

        `into_vectors`: in the elements of vectors, too.
        """
        return self

    def validate_bound(self, raw: bytes) -> None:
        """As `validate`, of a value as a client binds it: a list may then have nulls, which it may not inside of something else."""
        self.validate(raw)

    def contains_duration(self) -> bool:
        """Whether it is a duration, or has one inside as far as the servers look: not into vectors."""
        return self.cql() == "duration" or any(inner.contains_duration() for inner in self.children)

    def accepts(self, _kind: ConstantKind, /) -> bool:
        """Whether a constant of this kind may stand for a value of the type."""
        return False

    def literal_assignment(self, kind: ConstantKind, _text: str, /) -> Assignment:
        """How well the constant fits, for choosing among overloads."""
        return Assignment.WEAK if self.accepts(kind) else Assignment.NOT

    def from_literal(self, kind: ConstantKind, text: str) -> bytes:
        """The constant's bytes, its kind being one that the type accepts; strings come without quotes.

        Nobody asks whether hexadecimal ones are the type's.
        """
        return hex_bytes(text[2:]) if kind is ConstantKind.HEX else self.parse(text)

    def assignment(self, source: "CqlType") -> Assignment:
        """How well a term of type `source` fits a receiver of this type; frozen or not makes no difference."""
        if self.freeze() == source.freeze():
            return Assignment.EXACT
        return Assignment.WEAK if self.takes_values_of(source) else Assignment.NOT

    def takes_values_of(self, source: "CqlType") -> bool:
        """Whether the bytes of each `source` value mean a value here, so that it may be assigned (not: converted)."""
        return self == source

    def __str__(self) -> str:
        return self.cql()

    def __repr__(self) -> str:
        return self.cql()


def hex_bytes(text: str) -> bytes:
    """The bytes that hexadecimal digits name; no prefix."""
    try:
        if text.isalnum() or not text:  # bytes.fromhex skips spaces
            return bytes.fromhex(text)
    except ValueError:
        pass
    raise MarshalError(f"cannot parse '{text}' as hex bytes")
