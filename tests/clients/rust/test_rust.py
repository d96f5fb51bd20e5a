"""Programs in Rust, on ScyllaDB's driver."""

import json
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SOURCE = HERE / "tests" / "clients.rs"


@pytest.fixture(scope="module")
def program(home: Path) -> Path:
    """The Rust tests, compiled, with what `Cargo.lock` names."""
    done = subprocess.run(
        ["cargo", "test", "--no-run", "--locked", "--quiet", "--message-format=json"],
        cwd=HERE,
        env={**os.environ, "CARGO_TARGET_DIR": str(home)},
        text=True,
        stdout=subprocess.PIPE,
        check=True,
    )
    said = [json.loads(line) for line in done.stdout.splitlines()]
    (found,) = [each["executable"] for each in said if each.get("executable")]
    return Path(found)


def test_every_rust_test_passes(program: Path, surroundings: Mapping[str, str]) -> None:
    done = subprocess.run(
        [program],
        env=surroundings,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    written = re.findall(r"^#\[tokio::test\]\nasync fn (\w+)", SOURCE.read_text(), re.MULTILINE)
    assert sorted(re.findall(r"^test (\w+) \.\.\. ok$", done.stdout, re.MULTILINE)) == sorted(written)
