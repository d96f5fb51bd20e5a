"""Changes of the schema, as results and as events, and the keyspace that a request is about."""

from conformance.protocol.talk import Talk, number
from coodie_memory.protocol.requests import Batch, BatchStatement, Options, Parameters, Prepare, Register


def schema_changes(talk: Talk) -> None:
    """Answers and events of schema statements; who has not registered hears nothing."""
    ks = talk.keyspace
    hearing = talk.another("listener")
    hearing.ask(Register(("SCHEMA_CHANGE", "STATUS_CHANGE", "TOPOLOGY_CHANGE")))
    replication = "{'class': 'SimpleStrategy', 'replication_factor': 1}"
    java = "CALLED ON NULL INPUT RETURNS int LANGUAGE java AS 'return a;'"
    for text, events in (
        (f"CREATE TABLE {ks}.t (k int PRIMARY KEY, v int)", 1),
        (f"CREATE TABLE IF NOT EXISTS {ks}.t (k int PRIMARY KEY)", 0),
        (f"ALTER TABLE {ks}.t ADD w int", 1),
        (f"ALTER TABLE {ks}.t ADD IF NOT EXISTS w int", 0),
        (f"ALTER TABLE {ks}.t WITH comment = 'x'", 1),
        (f"ALTER TABLE {ks}.t WITH comment = 'x'", 0),
        (f"ALTER TABLE {ks}.t RENAME k TO key", 1),
        (f"CREATE INDEX i ON {ks}.t (v)", 1),
        (f"CREATE INDEX IF NOT EXISTS i ON {ks}.t (v)", 0),
        (f"DROP INDEX {ks}.i", 1),
        (f"DROP INDEX IF EXISTS {ks}.i", 0),
        (f"CREATE TYPE {ks}.u (a int)", 1),
        (f"ALTER TYPE {ks}.u ADD b int", 1),
        (f"ALTER TYPE {ks}.u RENAME b TO c", 1),
        (f"DROP TYPE {ks}.u", 1),
        (f"DROP TYPE IF EXISTS {ks}.u", 0),
        (f"CREATE FUNCTION {ks}.f (a int) {java}", 1),
        (f"CREATE OR REPLACE FUNCTION {ks}.f (a int) {java.replace('return a', 'return a + 1')}", 1),
        (f"CREATE FUNCTION {ks}.f (s int, a int) {java}", 1),
        (f"CREATE AGGREGATE {ks}.a (int) SFUNC f STYPE int INITCOND 0", 1),
        (f"DROP AGGREGATE {ks}.a (int)", 1),
        (f"DROP FUNCTION {ks}.f (int)", 1),
        (f"DROP FUNCTION {ks}.f", 1),
        (
            f"CREATE MATERIALIZED VIEW {ks}.m AS SELECT * FROM {ks}.t WHERE v IS NOT NULL AND key IS NOT NULL PRIMARY KEY (v, key)",
            1,
        ),
        (f"ALTER MATERIALIZED VIEW {ks}.m WITH comment = 'x'", 1),
        (f"DROP MATERIALIZED VIEW {ks}.m", 1),
        (f"TRUNCATE {ks}.t", 0),
        (f"DROP TABLE {ks}.t", 1),
        (f"DROP TABLE IF EXISTS {ks}.t", 0),
        (f"CREATE KEYSPACE {ks}_2 WITH replication = {replication}", 1),
        (f"CREATE KEYSPACE IF NOT EXISTS {ks}_2 WITH replication = {replication}", 0),
        (f"ALTER KEYSPACE {ks}_2 WITH durable_writes = false", 1),
        (f"USE {ks}_2", 0),
        (f"CREATE TYPE {ks}_2.u (a int)", 1),
        (f"CREATE TYPE {ks}_2.o (u frozen<u>)", 1),
        (f"CREATE TABLE {ks}_2.t (k int PRIMARY KEY, v int, u frozen<o>)", 1),
        (f"CREATE TABLE {ks}_2.a (k int PRIMARY KEY)", 1),
        (f"CREATE INDEX i ON {ks}_2.t (v)", 1),
        (
            (
                f"CREATE MATERIALIZED VIEW {ks}_2.m AS SELECT * FROM {ks}_2.t"
                " WHERE v IS NOT NULL AND k IS NOT NULL PRIMARY KEY (v, k)"
            ),
            1,
        ),
        (f"ALTER TYPE {ks}_2.u ADD b int", 1),
        (f"ALTER TABLE {ks}_2.t ADD w int", 1),
        (f"ALTER TABLE {ks}_2.t RENAME k TO key", 1),
        (f"CREATE FUNCTION {ks}_2.f (s int, a int) {java}", 1),
        (f"CREATE AGGREGATE {ks}_2.a (int) SFUNC f STYPE int INITCOND 0", 1),
        (f"DROP KEYSPACE {ks}_2", 1),
        (f"DROP KEYSPACE IF EXISTS {ks}_2", 0),
    ):
        talk.query(text)
        for _ in range(events):
            hearing.hear()
        hearing.ask(Options(), quietly=True)
        for _ in hearing.unheard[:]:
            hearing.hear()


