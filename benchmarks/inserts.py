"""Many documents on a cluster: together, and each by itself. What a request waits for is what it is about."""

from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Annotated

from coodie.fields import ClusteringKey, PrimaryKey
from coodie.sync import Document, create_keyspace, init_coodie

_KEYSPACE = "bench_inserts"
_NAME = "benchmarks"
_DOCUMENTS = 200
_ROUNDS = 5


class Note(Document):
    """A small row."""

    part: Annotated[int, PrimaryKey()]
    number: Annotated[int, ClusteringKey()]
    text: str = "x"

    class Settings:
        """A connection of its own."""

        connection = _NAME
        keyspace = _KEYSPACE


def times_faster(address: tuple[str, int]) -> float:
    """How much faster `insert_many` is than one `save` after the other, on the cluster at that address."""
    backend = init_coodie([address], name=_NAME, default=False)
    try:
        create_keyspace(_KEYSPACE, connection=_NAME)
        Note.sync_table()

        def one_by_one() -> None:
            for note in _notes():
                note.save()

        def together() -> None:
            Note.insert_many(_notes())

        together()
        return _seconds(one_by_one) / _seconds(together)
    finally:
        backend.close()


def _notes() -> Iterator[Note]:
    return (Note(part=number % 7, number=number) for number in range(_DOCUMENTS))


def _seconds(write: Callable[[], None]) -> float:
    """The best of a few rounds."""
    seconds = []
    for _ in range(_ROUNDS):
        start = perf_counter()
        write()
        seconds.append(perf_counter() - start)
    return min(seconds)
