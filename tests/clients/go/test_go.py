"""Programs in Go: gocql, and its successor at Apache, which is used alike."""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

HERE = Path(__file__).parent
MODULES = {
    "gocql": '"github.com/gocql/gocql"',
    "apache": 'gocql "github.com/apache/cassandra-gocql-driver/v2"',
}


@pytest.fixture(scope="module", params=MODULES)
def program(request: pytest.FixtureRequest, home: Path) -> Path:
    """The Go tests with one of the modules, compiled."""
    folder = home / request.param
    folder.mkdir(parents=True, exist_ok=True)
    for source in (*HERE.glob("*.go"), HERE / "go.mod", HERE / "go.sum"):
        text = source.read_text().replace(f"\t{MODULES['gocql']}\n", f"\t{MODULES[request.param]}\n")
        (folder / source.name).write_text(text)
    subprocess.run(
        ["go", "test", "-c", "-vet=off", "-mod=readonly", "-tags", request.param, "-o", "clients"],
        cwd=folder,
        env={**os.environ, "CGO_ENABLED": "0"},
        check=True,
    )
    return folder / "clients"


def test_every_go_test_passes(program: Path, surroundings: Mapping[str, str]) -> None:
    done = subprocess.run(
        [program, "-test.v", "-test.timeout=90s"],
        env=surroundings,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    written = re.findall(r"^func (Test\w+)", (HERE / "client_test.go").read_text(), re.MULTILINE)
    assert re.findall(r"^--- PASS: (\w+)", done.stdout, re.MULTILINE) == written
