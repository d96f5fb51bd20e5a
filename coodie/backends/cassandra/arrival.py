"""From a callback in another thread to an await in this event loop."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, TypeAlias

Subscribe: TypeAlias = Callable[[Callable[[Any], None], Callable[[BaseException], None]], object]
"""Takes what to call with a result and what to call with an error; exactly one of them is called, once."""


async def arrival(subscribe: Subscribe) -> Any:
    """Await the result or raise the error; one that comes after a cancellation is dropped."""
    loop = asyncio.get_running_loop()
    waiter: asyncio.Future[Any] = loop.create_future()

    def settle(conclude: Callable[[Any], None], outcome: Any) -> None:
        if not waiter.done():
            conclude(outcome)

    def land(conclude: Callable[[Any], None], outcome: Any) -> None:
        # A closed loop refuses the call: nobody waits there any more, and the driver's thread must not die of it.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, conclude, outcome)

    subscribe(partial(land, waiter.set_result), partial(land, waiter.set_exception))
    return await waiter
