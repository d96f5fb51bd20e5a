"""Each test has the application on an empty database: in memory, or what `--coodie-backend` says."""

from collections.abc import Awaitable, Callable

import pytest
from board.app import app
from board.models import TABLES
from httpx import ASGITransport, AsyncClient

LogIn = Callable[[str], Awaitable[AsyncClient]]


@pytest.fixture
async def log_in(coodie_tables):
    """Gives a client of the application that is logged in under that name."""
    coodie_tables(*TABLES)
    clients = []

    async def log_in(user: str) -> AsyncClient:
        client = AsyncClient(transport=ASGITransport(app), base_url="http://board")
        clients.append(client)
        answer = await client.post("/logins", json={"user": user})
        client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        return client

    yield log_in
    for client in clients:
        await client.aclose()


@pytest.fixture
async def ada(log_in):
    """A client."""
    return await log_in("ada")


@pytest.fixture
def add(ada):
    """Adds a task to the board `home` and gives its address."""

    async def add(title: str = "write", **more: object) -> str:
        answer = await ada.post("/boards/home/tasks", json={"title": title, **more})
        assert answer.status_code == 201, answer.text
        return f"/boards/home/tasks/{answer.json()['id']}"

    return add
