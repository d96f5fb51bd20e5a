"""Terms as the planner leaves them: constants packed, markers named and typed, the rest refused in the server's words."""

import pytest

from coodie_memory.cluster import MemoryCluster
from coodie_memory.errors import InvalidRequest
from coodie_memory.plan.nodes import Bind, Call, Composite, Constant
from coodie_memory.types.collections import ListType
from coodie_memory.types.integers import INT


@pytest.fixture
def session():
    cluster = MemoryCluster(dialect="cassandra")
    cluster.create_keyspace("ks")
    session = cluster.session("ks")
    session.execute("CREATE TYPE pair (a int, b text)")
    session.execute(
        "CREATE TABLE t (k int PRIMARY KEY, v int, l list<int>, s set<int>, m map<int, text>,"
        " u frozen<pair>, tp tuple<int, text>, x vector<float, 2>)"
    )
    return session


def planned(session, column, term):
    """The term of `column` in an INSERT."""
    plan = session.prepare(f"INSERT INTO t (k, {column}) VALUES (1, {term})").plan
    return plan.operations[0].value


def refusal(session, cql):
    with pytest.raises(InvalidRequest) as refused:
        session.prepare(cql)
    return refused.value.message


def test_literal_is_a_constant_in_wire_bytes(session):
    assert planned(session, "v", "5") == Constant(INT, b"\0\0\0\5")


def test_literal_set_is_packed_once_sorted_and_without_duplicates(session):
    term = planned(session, "s", "{3, 1, 3}")

    assert isinstance(term, Constant)
    assert term.type.unpack(term.raw) == [b"\0\0\0\1", b"\0\0\0\3"]


def test_empty_braces_are_an_empty_map_too(session):
    assert planned(session, "m", "{}").raw == bytes(4)


def test_tuple_with_a_marker_is_composed_when_it_is_executed(session):
    term = planned(session, "tp", "(?, 'a')")

    assert isinstance(term, Composite)
    assert [type(part) for part in term.parts] == [Bind, Constant]


def test_operator_is_a_call(session):
    assert isinstance(planned(session, "v", "1 + (int)?"), Call)


@pytest.mark.parametrize(
    ("cql", "names", "types"),
    [
        (
            "INSERT INTO t (k, v) VALUES (?, :val) USING TTL ? AND TIMESTAMP ?",
            "k val [ttl] [timestamp]",
            "int int int bigint",
        ),
        (
            "UPDATE t SET m[?] = ?, l[?] = ? WHERE k = ?",
            "key(m) value(m) idx(l) value(l) k",
            "int text int int int",
        ),
        ("UPDATE t SET l = l + ? WHERE k IN (?, ?)", "l k k", "list<int> int int"),
        ("DELETE s[?] FROM t WHERE k = ? IF v = ?", "value(s) k v", "int int int"),
        (
            "INSERT INTO t (k, u, tp, x) VALUES (1, {b: ?}, (?, ?), [1, ?])",
            "u.b tp[0] tp[1] value(x)",
            "text int text float",
        ),
    ],
)
def test_marker_has_its_receivers_name_and_type(session, cql, names, types):
    markers = session.prepare(cql).markers

    assert " ".join(marker.name for marker in markers) == names
    assert " ".join(str(marker.type) for marker in markers) == types


def test_marker_for_a_whole_list_of_choices_has_a_list_type(session):
    (marker,) = session.prepare("UPDATE t SET v = 1 WHERE k IN ?").markers

    assert (marker.name, marker.type) == ("in(k)", ListType(INT).freeze())


@pytest.mark.parametrize(
    ("column", "term", "message"),
    [
        ("v", "'a'", 'Invalid STRING constant (a) for "v" of type int'),
        ("v", "99999999999", "Unable to make int from '99999999999'"),
        ("v", "(text)'a'", "Cannot assign value (text)'a' to v of type int"),
        ("v", "(int)'a'", "Cannot cast value 'a' to type int"),
        ("l", "{1}", "Invalid set literal for l of type list<int>"),
        ("l", "['a']", "Invalid list literal for l: value 'a' is not of type int"),
        ("s", "[1]", "Unexpected receiver type 'set<int>'; only list and vector are expected"),
        ("m", "{1: 2}", "Invalid map literal for m: value 2 is not of type text"),
        (
            "s",
            "{?}",
            "Invalid set literal for s: bind variables are not supported inside collection literals",
        ),
        ("l", "[null]", "null is not supported inside collections"),
        ("u", "{c: 1}", "Unknown field 'c' in value of user defined type pair"),
        (
            "tp",
            "(1, 'a', 2)",
            "Invalid tuple literal for tp: too many elements. Type frozen<tuple<int, text>> expects 2 but got 3",
        ),
        (
            "x",
            "[1]",
            "Invalid vector literal for x of type vector<float, 2>; expected 2 elements, but given 1",
        ),
    ],
)
def test_what_does_not_fit_is_refused_when_it_is_prepared(session, column, term, message):
    assert refusal(session, f"INSERT INTO t (k, {column}) VALUES (1, {term})") == message


def test_wrong_literal_is_reported_before_a_missing_key(session):
    assert refusal(session, "INSERT INTO t (v) VALUES ('a')").startswith("Invalid STRING constant")


def test_each_dialect_has_its_words_for_what_does_not_exist():
    cluster = MemoryCluster(dialect="scylla")
    cluster.create_keyspace("ks")
    session = cluster.session("ks")
    session.execute("CREATE TABLE t (k int PRIMARY KEY)")

    assert refusal(session, "INSERT INTO nope (k) VALUES (1)") == "unconfigured table nope"
    assert refusal(session, "INSERT INTO t (k, nope) VALUES (1, 1)") == "Unknown identifier nope"


def test_without_a_keyspace_an_unqualified_table_is_refused():
    session = MemoryCluster(dialect="cassandra").session()

    assert refusal(session, "DELETE FROM t WHERE k = 1").startswith("No keyspace has been specified.")


def test_what_is_written_in_sets_and_as_keys_of_maps_is_short_in_scylla():
    # From ScyllaDB's cql3/expr/expression.cc (#7745): only literals are looked at, not what is bound as a whole.
    cluster = MemoryCluster(dialect="scylla")
    cluster.create_keyspace("ks")
    session = cluster.session("ks")
    session.execute("CREATE TABLE t (k int PRIMARY KEY, s set<text>, m map<text, text>, l list<text>)")
    long = "x" * 65546

    in_set = "Set value is too long. Set values are limited to 65535 bytes but 65546 bytes value provided"
    in_map = "Map key is too long. Map keys are limited to 65535 bytes but 65546 bytes keys provided"
    assert refusal(session, f"INSERT INTO t (k, s) VALUES (1, {{'{long}'}})") == in_set
    assert refusal(session, f"UPDATE t SET m = m + {{'{long}': 'v'}} WHERE k = 1") == in_map
    with pytest.raises(InvalidRequest, match=in_set):
        session.execute("INSERT INTO t (k, s) VALUES (1, {?})", [long])
    session.execute("INSERT INTO t (k, s, m) VALUES (1, ?, ?)", [{long}, {long: long}])
    session.execute(f"INSERT INTO t (k, m, l) VALUES (1, {{'k': '{long}'}}, ['{long}'])")
