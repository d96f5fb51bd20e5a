"""How the server's own tables come to say what exists.

They are ordinary tables. `refresh` brings those of one keyspace up to date before they are read, by the difference to
what they said last, so that a schema change costs nothing until somebody asks.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from operator import is_
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from coodie_memory.clock import SECOND
from coodie_memory.dialect import Dialect
from coodie_memory.dialect.settings import shown as settings_of
from coodie_memory.engine import Engine, Node
from coodie_memory.execution import ring
from coodie_memory.execution.records import Record
from coodie_memory.execution.settings import CLUSTER_NAME, PARTITIONER, settings
from coodie_memory.plan.ddl import compact
from coodie_memory.plan.ddl.keyspaces import DATACENTER
from coodie_memory.plan.ddl.system import system_keyspaces
from coodie_memory.schema.catalog import EMPTY, Schema
from coodie_memory.schema.model import Column, Index, Keyspace, Mask, Table, UserAggregate, UserFunction, View
from coodie_memory.schema.roles import Roles
from coodie_memory.storage.cell import Deletion, Rules, Stamp
from coodie_memory.storage.collection import Complex, Element, complex_of
from coodie_memory.storage.mutation import Mutation
from coodie_memory.storage.position import Position
from coodie_memory.storage.row import Row, row_of
from coodie_memory.types.collections import SetType, unpack
from coodie_memory.types.token import partition_key
from coodie_memory.types.usertype import UserType

if TYPE_CHECKING:
    from uuid import UUID

_SCHEMA, _VIRTUAL_SCHEMA, _AUTH = "system_schema", "system_virtual_schema", "system_auth"
_DISTRIBUTED = "system_distributed"
KEYSPACES = frozenset({"system", _SCHEMA, _VIRTUAL_SCHEMA, "system_views", _AUTH, _DISTRIBUTED})
_BUILD = "coodie_memory"
"""The build of the server: this one."""
Change: TypeAlias = tuple[Record | None, Record | None]
"""What was said and what is to be said."""


class Placed(NamedTuple):
    """A row of a table's partition, which its key's columns name, at its position; None where there is none any more."""

    table: "UUID"
    key: tuple[bytes, ...]
    position: Position
    row: Row | None
    static: Row | None
    """The partition's static row, where the table has any static columns."""


def bring_up_to_date(engine: Engine, keyspace: str) -> None:
    """Before a statement writes to it: what the server says is older than what is written."""
    if keyspace in KEYSPACES:
        refresh(engine, keyspace)


def refresh(engine: Engine, keyspace: str) -> None:
    """Make the tables of one of the server's keyspaces say what is now."""
    shown = engine.described.get(keyspace)
    if shown is not None and all(map(is_, shown, (engine.schema, engine.node, engine.roles))):
        return
    with engine.savepoint():
        if shown is None:
            _begin(engine, _from_the_start(engine.dialect, keyspace))
        before = system_keyspaces(engine.dialect) if shown is None else shown[0]
        moment = engine.next_timestamp(), engine.micros // SECOND
        tables = engine.schema.keyspaces[keyspace].tables
        _apply(engine, [_placed(tables, change, *moment) for change in _changes(engine, keyspace, before)])
        engine.show(keyspace)


@cache
def _from_the_start(dialect: Dialect, keyspace: str) -> tuple[Mutation, ...]:
    """What a keyspace that describes the schema says of the server's own part of it: always the same."""
    if keyspace not in {_SCHEMA, _VIRTUAL_SCHEMA}:
        return ()
    schema = system_keyspaces(dialect)
    tables = schema.keyspaces[keyspace].tables
    said = _difference(EMPTY, schema, is_virtual=keyspace == _VIRTUAL_SCHEMA)
    together: dict[tuple[UUID, tuple[bytes, ...]], list[tuple[Position, Row]]] = {}
    for table, key, position, row, _ in (_placed(tables, change, 0, 0) for change in said):
        if row is not None:
            together.setdefault((table, key), []).append((position, row))
    return tuple(
        Mutation(table, partition_key(key), key, tuple(rows)) for (table, key), rows in together.items()
    )


