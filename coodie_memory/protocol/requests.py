"""What a client asks, and the bytes of its body.

Unknown flag bits are tolerated, as the server does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntFlag
from typing import Final, Literal, NamedTuple, TypeAlias, assert_never

from coodie_memory.errors import ProtocolException
from coodie_memory.protocol.primitives import (
    Bound,
    Reader,
    byte,
    consistency,
    int_,
    listed,
    long,
    long_string,
    short_bytes,
    string,
    string_map,
    strings,
    unsigned,
    value,
)

EventType: TypeAlias = Literal["TOPOLOGY_CHANGE", "STATUS_CHANGE", "SCHEMA_CHANGE"]
BatchKind: TypeAlias = Literal["LOGGED", "UNLOGGED", "COUNTER"]

_EVENT_TYPES: Final[tuple[EventType, ...]] = ("TOPOLOGY_CHANGE", "STATUS_CHANGE", "SCHEMA_CHANGE")
_BATCH_KINDS: Final[tuple[BatchKind, ...]] = ("LOGGED", "UNLOGGED", "COUNTER")
_LEAST_LONG: Final = -(2**63)


class Parameters(NamedTuple):
    """What travels beside a statement; None is what was not sent.

    A tuple, since it takes a third of a dataclass's time to make; its fields are meant to be named.
    """

    consistency: str = "LOCAL_ONE"
    values: tuple[Bound, ...] | None = None
    names: tuple[str, ...] | None = None
    """The marker each of `values` is meant for; None where they come in order."""
    skip_metadata: bool = False
    page_size: int | None = None
    paging_state: bytes | None = None
    serial_consistency: str | None = None
    timestamp: int | None = None
    keyspace: str | None = None
    now_in_seconds: int | None = None


PLAIN: Final = Parameters()


@dataclass(frozen=True, slots=True)
class Startup:
    """The first request of a conversation; the options' names are in capitals."""

    options: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Options:
    """Asks what STARTUP may ask for."""


@dataclass(frozen=True, slots=True)
class AuthResponse:
    """A SASL token."""

    token: bytes


@dataclass(frozen=True, slots=True)
class Query:
    """A statement to be executed at once."""

    text: str
    parameters: Parameters = PLAIN


@dataclass(frozen=True, slots=True)
class Prepare:
    """A statement to be executed later; `keyspace` takes the place of the connection's."""

    text: str
    keyspace: str | None = None


class Execute(NamedTuple):
    """Runs a prepared statement; from version 5 on `metadata_id` says which result columns the client knows.

    A tuple for the same reason.
    """

    id: bytes
    parameters: Parameters = PLAIN
    metadata_id: bytes | None = None


