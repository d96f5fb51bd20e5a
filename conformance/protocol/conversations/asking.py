"""What drivers and tools read of a server, to know it and its schema."""

from conformance.protocol.talk import Talk
from coodie_memory.protocol.responses import Rows

_OWN = ("system", "system_auth", "system_distributed", "system_schema", "system_traces")
_FOREIGN = (
    "system.clients", "system.config", "system.scylla_local", "system.runtime_info", "system.token_ring",
    "system.versions", "system.schema_keyspaces", "system.schema_columnfamilies", "system_schema.scylla_tables",
    "system_schema.scylla_keyspaces", "system_schema.computed_columns", "system_auth.role_attributes",
    "system_distributed_everywhere.cdc_generation_descriptions_v2", "system_views.nothing",
    "system_virtual_schema.nothing", "dse_insights.tokens",
)  # fmt: skip
"""Tables of other servers, by which drivers tell them apart."""
_OF_A_KEYSPACE = (
    "keyspaces", "tables", "columns", "types", "functions", "aggregates", "views", "indexes", "triggers",
    "dropped_columns", "column_masks",
)  # fmt: skip


def system_tables(talk: Talk) -> None:
    """The server's own tables, with all their columns, and tables that it has not."""
    for schema, keyspaces in (("system_schema", _OWN), ("system_virtual_schema", None)):
        listed = talk.query(f"SELECT keyspace_name, table_name FROM {schema}.tables", quietly=True)
        assert isinstance(listed, Rows)
        names = sorted((str(keyspace, "utf-8"), str(table, "utf-8")) for keyspace, table in listed.rows)
        for keyspace, table in names:
            if keyspaces is None or keyspace in keyspaces:
                talk.columns(f'SELECT * FROM {keyspace}."{table}" LIMIT 1')
    for table in _FOREIGN:
        talk.query(f"SELECT * FROM {table}")


def node(talk: Talk) -> None:
    """What the server says of itself, as far as it is the same for all of its kind."""
    talk.query(
        "SELECT key, bootstrapped, cql_version, native_protocol_version, partitioner, release_version"
        " FROM system.local WHERE key = 'local'"
    )
    talk.columns("SELECT * FROM system.local WHERE key='local'")
    for table in ("peers", "peers_v2"):
        talk.query(f"SELECT * FROM system.{table}")
        talk.query(f"SELECT peer, host_id, schema_version FROM system.{table}")
    talk.columns("SELECT schema_version FROM system.local WHERE key='local'")
    talk.columns("SELECT host_id, data_center, rack, tokens, rpc_address FROM system.local WHERE key='local'")
    talk.query("SELECT cql_version FROM system.local WHERE key = 'other'")
    talk.columns("SELECT * FROM system_views.settings WHERE name = 'authenticator'")
    talk.query("SELECT name, value FROM system_views.settings WHERE name = 'no such setting'")
    talk.query("SELECT * FROM system_virtual_schema.keyspaces WHERE keyspace_name = 'system_views'")
    talk.query(
        "SELECT keyspace_name, table_name FROM system_virtual_schema.tables WHERE keyspace_name = 'none'"
    )
    talk.query("SELECT * FROM system_virtual_schema.columns WHERE keyspace_name = 'system_virtual_schema'")
    talk.columns(
        "SELECT range_start, range_end, mean_partition_size, partitions_count FROM system.size_estimates"
    )
    talk.query("SELECT * FROM system_traces.sessions WHERE session_id = 00000000-0000-1000-8080-808080808080")
    talk.query("SELECT * FROM system_traces.events WHERE session_id = 00000000-0000-1000-8080-808080808080")


