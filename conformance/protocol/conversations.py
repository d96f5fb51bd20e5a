"""What drivers and tools say to a server, and what they rarely say: each conversation begins in an empty keyspace.

Only what every server of this kind answers equally is written down.
"""

from collections.abc import Callable
from typing import TypeAlias

from conformance.protocol.asking import node, ranges, schema, system_tables
from conformance.protocol.talk import Talk
from coodie_memory.protocol.requests import (
    Batch,
    BatchKind,
    BatchStatement,
    Execute,
    Options,
    Parameters,
    Prepare,
    Query,
    Register,
)
from coodie_memory.protocol.responses import Error, Rows
from coodie_memory.result import UNSET, Raw, Unset

Conversation: TypeAlias = Callable[[Talk], None]
_TYPES = (
    "ascii", "bigint", "blob", "boolean", "date", "decimal", "double", "duration", "float", "inet", "int", "smallint",
    "text", "time", "timestamp", "timeuuid", "tinyint", "uuid", "varint", "list<int>", "set<text>", "map<text, int>",
    "frozen<list<int>>", "frozen<set<frozen<map<int, text>>>>", "tuple<int, text>", "frozen<place>", "place",
    "list<frozen<place>>", "map<text, frozen<tuple<int, frozen<place>>>>", "'org.apache.cassandra.db.marshal.UTF8Type'",
)  # fmt: skip
_SUBTYPES = tuple(
    each for each in _TYPES if each not in ("place", "'org.apache.cassandra.db.marshal.UTF8Type'")
)


def _int(number: int) -> bytes:
    return number.to_bytes(4, signed=True)


def errors(talk: Talk) -> None:
    """Each error that one node can be brought to, with the fields of its body."""
    ks = talk.keyspace
    talk.query(f"CREATE TABLE {ks}.t (k int PRIMARY KEY, v text, n int)")
    talk.query(f"CREATE TYPE {ks}.u (a int)")
    talk.query(f"CREATE INDEX by_v ON {ks}.t (v)")
    talk.query("SELECT")
    talk.query("SELECT * FROM nowhere.t")
    talk.query(f"SELECT * FROM {ks}.nowhere")
    talk.query("SELECT * FROM t")
    talk.query(f"CREATE TABLE {ks}.t (k int PRIMARY KEY)")
    talk.query(f"CREATE TABLE {ks}.t (k int PRIMARY KEY)", keyspace=ks if talk.version >= 5 else None)
    talk.query(f"CREATE TYPE {ks}.u (a int)")
    talk.query(f"CREATE INDEX by_v ON {ks}.t (n)")
    talk.query(
        f"CREATE KEYSPACE {ks} WITH replication = {{'class': 'SimpleStrategy', 'replication_factor': 1}}"
    )
    talk.query(f"ALTER TABLE {ks}.t WITH gc_grace_seconds = -1")
    talk.query("DROP TABLE system.local")
    talk.query(f"SELECT * FROM {ks}.t", consistency="TWO")
    talk.query(f"INSERT INTO {ks}.t (k) VALUES (1)", consistency="ALL")
    talk.query(f"INSERT INTO {ks}.t (k) VALUES (1)", consistency="SERIAL")
    talk.query(f"INSERT INTO {ks}.t (k) VALUES (1)", consistency="THREE")
    talk.query(f"INSERT INTO {ks}.t (k) VALUES (2) IF NOT EXISTS", serial_consistency="QUORUM")
    talk.query(f"INSERT INTO {ks}.t (k) VALUES (3) IF NOT EXISTS", timestamp=1)
    talk.query(f"TRUNCATE {ks}.nowhere")
    talk.query(f"SELECT * FROM {ks}.t", page_size=0)
    talk.query(f"SELECT * FROM {ks}.t", page_size=-1)
    talk.query(f"SELECT * FROM {ks}.t", page_size=10, paging_state=b"xyz")
    talk.query(f"SELECT * FROM {ks}.t", timestamp=-5)
    talk.query(f"INSERT INTO {ks}.t (k) VALUES (4)", timestamp=-(2**63) + 1)
    talk.query(f"SELECT * FROM {ks}.t WHERE k = ?", values=(b"\1\2",))
    talk.query(f"SELECT * FROM {ks}.t WHERE k = ?", values=(None,))
    talk.query(
        f"CREATE FUNCTION {ks}.fails (a int) CALLED ON NULL INPUT RETURNS int LANGUAGE java "
        "AS 'throw new RuntimeException(\"boom\");'"
    )
    talk.query(f"SELECT {ks}.fails(k) FROM {ks}.t")


