"""Programs on the Java driver."""

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SOURCE = HERE / "Clients.java"


@pytest.fixture(scope="module")
def classpath(home: Path) -> str:
    """The driver's jars and the compiled program."""
    jars, classes = home / "jars", home / "classes"
    wanted = (HERE / "pom.xml").read_text()
    stamp = home / "made-from.xml"
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(jars, ignore_errors=True)
        subprocess.run(
            [
                *("mvn", "-q", "-B", "-f", HERE / "pom.xml", "dependency:copy-dependencies"),
                *(f"-DoutputDirectory={jars}", "-DincludeScope=runtime"),
            ],
            check=True,
        )
        stamp.write_text(wanted)
    subprocess.run(["javac", "-nowarn", "-cp", f"{jars}/*", "-d", classes, SOURCE], check=True)
    return f"{jars}/*:{classes}"


def test_every_java_test_passes(classpath: str, surroundings: Mapping[str, str]) -> None:
    done = subprocess.run(
        ["java", "-cp", classpath, "Clients"],
        env=surroundings,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    written = re.findall(r'TESTS\.put\("([^"]+)"', SOURCE.read_text())
    assert re.findall(r"^ok (.+)$", done.stdout, re.MULTILINE) == written
