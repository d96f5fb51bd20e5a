"""How an operation speaks to its runner.

An operation is a generator: it yields a step, is sent what came of it, and returns its result. The helpers below are
its whole vocabulary; they say what comes back, so that type checkers know.
"""

from collections.abc import AsyncIterator, Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, TypeVar, cast

from coodie.statement import BatchRequest, Consistency, Page, Request, Statement

T = TypeVar("T")

CONCURRENCY = 64
"""Requests in flight where an operation has many to make."""


@dataclass(frozen=True, slots=True)
class Many:
    """Requests that may be in flight together."""

    requests: Iterable[Request]
    concurrency: int


@dataclass(frozen=True, slots=True)
class CurrentKeyspace:
    """Which keyspace is meant where none is named?"""


@dataclass(frozen=True, slots=True)
class Draw:
    """The next items of what a caller gave, at most so many; fewer only at its end."""

    source: Iterator[Any] | AsyncIterator[Any]
    count: int


Step: TypeAlias = Statement | BatchRequest | Many | CurrentKeyspace | Draw
Operation: TypeAlias = Generator[Step, Any, T]


def one(request: Request) -> Operation[Page]:
    """The answer to one request; raises what the backend raises."""
    return cast("Page", (yield request))


def many(requests: Iterable[Request], concurrency: int = CONCURRENCY) -> Operation[list[Page | Exception]]:
    """An outcome for each request, in their order."""
    return cast("list[Page | Exception]", (yield Many(requests, concurrency)))


def all_of(requests: Iterable[Request], concurrency: int = CONCURRENCY) -> Operation[None]:
    """Every request done; raises the first error, after all have been tried."""
    for outcome in (yield from many(requests, concurrency)):
        if isinstance(outcome, Exception):
            raise outcome


def drawn(source: Iterator[T] | AsyncIterator[T], count: int) -> Operation[list[T]]:
    """The next items of an iterator, whichever kind it is; none at its end."""
    return cast("list[T]", (yield Draw(source, count)))


def run_as(
    operation: Operation[T], *, consistency: Consistency | None = None, timeout: float | None = None
) -> Operation[T]:
    """The operation, its statements run so where they say nothing themselves."""
    step = next(operation)
    try:
        while True:
            if isinstance(step, Statement):
                step = replace(
                    step,
                    consistency=step.consistency or consistency,
                    timeout=timeout if step.timeout is None else step.timeout,
                )
            try:
                answer = yield step
            except Exception as error:  # noqa: BLE001  # an operation handles errors where it asked
                step = operation.throw(error)
            else:
                step = operation.send(answer)
    except StopIteration as finished:
        result: T = finished.value
        return result
    finally:
        operation.close()


def keyspace(named: str | None) -> Operation[str | None]:
    """The keyspace that is meant: the one named, or the connection's."""
    if named is not None:
        return named
    return cast("str | None", (yield CurrentKeyspace()))
