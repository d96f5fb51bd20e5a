"""Pages of a list: the server's paging state as a text that a client hands back, and need not understand.

A cursor is signed, for its list. A server that is sent a state which it did not make closes the connection, and the
driver then takes the whole host for dead: whoever makes one up must not get that far.
"""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hmac import compare_digest, digest
from secrets import token_bytes
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, HTTPException, Query, Request, status
from pydantic import BaseModel

from coodie.aio import QuerySet

T = TypeVar("T")

SECRET = os.environ.get("BOARD_SECRET", "").encode() or token_bytes(32)
"""Cursors are good where it is the same: several processes need one that is set."""
_SIGNED = 16


class Page(BaseModel, Generic[T]):
    """Some items of a list."""

    items: list[T]
    next: str | None
    """The cursor of the next page; None at the end."""


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page of which list a request asks for."""

    path: str
    size: int
    state: bytes | None

    async def page(self, items: QuerySet[T]) -> Page[T]:
        """That page."""
        found = await items.fetch_size(self.size).page(self.state).paged_all()
        state = found.paging_state
        return Page(items=found.data, next=None if state is None else cursor(self.path, state))


def paging(
    request: Request,
    size: Annotated[int, Query(ge=1, le=100)] = 20,
    after: Annotated[str | None, Query(max_length=2048, description="`next` of the page before")] = None,
) -> Paging:
    """What the query of a list says."""
    path = request.url.path
    return Paging(path, size, None if after is None else _state(path, after))


Paged = Annotated[Paging, Depends(paging)]


def cursor(path: str, state: bytes) -> str:
    """The state, signed and as a text."""
    return urlsafe_b64encode(_signature(path, state) + state).decode()


def _state(path: str, cursor: str) -> bytes:
    try:
        signed = urlsafe_b64decode(cursor)
    except ValueError:
        signed = b""
    signature, state = signed[:_SIGNED], signed[_SIGNED:]
    if not compare_digest(signature, _signature(path, state)):
        raise HTTPException(status.HTTP_400_BAD_REQUEST, "not a cursor of this list")
    return state


def _signature(path: str, state: bytes) -> bytes:
    return digest(SECRET, path.encode() + b"\0" + state, "sha256")[:_SIGNED]
