"""The table that every contestant has: eight columns, a composite primary key, partitions of a hundred rows."""

from typing import Final, TypeAlias

PARTITION: Final = 100
HIT_EVERY: Final = 10
TICKET: Final = 10

Values: TypeAlias = tuple[int, int, str, str, int, bool, int, int]

COLUMNS: Final = ("owner", "seq", "title", "status", "priority", "done", "created", "ticket")
CREATE: Final = (
    "CREATE TABLE {table} (owner int, seq int, title text, status text, priority int, done boolean, "
    "created bigint, ticket int, PRIMARY KEY (owner, seq))"
)
INSERT: Final = f"INSERT INTO {{table}} ({', '.join(COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
READ: Final = "SELECT * FROM {table} WHERE owner = ? AND seq = ?"
FILTER: Final = "SELECT * FROM {table} WHERE status = ?"
SLICE: Final = "SELECT * FROM {table} WHERE owner = ?"
INDEXED: Final = "SELECT * FROM {table} WHERE ticket = ?"


def values(number: int) -> Values:
    """The row of this number."""
    owner, seq = key(number)
    status = "todo" if number % HIT_EVERY == 0 else "done"
    return owner, seq, f"title {number}", status, number % 5, number % 2 == 0, number * 1000, number // TICKET


def key(number: int) -> tuple[int, int]:
    """Its primary key."""
    return number // PARTITION, number % PARTITION


def name(number: int) -> str:
    """Its key for databases that have only one."""
    return f"{number // PARTITION}:{number % PARTITION}"
