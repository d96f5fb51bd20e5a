"""The ODM for coroutines; `sync` is the same for code that blocks."""

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, NoReturn, Self, TypeVar, overload

from coodie.backend import connections
from coodie.batch import BatchBase
from coodie.connect import close_coodie_async as close_coodie
from coodie.connect import init_coodie_async as init_coodie
from coodie.document import DocumentBase, DocumentMeta
from coodie.expressions import Expression
from coodie.operations import bulk, calculate, counters, inserts, reads, tables, writes
from coodie.operations.steps import CONCURRENCY
from coodie.queryset import Options, QuerySetBase, Shape, T, found
from coodie.results import LazyDocument, LWTResult
from coodie.runner import awaitable, run_async
from coodie.schema import TableKind
from coodie.settings import Abstract
from coodie.statement import Consistency, SerialConsistency
from coodie.userdefined import UserTypeBase, UserTypeMeta

__all__ = [
    "AsyncBatchQuery",
    "CounterDocument",
    "Document",
    "MaterializedView",
    "QuerySet",
    "UserType",
    "close_coodie",
    "create_keyspace",
    "drop_keyspace",
    "execute_raw",
    "init_coodie",
]

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")


class QuerySet(QuerySetBase[T], Generic[T]):
    """Documents yet to be read: chain, then `all()`, `first()`, `count()` … or `async for`, page by page."""

    first = awaitable(reads.fetch_first)
    count = awaitable(reads.count)
    exists = awaitable(reads.exists)
    paged_all = awaitable(reads.fetch_page)
    sum = awaitable(calculate.total)
    avg = awaitable(calculate.average)
    min = awaitable(calculate.least)
    max = awaitable(calculate.greatest)
    aggregate = awaitable(calculate.aggregate)
    writetime = awaitable(calculate.write_time)
    column_ttl = awaitable(calculate.time_to_live)
    json = awaitable(calculate.as_json)
    create = awaitable(writes.create_in)
    delete = awaitable(bulk.delete_matching)
    update = awaitable(bulk.update_matching)

    @overload
    async def all(self) -> list[T]: ...

    @overload
    async def all(self, lazy: Literal[True]) -> list[LazyDocument[T]]: ...

    async def all(self, lazy: bool = False) -> list[T] | list[LazyDocument[T]]:  # noqa: FBT001, FBT002  # public API
        """Every match; lazy ones are made of their rows when they are first looked into."""
        if lazy:
            return await run_async(reads.fetch_lazily(self), self.__connection__())
        return await run_async(reads.fetch_all(self), self.__connection__())

    @overload
    def values_list(self, a: Expression[A], /, *, flat: Literal[True]) -> "QuerySet[A]": ...

    @overload
    def values_list(self, a: str, /, *, flat: Literal[True]) -> "QuerySet[Any]": ...

    @overload
    def values_list(self, a: Expression[A], /) -> "QuerySet[tuple[A]]": ...

    @overload
    def values_list(self, a: Expression[A], b: Expression[B], /) -> "QuerySet[tuple[A, B]]": ...

    @overload
    def values_list(
        self, a: Expression[A], b: Expression[B], c: Expression[C], /
    ) -> "QuerySet[tuple[A, B, C]]": ...

    @overload
    def values_list(self, *columns: str | Expression[Any]) -> "QuerySet[tuple[Any, ...]]": ...

    def values_list(self, *columns: str | Expression[Any], flat: bool = False) -> "QuerySet[Any]":
        """Tuples of these fields' values, or of all fields', instead of documents; if flat, the values of one."""
        return QuerySet(self._as(Shape.VALUES if flat else Shape.TUPLES, columns))

    def values(self, *columns: str | Expression[Any]) -> "QuerySet[dict[str, Any]]":
        """Dicts of these fields' values, or of all fields', instead of documents."""
        return QuerySet(self._as(Shape.DICTS, columns))

    async def __aiter__(self) -> AsyncIterator[T]:
        """Every matching document, a page at a time in memory."""
        position: reads.Position[T] | None = reads.start(self)
        backend = connections.get(self.__connection__())  # pages go on where they began
        while position is not None:
            page, position = await run_async(reads.next_page(position), backend=backend)
            for document in page:
                yield document

    if not TYPE_CHECKING:  # to type checkers, there is none

        def __iter__(self) -> NoReturn:
            raise TypeError("a query of coodie.aio is iterated by `async for`, not by `for`")


