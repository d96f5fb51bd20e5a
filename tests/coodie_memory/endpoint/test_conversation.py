"""What the messages of the native protocol mean: each test is one client's view, without bytes.

Long, since a client says many things; each test stands for itself.
"""

import hashlib

import pytest

from coodie_memory import errors
from coodie_memory.cluster import MemoryCluster
from coodie_memory.endpoint import Credentials, Endpoint, Service
from coodie_memory.engine import LOOPBACK
from coodie_memory.protocol import responses
from coodie_memory.protocol.columns import NO_COLUMNS, Columns, Omitted
from coodie_memory.protocol.envelopes import Answer, Incoming
from coodie_memory.protocol.requests import (
    AuthResponse,
    Batch,
    BatchStatement,
    Execute,
    Options,
    Parameters,
    Prepare,
    Query,
    Register,
    Request,
    Startup,
)
from coodie_memory.result import UNSET


class Client:
    """Asks an endpoint, and keeps the events that it is sent."""

    def __init__(self, service: Service) -> None:
        self.events: list[responses.Event] = []
        self.endpoint = Endpoint(service, self.events.append, LOOPBACK)

    def ask(self, request: Request, **extras) -> Answer:
        return self.endpoint.answer(Incoming(7, request, **extras))

    def told(self, request: Request) -> responses.Response:
        return self.ask(request).response

    def query(self, text: str, **parameters) -> responses.Response:
        return self.told(Query(text, Parameters(**parameters)))

    def prepare(self, text: str, keyspace: str | None = None) -> responses.Prepared:
        prepared = self.told(Prepare(text, keyspace))
        assert isinstance(prepared, responses.Prepared), prepared
        return prepared

    def refusal(self, request: Request) -> errors.CqlError:
        response = self.told(request)
        assert isinstance(response, responses.Error), response
        return response.error


def raw(*numbers: int) -> tuple[bytes, ...]:
    return tuple(number.to_bytes(4, signed=True) for number in numbers)


def names(columns: Columns | Omitted) -> list[str]:
    assert isinstance(columns, Columns)
    return [spec.name for spec in columns.specs]


@pytest.fixture
def cluster() -> MemoryCluster:
    cluster = MemoryCluster(dialect="cassandra", seed=1)
    cluster.create_keyspace("ks")
    cluster.session("ks").execute("CREATE TABLE t (p int, c int, v int, PRIMARY KEY (p, c))")
    return cluster


@pytest.fixture
def client(cluster: MemoryCluster) -> Client:
    client = Client(cluster.service)
    assert client.query("USE ks") == responses.SetKeyspace("ks")
    return client


# The connection itself


def test_an_answer_has_the_requests_stream(client: Client) -> None:
    assert client.ask(Options()).stream == 7


def test_options_tell_versions_and_cql(client: Client) -> None:
    supported = client.told(Options())

    assert isinstance(supported, responses.Supported)
    assert supported.options["CQL_VERSION"] == ["3.4.7"]
    assert supported.options["PROTOCOL_VERSIONS"] == ("3/v3", "4/v4", "5/v5", "6/v6-beta")
    assert "lz4" in supported.options["COMPRESSION"]


def test_nothing_advertises_shards() -> None:
    """A driver that knows ScyllaDB would open a connection for each shard."""
    supported = Client(MemoryCluster(dialect="scylla").service).told(Options())

    assert isinstance(supported, responses.Supported)
    assert not [name for name in supported.options if name.startswith("SCYLLA")]
    assert supported.options["PROTOCOL_VERSIONS"] == ("3/v3", "4/v4")


def test_nobody_is_asked_who_they_are_unless_there_are_credentials(cluster: MemoryCluster) -> None:
    assert Client(cluster.service).told(Startup({"CQL_VERSION": "3.0.0"})) == responses.Ready()
    service = Service(cluster.engine, cluster.service.plans, credentials=Credentials({"ann": "secret"}))
    guarded = Client(service)

    assert guarded.told(Startup({"CQL_VERSION": "3.0.0"})) == responses.Authenticate(
        "org.apache.cassandra.auth.PasswordAuthenticator"
    )
    assert isinstance(guarded.refusal(AuthResponse(b"\0ann\0wrong")), errors.AuthenticationFailed)
    assert guarded.told(AuthResponse(b"\0ann\0secret")) == responses.AuthSuccess()


