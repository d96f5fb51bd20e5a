"""Names and strings as CQL text spells them."""

import re

_PLAIN = re.compile(r"[a-z][a-z0-9_]*")
_WORDS = (
    "add allow alter and apply asc authorize batch begin by columnfamily create delete desc describe drop "
    "entries execute from full grant if in index infinity insert into is keyspace limit materialized "
    "modify nan norecursive not null of on or order primary rename revoke schema select set table to "
    "token truncate unlogged update use using view where with"
)
_RESERVED = frozenset(_WORDS.split())


def identifier(name: str) -> str:
    """The name, quoted if it needs to be."""
    if _PLAIN.fullmatch(name) and name not in _RESERVED:
        return name
    return '"' + name.replace('"', '""') + '"'


def string(text: str) -> str:
    """The string literal."""
    return "'" + text.replace("'", "''") + "'"
