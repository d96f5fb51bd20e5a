"""The parts of `CassandraBackend` that need no server: what it decides before and after the driver."""

import pytest

pytest.importorskip("cassandra")

from cassandra.connection import ConnectionShutdown
from cassandra.policies import FallthroughRetryPolicy, RetryPolicy, WriteType
from cassandra.protocol import ErrorMessage, IsBootstrappingErrorMessage, OverloadedErrorMessage, ServerError

from coodie.backends.cassandra.backend import CautiousRetryPolicy, _endpoint


@pytest.mark.parametrize(
    ("host", "endpoint"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("db.example.org:19042", ("db.example.org", 19042)),
        ("::1", "::1"),
        ("[::1]", "::1"),
        ("[::1]:9043", ("::1", 9043)),
        (("10.0.0.1", 9043), ("10.0.0.1", 9043)),
    ],
)
def test_host_may_name_its_port(host, endpoint):
    """An address of IPv6 has colons of its own."""
    assert _endpoint(host) == endpoint


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
