"""Runs cases on two targets and compares every answer.

A round has a schema of its own, made once on both sides, and tells many cases with it, each on an emptied table. A
case ends at its first difference, since from there on the two sides are no longer in the same state.
"""

import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from conformance.answer import is_refusal
from conformance.binding import MalformedValue
from conformance.differential import census as counting
from conformance.differential.cases import Case, altering_case, case
from conformance.differential.census import Census
from conformance.differential.dice import Dice
from conformance.differential.explained import Answer, failed_inside, same
from conformance.differential.schema import Table, creation
from conformance.differential.shapes import tables
from conformance.differential.sketch import Statement
from conformance.runner import Client, run
from conformance.script import Head, Script, Step
from conformance.targets import Target
from conformance.wire import Parameters, Refused
from coodie_memory.clock import SECOND, Clock
from coodie_memory.result import Raw, Rows

_CASES_A_ROUND = 40
_NEW_VIEW = re.compile(r"CREATE\s+MATERIALIZED\b", re.IGNORECASE)
_PATIENCE = 30.0
_HERE = Path(__file__).parent
_UNSENT, _UNSUPPORTED, _CRASHED = "not sent: ", "ServerError 0x0000", "crashed: "
_HEAD = Head(why=("A difference.",))


class Lost(Exception):
    """The server hung up, or cannot empty a table: nothing more can be compared in this keyspace."""


class Outcome(Enum):
    """What became of a statement on both sides."""

    EQUAL = "equal"
    DIFFERENT = "different"
    UNSUPPORTED = "the engine does not speak it yet"
    UNSENT = "its values cannot be bound"
    FAILED = "the server failed inside"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A statement's outcome, and what the two sides answered."""

    outcome: Outcome
    ours: Answer
    theirs: Answer = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """Steps on a table at the last of which the sides differ."""

    table: Table
    steps: tuple[Step, ...]
    verdict: Verdict
    alters: bool = False

    @property
    def kind(self) -> str:
        """Which difference it is, as far as one can tell."""
        ours, theirs = (
            counting.family(_telling(answer)) for answer in (self.verdict.ours, self.verdict.theirs)
        )
        verb = self.steps[-1].cql.split(None, 1)[0]
        return f"{verb} {self.table.name}: {ours} <> {theirs}"


def schema_script(made: tuple[Table, ...]) -> Script:
    """What creates the tables."""
    return Script(_HEAD, tuple(step_of(text) for text in creation(made)))


def step_of(text: str) -> Step:
    return Step(0, (), (), (f"{text};",))


class Pair:
    """Two clients with the same schema: ours, which is judged, and theirs, which is right."""

    def __init__(self, ours: Client, theirs: Client) -> None:
        self.ours, self.theirs = ours, theirs
        self._started = time.monotonic()
        # By how much the clients' moment has been shifted.
        self._shifted = Clock(lambda: 0)

    def empty(self, table: Table) -> None:
        """Begin with nothing in the table, at the present moment."""
        # A real server's indexes judge by its own clock what has expired, so that the moment must keep up with it.
        behind = int(time.monotonic() - self._started) - self._shifted.micros() // SECOND
        if behind > 0:
            self._shift(f"{behind}s")
        for client in (self.ours, self.theirs):
            try:
                client.query(f"TRUNCATE {client.keyspace}.{table.name}", Parameters())
            except Refused as refused:
                raise Lost(str(refused)) from refused

    def compare(self, step: Step) -> Verdict:
        """Send a step to both sides; not to theirs if ours cannot do it, so that neither does."""
        if (span := step.directive("now")) is not None:
            self._shift(span)
            step = replace(step, directives=tuple(given for given in step.directives if given[0] != "now"))
        ours = _ask(step, self.ours)
        if ours and ours[0] == _UNSUPPORTED:
            return Verdict(Outcome.UNSUPPORTED, ours)
        theirs = _ask(step, self.theirs)
        if _NEW_VIEW.match(step.cql) and theirs and not is_refusal(theirs[0]):
            _await_views(self.theirs)
        if failed_inside(theirs):
            return Verdict(Outcome.FAILED, ours, theirs)
        if all(answer and answer[0].startswith(_UNSENT) for answer in (ours, theirs)):
            return Verdict(Outcome.UNSENT, ours, theirs)
        return Verdict(Outcome.EQUAL if same(step, ours, theirs) else Outcome.DIFFERENT, ours, theirs)

    def replay(self, table: Table, steps: Sequence[Step]) -> Difference | None:
        """The first difference that these steps lead to, from an empty table on; None if there is none."""
        self.empty(table)
        done: list[Step] = []
        for step in steps:
            verdict = self.compare(step)
            done.append(replace(step, answer=verdict.theirs))
            if verdict.outcome is Outcome.DIFFERENT:
                return Difference(table, tuple(done), verdict)
        return None

    def _shift(self, span: str) -> None:
        for client in (self.ours, self.theirs):
            client.shift_now(span)
        self._shifted.advance(span)


