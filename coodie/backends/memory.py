"""The engine's session as a `Backend`: no sockets, no threads, no waiting, so that awaiting is calling."""

import logging
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from inspect import signature
from typing import Any, Final, assert_never

from coodie import exceptions
from coodie.backend import check_concurrency
from coodie.statement import (
    UNSET,
    BatchRequest,
    Consistency,
    CqlDuration,
    Page,
    Request,
    Row,
    SerialConsistency,
    Statement,
)
from coodie_memory import errors
from coodie_memory.cluster import MemoryCluster
from coodie_memory.cql.ast import BatchKind
from coodie_memory.execution.context import DEFAULTS, Options
from coodie_memory.result import UNSET as ENGINE_UNSET
from coodie_memory.result import Metadata, Result, Rows
from coodie_memory.session import Session
from coodie_memory.types.durations import Duration

logger = logging.getLogger("coodie")

_FETCH_SIZE: Final = 5000
"""Rows in a page where nothing is said, as in the driver: what forgets to ask for the next page is found out."""
_BATCH_KINDS: Mapping[str, BatchKind] = {"logged": "LOGGED", "unlogged": "UNLOGGED", "counter": "COUNTER"}
_BY_CODE: Mapping[int, Callable[..., exceptions.BackendError]] = {
    error.code: error for error in exceptions.BackendError.__subclasses__() if error.code is not None
}


def connect(
    session: MemoryCluster | Session | None = None,
    keyspace: str | None = None,
    options: Mapping[str, Any] | None = None,
) -> "MemoryBackend":
    """A backend on a new private cluster where `keyspace` exists, or on the cluster or session that is given.

    The options are `MemoryCluster`'s. A keyspace that a given cluster lacks is refused, as a server does it.
    """
    try:
        return MemoryBackend(_session(session, keyspace, options or {}))
    except errors.CqlError as error:
        raise coodie_error(error) from error


def _session(
    given: MemoryCluster | Session | None, keyspace: str | None, options: Mapping[str, Any]
) -> Session:
    match given:
        case None:
            try:
                cluster = MemoryCluster(**options)
            except (TypeError, ValueError) as error:
                raise exceptions.ConfigurationError(f"no such MemoryCluster: {error}") from error
            if keyspace is not None:
                cluster.create_keyspace(keyspace)
            return cluster.session(keyspace)
        case MemoryCluster():
            return given.session(keyspace)
        case Session():
            if keyspace is not None:
                given.use(keyspace)
            return given
        case _:
            assert_never(given)


class MemoryBackend:
    """A session of the engine as a `Backend`; closing it leaves cluster and data as they are."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._closed = False

    @property
    def keyspace(self) -> str | None:
        """The session's keyspace, which USE may change."""
        return self.session.keyspace

    def execute(self, request: Request) -> Page:
        """One request, one answer. There is nothing to wait for, so a timeout cannot pass."""
        if self._closed:
            raise exceptions.ConnectionFailed("this connection is closed")
        try:
            return _page(self._run(request))
        except errors.CqlError as error:
            raise coodie_error(error) from error

    def execute_many(self, requests: Iterable[Request], concurrency: int) -> Iterator[Page | Exception]:
        """One after the other: nothing is ever in flight."""
        check_concurrency(concurrency)
        for request in requests:
            yield self._outcome(request)

    async def execute_async(self, request: Request) -> Page:
        """As `execute`."""
        return self.execute(request)

    async def execute_many_async(
        self, requests: Iterable[Request], concurrency: int
    ) -> AsyncGenerator[Page | Exception, None]:
        """As `execute_many`."""
        for outcome in self.execute_many(requests, concurrency):
            yield outcome

    def close(self) -> None:
        """Answer no more."""
        self._closed = True

    async def close_async(self) -> None:
        """As `close`."""
        self.close()

    def _run(self, request: Request) -> Result:
        match request:
            case Statement():
                options = _options(request.consistency, request.serial_consistency, request.fetch_size)
                execute, values = self.session.execute, _values(request.params)
                if request.paging_state is None:
                    return execute(request.cql, values, options)
                return execute(request.cql, values, options, paging_state=request.paging_state)
            case BatchRequest():
                options = _options(request.consistency, request.serial_consistency)
                statements = [(statement.cql, _values(statement.params)) for statement in request.statements]
                return self.session.execute_batch(
                    statements, _BATCH_KINDS[request.kind], options, timestamp=request.timestamp
                )
            case _:
                assert_never(request)

    def _outcome(self, request: Request) -> Page | Exception:
        try:
            return self.execute(request)
        except Exception as error:  # noqa: BLE001  # handed to the caller as the outcome
            return error


def coodie_error(error: errors.CqlError) -> exceptions.BackendError:
    """The error of the same code. Its fields have the same names on both sides; what only the wire tells stays there."""
    ours = _BY_CODE.get(error.code)
    if ours is None:
        return exceptions.BackendError(error.message, error.code)
    return ours(**{name: value for name, value in vars(error).items() if name in signature(ours).parameters})


# A program says the same few things with all its requests.
@lru_cache(maxsize=1024)
def _options(
    consistency: Consistency | None, serial: SerialConsistency | None, fetch_size: int | None = None
) -> Options:
    """The engine's options for what a request says; what it does not say stays the engine's."""
    return Options(
        consistency=consistency or DEFAULTS.consistency,
        serial_consistency=serial or DEFAULTS.serial_consistency,
        page_size=fetch_size or _FETCH_SIZE,
    )


def _values(params: Sequence[Any]) -> tuple[Any, ...]:
    """Parameters as the engine takes them: only "unset" is another object there."""
    return tuple([ENGINE_UNSET if value is UNSET else value for value in params])


def _page(result: Result) -> Page:
    """The engine's result as a page; its warnings go to the log as well."""
    for warning in result.warnings:
        logger.warning("%s", warning)
    if not isinstance(result, Rows):
        return Page(warnings=result.warnings)
    metadata = result.metadata
    return Page(
        metadata.names,
        _ours(result.values) if _has_durations(metadata) else result.values,
        result.paging_state,
        result.warnings,
    )


# Everything else that the engine decodes is ours already. A plan has one metadata object, so the walk over its types
# is made once.
@lru_cache(maxsize=1024)
def _has_durations(metadata: Metadata) -> bool:
    return any(column.type.contains_duration() for column in metadata.columns)


def _ours(rows: Sequence[Row]) -> list[Row]:
    return [tuple([_without_engine_types(value) for value in row]) for row in rows]


def _without_engine_types(value: Any) -> Any:
    """A duration's or a container's own kind, with coodie's durations in it; durations are in no set and no key."""
    match value:
        case Duration():
            return CqlDuration(value.months, value.days, value.nanoseconds)
        case list():
            return [_without_engine_types(each) for each in value]
        case tuple():
            return tuple([_without_engine_types(each) for each in value])
        case dict():
            return {key: _without_engine_types(each) for key, each in value.items()}
        case _:
            return value
