"""The measured as tables, and beside the targets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.measure import Micros

MEASURE = "sqlite"
FLAT = 1.5
"""How many times as long something may take that does not depend on the number of rows."""


@dataclass(frozen=True)
class Target:
    """A quantity with its limit, in the quantity's unit; `at_least` tells the side."""

    quantity: str
    value: float
    limit: float
    unit: str
    at_least: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the value is on the right side."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def __str__(self) -> str:
        side = "≥" if self.at_least else "≤"
        verdict = "ok" if self.is_met else "MISSED"
        return f"{self.quantity:<64}{self.value:>10.3g}  {side} {self.limit:g} {self.unit:<12}{verdict}"


def tables(micros: Micros, names: Sequence[str]) -> Iterator[str]:
    """A table for each operation: microseconds, and how often it fits into sqlite's time."""
    for operation, sizes in micros.items():
        yield f"\n{operation:<22}" + "".join(f"{f'{size} rows':>24}" for size in sizes)
        for name in names:
            yield f"  {name:<20}" + "".join(f"{_entry(sizes[size], name):>24}" for size in sizes)


def _entry(found: dict[str, float], name: str) -> str:
    if name not in found:
        return "-"
    if MEASURE not in found:
        return f"{found[name]:.1f} µs"
    return f"{found[name]:.1f} µs ({found[MEASURE] / found[name]:5.2f} x)"


def ratio_targets(micros: Micros) -> Iterator[Target]:
    """The targets against sqlite, each at the size where it is hardest, and against the own growth."""
    for name, share in (("engine", 2), ("ODM", 6)):
        for operation in ("write", "read by key"):
            ratios = [found[MEASURE] / found[name] for found in micros[operation].values() if name in found]
            if ratios:
                yield Target(
                    f"{name}: {operation}, against sqlite, worst size",
                    min(ratios),
                    1 / share,
                    "",
                    at_least=True,
                )
    for operation in ("write", "read by key", "by index, 10 hits"):
        small, large = (micros[operation].get(size, {}).get("engine") for size in (1000, 100_000))
        if small and large:
            yield Target(f"engine: {operation} at 10⁵ rows, against 10³", large / small, FLAT, "")
    scans = micros["filter, 1 hit in 10"].get(10_000, {})
    if "engine" in scans:
        # On a slow machine sqlite's scan of the same rows is the measure.
        limit = max(10, 10 * scans.get(MEASURE, 0) / 1e3)
        yield Target("engine: filtered scan of 10 k rows, 1 k hits", scans["engine"] / 1e3, limit, "ms")
