"""How answers come: page by page, and with warnings, traces and payloads beside them."""

from conformance.protocol.talk import Talk
from coodie_memory.protocol.requests import Batch, BatchStatement, Options, Prepare, Query, Register
from coodie_memory.protocol.responses import Rows


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