def keyspaces(talk: Talk) -> None:
    """The connection's keyspace, and from version 5 on the request's own, and its own time."""
    ks = talk.keyspace
    talk.query(f"CREATE TABLE {ks}.t (k int PRIMARY KEY, v int)")
    talk.query("INSERT INTO t (k) VALUES (1)")
    talk.ask(Batch("LOGGED", (BatchStatement("INSERT INTO t (k) VALUES (1)"),)))
    if talk.version >= 5:
        talk.query("SELECT * FROM t", keyspace=ks)
        talk.query("SELECT * FROM t", keyspace="system")
        talk.query("SELECT * FROM t", keyspace="nowhere")
        talk.query("SELECT * FROM t", keyspace="")
        talk.query("SELECT key FROM local", keyspace="system")
        talk.query(f"USE {ks}", keyspace="nowhere")
        talk.prepare("SELECT * FROM t", ks)
        talk.ask(Prepare("SELECT * FROM t", "nowhere"))
        talk.ask(Prepare("SELECT * FROM t"))
        talk.execute(talk.prepare("INSERT INTO t (k, v) VALUES (?, 1)", ks), number(5))
        talk.execute(talk.prepare("SELECT * FROM t", ks), keyspace="system")
        talk.ask(Batch("LOGGED", (BatchStatement("INSERT INTO t (k) VALUES (2)"),), Parameters(keyspace=ks)))
        talk.query("CREATE TABLE made (k int PRIMARY KEY)", keyspace=ks)
        talk.query(f"INSERT INTO {ks}.t (k, v) VALUES (3, 3) USING TTL 100", now_in_seconds=1_000_000_000)
        talk.query(f"SELECT k, ttl(v) FROM {ks}.t WHERE k = 3", now_in_seconds=1_000_000_040)
        talk.query(f"SELECT k, ttl(v) FROM {ks}.t WHERE k = 3", now_in_seconds=1_000_000_100)
        talk.query(f"SELECT k, ttl(v) FROM {ks}.t WHERE k = 3")
        talk.ask(
            Batch(
                "UNLOGGED",
                (BatchStatement(f"INSERT INTO {ks}.t (k, v) VALUES (4, 4) USING TTL 100"),),
                Parameters(now_in_seconds=2_000_000_000),
            )
        )
        talk.query(f"SELECT k, ttl(v) FROM {ks}.t WHERE k = 4", now_in_seconds=2_000_000_001)
        timed = talk.prepare(f"SELECT k, ttl(v) FROM {ks}.t WHERE k = 4")
        talk.execute(timed, now_in_seconds=2_000_000_002)
    talk.query(f"USE {ks}")
    talk.query("SELECT k FROM t")
    talk.query("USE nowhere")
    talk.query('USE "Quoted"')
    talk.prepare("SELECT k FROM t")
