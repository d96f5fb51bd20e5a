"""Materialized views: whatever happens to the base, they show what a SELECT on it would."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coodie_memory.cluster import MemoryCluster

_TABLE = "CREATE TABLE ks.t (p int, c int, v int, w int, x int, m map<int, int>, PRIMARY KEY (p, c))"
_VIEWS = {
    "by_v": "SELECT p, c, v, w, m FROM ks.t WHERE v IS NOT NULL AND p IS NOT NULL AND c IS NOT NULL PRIMARY KEY (v, p, c)",
    "few": "SELECT p, c, w FROM ks.t WHERE p IS NOT NULL AND c IS NOT NULL PRIMARY KEY (c, p)",
    "some": "SELECT * FROM ks.t WHERE p IS NOT NULL AND c > 1 PRIMARY KEY ((p, c))",
}
_SMALL = st.integers(0, 2)
_USING = st.builds("USING TIMESTAMP {}".format, st.integers(1, 6))
_EXPIRING = st.builds("USING TTL {} AND TIMESTAMP {}".format, st.integers(1, 5), st.integers(1, 6))
_WRITES = st.one_of(
    st.builds(
        "INSERT INTO t (p, c, v, w, x) VALUES ({}, {}, {}, {}, {}) {}".format,
        *[_SMALL] * 3,
        st.sampled_from(["1", "2", "null"]),
        _SMALL,
        _USING | _EXPIRING,
    ),
    st.builds(
        "UPDATE t {} SET {} = {} WHERE p = {} AND c = {}".format,
        _USING | _EXPIRING,
        st.sampled_from(["v", "w", "x", "m[1]"]),
        st.sampled_from(["0", "1", "null"]),
        _SMALL,
        _SMALL,
    ),
    st.builds(
        "DELETE {} FROM t {} WHERE p = {} AND c = {}".format,
        st.sampled_from(["", "v", "x"]),
        _USING,
        _SMALL,
        _SMALL,
    ),
    st.builds("DELETE FROM t {} WHERE p = {} AND c >= {}".format, _USING, _SMALL, _SMALL),
    st.builds("DELETE FROM t {} WHERE p = {}".format, _USING, _SMALL),
)


@pytest.fixture(scope="module")
def cluster():
    cluster = MemoryCluster(dialect="cassandra", materialized_views=True)
    cluster.clock.freeze()
    cluster.create_keyspace("ks")
    cluster.session().execute(_TABLE)
    for name, definition in _VIEWS.items():
        cluster.session().execute(f"CREATE MATERIALIZED VIEW ks.{name} AS {definition}")
    return cluster


def rows(session, query, now):
    return sorted(session.execute(query, now_in_seconds=now), key=repr)


def assert_views_agree(session, second):
    for later in (second, second + 3, second + 10):
        shown = rows(session, "SELECT v, p, c, w, m, writetime(w), ttl(w) FROM by_v", later)
        base = rows(session, "SELECT v, p, c, w, m, writetime(w), ttl(w) FROM t", later)
        assert shown == [row for row in base if row[0] is not None]
        # A SELECT that does not ask for everything may miss rows whose marker has expired.
        everything = rows(session, "SELECT p, c, w, v, x, m FROM t", later)
        assert rows(session, "SELECT p, c, w FROM few", later) == sorted(
            (row[:3] for row in everything), key=repr
        )
        assert rows(session, "SELECT * FROM some", later) == rows(
            session, "SELECT * FROM t WHERE c > 1 ALLOW FILTERING", later
        )


@given(st.lists(_WRITES, max_size=12), st.integers(0, 12))
@settings(max_examples=60, deadline=None)
def test_view_shows_what_a_select_on_its_base_would(cluster, writes, undone):
    """Whatever is written in whatever order, whatever has expired by then, whatever of it is taken back."""
    session, engine = cluster.session("ks"), cluster.engine
    second = cluster.clock.micros() // 1_000_000
    session.execute("TRUNCATE t")
    for write in writes[undone:]:
        session.execute(write)
    mark = engine.journal.mark()
    for write in writes[:undone]:
        session.execute(write)

    assert_views_agree(session, second)
    engine.journal.rollback(mark)
    engine.journal.release(mark)
    assert_views_agree(session, second)


def test_dropped_and_truncated_views_come_back_with_what_is_undone():
    cluster = MemoryCluster(dialect="cassandra", materialized_views=True)
    cluster.create_keyspace("ks")
    session = cluster.session("ks")
    session.execute(_TABLE)
    session.execute(f"CREATE MATERIALIZED VIEW by_v AS {_VIEWS['by_v']}")
    session.execute("INSERT INTO t (p, c, v) VALUES (1, 1, 1)")

    journal = cluster.engine.journal
    mark = journal.mark()
    session.execute("TRUNCATE t")
    session.execute("DROP MATERIALIZED VIEW by_v")
    session.execute("INSERT INTO t (p, c, v) VALUES (2, 2, 2)")
    journal.rollback(mark)
    journal.release(mark)

    assert list(session.execute("SELECT v, p FROM by_v")) == [(1, 1)]
    session.execute("INSERT INTO t (p, c, v) VALUES (2, 2, 2)")
    assert len(list(session.execute("SELECT * FROM by_v"))) == 2


def test_value_too_long_for_a_key_is_in_no_view_that_needs_it_beside_others():
    """Alone in a partition key or among clustering columns it is fine, as on the server."""
    cluster = MemoryCluster(dialect="cassandra", materialized_views=True)
    cluster.create_keyspace("ks")
    session = cluster.session("ks")
    session.execute("CREATE TABLE t (p int PRIMARY KEY, v text)")
    for name, key in (("alone", "v, p"), ("beside", "(v, p)"), ("clustering", "p, v")):
        session.execute(
            f"CREATE MATERIALIZED VIEW {name} AS SELECT * FROM t WHERE p IS NOT NULL AND v IS NOT NULL PRIMARY KEY ({key})"
        )

    session.execute("INSERT INTO t (p, v) VALUES (1, ?)", ["x" * 65536])

    counts = {
        name: len(list(session.execute(f"SELECT * FROM {name}")))
        for name in ("alone", "beside", "clustering")
    }
    assert counts == {"alone": 1, "beside": 0, "clustering": 1}
