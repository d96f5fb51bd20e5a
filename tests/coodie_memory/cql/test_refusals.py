"""Every statement in `refusals.txt` is refused in the server's words; nothing else is raised, whatever the text."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coodie_memory.cql import tokens
from coodie_memory.cql.statements import parse
from coodie_memory.errors import SyntaxException

_ESCAPES = {"\\\\": "\\", "\\n": "\n", "\\t": "\t", "\\r": "\r"}


def _unescaped(line: str) -> str:
    parts, at = [], 0
    while at < len(line):
        width = 2 if line[at : at + 2] in _ESCAPES else 1
        parts.append(_ESCAPES.get(line[at : at + 2], line[at]))
        at += width
    return "".join(parts)


def _table() -> list[tuple[str, str]]:
    lines = (Path(__file__).parent / "refusals.txt").read_text().split("\n")
    table, statement = [], None
    for line in lines:
        if line.startswith("    "):
            table.append((statement, _unescaped(line[4:])))
        elif line and not line.startswith("#"):
            statement = _unescaped(line)
    return table


def _refusal(text: str) -> str:
    with pytest.raises(SyntaxException) as refused:
        parse(text)
    return refused.value.message


@pytest.mark.parametrize(("statement", "message"), _table())
def test_refused_in_the_servers_words(statement, message):
    assert message == _refusal(statement)


@pytest.mark.parametrize("text", ["", " ", "\n", "-- only a comment\n"])
def test_nothing_is_no_statement(text):
    assert _refusal(text) == "line 0:-1 no viable alternative at input '<EOF>'"


def test_lines_are_counted_and_joined_in_the_excerpt():
    text = "select v\nfrom t\nwhere p = 1\nx"

    assert _refusal(text) == "line 4:0 no viable alternative at input 'x' (...twhere p = 1[x])"


def test_a_broken_token_is_reported_only_if_the_parser_has_come_that_far():
    """The server's lexer runs just ahead of its parser."""
    assert (
        _refusal("select from t where _")
        == "line 1:7 no viable alternative at input 'from' (select [from]...)"
    )
    assert _refusal("select v from t where _") == "line 1:22 no viable alternative at character '_'"


def test_a_refusal_comes_after_what_was_broken_before_it():
    """A refused token has been taken, and with it the next one read."""
    assert _refusal("use ? _") == "line 1:6 no viable alternative at character '_'"
    assert _refusal("use ? a _") == "Bind variables cannot be used for keyspace names"


def test_a_value_that_the_parser_trips_over_comes_first():
    """Even when the next token is broken."""
    assert "NumberFormatException Character I is neither" in _refusal("select v from t where p = 1e309 _")


def test_a_token_of_several_lines_cannot_be_marked():
    expected = (
        "Failed parsing statement: [select v from t where 'a\nb' = 1] reason: "
        "StringIndexOutOfBoundsException begin 0, end 25, length 24"
    )

    assert _refusal("select v from t where 'a\nb' = 1") == expected


_WORDS = [
    *tokens.KEYWORDS,
    "a",
    "'s'",
    '"Q"',
    "1",
    "1.5",
    "2d",
    "?",
    ":",
    ",",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ".",
    "=",
    "..",
]


@given(st.lists(st.sampled_from(_WORDS), max_size=12))
def test_words_in_any_order_parse_or_are_refused(words):
    """No other exception escapes."""
    with suppress(SyntaxException):
        parse(" ".join(words))


@given(st.text(alphabet="aefxPT019.-+'\"$/*µ dhmsu_:", max_size=12))
def test_characters_in_any_order_parse_or_are_refused(text):
    with suppress(SyntaxException):
        parse(f"SELECT v FROM t WHERE p = {text}")
