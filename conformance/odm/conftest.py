"""Every test here has the backend of `--coodie-backend` as its default connection."""

import pytest


@pytest.fixture(autouse=True)
def _connected(coodie_backend):  # asked for its effect
    """The default connection, and an empty keyspace."""
