"""The pytest plugin: options, and fixtures that put a database under a test.

Loaded in every pytest run of every project that has coodie installed, so nothing is imported here that the run may not
need: no ODM, no engine, no driver.
"""

from typing import Any, NoReturn

import pytest

from coodie_pytest.options import RUN, Run

_HANDED = "coodie_servers"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare `--coodie-*`."""
    group = parser.getgroup("coodie", "coodie: Cassandra and ScyllaDB, in memory or real")
    group.addoption(
        "--coodie-backend",
        action="append",
        metavar="NAME",
        help="what `coodie_backend` runs on: memory (default), cassandra, scylla; several (repeated or "
        "separated by commas) run each test on each. cassandra without --coodie-hosts starts one",
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


def _fail_run(reason: Exception) -> NoReturn:
    pytest.exit(f"coodie: no real cluster for this run. {reason}", returncode=pytest.ExitCode.USAGE_ERROR)
