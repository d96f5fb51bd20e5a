"""Runs the tests of other people's clients, each in an environment of its own: `run.py [NAME…]`, all without names.

Environments are made once, in `.clients`, with what `requirements` and each language's own files pin. A client whose
tests did not run, or were skipped, has failed: so has one whose toolchain is missing and cannot be installed.
"""

import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from time import monotonic

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
HOME = REPOSITORY / ".clients"
PATIENCE = 1200
"""Seconds after which a client's tests hang; on two idle cores the longest take a minute."""
PACKAGES = {
    "go": "golang-go",
    "javac": "openjdk-17-jdk-headless",
    "mvn": "maven",
    "node": "nodejs",
    "npm": "npm",
    "cargo": "cargo",
}
"""Where a Debian has the tools from."""

_installing = Lock()
"""pip and apt-get one at a time: an editable install writes into the repository, and a package manager locks itself."""


@dataclass(frozen=True, kw_only=True)
class Client:
    """One client: the tests it has to pass, whose Python runs them, and what must be on the PATH."""

    name: str
    tests: tuple[str, ...]
    runs_in_its_own_python: bool = False
    tools: tuple[str, ...] = ()

    @property
    def home(self) -> Path:
        """Its environment."""
        return HOME / self.name

    @property
    def requirements(self) -> Path:
        """What its Python environment has; there need not be one."""
        return HERE / "requirements" / f"{self.name}.txt"

    @property
    def python(self) -> Path:
        """The Python that runs its tests."""
        return self.home / "bin" / "python" if self.runs_in_its_own_python else Path(sys.executable)


_IN_PROCESS = "tests/coodie_memory/test_driver.py"
CLIENTS = (
    Client(name="java", tests=("tests/clients/java",), tools=("javac", "mvn")),
    Client(name="cqlsh", tests=("tests/clients/cqlsh",)),
    Client(name="go", tests=("tests/clients/go",), tools=("go",)),
    Client(name="rust", tests=("tests/clients/rust",), tools=("cargo",)),
    Client(
        name="cassandra-driver",
        tests=("tests/clients/drivers", _IN_PROCESS),
        runs_in_its_own_python=True,
    ),
    Client(
        name="scylla-driver",
        tests=("tests/clients/drivers", _IN_PROCESS, "tests/coodie/backends"),
        runs_in_its_own_python=True,
    ),
    Client(name="scylla-cqlsh", tests=("tests/clients/cqlsh",)),
    Client(name="langchain", tests=("tests/clients/applications",), runs_in_its_own_python=True),
    Client(name="node", tests=("tests/clients/node",), tools=("node", "npm")),
)


@dataclass(frozen=True)
class Outcome:
    """What became of a client's tests."""

    client: Client
    passed: int
    failed: int
    skipped: int
    seconds: float
    output: str

    @property
    def is_fine(self) -> bool:
        """Whether there were tests, and all of them passed."""
        return self.passed > 0 and self.failed == self.skipped == 0


class CannotBeMade(Exception):
    """An environment cannot be made; the message is what the tool that was to do it said."""


def main(names: list[str]) -> int:
    """Run the clients with these names, two at a time; 0 if all is fine."""
    if unknown := set(names) - {client.name for client in CLIENTS}:
        print(
            f"no client is called {', '.join(sorted(unknown))}; there are {', '.join(c.name for c in CLIENTS)}"
        )
        return 2
    wanted = [client for client in CLIENTS if not names or client.name in names]
    outcomes = []
    with ThreadPoolExecutor(2) as pool:
        for outcome in pool.map(_outcome, wanted):
            print(f"\n--- {outcome.client.name}\n{outcome.output}", flush=True)
            outcomes.append(outcome)
    print()
    for outcome in outcomes:
        word = "ok    " if outcome.is_fine else "FAILED"
        print(
            f"{word} {outcome.client.name}: {outcome.passed} passed, {outcome.failed} failed,"
            f" {outcome.skipped} skipped in {outcome.seconds:.0f}s"
        )
    return 0 if all(outcome.is_fine for outcome in outcomes) else 1


def _outcome(client: Client) -> Outcome:
    started = monotonic()
    try:
        _make(client)
        report, output = _tested(client)
    except (CannotBeMade, subprocess.TimeoutExpired) as reason:
        return Outcome(client, 0, 0, 0, monotonic() - started, str(reason))
    counts = dict(_counted(report))
    return Outcome(client, **counts, seconds=monotonic() - started, output=output)


def _make(client: Client) -> None:
    """Install the tools that are missing, and make the client's Python environment unless it is there."""
    missing = [tool for tool in client.tools if shutil.which(tool) is None]
    with _installing:
        if missing:
            _run("apt-get", "update", "-qq")
            _run("apt-get", "install", "-y", "-qq", *(PACKAGES[tool] for tool in missing))
        if client.requirements.exists():
            _make_python(client)
    for tool in missing:
        if shutil.which(tool) is None:
            raise CannotBeMade(f"{client.name} needs {tool}, which {PACKAGES[tool]} did not bring")


def _make_python(client: Client) -> None:
    stamp = client.home / "made-from.txt"
    wanted = f"{sys.version}\n{client.requirements.read_text()}"
    if "--editable" in wanted:
        wanted += (REPOSITORY / "pyproject.toml").read_text()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    shutil.rmtree(client.home, ignore_errors=True)
    _run(sys.executable, "-m", "venv", "--without-pip", client.home)
    pip = (sys.executable, "-m", "pip", "--python", client.home / "bin" / "python")
    _run(*pip, "install", "--quiet", "--disable-pip-version-check", "-r", client.requirements)
    stamp.write_text(wanted)


def _run(*command: str | Path) -> None:
    done = subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
    if done.returncode != 0:
        raise CannotBeMade(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")


def _tested(client: Client) -> tuple[Path, str]:
    """The report of the client's tests, and what they printed."""
    report = client.home / "report.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    done = subprocess.run(
        [
            client.python,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            f"--junitxml={report}",
            *client.tests,
        ],
        cwd=REPOSITORY,
        env={**os.environ, "COODIE_CLIENT": client.name, "COODIE_CLIENT_HOME": str(client.home)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return report, done.stdout


def _counted(report: Path) -> Iterator[tuple[str, int]]:
    """Passed, failed and skipped, as pytest wrote it down; nothing if it has not come so far."""
    found = ET.parse(report).getroot().iter("testsuite") if report.exists() else ()
    counts = [
        {name: int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")}
        for suite in found
    ]
    failed = sum(each["failures"] + each["errors"] for each in counts)
    skipped = sum(each["skipped"] for each in counts)
    yield "passed", sum(each["tests"] for each in counts) - failed - skipped
    yield "failed", failed
    yield "skipped", skipped


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
