"""Keys and elements at the limits of their lengths, which would be too long for scripts."""

import pytest
from cassandra import InvalidRequest

pytestmark = pytest.mark.coodie(dialect="cassandra")

_LONGEST = 65535


@pytest.fixture
def keyed(session):
    """A session with a table of one key column, and one with two parts and two clustering columns."""
    session.execute("CREATE TABLE one (k blob PRIMARY KEY, v int)")
    session.execute("CREATE TABLE two (k blob, j blob, c blob, d blob, v int, PRIMARY KEY ((k, j), c, d))")
    return session


def _execute(session, cql, *values):
    """Execute with values bound; without a routing key, which the driver would refuse to make of a long part."""
    prepared = session.prepare(cql)
    prepared.routing_key_indexes = None
    return session.execute(prepared, values)


@pytest.mark.parametrize(
    "cql",
    [
        "INSERT INTO one (k, v) VALUES (?, 1)",
        "UPDATE one SET v = 1 WHERE k = ?",
        "DELETE FROM one WHERE k = ?",
        "SELECT v FROM one WHERE k = ?",
        "SELECT v FROM one WHERE k IN (?, 0x01)",
    ],
)
def test_a_partition_key_has_at_most_65535_bytes(keyed, cql):
    _execute(keyed, cql, bytes(_LONGEST))

    with pytest.raises(InvalidRequest, match="Key length of 65536 is longer than maximum of 65535"):
        _execute(keyed, cql, bytes(_LONGEST + 1))


def test_a_compound_key_has_three_bytes_more_for_each_part(keyed):
    insert = "INSERT INTO two (k, j, c, d, v) VALUES (?, 0x01, 0x, 0x, 7)"

    _execute(keyed, insert, bytes(_LONGEST - 7))
    with pytest.raises(InvalidRequest, match="Key length of 65536 is longer than maximum of 65535"):
        _execute(keyed, insert, bytes(_LONGEST - 6))

    rows = _execute(keyed, "SELECT v FROM two WHERE k = ? AND j = 0x01", bytes(_LONGEST - 7))
    assert list(rows) == [(7,)]


@pytest.mark.parametrize("lengths", [(_LONGEST, _LONGEST), (40_000, 40_000), (_LONGEST + 1, 0)])
@pytest.mark.parametrize(
    "cql",
    [
        "INSERT INTO two (k, j, c, d, v) VALUES (?, ?, 0x, 0x, 7)",
        "SELECT v FROM two WHERE k = ? AND j = ?",
    ],
)
def test_parts_that_are_too_long_together_are_refused_with_their_sum(keyed, cql, lengths):
    with pytest.raises(InvalidRequest, match=f"Key length of {sum(lengths)} is longer than maximum of 65535"):
        _execute(keyed, cql, *map(bytes, lengths))


@pytest.mark.parametrize(
    "cql",
    [
        "INSERT INTO two (k, j, c, d, v) VALUES (0x01, 0x02, ?, ?, 7)",
        "UPDATE two SET v = 7 WHERE k = 0x01 AND j = 0x02 AND c = ? AND d = ?",
        "DELETE FROM two WHERE k = 0x01 AND j = 0x02 AND c = ? AND d = ?",
    ],
)
def test_the_clustering_columns_of_a_row_have_together_at_most_65535_bytes(keyed, cql):
    _execute(keyed, cql, bytes(_LONGEST - 1), b"x")

    with pytest.raises(InvalidRequest, match="Key length of 65536 is longer than maximum of 65535"):
        _execute(keyed, cql, bytes(_LONGEST), b"x")


def test_a_longer_bound_deletes_and_finds_nothing(keyed):
    _execute(keyed, "INSERT INTO two (k, j, c, d, v) VALUES (0x01, 0x02, 0xff, 0x, 7)")
    far = bytes(_LONGEST + 1)

    _execute(keyed, "DELETE FROM two WHERE k = 0x01 AND j = 0x02 AND c < ?", far)

    asked = "SELECT v FROM two WHERE k = 0x01 AND j = 0x02 AND c = ?"
    assert list(_execute(keyed, asked, far)) == []
    assert list(_execute(keyed, asked, b"\xff")) == [(7,)]


def test_elements_and_map_keys_may_be_longer_than_64_kib(session):
    session.execute("CREATE TABLE t (k int PRIMARY KEY, l list<text>, s set<text>, m map<text, text>)")
    long = "x" * (_LONGEST + 10)
    insert = session.prepare("INSERT INTO t (k, l, s, m) VALUES (1, ?, ?, ?)")

    session.execute(insert, ([long], {long}, {long: long}))
    session.execute(
        f"INSERT INTO t (k, l, s, m) VALUES (2, ['{long}'], {{'{long}'}}, {{'{long}': '{long}'}})"
    )

    for row in session.execute("SELECT l, s, m FROM t WHERE k IN (1, 2)"):
        assert (row.l, set(row.s), dict(row.m)) == ([long], {long}, {long: long})
