"""A task is one person's at a time, whoever asks at the same moment."""

import asyncio

import pytest
from board import tasks
from board.models import TABLES, Task

from coodie.exceptions import DocumentNotFound


@pytest.fixture
async def bob(log_in):
    return await log_in("bob")


async def test_who_claims_has_it(ada, add):
    task = (await ada.post(f"{await add()}/claim")).json()

    assert (task["status"], task["assignee"]) == ("claimed", "ada")


async def test_a_claimed_task_is_not_claimed_again(ada, bob, add):
    task = await add()
    await ada.post(f"{task}/claim")

    answer = await bob.post(f"{task}/claim")

    assert (answer.status_code, answer.json()) == (409, {"detail": "the task is claimed by ada"})


async def test_of_many_who_claim_at_once_one_gets_it(log_in, add):
    task = await add()
    people = [await log_in(f"person {n}") for n in range(8)]

    answers = await asyncio.gather(*(each.post(f"{task}/claim") for each in people))

    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 7]
    (winner,) = [answer.json()["assignee"] for answer in answers if answer.status_code == 200]
    assert {answer.json()["detail"] for answer in answers if answer.status_code == 409} == {
        f"the task is claimed by {winner}"
    }


async def test_who_has_it_may_give_it_back(ada, bob, add):
    task = await add()
    await ada.post(f"{task}/claim")
    assert (await bob.post(f"{task}/release")).status_code == 409

    assert (await ada.post(f"{task}/release")).json()["assignee"] is None
    assert (await bob.post(f"{task}/claim")).json()["assignee"] == "bob"


async def test_who_has_it_may_finish_it(ada, bob, add):
    task = await add()
    assert (await ada.post(f"{task}/finish")).json() == {"detail": "the task is open"}
    await ada.post(f"{task}/claim")
    assert (await bob.post(f"{task}/finish")).status_code == 409

    assert (await ada.post(f"{task}/finish")).json()["status"] == "done"
    assert (await bob.post(f"{task}/claim")).json() == {"detail": "the task is done by ada"}


@pytest.mark.parametrize(
    "step",
    [
        lambda task: tasks.claim(task, "ada"),
        lambda task: tasks.release(task, "ada"),
        lambda task: tasks.change(task, tasks.Changes(text="more")),
        lambda task: tasks.tag(task, "late"),
    ],
)
async def test_a_task_that_was_deleted_meanwhile_stays_deleted(coodie_tables, step):
    """Between the reading of a request and its writing."""
    coodie_tables(*TABLES)
    task = Task(board="home", title="gone")

    with pytest.raises(DocumentNotFound):
        await step(task)
    assert not await Task.find(board="home").exists()
