"""The parts of `CassandraBackend` that need no server: what it decides before and after the driver."""

import asyncio
from types import SimpleNamespace

import pytest

pytest.importorskip("cassandra")

from cassandra.connection import ConnectionShutdown
from cassandra.policies import FallthroughRetryPolicy, RetryPolicy, WriteType
from cassandra.protocol import ErrorMessage, IsBootstrappingErrorMessage, OverloadedErrorMessage, ServerError

from coodie.backends.cassandra import backend as backend_module
from coodie.backends.cassandra.backend import CassandraBackend, CautiousRetryPolicy, _contact_points
from coodie.statement import BatchRequest, Page, Statement

READ = Statement("SELECT a FROM t", prepare=False)


class Response:
    """A request in the driver, answered when the test says so."""

    _col_names = _col_types = _paging_state = warnings = None

    def __init__(self, query):
        self.query = query

    def add_callbacks(self, landed, _failed):
        self.answer = lambda: landed(None)


class Session:
    """What the backend asks a driver's session for; keeps what it was handed."""

    keyspace = "ks"

    def __init__(self):
        self.sent = []
        self.listeners = []

    def get_execution_profile(self, _name):
        return SimpleNamespace(retry_policy=RetryPolicy())

    def add_request_init_listener(self, listener):
        self.listeners.append(listener)

    def remove_request_init_listener(self, listener):
        self.listeners.remove(listener)

    def execute_async(self, statement, **_options):
        self.sent.append(Response(statement))
        return self.sent[-1]


async def turn():
    """Let every task that can go on do so."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_driver_never_gets_more_than_it_takes_without_blocking(monkeypatch):
    """With its 32768 stream ids in use, the driver would hold the caller, and with it the loop."""
    monkeypatch.setattr(backend_module, "_IN_FLIGHT", 3)
    session = Session()
    backend = CassandraBackend(session)
    waiting = [asyncio.create_task(backend.execute_async(READ)) for _ in range(7)]

    for answered in range(7):
        await turn()
        assert len(session.sent) == min(7, answered + 3)
        session.sent[answered].answer()

    assert await asyncio.gather(*waiting) == [Page()] * 7


def test_only_what_is_not_idempotent_is_sent_with_caution():
    """A batch is as idempotent as the least of its statements."""
    session = Session()
    backend = CassandraBackend(session)
    safe = Statement("a", prepare=False, idempotent=True)
    for request in (safe, READ, BatchRequest((safe, safe)), BatchRequest((safe, READ))):
        backend._begin(request)

    sent = [response.query for response in session.sent]
    assert [each.is_idempotent for each in sent] == [True, False, True, False]
    assert [isinstance(each.retry_policy, CautiousRetryPolicy) for each in sent] == [False, True, False, True]


def test_closing_takes_the_listener_away_and_leaves_the_session():
    """A session that was given is as it was before."""
    session = Session()
    backend = CassandraBackend(session)
    assert len(session.listeners) == 1

    backend.close()
    backend.close()

    assert session.listeners == []


def test_requests_of_others_pass_the_listener_untouched():
    """The session's owner keeps his row factory."""
    session = Session()
    CassandraBackend(session)
    theirs = SimpleNamespace(query=SimpleNamespace(), row_factory="theirs")

    session.listeners[0](theirs)

    assert theirs.row_factory == "theirs"


@pytest.mark.parametrize(
    ("hosts", "arguments"),
    [
        (["127.0.0.1", "::1", "[::2]"], {"contact_points": ["127.0.0.1", "::1", "::2"]}),
        (["a.example.org:19042", ("b", 19042)], {"contact_points": ["a.example.org", "b"], "port": 19042}),
        (["[::1]:9043", "10.0.0.1"], {"contact_points": [("::1", 9043), "10.0.0.1"]}),
        (["a:1", "a:2"], {"contact_points": [("a", 1), ("a", 2)]}),
    ],
)
def test_hosts_may_name_their_port(hosts, arguments):
    """An address of IPv6 has colons of its own; a port that all share is the cluster's."""
    assert _contact_points(hosts) == arguments


def answer(kind):
    return kind(code=kind.error_code, message="no", info=None)


@pytest.mark.parametrize(
    "error", [ConnectionShutdown("gone"), answer(ServerError), ErrorMessage(1, "x", None)]
)
def test_request_that_may_have_been_applied_is_not_sent_again(error):
    """An increment or an append whose connection was lost must not happen twice."""
    assert CautiousRetryPolicy(RetryPolicy()).on_request_error(None, 1, error, 0) == (
        RetryPolicy.RETHROW,
        None,
    )


@pytest.mark.parametrize("kind", [OverloadedErrorMessage, IsBootstrappingErrorMessage])
def test_request_that_was_not_begun_goes_to_the_next_host(kind):
    decision, _ = CautiousRetryPolicy(RetryPolicy()).on_request_error(None, 1, answer(kind), 0)

    assert decision == RetryPolicy.RETRY_NEXT_HOST


def test_session_that_never_retries_is_obeyed():
    """Caution only takes away."""
    policy = CautiousRetryPolicy(FallthroughRetryPolicy())

    assert policy.on_request_error(None, 1, answer(OverloadedErrorMessage), 0) == (RetryPolicy.RETHROW, None)
    assert policy.on_unavailable(None, 1, 2, 1, 0) == (RetryPolicy.RETHROW, None)
    assert policy.on_read_timeout(None, 1, 1, 1, data_retrieved=False, retry_num=0) == (
        RetryPolicy.RETHROW,
        None,
    )
    assert policy.on_write_timeout(None, 1, WriteType.BATCH_LOG, 1, 0, 0) == (RetryPolicy.RETHROW, None)
