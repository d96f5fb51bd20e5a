"""Python values in and out: what each type takes, gives back and refuses."""

import datetime as dt
import struct
from decimal import Decimal
from fractions import Fraction
from ipaddress import IPv4Address, IPv6Address
from types import SimpleNamespace
from typing import NamedTuple
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coodie_memory.errors import InvalidRequest
from coodie_memory.result import UNSET
from coodie_memory.types import timeuuid, vint
from coodie_memory.types.base import FrozenDict, InvalidValue, MarshalError, Reach
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.durations import Duration
from coodie_memory.types.names import NATIVE
from coodie_memory.types.tuples import TupleType
from coodie_memory.types.usertype import UserType
from coodie_memory.types.vector import VectorType

INT, TEXT, DECIMAL, TIMESTAMP = (NATIVE[name] for name in ("int", "text", "decimal", "timestamp"))
ADDRESS = UserType("ks", "address", ("street", "number"), (TEXT, INT), is_multicell=False)


def integers(bits):
    return st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


VALUES = {
    "tinyint": integers(8),
    "smallint": integers(16),
    "int": integers(32),
    "bigint": integers(64),
    "counter": integers(64),
    "varint": st.integers(),
    "float": st.floats(width=32, allow_nan=False),
    "double": st.floats(allow_nan=False),
    "decimal": st.decimals(allow_nan=False, allow_infinity=False),
    "boolean": st.booleans(),
    "text": st.text(),
    "ascii": st.text(st.characters(max_codepoint=127)),
    "blob": st.binary(),
    "uuid": st.uuids(),
    "timeuuid": st.uuids(version=1),
    "inet": st.ip_addresses(),
    "date": st.dates(),
    "time": st.times(),
    "timestamp": st.datetimes(timezones=st.just(dt.UTC)).map(
        lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    ),
    "duration": st.builds(
        lambda sign, months, days, nanoseconds: Duration(sign * months, sign * days, sign * nanoseconds),
        st.sampled_from([1, -1]),
        st.integers(0, 2**31 - 1),
        st.integers(0, 2**31 - 1),
        st.integers(0, 2**63 - 1),
    ),
}


def test_every_native_type_is_covered():
    assert VALUES.keys() | {"varchar"} == NATIVE.keys()


@pytest.mark.parametrize("name", VALUES)
@given(data=st.data())
def test_native_value_comes_back_and_is_valid(name, data):
    value = data.draw(VALUES[name])
    kind = NATIVE[name]
    raw = kind.encode(value)
    kind.validate(raw)
    assert kind.decode(raw) == value
    assert kind.encode(kind.decode(raw)) == raw
    assert kind.normalise(raw, Reach.EVERYWHERE) is raw


