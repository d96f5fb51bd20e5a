"""Python functions for the user-defined functions of the scripts, whose bodies the engine cannot run.

Each does what the Java of the function of its name does.
"""

from collections.abc import Sequence

from coodie_memory.cluster import MemoryCluster
from coodie_memory.errors import FunctionFailure


def register(cluster: MemoryCluster) -> None:
    """Let the cluster call them."""
    functions = cluster.functions
    functions.register("ks.twice", ("int",), lambda a: a * 2)
    functions.register("ks.twice", ("text",), lambda a: "none" if a is None else a + a)
    functions.register("ks.total", (list,), _total)
    functions.register("ks.fails", (int,), _fails)
    functions.register("ks.plus", (int, int), lambda s, v: s if v is None else s + v)
    functions.register("ks.strict", (int, int), lambda s, v: s + v)
    functions.register("ks.words", (int,), lambda s: f"sum {s}")


def _total(numbers: Sequence[int] | None) -> int:
    return -1 if numbers is None else sum(numbers)


def _fails(_number: int | None) -> int:
    raise FunctionFailure("java.lang.RuntimeException: boom")
