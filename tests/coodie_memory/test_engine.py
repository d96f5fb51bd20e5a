"""The engine's state: times and ids it gives, and what a savepoint takes back."""

from datetime import UTC, datetime

import pytest

from coodie_memory.clock import Clock
from coodie_memory.cluster import MemoryCluster
from coodie_memory.session import Session
from coodie_memory.types import timeuuid


@pytest.fixture
def cluster() -> MemoryCluster:
    cluster = MemoryCluster(seed=7)
    cluster.create_keyspace("ks")
    return cluster


@pytest.fixture
def session(cluster: MemoryCluster) -> Session:
    session = cluster.session("ks")
    session.execute("CREATE TABLE t (k int PRIMARY KEY, v text)")
    session.execute("CREATE INDEX ON t (v)")
    session.execute("INSERT INTO t (k, v) VALUES (1, 'kept')")
    return session


def test_a_frozen_clock_still_gives_each_write_its_own_microsecond(cluster: MemoryCluster) -> None:
    cluster.clock.freeze(at=datetime(2026, 1, 1, tzinfo=UTC))
    engine = cluster.engine

    times = [engine.next_timestamp() for _ in range(100)]

    assert times == sorted(set(times))
    assert times[-1] - cluster.clock.micros() < 1000


def test_timeuuids_grow_and_tell_the_clocks_time(cluster: MemoryCluster) -> None:
    cluster.clock.freeze(at=datetime(2026, 1, 1, tzinfo=UTC))
    engine = cluster.engine

    made = [engine.timeuuid() for _ in range(100)]

    assert [each.time for each in made] == sorted({each.time for each in made})
    assert timeuuid.millis(made[0]) == cluster.clock.micros() // 1000
    assert {each.version for each in made} == {1}


def test_one_seed_gives_one_sequence_of_ids() -> None:
    first, second, other = (MemoryCluster(seed=seed).engine for seed in (3, 3, 4))

    assert [first.uuid() for _ in range(3)] == [second.uuid() for _ in range(3)]
    assert first.host_id != other.host_id


def test_clusters_share_nothing() -> None:
    one, two = MemoryCluster(), MemoryCluster()
    one.create_keyspace("ks")

    assert two.engine.schema.keyspace("ks") is None


def test_a_clock_may_be_shared() -> None:
    clock = Clock()
    one, two = MemoryCluster(clock=clock), MemoryCluster(clock=clock)
    clock.freeze()

    assert one.clock.micros() == two.clock.micros()


def test_an_unknown_dialect_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="'postgres' is no dialect; there are cassandra, scylla"):
        MemoryCluster(dialect="postgres")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        ["INSERT INTO t (k, v) VALUES (2, 'new')"],
        ["UPDATE t SET v = 'changed' WHERE k = 1", "DELETE FROM t WHERE k = 1"],
        ["TRUNCATE t", "INSERT INTO t (k, v) VALUES (1, 'again')"],
        ["ALTER TABLE t ADD w int", "UPDATE t SET w = 5 WHERE k = 1"],
        ["DROP TABLE t", "CREATE TABLE t (k text PRIMARY KEY)", "INSERT INTO t (k) VALUES ('x')"],
        ["DROP INDEX t_v_idx", "CREATE INDEX other ON t (v)"],
        ["DROP KEYSPACE ks"],
        ["CREATE TABLE u (k int PRIMARY KEY)", "SELECT * FROM system_schema.tables"],
    ],
)
def test_a_savepoint_takes_back_rows_and_schema(
    cluster: MemoryCluster, session: Session, change: list[str]
) -> None:
    before = cluster.engine.schema
    tables = session.execute("SELECT * FROM system_schema.tables").dicts()

    def undone() -> None:
        with cluster.engine.savepoint():
            for statement in change:
                session.execute(statement)
            raise KeyError

    with pytest.raises(KeyError):
        undone()

    assert cluster.engine.schema is before
    assert list(session.execute("SELECT k, v FROM t")) == [(1, "kept")]
    assert list(session.execute("SELECT k FROM t WHERE v = 'kept'")) == [(1,)]
    assert session.execute("SELECT * FROM system_schema.tables").dicts() == tables


def test_a_savepoint_that_ends_well_keeps_everything(cluster: MemoryCluster, session: Session) -> None:
    with cluster.engine.savepoint():
        session.execute("INSERT INTO t (k, v) VALUES (2, 'new')")

    assert session.execute("SELECT count(*) FROM t").one() == (2,)


def test_a_table_first_used_before_going_back_is_whole_afterwards(
    cluster: MemoryCluster, session: Session
) -> None:
    """Its store is made by the first statement that needs it, which here is one that is taken back."""
    session.execute("CREATE TABLE u (k int PRIMARY KEY, v text)")
    session.execute("CREATE INDEX ON u (v)")
    journal = cluster.engine.journal
    mark = journal.mark()
    session.execute("INSERT INTO u (k, v) VALUES (1, 'lost')")
    journal.rollback(mark)
    journal.release(mark)

    session.execute("INSERT INTO u (k, v) VALUES (2, 'found')")

    assert list(session.execute("SELECT k FROM u WHERE v = 'found'")) == [(2,)]
    assert list(session.execute("SELECT k FROM u")) == [(2,)]
