"""Who drives operations: what a backend answers or raises arrives where the operation asked."""

import asyncio

import pytest

from coodie.backend import connections
from coodie.exceptions import InvalidRequest
from coodie.operations.steps import all_of, keyspace, many, one
from coodie.runner import run_async, run_sync
from coodie.statement import Page, Statement


class ListBackend:
    """Answers each text with the number of times it was asked; a text of "no" with an error."""

    keyspace = "here"

    def __init__(self):
        self.asked = []

    def execute(self, request):
        self.asked.append(request.cql)
        if request.cql == "no":
            raise InvalidRequest("no")
        return Page(("n",), [(len(self.asked),)])

    def execute_many(self, requests, concurrency):  # noqa: ARG002  # one at a time is at most any
        for request in requests:
            try:
                yield self.execute(request)
            except InvalidRequest as error:
                yield error

    async def execute_async(self, request):
        await asyncio.sleep(0)
        return self.execute(request)

    async def execute_many_async(self, requests, concurrency):
        for outcome in self.execute_many(requests, concurrency):
            yield outcome


@pytest.fixture
def backend():
    before = connections.snapshot()
    backend = ListBackend()
    connections.register("other", backend, default=False)
    yield backend
    connections.restore(before)


@pytest.fixture(params=["sync", "async"])
def run(request, backend):  # registered
    if request.param == "sync":
        return lambda operation: run_sync(operation, "other")
    return lambda operation: asyncio.run(run_async(operation, "other"))


def story(*texts):
    found = []
    for text in texts:
        page = yield from one(Statement(text))
        found.append(page.rows[0][0])
    return found


def test_answers_arrive_in_order(run):
    assert run(story("a", "b", "c")) == [1, 2, 3]


def test_an_error_is_raised_where_the_operation_asked(run):
    def careful():
        try:
            yield from one(Statement("no"))
        except InvalidRequest:
            return (yield from story("again"))

    assert run(careful()) == [2]
    with pytest.raises(InvalidRequest):
        run(story("a", "no", "b"))


def test_an_operation_is_closed_when_it_raises(run):
    closed = []

    def tidy():
        try:
            yield from one(Statement("no"))
        finally:
            closed.append(True)

    with pytest.raises(InvalidRequest):
        run(tidy())
    assert closed == [True]


def test_many_give_an_outcome_each(run):
    outcomes = run(many([Statement("a"), Statement("no"), Statement("b")]))
    assert [type(outcome) for outcome in outcomes] == [Page, InvalidRequest, Page]


def test_all_of_raises_after_all_were_tried(run, backend):
    with pytest.raises(InvalidRequest):
        run(all_of([Statement("no"), Statement("b")]))
    assert backend.asked == ["no", "b"]


def test_the_connection_knows_its_keyspace(run):
    assert run(keyspace(None)) == "here"
    assert run(keyspace("named")) == "named"


@pytest.mark.usefixtures("backend")
def test_cancelling_closes_the_operation():
    closed = []

    def endless():
        try:
            while True:
                yield from one(Statement("a"))
        finally:
            closed.append(True)

    async def cancelled():
        task = asyncio.create_task(run_async(endless(), "other"))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    assert closed == [True]
