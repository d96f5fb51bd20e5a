"""Values survive the way through the driver's encoding and back, as the types that `coodie.statement` promises."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from types import SimpleNamespace
from uuid import UUID

import pytest

pytest.importorskip("cassandra")

from cassandra import cqltypes
from cassandra.query import UNSET_VALUE

from coodie.backends.cassandra.values import decode_rows, decoder, encode_row, encoder
from coodie.exceptions import InvalidRequest
from coodie.statement import UNSET, CqlDuration


def of(kind, *inner):
    return kind.apply_parameters(inner, None)


def user_type(type_name, /, **fields):
    return cqltypes.UserType.make_udt_class("values", type_name, tuple(fields), tuple(fields.values()))


TEXT, INT, INET = cqltypes.UTF8Type, cqltypes.Int32Type, cqltypes.InetAddressType
STREET = user_type("street", name=TEXT, number=INT)
PERSON = user_type("person", home=STREET, seen_from=INET)
AWKWARD = user_type("awkward", **{"class": INT, "two words": STREET})


def through_the_driver(cql_type, value):
    """Bind, send, receive, read."""
    (bound,) = encode_row([encoder(cql_type)], [value])
    received = cql_type.from_binary(cql_type.to_binary(bound, 4), 4)
    ((read,),) = decode_rows([cql_type], [(received,)])
    return read


ROUND_TRIPS = [
    (INT, 7),
    (TEXT, "ä"),
    (cqltypes.BytesType, b"\0\1"),
    (cqltypes.BooleanType, False),
    (cqltypes.DecimalType, Decimal("1.50")),
    (cqltypes.UUIDType, UUID(int=5)),
    (cqltypes.DateType, datetime(2024, 2, 29, 12, 30, 15, 123000, tzinfo=UTC)),
    (cqltypes.DateType, datetime(9998, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)),
    (cqltypes.DateType, datetime(1, 1, 2, 3, 4, 5, 1000, tzinfo=UTC)),
    (cqltypes.SimpleDateType, date(1969, 12, 31)),
    (cqltypes.TimeType, time(23, 59, 59, 999999)),
    (cqltypes.DurationType, CqlDuration(-1, -2, -3)),
    (INET, IPv4Address("127.0.0.1")),
    (INET, IPv6Address("::1")),
    (of(cqltypes.ListType, INT), [3, 1, 3]),
    (of(cqltypes.ListType, INET), [IPv4Address("1.2.3.4")]),
    (of(cqltypes.SetType, INT), {1, 2}),
    (of(cqltypes.SetType, cqltypes.DateType), {datetime(2024, 1, 1, tzinfo=UTC)}),
    (of(cqltypes.MapType, TEXT, INT), {"a": 1}),
    (of(cqltypes.MapType, INET, STREET), {IPv4Address("1.2.3.4"): {"name": "x", "number": 1}}),
    (of(cqltypes.TupleType, INT, TEXT), (1, None)),
    (of(cqltypes.TupleType, INET, of(cqltypes.SetType, INT)), (IPv4Address("1.2.3.4"), {1})),
    (of(cqltypes.SetType, of(cqltypes.ListType, INT)), {(1, 2), (3,)}),
    (of(cqltypes.SetType, of(cqltypes.SetType, INT)), {frozenset({1, 2})}),
    (of(cqltypes.MapType, of(cqltypes.TupleType, INT, INT), INT), {(1, 2): 3}),
    (of(cqltypes.VectorType, "org.apache.cassandra.db.marshal.FloatType", 2), [0.5, -1.0]),
    (STREET, {"name": "High", "number": 5}),
    (PERSON, {"home": {"name": "High", "number": None}, "seen_from": IPv4Address("10.0.0.1")}),
    (AWKWARD, {"class": 1, "two words": {"name": "x", "number": 2}}),
    (of(cqltypes.FrozenType, of(cqltypes.ListType, PERSON)), [{"home": None, "seen_from": None}]),
]


@pytest.mark.parametrize(("cql_type", "value"), ROUND_TRIPS, ids=lambda each: str(each)[:60])
def test_what_is_read_equals_what_was_written(cql_type, value):
    """Promise 10, the driver's part of it."""
    read = through_the_driver(cql_type, value)

    assert read == value
    assert type(read) is type(value)


def test_timestamp_comes_back_aware():
    """A naive datetime would be compared with the wrong clock."""
    assert through_the_driver(cqltypes.DateType, datetime(2024, 1, 1, tzinfo=UTC)).tzinfo is UTC


def test_user_type_in_a_set_is_a_hashable_dict():
    """A set of user types is a set, and each element still the mapping of its fields."""
    places = of(cqltypes.SetType, STREET)
    street = {"name": "High", "number": 5}

    assert list(through_the_driver(places, [street])) == [street]


def test_missing_field_of_a_user_type_is_null():
    """A type that gained a field still takes the mapping without it."""
    assert through_the_driver(STREET, {"name": "High"}) == {"name": "High", "number": None}


def test_unknown_field_of_a_user_type_is_refused_with_the_known_ones():
    """The driver would drop it without a word."""
    with pytest.raises(InvalidRequest, match="no field 'nmae'; it has name, number"):
        through_the_driver(STREET, {"nmae": "High"})


@pytest.mark.parametrize("registered", [dict, SimpleNamespace])
def test_user_type_is_a_dict_whatever_class_the_session_registered(registered):
    """The user's own session may have `register_user_type` called on it."""
    value = registered(name="High", number=5)

    assert decode_rows([STREET], [(value,)]) == [({"name": "High", "number": 5},)]


def test_null_is_none_and_unset_is_the_drivers_unset():
    """Neither is a value that a converter sees."""
    assert encode_row([None, encoder(INET), encoder(STREET)], [UNSET, None, UNSET]) == [
        UNSET_VALUE,
        None,
        UNSET_VALUE,
    ]
    assert decode_rows([INET, STREET], [(None, None)]) == [(None, None)]


@pytest.mark.parametrize("plain", [INT, TEXT, cqltypes.UUIDType, of(cqltypes.ListType, INT)])
def test_types_that_need_no_conversion_cost_none(plain):
    """Most columns: the rows pass as they are."""
    assert encoder(plain) is None
    assert decoder(plain) is None
