"""Statements that make the real server fail, by an exception of Java's or a failed replica: here they are refused.

No script can show them, since a server's mistakes are not to be had again.
"""

import pytest

from coodie_memory.cluster import MemoryCluster
from coodie_memory.errors import FunctionFailure, InvalidRequest
from coodie_memory.result import UNSET
from coodie_memory.session import Session

_KEY = "k = 1 AND c = 1 AND d = 1"
_TWO_PARTITIONS = (
    f"BEGIN BATCH UPDATE t SET v = 1 WHERE {_KEY} IF v = null; "
    "UPDATE t SET v = 1 WHERE k IN (1, 2) AND c = 1 AND d = 1; APPLY BATCH"
)


@pytest.fixture
def session() -> Session:
    """A session on a table with a row in which everything can go wrong."""
    session = MemoryCluster(dialect="cassandra").session()
    session.execute(
        "CREATE KEYSPACE ks WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}"
    )
    session.execute("USE ks")
    session.execute("CREATE TYPE pair (a int, b text)")
    session.execute(
        "CREATE TABLE t (k int, c int, d int, v int, l list<int>, m map<int, int>, u pair, ti tinyint, du duration, "
        "PRIMARY KEY (k, c, d))"
    )
    session.execute("INSERT INTO t (k, c, d, l, m) VALUES (1, 1, 1, [1], {1: 1})")
    return session


@pytest.mark.parametrize(
    ("cql", "values"),
    [
        (f"UPDATE t SET l = ? WHERE {_KEY}", ([None],)),
        (f"UPDATE t SET l = l + ? WHERE {_KEY}", ([None],)),
        ("DELETE FROM t WHERE k = 1 AND c > null", ()),
        ("DELETE FROM t WHERE k = 1 AND c > ?", (None,)),
        ("SELECT * FROM t WHERE k = 1 AND (c, d) = ?", (None,)),
        (f"UPDATE t SET v = 1 WHERE {_KEY} IF l[?] = 1", (UNSET,)),
        ("SELECT * FROM t WHERE token(k) > ?", (UNSET,)),
        ("SELECT m[null] FROM t", ()),
        ("INSERT INTO t (k, c, d, u) VALUES (1, 1, 1, (1, 'x'))", ()),
        ("INSERT INTO t (k, c, d, du) VALUES (1, 1, 1, 9223372036854775808ns)", ()),
        (_TWO_PARTITIONS, ()),
    ],
)
def test_it_is_an_invalid_request(session: Session, cql: str, values: tuple[object, ...]) -> None:
    before = list(session.execute("SELECT * FROM t"))

    with pytest.raises(InvalidRequest):
        session.execute(session.prepare(cql), values)

    assert list(session.execute("SELECT * FROM t")) == before


@pytest.mark.parametrize("column", ["ti", "du"])
def test_a_function_gives_no_empty_value_to_a_type_that_has_none(session: Session, column: str) -> None:
    with pytest.raises(FunctionFailure):
        session.execute(f"INSERT INTO t (k, c, d, {column}) VALUES (2, 1, 1, fromjson('\"\"'))")

    assert session.execute("SELECT * FROM t WHERE k = 2").one() is None


def test_appending_what_is_unset_changes_nothing(session: Session) -> None:
    session.execute(session.prepare(f"UPDATE t SET l = l + ? WHERE {_KEY}"), (UNSET,))

    assert session.execute("SELECT l FROM t").one() == ([1],)
