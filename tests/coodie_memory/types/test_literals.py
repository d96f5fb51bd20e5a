"""Constants: which types take them, what they mean, what is said of wrong ones. Confirmed: Cassandra 5.0.6."""

import pytest

from coodie_memory.errors import InvalidRequest
from coodie_memory.types.base import Assignment, ConstantKind
from coodie_memory.types.collections import ListType
from coodie_memory.types.durations import Duration
from coodie_memory.types.names import NATIVE
from coodie_memory.types.tuples import TupleType

STRING, INTEGER, FLOAT, BOOLEAN, UUID, HEX, DURATION = ConstantKind

NOT_ASCII = "Invalid ASCII character in string literal: java.nio.charset.UnmappableCharacterException: Input length = 1"
REFUSED = [
    ("tinyint", INTEGER, "128", "Unable to make byte from '128'"),
    ("smallint", INTEGER, "40000", "Unable to make short from '40000'"),
    ("int", INTEGER, "2147483648", "Unable to make int from '2147483648'"),
    ("bigint", INTEGER, "9223372036854775808", "Unable to make long from '9223372036854775808'"),
    ("decimal", FLOAT, "NaN", "unable to make BigDecimal from 'NaN'"),
    ("decimal", FLOAT, "1e-2147483649", "unable to make BigDecimal from '1e-2147483649'"),
    (
        "ascii",
        STRING,
        "é",
        NOT_ASCII,
    ),
    ("blob", HEX, "0xabc", "cannot parse 'abc' as hex bytes"),
    ("date", INTEGER, "-1", "Unable to make unsigned int (for date) from: '-1'"),
    ("date", INTEGER, "4294967296", "Unable to make unsigned int (for date) from: '4294967296'"),
    ("date", STRING, "2015-5-3", "Unable to coerce '2015-5-3' to a formatted date (long)"),
    ("date", STRING, "2015-02-30", "Unable to coerce '2015-02-30' to a formatted date (long)"),
    ("date", STRING, "", "Unable to coerce '' to a formatted date (long)"),
    (
        "date",
        STRING,
        "+9999999-01-01",
        "Input date +9999999-01-01 is greater than max supported date +5881580-07-11T00:00Z",
    ),
    ("time", INTEGER, "86400000000000", "Unable to make long (for time) from: '86400000000000'"),
    ("time", STRING, "08:12", "(TimeType) Unable to coerce '08:12' to a formatted time (long)"),
    ("time", STRING, "", "(TimeType) Unable to coerce '' to a formatted time (long)"),
    ("timestamp", STRING, "abc", "Unable to parse a date/time from 'abc'"),
    ("timestamp", STRING, "2015-07-01 10:00z", "Unable to parse a date/time from '2015-07-01 10:00z'"),
    ("timestamp", STRING, "2015-07-01UTC", "Unable to parse a date/time from '2015-07-01UTC'"),
    ("timestamp", STRING, "2015-07-01 10:00.5", "Unable to parse a date/time from '2015-07-01 10:00.5'"),
    (
        "timestamp",
        STRING,
        "9223372036854775808",
        "Unable to make long (for date) from: '9223372036854775808'",
    ),
    ("timeuuid", UUID, "123e4567-e89b-42d3-a456-426614174000", "TimeUUID supports only version 1 UUIDs"),
    ("inet", STRING, "abc", "Unable to make inet address from 'abc'"),
    ("inet", STRING, "256.1.1.1", "Unable to make inet address from '256.1.1.1'"),
    ("duration", INTEGER, "5", "Unable to convert '5' to a duration"),
    ("duration", DURATION, "1d1d", "Invalid duration. The days are specified multiple times"),
    ("duration", DURATION, "1s1m", "Invalid duration. The seconds should be after minutes"),
    ("duration", DURATION, "1m1h", "Invalid duration. The minutes should be after hours"),
    ("duration", DURATION, "1h1d", "Invalid duration. The hours should be after days"),
    (
        "duration",
        DURATION,
        "2147483648d",
        "Invalid duration. The total number of days must be less or equal to 2147483647",
    ),
    (
        "duration",
        DURATION,
        "179000000y",
        "Invalid duration. The total number of months must be less or equal to 2147483647",
    ),
]


