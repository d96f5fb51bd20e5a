"""Python functions for the user-defined functions of the scripts, whose bodies the engine cannot run.

Each does what the Java of the function of its name does.
"""

from collections.abc import Sequence

from coodie_memory.cluster import MemoryCluster
from coodie_memory.errors import FunctionFailure


def register(cluster: MemoryCluster, keyspace: str = "ks") -> None:
    """Let the cluster call them, as functions of this keyspace."""
    functions = cluster.functions
    functions.register(f"{keyspace}.twice", ("int",), lambda a: a * 2)
    functions.register(f"{keyspace}.twice", ("text",), lambda a: "none" if a is None else a + a)
    functions.register(f"{keyspace}.total", (list,), _total)
    functions.register(f"{keyspace}.fails", (int,), _fails)
    functions.register(f"{keyspace}.plus", (int, int), lambda s, v: s if v is None else s + v)
    functions.register(f"{keyspace}.strict", (int, int), lambda s, v: s + v)
    functions.register(f"{keyspace}.words", (int,), lambda s: f"sum {s}")


def _total(numbers: Sequence[int] | None) -> int:
    return -1 if numbers is None else sum(numbers)


def _fails(_number: int | None) -> int:
    raise FunctionFailure("java.lang.RuntimeException: boom")
