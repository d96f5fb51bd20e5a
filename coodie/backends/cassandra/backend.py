"""`CassandraBackend`: one request of ours is one request of the driver's, its answer one page.

Blocking and awaiting share everything but the two places that wait: for a statement to be prepared, and for the
answer. No call blocks an event loop; the driver's own threads do all I/O.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence
from typing import Any, assert_never
from weakref import WeakKeyDictionary

from cassandra import ConsistencyLevel
from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile, ResultSet
from cassandra.policies import DCAwareRoundRobinPolicy, RetryPolicy, TokenAwarePolicy
from cassandra.protocol import IsBootstrappingErrorMessage, OverloadedErrorMessage
from cassandra.query import BatchStatement, BatchType, SimpleStatement, tuple_factory

from coodie.backend import check_concurrency
from coodie.backends.cassandra.arrival import arrival
from coodie.backends.cassandra.errors import translated
from coodie.backends.cassandra.prepared import Prepared, PreparedCache
from coodie.backends.cassandra.values import decode_rows
from coodie.exceptions import ConfigurationError, ConnectionFailed
from coodie.statement import BatchRequest, Page, Request, Statement

logger = logging.getLogger("coodie")

Host = str | tuple[str, int]

_IN_FLIGHT = 8192
"""Requests of one event loop inside the driver: far from the 32768 where the driver would block the caller."""
_LEGACY_OPTIONS = {"load_balancing_policy", "default_retry_policy"}
"""Options of `Cluster` that exclude execution profiles."""
_BATCH_TYPES = {
    "logged": BatchType.LOGGED,
    "unlogged": BatchType.UNLOGGED,
    "counter": BatchType.COUNTER,
}


def connect(
    hosts: str | Sequence[Host] | None = None,
    keyspace: str | None = None,
    ssl_context: Any = None,
    options: Mapping[str, Any] | None = None,
) -> "CassandraBackend":
    """Connect to a cluster, blocking. Hosts are `"name"`, `"name:port"` or pairs; the options are `Cluster`'s."""
    arguments: dict[str, Any] = dict(options or {})
    if hosts is not None:
        arguments |= _contact_points([hosts] if isinstance(hosts, str) else hosts)
    if ssl_context is not None:
        arguments["ssl_context"] = ssl_context
    if not arguments.keys() & _LEGACY_OPTIONS:
        # The driver's own choice, said aloud: it warns whoever leaves it to the default.
        profile = ExecutionProfile(load_balancing_policy=TokenAwarePolicy(DCAwareRoundRobinPolicy()))
        arguments.setdefault("execution_profiles", {EXEC_PROFILE_DEFAULT: profile})
    try:
        cluster = Cluster(**arguments)
    except (TypeError, ValueError) as error:
        raise ConfigurationError(f"the driver's Cluster refuses what it was given: {error}") from error
    with translated():
        try:
            session = cluster.connect()
            if keyspace is not None:
                # Not by connect(), which makes of the server's "does not exist" that no host answers.
                session.set_keyspace(keyspace)
        except BaseException:
            cluster.shutdown()
            raise
    return CassandraBackend(session, owns_cluster=True)


def adopt(session: Any, keyspace: str | None = None) -> "CassandraBackend":
    """A session that its owner connected and will shut down; `keyspace` becomes its keyspace. May block."""
    if not all(hasattr(session, name) for name in ("execute_async", "is_shutdown", "set_keyspace")):
        raise ConfigurationError(
            f"{session!r} is no session: give a driver's, or a MemoryCluster or its session"
        )
    if session.is_shutdown:
        raise ConfigurationError(f"{session!r} is shut down; give a live session")
    if keyspace is not None and session.keyspace != keyspace:
        with translated():
            session.set_keyspace(keyspace)
    return CassandraBackend(session)


