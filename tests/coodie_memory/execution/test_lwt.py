"""Lightweight transactions as ScyllaDB answers them: a row always, a row for each statement of a batch."""

import pytest

from coodie_memory.cluster import MemoryCluster


@pytest.fixture
def session():
    cluster = MemoryCluster(dialect="scylla")
    cluster.create_keyspace("ks")
    session = cluster.session("ks")
    session.execute("CREATE TABLE t (p int, c int, s int STATIC, v int, w text, PRIMARY KEY (p, c))")
    return session


def answer(session, cql):
    result = session.execute(cql)
    return result.metadata.names, result.values


def test_applied_update_answers_the_previous_values(session):
    session.execute("INSERT INTO t (p, c, v, w) VALUES (1, 1, 5, 'a')")

    assert answer(session, "UPDATE t SET v = 6 WHERE p = 1 AND c = 1 IF v = 5") == (
        ("[applied]", "v"),
        [(True, 5)],
    )


def test_refused_condition_shows_columns_in_the_tables_order(session):
    session.execute("INSERT INTO t (p, c, s, v, w) VALUES (1, 1, 9, 5, 'a')")

    assert answer(session, "UPDATE t SET w = 'b' WHERE p = 1 AND c = 1 IF v = 7 AND s = 9") == (
        ("[applied]", "s", "v"),
        [(False, 9, 5)],
    )


def test_insert_of_a_new_row_answers_nulls(session):
    assert answer(session, "INSERT INTO t (p, c, v) VALUES (1, 1, 5) IF NOT EXISTS") == (
        ("[applied]", "p", "c", "s", "v", "w"),
        [(True, None, None, None, None, None)],
    )


def test_absent_row_is_all_nulls_even_beside_statics(session):
    session.execute("UPDATE t SET s = 9 WHERE p = 1")

    assert answer(session, "UPDATE t SET v = 1 WHERE p = 1 AND c = 1 IF EXISTS")[1] == [
        (False, None, None, None, None, None)
    ]


def test_batch_answers_a_row_for_each_statement(session):
    session.execute("INSERT INTO t (p, c, v) VALUES (1, 1, 5)")

    assert answer(
        session,
        "BEGIN BATCH UPDATE t SET v = 6 WHERE p = 1 AND c = 1 IF v = 5;"
        " UPDATE t SET v = 7 WHERE p = 1 AND c = 2; APPLY BATCH",
    ) == (("[applied]", "p", "c", "v"), [(True, 1, 1, 5), (True, 1, None, None)])


def test_refused_batch_changes_nothing(session):
    session.execute("INSERT INTO t (p, c, v) VALUES (1, 1, 5)")
    session.execute(
        "BEGIN BATCH UPDATE t SET v = 6 WHERE p = 1 AND c = 1 IF v = 4;"
        " UPDATE t SET v = 7 WHERE p = 1 AND c = 2; APPLY BATCH"
    )

    assert session.execute("SELECT c, v FROM t WHERE p = 1").values == [(1, 5)]
