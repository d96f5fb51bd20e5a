"""`init_coodie` and `close_coodie`, blocking and awaiting: the only module that knows which backends exist.

A backend is imported when it is chosen, so that nobody pays for, or needs, a database that he does not use.
"""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from ssl import SSLContext
from typing import Any, TypeAlias

from coodie.backend import DEFAULT_NAME, Backend, connections
from coodie.backends.defaults import DefaultingBackend, Defaults
from coodie.backends.lazy import LazyBackend
from coodie.exceptions import ConfigurationError
from coodie.statement import Consistency, SerialConsistency

Hosts: TypeAlias = str | Sequence[str | tuple[str, int]]

_DRIVERS = ("cassandra", "scylla")
_MEMORY = "memory"
_CHOICES = "driver_type='cassandra', 'scylla' or 'memory'"


def init_coodie(  # noqa: PLR0917  # positions are public API
    hosts: Hosts | None = None,
    session: Any = None,
    keyspace: str | None = None,
    driver_type: str | None = None,
    name: str = DEFAULT_NAME,
    default: bool | None = None,  # noqa: FBT001  # the public API's position for it
    ssl_context: SSLContext | None = None,
    lazy: bool = False,  # noqa: FBT001, FBT002  # the same
    *,
    consistency: Consistency | None = None,
    serial_consistency: SerialConsistency | None = None,
    timeout: float | None = None,
    **driver_options: Any,
) -> Backend:
    """Connect, and register the connection under `name`; one that had the name is closed.

    Hosts are `"name"`, `"name:port"` or pairs. `session` is a driver's session, or a `MemoryCluster` or its session; it
    stays its owner's. `driver_type` is by default the driver's if hosts or a session are given, else what the environment's
    `COODIE_BACKEND` says. `default`: True makes it the default connection, False does not, None does if it is called
    "default" or there is none yet. `lazy` connects at the first request. `consistency`, `serial_consistency` and
    `timeout` (seconds) hold for what neither a model nor a call says otherwise of. Further options go to the driver's
    `Cluster`, or to `MemoryCluster`.
    """
    _check_name(name)
    target = Target(hosts, session, keyspace, driver_type, ssl_context, driver_options)
    defaults = Defaults(consistency, serial_consistency, timeout)
    connect = target.connector()
    backend = LazyBackend(connect, target.known_keyspace) if lazy else connect()
    backend = _with(defaults, backend)
    replaced = connections.register(name, backend, default=default)
    if replaced is not None:
        replaced.close()
    return backend


async def init_coodie_async(  # noqa: PLR0917  # the same
    hosts: Hosts | None = None,
    session: Any = None,
    keyspace: str | None = None,
    driver_type: str | None = None,
    name: str = DEFAULT_NAME,
    default: bool | None = None,  # noqa: FBT001  # the public API's position for it
    ssl_context: SSLContext | None = None,
    lazy: bool = False,  # noqa: FBT001, FBT002  # the same
    *,
    consistency: Consistency | None = None,
    serial_consistency: SerialConsistency | None = None,
    timeout: float | None = None,  # noqa: ASYNC109  # of requests, which the server's client waits for
    **driver_options: Any,
) -> Backend:
    """As `init_coodie`, without blocking the running loop."""
    _check_name(name)
    target = Target(hosts, session, keyspace, driver_type, ssl_context, driver_options)
    defaults = Defaults(consistency, serial_consistency, timeout)
    connect = target.connector()
    backend = LazyBackend(connect, target.known_keyspace) if lazy else await _connected(connect)
    backend = _with(defaults, backend)
    replaced = connections.register(name, backend, default=default)
    if replaced is not None:
        await replaced.close_async()
    return backend


def _check_name(name: str) -> None:
    if not isinstance(name, str) or not name:
        raise ConfigurationError(f"a connection's name is a text, not {name!r}")


def close_coodie(name: str | None = None) -> None:
    """Close and forget the connection of that name, or all of them."""
    for backend in _removed(name):
        backend.close()


async def close_coodie_async(name: str | None = None) -> None:
    """As `close_coodie`, without blocking the running loop."""
    for backend in _removed(name):
        await backend.close_async()


