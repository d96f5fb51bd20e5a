"""Python functions that stand in for the bodies of user-defined functions, which are Java or Lua."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from typing import Any, TypeAlias
from uuid import UUID

from coodie_memory.types.base import CqlType
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.tuples import TupleType
from coodie_memory.types.usertype import UserType
from coodie_memory.types.vector import VectorType

Parameter: TypeAlias = str | type
"""An argument's type: CQL (`"list<int>"`), or the Python class of its values."""
Body: TypeAlias = Callable[..., Any]

_NATIVE: dict[type, frozenset[str]] = {
    bool: frozenset({"boolean"}),
    int: frozenset({"tinyint", "smallint", "int", "bigint", "varint", "counter"}),
    float: frozenset({"float", "double"}),
    Decimal: frozenset({"decimal"}),
    str: frozenset({"text", "ascii"}),
    bytes: frozenset({"blob"}),
    UUID: frozenset({"uuid", "timeuuid"}),
    datetime: frozenset({"timestamp"}),
    date: frozenset({"date"}),
    time: frozenset({"time"}),
    IPv4Address: frozenset({"inet"}),
    IPv6Address: frozenset({"inet"}),
}
_STRUCTURED: dict[type, tuple[type[CqlType], ...]] = {
    list: (ListType, VectorType),
    set: (SetType,),
    frozenset: (SetType,),
    dict: (MapType, UserType),
    tuple: (TupleType,),
}


class Code:
    """The Python functions of one cluster, by the name and the argument types of the CQL functions they are for.

    `is_running`: one of them is being called. They run inside their statement, under the engine's lock.
    """

    def __init__(self) -> None:
        self.is_running = False
        self._bodies: dict[tuple[str, tuple[Parameter, ...]], Body] = {}

    def register(self, name: str, argument_types: Sequence[Parameter], function: Body) -> None:
        """Let `function` be the body of the CQL function `name`, as in `"ks.state_max"`, with these argument types.

        A type is a CQL type's text (`"list<int>"`) or the Python class of its values (`int` stands for every integer
        type). The function takes Python values, None for null, and returns one; the last one registered counts. It may
        be registered before or after CREATE FUNCTION. It runs inside the statement that calls it, which is atomic: it
        cannot execute statements of its own, and must not wait for a thread that does.
        """
        if "." not in name:
            raise ValueError(f"{name!r} names no keyspace; register a function as 'keyspace.{name}'")
        spelt = tuple(_normal(each) if isinstance(each, str) else each for each in argument_types)
        self._bodies.pop((name, spelt), None)
        self._bodies[name, spelt] = function

    @contextmanager
    def running(self) -> Iterator[None]:
        """While one of the functions is called."""
        self.is_running = True
        try:
            yield
        finally:
            self.is_running = False

    def find(self, keyspace: str, name: str, argument_types: Sequence[CqlType]) -> Body | None:
        """What was registered for a function; the exact types are preferred."""
        exact = tuple(_normal(str(kind)) for kind in argument_types)
        if found := self._bodies.get((f"{keyspace}.{name}", exact)):
            return found
        for (registered, parameters), body in reversed(self._bodies.items()):
            if registered == f"{keyspace}.{name}" and _fit(parameters, argument_types):
                return body
        return None


def _normal(text: str) -> str:
    """A CQL type's text without what makes no difference for values."""
    text = text.replace(" ", "").lower()
    while "frozen<" in text:
        start = text.index("frozen<")
        end = _closing(text, start + len("frozen<"))
        text = text[:start] + text[start + len("frozen<") : end] + text[end + 1 :]
    return {"varchar": "text"}.get(text, text)


def _closing(text: str, at: int) -> int:
    """Where the bracket that is open at `at` is closed."""
    depth = 1
    while depth and at < len(text):
        depth += {"<": 1, ">": -1}.get(text[at], 0)
        at += 1
    return at - 1


def _fit(parameters: Sequence[Parameter], kinds: Sequence[CqlType]) -> bool:
    return len(parameters) == len(kinds) and all(map(_fits, parameters, kinds))


def _fits(parameter: Parameter, kind: CqlType) -> bool:
    if isinstance(parameter, str):
        return parameter == _normal(str(kind))
    if parameter in _STRUCTURED:
        return isinstance(kind, _STRUCTURED[parameter])
    return str(kind) in _NATIVE.get(parameter, ())
