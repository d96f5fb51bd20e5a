"""Rows in the notation of INSERT JSON; that servers read it so is tested on them."""

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from ipaddress import ip_address
from uuid import UUID

import pytest

from coodie.codecs import UserValue
from coodie.cqljson import row_text, tells_servers_apart
from coodie.statement import CqlDuration


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, None),
        (True, True),
        (5, 5),
        ("it's", "it's"),
        (0.5, 0.5),
        (float("inf"), "Infinity"),
        (float("-inf"), "-Infinity"),
        (float("nan"), "NaN"),
        (b"\x00\xff", "0x00ff"),
        (datetime(2026, 5, 1, 12, 0, 0, 5000, tzinfo=UTC), "2026-05-01T12:00:00.005+00:00"),
        (date(1, 1, 1), "0001-01-01"),
        (time(1, 2, 3, 4), "01:02:03.000004"),
        (CqlDuration(-1, -2, -3), "-1mo2d3ns"),
        (CqlDuration(1, 2, 3), "1mo2d3ns"),
        (Decimal("1.50"), "1.50"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (ip_address("::1"), "::1"),
        ([1, "a"], [1, "a"]),
        ((1, None), [1, None]),
        ({1}, [1]),
        ({1: "a", "b": [2]}, {"1": "a", "b": [2]}),
        ({(1, 2): 3}, {"[1, 2]": 3}),
        (UserValue({"a": 1, "B": 2}), {"a": 1, '"B"': 2}),
    ],
)
def test_value_is_written_as_servers_read_it(value, written):
    assert json.loads(row_text(["c"], [value])) == {"c": written}


def test_names_keep_their_case():
    """Outer quotes are taken off, and nothing inside of them means anything."""
    assert json.loads(row_text(["plain", "Upper", 'quo"te'], [1, 2, 3])) == {
        "plain": 1,
        '"Upper"': 2,
        '"quo"te"': 3,
    }


def test_fields_are_called_as_they_are_where_the_server_wants_it_so():
    row = {"Upper": [UserValue({"ZIP": 1, "b": None})]}
    assert json.loads(row_text(tuple(row), tuple(row.values()))) == {'"Upper"': [{'"ZIP"': 1, "b": None}]}
    assert json.loads(row_text(tuple(row), tuple(row.values()), bare_fields=True)) == {
        '"Upper"': [{"ZIP": 1, "b": None}]
    }


@pytest.mark.parametrize(
    ("value", "tells"),
    [
        (1, False),
        ([{"K": "V"}], False),
        (UserValue({"zip": 1}), False),
        (UserValue({"ZIP": 1}), True),
        ({1: [UserValue({"a": UserValue({"B": 1})})]}, True),
        ({(UserValue({"B": 1}),): 2}, True),
    ],
)
def test_capitals_of_fields_tell_servers_apart(value, tells):
    assert tells_servers_apart(value) is tells


def test_what_is_no_value_is_refused():
    with pytest.raises(TypeError, match="is no value of a row"):
        row_text(["c"], [object()])
