"""What the server says, and the bytes of its body: answers and events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, TypeAlias, TypeVar, assert_never, cast, get_args

from coodie_memory.errors import CqlError, ProtocolException
from coodie_memory.protocol import columns as described
from coodie_memory.protocol import errors
from coodie_memory.protocol.columns import Columns, Omitted
from coodie_memory.protocol.primitives import (
    Address,
    Reader,
    inet,
    int_,
    short,
    short_bytes,
    string,
    string_multimap,
    strings,
    value,
)
from coodie_memory.result import Change, Raw, Target

N = TypeVar("N", bound=str)
TopologyChangeKind: TypeAlias = Literal["NEW_NODE", "REMOVED_NODE", "MOVED_NODE"]
Status: TypeAlias = Literal["UP", "DOWN"]

_VOID, _ROWS, _SET_KEYSPACE, _PREPARED, _SCHEMA_CHANGE = 1, 2, 3, 4, 5
_SHARE_TABLE, _MORE_PAGES, _NO_METADATA, _METADATA_CHANGED = 1, 2, 4, 8


@dataclass(frozen=True, slots=True)
class Ready:
    """The connection is ready, or what was asked for is registered."""


@dataclass(frozen=True, slots=True)
class Authenticate:
    """The client must authenticate, with the named class of the server."""

    authenticator: str


@dataclass(frozen=True, slots=True)
class AuthChallenge:
    """Another round of SASL."""

    token: bytes


@dataclass(frozen=True, slots=True)
class AuthSuccess:
    """The client is who it says."""

    token: bytes | None = None


@dataclass(frozen=True, slots=True)
class Supported:
    """What STARTUP may ask for."""

    options: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, eq=False)
class Error:
    """A refusal; equal if class, message and fields are."""

    error: CqlError

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Error)
            and type(self.error) is type(other.error)
            and vars(self.error) == vars(other.error)
        )

    def __hash__(self) -> int:
        return hash((self.error.code, self.error.message))


@dataclass(frozen=True, slots=True)
class Void:
    """Done; nothing to tell."""


class Rows(NamedTuple):
    """Rows in wire bytes.

    `columns` are `Omitted` where the client knows them; a `metadata_id` says that they are others than it knew. A tuple,
    since it takes a third of a dataclass's time to make.
    """

    columns: Columns | Omitted
    rows: Sequence[Sequence[Raw]]
    paging_state: bytes | None = None
    metadata_id: bytes | None = None


@dataclass(frozen=True, slots=True)
class SetKeyspace:
    """USE took effect."""

    keyspace: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement that can be executed: its markers, which of them are the partition key's, and its result's columns.

    Versions before 5 have no `metadata_id`.
    """

    id: bytes
    markers: Columns
    partition_key: tuple[int, ...] = ()
    columns: Columns | Omitted = described.NO_COLUMNS
    metadata_id: bytes | None = None


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """A schema statement's answer; see `result.SchemaChange`."""

    change: Change
    target: Target
    keyspace: str
    name: str = ""
    argument_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SchemaChanged:
    """Event: somebody changed the schema."""

    change: SchemaChange


@dataclass(frozen=True, slots=True)
class TopologyChanged:
    """Event: a node joined, left or moved."""

    change: TopologyChangeKind
    address: Address
    port: int


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """Event: a node went up or down."""

    status: Status
    address: Address
    port: int


Result: TypeAlias = Void | Rows | SetKeyspace | Prepared | SchemaChange
Event: TypeAlias = SchemaChanged | TopologyChanged | StatusChanged
Response: TypeAlias = Ready | Authenticate | AuthChallenge | AuthSuccess | Supported | Error | Result | Event


# Writing: what the server does.


