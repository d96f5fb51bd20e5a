"""USING TIMESTAMP and TTL: when a write happened and until when it lasts."""

from collections.abc import Callable
from datetime import UTC, datetime

from coodie_memory.clock import SECOND
from coodie_memory.errors import InvalidRequest
from coodie_memory.execution.context import Context
from coodie_memory.execution.evaluate import compiled
from coodie_memory.plan.nodes import Term
from coodie_memory.plan.write import NO_ATTRIBUTES, Attributes
from coodie_memory.result import Unset
from coodie_memory.schema.model import Table
from coodie_memory.storage.cell import NEVER, Stamp, made

MAX_TTL = 20 * 365 * 24 * 3600
_FUTURE = 3 * 24 * 3600 * SECOND
_LEAST, _GREATEST = -(2**63) + 1, 2**63 - 1


def timestamp(term: Term | None) -> Callable[[Context], int | None]:
    """What the clause says; None where it is missing or unset."""
    if term is None:
        return lambda _context: None
    value = compiled(term, may_be_unset=True)

    def given(context: Context) -> int | None:
        raw = value(context)
        if raw is None:
            raise InvalidRequest("Invalid null value of timestamp")
        if isinstance(raw, Unset):
            return None
        micros = int.from_bytes(raw, "big", signed=True)
        if micros > context.micros + _FUTURE and context.engine.dialect.restricts_future_timestamps:
            raise InvalidRequest(
                "Cannot provide a timestamp more than 3 days into the future. "
                "If this was not intended, make sure the timestamp is in microseconds"
            )
        return micros

    return given


def ttl(term: Term | None, table: Table) -> Callable[[Context], int]:
    """Seconds to live; 0 is for ever."""
    default: int = table.options["default_time_to_live"]
    if term is None:
        return _default_ttl(table, default)
    value = compiled(term, may_be_unset=True)

    def given(context: Context) -> int:
        raw = value(context)
        if isinstance(raw, Unset):
            return default
        refusals = context.engine.dialect.write_refusals
        if raw is None and refusals.null_ttl is not None:
            raise InvalidRequest(refusals.null_ttl)
        # The empty value counts as null, and null as "none, whatever the table says".
        seconds = int.from_bytes(raw or b"", "big", signed=True)
        if seconds < 0:
            raise InvalidRequest(refusals.negative_ttl.format(seconds))
        if seconds > MAX_TTL:
            raise InvalidRequest(f"ttl is too large. requested ({seconds}) maximum ({MAX_TTL})")
        _require_expiry_in_reach(context, table, seconds, "")
        return seconds

    return given


def _default_ttl(table: Table, default: int) -> Callable[[Context], int]:
    def given(context: Context) -> int:
        _require_expiry_in_reach(context, table, default, "default ")
        return default

    return given if default else lambda _context: 0


def stamping(given: Attributes, table: Table) -> Callable[[Context], Stamp]:
    """What gives the stamp of a write that stands alone."""
    own, seconds = timestamp(given.timestamp), ttl(given.ttl, table)
    if given == NO_ATTRIBUTES and not table.options["default_time_to_live"]:
        return lambda context: stamp(context.timestamp, 0, 0)

    def stamped(context: Context) -> Stamp:
        micros = own(context)
        return stamp(context.timestamp if micros is None else micros, seconds(context), context.now)

    return stamped


def stamp(micros: int, seconds: int, now: int) -> Stamp:
    """The stamp of a write at `micros`, in second `now`."""
    if not _LEAST <= micros <= _GREATEST:
        raise InvalidRequest(f"Out of bound timestamp, must be in [{_LEAST}, {_GREATEST}]")
    return made(Stamp, (micros, seconds, now + seconds if seconds else NEVER))


def _require_expiry_in_reach(context: Context, table: Table, seconds: int, which: str) -> None:
    latest = context.engine.dialect.latest_expiry
    if seconds and latest is not None and context.now + seconds > latest:
        moment = datetime.fromtimestamp(latest, UTC).isoformat()
        raise InvalidRequest(
            f"Request on table {table.keyspace}.{table.name} with {which}ttl of {seconds} seconds exceeds maximum"
            f" supported expiration date of {moment}. In order to avoid this use a lower TTL, change the expiration"
            " date overflow policy or upgrade to a version where this limitation is fixed."
            " See CASSANDRA-14092 and CASSANDRA-14227 for more details."
        )
