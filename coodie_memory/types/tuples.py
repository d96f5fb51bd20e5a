"""tuple<…>: a fixed number of components, each of which may be null.

Bytes may hold fewer components than the type has, as a value written before a UDT got a field: what is missing is null.
"""

import re
import struct
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from coodie_memory.types import javatext, jsontext
from coodie_memory.types.base import (
    NULL_KEY,
    Assignment,
    ConstantKind,
    CqlType,
    MarshalError,
    Reach,
    Reversed,
)
from coodie_memory.types.native import no_value
from coodie_memory.value import Value

_LENGTH = struct.Struct(">i")
_read, _write = _LENGTH.unpack_from, _LENGTH.pack
_NULL = _write(-1)
_SEPARATOR = r"(?<!\\):"


def pack(components: Sequence[bytes | None]) -> bytes:
    """The bytes of a tuple or UDT."""
    return b"".join([_NULL if part is None else _write(len(part)) + part for part in components])


def unpack(raw: bytes, size: int) -> list[bytes | None]:
    """The components, always `size` of them; what a newer version of the type added is left out."""
    components = present(raw, size)
    return components + [None] * (size - len(components))


def present(raw: bytes, size: int) -> list[bytes | None]:
    """The components that the bytes have, `size` of them at most."""
    components: list[bytes | None] = []
    offset, end = 0, len(raw)
    while offset < end and len(components) < size:
        (length,) = _read(raw, offset)
        offset += 4
        if length < 0:
            components.append(None)
        else:
            components.append(raw[offset : offset + length])
            offset += length
    return components


def checked_parts(
    raw: bytes, types: Sequence[CqlType], component: Callable[[int], str], whole: str
) -> Iterator[tuple[int, CqlType, bytes]]:
    """Each component that is not null, with its index and type; `component` and `whole` name things in refusals."""
    offset = 0
    for index, kind in enumerate(types):
        if offset == len(raw):
            return
        if offset + 4 > len(raw):
            raise MarshalError(f"Not enough bytes to read size of {component(index)}")
        (length,) = _read(raw, offset)
        offset += 4
        if length < 0:
            continue
        if offset + length > len(raw):
            raise MarshalError(f"Not enough bytes to read {component(index)}")
        yield index, kind, raw[offset : offset + length]
        offset += length
    if offset < len(raw):
        raise MarshalError(f"Invalid remaining data after end of {whole} value")


def order(raw: bytes, types: Sequence[CqlType]) -> tuple[Any, ...]:
    """Lexicographic, null first; trailing nulls do not count, and the empty value comes before all nulls."""
    if not raw:
        return ()
    keys = [
        NULL_KEY if part is None else kind.order(part)
        for kind, part in zip(types, unpack(raw, len(types)), strict=True)
    ]
    while len(keys) > 1 and keys[-1] is NULL_KEY:
        keys.pop()
    return tuple(keys)


def normalise(raw: bytes, types: Sequence[CqlType], reach: Reach) -> bytes:
    """The components in their normal forms, if wanted; what is missing stays so."""
    if not raw or reach is Reach.OUTSIDE_TUPLES:
        return raw
    components = unpack(raw, len(types))
    normal = [
        None if part is None else kind.normalise(part, reach)
        for kind, part in zip(types, components, strict=True)
    ]
    return raw if normal == components else pack(normal)


def parse(text: str, types: Sequence[CqlType], name: str) -> bytes:
    """The tuple of a string such as `1:two:@`: a colon separates, `@` is null, a backslash protects both."""
    parts = re.split(_SEPARATOR, text) if text else []
    if len(parts) > len(types):
        raise MarshalError(
            f"Invalid tuple literal: too many elements. Type {name} expects {len(types)} but got {len(parts)}"
        )
    # Shorter text leaves the last components out.
    return pack([_parse_part(kind, part) for kind, part in zip(types, parts, strict=False)])


def _parse_part(kind: CqlType, part: str) -> bytes | None:
    return None if part == "@" else kind.parse(part.replace("\\:", ":").replace("\\@", "@"))


def to_text(raw: bytes, types: Sequence[CqlType]) -> str:
    """The text that `parse` reads."""
    return ":".join(
        "@" if part is None else kind.to_text(part).replace(":", "\\:").replace("@", "\\@")
        for kind, part in zip(types, unpack(raw, len(types)), strict=True)
    )


