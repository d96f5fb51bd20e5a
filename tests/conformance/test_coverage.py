"""Which items are shown by which scripts, and that none is left out."""

import re
from pathlib import Path

import pytest

from conformance.coverage import Item, MalformedItems, chapters, coverage, items, scripts, table, unknown
from conformance.script import parse

COMPLETE = range(1, 25)
"""Chapters none of whose items is left without a script or a reason."""

_ROOT = Path(__file__).parents[2]
_PATH = re.compile(r"(?:conformance|tests)/[\w/]+\.(?:py|cql)")

LISTED = """\
# A chapter

1.1 Order of checks
1.2 What no script can show
    Shown by tests/test_it.py,
    for it needs two connections.
1.3 Forgotten
"""


def script(numbers):
    return parse(f"-- Why.\n-- items: {numbers}\n\nSELECT 1;\n")


def test_an_item_has_a_number_a_behaviour_and_perhaps_a_reason():
    assert items(LISTED) == (
        Item("1.1", "Order of checks"),
        Item("1.2", "What no script can show", "Shown by tests/test_it.py, for it needs two connections."),
        Item("1.3", "Forgotten"),
    )


def test_what_is_no_item_is_refused_with_its_line():
    with pytest.raises(MalformedItems, match=r"items.txt:2: neither an item nor a reason: 'one'"):
        items("1.1 a\none\n")


def test_the_table_tells_what_shows_each_item():
    shown = coverage(iter(items(LISTED)), {"a/b.cql": script("1.1"), "a/c.cql": script("1.1, 1.2")})

    assert list(table(shown)) == [
        "1.1    Order of checks: a/b.cql, a/c.cql",
        "1.2    What no script can show: a/c.cql",
        "1.3    Forgotten: MISSING",
        "3 items: 2 shown by scripts, 0 otherwise, 1 missing",
    ]


def test_a_script_names_items_that_exist():
    assert unknown(iter(items(LISTED)), {"a/b.cql": script("1.1, 9.9")}) == ("a/b.cql: 9.9",)
    assert unknown(chapters(), scripts()) == ()


def test_numbers_are_given_once():
    numbers = [item.number for item in chapters()]

    assert len(numbers) > 500
    assert sorted(numbers) == sorted(set(numbers))


@pytest.fixture(scope="module")
def shown():
    """All items, each with the scripts that name it."""
    return coverage(chapters(), scripts())


@pytest.mark.parametrize("chapter", COMPLETE)
def test_each_item_of_a_complete_chapter_has_a_script_or_a_reason(shown, chapter):
    of_chapter = [each for each in shown if each.item.number.startswith(f"{chapter}.")]

    assert of_chapter
    assert [each.item.number for each in of_chapter if each.is_missing] == []


def test_reasons_name_files_that_exist(shown):
    named = {path for each in shown for path in _PATH.findall(each.item.reason)}

    assert named
    assert sorted(path for path in named if not (_ROOT / path).is_file()) == []
