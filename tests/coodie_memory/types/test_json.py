"""JSON out and in, as Cassandra 5.0.6 writes and reads it."""

import pytest

from coodie_memory.errors import InvalidRequest
from coodie_memory.types import jsontext
from coodie_memory.types.names import NATIVE, parse
from coodie_memory.types.usertype import UserType

UT = UserType("ks", "ut", ("a", "B"), (NATIVE["int"], NATIVE["text"]), is_multicell=False)


def kind_of(text):
    return parse(text, {"ut": UT}.get)


BACK = [
    ("int", "-5", "-5"),
    ("int", '"7"', "7"),
    ("bigint", "123456789012", "123456789012"),
    ("varint", "12345678901234567890", "12345678901234567890"),
    ("decimal", "0.10", "0.1"),
    ("decimal", '"1.50"', "1.50"),
    ("decimal", "1e20", "1.0E+20"),
    ("double", "123123", "123123.0"),
    ("double", "1e7", "1.0E7"),
    ("double", '"NaN"', "null"),
    ("float", "123.456", "123.456"),
    ("boolean", '"TRUE"', "true"),
    ("boolean", '""', "false"),
    ("text", '"a\\"\\u0000\\u001fé\\u2028\\u007f/"', '"a\\"\\u0000\\u001Fé\u2028\x7f/"'),
    ("blob", '"0x00FF"', '"0x00ff"'),
    ("blob", '"0x"', '"0x"'),
    ("date", '"1987-03-23"', '"1987-03-23"'),
    ("time", '"00:00:00.000000123"', '"00:00:00.000000123"'),
    ("timestamp", '"2014-01-01 12:15:45.000Z"', '"2014-01-01 12:15:45.000Z"'),
    ("timestamp", "3000000000", '"1970-02-04 17:20:00.000Z"'),
    ("inet", '"::1"', '"0:0:0:0:0:0:0:1"'),
    ("duration", '"P1Y1M2DT10H5M"', '"1y1mo2d10h5m"'),
    ("duration", '"0s"', '""'),
    ("int", '""', '""'),
    ("list<int>", "[1, 2]", "[1, 2]"),
    ("set<int>", "[2, 1, 2]", "[1, 2]"),
    ("list<int>", '"[1]"', "[1]"),
    ("map<text, frozen<list<int>>>", '{"x": [1], "x": [2]}', '{"x": [2]}'),
    ("map<int, boolean>", '{"17": true}', '{"17": true}'),
    (
        "map<frozen<tuple<int, text>>, boolean>",
        '{"[0, \\"a\\"]": true}',
        '{"[0, \\"a\\"]": true}',
    ),
    ("tuple<int, text>", '[null, "a"]', '[null, "a"]'),
    ("frozen<ut>", '{"\\"B\\"": "q", "A": 2}', '{"a": 2, "\\"B\\"": "q"}'),
    ("frozen<ut>", "{}", '{"a": null, "\\"B\\"": null}'),
    ("vector<text, 2>", '["a", "b"]', '["a", "b"]'),
]


@pytest.mark.parametrize(("type_text", "given", "written"), BACK)
def test_json_is_read_and_written_as_on_the_server(type_text, given, written):
    kind = kind_of(type_text)
    assert kind.to_json(kind.from_json(jsontext.loads(given))) == written


REFUSED = [
    ("int", "1.2", "Expected an int value, but got a Double: 1.2"),
    ("int", "1e6", "Expected an int value, but got a Double: 1000000.0"),
    ("int", "2147483648", "Expected an int value, but got a Long: 2147483648"),
    ("int", "true", "Expected an int value, but got a Boolean: true"),
    ("int", '"x"', "Unable to make int from 'x'"),
    ("bigint", "1.0", "Expected a bigint value, but got a Double: 1.0"),
    ("tinyint", "300", "Unable to make byte from '300'"),
    ("tinyint", "[1]", "Expected a byte value, but got a ArrayList: [1]"),
    ("varint", "1.5", "Value '1.5' is not a valid representation of a varint value"),
    ("varint", '""', "Value '' is not a valid representation of a varint value"),
    ("decimal", '"x"', "Value 'x' is not a valid representation of a decimal value"),
    ("double", "true", "Expected a double value, but got a Boolean: true"),
    ("float", '"abc"', "Unable to make float from 'abc'"),
    ("boolean", "1", "Expected a boolean value, but got a Integer: 1"),
    ("text", "5", "Expected a UTF-8 string, but got a Integer: 5"),
    ("ascii", "5", "Expected an ascii string, but got a Integer: 5"),
    ("blob", '"ab"', "Value 'ab' is not a valid blob representation: String representation of blob is missing 0x prefix: ab"),
    ("blob", '"0x1"', "Value '0x1' is not a valid blob representation: cannot parse '1' as hex bytes"),
    ("date", "5", "Expected a string representation of a date value, but got a Integer: 5"),
    ("date", '"xyz"', "Unable to coerce 'xyz' to a formatted date (long)"),
    ("time", "5", "Expected a string representation of a time value, but got a Integer: 5"),
    (
        "timestamp",
        "1000",
        "Expected a long or a datestring representation of a timestamp value, but got a Integer: 1000",
    ),
    ("uuid", "5", "Expected a string representation of a uuid, but got a Integer: 5"),
    ("uuid", '"x"', "Unable to make UUID from 'x'"),
    ("timeuuid", '"x"', "Unknown timeuuid representation: x"),
    ("inet", "5", "Expected a string representation of an inet value, but got a Integer: 5"),
    ("duration", '"xyz"', "Unable to convert 'xyz' to a duration"),
    ("list<int>", '{"a": [1, null]}', "Expected a list, but got a LinkedHashMap: {a=[1, null]}"),
    ("list<int>", "[null]", "Invalid null element in list"),
    ("set<int>", "5", "Expected a list (representing a set), but got a Integer: 5"),
    ("set<int>", "[null]", "Invalid null element in set"),
    ("map<text, int>", "[]", "Expected a map, but got a ArrayList: []"),
    ("map<text, int>", '{"a": null}', "Invalid null value in map"),
    ("tuple<int, text>", "[1]", "Tuple is missing items (expected 2): [1]"),
    ("tuple<int, text>", '[1, "a", 2]', "Tuple contains extra items (expected 2): [1, a, 2]"),
    ("tuple<int, text>", "5", "Expected a list representation of a tuple, but got a Integer: 5"),
    ("frozen<ut>", '{"zz": 1}', "Unknown field 'zz' in value of user defined type ut"),
    ("frozen<ut>", "[]", "Expected a map, but got a ArrayList: []"),
    ("vector<int, 2>", "[1]", "List had incorrect size: expected 2 but given 1; [1]"),
]  # fmt: skip


@pytest.mark.parametrize(("type_text", "given", "message"), REFUSED)
def test_wrong_json_is_refused_in_the_servers_words(type_text, given, message):
    with pytest.raises(InvalidRequest) as refused:
        kind_of(type_text).from_json(jsontext.loads(given))
    assert refused.value.message == message


@pytest.mark.parametrize("text", ["", "x", "NaN", "{17: 3}", "[1", "01", "1d", "TRUE", '"\n"'])
def test_what_is_not_json_is_refused(text):
    with pytest.raises(InvalidRequest, match="Error decoding JSON"):
        jsontext.loads(text)


@pytest.mark.parametrize(("text", "value"), [("1 x", 1), (' {"a": 1} x', {"a": 1}), ("[1]x", [1])])
def test_text_after_the_first_value_is_ignored(text, value):
    assert jsontext.loads(text) == value
