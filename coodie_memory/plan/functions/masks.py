"""Masking functions: values that hide what they stand for."""

import hashlib
from collections.abc import Callable, Iterator
from functools import partial

from coodie_memory.errors import InvalidRequest
from coodie_memory.plan.functions.factories import Factory, anything, fixed, optional, same_as
from coodie_memory.plan.nodes import Function, Moment
from coodie_memory.result import Raw
from coodie_memory.types import timeuuid
from coodie_memory.types.base import CqlType
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.integers import INT
from coodie_memory.types.strings import ASCII, BLOB, TEXT
from coodie_memory.types.tuples import TupleType
from coodie_memory.types.usertype import UserType
from coodie_memory.types.vector import VectorType

_ALGORITHMS = {
    "SHA-1": "sha1",
    "SHA-224": "sha224",
    "SHA-256": "sha256",
    "SHA-384": "sha384",
    "SHA-512": "sha512",
    "MD5": "md5",
}
_MASKED_TEXT = {"text": b"****", "ascii": b"****", "blob": b""}
_MASKED_ZERO = {
    "tinyint": 1, "smallint": 2, "int": 4, "bigint": 8, "counter": 8, "float": 4, "double": 8, "boolean": 1,
    "timestamp": 8, "time": 8, "uuid": 16, "inet": 4, "varint": 1, "decimal": 5, "duration": 3,
}  # fmt: skip
_DATE_EPOCH = (2**31).to_bytes(4, "big")
_TIMEUUID_ZERO = timeuuid.minimum(0).bytes


def factories() -> Iterator[Factory]:
    """All of them."""
    yield Factory("mask_null", (anything(from_receiver=False),), _null)
    yield Factory("mask_default", (anything(from_receiver=False),), _default)
    replaced = anything(from_receiver=True)
    yield Factory("mask_replace", (replaced, same_as(0, replaced, prefer_other=True)), _replace)
    yield Factory("mask_hash", (anything(from_receiver=False), optional(fixed(TEXT))), _hash)
    for name, hides_inside in (("mask_inner", True), ("mask_outer", False)):
        parameters = (
            fixed(TEXT, ASCII, names="[text|varchar|ascii]"),
            fixed(INT),
            fixed(INT),
            optional(fixed(TEXT)),
        )
        yield Factory(name, parameters, _partial(name, hides_inside=hides_inside))


def _null(types: tuple[CqlType, ...], _receiver: CqlType | None) -> Function:
    def body(_moment: Moment, _raw: Raw) -> Raw:
        return None

    return Function("system", "mask_null", types, types[0], body, takes_null=True)


def _default(types: tuple[CqlType, ...], _receiver: CqlType | None) -> Function:
    masked = _masked(types[0])

    def body(_moment: Moment, _raw: Raw) -> Raw:
        return masked

    return Function("system", "mask_default", types, types[0], body, takes_null=True)


def _masked(kind: CqlType) -> bytes:
    match kind:
        case ListType() | SetType() | MapType():
            return bytes(4)
        case UserType():
            return b"".join(len(part).to_bytes(4, "big") + part for part in map(_masked, kind.field_types))
        case TupleType():
            return b"".join(len(part).to_bytes(4, "big") + part for part in map(_masked, kind.components))
        case VectorType():
            return kind.pack([_masked(kind.element)] * kind.dimension)
        case _ if kind.cql() == "date":
            return _DATE_EPOCH
        case _ if kind.cql() == "timeuuid":
            return _TIMEUUID_ZERO
        case _ if kind.cql() in _MASKED_TEXT:
            return _MASKED_TEXT[kind.cql()]
        case _:
            return bytes(_MASKED_ZERO[kind.cql()])


def _replace(types: tuple[CqlType, ...], _receiver: CqlType | None) -> Function:
    def body(_moment: Moment, _raw: Raw, replacement: Raw) -> Raw:
        return replacement

    return Function("system", "mask_replace", types, types[1], body, takes_null=True)


def _hash(types: tuple[CqlType, ...], _receiver: CqlType | None) -> Function:
    def body(_moment: Moment, raw: Raw, algorithm: Raw = b"SHA-256") -> Raw:
        if raw is None:
            return None
        return hashlib.new(_algorithm(algorithm), raw, usedforsecurity=False).digest()

    takes = (*types[:1], TEXT)[: len(types)]
    return Function("system", "mask_hash", takes, BLOB, body, takes_null=True, check=(1, _algorithm))


def _algorithm(raw: Raw) -> str:
    name = (raw or b"SHA-256").decode()
    if name.upper() not in _ALGORITHMS:
        raise InvalidRequest(f"Hash algorithm not found: {name}")
    return _ALGORITHMS[name.upper()]


def _partial(name: str, *, hides_inside: bool) -> Callable[[tuple[CqlType, ...], CqlType | None], Function]:
    def make(types: tuple[CqlType, ...], _receiver: CqlType | None) -> Function:
        def body(_moment: Moment, raw: Raw, begin: Raw, end: Raw, padding: Raw = None) -> Raw:
            if raw is None:
                return None
            text = raw.decode()
            first, last = _number(begin), len(text) - 1 - _number(end)
            filler = _filler(name, padding)
            return "".join(
                filler if (first <= index <= last) == hides_inside else character
                for index, character in enumerate(text)
            ).encode()

        takes = (*types[:3], TEXT)[: len(types)]
        padding_check = 3, partial(_filler, name)
        return Function("system", name, takes, types[0], body, takes_null=True, check=padding_check)

    return make


def _number(raw: Raw) -> int:
    return int.from_bytes(raw or b"\0", "big", signed=True)


def _filler(name: str, raw: Raw) -> str:
    if raw is None:
        return "*"
    text = raw.decode()
    if len(text) != 1:
        raise InvalidRequest(
            f"The padding argument for function system.{name} should be single-character, "
            f"but '{text}' has {len(text)} characters."
        )
    return text
