"""Where texts part into words."""

import pytest

from coodie_memory.execution.words import splitting

DELIMITER = "org.apache.cassandra.index.sasi.analyzer.DelimiterAnalyzer"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("!? …", []),
        ("one two", ["one", "two"]),
        ("brown-red/blue", ["brown", "red", "blue"]),
        ("can't e.g. 'x'", ["can't", "e.g", "x"]),
        ("3.14 1,000 a,b 1.b", ["3.14", "1,000", "a", "b", "1", "b"]),
        ("foo_bar _x_ __", ["foo_bar", "_x_"]),
        ("v2 2nd", ["v2", "2nd"]),
        ("u\u0308ber e\u0301", ["\u00fcber", "\u00e9"]),
        ("日本語 ひら カタカナ 한국어 ไทย", ["日", "本", "語", "ひ", "ら", "カタカナ", "한국어", "ไทย"]),
        ("x" * 255 + " " + "y" * 256, ["x" * 255]),
    ],
)
def test_texts_part_where_unicode_says(text, words):
    assert words == [word.decode() for word in splitting({})(text.encode())]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"tokenization_normalize_lowercase": "true"}, [b"one", b"two"]),
        ({"tokenization_normalize_uppercase": "TRUE"}, [b"ONE", b"TWO"]),
        ({"analyzer_class": DELIMITER}, [b"One Two"]),
        ({"analyzer_class": DELIMITER, "delimiter": " "}, [b"One", b"Two"]),
    ],
)
def test_options_say_where_and_in_which_case(options, words):
    assert words == splitting(options)(b"One Two")
