"""A stock driver that is given an address: what applications do with it."""

import ssl
import subprocess
import threading
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import cassandra
import pytest
from cassandra import AlreadyExists, ConsistencyLevel, InvalidRequest, Unauthorized, Unavailable
from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile, NoHostAvailable, Session
from cassandra.concurrent import execute_concurrent, execute_concurrent_with_args
from cassandra.io.asyncioreactor import AsyncioConnection
from cassandra.policies import (
    ConstantReconnectionPolicy,
    DCAwareRoundRobinPolicy,
    FallthroughRetryPolicy,
    TokenAwarePolicy,
)
from cassandra.query import (
    BatchStatement,
    BatchType,
    SimpleStatement,
    ValueSequence,
    dict_factory,
)

from conformance.driver.values import VALUES, came_back
from coodie_memory.cluster import MemoryCluster
from coodie_memory.server import Address
from tests.clients.drivers.conftest import Connect

# Who it is, and how it finds its way


def test_the_driver_is_the_one_that_the_environment_is_for(client: str) -> None:
    assert metadata.version(client).startswith(cassandra.__version__)
    other = {"cassandra-driver": "scylla-driver", "scylla-driver": "cassandra-driver"}[client]
    with pytest.raises(metadata.PackageNotFoundError):
        metadata.version(other)


def test_the_version_is_negotiated(connect: Connect, dialect: str) -> None:
    """It begins with the newest that the driver knows, and falls back."""
    session = connect()

    assert session.cluster.protocol_version == {"cassandra": 5, "scylla": 4}[dialect]


@pytest.mark.parametrize("version", [3, 4, 5])
def test_every_version_is_served(connect: Connect, dialect: str, version: int) -> None:
    if version == 5 and dialect == "scylla":
        with pytest.raises(NoHostAvailable):
            connect(protocol_version=version)
        return
    session = connect(protocol_version=version)
    session.execute("CREATE TABLE t (k int PRIMARY KEY, v text)")
    session.execute(session.prepare("INSERT INTO t (k, v) VALUES (?, ?)"), (1, "one"))

    assert session.execute("SELECT v FROM t").one() == ("one",)


def test_nobody_looks_for_shards(connect: Connect) -> None:
    session = connect()
    session.execute("SELECT key FROM system.local")

    assert not getattr(session.cluster, "is_shard_aware", lambda: False)()


def test_requests_are_routed_by_token(connect: Connect) -> None:
    policy = TokenAwarePolicy(DCAwareRoundRobinPolicy("datacenter1"))
    session = connect(
        execution_profiles={EXEC_PROFILE_DEFAULT: ExecutionProfile(load_balancing_policy=policy)}
    )
    session.execute("CREATE TABLE t (a int, b text, c int, PRIMARY KEY ((a, b), c))")
    insert = session.prepare("INSERT INTO t (c, b, a) VALUES (?, ?, ?)")

    session.execute(insert, (1, "b", 2))

    assert insert.routing_key_indexes == [2, 1]
    assert [host.datacenter for host in session.cluster.metadata.all_hosts()] == ["datacenter1"]


@pytest.mark.parametrize("compression", ["lz4", "snappy"])
@pytest.mark.parametrize("version", [3, 4, 5])
def test_both_ways_are_compressed(connect: Connect, dialect: str, version: int, compression: str) -> None:
    if version == 5 and (dialect == "scylla" or compression == "snappy"):
        return  # version 5 compresses by lz4 only
    session = connect(protocol_version=version, compression=compression)
    session.execute("CREATE TABLE t (k int PRIMARY KEY, v text)")
    text = "compress me " * 50_000
    session.execute(session.prepare("INSERT INTO t (k, v) VALUES (1, ?)"), (text,))

    assert session.execute("SELECT v FROM t").one() == (text,)
    connection = session.cluster.control_connection._connection
    # In version 5 what is compressed are segments, with their checksums, not messages.
    assert connection._is_checksumming_enabled if version == 5 else connection.compressor is not None


def test_a_password_is_asked_for(dialect: str) -> None:
    with MemoryCluster(dialect=dialect, authentication={"ann": "secret"}).serve() as address:
        for provider, refusal in (
            (None, "requires authentication"),
            (PlainTextAuthProvider("ann", "guess"), "username ann and/or password are incorrect"),
        ):
            driver = Cluster([address.host], port=address.port, auth_provider=provider)
            with pytest.raises(NoHostAvailable, match=refusal):
                driver.connect()
            driver.shutdown()
        driver = Cluster(
            [address.host], port=address.port, auth_provider=PlainTextAuthProvider("ann", "secret")
        )
        assert driver.connect().execute("SELECT key FROM system.local").one() == ("local",)
        driver.shutdown()


