"""What ScyllaDB takes in WHERE and Cassandra refuses; from its documentation, no server here confirms it."""

import pytest

from coodie_memory.cluster import MemoryCluster
from coodie_memory.errors import InvalidRequest


@pytest.fixture
def session():
    cluster = MemoryCluster(dialect="scylla")
    cluster.create_keyspace("ks")
    session = cluster.session("ks")
    session.execute("CREATE TABLE t (p int, c int, v int, w text, PRIMARY KEY (p, c))")
    for c, v, w in ((1, 11, "ab"), (2, 12, "abc"), (3, None, "a_c"), (4, 14, "b%")):
        session.execute("INSERT INTO t (p, c, v, w) VALUES (1, ?, ?, ?)", (c, v, w))
    return session


def found(session, where, values=()):
    return [c for (c,) in session.execute(f"SELECT c FROM t WHERE {where} ALLOW FILTERING", values)]


@pytest.mark.parametrize(
    "where",
    [
        "p = null",
        "p = 1 AND c = null",
        "p = 1 AND c > null",
        "p IN (null)",
        "v = null",
        "v < null",
        "token(p) > null",
    ],
)
def test_nothing_equals_null(session, where):
    assert found(session, where) == []


def test_null_beside_others_in_a_list_is_left_out(session):
    assert found(session, "p IN (null, 1)") == [1, 2, 3, 4]
    assert found(session, "p = 1 AND c IN (2, null)") == [2]
    assert found(session, "v IN (null, 11)") == [1]


def test_null_in_a_point_read_finds_nothing_and_counts_nothing(session):
    assert list(session.execute("SELECT c FROM t WHERE p = ? AND c = ?", (1, None))) == []
    assert list(session.execute("SELECT count(*) FROM t WHERE p = null")) == [(0,)]


def test_writing_to_a_null_key_is_refused_as_ever(session):
    with pytest.raises(InvalidRequest, match="Invalid null value in condition for column c"):
        session.execute("UPDATE t SET v = 1 WHERE p = 1 AND c = null")


def test_relations_on_one_column_intersect(session):
    assert found(session, "p = 1 AND c = 2 AND c = 2") == [2]
    assert found(session, "p = 1 AND c = 2 AND c = 3") == []
    assert found(session, "p = 1 AND c > 1 AND c > 2") == [3, 4]
    assert found(session, "p = 1 AND c IN (1, 2, 3) AND c >= 2") == [2, 3]


def test_not_in_leaves_out_rows_and_never_matches_null(session):
    assert found(session, "v NOT IN (11, 14)") == [2]
    assert found(session, "v NOT IN ?", ([12],)) == [1, 4]
    assert found(session, "v NOT IN (11, null)") == []
    assert found(session, "p = 1 AND c NOT IN (1, 2)") == [3, 4]


@pytest.mark.parametrize(
    ("pattern", "rows"),
    [
        ("ab%", [1, 2]),
        ("%c", [2, 3]),
        ("a_c", [2, 3]),
        ("a\\_c", [3]),
        ("b\\%", [4]),
        ("", []),
        ("%", [1, 2, 3, 4]),
    ],
)
def test_like_filters_by_pattern(session, pattern, rows):
    assert found(session, "w LIKE ?", (pattern,)) == rows


@pytest.mark.parametrize("where", ["w LIKE 'a%'", "v NOT IN (1)"])
def test_filters_want_to_be_allowed(session, where):
    with pytest.raises(InvalidRequest, match="ALLOW FILTERING"):
        session.execute(f"SELECT c FROM t WHERE {where}")


def test_inequality_on_the_partition_key_is_refused_in_its_own_words(session):
    with pytest.raises(InvalidRequest, match="Only EQ and IN relation are supported on the partition key"):
        session.execute("SELECT c FROM t WHERE p > 1")


def test_missing_clustering_column_is_refused_in_its_own_words(session):
    with pytest.raises(InvalidRequest, match="Missing mandatory PRIMARY KEY part c"):
        session.execute("UPDATE t SET v = 1 WHERE p = 1")


def test_order_over_partitions_ignores_the_page_size(session):
    session.execute("INSERT INTO t (p, c) VALUES (2, 0)")

    page = session.execute("SELECT c FROM t WHERE p IN (1, 2) ORDER BY c", page_size=2)

    assert list(page) == [(0,), (1,), (2,), (3,), (4,)]
    assert page.paging_state is None


def test_per_partition_limit_is_named(session):
    with pytest.raises(InvalidRequest, match="PER PARTITION LIMIT must be strictly positive"):
        session.execute("SELECT c FROM t PER PARTITION LIMIT 0")


def test_empty_partition_key_finds_nothing(session):
    session.execute("CREATE TABLE e (k text PRIMARY KEY)")

    assert list(session.execute("SELECT k FROM e WHERE k = ''")) == []
