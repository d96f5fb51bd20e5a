"""The Python driver in process: a real session, real policies and metadata, and no network."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest

pytest.importorskip("cassandra", reason="no driver is installed")

from cassandra import AlreadyExists, ConsistencyLevel, InvalidRequest, Unauthorized, Unavailable
from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile, NoHostAvailable, Session
from cassandra.concurrent import execute_concurrent, execute_concurrent_with_args
from cassandra.policies import FallthroughRetryPolicy, RetryPolicy
from cassandra.protocol import SyntaxException
from cassandra.query import (
    UNSET_VALUE,
    BatchStatement,
    BatchType,
    SimpleStatement,
    dict_factory,
    named_tuple_factory,
    tuple_factory,
)

from conformance.driver.values import VALUES, came_back
from coodie_memory.cluster import MemoryCluster

Connect = Callable[..., Session]


@pytest.fixture
def cluster() -> MemoryCluster:
    cluster = MemoryCluster(dialect="cassandra", seed=1)
    cluster.create_keyspace("ks")
    return cluster


@pytest.fixture
def connect(cluster: MemoryCluster) -> Iterator[Connect]:
    """Sessions that are shut down at the end."""
    with ExitStack() as opened:

        def session(keyspace: str | None = "ks", **options: object) -> Session:
            session = cluster.connect(keyspace, **options)
            opened.callback(session.cluster.shutdown)
            return session

        yield session


@pytest.fixture(params=[4, 5])
def session(connect: Connect, request: pytest.FixtureRequest) -> Session:
    """In the versions of the protocol that drivers choose."""
    session = connect(protocol_version=request.param)
    session.execute("CREATE TABLE t (p int, c int, v text, PRIMARY KEY (p, c))")
    return session


def fill(session: Session, count: int) -> None:
    insert = session.prepare("INSERT INTO t (p, c, v) VALUES (1, ?, ?)")
    for c in range(count):
        session.execute(insert, (c, str(c)))


# Time


def test_plain_writes_and_conditional_ones_have_one_clock(cluster, session):
    """A driver dates its writes itself: with the process's clock, one would hide what the moved engine writes, or be hidden."""
    cluster.clock.freeze(datetime(2030, 1, 1, tzinfo=UTC))
    session.execute("INSERT INTO t (p, c, v) VALUES (1, 1, 'plain')")
    cluster.clock.set(datetime(2020, 1, 1, tzinfo=UTC))
    session.execute("INSERT INTO t (p, c, v) VALUES (1, 2, 'plain')")
    session.execute("UPDATE t SET v = 'conditional' WHERE p = 1 AND c = 2 IF v = 'plain'")
    session.execute("UPDATE t SET v = 'later' WHERE p = 1 AND c = 1")

    first, second = session.execute("SELECT v, writetime(v) AS at FROM t WHERE p = 1")
    assert (first.v, second.v) == ("later", "conditional")
    assert first.at > second.at >= 1_893_456_000_000_000


# Connecting


