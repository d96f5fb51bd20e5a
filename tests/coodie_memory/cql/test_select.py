"""SELECT: what its parts become."""

import pytest

from coodie_memory.cql import ast
from coodie_memory.cql.ast import (
    AttributeSelector,
    BinaryOp,
    Cast,
    ColumnInRelation,
    ColumnRelation,
    ColumnSelector,
    CountRows,
    ElementRelation,
    ElementSelector,
    FieldSelector,
    FunctionCall,
    IndexExpression,
    ListLiteral,
    Literal,
    MapLiteral,
    Marker,
    NativeTypeName,
    Negation,
    NotNullRelation,
    Null,
    Ordering,
    QualifiedName,
    Select,
    Selected,
    SetLiteral,
    SliceSelector,
    TokenRelation,
    TupleInRelation,
    TupleLiteral,
    TupleRelation,
    TypeHint,
    UserTypeLiteral,
)
from coodie_memory.cql.statements import parse
from coodie_memory.dialect import SCYLLA

T = QualifiedName(None, "t")
V, P = ColumnSelector("v"), ColumnSelector("p")
ONE, TWO = Literal("INTEGER", "1"), Literal("INTEGER", "2")
QUESTION = Marker(None, 0)


def _selector(text):
    return parse(f"SELECT {text} FROM t").selection[0].selector


def _relation(text):
    return parse(f"SELECT * FROM t WHERE {text}").where[0]


def _term(text):
    return _relation(f"v = {text}").value


def test_star_is_the_empty_selection():
    assert Select(table=T, selection=()) == parse("SELECT * FROM t")


def test_every_clause():
    statement = parse(
        'SELECT v AS x FROM Ks."T" WHERE p = ? GROUP BY p ORDER BY c DESC, d ASC PER PARTITION LIMIT 1 LIMIT :n '
        "ALLOW FILTERING;"
    )

    expected = Select(
        table=QualifiedName("ks", "T"),
        selection=(Selected(V, "x"),),
        where=(ColumnRelation("p", "=", QUESTION),),
        group_by=(P,),
        orderings=(Ordering("c", descending=True), Ordering("d")),
        per_partition_limit=ONE,
        limit=Marker("n", 1),
        allow_filtering=True,
    )
    assert expected == statement


