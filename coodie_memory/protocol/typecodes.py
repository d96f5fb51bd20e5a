"""[option]: how the protocol describes a type.

A type that has no code, or whose code the client's version does not know yet, travels as the name of its Java class.
"""

from dataclasses import dataclass
from typing import Final

from coodie_memory.errors import ProtocolException
from coodie_memory.protocol.primitives import Reader, listed, short, string
from coodie_memory.types import javaclasses
from coodie_memory.types.base import CqlType
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.names import NATIVE
from coodie_memory.types.native import NativeType
from coodie_memory.types.tuples import TupleType
from coodie_memory.types.usertype import UserType

_CUSTOM, _LIST, _MAP, _SET, _UDT, _TUPLE = 0x00, 0x20, 0x21, 0x22, 0x30, 0x31
_DEPTH: Final = 64
"""How deeply types may nest that a peer sends."""


@dataclass(frozen=True, slots=True)
class _Code:
    number: int
    since: int = 3
    """The version of the protocol that brought it."""


_NATIVE: Final = {
    "ascii": _Code(0x01), "bigint": _Code(0x02), "blob": _Code(0x03), "boolean": _Code(0x04), "counter": _Code(0x05),
    "decimal": _Code(0x06), "double": _Code(0x07), "float": _Code(0x08), "int": _Code(0x09), "timestamp": _Code(0x0B),
    "uuid": _Code(0x0C), "text": _Code(0x0D), "varint": _Code(0x0E), "timeuuid": _Code(0x0F), "inet": _Code(0x10),
    "date": _Code(0x11, since=4), "time": _Code(0x12, since=4), "smallint": _Code(0x13, since=4),
    "tinyint": _Code(0x14, since=4), "duration": _Code(0x15, since=5),
}  # fmt: skip
_BY_NUMBER: Final = {code.number: NATIVE[name] for name, code in _NATIVE.items()} | {0x0A: NATIVE["text"]}


def encode(kind: CqlType, version: int) -> bytes:
    """The [option] that a client of this version understands."""
    match kind:
        case NativeType() if kind is NATIVE.get(kind.name) and (code := _NATIVE[kind.name]).since <= version:
            return short(code.number)
        case ListType():
            return short(_LIST) + encode(kind.element, version)
        case SetType():
            return short(_SET) + encode(kind.element, version)
        case MapType():
            return short(_MAP) + encode(kind.key, version) + encode(kind.value, version)
        case UserType():
            fields = [*zip(kind.field_names, kind.field_types, strict=True)]
            return (
                short(_UDT)
                + string(kind.keyspace)
                + string(kind.name)
                + listed(fields, lambda field: string(field[0]) + encode(field[1], version))
            )
        case TupleType():
            return short(_TUPLE) + listed(kind.components, lambda part: encode(part, version))
        case _:
            return short(_CUSTOM) + string(kind.java_name)


def decode(body: Reader, depth: int = _DEPTH) -> CqlType:
    """The next [option]; what is frozen is not told."""
    if not depth:
        raise ProtocolException(f"Types nested deeper than {_DEPTH}")
    match body.short():
        case 0x00:
            return javaclasses.parse(body.string())
        case 0x20:
            return ListType(decode(body, depth - 1))
        case 0x21:
            return MapType(decode(body, depth - 1), decode(body, depth - 1))
        case 0x22:
            return SetType(decode(body, depth - 1))
        case 0x30:
            keyspace, name = body.string(), body.string()
            fields = body.listed(lambda: (body.string(), decode(body, depth - 1)))
            return UserType(
                keyspace, name, tuple(field for field, _ in fields), tuple(kind for _, kind in fields)
            )
        case 0x31:
            return TupleType(body.listed(lambda: decode(body, depth - 1)))
        case number:
            if number not in _BY_NUMBER:
                raise ProtocolException(f"Unknown option id {number}")
            return _BY_NUMBER[number]
