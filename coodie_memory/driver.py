"""The Python driver without a network: its connections end in this process, at an `endpoint`.

Everything above the connection is the driver's own: policies, pools, metadata, row factories, callbacks, prepared
statements. A request is answered in the thread that sends it; there is no socket, and no thread but the driver's. What
the driver does for the sake of a network is left out: whole envelopes go over, in version 5 not in segments, either, and
none has to be gathered from what a socket gave.
Works with cassandra-driver and scylla-driver, both of which are the module `cassandra`.
"""

from collections import deque
from collections.abc import Callable
from functools import partial
from threading import Lock
from typing import Any, Final, cast

from cassandra.cluster import Cluster, ResponseFuture, Session
from cassandra.connection import Connection, ConnectionShutdown, DefaultEndPointFactory

from coodie_memory.endpoint import Service, Wire
from coodie_memory.engine import LOOPBACK
from coodie_memory.protocol.envelopes import opened
from coodie_memory.protocol.responses import Event

_UNBROKEN: Final = 64
"""How many answers in a row come at once. A callback that sends the next request runs inside of that request's caller,
and so on: the next answer is left to the driver's executor, where the chain begins anew."""


class Place(DefaultEndPointFactory):  # type: ignore[misc]  # the driver has no types
    """The driver's idea of where nodes are, by which it also tells which `Cluster` it is."""

    def later(self, work: Callable[[], None]) -> bool:
        """Have one of the driver's threads do it; False once they are gone."""
        try:
            self.cluster.executor.submit(work)
        except RuntimeError:
            return False
        return True


class MemoryConnection(Connection):  # type: ignore[misc]  # the driver has no types
    """A driver's connection whose other end is an endpoint in this process.

    `driver_options` makes a class of its own for each service.
    """

    service: Service
    place: Place
    is_closed: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._wire = Wire(self.service, self._hear, LOOPBACK, in_segments=False)
        self._inbox: deque[bytes | Event] = deque()
        self._pumping = Lock()
        self._in_a_row = 0
        self._send_options_message()

    @classmethod
    def create_timer(cls, _timeout: float, _callback: Callable[[], Any]) -> "Timer":
        """Answers are never late."""
        return Timer()

    def send_msg(self, msg: Any, request_id: int, cb: Any, *args: Any, **kwargs: Any) -> int:
        """As the driver does it, noting whether somebody waits for the answer or a callback may follow."""
        target = getattr(cb.func, "__self__", None) if isinstance(cb, partial) else None
        self._in_a_row = self._in_a_row + 1 if isinstance(target, ResponseFuture) else 0
        return cast("int", super().send_msg(msg, request_id, cb, *args, **kwargs))

    def push(self, data: bytes) -> None:
        """What the driver sends: it is answered at once."""
        self._inbox.append(data)
        if self._in_a_row >= _UNBROKEN:
            self._in_a_row = 0
            if self.place.later(self._pump):
                return
        self._pump()

    def close(self) -> None:
        """The driver, or the endpoint, has enough."""
        with self.lock:
            if self.is_closed:
                return
            self.is_closed = True
        self._wire.close()
        if not self.is_defunct:
            self.error_all_requests(ConnectionShutdown(f"Connection to {self.endpoint} was closed"))
            self.connected_event.set()

    def _enable_checksumming(self) -> None:
        """Version 5 puts envelopes into segments from now on, which is for a wire."""

    def _hear(self, event: Event) -> None:
        self._inbox.append(event)
        self._pump()

    def _pump(self) -> None:
        """Answer what waits, unless somebody is at it: then it is answered there, in order, and nobody waits here."""
        while self._inbox and self._pumping.acquire(blocking=False):
            try:
                while self._inbox and not self.is_closed:
                    self._deliver(self._inbox.popleft())
                if self.is_closed:
                    self._inbox.clear()
            finally:
                self._pumping.release()

    def _deliver(self, message: bytes | Event) -> None:
        answers = self._wire.answers(message) if isinstance(message, bytes) else [self._wire.event(message)]
        for answer in answers:
            self.process_msg(*opened(answer))
        if self._wire.is_closed:
            self.defunct(ConnectionShutdown(f"Connection to {self.endpoint} was closed by the server"))


class Timer:
    """A timeout that never comes."""

    def cancel(self) -> None:
        """It does not come now, either."""


def driver_options(service: Service) -> dict[str, Any]:
    """What `cassandra.cluster.Cluster` is to be made with, to reach the service."""
    place = Place()
    made = type("MemoryConnection", (MemoryConnection,), {"service": service, "place": place})
    return {
        "connection_class": made,
        "endpoint_factory": place,
        "timestamp_generator": service.timestamp,
    }


def connect(service: Service, keyspace: str | None, options: dict[str, Any]) -> Session:
    """A session of a `Cluster` of its own, with these options of `Cluster`; its owner shuts the cluster down."""
    defaults = {
        "protocol_version": service.versions.newest,
        "compression": False,
        "idle_heartbeat_interval": 0,
    }
    cluster = Cluster(**{**defaults, **driver_options(service), **options})
    try:
        return cluster.connect(keyspace)
    except BaseException:
        cluster.shutdown()
        raise
