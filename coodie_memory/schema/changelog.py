"""The table in which a table's changes are logged: its name, its columns, and what the table's option says of it.

A log's rows are ordinary rows. Its key is a stream, a time and a number within it; then follow what kind of change it
was, and for each column of the table what was written to it, whether it was deleted, and which of its elements were.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from uuid import UUID

from coodie_memory.schema.model import Column, Index, Table
from coodie_memory.types.base import CqlType
from coodie_memory.types.booleans import BOOLEAN
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.integers import BIGINT, INT, SMALLINT, TINYINT
from coodie_memory.types.strings import BLOB
from coodie_memory.types.usertype import UserType
from coodie_memory.types.uuids import TIMEUUID
from coodie_memory.value import Value, replace

SUFFIX = "_scylla_cdc_log"
OPERATION, TTL, END = "cdc$operation", "cdc$ttl", "cdc$end_of_batch"
DELETED, DELETED_ELEMENTS = "cdc$deleted_", "cdc$deleted_elements_"
_DAY = 24 * 3600


class Logging(Value):
    """What `cdc` says: which values are logged beside those that are written, and for how many seconds all of it is kept."""

    preimage: str
    """`false`, `true` for the columns that change, or `full`."""
    postimage: bool
    keys_only: bool
    seconds: int


def logging(table: Table) -> Logging | None:
    """What is logged of a table, for its option or for an index on vectors; None where nothing is."""
    given = table.options.get("cdc")
    if not isinstance(given, Mapping):
        given = {}
    if given.get("enabled") != "true" and not any(map(follows_log, table.indexes.values())):
        return None
    return Logging(
        given.get("preimage", "false"),
        given.get("postimage", "false") == "true",
        given.get("delta", "full") == "keys",
        int(given.get("ttl", str(_DAY))),
    )


def follows_log(index: Index) -> bool:
    """Whether the index is kept elsewhere, and reads from the log what changes."""
    return (index.class_name or "").lower() == "vector_index"


def is_log(table: Table) -> bool:
    """Whether the table is a log, by its name and its first column."""
    return table.name.endswith(SUFFIX) and "cdc$stream_id" in table.columns


def base_of(log: Table) -> str:
    """The name of the table whose changes are in the log."""
    return log.name.removesuffix(SUFFIX)


def log_of(base: Table, identity: UUID, options: Mapping[str, object]) -> Table:
    """The log of a table."""
    empty = Table(
        base.keyspace,
        base.name + SUFFIX,
        identity,
        MappingProxyType(
            {
                "cdc$stream_id": Column("cdc$stream_id", BLOB, "partition_key", 0),
                "cdc$time": Column("cdc$time", TIMEUUID, "clustering", 0),
                "cdc$batch_seq_no": Column("cdc$batch_seq_no", INT, "clustering", 1),
            }
        ),
        options,
    )
    return following(base, empty)


def following(base: Table, log: Table) -> Table:
    """The log with a place for every column of its table; what is there stays, columns that are dropped included."""
    key = [column for column in log.columns.values() if column.is_key]
    others = {column.name: column for column in log.columns.values() if not column.is_key}
    slot = log.next_slot
    for name, kind in _columns(base):
        if name not in others:
            others[name] = Column(name, kind, "regular", -1, slot=slot)
            slot += 1
    ordered = [*key, *sorted(others.values(), key=lambda column: column.name.encode())]
    columns = MappingProxyType({column.name: column for column in ordered})
    return replace(log, columns=columns, next_slot=slot)


def _columns(base: Table) -> Iterator[tuple[str, CqlType]]:
    yield OPERATION, TINYINT
    yield TTL, BIGINT
    yield END, BOOLEAN
    for column in base.columns.values():
        yield column.name, _whole(column.type)
        if not column.is_key:
            yield DELETED + column.name, BOOLEAN
            if column.type.is_multicell:
                yield DELETED_ELEMENTS + column.name, SetType(_path(column.type)).freeze()


def _whole(kind: CqlType) -> CqlType:
    """What a column's cells are logged as: a list's are known by their times."""
    if isinstance(kind, ListType) and kind.is_multicell:
        return MapType(TIMEUUID, kind.element).freeze()
    return kind.freeze()


def _path(kind: CqlType) -> CqlType:
    match kind:
        case ListType():
            return TIMEUUID
        case SetType():
            return kind.element
        case MapType():
            return kind.key
        case UserType():
            return SMALLINT
        case _:
            raise AssertionError(f"{kind} has no cells")