def values(talk: Talk) -> None:
    """Values in order and by name, null and unset, too few and too many, in each kind of request."""
    table = f"{talk.keyspace}.t"
    talk.query(f"CREATE TABLE {table} (k int PRIMARY KEY, a int, b int)")
    insert = f"INSERT INTO {table} (k, a, b) VALUES (:k, :a, :b)"
    talk.query(insert, values=(_int(1), _int(2), _int(3)))
    talk.query(insert, values=(_int(4), _int(5), _int(6)), names=("b", "k", "a"))
    talk.query(insert, values=(_int(7), _int(8), _int(9)), names=("b", "k", "c"))
    talk.query(insert, values=(_int(7), _int(8), _int(9), _int(9)), names=("b", "k", "a", "c"))
    talk.query(insert, values=(_int(7), _int(8), _int(9)), names=("B", "k", "a"))
    talk.query(insert, values=(_int(1),))
    talk.query(insert, values=(_int(1),) * 4)
    talk.query(insert)
    talk.query(insert, values=(_int(2), None, _int(1)))
    talk.query("SELECT * FROM system.local WHERE key = 'local'", values=(_int(1),), skip_metadata=True)
    prepared = talk.prepare(insert)
    talk.execute(prepared, _int(3), _int(4), _int(5))
    talk.execute(prepared, _int(3), _int(4))
    talk.execute(prepared, *[_int(3)] * 4)
    talk.execute(prepared, _int(7), _int(6), _int(8), names=("a", "k", "b"))
    talk.execute(prepared, _int(7), _int(6), names=("a", "k"))
    if talk.version >= 4:
        talk.query(insert, values=(_int(1), UNSET, None))
        talk.execute(prepared, _int(3), UNSET, None)
        talk.execute(prepared, UNSET, _int(3), None)
    twice = talk.prepare(f"SELECT * FROM {table} WHERE k = :x AND a = :x ALLOW FILTERING")
    talk.execute(twice, _int(3), _int(4))
    talk.execute(twice, _int(3), names=("x",))
    talk.execute(twice, _int(3), _int(4), names=("x", "x"))
    for entry in ((_int(1),), (), (_int(1), _int(2))):
        talk.ask(Batch("LOGGED", (BatchStatement(f"DELETE FROM {table} WHERE k = ?", entry),)))
    many = ", ".join("?" * 65_535)
    talk.minutes.add("# 65 535 values")
    response = talk.query(
        f"SELECT k FROM {table} WHERE k IN ({many})", values=(_int(6),) * 65_535, quietly=True
    )
    talk.minutes.add(f"{type(response).__name__} {getattr(response, 'rows', None) and len(response.rows)}")
    talk.query(f"SELECT k, a, b FROM {table}")


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
    talk.execute(applied, _int(2), _int(1), _int(5), skip_metadata=True)
    talk.execute(applied, _int(2), _int(1), _int(1), skip_metadata=True)
    talk.query(f"ALTER TABLE {table} ADD w int")
    talk.execute(every)
    talk.execute(every, skip_metadata=True)
    again = talk.prepare(f"SELECT * FROM {table}")
    talk.execute(again, skip_metadata=True)
    talk.execute(every, skip_metadata=True)
    talk.execute(one, _int(1), skip_metadata=True)
    talk.execute(insert, _int(2), _int(2))
    talk.execute(applied, _int(7), _int(1), _int(8), skip_metadata=True)
    talk.query(f"ALTER TABLE {table} DROP v")
    talk.execute(again, skip_metadata=True)
    talk.execute(one, _int(1), skip_metadata=True)
    talk.execute(insert, _int(2), _int(2))
    talk.ask(Prepare(f"SELECT v FROM {table} WHERE k = ?"))
    talk.ask(Batch("LOGGED", (BatchStatement(insert.id, (_int(3), _int(3))),)))
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


