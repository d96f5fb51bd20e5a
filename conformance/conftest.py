"""Makes pytest items of `scripts/**/*.cql`: each script once for each target it can run on."""

from pathlib import Path

import pytest

from conformance.items import REAL_TARGETS, RealTargets, ScriptFile
from coodie_pytest.options import RUN

SCRIPTS = Path(__file__).parent / "scripts"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("coodie").addoption(
        "--lenient", action="store_true", help="scripts compare class and code of an error, not its words"
    )


def pytest_configure(config: pytest.Config) -> None:
    run = config.stash[RUN]
    config.stash[REAL_TARGETS] = RealTargets(run)
    texts = [path.read_text() for path in SCRIPTS.rglob("*.cql")]
    run.profiles.update(
        name for name in ("full", "authentication") if any(f"-- profile: {name}" in text for text in texts)
    )


def pytest_sessionfinish(session: pytest.Session) -> None:
    session.config.stash[REAL_TARGETS].close()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.suffix == ".cql" and not file_path.name.startswith("_") and SCRIPTS in file_path.parents:
        return ScriptFile.from_parent(parent, path=file_path)
    return None