class CassandraBackend:
    """A driver's session as a `Backend`. Results do not depend on the session's row factory or profiles.

    A session that the user made stays open when the backend is closed; one that `connect` made does not.
    """

    def __init__(self, session: Any, *, owns_cluster: bool = False, prepared_limit: int = 1024) -> None:
        self.session = session
        self._owns_cluster = owns_cluster
        self._prepared = PreparedCache(session, prepared_limit)
        self._cautious = CautiousRetryPolicy(session.get_execution_profile(EXEC_PROFILE_DEFAULT).retry_policy)
        self._slots: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()
        self._closed = False
        session.add_request_init_listener(_make_ours)

    @property
    def keyspace(self) -> str | None:
        """The session's keyspace, which USE may change."""
        keyspace: str | None = self.session.keyspace
        return keyspace

    def execute(self, request: Request) -> Page:
        """One request, one answer; blocks."""
        page = self._finish(self._begin(request))
        self._learn(request)
        return page

    def execute_many(self, requests: Iterable[Request], concurrency: int) -> Iterator[Page | Exception]:
        """An outcome for each request, in their order, with at most `concurrency` of them in flight."""
        check_concurrency(concurrency)
        flying: deque[Any] = deque()
        for request in requests:
            if len(flying) >= concurrency:
                yield self._outcome(flying.popleft())
            try:
                flying.append(self._begin(request))
            except Exception as error:  # noqa: BLE001  # it is this request's outcome
                flying.append(error)
        while flying:
            yield self._outcome(flying.popleft())

    async def execute_async(self, request: Request) -> Page:
        """One request, one answer. Cancelled, it forgets the answer; a write may still be applied."""
        async with self._slot():
            self._require_open()
            with translated():
                entries = [await self._prepared.get_async(cql) for cql in _to_prepare(request)]
                response = self._send(request, entries)
                result = await arrival(response.add_callbacks)
                self._learn(request)
                return _page(ResultSet(response, result))

    async def execute_many_async(
        self, requests: Iterable[Request], concurrency: int
    ) -> AsyncGenerator[Page | Exception, None]:
        """As `execute_many`; closing it cancels what is in flight."""
        check_concurrency(concurrency)
        flying: deque[asyncio.Task[Page]] = deque()
        try:
            for request in requests:
                if len(flying) >= concurrency:
                    yield await _outcome_of(flying)
                flying.append(asyncio.create_task(self.execute_async(request)))
            while flying:
                yield await _outcome_of(flying)
        finally:
            for task in flying:
                task.cancel()
            await asyncio.gather(*flying, return_exceptions=True)

    def close(self) -> None:
        """Shut down what `connect` opened; a session that was given stays open."""
        if self._closed:
            return
        self._closed = True
        self._prepared.close()
        self.session.remove_request_init_listener(_make_ours)
        if self._owns_cluster:
            self.session.cluster.shutdown()

    async def close_async(self) -> None:
        """As `close`, without blocking the running loop."""
        await asyncio.to_thread(self.close)

    def _slot(self) -> asyncio.Semaphore:
        """A place in the running loop's queue; a semaphore belongs to one loop."""
        loop = asyncio.get_running_loop()
        return self._slots.setdefault(loop, asyncio.Semaphore(_IN_FLIGHT))

    def _begin(self, request: Request) -> Any:
        """The driver's future for the request; blocks only where a statement has to be prepared."""
        self._require_open()
        with translated():
            return self._send(request, [self._prepared.get(cql) for cql in _to_prepare(request)])

    def _learn(self, request: Request) -> None:
        """What is not prepared is DDL, more often than not: what was prepared before may have other types now."""
        if isinstance(request, Statement) and not request.prepare:
            self._prepared.forget()

    def _require_open(self) -> None:
        if self._closed:
            raise ConnectionFailed("this connection is closed")

    def _finish(self, response: Any) -> Page:
        with translated():
            return _page(response.result())

    def _outcome(self, response: Any) -> Page | Exception:
        """What came of a request that was begun, or of the attempt to begin it."""
        if isinstance(response, Exception):
            return response
        try:
            return self._finish(response)
        except Exception as error:  # noqa: BLE001  # handed to the caller as the outcome
            return error

    def _send(self, request: Request, entries: Sequence[Prepared]) -> Any:
        """Hand the request to the driver; `entries` are its statements that had to be prepared, in order."""
        self._require_open()  # it may have been closed while a statement was prepared
        arguments: dict[str, Any] = {}
        if request.timeout is not None:
            arguments["timeout"] = request.timeout
        match request:
            case Statement():
                statement = _driver_statement(request, iter(entries))
                if request.paging_state is not None:
                    arguments["paging_state"] = request.paging_state
            case BatchRequest():
                statement = _driver_batch(request, iter(entries))
            case _:
                assert_never(request)
        statement.is_idempotent = request.idempotent
        if not request.idempotent:
            statement.retry_policy = self._cautious
        if request.consistency is not None:
            statement.consistency_level = ConsistencyLevel.name_to_value[request.consistency]
        if request.serial_consistency is not None:
            statement.serial_consistency_level = ConsistencyLevel.name_to_value[request.serial_consistency]
        # The batch holds ids only: the entries stay alive with it, since the driver may have to prepare again.
        statement.coodie = (request, entries)
        return self.session.execute_async(statement, **arguments)


