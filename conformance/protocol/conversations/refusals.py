"""What a server refuses, with the fields of the refusals."""

from conformance.protocol.talk import Talk


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
