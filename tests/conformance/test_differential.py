"""The differential machine on two engines in this process: equal ones, and one with a fault planted in it."""

import random
import re
from contextlib import contextmanager
from pathlib import Path

from hypothesis import HealthCheck, given, settings, strategies

from conformance.differential.cases import case
from conformance.differential.census import Census
from conformance.differential.dice import Dice, hypothetical
from conformance.differential.explained import failed_inside, same
from conformance.differential.machine import Machine, Outcome, pair, step_of
from conformance.differential.mutilation import mutilated
from conformance.differential.schema import Column, Table, Type
from conformance.differential.shapes import tables
from conformance.differential.shrinking import as_script, narrowed, shrunk
from conformance.differential.sketch import Statement
from conformance.memory_target import MemoryClient, MemoryTarget
from conformance.runner import run
from conformance.script import parse

HERE = Path(__file__).parent
ENGINE = MemoryTarget("cassandra", "full")
WIDE = Table(
    "wide",
    (
        Column("k", Type("int"), "partition"),
        Column("c", Type("int"), "clustering"),
        Column("v", Type("int"), "regular"),
        Column("w", Type("text"), "regular"),
    ),
)


class Forgetful(MemoryClient):
    """Forgets a timestamp if it is the lowest."""

    def query(self, cql, parameters):
        return super().query(re.sub(r"TIMESTAMP 1\b", "TIMESTAMP 2", cql), parameters)


class Planted:
    """An engine that forgets."""

    dialect, profile, capabilities = ENGINE.dialect, ENGINE.profile, ENGINE.capabilities

    @contextmanager
    def open(self, script, folder):
        with ENGINE.open(script, folder) as client:
            client.__class__ = Forgetful
            yield client


def compared(ours, theirs, statements=400, seed=0):
    """The first difference, made small, under its kind, and the census."""
    kinds = {}

    def found(difference, both):
        if not kinds:
            kinds[difference.kind] = shrunk(difference, both.replay)

    machine = Machine(ours, theirs, seed=seed, found=found)
    machine.run(statements)
    return kinds, machine.census


def test_equal_engines_answer_equally_to_statements_that_meet_rows_and_are_refused():
    """No difference, in statements of which many touch existing rows and many are refused."""
    kinds, census = compared(ENGINE, ENGINE)

    assert kinds == {}
    assert census.total >= 400
    assert census.touching / census.total >= 0.25
    assert census.refused.total() / census.total >= 0.05
    assert {"select", "insert", "update", "delete", "batch", "conditional", "counter"} <= set(census.kinds)


def test_seed_repeats_a_run():
    """The same seed asks the same statements; another one asks others."""
    (_, once), (_, again), (_, other) = (compared(ENGINE, ENGINE, 100, seed) for seed in (7, 7, 8))

    assert list(once.lines()) == list(again.lines())
    assert list(once.lines()) != list(other.lines())


def test_planted_fault_is_found_and_made_small():
    """An engine that forgets timestamps is caught, and a script of a few statements shows it on a table of its own."""
    kinds, _ = compared(Planted(), ENGINE, 1500)
    (small,) = kinds.values()

    @contextmanager
    def aside(table):
        with pair(Planted(), ENGINE, (table,)) as both:
            yield both

    text = as_script(narrowed(small, aside))
    script = parse(text)
    with ENGINE.open(script, HERE) as right, Planted().open(script, HERE) as wrong:
        answers = [run(script, client).steps[-1].answer for client in (right, wrong)]

    assert len(small.steps) <= 4
    last = script.steps[-1]
    assert same(last, last.answer, answers[0])
    assert not same(last, *answers)
    assert "TIMESTAMP 1" in text


def test_shrinking_keeps_what_matters_alone():
    """Statements, words and columns go that the difference does without."""
    texts = (
        "INSERT INTO wide (k, c, v) VALUES (5, 5, 5)",
        "INSERT INTO wide (k, c, v, w) VALUES (0, 0, 0, 'x') USING TTL 100 AND TIMESTAMP 1",
        "INSERT INTO wide (k, c, w) VALUES (0, 1, 'y')",
        "SELECT k, writetime(v) FROM wide WHERE k = 0 AND c = 0 LIMIT 10 ALLOW FILTERING",
    )
    with pair(Planted(), ENGINE, (WIDE,)) as both:
        small = shrunk(both.replay(WIDE, [step_of(text) for text in texts]), both.replay)

    assert [step.cql for step in small.steps] == [
        "INSERT INTO wide (k, c, v, w) VALUES (0, 0, 0, 'x') USING TIMESTAMP 1",
        "SELECT writetime(v) FROM wide",
    ]


