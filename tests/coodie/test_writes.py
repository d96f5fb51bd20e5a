"""What writing one document asks of a database: the exact statements, and what their answers do to the document."""

from datetime import UTC, datetime
from enum import IntEnum
from typing import Annotated

import pytest
from pydantic import Field, ValidationError

from coodie.cql import AS_SET
from coodie.document import schema_of
from coodie.exceptions import InvalidQueryError, WriteTimeout
from coodie.fields import ClusteringKey, Column, Counter, PrimaryKey, VarInt
from coodie.operations import counters, writes
from coodie.results import LWTResult
from coodie.rows import mark_saved
from coodie.statement import BatchRequest, Page
from coodie.sync import BatchQuery, CounterDocument, Document

APPLIED = Page(("[applied]",), [(True,)])
REFUSED = Page(("[applied]", "status"), [(False, "done")])
ABSENT = Page(("[applied]",), [(False,)])


class Task(Document):
    board: Annotated[str, PrimaryKey()]
    number: Annotated[int, ClusteringKey()]
    status: Annotated[str, Column("Status")] = "todo"
    assignee: str | None = None
    tags: set[str] = Field(default_factory=set)
    comments: list[str] = Field(default_factory=list)

    class Settings:
        name = "tasks"
        keyspace = "Boards"


class Hits(CounterDocument):
    url: Annotated[str, PrimaryKey()]
    hits: Annotated[int, Counter()]


@pytest.fixture
def task():
    return Task(board="b", number=1)


INSERT = (
    'INSERT INTO "Boards".tasks (board, number, "Status", assignee, tags, comments) VALUES (?, ?, ?, ?, ?, ?)'
)


def test_save_inserts_every_field(task, drive):
    statement = drive(writes.save(task)).only
    assert statement.cql == INSERT
    assert statement.params == ("b", 1, "todo", None, set(), [])
    assert statement.idempotent


def test_ttl_and_timestamp_are_bound(task, drive):
    statement = drive(writes.save(task, ttl=60, timestamp=5)).only
    assert statement.cql == INSERT + " USING TTL ? AND TIMESTAMP ?"
    assert statement.params[-2:] == (60, 5)


def test_how_to_run_it_travels_with_the_statement(task, drive):
    statement = drive(writes.save(task, consistency="QUORUM", timeout=1.5)).only
    assert (statement.consistency, statement.timeout) == ("QUORUM", 1.5)


def test_a_ttl_is_a_number(task, drive):
    with pytest.raises(InvalidQueryError, match="ttl is a whole number, not '1; DROP'"):
        drive(writes.save(task, ttl="1; DROP"))


def test_a_value_out_of_range_is_refused_with_its_field(drive):
    with pytest.raises(InvalidQueryError, match=r"Task\.number: 2147483648 does not fit 32 bits"):
        drive(writes.save(Task(board="b", number=2**31)))


def test_insert_leaves_out_none_and_asks_for_absence(task, drive):
    there = drive(writes.insert(task), APPLIED)
    assert there.only.cql == (
        'INSERT INTO "Boards".tasks (board, number, "Status", tags, comments) VALUES (?, ?, ?, ?, ?) IF NOT EXISTS'
    )
    assert there.result == LWTResult(applied=True)
    assert not there.only.idempotent


def test_insert_tells_which_row_is_there(task, drive):
    assert drive(writes.insert(task), REFUSED).result == LWTResult(applied=False, existing={"status": "done"})


def test_update_sets_by_primary_key(task, drive):
    there = drive(writes.update(task, ttl=9, status="done", add__tags={"a"}, comments__append="x"))
    assert there.only.cql == (
        'UPDATE "Boards".tasks USING TTL ? SET "Status" = ?, tags = tags + ?, comments = comments + ? '
        "WHERE board = ? AND number = ?"
    )
    assert there.only.params == (9, "done", {"a"}, ["x"], "b", 1)
    assert there.result is None
    assert (task.status, task.tags, task.comments) == ("done", {"a"}, ["x"])


def test_update_is_idempotent_unless_it_appends_or_has_conditions(task, drive):
    assert drive(writes.update(task, status="a", add__tags="x")).only.idempotent
    assert not drive(writes.update(task, append__comments="x")).only.idempotent
    assert not drive(writes.update(task, if_exists=True, status="a"), APPLIED).only.idempotent


