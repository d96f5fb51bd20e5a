"""How the server's own tables come to say what exists.

`system_schema` and `system` are ordinary tables. `refresh` brings them up to date before they are read, by the difference
to what they said last, so that a schema change costs nothing until somebody asks.
"""

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Address
from typing import Any, NamedTuple

from coodie_memory.clock import SECOND
from coodie_memory.engine import Engine
from coodie_memory.plan.ddl.keyspaces import DATACENTER
from coodie_memory.schema.catalog import Schema
from coodie_memory.schema.model import Column, Index, Keyspace, Table, View
from coodie_memory.storage.cell import Deletion, Rules, Stamp
from coodie_memory.storage.collection import Complex, Element, complex_of
from coodie_memory.storage.mutation import Mutation
from coodie_memory.storage.row import Row, deleted, row_of
from coodie_memory.types.collections import SetType, unpack
from coodie_memory.types.usertype import UserType

KEYSPACES = frozenset({"system", "system_schema"})
_NODE = IPv4Address("127.0.0.1")


class Record(NamedTuple):
    """A row: its table's name, the primary key's values, the other columns' values by name."""

    table: str
    key: tuple[Any, ...]
    values: Mapping[str, Any]


def refresh(engine: Engine) -> None:
    """Make the system tables say what the engine's schema is now."""
    before, now = engine.described, engine.schema
    if before is now:
        return
    with engine.savepoint():
        _write(engine, "system_schema", _difference(before, now))
        _write(engine, "system", [(None, _local(engine))])
        engine.describe(now)


def _difference(before: Schema, now: Schema) -> Iterator[tuple[Record | None, Record | None]]:
    """Pairs of what was said and what is to be said."""
    for name in before.keyspaces.keys() | now.keyspaces.keys():
        old, new = before.keyspaces.get(name), now.keyspaces.get(name)
        if old is new:
            continue
        was = {(record.table, record.key): record for record in _keyspace_records(old, new)}
        becomes = {(record.table, record.key): record for record in _keyspace_records(new, old)}
        for identity in was.keys() | becomes.keys():
            if was.get(identity) != becomes.get(identity):
                yield was.get(identity), becomes.get(identity)


def _keyspace_records(keyspace: Keyspace | None, other: Keyspace | None) -> Iterator[Record]:
    """The records of a keyspace, except those of objects that the other one has just the same."""
    if keyspace is None:
        return
    yield Record(
        "keyspaces",
        (keyspace.name,),
        {"durable_writes": keyspace.durable_writes, "replication": dict(keyspace.replication)},
    )
    for user_type in keyspace.types.values():
        yield _type_record(user_type)
    for name, table in keyspace.tables.items():
        if other is None or other.tables.get(name) is not table:
            yield Record("tables", (table.keyspace, name), {**_options(table), "flags": _flags(table)})
            yield from _column_records(table)
            yield from (_index_record(table, index) for index in table.indexes.values())
    for name, view in keyspace.views.items():
        if other is None or other.views.get(name) is not view:
            yield _view_record(view)
            yield from _column_records(view.table)


def _type_record(user_type: UserType) -> Record:
    names = list(user_type.field_names)
    return Record(
        "types",
        (user_type.keyspace, user_type.name),
        {"field_names": names, "field_types": [kind.cql() for kind in user_type.field_types]},
    )


def _options(table: Table) -> dict[str, Any]:
    # The two chances are long gone from the server and still shown by it; cdc shows where the node itself does it.
    gone = {"dclocal_read_repair_chance": 0.0, "read_repair_chance": 0.0}
    return {"id": table.id, **gone, **table.options, "cdc": None}


def _flags(table: Table) -> set[str]:
    return {"compound", "counter"} if table.is_counter else {"compound"}


