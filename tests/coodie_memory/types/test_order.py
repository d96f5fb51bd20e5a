"""Order: keys compare as the server compares values; each list was read back from a clustering key of Cassandra 5.0.6."""

import struct
from decimal import Decimal
from functools import cmp_to_key
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coodie_memory.types import tuples
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.names import NATIVE
from coodie_memory.types.tuples import TupleType
from coodie_memory.types.vector import VectorType

INT, TEXT, DECIMAL, DOUBLE = (NATIVE[name] for name in ("int", "text", "decimal", "double"))
PAIR = TupleType((INT, TEXT))
V1_LOW, V1_HIGH = "00000000-0000-1000-7f00-000000000000", "00000000-0000-1000-8000-000000000000"


def parsed(name, *texts):
    return NATIVE[name], [NATIVE[name].parse(text) for text in texts]


ORDERED = [
    parsed("int", "", "-2147483648", "-1", "0", "1", "2147483647"),
    parsed("varint", "", "-300", "-1", "0", "128", "99999999999999999999"),
    parsed("double", "", "-Infinity", "-1.5", "-0.0", "0.0", "4.9E-324", "2.5", "Infinity", "NaN"),
    parsed("float", "", "-Infinity", "-1.5", "-0.0", "0.0", "1.4E-45", "2.5", "Infinity", "NaN"),
    parsed(
        "decimal", "", "-1E+2147483647", "-124", "-123.1", "-123", "-0.5", "0", "1E-2147483647", "0.5", "0.51", "9", "12",
        "123", "1E+2147483647",
    ),
    (NATIVE["boolean"], [b"", b"\x00", b"\x01"]),
    parsed("text", "", "\x00", "B", "a", "ab", "b", "é"),
    parsed("inet", "", "::1", "0.0.0.1", "fe80::1", "255.0.0.1"),
    parsed("date", "-5877641-06-23", "1969-12-31", "1970-01-01", "+5881580-07-11"),
    (NATIVE["time"], [struct.pack(">q", number) for number in (0, 1, 2**63 - 1, -(2**63), -1)]),
    (NATIVE["timestamp"], [b"", *(struct.pack(">q", number) for number in (-(2**63), -1, 0, 2**63 - 1))]),
    parsed(
        "uuid", "", V1_HIGH.replace("8000", "0100"), V1_LOW, V1_HIGH, "00000001-0000-1000-0000-000000000000",
        "00000000-0001-1000-0000-000000000000", "00000000-0000-1001-0000-000000000000",
        "00000000-0000-4000-0000-000000000000", "10000000-0000-4000-0000-000000000000",
    ),
    parsed("timeuuid", "", V1_HIGH, V1_LOW, "00000001-0000-1000-8000-000000000000"),
    (PAIR, [b"", PAIR.encode((None, None)), PAIR.encode((None, "a")), tuples.pack([b""]), PAIR.encode((1,)),
            tuples.pack([INT.encode(1), b""]), PAIR.encode((1, "a")), PAIR.encode((2,))]),
    (ListType(INT), [ListType(INT).encode(value) for value in ([], [1], [1, 2], [1, 2, 0], [2])]),
    (SetType(INT), [SetType(INT).encode(value) for value in ([], [1], [2, 1], [3, 1], [2])]),
    (MapType(INT, INT), [MapType(INT, INT).encode(value) for value in ({}, {1: 1}, {1: 1, 2: 0}, {1: 2}, {2: 0})]),
    (VectorType(DOUBLE, 2), [VectorType(DOUBLE, 2).encode(value) for value in ([-1, 5], [1, 1], [1, 2], [float("nan"), 0])]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "ascending"), ORDERED, ids=lambda each: str(each) if hasattr(each, "cql") else ""
)
def test_values_sort_as_on_the_server(kind, ascending):
    keys = [kind.order(raw) for raw in ascending]
    assert all(one < other for one, other in pairwise(keys))
    descending = ascending[::-1]
    assert sorted(descending, key=kind.order) == ascending
    assert sorted(ascending, key=kind.reversed_order) == descending
    assert len(set(keys)) == len(keys)


def test_null_element_of_a_list_sorts_first():
    nulls = ListType(INT)
    assert nulls.order(nulls.encode([None, 5])) < nulls.order(nulls.pack([b"", INT.encode(5)]))


EQUAL = [
    ("varint", "0001", "01"),
    ("double", "7ff8000000000000", "fff0000000000001"),
    ("float", "7fc00000", "ff800001"),
    ("boolean", "01", "ff"),
]


@pytest.mark.parametrize(("name", "one", "other"), EQUAL)
def test_equal_values_in_other_bytes_have_the_same_key(name, one, other):
    order = NATIVE[name].order
    assert order(bytes.fromhex(one)) == order(bytes.fromhex(other))
    assert hash(order(bytes.fromhex(one))) == hash(order(bytes.fromhex(other)))


numbers = st.decimals(allow_nan=False, allow_infinity=False, places=None) | st.decimals(
    "-1000", "1000", places=3
)


@given(st.lists(numbers, max_size=6))
def test_decimals_sort_by_value(values):
    found = [DECIMAL.decode(raw) for raw in sorted(map(DECIMAL.encode, values), key=DECIMAL.order)]
    assert found == sorted(values)


@given(numbers, numbers)
def test_decimals_are_equal_by_value(one, other):
    same = DECIMAL.order(DECIMAL.encode(one)) == DECIMAL.order(DECIMAL.encode(other))
    assert same == (one == other)
    scaled = Decimal((one.as_tuple().sign, (*one.as_tuple().digits, 0), one.as_tuple().exponent - 1))
    assert DECIMAL.order(DECIMAL.encode(scaled)) == DECIMAL.order(DECIMAL.encode(one))


@given(st.lists(st.floats(allow_nan=False)))
def test_doubles_sort_by_value(values):
    found = [DOUBLE.decode(raw) for raw in sorted(map(DOUBLE.encode, values), key=DOUBLE.order)]
    assert found == sorted(values)


def compare_lists(kind, one, other):
    """Lexicographic, spelt out."""
    for ours, theirs in zip(one, other, strict=False):
        if kind.order(kind.encode(ours)) != kind.order(kind.encode(theirs)):
            return -1 if kind.order(kind.encode(ours)) < kind.order(kind.encode(theirs)) else 1
    return len(one) - len(other)


@given(st.lists(st.lists(numbers, max_size=3), max_size=5))
def test_lists_sort_elementwise(values):
    kind = ListType(DECIMAL)
    by_key = [kind.decode(raw) for raw in sorted(map(kind.encode, values), key=kind.order)]
    spelt_out = sorted(values, key=cmp_to_key(lambda one, other: compare_lists(DECIMAL, one, other)))
    assert by_key == spelt_out
