"""A case: some statements on one table that begins empty, over few keys, so that they meet."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from conformance.differential import batches, definitions, reads, writes
from conformance.differential.dice import Dice
from conformance.differential.mutilation import mutilated
from conformance.differential.schema import Table
from conformance.differential.sketch import Keys, Sketch, Statement, StepKind, statement
from conformance.differential.values import keys
from conformance.script import Step

_LENGTH, _DEFINITIONS = 20, 20
_FAULTY = 22
_TIMES = ("1", "2", "3", "1000")
_READ_LEVELS = ("ONE", "QUORUM", "ALL", "LOCAL_QUORUM", "EACH_QUORUM", "TWO", "ANY", "SERIAL", "LOCAL_SERIAL")
# With ANY nobody waits for a transaction's commit, and what TWO refuses then is committed with the next one.
_WRITE_LEVELS = tuple(level for level in _READ_LEVELS if level != "ANY")
_CONDITIONAL_LEVELS = tuple(level for level in _WRITE_LEVELS if level != "TWO")


_Verb: TypeAlias = Literal["insert", "update", "delete", "batch"]
_WRITING: tuple[tuple[int, _Verb], ...] = ((36, "insert"), (34, "update"), (18, "delete"), (12, "batch"))
_COUNTING: tuple[tuple[int, _Verb], ...] = ((70, "update"), (5, "insert"), (15, "delete"), (10, "batch"))
_MAKERS: dict[_Verb, Callable[[Sketch], writes.Write]] = {
    "insert": writes.insert,
    "update": writes.update,
    "delete": writes.delete,
    "batch": batches.batch,
}


@dataclass(frozen=True, slots=True)
class Case:
    """Statements on a table; where they alter it, nobody else can use it afterwards."""

    table: Table
    statements: tuple[Statement, ...]
    alters: bool = False


def case(dice: Dice, tables: Sequence[Table]) -> Case:
    """A case on one of the tables."""
    table = dice.pick(tables)
    return Case(table, tuple(_statements(dice, table)))


def altering_case(dice: Dice, tables: Sequence[Table]) -> Case:
    """Schema statements around one of the tables."""
    table = dice.pick(tables)
    return Case(table, tuple(_definitions(dice, table)), alters=True)


def _known(dice: Dice, table: Table) -> Keys:
    most = 2 if len(table.key) > 2 else 3
    return {column.name: keys(dice, column.type, most) for one in (table, *table.views) for column in one.key}


def _definitions(dice: Dice, table: Table) -> Iterator[Statement]:
    known = _known(dice, table)
    for _ in range(_DEFINITIONS):
        if dice.chance(20):
            yield _write(Sketch(dice, table, known, faulty=False))
        yield _definition(definitions.definition(Sketch(dice, table, known, faulty=dice.chance(60))))
        yield _definition(definitions.look(Sketch(dice, table, known, faulty=False)))


def _definition(text: str) -> Statement:
    return Statement("definition", Step(0, (), (), (f"{text};",)))


def _statements(dice: Dice, table: Table) -> Iterator[Statement]:
    known = _known(dice, table)
    for _ in range(3):
        yield _write(Sketch(dice, table, known, faulty=False))
    for at in range(_LENGTH):
        yield _any(dice, table, known)
        if at % 10 == 9:
            for one in (table, *table.views):
                yield _state(dice, one, known)


def _any(dice: Dice, table: Table, known: Keys) -> Statement:
    binding = dice.weighted((60, 0), (25, 100), (15, 50))
    sketch = Sketch(dice, table, known, faulty=dice.chance(_FAULTY), binding=binding)
    if dice.chance(48):
        source = dice.pick((table, *table.views))
        made = _read(replace(sketch, table=source) if source is not table else sketch)
    else:
        made = _write(sketch)
    if dice.chance(3):
        return _malformed(dice, made)
    return made


def _state(dice: Dice, table: Table, known: Keys) -> Statement:
    sketch = Sketch(dice, table, known, faulty=False)
    return statement("state", reads.state(sketch), sketch, page=_page(dice))


def _read(sketch: Sketch) -> Statement:
    text = reads.select(sketch)
    page = _page(sketch.dice)
    if " GROUP BY " in text and not sketch.table.of("clustering"):
        # The server does not understand its own paging state there.
        page = ""
    level = sketch.dice.pick(_READ_LEVELS) if sketch.dice.chance(4) else ""
    return statement("select", text, sketch, page=page, now=_later(sketch.dice), consistency=level)


def _write(sketch: Sketch) -> Statement:
    dice, table = sketch.dice, sketch.table
    verb = dice.weighted(*(_COUNTING if table.counts else _WRITING))
    # A counter's increment older than a deletion is lost, but not to the server's cache of counters.
    timestamp = dice.pick(_TIMES) if dice.chance(20) and not table.counts else ""
    made = _MAKERS[verb](sketch)
    kind: StepKind = "conditional" if made.conditional else "counter" if table.counts else verb
    probe = f"SELECT * FROM {table.name} WHERE {made.probe}" if made.probe else ""
    levels = _CONDITIONAL_LEVELS if made.conditional else _WRITE_LEVELS
    level = dice.pick(levels) if dice.chance(3) else ""
    return statement(kind, made.text, sketch, probe, timestamp=timestamp, now=_later(dice), consistency=level)


def _malformed(dice: Dice, whole: Statement) -> Statement:
    """A text that is no statement any more, or is another one; nothing is bound to it."""
    step = replace(whole.step, directives=(), source=(f"{mutilated(dice, whole.cql)};",))
    return Statement("malformed", step)


def _page(dice: Dice) -> str:
    return str(dice.pick((1, 2, 3, 5))) if dice.chance(30) else ""


def _later(dice: Dice) -> str:
    return f"{dice.pick((1, 4, 6))}s" if dice.chance(5) else ""
