"""Writes collected to be sent together: the one mutable thing of the ODM's pure side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from coodie.backend import connections
from coodie.exceptions import InvalidQueryError
from coodie.statement import (
    BatchKind,
    BatchRequest,
    Consistency,
    SerialConsistency,
    Statement,
    check_levels,
    check_timeout,
    check_whole,
)

if TYPE_CHECKING:
    from coodie.results import LWTResult

T = TypeVar("T")


class BatchBase:
    """What batches of both faces are; `save(batch=…)` and its like put statements in.

    Logged unless told otherwise; counters make it a counter batch. Counters and other writes, or writes to two
    connections, do not go together.
    """

    def __init__(
        self,
        logged: bool = True,  # noqa: FBT001, FBT002  # the name that callers of the PyPI package write
        batch_type: BatchKind | str | None = None,
        timestamp: int | None = None,
        consistency: Consistency | None = None,
        connection: str | None = None,
        *,
        serial_consistency: SerialConsistency | None = None,
        timeout: float | None = None,
    ) -> None:
        check_levels(consistency, serial_consistency)
        check_timeout(timeout)
        check_whole("timestamp", timestamp, bits=64)
        kind = None if batch_type is None else _kind(batch_type)
        self.result: LWTResult | None = None
        self._logged = logged
        self._kind = kind
        self._timestamp = timestamp
        self._consistency = consistency
        self._serial_consistency = serial_consistency
        self._timeout = timeout
        self._connection = connection
        self._connection_is_known = connection is not None
        self._statements: list[Statement] = []
        self._when_applied: list[Callable[[], None]] = []
        self._of_counters: bool | None = None

    def add(self, statement: Statement | str, params: Sequence[Any] = ()) -> None:
        """One more statement, or its text and the values of its `?`, whatever it writes to."""
        if isinstance(statement, str):
            statement = Statement(statement, tuple(params))
        elif params:
            raise InvalidQueryError(f"{statement!r} has its own parameters")
        self._statements.append(statement)

    def join(
        self, statement: Statement, when_applied: Callable[[], None], *, counts: bool, connection: str | None
    ) -> None:
        """One more write of a model, and what it means for the document; refused where it does not go with the others."""
        if self._connection_is_known and connections.named(connection) != connections.named(self._connection):
            raise InvalidQueryError(
                f"a batch goes to one connection: {connection or 'the default'!r} joins {self._connection or 'the default'!r}"
            )
        if (self._of_counters is not None and counts != self._of_counters) or (
            self._kind is not None and counts != (self._kind == "counter")
        ):
            raise InvalidQueryError("counters and other writes do not go into one batch")
        self._connection, self._connection_is_known, self._of_counters = connection, True, counts
        self._statements.append(statement)
        self._when_applied.append(when_applied)

    def __connection__(self) -> str | None:
        """The name of the connection it goes to; None for the default one."""
        return self._connection

    def taken(self) -> "Taken":
        """What was collected; the batch is empty afterwards."""
        taken = Taken(self._request(), tuple(self._when_applied))
        self.drop()
        return taken

    def keep_if(self, wanted: bool) -> None:  # noqa: FBT001  # named by the method
        """Forget what was collected unless it is wanted: a block that raised sends nothing."""
        if not wanted:
            self.drop()

    def drop(self) -> None:
        """Forget what was collected."""
        self._statements, self._when_applied, self._of_counters = [], [], None

    def _request(self) -> BatchRequest | None:
        if not self._statements:
            return None
        kind = self._kind or ("counter" if self._of_counters else "logged" if self._logged else "unlogged")
        return BatchRequest(
            tuple(self._statements),
            kind,
            self._timestamp,
            self._consistency or _agreed([each.consistency for each in self._statements]),
            self._serial_consistency or _agreed([each.serial_consistency for each in self._statements]),
            _agreed([each.timeout for each in self._statements]) if self._timeout is None else self._timeout,
        )


def _kind(written: str) -> BatchKind:
    """`"unlogged"`, or, as CQL writes it, `"UNLOGGED"`."""
    for kind in _KINDS:
        if kind == written.lower():
            return kind
    raise InvalidQueryError(f"{written!r} is no kind of batch; there are {', '.join(_KINDS)}")


_KINDS: tuple[BatchKind, ...] = get_args(BatchKind)


def _agreed(said: Sequence[T | None]) -> T | None:
    """What all statements want, or None: a batch runs in one way, which is not one's to choose for the others."""
    return said[0] if all(each == said[0] for each in said) else None


@dataclass(frozen=True, slots=True)
class Taken:
    """What a batch had collected."""

    request: BatchRequest | None
    """None if there is nothing to send."""
    when_applied: tuple[Callable[[], None], ...]
    """What its success means for the documents it was collected from."""
