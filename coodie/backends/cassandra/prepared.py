"""A bounded cache of prepared statements that outlives schema changes.

A text is prepared once, however many threads and coroutines ask for it at once. A prepared statement fixes the types
of its markers and columns, and the driver never learns that they have changed; but it keeps the live schema, and puts
a new object in the place of a table or type that changed. So an entry is good as long as the tables and types it was
prepared with are the very objects in the driver's metadata.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import Any, TypeAlias

from cassandra import cqltypes
from cassandra.query import BoundStatement

from coodie.backends.cassandra.arrival import arrival
from coodie.backends.cassandra.values import Convert, encode_row, encoder
from coodie.exceptions import ConnectionFailed, InvalidRequest

_Key: TypeAlias = tuple[str | None, str]
_Seen: TypeAlias = tuple[str, str, str, object]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A prepared statement of the driver's, what encodes its parameters, and the schema it was prepared with."""

    statement: Any
    encoders: tuple[Convert | None, ...]
    seen: tuple[_Seen, ...]

    def bind(self, params: Sequence[Any]) -> Any:
        """The driver's statement with these values; `InvalidRequest` if they do not fit the markers."""
        # The driver would take a missing value for an unset one, so they are counted here, in the server's words.
        if len(params) != len(self.encoders):
            raise InvalidRequest(
                f"there were {len(self.encoders)} markers(?) in CQL but {len(params)} bound variables"
            )
        try:
            return BoundStatement(self.statement).bind(encode_row(self.encoders, params))
        except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError) as error:
            # Each of the driver's types fails in its own way on a value of another.
            raise InvalidRequest(str(error)) from error

    def holds(self, metadata: Any) -> bool:
        """Whether the schema is still the one it was prepared with."""
        return all(
            _lookup(metadata, keyspace, kind, name) is was and _is_known(metadata, keyspace, was)
            for keyspace, kind, name, was in self.seen
        )


class PreparedCache:
    """The prepared statements of one session, the least recently used thrown out first."""

    def __init__(self, session: Any, limit: int = 1024) -> None:
        self._session = session
        self._limit = limit
        self._lock = Lock()
        self._entries: OrderedDict[_Key, Future[Prepared]] = OrderedDict()
        # The driver's prepare() blocks, so coroutines have it done here. Never the loop's own executor: blocking
        # callers who wait for a text could fill it, and the job that prepares the text would wait behind them.
        self._threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="coodie-prepare")

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, cql: str) -> Prepared:
        """The prepared statement, blocking where it has to be prepared."""
        entry, mine = self._claim(cql)
        if mine:
            self._prepare(cql, entry)
        return entry.result()

    async def get_async(self, cql: str) -> Prepared:
        """As `get`, without blocking the running loop."""
        entry, mine = self._claim(cql)
        if mine:
            try:
                self._threads.submit(self._prepare, cql, entry)
            except RuntimeError:
                # Closed since; whoever else waits for this entry must hear of it, too.
                entry.set_exception(ConnectionFailed("this connection is closed"))
        if not entry.done():
            await arrival(lambda landed, _: entry.add_done_callback(landed))
        return entry.result()

    def forget(self) -> None:
        """Prepare every text again: this session has changed the schema, and the driver may not have noticed yet."""
        with self._lock:
            self._entries.clear()

    def close(self) -> None:
        """Let the threads go; nothing is prepared any more."""
        self._threads.shutdown(wait=False)

    def _claim(self, cql: str) -> tuple["Future[Prepared]", bool]:
        """The entry, and whether it is the caller's business to fill it."""
        key = (self._session.keyspace, cql)
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None and self._good(entry):
                self._entries.move_to_end(key)
                return entry, False
            entry = Future()
            # Running futures cannot be cancelled, so no waiter can spoil it for the others.
            entry.set_running_or_notify_cancel()
            self._entries[key] = entry
            self._entries.move_to_end(key)
            while len(self._entries) > self._limit:
                self._entries.popitem(last=False)
            return entry, True

    def _good(self, entry: "Future[Prepared]") -> bool:
        """Being prepared just now, or prepared with today's schema; a failure is never kept."""
        if not entry.done():
            return True
        return entry.exception() is None and entry.result().holds(self._session.cluster.metadata)

    def _prepare(self, cql: str, entry: "Future[Prepared]") -> None:
        """Fill an entry, with an error if need be: whoever waits for it must not wait in vain."""
        try:
            statement = self._session.prepare(cql)
            markers = statement.column_metadata or ()
            columns = (*markers, *(_Column(*each) for each in statement.result_metadata or ()))
            entry.set_result(
                Prepared(
                    statement,
                    tuple(encoder(marker.type) for marker in markers),
                    _seen(self._session.cluster.metadata, columns),
                )
            )
        except BaseException as error:  # noqa: BLE001  # handed on to those who wait, the caller among them
            entry.set_exception(error)


@dataclass(frozen=True, slots=True)
class _Column:
    """A result column, in the words of the driver's description of a marker."""

    keyspace_name: str
    table_name: str
    name: str
    type: Any


def _seen(metadata: Any, columns: Sequence[Any]) -> tuple[_Seen, ...]:
    """The tables and user types that these columns are of, as they are now."""
    names = {(column.keyspace_name, "tables", column.table_name) for column in columns}
    names |= {
        (each.keyspace, "user_types", each.typename)
        for column in columns
        for each in _user_types(column.type)
    }
    return tuple((*name, _lookup(metadata, *name)) for name in names)


def _user_types(cql_type: Any) -> Iterator[Any]:
    if issubclass(cql_type, cqltypes.UserType):
        yield cql_type
    for inner in cql_type.subtypes:
        yield from _user_types(inner)


def _lookup(metadata: Any, keyspace: str, kind: str, name: str) -> object:
    live = metadata.keyspaces.get(keyspace)
    if live is None:
        return None
    return getattr(live, kind).get(name) or (live.views.get(name) if kind == "tables" else None)


def _is_known(metadata: Any, keyspace: str, seen: object) -> bool:
    """False for what the driver had not heard of yet: it may be another one when it does.

    Without any knowledge of the keyspace (schema metadata switched off) there is nothing to wait for.
    """
    return seen is not None or keyspace not in metadata.keyspaces