@contextmanager
def pair(ours: Target, theirs: Target, made: tuple[Table, ...]) -> Iterator[Pair]:
    """Both sides with these tables, in keyspaces of their own; what both sides refuse to make is not there."""
    script = schema_script(made)
    with ours.open(script, _HERE) as our_client, theirs.open(script, _HERE) as their_client:
        both = Pair(our_client, their_client)
        for step in script.steps:
            verdict = both.compare(step)
            if verdict.outcome is not Outcome.EQUAL:
                raise RuntimeError(f"{step.cql}\nours: {verdict.ours}\ntheirs: {verdict.theirs}")
        yield both


class Machine:
    """Tells cases to two targets until it has compared so many statements; `found` is called with each difference."""

    def __init__(
        self, ours: Target, theirs: Target, *, seed: int, found: Callable[[Difference, Pair], None]
    ) -> None:
        self.census = Census()
        self._ours, self._theirs = ours, theirs
        self._seed = seed
        self._found = found

    def run(self, statements: int) -> None:
        """Compare that many statements, or a few more."""
        number = 0
        while self.census.total < statements:
            self._round(f"{self._seed}/{number}", statements)
            number += 1

    def _round(self, seed: str, statements: int) -> None:
        made = tables(Dice(random.Random(seed).randint))
        with pair(self._ours, self._theirs, made) as both:
            for number in range(_CASES_A_ROUND):
                if self.census.total >= statements:
                    return
                dice = Dice(random.Random(f"{seed}/{number}").randint)
                # What alters the tables comes last.
                told = (case if number < _CASES_A_ROUND - 1 else altering_case)(dice, made)
                try:
                    self._case(told, both)
                except Lost as lost:
                    self.census.failed[f"the server is lost: {lost}"] += 1
                    return

    def _case(self, told: Case, both: Pair) -> None:
        both.empty(told.table)
        done: list[Step] = []
        for statement in told.statements:
            touches = _touches(statement, both.ours)
            verdict = both.compare(statement.step)
            done.append(replace(statement.step, answer=verdict.theirs))
            match verdict.outcome:
                case Outcome.EQUAL:
                    self.census.compared(statement, verdict.theirs, touches=touches)
                case Outcome.UNSENT:
                    self.census.unsent += 1
                case Outcome.UNSUPPORTED:
                    self.census.unsupported[verdict.ours[1]] += 1
                case Outcome.FAILED:
                    self.census.failed[counting.family(verdict.theirs)] += 1
                    if not is_read(statement):
                        return
                case Outcome.DIFFERENT:
                    self._found(Difference(told.table, tuple(done), verdict, told.alters), both)
                    return


def is_read(statement: Statement) -> bool:
    """Whether nothing has changed, whatever happened."""
    return statement.kind in ("select", "state", "prepare")


def _touches(statement: Statement, client: Client) -> bool:
    """Whether the row that a write is about is there before it."""
    if not statement.probe:
        return False
    return counting.returns_rows(_ask(step_of(statement.probe), client))


def _await_views(client: Client) -> None:
    """Wait until the server has built its views: while it does, writes pass them by and reads find too little."""
    until = time.monotonic() + _PATIENCE
    while building := _views("system_schema.views", client) - _views("system.built_views", client):
        if time.monotonic() > until:
            raise Lost(f"{building} not built")


def _views(source: str, client: Client) -> frozenset[Raw]:
    query = f"SELECT view_name FROM {source} WHERE keyspace_name = '{client.keyspace}'"
    rows = client.query(query, Parameters())
    assert isinstance(rows, Rows)
    return frozenset(name for (name,) in rows.raw)


def _ask(step: Step, client: Client) -> Answer:
    try:
        return run(Script(_HEAD, (step,)), client).steps[0].answer
    except MalformedValue as wrong:
        return (f"{_UNSENT}{wrong}",)
    except ConnectionError as error:
        raise Lost(f"{step.cql}: {error}") from error
    except (Refused, Lost):
        raise
    except Exception as error:  # noqa: BLE001 (whatever our engine raises is a difference to be told)
        return (f"{_CRASHED}{type(error).__name__}: {error}",)


def _telling(answer: Answer) -> Answer:
    """The lines that name the difference: of rows, only that they are rows."""
    return (
        answer
        if answer and (is_refusal(answer[0]) or len(answer) == 1)
        else (("rows",) if answer else ("nothing",))
    )
