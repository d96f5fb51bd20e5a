"""What a caller says about the driver reaches the driver: TLS, execution profiles, several live sessions."""

import ssl
import subprocess
from typing import Annotated

import pytest
from cassandra import ConsistencyLevel
from cassandra.cluster import EXEC_PROFILE_DEFAULT, ExecutionProfile
from cassandra.policies import ConstantSpeculativeExecutionPolicy, FallthroughRetryPolicy, RoundRobinPolicy

from coodie import aio, sync
from coodie.backend import connections
from coodie.exceptions import ConnectionFailed
from coodie.fields import PrimaryKey
from coodie_memory.cluster import MemoryCluster


class Note(sync.Document):
    id: Annotated[int, PrimaryKey()]

    class Settings:
        connection = "driver"


class AsyncNote(aio.Document):
    id: Annotated[int, PrimaryKey()]

    class Settings:
        name = "note"
        connection = "driver"


@pytest.fixture(autouse=True)
def _registry():
    state = connections.snapshot()
    yield
    if "driver" in connections.snapshot().backends:
        sync.close_coodie("driver")
    connections.restore(state)


@pytest.fixture
def cluster():
    cluster = MemoryCluster()
    cluster.create_keyspace("ks")
    cluster.session("ks").execute("CREATE TABLE note (id int PRIMARY KEY)")
    return cluster


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for this machine, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    files = folder / "certificate.pem", folder / "key.pem"
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -days 1"
    )
    subprocess.run(
        [*command.split(), "-addext", "subjectAltName=IP:127.0.0.1", "-out", files[0], "-keyout", files[1]],
        check=True,
        capture_output=True,
    )
    return files


def test_connection_is_encrypted(cluster, certificate):
    theirs = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    theirs.load_cert_chain(*certificate)
    ours = ssl.create_default_context(cafile=certificate[0])
    with cluster.serve(tls=theirs) as address:
        hosts = [(address.host, address.port)]
        sync.init_coodie(hosts, keyspace="ks", name="driver", ssl_context=ours)
        Note(id=1).save()
        assert Note.get(id=1) == Note(id=1)
        with pytest.raises(ConnectionFailed, match="certificate verify failed"):
            sync.init_coodie(hosts, name="other", ssl_context=ssl.create_default_context())
        sync.close_coodie("driver")


async def test_awaited_connection_is_encrypted(cluster, certificate):
    theirs = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    theirs.load_cert_chain(*certificate)
    ours = ssl.create_default_context(cafile=certificate[0])
    with cluster.serve(tls=theirs) as address:
        await aio.init_coodie(
            [(address.host, address.port)], keyspace="ks", name="driver", ssl_context=ours, lazy=True
        )
        await AsyncNote(id=1).save()
        assert await AsyncNote.find().count() == 1
        await aio.close_coodie("driver")


def test_profile_is_the_drivers(cluster):
    """Retries, speculative execution, levels and timeouts are as the caller's profile says."""
    profile = ExecutionProfile(
        load_balancing_policy=RoundRobinPolicy(),
        speculative_execution_policy=ConstantSpeculativeExecutionPolicy(0.1, 2),
        retry_policy=FallthroughRetryPolicy(),
        consistency_level=ConsistencyLevel.LOCAL_QUORUM,
        request_timeout=7,
    )
    profiles = {EXEC_PROFILE_DEFAULT: profile}
    backend = sync.init_coodie(
        keyspace="ks",
        name="driver",
        driver_type="cassandra",
        execution_profiles=profiles,
        **cluster.driver_options(),
    )
    sent = []
    backend.session.add_request_init_listener(sent.append)
    Note(id=1).save()
    Note.find().consistency("ONE").timeout(3).count()
    Note(id=2).insert()

    assert [future.message.consistency_level for future in sent] == [
        ConsistencyLevel.LOCAL_QUORUM,
        ConsistencyLevel.ONE,
        ConsistencyLevel.LOCAL_QUORUM,
    ]
    assert [future.timeout for future in sent] == [7, 3, 7]
    assert [future.query.is_idempotent for future in sent] == [True, True, False]


def test_live_sessions_go_by_their_names_and_stay_their_owners(cluster):
    other = MemoryCluster()
    other.create_keyspace("ks")
    sessions = cluster.connect("ks"), other.connect("ks")
    try:
        sync.init_coodie(session=sessions[0], name="driver")
        sync.init_coodie(session=sessions[1], name="other", default=False)
        Note(id=1).save()
        assert sync.execute_raw("SELECT * FROM note", connection="driver") == [{"id": 1}]
        with pytest.raises(Exception, match="unconfigured table note"):
            sync.execute_raw("SELECT * FROM note", connection="other")
        sync.close_coodie("driver")
        sync.close_coodie("other")
        assert not any(session.is_shutdown for session in sessions)
        assert len(list(sessions[0].execute("SELECT * FROM note"))) == 1
    finally:
        for session in sessions:
            session.cluster.shutdown()
