"""Bind values as scripts write them."""

import uuid

import pytest

from conformance.binding import MalformedValue, values
from coodie_memory.result import UNSET, ColumnSpec
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.floats import DOUBLE
from coodie_memory.types.integers import INT
from coodie_memory.types.strings import BLOB, TEXT
from coodie_memory.types.tuples import TupleType
from coodie_memory.types.usertype import UserType
from coodie_memory.types.uuids import UUID

ADDRESS = UserType("ks", "address", ("street", "number"), (TEXT, INT))


def bound(text, *types):
    return values(text, [ColumnSpec("ks", "t", f"c{index}", kind) for index, kind in enumerate(types)])


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("7", INT, 7),
        ("'it''s'", TEXT, "it's"),
        ("-1.5", DOUBLE, -1.5),
        ("62c36092-82a1-3a00-93d1-46196ee77204", UUID, uuid.UUID("62c36092-82a1-3a00-93d1-46196ee77204")),
        ("[3, 1, 3]", ListType(INT), [3, 1, 3]),
        ("{'b', 'a'}", SetType(TEXT), {"a", "b"}),
        ("{}", SetType(TEXT), set()),
        ("{'a': [1], 'b': []}", MapType(TEXT, ListType(INT).freeze()), {"a": [1], "b": []}),
        ("(1, null)", TupleType((INT, TEXT)), (1, None)),
        ("{street: 's', number: null}", ADDRESS, {"street": "s", "number": None}),
    ],
)
def test_constants_become_bytes_by_the_marker_s_type(text, kind, value):
    assert bound(text, kind) == (kind.encode(value),)


def test_words_and_bytes_stand_for_themselves():
    assert bound("null, unset, empty, 0xcafe", INT, INT, INT, INT) == (None, UNSET, b"", b"\xca\xfe")


def test_bytes_need_not_fit_the_type():
    assert bound("0x0102", INT) == (b"\1\2",)


def test_more_values_than_markers_are_sent():
    assert bound("1, 2", INT) == (INT.encode(1), INT.encode(2))
    assert bound("0x01") == (b"\1",)


@pytest.mark.parametrize("text", ["1", "[1] [2]", "[1", "nothing", "*"])
def test_what_is_no_value_is_refused(text):
    with pytest.raises(MalformedValue):
        bound(text, ListType(INT), BLOB)