def test_update_of_nothing_asks_for_nothing(task, drive):
    assert drive(writes.update(task)).requests == []


def test_update_validates_before_it_asks(task, drive):
    with pytest.raises(ValidationError):
        drive(writes.update(task, status=5))
    assert task.status == "todo"


def test_update_with_conditions(task, drive):
    operation = writes.update(task, if_conditions={"status": "todo", "assignee": None}, status="done")
    there = drive(operation, APPLIED)
    assert there.only.cql.endswith('WHERE board = ? AND number = ? IF "Status" = ? AND assignee = ?')
    assert there.only.params == ("done", "b", 1, "todo", None)
    assert there.result == LWTResult(applied=True)
    assert task.status == "done"


@pytest.mark.parametrize(("answer", "existing"), [(REFUSED, {"status": "done"}), (ABSENT, None)])
def test_a_refused_update_changes_nothing_in_memory(task, drive, answer, existing):
    there = drive(writes.update(task, if_exists=True, status="done", add__tags="x"), answer)
    assert there.result == LWTResult(applied=False, existing=existing)
    assert there.result
    assert (task.status, task.tags) == ("todo", set())


def test_a_failed_update_changes_nothing_in_memory(task, drive):
    timeout = WriteTimeout("late", consistency="ONE", received=0, required=1, write_type="SIMPLE")
    with pytest.raises(WriteTimeout):
        drive(writes.update(task, status="done"), timeout)
    assert task.status == "todo"


def test_one_kind_of_condition_at_a_time(task, drive):
    with pytest.raises(InvalidQueryError, match="exclude each other"):
        drive(writes.update(task, if_exists=True, if_conditions={"status": "a"}, status="b"))


def test_delete_by_primary_key(task, drive):
    there = drive(writes.delete(task))
    assert there.only.cql == 'DELETE FROM "Boards".tasks WHERE board = ? AND number = ?'
    assert there.only.params == ("b", 1)
    assert there.only.idempotent
    assert there.result is None


def test_delete_if_exists(task, drive):
    there = drive(writes.delete(task, if_exists=True, timestamp=7), ABSENT)
    assert (
        there.only.cql
        == 'DELETE FROM "Boards".tasks USING TIMESTAMP ? WHERE board = ? AND number = ? IF EXISTS'
    )
    assert there.result == LWTResult(applied=False)


def test_delete_columns(task, drive):
    there = drive(writes.delete_columns(task, "status", "tags"))
    assert there.only.cql == 'DELETE "Status", tags FROM "Boards".tasks WHERE board = ? AND number = ?'
    with pytest.raises(InvalidQueryError, match=r"Task\.number is part of the key"):
        drive(writes.delete_columns(task, "number"))


def test_save_changes_writes_what_was_assigned(task, drive):
    drive(writes.save(task))
    task.status = "done"
    there = drive(writes.save_changes(task))
    assert there.only.cql == 'UPDATE "Boards".tasks SET "Status" = ? WHERE board = ? AND number = ?'
    assert drive(writes.save_changes(task)).requests == []


def test_create_makes_and_saves(drive):
    there = drive(writes.create(Task, {"board": "b", "number": 2}))
    assert there.only.cql == INSERT
    assert there.result == Task(board="b", number=2)


def test_counters_are_added_to_and_never_idempotent(drive):
    page = Hits(url="/")
    there = drive(counters.increment(page, hits=2))
    assert (there.only.cql, there.only.params) == ("UPDATE hits SET hits = hits + ? WHERE url = ?", (2, "/"))
    assert not there.only.idempotent
    assert drive(counters.decrement(page, hits=1)).texts == ["UPDATE hits SET hits = hits - ? WHERE url = ?"]
    assert page.hits == 1


@pytest.mark.parametrize(
    "write", [writes.save, writes.insert, writes.save_changes, lambda d: writes.update(d, hits=1)]
)
def test_counters_are_not_written_otherwise(drive, write):
    with pytest.raises(
        InvalidQueryError, match=r"Hits is a counter table: .* increment\(\) and decrement\(\)"
    ):
        drive(write(Hits(url="/")))


def test_only_counters_are_counted(task, drive):
    with pytest.raises(InvalidQueryError, match="Task is a table: increment does not work"):
        drive(counters.increment(task, number=1))


