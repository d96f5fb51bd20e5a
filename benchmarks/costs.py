"""An ODM's own cost, without a database: ours against others, each in a process and an environment of its own.

The environments are made on demand in the user's cache. They are for measuring only: nothing of ours imports anything of
theirs. `alone/` holds what runs in them; all drivers answer from one list.
"""

import json
import os
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final, TypeAlias

from benchmarks.report import Target

OURS: Final = "ours"
OTHERS: Final[Mapping[str, tuple[str, ...]]] = {
    "pypi": ("coodie==1.9.*", "cassandra-driver>=3.29.2,<4"),
    "cqlengine": ("cassandra-driver>=3.29.2,<4",),
}
"""The programs beside ours, and what their environments hold."""
RUNS: Final = 3
"""Processes of each, in turns; the best counts."""

_ALONE = Path(__file__).parent / "alone"
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "coodie" / "benchmarks"

Micros: TypeAlias = Mapping[str, Mapping[str, float]]
"""Program → operation → microseconds."""


def measured(tell: Callable[[str], None]) -> Micros:
    """What each program took; one whose environment cannot be made is left out, and told of."""
    pythons = {OURS: Path(sys.executable)}
    for name, wanted in OTHERS.items():
        try:
            pythons[name] = environment(name, wanted, tell)
        except (OSError, subprocess.CalledProcessError) as error:
            tell(f"… {name} left out: {error}")
    best: dict[str, dict[str, float]] = {name: {} for name in pythons}
    for _ in range(RUNS):
        for name, python in pythons.items():
            for operation, micros in _run(name, python).items():
                best[name][operation] = min(micros, best[name].get(operation, micros))
    return best


def environment(name: str, wanted: tuple[str, ...], tell: Callable[[str], None]) -> Path:
    """The interpreter of an environment that holds these packages, made if it is not there."""
    folder = _CACHE / f"{name}-{sys.version_info.major}.{sys.version_info.minor}"
    python, done = folder / "bin" / "python", folder / "holds.json"
    if done.exists() and json.loads(done.read_text()) == list(wanted):
        return python
    tell(f"… making an environment for {name} in {folder}")
    venv.create(folder, clear=True, with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "-q", *wanted], check=True)
    done.write_text(json.dumps(list(wanted)))
    return python


def tables(micros: Micros) -> Iterator[str]:
    """Microseconds of each, and how often ours fits into them."""
    operations = micros[OURS]
    yield f"\n{'own cost, no database':<22}" + "".join(f"{operation:>24}" for operation in operations)
    for name, there in micros.items():
        entries = (f"{there[each]:.1f} µs ({there[each] / micros[OURS][each]:5.2f} x)" for each in operations)
        yield f"  {name:<20}" + "".join(f"{entry:>24}" for entry in entries)


def targets(micros: Micros) -> Iterator[Target]:
    """Ahead of everybody, in everything."""
    for name in micros.keys() - {OURS}:
        for operation, ours in micros[OURS].items():
            quantity = f"ODM: own cost of {operation}, of {name} against ours"
            yield Target(quantity, micros[name][operation] / ours, 1, "", at_least=True)


def _run(name: str, python: Path) -> dict[str, float]:
    """What the program tells; ours finds this repository, the others find nothing but their environment."""
    variables = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    if name == OURS:
        variables["PYTHONPATH"] = str(_ALONE.parent.parent)
    answer = subprocess.run(
        [python, "-B", _ALONE / f"{name}.py"], check=True, capture_output=True, text=True, env=variables
    )
    found: dict[str, float] = json.loads(answer.stdout)
    return found
