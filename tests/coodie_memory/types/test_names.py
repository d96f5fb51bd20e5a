"""Types as text and as structure."""

import pytest

from coodie_memory.errors import InvalidRequest, SyntaxException
from coodie_memory.types import quoting
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.names import NATIVE, parse
from coodie_memory.types.tuples import TupleType
from coodie_memory.types.usertype import UserType
from coodie_memory.types.vector import VectorType

INT, TEXT = NATIVE["int"], NATIVE["text"]
UT = UserType("ks", "ut", ("a", "b"), (INT, ListType(NATIVE["duration"]).freeze()))
TYPES = {"ut": UT, "Ut": UserType("ks", "Ut", ("a",), (INT,))}

# Read from system_schema.columns of Cassandra 5.0.6.
TEXTS = [
    "int",
    "map<text, frozen<list<int>>>",
    "frozen<list<frozen<list<int>>>>",
    "frozen<tuple<frozen<list<int>>, frozen<ut>>>",
    "map<frozen<tuple<int, text>>, int>",
    "vector<vector<int, 2>, 2>",
    "vector<list<int>, 2>",
    '"Ut"',
    "frozen<ut>",
    "set<inet>",
]


@pytest.mark.parametrize("text", TEXTS)
def test_text_of_the_schema_reads_back(text):
    kind = parse(text, TYPES.get)
    assert str(kind) == text
    assert parse(text, TYPES.get) == kind
    assert hash(parse(text, TYPES.get)) == hash(kind)


def test_freezing_reaches_all_that_is_inside():
    assert parse("frozen<list<list<int>>>", TYPES.get) == ListType(ListType(INT).freeze(), is_multicell=False)
    assert str(TupleType((UT, ListType(INT)))) == "frozen<tuple<frozen<ut>, frozen<list<int>>>>"
    assert not parse("frozen<ut>", TYPES.get).is_multicell


def test_varchar_is_text():
    assert parse("varchar", TYPES.get) is TEXT


def test_unknown_type_is_refused():
    with pytest.raises(InvalidRequest, match="Unknown type nope"):
        parse("list<nope>", TYPES.get)


@pytest.mark.parametrize(
    "text", ["", "list<int", "list<int>>", "map<int>", "list<int, int>", "int!", "frozen"]
)
def test_other_text_is_refused(text):
    with pytest.raises((SyntaxException, InvalidRequest)):
        parse(text, TYPES.get)


def test_only_unfrozen_collections_and_user_types_have_cells_of_their_own():
    cells = [ListType(INT), SetType(INT), MapType(INT, INT), UT]
    assert all(kind.is_multicell and not kind.freeze().is_multicell for kind in cells)
    assert not any(kind.is_multicell for kind in (INT, TupleType((INT,)), VectorType(INT, 2)))
    assert [kind.is_collection for kind in cells] == [True, True, True, False]


def test_a_duration_is_found_at_any_depth():
    assert MapType(INT, TupleType((UT,))).contains_duration()
    assert not MapType(INT, TEXT).contains_duration()


def test_replacing_a_user_type_keeps_what_is_frozen():
    grown = UserType("ks", "ut", ("a", "b", "c"), (*UT.field_types, INT))
    holder = UserType("ks", "holder", ("u",), (UT.freeze(),))
    assert MapType(TEXT, UT.freeze()).replace(UT, grown) == MapType(TEXT, grown.freeze())
    assert UT.replace(UT, grown) == grown
    assert holder.replace(UT, grown).field_types == (grown.freeze(),)
    assert INT.replace(UT, grown) is INT


JAVA = [
    ("int", "Int32Type"),
    ("list<int>", "ListType({0}Int32Type)"),
    ("frozen<map<int, text>>", "FrozenType({0}MapType({0}Int32Type,{0}UTF8Type))"),
    ("tuple<int, text>", "TupleType({0}Int32Type,{0}UTF8Type)"),
    ("vector<float, 2>", "VectorType({0}FloatType , 2)"),
    (
        "frozen<ut>",
        "FrozenType({0}UserType(ks,7574,61:{0}Int32Type,62:{0}ListType({0}DurationType)))",
    ),
    (
        "ut",
        "UserType(ks,7574,61:{0}Int32Type,62:{0}FrozenType({0}ListType({0}DurationType)))",
    ),
    ("tuple<frozen<list<int>>>", "TupleType({0}ListType({0}Int32Type))"),
    (
        "vector<frozen<list<frozen<ut>>>, 1>",
        "VectorType({0}FrozenType({0}ListType({0}UserType(ks,7574,61:{0}Int32Type,62:{0}ListType({0}DurationType)))) , 1)",
    ),
]


@pytest.mark.parametrize(("text", "java"), JAVA)
def test_java_name_is_the_servers_class(text, java):
    package = "org.apache.cassandra.db.marshal."
    assert parse(text, TYPES.get).java_name == package + java.format(package)


CQL = [
    ("text", "it's", "'it''s'"),
    ("blob", b"\x01", "0x01"),
    ("timestamp", 0, "'1970-01-01T00:00:00.000Z'"),
    ("uuid", "123e4567-e89b-42d3-a456-426614174000", "123e4567-e89b-42d3-a456-426614174000"),
    ("list<text>", ["a", None], "['a', null]"),
    ("set<int>", [2, 1], "{1, 2}"),
    ("map<text, int>", {"a": 1}, "{'a': 1}"),
    ("tuple<int, text>", (None, ""), "(null, '')"),
    ("ut", {"a": 1}, "{a: 1, b: null}"),
    ("vector<int, 2>", [1, 2], "[1, 2]"),
]


@pytest.mark.parametrize(("text", "value", "literal"), CQL)
def test_literal_form_is_unambiguous(text, value, literal):
    kind = parse(text, TYPES.get)
    assert kind.to_cql(kind.encode(value)) == literal


@pytest.mark.parametrize(
    ("name", "text"),
    [("a_1", "a_1"), ("A", '"A"'), ("select", '"select"'), ("key", "key"), ('a"b', '"a""b"'), ("1", '"1"')],
)
def test_names_are_quoted_where_cql_needs_it(name, text):
    assert quoting.identifier(name) == text