def _column_records(table: Table) -> Iterator[Record]:
    for column in table.columns.values():
        yield Record(
            "columns",
            (table.keyspace, table.name, column.name),
            {
                "clustering_order": _order(column),
                "column_name_bytes": column.name.encode(),
                "kind": column.kind,
                "position": column.position,
                "type": column.type.cql(),
            },
        )
    for dropped in table.dropped.values():
        yield Record(
            "dropped_columns",
            (table.keyspace, table.name, dropped.column.name),
            {
                "dropped_time": dropped.dropped_at // 1000,
                "kind": dropped.column.kind,
                "type": dropped.column.type.freeze().cql()
                if isinstance(dropped.column.type, UserType)
                else dropped.column.type.cql(),
            },
        )


def _order(column: Column) -> str:
    if column.kind != "clustering":
        return "none"
    return "desc" if column.descending else "asc"


def _index_record(table: Table, index: Index) -> Record:
    kind = "COMPOSITES" if index.class_name is None else "CUSTOM"
    return Record(
        "indexes", (table.keyspace, table.name, index.name), {"kind": kind, "options": dict(index.options)}
    )


def _view_record(view: View) -> Record:
    values = {
        **_options(view.table),
        "base_table_id": view.base,
        "base_table_name": view.base_name,
        "include_all_columns": view.include_all_columns,
        "where_clause": view.where_clause,
    }
    return Record("views", (view.table.keyspace, view.table.name), values)


def _local(engine: Engine) -> Record:
    dialect = engine.dialect
    values = {
        "bootstrapped": "COMPLETED",
        "broadcast_address": _NODE,
        "broadcast_port": 7000,
        "cluster_name": "Test Cluster",
        "cql_version": dialect.cql_version,
        "data_center": DATACENTER,
        "gossip_generation": engine.clock.micros() // SECOND,
        "host_id": engine.host_id,
        "listen_address": _NODE,
        "listen_port": 7000,
        "native_protocol_version": "5",
        "partitioner": "org.apache.cassandra.dht.Murmur3Partitioner",
        "rack": "rack1",
        "release_version": dialect.release_version,
        "rpc_address": _NODE,
        "rpc_port": 9042,
        "schema_version": engine.schema.version,
        "tokens": {"0"},
    }
    return Record("local", ("local",), values)


def _write(engine: Engine, keyspace: str, changes: Iterable[tuple[Record | None, Record | None]]) -> None:
    now = engine.clock.micros() // SECOND
    for before, after in changes:
        record = after or before
        assert record is not None
        table = engine.schema.keyspaces[keyspace].tables[record.table]
        engine.store(table)
        engine.apply([_mutation(engine, table, record, after)], now)


def _mutation(engine: Engine, table: Table, record: Record, after: Record | None) -> Mutation:
    """The row as a whole in place of what stood there, or its deletion."""
    timestamp, now = engine.next_timestamp(), engine.clock.micros() // SECOND
    key, *clustering = (
        column.type.encode(value) for column, value in zip(table.primary_key, record.key, strict=True)
    )
    position = tuple(column.type.order(raw) for column, raw in zip(table.clustering, clustering, strict=True))
    if after is None:
        return Mutation(
            table.id, key, (key,), ((position, deleted(tuple(clustering), Deletion(timestamp, now))),)
        )
    row = _row(table, tuple(clustering), after.values, timestamp, now)
    return Mutation(table.id, key, (key,), ((position, row),))


def _row(
    table: Table, clustering: tuple[bytes, ...], given: Mapping[str, Any], timestamp: int, now: int
) -> Row:
    stamp = Stamp(timestamp)
    values: list[Any] = [None] * table.next_slot
    stamps: list[Stamp | None] = [None] * table.next_slot
    for column in table.regulars:
        value = given.get(column.name)
        if value is None:
            continue
        if isinstance(column.type, SetType) and column.type.is_multicell:
            values[column.slot] = _members(column.type, column.type.encode(value), stamp)
        else:
            values[column.slot], stamps[column.slot] = column.type.encode(value), stamp
    return row_of(clustering, values, stamps, stamp, Deletion(timestamp - 1, now))


def _members(kind: SetType, raw: bytes, stamp: Stamp) -> Complex:
    members = [member for member in unpack(raw, "set") if member is not None]
    return complex_of(
        [Element(kind.element.order(each), each, b"", stamp) for each in members], None, Rules()
    )
