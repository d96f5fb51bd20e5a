"""Timing several contestants fairly: in turns, each one's best round counts.

Time is the processor's that this thread has had: all of it happens here, and what else the machine does is nobody's merit.
What else it does still shows, in caches that others have filled: `machine` tells how busy it is, and ratios of one run say
more than microseconds.
"""

import gc
import os
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from time import thread_time
from typing import Final, TypeAlias

from benchmarks import task
from benchmarks.contestants import Contestant

ROUNDS: Final = 31
ROUND_SECONDS: Final = 0.01
ENOUGH_SECONDS: Final = 0.5
"""What the rounds of one contestant may take together, unless told otherwise."""
PATIENCE_SECONDS: Final = 5.0
"""An operation that is expected to take longer is left out, and so is loading ten times as long."""

Micros: TypeAlias = dict[str, dict[int, dict[str, float]]]
"""Operation → rows → contestant → microseconds."""


@dataclass
class Field:
    """A contestant and what it has in it; `sizes` grow."""

    contestant: Contestant
    size: int = 0
    load_seconds: float = 0.0
    new: Iterator[int] = field(default_factory=count)

    def grow(self, size: int) -> bool:
        """Load up to `size` rows; False where that would take too long."""
        if self.size and self.load_seconds * size / self.size > 10 * PATIENCE_SECONDS:
            return False
        start = thread_time()
        self.contestant.load(range(self.size, size))
        self.load_seconds += thread_time() - start
        self.size = size
        # Rows that are written while measuring lie behind all that will be loaded.
        self.new = count(10**6 + size * 10)
        return True


def operations(size: int) -> dict[str, Callable[[Field], Callable[[int], object]]]:
    """What is measured: for a field, the operation repeated so many times."""
    chance = random.Random(size)
    numbers = [chance.randrange(size) for _ in range(5000)]
    partitions = [number // task.PARTITION for number in numbers]
    tickets = [number // task.TICKET for number in numbers]
    return {
        "read by key": lambda field: lambda times: field.contestant.read(numbers[:times]),
        "filter, 1 hit in 10": lambda field: lambda times: field.contestant.filter("todo", times),
        "partition of 100": lambda field: lambda times: field.contestant.slice(partitions[:times]),
        "by index, 10 hits": lambda field: lambda times: field.contestant.indexed(tickets[:times]),
        # Last, since it adds rows.
        "write": lambda field: lambda times: field.contestant.write([next(field.new) for _ in range(times)]),
    }


def run(contestants: Sequence[Contestant], sizes: Sequence[int], tell: Callable[[str], None]) -> Micros:
    """Every operation at every size."""
    fields = [Field(contestant) for contestant in contestants]
    micros: Micros = {}
    for size in sizes:
        tell(f"… {size} rows")
        fields = [each for each in fields if each.grow(size)]
        for operation, prepared in operations(size).items():
            before = micros.setdefault(operation, {}).get(size // 10, {})
            able = [
                each for each in fields if before.get(each.contestant.name, 0) * 10 < PATIENCE_SECONDS * 1e6
            ]
            most = max(50, size // 20) if operation == "write" else 5000
            micros[operation][size] = best({each.contestant.name: prepared(each) for each in able}, most)
    return micros


def best(
    repeated: Mapping[str, Callable[[int], object]],
    most: int = 5000,
    *,
    clock: Callable[[], float] = thread_time,
    rounds: int = ROUNDS,
    enough: float = ENOUGH_SECONDS,
) -> dict[str, float]:
    """Microseconds for once, of each; in turns, so that a noisy second hits all of them.

    Where the `clock` is the wall's, a round has to fit between two of the times at which others get the processor: then
    `rounds` are many, and `most` is small. Who has had `enough` seconds gets no further round.
    """
    times = {name: _calibrated(repeat, most, clock) for name, repeat in repeated.items()}
    seconds, spent = dict.fromkeys(repeated, float("inf")), dict.fromkeys(repeated, 0.0)
    gc.collect()
    gc.freeze()  # what is there by now is not looked at again before each round
    try:
        for _ in range(rounds):
            for name, repeat in repeated.items():
                if spent[name] > enough:
                    continue
                gc.collect()
                start = clock()
                repeat(times[name])
                took = clock() - start
                seconds[name], spent[name] = min(seconds[name], took / times[name]), spent[name] + took
    finally:
        gc.unfreeze()
    return {name: second * 1e6 for name, second in seconds.items()}


def machine() -> str:
    """How much of the machine others ask for: what takes part in a report."""
    return f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"


def _calibrated(repeat: Callable[[int], object], most: int, clock: Callable[[], float]) -> int:
    times = 1
    while times < most:
        start = clock()
        repeat(times)
        if clock() - start > ROUND_SECONDS / 2:
            break
        times *= 2
    return min(times, most)
