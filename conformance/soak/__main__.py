"""`python -m conformance.soak --minutes 60 --clients 20`: rounds of visits; exit code 1 if the server broke or kept something.

After each round everybody has gone, and the server tells what it holds. What it holds at the end is compared with what
it held after the first quarter, when its caches are warm.
"""

import argparse
import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from conformance import fuzz
from conformance.soak.clients import SCHEMA, Address, Broken, Guest, Visit, Visitor, visits
from conformance.soak.server import LIMITS
from coodie_memory.protocol.requests import Query

_MIB = 1 << 20
_GONE_WITHIN = 10.0
_NOTHING_LEFT = ("clients", "connections", "conversations", "listeners")
_AS_BEFORE = ("tasks", "files", "tables")
_UNREAD_AT_MOST = LIMITS.unread + (1 << 18)
"""What waits for a client to read it: the limit, and a turn's answers, the last of which may be big."""


@dataclass
class Run:
    """What has happened so far."""

    visits: Counter[str] = field(default_factory=Counter)
    hung_up: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)


class Host:
    """The server's process."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._asking = threading.Lock()
        host, _, port = self._line().rpartition(":")
        self.address: Address = (host, int(port))

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def held(self, *, tidies: bool) -> dict[str, int]:
        """What it holds; without `tidies`, only what changes by the moment."""
        with self._asking:
            assert self._process.stdin is not None
            self._process.stdin.write("tidy\n" if tidies else "look\n")
            self._process.stdin.flush()
            found: dict[str, int] = json.loads(self._line())
            return found

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@contextmanager
def hosting(complaints: Path) -> Iterator[Host]:
    """A server, which writes what it complains of to a file."""
    with (
        complaints.open("w") as written,
        subprocess.Popen(
            [sys.executable, "-m", "conformance.soak.server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=written,
            text=True,
        ) as process,
    ):
        try:
            yield Host(process)
        finally:
            with suppress(BrokenPipeError):
                assert process.stdin is not None
                process.stdin.close()
            process.wait(_GONE_WITHIN)


def soak(host: Host, *, seconds: float, clients: int, most: int, seed: int) -> Run:
    """Rounds until the time is over, or so many visits were made."""
    run, kinds = Run(), visits(fuzz.samples(Path("tests/coodie_memory/protocol/recordings")))
    started, number, history = time.monotonic(), 0, list[dict[str, int]]()
    _prepare(host)
    rounds = max(4, min(60, int(seconds // 15)))
    while number < rounds and run.visits.total() < most and not run.broken:
        until = started + seconds * (number + 1) / rounds
        _round(host, kinds, run, until=until, clients=clients, most=most, seed=f"{seed}/{number}")
        history.append(_after(host, run))
        say(f"{time.monotonic() - started:6.0f} s {run.visits.total():8} visits {_told(history[-1])}")
        number += 1
    run.broken += judged(history)
    return run


def _prepare(host: Host) -> None:
    visitor = Visitor(Guest(host.address, 0, random.Random(0)))
    visitor.start()
    visitor.ask(*map(Query, SCHEMA[:1]))
    for text in SCHEMA[1:]:
        visitor.ask(Query(text))
    visitor.socket.close()


def _round(
    host: Host, kinds: dict[Visit, float], run: Run, *, until: float, clients: int, most: int, seed: str
) -> None:
    def come_and_go(number: int) -> None:
        guest = Guest(host.address, number, random.Random(f"{seed}/{number}"))
        while time.monotonic() < until and run.visits.total() < most and not run.broken:
            (visit,) = guest.chance.choices(list(kinds), weights=list(kinds.values()))
            name = getattr(visit, "__name__", type(visit).__name__)
            run.visits[name] += 1
            try:
                visit(guest)
            except TimeoutError as error:
                run.broken.append(f"{name} waited in vain: {error}")
            except OSError as error:
                run.hung_up[f"{name}: {type(error).__name__}"] += 1
            except Broken as error:
                run.broken.append(f"{name}: {error}")
            except Exception as error:  # noqa: BLE001  # whatever it is, the server said it
                run.broken.append(f"{name}: {type(error).__name__}: {error}")

    threads = [threading.Thread(target=come_and_go, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        threads[0].join(0.5)
        time.sleep(0.1)
        if not host.is_alive:
            run.broken.append("the server has ended")
        elif (unread := host.held(tidies=False)["unread"]) > _UNREAD_AT_MOST:
            run.broken.append(f"{unread} bytes wait for a client that does not read")
    for thread in threads:
        thread.join()


def _after(host: Host, run: Run) -> dict[str, int]:
    """What the server holds when everybody has gone, for which it has a little time."""
    deadline = time.monotonic() + _GONE_WITHIN
    while True:
        found = host.held(tidies=True)
        left = {name: found[name] for name in _NOTHING_LEFT if found[name]}
        if not left:
            return found
        if time.monotonic() > deadline:
            run.broken.append(f"left behind: {left}")
            return found
        time.sleep(0.1)


def judged(history: list[dict[str, int]]) -> list[str]:
    """What the server held at the end that it did not hold when it was warm."""
    if len(history) < 2:
        return ["too short a time to judge"]
    warm, end = history[len(history) // 4], history[-1]
    complaints = [
        f"{name}: {warm[name]} became {end[name]}" for name in _AS_BEFORE if end[name] != warm[name]
    ]
    if end["objects"] > warm["objects"] * 1.01 + 1000:
        complaints.append(f"objects: {warm['objects']} became {end['objects']}")
    if end["memory"] > warm["memory"] * 1.1 + 16 * _MIB:
        complaints.append(f"memory: {warm['memory'] // _MIB} MiB became {end['memory'] // _MIB}")
    return complaints


def _told(held: dict[str, int]) -> str:
    return ", ".join(
        f"{name} {value / _MIB:.1f} MiB" if name == "memory" else f"{name} {value}"
        for name, value in held.items()
    )


def say(line: str) -> None:
    """A line, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m conformance.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--clients", type=int, default=20, help="at a time (default: %(default)s)")
    parser.add_argument("--visits", type=int, default=10_000_000, help="at most (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--complaints", type=Path, default=Path("soak.log"), help="the server's own words")
    options = parser.parse_args()
    say(f"seed {options.seed}")
    with hosting(options.complaints) as host:
        run = soak(
            host,
            seconds=options.minutes * 60,
            clients=options.clients,
            most=options.visits,
            seed=options.seed,
        )
    if complaints := options.complaints.read_text():
        run.broken.append(f"the server complained: {complaints[:2000]}")
    for title, counted in (("visits", run.visits), ("cut short", run.hung_up)):
        say(f"{title}: " + ", ".join(f"{name} {count}" for name, count in counted.most_common()))
    for each in run.broken[:20]:
        say(f"BROKEN {each}")
    sys.exit(1 if run.broken else 0)


if __name__ == "__main__":
    main()
