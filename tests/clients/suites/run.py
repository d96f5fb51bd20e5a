"""Runs other people's own integration tests on the engine: `run.py SUITE [--dialect NAME] [--hosts HOST]`, by hand.

A suite is what its package brings, unchanged; it is fetched, built and run in `.clients/suites`. What fails is compared with
`expected.toml`, where each failure has its reason: what is not there, or passes all the same, is told, and is the exit code.
With `--hosts` it runs on a server that is there already, say a real one, and nothing is compared.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[2]
HOME = REPOSITORY / ".clients" / "suites"
HOST = "127.0.0.92"
"""The port cannot be told to each suite: an address of loopback that nobody else has, and 9042."""
ENABLED = ("materialized_views", "sasi", "user_defined_functions")
_GO = re.compile(r"^ *--- (PASS|FAIL|SKIP): (\S+)", re.MULTILINE)
_RUST = re.compile(r"^test (\S+) \.\.\. (ok|FAILED|ignored)$", re.MULTILINE)
_WORDS = {
    "PASS": "passed",
    "FAIL": "failed",
    "SKIP": "skipped",
    "ok": "passed",
    "FAILED": "failed",
    "ignored": "skipped",
}


@dataclass(frozen=True)
class Suite:
    """A suite: how it is made, in a folder of its own, and run on a host; its protocol's version where one is to be told."""

    make: Callable[[Path], None]
    command: Callable[[Path, str, int], Sequence[str | Path]]
    found: Callable[[str], Iterator[tuple[str, str]]]
    """Each test, and what became of it, from what the run printed."""
    speaks: Mapping[str, int]
    """The version that is asked for in each dialect."""
    environment: Callable[[str], Mapping[str, str]] = lambda _host: {}


def _go(module: str) -> Suite:
    def make(folder: Path) -> None:
        _run("go", "mod", "download", module, cwd=HERE)
        said = json.loads(_run("go", "mod", "download", "-json", module, cwd=HERE))
        shutil.copytree(said["Dir"], folder, dirs_exist_ok=True, copy_function=shutil.copyfile)
        _run(
            "go",
            "test",
            "-c",
            "-vet=off",
            "-tags",
            "all cassandra integration",
            "-o",
            "suite",
            ".",
            cwd=folder,
        )

    def command(folder: Path, host: str, version: int) -> Sequence[str | Path]:
        told = ("-test.v", "-test.timeout=20m", "-gocql.timeout=20s", "-gocql.cversion=5.0.6")
        return (folder / "suite", *told, f"-proto={version}", f"-cluster={host}")

    return Suite(make, command, _go_results, {"cassandra": 5 if "v2" in module else 4, "scylla": 4})


def _go_results(printed: str) -> Iterator[tuple[str, str]]:
    for word, name in _GO.findall(printed):
        yield name, _WORDS[word]


def _rust(crate: str, version: str) -> Suite:
    def make(folder: Path) -> None:
        fetching = folder / "fetching"
        fetching.mkdir(parents=True, exist_ok=True)
        (fetching / "lib.rs").touch()
        (fetching / "Cargo.toml").write_text(
            f'[package]\nname = "fetching"\nversion = "0.0.0"\n[lib]\npath = "lib.rs"\n[dependencies]\n{crate} = "={version}"\n'
        )
        said = json.loads(_run("cargo", "metadata", "--format-version=1", cwd=fetching))
        (manifest,) = [each["manifest_path"] for each in said["packages"] if each["name"] == crate]
        source = folder / "source"
        shutil.copytree(Path(manifest).parent, source, dirs_exist_ok=True, copy_function=shutil.copyfile)
        # These tests start clusters with a crate that is not published.
        main = source / "tests" / "integration" / "main.rs"
        main.write_text(main.read_text().replace("pub(crate) mod ccm;\n", ""))
        features = "full-serialization,unstable-testing,metrics"
        built = _run(
            *(
                "cargo",
                "test",
                "--no-run",
                "--test",
                "integration",
                "--features",
                features,
                "--message-format=json",
            ),
            cwd=source,
            CARGO_TARGET_DIR=str(folder / "target"),
            CARGO_PROFILE_TEST_DEBUG="0",
            CARGO_PROFILE_DEV_DEBUG="0",
        )
        said = [json.loads(line) for line in built.splitlines()]
        (executable,) = [each["executable"] for each in said if each.get("executable")]
        shutil.copy(executable, folder / "suite")

    def command(folder: Path, _host: str, _version: int) -> Sequence[str | Path]:
        return (folder / "suite", "--test-threads=4")

    def environment(host: str) -> Mapping[str, str]:
        return dict.fromkeys(("SCYLLA_URI", "SCYLLA_URI2", "SCYLLA_URI3"), f"{host}:9042")

    return Suite(make, command, _rust_results, {"cassandra": 4, "scylla": 4}, environment)


