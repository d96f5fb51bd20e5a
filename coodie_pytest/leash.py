"""Runs a command for as long as its parent lives: `python leash.py DIRECTORY COMMAND…`.

The parent holds the other end of this process's standard input. However the parent ends (return, Ctrl-C, SIGTERM,
SIGKILL), that end closes; the command is then killed and DIRECTORY, which holds nothing worth keeping, removed. A
command that ends by itself leaves DIRECTORY, so that the parent can read its log. Runs as a script and imports the
standard library only, so that it starts in milliseconds.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading


def run(directory: str, command: list[str]) -> int:
    """The command's exit code; returns when the command has ended, by itself or because the parent did."""
    # Signals are for the parent to obey: Ctrl-C in a terminal reaches everybody in its session.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    signal.signal(signal.SIGTERM, lambda *_: child.kill())
    let_go = threading.Event()

    def hold() -> None:
        os.read(sys.stdin.fileno(), 1)
        let_go.set()
        child.kill()

    threading.Thread(target=hold, daemon=True).start()
    code = child.wait()
    if let_go.is_set():
        shutil.rmtree(directory, ignore_errors=True)
    return code


if __name__ == "__main__":
    sys.exit(abs(run(sys.argv[1], sys.argv[2:])))