class Document(DocumentBase, metaclass=DocumentMeta):  # said here, a subclass may be frozen to pyright
    """A row as a pydantic model; subclass it and mark the fields (`coodie.fields`)."""

    Settings: ClassVar[type[Any]] = Abstract
    """Which table, keyspace and connection; inherited key by key."""

    save = awaitable(writes.save)
    save_json = awaitable(writes.save_json)
    insert = awaitable(writes.insert)
    update = awaitable(writes.update)
    save_changes = awaitable(writes.save_changes)
    delete = awaitable(writes.delete)
    delete_columns = awaitable(writes.delete_columns)
    refresh = awaitable(reads.refresh)

    @classmethod
    def find(cls, *predicates: object, **lookups: Any) -> QuerySet[Self]:
        """Documents that fulfil these."""
        return QuerySet(found(cls, predicates, lookups))

    @classmethod
    async def find_one(cls, *predicates: object, **lookups: Any) -> Self | None:
        """The one document that matches, None if there is none; more are `MultipleDocumentsFound`."""
        return await run_async(reads.find_one(cls, predicates, lookups), cls.__connection__())

    @classmethod
    async def get(cls, *predicates: object, **lookups: Any) -> Self:
        """The one document that matches; none is `DocumentNotFound`."""
        return await run_async(reads.get(cls, predicates, lookups), cls.__connection__())

    @classmethod
    async def create(cls, **fields: Any) -> Self:
        """A new document, saved."""
        return await run_async(writes.create(cls, fields), cls.__connection__())

    @classmethod
    async def insert_many(
        cls,
        documents: Iterable[Self] | AsyncIterable[Self],
        *,
        if_not_exists: bool = False,
        ttl: int | None = None,
        timestamp: int | None = None,
        consistency: Consistency | None = None,
        serial_consistency: SerialConsistency | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  # the server's client waits, not the loop
        concurrency: int = CONCURRENCY,
    ) -> list[LWTResult]:
        """Write many documents, several at a time: what came of each, in their order.

        Each as by `save()`, or, if told so, by `insert()`. All are tried; `InsertManyError` has the errors by place.
        """
        operation = inserts.insert_many(
            cls,
            documents,
            if_not_exists=if_not_exists,
            ttl=ttl,
            timestamp=timestamp,
            consistency=consistency,
            serial_consistency=serial_consistency,
            timeout=timeout,
            concurrency=concurrency,
        )
        return await run_async(operation, cls.__connection__())

    @classmethod
    async def sync_table(
        cls,
        dry_run: bool = False,  # noqa: FBT001, FBT002  # the names that callers of the PyPI package write
        drop_removed_indexes: bool = False,  # noqa: FBT001, FBT002  # as above
        *,
        strict: bool = False,
        consistency: Consistency | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  # the server's client waits, not the loop
    ) -> list[str]:
        """Create what the table lacks; the statements that did it, or, in a dry run, would."""
        operation = tables.sync_table(
            cls,
            dry_run=dry_run,
            drop_removed_indexes=drop_removed_indexes,
            strict=strict,
            options=Options(consistency, timeout=timeout),
        )
        return await run_async(operation, cls.__connection__())

    @classmethod
    async def drop_table(
        cls,
        *,
        consistency: Consistency | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  # the server's client waits, not the loop
    ) -> None:
        """Drop the table, if it is there."""
        options = Options(consistency, timeout=timeout)
        await run_async(tables.drop_table(cls, options), cls.__connection__())

    @classmethod
    async def truncate(
        cls,
        *,
        consistency: Consistency | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  # the server's client waits, not the loop
    ) -> None:
        """Delete all rows."""
        options = Options(consistency, timeout=timeout)
        await run_async(tables.truncate(cls, options), cls.__connection__())


