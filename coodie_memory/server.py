"""The engine behind a socket: bytes to `endpoint.Wire` and back, and nothing else.

One event loop serves all clients, each in the order of its requests. A client that does not read what it asked for, or
asks for more than can be answered, is not read from, so that it costs a bounded amount of memory; if it wants that (STARTUP's
THROW_ON_OVERLOAD), what is too much is refused instead. An idle client costs nothing.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from threading import Thread
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from coodie_memory.endpoint import Service, Wire
from coodie_memory.engine import LOOPBACK, Node
from coodie_memory.protocol.inbound import FRAME_LIMIT
from coodie_memory.protocol.primitives import Address as IpAddress
from coodie_memory.protocol.responses import Event
from coodie_memory.value import Value

if TYPE_CHECKING:
    from coodie_memory.protocol.connection import Received

_TURN: Final = 64 << 10
_TURN_REQUESTS: Final = 256
"""So many requests are answered, or so many bytes of answers sent, and then others have their turn."""


class Address(NamedTuple):
    """Where a server listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Limits(Value, kw_only=True):
    """What clients may cost: the longest frame, bytes and requests of one that wait for it or for us, and how many may come."""

    frame: int = FRAME_LIMIT
    unread: int = 1 << 20
    waiting: int = 4096
    clients: int = 4096


LIMITS: Final = Limits()


class Server:
    """A service at an address. `port` 0 is any free one."""

    def __init__(
        self,
        service: Service,
        host: str = "127.0.0.1",
        port: int = 9042,
        *,
        tls: ssl.SSLContext | None = None,
        limits: Limits = LIMITS,
    ) -> None:
        self._service = service
        self._wanted = Address(host, port)
        self._tls = tls
        self._limits = limits
        self._clients: set[Client] = set()

    async def serve(self, stop: asyncio.Event, started: Callable[[Address], None]) -> None:
        """Serve clients until `stop` is set; `started` hears where, once that is possible."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: Client(self._service, self._clients, self._limits, loop), *self._wanted, ssl=self._tls
        )
        host, port = server.sockets[0].getsockname()[:2]
        self._service.engine.node = Node(_told(host), port)
        try:
            started(Address(host, port))
            await stop.wait()
        finally:
            await _stop_accepting(server)
            await asyncio.gather(*[client.hang_up() for client in self._clients])
            server.close()


async def _stop_accepting(server: asyncio.Server) -> None:
    """No more clients, but those who have just been accepted: a closed `Server` would forget their sockets."""
    for listening in server.sockets:
        asyncio.get_running_loop().remove_reader(listening)
    # In one turn of the loop such a client gets its transport, in the next it is told so.
    await asyncio.sleep(0)
    await asyncio.sleep(0)


def _told(host: str) -> IpAddress:
    """What clients are told: a server that listens everywhere is also at home."""
    address = ip_address(host)
    return LOOPBACK if address.is_unspecified else address


class Client(asyncio.Protocol):
    """One client's connection."""

    def __init__(
        self, service: Service, clients: "set[Client]", limits: Limits, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._service = service
        self._clients = clients
        self._limits = limits
        self._loop = loop
        self._waiting: deque[Received] = deque()
        self._is_working = False
        self._is_unread = False
        self._gone: asyncio.Future[None] = loop.create_future()
        self._transport: asyncio.Transport
        self._wire: Wire

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has come; one too many goes at once."""
        self._transport = cast("asyncio.Transport", transport)
        client = ip_address(transport.get_extra_info("peername")[0].partition("%")[0])
        self._wire = Wire(self._service, self._hear, client, frame_limit=self._limits.frame)
        if len(self._clients) >= self._limits.clients:
            self._transport.abort()
            return
        self._transport.set_write_buffer_limits(high=self._limits.unread)
        self._clients.add(self)

    def connection_lost(self, _reason: Exception | None) -> None:
        """The client is gone."""
        self._clients.discard(self)
        self._waiting.clear()
        self._wire.close()
        if not self._gone.done():
            self._gone.set_result(None)

    def data_received(self, data: bytes) -> None:
        """Requests, or parts of them."""
        self._waiting.extend(self._wire.received(data))
        if len(self._waiting) > self._limits.waiting and self._wire.throws_on_overload:
            self._refuse(len(self._waiting) - self._limits.waiting)
        if not self._is_working:
            self._work()

    def _refuse(self, many: int) -> None:
        """Answer so many of the latest requests without doing anything for them."""
        refused = [self._waiting.pop() for _ in range(many)]
        self._transport.write(b"".join(map(self._wire.refusal, reversed(refused))))

    def pause_writing(self) -> None:
        """The client does not read what it asked for: it has to, before it is heard again."""
        self._is_unread = True
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        """The client has read."""
        self._is_unread = False
        if not self._is_working:
            self._work()

    async def hang_up(self) -> None:
        """No more of this; done when the connection is gone."""
        self._transport.abort()
        await self._gone

    def _work(self) -> None:
        """Answer what waits, but not all of it at once."""
        self._is_working = False
        if self._transport.is_closing():
            return
        answers, size = list[bytes](), 0
        while self._waiting and size < _TURN and len(answers) < _TURN_REQUESTS:
            is_settled = self._wire.is_settled
            answers.append(self._wire.answer(self._waiting.popleft()))
            size += len(answers[-1])
            if not is_settled:
                self._waiting.extend(self._wire.received(b""))
        if answers:
            self._transport.write(b"".join(answers))
        if self._waiting:
            self._transport.pause_reading()
            if not self._is_unread:
                self._is_working = True
                self._loop.call_soon(self._work)
        elif self._wire.is_closed:
            self._transport.close()
        elif not self._is_unread:
            self._transport.resume_reading()

    def _hear(self, event: Event) -> None:
        """An event has happened, in whatever thread."""
        with suppress(RuntimeError):  # the loop is closed: nobody is there any more
            self._loop.call_soon_threadsafe(self._tell, event)

    def _tell(self, event: Event) -> None:
        if self._transport.is_closing():
            return
        if self._transport.get_write_buffer_size() > 2 * self._limits.unread:
            self._transport.abort()  # whoever never reads cannot be told of everything for ever
            return
        self._transport.write(self._wire.event(event))


@contextmanager
def serving(server: Server) -> Iterator[Address]:
    """The server in a thread and a loop of its own, for as long as the block lasts."""
    started: Future[tuple[Address, Callable[[], None]]] = Future()
    thread = Thread(target=_serve, args=(server, started), name="coodie_memory server", daemon=True)
    thread.start()
    try:
        address, stop = started.result()
    except BaseException:
        thread.join()
        raise
    try:
        yield address
    finally:
        stop()
        thread.join()


def _serve(server: Server, started: "Future[tuple[Address, Callable[[], None]]]") -> None:
    with asyncio.Runner() as runner:
        loop, stop = runner.get_loop(), asyncio.Event()

        def ready(address: Address) -> None:
            started.set_result((address, lambda: cast("None", loop.call_soon_threadsafe(stop.set))))

        try:
            runner.run(server.serve(stop, ready))
        except BaseException as reason:
            if started.done():
                raise
            started.set_exception(reason)
