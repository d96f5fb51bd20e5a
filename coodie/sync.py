"""The ODM for code that blocks; `aio` is the same for coroutines."""

from collections.abc import Iterable, Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, NoReturn, Self, TypeVar, overload

from coodie.backend import connections
from coodie.batch import BatchBase
from coodie.connect import close_coodie, init_coodie
from coodie.document import DocumentBase, DocumentMeta
from coodie.expressions import Expression
from coodie.operations import bulk, calculate, counters, inserts, reads, tables, writes
from coodie.operations.steps import CONCURRENCY
from coodie.queryset import Options, QuerySetBase, Shape, T, found
from coodie.results import LazyDocument, LWTResult
from coodie.runner import blocking, run_sync
from coodie.schema import TableKind
from coodie.settings import Abstract
from coodie.statement import Consistency, SerialConsistency
from coodie.userdefined import UserTypeBase, UserTypeMeta

__all__ = [
    "BatchQuery",
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
    """Documents yet to be read: chain, then `all()`, `first()`, `count()` … or iterate, page by page."""

    first = blocking(reads.fetch_first)
    count = blocking(reads.count)
    exists = blocking(reads.exists)
    paged_all = blocking(reads.fetch_page)
    sum = blocking(calculate.total)
    avg = blocking(calculate.average)
    min = blocking(calculate.least)
    max = blocking(calculate.greatest)
    aggregate = blocking(calculate.aggregate)
    writetime = blocking(calculate.write_time)
    column_ttl = blocking(calculate.time_to_live)
    json = blocking(calculate.as_json)
    create = blocking(writes.create_in)
    delete = blocking(bulk.delete_matching)
    update = blocking(bulk.update_matching)

    @overload
    def all(self) -> list[T]: ...

    @overload
    def all(self, lazy: Literal[True]) -> list[LazyDocument[T]]: ...

    def all(self, lazy: bool = False) -> list[T] | list[LazyDocument[T]]:  # noqa: FBT001, FBT002  # public API
        """Every match; lazy ones are made of their rows when they are first looked into."""
        if lazy:
            return run_sync(reads.fetch_lazily(self), self.__connection__())
        return run_sync(reads.fetch_all(self), self.__connection__())

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

    def __iter__(self) -> Iterator[T]:
        """Every matching document, a page at a time in memory."""
        position: reads.Position[T] | None = reads.start(self)
        backend = connections.get(self.__connection__())  # pages go on where they began
        while position is not None:
            page, position = run_sync(reads.next_page(position), backend=backend)
            yield from page

    if not TYPE_CHECKING:  # to type checkers, there is none

        def __aiter__(self) -> NoReturn:
            raise TypeError("a query of coodie.sync is iterated by `for`, not by `async for`")


class Document(DocumentBase, metaclass=DocumentMeta):  # said here, a subclass may be frozen to pyright
    """A row as a pydantic model; subclass it and mark the fields (`coodie.fields`)."""

    Settings: ClassVar[type[Any]] = Abstract
    """Which table, keyspace and connection; inherited key by key."""

    save = blocking(writes.save)
    save_json = blocking(writes.save_json)
    insert = blocking(writes.insert)
    update = blocking(writes.update)
    save_changes = blocking(writes.save_changes)
    delete = blocking(writes.delete)
    delete_columns = blocking(writes.delete_columns)
    refresh = blocking(reads.refresh)

    @classmethod
    def find(cls, *predicates: object, **lookups: Any) -> QuerySet[Self]:
        """Documents that fulfil these."""
        return QuerySet(found(cls, predicates, lookups))

    @classmethod
    def find_one(cls, *predicates: object, **lookups: Any) -> Self | None:
        """The one document that matches, None if there is none; more are `MultipleDocumentsFound`."""
        return run_sync(reads.find_one(cls, predicates, lookups), cls.__connection__())

    @classmethod
    def get(cls, *predicates: object, **lookups: Any) -> Self:
        """The one document that matches; none is `DocumentNotFound`."""
        return run_sync(reads.get(cls, predicates, lookups), cls.__connection__())

    @classmethod
    def create(cls, **fields: Any) -> Self:
        """A new document, saved."""
        return run_sync(writes.create(cls, fields), cls.__connection__())

    @classmethod
    def insert_many(
        cls,
        documents: Iterable[Self],
        *,
        if_not_exists: bool = False,
        ttl: int | None = None,
        timestamp: int | None = None,
        consistency: Consistency | None = None,
        serial_consistency: SerialConsistency | None = None,
        timeout: float | None = None,
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
        return run_sync(operation, cls.__connection__())

    @classmethod
    def sync_table(
        cls,
        dry_run: bool = False,  # noqa: FBT001, FBT002  # the names that callers of the PyPI package write
        drop_removed_indexes: bool = False,  # noqa: FBT001, FBT002  # as above
        *,
        strict: bool = False,
        consistency: Consistency | None = None,
        timeout: float | None = None,
    ) -> list[str]:
        """Create what the table lacks; the statements that did it, or, in a dry run, would."""
        operation = tables.sync_table(
            cls,
            dry_run=dry_run,
            drop_removed_indexes=drop_removed_indexes,
            strict=strict,
            options=Options(consistency, timeout=timeout),
        )
        return run_sync(operation, cls.__connection__())

    @classmethod
    def drop_table(
        cls,
        *,
        consistency: Consistency | None = None,
        timeout: float | None = None,
    ) -> None:
        """Drop the table, if it is there."""
        options = Options(consistency, timeout=timeout)
        run_sync(tables.drop_table(cls, options), cls.__connection__())

    @classmethod
    def truncate(
        cls,
        *,
        consistency: Consistency | None = None,
        timeout: float | None = None,
    ) -> None:
        """Delete all rows."""
        options = Options(consistency, timeout=timeout)
        run_sync(tables.truncate(cls, options), cls.__connection__())


class UserType(UserTypeBase, metaclass=UserTypeMeta):
    """A value of several fields, which a column, a collection or another user type holds frozen."""

    @classmethod
    def sync_type(
        cls,
        keyspace: str | None = None,
        connection: str | None = None,
        *,
        dry_run: bool = False,
        timeout: float | None = None,
    ) -> list[str]:
        """Create or extend the type and those that it mentions; `sync_table` does so by itself."""
        operation = tables.sync_type(cls, keyspace or cls.__keyspace__(), dry_run=dry_run, timeout=timeout)
        return run_sync(operation, connection or cls.__connection__())


class CounterDocument(Document, metaclass=DocumentMeta):
    """A row of counters: `increment()` and `decrement()` write it."""

    __table_kind__ = TableKind.COUNTERS

    Settings: ClassVar[type[Any]] = Abstract
    """Which table, keyspace and connection; inherited key by key."""

    increment = blocking(counters.increment)
    decrement = blocking(counters.decrement)


class MaterializedView(Document, metaclass=DocumentMeta):
    """A row of a materialized view, read as a document; writes go to the base table."""

    __table_kind__ = TableKind.VIEW

    Settings: ClassVar[type[Any]] = Abstract
    """Which view of which table; inherited key by key."""

    @classmethod
    def sync_view(
        cls,
        *,
        dry_run: bool = False,
        strict: bool = False,
        consistency: Consistency | None = None,
        timeout: float | None = None,
    ) -> list[str]:
        """Create the view, if it is missing; the statements that did it, or, in a dry run, would."""
        options = Options(consistency, timeout=timeout)
        operation = tables.sync_view(cls, dry_run=dry_run, strict=strict, options=options)
        return run_sync(operation, cls.__connection__())

    @classmethod
    def drop_view(
        cls,
        *,
        consistency: Consistency | None = None,
        timeout: float | None = None,
    ) -> None:
        """Drop the view, if it is there; its base table stays."""
        options = Options(consistency, timeout=timeout)
        run_sync(tables.drop_view(cls, options), cls.__connection__())


class BatchQuery(BatchBase):
    """Writes sent together when the block ends well; `save(batch=…)` puts them in."""

    execute = blocking(writes.execute_batch)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.keep_if(kind is None)
        self.execute()


def create_keyspace(
    name: str,
    replication_factor: int = 1,
    strategy: str = "SimpleStrategy",
    dc_replication_map: Mapping[str, int] | None = None,
    connection: str | None = None,
    *,
    timeout: float | None = None,
) -> None:
    """Create a keyspace, unless it is there; per data centre if a map says so."""
    operation = tables.create_keyspace(name, replication_factor, strategy, dc_replication_map, timeout)
    run_sync(operation, connection)


def drop_keyspace(
    name: str,
    connection: str | None = None,
    *,
    timeout: float | None = None,
) -> None:
    """Drop a keyspace with all its tables, if it is there."""
    run_sync(tables.drop_keyspace(name, timeout), connection)


def execute_raw(
    cql: str,
    params: tuple[Any, ...] | list[Any] | None = None,
    consistency: Consistency | None = None,
    timeout: float | None = None,
    connection: str | None = None,
    *,
    serial_consistency: SerialConsistency | None = None,
    fetch_size: int | None = None,
) -> list[dict[str, Any]]:
    """Any statement, its `?` bound to the parameters; its rows by column name, from all pages."""
    statement = tables.raw(cql, params, Options(consistency, serial_consistency, timeout, fetch_size))
    return run_sync(tables.execute_raw(statement), connection)
