"""A connection's own levels and timeout fill what a request leaves open, and nothing else."""

import pytest

from coodie.backends.defaults import DefaultingBackend, Defaults
from coodie.exceptions import InvalidQueryError
from coodie.statement import BatchRequest, Page, Statement

DEFAULTS = Defaults("ONE", "LOCAL_SERIAL", 5)


class Listener:
    """A backend that remembers what it was asked."""

    keyspace = "ks"

    def __init__(self):
        self.asked, self.closed = [], 0

    def execute(self, request):
        self.asked.append(request)
        return Page()

    async def execute_async(self, request):
        return self.execute(request)

    def execute_many(self, requests, _concurrency):
        return (self.execute(request) for request in requests)

    async def execute_many_async(self, requests, _concurrency):
        for request in requests:
            yield self.execute(request)

    def close(self):
        self.closed += 1

    async def close_async(self):
        self.close()


@pytest.mark.parametrize("request_", [Statement("SELECT"), BatchRequest((Statement("INSERT"),))])
def test_what_is_left_open_is_filled(request_):
    filled = DEFAULTS.fill(request_)

    assert (filled.consistency, filled.serial_consistency, filled.timeout) == ("ONE", "LOCAL_SERIAL", 5)


def test_what_is_said_stays():
    said = Statement("SELECT", consistency="ALL", serial_consistency="SERIAL", timeout=0)

    assert DEFAULTS.fill(said) == said


def test_no_level_is_refused():
    with pytest.raises(InvalidQueryError, match="'MOST' is no consistency level"):
        Defaults(consistency="MOST")


async def test_every_way_in_is_filled():
    listener = Listener()
    backend = DefaultingBackend(listener, DEFAULTS)
    backend.execute(Statement("a"))
    await backend.execute_async(Statement("b"))
    list(backend.execute_many([Statement("c")], 1))
    assert [page async for page in backend.execute_many_async([Statement("d")], 1)] == [Page()]
    backend.close()
    await backend.close_async()

    assert [(each.cql, each.consistency) for each in listener.asked] == [(cql, "ONE") for cql in "abcd"]
    assert (backend.keyspace, listener.closed) == ("ks", 2)
