"""Identifiers as CQL writes them."""

import re
from functools import lru_cache

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
