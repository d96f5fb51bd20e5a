"""What a client of the native protocol gets: the driver in process and over TCP, starting the server, schema statements.

The server over TCP is a process of its own, as a client's usually is. What a request waits for counts, hence so does what
else a machine is doing: the best of many short rounds is taken. In process nothing is waited for but threads of this
process, so the processor's time of all of them is taken. Everything is done to a real Cassandra as well, where one is
given, in the same run. `python -m benchmarks.drivers [--cassandra]` measures these alone.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from time import perf_counter, process_time
from typing import Any

from benchmarks import inserts, task
from benchmarks.measure import best, machine
from benchmarks.report import Target

_KEYSPACE = "bench"
_CREATE_KEYSPACE = (
    f"CREATE KEYSPACE IF NOT EXISTS {_KEYSPACE} "
    "WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}"
)
_IN_FLIGHT = 100
_ROUNDS = 20
_ENOUGH_SECONDS = 5
_AT_ONCE = 10
"""Statements of a round over the wire: some milliseconds."""


def measured(tell: Callable[[str], None], *, with_cassandra: bool) -> Iterator[Target]:
    """The targets, where a driver is installed; beside a real Cassandra, which is started, if that is asked for."""
    try:
        import cassandra.cluster  # noqa: F401  # whether it is there
    except ImportError as error:
        tell(f"no driver takes part: {error}")
        return
    with ExitStack() as stack:
        address = None
        if with_cassandra:
            from coodie_pytest.cluster import cassandra as started

            tell("… a real Cassandra")
            cluster = stack.enter_context(started())
            address = cluster.hosts[0], cluster.port
        yield from targets(address)


def targets(cassandra: tuple[str, int] | None) -> Iterator[Target]:
    """The targets, met or not; `cassandra` is the address of a real one to be measured beside."""
    yield Target("server: start", start_millis(), 10, "ms")
    ddl, read = schema_millis()
    yield Target("engine: CREATE TABLE, and DROP TABLE, each", ddl, 1, "ms")
    yield Target("engine: a table's row of system_schema, by key", read, 1, "ms")
    with ExitStack() as stack:
        inside = Driven(stack.enter_context(in_process()))
        outside = Driven(stack.enter_context(connected(stack.enter_context(server()))))
        real = None if cassandra is None else Driven(stack.enter_context(connected(cassandra)))
        in_process_rate = 1e6 / _micros(inside.each, 2000, process_time)
        quantity = "driver in process: statements one after the other"
        yield Target(quantity, in_process_rate, 10_000, "/s", at_least=True)
        yield from _compared("driver over TCP: statements one after the other", outside.each, 2_500, real)
        yield from _compared("driver over TCP: execute_concurrent", outside.together, 5_000, real)
        in_process_millis, over_tcp = inside.create_millis(process_time), outside.create_millis(perf_counter)
        for name, millis in (("in process", in_process_millis), ("over TCP", over_tcp)):
            yield Target(f"driver {name}: CREATE TABLE and its metadata", millis, 5, "ms")
        if real is not None:
            beside = real.create_millis(perf_counter)
            yield Target(
                "the same on Cassandra, as often as over TCP",
                beside / over_tcp,
                1,
                "x",
                at_least=True,
            )
        if cassandra is not None:
            yield Target(
                "ODM on Cassandra: insert_many, against one after the other",
                inserts.times_faster(cassandra),
                5,
                "x",
                at_least=True,
            )


def _compared(
    quantity: str, measured: Callable[[int], object], least: float, real: "Driven | None"
) -> Iterator[Target]:
    most = _IN_FLIGHT * 5 if "concurrent" in quantity else _AT_ONCE
    rate = 1e6 / _micros(measured, most, perf_counter)
    yield Target(quantity, rate, least, "/s", at_least=True)
    if real is not None:
        beside = real.together if "concurrent" in quantity else real.each
        yield Target(
            "    against Cassandra",
            rate * _micros(beside, most, perf_counter) / 1e6,
            1,
            "x",
            at_least=True,
        )


def _micros(measured: Callable[[int], object], most: int, clock: Callable[[], float]) -> float:
    return best({"": measured}, most, clock=clock, rounds=10 * _ROUNDS, enough=_ENOUGH_SECONDS)[""]


class Driven:
    """A session of the driver, and statements prepared on it."""

    def __init__(self, session: Any) -> None:
        from cassandra.query import tuple_factory

        self._session = session
        # Otherwise most of what is measured is the driver making a class for each result.
        session.row_factory = tuple_factory
        session.execute(_CREATE_KEYSPACE)
        session.set_keyspace(_KEYSPACE)
        session.execute("DROP TABLE IF EXISTS task")
        session.execute(task.CREATE.format(table="task"))
        self._insert = session.prepare(task.INSERT.format(table="task"))
        self._read = session.prepare(task.READ.format(table="task"))
        self._tables = 0

    def each(self, times: int) -> None:
        """Writes and reads in turn, each when the one before is answered."""
        execute = self._session.execute
        for number in range(0, times, 2):
            execute(self._insert, task.values(number))
            assert execute(self._read, task.key(number)).one() is not None

    def together(self, times: int) -> None:
        """Writes and reads, many of them at the same time on one connection."""
        from cassandra.concurrent import execute_concurrent

        statements = [
            (self._insert, task.values(number)) if number % 2 == 0 else (self._read, task.key(number - 1))
            for number in range(times)
        ]
        assert all(
            success for success, _ in execute_concurrent(self._session, statements, concurrency=_IN_FLIGHT)
        )

    def create_millis(self, clock: Callable[[], float]) -> float:
        """Milliseconds of one CREATE TABLE, after which the driver knows the table."""
        seconds = []
        for _ in range(_ROUNDS):
            self._tables += 1
            name = f"made_{self._tables}"
            self._session.execute(f"DROP TABLE IF EXISTS {name}")
            start = clock()
            self._session.execute(task.CREATE.format(table=name))
            assert name in self._session.cluster.metadata.keyspaces[_KEYSPACE].tables
            seconds.append(clock() - start)
        return min(seconds) * 1e3


def start_millis() -> float:
    """Milliseconds until a server listens, its modules being imported."""
    from coodie_memory.cluster import MemoryCluster

    seconds = []
    for _ in range(_ROUNDS):
        cluster = MemoryCluster()
        start = perf_counter()
        with cluster.serve():
            seconds.append(perf_counter() - start)
    return min(seconds) * 1e3


def schema_millis() -> tuple[float, float]:
    """Milliseconds of a schema statement in the engine, and of what drivers read after it, in a schema of 50 tables."""
    from coodie_memory.cluster import MemoryCluster

    cluster = MemoryCluster()
    cluster.create_keyspace(_KEYSPACE)
    session = cluster.session(_KEYSPACE)
    for number in range(50):
        session.execute(task.CREATE.format(table=f"t{number}"))
    read = "SELECT * FROM system_schema.tables WHERE keyspace_name = ? AND table_name = ?"

    def change(times: int) -> None:
        for number in range(0, times, 2):
            session.execute(task.CREATE.format(table=f"made_{number % 10}"))
            session.execute(f"DROP TABLE made_{number % 10}")

    def change_and_read(times: int) -> None:
        for number in range(0, times, 2):
            session.execute(task.CREATE.format(table=f"made_{number % 10}"))
            assert len(session.execute(read, (_KEYSPACE, "t7"))) == 1
            session.execute(f"DROP TABLE made_{number % 10}")
            assert len(session.execute(read, (_KEYSPACE, "t8"))) == 1

    micros = best({"change": change, "both": change_and_read})
    return micros["change"] / 1e3, (micros["both"] - micros["change"]) / 1e3


@contextmanager
def in_process() -> Iterator[Any]:
    """A session of the driver on an engine in this process."""
    from coodie_memory.cluster import MemoryCluster

    session = MemoryCluster(dialect="cassandra").connect()
    with closing(_Shutdown(session)):
        yield session


@contextmanager
def server() -> Iterator[tuple[str, int]]:
    """A server in a process of its own."""
    command = [sys.executable, "-m", "coodie_memory", "--port", "0", "--dialect", "cassandra"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            host, _, port = process.stdout.readline().strip().rpartition(":")
            yield host, int(port)
        finally:
            process.terminate()


@contextmanager
def connected(address: tuple[str, int]) -> Iterator[Any]:
    """A session of the driver over TCP."""
    from cassandra.cluster import Cluster

    host, port = address
    session = Cluster([host], port=port, protocol_version=5).connect()
    with closing(_Shutdown(session)):
        yield session


class _Shutdown:
    """Closes a session's cluster."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def close(self) -> None:
        self._session.cluster.shutdown()


if __name__ == "__main__":
    print(f"{machine()}.")
    for measured_target in measured(print, with_cassandra="--cassandra" in sys.argv):
        print(measured_target)
