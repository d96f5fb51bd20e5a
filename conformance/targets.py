"""Where scripts run: a real cluster over the wire, or the engine in this process. Both answer the same requests.

A script that changes the schema gets a keyspace of its own, empty at its start. The others share one with the scripts
of their folder, in which the folder's `_setup.cql` has run once; what a script wrote is gone before the next one.
"""

from contextlib import AbstractContextManager
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from conformance.runner import Client, run
from conformance.script import Script, parse

_SETUP = "_setup.cql"


class Target(Protocol):
    """A place to run scripts. `capabilities` are what it has of the names in `README.md`."""

    dialect: str
    profile: str
    capabilities: frozenset[str]

    def open(self, script: Script, folder: Path) -> AbstractContextManager[Client]:
        """A client in a keyspace where nothing is but the folder's shared tables."""
        ...


@lru_cache
def setup_of(folder: Path) -> Script | None:
    """What creates the tables that the scripts of a folder share."""
    path = folder / _SETUP
    return parse(path.read_text(), str(path)) if path.exists() else None


def run_setup(folder: Path, client: Client) -> None:
    """Create what the folder's scripts share; a refusal is a mistake in `_setup.cql`."""
    setup = setup_of(folder)
    if setup is not None:
        for step in run(setup, client).steps:
            if not step.answer or not step.answer[0].startswith(("created ", "updated ")):
                raise RuntimeError(f"{folder / _SETUP}:{step.line}: {' '.join(step.answer)}")