class TupleType(CqlType, Value):
    """A tuple; it is frozen, and so is all inside it."""

    components: tuple[CqlType, ...]

    def __init__(self, components: tuple[CqlType, ...]) -> None:
        super().__init__(tuple([part.freeze() for part in components]))

    def cql(self) -> str:
        return f"frozen<tuple<{', '.join(map(str, self.components))}>>"

    @property
    def java_name(self) -> str:
        inside = ",".join(part.java_name_inside for part in self.components)
        return f"org.apache.cassandra.db.marshal.TupleType({inside})"

    @property
    def children(self) -> tuple[CqlType, ...]:
        return self.components

    def replace(self, old: CqlType, new: CqlType, /, *, into_vectors: bool = True) -> CqlType:
        return TupleType(tuple(part.replace(old, new, into_vectors=into_vectors) for part in self.components))

    def takes_values_of(self, source: CqlType) -> bool:
        """A shorter tuple will do."""
        return (
            isinstance(source, TupleType)
            and len(source.components) <= len(self.components)
            and all(
                ours.takes_values_of(theirs)
                for ours, theirs in zip(self.components, source.components, strict=False)
            )
        )

    def accepts(self, _kind: ConstantKind, /) -> bool:
        """A string in the form of `parse`; the server does not look at the kind."""
        return True

    def literal_assignment(self, _kind: ConstantKind, _text: str, /) -> Assignment:
        return Assignment.WEAK

    def validate(self, raw: bytes) -> None:
        for _, kind, part in checked_parts(raw, self.components, "{}th component".format, "tuple"):
            kind.validate(part)

    def encode(self, value: Any) -> bytes:
        """A tuple or list, not longer than the type."""
        if not isinstance(value, (tuple, list)) or len(value) > len(self.components):
            raise no_value(value, self.cql())
        parts = zip(self.components, value, strict=False)
        return pack([None if part is None else kind.encode(part) for kind, part in parts])

    def decode(self, raw: bytes) -> tuple[Any, ...] | None:
        """A tuple of as many values as the type has components."""
        if not raw:
            return None
        parts = zip(self.components, unpack(raw, len(self.components)), strict=True)
        return tuple([None if part is None else kind.decode(part) for kind, part in parts])

    def decode_hashable(self, raw: bytes) -> tuple[Any, ...] | None:
        if not raw:
            return None
        parts = zip(self.components, unpack(raw, len(self.components)), strict=True)
        return tuple([None if part is None else kind.decode_hashable(part) for kind, part in parts])

    def normalise(self, raw: bytes, reach: Reach) -> bytes:
        return normalise(raw, self.components, reach)

    def order(self, raw: bytes) -> tuple[Any, ...]:
        return order(raw, self.components)

    def reversed_order(self, raw: bytes) -> Reversed:
        return Reversed(self.order(raw))

    def parse(self, text: str) -> bytes:
        return parse(text, self.components, self.cql())

    def to_text(self, raw: bytes) -> str:
        return to_text(raw, self.components)

    def to_json(self, raw: bytes) -> str:
        parts = zip(self.components, unpack(raw, len(self.components)), strict=True)
        return f"[{', '.join('null' if part is None else kind.to_json(part) for kind, part in parts)}]"

    def from_json(self, parsed: Any) -> bytes:
        """An array of exactly as many values, null among them; or a string that contains it."""
        items = jsontext.loads(parsed) if isinstance(parsed, str) else parsed
        if not isinstance(items, list):
            raise MarshalError(
                "Expected a list representation of a tuple, "
                f"but got a {javatext.class_name(items)}: {javatext.text(items)}"
            )
        if len(items) > len(self.components):
            raise MarshalError(
                f"Tuple contains extra items (expected {len(self.components)}): {javatext.text(items)}"
            )
        if len(items) < len(self.components):
            raise MarshalError(
                f"Tuple is missing items (expected {len(self.components)}): {javatext.text(items)}"
            )
        parts = zip(self.components, items, strict=True)
        return pack([None if item is None else kind.from_json(item) for kind, item in parts])

    def to_cql(self, raw: bytes) -> str:
        if not raw:
            return "empty"
        parts = zip(self.components, unpack(raw, len(self.components)), strict=True)
        return f"({', '.join('null' if part is None else kind.to_cql(part) for kind, part in parts)})"
