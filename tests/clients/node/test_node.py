"""Programs on the Node.js driver."""

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SOURCE = HERE / "clients.test.js"


@pytest.fixture(scope="module")
def modules(home: Path) -> Path:
    """The folder with the driver, as `package-lock.json` names it."""
    lock = home / "package-lock.json"
    wanted = (HERE / lock.name).read_text()
    if not (home / "node_modules").is_dir() or not lock.exists() or lock.read_text() != wanted:
        home.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", lock.name):
            shutil.copy(HERE / name, home)
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=home, check=True)
    return home / "node_modules"


def test_every_node_test_passes(modules: Path, surroundings: Mapping[str, str]) -> None:
    done = subprocess.run(
        ["node", "--test", "--test-reporter=tap", SOURCE],
        env={**surroundings, "NODE_PATH": str(modules)},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    written = re.findall(r"^  it\('(.+?)'", SOURCE.read_text(), re.MULTILINE)
    passed = re.findall(r"^    ok \d+ - (.+)$", done.stdout, re.MULTILINE)
    assert passed == written
