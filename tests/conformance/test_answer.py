"""Answers as lines: different answers have different lines."""

import pytest

from conformance import answer
from conformance.wire import Prepared, Refused
from coodie_memory.result import ColumnSpec, Metadata, Rows, SchemaChange, SetKeyspace, Void
from coodie_memory.types.collections import ListType
from coodie_memory.types.integers import INT
from coodie_memory.types.strings import TEXT
from coodie_memory.types.tuples import TupleType


def rows(*raw, paging_state=None, warnings=()):
    columns = (ColumnSpec("ks", "t", "k", INT), ColumnSpec("ks", "t", "v", TEXT))
    return Rows(Metadata(columns), raw, paging_state, warnings)


def test_rows_stand_under_their_columns():
    assert answer.result([rows((b"\0\0\0\1", b"x"))]) == ("k int | v text", "1 | 'x'")


def test_null_is_not_empty():
    assert answer.result([rows((None, b""))])[1] == "null | ''"
    assert answer.result([rows((b"", None))])[1] == "empty | null"


def test_pages_are_told_apart():
    pages = [rows((b"\0\0\0\1", b"x"), paging_state=b"s"), rows()]

    assert answer.result(pages) == ("k int | v text", "1 | 'x'", "(next page)")


def test_a_line_stays_one_line():
    assert answer.result([rows((None, b"a\nb\\"))])[1] == "null | 'a\\nb\\\\'"
    assert answer.refusal(Refused(0x2200, "two\nlines")) == ("InvalidRequest 0x2200", "two\\nlines")


def test_every_error_code_has_its_class():
    assert answer.refusal(Refused(0x2000, "m"))[0] == "SyntaxException 0x2000"
    assert answer.refusal(Refused(0x7777, "m"))[0] == "Error 0x7777"


def test_what_tells_nothing_has_no_line():
    assert answer.result([Void()]) == ()


@pytest.mark.parametrize(
    ("result", "line"),
    [
        (SetKeyspace("ks"), "keyspace ks"),
        (SchemaChange("CREATED", "KEYSPACE", "ks"), "created keyspace ks"),
        (SchemaChange("DROPPED", "TABLE", "ks", "t"), "dropped table ks.t"),
        (SchemaChange("CREATED", "FUNCTION", "ks", "f", ("int", "text")), "created function ks.f(int, text)"),
    ],
)
def test_changes_say_what_changed(result, line):
    assert answer.result([result]) == (line,)


def test_warnings_come_last():
    assert answer.result([rows(warnings=("w",))]) == ("k int | v text", "warning: w")
    assert answer.result([Void(("w",))]) == ("warning: w",)


def test_prepared_shows_its_markers():
    markers = (ColumnSpec("ks", "t", "k", INT), ColumnSpec("ks", "t", "[limit]", INT))

    assert answer.preparation(Prepared(markers, None)) == ("prepared k int | [limit] int",)
    assert answer.preparation(Prepared((), None)) == ("prepared",)


def test_frozen_is_left_out_at_any_depth():
    nested = ListType(TupleType((ListType(INT).freeze(), TEXT)))

    assert answer.wire_name(nested) == "list<tuple<list<int>, text>>"


def test_signatures_in_a_message_stand_in_one_order():
    """Two servers list the same overloads in different orders."""
    message = "Ambiguous call to function f (can be matched by following signatures: {}): use type casts"
    one, two = "system.f : (int, text) -> date", "system.f : (bigint) -> date"

    first, second = (
        answer.refusal(Refused(0x2200, message.format(", ".join(each)))) for each in ((one, two), (two, one))
    )

    assert first == second
    assert first[1] == message.format(f"{two}, {one}")
