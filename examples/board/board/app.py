"""The application: connects at its start, disconnects at its end."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, status
from fastapi.responses import JSONResponse

from board import comments, logins, tasks
from board.models import TABLES
from coodie.aio import close_coodie, create_keyspace, init_coodie
from coodie.exceptions import DocumentNotFound, Unavailable

KEYSPACE = "board"


@asynccontextmanager
async def connected(app: FastAPI) -> AsyncGenerator[None]:
    """The database of `BOARD_HOSTS` (several with commas), or, without any, one in memory; all tables made."""
    if hosts := os.environ.get("BOARD_HOSTS"):
        contact = hosts.split(",")
        await init_coodie(contact, name="setup")
        await create_keyspace(KEYSPACE, connection="setup")
        await close_coodie("setup")
        await init_coodie(contact, keyspace=KEYSPACE)
    else:
        await init_coodie(driver_type="memory", keyspace=KEYSPACE)
    for table in TABLES:
        await table.sync_table()
    yield
    await close_coodie()


app = FastAPI(title="Board", lifespan=connected)
for each in (logins, tasks, comments):
    app.include_router(each.router)


@app.exception_handler(DocumentNotFound)
async def not_found(request: Request, error: DocumentNotFound) -> JSONResponse:
    """What nobody has is a 404, wherever it was asked for."""
    return JSONResponse({"detail": str(error)}, status.HTTP_404_NOT_FOUND)


@app.exception_handler(Unavailable)
async def unavailable(request: Request, error: Unavailable) -> JSONResponse:
    """Too few replicas just now: nothing was written, the client may try again."""
    return JSONResponse({"detail": "try again"}, status.HTTP_503_SERVICE_UNAVAILABLE, {"Retry-After": "1"})
