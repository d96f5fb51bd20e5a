"""What the nested classes `Settings` of a model and its parents say."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

from coodie.exceptions import InvalidModelError


class Abstract:
    """The settings of a class that has no table of its own."""

    __abstract__ = True


def settings(model: type) -> Mapping[str, Any]:
    """What the nested classes `Settings` of a model and its parents say, the nearest first; `__abstract__` is its own."""
    found: dict[str, Any] = {}
    for parent in reversed(model.__mro__):
        nested = parent.__dict__.get("Settings")
        if nested is not None:
            found.update((key, value) for key, value in _said(nested) if key != "__abstract__")
    own = model.__dict__.get("Settings")
    found["__abstract__"] = own is not None and own.__dict__.get("__abstract__", False)
    return MappingProxyType(found)


_SETTINGS = frozenset(
    """
    name keyspace connection consistency serial_consistency timeout __abstract__ __default_ttl__ __options__
    __discriminator_value__ __base_table__ __view_columns__ __where_clause__ __clustering_order__ __type_name__
    """.split()  # noqa: SIM905  # words to read
)


def check_settings(model: str, said: Mapping[str, Any]) -> None:
    """Refuse what looks like a setting misspelt; what looks like none of them is somebody else's."""
    for name in said.keys() - _SETTINGS:
        if close := get_close_matches(name, _SETTINGS, n=1, cutoff=0.75):
            raise InvalidModelError(f"{model}.Settings has no {name!r}; did you mean {close[0]!r}?")


_PYTHONS_OWN = frozenset(vars(type("Empty", (), {}))) | {
    "__annotations__",
    "__firstlineno__",
    "__static_attributes__",
}


def _said(nested: type) -> Iterator[tuple[str, Any]]:
    for cls in reversed(nested.__mro__[:-1]):
        yield from ((key, value) for key, value in cls.__dict__.items() if key not in _PYTHONS_OWN)


def table_options(model: str, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """What `__options__` says, checked."""
    options = said.get("__options__", {})
    if not isinstance(options, Mapping):
        raise InvalidModelError(f"{model}.Settings.__options__ is a dict of table options, not {options!r}")
    return MappingProxyType(dict(options))


def default_ttl(model: str, said: Mapping[str, Any]) -> int | None:
    """What `__default_ttl__` says, checked."""
    seconds: Any = said.get("__default_ttl__")
    if seconds is not None and (type(seconds) is not int or not 0 <= seconds <= _LONGEST):
        raise InvalidModelError(
            f"{model}.Settings.__default_ttl__ is a number of seconds from 0 to {_LONGEST}, not {seconds!r}"
        )
    return seconds


_LONGEST = 20 * 365 * 24 * 60 * 60
"""What no server keeps longer, in seconds."""
