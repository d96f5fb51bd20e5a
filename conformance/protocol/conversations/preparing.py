"""What PREPARED tells, and what becomes of prepared statements when the schema changes."""

from conformance.protocol.talk import Talk, number
from coodie_memory.protocol.requests import Batch, BatchStatement, Execute, Parameters, Prepare
from coodie_memory.protocol.responses import Error


def prepared_statements(talk: Talk) -> None:
    """What PREPARED tells of all kinds of statements."""
    ks = talk.keyspace
    talk.query(f"CREATE TABLE {ks}.t (p int, q int, c int, v int, m map<text, int>, PRIMARY KEY ((p, q), c))")
    talk.query(f"CREATE TABLE {ks}.n (p int PRIMARY KEY, n counter)")
    for text in (
        f"SELECT * FROM {ks}.t",
        f"SELECT p, count(*), max(v) AS most FROM {ks}.t WHERE p = ? AND q = ? GROUP BY p, q",
        f"SELECT v FROM {ks}.t WHERE q = ? AND p = ? AND c > ? LIMIT ?",
        f"SELECT v FROM {ks}.t WHERE p IN ? AND q = ?",
        f"SELECT v FROM {ks}.t WHERE p IN (?, ?) AND q = ?",
        f"SELECT v FROM {ks}.t WHERE p = 1 AND q = ?",
        f"SELECT v FROM {ks}.t WHERE p = ? AND q = ? AND (c) IN ((?), (?)) PER PARTITION LIMIT ?",
        f"SELECT v, ?, (int) ? FROM {ks}.t WHERE token(p, q) > token(?, ?) AND token(p, q) <= ?",
        f"INSERT INTO {ks}.t (c, q, p, m) VALUES (?, ?, ?, ?) USING TTL ? AND TIMESTAMP ?",
        f"INSERT INTO {ks}.t JSON ?",
        f"INSERT INTO {ks}.t (p, q, c) VALUES (?, ?, 1) IF NOT EXISTS",
        f"UPDATE {ks}.t SET m[?] = ?, v = ? WHERE p = ? AND q = ? AND c = ? IF v = ? AND m[?] IN ?",
        f"UPDATE {ks}.n SET n = n + ? WHERE p = ?",
        f"DELETE m[?] FROM {ks}.t USING TIMESTAMP ? WHERE p = ? AND q = ? AND c = ? IF EXISTS",
        f"BEGIN BATCH INSERT INTO {ks}.n (p) VALUES (?); APPLY BATCH",
        f"BEGIN BATCH INSERT INTO {ks}.t (p, q, c) VALUES (?, ?, ?); DELETE FROM {ks}.t WHERE p = ? AND q = ?; APPLY BATCH",
        f"BEGIN BATCH DELETE FROM {ks}.t WHERE p = ? AND q = ?; DELETE FROM {ks}.t WHERE p = 1 AND q = ?; APPLY BATCH",
        f"CREATE TABLE {ks}.made (k int PRIMARY KEY)",
        f"USE {ks}",
        f"TRUNCATE {ks}.t",
        f"DESCRIBE TABLE {ks}.t",
        "SELECT * FROM system.local",
        "SELECT * FROM system_virtual_schema.keyspaces",
        f"SELECT JSON p, v FROM {ks}.t",
        f"SELECT DISTINCT p, q FROM {ks}.t",
        f"SELECT writetime(v), ttl(v), token(p, q), cast(v AS text) FROM {ks}.t",
        "SELECT nothing FROM nowhere.t",
        "SELEC",
    ):
        talk.ask(Prepare(text))
    made = talk.prepare(f"CREATE TABLE {ks}.made (k int PRIMARY KEY)")
    talk.execute(made)
    talk.execute(made)
    use = talk.prepare(f"USE {ks}")
    talk.execute(use)
    talk.query("SELECT k FROM made")
    talk.prepare("SELECT k FROM made")


def altered(talk: Talk) -> None:
    """A prepared statement whose table changes, for a client that knows its columns and for one that does not."""
    table = f"{talk.keyspace}.t"
    talk.query(f"CREATE TABLE {table} (k int PRIMARY KEY, v int)")
    talk.query(f"INSERT INTO {table} (k, v) VALUES (1, 1)")
    every = talk.prepare(f"SELECT * FROM {table}")
    one = talk.prepare(f"SELECT v FROM {table} WHERE k = ?")
    insert = talk.prepare(f"INSERT INTO {table} (k, v) VALUES (?, ?)")
    applied = talk.prepare(f"UPDATE {table} SET v = ? WHERE k = ? IF v = ?")
    talk.execute(every)
    talk.execute(every, skip_metadata=True)
    talk.execute(every, skip_metadata=True, metadata_id=b"0123456789abcdef")
    talk.execute(every, skip_metadata=True, metadata_id=b"short")
    talk.execute(applied, number(2), number(1), number(5), skip_metadata=True)
    talk.execute(applied, number(2), number(1), number(1), skip_metadata=True)
    talk.query(f"ALTER TABLE {table} ADD w int")
    talk.execute(every)
    talk.execute(every, skip_metadata=True)
    again = talk.prepare(f"SELECT * FROM {table}")
    talk.execute(again, skip_metadata=True)
    talk.execute(every, skip_metadata=True)
    talk.execute(one, number(1), skip_metadata=True)
    talk.execute(insert, number(2), number(2))
    talk.execute(applied, number(7), number(1), number(8), skip_metadata=True)
    talk.query(f"ALTER TABLE {table} DROP v")
    talk.execute(again, skip_metadata=True)
    talk.execute(one, number(1), skip_metadata=True)
    talk.execute(insert, number(2), number(2))
    talk.ask(Prepare(f"SELECT v FROM {table} WHERE k = ?"))
    talk.ask(Batch("LOGGED", (BatchStatement(insert.id, (number(3), number(3))),)))
    talk.query(f"DROP TABLE {table}")
    talk.execute(again, skip_metadata=True)
    talk.query(f"CREATE TABLE {table} (other text PRIMARY KEY)")
    talk.execute(again, skip_metadata=True)
    talk.prepare(f"SELECT * FROM {table}")
    other = talk.another("other")
    other.execute(again, skip_metadata=True)
    other.ask(Execute(b"0123456789abcdef", Parameters(), b"" if talk.version >= 5 else None))