@pytest.mark.parametrize(("name", "kind", "text", "message"), REFUSED)
def test_wrong_constants_are_refused_in_the_servers_words(name, kind, text, message):
    with pytest.raises(InvalidRequest) as refused:
        NATIVE[name].from_literal(kind, text)
    assert refused.value.message == message


MEANT = [
    ("tinyint", HEX, "0x05", "5"),
    ("int", INTEGER, "01", "1"),
    ("int", INTEGER, "-0", "0"),
    ("varint", INTEGER, "9" * 5000, "9" * 5000),
    ("float", FLOAT, "1e39", "Infinity"),
    ("float", FLOAT, "nan", "NaN"),
    ("double", FLOAT, "-Infinity", "-Infinity"),
    ("double", INTEGER, "7", "7.0"),
    ("double", FLOAT, "1.", "1.0"),
    ("decimal", FLOAT, "1.00", "1.00"),
    ("decimal", FLOAT, "1e3", "1E+3"),
    ("decimal", FLOAT, "1e-7", "1E-7"),
    ("decimal", FLOAT, "-0.0", "0.0"),
    ("decimal", FLOAT, "0e-8", "0E-8"),
    ("decimal", FLOAT, "0e10", "0E+10"),
    ("decimal", FLOAT, "1e-2147483647", "1E-2147483647"),
    ("boolean", BOOLEAN, "TRUE", "true"),
    ("date", STRING, "-0001-01-01", "-0001-01-01"),
    ("date", STRING, "20150503", "-5822471-09-05"),
    ("date", INTEGER, "0", "-5877641-06-23"),
    ("date", INTEGER, "2147483648", "1970-01-01"),
    ("date", INTEGER, "4294967295", "+5881580-07-11"),
    ("time", STRING, "8:2:4", "08:02:04.000000000"),
    ("time", STRING, "08:02:04.5", "08:02:04.500000000"),
    ("time", STRING, "123", "00:00:00.000000123"),
    ("timestamp", STRING, "-123", "1969-12-31T23:59:59.877Z"),
    ("timestamp", STRING, "2015-02-30", "2015-02-28T00:00:00.000Z"),
    ("timestamp", STRING, "2015-5-3 1:2", "2015-05-03T01:02:00.000Z"),
    ("timestamp", STRING, "2015-05-03 24:00", "2015-05-04T00:00:00.000Z"),
    ("timestamp", STRING, "2015-05-03T10:00:00.1239+01:00", "2015-05-03T09:00:00.123Z"),
    ("timestamp", STRING, "2015-07-01 10:00 PST", "2015-07-01T17:00:00.000Z"),
    ("timestamp", STRING, "2015-07-01 10:00 +0130", "2015-07-01T08:30:00.000Z"),
    ("timestamp", STRING, "2015-07-01+01", "2015-06-30T23:00:00.000Z"),
    ("timestamp", STRING, "2015-07-01 UTC", "2015-07-01T00:00:00.000Z"),
    ("timestamp", STRING, "-0001-01-01", "0002-01-01T00:00:00.000Z"),
    ("timestamp", STRING, "12345-01-01 00:00", "+12345-01-01T00:00:00.000Z"),
    ("timestamp", INTEGER, "-9223372036854775808", "+292275056-05-16T16:47:04.192Z"),
    ("inet", STRING, "1", "0.0.0.1"),
    ("inet", STRING, "1.2.3", "1.2.0.3"),
    ("inet", STRING, "localhost", "127.0.0.1"),
    ("inet", STRING, "::ffff:1.2.3.4", "1.2.3.4"),
    ("inet", STRING, "[::1]", "0:0:0:0:0:0:0:1"),
    ("duration", DURATION, "1Y2mo3w4d5h6m7s8ms9us10ns", "1y2mo25d5h6m7s8ms9us10ns"),
    ("duration", DURATION, "1\u00b5s", "1us"),
    ("duration", DURATION, "30h", "30h"),
    ("duration", DURATION, "-2mo", "-2mo"),
    ("duration", DURATION, "-P1Y2M3DT4H5M6S", "-1y2mo3d4h5m6s"),
    ("duration", DURATION, "P2W", "14d"),
    ("duration", DURATION, "P0001-02-03T04:05:06", "1y2mo3d4h5m6s"),
    ("duration", DURATION, "0s", ""),
    ("duration", DURATION, "9223372036854775807ns", "2562047h47m16s854ms775us807ns"),
]


