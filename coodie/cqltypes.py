"""Python annotation → CQL type and codec.

A user type is known here by what it offers (`UserTypeLike`), not by its class.
"""

import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from ipaddress import IPv4Address, IPv6Address
from typing import (
    Annotated,
    Any,
    Literal,
    Protocol,
    TypeAlias,
    Union,
    cast,
    get_args,
    get_origin,
    runtime_checkable,
)
from uuid import UUID

from coodie import codecs, fields
from coodie.codecs import Codec
from coodie.exceptions import InvalidModelError
from coodie.names import quoted
from coodie.pydantictypes import hint, refusal, stand_in, subclass_codec
from coodie.statement import CqlDuration


@dataclass(frozen=True, slots=True)
class Native:
    """A type that is its name."""

    name: str


@dataclass(frozen=True, slots=True)
class ListType:
    """`list<element>`."""

    element: "CqlType"
    frozen: bool = False


@dataclass(frozen=True, slots=True)
class SetType:
    """`set<element>`."""

    element: "CqlType"
    frozen: bool = False


@dataclass(frozen=True, slots=True)
class MapType:
    """`map<key, value>`."""

    key: "CqlType"
    value: "CqlType"
    frozen: bool = False


@dataclass(frozen=True, slots=True)
class TupleType:
    """`tuple<…>`, always frozen."""

    items: tuple["CqlType", ...]


@dataclass(frozen=True, slots=True)
class VectorType:
    """`vector<float, dimensions>`."""

    dimensions: int


@dataclass(frozen=True, slots=True)
class UserDefined:
    """A frozen user type, by name."""

    name: str


Collection: TypeAlias = ListType | SetType | MapType
CqlType: TypeAlias = Native | Collection | TupleType | VectorType | UserDefined


def spelling(cql_type: CqlType) -> str:
    """The type as CQL and `system_schema.columns` write it."""
    match cql_type:
        case Native(name):
            return name
        case ListType(element, frozen):
            return _frozen(f"list<{spelling(element)}>", frozen)
        case SetType(element, frozen):
            return _frozen(f"set<{spelling(element)}>", frozen)
        case MapType(key, value, frozen):
            return _frozen(f"map<{spelling(key)}, {spelling(value)}>", frozen)
        case TupleType(items):
            return f"frozen<tuple<{', '.join(map(spelling, items))}>>"
        case VectorType(dimensions):
            return f"vector<float, {dimensions}>"
        case UserDefined(name):
            return f"frozen<{quoted(name)}>"


def _frozen(text: str, frozen: bool) -> str:  # noqa: FBT001  # the type's own field
    return f"frozen<{text}>" if frozen else text


def is_collection(cql_type: CqlType) -> bool:
    """Whether it can be updated in part: an unfrozen list, set or map."""
    return isinstance(cql_type, ListType | SetType | MapType) and not cql_type.frozen


@runtime_checkable
class UserTypeLike(Protocol):
    """What a `UserType` class offers."""

    @classmethod
    def type_name(cls) -> str:
        """Its name in the database."""
        ...

    @classmethod
    def __cql_fields__(cls) -> Mapping[str, "Mapped"]:
        """Its fields by their names in the database."""
        ...

    @classmethod
    def __cql_codec__(cls) -> Codec:
        """Its values, in and out."""
        ...


@dataclass(frozen=True, slots=True)
class Mapped:
    """What an annotation means to the database."""

    cql_type: CqlType
    codec: Codec
    optional: bool = False
    user_types: tuple[type[UserTypeLike], ...] = ()
    """The user types mentioned."""


def in_order(user_types: Iterable[type[UserTypeLike]]) -> tuple[type[UserTypeLike], ...]:
    """These user types and all that they mention, those first that others need."""
    found: dict[type[UserTypeLike], None] = {}
    for user_type in user_types:
        for field in user_type.__cql_fields__().values():
            found.update(dict.fromkeys(in_order(field.user_types)))
        found[user_type] = None
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """An annotation without its wrappers: `Annotated`, `Optional`, `NewType`, aliases."""

    base: Any
    markers: tuple[fields.Marker, ...]
    optional: bool