class CautiousRetryPolicy(RetryPolicy):  # type: ignore[misc]  # the driver is untyped
    """The session's policy, but for a request that may have been applied already and must not be applied twice.

    The driver's own policy sends again whatever a lost connection left open, idempotent or not.
    """

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def on_read_timeout(self, *args: Any, **kwargs: Any) -> Any:
        """As the session's policy."""
        return self._inner.on_read_timeout(*args, **kwargs)

    def on_write_timeout(self, *args: Any, **kwargs: Any) -> Any:
        """As the session's policy, which looks at the kind of write."""
        return self._inner.on_write_timeout(*args, **kwargs)

    def on_unavailable(self, *args: Any, **kwargs: Any) -> Any:
        """As the session's policy: nothing was attempted."""
        return self._inner.on_unavailable(*args, **kwargs)

    def on_request_error(self, query: Any, consistency: Any, error: Any, retry_num: int) -> Any:
        """Retry only where the server refused to begin."""
        if isinstance(error, OverloadedErrorMessage | IsBootstrappingErrorMessage):
            return self._inner.on_request_error(query, consistency, error=error, retry_num=retry_num)
        return self.RETHROW, None


def _contact_points(hosts: Sequence[Host]) -> dict[str, Any]:
    """The hosts as `Cluster` takes them.

    A port that all of them name is the cluster's: scylla-driver looks for the nodes it discovers there.
    """
    endpoints = [_endpoint(host) for host in hosts]
    ports = {port for _, port in endpoints}
    port = ports.pop() if len(ports) == 1 else None
    if port is not None:
        return {"contact_points": [name for name, _ in endpoints], "port": port}
    return {"contact_points": [name if own is None else (name, own) for name, own in endpoints]}


def _endpoint(host: Host) -> tuple[str, int | None]:
    """Name and port, if it has one: "[::1]:9042" and "10.0.0.1:9042" do, "::1" does not."""
    if not isinstance(host, str):
        return host
    name, colon, port = host.rpartition(":")
    if colon and port.isdigit() and (":" not in name or name.endswith("]")):
        return name.strip("[]"), int(port)
    if colon and ":" not in name:
        raise ConfigurationError(f"{host!r}: the port behind the colon is a number")
    return host.strip("[]"), None


def _to_prepare(request: Request) -> list[str]:
    """The texts that have to be prepared, in order."""
    statements = request.statements if isinstance(request, BatchRequest) else (request,)
    return [statement.cql for statement in statements if statement.prepare]


def _driver_statement(statement: Statement, entries: Iterator[Prepared]) -> Any:
    """The driver's statement with its values; takes its entry from `entries` if it is prepared."""
    bound = next(entries).bind(statement.params) if statement.prepare else SimpleStatement(statement.cql)
    if statement.fetch_size is not None:
        bound.fetch_size = statement.fetch_size
    return bound


def _driver_batch(batch: BatchRequest, entries: Iterator[Prepared]) -> Any:
    whole = BatchStatement(_BATCH_TYPES[batch.kind])
    for statement in batch.statements:
        whole.add(_driver_statement(statement, entries))
    return whole


def _make_ours(response: Any) -> None:
    """The driver calls this between making a request and sending it; requests that are not ours pass untouched.

    Here, and not in an execution profile, since a session with the driver's older settings refuses profiles; and
    since a batch's timestamp has no other way in.
    """
    request, _ = getattr(response.query, "coodie", (None, None))
    if request is None:
        return
    response.row_factory = tuple_factory
    if isinstance(request, BatchRequest) and request.timestamp is not None:
        response.message.timestamp = request.timestamp


def _page(result: Any) -> Page:
    """The driver's result as a page; its warnings go to the log as well."""
    warnings = tuple(result.response_future.warnings or ())
    for warning in warnings:
        logger.warning("%s", warning)
    if result.column_names is None:
        return Page(warnings=warnings)
    return Page(
        columns=tuple(result.column_names),
        rows=decode_rows(result.column_types, result.current_rows),
        paging_state=result.paging_state,
        warnings=warnings,
    )


async def _outcome_of(flying: "deque[asyncio.Task[Page]]") -> Page | Exception:
    """The oldest task's outcome; it leaves the queue only when it has one, so that a cancellation still finds it."""
    task = flying[0]
    await asyncio.wait([task])
    flying.popleft()
    try:
        return task.result()
    except Exception as error:  # noqa: BLE001  # handed to the caller as the outcome
        return error
