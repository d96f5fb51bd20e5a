"""What bytes a client may bind: every refusal was asked of Cassandra 5.0.6 with the same bytes."""

import struct

import pytest

from coodie_memory.errors import InvalidRequest
from coodie_memory.types import vint
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.names import NATIVE
from coodie_memory.types.tuples import TupleType
from coodie_memory.types.usertype import UserType
from coodie_memory.types.vector import VectorType

INT, TEXT, FLOAT = NATIVE["int"], NATIVE["text"], NATIVE["float"]
PAIR = TupleType((INT, TEXT))
UDT = UserType("ks", "t", ("a", "b"), (INT, TEXT), is_multicell=False)


def i32(number):
    return struct.pack(">i", number)


def duration(months, days, nanoseconds):
    return vint.signed(months) + vint.signed(days) + vint.signed(nanoseconds)


NATIVE_REFUSALS = [
    ("tinyint", b"", "Expected 1 byte for a tinyint (0)"),
    ("smallint", b"\x01", "Expected 2 bytes for a smallint (1)"),
    ("int", b"\x01\x02\x03", "Expected 4 or 0 byte int (3)"),
    ("bigint", b"\x01", "Expected 8 or 0 byte long (1)"),
    ("float", b"\x01", "Expected 4 or 0 byte value for a float (1)"),
    ("double", b"\x01", "Expected 8 or 0 byte value for a double (1)"),
    ("boolean", b"\x01\x01", "Expected 1 or 0 byte value (2)"),
    ("date", b"", "Expected 4 byte long for date (0)"),
    ("time", b"", "Expected 8 byte long for time (0)"),
    ("timestamp", b"\x01", "Expected 8 or 0 byte long for date (1)"),
    ("uuid", b"\x01", "UUID should be 16 or 0 bytes (1)"),
    ("timeuuid", b"\x01", "UUID should be 16 or 0 bytes (1)"),
    ("timeuuid", b"\x12" + bytes(5) + b"\x40" + bytes(9), "Invalid version for TimeUUID type: 0x1"),
    ("inet", b"\x01\x02", "Expected 4 or 16 byte inetaddress; got 0102"),
    ("decimal", b"\x01\x02", "Expected 0 or at least 4 bytes (2)"),
    ("duration", b"\x00\x00", "Expected at least 3 bytes for a duration (2)"),
    ("duration", duration(2**31, 0, 0), "The duration months must be a 32 bits integer but was: 2147483648"),
    ("duration", duration(0, 2**31, 0), "The duration days must be a 32 bits integer but was: 2147483648"),
    (
        "duration",
        duration(2, -2, 0),
        "The duration months, days and nanoseconds must be all of the same sign (2, -2, 0)",
    ),
    ("ascii", b"a\xd7", "Invalid byte for ascii: -41"),
    ("text", b"\xff", "String didn't validate."),
    ("text", b"\xc1\x81", "String didn't validate."),
    ("text", b"\xe0\x80\x80", "String didn't validate."),
    ("text", b"\xf8\x88\x80\x80\x80", "String didn't validate."),
]


@pytest.mark.parametrize(("name", "raw", "message"), NATIVE_REFUSALS)
def test_native_types_refuse_in_the_servers_words(name, raw, message):
    with pytest.raises(InvalidRequest) as refused:
        NATIVE[name].validate(raw)
    assert refused.value.message == message


EMPTY = NATIVE.keys() - {"tinyint", "smallint", "date", "time", "duration"}


@pytest.mark.parametrize("name", sorted(EMPTY))
def test_types_with_an_empty_value_accept_no_bytes(name):
    NATIVE[name].validate(b"")


