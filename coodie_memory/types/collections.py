"""list, set and map: the elements' bytes behind a count; sets and maps sorted, each element once."""

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import cycle
from typing import Any

from coodie_memory.types import javatext, jsontext
from coodie_memory.types.base import NULL_KEY, CqlType, FrozenDict, MarshalError, Reach, Reversed, hex_bytes
from coodie_memory.types.native import no_value
from coodie_memory.value import Value, replace

_LENGTH = struct.Struct(">i")
_read, _write = _LENGTH.unpack_from, _LENGTH.pack
_NULL, _EMPTY = _write(-1), _write(0)


def pack(count: int, found: Iterable[bytes | None]) -> bytes:
    """`count` elements, of which each is one part, or two in a map."""
    return _write(count) + b"".join([_NULL if part is None else _write(len(part)) + part for part in found])


def unpack(raw: bytes, kind: str, each: int = 1) -> Iterator[bytes | None]:
    """The parts in order, `each` of them an element, null where the length is negative.

    Raises `MarshalError` where the bytes stop making sense, after the parts before have been given.
    """
    offset, end = 4, len(raw)
    try:
        (count,) = _read(raw)
        if count < 0:
            raise MarshalError(f"The data cannot be deserialized as a {kind}")
        for _ in range(count * each):
            (length,) = _read(raw, offset)
            offset += 4
            if length < 0:
                yield None
                continue
            if offset + length > end:
                raise MarshalError(f"Not enough bytes to read a {kind}")
            yield raw[offset : offset + length]
            offset += length
    except struct.error:
        raise MarshalError(f"Not enough bytes to read a {kind}") from None
    if offset < end:
        raise MarshalError(f"Unexpected extraneous bytes after {kind} value")


def _not_null(found: Iterable[bytes | None]) -> Iterator[bytes]:
    for part in found:
        if part is None:
            raise MarshalError("Null value read when not allowed")
        yield part


def _java(name: str, *inside: CqlType, is_multicell: bool) -> str:
    if not is_multicell:
        return f"org.apache.cassandra.db.marshal.FrozenType({_java_inside(name, *inside)})"
    return f"org.apache.cassandra.db.marshal.{name}({','.join(kind.java_name for kind in inside)})"


def _java_inside(name: str, *inside: CqlType) -> str:
    return f"org.apache.cassandra.db.marshal.{name}({','.join(kind.java_name_inside for kind in inside)})"


def array(parsed: Any, what: str) -> list[Any]:
    """The items of a JSON array, or of a string that contains one."""
    items = jsontext.loads(parsed) if isinstance(parsed, str) else parsed
    if not isinstance(items, list):
        raise MarshalError(f"Expected {what}, but got a {javatext.class_name(items)}: {javatext.text(items)}")
    return items


def elements_from_json(items: Iterable[Any], element: CqlType, kind: str) -> Iterator[bytes]:
    """The bytes of each item, none of which may be null."""
    for item in items:
        if item is None:
            raise MarshalError(f"Invalid null element in {kind}")
        yield element.from_json(item)


def _sorts_alike(ours: CqlType, theirs: CqlType) -> bool:
    """Sorted elements stay sorted: the type is the same, or both compare plain bytes."""
    return ours == theirs or (ours.takes_values_of(theirs) and ours.order is theirs.order)


class _CollectionType(CqlType):
    """What lists, sets and maps share."""

    is_collection = True

    def reversed_order(self, raw: bytes) -> Reversed:
        return Reversed(self.order(raw))

    def parse(self, text: str) -> bytes:
        return hex_bytes(text)

    def to_text(self, raw: bytes) -> str:
        return raw.hex()


