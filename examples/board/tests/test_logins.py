"""Who is not logged in, or not any more, gets nothing."""

TASKS = "/boards/home/tasks"


async def test_without_a_token_nobody_comes_in(log_in):
    ada = await log_in("ada")
    for headers in ({}, {"Authorization": "Bearer guessed"}):
        ada.headers.pop("Authorization", None)
        assert (await ada.get(TASKS, headers=headers)).status_code == 401


async def test_logged_out_is_out(ada):
    assert (await ada.delete("/logins")).status_code == 204
    assert (await ada.get(TASKS)).status_code == 401


async def test_a_login_that_is_not_used_expires(ada, coodie_clock):
    coodie_clock.advance("29m")
    assert (await ada.get(TASKS)).status_code == 200
    coodie_clock.advance("29m")
    assert (await ada.get(TASKS)).status_code == 200

    coodie_clock.advance("31m")
    assert (await ada.get(TASKS)).status_code == 401


async def test_a_login_is_known_by_its_token_alone(log_in):
    first, second = await log_in("ada"), await log_in("ada")
    await first.delete("/logins")

    assert (await second.get(TASKS)).status_code == 200
