"""The pytest plugin: options, and fixtures that put a database under a test.

Loaded in every pytest run of every project that has coodie installed, so nothing is imported here that the run may not
need: no ODM, no engine, no driver.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from coodie_pytest.options import IN_MEMORY, RUN, Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from coodie.backend import Backend
    from coodie.document import DocumentBase
    from coodie_memory.clock import Clock
    from coodie_memory.cluster import MemoryCluster
    from coodie_pytest.targets import Target

_HANDED = "coodie_servers"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare `--coodie-*`."""
    group = parser.getgroup("coodie", "coodie: Cassandra and ScyllaDB, in memory or real")
    group.addoption(
        "--coodie-backend",
        action="append",
        metavar="NAME",
        help="what `coodie_backend` runs on: memory (default), memory-driver, memory-tcp, cassandra, scylla; "
        "several (repeated or separated by commas) run each test on each. memory-driver and memory-tcp go through the "
        "Python driver, in process and over TCP. cassandra without --coodie-hosts starts one",
    )
    group.addoption(
        "--coodie-dialect",
        choices=("scylla", "cassandra"),
        default="scylla",
        help="which server the memory engine answers like",
    )
    group.addoption(
        "--coodie-hosts", metavar="HOST[:PORT],…", help="a running cluster to use; its data stays untouched"
    )
    group.addoption(
        "--update-golden", action="store_true", help="write what a real server answers as what is expected"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Check the options and open the run's book of servers, before a conftest asks for it."""
    config.addinivalue_line(
        "markers", "coodie(requires=..., dialect=...): what a test needs of the backend it runs on"
    )
    handed = getattr(config, "workerinput", {}).get(_HANDED)
    config.stash[RUN] = Run.from_options(config.option, handed)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what the run started."""
    if run := config.stash.get(RUN, None):
        run.servers.stop()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Under xdist the controller starts the servers, once, before its workers; they get the addresses."""
    run = node.config.stash[RUN]
    if run.starts_servers:
        try:
            node.workerinput[_HANDED] = run.servers.hand_down(sorted(run.profiles))
        except Exception as reason:  # noqa: BLE001  # whatever it is, no test may run without the server
            _fail_run(reason)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Several backends run each test once on each."""
    backends = metafunc.config.stash[RUN].backends
    if "coodie_cluster" in metafunc.fixturenames and len(backends) > 1:
        metafunc.parametrize("coodie_cluster", backends, indirect=True, scope="session")


@pytest.fixture(scope="session")
def coodie_cluster(request: pytest.FixtureRequest) -> Iterator[Target]:
    """The database that `coodie_backend` gives turns at: `name`, `dialect`, `keyspace`, `capabilities`."""
    from coodie_pytest.targets import open_target

    run = request.config.stash[RUN]
    name = getattr(request, "param", run.backends[0])
    try:
        address = None if name in IN_MEMORY else run.servers.address("default")
        target = open_target(name, run.dialect, address)
    except Exception as reason:  # noqa: BLE001  # whatever it is, no test may run without the server
        _fail_run(reason)
    yield target
    target.close()


@pytest.fixture
def coodie_memory(request: pytest.FixtureRequest) -> Iterator[MemoryCluster]:
    """An empty `MemoryCluster`, the default connection of `coodie.sync` and `coodie.aio` for this test."""
    from coodie_pytest.targets import memory_cluster

    dialect = _wanted(request, "dialect") or request.config.stash[RUN].dialect
    with memory_cluster(dialect, _wanted(request, "requires") or ()) as cluster:
        yield cluster


@pytest.fixture
def coodie_backend(request: pytest.FixtureRequest, coodie_cluster: Target) -> Iterator[Backend]:
    """The backend that `--coodie-backend` names, empty, the default connection of both faces for this test."""
    from coodie_pytest.targets import MemoryTarget

    if lacking := set(_wanted(request, "requires") or ()) - coodie_cluster.capabilities:
        pytest.skip(f"{coodie_cluster.name} lacks {', '.join(sorted(lacking))}")
    if isinstance(coodie_cluster, MemoryTarget):
        # The same cluster for a test that asks for both.
        with coodie_cluster.turn(request.getfixturevalue("coodie_memory")) as backend:
            yield backend
        return
    if _wanted(request, "dialect") not in (None, coodie_cluster.dialect):
        pytest.skip(f"{coodie_cluster.name} answers otherwise")
    with coodie_cluster.turn() as backend:
        yield backend


def _wanted(request: pytest.FixtureRequest, option: str) -> Any:
    """What the test's closest `@pytest.mark.coodie(...)` says about `option`."""
    marker = request.node.get_closest_marker("coodie")
    return None if marker is None else marker.kwargs.get(option)


@pytest.fixture
def coodie_clock(request: pytest.FixtureRequest, coodie_cluster: Target, coodie_backend: Backend) -> Clock:
    """The clock of the cluster under this test; a real one keeps its own, and the test skips."""
    if "clock" not in coodie_cluster.capabilities:
        pytest.skip(f"{coodie_cluster.name} keeps its own clock")
    cluster: MemoryCluster = request.getfixturevalue("coodie_memory")
    return cluster.clock


@pytest.fixture
def coodie_tables(coodie_backend: Backend) -> Callable[..., None]:
    """Makes the tables of models, of either face, in `def` and `async def` tests alike: `coodie_tables(Task, Review)`."""
    from coodie.operations import tables
    from coodie.runner import run_sync

    def sync(*models: type[DocumentBase]) -> None:
        for model in models:
            run_sync(tables.sync_table(model), model.__connection__())

    return sync


def _fail_run(reason: Exception) -> NoReturn:
    pytest.exit(f"coodie: no real cluster for this run. {reason}", returncode=pytest.ExitCode.USAGE_ERROR)
