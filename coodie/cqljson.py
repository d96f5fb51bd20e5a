"""Rows as JSON texts, in the notation that `INSERT … JSON` takes."""

import json
import math
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from typing import Any
from uuid import UUID

from coodie.codecs import UserValue
from coodie.statement import CqlDuration


def row_text(names: Sequence[str], values: Sequence[Any], *, bare_fields: bool = False) -> str:
    """A row, of column names and plain values (`coodie.statement` lists them).

    `bare_fields`: user types' fields are called as they are, as ScyllaDB wants it, which reads only columns as Cassandra
    reads both.
    """
    field_name = str if bare_fields else _key
    return json.dumps(
        {_key(name): _plain(value, field_name) for name, value in zip(names, values, strict=True)}
    )


def tells_servers_apart(value: Any) -> bool:
    """Whether there is a user type's field in it whose name the servers want differently."""
    match value:
        case UserValue():
            return any(_key(name) != name or tells_servers_apart(each) for name, each in value.items())
        case dict():
            return any(tells_servers_apart(each) for pair in value.items() for each in pair)
        case list() | tuple() | set() | frozenset():
            return any(map(tells_servers_apart, value))
        case _:
            return False


def _key(name: str) -> str:
    """A column, to Cassandra a field too: it reads a bare name in lower case, and takes outer quotes off others."""
    return f'"{name}"' if name != name.lower() or '"' in name else name


def _plain(value: Any, field_name: Callable[[str], str]) -> Any:
    """The value as JSON has it; what JSON has not is a text that the server parses by the column's type."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return (
                value if math.isfinite(value) else str(value).replace("inf", "Infinity").replace("nan", "NaN")
            )
        case bytes():
            return f"0x{value.hex()}"
        case datetime():
            return value.isoformat(timespec="milliseconds")  # not a number: servers refuse those of 32 bits
        case date() | time():
            return value.isoformat()
        case CqlDuration(months, days, nanoseconds):
            sign = "-" if min(months, days, nanoseconds) < 0 else ""
            return f"{sign}{abs(months)}mo{abs(days)}d{abs(nanoseconds)}ns"
        case Decimal() | UUID() | IPv4Address() | IPv6Address():
            return str(value)
        case list() | tuple() | set() | frozenset():
            return [_plain(each, field_name) for each in value]
        case UserValue():
            return {field_name(name): _plain(each, field_name) for name, each in value.items()}
        case dict():
            return {_text(key, field_name): _plain(each, field_name) for key, each in value.items()}
    raise TypeError(f"{value!r} is no value of a row")


def _text(key: Any, field_name: Callable[[str], str]) -> str:
    """A map's key, which JSON wants to be a text: a text itself, or the JSON of what it is."""
    plain = _plain(key, field_name)
    return plain if isinstance(plain, str) else json.dumps(plain)
