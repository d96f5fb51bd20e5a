"""A pydantic model that is one value: a CQL user type."""

from collections.abc import Mapping
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, dataclass_transform

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

# As in `document`: pydantic documents no other way to a metaclass of its models.
from pydantic._internal._model_construction import ModelMetaclass

from coodie.codecs import Codec, UserValue
from coodie.cqltypes import Mapped, frozen, mapped, unwrapped
from coodie.exceptions import InvalidModelError
from coodie.fields import Column
from coodie.names import table_name
from coodie.settings import settings


@dataclass_transform(kw_only_default=True, field_specifiers=(Field, PrivateAttr), eq_default=False)
class UserTypeMeta(ModelMetaclass):
    """Tells type checkers that user types inherit their hash: a class with an equality of its own would lose it."""


class UserTypeBase(BaseModel, metaclass=UserTypeMeta):
    """What user types of both faces are.

    Named by `Settings.__type_name__`, else after the class. Hashable when its fields are.
    """

    model_config = ConfigDict(populate_by_name=True)

    @classmethod
    def type_name(cls) -> str:
        """Its name in the database."""
        return str(settings(cls).get("__type_name__") or table_name(cls))

    @classmethod
    def __keyspace__(cls) -> str | None:
        """Where `sync_type` makes it, if the call says nothing; None for the connection's keyspace."""
        return settings(cls).get("keyspace")

    @classmethod
    def __connection__(cls) -> str | None:
        """The name of the connection that `sync_type` uses, if the call says nothing; None for the default one."""
        return settings(cls).get("connection")

    @classmethod
    def __cql_fields__(cls) -> Mapping[str, Mapped]:
        """Its fields by their names in the database."""
        if not cls.model_fields:
            raise InvalidModelError(f"{cls.__name__} has no fields, and no user type is empty")
        return {name: found for name, (_, found) in _fields(cls).items()}

    @classmethod
    def __cql_codec__(cls) -> Codec:
        """Its values, in and out."""
        return _codec(cls)

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Refuse a field that CQL cannot hold as soon as the fields are known."""
        super().__pydantic_init_subclass__(**kwargs)
        if cls.__pydantic_complete__ and not cls.__pydantic_generic_metadata__["parameters"]:
            _fields(cls)

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.values()))


@lru_cache(maxsize=1024)
def _fields(cls: type[UserTypeBase]) -> Mapping[str, tuple[str, Mapped]]:
    """Attribute and type of each field, by its name in the database."""
    around = _AROUND.get()
    if cls in around:
        raise InvalidModelError(
            f"{cls.__name__} holds itself, which no CQL type can; hold a key to find it by"
        )
    inside = _AROUND.set((*around, cls))
    try:
        return dict(_field(cls, name) for name in cls.model_fields)
    finally:
        _AROUND.reset(inside)


_AROUND: ContextVar[tuple[type[UserTypeBase], ...]] = ContextVar("_AROUND", default=())
"""The types whose fields are being read: those around the one that is next."""


def _field(cls: type[UserTypeBase], name: str) -> tuple[str, tuple[str, Mapped]]:
    info = cls.model_fields[name]
    try:
        there = mapped(info.annotation, tuple(info.metadata))
    except InvalidModelError as error:
        raise InvalidModelError(f"{cls.__name__}.{name}: {error}") from error
    markers = unwrapped(info.annotation, tuple(info.metadata)).markers
    renamed = next((each.name for each in markers if isinstance(each, Column)), name)
    frozen_there = Mapped(frozen(there.cql_type), there.codec, there.optional, there.user_types)
    return renamed, (name, frozen_there)


@lru_cache(maxsize=1024)
def _codec(cls: type[UserTypeBase]) -> Codec:
    fields = _fields(cls)

    def encode(value: Any) -> UserValue:
        if not isinstance(value, cls):
            raise TypeError(f"is a {type(value).__name__}, not a {cls.__name__}")
        there = value.__dict__
        if missing := [attribute for attribute, _ in fields.values() if attribute not in there]:
            raise ValueError(f"has no value of {missing[0]}")
        return UserValue(
            (name, None if there[attribute] is None else field.codec.encode(there[attribute]))
            for name, (attribute, field) in fields.items()
        )

    def decode(values: Any) -> UserTypeBase:
        # A field that is null or was added after the value: the default where there is one.
        there = {
            attribute: values[name] if field.codec.decode is None else field.codec.decode(values[name])
            for name, (attribute, field) in fields.items()
            if values.get(name) is not None
        }
        nulls = {attribute: None for attribute, field in fields.values() if field.optional}
        return cls(**{**nulls, **there})

    return Codec(encode, decode, rounds=any(field.codec.rounds for _, field in fields.values()))
