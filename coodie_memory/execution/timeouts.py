"""USING TIMEOUT (Scylla): here everything is done at once, so that only a timeout of nothing is ever over."""

from collections.abc import Callable
from typing import TypeVar

from coodie_memory.errors import CqlError, InvalidRequest, ReadTimeout, ServerError, WriteTimeout
from coodie_memory.execution.context import Context
from coodie_memory.execution.evaluate import compiled
from coodie_memory.plan.nodes import Term
from coodie_memory.result import Result, Unset
from coodie_memory.schema.model import Table
from coodie_memory.types.durations import DURATION, Duration

R = TypeVar("R", bound=Result)
_MILLISECOND = 10**6


def within(
    timeout: Term | None, run: Callable[[Context], R], expired: Callable[[Context], CqlError]
) -> Callable[[Context], R]:
    """What executes a statement in its time; `expired` is the failure of one that has none."""
    if timeout is None:
        return run
    value = compiled(timeout)

    def in_time(context: Context) -> R:
        raw = value(context)
        if raw is None:
            raise InvalidRequest("Invalid null value of timeout")
        if isinstance(raw, Unset):
            raise InvalidRequest("Invalid unset value of timeout")
        if _nanoseconds(DURATION.decode(raw)) == 0:
            raise expired(context)
        return run(context)

    return in_time


def read_expired(table: Table) -> Callable[[Context], CqlError]:
    """The failure of a SELECT."""

    def expired(context: Context) -> CqlError:
        level = context.options.consistency
        return ReadTimeout(
            _message(f"{table.keyspace}.{table.name}", level),
            consistency=level,
            received=0,
            required=1,
            data_present=False,
        )

    return expired


def write_expired(what: str, write_type: str) -> Callable[[Context], CqlError]:
    """The failure of a write."""

    def expired(context: Context) -> CqlError:
        level = context.options.consistency
        return WriteTimeout(
            _message(what, level), consistency=level, received=0, required=1, write_type=write_type
        )

    return expired


def truncation_expired(table: Table) -> Callable[[Context], CqlError]:
    """The failure of a TRUNCATE, which is none of the two."""
    return lambda _context: ServerError(f"Timeout while truncating {table.keyspace}.{table.name}")


def _message(what: str, level: str) -> str:
    return f"Operation timed out for {what} - received only 0 responses from 1 CL={level}."


def _nanoseconds(duration: Duration | None) -> int:
    if duration is None:
        raise InvalidRequest("Invalid empty value of timeout")
    if duration.months or duration.days:
        raise InvalidRequest("Timeout values cannot be longer than 24h")
    if duration.nanoseconds % _MILLISECOND:
        raise InvalidRequest("Timeout values cannot have granularity finer than milliseconds")
    if duration.nanoseconds < 0:
        raise InvalidRequest("Timeout values must be non-negative")
    return duration.nanoseconds