class ListType(_CollectionType, Value):
    """`list<element>`."""

    element: CqlType
    is_multicell: bool = True

    def cql(self) -> str:
        return f"list<{self.element}>" if self.is_multicell else f"frozen<list<{self.element}>>"

    @property
    def java_name(self) -> str:
        return _java("ListType", self.element, is_multicell=self.is_multicell)

    @property
    def java_name_inside(self) -> str:
        return _java_inside("ListType", self.element)

    @property
    def children(self) -> tuple[CqlType, ...]:
        return (self.element,)

    def freeze(self) -> "ListType":
        return ListType(self.element.freeze(), is_multicell=False) if self.is_multicell else self

    def replace(self, old: CqlType, new: CqlType, /, *, into_vectors: bool = True) -> CqlType:
        return replace(self, element=self.element.replace(old, new, into_vectors=into_vectors))

    def takes_values_of(self, source: CqlType) -> bool:
        return isinstance(source, ListType) and self.element.takes_values_of(source.element)

    def unpack(self, raw: bytes) -> list[bytes | None]:
        """The elements; a bound list may contain nulls."""
        return list(unpack(raw, "list"))

    def pack(self, elements: Sequence[bytes | None]) -> bytes:
        """The list of these elements."""
        return pack(len(elements), elements)

    def validate(self, raw: bytes) -> None:
        for part in _not_null(unpack(raw, "list")):
            self.element.validate(part)

    def validate_bound(self, raw: bytes) -> None:
        for part in unpack(raw, "list"):
            if part is not None:
                self.element.validate(part)

    @property
    def loses_empty_elements(self) -> bool:
        """Whether an element that is the empty value becomes null where a list is bound: not those of texts and blobs."""
        return not self.element.children and self.element.decode(b"") is None

    def without_empty_elements(self, raw: bytes) -> bytes:
        """The list with null in place of each empty element."""
        return self.pack([part or None for part in unpack(raw, "list")]) if _EMPTY in raw else raw

    def encode(self, value: Any) -> bytes:
        """Any iterable but a string, bytes or a mapping."""
        if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
            raise no_value(value, self.cql())
        encode = self.element.encode
        return self.pack([None if item is None else encode(item) for item in value])

    def decode(self, raw: bytes) -> list[Any]:
        decode = self.element.decode
        return [None if part is None else decode(part) for part in unpack(raw, "list")]

    def decode_hashable(self, raw: bytes) -> tuple[Any, ...]:
        decode = self.element.decode_hashable
        return tuple([None if part is None else decode(part) for part in unpack(raw, "list")])

    def normalise(self, raw: bytes, reach: Reach) -> bytes:
        normalise = self.element.normalise
        return self.pack([None if part is None else normalise(part, reach) for part in unpack(raw, "list")])

    def order(self, raw: bytes) -> tuple[Any, ...]:
        if not raw:
            return ()
        order = self.element.order
        return tuple([NULL_KEY if part is None else order(part) for part in unpack(raw, "list")])

    def to_json(self, raw: bytes) -> str:
        to_json = self.element.to_json
        return f"[{', '.join('null' if part is None else to_json(part) for part in unpack(raw, 'list'))}]"

    def from_json(self, parsed: Any) -> bytes:
        return self.pack(list(elements_from_json(array(parsed, "a list"), self.element, "list")))

    def to_cql(self, raw: bytes) -> str:
        to_cql = self.element.to_cql
        return f"[{', '.join('null' if part is None else to_cql(part) for part in unpack(raw, 'list'))}]"


class SetType(_CollectionType, Value):
    """`set<element>`."""

    element: CqlType
    is_multicell: bool = True

    def cql(self) -> str:
        return f"set<{self.element}>" if self.is_multicell else f"frozen<set<{self.element}>>"

    @property
    def java_name(self) -> str:
        return _java("SetType", self.element, is_multicell=self.is_multicell)

    @property
    def java_name_inside(self) -> str:
        return _java_inside("SetType", self.element)

    @property
    def children(self) -> tuple[CqlType, ...]:
        return (self.element,)

    def freeze(self) -> "SetType":
        return SetType(self.element.freeze(), is_multicell=False) if self.is_multicell else self

    def replace(self, old: CqlType, new: CqlType, /, *, into_vectors: bool = True) -> CqlType:
        return replace(self, element=self.element.replace(old, new, into_vectors=into_vectors))

    def takes_values_of(self, source: CqlType) -> bool:
        return isinstance(source, SetType) and _sorts_alike(self.element, source.element)

    def unpack(self, raw: bytes) -> list[bytes]:
        """The elements as they stand; `normalise` sorts them."""
        return list(_not_null(unpack(raw, "set")))

    def pack(self, elements: Iterable[bytes]) -> bytes:
        """The set of these elements: sorted, the first of equal ones."""
        order, found = self.element.order, dict[Any, bytes]()
        for element in elements:
            found.setdefault(order(element), element)
        return pack(len(found), [found[key] for key in sorted(found)])

    def validate(self, raw: bytes) -> None:
        for part in _not_null(unpack(raw, "set")):
            self.element.validate(part)

    def encode(self, value: Any) -> bytes:
        """Any iterable but a string, bytes or a mapping."""
        if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
            raise no_value(value, self.cql())
        items = list(value)
        if None in items:
            raise no_value(value, f"{self.cql()}: null is not supported inside collections")
        return self.pack(map(self.element.encode, items))

    def decode(self, raw: bytes) -> set[Any]:
        """A set; its elements are hashable forms."""
        return set(map(self.element.decode_hashable, self.unpack(raw)))

    def decode_hashable(self, raw: bytes) -> frozenset[Any]:
        return frozenset(map(self.element.decode_hashable, self.unpack(raw)))

    def normalise(self, raw: bytes, reach: Reach) -> bytes:
        normalise = self.element.normalise
        return self.pack([normalise(part, reach) for part in self.unpack(raw)])

    def order(self, raw: bytes) -> tuple[Any, ...]:
        return tuple(map(self.element.order, self.unpack(raw))) if raw else ()

    def to_json(self, raw: bytes) -> str:
        return f"[{', '.join(map(self.element.to_json, self.unpack(raw)))}]"

    def from_json(self, parsed: Any) -> bytes:
        items = array(parsed, "a list (representing a set)")
        return self.pack(elements_from_json(items, self.element, "set"))

    def to_cql(self, raw: bytes) -> str:
        return f"{{{', '.join(map(self.element.to_cql, self.unpack(raw)))}}}"