def _begin(engine: Engine, mutations: Iterable[Mutation]) -> None:
    for mutation in mutations:
        engine.store(engine.schema.tables_by_id[mutation.table])
        engine.apply([mutation], engine.clock.micros() // SECOND)


def _changes(engine: Engine, keyspace: str, before: Schema) -> Iterable[Change]:
    match keyspace:
        case "system":
            known = [_local(engine), *_settings(engine.dialect)]
            shown, node, _ = engine.shown(keyspace)
            return [
                *((None, record) for record in known),
                *_compared(_of_schema(engine, shown, node), _of_schema(engine, engine.schema, engine.node)),
            ]
        case "system_distributed":
            return _compared(
                _build_status(before, engine.host_id), _build_status(engine.schema, engine.host_id)
            )
        case "system_auth":
            return _compared(_role_records(engine.shown(keyspace)[2]), _role_records(engine.roles))
        case "system_views":
            return [
                (None, Record("settings", (name,), {"value": value}))
                for name, value in settings(engine).items()
            ]
        case _:
            return _difference(before, engine.schema, is_virtual=keyspace == _VIRTUAL_SCHEMA)


def _difference(before: Schema, now: Schema, *, is_virtual: bool) -> Iterator[Change]:
    describe = _virtual_records if is_virtual else _keyspace_records
    said_of = now.keyspaces[_VIRTUAL_SCHEMA if is_virtual else _SCHEMA].tables
    for name in before.keyspaces.keys() | now.keyspaces.keys():
        old, new = before.keyspaces.get(name), now.keyspaces.get(name)
        if old is new or any(each and each.is_virtual is not is_virtual for each in (old, new)):
            continue
        was, becomes = describe(old, new), describe(new, old)
        yield from _compared(
            (each for each in was if each.table in said_of),
            (each for each in becomes if each.table in said_of),
        )


def _compared(before: Iterable[Record], after: Iterable[Record]) -> Iterator[Change]:
    was = {(record.table, record.key): record for record in before}
    becomes = {(record.table, record.key): record for record in after}
    for identity in was.keys() | becomes.keys():
        if was.get(identity) != becomes.get(identity):
            yield was.get(identity), becomes.get(identity)


def _of_schema(engine: Engine, schema: Schema, node: Node) -> Iterator[Record]:
    yield from _built(schema)
    if engine.dialect.has_settings_in_system and schema is not EMPTY:
        where = ring.Where(node, engine.host_id)
        yield from ring.node_records(where, engine.dialect)
        yield from ring.placed_records(where, schema)


def _built(schema: Schema) -> Iterator[Record]:
    """The indexes and views that are built, which here is all of them."""
    for name, keyspace in schema.keyspaces.items():
        for table in keyspace.tables.values():
            yield from (Record("IndexInfo", (name, index), {}) for index in table.indexes)
        yield from (
            Record("built_views", (name, view), {"status_replicated": True}) for view in keyspace.all_views
        )


def _build_status(schema: Schema, host: "UUID") -> Iterator[Record]:
    """The same, as the nodes tell one another."""
    for name, keyspace in schema.keyspaces.items():
        for view in keyspace.all_views:
            yield Record("view_build_status", (name, view, host), {"status": "SUCCESS"})


def _role_records(roles: Roles) -> Iterator[Record]:
    """Who there is and who may do what."""
    for role in roles.roles.values():
        values = {
            "can_login": role.can_login,
            "is_superuser": role.is_superuser,
            "salted_hash": role.salted_hash,
            "member_of": set(role.member_of),
        }
        yield Record("roles", (role.name,), values)
        yield from (Record("role_members", (group, role.name), {}) for group in role.member_of)
    for (name, resource), permissions in roles.grants.items():
        yield Record("role_permissions", (name, resource.name), {"permissions": set(permissions)})
        yield Record("resource_role_permissons_index", (resource.name, name), {})
    for identity, name in roles.identities.items():
        yield Record("identity_to_role", (identity,), {"role": name})


def _virtual_records(keyspace: Keyspace | None, _other: Keyspace | None) -> Iterator[Record]:
    if keyspace is None:
        return
    yield Record("keyspaces", (keyspace.name,), {})
    for name, table in keyspace.tables.items():
        yield Record("tables", (keyspace.name, name), {"comment": table.options["comment"]})
        yield from _column_records(table)


def _keyspace_records(keyspace: Keyspace | None, other: Keyspace | None) -> Iterator[Record]:
    """The records of a keyspace, except those of objects that the other one has just the same."""
    if keyspace is None:
        return
    yield Record(
        "keyspaces",
        (keyspace.name,),
        {"durable_writes": keyspace.durable_writes, "replication": dict(keyspace.replication)},
    )
    if keyspace.tablets is not None or keyspace.storage:
        yield _placement_record(keyspace)
    for user_type in keyspace.types.values():
        yield _type_record(user_type)
    yield from map(_function_record, keyspace.functions.values())
    for aggregate in keyspace.aggregates.values():
        yield from _aggregate_records(aggregate)
    for name, table in keyspace.tables.items():
        if other is None or other.tables.get(name) is not table:
            yield Record("tables", (table.keyspace, name), {**_options(table), "flags": _flags(table)})
            yield _more_options(table)
            yield from _column_records(table)
            yield from (_index_record(table, index) for index in table.indexes.values())
    for name, view in keyspace.all_views.items():
        if other is None or other.all_views.get(name) is not view:
            yield _view_record(view)
            yield _more_options(view.table)
            yield from _column_records(view.table)


def _placement_record(keyspace: Keyspace) -> Record:
    options = dict(keyspace.storage)
    kind = options.pop("type", None)
    return Record(
        "scylla_keyspaces",
        (keyspace.name,),
        {
            "initial_tablets": keyspace.tablets,
            "storage_type": kind,
            "storage_options": options if keyspace.storage else None,
        },
    )


def _more_options(table: Table) -> Record:
    """What there is no place for among everybody's options."""
    said = {name: table.options[name] for name in ("cdc", "tablets") if name in table.options}
    return Record("scylla_tables", (table.keyspace, table.name), said)


def _type_record(user_type: UserType) -> Record:
    names = list(user_type.field_names)
    return Record(
        "types",
        (user_type.keyspace, user_type.name),
        {"field_names": names, "field_types": [kind.cql() for kind in user_type.field_types]},
    )


def _function_record(function: UserFunction) -> Record:
    values = {
        "argument_names": list(function.argument_names),
        "body": function.body,
        "called_on_null_input": function.called_on_null,
        "language": function.language,
        "return_type": str(function.returns),
    }
    types = list(map(str, function.argument_types))
    return Record("functions", (function.keyspace, function.name, tuple(types)), values)


def _aggregate_records(aggregate: UserAggregate) -> Iterator[Record]:
    initial = aggregate.initial_state
    values = {
        "final_func": aggregate.final_function,
        "initcond": None if initial is None else aggregate.state_type.to_cql(initial),
        "return_type": str(aggregate.returns),
        "state_func": aggregate.state_function,
        "state_type": str(aggregate.state_type),
    }
    key = aggregate.keyspace, aggregate.name, tuple(map(str, aggregate.argument_types))
    yield Record("aggregates", key, values)
    if aggregate.reduce_function is not None:
        more = {"reduce_func": aggregate.reduce_function, "state_type": str(aggregate.state_type)}
        yield Record("scylla_aggregates", key, more)


def _options(table: Table) -> dict[str, Any]:
    # The two chances are long gone from the server and still shown by it; cdc shows where the node itself does it.
    gone = {"dclocal_read_repair_chance": 0.0, "read_repair_chance": 0.0}
    return {"id": table.id, **gone, **table.options, "cdc": None}


def _flags(table: Table) -> set[str]:
    is_dense = table.is_compact and not table.is_static_compact
    marks = {
        "compound": not table.is_compact or (is_dense and len(table.clustering) > 1),
        "counter": table.is_counter,
        "dense": is_dense,
    }
    return {mark for mark, holds in marks.items() if holds}


def _column_records(table: Table) -> Iterator[Record]:
    for column in compact.described(table).columns.values():
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
        if column.mask is not None:
            yield _mask_record(table, column, column.mask)
    for dropped in table.dropped.values():
        yield Record(
            "dropped_columns",
            (table.keyspace, table.name, dropped.column.name),
            {
                "dropped_time": _millis(dropped.dropped_at),
                "kind": dropped.column.kind,
                "type": dropped.column.type.cql(),
            },
        )


def _mask_record(table: Table, column: Column, mask: Mask) -> Record:
    pairs = list(zip(mask.argument_types, mask.arguments, strict=True))
    return Record(
        "column_masks",
        (table.keyspace, table.name, column.name),
        {
            "function_argument_nulls": [raw is None for _, raw in pairs],
            "function_argument_types": [str(kind) for kind, _ in pairs],
            "function_argument_values": ["" if raw is None else kind.to_text(raw) for kind, raw in pairs],
            "function_keyspace": mask.keyspace,
            "function_name": mask.name,
        },
    )


def _millis(micros: int) -> int:
    # As Java divides: towards 1970.
    return micros // 1000 if micros >= 0 else -(-micros // 1000)


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
    dialect, node = engine.dialect, engine.node
    values = {
        "bootstrapped": "COMPLETED",
        "broadcast_address": node.address,
        "broadcast_port": 7000,
        "cluster_name": CLUSTER_NAME,
        "cql_version": dialect.cql_version,
        "data_center": DATACENTER,
        "gossip_generation": engine.clock.micros() // SECOND,
        "host_id": engine.host_id,
        "listen_address": node.address,
        "listen_port": 7000,
        "native_protocol_version": "5" if dialect.speaks_version_5 else "4",
        "partitioner": PARTITIONER,
        "rack": ring.RACK,
        "release_version": dialect.release_version,
        "rpc_address": node.address,
        "rpc_port": node.port,
        "schema_version": engine.schema.version,
        "tokens": {ring.RING_POSITION},
    }
    return Record("local", ("local",), values)


def _settings(dialect: Dialect) -> Iterator[Record]:
    if not dialect.has_settings_in_system:
        return
    for name, (value, kind) in settings_of(dialect).items():
        yield Record("config", (name,), {"value": value, "type": kind, "source": "default"})
    said = {"version": dialect.product_version, "build_mode": "release", "build_id": _BUILD}
    yield Record("versions", ("local",), said)


def _apply(engine: Engine, placed: Iterable[Placed]) -> None:
    """Put each row in place of what stood there: of what is gone nothing stays, not even that it is gone."""
    for each in placed:
        store, key = engine.store(engine.schema.tables_by_id[each.table]), partition_key(each.key)
        store.put(key, each.key, each.position, each.row)
        if each.static is not None or each.row is None:
            store.put_static(key, each.static)


def _placed(tables: Mapping[str, Table], change: Change, timestamp: int, now: int) -> Placed:
    before, after = change
    record = after or before
    assert record is not None
    table = tables[record.table]
    raws = [column.type.encode(value) for column, value in zip(table.primary_key, record.key, strict=True)]
    key, clustering = tuple(raws[: len(table.partition_key)]), raws[len(table.partition_key) :]
    position = tuple(column.type.order(raw) for column, raw in zip(table.clustering, clustering, strict=True))
    if after is None:
        return Placed(table.id, key, position, None, None)
    row = _row(table, table.regulars, tuple(clustering), after.values, (timestamp, now))
    static = _row(table, table.statics, (), after.values, (timestamp, now)) if table.statics else None
    return Placed(table.id, key, position, row, static)


def _row(
    table: Table,
    columns: Iterable[Column],
    clustering: tuple[bytes, ...],
    given: Mapping[str, Any],
    moment: tuple[int, int],
) -> Row:
    timestamp, now = moment
    stamp = Stamp(timestamp)
    values: list[Any] = [None] * table.next_slot
    stamps: list[Stamp | None] = [None] * table.next_slot
    for column in columns:
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
