"""Every test here has the backend of `--coodie-backend`, if that is one the Python driver speaks to."""

import pytest

pytest.importorskip("cassandra", reason="no driver is installed")

from coodie.backends.cassandra import CassandraBackend


@pytest.fixture
def session(coodie_backend):
    """The driver's session, in an empty keyspace of the target's."""
    if not isinstance(coodie_backend, CassandraBackend):
        pytest.skip("no driver here")
    return coodie_backend.session
