"""The format of conformance scripts: text to data and back."""

import pytest

from conformance.script import MalformedScript, parse

SCRIPT = """\
-- Why it exists,
-- in two lines.
-- items: 1.2, 14.30
-- confirmed: Cassandra 5.0.6, 2026-11-24
-- requires: clock, sasi
-- dialect: any
-- profile: full

INSERT INTO t (k)
  VALUES (1);
-- A comment before a statement.
> bind 1
> page 2
SELECT * FROM t WHERE k = ?;
---
k int
1

BEGIN BATCH
  DELETE FROM t WHERE k = 1;
  DELETE FROM t WHERE k = 2;
APPLY BATCH;

> raw
SELECT ';
---
SyntaxException 0x2000
line 1:9 …

-- The end.
"""


def test_text_of_a_canonical_script_is_the_file():
    assert parse(SCRIPT).text() == SCRIPT


def test_head_says_why_and_where():
    head = parse(SCRIPT).head

    assert head.why == ("Why it exists,", "in two lines.")
    assert head.items == ("1.2", "14.30")
    assert head.requires == ("clock", "sasi")
    assert (head.dialect, head.profile, head.confirmed) == ("any", "full", "Cassandra 5.0.6, 2026-11-24")


def test_statement_is_sent_without_its_semicolon_and_as_it_stands_if_raw():
    insert, _, batch, raw = parse(SCRIPT).steps

    assert insert.cql == "INSERT INTO t (k)\n  VALUES (1)"
    assert batch.cql.endswith("APPLY BATCH")
    assert raw.cql == "SELECT ';"


def test_statement_without_a_rule_answers_nothing():
    insert, select, *_ = parse(SCRIPT).steps

    assert insert.answer == ()
    assert select.answer == ("k int", "1")


def test_directives_stand_before_the_statement():
    select = parse(SCRIPT).steps[1]

    assert select.directive("bind") == "1"
    assert select.directive("page") == "2"
    assert select.directive("now") is None


def test_new_answer_is_set_off_from_the_next_statement():
    from dataclasses import replace

    script = parse("-- Why.\n\nSELECT 1;\nSELECT 2;\n")
    first, second = script.steps
    answered = replace(script, steps=(replace(first, answer=("a int",)), second)).text()

    assert answered == "-- Why.\n\nSELECT 1;\n---\na int\n\nSELECT 2;\n"
    assert parse(answered).text() == answered


@pytest.mark.parametrize(
    ("statement", "changes"),
    [
        ("CREATE TABLE t (k int PRIMARY KEY);", True),
        ("alter TABLE t ADD v int;", True),
        ("DROP INDEX i;", True),
        ("INSERT INTO created (k) VALUES (1);", False),
        ("TRUNCATE t;", False),
    ],
)
def test_schema_changes_are_known_by_the_first_word(statement, changes):
    assert parse(f"-- Why.\n\n{statement}\n").changes_schema is changes


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT 1;\n", "1: the first line is a comment that says why"),
        ("-- Why.\n-- dialect: mongo\n", "2: dialect is one of cassandra, scylla, any, not 'mongo'"),
        ("-- dialect: any\n-- Why.\n", "2: the reason comes before the other head lines"),
        ("-- Why.\n\n> bnd 1\nSELECT 1;\n", "3: no directive: '> bnd 1'; there are: advance, as, bind"),
        ("-- Why.\n\nSELECT 1\n", "3: a statement ends with a line that ends with a semicolon"),
    ],
)
def test_malformed_script_is_refused_with_its_line(text, message):
    with pytest.raises(MalformedScript) as refused:
        parse(text, "x.cql")

    assert str(refused.value).startswith(f"x.cql:{message}")
