"""Rows in and out of documents, partial loads, what was assigned."""

import pickle
from copy import copy, deepcopy
from datetime import UTC, datetime
from typing import Annotated

import pytest
from pydantic import Field, PrivateAttr, ValidationError, model_validator

from coodie.assignments import assignments
from coodie.document import changed, schema_of, take_over
from coodie.exceptions import FieldNotLoaded, InvalidModelError, InvalidQueryError
from coodie.fields import Column, Counter, PrimaryKey
from coodie.rows import assigned, bound, bound_key, loaded, mark_saved, reader
from coodie.sync import CounterDocument, Document


class Task(Document):
    id: Annotated[int, PrimaryKey()]
    title: str = Field(max_length=10, alias="Title")
    status: Annotated[str, Column("state")] = "todo"
    assignee: str | None = "nobody"
    tags: set[str] = Field(default_factory=set)
    maybe_tags: set[str] | None = None
    due: datetime | None = None
    _seen: int = PrivateAttr(default=7)


SCHEMA = schema_of(Task)


def columns(*names):
    return tuple(SCHEMA.by_field[name] for name in names)


def row(**values):
    return tuple(values.get(column.field) for column in SCHEMA.columns)


def read(**values):
    return reader(Task, SCHEMA.columns)(row(**values))


def test_a_row_becomes_a_document():
    task = read(id=1, title="a", status="done", assignee="Alice", tags={"x"})
    assert task == Task(id=1, title="a", status="done", assignee="Alice", tags={"x"})
    assert type(task) is Task
    assert task._seen == 7


def test_null_reads_as_the_field_allows():
    """An empty collection is null in the database, as is a column that was added after the row."""
    task = read(id=1, title="a")
    assert task.tags == set()
    assert task.maybe_tags is None
    assert task.assignee is None
    assert task.status == "todo"


def test_each_document_has_its_own_empty_collection():
    first, second = read(id=1, title="a"), read(id=2, title="b")
    first.tags.add("x")
    assert second.tags == set()


def test_rows_pass_through_pydantic_unless_told_not_to():
    with pytest.raises(ValidationError):
        read(id=1, title="far too long a title")
    task = reader(Task, SCHEMA.columns, validate=False)(row(id=1, title="far too long a title", tags=None))
    assert task.title == "far too long a title"
    assert task.tags == set()
    assert task._seen == 7


def test_what_was_not_loaded_raises_when_it_is_read():
    task = reader(Task, columns("id", "title"))((1, "a"))
    assert task.title == "a"
    with pytest.raises(FieldNotLoaded, match=r"Task\.status was not loaded"):
        task.status  # noqa: B018  # reading is what is tested
    assert not hasattr(task, "assignee")
    assert loaded(task, SCHEMA) == columns("id", "title")


def test_what_is_assigned_is_loaded():
    task = reader(Task, columns("id"))((1,))
    task.status = "done"
    assert loaded(task, SCHEMA) == columns("id", "status")


def test_assignments_are_remembered_since_load_and_save():
    task = read(id=1, title="a")
    assert assigned(task, SCHEMA) == ()
    task.status = "done"
    task.title = "b"
    assert assigned(task, SCHEMA) == columns("title", "status")
    mark_saved(task, SCHEMA.columns)
    assert assigned(task, SCHEMA) == ()


def test_of_a_new_document_everything_was_assigned():
    assert assigned(Task(id=1, title="a"), SCHEMA) is None


@pytest.mark.parametrize(
    "copied",
    [copy, deepcopy, Task.model_copy, lambda task: pickle.loads(pickle.dumps(task))],
    ids=["copy", "deepcopy", "model_copy", "pickle"],
)
def test_copies_and_pickles_know_what_was_loaded_and_assigned(copied):
    task = reader(Task, columns("id", "title", "status"))((1, "a", "todo"))
    task.status = "done"
    other = copied(task)
    assert loaded(other, SCHEMA) == columns("id", "title", "status")
    assert assigned(other, SCHEMA) == columns("status")
    other.title = "b"
    assert assigned(task, SCHEMA) == columns("status")
    assert assigned(copied(Task(id=1, title="a")), SCHEMA) is None


