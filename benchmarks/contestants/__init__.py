"""Who competes: each does the same things to the same rows, in the way its users would."""

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import Protocol


class Contestant(Protocol):
    """Something that stores rows. Operations come in batches, so that nobody pays for the measuring loop."""

    name: str

    def load(self, numbers: range) -> None:
        """Store the rows of these numbers, in whatever way is quickest."""

    def write(self, numbers: Sequence[int]) -> None:
        """Store rows one by one."""

    def read(self, numbers: Sequence[int]) -> None:
        """Read rows by key one by one."""

    def filter(self, status: str, times: int) -> None:
        """Look at every row for those with this status, so many times."""

    def slice(self, owners: Sequence[int]) -> None:
        """Read whole partitions, each of 100 rows."""

    def indexed(self, tickets: Sequence[int]) -> None:
        """Find the rows of each ticket through an index."""


CONTESTANTS = {
    "sqlite": "benchmarks.contestants.sqlite",
    "storage": "benchmarks.contestants.storage",
    "engine": "benchmarks.contestants.engine",
    "ODM": "benchmarks.contestants.odm",
    "fakeredis": "benchmarks.contestants.redis",
    "mongomock": "benchmarks.contestants.mongo",
    "beanie": "benchmarks.contestants.documents",
}


def factories(
    names: Sequence[str], tell: Callable[[str], None]
) -> Iterator[tuple[str, Callable[[], Contestant]]]:
    """How to make each contestant that is installed; says which are not."""
    for name in names:
        try:
            yield name, import_module(CONTESTANTS[name]).Contestant
        except ImportError as error:
            tell(f"{name} does not take part: {error}")