def encode(response: Response, version: int) -> bytes:
    """The response's body."""
    match response:
        case Rows():
            return _rows(response, version)
        case Void():
            return int_(_VOID)
        case Error(error):
            return errors.encode(error, version)
        case Prepared():
            return _prepared(response, version)
        case SetKeyspace(keyspace):
            return int_(_SET_KEYSPACE) + string(keyspace)
        case SchemaChange():
            return int_(_SCHEMA_CHANGE) + _schema_change(response, version)
        case SchemaChanged(change):
            return string("SCHEMA_CHANGE") + _schema_change(change, version)
        case TopologyChanged(change, address, port):
            return string("TOPOLOGY_CHANGE") + string(change) + inet(address, port)
        case StatusChanged(status, address, port):
            return string("STATUS_CHANGE") + string(status) + inet(address, port)
        case Ready():
            return b""
        case Supported(options):
            return string_multimap(options)
        case Authenticate(authenticator):
            return string(authenticator)
        case AuthChallenge(token) | AuthSuccess(token):
            return value(token)
        case _:
            assert_never(response)


def _rows(rows: Rows, version: int) -> bytes:
    parts = [
        int_(_ROWS),
        _metadata(rows.columns, version, rows.paging_state, rows.metadata_id),
        int_(len(rows.rows)),
    ]
    for row in rows.rows:
        parts += [b"\xff\xff\xff\xff" if raw is None else len(raw).to_bytes(4) + raw for raw in row]
    return b"".join(parts)


def _metadata(
    columns: Columns | Omitted,
    version: int,
    paging_state: bytes | None = None,
    metadata_id: bytes | None = None,
) -> bytes:
    if isinstance(columns, Omitted):
        flags, count, specs = _NO_METADATA, columns.count, b""
    else:
        flags, count, specs = 0, len(columns), columns.encode(version)
    if columns.share_table:
        flags |= _SHARE_TABLE
    extras = b""
    if paging_state is not None:
        flags |= _MORE_PAGES
        extras = value(paging_state)
    if metadata_id is not None and version >= 5:
        flags |= _METADATA_CHANGED
        extras += short_bytes(metadata_id)
    return int_(flags) + int_(count) + extras + specs


def _prepared(prepared: Prepared, version: int) -> bytes:
    markers = prepared.markers
    # Indexes would say little about markers of several tables.
    indexes = prepared.partition_key if markers.share_table else ()
    return b"".join(
        (
            int_(_PREPARED),
            short_bytes(prepared.id),
            short_bytes(prepared.metadata_id or described.NO_RESULT_ID) if version >= 5 else b"",
            int_(_SHARE_TABLE if markers.share_table else 0),
            int_(len(markers)),
            int_(len(indexes)) + b"".join(map(short, indexes)) if version >= 4 else b"",
            markers.encode(version),
            _metadata(prepared.columns, version),
        )
    )


def _schema_change(change: SchemaChange, version: int) -> bytes:
    if change.target in ("FUNCTION", "AGGREGATE"):
        if version < 4:  # not known there
            return _texts("UPDATED", "KEYSPACE", change.keyspace, "")
        head = _texts(change.change, change.target, change.keyspace, change.name)
        return head + strings(change.argument_types)
    name = () if change.target == "KEYSPACE" else (change.name,)
    return _texts(change.change, change.target, change.keyspace, *name)


def _texts(*texts: str) -> bytes:
    return b"".join(map(string, texts))


# Reading: what a client does.


def decode_ready(_body: Reader, _version: int) -> Ready:
    """The body of READY."""
    return Ready()


def decode_authenticate(body: Reader, _version: int) -> Authenticate:
    """The body of AUTHENTICATE."""
    return Authenticate(body.string())


def decode_challenge(body: Reader, _version: int) -> AuthChallenge:
    """The body of AUTH_CHALLENGE."""
    return AuthChallenge(body.value() or b"")


def decode_success(body: Reader, _version: int) -> AuthSuccess:
    """The body of AUTH_SUCCESS."""
    return AuthSuccess(body.value())


def decode_supported(body: Reader, _version: int) -> Supported:
    """The body of SUPPORTED."""
    return Supported(body.string_multimap())


