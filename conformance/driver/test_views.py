"""Views of values that are too large for a script."""

import pytest

pytestmark = pytest.mark.coodie(requires=["materialized_views"])

MEGABYTE = 1024 * 1024
VIEW = "CREATE MATERIALIZED VIEW mv AS SELECT * FROM t WHERE k IS NOT NULL AND {0} IS NOT NULL PRIMARY KEY ({0}, k)"


def test_a_view_has_values_of_many_megabytes(session):
    """More than one request may hold: each column is written by itself."""
    session.execute("CREATE TABLE t (k int PRIMARY KEY, v int, a blob, b blob, c blob, d blob)")
    session.execute(VIEW.format("v"))
    large = b"x" * (3 * MEGABYTE)

    for column in "abcd":
        session.execute(session.prepare(f"INSERT INTO t (k, v, {column}) VALUES (1, 2, ?)"), [large])

    row = session.execute("SELECT a, b, c, d FROM mv WHERE v = 2").one()
    assert set(row) == {large}


def test_a_key_of_more_than_64_kib_is_shown(session):
    """It could not be asked for: a partition key of a request has at most 65535 bytes."""
    session.execute("CREATE TABLE t (k int PRIMARY KEY, v text)")
    session.execute(VIEW.format("v"))
    large = "x" * 65_536

    session.execute(session.prepare("INSERT INTO t (k, v) VALUES (1, ?)"), [large])

    assert [(1, large)] == [(row.k, row.v) for row in session.execute("SELECT k, v FROM mv")]
