"""Types as the protocol tells them: by code, or by the name of a Java class."""

import pytest

from coodie_memory.errors import ProtocolException
from coodie_memory.protocol import typecodes
from coodie_memory.protocol.primitives import Reader, string
from coodie_memory.types import javaclasses
from coodie_memory.types.collections import ListType, MapType
from coodie_memory.types.durations import DURATION
from coodie_memory.types.floats import FLOAT
from coodie_memory.types.integers import INT, SMALLINT
from coodie_memory.types.strings import TEXT
from coodie_memory.types.tuples import TupleType
from coodie_memory.types.usertype import UserType
from coodie_memory.types.vector import VectorType

MARSHAL = "org.apache.cassandra.db.marshal."
ADDRESS = UserType("ks", "address", ("street", "Number"), (TEXT, ListType(INT)))


@pytest.mark.parametrize(
    ("kind", "version", "told"),
    [
        (INT, 3, b"\0\x09"),
        (SMALLINT, 4, b"\0\x13"),
        (SMALLINT, 3, b"\0\0" + string(f"{MARSHAL}ShortType")),
        (DURATION, 5, b"\0\x15"),
        (DURATION, 4, b"\0\0" + string(f"{MARSHAL}DurationType")),
        (MapType(INT, TEXT), 4, b"\0\x21\0\x09\0\x0d"),
        (TupleType((INT, DURATION)), 5, b"\0\x31\0\2\0\x09\0\x15"),
        (VectorType(FLOAT, 3), 5, b"\0\0" + string(f"{MARSHAL}VectorType({MARSHAL}FloatType , 3)")),
    ],
)
def test_types_are_told_by_code_where_the_version_has_one(kind, version, told):
    assert told == typecodes.encode(kind, version)
    assert kind == typecodes.decode(Reader(told))


@pytest.mark.parametrize(
    "kind",
    [
        VectorType(VectorType(TEXT, 2), 3),
        VectorType(ADDRESS.freeze(), 1),
        VectorType(ListType(INT).freeze(), 1),
        VectorType(MapType(INT, TupleType((TEXT, DURATION))).freeze(), 1),
    ],
)
def test_classes_are_read_at_any_depth(kind):
    assert kind == javaclasses.parse(kind.java_name)


@pytest.mark.parametrize(
    "name",
    [
        "org.example.OurOwnType",
        f"{MARSHAL}CompositeType({MARSHAL}Int32Type)",
        f"{MARSHAL}VectorType({MARSHAL}FloatType , x)",
        f"{MARSHAL}UserType(ks,not hex)",
        f"{MARSHAL}ListType({MARSHAL}Int32Type",
        f"{MARSHAL}ListType()",
        f"{MARSHAL}ListType(" * 500,
        f"{MARSHAL}Int32Type)",
        "(",
        "",
    ],
)
def test_a_class_that_is_not_known_keeps_its_name(name):
    """Whoever only passes the description on need not understand it."""
    kind = javaclasses.parse(name)
    assert javaclasses.CustomType(name) == kind
    assert name == kind.java_name
    assert f"'{name}'" == kind.cql()


def test_types_do_not_nest_without_end():
    with pytest.raises(ProtocolException):
        typecodes.decode(Reader(b"\0\x20" * 10_000))


def test_a_code_that_means_nothing_is_refused():
    with pytest.raises(ProtocolException, match="Unknown option id 4660"):
        typecodes.decode(Reader(b"\x12\x34"))
