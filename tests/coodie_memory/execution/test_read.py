"""Reading through a session: what conformance scripts cannot show, such as paging states that travel, and speed's invariants."""

import pytest

from coodie_memory.cluster import MemoryCluster
from coodie_memory.errors import InvalidRequest, ProtocolException


@pytest.fixture
def cluster():
    cluster = MemoryCluster(dialect="cassandra")
    cluster.create_keyspace("ks")
    cluster.session("ks").execute("CREATE TABLE t (p int, c int, v int, s int static, PRIMARY KEY (p, c))")
    return cluster


@pytest.fixture
def session(cluster):
    return cluster.session("ks")


def fill(session, partitions=4, rows=5):
    for p in range(partitions):
        session.execute("INSERT INTO t (p, s) VALUES (?, ?)", (p, p))
        for c in range(rows):
            session.execute("INSERT INTO t (p, c, v) VALUES (?, ?, ?)", (p, c, p * 10 + c))


def paged(session, query, page_size, values=()):
    found, state, pages = [], None, 0
    while True:
        page = session.execute(query, values, page_size=page_size, paging_state=state)
        found += page
        pages += 1
        assert len(page) <= page_size
        if page.paging_state is None:
            return found
        state = page.paging_state
        assert pages < 500


QUERIES = [
    "SELECT p, c, s FROM t",
    "SELECT p, c FROM t WHERE p = 2",
    "SELECT p, c FROM t WHERE p = 2 ORDER BY c DESC",
    "SELECT p, c FROM t WHERE p IN (3, 1, 9)",
    "SELECT p, c FROM t WHERE p IN (3, 1) AND c IN (4, 0, 2)",
    "SELECT p, c FROM t WHERE p = 1 AND c > 0 AND c < 4 ORDER BY c DESC",
    "SELECT p, c FROM t WHERE v > 12 ALLOW FILTERING",
    "SELECT p, c FROM t WHERE s = 2 ALLOW FILTERING",
    "SELECT p, c FROM t PER PARTITION LIMIT 2",
    "SELECT p, c FROM t WHERE p IN (0, 1) PER PARTITION LIMIT 3",
    "SELECT p, c FROM t LIMIT 7",
    "SELECT DISTINCT p, s FROM t",
    "SELECT p, count(*), max(c) FROM t GROUP BY p",
    "SELECT p, c, sum(v) FROM t GROUP BY p, c PER PARTITION LIMIT 3",
    "SELECT p, c FROM t WHERE token(p) > token(1)",
    "SELECT p, c FROM t WHERE c = 2",
]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("page_size", [1, 2, 3, 7])
def test_pages_of_any_size_add_up_to_the_whole(session, query, page_size):
    fill(session)
    session.execute("INSERT INTO t (p, s) VALUES (77, 2)")
    session.execute("CREATE INDEX ON t (c)")

    assert list(session.execute(query)) == paged(session, query, page_size)


def test_state_goes_on_in_another_session_of_another_statement_object(cluster, session):
    fill(session)
    first = session.execute("SELECT p, c FROM t", page_size=7)

    rest = cluster.session("ks").execute("SELECT p, c FROM t", paging_state=first.paging_state)

    assert list(session.execute("SELECT p, c FROM t")) == [*first, *rest]


def test_rows_deleted_between_pages_do_not_disturb(session):
    fill(session, partitions=1)
    first = session.execute("SELECT c FROM t WHERE p = 0", page_size=2)
    session.execute("DELETE FROM t WHERE p = 0 AND c = 1")

    rest = session.execute("SELECT c FROM t WHERE p = 0", paging_state=first.paging_state)

    assert list(rest) == [(2,), (3,), (4,)]