def test_a_mistake_of_ours_is_a_server_error(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that goes wrong inside ends the conversation."""

    def broken(*_: object) -> None:
        raise KeyError("lost")

    monkeypatch.setattr(client.endpoint._session, "execute_raw", broken)

    refusal = client.refusal(Query("SELECT * FROM t"))

    assert type(refusal) is errors.ServerError
    assert refusal.message == "KeyError: 'lost'"


# Statements with values


def test_values_come_in_order_by_name_or_unset(client: Client) -> None:
    insert = "INSERT INTO t (p, c, v) VALUES (:p, :c, :v)"

    client.query(insert, values=raw(1, 2, 3))
    client.query(insert, values=raw(6, 1, 4), names=("v", "p", "c"))
    client.query(insert, values=(*raw(1, 2), UNSET))

    rows = client.query("SELECT p, c, v FROM t")
    assert isinstance(rows, responses.Rows)
    assert rows.rows == [raw(1, 2, 3), raw(1, 4, 6)]


@pytest.mark.parametrize("values", [(), raw(1), raw(1, 2, 3)])
def test_a_wrong_number_of_values_is_refused_in_the_words_of_each_request(
    client: Client, values: tuple[bytes, ...]
) -> None:
    text = "SELECT * FROM t WHERE p = ? AND c = ?"
    prepared = client.prepare(text)
    counted = f"here were 2 markers(?) in CQL but {len(values)} bound variables"

    given = Parameters(values=values)
    assert client.refusal(Query(text, given)).message == "Invalid amount of bind variables"
    assert client.refusal(Execute(prepared.id, given)).message == f"t{counted}"
    update = "UPDATE t SET v = 1 WHERE p = ? AND c = ?"
    assert client.refusal(Batch("LOGGED", (BatchStatement(update, values),))).message == f"T{counted}"


def test_a_missing_name_is_a_missing_value(client: Client) -> None:
    given = Parameters(values=raw(1, 1), names=("p", "q"))

    assert client.refusal(Query("SELECT * FROM t WHERE p = :p AND c = :c", given)).message == (
        "Invalid amount of bind variables"
    )


def test_a_request_may_bring_its_keyspace(client: Client, cluster: MemoryCluster) -> None:
    cluster.create_keyspace("other")
    cluster.session("other").execute("CREATE TABLE t (other int PRIMARY KEY)")

    rows = client.query("SELECT * FROM t", keyspace="other")

    assert isinstance(rows, responses.Rows)
    assert names(rows.columns) == ["other"]
    prepared = client.prepare("SELECT * FROM t", "other")
    assert isinstance(prepared.columns, Columns)
    assert names(prepared.columns) == ["other"]
    insert = BatchStatement("INSERT INTO t (other) VALUES (1)")
    assert client.told(Batch("LOGGED", (insert,), Parameters(keyspace="other"))) == responses.Void()
    assert client.refusal(Prepare("SELECT * FROM t", "none")).message == "Keyspace 'none' does not exist"
    assert client.query("SELECT v FROM t") != client.query("SELECT * FROM t", keyspace="other")


def test_options_reach_the_statement(client: Client) -> None:
    insert = "INSERT INTO t (p, c, v) VALUES (1, 1, 1) USING TTL 60"
    client.query(insert, timestamp=12345, now_in_seconds=1_000_000)

    when = client.query("SELECT writetime(v), ttl(v) FROM t", now_in_seconds=1_000_010)
    later = client.query("SELECT v FROM t", now_in_seconds=1_000_060)

    assert isinstance(when, responses.Rows)
    assert when.rows == [((12345).to_bytes(8), (50).to_bytes(4))]
    assert isinstance(later, responses.Rows)
    assert not later.rows


def test_pages_follow_each_other(client: Client, cluster: MemoryCluster) -> None:
    """A state may be used by another connection."""
    for c in range(5):
        client.query(f"INSERT INTO t (p, c) VALUES (1, {c})")

    first = client.query("SELECT c FROM t", page_size=3)
    assert isinstance(first, responses.Rows)
    other = Client(cluster.service)
    other.query("USE ks")
    second = other.query("SELECT c FROM t", page_size=3, paging_state=first.paging_state)

    assert isinstance(second, responses.Rows)
    assert [*first.rows, *second.rows] == [raw(c) for c in range(5)]
    assert second.paging_state is None


def test_a_page_of_no_rows_is_refused(client: Client) -> None:
    prepared = client.prepare("SELECT * FROM t")

    for request in (
        Query("SELECT * FROM t", Parameters(page_size=0)),
        Execute(prepared.id, Parameters(page_size=0)),
    ):
        refusal = client.refusal(request)
        assert isinstance(refusal, errors.ProtocolException)
        assert refusal.message == "The page size cannot be 0"


def test_levels_that_one_node_cannot_meet_are_unavailable(client: Client) -> None:
    refusal = client.refusal(Query("SELECT * FROM t", Parameters(consistency="TWO")))

    assert isinstance(refusal, errors.Unavailable)
    assert (refusal.message, refusal.required, refusal.alive) == (
        "Cannot achieve consistency level TWO",
        2,
        1,
    )
    assert isinstance(
        client.query("SELECT name FROM system_views.settings", consistency="THREE"), responses.Rows
    )


# Prepared statements


def test_the_id_is_the_servers(client: Client) -> None:
    """Of keyspace and text, or of a text alone that needs no keyspace."""

    def digest(text: str) -> bytes:
        return hashlib.md5(text.encode(), usedforsecurity=False).digest()

    assert client.prepare("SELECT * FROM t").id == digest("ksSELECT * FROM t")
    assert client.prepare("SELECT * FROM ks.t").id == digest("SELECT * FROM ks.t")
    create = "CREATE TABLE ks.u (k int PRIMARY KEY)"
    assert client.prepare(create).id == digest(f"ks{create}")


@pytest.mark.parametrize(
    ("text", "indexes"),
    [
        ("SELECT * FROM s WHERE p = ? AND q = ?", (0, 1)),
        ("SELECT * FROM s WHERE q = ? AND p = ?", (1, 0)),
        ("SELECT * FROM s WHERE p > ? AND q > ? ALLOW FILTERING", (0, 1)),
        ("SELECT * FROM s WHERE p IN (?, ?) AND q = ?", (1, 2)),
        ("SELECT * FROM s WHERE p IN ? AND q = ?", ()),
        ("SELECT * FROM s WHERE p = 1 AND q = ?", ()),
        ("SELECT * FROM s WHERE p = :a AND q = :a", (0, 1)),
        ("SELECT * FROM s WHERE token(p, q) = token(?, ?)", ()),
        ("INSERT INTO s (c, q, p) VALUES (?, ?, ?)", (2, 1)),
        ("INSERT INTO s JSON ?", ()),
        ("UPDATE s SET v = ? WHERE p = ? AND q = ? AND c = ?", (1, 2)),
        ("DELETE FROM s WHERE p = ? AND q = ? AND c = ? IF v = ?", (0, 1)),
        ("BEGIN BATCH UPDATE s SET v = ? WHERE p = ? AND q = ? AND c = ?; APPLY BATCH", (1, 2)),
    ],
)
def test_partition_key_indexes_are_the_servers(client: Client, text: str, indexes: tuple[int, ...]) -> None:
    """Each as Cassandra 5.0.6 answered."""
    client.query("CREATE TABLE s (p int, q int, c int, v int, PRIMARY KEY ((p, q), c))")

    assert client.prepare(text).partition_key == indexes


def test_prepared_tells_the_columns_of_what_gives_rows(client: Client) -> None:
    select = client.prepare("SELECT * FROM t")
    update = client.prepare("UPDATE t SET v = 1 WHERE p = 1 AND c = 1 IF EXISTS")

    assert isinstance(select.columns, Columns)
    assert names(select.columns) == ["p", "c", "v"]
    assert update.columns == NO_COLUMNS
    assert update.metadata_id == hashlib.md5(b"", usedforsecurity=False).digest()


def test_an_unknown_id_is_unprepared_in_a_batch_too(client: Client) -> None:
    for request in (Execute(b"?"), Batch("UNLOGGED", (BatchStatement(b"?"),))):
        refusal = client.refusal(request)

        assert isinstance(refusal, errors.Unprepared)
        assert refusal.statement_id == b"?"
        assert refusal.message.startswith(
            "Prepared query with ID 3f not found (either the query was not prepared"
        )


@pytest.mark.parametrize(
    ("change", "cassandra", "scylla"),
    [
        ("CREATE TABLE other (k int PRIMARY KEY)", False, False),
        ("ALTER KEYSPACE ks WITH durable_writes = false", False, False),
        ("ALTER TABLE t WITH comment = 'new'", False, True),
        ("ALTER TABLE t ADD w int", True, True),
        ("ALTER TABLE t DROP v", True, True),
        ("ALTER TYPE u ADD b int", True, True),
        ("CREATE INDEX ON t (v)", True, True),
        ("DROP TABLE t", True, True),
    ],
)
def test_a_change_of_its_table_makes_the_server_forget_a_statement(
    change: str, *, cassandra: bool, scylla: bool
) -> None:
    """The client prepares it again and hears of new columns, even those of `SELECT *` whose metadata it may skip."""
    for dialect, is_forgotten in (("cassandra", cassandra), ("scylla", scylla)):
        cluster = MemoryCluster(dialect=dialect)
        cluster.create_keyspace("ks")
        client = Client(cluster.service)
        client.query("USE ks")
        client.query("CREATE TYPE u (a int)")
        client.query("CREATE TABLE t (p int PRIMARY KEY, v int, u frozen<u>)")
        select, insert = (
            client.prepare("SELECT p FROM ks.t"),
            client.prepare("INSERT INTO ks.t (p) VALUES (1)"),
        )
        assert isinstance(client.query(change), responses.SchemaChange), dialect

        for request in (Execute(select.id), Batch("LOGGED", (BatchStatement(insert.id),))):
            answer = client.told(request)

            assert isinstance(answer, responses.Error) == is_forgotten, (dialect, request)
            if isinstance(answer, responses.Error):
                assert isinstance(answer.error, errors.Unprepared)


def test_a_statement_survives_a_schema_change_that_leaves_it_its_sense(client: Client) -> None:
    insert = client.prepare("INSERT INTO t (p, c, v) VALUES (?, ?, ?)")
    given = Execute(insert.id, Parameters(values=raw(1, 2, 3)))
    client.query("ALTER TABLE t WITH comment = 'other'")
    client.query("CREATE TABLE other (k int PRIMARY KEY)")
    assert client.told(given) == responses.Void()

    client.query("ALTER TABLE t ADD w int")

    assert isinstance(client.refusal(given), errors.Unprepared)
    assert client.prepare("INSERT INTO t (p, c, v) VALUES (?, ?, ?)").id == insert.id
    assert client.told(given) == responses.Void()


def test_a_statement_without_sense_is_unprepared_and_then_says_why(client: Client) -> None:
    text = "SELECT v FROM t"
    select = client.prepare(text)
    client.query("ALTER TABLE t DROP v")

    assert isinstance(client.refusal(Execute(select.id)), errors.Unprepared)
    assert client.refusal(Prepare(text)).message == "Undefined column name v in table ks.t"


def test_version_5_hears_of_new_columns_that_another_client_has_prepared(client: Client) -> None:
    select = client.prepare("SELECT * FROM t")
    asks = Execute(select.id, Parameters(skip_metadata=True), select.metadata_id)
    known = client.told(asks)
    assert isinstance(known, responses.Rows)
    assert known.columns == Omitted(3, share_table=True)
    assert known.metadata_id is None

    client.query("ALTER TABLE t ADD w int")
    client.prepare("SELECT * FROM t")  # another client does
    changed = client.told(asks)

    assert isinstance(changed, responses.Rows)
    assert names(changed.columns) == ["p", "c", "v", "w"]
    assert changed.metadata_id not in (None, select.metadata_id)
    again = client.told(Execute(select.id, Parameters(skip_metadata=True), changed.metadata_id))
    assert isinstance(again, responses.Rows)
    assert again.columns == Omitted(4, share_table=True)


def test_version_4_gets_no_columns_where_it_asks_for_none(client: Client) -> None:
    select = client.prepare("SELECT * FROM t")

    rows = client.told(Execute(select.id, Parameters(skip_metadata=True)))

    assert isinstance(rows, responses.Rows)
    assert isinstance(rows.columns, Omitted)


def test_rows_of_a_condition_always_come_with_their_columns(client: Client) -> None:
    """They differ from time to time, and nobody is to remember them."""
    update = client.prepare("UPDATE t SET v = 1 WHERE p = 1 AND c = 1 IF EXISTS")

    for metadata_id in (None, update.metadata_id):
        rows = client.told(Execute(update.id, Parameters(skip_metadata=True), metadata_id))

        assert isinstance(rows, responses.Rows)
        assert names(rows.columns) == ["[applied]"]
        assert rows.metadata_id is None


def test_a_query_may_skip_metadata(client: Client) -> None:
    rows = client.query("SELECT * FROM t", skip_metadata=True)

    assert isinstance(rows, responses.Rows)
    assert rows.columns == Omitted(3, share_table=True)


def test_the_longest_unprepared_statement_is_forgotten(cluster: MemoryCluster) -> None:
    client = Client(cluster.service)
    cluster.service.statements._limit = 2
    first, second = client.prepare("SELECT p FROM ks.t"), client.prepare("SELECT c FROM ks.t")
    client.prepare("SELECT p FROM ks.t")
    client.prepare("SELECT v FROM ks.t")

    assert isinstance(client.told(Execute(first.id)), responses.Rows)
    assert isinstance(client.refusal(Execute(second.id)), errors.Unprepared)


# Batches


def test_a_batch_takes_texts_and_ids(client: Client) -> None:
    insert = client.prepare("INSERT INTO t (p, c, v) VALUES (?, ?, ?)")
    statements = (
        BatchStatement(insert.id, raw(1, 1, 1)),
        BatchStatement("INSERT INTO t (p, c, v) VALUES (1, ?, 2)", raw(2)),
    )

    assert client.told(Batch("LOGGED", statements, Parameters(timestamp=5))) == responses.Void()

    rows = client.query("SELECT c, v, writetime(v) FROM t")
    assert isinstance(rows, responses.Rows)
    five = (5).to_bytes(8)
    assert rows.rows == [(*raw(1, 1), five), (*raw(2, 2), five)]


def test_a_conditional_batch_answers_rows(client: Client) -> None:
    inserts = tuple(BatchStatement(f"INSERT INTO t (p, c) VALUES (1, {c}) IF NOT EXISTS") for c in (1, 2))

    rows = client.told(Batch("LOGGED", inserts))

    assert isinstance(rows, responses.Rows)
    assert (names(rows.columns), rows.rows) == (["[applied]"], [(b"\1",)])


def test_only_writes_may_be_batched(client: Client) -> None:
    assert client.refusal(Batch("LOGGED", (BatchStatement("SELECT * FROM t"),))).message == (
        "Invalid statement in batch: only UPDATE, INSERT and DELETE statements are allowed."
    )


# Beside the answer


def test_warnings_travel_with_the_answer(client: Client) -> None:
    assert client.ask(Query("SELECT count(*) FROM t")).warnings == (
        "Aggregation query used without partition key",
    )


def test_a_payload_is_ignored_or_sent_back(cluster: MemoryCluster) -> None:
    payload = {"key": b"value", "null": None}
    echoing = Service(cluster.engine, cluster.service.plans, echoes_payload=True)

    assert Client(cluster.service).ask(Options(), payload=payload).payload is None
    assert Client(echoing).ask(Options(), payload=payload).payload == payload


def test_a_full_server_refuses_what_makes_data_more(cluster: MemoryCluster) -> None:
    full = Client(Service(cluster.engine, cluster.service.plans, is_full=lambda: True))
    insert, delete = "INSERT INTO ks.t (p, c) VALUES (1, 1)", "DELETE FROM ks.t WHERE p = 1"
    batch = f"BEGIN BATCH {insert}; APPLY BATCH"

    for request in (Query(insert), Query(batch), Batch("LOGGED", (BatchStatement(insert),))):
        assert isinstance(full.refusal(request), errors.Overloaded)
    for text in (delete, "TRUNCATE ks.t", "DROP TABLE ks.t"):
        assert not isinstance(full.query(text), responses.Error)


# Events


def test_schema_changes_are_answered_and_told_to_whoever_registered(
    client: Client, cluster: MemoryCluster
) -> None:
    listener, deaf = Client(cluster.service), Client(cluster.service)
    assert listener.told(Register(("SCHEMA_CHANGE", "STATUS_CHANGE"))) == responses.Ready()
    assert deaf.told(Register(("STATUS_CHANGE",))) == responses.Ready()

    answers = [
        client.query(text)
        for text in (
            "CREATE TYPE u (a int)",
            "ALTER TABLE t ADD w int",
            "CREATE INDEX ON t (v)",
            "CREATE TABLE IF NOT EXISTS t (k int PRIMARY KEY)",
            "DROP TABLE t",
            "DROP KEYSPACE ks",
        )
    ]

    told = [
        responses.SchemaChange("CREATED", "TYPE", "ks", "u"),
        responses.SchemaChange("UPDATED", "TABLE", "ks", "t"),
        responses.SchemaChange("UPDATED", "TABLE", "ks", "t"),
        responses.SchemaChange("DROPPED", "TABLE", "ks", "t"),
        responses.SchemaChange("DROPPED", "KEYSPACE", "ks"),
    ]
    assert answers == [*told[:3], responses.Void(), *told[3:]]
    # A keyspace takes with it what is in it.
    told.insert(4, responses.SchemaChange("DROPPED", "TYPE", "ks", "u"))
    assert listener.events == [responses.SchemaChanged(change) for change in told]
    assert deaf.events == []


def test_a_refused_change_is_no_news(client: Client, cluster: MemoryCluster) -> None:
    listener = Client(cluster.service)
    listener.told(Register(("SCHEMA_CHANGE",)))

    assert isinstance(client.refusal(Query("CREATE TABLE t (k int PRIMARY KEY)")), errors.AlreadyExists)

    assert listener.events == []


def test_changes_by_another_door_are_told_too(cluster: MemoryCluster) -> None:
    listener = Client(cluster.service)
    listener.told(Register(("SCHEMA_CHANGE",)))

    cluster.session("ks").execute("CREATE TABLE u (k int PRIMARY KEY)")

    assert listener.events == [responses.SchemaChanged(responses.SchemaChange("CREATED", "TABLE", "ks", "u"))]


def test_the_view_that_an_index_is_kept_as_is_told_too() -> None:
    """By ScyllaDB, whose views are tables to those who listen."""
    told = {}
    for dialect in ("cassandra", "scylla"):
        cluster = MemoryCluster(dialect=dialect)
        cluster.create_keyspace("ks")
        session = cluster.session("ks")
        session.execute("CREATE TABLE t (k int PRIMARY KEY, v int)")
        listener = Client(cluster.service)
        listener.told(Register(("SCHEMA_CHANGE",)))
        session.execute("CREATE INDEX by_v ON t (v)")
        session.execute("DROP INDEX by_v")
        told[dialect] = listener.events

    updated = responses.SchemaChanged(responses.SchemaChange("UPDATED", "TABLE", "ks", "t"))
    came, went = (
        responses.SchemaChanged(responses.SchemaChange(change, "TABLE", "ks", "by_v_index"))
        for change in ("CREATED", "DROPPED")
    )
    assert told == {"cassandra": [updated, updated], "scylla": [came, updated, went, updated]}


def test_the_rows_are_there_when_the_event_comes(cluster: MemoryCluster) -> None:
    reader, found = Client(cluster.service), []

    def read(_event: responses.Event) -> None:
        rows = reader.query("SELECT table_name FROM system_schema.tables WHERE keyspace_name = 'ks'")
        assert isinstance(rows, responses.Rows)
        found.extend(rows.rows)

    Endpoint(cluster.service, read, LOOPBACK).answer(Incoming(0, Register(("SCHEMA_CHANGE",))))
    cluster.session("ks").execute("CREATE TABLE u (k int PRIMARY KEY)")

    assert found == [(b"t",), (b"u",)]


def test_a_closed_endpoint_is_told_nothing(cluster: MemoryCluster) -> None:
    listener = Client(cluster.service)
    listener.told(Register(("SCHEMA_CHANGE",)))
    listener.endpoint.close()

    cluster.session("ks").execute("DROP TABLE t")

    assert listener.events == []
    assert not cluster.engine.listeners
