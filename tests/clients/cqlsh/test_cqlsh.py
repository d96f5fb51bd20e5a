"""cqlsh: Cassandra's, and the one that ScyllaDB made of it; each run is a process that is given an address."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from coodie_memory.cluster import MemoryCluster
from coodie_memory.cql.lexer import split
from coodie_memory.server import Address

Run = Callable[..., str]


# ScyllaDB's own is for ScyllaDB; Cassandra's is used with both.
@pytest.fixture(
    params=["scylla"] if os.environ["COODIE_CLIENT"] == "scylla-cqlsh" else ["cassandra", "scylla"]
)
def dialect(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def cluster(dialect: str) -> MemoryCluster:
    return MemoryCluster(dialect=dialect)


@pytest.fixture
def address(cluster: MemoryCluster) -> Iterator[Address]:
    with cluster.serve() as address:
        yield address


@pytest.fixture
def run(home: Path, address: Address, tmp_path: Path) -> Run:
    """Has cqlsh execute a script, and gives what it prints; it has to end well unless another `code` is expected."""

    def run(script: str, *options: str, at: Address = address, code: int = 0) -> str:
        file = tmp_path / "script.cql"
        file.write_text(script)
        done = subprocess.run(
            [home / "bin" / "cqlsh", "--no-color", *options, "-f", file, at.host, str(at.port)],
            cwd=tmp_path,
            env={**os.environ, "HOME": str(tmp_path), "COLUMNS": "500"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == code, done.stdout
        return done.stdout

    return run


@pytest.fixture
def shop(cluster: MemoryCluster) -> None:
    """A keyspace with a bit of everything, not made by cqlsh."""
    cluster.create_keyspace("shop")
    session = cluster.session("shop")
    for statement in split("""
        CREATE TYPE address (street text, number int);
        CREATE TABLE items (kind text, id int, name text, tags set<text>, home frozen<address>, bought timestamp,
            price decimal, PRIMARY KEY (kind, id)) WITH CLUSTERING ORDER BY (id DESC) AND comment = 'what we sell';
        CREATE INDEX by_name ON items (name);
        INSERT INTO items (kind, id, name, tags, home, bought, price) VALUES ('pen', 1, 'it''s blue', {'b', 'a'},
            {street: 'High', number: 5}, '2024-02-29 12:30:15.123+0000', 1.50);
        INSERT INTO items (kind, id) VALUES ('pen', 2);
    """):
        session.execute(statement)


def lines(text: str) -> list[str]:
    """What is printed, without blanks at both ends and empty lines."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def test_it_says_where_it_is(run: Run, dialect: str, address: Address) -> None:
    said = run("SHOW VERSION\nSHOW HOST\n")

    server, cql = {
        "cassandra": ({"Cassandra 5.0.6"}, "3.4.7"),
        # ScyllaDB's shell asks for the product, Cassandra's for what that is like.
        "scylla": ({"Scylla 2026.1.0", "Cassandra 3.0.8"}, "3.3.1"),
    }[dialect]
    assert any(f"{each} | CQL spec {cql} | Native protocol v" in said for each in server)
    assert f"Connected to Test Cluster at {address}" in said


def test_rows_are_printed(run: Run, shop: None) -> None:
    said = run("SELECT * FROM shop.items;")

    header, _, two, one, count = lines(said)[-5:]
    assert re.split(r"\s*\|\s*", header) == ["kind", "id", "bought", "home", "name", "price", "tags"]
    assert re.split(r"\s*\|\s*", two) == ["pen", "2", *["null"] * 5]
    assert re.split(r"\s*\|\s*", one) == [
        *("pen", "1", "2024-02-29 12:30:15.123000+0000", "{street: 'High', number: 5}"),
        *("it's blue", "1.50", "{'a', 'b'}"),
    ]
    assert count == "(2 rows)"


def test_schema_and_data_are_written(run: Run, cluster: MemoryCluster) -> None:
    said = run("""
        CREATE KEYSPACE ks WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
        USE ks;
        CREATE TABLE t (k int PRIMARY KEY, v text); -- a comment
        BEGIN BATCH
            INSERT INTO t (k, v) VALUES (1, 'a;b');
            INSERT INTO t (k, v) VALUES (2, $$it's$$);
        APPLY BATCH;
        UPDATE t SET v = 'x' WHERE k = 1 IF v = 'y';
        SELECT JSON k, v FROM t WHERE k = 2;
    """)

    assert re.search(r"\[applied\] \| v\n-+\+-+\n +False \| a;b", said)
    assert """{"k": 2, "v": "it's"}""" in said
    assert cluster.session("ks").execute("SELECT k, v FROM t").values == [(1, "a;b"), (2, "it's")]


