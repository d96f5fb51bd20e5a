"""What lives on a leash ends with whoever holds it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from coodie_pytest import leash

# Says its process id and stays until it is killed.
STAYS = "import os, signal; print(os.getpid(), flush=True); signal.pause()"
# Leashes a command and stays, too: somebody to kill.
HOLDER = """
import subprocess, sys, signal
held = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, start_new_session=True)
signal.pause()
"""


def leashed(folder, *command):
    return [sys.executable, "-I", "-S", leash.__file__, str(folder), *command]


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


def ended(process_id):
    """Whether the process is gone, or dead and merely not buried yet."""
    stat = Path(f"/proc/{process_id}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"


def test_command_ends_and_its_folder_goes_when_the_holder_lets_go(folder):
    process = subprocess.Popen(
        leashed(folder, sys.executable, "-c", STAYS), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    child = int(process.stdout.readline())

    process.communicate()

    assert ended(child)
    assert not folder.exists()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_command_ends_however_the_holder_does(folder, how):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, *leashed(folder, sys.executable, "-c", STAYS)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    child = int(holder.stdout.readline())

    os.kill(holder.pid, how)
    # The leash and its command hold the other end of this pipe: it closes when both have ended.
    holder.communicate()

    assert ended(child)
    assert not folder.exists()


def test_command_that_ends_by_itself_leaves_its_log(folder):
    (folder / "system.log").write_text("why it ended")

    process = subprocess.Popen(
        leashed(folder, sys.executable, "-c", "raise SystemExit(3)"), stdin=subprocess.PIPE
    )
    code = process.wait()
    process.communicate()

    assert code == 3
    assert (folder / "system.log").exists()