@dataclass(frozen=True, slots=True)
class BatchStatement:
    """A text, or the id of a prepared statement, and its values."""

    query: str | bytes
    values: tuple[Bound, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """Statements executed together."""

    kind: BatchKind
    statements: tuple[BatchStatement, ...]
    parameters: Parameters = PLAIN


@dataclass(frozen=True, slots=True)
class Register:
    """Asks for events."""

    events: tuple[EventType, ...]


Request: TypeAlias = Startup | Options | AuthResponse | Query | Prepare | Execute | Batch | Register


class _Flag(IntFlag):
    VALUES = 0x01
    SKIP_METADATA = 0x02
    PAGE_SIZE = 0x04
    PAGING_STATE = 0x08
    SERIAL_CONSISTENCY = 0x10
    TIMESTAMP = 0x20
    NAMES_FOR_VALUES = 0x40
    KEYSPACE = 0x80
    NOW_IN_SECONDS = 0x100


# Plain integers, since a flag's own `&` takes twenty times as long, and each statement needs nine of them.
_VALUES, _SKIP, _PAGE_SIZE, _PAGING_STATE, _SERIAL, _TIMESTAMP, _NAMES, _KEYSPACE, _NOW = (
    int(flag) for flag in _Flag
)


# Writing: what a client does.


def encode(request: Request, version: int) -> bytes:
    """The request's body."""
    match request:
        case Startup():
            return string_map(request.options)
        case Options():
            return b""
        case AuthResponse():
            return value(request.token)
        case Query():
            return long_string(request.text) + _parameters(request.parameters, version)
        case Prepare():
            return long_string(request.text) + _prepare_flags(request, version)
        case Execute():
            result = short_bytes(request.metadata_id or b"") if version >= 5 else b""
            return short_bytes(request.id) + result + _parameters(request.parameters, version)
        case Batch():
            return (
                byte(_BATCH_KINDS.index(request.kind))
                + listed(request.statements, _statement)
                + _parameters(request.parameters, version)
            )
        case Register():
            return strings(request.events)
        case _:
            assert_never(request)


def _prepare_flags(request: Prepare, version: int) -> bytes:
    if version < 5:
        return b""
    return unsigned(0) if request.keyspace is None else unsigned(1) + string(request.keyspace)


def _statement(statement: BatchStatement) -> bytes:
    if isinstance(statement.query, str):
        query = byte(0) + long_string(statement.query)
    else:
        query = byte(1) + short_bytes(statement.query)
    return query + listed(statement.values, value)


def _parameters(parameters: Parameters, version: int) -> bytes:
    flags, body = 0, b""

    def add(flag: int, field: bytes) -> None:
        nonlocal flags, body
        flags |= flag
        body += field

    if parameters.values is not None and parameters.names is not None:
        named = [*zip(parameters.names, parameters.values, strict=True)]
        add(_VALUES | _NAMES, listed(named, lambda item: string(item[0]) + value(item[1])))
    elif parameters.values is not None:
        add(_VALUES, listed(parameters.values, value))
    if parameters.skip_metadata:
        add(_SKIP, b"")
    if parameters.page_size is not None:
        add(_PAGE_SIZE, int_(parameters.page_size))
    if parameters.paging_state is not None:
        add(_PAGING_STATE, value(parameters.paging_state))
    if parameters.serial_consistency is not None:
        add(_SERIAL, consistency(parameters.serial_consistency))
    if parameters.timestamp is not None:
        add(_TIMESTAMP, long(parameters.timestamp))
    if parameters.keyspace is not None:
        add(_KEYSPACE, string(parameters.keyspace))
    if parameters.now_in_seconds is not None:
        add(_NOW, unsigned(parameters.now_in_seconds))
    head = consistency(parameters.consistency)
    return head + (unsigned(flags) if version >= 5 else bytes([flags])) + body


# Reading: what the server does.


def decode_startup(body: Reader, _version: int) -> Startup:
    """The body of STARTUP."""
    return Startup({name.upper(): option for name, option in body.string_map().items()})


def decode_options(_body: Reader, _version: int) -> Options:
    """The body of OPTIONS, whatever it holds."""
    return Options()


def decode_auth_response(body: Reader, _version: int) -> AuthResponse:
    """The body of AUTH_RESPONSE."""
    return AuthResponse(body.value() or b"")


def decode_query(body: Reader, version: int) -> Query:
    """The body of QUERY."""
    return Query(body.long_string(), decode_parameters(body, version))


def decode_prepare(body: Reader, version: int) -> Prepare:
    """The body of PREPARE."""
    text = body.long_string()
    has_keyspace = version >= 5 and body.unsigned() & 1
    return Prepare(text, body.string() if has_keyspace else None)


def decode_execute(body: Reader, version: int) -> Execute:
    """The body of EXECUTE."""
    statement_id = body.short_bytes()
    metadata_id = body.short_bytes() if version >= 5 else None
    return Execute(statement_id, decode_parameters(body, version), metadata_id)


def decode_batch(body: Reader, version: int) -> Batch:
    """The body of BATCH."""
    number = body.signed_byte()

    def statement() -> BatchStatement:
        match body.signed_byte():
            case 0:
                query: str | bytes = body.long_string()
            case 1:
                query = body.short_bytes()
            case kind:
                raise ProtocolException(
                    f"Invalid query kind in BATCH messages. Must be 0 or 1 but got {kind}"
                )
        return BatchStatement(query, body.bounds(version))

    statements = body.listed(statement)
    parameters = decode_parameters(body, version)
    if not 0 <= number < len(_BATCH_KINDS):
        raise ProtocolException(f"Invalid BATCH message type {number}")
    return Batch(_BATCH_KINDS[number], statements, parameters)


def decode_register(body: Reader, _version: int) -> Register:
    """The body of REGISTER."""
    return Register(body.listed(lambda: _event_type(body.string())))


def _event_type(text: str) -> EventType:
    for known in _EVENT_TYPES:
        if known == text.upper():
            return known
    raise ProtocolException(f"Invalid value '{text}' for Type")


def decode_parameters(body: Reader, version: int) -> Parameters:
    """What follows the statement in QUERY, EXECUTE and BATCH."""
    level = body.consistency()
    flags = body.unsigned() if version >= 5 else body.byte()
    values: tuple[Bound, ...] | None = None
    names: tuple[str, ...] | None = None
    if flags & _VALUES:
        if flags & _NAMES:
            named = [(body.string(), body.bound(version)) for _ in range(body.short())]
            names, values = tuple([name for name, _ in named]), tuple([bound for _, bound in named])
        else:
            values = body.bounds(version)
    return Parameters(
        consistency=level,
        values=values,
        names=names,
        skip_metadata=flags & _SKIP != 0,
        page_size=body.int_() if flags & _PAGE_SIZE else None,
        paging_state=body.value() if flags & _PAGING_STATE else None,
        serial_consistency=body.consistency() if flags & _SERIAL else None,
        timestamp=_timestamp(body.long()) if flags & _TIMESTAMP else None,
        keyspace=body.string() if flags & _KEYSPACE else None,
        now_in_seconds=body.unsigned() if flags & _NOW else None,
    )


def _timestamp(micros: int) -> int:
    if micros == _LEAST_LONG:
        raise ProtocolException(
            f"Out of bound timestamp, must be in [{_LEAST_LONG + 1}, {2**63 - 1}] (got {micros})"
        )
    return micros
