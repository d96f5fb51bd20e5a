"""From a request to its answer: what the native protocol's messages mean to the engine."""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, TypeAlias, assert_never

from coodie_memory import errors
from coodie_memory.endpoint import authentication, tracing
from coodie_memory.endpoint.activities import activities
from coodie_memory.endpoint.service import Known, Service
from coodie_memory.errors import CqlError, InvalidRequest, ProtocolException
from coodie_memory.execution.context import DEFAULTS, Bound
from coodie_memory.execution.context import Options as ExecutionOptions
from coodie_memory.plan.batch import BatchPlan
from coodie_memory.plan.planner import Plan
from coodie_memory.plan.write import WritePlan
from coodie_memory.protocol import compression, responses
from coodie_memory.protocol.columns import NO_COLUMNS, Columns, Omitted, columns_of
from coodie_memory.protocol.envelopes import Answer, Incoming
from coodie_memory.protocol.primitives import Address
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
from coodie_memory.protocol.responses import Event, Response
from coodie_memory.result import Result, Rows, SchemaChange, SetKeyspace, Void
from coodie_memory.session import Prepared

logger = logging.getLogger("coodie_memory")
_MARKERS_AT_MOST: Final = 0xFFFF
_VOID: Final = responses.Void()
Told: TypeAlias = tuple[Response, tuple[str, ...]]
"""An answer and its warnings."""


class Endpoint:
    """One client's conversation. `send` takes the events that it registers for, from any thread; close it at the end."""

    def __init__(self, service: Service, send: Callable[[Event], None], client: Address) -> None:
        self._service = service
        self._send = send
        self._client = client
        self._session = service.session()

    def answer(self, incoming: Incoming) -> Answer:
        """The answer to a request: every refusal is one, too."""
        payload = incoming.payload if self._service.echoes_payload else None
        request = incoming.request
        if incoming.tracing and isinstance(request, tracing.Traceable):
            trace = tracing.Trace(self._service, self._client)
            response, warnings = self._traced(request, trace)
            return Answer(incoming.stream, response, warnings, trace.id, payload)
        response, warnings = self._told(request)
        return Answer(incoming.stream, response, warnings, None, payload)

    def close(self) -> None:
        """The client is gone: it hears of no more events."""
        self._service.engine.listeners.pop(self._hear, None)

    def _traced(self, request: tracing.Traceable, trace: tracing.Trace) -> Told:
        known = self._service.statements.get(request.id) if isinstance(request, Execute) else None
        if isinstance(request, Query | Prepare):
            trace.event(f"Parsing {request.text}")
            trace.event("Preparing statement")
        plan = self._planned(request)
        told = self._told(request)
        response, _ = told
        if plan is not None and not isinstance(response, responses.Error):
            for activity in activities(plan, response):
                trace.event(activity)
        trace.finish(tracing.headline(request), tracing.parameters(request, known))
        return told

    def _planned(self, request: tracing.Traceable) -> Plan | None:
        """What a request is going to execute; None if nothing, or if it is going to be refused."""
        with suppress(CqlError):
            match request:
                case Query():
                    return self._session.prepare(request.text, request.parameters.keyspace).plan
                case Execute():
                    return self._service.statements.current(request.id, self._session).prepared.plan
                case Batch():
                    plans = [
                        self._entry(entry, request.parameters.keyspace)[0].plan
                        for entry in request.statements
                    ]
                    return BatchPlan(
                        request.kind, tuple(plan for plan in plans if isinstance(plan, WritePlan))
                    )
                case Prepare():
                    pass
        return None

    def _told(self, request: Request) -> Told:
        try:
            return self._responded(request)
        except CqlError as error:
            return responses.Error(error), ()
        except Exception as error:
            logger.exception("%s could not be answered", type(request).__name__)
            return responses.Error(errors.ServerError(f"{type(error).__name__}: {error}")), ()

    def _responded(self, request: Request) -> Told:
        match request:
            case Execute():
                return self._execute(request)
            case Query():
                return self._query(request)
            case Batch():
                return self._batch(request)
            case Prepare():
                return self._prepare(request), ()
            case Register():
                return self._register(request), ()
            case Startup():
                return self._start(), ()
            case AuthResponse():
                return self._authenticate(request), ()
            case Options():
                return self._supported(), ()
            case _:
                assert_never(request)

    # Statements.

    def _query(self, query: Query) -> Told:
        given = query.parameters
        _check_page_size(given)
        prepared = self._session.prepare(query.text, self._existing(given.keyspace))
        values = _arranged(prepared, given)
        if len(values) != len(prepared.markers):
            raise InvalidRequest("Invalid amount of bind variables")
        result = self._run(prepared, values, given)
        if not isinstance(result, Rows):
            return _response(result)
        columns = columns_of(result.metadata)
        return _rows(result, columns.omitted if given.skip_metadata else columns), result.warnings

    def _prepare(self, request: Prepare) -> responses.Prepared:
        prepared = self._session.prepare(request.text, self._existing(request.keyspace))
        if len(prepared.markers) > _MARKERS_AT_MOST:
            raise InvalidRequest(
                f"Too many markers(?). {len(prepared.markers)} markers exceed the allowed maximum of {_MARKERS_AT_MOST}"
            )
        known = self._service.statements.remember(prepared)
        return responses.Prepared(
            prepared.id,
            known.markers,
            prepared.scope.partition_key,
            known.result or NO_COLUMNS,
            known.metadata_id,
        )

    def _execute(self, execute: Execute) -> Told:
        given = execute.parameters
        known = self._service.statements.current(execute.id, self._session)
        prepared = known.prepared
        _check_page_size(given)
        # The session counts them.
        result = self._run(prepared, _arranged(prepared, given), given)
        if not isinstance(result, Rows):
            return _response(result)
        return _known_rows(result, known, execute), result.warnings

    def _batch(self, batch: Batch) -> Told:
        keyspace = self._existing(batch.parameters.keyspace)
        entries = [self._entry(statement, keyspace) for statement in batch.statements]
        if any(prepared.stores for prepared, _ in entries):
            self._check_room()
        result = self._session.execute_batch_raw(entries, batch.kind, _options(batch.parameters))
        if not isinstance(result, Rows):
            return _response(result)
        return _rows(result, columns_of(result.metadata)), result.warnings

    def _entry(self, statement: BatchStatement, keyspace: str | None) -> tuple[Prepared, Sequence[Bound]]:
        query = statement.query
        if isinstance(query, str):
            prepared = self._session.prepare(query, keyspace)
        else:
            prepared = self._service.statements.current(query, self._session).prepared
        if len(statement.values) != len(prepared.markers):
            raise InvalidRequest(
                f"There were {len(prepared.markers)} markers(?) in CQL but {len(statement.values)} bound variables"
            )
        return prepared, statement.values

    def _run(self, prepared: Prepared, values: Sequence[Bound], given: Parameters) -> Result:
        if prepared.stores:
            self._check_room()
        return self._session.execute_raw(prepared, values, _options(given))

    def _existing(self, keyspace: str | None) -> str | None:
        if keyspace is not None and self._service.engine.schema.keyspace(keyspace) is None:
            raise InvalidRequest(f"Keyspace '{keyspace}' does not exist")
        return keyspace

    def _check_room(self) -> None:
        if self._service.is_full():
            raise errors.Overloaded("The server's memory limit is reached: nothing was written")

    # The connection itself.

    def _start(self) -> Response:
        if self._service.credentials is None:
            return responses.Ready()
        return responses.Authenticate(authentication.CLASS_NAME)

    def _authenticate(self, response: AuthResponse) -> Response:
        if self._service.credentials is None:
            raise ProtocolException("Unexpected message AUTH_RESPONSE: nobody is asked who they are")
        name = self._service.credentials.check(response.token)
        if self._service.credentials.are_roles:
            self._session.user = name
        return responses.AuthSuccess()

    def _supported(self) -> responses.Supported:
        return responses.Supported(
            {
                "CQL_VERSION": [self._service.engine.dialect.cql_version],
                "COMPRESSION": compression.available(),
                "PROTOCOL_VERSIONS": self._service.versions.names,
            }
        )

    def _register(self, request: Register) -> responses.Ready:
        # One node, which neither joins nor leaves: the other events never happen.
        if "SCHEMA_CHANGE" in request.events:
            self._service.engine.listeners[self._hear] = None
        return responses.Ready()

    def _hear(self, change: SchemaChange) -> None:
        self._send(responses.SchemaChanged(_change(change)))


