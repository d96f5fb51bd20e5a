"""The protocol's fixtures that one node cannot make: a ring of two, of which the second comes, hangs, and comes back.

`python -m conformance.ring tests/coodie_memory/protocol/recordings` starts it, and takes two minutes. One client in each
version hears of the nodes, and asks for more replicas than there are: while the second hangs nobody knows that it does,
and the first waits for it; then it is known to be down.
"""

import argparse
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import TypeAlias

from conformance.recording import Recorder, recorded, write
from coodie_memory.protocol import requests, responses
from coodie_memory.protocol.client import ClientConnection
from coodie_memory.protocol.envelopes import EVENT_STREAM, Answer
from coodie_memory.protocol.requests import Batch, BatchStatement, Parameters, Query
from coodie_pytest.cluster import Node, cassandra

_VERSIONS = (3, 4, 5)
_LIVELY = ("INSERT INTO ring.t (k, v) VALUES (1, 1)", "SELECT * FROM ring.t WHERE k = 1")
_NAMES = ("TOPOLOGY_CHANGE", "STATUS_CHANGE")
Told: TypeAlias = responses.TopologyChanged | responses.StatusChanged


class _Client:
    """A client of one version, which may have several requests on their way."""

    def __init__(self, port: int, version: int) -> None:
        self.version = version
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._connection = ClientConnection(version)
        self._answers = dict[int, Answer]()
        self.heard = list[Told]()

    def close(self) -> None:
        self._socket.close()

    def send(self, asked: Sequence[requests.Request]) -> None:
        """All at once, each with its place as its stream."""
        for stream, request in enumerate(asked):
            self._socket.sendall(self._connection.send(request, stream))

    def answers(self, count: int) -> list[responses.Response]:
        while len(self._answers) < count:
            self._read()
        found = [self._answers[stream].response for stream in range(count)]
        self._answers.clear()
        return found

    def ask(self, request: requests.Request) -> responses.Response:
        self.send([request])
        return self.answers(1)[0]

    def query(self, text: str, consistency: str = "ONE") -> responses.Response:
        return self.ask(Query(text, Parameters(consistency=consistency)))

    def wait_for(self, change: str) -> None:
        """Until an event says so of a node."""
        while not any(change in vars_of(event) for event in self.heard):
            self._read()
        self.heard.clear()

    def _read(self) -> None:
        data = self._socket.recv(1 << 16)
        if not data:
            raise EOFError
        for answer in self._connection.receive_bytes(data):
            if answer.stream != EVENT_STREAM:
                self._answers[answer.stream] = answer
            elif isinstance(answer.response, responses.TopologyChanged | responses.StatusChanged):
                self.heard.append(answer.response)


def vars_of(event: Told) -> tuple[str, ...]:
    """What an event calls its change."""
    return (event.change,) if isinstance(event, responses.TopologyChanged) else (event.status,)


def _too_demanding() -> list[requests.Request]:
    """What wants both nodes, in every kind that the errors tell apart."""
    every = Parameters(consistency="ALL")
    writes = tuple(BatchStatement(f"INSERT INTO ring.t (k, v) VALUES ({k}, 1)") for k in range(3))
    return [
        Query(_LIVELY[0], every),
        Query(_LIVELY[1], every),
        Query("SELECT * FROM ring.t", every),
        Query("UPDATE ring.n SET n = n + 1 WHERE k = 1", every),
        Query("INSERT INTO ring.t (k, v) VALUES (2, 2) IF NOT EXISTS", Parameters(consistency="QUORUM")),
        Query("SELECT * FROM ring.t WHERE k = 2", Parameters(consistency="SERIAL")),
        Batch("LOGGED", writes, every),
        Batch("UNLOGGED", writes, every),
    ]


def _come(clients: Sequence[_Client]) -> None:
    """As soon as the first node answers, be there to hear of the second."""
    for client in clients:
        client.ask(requests.Startup({"CQL_VERSION": "3.0.0"}))
        assert client.ask(requests.Register(_NAMES)) == responses.Ready()


def _converse(clients: Sequence[_Client], second: Node) -> None:
    first = clients[0]
    for client in clients:
        client.wait_for("UP")
    for text in (
        "CREATE KEYSPACE ring WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 2}",
        "CREATE TABLE ring.t (k int PRIMARY KEY, v int)",
        "CREATE TABLE ring.n (k int PRIMARY KEY, n counter)",
    ):
        first.query(text)
    for client in clients:
        client.send(_too_demanding())
        client.answers(8)
    server = _child(second.process.pid)
    os.kill(server, signal.SIGSTOP)
    for client in clients:
        client.send(_too_demanding())
    for client in clients:
        client.answers(8)
    for client in clients:
        client.wait_for("DOWN")
    for client in clients:
        client.send(_too_demanding())
        client.answers(8)
    os.kill(server, signal.SIGCONT)
    for client in clients:
        client.wait_for("UP")


def _child(process: int) -> int:
    """The one process that a process has started."""
    (child,) = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return int(child)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answering(port: int) -> None:
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.1)


def _recorders(port: int, stack: ExitStack) -> Iterator[tuple[_Client, Recorder]]:
    for version in _VERSIONS:
        recorder = stack.enter_context(recorded(port))
        yield stack.enter_context(closing(_Client(recorder.port, version))), recorder


def _main() -> None:
    parser = argparse.ArgumentParser(description="Record what a ring of two nodes says.")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    port = _free_port()
    found = list[tuple[_Client, Recorder]]()
    with ExitStack() as stack:

        def come() -> None:
            _answering(port)
            found.extend(_recorders(port, stack))
            _come([client for client, _ in found])

        watching = threading.Thread(target=come, daemon=True)
        watching.start()
        with cassandra(nodes=2, port=port) as cluster:
            watching.join()
            _converse([client for client, _ in found], cluster.nodes[1])
        for client, recorder in found:
            write(folder / f"ring-v{client.version}.txt", recorder.conversations)


if __name__ == "__main__":
    _main()
