"""How a request went, in `system_traces.sessions` and `events`, for a day."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, TypeAlias

from coodie_memory.endpoint.service import Known, Service
from coodie_memory.protocol.primitives import Address, Bound
from coodie_memory.protocol.requests import Batch, Execute, Parameters, Prepare, Query
from coodie_memory.result import ColumnSpec, Unset

Traceable: TypeAlias = Query | Prepare | Execute | Batch
_SESSION: Final = (
    "INSERT INTO system_traces.sessions (session_id, client, command, coordinator, coordinator_port, duration,"
    " parameters, request, started_at) VALUES (?, ?, 'QUERY', ?, 7000, ?, ?, ?, ?) USING TTL 86400"
)
_EVENT: Final = (
    "INSERT INTO system_traces.events (session_id, event_id, activity, source, source_elapsed, source_port, thread)"
    " VALUES (?, ?, ?, ?, ?, 7000, 'Native-Transport-Requests-1') USING TTL 86400"
)
_LONGEST_LITERAL: Final = 1000


class Trace:
    """One traced request: events as they happen, the session's row at the end."""

    def __init__(self, service: Service, client: Address) -> None:
        self.id = service.engine.timeuuid()
        self._engine = service.engine
        self._session = service.session()
        self._client = client
        self._started = service.engine.micros

    def event(self, activity: str) -> None:
        """Something happened now."""
        engine = self._engine
        elapsed = engine.micros - self._started
        self._session.execute(_EVENT, (self.id, engine.timeuuid(), activity, engine.node.address, elapsed))

    def finish(self, request: str, parameters: Mapping[str, str]) -> None:
        """The request is answered."""
        engine = self._engine
        self._session.execute(
            _SESSION,
            (
                self.id,
                self._client,
                engine.node.address,
                engine.micros - self._started,
                dict(parameters),
                request,
                datetime.fromtimestamp(self._started // 1000 / 1000, UTC),
            ),
        )


def headline(request: Traceable) -> str:
    """What the trace calls the request."""
    match request:
        case Query():
            return "Execute CQL3 query"
        case Prepare():
            return "Preparing CQL3 query"
        case Execute():
            return "Execute CQL3 prepared query"
        case Batch():
            return "Execute batch of CQL3 queries"


def parameters(request: Traceable, known: Known | None) -> dict[str, str]:
    """What the trace says of the request; `known` is the statement of an EXECUTE."""
    match request:
        case Query():
            return _levels(request.parameters) | {"query": request.text}
        case Prepare():
            return {"query": request.text}
        case Batch():
            return _levels(request.parameters)
        case Execute():
            return _levels(request.parameters) | ({} if known is None else _bound(request.parameters, known))


def _levels(given: Parameters) -> dict[str, str]:
    said = {
        "consistency_level": given.consistency,
        "serial_consistency_level": given.serial_consistency or "SERIAL",
    }
    if given.page_size is not None and given.page_size > 0:
        said["page_size"] = str(given.page_size)
    return said


def _bound(given: Parameters, known: Known) -> dict[str, str]:
    said = {"query": known.prepared.text}
    for index, (marker, value) in enumerate(zip(known.prepared.markers, given.values or (), strict=False)):
        said[f"bound_var_{index}_{marker.name}"] = _literal(marker, value)
    return said


def _literal(marker: ColumnSpec, value: Bound) -> str:
    if isinstance(value, Unset):
        return "<unset>"
    if value is None:
        return "null"
    text = marker.type.to_cql(value)
    return text if len(text) <= _LONGEST_LITERAL else text[:_LONGEST_LITERAL] + "...'"
