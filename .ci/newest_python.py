"""Prints the newest Python of this machine, other than the one that runs this, on which a venv can be made."""

import os
import re
import subprocess
import sys
from pathlib import Path

folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep)]
folders += Path("~/.pyenv/versions").expanduser().glob("*/bin")
names = re.compile(r"python3\.(\d+)")
candidates = {
    (int(found[1]), path)
    for folder in folders
    if folder.is_dir()
    for path in folder.iterdir()
    if (found := names.fullmatch(path.name)) and int(found[1]) > sys.version_info.minor
}
for _minor, path in sorted(candidates, reverse=True):
    # A pyenv shim is a file that may know no such Python.
    probe = [str(path), "-c", "import ssl, sqlite3, venv, ensurepip"]
    if subprocess.run(probe, capture_output=True, check=False).returncode == 0:  # noqa: S603 (a Python of this machine)
        print(path)
        break
