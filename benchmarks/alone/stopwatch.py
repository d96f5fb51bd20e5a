"""How long a call takes, by itself: the best of several rounds, printed for whoever started the process."""

import gc
import json
from collections.abc import Callable, Mapping
from time import process_time

ROUNDS = 15
ROUND_SECONDS = 0.05


def tell(calls: Mapping[str, Callable[[], object]]) -> None:
    """Print the microseconds of each call as JSON; the rounds take turns, so that a noisy second hits all of them."""
    times = {name: _times(call) for name, call in calls.items()}
    best = dict.fromkeys(calls, float("inf"))
    gc.collect()
    gc.disable()
    for _ in range(ROUNDS):
        for name, call in calls.items():
            best[name] = min(best[name], _seconds(call, times[name]) / times[name])
        gc.collect()
    print(json.dumps({name: seconds * 1e6 for name, seconds in best.items()}))


def _times(call: Callable[[], object]) -> int:
    times = 1
    while _seconds(call, times) < ROUND_SECONDS:
        times *= 2
    return times


def _seconds(call: Callable[[], object], times: int) -> float:
    start = process_time()
    for _ in range(times):
        call()
    return process_time() - start
