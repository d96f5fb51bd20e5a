"""A whole conversation as bytes: what a transport needs, be it a socket or a driver in this process."""

from collections.abc import Callable, Iterator
from typing import Final

from coodie_memory.endpoint.conversation import Endpoint
from coodie_memory.endpoint.service import Service
from coodie_memory.errors import Overloaded
from coodie_memory.protocol.connection import EVENT_STREAM, Received, Refusal, ServerConnection, Stage
from coodie_memory.protocol.inbound import FRAME_LIMIT
from coodie_memory.protocol.primitives import Address
from coodie_memory.protocol.responses import Error, Event

_TOO_MUCH: Final = "Server is in overloaded state. Cannot accept more requests at this point"


class Wire:
    """One client: its bytes in, ours out. `send` is given the events, from any thread.

    `in_segments` False is for a client in this process, which hands over envelopes in version 5, too.
    """

    def __init__(
        self,
        service: Service,
        send: Callable[[Event], None],
        client: Address,
        *,
        frame_limit: int = FRAME_LIMIT,
        in_segments: bool = True,
    ) -> None:
        self._connection: Final = ServerConnection(
            spoken=service.versions, frame_limit=frame_limit, in_segments=in_segments
        )
        self._endpoint: Final = Endpoint(service, send, client)

    @property
    def is_closed(self) -> bool:
        """Whether to hang up once everything is sent."""
        return self._connection.closed

    @property
    def is_settled(self) -> bool:
        """Whether the client has found its way in: before, what follows a request is kept until that is answered."""
        return self._connection.stage is Stage.READY

    def received(self, data: bytes) -> list[Received]:
        """What has become complete with these bytes."""
        return self._connection.receive_bytes(data)

    def answer(self, received: Received) -> bytes:
        """The bytes to send for it."""
        if isinstance(received, Refusal):
            return received.reply
        answer = self._endpoint.answer(received)
        return self._connection.send(
            answer.response,
            answer.stream,
            warnings=answer.warnings,
            tracing_id=answer.tracing_id,
            payload=answer.payload,
        )

    @property
    def throws_on_overload(self) -> bool:
        """Whether the client asked to be refused what is too much at once."""
        return self._connection.throws_on_overload

    def refusal(self, received: Received) -> bytes:
        """The bytes to send where there is too much to do already."""
        if isinstance(received, Refusal):
            return received.reply
        return self._connection.send(Error(Overloaded(_TOO_MUCH)), received.stream)

    def answers(self, data: bytes) -> Iterator[bytes]:
        """The answers to all that these bytes complete, each made when it is asked for."""
        pending = self.received(data)
        while pending:
            is_settled = self.is_settled
            yield from map(self.answer, pending)
            pending = [] if is_settled else self.received(b"")

    def event(self, event: Event) -> bytes:
        """The bytes of an event."""
        return self._connection.send(event, EVENT_STREAM)

    def close(self) -> None:
        """The client is gone."""
        self._endpoint.close()