@dataclass(frozen=True, slots=True)
class Target:
    """What to connect to, as `init_coodie` was told."""

    hosts: Hosts | None
    session: Any
    keyspace: str | None
    driver_type: str | None
    ssl_context: SSLContext | None
    options: Mapping[str, Any]

    def connector(self) -> Callable[[], Backend]:
        """What connects, blocking; wrong or missing choices are refused here, before any I/O."""
        if self.hosts is not None and (not isinstance(self.hosts, Sequence) or not self.hosts):
            raise ConfigurationError(f"hosts are a name or a list of names, not {self.hosts!r}")
        chosen = self._chosen()
        if chosen == _MEMORY:
            return self._memory()
        if chosen in _DRIVERS:
            return self._driver(chosen)
        raise ConfigurationError(f"{chosen!r} is no backend; there are {_CHOICES}")

    @property
    def known_keyspace(self) -> str | None:
        """What unqualified names will mean, as far as it is known before connecting."""
        if self.keyspace is not None or self.session is None:
            return self.keyspace
        return getattr(self.session, "keyspace", None)

    def _chosen(self) -> str:
        if self.driver_type is not None:
            return self.driver_type
        if self.session is not None:
            return _MEMORY if _is_memory(self.session) else "cassandra"
        if self.hosts is not None:
            return "cassandra"
        if os.environ.get("COODIE_BACKEND") == _MEMORY:
            return _MEMORY
        raise ConfigurationError(
            f"nothing to connect to: give hosts, a session or {_CHOICES}, or set COODIE_BACKEND=memory"
        )

    def _memory(self) -> Callable[[], Backend]:
        if self.hosts is not None or self.ssl_context is not None:
            raise ConfigurationError(
                "the memory backend is in this process; it takes no hosts and no ssl_context"
            )
        if self.session is not None and not _is_memory(self.session):
            raise ConfigurationError(f"{self.session!r} is no session of the memory backend")
        self._refuse_options_of_a_session()

        def connect() -> Backend:
            from coodie.backends import memory  # noqa: PLC0415  # loaded when chosen

            return memory.connect(self.session, self.keyspace, self.options)

        return connect

    def _driver(self, extra: str) -> Callable[[], Backend]:
        if find_spec("cassandra") is None:
            raise ImportError(
                f"driver_type={extra!r} needs a driver that is not installed: pip install 'coodie[{extra}]'"
            )
        if self.session is not None and _is_memory(self.session):
            raise ConfigurationError(
                f"{self.session!r} is the memory backend's; leave driver_type={extra!r} out"
            )
        if self.session is not None and (self.hosts is not None or self.ssl_context is not None):
            raise ConfigurationError(
                "a session is connected already: give either the session or hosts and ssl_context"
            )
        self._refuse_options_of_a_session()

        def connect() -> Backend:
            from coodie.backends import cassandra  # noqa: PLC0415  # loaded when chosen

            if self.session is not None:
                return cassandra.adopt(self.session, self.keyspace)
            return cassandra.connect(self.hosts, self.keyspace, self.ssl_context, self.options)

        return connect

    def _refuse_options_of_a_session(self) -> None:
        if self.session is not None and self.options:
            raise ConfigurationError(
                f"a session is made already: {', '.join(sorted(self.options))} cannot be set any more"
            )


async def _connected(connect: Callable[[], Backend]) -> Backend:
    """The connection, made in a thread; if nobody waits for it any more, it is closed again."""
    thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="coodie-connect")
    connecting = thread.submit(connect)
    thread.shutdown(wait=False)
    try:
        return await asyncio.wrap_future(connecting)
    except asyncio.CancelledError:
        connecting.add_done_callback(_discard)
        raise


def _with(defaults: Defaults, backend: Backend) -> Backend:
    return backend if defaults == Defaults() else DefaultingBackend(backend, defaults)


def _discard(connecting: "Future[Backend]") -> None:
    if not connecting.cancelled() and connecting.exception() is None:
        connecting.result().close()


def _removed(name: str | None) -> list[Backend]:
    return connections.clear() if name is None else [connections.remove(name)]


def _is_memory(session: Any) -> bool:
    """Told by the module of its class, since asking the class would import the engine."""
    return type(session).__module__.partition(".")[0] == "coodie_memory"
