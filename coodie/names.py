"""What classes are called in CQL, and identifiers as it writes them."""

import re
from functools import lru_cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

_PLAIN = re.compile(r"[a-z][a-z0-9_]*\Z")

# What neither Cassandra 5 nor ScyllaDB takes as a bare name.
RESERVED = frozenset(
    """
    add allow alter and apply asc authorize batch begin by columnfamily create default delete desc describe drop
    entries execute from full grant if in index infinity insert into is keyspace limit materialized mbean mbeans
    modify nan norecursive not null of on or order password primary rename replace revoke schema select set table to
    token truncate unlogged unset update use using view where with
    """.split()  # noqa: SIM905  # words to read
)


@lru_cache(maxsize=4096)
def quoted(name: str) -> str:
    """The identifier, in quotes where CQL would read it otherwise."""
    if _PLAIN.match(name) and name not in RESERVED:
        return name
    return '"' + name.replace('"', '""') + '"'


def qualified(keyspace: str | None, name: str) -> str:
    """A table, type, index or view with its keyspace."""
    return quoted(name) if keyspace is None else f"{quoted(keyspace)}.{quoted(name)}"


def literal(text: str) -> str:
    """A string constant, for where CQL takes no bind mark."""
    return "'" + text.replace("'", "''") + "'"


def snake_case(name: str) -> str:
    """`PageHits` → `page_hits`, `HTTPLog` → `http_log`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def table_name(cls: type) -> str:
    """As a class is called in CQL: `PageHits` → `page_hits`, the generic `Box[list[int]]` → `box_list_int`."""
    return re.sub(r"\W+", "_", snake_case(_class_name(cls))).strip("_")


def _class_name(annotation: Any) -> str:
    """A class's name with those of its type arguments: what pydantic makes of these differs between versions."""
    there = getattr(annotation, "__pydantic_generic_metadata__", None)
    origin, arguments = (
        (there["origin"], there["args"]) if there else (get_origin(annotation), get_args(annotation))
    )
    if origin in (Union, UnionType):
        origin = "Optional" if NoneType in arguments else None
    elif origin is Annotated:
        origin, arguments = None, arguments[:1]
    elif origin is None:
        return str(getattr(annotation, "__name__", annotation))
    parts = (origin, *(each for each in arguments if each is not NoneType))
    return "_".join(
        each if isinstance(each, str) else _class_name(each) for each in parts if each is not None
    )
