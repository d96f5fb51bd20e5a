"""A connection with levels and a timeout of its own."""

from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, replace

from coodie.backend import Backend
from coodie.statement import Consistency, Page, Request, SerialConsistency, check_levels, check_timeout


@dataclass(frozen=True, slots=True)
class Defaults:
    """How a connection's requests run, unless they say otherwise; None leaves it to the driver or the engine."""

    consistency: Consistency | None = None
    serial_consistency: SerialConsistency | None = None
    timeout: float | None = None

    def __post_init__(self) -> None:
        check_levels(self.consistency, self.serial_consistency)
        check_timeout(self.timeout)

    def fill(self, request: Request) -> Request:
        """The request, with what it leaves open."""
        return replace(
            request,
            consistency=request.consistency or self.consistency,
            serial_consistency=request.serial_consistency or self.serial_consistency,
            timeout=self.timeout if request.timeout is None else request.timeout,
        )


class DefaultingBackend:
    """Another backend, each request filled with the defaults first."""

    def __init__(self, backend: Backend, defaults: Defaults) -> None:
        self.backend = backend
        self.defaults = defaults

    @property
    def keyspace(self) -> str | None:
        """The backend's."""
        return self.backend.keyspace

    def execute(self, request: Request) -> Page:
        """As the backend's."""
        return self.backend.execute(self.defaults.fill(request))

    def execute_many(self, requests: Iterable[Request], concurrency: int) -> Iterator[Page | Exception]:
        """As the backend's."""
        return self.backend.execute_many(map(self.defaults.fill, requests), concurrency)

    async def execute_async(self, request: Request) -> Page:
        """As the backend's."""
        return await self.backend.execute_async(self.defaults.fill(request))

    async def execute_many_async(
        self, requests: Iterable[Request], concurrency: int
    ) -> AsyncGenerator[Page | Exception, None]:
        """As the backend's."""
        filled = map(self.defaults.fill, requests)
        async with aclosing(self.backend.execute_many_async(filled, concurrency)) as outcomes:
            async for outcome in outcomes:
                yield outcome

    def close(self) -> None:
        """As the backend's."""
        self.backend.close()

    async def close_async(self) -> None:
        """As the backend's."""
        await self.backend.close_async()