@pytest.mark.parametrize(
    "raw", [b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe0\x41\x80", b"a\x00b"]
)
def test_text_accepts_what_the_server_takes_for_utf8(raw):
    TEXT.validate(raw)
    assert isinstance(TEXT.decode(raw), str)


ONE = i32(1)
NESTED_REFUSALS = [
    (ListType(INT), b"", "Not enough bytes to read a list"),
    (SetType(INT), b"", "Not enough bytes to read a set"),
    (MapType(INT, TEXT), b"", "Not enough bytes to read a map"),
    (ListType(INT), i32(-1), "The data cannot be deserialized as a list"),
    (ListType(INT), i32(0) + b"x", "Unexpected extraneous bytes after list value"),
    (ListType(INT), ONE + i32(2) + b"ab", "Expected 4 or 0 byte int (2)"),
    (ListType(INT), i32(2**31 - 1) + i32(4) + b"abcd", "Not enough bytes to read a list"),
    (SetType(INT), ONE + i32(-1), "Null value read when not allowed"),
    (MapType(INT, TEXT), ONE + i32(4) + b"abcd" + i32(-1), "Null value read when not allowed"),
    (MapType(INT, TEXT), ONE + i32(2) + b"ab", "Expected 4 or 0 byte int (2)"),
    (MapType(INT, TEXT), ONE + i32(4) + b"abcd" + ONE + b"\xff", "String didn't validate."),
    (PAIR, b"\x00", "Not enough bytes to read size of 0th component"),
    (PAIR, i32(4) + b"abcd" + i32(5) + b"x", "Not enough bytes to read 1th component"),
    (PAIR, i32(4) + b"abcd" + ONE + b"xy", "Invalid remaining data after end of tuple value"),
    (UDT, b"\x00", "Not enough bytes to read size of 0th field a"),
    (UDT, i32(4) + b"abcd" + i32(5) + b"x", "Not enough bytes to read 1th field b"),
    (UDT, ONE + b"\xff", "Failure validating the 0th field a; Expected 4 or 0 byte int (1)"),
    (UDT, i32(4) + b"abcd" + ONE + b"xy", "Invalid remaining data after end of UDT value"),
    (VectorType(FLOAT, 2), b"", "Invalid empty vector value"),
    (VectorType(FLOAT, 2), b"abcd", "Not enough bytes to read a vector<float, 2>"),
    (VectorType(FLOAT, 2), b"abcdabcdabcd", "Unexpected 4 extraneous bytes after vector<float, 2> value"),
    (VectorType(TEXT, 2), b"\x01a", "Not enough bytes to read a vector<text, 2>"),
    (VectorType(TEXT, 2), b"\x01a\x02bcd", "Unexpected 1 extraneous bytes after vector<text, 2> value"),
]


@pytest.mark.parametrize(("kind", "raw", "message"), NESTED_REFUSALS)
def test_structured_types_refuse_in_the_servers_words(kind, raw, message):
    with pytest.raises(InvalidRequest) as refused:
        kind.validate(raw)
    assert refused.value.message == message


def test_bound_list_may_contain_nulls_and_a_tuple_may_be_short():
    """A frozen list stores the null; an unfrozen one is the executor's to refuse."""
    ListType(INT).validate_bound(ONE + i32(-1))
    PAIR.validate(b"")
    PAIR.validate(i32(-1))
    assert ListType(INT).decode(ONE + i32(-1)) == [None]


def test_a_list_inside_of_something_has_no_nulls():
    nested = ListType(ListType(INT, is_multicell=False))
    inner = ONE + i32(-1)

    with pytest.raises(InvalidRequest, match="Null value read when not allowed"):
        nested.validate_bound(ONE + i32(len(inner)) + inner)


@pytest.mark.parametrize(
    ("kind", "elements"), [("int", [None]), ("timeuuid", [None]), ("text", [""]), ("blob", [b""])]
)
def test_an_empty_element_of_a_bound_list_is_null_unless_it_is_a_value(kind, elements):
    listed, empty = ListType(NATIVE[kind]), ONE + i32(0)

    taken = listed.without_empty_elements(empty) if listed.loses_empty_elements else empty

    assert listed.decode(taken) == elements