def outdated(talk: Talk) -> None:
    """Which changes of the schema make a prepared statement unknown, and which do not."""
    ks = talk.keyspace
    replication = "{'class': 'SimpleStrategy', 'replication_factor': 1}"
    java = "CREATE OR REPLACE FUNCTION %s.twice (a int) CALLED ON NULL INPUT RETURNS int LANGUAGE java AS 'return %s;'"
    talk.query(f"CREATE TYPE {ks}.u (a int)", quietly=True)
    talk.query(f"CREATE TYPE {ks}.unused (a int)", quietly=True)
    talk.query(f"CREATE TABLE {ks}.t (k int PRIMARY KEY, v int, u frozen<u>, m map<int, int>)", quietly=True)
    talk.query(f"CREATE TABLE {ks}.other (k int PRIMARY KEY, v int)", quietly=True)
    talk.query(java % (ks, "a * 2"), quietly=True)
    texts = (
        f"SELECT k FROM {ks}.t",
        f"SELECT {ks}.twice(k) FROM {ks}.other",
        f"UPDATE {ks}.t SET v = 1 WHERE k = 1 IF v = 2",
        f"BEGIN BATCH INSERT INTO {ks}.t (k) VALUES (1); INSERT INTO {ks}.other (k) VALUES (1); APPLY BATCH",
        f"TRUNCATE {ks}.t",
    )
    statements = [talk.prepare(text) for text in texts]

    def known(after: str) -> None:
        talk.query(after)
        for text, statement in zip(texts, statements, strict=True):
            identity, metadata_id = statement.id, statement.metadata_id
            answer = talk.ask(Execute(identity, Parameters(), metadata_id), quietly=True)
            talk.minutes.add(
                f"    {type(answer).__name__ if not isinstance(answer, Error) else type(answer.error).__name__}: {text}"
            )
            talk.ask(Prepare(text), quietly=True)

    known(f"ALTER TABLE {ks}.t WITH comment = 'x'")
    known(f"ALTER TABLE {ks}.t WITH default_time_to_live = 100")
    known(f"ALTER TABLE {ks}.t WITH gc_grace_seconds = 100")
    known(f"ALTER TABLE {ks}.t WITH compaction = {{'class': 'LeveledCompactionStrategy'}}")
    known(f"CREATE INDEX i ON {ks}.t (v)")
    known(f"DROP INDEX {ks}.i")
    known(f"ALTER TABLE {ks}.t ADD w int")
    known(f"ALTER TABLE {ks}.t DROP w")
    known(f"ALTER TYPE {ks}.u ADD b int")
    known(f"ALTER TYPE {ks}.u RENAME b TO c")
    known(f"ALTER TYPE {ks}.unused ADD b int")
    known(
        f"CREATE MATERIALIZED VIEW {ks}.m AS SELECT k, v FROM {ks}.t WHERE v IS NOT NULL AND k IS NOT NULL PRIMARY KEY (v, k)"
    )
    known(f"DROP MATERIALIZED VIEW {ks}.m")
    known(f"ALTER TABLE {ks}.t RENAME k TO key")
    known(f"ALTER TABLE {ks}.t RENAME key TO k")
    known(java % (ks, "a * 3"))
    known(
        f"CREATE FUNCTION {ks}.twice (a text) CALLED ON NULL INPUT RETURNS text LANGUAGE java AS 'return a;'"
    )
    known(f"DROP FUNCTION {ks}.twice (text)")
    known(f"DROP FUNCTION {ks}.twice (int)")
    known(java % (ks, "a * 2"))
    known(f"CREATE TABLE {ks}.third (k int PRIMARY KEY)")
    known(f"ALTER KEYSPACE {ks} WITH durable_writes = false")
    known(f"CREATE KEYSPACE {ks}_2 WITH replication = {replication}")
    known(f"TRUNCATE {ks}.t")
    known(f"DROP TABLE {ks}.third")
    known(f"DROP TABLE {ks}.other")
    known(f"CREATE TABLE {ks}.other (k int PRIMARY KEY, v int)")
    known(f"DROP KEYSPACE {ks}")