def test_there_is_no_socket_and_no_thread_but_the_drivers(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("a socket")

    monkeypatch.setattr("socket.socket.connect", refused)
    session = connect()
    session.execute("SELECT key FROM system.local")

    assert not [thread.name for thread in threading.enumerate() if "coodie" in thread.name]


def test_a_cluster_of_ones_own_takes_the_options(cluster: MemoryCluster) -> None:
    """Whatever else it is made with; the version is negotiated as with any server."""
    driver = Cluster(**cluster.driver_options(), executor_threads=3)
    try:
        assert driver.connect("ks").execute("SELECT key FROM system.local").one() == ("local",)
        assert driver.protocol_version == 5
    finally:
        driver.shutdown()


def test_scylla_is_spoken_to_in_version_4() -> None:
    session = MemoryCluster(dialect="scylla").connect()
    try:
        assert session.cluster.protocol_version == 4
        assert session.execute("SELECT release_version FROM system.local").one() == ("3.0.8",)
    finally:
        session.cluster.shutdown()


def test_version_3_is_spoken(connect: Connect) -> None:
    session = connect(protocol_version=3)
    session.execute("CREATE TABLE t (k int PRIMARY KEY, d duration, v vector<int, 1>)")
    session.execute(session.prepare("INSERT INTO t (k, v) VALUES (?, ?)"), (1, [2]))

    assert session.execute("SELECT * FROM t").one() == (1, None, [2])


def test_clusters_are_strangers_to_each_other(connect: Connect) -> None:
    """All of them say that they are at the same address."""
    other = MemoryCluster(dialect="cassandra").connect()
    try:
        connect()
        assert "ks" not in other.cluster.metadata.keyspaces
    finally:
        other.cluster.shutdown()


def test_a_missing_keyspace_leaves_nothing_behind(cluster: MemoryCluster) -> None:
    with pytest.raises(NoHostAvailable):
        cluster.connect("nowhere")

    assert not cluster.engine.listeners


def test_a_password_is_asked_for() -> None:
    cluster = MemoryCluster(dialect="cassandra", authentication={"ann": "secret"})

    with pytest.raises(NoHostAvailable, match="Remote end requires authentication"):
        cluster.connect()
    with pytest.raises(NoHostAvailable, match="username ann and/or password are incorrect"):
        cluster.connect(auth_provider=PlainTextAuthProvider("ann", "guess"))
    session = cluster.connect(auth_provider=PlainTextAuthProvider("ann", "secret"))
    session.cluster.shutdown()


def test_answers_may_be_compressed(connect: Connect) -> None:
    pytest.importorskip("lz4", reason="it is what compresses")
    for version in (4, 5):
        session = connect(protocol_version=version, compression="lz4")

        assert session.execute("SELECT key FROM system.local").one() == ("local",)


def test_a_session_that_is_shut_down_is_gone(cluster: MemoryCluster) -> None:
    session = cluster.connect("ks")
    session.cluster.shutdown()

    with pytest.raises(Exception, match="shut"):
        session.execute("SELECT key FROM system.local")
    assert not cluster.engine.listeners


# Requests


def test_rows_come_as_the_row_factory_makes_them(session: Session) -> None:
    fill(session, 1)

    for factory, row in ((tuple_factory, (1, 0, "0")), (dict_factory, {"p": 1, "c": 0, "v": "0"})):
        session.row_factory = factory
        assert list(session.execute("SELECT * FROM t")) == [row]
    session.row_factory = named_tuple_factory
    assert session.execute("SELECT * FROM t").one().v == "0"


def test_values_of_a_simple_statement_are_literals(session: Session) -> None:
    session.execute("INSERT INTO t (p, c, v) VALUES (%s, %s, %s)", (1, 2, "it's"))
    session.execute("INSERT INTO t (p, c, v) VALUES (%(p)s, %(c)s, %(v)s)", {"p": 1, "c": 3, "v": None})

    assert list(session.execute("SELECT * FROM t")) == [(1, 2, "it's"), (1, 3, None)]


def test_prepared_values_may_be_named_null_or_unset(session: Session) -> None:
    insert = session.prepare("INSERT INTO t (p, c, v) VALUES (:p, :c, :v)")
    session.execute(insert, {"p": 1, "c": 1, "v": "kept"})
    session.execute(insert, (1, 1, UNSET_VALUE))
    session.execute(insert, (1, 2, None))

    assert insert.routing_key_indexes == [0]
    assert list(session.execute("SELECT c, v FROM t")) == [(1, "kept"), (2, None)]


def test_pages_are_fetched_as_they_are_read(session: Session) -> None:
    fill(session, 25)

    found = session.execute(SimpleStatement("SELECT c FROM t", fetch_size=10))

    assert found.has_more_pages
    assert len(found.current_rows) == 10
    assert [c for (c,) in found] == list(range(25))
    resumed = session.execute(
        SimpleStatement("SELECT c FROM t", fetch_size=10),
        paging_state=session.execute(SimpleStatement("SELECT c FROM t", fetch_size=20)).paging_state,
    )
    assert [c for (c,) in resumed] == list(range(20, 25))


def test_a_future_has_its_result_and_calls_back(session: Session) -> None:
    fill(session, 1)
    heard: list[object] = []

    future = session.execute_async("SELECT v FROM t")
    future.add_callbacks(heard.append, heard.append)
    failed = session.execute_async("SELECT nothing FROM t")
    failed.add_callbacks(heard.append, heard.append)

    assert future.result().one() == ("0",)
    with pytest.raises(InvalidRequest):
        failed.result()
    assert [type(each) for each in heard] == [list, InvalidRequest]


def test_a_callback_may_fetch_the_next_page(session: Session) -> None:
    fill(session, 30)
    found, done = [], threading.Event()
    future = session.execute_async(SimpleStatement("SELECT c FROM t", fetch_size=4))

    def page(rows: list[tuple[int]]) -> None:
        found.extend(c for (c,) in rows)
        if future.has_more_pages:
            future.start_fetching_next_page()
        else:
            done.set()

    future.add_callback(page)

    assert done.wait(10)
    assert found == list(range(30))


def test_thousands_of_requests_follow_each_other_by_callbacks(session: Session) -> None:
    """Each is sent by the callback of one before, without the stack growing until it breaks."""
    insert = session.prepare("INSERT INTO t (p, c, v) VALUES (1, ?, '')")

    outcomes = execute_concurrent_with_args(session, insert, [(c,) for c in range(2000)], concurrency=3)

    assert all(success for success, _ in outcomes)
    assert session.execute("SELECT count(*) FROM t").one() == (2000,)


def test_concurrent_requests_fail_alone(session: Session) -> None:
    statements = [("INSERT INTO t (p, c) VALUES (1, 1)", None), ("INSERT INTO nowhere (p) VALUES (1)", None)]

    outcomes = execute_concurrent(session, statements, raise_on_first_error=False)

    assert [success for success, _ in outcomes] == [True, False]


def test_threads_share_a_session(session: Session) -> None:
    insert = session.prepare("INSERT INTO t (p, c, v) VALUES (?, ?, '')")

    def write(p: int) -> None:
        for c in range(100):
            session.execute(insert, (p, c))

    threads = [threading.Thread(target=write, args=(p,)) for p in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert session.execute("SELECT count(*) FROM t").one() == (800,)


def test_a_batch_is_one_request(session: Session) -> None:
    insert = session.prepare("INSERT INTO t (p, c, v) VALUES (?, ?, ?)")
    batch = BatchStatement(BatchType.UNLOGGED, consistency_level=ConsistencyLevel.QUORUM)
    batch.add(insert, (1, 1, "prepared"))
    batch.add("INSERT INTO t (p, c, v) VALUES (1, 2, %s)", ("simple",))
    session.execute(batch)

    assert list(session.execute("SELECT v FROM t")) == [("prepared",), ("simple",)]


def test_a_condition_tells_whether_it_was_met(session: Session) -> None:
    insert = session.prepare("INSERT INTO t (p, c, v) VALUES (1, 1, ?) IF NOT EXISTS")

    assert session.execute(insert, ("first",)).was_applied
    second = session.execute(insert, ("second",))
    assert not second.was_applied
    assert second.one().v == "first"


def test_a_statement_knows_new_columns_after_alter(session: Session) -> None:
    select = session.prepare("SELECT * FROM t")
    fill(session, 1)
    assert session.execute(select).one() == (1, 0, "0")

    session.execute("ALTER TABLE t ADD w int")
    assert session.execute(select).one()._asdict() == {"p": 1, "c": 0, "v": "0", "w": None}

    session.execute("ALTER TABLE t DROP v")
    assert session.execute(select).one() == (1, 0, None)


def test_a_statement_survives_its_table_made_anew(session: Session) -> None:
    """The driver prepares it again by itself."""
    select = session.prepare("SELECT * FROM t")
    session.execute("DROP TABLE t")
    with pytest.raises(InvalidRequest):
        session.execute(select)

    session.execute("CREATE TABLE t (other int PRIMARY KEY)")

    assert session.execute(select).column_names == ["other"]


def test_refusals_are_the_drivers_exceptions(session: Session) -> None:
    with pytest.raises(SyntaxException):
        session.execute("SELEC")
    with pytest.raises(InvalidRequest):
        session.execute("SELECT * FROM nowhere")
    with pytest.raises(Unauthorized):
        session.execute("DROP TABLE system.local")
    with pytest.raises(AlreadyExists) as exists:
        session.execute("CREATE TABLE t (k int PRIMARY KEY)")
    assert (exists.value.keyspace, exists.value.table) == ("ks", "t")
    read = SimpleStatement(
        "SELECT * FROM t", consistency_level=ConsistencyLevel.TWO, retry_policy=FallthroughRetryPolicy()
    )
    with pytest.raises(Unavailable) as unavailable:
        session.execute(read)
    assert (unavailable.value.required_replicas, unavailable.value.alive_replicas) == (2, 1)


def test_retry_policies_are_asked(connect: Connect) -> None:
    asked: list[int] = []

    class Policy(RetryPolicy):
        def on_unavailable(self, *_: object, retry_num: int, **__: object) -> tuple[int, int | None]:
            asked.append(retry_num)
            return (self.RETRY, ConsistencyLevel.ONE) if retry_num == 0 else (self.RETHROW, None)

    profile = ExecutionProfile(consistency_level=ConsistencyLevel.THREE, retry_policy=Policy())
    session = connect(execution_profiles={EXEC_PROFILE_DEFAULT: profile})
    session.execute("CREATE TABLE t (k int PRIMARY KEY)")

    assert list(session.execute("SELECT * FROM t")) == []
    assert asked == [0]


def test_warnings_and_traces_come_with_the_answer(connect: Connect) -> None:
    session = connect()
    session.execute("CREATE TABLE t (k int PRIMARY KEY)")

    found = session.execute("SELECT count(*) FROM t", trace=True)

    assert found.response_future.warnings == ["Aggregation query used without partition key"]
    trace = found.get_query_trace()
    assert trace.request_type == "Execute CQL3 query"
    assert trace.parameters["query"] == "SELECT count(*) FROM t"
    assert trace.events[0].description == "Parsing SELECT count(*) FROM t"


def test_custom_payloads_are_taken(session: Session) -> None:
    payload = {str(n): b"x" * 100 for n in range(1000)}

    assert session.execute("SELECT key FROM system.local", custom_payload=payload).one() == ("local",)


# Values


@pytest.mark.parametrize("type_name", VALUES)
def test_values_come_back_as_they_went(session: Session, type_name: str) -> None:
    session.execute(f"CREATE TABLE u (k int PRIMARY KEY, v {type_name})")
    session.execute(session.prepare("INSERT INTO u (k, v) VALUES (1, ?)"), (VALUES[type_name],))

    assert came_back(type_name, session.execute("SELECT v FROM u").one().v)


def test_user_types_are_classes(session: Session) -> None:
    session.execute("CREATE TYPE street (name text, number int)")
    session.execute("CREATE TYPE person (home frozen<street>, tags frozen<set<text>>)")
    session.execute("CREATE TABLE people (k int PRIMARY KEY, who person, others list<frozen<person>>)")

    class Street:
        def __init__(self, name: str, number: int) -> None:
            self.name, self.number = name, number

        def __eq__(self, other: object) -> bool:
            return vars(self) == vars(other)

        __hash__ = None

    session.cluster.register_user_type("ks", "street", Street)
    insert = session.prepare("INSERT INTO people (k, who, others) VALUES (1, ?, ?)")
    high = Street("High", 5)
    session.execute(insert, ((high, {"a"}), [(high, None)]))

    row = session.execute("SELECT who, others FROM people").one()

    assert row.who.home == high
    assert row.who.tags == {"a"}
    assert [(other.home, other.tags) for other in row.others] == [(high, None)]


# Metadata


def test_metadata_follow_the_schema(session: Session) -> None:
    """Those that the session changed itself are there when the answer is."""
    session.execute("CREATE TYPE u (a int)")
    session.execute("CREATE INDEX by_v ON t (v)")
    keyspace = session.cluster.metadata.keyspaces["ks"]

    assert list(keyspace.tables["t"].columns) == ["p", "c", "v"]
    assert keyspace.user_types["u"].field_names == ["a"]
    assert keyspace.indexes["by_v"].table_name == "t"
    session.execute("DROP TABLE t")
    assert "t" not in session.cluster.metadata.keyspaces["ks"].tables


def test_changes_by_others_are_events(connect: Connect, cluster: MemoryCluster) -> None:
    session, heard = connect(schema_event_refresh_window=0), threading.Event()
    session.cluster.control_connection._connection._push_watchers["SCHEMA_CHANGE"].add(lambda _: heard.set())

    cluster.session("ks").execute("CREATE TABLE others (k int PRIMARY KEY)")

    assert heard.wait(10)


def test_virtual_tables_are_metadata_too(connect: Connect) -> None:
    metadata = connect().cluster.metadata

    assert metadata.keyspaces["system_views"].virtual
    assert "settings" in metadata.keyspaces["system_views"].tables
    assert metadata.token_map is not None
    (host,) = metadata.all_hosts()
    assert (host.address, host.endpoint.port, host.release_version) == ("127.0.0.1", 9042, "5.0.6")
