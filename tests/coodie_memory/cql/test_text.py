"""How terms, relations and selectors are echoed. Confirmed: Cassandra 5.0.6."""

import pytest

from coodie_memory.cql import text
from coodie_memory.cql.statements import parse


@pytest.mark.parametrize(
    ("written", "echoed"),
    [
        ("1+2", 'system."_add"(1, 2)'),
        ("1 - 2*3", 'system."_substract"(1, system."_multiply"(2, 3))'),
        ("1 / 2 % 3", 'system."_modulo"(system."_divide"(1, 2), 3)'),
        ("- f(1)", 'system."_negate"(f(1))'),
        ("-1", "-1"),
        ("'it''s'", "'it's'"),
        ("(1,2)", "(1, 2)"),
        ("[1,2]", "[1, 2]"),
        ("{1,2}", "{1, 2}"),
        ("{}", "{}"),
        ("{1:2,3:4}", "{1: 2, 3: 4}"),
        ('{a:1,"B":2}', "{a: 1, B: 2}"),
        (":x", "?"),
        ("null", "NULL"),
        ("cast(1 as text)", "system.cast_as_text(1)"),
        ("(frozen<list<int>>)[1]", "(frozen<list<int>>)[1]"),
        ("(map<text,frozen<tuple<int,text>>>){}", "(map<text, tuple<int, text>>){}"),
        ("(vector<float,2>)[1]", "(vector<float, 2>)[1]"),
        ("(Ks.Ut)null", "(ks.ut)NULL"),
        ("('org.apache.cassandra.db.marshal.Int32Type')1", "('org.apache.cassandra.db.marshal.Int32Type')1"),
        ("system.token(1)", "token(1)"),
        ('"Ks"."F"(1, G())', '"Ks"."F"(1, g())'),
        ("-NaN", "NaN"),
        ("TRUE", "TRUE"),
        ("0xAB", "0xAB"),
    ],
)
def test_terms(written, echoed):
    assert echoed == text.term(parse(f"SELECT * FROM t WHERE v = {written}").where[0].value)


@pytest.mark.parametrize(
    ("written", "echoed"),
    [
        ("tx LIKE 'a%'", "tx LIKE 'a%'"),
        ('"Tx">=1', '"Tx" >= 1'),
        ('"select"=1', '"select" = 1'),
        ("v IN(1,2)", "v IN (1, 2)"),
        ("v IN :x", "v IN ?"),
        ("v IS NOT NULL", "v IS NOT NULL"),
        ("m CONTAINS KEY 1", "m CONTAINS KEY 1"),
        ("m[1]!='a'", "m[1] != 'a'"),
        ('token("A",b)>1', 'token("A", b) > 1'),
        ("(c,b)=(1,1)", "(c, b) = (1, 1)"),
        ("(c,b)=?", "(c, b) = ?"),
        ("(c,b) IN((1,1),(2,2))", "(c, b) IN ((1, 1), (2, 2))"),
        ("(c,b) IN ?", "(c, b) IN ?"),
    ],
)
def test_relations(written, echoed):
    assert echoed == text.relation(parse(f"SELECT * FROM t WHERE {written}").where[0])


@pytest.mark.parametrize(
    ("written", "echoed"),
    [
        ('"Vx"', "Vx"),
        ("a-c/b+d", "a - c / b + d"),
        ("(a+c)*2", "(a + c) * 2"),
        ("- v", "-v"),
        ("m[1..2]", "m[1..2]"),
        ("m[1..]", "m[1..]"),
        ("m[..2]", "m[..2]"),
        ("m[1+1]", 'm[system."_add"(1, 1)]'),
        ('u."B"', "u.B"),
        ("count(*)", "count"),
        ("TTL(m[1])", "ttl(m[1])"),
        ("WriteTime(v)", "writetime(v)"),
        ("CAST(v AS FLOAT)", "cast(v as float)"),
        ("(int)5", "(int)5"),
        ("(list<int>)[1,2]", "(list<int>)[1, 2]"),
        ("(v,p)", "(v, p)"),
        ("{v:p}", "{v: p}"),
        ("(int)null", "(int)NULL"),
    ],
)
def test_selectors(written, echoed):
    assert echoed == text.selector(parse(f"SELECT {written} FROM t").selection[0].selector)


def test_the_schema_names_the_functions():
    """The server says where a function was found, which the text does not know."""
    selector = parse("SELECT blobAsInt(intAsBlob(v)) FROM t").selection[0].selector

    echoed = text.selector(selector, lambda call: f"system.{call.name.name}")

    assert echoed == "system.blobasint(system.intasblob(v))"
