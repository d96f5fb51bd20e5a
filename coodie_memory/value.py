"""Values: the nodes of trees and plans, frozen classes of named fields that are cheap to define.

A class of `Value` is what `@dataclass(frozen=True, slots=True)` makes of it, to readers, type checkers and `match`:

    class Marker(Value):
        name: str | None
        index: int = 0

It exists because `dataclass` compiles source text for every class: 0.42 ms each in Python 3.11, and slots make the class
twice. The engine has some two hundred nodes, which were 90 of the 150 ms that loading it took. Here a class takes
0.01 ms, since all of them share the methods below; a `NamedTuple` takes 0.06 ms, and a node would equal any other with
the same parts. The price is paid by instances: three fields in order 0.6 µs for 0.4 µs, by name 1.2 µs for 0.6 µs.

Fields are the annotations of the class, nothing is inherited but methods, and there is no `field(...)`: a class that needs
more than this, or is made for each row, is a dataclass.
"""

import sys
from collections.abc import Callable, Iterable, Mapping
from itertools import repeat
from operator import attrgetter, call
from typing import Any, Final, NoReturn, Self, TypeVar, dataclass_transform

if sys.version_info >= (3, 14):
    from annotationlib import Format, call_annotate_function, get_annotate_from_class_namespace

V = TypeVar("V", bound="Value")
_NO_POSITIONS: Final = -1


def _annotated(namespace: dict[str, Any]) -> Iterable[str]:
    """The names that a class body annotates."""
    if sys.version_info >= (3, 14):
        annotate = get_annotate_from_class_namespace(namespace)
        return call_annotate_function(annotate, Format.FORWARDREF) if annotate else ()
    annotations: dict[str, Any] = namespace.get("__annotations__", {})
    return annotations


def _getter(fields: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """What gives the values of all fields, in one step where it can."""
    if len(fields) > 1:
        return attrgetter(*fields)
    return lambda value: tuple([getattr(value, field) for field in fields])


@dataclass_transform(frozen_default=True)
class _ValueClass(type):
    """Makes slots of a class's annotations; with `caches`, its `cached_property`s have a place, too.

    With `identity` a value is equal to itself alone.
    """

    _fields: tuple[str, ...]
    _setters: tuple[Callable[[Any, Any], None], ...]
    _defaults: Mapping[str, Any]
    _values: Callable[[Any], tuple[Any, ...]]
    _positions: int

    def __new__(
        cls,
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        *,
        kw_only: bool = False,
        caches: bool = False,
        identity: bool = False,
    ) -> "_ValueClass":
        fields = tuple(_annotated(namespace))
        # A slot is a descriptor in the class, where the default would stand.
        defaults = {field: namespace.pop(field) for field in fields if field in namespace}
        namespace["__slots__"] = (*fields, "__dict__") if caches else fields
        namespace["__match_args__"] = () if kw_only else fields
        made = super().__new__(cls, name, bases, namespace)
        made._fields, made._defaults = fields, defaults
        made._setters = tuple([getattr(made, field).__set__ for field in fields])
        made._values = _getter(fields)
        made._positions = _NO_POSITIONS if kw_only else len(fields)
        if identity:
            made.__eq__, made.__hash__ = object.__eq__, object.__hash__  # type: ignore[method-assign,assignment]
        return made


class Value(metaclass=_ValueClass):
    """A frozen value, equal to another of the same class with equal fields."""

    def __init__(self, *given: Any, **named: Any) -> None:
        cls = type(self)
        if named or len(given) != cls._positions:
            given = _completed(cls, given, named)
        # All fields in one step, half as long as a loop takes: each `__set__` answers None, so that none is left out.
        any(map(call, cls._setters, repeat(self), given))

    def __eq__(self, other: object) -> bool:
        cls = type(self)
        if type(other) is not cls:
            return NotImplemented
        return cls._values(self) == cls._values(other)

    def __hash__(self) -> int:
        cls = type(self)
        return hash(cls._values(self))

    def __repr__(self) -> str:
        fields = zip(type(self)._fields, values_of(self), strict=True)
        return f"{type(self).__qualname__}({', '.join(f'{name}={value!r}' for name, value in fields)})"

    def __setattr__(self, name: str, _value: object) -> NoReturn:
        raise AttributeError(f"cannot assign to {name!r}: a {type(self).__name__} is a value")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"cannot delete {name!r}: a {type(self).__name__} is a value")

    def __replace__(self, /, **changes: Any) -> Self:
        cls = type(self)
        values = {**dict(zip(cls._fields, cls._values(self), strict=True)), **changes}
        # By position where that is allowed, and nothing is changed that is not there: it takes half the time.
        return cls(*values.values()) if len(values) == cls._positions else cls(**values)

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), values_of(self))


def replace(value: V, /, **changes: Any) -> V:
    """The value with some of its fields changed."""
    return value.__replace__(**changes)


def _completed(cls: _ValueClass, given: tuple[Any, ...], named: Mapping[str, Any]) -> tuple[Any, ...]:
    """What the arguments of a call mean: a value for each field."""
    taken = len(given)
    rest, values = cls._fields[taken:], {**cls._defaults, **named} if named else cls._defaults
    try:
        found = (*given, *[values[name] for name in rest])
    except KeyError as missing:
        raise TypeError(f"{cls.__name__}() is missing the field {missing}") from None
    if taken > max(cls._positions, 0):
        raise TypeError(f"{cls.__name__}() takes {max(cls._positions, 0)} fields by position, not {taken}")
    for name in named:
        if name not in rest:
            problem = "twice" if name in cls._fields else "a field that it has not"
            raise TypeError(f"{cls.__name__}() is given {problem}: {name!r}")
    return found


def values_of(value: Value) -> tuple[Any, ...]:
    """What the value's fields hold, in their order."""
    cls = type(value)
    return cls._values(value)


def _restored(cls: type[V], values: tuple[Any, ...]) -> V:
    """What was pickled or copied, by position even where only names are allowed."""
    return cls(**dict(zip(cls._fields, values, strict=True)))
