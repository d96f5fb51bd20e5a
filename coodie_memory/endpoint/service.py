"""What all conversations of a cluster share: the engine, the statements that clients know by id, who may come in."""

from collections.abc import Callable
from typing import Final

from coodie_memory.endpoint.authentication import Credentials, RoleCredentials
from coodie_memory.engine import Engine
from coodie_memory.errors import Unprepared
from coodie_memory.protocol import versions
from coodie_memory.protocol.columns import NO_RESULT_ID, Columns, columns_of
from coodie_memory.protocol.versions import Versions
from coodie_memory.session import Plans, Prepared, Session

_STATEMENTS: Final = 16_384


def never_full() -> bool:
    """There is always room."""
    return False


class Service:
    """One cluster, as its endpoints see it.

    `credentials` are asked for where there are any. `is_full` tells that no more is to be written. `echoes_payload`
    sends custom payloads back, as servers under test do.
    """

    def __init__(
        self,
        engine: Engine,
        plans: Plans,
        *,
        credentials: Credentials | RoleCredentials | None = None,
        is_full: Callable[[], bool] = never_full,
        echoes_payload: bool = False,
    ) -> None:
        self.engine = engine
        self.plans = plans
        self.credentials = credentials
        self.is_full = is_full
        self.echoes_payload = echoes_payload
        self.statements = Statements(engine)

    @property
    def versions(self) -> Versions:
        """The protocol's versions that are spoken here."""
        return versions.CASSANDRA if self.engine.dialect.speaks_version_5 else versions.SCYLLA

    def session(self, keyspace: str | None = None) -> Session:
        """A session of its own for a conversation."""
        return Session(self.engine, self.plans, keyspace)

    def timestamp(self) -> int:
        """Microseconds with which a client of this process dates a write: the cluster's clock is its clock, too."""
        with self.engine.lock:
            return self.engine.next_timestamp()


class Known:
    """A statement that clients know by its id, in its latest form.

    `result` are the columns of its rows as the client heard of them with PREPARED; None if there were none.
    """

    __slots__ = ("markers", "prepared", "result")

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        self.markers = Columns(prepared.markers)
        self.result = None if prepared.columns is None else columns_of(prepared.columns)

    @property
    def metadata_id(self) -> bytes:
        """The digest of `result`."""
        return NO_RESULT_ID if self.result is None else self.result.metadata_id


class Statements:
    """Prepared statements by id: bounded, the longest unprepared go first. They outlive changes of the schema that do not touch them."""

    def __init__(self, engine: Engine, limit: int = _STATEMENTS) -> None:
        self._engine = engine
        self._limit = limit
        self._known: dict[bytes, Known] = {}

    def remember(self, prepared: Prepared) -> Known:
        """Note what PREPARED tells a client."""
        known = Known(prepared)
        self._known.pop(prepared.id, None)
        self._known[prepared.id] = known
        if len(self._known) > self._limit:
            self._known.pop(next(iter(self._known)), None)
        return known

    def get(self, statement_id: bytes) -> Known | None:
        """The statement as it is."""
        return self._known.get(statement_id)

    def current(self, statement_id: bytes, session: Session) -> Known:
        """The statement, planned for the present schema.

        `Unprepared` where what it is about has changed, so that its client prepares it again and hears what it is now.
        """
        known = self._known.get(statement_id)
        if known is None:
            raise _unprepared(statement_id)
        if known.prepared.schema is self._engine.schema:
            return known
        if session.has_forgotten(known.prepared):
            self._known.pop(statement_id, None)
            raise _unprepared(statement_id)
        known.prepared = session.renewed(known.prepared)
        return known


def _unprepared(statement_id: bytes) -> Unprepared:
    return Unprepared(
        f"Prepared query with ID {statement_id.hex()} not found (either the query was not prepared on this host (maybe"
        " the host has been restarted?) or you have prepared too many queries and it has been evicted from the internal"
        " cache)",
        statement_id=statement_id,
    )
