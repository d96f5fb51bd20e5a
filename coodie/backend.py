"""Where CQL is answered: the `Backend` protocol, and the process's named connections.

Names resolve at the call, not when a class is made, so that a test can put another backend under a model.
"""

from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

from coodie.exceptions import ConfigurationError, InvalidQueryError
from coodie.statement import Page, Request

DEFAULT_NAME = "default"


class Backend(Protocol):
    """A place that answers CQL, from any thread and any event loop; raises `BackendError`s and nothing else."""

    @property
    def keyspace(self) -> str | None:
        """What a table name without a keyspace means here; None where it means nothing."""
        ...

    def execute(self, request: Request) -> Page:
        """One request, one answer: a page of a read, not all of it."""
        ...

    def execute_many(self, requests: Iterable[Request], concurrency: int) -> Iterator[Page | Exception]:
        """An outcome for each request, in their order, with at most `concurrency` of them in flight."""
        ...

    async def execute_async(self, request: Request) -> Page:
        """As `execute`, without blocking the running loop, whichever that is."""
        ...

    def execute_many_async(
        self, requests: Iterable[Request], concurrency: int
    ) -> AsyncGenerator[Page | Exception, None]:
        """As `execute_many`; closing it cancels what is in flight."""
        ...

    def close(self) -> None:
        """Give back what this backend opened itself; a second call does nothing."""
        ...

    async def close_async(self) -> None:
        """As `close`, without blocking the running loop."""
        ...


@dataclass(frozen=True, slots=True)
class Connected:
    """Which backends have which names, at one moment."""

    backends: Mapping[str, Backend] = field(default_factory=dict)
    default: str | None = None


class Connections:
    """Named backends. The state is one immutable value, so that readers need no lock and tests can put it back."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._state = Connected()

    def get(self, name: str | None = None) -> Backend:
        """The connection of that name, or the default one."""
        state = self._state
        wanted = state.default if name is None else name
        backend = None if wanted is None else state.backends.get(wanted)
        if backend is None:
            raise ConfigurationError(_missing(name, state))
        return backend

    def named(self, name: str | None) -> str | None:
        """The name, or the default connection's; None if there is none."""
        return self._state.default if name is None else name

    def register(self, name: str, backend: Backend, *, default: bool | None = None) -> Backend | None:
        """Put a backend under a name; what had that name before is returned, still open.

        `default=None`: it becomes the default if it is called "default", or if there is no default yet.
        """
        with self._lock:
            state = self._state
            wins = default if default is not None else name == DEFAULT_NAME or state.default is None
            kept = None if default is False and state.default == name else state.default
            self._state = Connected({**state.backends, name: backend}, name if wins else kept)
            return state.backends.get(name)

    def remove(self, name: str) -> Backend:
        """Forget one connection and return it, still open; if it was the default, there is none now."""
        with self._lock:
            state = self._state
            if name not in state.backends:
                raise ConfigurationError(_missing(name, state))
            rest = {each: backend for each, backend in state.backends.items() if each != name}
            self._state = Connected(rest, None if state.default == name else state.default)
            return state.backends[name]

    def clear(self) -> list[Backend]:
        """Forget all connections and return them, still open."""
        with self._lock:
            state, self._state = self._state, Connected()
            return list(state.backends.values())

    def snapshot(self) -> Connected:
        """The state now, for `restore`."""
        return self._state

    def restore(self, state: Connected) -> None:
        """Back to an earlier state; nothing is opened or closed."""
        with self._lock:
            self._state = state


connections = Connections()
"""The process's connections: what `init_coodie` fills and `Settings.connection` names."""


def check_concurrency(concurrency: int) -> None:
    """Refuse a window that nothing fits into."""
    if concurrency < 1:
        raise InvalidQueryError(f"concurrency is {concurrency!r}; at least one request has to be in flight")


def _missing(name: str | None, state: Connected) -> str:
    there = ", ".join(sorted(state.backends)) or "none"
    if name is None:
        return f"no default connection; call init_coodie() first, or name one of the connections there are: {there}"
    return f"no connection {name!r}; call init_coodie(name={name!r}) first; there are: {there}"
