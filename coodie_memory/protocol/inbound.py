"""From bytes to envelopes, on the server's side: what is found, and what is wrong with it.

Versions 3 and 4, and every version until STARTUP is answered, send envelopes one after the other.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

from coodie_memory.errors import CqlError, InvalidRequest, ProtocolException, ServerError
from coodie_memory.protocol import versions
from coodie_memory.protocol.envelopes import ASKED, HEADER_LENGTH, USE_BETA, BadOpcode, Header, header
from coodie_memory.protocol.versions import Versions, WrongVersion

FRAME_LIMIT: Final = 16 << 20


@dataclass(slots=True)  # frozen would take three times as long, and each request makes one
class Envelope:
    """Header and body as they came."""

    head: Header
    body: bytes


@dataclass(frozen=True, slots=True)
class Fault:
    """What must be answered with an error, in `version` if it is not the connection's."""

    error: CqlError
    stream: int = 0
    version: int | None = None
    is_fatal: bool = False
    """The server hangs up."""


Found: TypeAlias = Envelope | Fault | None
"""None: there is not enough yet."""


class Stuck:
    """What a stream comes to that the server meets again and again, without a way past it: once for each read."""

    def __init__(self, fault: Fault) -> None:
        self._fault = fault
        self._due = False

    def read(self) -> None:
        """Another read."""
        self._due = True

    def next(self) -> Fault | None:
        """The fault, if there was another read."""
        fault = self._fault if self._due else None
        self._due = False
        return fault


class UnframedInput:
    """The envelopes of a stream, however it is cut."""

    def __init__(self, spoken: Versions, limit: int = FRAME_LIMIT) -> None:
        self.too_long = too_long_request
        """What is said of an envelope beyond the limit."""
        self._versions = spoken
        self._limit = limit
        self._buffer = b""
        self._at = 0
        self._waiting = list[bytes]()
        self._missing = 0
        self._too_long: Header | None = None
        self._discard = 0
        self._stuck: Stuck | None = None

    def feed(self, data: bytes) -> None:
        """Takes what arrived."""
        if self._stuck is not None:
            if data:
                self._stuck.read()
            return
        if self._at == len(self._buffer) and not self._waiting:  # as is usual, whole requests come
            self._buffer, self._at = data, 0
            return
        # A long body comes in many pieces: they are joined once.
        self._waiting.append(data)
        self._missing -= len(data)
        if self._missing <= 0:
            self._buffer = b"".join((self._buffer[self._at :], *self._waiting))
            self._at, self._missing = 0, 0
            self._waiting.clear()

    @property
    def rest(self) -> bytes:
        """What was not looked at yet."""
        return b"".join((self._buffer[self._at :], *self._waiting))

    def next(self) -> Found:
        """The next envelope, or what stands in its place."""
        if self._stuck is not None:
            return self._stuck.next()
        if self._too_long is not None:
            return self._discarded(self._too_long)
        buffer, at = self._buffer, self._at
        rest = len(buffer) - at
        if not rest or self._missing > 0:
            return None
        if buffer[at] & 0x7F not in self._versions.numbers:
            return self._wrong_version(buffer[at] & 0x7F)
        if rest < HEADER_LENGTH:
            return None
        head = header(buffer, at)
        if fault := wrong_header(head):
            self._stuck = Stuck(fault)
            return fault
        total = HEADER_LENGTH + head.length
        if total > self._limit:
            self._too_long, self._discard = head, total
            return self._discarded(head)
        if rest < total:
            self._missing = total - rest
            return None
        self._at = at + total
        return Envelope(head, buffer[at + HEADER_LENGTH : self._at])

    def _wrong_version(self, number: int) -> Fault | None:
        try:
            self._versions.check(number)
        except WrongVersion as error:
            self._at = len(self._buffer)  # whatever it is, it cannot be read
            return Fault(error, version=error.answer_version)
        return None

    def _discarded(self, head: Header) -> Fault | None:
        there = min(self._discard, len(self._buffer) - self._at)
        self._at += there
        self._discard -= there
        if self._discard:
            return None
        self._too_long = None
        return Fault(self.too_long(head, self._limit), head.stream)


def too_long_request(head: Header, limit: int) -> InvalidRequest:
    """The refusal of a request where nothing is framed."""
    return InvalidRequest(
        f"Request is too big: length {HEADER_LENGTH + head.length} exceeds maximum allowed length {limit}."
    )


def too_long_message(head: Header, limit: int) -> InvalidRequest:
    """The same from version 5 on, the version being settled."""
    return InvalidRequest(f"CQL Message of size {head.length} bytes exceeds allowed maximum of {limit} bytes")


def wrong_header(head: Header) -> Fault | None:
    """What is wrong with a header whose version is spoken."""
    if head.first < versions.BETA and head.opcode in ASKED:
        return None
    if head.version == versions.BETA and not head.flags & USE_BETA:
        return Fault(beta_unset(), version=versions.BETA)
    if head.opcode >= 0x80:  # negative where the server counts
        return Fault(
            ServerError(
                f"java.lang.ArrayIndexOutOfBoundsException: Index {head.opcode - 0x100} out of bounds for length 17"
            )
        )
    try:
        head.check_opcode()
    except BadOpcode as error:
        return Fault(error, head.stream)
    return None


def beta_unset() -> ProtocolException:
    """The refusal of a version that is not finished."""
    return ProtocolException(
        f"Beta version of the protocol used ({versions.name(versions.BETA)}), but USE_BETA flag is unset"
    )