def test_roles_log_in_and_are_refused_what_was_not_granted(dialect: str) -> None:
    cluster = MemoryCluster(dialect=dialect, authentication=True)
    cluster.create_keyspace("ks")
    with cluster.serve() as address:

        def logged_in(name: str, password: str) -> Cluster:
            provider = PlainTextAuthProvider(name, password)
            return Cluster([address.host], port=address.port, auth_provider=provider)

        admin, eve = logged_in("cassandra", "cassandra"), logged_in("eve", "secret")
        try:
            session = admin.connect("ks")
            session.execute("CREATE TABLE t (k int PRIMARY KEY)")
            session.execute("CREATE ROLE eve WITH PASSWORD = 'secret' AND LOGIN = true")
            session.execute("GRANT SELECT ON TABLE t TO eve")
            assert list(eve.connect("ks").execute("SELECT * FROM t")) == []
            with pytest.raises(Unauthorized):
                eve.connect("ks").execute("INSERT INTO t (k) VALUES (1)")
        finally:
            admin.shutdown()
            eve.shutdown()


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for localhost, and its key."""
    files = tmp_path / "certificate.pem", tmp_path / "key.pem"
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -days 1"
    )
    subprocess.run([*command.split(), "-out", files[0], "-keyout", files[1]], check=True, capture_output=True)
    return files


def test_connections_can_be_encrypted(cluster: MemoryCluster, certificate: tuple[Path, Path]) -> None:
    ours = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ours.load_cert_chain(*certificate)
    theirs = ssl.create_default_context(cafile=certificate[0])
    theirs.check_hostname = False
    with cluster.serve(tls=ours) as address:
        driver = Cluster([address.host], port=address.port, ssl_context=theirs)
        try:
            assert driver.connect("ks").execute("SELECT key FROM system.local").one() == ("local",)
        finally:
            driver.shutdown()


def test_a_driver_finds_a_server_that_has_come_back(cluster: MemoryCluster) -> None:
    down, up = threading.Event(), threading.Event()

    class Listener:
        on_down = staticmethod(lambda _: down.set())
        on_up = staticmethod(lambda _: up.set())
        on_add = on_remove = on_down

    with cluster.serve() as address:
        driver = Cluster(
            [address.host], port=address.port, reconnection_policy=ConstantReconnectionPolicy(0.1)
        )
        session = driver.connect("ks")
        driver.register_listener(Listener())
    try:
        with pytest.raises(NoHostAvailable):
            session.execute("SELECT key FROM system.local")
        assert down.wait(30)
        with cluster.serve(port=address.port):
            assert up.wait(30)
            assert session.execute("SELECT key FROM system.local").one() == ("local",)
    finally:
        driver.shutdown()


# Requests


@pytest.fixture
def session(connect: Connect) -> Session:
    session = connect()
    session.execute("CREATE TABLE t (p int, c int, v text, PRIMARY KEY (p, c))")
    return session


def fill(session: Session, count: int) -> None:
    insert = session.prepare("INSERT INTO t (p, c, v) VALUES (1, ?, ?)")
    outcomes = execute_concurrent_with_args(session, insert, [(c, str(c)) for c in range(count)])
    assert all(success for success, _ in outcomes)


def test_pages_are_fetched_as_they_are_read(session: Session) -> None:
    fill(session, 105)
    select = SimpleStatement("SELECT c FROM t", fetch_size=10)

    found = session.execute(select)

    assert found.has_more_pages
    assert [c for (c,) in found] == list(range(105))
    state = session.execute(SimpleStatement("SELECT c FROM t", fetch_size=50)).paging_state
    assert session.execute(select, paging_state=state).one() == (50,)


def test_pages_may_be_fetched_by_callbacks(session: Session) -> None:
    fill(session, 30)
    found, done = [], threading.Event()
    future = session.execute_async(SimpleStatement("SELECT c FROM t", fetch_size=4))

    def page(rows: list[tuple[int]]) -> None:
        found.extend(c for (c,) in rows)
        if future.has_more_pages:
            future.start_fetching_next_page()
        else:
            done.set()

    future.add_callbacks(page, lambda _: done.set())

    assert done.wait(30)
    assert found == list(range(30))


def test_futures_fail_and_succeed_each_for_itself(session: Session) -> None:
    fill(session, 1)

    futures = [session.execute_async(f"SELECT {name} FROM t") for name in ("v", "nothing", "c")]

    assert futures[0].result().one() == ("0",)
    with pytest.raises(InvalidRequest):
        futures[1].result()
    assert futures[2].result().one() == (0,)
    outcomes = execute_concurrent(
        session,
        [("INSERT INTO t (p, c) VALUES (2, 1)", None), ("INSERT INTO nowhere (p) VALUES (1)", None)],
        raise_on_first_error=False,
    )
    assert [success for success, _ in outcomes] == [True, False]


def test_batches_of_each_kind(session: Session) -> None:
    session.execute("CREATE TABLE hits (page text PRIMARY KEY, n counter)")
    insert = session.prepare("INSERT INTO t (p, c, v) VALUES (?, ?, ?)")
    for at, kind in enumerate((BatchType.LOGGED, BatchType.UNLOGGED)):
        batch = BatchStatement(kind, consistency_level=ConsistencyLevel.QUORUM)
        batch.add(insert, (at, 1, "prepared"))
        batch.add("INSERT INTO t (p, c, v) VALUES (%s, 2, 'simple')", (at,))
        session.execute(batch)
    counts = BatchStatement(BatchType.COUNTER)
    counts.add(session.prepare("UPDATE hits SET n = n + ? WHERE page = ?"), (5, "a"))
    counts.add("UPDATE hits SET n = n - 2 WHERE page = 'a'")
    session.execute(counts)

    assert session.execute("SELECT count(*) FROM t").one() == (4,)
    assert session.execute("SELECT n FROM hits").one() == (3,)


def test_a_condition_tells_whether_it_was_met(session: Session) -> None:
    insert = session.prepare("INSERT INTO t (p, c, v) VALUES (1, 1, ?) IF NOT EXISTS")
    assert session.execute(insert, ("first",)).was_applied
    refused = session.execute(insert, ("second",))

    assert not refused.was_applied
    assert refused.one().v == "first"
    batch = BatchStatement()
    batch.add(session.prepare("UPDATE t SET v = ? WHERE p = 1 AND c = 1 IF v = ?"), ("third", "first"))
    assert session.execute(batch).was_applied


def test_simple_statements_take_python_values(session: Session) -> None:
    session.execute("INSERT INTO t (p, c, v) VALUES (%s, %s, %s)", (1, 2, "it's"))
    session.execute("INSERT INTO t (p, c, v) VALUES (%(p)s, %(c)s, %(v)s)", {"p": 1, "c": 3, "v": None})
    session.row_factory = dict_factory

    found = session.execute("SELECT * FROM t WHERE p = 1 AND c IN %s", (ValueSequence((2, 3)),))

    assert list(found) == [{"p": 1, "c": 2, "v": "it's"}, {"p": 1, "c": 3, "v": None}]


def test_a_statement_knows_new_columns_after_alter(connect: Connect, session: Session) -> None:
    """Also those that another client has added."""
    fill(session, 1)
    select, other = session.prepare("SELECT * FROM t"), connect()
    for column in ("w", "x"):
        session.execute(select)
        other.execute(f"ALTER TABLE t ADD {column} int")

        assert column in session.execute(select).column_names
        assert session.execute(select).one().v == "0"
    other.execute("ALTER TABLE t DROP v")
    assert session.execute(select).one()._asdict() == {"p": 1, "c": 0, "w": None, "x": None}


def test_warnings_and_traces_come_with_the_answer(session: Session, dialect: str) -> None:
    found = session.execute("SELECT count(*) FROM t", trace=True)

    warned = ["Aggregation query used without partition key"] if dialect == "cassandra" else None
    assert found.response_future.warnings == warned
    trace = found.get_query_trace()
    assert trace.parameters["query"] == "SELECT count(*) FROM t"
    assert trace.events


def test_refusals_are_the_drivers_exceptions(session: Session) -> None:
    with pytest.raises(AlreadyExists) as exists:
        session.execute("CREATE TABLE t (k int PRIMARY KEY)")
    assert (exists.value.keyspace, exists.value.table) == ("ks", "t")
    read = SimpleStatement(
        "SELECT * FROM t", consistency_level=ConsistencyLevel.TWO, retry_policy=FallthroughRetryPolicy()
    )
    with pytest.raises(Unavailable) as unavailable:
        session.execute(read)
    assert (unavailable.value.required_replicas, unavailable.value.alive_replicas) == (2, 1)


def test_large_requests_and_answers(session: Session) -> None:
    """Longer than any segment, socket buffer or turn of the server."""
    text = "x" * 3_000_000
    insert = session.prepare("INSERT INTO t (p, c, v) VALUES (1, ?, ?)")
    for c in range(5):
        session.execute(insert, (c, text))

    assert [len(v) for (v,) in session.execute("SELECT v FROM t")] == [3_000_000] * 5


# Values


def test_values_come_back_as_they_went(connect: Connect) -> None:
    session = connect()
    for at, (type_name, value) in enumerate(VALUES.items()):
        session.execute(f"CREATE TABLE u{at} (k int PRIMARY KEY, v {type_name})")
        session.execute(session.prepare(f"INSERT INTO u{at} (k, v) VALUES (1, ?)"), (value,))

        assert came_back(type_name, session.execute(f"SELECT v FROM u{at}").one().v), type_name


class Street(NamedTuple):
    name: str
    number: int | None


def test_user_types_are_classes(connect: Connect) -> None:
    session = connect()
    session.execute("CREATE TYPE street (name text, number int)")
    session.execute("CREATE TYPE person (home frozen<street>, tags frozen<set<text>>)")
    session.execute("CREATE TABLE people (k int PRIMARY KEY, who person, streets list<frozen<street>>)")
    session.cluster.register_user_type("ks", "street", Street)
    insert = session.prepare("INSERT INTO people (k, who, streets) VALUES (1, ?, ?)")
    high = Street("High", 5)

    session.execute(insert, ((high, {"a"}), [high, Street("Low", None)]))

    row = session.execute("SELECT who, streets FROM people").one()
    assert (row.who.home, row.who.tags) == (high, {"a"})
    assert row.streets == [high, Street("Low", None)]


# Metadata


def test_metadata_follow_the_schema(session: Session, connect: Connect) -> None:
    session.execute("CREATE TYPE u (a int)")
    session.execute("CREATE INDEX by_v ON t (v)")
    keyspace = session.cluster.metadata.keyspaces["ks"]

    assert list(keyspace.tables["t"].columns) == ["p", "c", "v"]
    assert keyspace.user_types["u"].field_names == ["a"]
    assert keyspace.indexes["by_v"].table_name == "t"
    whole = keyspace.export_as_string()
    assert (
        whole.index("CREATE TYPE ks.u") < whole.index("CREATE TABLE ks.t") < whole.index("CREATE INDEX by_v")
    )
    late = connect().cluster.metadata.keyspaces["ks"]
    # Of the view that ScyllaDB keeps an index as an event tells, which drivers follow after a while.
    session.cluster.refresh_schema_metadata()
    assert late.export_as_string() == session.cluster.metadata.keyspaces["ks"].export_as_string()


def test_changes_by_others_are_heard_of(session: Session, connect: Connect) -> None:
    listening = connect(schema_event_refresh_window=0)
    heard = threading.Event()
    listening.cluster.control_connection._connection._push_watchers["SCHEMA_CHANGE"].add(
        lambda _: heard.set()
    )

    session.execute("CREATE TABLE news (k int PRIMARY KEY)")

    assert heard.wait(30)


def test_another_event_loop_of_the_driver(connect: Connect) -> None:
    session = connect(connection_class=AsyncioConnection)
    session.execute("CREATE TABLE t (p int, c int, v text, PRIMARY KEY (p, c))")

    fill(session, 500)

    assert session.execute("SELECT count(*) FROM t").one() == (500,)


def test_two_drivers_reach_one_cluster(connect: Connect, address: Address) -> None:
    writer, reader = connect(), connect()
    writer.execute("CREATE TABLE shared (k int PRIMARY KEY)")
    writer.execute("INSERT INTO shared (k) VALUES (1)")

    assert reader.execute("SELECT k FROM shared").one() == (1,)
    (host,) = reader.cluster.metadata.all_hosts()
    assert (host.endpoint.address, host.endpoint.port) == tuple(address)
