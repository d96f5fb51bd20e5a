"""What one execution knows beside its plan: the bound values, the moment, the client's options."""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias
from uuid import UUID

from coodie_memory.clock import SECOND
from coodie_memory.engine import Engine
from coodie_memory.result import Unset

Bound: TypeAlias = bytes | Unset | None
"""A bound value: wire bytes, null, or unset."""


class Options(NamedTuple):
    """What a client says beside the statement. `page_size` None or below 1 means no paging.

    `timestamp` is the protocol's default timestamp in microseconds; `now_in_seconds` is the second by which this
    statement judges and sets expiry, in place of the clock's. A tuple, since a driver's statement makes one each time;
    its fields are meant to be named.
    """

    consistency: str = "LOCAL_ONE"
    serial_consistency: str = "SERIAL"
    page_size: int | None = None
    paging_state: bytes | None = None
    timestamp: int | None = None
    now_in_seconds: int | None = None


DEFAULTS = Options()


class Context:
    """One execution of one plan, at one moment: the one in which it is first asked for.

    `warnings` collects client warnings.

    `user` is the role that has logged in. `are_valid`: the values were encoded here, by their markers' types; what came over a wire is validated where it is used.
    `are_whole`: they are valid, and none of them is null or unset. `asks_nobody`: it has turned out that WHERE names
    nothing, so that no replica was to be asked.
    """

    __slots__ = (
        "_micros",
        "_timestamp",
        "are_valid",
        "are_whole",
        "asks_nobody",
        "engine",
        "options",
        "user",
        "values",
        "warnings",
    )

    def __init__(self, engine: Engine, values: Sequence[Bound], options: Options = DEFAULTS) -> None:
        self.engine = engine
        self.values = values
        self.are_valid = False
        self.are_whole = False
        self.asks_nobody = False
        self.user: str | None = None
        self.options = options
        self.warnings: list[str] = []
        self._micros: int | None = None
        self._timestamp = options.timestamp

    @property
    def micros(self) -> int:
        """Microseconds since the epoch."""
        if self._micros is None:
            self._micros = self.engine.clock.micros()
        return self._micros

    @property
    def now(self) -> int:
        """The second by which expiry is judged and set."""
        given = self.options.now_in_seconds
        return self.micros // SECOND if given is None else given

    @property
    def timestamp(self) -> int:
        """The statement's write time in microseconds: the client's, or the engine's, the same at every call."""
        if self._timestamp is None:
            self._timestamp = self.engine.timestamp_at(self.micros)
        return self._timestamp

    def next_timestamp(self) -> int:
        """Microseconds greater than any given before, for what has a write time of its own."""
        return self.engine.timestamp_at(self.micros)

    def timeuuid(self) -> UUID:
        """A version 1 UUID of this moment, greater than any given before."""
        return self.engine.timeuuid()

    def uuid(self) -> UUID:
        """A random UUID from the cluster's randomness."""
        return self.engine.uuid()