def _check_page_size(given: Parameters) -> None:
    if given.page_size == 0:
        raise ProtocolException("The page size cannot be 0")


def _options(given: Parameters) -> ExecutionOptions:
    return ExecutionOptions(
        consistency=given.consistency,
        serial_consistency=given.serial_consistency or DEFAULTS.serial_consistency,
        page_size=given.page_size,
        paging_state=given.paging_state,
        timestamp=given.timestamp,
        now_in_seconds=given.now_in_seconds,
    )


def _arranged(prepared: Prepared, given: Parameters) -> Sequence[Bound]:
    """The values in the order of the markers, those that have a name by it; too few where a name is missing."""
    values = given.values or ()
    if given.names is None:
        return values
    named = dict(zip(reversed(given.names), reversed(values), strict=True))
    return [named[marker.name] for marker in prepared.markers if marker.name in named]


def _known_rows(result: Rows, known: Known, execute: Execute) -> responses.Rows:
    """Rows for a client that may know their columns.

    Those of a conditional statement differ from time to time: nobody is to remember them.
    """
    columns, skips = columns_of(result.metadata), execute.parameters.skip_metadata
    if known.prepared.is_conditional:
        return _rows(result, columns)
    if execute.metadata_id is None:
        return _rows(result, columns.omitted if skips else columns)
    if execute.metadata_id != columns.metadata_id:
        return _rows(result, columns, columns.metadata_id)
    return _rows(result, columns.omitted if skips else columns)


def _rows(result: Rows, columns: Columns | Omitted, metadata_id: bytes | None = None) -> responses.Rows:
    return responses.Rows(columns, result.raw, result.paging_state, metadata_id)


def _response(result: Void | SetKeyspace | SchemaChange) -> Told:
    match result:
        case Void():
            return _VOID, result.warnings
        case SetKeyspace():
            return responses.SetKeyspace(result.keyspace), result.warnings
        case SchemaChange():
            return _change(result), result.warnings
        case _:
            assert_never(result)


def _change(change: SchemaChange) -> responses.SchemaChange:
    return responses.SchemaChange(
        change.change, change.target, change.keyspace, change.name, change.argument_types
    )
