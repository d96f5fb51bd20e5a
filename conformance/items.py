"""One pytest item for each script and target: run it, compare its text with the file's, or write the file."""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from conformance.runner import run, without_messages
from conformance.script import Script, parse
from conformance.server_target import ServerTarget
from conformance.targets import Target
from coodie_pytest.options import IN_MEMORY, RUN, Run


class RealTargets:
    """The real clusters that scripts have asked for in this process."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._open: dict[tuple[str, int], ServerTarget] = {}

    def get(self, backend: str, profile: str) -> ServerTarget:
        address = self._run.servers.address("default" if profile == "any" else profile)
        place = address.hosts[0], address.port
        if place not in self._open:
            self._open[place] = ServerTarget(*place, dialect=backend)
        return self._open[place]

    def close(self) -> None:
        for target in self._open.values():
            target.close()


REAL_TARGETS = pytest.StashKey[RealTargets]()


class ScriptFile(pytest.File):
    """A `.cql` file."""

    def collect(self) -> Iterator[pytest.Item]:
        script = parse(self.path.read_text(), self.path.name)
        for backend in self.config.stash[RUN].backends:
            for dialect in _dialects(script, backend):
                for door in _doors(backend, dialect):
                    place = "-".join(filter(None, (backend, dialect, door))) if door is not None else backend
                    yield ScriptItem.from_parent(
                        self,
                        name=f"{self.path.stem}[{place}]",
                        script=script,
                        backend=backend,
                        dialect=dialect,
                        door=door,
                    )


def _dialects(script: Script, backend: str) -> tuple[str, ...]:
    """The dialects that the script runs in on this backend; a real one has only its own."""
    if backend not in IN_MEMORY:
        return (backend,)
    return ("cassandra", "scylla") if script.head.dialect == "any" else (script.head.dialect,)


def _doors(backend: str, dialect: str) -> Iterable[str | None]:
    """The names of the ways into the engine; a real cluster has one, without a name."""
    if backend not in IN_MEMORY:
        return (None,)
    from conformance.memory_target import doors

    return doors(backend, dialect)


class Differs(Exception):
    """The target answered otherwise; the message is the difference as a diff."""


class ScriptItem(pytest.Item):
    """A script on a target."""

    def __init__(
        self, *, script: Script, backend: str, dialect: str, door: str | None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self._script, self._backend, self._dialect, self._door = script, backend, dialect, door

    def runtest(self) -> None:
        if self._script.head.dialect not in ("any", self._dialect):
            pytest.skip(f"its answers are those of {self._script.head.dialect}")
        target = self._target()
        if missing := _missing(self._script, target):
            pytest.skip(f"needs {missing}")
        with target.open(self._script, self.path.parent) as client:
            answered = run(self._script, client)
        if isinstance(target, ServerTarget) and self.config.stash[RUN].update_golden:
            self._update(answered, target)
        else:
            self._compare(answered)

    def _target(self) -> Target:
        profile = self._script.head.profile
        if self._door is not None:
            from conformance.memory_target import MemoryTarget, doors

            door = doors(self._backend, self._dialect)[self._door]
            return MemoryTarget(self._dialect, "default" if profile == "any" else profile, door)
        return self.config.stash[REAL_TARGETS].get(self._backend, profile)

    def _update(self, answered: Script, target: ServerTarget) -> None:
        """Write the file, unless it says all this already."""
        head = answered.head
        if answered.text() != self._script.text() or not head.confirmed.startswith(f"{target.version}, "):
            today = datetime.now(UTC).date()
            head = replace(head, confirmed=f"{target.version}, {today}")
        self.path.write_text(replace(answered, head=head).text())

    def _compare(self, answered: Script) -> None:
        head = self._script.head
        if not (head.source if head.dialect == "scylla" else head.confirmed):
            raise Differs(
                "no real server has confirmed its answers; see --update-golden in conformance/README.md"
            )
        expected = self._script
        if self.config.getoption("--lenient"):
            expected, answered = without_messages(expected), without_messages(answered)
        if expected.text() != answered.text():
            raise Differs(difference(expected, answered))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, Differs):
            return f"{self.path}\n{excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, self.name


def _missing(script: Script, target: Target) -> str:
    """What the script needs and the target lacks, by name; empty if nothing."""
    needed = {*script.head.requires, *(("clock",) if script.needs_own_clock else ())}
    lacking = sorted(needed - target.capabilities)
    if script.head.profile not in ("any", target.profile):
        lacking.append(f"a server with profile {script.head.profile}")
    return ", ".join(lacking)


def difference(expected: Script, answered: Script) -> str:
    """What is expected (-) and what was answered (+)."""
    lines = difflib.unified_diff(
        expected.text().splitlines(), answered.text().splitlines(), "expected", "answered", lineterm=""
    )
    return "\n".join(lines)
