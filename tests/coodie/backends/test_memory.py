"""`MemoryBackend`: the engine's answers in coodie's words. What both backends share is in `conformance/odm`."""

import logging

import pytest

from coodie import exceptions
from coodie.backends.memory import MemoryBackend, connect, coodie_error
from coodie.statement import BatchRequest, Page, Statement
from coodie_memory import errors
from coodie_memory.cluster import MemoryCluster
from coodie_memory.result import Void

REPLICAS = {"consistency": "QUORUM", "received": 1, "required": 2}
FIELDS = {
    errors.Unavailable: {"consistency": "QUORUM", "required": 2, "alive": 1},
    errors.WriteTimeout: {**REPLICAS, "write_type": "CAS"},
    errors.ReadTimeout: {**REPLICAS, "data_present": True},
    errors.ReadFailure: {**REPLICAS, "failures": 1, "data_present": False},
    errors.WriteFailure: {**REPLICAS, "failures": 1, "write_type": "SIMPLE"},
    errors.CasWriteUnknown: REPLICAS,
    errors.FunctionFailure: {"keyspace": "ks", "function": "f", "argument_types": ("int",)},
    errors.AlreadyExists: {"keyspace": "ks", "table": "t"},
    errors.Unprepared: {"statement_id": b"id"},
}
# What a backend deals with itself, and what no server has said since Cassandra 3.
UNNAMED = {errors.Unprepared, errors.CdcWriteFailure}
SERVER_ERRORS = [error for error in errors.CqlError.__subclasses__() if error not in UNNAMED]


@pytest.fixture
def backend():
    backend = connect(keyspace="ks")
    backend.execute(Statement("CREATE TABLE t (id int PRIMARY KEY, v text)", prepare=False))
    return backend


@pytest.mark.parametrize("theirs", SERVER_ERRORS)
def test_engines_error_is_coodies_of_the_same_code_with_the_same_fields(theirs):
    """What a driver makes of it on a real cluster, see `cassandra/test_errors.py`."""
    fields = FIELDS.get(theirs, {})

    error = coodie_error(theirs("words", **fields))

    assert type(error) is not exceptions.BackendError
    assert error.code == theirs.code
    assert vars(error) == {"message": "words", **fields}


def test_what_the_engine_lacks_is_a_server_error():
    """`UnsupportedCQL` is loud, and needs no class of its own here."""
    error = coodie_error(errors.UnsupportedCQL("CREATE ROLE"))

    assert (type(error), error.message) == (exceptions.ServerError, "CREATE ROLE")


def test_code_that_no_class_of_coodie_has_is_kept():
    """A driver prepares again by itself; the code alone is left to tell."""
    error = coodie_error(errors.Unprepared("words", statement_id=b"id"))

    assert (type(error), error.code) == (exceptions.BackendError, 0x2500)


def test_engines_exception_is_the_cause(backend):
    with pytest.raises(exceptions.SyntaxException) as caught:
        backend.execute(Statement("SELEC"))

    assert isinstance(caught.value.__cause__, errors.SyntaxException)


def test_unsaid_fetch_size_is_the_drivers():
    """Code that never asks for the second page fails in memory, too."""
    backend = connect(keyspace="ks")
    backend.execute(Statement("CREATE TABLE t (p int, n int, PRIMARY KEY (p, n))", prepare=False))
    insert = "INSERT INTO t (p, n) VALUES (1, ?)"
    backend.execute(BatchRequest(tuple(Statement(insert, (n,)) for n in range(5001)), kind="unlogged"))

    page = backend.execute(Statement("SELECT n FROM t WHERE p = 1"))

    assert len(page.rows) == 5000
    assert page.paging_state is not None


def test_missing_keyspace_of_a_given_cluster_is_refused():
    """The cluster is the caller's; only a private one is made ready."""
    with pytest.raises(exceptions.InvalidRequest, match="nope"):
        connect(MemoryCluster(), "nope")


def test_closed_backend_leaves_cluster_and_data():
    cluster = MemoryCluster()
    cluster.create_keyspace("ks")
    backend = connect(cluster, "ks")
    backend.execute(Statement("CREATE TABLE t (id int PRIMARY KEY)", prepare=False))
    backend.close()

    with pytest.raises(exceptions.ConnectionFailed, match="closed"):
        backend.execute(Statement("SELECT id FROM t"))
    assert connect(cluster, "ks").execute(Statement("SELECT id FROM t")) == Page(("id",))


async def test_awaiting_is_calling(backend):
    """The coroutine never gives the loop a turn, so nothing can come between."""
    with pytest.raises(StopIteration) as finished:
        backend.execute_async(Statement("SELECT v FROM t")).send(None)

    assert finished.value.value == Page(("v",))


class WarningSession:
    """A session whose every answer carries a warning."""

    keyspace = "ks"

    def execute(self, *_request):
        return Void(warnings=("too much",))


def test_warnings_are_on_the_page_and_in_the_log(caplog):
    with caplog.at_level(logging.WARNING, logger="coodie"):
        page = MemoryBackend(WarningSession()).execute(Statement("TRUNCATE t"))

    assert page == Page(warnings=("too much",))
    assert [record.getMessage() for record in caplog.records] == ["too much"]
