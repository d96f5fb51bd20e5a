"""INSERT, UPDATE, DELETE, BATCH, TRUNCATE, USE."""

import pytest

from coodie_memory.cql.ast import (
    Addition,
    Batch,
    ColumnRelation,
    ColumnTarget,
    Comparison,
    Delete,
    ElementTarget,
    FieldTarget,
    Insert,
    InsertJson,
    ListLiteral,
    Literal,
    Marker,
    Membership,
    Prepend,
    QualifiedName,
    SetValue,
    Subtraction,
    Truncate,
    Update,
    Use,
    Using,
)
from coodie_memory.cql.statements import parse
from coodie_memory.dialect import SCYLLA
from coodie_memory.errors import SyntaxException

T = QualifiedName(None, "t")
ONE, TWO = Literal("INTEGER", "1"), Literal("INTEGER", "2")
P_IS_ONE = (ColumnRelation("p", "=", ONE),)


def _assignments(text):
    return parse(f"UPDATE t SET {text} WHERE p = 1").assignments


def test_insert():
    statement = parse('INSERT INTO t (P, "C") VALUES (1, ?) IF NOT EXISTS USING TTL 2 AND TIMESTAMP :ts')

    expected = Insert(
        table=T,
        columns=("p", "C"),
        values=(ONE, Marker(None, 0)),
        if_not_exists=True,
        using=Using(timestamp=Marker("ts", 1), ttl=TWO),
    )
    assert expected == statement


def test_insert_counts_nothing():
    """Whether names and values are equally many is not the grammar's business."""
    statement = parse("INSERT INTO t (a, b) VALUES (1)")

    assert (statement.columns, statement.values) == (("a", "b"), (ONE,))


def test_insert_json():
    assert InsertJson(table=T, value=Literal("STRING", "{}")) == parse("INSERT INTO t JSON '{}' DEFAULT NULL")
    assert InsertJson(
        table=T, value=Marker(None, 0), default_unset=True, if_not_exists=True, using=Using(ttl=ONE)
    ) == parse("INSERT INTO t JSON ? DEFAULT UNSET IF NOT EXISTS USING TTL 1")


def test_of_repeated_ttls_the_last_counts():
    assert Using(ttl=TWO) == parse("INSERT INTO t (p) VALUES (1) USING TTL 1 AND TTL 2").using


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("v = 1", SetValue(ColumnTarget("v"), ONE)),
        ("m[1] = 2", SetValue(ElementTarget("m", ONE), TWO)),
        ("u.F = 1", SetValue(FieldTarget("u", "f"), ONE)),
        ("v = v + 1", Addition("v", ONE)),
        ("v += 1", Addition("v", ONE)),
        ("v = v - 1", Subtraction("v", ONE)),
        ("v -= 1", Subtraction("v", ONE)),
        ("v = v -1", Addition("v", Literal("INTEGER", "-1"))),
        ("v = v-1", Addition("v", Literal("INTEGER", "-1"))),
        ("l = [1] + l", Prepend("l", ListLiteral((ONE,)))),
    ],
)
def test_assignments(text, expected):
    assert (expected,) == _assignments(text)


@pytest.mark.parametrize(
    "text", ["l = l + [1], l[0] = 2", "c = c + 1, c += 2", "u.a = 1, u.b = 2", "v = 1, w = 1"]
)
def test_changes_of_parts_go_together(text):
    assert len(_assignments(text)) == 2


@pytest.mark.parametrize(
    "text",
    ["v = 1, v = 2", "l = [1], l = l + [2]", "l = l + [2], l = [1]", "v.a = 1, v.a = 2", "v.a = 1, v = 2"],
)
def test_a_whole_value_or_one_field_twice_is_refused(text):
    with pytest.raises(SyntaxException, match=r"^Multiple incompatible setting of column [lv]$"):
        _assignments(text)


def test_update_with_conditions():
    statement = parse(
        "UPDATE t USING TTL 1 SET v = 2 WHERE p = 1 "
        "IF a > 1 AND m[1] = 2 AND u.f IN (1, 2) AND b IN ? AND s CONTAINS KEY 1"
    )

    expected = Update(
        table=T,
        assignments=(SetValue(ColumnTarget("v"), TWO),),
        where=P_IS_ONE,
        using=Using(ttl=ONE),
        conditions=(
            Comparison(ColumnTarget("a"), ">", ONE),
            Comparison(ElementTarget("m", ONE), "=", TWO),
            Membership(FieldTarget("u", "f"), (ONE, TWO)),
            Membership(ColumnTarget("b"), Marker(None, 0)),
            Comparison(ColumnTarget("s"), "CONTAINS KEY", ONE),
        ),
    )
    assert expected == statement


def test_exists_is_a_keyword_and_a_column():
    assert parse("UPDATE t SET v = 1 WHERE p = 1 IF EXISTS").if_exists
    assert (Comparison(ColumnTarget("exists"), "=", ONE),) == parse(
        "UPDATE t SET v = 1 WHERE p = 1 IF exists = 1"
    ).conditions


def test_delete():
    statement = parse("DELETE v, m[1], u.f FROM t USING TIMESTAMP 2 WHERE p = 1 IF EXISTS")

    expected = Delete(
        table=T,
        targets=(ColumnTarget("v"), ElementTarget("m", ONE), FieldTarget("u", "f")),
        where=P_IS_ONE,
        using=Using(timestamp=TWO),
        if_exists=True,
    )
    assert expected == statement
    assert Delete(table=T, targets=(), where=P_IS_ONE) == parse("DELETE FROM t WHERE p = 1")


def test_batch():
    statement = parse(
        "BEGIN UNLOGGED BATCH USING TIMESTAMP ? INSERT INTO t (p) VALUES (?); UPDATE t SET v = ? WHERE p = 1 "
        "DELETE FROM t WHERE p = 1; APPLY BATCH;"
    )

    expected = Batch(
        kind="UNLOGGED",
        using=Using(timestamp=Marker(None, 0)),
        statements=(
            Insert(table=T, columns=("p",), values=(Marker(None, 1),)),
            Update(table=T, assignments=(SetValue(ColumnTarget("v"), Marker(None, 2)),), where=P_IS_ONE),
            Delete(table=T, targets=(), where=P_IS_ONE),
        ),
    )
    assert expected == statement
    assert Batch(kind="COUNTER", statements=()) == parse("BEGIN COUNTER BATCH APPLY BATCH")


def test_truncate_and_use():
    assert Truncate(table=QualifiedName("ks", "t")) == parse("TRUNCATE TABLE ks.t")
    assert Truncate(table=T) == parse("TRUNCATE t")
    assert Use("Ks") == parse('USE "Ks"')


def test_scyllas_additions():
    timeout = Literal("DURATION", "5s")

    assert Using(timeout=timeout) == parse("TRUNCATE t USING TIMEOUT 5s", SCYLLA).using
    assert (
        Using(ttl=ONE, timeout=timeout)
        == parse("INSERT INTO t (p) VALUES (1) USING TTL 1 AND TIMEOUT 5s", SCYLLA).using
    )
    assert (
        Using(timestamp=ONE, timeout=timeout)
        == parse("DELETE FROM t USING TIMESTAMP 1 AND TIMEOUT 5s WHERE p = 1", SCYLLA).using
    )
    assert (Membership(ColumnTarget("v"), (ONE,), negated=True),) == parse(
        "DELETE FROM t WHERE p = 1 IF v NOT IN (1)", SCYLLA
    ).conditions
