"""Types of pydantic's own, and subclasses of Python's: which plain type the database sees, or why it cannot."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address
from typing import Any

import pydantic
from pydantic import TypeAdapter, networks

from coodie.codecs import Codec, Convert, instance

_URLS: tuple[type, ...] = tuple(
    found
    for name in ("_BaseUrl", "_BaseMultiHostUrl")  # before pydantic 2.10, URLs are annotated, not classes
    if (found := getattr(networks, name, None)) is not None
)


@dataclass(frozen=True)
class StandIn:
    """The plain type that holds another type's values."""

    python: type
    """As it would be annotated."""
    cql: str | None = None
    """Where the plain type's own CQL type is too small."""
    codec: Codec | None = None
    """None: the plain type's, values are of that type already."""


def stand_in(base: Any) -> StandIn | None:
    """What holds the values of this type; None if nothing is known of it."""
    if not isinstance(base, type):
        return None
    if base in _SAME:
        return StandIn(_SAME[base])
    if issubclass(base, pydantic.SecretStr):
        return StandIn(str, codec=_secret(base))
    if issubclass(base, pydantic.SecretBytes):
        return StandIn(bytes, codec=_secret(base))
    if issubclass(base, (*_URLS, pydantic.NameEmail)):
        return StandIn(str, codec=Codec(_text_of(base), _Validated(base)))
    if base is pydantic.IPvAnyAddress:
        return StandIn(IPv4Address, codec=Codec(instance(IPv4Address, IPv6Address)))
    if base is pydantic.ByteSize:
        return StandIn(int, "bigint", Codec(int, pydantic.ByteSize))
    return None


def subclass_codec(base: type, plain: Codec) -> Codec:
    """In as what it is a subclass of, out by pydantic's rules for the class."""
    return Codec(plain.encode, _Validated(base), plain.rounds)


def refusal(base: Any, metadata: Iterable[Any]) -> str | None:
    """Why a field of this type cannot be read as it was saved, and what to use instead; None where it can."""
    for each in (base, *metadata):
        for kinds, reason in _REFUSED.items():
            if each in kinds or isinstance(each, kinds):
                name = each.__name__ if isinstance(each, type) else type(each).__name__
                return f"{name} cannot be kept: {reason}"
    return None


def hint(base: Any) -> str:
    """What to use instead of a type that nothing holds."""
    if isinstance(base, type) and issubclass(base, pydantic.BaseModel):
        return "; make it a UserType"
    return _HINTS.get(base, "")


_SAME: dict[Any, type] = {
    pydantic.AwareDatetime: datetime,
    pydantic.EmailStr: str,
    pydantic.PastDate: date,
    pydantic.PastDatetime: datetime,
}

_REFUSED: dict[tuple[type, ...], str] = {
    (pydantic.NaiveDatetime,): "a timestamp comes back aware, in UTC; use datetime or AwareDatetime",
    (pydantic.FutureDate, pydantic.FutureDatetime): (
        "what is in the future when it is saved will not always be when it is read; use the plain type, "
        "and check it where documents are made"
    ),
    (pydantic.Json,): "it would be parsed again when it is read; use the type of what is parsed",
    (pydantic.EncodedBytes, pydantic.EncodedStr): (
        "it would be decoded again when it is read; use bytes or str, and decode where documents are made"
    ),
}

_HINTS: dict[Any, str] = {
    dict: "; say of what: dict[str, int]",
    list: "; say of what: list[int]",
    set: "; say of what: set[int]",
    timedelta: "; a CqlDuration comes near it",
    tuple: "; say of what: tuple[int, str]",
}


def _secret(base: type[Any]) -> Codec:
    encode = instance(base)
    return Codec(lambda value: encode(value).get_secret_value(), base)


def _text_of(base: type) -> Convert:
    encode = instance(base)
    return lambda value: str(encode(value))


@dataclass(frozen=True)
class _Validated:
    """What pydantic makes of a plain value; its validator is built when it is first needed."""

    base: type

    @cached_property
    def _adapter(self) -> TypeAdapter[Any]:
        return TypeAdapter(self.base)

    def __call__(self, value: Any) -> Any:
        return self._adapter.validate_python(value)
