"""When a process is too big."""

from coodie_memory.endpoint import MemoryLimit
from coodie_memory.endpoint.room import resident

MIB = 1 << 20


def test_a_process_has_some_memory() -> None:
    assert MIB < resident() < 1 << 40


def test_a_limit_is_noticed_after_some_writes() -> None:
    """Looking takes longer than a write does."""
    small = MemoryLimit(1)

    assert [small() for _ in range(200)].index(True) > 10
    assert small()


def test_a_limit_out_of_reach_is_never_met() -> None:
    big = MemoryLimit(resident() // MIB + 10_000)

    assert not any(big() for _ in range(200))
