"""Which characters make which token."""

import pytest

from coodie_memory.cql.lexer import Place, places, scan, split


def _tokens(text):
    kinds, texts = scan(text)
    return list(zip(kinds, texts, strict=True))[:-1]


@pytest.mark.parametrize(
    ("text", "kind", "content"),
    [
        ("abc", "IDENT", "abc"),
        ("Select", "K_SELECT", "Select"),
        ("TABLE", "K_COLUMNFAMILY", "TABLE"),
        ("columnfamilies", "K_TABLES", "columnfamilies"),
        ("TrUe", "BOOLEAN", "TrUe"),
        ("nan", "K_POSITIVE_NAN", "nan"),
        ("-Infinity", "K_NEGATIVE_INFINITY", "-Infinity"),
        ('"A""b"', "QUOTED_NAME", 'A"b'),
        ('""', "EMPTY_QUOTED_NAME", '""'),
        ("'it''s'", "STRING_LITERAL", "it's"),
        ("$$it's$$", "STRING_LITERAL", "it's"),
        ("-01", "INTEGER", "-01"),
        ("1.", "FLOAT", "1."),
        ("-1e-5", "FLOAT", "-1e-5"),
        ("1234567e-5", "FLOAT", "1234567e-5"),
        ("0x", "HEXNUMBER", "0x"),
        ("0XaB", "HEXNUMBER", "0XaB"),
        ("550e8400-e29b-41d4-a716-446655440000", "UUID", "550e8400-e29b-41d4-a716-446655440000"),
        ("DEADBEEF-e29b-41d4-a716-446655440000", "UUID", "DEADBEEF-e29b-41d4-a716-446655440000"),
        ("-1y2mo3w4d5h6m7s8ms9us10ns", "DURATION", "-1y2mo3w4d5h6m7s8ms9us10ns"),
        ("5µs", "DURATION", "5µs"),
        ("P1Y2M3DT4H5M6S", "DURATION", "P1Y2M3DT4H5M6S"),
        ("-P2W", "DURATION", "-P2W"),
        ("P0001-02-03T04:05:06", "DURATION", "P0001-02-03T04:05:06"),
        ("p1y", "IDENT", "p1y"),
        ("P1Yx", "IDENT", "P1Yx"),
        ("PT", "IDENT", "PT"),
        ("expr(", "expr(", "expr("),
        ("EXPR", "IDENT", "EXPR"),
    ],
)
def test_one_token(text, kind, content):
    assert [(kind, content)] == _tokens(text)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("a-1", ["IDENT", "INTEGER"]),
        ("a - 1", ["IDENT", "-", "INTEGER"]),
        ("1..2", ["INTEGER", "RANGE", "INTEGER"]),
        ("1...2", ["FLOAT", "RANGE", "INTEGER"]),
        ("a.b", ["IDENT", ".", "IDENT"]),
        ("+=-=!=<=>=<>", ["+=", "-=", "!=", "<=", ">=", "<", ">"]),
        ("0xg", ["HEXNUMBER", "IDENT"]),
        ("'a''b''' 'c'", ["STRING_LITERAL", "STRING_LITERAL"]),
        ("a -- b\nc // d\re /* f\n*/ g", ["IDENT", "IDENT", "IDENT", "IDENT"]),
        ("myexpr(", ["IDENT", "("]),
    ],
)
def test_several_tokens(text, kinds):
    assert kinds == [kind for kind, _ in _tokens(text)]


def test_reading_stops_at_what_is_no_token():
    assert scan("a # b") == (["IDENT", "BROKEN"], ["a", ""])


def test_places_count_lines_columns_and_blanks():
    expected = [
        Place(1, 0, "a", hidden=False),
        Place(1, 1, "\n ", hidden=True),
        Place(2, 1, "b", hidden=False),
    ]

    assert expected == list(places("a\n b"))


def test_columns_count_utf16_units_as_java_does():
    assert [place.column for place in places("'😀' b")] == [0, 4, 5]


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("a; b;", ["a;", " b;"]),
        ("a ';' b; -- c;\n", ["a ';' b;"]),
        ("BEGIN BATCH a; b; APPLY BATCH; c", ["BEGIN BATCH a; b; APPLY BATCH;", " c"]),
        ("begin unlogged batch a; apply batch;", ["begin unlogged batch a; apply batch;"]),
        ("a; 'b; c;", ["a;", " 'b; c;"]),
        ("AS $$ a; b $$; c;", ["AS $$ a; b $$;", " c;"]),
        (" \n-- nothing\n", []),
    ],
)
def test_a_script_is_split_at_its_semicolons(text, statements):
    """Those of strings, comments and batches are not its own; what cannot be read comes last, to be refused."""
    assert list(split(text)) == statements
