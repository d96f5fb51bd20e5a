"""An answer crosses from the driver's thread to the loop that waits for it, or to nobody."""

import asyncio
import threading

import pytest

pytest.importorskip("cassandra")

from coodie.backends.cassandra.arrival import arrival


class Answer:
    """Calls back from another thread, when it is told to."""

    def __init__(self):
        self.subscribed = asyncio.Event()

    def subscribe(self, landed, failed):
        self.landed, self.failed = landed, failed
        self.subscribed.set()


def elsewhere(callback, value):
    """Run the callback as the driver does, and show what it raised."""
    raised = []

    def run():
        try:
            callback(value)
        except Exception as error:  # noqa: BLE001  # shown to the test
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return raised


async def test_result_and_error_of_another_thread_arrive():
    for callback, value, expected in (("landed", 7, 7), ("failed", ValueError("no"), ValueError)):
        answer = Answer()
        waiting = asyncio.create_task(arrival(answer.subscribe))
        await answer.subscribed.wait()
        elsewhere(getattr(answer, callback), value)

        (outcome,) = await asyncio.gather(waiting, return_exceptions=True)
        assert outcome == expected or type(outcome) is expected


async def test_answer_that_is_there_already_arrives():
    """The driver calls back at once if it has the result."""
    assert await arrival(lambda landed, _: landed("at once")) == "at once"


async def test_answer_after_cancellation_is_dropped():
    """A late answer finds nobody and disturbs nobody."""
    answer = Answer()
    waiting = asyncio.create_task(arrival(answer.subscribe))
    await answer.subscribed.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    assert elsewhere(answer.landed, "late") == []
    assert elsewhere(answer.failed, ValueError("late")) == []
    await asyncio.sleep(0)


def test_answer_after_the_loop_was_closed_is_dropped():
    """The driver's thread serves everybody else, too: it must not die."""
    answers = []

    async def abandoned():
        answers.append(Answer())
        waiting = asyncio.create_task(arrival(answers[0].subscribe))
        await answers[0].subscribed.wait()
        waiting.cancel()

    asyncio.run(abandoned())

    assert elsewhere(answers[0].landed, "late") == []
