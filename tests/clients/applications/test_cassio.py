"""cassio, the library under many applications of language models: tables with vectors, metadata and histories."""

from collections.abc import Iterator

import pytest
from cassandra.cluster import Cluster, Session
from cassio.history import StoredBlobHistory
from cassio.table import (
    ClusteredCassandraTable,
    ClusteredMetadataVectorCassandraTable,
    ElasticCassandraTable,
    MetadataVectorCassandraTable,
    PlainCassandraTable,
)

from coodie_memory.cluster import MemoryCluster


@pytest.fixture
def cluster() -> MemoryCluster:
    """ScyllaDB has no storage-attached indexes, which cassio makes for what it searches."""
    cluster = MemoryCluster(dialect="cassandra")
    cluster.create_keyspace("ks")
    return cluster


@pytest.fixture(params=["tcp", "process"])
def session(request: pytest.FixtureRequest, cluster: MemoryCluster) -> Iterator[Session]:
    if request.param == "process":
        session = cluster.connect()
        yield session
        session.cluster.shutdown()
        return
    with cluster.serve() as address:
        driver = Cluster([address.host], port=address.port)
        yield driver.connect()
        driver.shutdown()


def test_a_plain_table(session: Session) -> None:
    table = PlainCassandraTable(session=session, keyspace="ks", table="plain", primary_key_type="TEXT")
    table.put(row_id="a", body_blob="first")
    table.put_async(row_id="b", body_blob="second").result()

    assert table.get(row_id="a") == {"row_id": "a", "body_blob": "first"}
    assert table.get(row_id="missing") is None
    table.delete(row_id="a")
    assert table.get(row_id="a") is None
    table.clear()


def test_a_clustered_table_gives_a_partition_in_order(session: Session) -> None:
    table = ClusteredCassandraTable(
        session=session,
        keyspace="ks",
        table="clustered",
        primary_key_type=["TEXT", "INT"],
        ordering_in_partition="DESC",
    )
    for row in range(5):
        table.put(partition_id="p", row_id=row, body_blob=str(row))

    assert [each["row_id"] for each in table.get_partition(partition_id="p", n=3)] == [4, 3, 2]
    table.delete_partition(partition_id="p")
    assert list(table.get_partition(partition_id="p")) == []


@pytest.mark.parametrize("metric", ["cos", "dot", "l2"])
def test_the_nearest_vectors_are_found(session: Session, metric: str) -> None:
    table = MetadataVectorCassandraTable(
        session=session, keyspace="ks", table="vectors", vector_dimension=2, primary_key_type="TEXT"
    )
    for name, vector in {"east": [1, 0], "north": [0, 1], "west": [-1, 0], "north-east": [0.6, 0.8]}.items():
        table.put(
            row_id=name, body_blob=name, vector=vector, metadata={"letters": str(len(name)), "kind": "wind"}
        )

    found = list(table.metric_ann_search([1, 0], n=3, metric=metric))

    assert [each["row_id"] for each in found] == ["east", "north-east", "north"]
    assert found[0]["metadata"] == {"letters": "4", "kind": "wind"}
    short = table.ann_search([-1, 0.1], n=2, metadata={"letters": "4"})
    assert [each["row_id"] for each in short] == ["west", "east"]
    assert {each["row_id"] for each in table.find_entries(n=9, metadata={"letters": "5"})} == {"north"}


def test_vectors_within_a_partition(session: Session) -> None:
    table = ClusteredMetadataVectorCassandraTable(
        session=session,
        keyspace="ks",
        table="clustered_vectors",
        vector_dimension=2,
        primary_key_type=["TEXT", "TEXT"],
    )
    for partition in ("a", "b"):
        for name, vector in {"east": [1, 0], "north": [0, 1]}.items():
            table.put(partition_id=partition, row_id=name, body_blob=name, vector=vector, metadata={"m": "1"})

    found = list(table.ann_search([0.1, 1], n=9, partition_id="a"))

    assert [(each["partition_id"], each["row_id"]) for each in found] == [("a", "north"), ("a", "east")]


def test_values_by_several_keys_expire(session: Session, cluster: MemoryCluster) -> None:
    cache = ElasticCassandraTable(
        session=session,
        keyspace="ks",
        table="cache",
        keys=["prompt", "model"],
        primary_key_type=["TEXT", "TEXT"],
        ttl_seconds=60,
    )
    cache.put(prompt="hi", model="m", body_blob="hello")
    assert cache.get(prompt="hi", model="m")["body_blob"] == "hello"

    cluster.clock.advance("61s")

    assert cache.get(prompt="hi", model="m") is None


def test_a_history_is_kept_in_order(session: Session) -> None:
    with pytest.warns(DeprecationWarning, match="legacy"):
        history = StoredBlobHistory(session, "ks", "history")
    for word in ("one", "two", "three"):
        history.store("talk", word, ttl_seconds=None)

    assert list(history.retrieve("talk")) == ["one", "two", "three"]
    assert list(history.retrieve("talk", max_count=2)) == ["two", "three"]
    history.clear_session_id("talk")
    assert list(history.retrieve("talk")) == []
