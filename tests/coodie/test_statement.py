"""Requests and answers are values; what cannot be right is refused when they are made."""

import pytest

from coodie.exceptions import InvalidQueryError, MultipleDocumentsFound
from coodie.statement import UNSET, BatchRequest, HashableDict, Page, Statement


def test_equal_requests_are_equal():
    """Tests of operations compare statements."""
    statement = Statement("SELECT a FROM t WHERE a = ?", (1,), consistency="ONE")

    assert Statement("SELECT a FROM t WHERE a = ?", (1,), consistency="ONE") == statement
    assert hash(Statement("SELECT a FROM t WHERE a = ?", (1,), consistency="ONE")) == hash(statement)


@pytest.mark.parametrize("level", ["quorum", "SOME", ""])
def test_unknown_consistency_is_refused_with_the_choices(level):
    """A typing error must not wait for a server to find it."""
    with pytest.raises(InvalidQueryError, match="LOCAL_QUORUM"):
        Statement("SELECT", consistency=level)


def test_only_serial_levels_are_serial_consistencies():
    """QUORUM is a level, but not for a lightweight transaction's Paxos phase."""
    with pytest.raises(InvalidQueryError, match="LOCAL_SERIAL, SERIAL"):
        BatchRequest((), serial_consistency="QUORUM")


def test_parameters_need_a_prepared_statement():
    """An unprepared statement would have its values spliced into its text."""
    with pytest.raises(InvalidQueryError, match="parameters"):
        Statement("SELECT a FROM t WHERE a = ?", (1,), prepare=False)


def test_batch_is_idempotent_when_all_its_statements_are():
    """One that is not makes the whole unsafe to repeat."""
    safe, unsafe = Statement("a", idempotent=True), Statement("b")

    assert BatchRequest((safe, safe)).idempotent
    assert not BatchRequest((safe, unsafe)).idempotent


@pytest.mark.parametrize(
    ("page", "applied"),
    [
        (Page(), True),
        (Page(("[applied]",), [(True,)]), True),
        (Page(("[applied]", "id"), [(False, 1)]), False),
        (Page(("id", "[applied]"), [(1, False), (2, False)]), False),
    ],
)
def test_page_tells_whether_a_transaction_was_applied(page, applied):
    """A plain write has no such column and is applied."""
    assert page.applied is applied


def test_one_is_the_only_row():
    """None where there is none, an error where there are more."""
    assert Page(("a",), []).one() is None
    assert Page(("a",), [(1,)]).one() == (1,)
    with pytest.raises(MultipleDocumentsFound, match="2"):
        Page(("a",), [(1,), (2,)]).one()


def test_dicts_are_rows_by_column():
    """The form that raw CQL is answered in."""
    assert Page(("a", "b"), [(1, 2), (3, 4)]).dicts() == [{"a": 1, "b": 2}, {"a": 3, "b": 4}]


def test_unset_prints_as_it_is_written():
    """It stands in logs among parameters."""
    assert repr((1, UNSET)) == "(1, UNSET)"


def test_hashable_dict_is_a_dict_for_sets():
    """A user type in a set compares like the plain dict of its fields."""
    assert HashableDict(a=1, b=2) == {"b": 2, "a": 1}
    assert {HashableDict(a=1)} == {HashableDict(a=1)}
