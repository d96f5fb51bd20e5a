"""Types as the protocol describes them, made into the engine's types, so that one formatter serves every target."""

from dataclasses import replace
from typing import TYPE_CHECKING

from coodie_memory.types.base import CqlType
from coodie_memory.types.booleans import BOOLEAN
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.decimals import DECIMAL
from coodie_memory.types.durations import DURATION
from coodie_memory.types.empty import EMPTY
from coodie_memory.types.floats import DOUBLE, FLOAT
from coodie_memory.types.inets import INET
from coodie_memory.types.integers import BIGINT, COUNTER, INT, SMALLINT, TINYINT, VARINT
from coodie_memory.types.strings import ASCII, BLOB, TEXT
from coodie_memory.types.times import DATE, TIME
from coodie_memory.types.timestamps import TIMESTAMP
from coodie_memory.types.tuples import TupleType
from coodie_memory.types.usertype import UserType
from coodie_memory.types.uuids import LEXICAL_UUID, TIMEUUID, UUID
from coodie_memory.types.vector import VectorType

if TYPE_CHECKING:
    from conformance.wire import Reader

_NATIVE = {
    0x01: ASCII,
    0x02: BIGINT,
    0x03: BLOB,
    0x04: BOOLEAN,
    0x05: COUNTER,
    0x06: DECIMAL,
    0x07: DOUBLE,
    0x08: FLOAT,
    0x09: INT,
    0x0B: TIMESTAMP,
    0x0C: UUID,
    0x0D: TEXT,
    0x0E: VARINT,
    0x0F: TIMEUUID,
    0x10: INET,
    0x11: DATE,
    0x12: TIME,
    0x13: SMALLINT,
    0x14: TINYINT,
    0x15: DURATION,
}
_PACKAGE = "org.apache.cassandra.db.marshal."
_BY_CLASS = {native.java_name: native for native in (*_NATIVE.values(), EMPTY, LEXICAL_UUID)}
# What min() and max() of a timeuuid answer: the type under its former name.
_BY_CLASS["org.apache.cassandra.db.marshal.LegacyTimeUUIDType"] = TIMEUUID


def read_type(body: "Reader") -> CqlType:
    """The next [option] of a message body."""
    match body.short():
        case 0x00:
            return _of_class(body.string())
        case 0x20:
            return ListType(read_type(body))
        case 0x21:
            return MapType(read_type(body), read_type(body))
        case 0x22:
            return SetType(read_type(body))
        case 0x30:
            keyspace, name = body.string(), body.string()
            fields = [(body.string(), read_type(body)) for _ in range(body.short())]
            return UserType(
                keyspace, name, tuple(field for field, _ in fields), tuple(kind for _, kind in fields)
            )
        case 0x31:
            return TupleType(tuple(read_type(body) for _ in range(body.short())))
        case code:
            return _NATIVE[code]


def _of_class(name: str) -> CqlType:
    """The type of a Java class: only what has no code of its own comes so."""
    if name in _BY_CLASS:
        return _BY_CLASS[name]
    return _of_parameters(*_class_parts(name)) or _unknown(name)


def _unknown(name: str) -> CqlType:
    """A class that drivers do not know, either: its values are shown as the bytes they are."""
    return replace(BLOB, name=f"'{name}'", java=name.removeprefix(_PACKAGE))


def _of_parameters(outer: str, inside: list[str]) -> CqlType | None:
    match outer, inside:
        case "FrozenType", [frozen]:
            return _of_class(frozen).freeze()
        case "VectorType", [element, dimension]:
            return VectorType(_of_class(element), int(dimension))
        case "ListType", [element]:
            return ListType(_of_class(element))
        case "SetType", [element]:
            return SetType(_of_class(element))
        case "MapType", [key, value]:
            return MapType(_of_class(key), _of_class(value))
        case "TupleType", components:
            return TupleType(tuple(map(_of_class, components)))
        case "ReversedType", [ascending]:
            return _of_class(ascending)
        case "UserType", [keyspace, name, *fields]:
            named = [field.partition(":") for field in fields]
            return UserType(
                keyspace,
                bytes.fromhex(name).decode(),
                tuple(bytes.fromhex(field).decode() for field, _, _ in named),
                tuple(_of_class(kind) for _, _, kind in named),
            )
        case _:
            return None


def _class_parts(name: str) -> tuple[str, list[str]]:
    """The simple name of a class and its parameters, split at the commas that stand in no parentheses of their own."""
    outer, _, inside = name.removesuffix(")").partition("(")
    parts, depth = [""], 0
    for character in inside:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return outer.rpartition(".")[2], [part.strip() for part in parts]