def test_a_mistake_is_told_and_the_rest_goes_on(run: Run, shop: None, dialect: str) -> None:
    said = run("SELECT nothing FROM shop.items;\nSELEC;\nSELECT id FROM shop.items;\n", code=2)

    unknown = {
        "cassandra": "Undefined column name nothing in table shop.items",
        "scylla": "Unrecognized name nothing",
    }
    assert (
        f'InvalidRequest: Error from server: code=2200 [Invalid query] message="{unknown[dialect]}"' in said
    )
    assert "SyntaxException" in said
    assert "(2 rows)" in said


DESCRIPTIONS = {
    "DESCRIBE KEYSPACES": ["shop", "system_schema"],
    "DESCRIBE TABLES": ["items"],
    "DESCRIBE TYPES": ["address"],
    "DESCRIBE KEYSPACE shop": ["CREATE KEYSPACE shop", "CREATE TYPE shop.address", "CREATE TABLE shop.items"],
    "DESCRIBE TABLE items": ["CREATE TABLE shop.items", "PRIMARY KEY (kind, id)", "comment = 'what we sell'"],
    "DESCRIBE TYPE address": ["CREATE TYPE shop.address (\n    street text,\n    number int\n);"],
    "DESCRIBE INDEX by_name": ["CREATE INDEX by_name ON shop.items"],
    "DESCRIBE shop.items": ["CREATE TABLE shop.items"],
    "DESCRIBE CLUSTER": ["Cluster: Test Cluster", "Partitioner: Murmur3Partitioner"],
    "DESCRIBE SCHEMA": ["CREATE KEYSPACE shop"],
    "DESC FULL SCHEMA": ["CREATE KEYSPACE shop", "CREATE TABLE system_schema.columns"],
}


def test_it_describes_everything(run: Run, shop: None, dialect: str, client: str) -> None:
    """The newer cqlsh leaves it to servers that say they are Cassandra 4 or later; ScyllaDB does not say so."""
    marked = "\n".join(
        f"SELECT key AS mark{at} FROM system.local;\n{form};" for at, form in enumerate(DESCRIPTIONS)
    )

    _, *parts = re.split(r"mark\d+\n", run(f"USE shop;\n{marked}\n"))

    assert len(parts) == len(DESCRIPTIONS)
    for part, (form, contents) in zip(parts, DESCRIPTIONS.items(), strict=True):
        if client == "cqlsh" and dialect == "scylla":
            assert "DESCRIBE does not exist server side prior Cassandra 4.0" in part
            continue
        for content in contents:
            assert content in part, form


def test_what_it_describes_it_can_make_again(
    run: Run, shop: None, dialect: str, client: str, tmp_path: Path
) -> None:
    if client == "cqlsh" and dialect == "scylla":
        return  # it does not describe, see above
    run("CAPTURE 'schema.cql'\nDESCRIBE KEYSPACE shop;\nCAPTURE OFF\n")
    fresh = MemoryCluster(dialect=dialect)

    with fresh.serve() as there:
        run("SOURCE 'schema.cql'\nCAPTURE 'again.cql'\nDESCRIBE KEYSPACE shop;\nCAPTURE OFF\n", at=there)

    assert "CREATE TABLE shop.items" in (tmp_path / "schema.cql").read_text()
    assert (tmp_path / "again.cql").read_text() == (tmp_path / "schema.cql").read_text()


def test_tables_are_copied_out_and_in(run: Run, cluster: MemoryCluster, tmp_path: Path) -> None:
    cluster.create_keyspace("ks")
    session = cluster.session("ks")
    session.execute(
        "CREATE TABLE t (p int, c text, a bigint, b boolean, bl blob, d date, de decimal, f double, i inet, l list<int>,"
        " m map<text, int>, s set<text>, t time, ts timestamp, u uuid, v vector<float, 2>, vi varint, PRIMARY KEY (p, c))"
    )
    columns = "p, c, a, b, bl, d, de, f, i, l, m, s, t, ts, u, v, vi"
    insert = session.prepare(f"INSERT INTO t ({columns}) VALUES ({', '.join('?' * 17)})")
    for p in range(300):
        session.execute(insert, (p, f'row "{p}", it\'s', p << 40, p % 2 == 0, bytes([p % 256]), *[None] * 12))
    session.execute(
        "INSERT INTO t (p, c, d, de, f, i, l, m, s, t, ts, u, v, vi) VALUES (1, '', '2024-02-29', -1.50, 0.1, '::1',"
        " [2, 1], {'a': 1}, {'x', 'y'}, '10:00:00.000000001', '2024-02-29 12:30:15.123+0000',"
        " 2b3c1b0e-4a52-4f5e-9d55-0d8f3f1a9b11, [0.5, -2], 1000000000000000000000)"
    )
    before = session.execute("SELECT * FROM t").values
    rows = len(before)

    said = run(f"COPY ks.t ({columns}) TO 'all.csv' WITH HEADER = true AND NULL = 'null' AND PAGESIZE = 50;")

    assert f"{rows} rows exported to 1 files" in said
    assert len((tmp_path / "all.csv").read_text().splitlines()) == rows + 1
    session.execute("TRUNCATE t")
    said = run(
        f"COPY ks.t ({columns}) FROM 'all.csv' WITH HEADER = true AND NULL = 'null' AND CHUNKSIZE = 50;"
    )
    assert f"{rows} rows imported from 1 files" in said
    assert session.execute("SELECT * FROM t").values == before


