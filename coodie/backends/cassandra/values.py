"""Python values ⇄ what the driver takes and gives, by CQL type (`coodie.statement` lists our side).

`encoder(type)` and `decoder(type)` are None where the driver's value is ours already, which is most of the time, so
that a column of ints or texts costs nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from ipaddress import ip_address
from typing import Any, TypeAlias

from cassandra import cqltypes
from cassandra.query import UNSET_VALUE

from coodie.exceptions import InvalidRequest
from coodie.statement import UNSET, CqlDuration, HashableDict, Row

Convert: TypeAlias = Callable[[Any], Any]


def encode_row(encoders: Sequence[Convert | None], params: Sequence[Any]) -> list[Any]:
    """Parameters as the driver binds them; the caller has counted them."""
    return [
        UNSET_VALUE if value is UNSET else value if encode is None or value is None else encode(value)
        for encode, value in zip(encoders, params, strict=True)
    ]


def decode_rows(types: Sequence[Any], rows: Sequence[Row]) -> list[Row]:
    """The driver's rows as ours."""
    decoders = [decoder(each) for each in types]
    if not any(decoders):
        return list(rows)
    return [
        tuple(
            [
                value if decode is None or value is None else decode(value)
                for decode, value in zip(decoders, row, strict=True)
            ]
        )
        for row in rows
    ]


# The caches are bounded since the driver makes a new class for each structured type of each answer.


@lru_cache(maxsize=1024)
def encoder(cql_type: Any) -> Convert | None:
    """Ours → the driver's; None where they are the same."""
    inner = [encoder(each) for each in _inner(cql_type)]
    if issubclass(cql_type, cqltypes.UserType):
        return _encode_user_type(cql_type.typename, tuple(cql_type.fieldnames), inner)
    if not any(inner):
        return None
    if issubclass(cql_type, cqltypes.TupleType):
        return lambda value: tuple(_each(inner, value))
    if issubclass(cql_type, cqltypes.MapType):
        keys, values = map(_or_same, inner)
        # Pairs may repeat an unhashable key's form; the driver only iterates over items().
        return lambda value: _Items([(keys(key), values(item)) for key, item in value.items()])
    if issubclass(cql_type, cqltypes.FrozenType | cqltypes.ReversedType):
        return inner[0]
    element = _or_same(inner[0])
    return lambda value: [element(item) for item in value]


@lru_cache(maxsize=1024)
def decoder(cql_type: Any) -> Convert | None:
    """The driver's → ours; None where they are the same."""
    native = _NATIVE.get(cql_type.typename)
    if native is not None:
        return native
    inner = [decoder(each) for each in _inner(cql_type)]
    if issubclass(cql_type, cqltypes.UserType):
        return _decode_user_type(tuple(cql_type.fieldnames), inner)
    if issubclass(cql_type, cqltypes.SetType):
        element = _hashable(inner[0])
        return lambda value: {element(item) for item in value}
    if issubclass(cql_type, cqltypes.MapType):
        key, item = _hashable(inner[0]), _or_same(inner[1])
        return lambda value: {key(each): item(held) for each, held in value.items()}
    if not any(inner):
        return None
    if issubclass(cql_type, cqltypes.TupleType):
        return lambda value: tuple(_each(inner, value))
    if issubclass(cql_type, cqltypes.FrozenType | cqltypes.ReversedType):
        return inner[0]
    each = _or_same(inner[0])
    return lambda value: [each(item) for item in value]


class _Items(list[Any]):
    """A map in the one form that the driver's map type asks for."""

    def items(self) -> "_Items":
        """The pairs."""
        return self


def _inner(cql_type: Any) -> Sequence[Any]:
    """The types that this one is made of; a vector names its only one differently."""
    element = getattr(cql_type, "subtype", None)
    return cql_type.subtypes if element is None else (element,)


def _same(value: Any) -> Any:
    return value


def _or_same(convert: Convert | None) -> Convert:
    """A collection's element may be null in an answer, which no converter sees."""
    if convert is None:
        return _same
    return lambda value: None if value is None else convert(value)


def _each(converters: Sequence[Convert | None], values: Sequence[Any]) -> list[Any]:
    """Component by component; a tuple may be shorter than its type."""
    return [
        value if convert is None or value is None else convert(value)
        for convert, value in zip(converters, values, strict=False)
    ]


def _encode_user_type(name: str, fields: Sequence[str], inner: Sequence[Convert | None]) -> Convert:
    """A mapping becomes the tuple of its fields; a missing one is null, an unknown one is refused."""

    def encode(value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        if unknown := value.keys() - set(fields):
            raise InvalidRequest(
                f"type {name} has no field {', '.join(sorted(map(repr, unknown)))}; it has {', '.join(fields)}"
            )
        return tuple(_each(inner, [value.get(each) for each in fields]))

    return encode


def _decode_user_type(fields: Sequence[str], inner: Sequence[Convert | None]) -> Convert:
    """A dict by field name, whatever class the session's owner registered for the type."""

    def decode(value: Any) -> dict[str, Any]:
        match value:
            case tuple():
                held: Sequence[Any] = value
            case Mapping():
                held = [value.get(each) for each in fields]
            case _:
                held = [getattr(value, each) for each in fields]
        return dict(zip(fields, _each(inner, held), strict=True))

    return decode


def _hashable(convert: Convert | None) -> Convert:
    """As `convert`, fit for a set's element or a dict's key."""
    return _freeze if convert is None else lambda value: _freeze(convert(value))


def _freeze(value: Any) -> Any:
    match value:
        case list():
            return tuple([_freeze(each) for each in value])
        case tuple():
            return tuple([_freeze(each) for each in value])
        case set():
            return frozenset(value)
        case dict():
            return HashableDict({key: _freeze(each) for key, each in value.items()})
        case _:
            return value


def _timestamp(value: datetime) -> datetime:
    """Aware, and on the millisecond that the server holds: the driver computes in floats."""
    stray = (value.microsecond + 500) % 1000 - 500
    aware = value.replace(tzinfo=UTC)
    return aware - timedelta(microseconds=stray) if stray else aware


def _duration(value: Any) -> CqlDuration:
    return CqlDuration(value.months, value.days, value.nanoseconds)


_NATIVE: Mapping[str, Convert] = {
    "timestamp": _timestamp,
    "date": lambda value: value.date(),
    "time": lambda value: value.time(),
    "inet": ip_address,
    "duration": _duration,
}
