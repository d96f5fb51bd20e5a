"""`python -m benchmarks`: everything in one run, as ratios, with the targets at the end."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator

from benchmarks import costs, drivers, measure, report, singles, streaming
from benchmarks.contestants import CONTESTANTS, Contestant, factories
from benchmarks.report import Target


def main() -> None:
    arguments = ArgumentParser(prog="python -m benchmarks", description=__doc__)
    arguments.add_argument("--only", nargs="+", choices=CONTESTANTS, default=list(CONTESTANTS))
    arguments.add_argument("--largest", type=int, default=100_000, help="rows at most (default: 100000)")
    arguments.add_argument(
        "--own-costs", action="store_true", help="only those of the ODMs, without a database"
    )
    arguments.add_argument("--no-driver", action="store_true", help="leave out what goes through a driver")
    arguments.add_argument(
        "--cassandra", action="store_true", help="start a real one, and measure the driver there, too"
    )
    chosen = arguments.parse_args()
    if chosen.own_costs:
        tell_costs()
        return
    sizes = [size for size in (100, 1000, 10_000, 100_000) if size <= chosen.largest]

    print(f"At the beginning: {measure.machine()}.")
    makers = dict(factories(chosen.only, tell))
    micros = measure.run([make() for make in makers.values()], sizes, tell)
    for line in report.tables(micros, list(makers)):
        print(line)
    print()
    for target in (*report.ratio_targets(micros), *single_targets(makers)):
        print(target)
    if not chosen.no_driver:
        for target in drivers.measured(tell, with_cassandra=chosen.cassandra):
            print(target)
    if "ODM" in chosen.only:
        print(Target("ODM: iterating over 10⁵ rows, at most", streaming.peak_mib(makers["ODM"]), 5, "MiB"))
        tell_costs()
    print(f"At the end: {measure.machine()}.")


def tell_costs() -> None:
    """What the ODMs themselves cost, ours and others."""
    micros = costs.measured(tell)
    for line in costs.tables(micros):
        print(line)
    print()
    for target in costs.targets(micros):
        print(target)


def single_targets(makers: dict[str, Callable[[], Contestant]]) -> Iterator[Target]:
    """What is not a ratio."""
    if "storage" in makers:
        mark, undo = singles.undo_millis(makers["storage"])
        yield Target("storage: a mark to go back to", mark, 0.05, "ms")
        yield Target("storage: undo of 100 changes over 10⁵ rows", undo, 1, "ms")
        yield Target("storage: memory for 10 k rows", singles.memory_mib(makers["storage"]), 10, "MiB")
    if "engine" in makers:
        yield Target("engine: memory for 10 k rows", singles.memory_mib(makers["engine"]), 10, "MiB")
        yield Target("engine: fresh cluster, schema, write, read", singles.fresh_millis(), 0.5, "ms")
        yield Target("engine: parsing a new statement, median", singles.parse_micros(), 60, "µs")
        title = "engine: a slice of 100 rows of a partition of 10⁵, against 10³"
        yield Target(title, singles.slice_ratio(), report.FLAT, "")
        modules = "coodie_memory.cluster, coodie_pytest.plugin"
        yield Target("import of engine and plugin beside pytest", singles.import_millis(modules), 60, "ms")


def tell(message: str) -> None:
    """Progress and omissions do not belong to the result."""
    print(message, file=sys.stderr)


if __name__ == "__main__":
    main()
