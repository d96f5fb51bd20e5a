"""`python -m conformance.differential --statements 20000 [--seed N] [--coodie-hosts HOST:PORT] [--profile full]`

Sends the same random statements to the memory engine and to a real Cassandra and compares every answer. Differences are
printed as conformance scripts, made small; then the census. Exit code 1 if there was one. Without hosts a Cassandra is
started and stopped. `--control` compares the real server with itself: what differs then is chance.
"""

import argparse
import sys
import time
from contextlib import closing

from conformance.differential.machine import Difference, Machine, Pair, pair
from conformance.differential.shrinking import as_script, narrowed, shrunk
from conformance.memory_target import MemoryTarget
from conformance.server_target import ServerTarget
from conformance.targets import Target
from coodie_pytest.servers import Address, Servers


class Report:
    """Prints each difference of its family once, made small; counts the others."""

    def __init__(self, ours: Target, theirs: Target, most: int) -> None:
        self.families: dict[str, int] = {}
        self._ours, self._theirs = ours, theirs
        self._most = most

    def found(self, difference: Difference, both: Pair) -> None:
        family = difference.verdict.family
        self.families[family] = self.families.get(family, 0) + 1
        if self.families[family] > 1:
            return
        if len(self.families) > self._most:
            print(f"-- Another: {family}", flush=True)
            return
        small = shrunk(difference, both)
        small = narrowed(small, lambda table: pair(self._ours, self._theirs, (table,)))
        print(as_script(small), flush=True)


def main() -> None:
    options = _options()
    servers = Servers(options.coodie_hosts)
    try:
        address = servers.address(options.profile)
        with (
            closing(ServerTarget(address.hosts[0], address.port, "cassandra")) as theirs,
            closing(ServerTarget(address.hosts[0], address.port, "cassandra")) as itself,
        ):
            ours = itself if options.control else MemoryTarget("cassandra", theirs.profile)
            differences = _compare(ours, theirs, options)
    finally:
        servers.stop()
    sys.exit(1 if differences else 0)


def _compare(ours: Target, theirs: Target, options: argparse.Namespace) -> int:
    """How many statements differed."""
    report = Report(ours, theirs, options.differences)
    machine = Machine(ours, theirs, seed=options.seed, found=report.found)
    started = time.monotonic()
    machine.run(options.statements)
    seconds = time.monotonic() - started
    differences = sum(report.families.values())
    print("\n".join(machine.census.lines()))
    print(f"seed {options.seed}, {seconds:.0f} s, {machine.census.total / seconds:.0f} statements a second")
    print(f"{differences} differences" + (f" of {len(report.families)} kinds" if differences else ""))
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
    parser.add_argument("--control", action="store_true", help="compare the real server with itself")
    return parser.parse_args()


if __name__ == "__main__":
    main()