def pages(talk: Talk) -> None:
    """Pages, with and without columns, on another connection, of another statement."""
    table = f"{talk.keyspace}.t"
    talk.query(f"CREATE TABLE {table} (p int, c int, PRIMARY KEY (p, c))", quietly=True)
    for c in range(5):
        talk.query(f"INSERT INTO {table} (p, c) VALUES (1, {c})", quietly=True)
    first = talk.query(f"SELECT c FROM {table} WHERE p = 1", page_size=2, skip_metadata=True)
    assert isinstance(first, Rows)
    talk.query(f"SELECT c FROM {table} WHERE p = 1", page_size=2, paging_state=first.paging_state)
    statement = talk.prepare(f"SELECT c FROM {table} WHERE p = 1")
    talk.execute(statement, page_size=2, paging_state=first.paging_state, skip_metadata=True)
    other = talk.another("other")
    other.query(f"SELECT c FROM {table} WHERE p = 1", page_size=10, paging_state=first.paging_state)
    other.query(f"SELECT c FROM {table} WHERE p = 1 LIMIT 3", page_size=1, paging_state=first.paging_state)
    other.query(f"SELECT c FROM {table} WHERE p = 1", page_size=5)
    other.query(f"SELECT c FROM {table} WHERE p = 1", page_size=4)
    other.query(f"SELECT c FROM {table} WHERE p = 1", page_size=10, paging_state=b"")
    other.query(f"SELECT count(*) FROM {table} WHERE p = 1", page_size=2)
    other.query(f"SELECT c FROM {table} WHERE token(p) > -9223372036854775808 AND token(p) <= 0", page_size=2)


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


def batches(talk: Talk) -> None:
    """Batches of texts and ids, of every kind, with what may stand in them and what may not."""
    ks = talk.keyspace
    talk.query(f"CREATE TABLE {ks}.t (p int, c int, v int, PRIMARY KEY (p, c))")
    talk.query(f"CREATE TABLE {ks}.n (p int PRIMARY KEY, n counter)")
    insert = talk.prepare(f"INSERT INTO {ks}.t (p, c, v) VALUES (?, ?, ?)")

    def batch(
        *entries: tuple[str | bytes, *tuple[Raw | Unset, ...]], kind: BatchKind = "LOGGED", **given: object
    ) -> None:
        statements = tuple(BatchStatement(query, values) for query, *values in entries)
        talk.ask(
            Batch(
                kind, tuple(BatchStatement(s.query, tuple(s.values)) for s in statements), Parameters(**given)
            )
        )

    batch()
    batch((insert.id, _int(1), _int(1), _int(1)), (f"INSERT INTO {ks}.t (p, c, v) VALUES (1, 2, ?)", _int(2)))
    batch((insert.id, _int(1), _int(3), _int(3)), kind="UNLOGGED", timestamp=5)
    batch((f"UPDATE {ks}.t USING TIMESTAMP 6 SET v = 1 WHERE p = 1 AND c = 4",), timestamp=5)
    batch((f"UPDATE {ks}.n SET n = n + 1 WHERE p = 1",), kind="COUNTER")
    batch((f"UPDATE {ks}.n SET n = n + 1 WHERE p = 1",))
    batch((f"UPDATE {ks}.n SET n = n + 1 WHERE p = 1",), kind="UNLOGGED")
    batch((f"UPDATE {ks}.n SET n = n + 1 WHERE p = 1",), kind="COUNTER", timestamp=1)
    batch((insert.id, _int(1), _int(1), _int(1)), kind="COUNTER")
    batch((insert.id, _int(9), _int(1), _int(1)), (f"UPDATE {ks}.n SET n = n + 1 WHERE p = 1",))
    batch((b"0123456789abcdef",))
    batch((insert.id, _int(9), _int(1), _int(1)), (b"0123456789abcdef", _int(1)))
    batch((f"SELECT * FROM {ks}.t",))
    batch((f"TRUNCATE {ks}.t",))
    batch(
        (f"INSERT INTO {ks}.t (p, c) VALUES (1, 1) IF NOT EXISTS",),
        (f"UPDATE {ks}.t SET v = 9 WHERE p = 1 AND c = 1",),
    )
    batch((f"INSERT INTO {ks}.t (p, c) VALUES (1, 7) IF NOT EXISTS",), (insert.id, _int(1), _int(8), _int(8)))
    batch((f"INSERT INTO {ks}.t (p, c) VALUES (1, 7) IF NOT EXISTS",), (insert.id, _int(2), _int(8), _int(8)))
    batch((f"INSERT INTO {ks}.t (p, c) VALUES (1, 9) IF NOT EXISTS",), timestamp=1)
    batch(
        (f"UPDATE {ks}.t SET v = 1 WHERE p = 1 AND c = 1 IF v = 5",),
        serial_consistency="LOCAL_SERIAL",
        consistency="QUORUM",
    )
    batch((f"INSERT INTO {ks}.t (p, c) VALUES (1, 1)",), consistency="TWO")
    batch(("SELEC",))
    batch((f"BEGIN BATCH INSERT INTO {ks}.t (p, c) VALUES (1, 1); APPLY BATCH",))
    if talk.version >= 4:
        batch((insert.id, _int(1), _int(1), UNSET), (insert.id, _int(1), UNSET, _int(1)))
    talk.query(f"SELECT p, c, v FROM {ks}.t")
    talk.query(f"SELECT p, n FROM {ks}.n")


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
        talk.execute(talk.prepare("INSERT INTO t (k, v) VALUES (?, 1)", ks), _int(5))
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


