"""Numbers with more digits than Python reads are refused as any other that is out of range."""

import pytest

from coodie_memory.cluster import MemoryCluster
from coodie_memory.errors import CqlError
from coodie_memory.types.digits import whole

MANY = "9" * 65_536


@pytest.mark.parametrize("text", ["0", "-7", " +12 ", "9" * 4000])
def test_what_python_reads_is_read(text):
    assert int(text) == whole(text)


@pytest.mark.parametrize(("text", "sign"), [(MANY, 1), (f"+{MANY}", 1), (f"-{MANY}", -1)])
def test_more_is_as_far_beyond_every_range(text, sign):
    assert sign * whole(text) > 2**128


def test_no_number_is_refused():
    with pytest.raises(ValueError, match="invalid literal"):
        whole("x" * 65_536)


@pytest.mark.parametrize("dialect", ["cassandra", "scylla"])
@pytest.mark.parametrize(
    "cql",
    [
        "ALTER TABLE t DROP v USING TIMESTAMP {}",
        "CREATE TABLE u (k int PRIMARY KEY) WITH gc_grace_seconds = {}",
        "CREATE TABLE u (k int PRIMARY KEY) WITH compaction = {{'class': 'LeveledCompactionStrategy', 'fanout_size': '-{}'}}",
        "SELECT * FROM t LIMIT {}",
        "SELECT * FROM t USING TIMEOUT {}ms",
        "INSERT INTO t (k, d) VALUES (1, '{}')",
        "INSERT INTO t (k, s) VALUES (1, '{}')",
        "INSERT INTO t (k, p) VALUES (1, {}h)",
    ],
)
def test_statements_are_refused_by_the_server(dialect, cql):
    cluster = MemoryCluster(dialect=dialect)
    cluster.create_keyspace("ks")
    session = cluster.session("ks")
    session.execute("CREATE TABLE t (k int PRIMARY KEY, v int, d date, s timestamp, p duration)")

    with pytest.raises(CqlError):
        session.execute(cql.format(MANY))