def decode_error(body: Reader, version: int) -> Error:
    """The body of ERROR."""
    return Error(errors.decode(body, version))


def decode_result(body: Reader, version: int) -> Result:
    """The body of RESULT."""
    match body.int_():
        case 1:
            return Void()
        case 2:
            return _decode_rows(body)
        case 3:
            return SetKeyspace(body.string())
        case 4:
            return _decode_prepared(body, version)
        case 5:
            return _decode_schema_change(body)
        case kind:
            raise ProtocolException(f"Unknown kind id {kind} in RESULT message")


def _decode_rows(body: Reader) -> Rows:
    columns, paging_state, metadata_id = _decode_metadata(body)
    count = columns.count if isinstance(columns, Omitted) else len(columns)
    number = _counted(body.int_(), body, width=4 * count)
    rows = tuple([tuple([body.value() for _ in range(count)]) for _ in range(number)])
    return Rows(columns, rows, paging_state, metadata_id)


def _decode_metadata(body: Reader) -> tuple[Columns | Omitted, bytes | None, bytes | None]:
    flags, count = body.int_(), body.int_()
    paging_state = body.value() if flags & _MORE_PAGES else None
    metadata_id = body.short_bytes() if flags & _METADATA_CHANGED else None
    share_table = flags & _SHARE_TABLE != 0
    if flags & _NO_METADATA:
        return Omitted(count, share_table), paging_state, metadata_id
    columns = described.decode(body, _counted(count, body), share_table=share_table)
    return columns, paging_state, metadata_id


def _decode_prepared(body: Reader, version: int) -> Prepared:
    statement_id = body.short_bytes()
    metadata_id = body.short_bytes() if version >= 5 else None
    flags, count = body.int_(), body.int_()
    indexes = tuple([body.short() for _ in range(_counted(body.int_(), body))]) if version >= 4 else ()
    markers = described.decode(body, _counted(count, body), share_table=flags & _SHARE_TABLE != 0)
    columns, _, _ = _decode_metadata(body)
    return Prepared(statement_id, markers, indexes, columns, metadata_id)


def _counted(count: int, body: Reader, width: int = 1) -> int:
    """The count, unless the rest of the body cannot hold so many items of at least `width` bytes."""
    if count < 0 or count * max(width, 1) > body.rest:
        raise ProtocolException(f"Not enough bytes to read {count} items")
    return count


def _decode_schema_change(body: Reader) -> SchemaChange:
    change = _one_of(_CHANGES, body.string(), "Change")
    target = _one_of(_TARGETS, body.string(), "Target")
    keyspace = body.string()
    name = "" if target == "KEYSPACE" else body.string()
    argument_types = body.strings() if target in ("FUNCTION", "AGGREGATE") else ()
    return SchemaChange(change, target, keyspace, name, argument_types)


def decode_event(body: Reader, _version: int) -> Event:
    """The body of EVENT."""
    match body.string():
        case "SCHEMA_CHANGE":
            return SchemaChanged(_decode_schema_change(body))
        case "TOPOLOGY_CHANGE":
            return TopologyChanged(_one_of(_TOPOLOGY_CHANGES, body.string(), "Change"), *body.inet())
        case "STATUS_CHANGE":
            return StatusChanged(_one_of(_STATUSES, body.string(), "Status"), *body.inet())
        case kind:
            raise ProtocolException(f"Invalid value '{kind}' for Type")


_CHANGES: Final = cast("tuple[Change, ...]", get_args(Change))
_TARGETS: Final = cast("tuple[Target, ...]", get_args(Target))
_TOPOLOGY_CHANGES: Final = cast("tuple[TopologyChangeKind, ...]", get_args(TopologyChangeKind))
_STATUSES: Final = cast("tuple[Status, ...]", get_args(Status))


def _one_of(names: Sequence[N], text: str, what: str) -> N:
    for name in names:
        if name == text:
            return name
    raise ProtocolException(f"Invalid value '{text}' for {what}")
