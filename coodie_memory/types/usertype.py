"""A user-defined type: named fields, stored like a tuple or, where it is not frozen, a cell for each field."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from coodie_memory.types import javatext, jsontext, quoting, tuples
from coodie_memory.types.base import CqlType, FrozenDict, MarshalError, Reach, Reversed
from coodie_memory.types.native import no_value
from coodie_memory.value import Value, replace


class UserType(CqlType, Value):
    """A UDT as one version of its keyspace knows it; `is_multicell` in a column that is not frozen."""

    keyspace: str
    name: str
    field_names: tuple[str, ...]
    field_types: tuple[CqlType, ...]
    is_multicell: bool = True

    def cql(self) -> str:
        name = quoting.identifier(self.name)
        return name if self.is_multicell else f"frozen<{name}>"

    @property
    def java_name(self) -> str:
        if not self.is_multicell:
            return f"org.apache.cassandra.db.marshal.FrozenType({self.java_name_inside})"
        return self._java(kind.java_name for kind in self.field_types)

    @property
    def java_name_inside(self) -> str:
        return self._java(kind.java_name_inside for kind in self.field_types)

    def _java(self, kinds: Iterable[str]) -> str:
        fields = "".join(
            f",{name.encode().hex()}:{kind}" for name, kind in zip(self.field_names, kinds, strict=True)
        )
        return f"org.apache.cassandra.db.marshal.UserType({self.keyspace},{self.name.encode().hex()}{fields})"

    @property
    def children(self) -> tuple[CqlType, ...]:
        return self.field_types

    def is_same(self, other: CqlType) -> bool:
        """Whether both are versions, frozen or not, of one type."""
        return isinstance(other, UserType) and (self.keyspace, self.name) == (other.keyspace, other.name)

    def freeze(self) -> "UserType":
        return replace(self, is_multicell=False) if self.is_multicell else self

    def replace(self, old: CqlType, new: CqlType, /, *, into_vectors: bool = True) -> CqlType:
        if not self.is_same(old):
            return replace(
                self,
                field_types=tuple(
                    kind.replace(old, new, into_vectors=into_vectors) for kind in self.field_types
                ),
            )
        assert isinstance(new, UserType)
        return replace(new, is_multicell=self.is_multicell)

    def takes_values_of(self, source: CqlType) -> bool:
        """An older version of the type will do."""
        return (
            isinstance(source, UserType)
            and self.keyspace == source.keyspace
            and self.is_multicell == source.is_multicell
            and len(source.field_types) <= len(self.field_types)
            and all(
                ours.takes_values_of(theirs)
                for ours, theirs in zip(self.field_types, source.field_types, strict=False)
            )
        )

    def validate(self, raw: bytes) -> None:
        found = tuples.checked_parts(raw, self.field_types, self._place, "UDT")
        for index, kind, part in found:
            try:
                kind.validate(part)
            except MarshalError as error:
                raise MarshalError(f"Failure validating the {self._place(index)}; {error.message}") from None

    def _place(self, index: int) -> str:
        return f"{index}th field {self.field_names[index]}"

    def encode(self, value: Any) -> bytes:
        """A mapping of field names, a tuple or list in field order, or an object with such attributes; null for others."""
        if isinstance(value, Mapping):
            if unknown := [name for name in value if name not in self.field_names]:
                raise no_value(value, f"{self.cql()}: it has no field {unknown[0]!r}")
            values = [value.get(name) for name in self.field_names]
        elif isinstance(value, (tuple, list)) and len(value) <= len(self.field_names):
            values = list(value)
        elif any(hasattr(value, name) for name in self.field_names) and not isinstance(value, (str, bytes)):
            values = [getattr(value, name, None) for name in self.field_names]
        else:
            raise no_value(value, self.cql())
        # A tuple may be shorter: the other fields are null.
        parts = zip(self.field_types, values, strict=False)
        return tuples.pack([None if part is None else kind.encode(part) for kind, part in parts])

    def _parts(self, raw: bytes) -> Iterator[tuple[str, CqlType, bytes | None]]:
        return zip(self.field_names, self.field_types, tuples.unpack(raw, len(self.field_types)), strict=True)

    def decode(self, raw: bytes) -> dict[str, Any] | None:
        """A dict of all fields."""
        if not raw:
            return None
        return {name: None if part is None else kind.decode(part) for name, kind, part in self._parts(raw)}

    def decode_hashable(self, raw: bytes) -> FrozenDict | None:
        if not raw:
            return None
        return FrozenDict(
            {
                name: None if part is None else kind.decode_hashable(part)
                for name, kind, part in self._parts(raw)
            }
        )

    def normalise(self, raw: bytes, reach: Reach) -> bytes:
        return tuples.normalise(raw, self.field_types, reach)

    def order(self, raw: bytes) -> tuple[Any, ...]:
        return tuples.order(raw, self.field_types)

    def reversed_order(self, raw: bytes) -> Reversed:
        return Reversed(self.order(raw))

    def parse(self, text: str) -> bytes:
        return tuples.parse(text, self.field_types, self.cql())

    def to_text(self, raw: bytes) -> str:
        return tuples.to_text(raw, self.field_types)

    def to_json(self, raw: bytes) -> str:
        fields = (
            f"{jsontext.quote(_json_name(name))}: {'null' if part is None else kind.to_json(part)}"
            for name, kind, part in self._parts(raw)
        )
        return f"{{{', '.join(fields)}}}"

    def from_json(self, parsed: Any) -> bytes:
        """An object with any of the fields; or a string that contains it. A name in quotes keeps its capitals."""
        found = jsontext.loads(parsed) if isinstance(parsed, str) else parsed
        if not isinstance(found, dict):
            raise MarshalError(
                f"Expected a map, but got a {javatext.class_name(found)}: {javatext.text(found)}"
            )
        values = jsontext.by_name(found)
        for name in values:
            if name not in self.field_names:
                raise MarshalError(f"Unknown field '{name}' in value of user defined type {self.name}")
        return tuples.pack(
            [
                None if values.get(name) is None else kind.from_json(values[name])
                for name, kind in zip(self.field_names, self.field_types, strict=True)
            ]
        )

    def to_cql(self, raw: bytes) -> str:
        if not raw:
            return "empty"
        fields = (
            f"{quoting.identifier(name)}: {'null' if part is None else kind.to_cql(part)}"
            for name, kind, part in self._parts(raw)
        )
        return f"{{{', '.join(fields)}}}"


def _json_name(name: str) -> str:
    """Names with capitals stand in quotes inside the JSON string."""
    return name if name == name.lower() else f'"{name}"'
