"""The pipeline from text to result, its cache, and what a failed statement leaves behind."""

import pytest

from coodie_memory import session as sessions
from coodie_memory.cluster import MemoryCluster
from coodie_memory.errors import AlreadyExists, InvalidRequest, SyntaxException
from coodie_memory.result import UNSET, Rows, SchemaChange, SetKeyspace, Void
from coodie_memory.session import Session


@pytest.fixture
def cluster() -> MemoryCluster:
    cluster = MemoryCluster(dialect="cassandra", seed=1)
    cluster.create_keyspace("ks")
    return cluster


@pytest.fixture
def session(cluster: MemoryCluster) -> Session:
    session = cluster.session("ks")
    session.execute("CREATE TABLE t (k int, c int, v text, PRIMARY KEY (k, c))")
    return session


def test_values_go_in_and_come_out_as_python_values(session: Session) -> None:
    assert session.execute("INSERT INTO t (k, c, v) VALUES (?, ?, ?)", (1, 2, "x")) == Void()

    rows = session.execute("SELECT * FROM t WHERE k = ?", (1,))

    assert isinstance(rows, Rows)
    assert list(rows) == [(1, 2, "x")]
    assert rows.dicts() == [{"k": 1, "c": 2, "v": "x"}]
    assert rows.one() == (1, 2, "x")
    assert rows.raw == [(b"\0\0\0\1", b"\0\0\0\2", b"x")]


def test_named_markers_take_a_mapping(session: Session) -> None:
    session.execute("INSERT INTO t (k, c, v) VALUES (:key, 1, :text)", {"text": "x", "key": 5})

    assert session.execute("SELECT k, v FROM t").one() == (5, "x")


def test_a_missing_name_is_refused_by_name(session: Session) -> None:
    with pytest.raises(InvalidRequest, match="no value for text"):
        session.execute("INSERT INTO t (k, c, v) VALUES (:key, 1, :text)", {"key": 5})


def test_too_few_values_are_refused(session: Session) -> None:
    insert = "INSERT INTO t (k, c, v) VALUES (?, ?, ?)"
    with pytest.raises(InvalidRequest, match=r"there were 3 markers\(\?\) in CQL but 2 bound variables"):
        session.execute(session.prepare(insert), (1, 2))
    with pytest.raises(InvalidRequest, match="Invalid amount of bind variables"):
        session.execute(insert, (1, 2))


def test_unset_leaves_a_column_as_it_is(session: Session) -> None:
    insert = session.prepare("INSERT INTO t (k, c, v) VALUES (?, ?, ?)")
    session.execute(insert, (1, 1, "x"))
    session.execute(insert, (1, 1, UNSET))

    assert session.execute("SELECT v FROM t").one() == ("x",)


def test_use_belongs_to_the_session(cluster: MemoryCluster) -> None:
    session, other = cluster.session(), cluster.session()

    assert session.execute("USE ks") == SetKeyspace("ks")
    session.execute("CREATE TABLE t (k int PRIMARY KEY)")

    with pytest.raises(InvalidRequest, match="No keyspace has been specified"):
        other.execute("SELECT * FROM t")


def test_a_text_is_prepared_once(session: Session) -> None:
    first = session.prepare("SELECT * FROM t")

    assert session.prepare("SELECT * FROM t") is first


def test_a_text_that_names_its_keyspace_is_prepared_once_for_all(
    cluster: MemoryCluster, session: Session
) -> None:
    """Drivers ask the same of the schema on several connections, which use different keyspaces."""
    cluster.create_keyspace("other")
    elsewhere, nowhere = cluster.session("other"), cluster.session()
    session.execute("CREATE TABLE other.t (k text PRIMARY KEY)")

    first = session.prepare("SELECT * FROM ks.t")

    assert elsewhere.prepare("SELECT * FROM ks.t") is first
    assert nowhere.prepare("SELECT * FROM ks.t") is first
    assert elsewhere.prepare("SELECT * FROM t") is not session.prepare("SELECT * FROM t")


