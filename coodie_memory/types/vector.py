"""vector<element, n>: exactly n elements, none of them null; frozen by nature."""

from collections.abc import Sequence
from typing import Any

from coodie_memory.errors import InvalidRequest
from coodie_memory.types import javatext, vint
from coodie_memory.types.base import CqlType, MarshalError, Reach, Reversed, hex_bytes
from coodie_memory.types.collections import array, elements_from_json
from coodie_memory.types.native import no_value
from coodie_memory.value import Value, replace


class VectorType(CqlType, Value):
    """Elements of a fixed width stand side by side, others behind a variable-length length."""

    element: CqlType
    dimension: int

    @property
    def width(self) -> int | None:  # type: ignore[override]  # an attribute elsewhere
        """The whole vector's, if the elements have one."""
        return self.element.width * self.dimension if self.element.width else None

    def cql(self) -> str:
        return f"vector<{self.element}, {self.dimension}>"

    @property
    def java_name(self) -> str:
        return f"org.apache.cassandra.db.marshal.VectorType({self.element.java_name} , {self.dimension})"

    @property
    def java_name_inside(self) -> str:
        return (
            f"org.apache.cassandra.db.marshal.VectorType({self.element.java_name_inside} , {self.dimension})"
        )

    @property
    def children(self) -> tuple[CqlType, ...]:
        return (self.element,)

    def contains_duration(self) -> bool:
        # Neither server looks for one here: VectorType does not override referencesDuration.
        return False

    def replace(self, old: CqlType, new: CqlType, /, *, into_vectors: bool = True) -> CqlType:
        return replace(self, element=self.element.replace(old, new)) if into_vectors else self

    def unpack(self, raw: bytes) -> list[bytes]:
        """The elements; `MarshalError` if there are more or fewer."""
        if not raw:
            raise MarshalError("Invalid empty vector value")
        width = self.element.width
        elements, offset = self._side_by_side(raw, width) if width else self._with_lengths(raw)
        if offset < len(raw):
            raise MarshalError(f"Unexpected {len(raw) - offset} extraneous bytes after {self} value")
        return elements

    def _side_by_side(self, raw: bytes, width: int) -> tuple[list[bytes], int]:
        end = width * self.dimension
        if len(raw) < end:
            raise MarshalError(f"Not enough bytes to read a {self}")
        return [raw[offset : offset + width] for offset in range(0, end, width)], end

    def _with_lengths(self, raw: bytes) -> tuple[list[bytes], int]:
        elements, offset = list[bytes](), 0
        for _ in range(self.dimension):
            if offset >= len(raw):
                raise MarshalError(f"Not enough bytes to read a {self}")
            length, offset = vint.read_unsigned(raw, offset)
            if offset + length > len(raw):
                raise MarshalError(f"Not enough bytes to read a {self}")
            elements.append(raw[offset : offset + length])
            offset += length
        return elements, offset

    def pack(self, elements: Sequence[bytes]) -> bytes:
        """The vector of these elements, of which there must be `dimension`."""
        if len(elements) != self.dimension:
            raise MarshalError(f"Required {self.dimension} elements, but saw {len(elements)}")
        if self.element.width:
            return b"".join(elements)
        return b"".join([vint.unsigned(len(element)) + element for element in elements])

    def takes_values_of(self, source: CqlType) -> bool:
        return self == source

    def validate(self, raw: bytes) -> None:
        for element in self.unpack(raw):
            self.element.validate(element)

    def encode(self, value: Any) -> bytes:
        """A sequence of the right length."""
        try:
            items = [] if isinstance(value, (str, bytes, dict)) else list(value)
        except TypeError:
            items = []
        if len(items) != self.dimension or None in items:
            raise no_value(value, self.cql())
        return self.pack(list(map(self.element.encode, items)))

    def decode(self, raw: bytes) -> list[Any]:
        """A list of the elements."""
        return list(map(self.element.decode, self.unpack(raw)))

    def decode_hashable(self, raw: bytes) -> tuple[Any, ...]:
        return tuple(map(self.element.decode_hashable, self.unpack(raw)))

    def normalise(self, raw: bytes, reach: Reach) -> bytes:
        normalise = self.element.normalise
        return self.pack([normalise(part, reach) for part in self.unpack(raw)])

    def order(self, raw: bytes) -> tuple[Any, ...]:
        return tuple(map(self.element.order, self.unpack(raw)))

    def reversed_order(self, raw: bytes) -> Reversed:
        return Reversed(self.order(raw))

    def parse(self, text: str) -> bytes:
        return hex_bytes(text)

    def to_text(self, raw: bytes) -> str:
        return raw.hex()

    def to_json(self, raw: bytes) -> str:
        return f"[{', '.join(map(self.element.to_json, self.unpack(raw)))}]"

    def from_json(self, parsed: Any) -> bytes:
        items = array(parsed, "a list")
        if len(items) != self.dimension:
            raise MarshalError(
                f"List had incorrect size: expected {self.dimension} but given {len(items)}; {javatext.text(items)}"
            )
        elements = list(elements_from_json(items, self.element, "list"))
        if b"" in elements and self.element.width:
            # An empty text: no bytes, where each element has its place by their number.
            raise InvalidRequest("null is not supported inside vectors")
        return self.pack(elements)

    def to_cql(self, raw: bytes) -> str:
        return f"[{', '.join(map(self.element.to_cql, self.unpack(raw)))}]"
