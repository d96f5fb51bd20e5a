"""What ScyllaDB's tables tell of the one node there is, and of where it keeps what.

The node has the whole ring. What a node measures of itself, memory and load and who is connected, is not told, since
there is nothing that would be true.
"""

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from coodie_memory.dialect import Dialect
from coodie_memory.engine import Node
from coodie_memory.execution.records import Record
from coodie_memory.plan.ddl.keyspaces import DATACENTER
from coodie_memory.schema.catalog import Schema
from coodie_memory.schema.model import Keyspace, Table

RACK = "rack1"
RING_POSITION = "0"
"""The one token of the one node."""
_FIRST, _LAST = -(2**63), 2**63 - 1
_RUNTIME = {
    "gossip_active": "true",
    "incremental_backup_enabled": "false",
    "trace_probability": "0",
}


class Where(NamedTuple):
    """The one node."""

    node: Node
    host: UUID


def node_records(where: Where, dialect: Dialect) -> Iterator[Record]:
    """What does not depend on the schema."""
    node = where.node
    status = {
        "dc": DATACENTER,
        "host_id": where.host,
        "owns": 1.0,
        "status": "NORMAL",
        "tokens": 1,
        "up": True,
    }
    yield Record("cluster_status", (node.address,), status)
    server = {
        "listen_addresses": [f"{node.address}:{node.port}"],
        "protocol": "cql",
        "protocol_version": dialect.cql_version,
    }
    yield Record("protocol_servers", ("native",), server)
    for item, value in _RUNTIME.items():
        yield Record("runtime_info", ("generic", item), {"value": value})


def placed_records(where: Where, schema: Schema) -> Iterator[Record]:
    """Where tables are kept: by tablets, of which each has one, or by the tokens of nodes."""
    for keyspace in schema.keyspaces.values():
        if keyspace.replication["class"].endswith("LocalStrategy"):
            continue
        if keyspace.tablets is None:
            yield _range(where, keyspace, "<ALL>", (RING_POSITION, RING_POSITION))
            continue
        for table in _tables(keyspace):
            yield _range(where, keyspace, table.name, (str(_FIRST), str(_LAST)))
            yield _tablet(where, table)


def _tables(keyspace: Keyspace) -> Iterator[Table]:
    yield from keyspace.tables.values()
    yield from (view.table for view in keyspace.all_views.values())


def _range(where: Where, keyspace: Keyspace, table: str, tokens: tuple[str, str]) -> Record:
    start, end = tokens
    key = keyspace.name, table, start, where.node.address
    return Record("token_ring", key, {"dc": DATACENTER, "end_token": end, "rack": RACK})


def _tablet(where: Where, table: Table) -> Record:
    values = {
        "keyspace_name": table.keyspace,
        "replicas": [(where.host, 0)],
        "resize_seq_number": 0,
        "resize_type": "none",
        "table_name": table.name,
        "tablet_count": 1,
    }
    return Record("tablets", (table.id, _LAST), values)