def test_a_copy_takes_some_columns_and_tokens(run: Run, cluster: MemoryCluster, tmp_path: Path) -> None:
    cluster.create_keyspace("ks")
    session = cluster.session("ks")
    session.execute("CREATE TABLE t (k int PRIMARY KEY, v text, w text)")
    for k in range(50):
        session.execute("INSERT INTO t (k, v, w) VALUES (?, 'v', 'w')", (k,))

    run("COPY ks.t (k, v) TO 'half.csv' WITH BEGINTOKEN = '0' AND DELIMITER = '|';\nCOPY ks.t (k) TO STDOUT;")

    positive = session.execute("SELECT k FROM t WHERE token(k) > 0").values
    found = sorted((tmp_path / "half.csv").read_text().splitlines())
    assert found == sorted(f"{k}|v" for (k,) in positive)


def test_requests_are_traced(run: Run, shop: None) -> None:
    said = run("TRACING ON\nSELECT id FROM shop.items WHERE kind = 'pen';\nTRACING OFF\n")

    assert re.search(r"Tracing session: [0-9a-f-]{36}", said)
    for activity in ("Execute CQL3 query", "Parsing SELECT id FROM shop.items", "Request complete"):
        assert activity in said


def test_rows_are_printed_one_under_the_other(run: Run, shop: None) -> None:
    said = run("EXPAND ON\nSELECT kind, id, name FROM shop.items;\nEXPAND OFF\n")

    assert re.search(r"@ Row 2\n-+\+-+\n *kind \| pen\n *id *\| 1\n *name \| it's blue\n", said)


def test_pages_and_levels(run: Run, shop: None, dialect: str) -> None:
    said = run(
        "PAGING 1\nSELECT id FROM shop.items;\nPAGING OFF\nCONSISTENCY QUORUM\nSERIAL CONSISTENCY LOCAL_SERIAL\n"
        "SELECT count(*) FROM shop.items;\n"
    )

    assert "Page size: 1" in said
    assert "(2 rows)" in said
    assert "Consistency level set to QUORUM" in said
    warning = "Aggregation query used without partition key"
    assert (warning in said) == (dialect == "cassandra")


def test_a_statement_on_the_command_line(home: Path, address: Address, shop: None) -> None:
    command = [home / "bin" / "cqlsh", address.host, str(address.port), "-e", "SELECT id FROM shop.items"]

    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout

    assert lines(said)[-3:] == ["2", "1", "(2 rows)"]


def test_users_log_in(run: Run, dialect: str, tmp_path: Path) -> None:
    guarded = MemoryCluster(dialect=dialect, authentication=True)
    guarded.create_keyspace("ks")
    with guarded.serve() as there:
        run(
            "CREATE TABLE ks.t (k int PRIMARY KEY);\n"
            "CREATE ROLE eve WITH PASSWORD = 'secret' AND LOGIN = true;\n"
            "GRANT SELECT ON KEYSPACE ks TO eve;\nLIST ROLES;\n",
            *("-u", "cassandra", "-p", "cassandra"),
            at=there,
        )
        said = run("SELECT * FROM ks.t;\nDROP TABLE ks.t;\n", "-u", "eve", "-p", "secret", at=there, code=2)
        assert "(0 rows)" in said
        assert "Unauthorized" in said
        run("LOGIN cassandra 'cassandra'\nDROP TABLE ks.t;\n", "-u", "eve", "-p", "secret", at=there)
        said = run("", "-u", "eve", "-p", "guess", at=there, code=1)
        assert "Provided username eve and/or password are incorrect" in said
        said = run("", at=there, code=1)
        assert "authentication" in said.lower()
    assert guarded.engine.schema.table("ks", "t") is None
