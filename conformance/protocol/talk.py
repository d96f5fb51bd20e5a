"""What a client and a server say to each other, message by message, as lines that can be compared.

Values that two servers choose freely have no place in the lines: ids are numbered as they appear, a paging state or a
trace is only mentioned, and the keyspace is called `ks`, whatever its name.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from conformance.answer import escaped, told_warnings, wire_name
from conformance.wire import Transport
from coodie_memory.errors import CqlError
from coodie_memory.protocol.client import ClientConnection
from coodie_memory.protocol.columns import Columns, Omitted
from coodie_memory.protocol.envelopes import EVENT_STREAM, Answer
from coodie_memory.protocol.requests import (
    AuthResponse,
    Batch,
    BatchStatement,
    Execute,
    Options,
    Parameters,
    Prepare,
    Query,
    Register,
    Request,
    Startup,
)
from coodie_memory.protocol.responses import (
    Error,
    Event,
    Prepared,
    Response,
    Rows,
    SchemaChange,
    SchemaChanged,
    SetKeyspace,
    Supported,
    Void,
)
from coodie_memory.result import Raw, Unset

Connect: TypeAlias = Callable[[], Transport]
_STREAM = 1


class Minutes:
    """The lines of a conversation, and the names of what its lines do not spell out."""

    def __init__(self, keyspace: str) -> None:
        self.keyspace = keyspace
        self._lines: list[str] = []
        self._numbers: dict[bytes, int] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def add(self, line: str) -> None:
        self._lines.append(escaped(line).replace(self.keyspace, "ks"))

    def name(self, identity: bytes | None) -> str:
        """Ids are numbered; texts that pass for ids are shown."""
        if identity is None:
            return "none"
        if len(identity) != 16:
            return repr(identity)
        return f"#{self._numbers.setdefault(identity, len(self._numbers) + 1)}"


class Talk:
    """A client of one version, from STARTUP on; who it is stands before its lines."""

    def __init__(self, connect: Connect, version: int, minutes: Minutes, who: str = "") -> None:
        self.version = version
        self.minutes = minutes
        self.keyspace = minutes.keyspace
        self._connect = connect
        self._who = who
        self._transport = connect()
        self._connection = ClientConnection(version)
        self._unheard: list[Answer] = []
        self._others: list[Talk] = []
        self.ask(Startup({"CQL_VERSION": "3.0.0"}), quietly=True)

    def close(self) -> None:
        for each in (*self._others, self._transport):
            each.close()

    def another(self, who: str, version: int | None = None) -> "Talk":
        """Another client, whose lines come between; it goes when this one goes."""
        other = Talk(self._connect, version or self.version, self.minutes, f"{who} ")
        self._others.append(other)
        return other

    def ask(
        self,
        request: Request,
        *,
        tracing: bool = False,
        payload: Mapping[str, Raw] | None = None,
        quietly: bool = False,
    ) -> Response:
        """The response; `quietly`, neither it nor the request is written down."""
        self._transport.sendall(self._connection.send(request, _STREAM, tracing=tracing, payload=payload))
        answer = self._next(_STREAM)
        if not quietly:
            self._write(">", _request(request, self.minutes) + ("  -- traced" if tracing else ""))
            self._note(answer)
        return answer.response

    def query(self, text: str, *, quietly: bool = False, **parameters: Any) -> Response:
        return self.ask(Query(text, Parameters(**parameters)), quietly=quietly)

    def prepare(self, text: str, keyspace: str | None = None) -> Prepared:
        response = self.ask(Prepare(text, keyspace))
        assert isinstance(response, Prepared), response
        return response

    def execute(
        self, prepared: Prepared, *values: Raw | Unset, metadata_id: bytes | None = None, **parameters: Any
    ) -> Response:
        known = (metadata_id or prepared.metadata_id or b"") if self.version >= 5 else None
        return self.ask(Execute(prepared.id, Parameters(values=values, **parameters), known))

    def columns(self, text: str) -> None:
        """Writes down what columns a query has, and nothing of its rows."""
        response = self.query(text, quietly=True)
        self._write(">", text)
        if isinstance(response, Rows):
            self._write("<", f"rows {_columns(response.columns)}")
        else:
            self._note(Answer(_STREAM, response))

    def send_bytes(self, data: bytes) -> None:
        """Bytes that no client should send, as they stand."""
        self._transport.sendall(data)

    def hear(self) -> Event:
        """The next event."""
        answer = self._next(EVENT_STREAM)
        self._note(answer)
        assert isinstance(answer.response, SchemaChanged), answer
        return answer.response

    @property
    def unheard(self) -> list[Answer]:
        """Events that have come and were not asked for."""
        return self._unheard

    def _next(self, stream: int) -> Answer:
        while True:
            for answer in self._unheard:
                if answer.stream == stream:
                    self._unheard.remove(answer)
                    return answer
            data = self._transport.recv(1 << 16)
            if not data:
                raise EOFError("the server hung up")
            self._unheard += self._connection.receive_bytes(data)

    def _write(self, direction: str, line: str) -> None:
        self.minutes.add(f"{self._who}{direction} {line}")

    def _note(self, answer: Answer) -> None:
        first, *rest = _response(answer.response, self.minutes)
        self._write("<", first + (", traced" if answer.tracing_id else ""))
        for line in rest:
            self.minutes.add(f"    {line}")
        for warning in told_warnings(answer.warnings):
            self.minutes.add(f"    {warning}")
        if answer.payload is not None:
            self.minutes.add(f"    payload of {len(answer.payload)}")


def _request(request: Request, minutes: Minutes) -> str:
    match request:
        case Query(text, parameters):
            return text + _parameters(parameters)
        case Prepare(text, keyspace):
            return f"prepare {text}" + (f"  -- in {keyspace}" if keyspace else "")
        case Execute(identity, parameters, metadata_id):
            known = f", knowing {minutes.name(metadata_id)}" if metadata_id is not None else ""
            return f"execute {minutes.name(identity)}{known}{_parameters(parameters)}"
        case Batch(kind, statements, parameters):
            entries = "; ".join(_entry(entry, minutes) for entry in statements)
            return f"batch {kind} {entries}{_parameters(parameters)}"
        case Register(events):
            return f"register {', '.join(events)}"
        case Startup(options):
            return f"startup {dict(options)}"
        case Options():
            return "options"
        case AuthResponse(token):
            return f"auth response {token!r}"


def _entry(entry: BatchStatement, minutes: Minutes) -> str:
    query = entry.query if isinstance(entry.query, str) else minutes.name(entry.query)
    return query + (f" {_values(entry.values)}" if entry.values else "")


def _parameters(given: Parameters) -> str:
    told = {
        name: value
        for name, value in given._asdict().items()
        if value != Parameters._field_defaults[name] and value != ()
    }
    if "values" in told:
        told["values"] = _values(told["values"])
    if "paging_state" in told:
        told["paging_state"] = (
            "that of the page before" if len(told["paging_state"]) > 3 else told["paging_state"]
        )
    return f"  -- {', '.join(f'{name} {value}' for name, value in told.items())}" if told else ""


def _values(values: tuple[Raw | Unset, ...]) -> str:
    return f"[{', '.join(map(_value, values))}]"


def _value(value: Raw | Unset) -> str:
    return f"0x{value.hex()}" if isinstance(value, bytes) else "null" if value is None else "unset"


def _response(response: Response, minutes: Minutes) -> list[str]:
    match response:
        case Void():
            return ["void"]
        case SetKeyspace(keyspace):
            return [f"keyspace {keyspace}"]
        case SchemaChange() as change:
            return [_change(change)]
        case SchemaChanged(change):
            return [f"event: {_change(change)}"]
        case Prepared():
            return _prepared(response, minutes)
        case Rows():
            return _rows(response, minutes)
        case Error(error):
            return _error(error, minutes)
        case Supported(options):
            return [
                "supported",
                *(f"{name}: {', '.join(values)}" for name, values in sorted(options.items())),
            ]
        case _:
            return [repr(response)]


def _change(change: SchemaChange) -> str:
    name = ".".join(filter(None, (change.keyspace, change.name)))
    arguments = f"({', '.join(change.argument_types)})" if change.target in ("FUNCTION", "AGGREGATE") else ""
    return f"{change.change} {change.target} {name}{arguments}"


def _prepared(prepared: Prepared, minutes: Minutes) -> list[str]:
    known = "" if prepared.metadata_id is None else f", its result {minutes.name(prepared.metadata_id)}"
    return [
        f"prepared {minutes.name(prepared.id)}{known}",
        f"markers {_columns(prepared.markers)}, partition key {list(prepared.partition_key)}",
        f"result {_columns(prepared.columns)}",
    ]


def _rows(rows: Rows, minutes: Minutes) -> list[str]:
    more = ", and more" if rows.paging_state is not None else ""
    changed = "" if rows.metadata_id is None else f", now {minutes.name(rows.metadata_id)}"
    return [f"rows {_columns(rows.columns)}{more}{changed}", *(_row(rows.columns, row) for row in rows.rows)]


def _columns(columns: Columns | Omitted) -> str:
    if isinstance(columns, Omitted):
        return f"of {columns.count} columns that are not told{'' if columns.share_table else ', of no one table'}"
    if columns.share_table:
        first = columns.specs[0]
        return f"of {first.keyspace}.{first.table}: " + " | ".join(
            f"{spec.name} {wire_name(spec.type)}" for spec in columns.specs
        )
    return " | ".join(
        f"{spec.keyspace}.{spec.table}.{spec.name} {wire_name(spec.type)}" for spec in columns.specs
    )


def _row(columns: Columns | Omitted, row: Any) -> str:
    if isinstance(columns, Omitted):
        return " | ".join(map(_value, row))
    return " | ".join(
        "null" if raw is None else spec.type.to_cql(raw) for spec, raw in zip(columns.specs, row, strict=True)
    )


def _error(error: CqlError, minutes: Minutes) -> list[str]:
    fields = {name: value for name, value in vars(error).items() if name != "message"}
    if isinstance(identity := fields.get("statement_id"), bytes):
        fields["statement_id"] = minutes.name(identity)
    message = error.message
    if identity:
        message = message.replace(identity.hex(), minutes.name(identity))
    head = f"{type(error).__name__} 0x{error.code:04x}: {message}"
    return [head, *(f"{name} {value}" for name, value in fields.items())]


def number(value: int) -> bytes:
    """An int as it is bound."""
    return value.to_bytes(4, signed=True)
