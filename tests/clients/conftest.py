"""What the tests of other people's clients share. They need the environments that `run.py` makes, and are collected for it only."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from coodie_memory.cluster import MemoryCluster

collect_ignore_glob = [] if "COODIE_CLIENT" in os.environ else ["*"]


@pytest.fixture(scope="session")
def client() -> str:
    """The name of the client whose environment this is."""
    return os.environ["COODIE_CLIENT"]


@pytest.fixture(scope="session")
def home() -> Path:
    """The client's environment, a folder that is kept from run to run."""
    return Path(os.environ["COODIE_CLIENT_HOME"])


@pytest.fixture(params=["cassandra", "scylla"])
def surroundings(request: pytest.FixtureRequest) -> Iterator[Mapping[str, str]]:
    """The environment variables by which a program finds a server, and one that asks ann for her secret."""
    dialect = request.param
    with ExitStack() as serving:
        open_to_all = serving.enter_context(MemoryCluster(dialect=dialect).serve())
        guarded = MemoryCluster(dialect=dialect, authentication={"ann": "secret"})
        yield {
            **os.environ,
            "COODIE_DIALECT": dialect,
            "COODIE_ADDRESS": str(open_to_all),
            "COODIE_AUTH_ADDRESS": str(serving.enter_context(guarded.serve())),
        }
