"""The application starts without a database, and says what it answers."""

from board.app import app, connected
from board.models import TABLES, Task
from httpx import ASGITransport, AsyncClient


async def test_the_application_brings_its_own_database(monkeypatch):
    monkeypatch.delenv("BOARD_HOSTS", raising=False)
    async with connected(app):
        assert [await table.sync_table() for table in TABLES] == [[], [], [], []]
        assert await Task.find(board="home").count() == 0


async def test_the_api_is_described():
    """Documents are pydantic models: they are in the schema as they are."""
    async with AsyncClient(transport=ASGITransport(app), base_url="http://board") as client:
        schemas = (await client.get("/openapi.json")).json()["components"]["schemas"]

    assert {"Task", "Comment", "Login", "Watched", "Status"} <= schemas.keys()
    assert schemas["Task"]["properties"]["id"] == {"type": "string", "format": "uuid", "title": "Id"}
