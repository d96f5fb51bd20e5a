"""Size and depth: long is fine and takes its time once, deep is refused."""

import pytest

from coodie_memory.cql.statements import parse
from coodie_memory.errors import SyntaxException

_DEEP = 3000


def test_long_literals_are_read_in_one_go():
    megabyte = "''" * 1_000_000

    assert parse(f"INSERT INTO t (p) VALUES ('{megabyte}')").values[0].text == "'" * 1_000_000


def test_many_values_are_fine():
    assert len(parse("INSERT INTO t (p) VALUES (" + "1," * 19_999 + "1)").values) == 20_000


def test_many_relations_are_fine():
    assert len(parse("SELECT * FROM t WHERE " + " AND ".join(["p = 1"] * 5_000)).where) == 5_000


@pytest.mark.parametrize(
    "text",
    [
        "SELECT " + "(" * _DEEP,
        "SELECT " + "[" * _DEEP,
        "SELECT " + "{" * _DEEP,
        "SELECT " + "f(" * _DEEP,
        "SELECT " + "- " * _DEEP + "v FROM t",
        "SELECT v" + " + 1" * _DEEP + " FROM t",
        "SELECT v" + " * 1" * _DEEP + " FROM t",
        "SELECT v" + ".f" * _DEEP + " FROM t",
        "SELECT " + "(int)" * _DEEP + "1 FROM t",
        "SELECT * FROM t WHERE " + "(" * _DEEP,
        "SELECT * FROM t WHERE p = " + "(" * _DEEP,
        "SELECT * FROM t WHERE p = " + "{1: " * _DEEP,
        "SELECT * FROM t WHERE p = " + "cast(" * _DEEP,
        "SELECT * FROM t WHERE p = " + "(int)" * _DEEP + "1",
        "SELECT * FROM t WHERE p = 1" + " + 1" * _DEEP,
        "SELECT * FROM t WHERE p = 1" + " / 1" * _DEEP,
        "CREATE TABLE t (a " + "list<" * _DEEP,
    ],
)
def test_deep_nesting_is_refused(text):
    with pytest.raises(SyntaxException, match="nested more than 100 levels deep"):
        parse(text)


@pytest.mark.parametrize(
    "text", ["SELECT " + "[" * 50 + "1" + "]" * 50 + " FROM t", "SELECT v" + " + 1" * 90 + " FROM t"]
)
def test_reasonable_nesting_is_fine(text):
    assert len(parse(text).selection) == 1
