"""How long keys may be where each of their columns counts more than its own bytes."""

import pytest

from coodie_memory.cluster import MemoryCluster
from coodie_memory.errors import InvalidRequest
from coodie_memory.session import Session


@pytest.fixture
def session() -> Session:
    """A session with tables of one column and of two in each part of the key."""
    cluster = MemoryCluster(dialect="scylla")
    cluster.create_keyspace("ks")
    session = cluster.session("ks")
    session.execute("CREATE TABLE one (p blob, c blob, v int, PRIMARY KEY (p, c))")
    session.execute("CREATE TABLE two (p blob, q blob, c blob, d blob, PRIMARY KEY ((p, q), c, d))")
    return session


def test_a_column_alone_has_two_bytes_less(session: Session) -> None:
    """65533 bytes are written and found; one more is refused, in writing and in reading."""
    longest, longer = bytes(65533), bytes(65534)
    session.execute("INSERT INTO one (p, c) VALUES (?, ?)", (longest, longest))
    assert len(list(session.execute("SELECT v FROM one WHERE p = ? AND c = ?", (longest, longest)))) == 1
    refusal = "Key length of 65534 is longer than maximum of 65533"
    for text, values in (
        ("INSERT INTO one (p, c) VALUES (?, ?)", (longer, b"c")),
        ("INSERT INTO one (p, c) VALUES (?, ?)", (b"p", longer)),
        ("SELECT v FROM one WHERE p = ?", (longer,)),
        ("SELECT v FROM one WHERE p = ? AND c = ?", (b"p", longer)),
        ("DELETE FROM one WHERE p = ? AND c = ?", (b"p", longer)),
    ):
        with pytest.raises(InvalidRequest, match=refusal):
            session.execute(text, values)


def test_two_columns_have_four_bytes_less_together(session: Session) -> None:
    """The sum counts, of the partition key's columns as of the clustering columns."""
    insert = "INSERT INTO two (p, q, c, d) VALUES (?, ?, ?, ?)"
    session.execute(insert, (bytes(100), bytes(65431), bytes(100), bytes(65431)))
    with pytest.raises(InvalidRequest, match="Key length of"):
        session.execute(insert, (bytes(100), bytes(65432), b"c", b"d"))
    with pytest.raises(InvalidRequest, match="Key length of 65532 is longer than maximum of 65531"):
        session.execute(insert, (b"p", b"q", bytes(100), bytes(65432)))
    assert len(list(session.execute("SELECT p FROM two"))) == 1
