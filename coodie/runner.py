"""Who drives operations: the only place of the ODM that calls a backend.

`blocking` and `awaitable` make methods of operations; type checkers keep the operation's parameters and result.
"""

import functools
from collections.abc import AsyncIterator, Callable, Coroutine
from itertools import islice
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, assert_never

from coodie.backend import Backend, connections
from coodie.exceptions import InvalidQueryError
from coodie.operations.steps import CurrentKeyspace, Draw, Many, Operation, Step
from coodie.statement import BatchRequest, Statement

P = ParamSpec("P")
S = TypeVar("S", bound="Bound")
T = TypeVar("T")


class Bound(Protocol):
    """Something that lives on a connection."""

    def __connection__(self) -> str | None:
        """That connection's name; None for the default one."""
        ...


def run_sync(operation: Operation[T], connection: str | None = None, backend: Backend | None = None) -> T:
    """The operation's result, blocking until it is there; on that backend, or on the connection's of this moment."""
    backend = backend or connections.get(connection)
    try:
        step = operation.send(None)
        while True:
            try:
                # Said before `_answer` does, since nearly every step is one.
                answer = backend.execute(step) if type(step) is Statement else _answer(step, backend)
            except Exception as error:  # noqa: BLE001  # an operation handles errors where it asked
                step = operation.throw(error)
            else:
                step = operation.send(answer)
    except StopIteration as finished:
        result: T = finished.value
        return result
    except BaseException:
        operation.close()
        raise


async def run_async(
    operation: Operation[T], connection: str | None = None, backend: Backend | None = None
) -> T:
    """The operation's result, as by `run_sync`; cancelling the task cancels what is in flight."""
    backend = backend or connections.get(connection)
    try:
        step = operation.send(None)
        while True:
            try:
                answer = await _answer_async(step, backend)
            except Exception as error:  # noqa: BLE001  # an operation handles errors where it asked
                step = operation.throw(error)
            else:
                step = operation.send(answer)
    except StopIteration as finished:
        result: T = finished.value
        return result
    except BaseException:
        operation.close()
        raise


def blocking(operation: Callable[Concatenate[S, P], Operation[T]]) -> Callable[Concatenate[S, P], T]:
    """The operation as a method that blocks."""

    @functools.wraps(operation)
    def method(self: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return run_sync(operation(self, *args, **kwargs), self.__connection__())

    return method


def awaitable(
    operation: Callable[Concatenate[S, P], Operation[T]],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, T]]:
    """The operation as a coroutine method."""

    @functools.wraps(operation)
    async def method(self: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await run_async(operation(self, *args, **kwargs), self.__connection__())

    return method


def _answer(step: Step, backend: Backend) -> Any:
    match step:
        case Statement() | BatchRequest():
            return backend.execute(step)
        case Many(requests, concurrency):
            return list(backend.execute_many(requests, concurrency))
        case CurrentKeyspace():
            return backend.keyspace
        case Draw(source, count):
            if isinstance(source, AsyncIterator):
                raise InvalidQueryError(f"{source!r} has to be awaited; use the method of coodie.aio")
            return list(islice(source, count))
        case _:
            assert_never(step)


async def _answer_async(step: Step, backend: Backend) -> Any:
    match step:
        case Statement() | BatchRequest():
            return await backend.execute_async(step)
        case Many(requests, concurrency):
            return [outcome async for outcome in backend.execute_many_async(requests, concurrency)]
        case CurrentKeyspace():
            return backend.keyspace
        case Draw(source, count):
            if not isinstance(source, AsyncIterator):
                return list(islice(source, count))
            items: list[Any] = []
            while len(items) < count:
                try:
                    items.append(await anext(source))
                except StopAsyncIteration:
                    break
            return items
        case _:
            assert_never(step)
