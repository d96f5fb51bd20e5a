"""Comments come in order and in pages."""

import pytest


async def test_comments_come_in_the_order_of_saying(ada, log_in, add):
    task, bob = await add(), await log_in("bob")
    await ada.post(f"{task}/comments", json={"text": "who?"})
    await bob.post(f"{task}/comments", json={"text": "me"})

    comments = (await ada.get(f"{task}/comments")).json()["items"]

    assert [(each["author"], each["text"]) for each in comments] == [("ada", "who?"), ("bob", "me")]
    assert (await ada.get(task)).json()["comments"] == 2


async def test_pages_follow_one_another(ada, add):
    task = await add()
    for n in range(5):
        await ada.post(f"{task}/comments", json={"text": f"{n}"})

    pages, cursor = [], None
    while True:
        query = {"size": 2} if cursor is None else {"size": 2, "after": cursor}
        page = (await ada.get(f"{task}/comments", params=query)).json()
        pages.append([each["text"] for each in page["items"]])
        cursor = page["next"]
        if cursor is None:
            break

    assert [text for page in pages for text in page] == ["0", "1", "2", "3", "4"]
    assert max(map(len, pages)) == 2


@pytest.mark.parametrize("cursor", ["", "x", "nonsense", "bm9uc2Vuc2UgZnJvbSBzb21lYm9keSBlbHNl", "ü"])
async def test_what_is_no_cursor_is_the_clients_mistake(ada, add, cursor):
    answer = await ada.get(f"{await add()}/comments", params={"after": cursor})

    assert (answer.status_code, answer.json()) == (400, {"detail": "not a cursor of this list"})


async def test_a_cursor_is_good_for_its_list_alone(ada, add):
    task, other = await add(), await add()
    for n in range(3):
        await ada.post(f"{task}/comments", json={"text": f"{n}"})
    cursor = (await ada.get(f"{task}/comments", params={"size": 2})).json()["next"]

    assert (await ada.get(f"{task}/comments", params={"after": cursor})).status_code == 200
    assert (await ada.get(f"{other}/comments", params={"after": cursor})).status_code == 400
    forged = ("B" if cursor[0] == "A" else "A") + cursor[1:]
    assert (await ada.get(f"{task}/comments", params={"after": forged})).status_code == 400


async def test_a_comment_without_words_is_refused(ada, add):
    assert (await ada.post(f"{await add()}/comments", json={"text": ""})).status_code == 422