class UserType(UserTypeBase, metaclass=UserTypeMeta):
    """A value of several fields, which a column, a collection or another user type holds frozen."""

    @classmethod
    async def sync_type(
        cls,
        keyspace: str | None = None,
        connection: str | None = None,
        *,
        dry_run: bool = False,
        timeout: float | None = None,  # noqa: ASYNC109  # the server's client waits, not the loop
    ) -> list[str]:
        """Create or extend the type and those that it mentions; `sync_table` does so by itself."""
        operation = tables.sync_type(cls, keyspace or cls.__keyspace__(), dry_run=dry_run, timeout=timeout)
        return await run_async(operation, connection or cls.__connection__())


class CounterDocument(Document, metaclass=DocumentMeta):
    """A row of counters: `increment()` and `decrement()` write it."""

    __table_kind__ = TableKind.COUNTERS

    Settings: ClassVar[type[Any]] = Abstract
    """Which table, keyspace and connection; inherited key by key."""

    increment = awaitable(counters.increment)
    decrement = awaitable(counters.decrement)


class MaterializedView(Document, metaclass=DocumentMeta):
    """A row of a materialized view, read as a document; writes go to the base table."""

    __table_kind__ = TableKind.VIEW

    Settings: ClassVar[type[Any]] = Abstract
    """Which view of which table; inherited key by key."""

    @classmethod
    async def sync_view(
        cls,
        *,
        dry_run: bool = False,
        strict: bool = False,
        consistency: Consistency | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  # the server's client waits, not the loop
    ) -> list[str]:
        """Create the view, if it is missing; the statements that did it, or, in a dry run, would."""
        options = Options(consistency, timeout=timeout)
        operation = tables.sync_view(cls, dry_run=dry_run, strict=strict, options=options)
        return await run_async(operation, cls.__connection__())

    @classmethod
    async def drop_view(
        cls,
        *,
        consistency: Consistency | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  # the server's client waits, not the loop
    ) -> None:
        """Drop the view, if it is there; its base table stays."""
        options = Options(consistency, timeout=timeout)
        await run_async(tables.drop_view(cls, options), cls.__connection__())


class AsyncBatchQuery(BatchBase):
    """Writes sent together when the block ends well; `save(batch=…)` puts them in."""

    execute = awaitable(writes.execute_batch)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.keep_if(kind is None)
        await self.execute()


async def create_keyspace(
    name: str,
    replication_factor: int = 1,
    strategy: str = "SimpleStrategy",
    dc_replication_map: Mapping[str, int] | None = None,
    connection: str | None = None,
    *,
    timeout: float | None = None,  # noqa: ASYNC109  # the server's client waits, not the loop
) -> None:
    """Create a keyspace, unless it is there; per data centre if a map says so."""
    operation = tables.create_keyspace(name, replication_factor, strategy, dc_replication_map, timeout)
    await run_async(operation, connection)


async def drop_keyspace(
    name: str,
    connection: str | None = None,
    *,
    timeout: float | None = None,  # noqa: ASYNC109  # the server's client waits, not the loop
) -> None:
    """Drop a keyspace with all its tables, if it is there."""
    await run_async(tables.drop_keyspace(name, timeout), connection)


async def execute_raw(
    cql: str,
    params: tuple[Any, ...] | list[Any] | None = None,
    consistency: Consistency | None = None,
    timeout: float | None = None,  # noqa: ASYNC109  # the server's client waits, not the loop
    connection: str | None = None,
    *,
    serial_consistency: SerialConsistency | None = None,
    fetch_size: int | None = None,
) -> list[dict[str, Any]]:
    """Any statement, its `?` bound to the parameters; its rows by column name, from all pages."""
    statement = tables.raw(cql, params, Options(consistency, serial_consistency, timeout, fetch_size))
    return await run_async(tables.execute_raw(statement), connection)