def test_values_are_bound_in_the_order_of_the_columns():
    assert bound(Task(id=1, title="a"), columns("status", "id")) == ("todo", 1)


def test_a_key_without_a_value_is_refused():
    task = Task.model_construct(id=None, title="a")
    with pytest.raises(InvalidQueryError, match=r"Task\.id is part of the key and has no value"):
        bound_key(task, SCHEMA.primary_key)


def test_a_saved_moment_is_what_will_be_read():
    task = Task(id=1, title="a", due=datetime(2026, 5, 1, 12, 0, 0, 123_456))  # noqa: DTZ001  # taken as UTC
    mark_saved(task, SCHEMA.columns)
    assert task.due == datetime(2026, 5, 1, 12, 0, 0, 123_000, tzinfo=UTC)


def test_changes_are_made_to_a_copy_until_they_are_applied():
    task = read(id=1, title="a", tags={"x"})
    wanted = assignments(SCHEMA, {"status": "done", "add__tags": "y"})
    after = changed(task, wanted)
    assert (task.status, task.tags) == ("todo", {"x"})
    take_over(task, after, wanted)
    assert (task.status, task.tags) == ("done", {"x", "y"})


def test_changes_are_validated():
    with pytest.raises(ValidationError):
        changed(read(id=1, title="a"), assignments(SCHEMA, {"title": "far too long a title"}))


def test_changes_of_what_was_not_loaded_leave_it_so():
    task = reader(Task, columns("id"))((1,))
    wanted = assignments(SCHEMA, {"status": "done", "add__tags": "y"})
    take_over(task, changed(task, wanted), wanted)
    assert loaded(task, SCHEMA) == columns("id", "status")


def test_validators_of_the_model_see_changes():
    class Span(Document):
        id: Annotated[int, PrimaryKey()]
        first: int
        last: int

        @model_validator(mode="after")
        def in_order(self):
            if self.first > self.last:
                raise ValueError("ends before it begins")
            return self

    schema = schema_of(Span)
    span = Span(id=1, first=1, last=2)
    with pytest.raises(ValidationError, match="ends before it begins"):
        changed(span, assignments(schema, {"last": 0}))
    assert span.last == 2


def test_a_counter_needs_no_value_and_reads_null_as_zero():
    class Hits(CounterDocument):
        url: Annotated[str, PrimaryKey()]
        hits: Annotated[int, Counter()]

    assert Hits(url="/home").hits == 0
    assert reader(Hits, schema_of(Hits).columns)(("/home", None)).hits == 0


def test_rows_are_read_by_field_name():
    with pytest.raises(InvalidModelError, match="populate_by_name"):

        class Odd(Document, populate_by_name=False):
            id: Annotated[int, PrimaryKey()]


def test_a_subclass_may_redefine_a_field():
    class Child(Task):
        status: Annotated[str, Column("state")] = "new"

    assert Child(id=1, title="a").status == "new"
    assert schema_of(Child).table == "child"


def test_changes_are_validated_together():
    """A model's validator is about several fields: it must not see some of them as they were."""

    class Span(Document):
        id: Annotated[int, PrimaryKey()]
        first: int
        last: int

        @model_validator(mode="after")
        def in_order(self):
            if self.first > self.last:
                raise ValueError("first comes first")
            return self

    span = Span(id=1, first=1, last=2)
    for changes in ({"first": "5", "last": 9}, {"last": 9, "first": "5"}):
        later = changed(span, assignments(schema_of(Span), changes))
        assert (later.first, later.last) == (5, 9)
    assert (span.first, span.last) == (1, 2)
    with pytest.raises(ValidationError, match="first comes first"):
        changed(span, assignments(schema_of(Span), {"first": 9, "last": 5}))
