"""`python -m coodie_memory`: what it prints, when it stops, what it refuses."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

pytest.importorskip("cassandra", reason="no driver is installed")

from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import Cluster, NoHostAvailable, Session

Run = Callable[..., subprocess.Popen[str]]
Connect = Callable[..., Session]


@pytest.fixture
def run() -> Iterator[Run]:
    """Starts servers, and ends those that are still there."""
    with ExitStack() as started:

        def start(*options: object) -> subprocess.Popen[str]:
            process = started.enter_context(
                subprocess.Popen(
                    [sys.executable, "-W", "error", "-m", "coodie_memory", "--port", "0", *map(str, options)],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            )
            started.callback(process.kill)
            return process

        yield start


@pytest.fixture
def connect() -> Iterator[Connect]:
    """A driver's session on the server that a process is."""
    with ExitStack() as opened:

        def session(process: subprocess.Popen[str], **options: object) -> Session:
            assert process.stdout is not None
            host, _, port = process.stdout.readline().strip().rpartition(":")
            cluster = Cluster([host], port=int(port), protocol_version=4, **options)
            opened.callback(cluster.shutdown)
            return cluster.connect()

        yield session


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_stop(run: Run, connect: Connect, number: signal.Signals) -> None:
    server = run()
    session = connect(server)
    assert session.execute("SELECT release_version FROM system.local").one().release_version == "3.0.8"

    server.send_signal(number)

    assert server.wait(timeout=20) == 0
    assert server.stderr is not None
    assert server.stderr.read() == ""


def test_it_answers_as_another_server(run: Run, connect: Connect) -> None:
    session = connect(run("--dialect", "cassandra"))

    assert session.execute("SELECT release_version FROM system.local").one().release_version == "5.0.6"


def test_it_begins_with_a_script(run: Run, connect: Connect, tmp_path: Path) -> None:
    """Comments, strings and batches hold semicolons of their own."""
    script = tmp_path / "schema.cql"
    script.write_text(
        """-- a shop; for tests
        CREATE KEYSPACE shop WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
        USE shop; /* here; */ CREATE TABLE items (id int PRIMARY KEY, name text);
        BEGIN BATCH INSERT INTO items (id, name) VALUES (1, 'a;b'); INSERT INTO items (id) VALUES (2); APPLY BATCH;
        INSERT INTO items (id) VALUES (3) -- no semicolon at the end
        """
    )

    session = connect(run("--load", script))

    assert set(session.execute("SELECT id, name FROM shop.items")) == {(1, "a;b"), (2, None), (3, None)}


@pytest.mark.parametrize("text", ["CREATE TABLE t (k int PRIMARY KEY);", "SELECT 'open", None])
def test_a_script_that_fails_is_the_end(run: Run, tmp_path: Path, text: str | None) -> None:
    script = tmp_path / "schema.cql"
    if text is not None:
        script.write_text(text)

    _, complaint = (server := run("--load", script)).communicate(timeout=60)

    assert server.returncode == 1
    assert complaint.startswith(f"{script}: ")


def test_names_and_passwords_are_asked_for(run: Run, connect: Connect, tmp_path: Path) -> None:
    passwords = tmp_path / "passwords"
    passwords.write_text("ann:secret\n")

    server = run("--auth-file", passwords, "--host", "0.0.0.0")
    session = connect(server, auth_provider=PlainTextAuthProvider("ann", "secret"))

    assert session.execute("SELECT key FROM system.local").one() == ("local",)
    (address,) = session.cluster.metadata.all_hosts()
    stranger = Cluster(
        [address.address],
        port=session.cluster.port,
        protocol_version=4,
        auth_provider=PlainTextAuthProvider("ann", "guess"),
    )
    with pytest.raises(NoHostAvailable, match="username ann and/or password are incorrect"):
        stranger.connect()


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--host", "0.0.0.0"), 2, "give --auth-file, or --insecure"),
        (("--host", "example.invalid"), 2, "give --auth-file, or --insecure"),
        (("--host", "192.0.2.1", "--insecure"), 1, "192.0.2.1:0: "),
        (("--auth-file", "/nowhere"), 1, "/nowhere: "),
        (("--tls", "/nowhere", "/nowhere"), 1, "/nowhere /nowhere: "),
        (("--dialect", "mongo"), 2, "invalid choice: 'mongo'"),
        (("--port", "99999"), 2, "argument --port: 99999 is no port"),
        (("--port", "http"), 2, "argument --port: invalid port value: 'http'"),
        (("--memory-limit", "0"), 2, "argument --memory-limit: 0 MiB are no room"),
        (("--load", sys.executable), 1, "can't decode byte"),
        (("--enable", "triggers"), 2, "invalid choice: 'triggers'"),
        (("--enable", "authentication", "--auth-file", "/nowhere"), 2, "give one of them"),
    ],
)
def test_what_it_cannot_do_it_says(run: Run, options: tuple[str, ...], code: int, words: str) -> None:
    _, complaint = (server := run(*options)).communicate(timeout=60)

    assert server.returncode == code
    assert words in complaint


def test_anybody_may_come_if_told_so(run: Run, connect: Connect) -> None:
    session = connect(run("--host", "0.0.0.0", "--insecure"))

    assert session.execute("SELECT key FROM system.local").one() == ("local",)


def test_it_has_what_is_switched_on(run: Run, connect: Connect) -> None:
    """Cassandra has views off by default, and asks nobody who comes in."""
    server = run("--dialect", "cassandra", "--enable", "materialized_views", "--enable", "authentication")
    session = connect(server, auth_provider=PlainTextAuthProvider("cassandra", "cassandra"))
    for statement in (
        "CREATE KEYSPACE shop WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
        "CREATE TABLE shop.items (id int PRIMARY KEY, price int)",
        (
            "CREATE MATERIALIZED VIEW shop.by_price AS SELECT * FROM shop.items"
            " WHERE price IS NOT NULL AND id IS NOT NULL PRIMARY KEY (price, id)"
        ),
        "CREATE ROLE ann",
        "INSERT INTO shop.items (id, price) VALUES (1, 2)",
    ):
        session.execute(statement)

    assert session.execute("SELECT * FROM shop.by_price").one() == (2, 1)


def test_payloads_come_back_if_told_so(run: Run, connect: Connect) -> None:
    payload = {"key": b"value", "empty": b""}

    for options, returned in (((), None), (("--echo-payload",), payload)):
        session = connect(run(*options))
        future = session.execute_async("SELECT key FROM system.local", custom_payload=payload)
        future.result()
        assert future.custom_payload == returned


def test_past_the_memory_limit_writes_are_refused_and_nothing_else(run: Run, connect: Connect) -> None:
    session = connect(run("--memory-limit", 1))
    session.execute(
        "CREATE KEYSPACE ks WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}"
    )
    session.execute("CREATE TABLE ks.t (k int PRIMARY KEY)")
    insert = session.prepare("INSERT INTO ks.t (k) VALUES (?)")

    def fill() -> None:
        for k in range(1000):
            session.execute(insert, (k,))

    with pytest.raises(NoHostAvailable, match="memory limit is reached"):
        fill()

    assert 0 < session.execute("SELECT count(*) FROM ks.t").one().count < 1000
    session.execute("TRUNCATE ks.t")