@settings(
    max_examples=25, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(strategies.data())
def test_engine_never_crashes(data):
    """Whatever hypothesis makes of the dice, the engine answers with a result or an error of CQL."""

    @strategies.composite
    def cases(draw):
        return case(hypothetical(draw), tables(Dice(random.Random(0).randint)))

    told = data.draw(cases())
    with pair(ENGINE, ENGINE, (told.table,)) as both:
        verdicts = [both.compare(statement.step) for statement in told.statements]

    assert not [verdict for verdict in verdicts if "crashed" in "".join(verdict.ours[:1])]
    assert {verdict.outcome for verdict in verdicts} <= {Outcome.EQUAL, Outcome.UNSENT, Outcome.UNSUPPORTED}


def test_unsupported_statement_is_not_sent_to_the_other_side():
    """What the engine does not speak yet must not change theirs: the sides would no longer be in the same state."""
    with pair(ENGINE, ENGINE, (WIDE,)) as both:
        both.ours.query = _unsupported
        verdict = both.compare(step_of("INSERT INTO wide (k, c) VALUES (0, 0)"))
        del both.ours.query
        found = both.compare(step_of("SELECT * FROM wide"))

    assert verdict.outcome == Outcome.UNSUPPORTED
    assert found.theirs == ("k int | c int | v int | w text",)


def _unsupported(cql, parameters):
    from conformance.wire import Refused

    raise Refused(0, "IF is not supported yet")


def test_mutilation_changes_a_text_by_a_token():
    """A mutilated text is another one, or the same with other spaces, and of about the same length."""
    words = ["SELECT", "a", "FROM", "t", "WHERE", "b", "=", "1"]

    for seed in range(50):
        text = mutilated(Dice(random.Random(seed).randint), " ".join(words))
        assert len(text.split(" ")) <= len(words) + 1


def test_two_equal_servers_may_differ_in_what_is_explained_and_in_nothing_else():
    """Signatures in any order, the server's times and what is computed of them, which of several conditions fails first."""
    plain, several = (
        step_of("SELECT f(v) FROM t"),
        step_of("UPDATE t SET a = 1 WHERE k = 1 IF a = 1 AND b[-1] = 1"),
    )
    error = "InvalidRequest 0x2200"

    assert same(
        plain,
        (error, "signatures: f : (a) -> b, f : (c) -> d"),
        (error, "signatures: f : (c) -> d, f : (a) -> b"),
    )
    assert not same(plain, (error, "signatures: f : (a) -> b"), (error, "signatures: f : (c) -> d"))
    assert same(
        plain, ("writetime(v) bigint", "1795525554881000"), ("writetime(v) bigint", "1795525555018000")
    )
    assert not same(plain, ("writetime(v) bigint", "1"), ("writetime(v) bigint", "2"))
    computed = ("k int | cast(writetime(v) as int) int", "1 | -545358768")
    assert same(plain, computed, (computed[0], "1 | -545701768"))
    assert not same(plain, computed, (computed[0], "2 | -545358768"))
    assert not same(plain, ("k int | cast(v as int) int", "1 | 2"), ("k int | cast(v as int) int", "1 | 3"))
    renamed = step_of("SELECT CAST(writetime(v) AS int) AS x, k AS y FROM t")
    assert same(renamed, ("x int | y int", "1 | 2"), ("x int | y int", "3 | 2"))
    assert not same(renamed, ("x int | y int", "1 | 2"), ("x int | y int", "1 | 3"))
    assert same(several, (error, "Invalid negative list index -1"), ("[applied] boolean", "false"))
    assert not same(plain, (error, "Invalid negative list index -1"), ("[applied] boolean", "false"))
    assert not same(plain, ("v1 int", "0"), ("v1 int", "0", "1"))
    assert failed_inside(("ServerError 0x0000", "java.lang.NullPointerException"))
    assert not failed_inside((error, "Key may not be empty"))


def test_census_counts_errors_by_family():
    """Particulars of a message do not make it another one."""
    census = Census()
    statement = Statement("select", step_of("SELECT * FROM t"))
    for name in ("'a'", "'b'"):
        census.compared(statement, ("InvalidRequest 0x2200", f"no column {name}"), touches=False)
    census.compared(statement, ("k int", "1"), touches=False)

    assert census.refused.most_common() == [("InvalidRequest … no column …", 2)]
    assert census.touching == 1
    assert census.total == 3
