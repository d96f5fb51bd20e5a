"""What a select list becomes."""

import pytest

from coodie_memory.cluster import MemoryCluster
from coodie_memory.cql.statements import parse
from coodie_memory.dialect import CASSANDRA
from coodie_memory.errors import InvalidRequest
from coodie_memory.plan.outputs import (
    AggregateValue,
    ColumnValue,
    FunctionValue,
    TermValue,
    columns_of,
    is_aggregate,
)
from coodie_memory.plan.scope import Scope
from coodie_memory.plan.select import json_name, plan_select


@pytest.fixture(scope="module")
def schema():
    cluster = MemoryCluster(dialect="cassandra")
    cluster.create_keyspace("ks")
    cluster.session("ks").execute(
        "CREATE TABLE t (p int, c int, v int, s int static, m map<int, text>, PRIMARY KEY (p, c))"
    )
    return cluster.engine.schema


@pytest.fixture
def planned(schema):
    return lambda text: plan_select(parse(text, CASSANDRA), Scope(schema, "ks", CASSANDRA))


def outputs(plan):
    return [item.output for item in plan.items]


def test_star_is_every_column_in_the_tables_order(planned):
    assert planned("SELECT * FROM t").metadata.names == ("p", "c", "s", "m", "v")


def test_output_knows_which_columns_it_reads(planned):
    (output,) = outputs(planned("SELECT v + c * v FROM t"))

    assert [column.name for column in columns_of(output)] == ["v", "c", "v"]


def test_cast_to_its_own_type_is_no_function(planned):
    plan = planned("SELECT cast(v as int), cast(v as bigint) FROM t")

    assert isinstance(plan.items[0].output, ColumnValue)
    assert isinstance(plan.items[1].output, FunctionValue)
    assert plan.metadata.names == ("v", "cast(v as bigint)")


def test_count_of_a_constant_counts_rows(planned):
    one, star = outputs(planned("SELECT count(1), count(*) FROM t"))

    assert one == star
    assert isinstance(one, AggregateValue)


def test_aggregate_inside_a_function_makes_the_query_one(planned):
    (output,) = outputs(planned("SELECT intasblob(max(v)) FROM t"))

    assert is_aggregate(output)


def test_marker_in_a_hint_has_the_hints_type(planned):
    (output,) = outputs(planned("SELECT (list<int>)? FROM t"))

    assert isinstance(output, TermValue)
    assert output.type.cql() == "frozen<list<int>>"


def test_group_by_counts_its_clustering_columns(planned):
    assert planned("SELECT max(v) FROM t GROUP BY p, c").grouping.prefix == 1
    assert planned("SELECT max(v) FROM t GROUP BY p").grouping.prefix == 0
    assert planned("SELECT max(v) FROM t WHERE p = 1 GROUP BY c").grouping.prefix == 1


def test_rows_of_several_partitions_are_merged_only_when_an_order_is_asked_for(planned):
    assert planned("SELECT * FROM t WHERE p IN (1, 2)").sorts_by == ()
    assert [column.name for column in planned("SELECT * FROM t WHERE p IN (1, 2) ORDER BY c").sorts_by] == [
        "c"
    ]
    assert planned("SELECT * FROM t WHERE p = 1 ORDER BY c").sorts_by == ()


def test_same_statement_same_plan(planned):
    one, other = (
        planned("SELECT v FROM t WHERE p = 1 LIMIT 2"),
        planned("SELECT v FROM t WHERE p = 1 LIMIT 2"),
    )

    assert (one.where, one.items, one.limit) == (other.where, other.items, other.limit)


@pytest.mark.parametrize(("name", "shown"), [("a", "a"), ("a b", "a b"), ("Foo", '"Foo"'), ("m[1]", "m[1]")])
def test_json_names_with_capitals_have_quotes_of_their_own(name, shown):
    assert shown == json_name(name)


@pytest.mark.parametrize(
    ("dialect", "attribute", "refusal"),
    [
        ("cassandra", "writetime", "only allowed on sets and maps, but l is a list"),
        ("cassandra", "ttl", "only allowed on sets and maps, but l is a list"),
        ("cassandra", "maxwritetime", "only allowed on sets and maps, but l is a list"),
        ("scylla", "writetime", "WRITETIME on a subscript is only valid for"),
        ("scylla", "ttl", "TTL on a subscript is only valid for"),
    ],
)
def test_a_list_element_has_no_times_also_where_it_can_be_selected(dialect, attribute, refusal):
    cluster = MemoryCluster(dialect=dialect)
    cluster.create_keyspace("ks")
    session = cluster.session("ks")
    session.execute("CREATE TABLE t (p int PRIMARY KEY, l list<int>)")

    with pytest.raises(InvalidRequest, match=refusal):
        session.execute(f"SELECT {attribute}(l[0]) FROM t")
