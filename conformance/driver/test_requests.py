"""What no script can say of a request: its size, its custom payload, a connection without keyspace, a batch of messages."""

import pytest
from cassandra import InvalidRequest
from cassandra.protocol import SyntaxException
from cassandra.query import BatchStatement, BatchType

pytestmark = pytest.mark.coodie(dialect="cassandra")

_FAR_ABOVE_64_KIB = 200_000
_LONGEST_MESSAGE = 2**16


def _table(session):
    session.execute("CREATE TABLE t (k int PRIMARY KEY, v int, w text, b blob)")


def test_values_of_any_size_go_through(session):
    _table(session)
    written, bound = "é" * _FAR_ABOVE_64_KIB, bytes(range(256)) * 4_000

    session.execute(f"INSERT INTO t (k, w) VALUES (1, '{written}')")
    session.execute(session.prepare("UPDATE t SET b = ? WHERE k = 1"), (bound,))

    assert session.execute("SELECT w, b FROM t WHERE k = 1").one() == (written, bound)


@pytest.mark.parametrize(
    ("cql", "refusal"),
    [
        ("INSERT INTO t (k, v) VALUES (1, '{}')", InvalidRequest),
        ("INSERT INTO t (k, {}) VALUES (1, 1)", InvalidRequest),
        ("SELECT * FROM t '{}' x", SyntaxException),
    ],
)
def test_a_message_that_repeats_the_text_fits_its_frame(session, cql, refusal):
    _table(session)

    with pytest.raises(refusal) as refused:
        session.execute(cql.format("x" * _FAR_ABOVE_64_KIB))

    assert 0 < len(str(refused.value)) < _LONGEST_MESSAGE + 200
    assert session.execute("SELECT * FROM t").one() is None


@pytest.mark.parametrize(
    "payload", [{"empty": b""}, {"large": b"x" * 8192}, {str(n): b"x" for n in range(1000)}]
)
def test_a_custom_payload_changes_no_answer(session, payload):
    _table(session)
    insert = session.prepare("INSERT INTO t (k, v) VALUES (?, ?)")

    session.execute("INSERT INTO t (k, v) VALUES (1, 1)", custom_payload=payload)
    session.execute(insert, (2, 2), custom_payload=payload)

    rows = session.execute("SELECT k, v FROM t WHERE k IN (1, 2)", custom_payload=payload)
    assert list(rows) == [(1, 1), (2, 2)]


@pytest.mark.parametrize(
    "cql",
    [
        "SELECT * FROM t",
        "INSERT INTO t (k) VALUES (1)",
        "UPDATE t SET v = 1 WHERE k = 1",
        "DELETE FROM t WHERE k = 1",
        "BEGIN BATCH INSERT INTO t (k) VALUES (1); APPLY BATCH",
        "TRUNCATE t",
        "CREATE TABLE t (k int PRIMARY KEY)",
        "CREATE TYPE t (a int)",
        "CREATE INDEX ON t (v)",
        "ALTER TABLE t ADD x int",
        "DROP TABLE t",
    ],
)
def test_a_bare_name_needs_a_keyspace(session, cql):
    bare = session.cluster.connect()

    with pytest.raises(
        InvalidRequest, match=r"No keyspace has been specified\. USE a keyspace, or explicitly specify"
    ):
        bare.execute(cql)


@pytest.mark.parametrize("kind", [BatchType.LOGGED, BatchType.UNLOGGED, BatchType.COUNTER])
def test_a_batch_may_be_empty(session, kind):
    assert session.execute(BatchStatement(kind)).one() is None


@pytest.mark.parametrize("cql", ["SELECT * FROM t", "DROP TABLE t", "TRUNCATE t"])
def test_a_batch_holds_writes_alone(session, cql):
    _table(session)
    batch = BatchStatement()
    batch.add("INSERT INTO t (k, v) VALUES (1, 1)")
    batch.add(session.prepare(cql))

    with pytest.raises(
        InvalidRequest, match="Invalid statement in batch: only UPDATE, INSERT and DELETE statements"
    ):
        session.execute(batch)

    assert session.execute("SELECT * FROM t").one() is None


def test_one_wrong_entry_of_a_batch_and_nothing_is_written(session):
    _table(session)
    insert = session.prepare("INSERT INTO t (k, v) VALUES (?, ?)")
    batch = BatchStatement()
    batch.add(insert, (1, 1))
    batch.add(insert, (None, 2))

    with pytest.raises(InvalidRequest, match="Invalid null value in condition for column k"):
        session.execute(batch)

    assert session.execute("SELECT * FROM t").one() is None
