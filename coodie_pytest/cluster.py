"""A real Cassandra, started from its published jars in seconds, without Docker: one node or a ring on loopback addresses.

    with cassandra(profile="full") as cluster:
        driver.connect(cluster.hosts, cluster.port)

By hand: `python -m coodie_pytest.cluster`. Every node keeps its data in a temporary folder and lives on a leash
(`leash.py`): it ends with this process, however this process ends.
"""

import argparse
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from pathlib import Path

from coodie_pytest import java, leash, probe
from coodie_pytest.configuration import PROFILES, Ring
from coodie_pytest.java import CannotStart

_START_TIMEOUT = 180.0
_LOG_TAIL = 40


@dataclass(frozen=True, slots=True)
class Node:
    """One running server process and its folder."""

    host: str
    process: subprocess.Popen[bytes]
    folder: Path

    def stop(self) -> None:
        """Kill the server and remove its data; returns when both are gone."""
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log_tail(self) -> str:
        """The last lines the server wrote."""
        return "\n".join(_log(self.folder).read_text(errors="replace").splitlines()[-_LOG_TAIL:])


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running cluster: where it listens, and the nodes it is made of."""

    port: int
    profile: str
    nodes: tuple[Node, ...] = field(repr=False)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The nodes' addresses."""
        return tuple(node.host for node in self.nodes)


@contextmanager
def cassandra(
    *, profile: str = "default", nodes: int = 1, host: str = "127.0.0.1", port: int | None = None
) -> Iterator[Cluster]:
    """A cluster that answers CQL until the block is left; raises `CannotStart` with the reason where it cannot.

    The nodes of a ring take `host` and the addresses after it and share one CQL port, a free one unless given.
    """
    hosts = tuple(str(IPv4Address(host) + offset) for offset in range(nodes))
    ring = Ring(
        hosts=hosts,
        native_port=port or _free_port(host),
        storage_port=_free_port(host),
        profile=profile,
    )
    for address in hosts:
        _require_free(address, ring.native_port)
    binary = java.java()
    jars = java.jars(binary)
    with ExitStack() as stack:
        # One after the other: a node joins through those that are up.
        running = tuple(stack.enter_context(_running(ring, address, binary, jars)) for address in hosts)
        if len(running) > 1:
            for node in running:
                _wait_until(probe.reaches_all, node, ring.native_port)
        yield Cluster(ring.native_port, profile, running)


def _free_port(host: str) -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def _require_free(host: str, port: int) -> None:
    """Whoever listens there already would be taken for the server that is to be started."""
    with socket.socket() as probe:
        # As servers do: a connection that is still being closed does not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as reason:
            raise CannotStart(f"{host}:{port} cannot be listened on: {reason.strerror}") from None


@contextmanager
def _running(ring: Ring, host: str, binary: Path, jars: Path) -> Iterator[Node]:
    folder = Path(tempfile.mkdtemp(prefix="coodie-cassandra-"))
    ring.write(folder, host)
    command = [
        *(str(binary), *ring.jvm_options(folder, host)),
        *("-cp", f"{folder}:{jars}/*", "org.apache.cassandra.service.CassandraDaemon"),
    ]
    node = _launch(host, folder, command)
    try:
        _wait_until(probe.answers, node, ring.native_port)
        yield node
    finally:
        node.stop()


def _log(folder: Path) -> Path:
    return folder / "system.log"


def _launch(host: str, folder: Path, command: list[str]) -> Node:
    assert leash.__file__ is not None
    with _log(folder).open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", leash.__file__, str(folder), *command],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            # Its own session: Ctrl-C in the terminal is for us, and we decide what it means for the server.
            start_new_session=True,
        )
    return Node(host, process, folder)


def _wait_until(ready: Callable[[str, int], bool], node: Node, port: int) -> None:
    deadline = time.monotonic() + _START_TIMEOUT
    while not ready(node.host, port):
        if node.process.poll() is not None:
            raise CannotStart(f"Cassandra ended while starting; the end of its log:\n{node.log_tail()}")
        if time.monotonic() > deadline:
            raise CannotStart(
                f"Cassandra did not answer at {node.host}:{port} within {_START_TIMEOUT:.0f} s; "
                f"the end of its log:\n{node.log_tail()}"
            )
        time.sleep(0.1)


def main(arguments: Sequence[str] | None = None) -> None:
    """Start a cluster, print where it listens, stop it on Ctrl-C or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m coodie_pytest.cluster", description=main.__doc__)
    parser.add_argument("--profile", choices=sorted(PROFILES), default="default")
    parser.add_argument("--nodes", type=int, default=1)
    parser.add_argument("--host", default="127.0.0.1", help="the first node's address; others follow it")
    parser.add_argument("--port", type=int, help="for CQL; a free one by default")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        with cassandra(**vars(options)) as cluster:
            addresses = ", ".join(f"{host}:{cluster.port}" for host in cluster.hosts)
            print(
                f"Cassandra {java.CASSANDRA_VERSION} ({cluster.profile}) answers at {addresses}", flush=True
            )
            print("Ctrl-C stops it and removes its data.", flush=True)
            signal.pause()
    except CannotStart as reason:
        sys.exit(str(reason))
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