def extras(talk: Talk) -> None:
    """Warnings, traces and custom payloads, which travel beside a response."""
    table = f"{talk.keyspace}.t"
    talk.query(f"CREATE TABLE {table} (k int PRIMARY KEY, v int)")
    talk.query(f"SELECT count(*) FROM {table}")
    talk.execute(talk.prepare(f"SELECT max(k) FROM {table}"))
    for request in (
        Query(f"SELECT * FROM {table}"),
        Query("SELEC"),
        Prepare(f"SELECT k FROM {table}"),
        Batch("LOGGED", (BatchStatement(f"DELETE FROM {table} WHERE k = 1"),)),
        Options(),
        Register(("SCHEMA_CHANGE",)),
    ):
        talk.ask(request, tracing=True)
    if talk.version >= 4:
        talk.ask(Query(f"SELECT * FROM {table}"), payload={"key": b"value", "null": None, "": b""})
        payload = {f"key {number}": b"x" for number in range(65_535)}
        talk.ask(Query(f"SELECT * FROM {table}"), payload=payload)
        talk.ask(Query(f"SELECT * FROM {table}"), payload=payload, tracing=True)
        talk.ask(Prepare(f"SELECT * FROM {table}"), payload={"a": b"b"})
    talk.query(f"SELECT * FROM {table} WHERE v = 1 ALLOW FILTERING")


def types(talk: Talk) -> None:
    """Each type as the columns of a result and of markers, in the words of each version."""
    ks = talk.keyspace
    talk.query(f"CREATE TYPE {ks}.place (name text, at frozen<tuple<double, double>>)")
    talk.query(f"USE {ks}")
    columns = ", ".join(f"c{number} {name}" for number, name in enumerate(_TYPES))
    talk.query(f"CREATE TABLE t (k int PRIMARY KEY, {columns})")
    vectors = ", ".join(f"v{number} vector<{name}, 2>" for number, name in enumerate(_SUBTYPES))
    talk.query(
        f"CREATE TABLE v (k int PRIMARY KEY, {vectors}, nested vector<vector<text, 2>, 1>, l list<frozen<vector<int, 1>>>)"
    )
    talk.query("SELECT * FROM t")
    talk.query("SELECT * FROM v")
    talk.prepare(
        f"INSERT INTO t (k, {', '.join(f'c{n}' for n in range(len(_TYPES)))}) VALUES (?{', ?' * len(_TYPES)})"
    )
    talk.prepare(
        f"INSERT INTO v (k, {', '.join(f'v{n}' for n in range(len(_SUBTYPES)))}) VALUES (?{', ?' * len(_SUBTYPES)})"
    )
    talk.query(
        "SELECT max(c15), min(c15), count(c1), avg(c10), sum(c18), toJson(c0), cast(c10 AS text) FROM t"
    )
    talk.query("SELECT c27, c26.name, c21['a'], c20, (text) c12 FROM t")


CONVERSATIONS: dict[str, Conversation] = {
    told.__name__: told
    for told in (
        errors,
        values,
        prepared_statements,
        altered,
        outdated,
        pages,
        schema_changes,
        batches,
        keyspaces,
        extras,
        types,
        system_tables,
        node,
        schema,
        ranges,
    )
}
