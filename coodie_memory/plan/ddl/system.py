"""The server's own keyspaces, as CQL: Cassandra 5.0.6 describes them so."""

from functools import cache
from hashlib import md5
from types import MappingProxyType
from uuid import UUID

from coodie_memory.cql import ast
from coodie_memory.cql.statements import parse
from coodie_memory.dialect import Dialect
from coodie_memory.plan.ddl.tables import create_table
from coodie_memory.schema.catalog import EMPTY, Schema
from coodie_memory.schema.model import Keyspace

_LOCAL = MappingProxyType({"class": "org.apache.cassandra.locator.LocalStrategy"})
_TRACES = MappingProxyType(
    {"class": "org.apache.cassandra.locator.SimpleStrategy", "replication_factor": "2"}
)
_OPTIONS = """
    additional_write_policy text, allow_auto_snapshot boolean, bloom_filter_fp_chance double,
    caching frozen<map<text, text>>, cdc boolean, comment text, compaction frozen<map<text, text>>,
    compression frozen<map<text, text>>, crc_check_chance double, dclocal_read_repair_chance double,
    default_time_to_live int, extensions frozen<map<text, blob>>, gc_grace_seconds int, id uuid,
    incremental_backups boolean, max_index_interval int, memtable text, memtable_flush_period_in_ms int,
    min_index_interval int, read_repair text, read_repair_chance double, speculative_retry text,
"""
_TABLES = f"""
CREATE TABLE system_schema.aggregates (keyspace_name text, aggregate_name text, argument_types frozen<list<text>>,
    final_func text, initcond text, return_type text, state_func text, state_type text,
    PRIMARY KEY (keyspace_name, aggregate_name, argument_types));
CREATE TABLE system_schema.column_masks (keyspace_name text, table_name text, column_name text,
    function_argument_nulls frozen<list<boolean>>, function_argument_types frozen<list<text>>,
    function_argument_values frozen<list<text>>, function_keyspace text, function_name text,
    PRIMARY KEY (keyspace_name, table_name, column_name));
CREATE TABLE system_schema.columns (keyspace_name text, table_name text, column_name text, clustering_order text,
    column_name_bytes blob, kind text, position int, type text,
    PRIMARY KEY (keyspace_name, table_name, column_name));
CREATE TABLE system_schema.dropped_columns (keyspace_name text, table_name text, column_name text,
    dropped_time timestamp, kind text, type text, PRIMARY KEY (keyspace_name, table_name, column_name));
CREATE TABLE system_schema.functions (keyspace_name text, function_name text, argument_types frozen<list<text>>,
    argument_names frozen<list<text>>, body text, called_on_null_input boolean, language text, return_type text,
    PRIMARY KEY (keyspace_name, function_name, argument_types));
CREATE TABLE system_schema.indexes (keyspace_name text, table_name text, index_name text, kind text,
    options frozen<map<text, text>>, PRIMARY KEY (keyspace_name, table_name, index_name));
CREATE TABLE system_schema.keyspaces (keyspace_name text PRIMARY KEY, durable_writes boolean,
    replication frozen<map<text, text>>);
CREATE TABLE system_schema.tables (keyspace_name text, table_name text, {_OPTIONS} flags frozen<set<text>>,
    PRIMARY KEY (keyspace_name, table_name));
CREATE TABLE system_schema.triggers (keyspace_name text, table_name text, trigger_name text,
    options frozen<map<text, text>>, PRIMARY KEY (keyspace_name, table_name, trigger_name));
CREATE TABLE system_schema.types (keyspace_name text, type_name text, field_names frozen<list<text>>,
    field_types frozen<list<text>>, PRIMARY KEY (keyspace_name, type_name));
CREATE TABLE system_schema.views (keyspace_name text, view_name text, {_OPTIONS} base_table_id uuid,
    base_table_name text, include_all_columns boolean, where_clause text, PRIMARY KEY (keyspace_name, view_name));
CREATE TABLE system.built_views (keyspace_name text, view_name text, status_replicated boolean,
    PRIMARY KEY (keyspace_name, view_name));
CREATE TABLE system."IndexInfo" (table_name text, index_name text, value blob, PRIMARY KEY (table_name, index_name));
CREATE TABLE system.local (key text PRIMARY KEY, bootstrapped text, broadcast_address inet, broadcast_port int,
    cluster_name text, cql_version text, data_center text, gossip_generation int, host_id uuid, listen_address inet,
    listen_port int, native_protocol_version text, partitioner text, rack text, release_version text,
    rpc_address inet, rpc_port int, schema_version uuid, tokens set<text>, truncated_at map<uuid, blob>);
CREATE TABLE system.peers (peer inet PRIMARY KEY, data_center text, host_id uuid, preferred_ip inet, rack text,
    release_version text, rpc_address inet, schema_version uuid, tokens set<text>);
CREATE TABLE system.peers_v2 (peer inet, peer_port int, data_center text, host_id uuid, native_address inet,
    native_port int, preferred_ip inet, preferred_port int, rack text, release_version text, schema_version uuid,
    tokens set<text>, PRIMARY KEY (peer, peer_port));
CREATE TABLE system.size_estimates (keyspace_name text, table_name text, range_start text, range_end text,
    mean_partition_size bigint, partitions_count bigint,
    PRIMARY KEY (keyspace_name, table_name, range_start, range_end));
CREATE TABLE system_traces.events (session_id uuid, event_id timeuuid, activity text, source inet,
    source_elapsed int, source_port int, thread text, PRIMARY KEY (session_id, event_id));
CREATE TABLE system_traces.sessions (session_id uuid PRIMARY KEY, client inet, command text, coordinator inet,
    coordinator_port int, duration int, request text, started_at timestamp, parameters map<text, text>);
"""


@cache
def system_keyspaces(dialect: Dialect) -> Schema:
    """A schema that holds what every cluster holds."""
    schema = EMPTY
    for name, replication in (("system", _LOCAL), ("system_schema", _LOCAL), ("system_traces", _TRACES)):
        schema = schema.with_keyspace(Keyspace(name, replication))
    for text in _TABLES.split(";")[:-1]:
        statement = parse(text.strip(), dialect)
        assert isinstance(statement, ast.CreateTable)
        assert statement.table.keyspace is not None
        moment = _Birth(f"{statement.table.keyspace}.{statement.table.name}")
        schema = create_table(statement, statement.table.keyspace, schema, moment).schema
    return schema


class _Birth:
    """The moment of a system table's creation: its id comes of its name, the same in every cluster."""

    micros = 0

    def __init__(self, name: str) -> None:
        self._name = name

    def uuid(self) -> UUID:
        return UUID(bytes=md5(self._name.encode(), usedforsecurity=False).digest(), version=3)

    def timeuuid(self) -> UUID:
        return self.uuid()

    def next_timestamp(self) -> int:
        return 0