class MapType(_CollectionType, Value):
    """`map<key, value>`."""

    key: CqlType
    value: CqlType
    is_multicell: bool = True

    def cql(self) -> str:
        inside = f"map<{self.key}, {self.value}>"
        return inside if self.is_multicell else f"frozen<{inside}>"

    @property
    def java_name(self) -> str:
        return _java("MapType", self.key, self.value, is_multicell=self.is_multicell)

    @property
    def java_name_inside(self) -> str:
        return _java_inside("MapType", self.key, self.value)

    @property
    def children(self) -> tuple[CqlType, ...]:
        return (self.key, self.value)

    def freeze(self) -> "MapType":
        return (
            MapType(self.key.freeze(), self.value.freeze(), is_multicell=False) if self.is_multicell else self
        )

    def replace(self, old: CqlType, new: CqlType, /, *, into_vectors: bool = True) -> CqlType:
        return replace(
            self,
            key=self.key.replace(old, new, into_vectors=into_vectors),
            value=self.value.replace(old, new, into_vectors=into_vectors),
        )

    def takes_values_of(self, source: CqlType) -> bool:
        return (
            isinstance(source, MapType)
            and _sorts_alike(self.key, source.key)
            and self.value.takes_values_of(source.value)
        )

    def unpack(self, raw: bytes) -> list[tuple[bytes, bytes]]:
        """The entries as they stand; `normalise` sorts them."""
        found = _not_null(unpack(raw, "map", 2))
        return list(zip(found, found, strict=True))

    def _sent(self, raw: bytes) -> Iterator[tuple[bytes, bytes | None]]:
        """The entries as a client gets them: a map that a select list makes may have nulls for values."""
        found = unpack(raw, "map", 2)
        return zip(_not_null(found), found, strict=True)

    def pack(self, entries: Iterable[tuple[bytes, bytes | None]]) -> bytes:
        """The map of these entries: sorted by key, of equal keys the first one with the last one's value."""
        order, found = self.key.order, dict[Any, tuple[bytes, bytes | None]]()
        for key, value in entries:
            place = order(key)
            found[place] = (found[place][0] if place in found else key, value)
        return pack(len(found), [part for place in sorted(found) for part in found[place]])

    def validate(self, raw: bytes) -> None:
        for kind, part in zip(cycle((self.key, self.value)), _not_null(unpack(raw, "map", 2)), strict=False):
            kind.validate(part)

    def encode(self, value: Any) -> bytes:
        """A mapping, or whatever has its `items()`."""
        try:
            items = list(value.items())
        except AttributeError:
            raise no_value(value, self.cql()) from None
        if any(key is None or item is None for key, item in items):
            raise no_value(value, f"{self.cql()}: null is not supported inside collections")
        key_of, value_of = self.key.encode, self.value.encode
        return self.pack([(key_of(key), value_of(item)) for key, item in items])

    def decode(self, raw: bytes) -> dict[Any, Any]:
        """A dict; its keys are hashable forms."""
        key_of, value_of = self.key.decode_hashable, self.value.decode
        return {key_of(key): None if value is None else value_of(value) for key, value in self._sent(raw)}

    def decode_hashable(self, raw: bytes) -> FrozenDict:
        key_of, value_of = self.key.decode_hashable, self.value.decode_hashable
        return FrozenDict({key_of(key): value_of(value) for key, value in self.unpack(raw)})

    def normalise(self, raw: bytes, reach: Reach) -> bytes:
        key_of, value_of = self.key.normalise, self.value.normalise
        return self.pack([(key_of(key, reach), value_of(value, reach)) for key, value in self.unpack(raw)])

    def order(self, raw: bytes) -> tuple[Any, ...]:
        if not raw:
            return ()
        return tuple(
            [
                part
                for key, value in self.unpack(raw)
                for part in (self.key.order(key), self.value.order(value))
            ]
        )

    def to_json(self, raw: bytes) -> str:
        """Keys that are no JSON strings become some."""
        fields = (
            f"{_json_key(self.key.to_json(key))}: {self.value.to_json(value)}"
            for key, value in self.unpack(raw)
        )
        return f"{{{', '.join(fields)}}}"

    def from_json(self, parsed: Any) -> bytes:
        found = jsontext.loads(parsed) if isinstance(parsed, str) else parsed
        if not isinstance(found, dict):
            raise MarshalError(
                f"Expected a map, but got a {javatext.class_name(found)}: {javatext.text(found)}"
            )
        return self.pack(self._entry_from_json(key, value) for key, value in found.items())

    def _entry_from_json(self, key: str, value: Any) -> tuple[bytes, bytes]:
        if value is None:
            raise MarshalError("Invalid null value in map")
        return self.key.from_json(key), self.value.from_json(value)

    def to_cql(self, raw: bytes) -> str:
        key_of, value_of = self.key.to_cql, self.value.to_cql
        fields = (
            f"{key_of(key)}: {'null' if value is None else value_of(value)}" for key, value in self._sent(raw)
        )
        return f"{{{', '.join(fields)}}}"


def _json_key(text: str) -> str:
    return text if text.startswith('"') else jsontext.quote(text)
