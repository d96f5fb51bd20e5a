"""A lazy connection is made by the first request, once, and not at all after it was closed."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from coodie.backends.lazy import LazyBackend
from coodie.exceptions import ConnectionFailed
from coodie.statement import Page, Statement

READ = Statement("SELECT a FROM t")


class Opened:
    """A backend that answers everything with one row, and says whether it is closed."""

    def __init__(self):
        self.closed = False

    def execute(self, request):
        return Page(("cql",), [(request.cql,)])

    def execute_many(self, requests, _concurrency):
        yield from map(self.execute, requests)

    async def execute_async(self, request):
        return self.execute(request)

    async def execute_many_async(self, requests, _concurrency):
        try:
            for request in requests:
                yield self.execute(request)
        finally:
            self.left = True

    def close(self):
        self.closed = True


class Connecting:
    """Counts the attempts, notes their threads; fails as often as it is told."""

    def __init__(self, failures=0):
        self.opened = []
        self.threads = []
        self.failures = failures

    def __call__(self):
        self.threads.append(threading.current_thread())
        if self.failures:
            self.failures -= 1
            raise ConnectionFailed("not yet")
        self.opened.append(Opened())
        return self.opened[-1]


def test_nothing_is_opened_before_the_first_request():
    connecting = Connecting()
    backend = LazyBackend(connecting)
    assert connecting.threads == []

    assert backend.execute(READ).rows == [(READ.cql,)]
    assert [page.rows for page in backend.execute_many([READ, READ], 2)] == [[(READ.cql,)]] * 2
    assert len(connecting.opened) == 1


def test_threads_open_it_once():
    connecting = Connecting()
    backend = LazyBackend(connecting)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(backend.execute, [READ] * 50))

    assert len(connecting.opened) == 1


def test_failed_connection_is_tried_again():
    """The cluster may come up later than the application."""
    backend = LazyBackend(Connecting(failures=1))
    with pytest.raises(ConnectionFailed, match="not yet"):
        backend.execute(READ)

    assert backend.execute(READ).rows


async def test_coroutines_open_it_once_and_not_in_the_loops_thread():
    connecting = Connecting()
    backend = LazyBackend(connecting)

    await asyncio.gather(*(backend.execute_async(READ) for _ in range(5)))

    assert len(connecting.opened) == 1
    assert threading.current_thread() not in connecting.threads


async def test_leaving_the_outcomes_leaves_the_backends():
    """What is in flight there is cancelled now, not when the garbage is collected."""
    connecting = Connecting()
    outcomes = LazyBackend(connecting).execute_many_async([READ, READ], 1)
    assert (await anext(outcomes)).rows
    await outcomes.aclose()

    assert connecting.opened[0].left


async def test_close_closes_what_was_opened_and_opens_no_more():
    connecting = Connecting()
    backend = LazyBackend(connecting)
    backend.execute(READ)
    await backend.close_async()
    assert connecting.opened[0].closed

    unopened = LazyBackend(connecting)
    unopened.close()
    with pytest.raises(ConnectionFailed, match="closed"):
        unopened.execute(READ)
    assert len(connecting.opened) == 1