def unwrapped(annotation: Any, metadata: tuple[Any, ...] = ()) -> Unwrapped:
    """The bare type, the markers found on the way, and whether `None` is allowed."""
    markers, optional = _markers(metadata), False
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *more = get_args(annotation)
            if reason := refusal(None, more):
                raise InvalidModelError(reason)
            markers += _markers(more)
        elif origin in (Union, types.UnionType):
            rest = [each for each in get_args(annotation) if each is not types.NoneType]
            if len(rest) != 1:
                raise InvalidModelError(f"no CQL type holds a union: {annotation}")
            annotation, optional = rest[0], True
        elif hasattr(annotation, "__supertype__"):
            annotation = annotation.__supertype__
        elif type(annotation).__name__ == "TypeAliasType":  # `type X = …`, or typing_extensions' on 3.11
            annotation = annotation.__value__
        else:
            return Unwrapped(annotation, tuple(markers), optional)


def _markers(metadata: Iterable[Any]) -> list[fields.Marker]:
    for each in metadata:
        if isinstance(each, type) and issubclass(each, fields.Marker):
            raise InvalidModelError(f"{each.__name__} is a class; a marker is made of it: {each.__name__}()")
    return [each for each in metadata if isinstance(each, fields.Marker)]


_NATIVE: dict[Any, str] = {
    bool: "boolean",
    bytes: "blob",
    CqlDuration: "duration",
    date: "date",
    datetime: "timestamp",
    Decimal: "decimal",
    float: "float",
    int: "int",
    IPv4Address: "inet",
    IPv6Address: "inet",
    str: "text",
    time: "time",
    UUID: "uuid",
}

_MARKED: dict[type[Any], tuple[type[Any], str]] = {
    fields.Ascii: (str, "ascii"),
    fields.BigInt: (int, "bigint"),
    fields.Counter: (int, "counter"),
    fields.Double: (float, "double"),
    fields.Duration: (CqlDuration, "duration"),
    fields.SmallInt: (int, "smallint"),
    fields.Time: (time, "time"),
    fields.TimeUUID: (UUID, "timeuuid"),
    fields.TinyInt: (int, "tinyint"),
    fields.VarInt: (int, "varint"),
}
"""Which Python type a marker stands on, and the CQL type that it asks for."""

_UNCHECKED = {"blob": bytes, "boolean": bool, "duration": CqlDuration, "uuid": UUID}
"""Types without a range: every value of the class fits."""


def mapped(annotation: Any, metadata: tuple[Any, ...] = ()) -> Mapped:
    """The CQL type, codec and optionality of an annotation; `InvalidModelError` where there is none."""
    if reason := refusal(None, metadata):
        raise InvalidModelError(reason)
    bare = unwrapped(annotation, metadata)
    found = _of_base(bare.base, bare.markers)
    if any(isinstance(each, fields.Frozen) for each in bare.markers):
        found = replace(found, cql_type=frozen(found.cql_type))
    return replace(found, optional=bare.optional)


def frozen(cql_type: CqlType) -> CqlType:
    """The type stored as one value."""
    if isinstance(cql_type, ListType | SetType | MapType):
        return replace(cql_type, frozen=True)
    return cql_type


def _of_base(base: Any, markers: tuple[fields.Marker, ...]) -> Mapped:
    for marker in markers:
        if isinstance(marker, fields.Vector):
            return _vector(base, marker)
    origin = get_origin(base)
    if origin is Literal:
        return _literal(base, markers)
    if origin is not None:
        return _generic(origin, get_args(base), base)
    if isinstance(base, type) and issubclass(base, Enum):
        return _enum(base, markers)
    if isinstance(base, type) and isinstance(base, UserTypeLike):
        user_type = cast("type[UserTypeLike]", base)
        return Mapped(UserDefined(user_type.type_name()), user_type.__cql_codec__(), user_types=(user_type,))
    return _native(base, markers)


def _native(base: Any, markers: tuple[fields.Marker, ...]) -> Mapped:
    if base in _NATIVE:
        return _plain(base, markers, _NATIVE[base])
    if reason := refusal(base, ()):
        raise InvalidModelError(reason)
    if other := stand_in(base):
        found = _plain(other.python, markers, other.cql or _NATIVE[other.python])
        return found if other.codec is None else replace(found, codec=other.codec)
    for parent in base.__mro__ if isinstance(base, type) else ():
        if parent in _NATIVE:
            found = _plain(parent, markers, _NATIVE[parent])
            return replace(found, codec=subclass_codec(base, found.codec))
    known = ", ".join(sorted(each.__name__ for each in _NATIVE))
    raise InvalidModelError(
        f"no CQL type holds {_name(base)}{hint(base)}; there are {known}, collections, UserType, Enum"
    )


