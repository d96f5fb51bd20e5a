"""A cluster for each test, and drivers that reach it over TCP or in this process."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from cassandra.cluster import Cluster, Session

from coodie_memory.cluster import MemoryCluster
from coodie_memory.server import Address

Connect = Callable[..., Session]


@pytest.fixture(params=["cassandra", "scylla"])
def dialect(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def cluster(dialect: str) -> MemoryCluster:
    cluster = MemoryCluster(dialect=dialect)
    cluster.create_keyspace("ks")
    return cluster


@pytest.fixture
def address(cluster: MemoryCluster) -> Iterator[Address]:
    with cluster.serve() as address:
        yield address


@pytest.fixture
def connect(address: Address) -> Iterator[Connect]:
    """Sessions of drivers that know no more than an address; they are shut down at the end."""
    with ExitStack() as opened:

        def session(keyspace: str | None = "ks", **options: Any) -> Session:
            given = {"contact_points": [address.host], "port": address.port, "connect_timeout": 30, **options}
            driver = Cluster(**given)
            opened.callback(driver.shutdown)
            return driver.connect(keyspace)

        yield session
