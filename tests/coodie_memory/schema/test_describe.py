"""What DESCRIBE writes makes the same again."""

import re
from typing import Any

import pytest

from coodie_memory.cluster import MemoryCluster
from coodie_memory.errors import InvalidRequest
from coodie_memory.execution.context import Options
from coodie_memory.result import Rows
from coodie_memory.session import Session

_MADE = (
    "CREATE TYPE address (street text, zip int)",
    'CREATE TABLE "Quoted" (k int, c int, s int static, PRIMARY KEY (k, c))',
    """CREATE TABLE t (p int, "P 2" text, c timeuuid, l list<int>, a frozen<address>, v text,
       PRIMARY KEY ((p, "P 2"), c)) WITH CLUSTERING ORDER BY (c DESC) AND comment = 'it''s' AND gc_grace_seconds = 5
       AND caching = {'keys': 'NONE'} AND compaction = {'class': 'LeveledCompactionStrategy'}
       AND compression = {'enabled': false} AND speculative_retry = '50ms' AND cdc = true""",
    "CREATE INDEX by_v ON t (v)",
    "CREATE INDEX by_l ON t (l)",
    """CREATE MATERIALIZED VIEW mv AS SELECT * FROM t
       WHERE v IS NOT NULL AND p IS NOT NULL AND "P 2" IS NOT NULL AND c IS NOT NULL
       PRIMARY KEY (v, p, "P 2", c) WITH comment = 'view'""",
)


@pytest.fixture
def cluster() -> MemoryCluster:
    made = MemoryCluster(dialect="cassandra", materialized_views=True)
    made.create_keyspace("ks")
    session = made.session("ks")
    for statement in _MADE:
        session.execute(statement)
    return made


def _rows(session: Session, statement: str, **options: Any) -> Rows:
    answer = session.execute(statement, options=Options(**options))
    assert isinstance(answer, Rows)
    return answer


def _described(cluster: MemoryCluster, keyspace: str) -> list[str]:
    return [row[3] for row in _rows(cluster.session(), f"DESCRIBE KEYSPACE {keyspace}")]


def test_statements_of_a_keyspace_make_it_again(cluster: MemoryCluster) -> None:
    """Executed under another name, in the order in which they come."""
    statements = _described(cluster, "ks")
    for statement in statements:
        cluster.session().execute(re.sub(r"\bks\b", "copy", statement))

    assert [re.sub(r"\bcopy\b", "ks", each) for each in _described(cluster, "copy")] == statements


def test_internals_make_a_table_again_that_has_lost_columns(cluster: MemoryCluster) -> None:
    """Drops and returns included, with their times, so that old cells stay hidden."""
    session = cluster.session("ks")
    session.execute("CREATE TABLE lossy (k int PRIMARY KEY, a int, b text, c int)")
    session.execute("ALTER TABLE lossy DROP (a, c) USING TIMESTAMP 5")
    session.execute("ALTER TABLE lossy ADD a int")
    (row,) = _rows(session, "DESCRIBE TABLE lossy WITH INTERNALS")
    session.execute("DROP TABLE lossy")
    for statement in row[3].split(";")[:-1]:
        session.execute(statement)

    assert [row] == list(_rows(session, "DESCRIBE TABLE lossy WITH INTERNALS"))


def test_pages_end_where_the_schema_changes(cluster: MemoryCluster) -> None:
    """What follows would not fit to what has been shown."""
    session = cluster.session("ks")
    first = _rows(session, "DESCRIBE TABLES", page_size=1)
    session.execute("CREATE TABLE another (k int PRIMARY KEY)")

    with pytest.raises(InvalidRequest, match="The schema has changed since the previous page"):
        _rows(session, "DESCRIBE TABLES", page_size=1, paging_state=first.paging_state)


def test_a_state_of_another_origin_is_refused(cluster: MemoryCluster) -> None:
    with pytest.raises(InvalidRequest, match="Invalid paging state"):
        _rows(cluster.session("ks"), "DESCRIBE TABLES", paging_state=b"x")


def test_cluster_tells_ranges_of_a_keyspace_of_users_alone(cluster: MemoryCluster) -> None:
    assert _rows(cluster.session("ks"), "DESCRIBE CLUSTER").dicts() == [
        {
            "cluster": "Test Cluster",
            "partitioner": "Murmur3Partitioner",
            "snitch": "DynamicEndpointSnitch",
            "range_ownership": {"0": ["/127.0.0.1:7000"]},
        }
    ]
    assert "range_ownership" not in _rows(cluster.session("system"), "DESCRIBE CLUSTER").dicts()[0]


def test_full_schema_has_the_servers_own_keyspaces(cluster: MemoryCluster) -> None:
    def keyspaces(statement: str) -> set[str]:
        return {row[0] for row in _rows(cluster.session(), statement)}

    assert keyspaces("DESCRIBE SCHEMA") == {"ks"}
    assert keyspaces("DESCRIBE FULL SCHEMA") > {"ks", "system", "system_schema", "system_views"}
