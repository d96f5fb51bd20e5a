"""Writes on an engine: what conformance scripts cannot see or a real server does not confirm."""

import pytest

from coodie_memory.clock import Clock
from coodie_memory.cluster import MemoryCluster
from coodie_memory.errors import InvalidRequest
from coodie_memory.result import UNSET


@pytest.fixture
def cluster():
    cluster = MemoryCluster(dialect="cassandra", clock=Clock(lambda: 1_700_000_000_000_000))
    cluster.create_keyspace("ks")
    cluster.session("ks").execute(
        "CREATE TABLE t (k int, c int, v int, w text, l list<int>, st set<text>, PRIMARY KEY (k, c))"
    )
    return cluster


@pytest.fixture
def session(cluster):
    return cluster.session("ks")


INSERT = "INSERT INTO t (k, c, v, w) VALUES (?, ?, ?, ?)"


def rows(session):
    return session.execute("SELECT k, c, v, w FROM t WHERE k = 1").values


def test_prepared_insert_takes_any_mixture_of_values(session):
    """The short way and the long way write the same."""
    session.execute(INSERT, (1, 1, 5, "a"))
    session.execute(INSERT, (1, 2, None, "b"))
    session.execute(INSERT, (1, 3, UNSET, "c"))

    assert rows(session) == [(1, 1, 5, "a"), (1, 2, None, "b"), (1, 3, None, "c")]


def test_unset_leaves_what_null_deletes(session):
    session.execute(INSERT, (1, 1, 5, "a"))
    session.execute(INSERT, (1, 1, UNSET, None))

    assert rows(session) == [(1, 1, 5, None)]


@pytest.mark.parametrize("column", [0, 1])
def test_short_way_refuses_what_the_long_way_refuses(session, column):
    values = [1, 1, 5, "a"]
    values[column] = None

    with pytest.raises(InvalidRequest, match="Invalid null value in condition for column"):
        session.execute(INSERT, values)

    assert rows(session) == []


def test_long_clustering_columns_are_measured(session):
    session.execute("CREATE TABLE wide (k int, c text, PRIMARY KEY (k, c))")

    with pytest.raises(InvalidRequest, match="Key length of 65536 is longer than maximum of 65535"):
        session.execute("INSERT INTO wide (k, c) VALUES (?, ?)", (1, "x" * 65536))


def test_frozen_clock_gives_each_statement_a_microsecond_of_its_own(session):
    session.execute(INSERT, (1, 1, 5, "a"))
    session.execute(INSERT, (1, 1, 4, "b"))

    assert rows(session) == [(1, 1, 4, "b")]


def test_list_keeps_the_order_of_arrival_while_the_clock_stands_still(session):
    for element in (1, 2):
        session.execute("UPDATE t SET l = l + ? WHERE k = 1 AND c = 1", ([element],))
    for element in (0, -1):
        session.execute("UPDATE t SET l = ? + l WHERE k = 1 AND c = 1", ([element],))

    assert session.execute("SELECT l FROM t WHERE k = 1").values == [([-1, 0, 1, 2],)]


def test_each_row_of_a_write_has_values_of_its_own(cluster):
    session = cluster.session("ks")
    session.execute("CREATE TABLE u (k int, c int, u uuid, t timeuuid, PRIMARY KEY (k, c))")
    session.execute("UPDATE u SET u = uuid(), t = now() WHERE k IN (1, 2) AND c IN (1, 2)")

    written = session.execute("SELECT u, t FROM u").values

    assert len(written) == 4
    assert len(set(written)) == len({u for u, _ in written}) == len({t for _, t in written}) == 4


def test_index_follows_writes_and_deletions(session):
    session.execute("CREATE INDEX ON t (v)")
    session.execute(INSERT, (1, 1, 5, "a"))
    session.execute("UPDATE t SET v = 5 WHERE k = 1 AND c IN (2, 3)")
    session.execute("DELETE FROM t WHERE k = 1 AND c = 2")
    session.execute("UPDATE t SET v = 6 WHERE k = 1 AND c = 3")

    assert session.execute("SELECT c FROM t WHERE v = 5").values == [(1,)]


def test_protocol_batch_gives_each_statement_its_own_values(session):
    insert = session.prepare(INSERT)
    session.execute_batch(
        [(insert, (1, 1, 1, "a")), (insert, (1, 2, 2, "b")), ("DELETE FROM t WHERE k = 2", ())]
    )

    assert rows(session) == [(1, 1, 1, "a"), (1, 2, 2, "b")]


def test_protocol_batch_that_fails_writes_nothing(session):
    with pytest.raises(InvalidRequest):
        session.execute_batch([(INSERT, (1, 1, 1, "a")), (INSERT, (1, None, 2, "b"))])

    assert rows(session) == []


def test_protocol_batch_takes_writes_only(session):
    with pytest.raises(InvalidRequest, match="Invalid statement in batch: only UPDATE, INSERT and DELETE"):
        session.execute_batch([(INSERT, (1, 1, 1, "a")), ("SELECT * FROM t", ())])


def test_protocol_batch_is_checked_when_it_is_executed(session):
    session.execute("CREATE TABLE n (k int PRIMARY KEY, a counter)")
    count = "UPDATE n SET a = a + ? WHERE k = 1"

    with pytest.raises(InvalidRequest, match="Cannot include a counter statement in a logged batch"):
        session.execute_batch([(count, (1,))])

    session.execute_batch([(count, (1,)), (count, (2,))], kind="COUNTER")
    assert session.execute("SELECT a FROM n").values == [(3,)]


def test_ttl_counts_from_the_second_of_the_write():
    cluster = MemoryCluster(dialect="cassandra", clock=Clock(lambda: 1_700_000_000_900_000))
    cluster.create_keyspace("ks")
    session = cluster.session("ks")
    session.execute("CREATE TABLE t (k int PRIMARY KEY, v int)")
    session.execute("INSERT INTO t (k, v) VALUES (1, 1) USING TTL 10")

    cluster.clock.advance("9s")
    assert session.execute("SELECT * FROM t").values == [(1, 1)]

    cluster.clock.advance("100ms")
    assert session.execute("SELECT * FROM t").values == []
