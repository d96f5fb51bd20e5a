"""A connection that is opened by the first request."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from contextlib import aclosing
from threading import Lock

from coodie.backend import Backend
from coodie.exceptions import ConnectionFailed
from coodie.statement import Page, Request


class LazyBackend:
    """The backend that `connect` gives, connected once, when a request first needs it; a failure is tried again."""

    def __init__(self, connect: Callable[[], Backend], keyspace: str | None = None) -> None:
        self._connect = connect
        self._keyspace = keyspace
        self._lock = Lock()
        self._opened: Backend | None = None
        self._closed = False

    @property
    def keyspace(self) -> str | None:
        """The backend's, or what it will be: asking connects nothing."""
        return self._keyspace if self._opened is None else self._opened.keyspace

    def execute(self, request: Request) -> Page:
        """As the backend's."""
        return self._open().execute(request)

    def execute_many(self, requests: Iterable[Request], concurrency: int) -> Iterator[Page | Exception]:
        """As the backend's; connects at the first outcome."""
        yield from self._open().execute_many(requests, concurrency)

    async def execute_async(self, request: Request) -> Page:
        """As the backend's."""
        backend = await self._open_async()
        return await backend.execute_async(request)

    async def execute_many_async(
        self, requests: Iterable[Request], concurrency: int
    ) -> AsyncGenerator[Page | Exception, None]:
        """As the backend's."""
        backend = await self._open_async()
        async with aclosing(backend.execute_many_async(requests, concurrency)) as outcomes:
            async for outcome in outcomes:
                yield outcome

    def close(self) -> None:
        """Close what was opened; afterwards nothing is opened any more."""
        with self._lock:
            self._closed = True
            if self._opened is not None:
                self._opened.close()

    async def close_async(self) -> None:
        """As `close`, without blocking the running loop."""
        await asyncio.to_thread(self.close)

    def _open(self) -> Backend:
        if self._opened is not None:
            return self._opened
        with self._lock:
            if self._closed:
                raise ConnectionFailed("this connection is closed")
            if self._opened is None:
                self._opened = self._connect()
            return self._opened

    async def _open_async(self) -> Backend:
        return await asyncio.to_thread(self._open) if self._opened is None else self._opened
