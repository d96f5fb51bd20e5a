"""BATCH, of every kind of entry."""

from conformance.protocol.talk import Talk, number
from coodie_memory.protocol.requests import Batch, BatchKind, BatchStatement, Parameters
from coodie_memory.result import UNSET, Raw, Unset


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
    batch(
        (insert.id, number(1), number(1), number(1)),
        (f"INSERT INTO {ks}.t (p, c, v) VALUES (1, 2, ?)", number(2)),
    )
    batch((insert.id, number(1), number(3), number(3)), kind="UNLOGGED", timestamp=5)
    batch((f"UPDATE {ks}.t USING TIMESTAMP 6 SET v = 1 WHERE p = 1 AND c = 4",), timestamp=5)
    batch((f"UPDATE {ks}.n SET n = n + 1 WHERE p = 1",), kind="COUNTER")
    batch((f"UPDATE {ks}.n SET n = n + 1 WHERE p = 1",))
    batch((f"UPDATE {ks}.n SET n = n + 1 WHERE p = 1",), kind="UNLOGGED")
    batch((f"UPDATE {ks}.n SET n = n + 1 WHERE p = 1",), kind="COUNTER", timestamp=1)
    batch((insert.id, number(1), number(1), number(1)), kind="COUNTER")
    batch((insert.id, number(9), number(1), number(1)), (f"UPDATE {ks}.n SET n = n + 1 WHERE p = 1",))
    batch((b"0123456789abcdef",))
    batch((insert.id, number(9), number(1), number(1)), (b"0123456789abcdef", number(1)))
    batch((f"SELECT * FROM {ks}.t",))
    batch((f"TRUNCATE {ks}.t",))
    batch(
        (f"INSERT INTO {ks}.t (p, c) VALUES (1, 1) IF NOT EXISTS",),
        (f"UPDATE {ks}.t SET v = 9 WHERE p = 1 AND c = 1",),
    )
    batch(
        (f"INSERT INTO {ks}.t (p, c) VALUES (1, 7) IF NOT EXISTS",),
        (insert.id, number(1), number(8), number(8)),
    )
    batch(
        (f"INSERT INTO {ks}.t (p, c) VALUES (1, 7) IF NOT EXISTS",),
        (insert.id, number(2), number(8), number(8)),
    )
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
        batch((insert.id, number(1), number(1), UNSET), (insert.id, number(1), UNSET, number(1)))
    talk.query(f"SELECT p, c, v FROM {ks}.t")
    talk.query(f"SELECT p, n FROM {ks}.n")
