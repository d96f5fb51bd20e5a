"""Deleting and updating many rows: in one statement where possible, else by streaming keys."""

from typing import Annotated

import pytest
from pydantic import ValidationError

from coodie.exceptions import InvalidQueryError, InvalidRequest
from coodie.fields import ClusteringKey, Counter, Indexed, PrimaryKey, Static
from coodie.operations import bulk
from coodie.results import LWTResult
from coodie.statement import BatchRequest, Page
from coodie.sync import CounterDocument, Document


class Task(Document):
    board: Annotated[str, PrimaryKey()]
    year: Annotated[int, ClusteringKey(clustering_key_index=0)]
    number: Annotated[int, ClusteringKey(clustering_key_index=1)]
    status: Annotated[str, Indexed()] = "todo"
    owner: Annotated[str | None, Static()] = None


class Hits(CounterDocument):
    site: Annotated[str, PrimaryKey()]
    url: Annotated[str, ClusteringKey()]
    hits: Annotated[int, Counter()]


KEYS = "SELECT board, year, number FROM task"


@pytest.mark.parametrize(
    ("lookups", "where"),
    [
        ({"board": "b"}, "board = ?"),
        ({"board__in": ["a", "b"]}, "board IN ?"),
        ({"board": "b", "year": 1}, "board = ? AND year = ?"),
        ({"board": "b", "year__gte": 1, "year__lt": 3}, "board = ? AND year >= ? AND year < ?"),
        ({"board": "b", "year": 1, "number__gt": 2}, "board = ? AND year = ? AND number > ?"),
        ({"board": "b", "year": 1, "number": 2}, "board = ? AND year = ? AND number = ?"),
        ({"board": "b", "year": 1, "number__in": [1, 2]}, "board = ? AND year = ? AND number IN ?"),
    ],
)
def test_keys_partitions_and_ranges_are_deleted_at_once(drive, lookups, where):
    there = drive(bulk.delete_matching(Task.find(**lookups)))
    assert there.texts == ["DELETE FROM task WHERE " + where]
    assert there.result is None


@pytest.mark.parametrize(
    "queryset",
    [
        lambda: Task.find(status="cancelled"),
        lambda: Task.find(board="b", status="cancelled"),
        lambda: Task.find(board="b", year__in=[1, 2]),
        lambda: Task.find(board="b").limit(5),
        lambda: Task.find(year=5).allow_filtering(),
        lambda: Task.find().fetch_size(5),
    ],
)
def test_other_rows_are_deleted_by_the_keys_that_are_streamed(drive, queryset):
    there = drive(bulk.delete_matching(queryset()))
    assert there.only.cql.startswith(KEYS)


def test_rows_of_a_partition_go_together_page_by_page(drive):
    there = drive(
        bulk.delete_matching(Task.find(status="cancelled").timestamp(5)),
        Page((), [("a", 1, 1), ("a", 1, 2), ("b", 1, 1)], b"1"),
        Page(),
        Page(),
        Page((), [("b", 2, 1)]),
    )
    delete = "DELETE FROM task USING TIMESTAMP ? WHERE board = ? AND year = ? AND number = ?"
    assert there.texts == [
        KEYS + " WHERE status = ?",
        [delete] * 2,
        delete,
        KEYS + " WHERE status = ?",
        delete,
    ]
    _, together, alone, *_ = there.requests
    assert isinstance(together, BatchRequest)
    assert together.kind == "unlogged"
    assert alone.params == (5, "b", 1, 1)


def test_a_partition_of_statics_only_has_no_row_to_delete(drive):
    there = drive(bulk.delete_matching(Task.find()), Page((), [("a", None, None)]))
    assert len(there.requests) == 1


def test_large_partitions_go_in_portions(drive):
    rows = [("a", 1, number) for number in range(bulk.TOGETHER + 1)]
    there = drive(bulk.delete_matching(Task.find(status="x")), Page((), rows))
    assert len(there.requests) == 3
    assert len(there.requests[1].statements) == bulk.TOGETHER


def test_the_first_error_is_raised_after_all_were_tried(drive):
    error = InvalidRequest("no")
    with pytest.raises(InvalidRequest):
        drive(
            bulk.delete_matching(Task.find(status="x")), Page((), [("a", 1, 1), ("b", 1, 1)]), error, Page()
        )


def test_counters_go_in_counter_batches(drive):
    there = drive(bulk.delete_matching(Hits.find().limit(9)), Page((), [("s", "a"), ("s", "b")]))
    assert there.requests[1].kind == "counter"


def test_conditions_go_row_by_row_and_tell_the_first_refusal(drive):
    there = drive(
        bulk.delete_matching(Task.find(status="x"), {"owner": "me"}),
        Page((), [("a", 1, 1), ("a", 1, 2)]),
        Page(("[applied]",), [(True,)]),
        Page(("[applied]", "owner"), [(False, "you")]),
    )
    assert (
        there.texts[1:] == ["DELETE FROM task WHERE board = ? AND year = ? AND number = ? IF owner = ?"] * 2
    )
    assert there.result == LWTResult(applied=False, existing={"owner": "you"})


def test_rows_that_are_named_are_updated_at_once(drive):
    there = drive(bulk.update_matching(Task.find(board="b", year=1, number=2).ttl(9), status="done"))
    assert there.texts == [
        "UPDATE task USING TTL ? SET status = ? WHERE board = ? AND year = ? AND number = ?"
    ]
    assert there.only.params == (9, "done", "b", 1, 2)


def test_statics_are_updated_by_partition(drive):
    there = drive(bulk.update_matching(Task.find(board="b"), owner="me"))
    assert there.texts == ["UPDATE task SET owner = ? WHERE board = ?"]


def test_other_rows_are_updated_by_key(drive):
    there = drive(bulk.update_matching(Task.find(board="b"), status="done"), Page((), [("b", 1, 1)]))
    update = "UPDATE task SET status = ? WHERE board = ? AND year = ? AND number = ?"
    assert there.texts == [KEYS + " WHERE board = ?", update]


def test_updates_are_checked_before_any_io(drive):
    with pytest.raises(ValidationError):
        drive(bulk.update_matching(Task.find(), status=5))
    with pytest.raises(InvalidQueryError, match="did you mean 'status'"):
        drive(bulk.update_matching(Task.find(), stauts="a"))
    with pytest.raises(InvalidQueryError, match=r"increment\(\)"):
        drive(bulk.update_matching(Hits.find(), hits=1))
    assert drive(bulk.update_matching(Task.find())).requests == []


def test_a_change_that_is_an_expression_is_refused():
    """It would look like the conditions, and change nothing."""
    with pytest.raises(TypeError, match="positional"):
        bulk.update_matching(Task.find(board="b"), Task.status == "done")
