"""Plans of INSERT, UPDATE, DELETE and BATCH: what changes where, as data."""

import pytest

from coodie_memory.cluster import MemoryCluster
from coodie_memory.errors import InvalidRequest
from coodie_memory.plan import conditions, operations
from coodie_memory.plan.write import NO_ATTRIBUTES


@pytest.fixture
def plan():
    cluster = MemoryCluster(dialect="cassandra")
    cluster.create_keyspace("ks")
    session = cluster.session("ks")
    session.execute("CREATE TYPE pair (a int, b text)")
    session.execute(
        "CREATE TABLE t (k int, c int, v int, s int STATIC, l list<int>, st set<int>, m map<int, text>, u pair,"
        " PRIMARY KEY (k, c))"
    )
    session.execute("CREATE TABLE n (k int PRIMARY KEY, a counter)")
    return lambda cql: session.prepare(cql).plan


@pytest.mark.parametrize(
    ("assignment", "kind"),
    [
        ("v = 1", operations.Assign),
        ("l = l + [1]", operations.Append),
        ("l = [1] + l", operations.Prepend),
        ("l = l - [1]", operations.Discard),
        ("st = st + {1}", operations.Include),
        ("m = m + {1: 'a'}", operations.Include),
        ("m = m - {1}", operations.Exclude),
        ("m[1] = 'a'", operations.AssignElement),
        ("l[0] = 1", operations.AssignElement),
        ("u.a = 1", operations.AssignField),
    ],
)
def test_each_form_of_set_is_an_operation(plan, assignment, kind):
    (operation,) = plan(f"UPDATE t SET {assignment} WHERE k = 1 AND c = 1").operations

    assert type(operation) is kind


def test_only_lists_and_sums_are_read_before_they_are_written(plan):
    reading = plan("UPDATE t SET l[0] = 1, l = l - [2], v = v + 1 WHERE k = 1 AND c = 1 IF EXISTS").operations
    blind = plan(
        "UPDATE t SET l = l + [1], m[1] = 'a', st = st - {1}, v = 2 WHERE k = 1 AND c = 1"
    ).operations

    assert all(map(operations.reads, reading))
    assert not any(map(operations.reads, blind))


def test_write_of_statics_alone_touches_no_rows(plan):
    assert not plan("UPDATE t SET s = 1 WHERE k = 1").touches_rows
    assert not plan("INSERT INTO t (k, s) VALUES (1, 1)").touches_rows
    assert plan("INSERT INTO t (k, c, s) VALUES (1, 1, 1)").touches_rows


def test_counter_is_counted_with_its_sign(plan):
    (operation,) = plan("UPDATE n SET a = a - 5 WHERE k = 1").operations

    assert (type(operation), operation.sign) == (operations.Count, -1)


def test_conditions_come_regular_columns_first_each_once(plan):
    condition = plan(
        "UPDATE t SET v = 1 WHERE k = 1 AND c = 1 IF s = 1 AND l[0] = 1 AND v > 2 AND v < 9"
    ).condition

    assert isinstance(condition, conditions.IfColumns)
    assert [column.name for column in condition.columns] == ["l", "v", "s"]


def test_using_is_planned_and_absent_otherwise(plan):
    assert plan("DELETE FROM t WHERE k = 1").attributes is not None
    assert plan("DELETE FROM t WHERE k = 1").attributes == NO_ATTRIBUTES
    assert plan("DELETE FROM t USING TIMESTAMP 5 WHERE k = 1").attributes.timestamp.raw[-1] == 5


def test_batch_holds_the_plans_of_its_statements(plan):
    batch = plan(
        "BEGIN UNLOGGED BATCH INSERT INTO t (k, c) VALUES (1, 1) IF NOT EXISTS; DELETE FROM t WHERE k = 1; APPLY BATCH"
    )

    assert (batch.kind, len(batch.writes), batch.is_conditional) == ("UNLOGGED", 2, True)


@pytest.mark.parametrize(
    ("cql", "message"),
    [
        ("UPDATE t SET k = 1 WHERE k = 1", "PRIMARY KEY part k found in SET part"),
        ("UPDATE t SET v = v + 1 WHERE k = 1 AND c = 1", "Invalid operation (v = v + 1) for non counter column v"),
        ("UPDATE t SET u.z = 1 WHERE k = 1 AND c = 1", "UDT column u does not have a field named z"),
        ("DELETE c FROM t WHERE k = 1", "Invalid identifier c for deletion (should not be a PRIMARY KEY part)"),
        ("INSERT INTO n (k, a) VALUES (1, 1)", "INSERT statements are not allowed on counter tables, use UPDATE instead"),
        ("UPDATE n USING TTL 5 SET a = a + 1 WHERE k = 1", "Cannot provide custom TTL for counter updates"),
        ("DELETE FROM t WHERE k = 1 IF s = 1", "DELETE statements must restrict all PRIMARY KEY columns with equality relations in order to delete non static columns"),
        ("UPDATE t SET v = 1 WHERE k = 1 AND c = 1 IF c = 1", "PRIMARY KEY column 'c' cannot have IF conditions"),
        ("BEGIN BATCH UPDATE n SET a = a + 1 WHERE k = 1; APPLY BATCH", "Cannot include a counter statement in a logged batch"),
    ],
)  # fmt: skip
def test_what_can_never_be_is_refused_when_it_is_prepared(plan, cql, message):
    with pytest.raises(InvalidRequest) as refused:
        plan(cql)

    assert refused.value.message == message
