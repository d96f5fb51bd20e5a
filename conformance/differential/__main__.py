"""`python -m conformance.differential [--statements 20000] [--seed N] [--coodie-hosts HOST:PORT] [--profile full]`.

Sends the same random statements to the memory engine and to a real Cassandra and compares every answer. Differences are
printed as conformance scripts, made small; then the census. Exit code 1 if there was one. Without hosts a Cassandra is
started and stopped. `--door` says by which way the engine is reached: called, or by a version of the native protocol.
`--control` compares the real server with itself: what differs then is chance.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from functools import partial
from typing import TypeAlias

from conformance.differential.machine import Difference, Lost, Machine, Pair, pair
from conformance.differential.schema import Table
from conformance.differential.shrinking import as_script, narrowed, shrunk
from conformance.memory_target import Door, MemoryTarget, doors
from conformance.script import Step
from conformance.server_target import ServerTarget
from conformance.targets import Target
from coodie_pytest.options import IN_MEMORY
from coodie_pytest.servers import Address, Servers

Sides: TypeAlias = tuple[Target, Target]
DOORS: dict[str, Door] = {
    "-".join(filter(None, (backend, name))): door
    for backend in IN_MEMORY
    for name, door in doors(backend, "cassandra").items()
}
"""The ways into the engine: memory, memory-driver-v5, memory-tcp-v4 …"""


class Report:
    """Prints each kind of difference once, made small; counts the others.

    `aside` opens both sides once more, for trials with another schema.
    """

    def __init__(self, aside: Callable[[], AbstractContextManager[Sides]], most: int) -> None:
        self.kinds: Counter[str] = Counter()
        self._aside = aside
        self._most = most

    def found(self, difference: Difference, both: Pair) -> None:
        kind = difference.kind
        self.kinds[kind] += 1
        if self.kinds[kind] > 1:
            return
        if len(self.kinds) > self._most:
            say(f"-- Another: {kind}\n")
            return
        replay = self._anew if difference.alters else both.replay
        say(as_script(narrowed(shrunk(difference, replay), self._made_with)))

    def _anew(self, table: Table, steps: Sequence[Step]) -> Difference | None:
        """What steps lead to that cannot be repeated, since they alter the schema."""
        try:
            with self._made_with(table) as both:
                return both.replay(table, steps)
        except Lost:
            return None

    @contextmanager
    def _made_with(self, table: Table) -> Iterator[Pair]:
        with self._aside() as (ours, theirs), pair(ours, theirs, (table,)) as both:
            yield both


def say(text: str) -> None:
    """A line, at once: a run takes minutes."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    options = _options()
    servers = Servers(options.coodie_hosts)
    try:
        differences = _compare(
            partial(
                _sides, servers.address(options.profile), None if options.control else DOORS[options.door]
            ),
            options,
        )
    finally:
        servers.stop()
    sys.exit(1 if differences else 0)


@contextmanager
def _sides(address: Address, door: Door | None) -> Iterator[Sides]:
    """Ours and theirs, each with a connection of its own; without a door both are theirs."""
    with ExitStack() as stack:

        def server() -> ServerTarget:
            return stack.enter_context(closing(ServerTarget(address.hosts[0], address.port, "cassandra")))

        theirs = server()
        yield server() if door is None else MemoryTarget("cassandra", theirs.profile, door), theirs


def _compare(sides: Callable[[], AbstractContextManager[Sides]], options: argparse.Namespace) -> int:
    """How many statements differed."""
    report = Report(sides, options.differences)
    started = time.monotonic()
    with sides() as (ours, theirs):
        machine = Machine(ours, theirs, seed=options.seed, found=report.found)
        machine.run(options.statements)
    seconds = time.monotonic() - started
    say("\n".join(machine.census.lines()))
    say(f"seed {options.seed}, {seconds:.0f} s, {machine.census.total / seconds:.0f} statements a second")
    for kind, count in report.kinds.most_common():
        say(f"  {count:6} {kind}")
    differences = report.kinds.total()
    say(f"{differences} differences" + (f" of {len(report.kinds)} kinds" if differences else ""))
    return differences


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m conformance.differential", description=__doc__)
    parser.add_argument("--statements", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--coodie-hosts", "--hosts", type=Address.parse, metavar="HOST[:PORT]")
    parser.add_argument("--profile", choices=("default", "full"), default="full")
    parser.add_argument(
        "--differences", type=int, default=20, metavar="N", help="make the first N kinds small"
    )
    parser.add_argument("--door", choices=DOORS, default=next(iter(DOORS)), help="default: %(default)s")
    parser.add_argument("--control", action="store_true", help="compare the real server with itself")
    return parser.parse_args()


if __name__ == "__main__":
    main()