def schema(talk: Talk) -> None:
    """A keyspace with some of everything, as `system_schema` has it, whole and by key."""
    ks = talk.keyspace
    name = f"'{ks}'"
    for text in (
        f"CREATE TYPE {ks}.u (a int, b frozen<list<text>>)",
        (
            f"CREATE TABLE {ks}.t (k int, c text, s int static, v int, u frozen<u>, PRIMARY KEY (k, c))"
            f" WITH CLUSTERING ORDER BY (c DESC) AND comment = 'it''s'"
        ),
        f"ALTER TABLE {ks}.t ADD gone int",
        f"ALTER TABLE {ks}.t DROP gone USING TIMESTAMP 1000000",
        f"CREATE INDEX i ON {ks}.t (v)",
        f"CREATE CUSTOM INDEX sai ON {ks}.t (s) USING 'StorageAttachedIndex'",
        f"CREATE FUNCTION {ks}.f (s int, a int) CALLED ON NULL INPUT RETURNS int LANGUAGE java AS 'return a;'",
        f"CREATE FUNCTION {ks}.f (a text) RETURNS NULL ON NULL INPUT RETURNS text LANGUAGE java AS 'return a;'",
        f"CREATE AGGREGATE {ks}.a (int) SFUNC f STYPE int INITCOND 7",
        (
            f"CREATE MATERIALIZED VIEW {ks}.m AS SELECT k, c, v FROM {ks}.t"
            " WHERE c IS NOT NULL AND k IS NOT NULL PRIMARY KEY (c, k)"
        ),
    ):
        talk.query(text)
    for table in _OF_A_KEYSPACE:
        what = "*" if table not in ("tables", "views") else _known(table)
        talk.query(f"SELECT {what} FROM system_schema.{table} WHERE keyspace_name = {name}")
    one = f"keyspace_name = {name} AND"
    talk.columns(f"SELECT * FROM system_schema.tables WHERE {one} table_name = 't'")
    talk.columns(f"SELECT * FROM system_schema.views WHERE {one} view_name = 'm'")
    talk.query(f"SELECT table_name, comment FROM system_schema.tables WHERE {one} table_name = 't'")
    talk.query(f"SELECT column_name, kind FROM system_schema.columns WHERE {one} table_name = 'm'")
    talk.query(f"SELECT * FROM system_schema.types WHERE {one} type_name = 'u'")
    by_signature = "function_name = 'f' AND argument_types = ['int', 'int']"
    talk.query(f"SELECT * FROM system_schema.functions WHERE {one} {by_signature}")
    talk.query(f"SELECT function_name FROM system_schema.functions WHERE {one} function_name = 'f'")
    by_signature = "aggregate_name = 'a' AND argument_types = ['int']"
    talk.query(f"SELECT * FROM system_schema.aggregates WHERE {one} {by_signature}")
    talk.query(
        f"SELECT * FROM system_schema.aggregates WHERE {one} aggregate_name = 'a' AND argument_types = ['text']"
    )
    found = talk.prepare(
        "SELECT keyspace_name, durable_writes FROM system_schema.keyspaces WHERE keyspace_name = ?"
    )
    talk.execute(found, b"nowhere")
    talk.query(f"SELECT table_name FROM system_schema.tables WHERE keyspace_name IN ({name}, 'nowhere')")
    talk.query(f"UPDATE system_schema.tables SET extensions = {{'x': 0x01}} WHERE {one} table_name = 't'")
    talk.query(f"UPDATE system_schema.views SET extensions = {{'y': 0x}} WHERE {one} view_name = 'm'")
    talk.query(f"UPDATE system_schema.keyspaces SET extensions = {{}} WHERE keyspace_name = {name}")
    talk.query(
        f"BEGIN BATCH UPDATE system_schema.types SET field_types = ['text', 'int'] WHERE {one} type_name = 'u';"
        " APPLY BATCH"
    )
    talk.query(f"SELECT * FROM system_schema.types WHERE {one} type_name = 'u'")
    talk.query(f"SELECT extensions FROM system_schema.views WHERE {one} view_name = 'm'")
    talk.query(f"ALTER TABLE {ks}.t WITH extensions = {{'x': 0x0102}}")
    talk.query(f"SELECT extensions FROM system_schema.tables WHERE {one} table_name = 't'")
    talk.query(f"ALTER TABLE {ks}.t WITH gc_grace_seconds = 7")
    talk.query(f"SELECT extensions, gc_grace_seconds FROM system_schema.tables WHERE {one} table_name = 't'")
    for replication in (
        "{'class': 'org.apache.cassandra.locator.SimpleStrategy', 'replication_factor': '1'}",
        "{'class': 'NetworkTopologyStrategy', 'datacenter1': 1}",
    ):
        talk.query(f"ALTER KEYSPACE {ks} WITH replication = {replication}")
        talk.query(f"SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = {name}")


def _known(table: str) -> str:
    """Columns whose values are not ids."""
    if table == "tables":
        return "table_name, bloom_filter_fp_chance, caching, comment, compaction, compression, flags, gc_grace_seconds"
    return "view_name, base_table_name, include_all_columns, where_clause, comment, compaction"


def ranges(talk: Talk) -> None:
    """Token ranges as COPY TO and Spark read them."""
    table = f"{talk.keyspace}.t"
    talk.query(f"CREATE TABLE {table} (p int, c int, v text, PRIMARY KEY (p, c))")
    for p in range(6):
        talk.query(f"INSERT INTO {table} (p, c, v) VALUES ({p}, {p}, 'v{p}')", quietly=True)
    middle = -1_000_000_000
    talk.query(f'SELECT "p","c","v" FROM {table} WHERE token("p") > {middle}', page_size=2)
    talk.query(f'SELECT "p","c","v" FROM {table} WHERE token("p") <= {middle}')
    read = talk.prepare(f"SELECT p, token(p), c FROM {table} WHERE token(p) > ? AND token(p) <= ?")
    low, high = ((-(2**63)).to_bytes(8, signed=True), (2**63 - 1).to_bytes(8, signed=True))
    talk.execute(read, low, high)
    talk.execute(read, high, low)
    talk.execute(read, low, middle.to_bytes(8, signed=True), page_size=2)
    talk.query(f"SELECT count(*) FROM {table} WHERE token(p) >= -9223372036854775808")
    talk.query(f"SELECT DISTINCT p FROM {table} WHERE token(p) > 0 LIMIT 2")
