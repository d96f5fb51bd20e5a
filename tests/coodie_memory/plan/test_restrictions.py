"""What a WHERE clause becomes. Its refusals are pinned by the conformance scripts; here is what the plan is when there are none."""

import pytest

from coodie_memory.cluster import MemoryCluster
from coodie_memory.cql.statements import parse
from coodie_memory.dialect import CASSANDRA
from coodie_memory.errors import InvalidRequest
from coodie_memory.plan import restrictions
from coodie_memory.plan.nodes import Bind, Constant
from coodie_memory.plan.scope import Scope
from coodie_memory.plan.where import Contains, Equal, OneOf, Parts, Slice, Where, Whole


@pytest.fixture(scope="module")
def schema():
    cluster = MemoryCluster(dialect="cassandra")
    cluster.create_keyspace("ks")
    session = cluster.session("ks")
    session.execute(
        "CREATE TABLE t (p int, q int, a int, b int, c int, v int, w int, s int static, m map<int, int>, "
        "PRIMARY KEY ((p, q), a, b, c))"
    )
    session.execute("CREATE INDEX by_v ON t (v)")
    session.execute("CREATE INDEX by_entry ON t (entries(m))")
    return cluster.engine.schema


@pytest.fixture
def analysed(schema):
    def analyse(where: str, *, allow_filtering: bool = False) -> Where:
        statement = parse(f"SELECT * FROM ks.t WHERE {where}", CASSANDRA)
        scope = Scope(schema, "ks", CASSANDRA)
        return restrictions.analyse(
            scope, scope.table(statement.table), statement.where, "SELECT", allow_filtering=allow_filtering
        )

    return analyse


def names(restriction):
    return [column.name for column in restriction.columns]


def test_whole_key_names_one_row(analysed):
    where = analysed("q = 2 AND p = 1 AND a = 1 AND b = 1 AND c = ?")

    assert where.full_key_by_equality
    assert not where.is_key_range
    assert not where.filters
    assert [names(one) for one in where.partition] == [["p"], ["q"]], "in the key's order, not the clause's"
    assert isinstance(where.clustering[2].operand.terms[0], Bind)


def test_in_with_one_value_is_an_equality(analysed):
    where = analysed("p = 1 AND q IN (7)")

    assert isinstance(where.partition[1], Equal)
    assert not where.has_partition_in


def test_in_with_one_marker_for_the_list_is_not(analysed):
    where = analysed("p = 1 AND q IN ?")

    assert isinstance(where.partition[1], OneOf)
    assert where.has_partition_in


def test_two_bounds_make_one_slice(analysed):
    (slice_,) = analysed("p = 1 AND q = 1 AND a > 1 AND a <= 5").clustering

    assert isinstance(slice_, Slice)
    assert (slice_.lower.inclusive, slice_.upper.inclusive) == (False, True)


def test_bounds_of_different_length_keep_theirs(analysed):
    (slice_,) = analysed("p = 1 AND q = 1 AND (a, b) > (1, 1) AND a < 9").clustering

    assert names(slice_) == ["a", "b"]
    assert len(slice_.lower.operand.terms) == 2
    assert len(slice_.upper.operand.terms) == 1


def test_tuple_marker_stays_whole(analysed):
    (equal,) = analysed("p = 1 AND q = 1 AND (a, b) = ?").clustering

    assert isinstance(equal.operand, Whole)
    assert equal.operand.name == "(a,b)"


def test_what_stands_behind_a_gap_is_filtered(analysed):
    where = analysed("p = 1 AND q = 1 AND a = 1 AND c = 1", allow_filtering=True)

    assert [names(one) for one in where.filters] == [["c"]]


def test_part_of_the_partition_key_is_a_scan_with_filters(analysed):
    where = analysed("p = 1", allow_filtering=True)

    assert where.is_key_range
    assert [names(one) for one in where.filters] == [["p"]]


def test_needs_filtering_is_told_and_not_raised_for_what_select_judges_last(analysed):
    assert analysed("v = 1 AND w = 1").needs_filtering
    assert not analysed("v = 1").needs_filtering
    assert not analysed("v = 1 AND w = 1", allow_filtering=True).needs_filtering


def test_index_is_looked_up_by_its_value(analysed):
    lookup = analysed("v = 5").lookup

    assert lookup.index.name == "by_v"
    assert [term.raw for term in lookup.terms if isinstance(term, Constant)] == [b"\0\0\0\5"]


def test_entries_index_is_looked_up_by_key_and_value(analysed):
    where = analysed("m[1] = 2")

    assert isinstance(where.others[0], Contains)
    assert len(where.lookup.terms) == 2


def test_index_is_of_no_use_where_partitions_are_named(analysed):
    where = analysed("p = 1 AND q = 1 AND v = 5")

    assert where.uses_index
    assert not where.is_key_range


def test_token_beside_the_whole_key_does_not_make_a_scan(analysed):
    where = analysed("token(p, q) > 5 AND p = 1 AND q = 1")

    assert where.token is not None
    assert not where.is_key_range


@pytest.mark.parametrize(
    ("where", "keeps"),
    [("s = 1", True), ("p = 1", True), ("a = 1", False), ("v = 1", False), ("w = 1", False)],
)
def test_lone_statics_are_kept_unless_rows_are_asked_for(analysed, where, keeps):
    assert keeps == analysed(where, allow_filtering=True).keeps_lone_statics


def test_restrictions_are_values(analysed):
    assert analysed("p = 1 AND q = 1") == analysed("p = 1 AND q = 1")
    assert Parts((Constant(None, b""),)) == Parts((Constant(None, b""),))


def test_relation_with_two_columns_of_the_same_name_is_refused(analysed):
    with pytest.raises(InvalidRequest, match='Column "a" appeared twice'):
        analysed("p = 1 AND q = 1 AND (a, a) = (1, 1)")
