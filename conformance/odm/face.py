"""The two faces of the ODM behind one: a test's body is written once, and what has to be awaited is.

    def test_save_writes_what_get_reads(m, do):
        do(m.Task(id=1).save())
        assert do(m.Task.get(id=1)) == m.Task(id=1)

`m` holds the models that the test's module makes with `models(odm)`, once for each face.
"""

import asyncio
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from types import ModuleType, SimpleNamespace
from typing import Any

from coodie import aio, sync
from coodie.document import DocumentBase, is_abstract, schema_of
from coodie.schema import TableKind


class Face:
    """`coodie.sync` or `coodie.aio`, called as a function to get the result of a call."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.odm: ModuleType = {"sync": sync, "aio": aio}[name]
        self._loop = asyncio.new_event_loop()

    def __call__(self, result: Any) -> Any:
        """What came of a call: itself, or what it is when awaited."""
        return self._loop.run_until_complete(_awaited(result)) if inspect.isawaitable(result) else result

    def rows(self, queryset: Any) -> list[Any]:
        """What iterating gives, by `for` or `async for`."""
        if self.name == "sync":
            return list(queryset)

        async def iterated() -> list[Any]:
            return [document async for document in queryset]

        return self(iterated())

    def pages(self, queryset: Any) -> Iterator[Any]:
        """What iterating gives, one by one."""
        if self.name == "sync":
            yield from queryset
            return
        coming = aiter(queryset)
        with suppress(StopAsyncIteration):
            while True:
                yield self(anext(coming))

    @contextmanager
    def batch(self, **options: Any) -> Iterator[Any]:
        """`with BatchQuery()` or `async with AsyncBatchQuery()`."""
        if self.name == "sync":
            with sync.BatchQuery(**options) as batch:
                yield batch
            return
        batch = aio.AsyncBatchQuery(**options)
        self(batch.__aenter__())
        try:
            yield batch
        except BaseException as error:
            self(batch.__aexit__(type(error), error, error.__traceback__))
            raise
        self(batch.__aexit__(None, None, None))

    def close(self) -> None:
        """Give the loop back."""
        self._loop.close()


async def _awaited(result: Any) -> Any:
    return await result  # what anext() gives is no coroutine, which a loop asks for


@cache
def made(models: Callable[[ModuleType], Any], odm: ModuleType) -> SimpleNamespace:
    """The models of one face by name; made once, since a polymorphic family grows by each class."""
    return SimpleNamespace(**{each.__name__: each for each in models(odm)})


def documents(models: SimpleNamespace) -> list[type[DocumentBase]]:
    """Those that have a table or a view, tables first."""
    found = [
        each
        for each in vars(models).values()
        if isinstance(each, type) and issubclass(each, DocumentBase) and not is_abstract(each)
    ]
    return sorted(found, key=lambda model: schema_of(model).kind is TableKind.VIEW)