def test_partition_deleted_between_pages_does_not_disturb(session):
    fill(session)
    whole = list(session.execute("SELECT p, c FROM t"))
    first = session.execute("SELECT p, c FROM t", page_size=6)
    (gone, _) = list(first)[-1]
    session.execute("DELETE FROM t WHERE p = ?", (gone,))

    rest = session.execute("SELECT p, c FROM t", paging_state=first.paging_state)

    assert [row for row in whole[6:] if row[0] != gone] == list(rest)


@pytest.mark.parametrize("state", [b"", b"x", b"\0" * 40, b"\xc1", b"\xc1" + b"\xff" * 30])
def test_malformed_state_is_a_protocol_error(session, state):
    with pytest.raises(ProtocolException, match="Invalid value for the paging state"):
        session.execute("SELECT * FROM t", paging_state=state)


def test_state_of_another_query_is_a_position(session):
    fill(session)
    state = session.execute("SELECT * FROM t WHERE p = 1", page_size=2).paging_state

    assert list(session.execute("SELECT c FROM t WHERE p = 1 AND c >= 0", paging_state=state)) == [
        (2,),
        (3,),
        (4,),
    ]


def test_row_appears_and_expires_for_a_compiled_point_read(cluster, session):
    cluster.clock.freeze()
    read = session.prepare("SELECT v FROM t WHERE p = ? AND c = ?")
    assert list(session.execute(read, (1, 1))) == []
    session.execute("INSERT INTO t (p, c, v) VALUES (1, 1, 5) USING TTL 10")
    assert list(session.execute(read, (1, 1))) == [(5,)]

    cluster.clock.advance(11)

    assert list(session.execute(read, (1, 1))) == []


def test_point_read_of_a_row_without_marker_ends_with_its_last_value(session):
    session.execute("CREATE TABLE flat (p int, c int, v int, PRIMARY KEY (p, c))")
    read = session.prepare("SELECT c, v FROM flat WHERE p = 1 AND c = 1")
    session.execute("UPDATE flat SET v = 1 WHERE p = 1 AND c = 1")
    assert list(session.execute(read)) == [(1, 1)]

    session.execute("DELETE v FROM flat WHERE p = 1 AND c = 1")

    assert list(session.execute(read)) == []


def test_column_added_later_is_null_in_old_rows(session):
    session.execute("INSERT INTO t (p, c, v) VALUES (1, 1, 5)")
    session.execute("ALTER TABLE t ADD late int")

    assert list(session.execute("SELECT v, late FROM t WHERE p = 1 AND c = 1")) == [(5, None)]
    assert list(session.execute("SELECT v FROM t WHERE late = 1 ALLOW FILTERING")) == []


def test_index_finds_what_was_written_before_it(session):
    fill(session)
    query = "SELECT p FROM t WHERE v = 21"
    with pytest.raises(InvalidRequest, match="ALLOW FILTERING"):
        session.execute(query)

    session.execute("CREATE INDEX by_v ON t (v)")
    assert list(session.execute(query)) == [(2,)]

    session.execute("DROP INDEX by_v")
    with pytest.raises(InvalidRequest, match="ALLOW FILTERING"):
        session.execute(query)


def test_aggregates_over_a_scan_warn(session):
    assert session.execute("SELECT count(*) FROM t").warnings == (
        "Aggregation query used without partition key",
    )
    assert session.execute("SELECT count(*) FROM t WHERE p = 1").warnings == ()
    several = session.execute("SELECT count(*) FROM t WHERE p IN (1, 2)")
    assert several.warnings == ("Aggregation query used on multiple partition keys (IN restriction)",)


def test_now_differs_at_each_call_and_uuid_is_seeded():
    def uuids(seed):
        cluster = MemoryCluster(seed=seed)
        cluster.create_keyspace("ks")
        session = cluster.session("ks")
        session.execute("CREATE TABLE one (k int PRIMARY KEY)")
        session.execute("INSERT INTO one (k) VALUES (1)")
        (row,) = session.execute("SELECT now(), now(), uuid() FROM one")
        return row

    first, second, random = uuids(1)
    assert first != second
    assert random == uuids(1)[2]
