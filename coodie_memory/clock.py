"""Time, which the engine never asks of the process directly.

Microseconds since the epoch, UTC. A clock belongs to one cluster; moving it moves TTL, WRITETIME, `now()` and
gc_grace of that cluster and of nothing else: `time.monotonic` and event loops are not touched.
"""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

SECOND = 1_000_000
_UNITS = {"us": 1, "ms": 1_000, "s": SECOND, "m": 60 * SECOND, "h": 3600 * SECOND, "d": 86400 * SECOND}
_PART = r"(\d+(?:\.\d+)?)(us|ms|s|m|h|d)"


class Clock:
    """A clock that runs with the system's until it is advanced, set or frozen."""

    def __init__(self, source: Callable[[], int] = lambda: time.time_ns() // 1_000) -> None:
        self._source = source
        self._offset = 0
        self._frozen_at: int | None = None

    def micros(self) -> int:
        """Microseconds since the epoch; equal or greater at each call unless the clock is set back."""
        return self._source() + self._offset if self._frozen_at is None else self._frozen_at

    def now(self) -> datetime:
        """The clock's time as an aware `datetime` in UTC."""
        return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=self.micros())

    def advance(self, span: str | float | timedelta) -> None:
        """Move forward by `"1h"`, `"1m30s"`, a number of seconds or a timedelta; a frozen clock stays frozen."""
        micros = _micros(span)
        if micros < 0:
            raise ValueError(f"a clock is advanced forward, not by {span!r}; set() takes any moment")
        if self._frozen_at is not None:
            self._frozen_at += micros
        else:
            self._offset += micros

    def freeze(self, at: datetime | None = None) -> None:
        """Stop here, or at the aware moment `at`, until `resume`."""
        if at is not None:
            self.set(at)
        self._frozen_at = self.micros()

    def set(self, moment: datetime) -> None:
        """Jump to an aware moment, forward or back."""
        if moment.tzinfo is None:
            raise ValueError(
                f"{moment!r} has no time zone; give an aware datetime, such as one with tzinfo=UTC"
            )
        micros = (moment - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)
        if self._frozen_at is not None:
            self._frozen_at = micros
        else:
            self._offset = micros - self._source()

    def resume(self) -> None:
        """Run on from where the clock was frozen."""
        if self._frozen_at is not None:
            self._offset = self._frozen_at - self._source()
            self._frozen_at = None


def _micros(span: str | float | timedelta) -> int:
    match span:
        case timedelta():
            return span // timedelta(microseconds=1)
        case str():
            parts = re.findall(_PART, span)
            if not parts or "".join(number + unit for number, unit in parts) != span:
                raise ValueError(f"{span!r} is no span of time; write it as '1h', '1m30s', '250ms'")
            return sum(round(float(number) * _UNITS[unit]) for number, unit in parts)
        case _:
            return round(span * SECOND)