def test_a_batch_is_one_request_and_then_empty(task, drive):
    batch = BatchQuery(timestamp=5)
    assert drive(writes.save(task, batch=batch)).requests == []
    drive(writes.update(task, status="done", batch=batch))
    assert task.status == "todo"

    (request,) = drive(writes.execute_batch(batch)).requests

    assert isinstance(request, BatchRequest)
    assert (len(request.statements), request.kind, request.timestamp) == (2, "logged", 5)
    assert task.status == "done"
    assert drive(writes.execute_batch(batch)).requests == []


def test_a_refused_batch_changes_nothing_in_memory(task, drive):
    batch = BatchQuery()
    drive(writes.update(task, if_exists=True, status="done", batch=batch))
    there = drive(writes.execute_batch(batch), REFUSED)
    assert there.result == LWTResult(applied=False, existing={"status": "done"})
    assert batch.result == there.result
    assert task.status == "todo"


def test_counters_make_a_counter_batch_and_do_not_mix(task, drive):
    batch = BatchQuery()
    drive(counters.increment(Hits(url="/"), hits=1, batch=batch))
    with pytest.raises(InvalidQueryError, match="counters and other writes"):
        drive(writes.save(task, batch=batch))
    (request,) = drive(writes.execute_batch(batch)).requests
    assert request.kind == "counter"
    with pytest.raises(InvalidQueryError, match="counters and other writes"):
        drive(counters.increment(Hits(url="/"), hits=1, batch=BatchQuery(batch_type="unlogged")))


def test_a_batch_goes_to_one_connection(task, drive):
    class Elsewhere(Task):
        class Settings:
            connection = "other"

    batch = BatchQuery()
    drive(writes.save(task, batch=batch))
    with pytest.raises(InvalidQueryError, match="one connection"):
        drive(writes.save(Elsewhere(board="b", number=1), batch=batch))
    assert batch.taken().request is not None


class Level(IntEnum):
    LOW = 1


class Mixed(Document):
    id: Annotated[int, PrimaryKey()]
    text: str = ""
    flag: bool = False
    size: int = 0
    exact: Annotated[int, VarInt()] = 0
    at: datetime | None = None
    tags: set[str] = Field(default_factory=set)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"text": "ünï", "flag": True, "size": -(2**31), "exact": 2**100},
        {"size": True, "exact": Level.LOW},
        {"size": Level.LOW},
        {"at": datetime(2026, 1, 1, 0, 0, 0, 1600, UTC), "tags": {"a"}},
    ],
)
def test_whole_document_is_saved_as_any_other(drive, fields):
    """What is decided once for a class sends what is decided for each document."""
    document, twin = Mixed.model_construct(id=1, **fields), Mixed.model_construct(id=1, **fields)
    *_, statement = writes.saving(twin, None, None, AS_SET)
    saved = drive(writes.save(document)).only

    assert (saved, [type(each) for each in saved.params]) == (
        statement,
        [type(each) for each in statement.params],
    )
    mark_saved(twin, schema_of(Mixed).columns)
    assert document == twin
    assert drive(writes.save_changes(document)).requests == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"id": None}, r"Mixed\.id is part of the key and has no value"),
        ({"size": 2**31}, r"Mixed\.size: 2147483648 does not fit 32 bits"),
        ({"size": "1"}, r"Mixed\.size: '1' is a str, not an int"),
        ({"text": "\ud800"}, r"Mixed\.text: .* surrogates not allowed"),
        ({"flag": 1}, r"Mixed\.flag: 1 is a int, not a bool"),
    ],
)
def test_whole_document_that_does_not_fit_is_refused_with_its_field(drive, fields, words):
    with pytest.raises(InvalidQueryError, match=words):
        drive(writes.save(Mixed.model_construct(**{"id": 1, **fields})))


def test_subclass_is_saved_by_its_own_table(drive):
    class Wider(Mixed):
        more: int = 0

        class Settings:
            consistency = "ONE"

    statement = drive(writes.save(Wider(id=1))).only
    assert statement.cql.startswith("INSERT INTO wider (id, text, flag, size, exact, at, tags, more)")
    assert statement.consistency == "ONE"
    assert drive(writes.save(Mixed(id=1))).only.consistency is None