@pytest.mark.parametrize(
    ("text", "json", "distinct", "columns"),
    [
        ("JSON v", True, False, ["v"]),
        ("DISTINCT p", False, True, ["p"]),
        ("JSON DISTINCT p", True, True, ["p"]),
        ("json", False, False, ["json"]),
        ("distinct, json", False, False, ["distinct", "json"]),
        ("JSON json", True, False, ["json"]),
        ("DISTINCT json", False, True, ["json"]),
        ("json AS x", False, False, ["json"]),
    ],
)
def test_json_and_distinct_are_also_names(text, json, distinct, columns):
    statement = parse(f"SELECT {text} FROM t")

    assert (json, distinct) == (statement.json, statement.distinct)
    assert columns == [item.selector.name for item in statement.selection]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("V", V),
        ('"V"', ColumnSelector("V")),
        ("ttl", ColumnSelector("ttl")),
        ("u.f.g", FieldSelector(FieldSelector(ColumnSelector("u"), "f"), "g")),
        ("m[1]", ElementSelector(ColumnSelector("m"), ONE)),
        ("m[1..2]", SliceSelector(ColumnSelector("m"), ONE, TWO)),
        ("m[1..]", SliceSelector(ColumnSelector("m"), ONE, None)),
        ("m[..2]", SliceSelector(ColumnSelector("m"), None, TWO)),
        ("m[1].f", FieldSelector(ElementSelector(ColumnSelector("m"), ONE), "f")),
        ("count(*)", CountRows()),
        ("COUNT(1)", FunctionCall(QualifiedName(None, "count"), (ONE,))),
        ("WriteTime(m[1])", AttributeSelector("writetime", ElementSelector(ColumnSelector("m"), ONE))),
        ("ttl(v)", AttributeSelector("ttl", V)),
        ("maxwritetime(v)", AttributeSelector("maxwritetime", V)),
        ("cast(v AS Text)", Cast(V, NativeTypeName("text"))),
        ("Ks.F(v, ?)", FunctionCall(QualifiedName("ks", "f"), (V, QUESTION))),
        ('"F"()', FunctionCall(QualifiedName(None, "F"), ())),
        ("token(p)", FunctionCall(QualifiedName(None, "token"), (P,))),
        ("(int)1", TypeHint(NativeTypeName("int"), ONE)),
        ("(v)", TupleLiteral((V,))),
        ("(v, p)", TupleLiteral((V, P))),
        ("[v, p]", ListLiteral((V, P))),
        ("{v, p}", SetLiteral((V, P))),
        ("{}", SetLiteral(())),
        ("{v: p}", MapLiteral(((V, P),))),
        ("null", Null()),
        ("-v", Negation(V)),
        ("- m[1]", Negation(ElementSelector(ColumnSelector("m"), ONE))),
        ("v + p * 2", BinaryOp("+", V, BinaryOp("*", P, TWO))),
        ("v - p - 2", BinaryOp("-", BinaryOp("-", V, P), TWO)),
        ("(v + p) / 2", BinaryOp("/", TupleLiteral((BinaryOp("+", V, P),)), TWO)),
    ],
)
def test_selectors(text, expected):
    assert expected == _selector(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("v >= 1", ColumnRelation("v", ">=", ONE)),
        ("v != 1", ColumnRelation("v", "!=", ONE)),
        ('"" = 1', ColumnRelation("", "=", ONE)),
        ("(v = 1)", ColumnRelation("v", "=", ONE)),
        ("v LIKE 'a%'", ColumnRelation("v", "LIKE", Literal("STRING", "a%"))),
        ("v CONTAINS 1", ColumnRelation("v", "CONTAINS", ONE)),
        ("v CONTAINS KEY 1", ColumnRelation("v", "CONTAINS KEY", ONE)),
        ("v CONTAINS KEY ?", ColumnRelation("v", "CONTAINS KEY", QUESTION)),
        ("v IN (1, 2)", ColumnInRelation("v", (ONE, TWO))),
        ("v IN ()", ColumnInRelation("v", ())),
        ("v IN ?", ColumnInRelation("v", QUESTION)),
        ("v IS NOT NULL", NotNullRelation("v")),
        ("m[1] = 2", ElementRelation("m", ONE, "=", TWO)),
        ("token(a, b) > 1", TokenRelation(("a", "b"), ">", ONE)),
        ("(a, b) > (1, 2)", TupleRelation(("a", "b"), ">", TupleLiteral((ONE, TWO)))),
        ("(a, b) = :x", TupleRelation(("a", "b"), "=", Marker("x", 0))),
        (
            "(a, b) IN ((1, 2), (2, 1))",
            TupleInRelation(("a", "b"), (TupleLiteral((ONE, TWO)), TupleLiteral((TWO, ONE)))),
        ),
        ("(a, b) IN (?, :x)", TupleInRelation(("a", "b"), (QUESTION, Marker("x", 1)))),
        ("(a, b) IN ?", TupleInRelation(("a", "b"), QUESTION)),
        ("(a, b) IN ()", TupleInRelation(("a", "b"), ())),
        ("expr(idx, 'q')", IndexExpression("idx", Literal("STRING", "q"))),
    ],
)
def test_relations(text, expected):
    assert expected == _relation(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'it''s'", Literal("STRING", "it's")),
        ("0xAB", Literal("HEX", "0xAB")),
        ("-1.5", Literal("FLOAT", "-1.5")),
        ("nan", Literal("FLOAT", "NaN")),
        ("-INFINITY", Literal("FLOAT", "-Infinity")),
        ("True", Literal("BOOLEAN", "True")),
        ("1d", Literal("DURATION", "1d")),
        ("(1, ?)", TupleLiteral((ONE, QUESTION))),
        ("[]", ListLiteral(())),
        ("{}", SetLiteral(())),
        ("{1, 2}", SetLiteral((ONE, TWO))),
        ("{1: 2, f(): 1}", MapLiteral(((ONE, TWO), (FunctionCall(QualifiedName(None, "f"), ()), ONE)))),
        ('{A: 1, "B": 2, a: 1}', UserTypeLiteral((("a", ONE), ("B", TWO), ("a", ONE)))),
        ("(int)-1", TypeHint(NativeTypeName("int"), Literal("INTEGER", "-1"))),
        ("(Ks.Ut)null", TypeHint(ast.UserTypeName(QualifiedName("ks", "ut")), Null())),
        ("(list<int>)[1]", TypeHint(ast.ListTypeName(NativeTypeName("int")), ListLiteral((ONE,)))),
        ("('UTF8Type')1", TypeHint(ast.CustomTypeName("UTF8Type"), ONE)),
        ("('a')", TupleLiteral((Literal("STRING", "a"),))),
        ("CAST(1 AS text)", Cast(ONE, NativeTypeName("text"))),
        ("- f(1)", Negation(FunctionCall(QualifiedName(None, "f"), (ONE,)))),
        ("1 + 2 * 1", BinaryOp("+", ONE, BinaryOp("*", TWO, ONE))),
        ("1 % 2 - 1", BinaryOp("-", BinaryOp("%", ONE, TWO), ONE)),
    ],
)
def test_terms(text, expected):
    assert expected == _term(text)


def test_nearest_neighbours():
    statement = parse("SELECT * FROM t ORDER BY v ANN OF [1, 2] LIMIT 3")

    assert (Ordering("v", nearest_to=ListLiteral((ONE, TWO))),) == statement.orderings


def test_markers_are_counted_in_the_order_of_the_text():
    statement = parse("SELECT f(?), (int)? FROM t WHERE p = :a AND q IN (?, :a) LIMIT ?")

    assert statement.limit.index == 5
    assert (Marker(None, 3), Marker("a", 4)) == statement.where[1].values


def test_scyllas_additions():
    statement = parse(
        "SELECT v FROM t WHERE v NOT IN (1) AND (a, b) NOT IN ? BYPASS CACHE USING TIMEOUT 5s", SCYLLA
    )

    assert (
        ColumnInRelation("v", (ONE,), negated=True),
        TupleInRelation(("a", "b"), QUESTION, negated=True),
    ) == statement.where
    assert statement.bypass_cache
    assert Literal("DURATION", "5s") == statement.using.timeout
    assert Select(table=None, selection=(Selected(ONE),)) == parse("SELECT 1", SCYLLA)