def _rust_results(printed: str) -> Iterator[tuple[str, str]]:
    for name, word in _RUST.findall(printed):
        yield name, _WORDS[word]


SUITES = {
    "gocql": _go("github.com/gocql/gocql@v1.7.0"),
    "gocql-apache": _go("github.com/apache/cassandra-gocql-driver/v2@v2.1.2"),
    "scylla-rust": _rust("scylla", "1.9.0"),
}


def main() -> int:
    """Run one suite; 0 if what fails is what is expected to."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("suite", choices=SUITES)
    parser.add_argument("--dialect", choices=("cassandra", "scylla"), default="cassandra")
    parser.add_argument("--hosts", help="a server that is there already, on port 9042")
    options = parser.parse_args()
    folder = HOME / options.suite
    if not (folder / "suite").exists():
        SUITES[options.suite].make(folder)
    if options.hosts is not None:
        _tell(_results(options.suite, options.hosts, options.dialect), {})
        return 0
    with _served(options.dialect) as host:
        results = _results(options.suite, host, options.dialect)
    reasons = tomllib.loads((HERE / "expected.toml").read_text())[options.suite]
    return _tell(results, reasons["always"] | reasons.get(options.dialect, {}))


def _results(name: str, host: str, dialect: str) -> Mapping[str, str]:
    suite, folder = SUITES[name], HOME / name
    done = subprocess.run(
        suite.command(folder, host, suite.speaks[dialect]),
        cwd=folder,
        env={**os.environ, **suite.environment(host)},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        errors="replace",
        check=False,
    )
    (folder / f"{dialect}.log").write_text(done.stdout)
    return dict(suite.found(done.stdout))


def _tell(results: Mapping[str, str], reasons: Mapping[str, str]) -> int:
    """Print what became of the tests; 1 if any is not as it is expected."""
    failed = {name for name, word in results.items() if word == "failed"}
    for name in sorted(failed):
        print(f"{'failed' if name not in reasons else 'so far'} {name}  {reasons.get(name, '')}".rstrip())
    passing = sorted(reasons.keys() - failed)
    for name in passing:
        print(f"passes {name}, which was not expected to: {reasons[name]}")
    passed = sum(word == "passed" for word in results.values())
    print(f"{passed} passed, {len(failed)} failed, {len(results) - passed - len(failed)} skipped")
    return 1 if not passed or failed - reasons.keys() or passing else 0


@contextmanager
def _served(dialect: str) -> Iterator[str]:
    """The address of the engine, as a server of its own."""
    switches = [word for name in ENABLED for word in ("--enable", name)]
    command = (
        sys.executable,
        "-m",
        "coodie_memory",
        "--host",
        HOST,
        "--dialect",
        dialect,
        "--echo-payload",
        *switches,
    )
    with subprocess.Popen(command, cwd=REPOSITORY, text=True, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        try:
            if not server.stdout.readline():
                sys.exit(f"{HOST}:9042 cannot be served")
            yield HOST
        finally:
            server.terminate()


def _run(*command: str, cwd: Path, **environment: str) -> str:
    return subprocess.run(
        command, cwd=cwd, env={**os.environ, **environment}, text=True, stdout=subprocess.PIPE, check=True
    ).stdout


if __name__ == "__main__":
    sys.exit(main())
