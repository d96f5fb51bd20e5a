"""Rows that expire by a column, as the clock goes on."""

import datetime as dt

from coodie_memory.cluster import MemoryCluster


def test_a_row_goes_when_its_time_has_come() -> None:
    """With it go its row of a view, its entry of an index, and all its cells, whenever they were written."""
    cluster = MemoryCluster(dialect="scylla")
    cluster.create_keyspace("ks")
    session = cluster.session("ks")
    session.execute("CREATE TABLE t (k int PRIMARY KEY, v int, ends timestamp TTL)")
    session.execute("CREATE INDEX ON t (v)")
    session.execute(
        "CREATE MATERIALIZED VIEW by_v AS SELECT k, v FROM t WHERE v IS NOT NULL AND k IS NOT NULL PRIMARY KEY (v, k)"
    )
    end = dt.datetime.fromtimestamp(cluster.clock.micros() / 1_000_000 + 3600, dt.UTC)
    session.execute("INSERT INTO t (k, v, ends) VALUES (1, 5, ?)", (end,))
    cluster.clock.advance("30m")
    session.execute("UPDATE t SET v = 6 WHERE k = 1")
    for text in ("SELECT k FROM by_v", "SELECT k FROM t WHERE v = 6", "SELECT k FROM t WHERE k = 1"):
        assert len(list(session.execute(text))) == 1, text
    cluster.clock.advance("31m")
    for text in ("SELECT k FROM by_v", "SELECT k FROM t WHERE v = 6", "SELECT k FROM t WHERE k = 1"):
        assert list(session.execute(text)) == [], text
