"""Whatever comes in is answered as a server answers it; `python -m conformance.bad_input` sends more of it."""

import random

from conformance.bad_input import SCRIPTS, Tally, broken, run
from conformance.script import parse

PATHS = sorted(SCRIPTS.glob("*/*.cql"))


def test_broken_statements_are_answered_or_refused_soon_and_a_refusal_changes_nothing():
    tally = Tally()

    findings = list(run(PATHS, 600, 33, tally))

    assert [str(finding) for finding in findings] == []
    assert tally.answered > 25
    assert tally.refused > 250


def test_a_seed_repeats_what_it_breaks():
    corpus = [step.cql for path in PATHS[:5] for step in parse(path.read_text()).steps]

    first, second = ([broken(text, corpus, random.Random(7)) for text in corpus] for _ in range(2))

    assert first == second
    assert first != corpus
