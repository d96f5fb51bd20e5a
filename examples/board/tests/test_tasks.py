"""Tasks are made, found, changed and taken away."""

from uuid import UUID, uuid1


async def titles(client, **query):
    answer = await client.get("/boards/home/tasks", params=query)
    assert answer.status_code == 200, answer.text
    return [task["title"] for task in answer.json()["items"]]


async def test_a_task_starts_open(ada):
    answer = await ada.post("/boards/home/tasks", json={"title": "write", "tags": ["docs"]})

    task = answer.json()
    assert UUID(task.pop("id")).version == 1
    assert task.pop("created").endswith("Z")
    assert task == {
        "board": "home", "title": "write", "text": "", "status": "open", "assignee": None, "tags": ["docs"],
    }  # fmt: skip


async def test_the_newest_comes_first(ada, add):
    for title in ("one", "two", "three"):
        await add(title)

    assert await titles(ada) == ["three", "two", "one"]


async def test_boards_are_apart(ada, add):
    await add()

    assert (await ada.get("/boards/work/tasks")).json() == {"items": [], "next": None}


async def test_tasks_are_found_by_tag_and_state(ada, add):
    await add("one", tags=["docs", "urgent"])
    two = await add("two", tags=["docs"])
    await ada.post(f"{two}/claim")

    assert await titles(ada, tag="docs") == ["two", "one"]
    assert await titles(ada, tag="urgent") == ["one"]
    assert await titles(ada, tag="docs", state="claimed") == ["two"]
    assert await titles(ada, tag="none") == []


async def test_what_is_left_out_stays(ada, add):
    task = await add("write", text="all of it")

    answer = await ada.patch(task, json={"title": "write it"})

    assert answer.json()["title"] == "write it"
    assert (await ada.get(task)).json()["task"] == answer.json()
    assert answer.json()["text"] == "all of it"


async def test_a_change_of_nothing_changes_nothing(ada, add):
    assert (await ada.patch(await add(), json={})).status_code == 200


async def test_a_bad_task_is_refused(ada, add):
    assert (await ada.post("/boards/home/tasks", json={"title": ""})).status_code == 422
    assert (await ada.patch(await add(), json={"title": ""})).status_code == 422


async def test_tags_come_and_go(ada, add):
    task = await add()
    await ada.put(f"{task}/tags/docs")
    await ada.put(f"{task}/tags/urgent")

    assert (await ada.delete(f"{task}/tags/docs")).json()["tags"] == ["urgent"]
    assert (await ada.get(task)).json()["task"]["tags"] == ["urgent"]


async def test_looking_counts(ada, add):
    task = await add()
    for views in (1, 2):
        assert (await ada.get(task)).json()["views"] == views


async def test_a_task_goes_with_all_that_belongs_to_it(ada, add):
    task = await add()
    await ada.post(f"{task}/comments", json={"text": "soon"})

    assert (await ada.delete(task)).status_code == 204

    for gone in (await ada.get(task), await ada.get(f"{task}/comments"), await ada.delete(task)):
        assert gone.status_code == 404
    assert await titles(ada) == []


async def test_a_task_that_never_was_is_not_found(ada):
    answer = await ada.get(f"/boards/home/tasks/{uuid1()}")

    assert answer.status_code == 404
    assert answer.json()["detail"].startswith("no Task with board='home'")