def test_a_schema_change_outdates_plans_and_no_rows(session: Session) -> None:
    select = session.prepare("SELECT * FROM t")
    session.execute("INSERT INTO t (k, c, v) VALUES (1, 1, 'x')")
    session.execute("ALTER TABLE t ADD w int")

    rows = session.execute(select)

    assert rows.metadata.names == ("k", "c", "v", "w")
    assert list(rows) == [(1, 1, "x", None)]


def test_a_plan_for_a_table_that_was_made_again_reads_the_new_one(session: Session) -> None:
    select = session.prepare("SELECT * FROM t")
    session.execute("INSERT INTO t (k, c, v) VALUES (1, 1, 'x')")
    session.execute("DROP TABLE t")
    session.execute("CREATE TABLE t (k text PRIMARY KEY)")
    session.execute("INSERT INTO t (k) VALUES ('new')")

    assert list(session.execute(select)) == [("new",)]


def test_the_plan_cache_is_bounded(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "_PLANS", 10)
    for number in range(50):
        session.execute(f"SELECT * FROM t WHERE k = {number}")

    assert len(session._plans._prepared) <= 10


def test_a_batch_of_statements_each_with_its_values(session: Session) -> None:
    insert = session.prepare("INSERT INTO t (k, c, v) VALUES (?, ?, ?)")
    session.execute_batch([(insert, (1, 1, "a")), ("DELETE FROM t WHERE k = 2", ()), (insert, (1, 2, "b"))])

    assert list(session.execute("SELECT c, v FROM t WHERE k = 1")) == [(1, "a"), (2, "b")]


def test_a_batch_with_one_bad_statement_writes_nothing(session: Session) -> None:
    insert = session.prepare("INSERT INTO t (k, c, v) VALUES (?, ?, ?)")
    with pytest.raises(InvalidRequest, match="Invalid null value in condition for column c"):
        session.execute_batch([(insert, (1, 1, "a")), (insert, (1, None, "b"))])

    assert list(session.execute("SELECT * FROM t")) == []


def test_a_schema_statement_tells_what_changed(session: Session) -> None:
    assert session.execute("CREATE TABLE u (k int PRIMARY KEY)") == SchemaChange(
        "CREATED", "TABLE", "ks", "u"
    )
    assert session.execute("CREATE TABLE IF NOT EXISTS u (k int PRIMARY KEY)") == Void()
    with pytest.raises(AlreadyExists) as refusal:
        session.execute("CREATE TABLE u (k int PRIMARY KEY)")
    assert (refusal.value.keyspace, refusal.value.table) == ("ks", "u")


def test_paging_goes_on_in_another_session(cluster: MemoryCluster, session: Session) -> None:
    for number in range(5):
        session.execute("INSERT INTO t (k, c, v) VALUES (1, ?, 'x')", (number,))
    first = session.execute("SELECT c FROM t WHERE k = 1", page_size=3)
    assert isinstance(first, Rows)

    rest = cluster.session("ks").execute(
        "SELECT c FROM t WHERE k = 1", page_size=3, paging_state=first.paging_state
    )

    assert [c for (c,) in (*first, *rest)] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("cql", ["SELEC * FROM t", "", ";"])
def test_what_is_no_cql_is_a_syntax_error(session: Session, cql: str) -> None:
    with pytest.raises(SyntaxException):
        session.execute(cql)


def test_a_schema_statement_outdates_only_plans_that_looked_into_its_keyspace() -> None:
    """Around each, drivers read tables of the server's own, which do not change."""
    cluster = MemoryCluster()
    for name in ("one", "other"):
        cluster.create_keyspace(name)
    session = cluster.session("one")
    session.execute("CREATE TABLE t (k int PRIMARY KEY)")
    texts = ("SELECT * FROM t", "SELECT * FROM system_schema.tables WHERE keyspace_name = 'one'")
    mine, servers = map(session.prepare, texts)

    session.execute("CREATE TABLE other.t (k int PRIMARY KEY)")
    assert [session.prepare(text).plan for text in texts] == [mine.plan, servers.plan]
    assert session.prepare(texts[0]).plan is mine.plan

    session.execute("ALTER TABLE t ADD v int")
    assert session.prepare(texts[0]).plan is not mine.plan
    assert session.prepare(texts[1]).plan is servers.plan
    assert len(session.execute(texts[1])) == 1