@pytest.mark.parametrize(("name", "kind", "text", "meaning"), MEANT)
def test_constant_means_what_it_means_on_the_server(name, kind, text, meaning):
    assert NATIVE[name].to_text(NATIVE[name].from_literal(kind, text)) == meaning


@pytest.mark.parametrize("name", ["inet", "timestamp", "text", "ascii"])
def test_empty_string_is_the_empty_value(name):
    assert NATIVE[name].from_literal(STRING, "") == b""


def test_duration_keeps_days_and_nanoseconds_apart():
    raw = NATIVE["duration"].from_literal(DURATION, "40d30h")
    assert NATIVE["duration"].decode(raw) == Duration(0, 40, 30 * 3600 * 10**9)


ACCEPTED = {
    STRING: {"ascii", "text", "inet", "date", "time", "timestamp"},
    INTEGER: {
        "bigint", "counter", "date", "decimal", "double", "duration", "float", "int", "smallint", "time", "timestamp",
        "tinyint", "varint",
    },
    FLOAT: {"decimal", "double", "float"},
    BOOLEAN: {"boolean"},
    UUID: {"uuid", "timeuuid"},
    HEX: {"blob", "tinyint"},
    DURATION: {"duration"},
}  # fmt: skip


@pytest.mark.parametrize("kind", ACCEPTED)
def test_kinds_of_constants_fit_these_types_only(kind):
    assert {each.name for each in NATIVE.values() if each.accepts(kind)} == ACCEPTED[kind]


EXACT = [
    (INTEGER, "5", "int"),
    (INTEGER, "2147483648", "bigint"),
    (INTEGER, "9223372036854775808", "varint"),
    (FLOAT, "0.5", "double"),
    (FLOAT, "NaN", "double"),
    (FLOAT, "1.00000000000000000000001", "decimal"),
    (STRING, "a", "ascii"),
    (STRING, "é", "text"),
    (UUID, "123e4567-e89b-12d3-a456-426614174000", "timeuuid"),
    (UUID, "123e4567-e89b-42d3-a456-426614174000", "uuid"),
]


@pytest.mark.parametrize(("kind", "text", "name"), EXACT)
def test_constant_fits_one_type_exactly(kind, text, name):
    """Overloaded functions go by it."""
    exact = {each.name for each in NATIVE.values() if each.literal_assignment(kind, text) is Assignment.EXACT}
    assert exact == {name}


def test_tuple_takes_a_string_of_its_parts():
    pair = TupleType((NATIVE["int"], NATIVE["text"]))
    assert pair.accepts(STRING)
    assert pair.decode(pair.from_literal(STRING, "1:a\\:b\\@")) == (1, "a:b@")
    assert pair.decode(pair.from_literal(STRING, "@:x")) == (None, "x")
    assert pair.decode(pair.from_literal(STRING, "7")) == (7, None)
    assert pair.from_literal(STRING, "") == b""
    with pytest.raises(InvalidRequest) as refused:
        pair.from_literal(STRING, "1:2:3")
    assert refused.value.message == (
        "Invalid tuple literal: too many elements. Type frozen<tuple<int, text>> expects 2 but got 3"
    )


def test_collections_take_no_constants():
    assert not any(ListType(NATIVE["int"]).accepts(kind) for kind in ConstantKind)


ASSIGNED = [
    ("text", "ascii", True),
    ("ascii", "text", False),
    ("blob", "int", True),
    ("int", "blob", False),
    ("bigint", "int", False),
    ("varint", "int", True),
    ("varint", "bigint", True),
    ("double", "int", False),
    ("uuid", "timeuuid", True),
    ("timeuuid", "uuid", False),
    ("bigint", "timestamp", True),
    ("timestamp", "bigint", True),
    ("date", "int", True),
    ("time", "bigint", True),
]


@pytest.mark.parametrize(("receiver", "source", "fits"), ASSIGNED)
def test_term_of_another_type_fits_if_its_bytes_do(receiver, source, fits):
    assert NATIVE[receiver].assignment(NATIVE[source]) is (Assignment.WEAK if fits else Assignment.NOT)


def test_frozen_or_not_makes_no_difference_to_a_term():
    plain = ListType(NATIVE["int"])
    assert plain.assignment(plain.freeze()) is Assignment.EXACT