def _plain(base: type, markers: tuple[fields.Marker, ...], name: str) -> Mapped:
    """A type that CQL has, or the one that a marker makes of it."""
    for marker in markers:
        wanted = _MARKED.get(type(marker))
        if wanted is None:
            continue
        if isinstance(marker, fields.Time) and base is int:
            return Mapped(Native("time"), codecs.NANOSECONDS)
        python, name = wanted
        if base is not python:
            raise InvalidModelError(
                f"{type(marker).__name__}() stands on {python.__name__}, not on {_name(base)}"
            )
    return Mapped(Native(name), _codec(name, base))


def _codec(name: str, base: Any) -> Codec:
    if name == "inet":
        return Codec(codecs.instance(base), codecs.address6 if base is IPv6Address else None)
    if name in _UNCHECKED:
        return codecs.instances(_UNCHECKED[name])
    return codecs.NATIVE[name]


def _vector(base: Any, marker: fields.Vector) -> Mapped:
    if get_origin(base) is not list or unwrapped(*get_args(base)).base is not float:
        raise InvalidModelError(f"Vector() stands on list[float], not on {_name(base)}")
    if not isinstance(marker.dimensions, int) or marker.dimensions < 1:
        raise InvalidModelError(f"a vector has at least one dimension, not {marker.dimensions!r}")
    return Mapped(VectorType(marker.dimensions), codecs.vector(marker.dimensions))


def _enum(base: type[Enum], markers: tuple[fields.Marker, ...]) -> Mapped:
    value = _common(base, (member.value for member in base), markers)
    return replace(value, codec=codecs.enumeration(base, value.codec))


def _literal(base: Any, markers: tuple[fields.Marker, ...]) -> Mapped:
    return _common(base, iter(get_args(base)), markers)


def _common(base: Any, values: Iterator[Any], markers: tuple[fields.Marker, ...]) -> Mapped:
    """The type of values that are all of one kind."""
    kinds = {type(value) for value in values}
    if len(kinds) != 1:
        names = ", ".join(sorted(kind.__name__ for kind in kinds)) or "none"
        raise InvalidModelError(f"the values of {_name(base)} have no one type: {names}")
    return _of_base(kinds.pop(), markers)


def _generic(origin: Any, arguments: tuple[Any, ...], base: Any) -> Mapped:
    if origin is tuple and arguments and ... not in arguments:
        items = [_nested(each, base, null_allowed=True) for each in arguments]
        codec = codecs.row([item.codec for item in items])
        return Mapped(TupleType(tuple(item.cql_type for item in items)), codec, user_types=_users(*items))
    if origin is dict:
        key, value = (_nested(each, base) for each in arguments)
        codec = codecs.mapping(key.codec, value.codec)
        return Mapped(MapType(key.cql_type, value.cql_type), codec, user_types=_users(key, value))
    if origin in (list, set, frozenset):
        element = _nested(arguments[0], base)
        kind = ListType if origin is list else SetType
        cql_type = kind(element.cql_type, frozen=origin is frozenset)
        return Mapped(cql_type, codecs.sequence(origin, element.codec), user_types=_users(element))
    raise InvalidModelError(f"no CQL type holds {_name(base)}")


def _nested(annotation: Any, outer: Any, *, null_allowed: bool = False) -> Mapped:
    """An element's type: frozen, and never null in a collection."""
    found = mapped(annotation)
    if found.optional and not null_allowed:
        raise InvalidModelError(f"a CQL collection holds no nulls: {_name(outer)}")
    return replace(found, cql_type=frozen(found.cql_type))


def _users(*parts: Mapped) -> tuple[type[UserTypeLike], ...]:
    return tuple(dict.fromkeys(each for part in parts for each in part.user_types))


def _name(annotation: Any) -> str:
    return (
        annotation.__name__ if isinstance(annotation, type) and not get_args(annotation) else str(annotation)
    )
