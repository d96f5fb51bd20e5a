"""Service levels: how much of the server those get to whose roles a level is attached."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from coodie_memory.types.durations import Duration
from coodie_memory.types.quoting import identifier
from coodie_memory.value import Value, replace

Workload: TypeAlias = Literal["batch", "interactive"]
DEFAULT_SHARES = 1000
_MILLISECOND = 1_000_000


class ServiceLevel(Value):
    """A level. `timeout` is in milliseconds; what is None is not said."""

    name: str
    timeout: int | None = None
    workload: Workload | None = None
    shares: int = DEFAULT_SHARES

    @property
    def duration(self) -> Duration | None:
        """The time-out as a value of CQL."""
        return None if self.timeout is None else Duration(0, 0, self.timeout * _MILLISECOND)

    def create_statement(self) -> str:
        """The statement that makes it."""
        options = [
            *([] if self.timeout is None else [f"TIMEOUT = {self.timeout}ms"]),
            *([] if self.workload is None else [f"WORKLOAD_TYPE = '{self.workload}'"]),
            f"SHARES = {self.shares}",
        ]
        return f"CREATE SERVICE LEVEL {identifier(self.name)} WITH {' AND '.join(options)};"


class Effect(Value):
    """What several levels together grant, and which of them each part comes from."""

    level: ServiceLevel
    timeout_of: str
    workload_of: str
    shares_of: str


def effect(levels: Sequence[ServiceLevel]) -> Effect:
    """What all these levels, at least one, mean for a role that has them: the least of each."""
    first, *others = levels
    found = Effect(first, first.name, first.name, first.name)
    for other in others:
        found = _merged(found, other)
    return found


def _merged(found: Effect, other: ServiceLevel) -> Effect:
    level = found.level
    if level.timeout is None or (other.timeout is not None and other.timeout < level.timeout):
        level, found = replace(level, timeout=other.timeout), replace(found, timeout_of=other.name)
    workload = level.workload or other.workload
    if "batch" in (level.workload, other.workload):
        workload = "batch"
    if workload != level.workload:
        level, found = replace(level, workload=workload), replace(found, workload_of=other.name)
    if other.shares < level.shares:
        level, found = replace(level, shares=other.shares), replace(found, shares_of=other.name)
    return replace(found, level=level)