ANYTHING = st.one_of(
    *VALUES.values(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.builds(Duration, st.integers(), st.integers(), st.integers()),
    st.lists(st.integers()),
)


@pytest.mark.parametrize("name", VALUES)
@given(value=ANYTHING)
def test_what_is_not_refused_is_valid(name, value):
    """Nobody validates what was encoded."""
    try:
        raw = NATIVE[name].encode(value)
    except InvalidRequest:
        return
    NATIVE[name].validate(raw)


@pytest.mark.parametrize(
    "kind",
    [
        *NATIVE.values(),
        *(ListType(INT), SetType(INT), MapType(INT, TEXT)),
        *(TupleType((INT,)), ADDRESS, VectorType(INT, 2)),
    ],
    ids=str,
)
@pytest.mark.parametrize("value", [None, UNSET], ids=str)
def test_null_and_unset_are_no_values(kind, value):
    """Who encodes values notices them by this."""
    with pytest.raises(InvalidValue):
        kind.encode(value)


TEXT_IS_LITERAL = sorted(VALUES.keys() - {"blob", "duration"})


@pytest.mark.parametrize("name", TEXT_IS_LITERAL)
@given(data=st.data())
def test_text_form_reads_back_as_the_same_bytes(name, data):
    kind = NATIVE[name]
    raw = kind.encode(data.draw(VALUES[name]))
    if name == "inet" and kind.decode(raw).version == 6 and kind.decode(raw).ipv4_mapped:
        assert kind.parse(kind.to_text(raw)) == raw[-4:]
    else:
        assert kind.parse(kind.to_text(raw)) == raw


@pytest.mark.parametrize("name", sorted(NATIVE.keys() - {"text", "varchar", "ascii", "blob"}))
def test_empty_value_is_none_in_python(name):
    assert NATIVE[name].decode(b"") is None
    assert NATIVE[name].to_cql(b"") in {"empty", "0s"}
    assert NATIVE[name].to_json(b"") == '""'


def test_empty_strings_and_blobs_are_ordinary_values():
    assert TEXT.decode(b"") == ""
    assert NATIVE["blob"].decode(b"") == b""
    assert (TEXT.to_cql(b""), NATIVE["blob"].to_cql(b"")) == ("''", "0x")


TAKEN = [
    ("timestamp", dt.datetime(2020, 1, 1), dt.datetime(2020, 1, 1, tzinfo=dt.UTC)),  # noqa: DTZ001
    (
        "timestamp",
        dt.datetime(2020, 1, 1, 2, tzinfo=dt.timezone(dt.timedelta(hours=2))),
        dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
    ),
    ("timestamp", dt.date(2020, 1, 1), dt.datetime(2020, 1, 1, tzinfo=dt.UTC)),
    ("timestamp", 1, dt.datetime(1970, 1, 1, 0, 0, 0, 1000, tzinfo=dt.UTC)),
    ("timestamp", "2020-01-01 00:00Z", dt.datetime(2020, 1, 1, tzinfo=dt.UTC)),
    ("timestamp", 2**62, 2**62),
    ("date", "2020-02-29", dt.date(2020, 2, 29)),
    ("date", 2**31, dt.date(1970, 1, 1)),
    ("date", 5, 5),
    ("date", SimpleNamespace(days_from_epoch=1), dt.date(1970, 1, 2)),
    ("date", dt.datetime(2020, 2, 29, 13, tzinfo=dt.UTC), dt.date(2020, 2, 29)),
    ("time", "01:02:03", dt.time(1, 2, 3)),
    ("time", 1, 1),
    ("time", 1000, dt.time(microsecond=1)),
    ("time", SimpleNamespace(nanosecond_time=5), 5),
    ("uuid", "123e4567-e89b-42d3-a456-426614174000", UUID("123e4567-e89b-42d3-a456-426614174000")),
    ("inet", "10.0.0.1", IPv4Address("10.0.0.1")),
    ("inet", "::1", IPv6Address("::1")),
    ("inet", "::ffff:1.2.3.4", IPv6Address("::ffff:1.2.3.4")),
    ("decimal", 7, Decimal(7)),
    ("decimal", "1.50", Decimal("1.50")),
    ("double", 7, 7.0),
    ("blob", bytearray(b"x"), b"x"),
    ("duration", SimpleNamespace(months=1, days=2, nanoseconds=3), Duration(1, 2, 3)),
]


@pytest.mark.parametrize(("name", "value", "back"), TAKEN)
def test_other_natural_forms_are_taken(name, value, back):
    assert NATIVE[name].decode(NATIVE[name].encode(value)) == back


REFUSED = [
    ("int", "5"),
    ("int", 1.5),
    ("int", 2**31),
    ("tinyint", 128),
    ("varint", "1"),
    ("float", 1e39),
    ("double", "x"),
    ("decimal", Decimal("NaN")),
    ("decimal", object()),
    ("boolean", "yes"),
    ("text", 5),
    ("text", b"bytes"),
    ("text", "\ud800"),
    ("ascii", "é"),
    ("blob", "text"),
    ("uuid", "nonsense"),
    ("uuid", 5),
    ("inet", "nonsense"),
    ("inet", 5),
    ("date", "nonsense"),
    ("date", 2**32),
    ("time", "25:00:00"),
    ("timestamp", "nonsense"),
    ("timestamp", object()),
    ("duration", 5),
]


@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_values_of_other_types_are_refused_with_value_and_type(name, value):
    with pytest.raises(InvalidValue, match=name) as refused:
        NATIVE[name].encode(value)
    assert repr(value) in refused.value.message


def test_timestamp_is_cut_to_milliseconds_towards_1970():
    """As the drivers do."""
    after = dt.datetime(1970, 1, 1, microsecond=1999, tzinfo=dt.UTC)
    before = dt.datetime(1969, 12, 31, 23, 59, 59, 998_001, tzinfo=dt.UTC)
    assert TIMESTAMP.encode(after) == struct.pack(">q", 1)
    assert TIMESTAMP.encode(before) == struct.pack(">q", -1)


def test_huge_decimal_exponents_survive():
    for text in ("1E+2147483647", "1E-2147483647"):
        raw = DECIMAL.parse(text)
        assert DECIMAL.to_text(raw) == text
        assert DECIMAL.encode(DECIMAL.decode(raw)) == raw


NESTED = MapType(TEXT, ListType(SetType(INT).freeze()).freeze())


@given(st.dictionaries(st.text(), st.lists(st.sets(integers(32)))))
def test_nested_collection_comes_back(value):
    raw = NESTED.encode(value)
    NESTED.validate(raw)
    assert NESTED.decode(raw) == value
    assert NESTED.normalise(raw, Reach.EVERYWHERE) == raw


def test_sets_and_maps_are_sorted_and_unique_at_any_depth():
    inner = SetType(INT).freeze()
    unsorted = ListType(inner).pack([b"".join(map(bytes.fromhex, ("00000003", "0000000400000002", "0000000400000001",
                                                                  "0000000400000002")))])  # fmt: skip
    outer = MapType(ListType(inner).freeze(), INT)
    raw = outer.pack([(unsorted, INT.encode(5))])
    assert outer.decode(outer.normalise(raw, Reach.EVERYWHERE)) == {(frozenset({1, 2}),): 5}
    assert outer.normalise(raw, Reach.EVERYWHERE) == outer.encode({((1, 2),): 5})


def test_equal_keys_collapse_and_the_last_value_counts():
    decimals = MapType(DECIMAL, INT)
    raw = decimals.pack([(DECIMAL.parse("1.0"), INT.encode(1)), (DECIMAL.parse("1.00"), INT.encode(2))])
    assert decimals.to_cql(raw) == "{1.0: 2}"


def test_elements_of_sets_and_map_keys_are_hashable():
    keyed = MapType(MapType(TEXT, ListType(INT).freeze()).freeze(), TEXT)
    value = keyed.decode(keyed.encode({FrozenDict(a=(1, 2)): "x"}))
    assert value == {FrozenDict(a=(1, 2)): "x"}
    users = SetType(ADDRESS)
    (found,) = users.decode(users.encode([{"street": "Main", "number": 1}]))
    assert found == {"street": "Main", "number": 1}


@pytest.mark.parametrize("value", ["text", b"bytes", {"a": 1}, 5, None])
def test_list_takes_no_string_mapping_or_scalar(value):
    with pytest.raises(InvalidValue, match="list<int>"):
        ListType(INT).encode(value)


def test_null_inside_a_set_or_map_is_refused():
    for kind, value in ((SetType(INT), {None}), (MapType(INT, INT), {1: None})):
        with pytest.raises(InvalidValue, match="null is not supported inside collections"):
            kind.encode(value)


class Address(NamedTuple):
    street: str
    number: int | None


@pytest.mark.parametrize(
    "value",
    [
        {"street": "Main", "number": None},
        {"street": "Main"},
        ("Main", None),
        ("Main",),
        Address("Main", None),
        SimpleNamespace(street="Main", number=None),
        SimpleNamespace(street="Main"),
    ],
)
def test_user_type_takes_mappings_tuples_and_objects(value):
    assert ADDRESS.decode(ADDRESS.encode(value)) == {"street": "Main", "number": None}


@pytest.mark.parametrize("value", [{"stret": "Main"}, "Main", 5, ("a", 1, 2)])
def test_user_type_refuses_what_it_has_no_field_for(value):
    with pytest.raises(InvalidValue, match="address"):
        ADDRESS.encode(value)


def test_value_written_before_a_field_was_added_has_null_there():
    """Also the same clustering key as one written with null afterwards."""
    grown = UserType("ks", "address", ("street", "number", "zip"), (TEXT, INT, TEXT), is_multicell=False)
    old = ADDRESS.encode({"street": "Main", "number": 1})
    assert grown.decode(old) == {"street": "Main", "number": 1, "zip": None}
    assert (
        grown.order(old) == grown.order(grown.encode({"street": "Main", "number": 1})) == ADDRESS.order(old)
    )
    assert grown.to_json(old) == '{"street": "Main", "number": 1, "zip": null}'
    nested = ListType(ADDRESS).replace(ADDRESS, grown)
    assert nested.decode(ListType(ADDRESS).encode([("Main",)])) == [
        {"street": "Main", "number": None, "zip": None}
    ]
    assert str(nested) == "list<frozen<address>>"


def test_tuple_reads_back_with_a_null_tail():
    pair = TupleType((INT, TEXT))
    assert pair.decode(pair.encode((1,))) == (1, None)
    assert pair.order(pair.encode((1,))) == pair.order(pair.encode((1, None)))
    assert pair.decode(b"") is None
    with pytest.raises(InvalidValue):
        pair.encode((1, "a", "b"))


@pytest.mark.parametrize("element", ["int", "text", "float", "varint"])
def test_vector_keeps_its_elements(element):
    value = {"text": ["a" * 300, ""]}.get(element, [1, 2])
    kind = VectorType(NATIVE[element], 2)
    raw = kind.encode(value)
    kind.validate(raw)
    assert kind.decode(raw) == value
    for wrong in (value + value, [value[0], None], "ab", 5):
        with pytest.raises(InvalidValue, match="vector"):
            kind.encode(wrong)


@given(st.integers(0, 2**64 - 1))
def test_unsigned_variable_length_integers_come_back(number):
    raw = vint.unsigned(number)
    assert vint.read_unsigned(b"x" + raw + b"y", 1) == (number, 1 + len(raw))
    assert len(raw) == max(1, -(-number.bit_length() // 7)) or len(raw) == 9


@given(integers(64))
def test_signed_variable_length_integers_come_back(number):
    raw = vint.signed(number)
    assert vint.read_signed(raw, 0) == (number, len(raw))


def test_cut_variable_length_integer_is_refused():
    for raw in (b"", b"\xff\x01"):
        with pytest.raises(MarshalError):
            vint.read_unsigned(raw, 0)


@given(
    st.integers(-(10**15), 10**16), st.integers(0, 2**14 - 1), st.integers(0, 2**48 - 1), st.integers(0, 9)
)
def test_timeuuid_tells_its_moment(micros, clock_sequence, node, tick):
    value = timeuuid.make(micros, clock_sequence, node, tick)
    NATIVE["timeuuid"].validate(value.bytes)
    assert (value.version, value.clock_seq, value.node) == (1, clock_sequence, node)
    assert timeuuid.micros(value) == micros
    assert timeuuid.millis(value) == int(Fraction(micros, 1000))  # int cuts towards zero
    order = NATIVE["timeuuid"].order
    assert order(timeuuid.minimum(micros // 1000).bytes) <= order(value.bytes)
    assert order(value.bytes) <= order(timeuuid.maximum(micros // 1000).bytes)


def test_mirrored_timeuuid_is_as_far_on_the_other_side():
    value = timeuuid.make(150, 1, 2)
    assert timeuuid.micros(timeuuid.mirrored(value, 2 * 100 * 10)) == 50


def test_refusals_are_invalid_requests():
    """A client on the wire sees one class."""
    assert issubclass(InvalidValue, InvalidRequest)
    assert issubclass(MarshalError, InvalidRequest)
