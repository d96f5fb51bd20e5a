"""Indexes: what they cannot take, and what is the same to them."""

import pytest

from coodie_memory.cluster import MemoryCluster
from coodie_memory.errors import InvalidRequest, ReadFailure, WriteFailure
from coodie_memory.execution.folding import folded

_LONG, _LONGEST = "x" * 65535, "x" * 65534


@pytest.fixture
def session():
    cluster = MemoryCluster(dialect="cassandra")
    cluster.create_keyspace("ks")
    return cluster.session("ks")


@pytest.fixture
def indexed(session):
    session.execute(
        "CREATE TABLE t (p int, c int, a text, s text static, l list<text>, mv map<text, text>, mk map<text, text>, "
        "fl frozen<list<text>>, att text, free text, PRIMARY KEY (p, c))"
    )
    for target in ("a", "s", "l", "mv", "keys(mk)", "full(fl)"):
        session.execute(f"CREATE INDEX ON t ({target})")
    session.execute("CREATE INDEX ON t (att) USING 'sai'")
    return session


def write(session, column, value):
    row = "p = 1" if column == "s" else "p = 1 AND c = 1"
    session.execute(f"UPDATE t SET {column} = ? WHERE {row}", [value])


@pytest.mark.parametrize(
    ("column", "value", "size"),
    [
        ("a", _LONG, 65535),
        ("s", _LONG, 65535),
        ("l", ["a", _LONG], 65535),
        ("mv", {"a": _LONG}, 65535),
        ("mk", {_LONG: "a"}, 65535),
        ("fl", [_LONG], 65543),
    ],
)
def test_index_refuses_values_that_are_too_long_for_a_key(indexed, column, value, size):
    with pytest.raises(InvalidRequest) as refused:
        write(indexed, column, value)

    assert refused.value.message == (
        f"Cannot index value of size {size} for index t_{column}_idx on ks.t({column}) (maximum allowed size=65535)"
    )
    assert not list(indexed.execute("SELECT p FROM t"))


@pytest.mark.parametrize(
    ("column", "value"),
    [("a", _LONGEST), ("mv", {_LONG: "a"}), ("mk", {"a": _LONG}), ("att", _LONG), ("free", _LONG)],
)
def test_index_minds_no_other_values(indexed, column, value):
    write(indexed, column, value)

    assert list(indexed.execute(f"SELECT {column} FROM t")) == [(value,)]


def test_prepared_insert_is_refused_too(indexed):
    with pytest.raises(InvalidRequest, match="Cannot index value of size 65535"):
        indexed.execute("INSERT INTO t (p, c, a) VALUES (?, ?, ?)", [1, 1, _LONG])


def test_batch_may_write_what_is_too_long_and_take_it_back(indexed):
    """Nothing is looked at before all statements of a batch have had their say about a row."""
    indexed.execute(
        "BEGIN BATCH INSERT INTO t (p, c, a) VALUES (1, 1, ?); DELETE a FROM t WHERE p = 1 AND c = 1; APPLY BATCH",
        [_LONG],
    )

    assert list(indexed.execute("SELECT p, a FROM t")) == [(1, None)]


@pytest.mark.parametrize(
    ("kind", "second", "write_type"),
    [("", 2, "BATCH"), ("UNLOGGED", 2, "UNLOGGED_BATCH"), ("", 1, "SIMPLE"), ("UNLOGGED", 1, "SIMPLE")],
)
def test_failure_of_an_index_says_what_was_written(session, kind, second, write_type):
    """A batch is one only where it has several partitions."""
    session.execute("CREATE TABLE t (k int, c int, v vector<float, 2>, PRIMARY KEY (k, c))")
    session.execute("CREATE INDEX ON t (v) USING 'sai'")

    with pytest.raises(WriteFailure) as failed:
        session.execute(
            f"BEGIN {kind} BATCH INSERT INTO t (k, c, v) VALUES (1, 1, [0, 0]);"
            f" INSERT INTO t (k, c, v) VALUES ({second}, 2, [1, 0]); APPLY BATCH"
        )

    assert failed.value.write_type == write_type


def test_zero_vector_has_no_direction(session):
    session.execute("CREATE TABLE t (k int PRIMARY KEY, v vector<float, 2>)")
    session.execute("CREATE INDEX ON t (v) USING 'sai'")

    with pytest.raises(WriteFailure, match="1 failures"):
        session.execute("INSERT INTO t (k, v) VALUES (1, [0, 0])")
    session.execute("INSERT INTO t (k, v) VALUES (1, [0, 1])")
    with pytest.raises(ReadFailure, match="1 failures"):
        session.execute("SELECT k FROM t ORDER BY v ANN OF [0, 0] LIMIT 1")


@pytest.mark.parametrize(
    ("options", "same"),
    [
        ({"case_sensitive": "false"}, ("STRAßE", "straße")),
        ({"normalize": "true"}, ("Ame\u0301lie", "Amélie")),
        ({"ascii": "true"}, ("Ünïcödé — ŒÆß", "Unicode - OEAEss")),
        ({"normalize_lowercase": "true"}, ("Alpha", "ALPHA")),
        ({"case_sensitive": "false", "ascii": "TRUE"}, ("Éclair", "eclair")),
    ],
)
def test_options_say_which_texts_are_the_same(options, same):
    one, other = (text.encode() for text in same)

    assert folded(options)(one) == folded(options)(other)
    assert folded({"case_sensitive": "true"})(one) != other
