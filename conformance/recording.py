"""A proxy that writes down what a driver and a server say to each other; it stays on this machine.

`python -m conformance.recording 19042 trace.txt` listens on a port of its own, says which, and records until it is
stopped. A recording is a text file: a line for each chunk, `>` from the client and `<` from the server, in
hexadecimal digits; an empty line between connections.
"""

import argparse
import socket
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

_LOOPBACK = "127.0.0.1"
Sender: TypeAlias = Literal[">", "<"]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes that one side sent."""

    sender: Sender
    data: bytes


@dataclass(slots=True)
class Conversation:
    """What one connection carried, in order."""

    chunks: list[Chunk] = field(default_factory=list)

    def sent(self, sender: Sender) -> bytes:
        """Everything that one side sent."""
        return b"".join(chunk.data for chunk in self.chunks if chunk.sender == sender)


@dataclass(frozen=True, slots=True)
class Recorder:
    """A running proxy: connect to `port`."""

    port: int
    conversations: list[Conversation]


@contextmanager
def recorded(target: int) -> Iterator[Recorder]:
    """Records connections to a port of this machine; when it ends, so do they."""
    with closing(socket.create_server((_LOOPBACK, 0))) as listener:
        recorder = Recorder(listener.getsockname()[1], [])
        sockets = list[socket.socket]()
        threading.Thread(target=_accept, args=(listener, target, recorder, sockets), daemon=True).start()
        try:
            yield recorder
        finally:
            for each in (listener, *sockets):
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
                each.close()


def _accept(listener: socket.socket, target: int, recorder: Recorder, sockets: list[socket.socket]) -> None:
    with suppress(OSError):  # the listener was closed
        while True:
            client, _ = listener.accept()
            server = socket.create_connection((_LOOPBACK, target))
            sockets += (client, server)
            conversation = Conversation()
            recorder.conversations.append(conversation)
            for sender, source, sink in ((">", client, server), ("<", server, client)):
                arguments = (conversation, sender, source, sink)
                threading.Thread(target=_pump, args=arguments, daemon=True).start()


def _pump(conversation: Conversation, sender: Sender, source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):  # the other side is gone
        while data := source.recv(1 << 16):
            conversation.chunks.append(Chunk(sender, data))
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


def write(path: Path, conversations: Sequence[Conversation]) -> None:
    """Writes a recording."""
    blocks = (
        "".join(f"{chunk.sender} {chunk.data.hex()}\n" for chunk in conversation.chunks)
        for conversation in conversations
    )
    path.write_text("\n".join(blocks))


def read(path: Path) -> list[Conversation]:
    """Reads a recording."""
    return [
        Conversation([_chunk(line) for line in block.splitlines()])
        for block in path.read_text().split("\n\n")
    ]


def _chunk(line: str) -> Chunk:
    sender, digits = line.split()
    if sender == ">":
        return Chunk(">", bytes.fromhex(digits))
    if sender == "<":
        return Chunk("<", bytes.fromhex(digits))
    raise ValueError(f"A chunk is sent by > or <, not by {sender!r}")


def _main() -> None:
    parser = argparse.ArgumentParser(description="Record what is said to a server of this machine.")
    parser.add_argument("target", type=int, help="the server's port")
    parser.add_argument("path", type=Path, help="where to write the recording")
    arguments = parser.parse_args()
    with recorded(arguments.target) as recorder:
        sys.stdout.write(f"{_LOOPBACK}:{recorder.port}\n")
        sys.stdout.flush()
        with suppress(KeyboardInterrupt):
            while True:
                time.sleep(3600)
    write(arguments.path, recorder.conversations)


if __name__ == "__main__":
    _main()
