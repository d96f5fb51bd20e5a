"""What update() means: in both spellings, in memory, and bound."""

from typing import Annotated

import pytest
from pydantic import Field, ValidationError

from coodie.assignments import Assignment, Change, applied, assignments, checked, counts, parameters
from coodie.document import schema_of
from coodie.exceptions import InvalidQueryError
from coodie.fields import BigInt, Counter, Frozen, PrimaryKey
from coodie.sync import CounterDocument, Document


class Task(Document):
    id: Annotated[int, PrimaryKey()]
    status: str = "todo"
    tags: set[str] = Field(default_factory=set)
    maybe_tags: set[str] | None = None
    comments: list[str] = Field(default_factory=list)
    labels: dict[str, Annotated[int, BigInt()]] = Field(default_factory=dict)
    path: Annotated[list[str], Frozen()] = Field(default_factory=list)


class Hits(CounterDocument):
    url: Annotated[str, PrimaryKey()]
    hits: Annotated[int, Counter()]


SCHEMA = schema_of(Task)


def assignment(**changes):
    (found,) = assignments(SCHEMA, changes)
    return found


CHANGES = [
    # written, before, after, bound
    ({"status": "done"}, "todo", "done", ("done",)),
    ({"add__tags": {"b"}}, {"a"}, {"a", "b"}, ({"b"},)),
    ({"add__tags": "b"}, {"a"}, {"a", "b"}, ({"b"},)),
    ({"add__tags": ["b"]}, None, {"b"}, ({"b"},)),
    ({"remove__tags": {"a"}}, {"a"}, set(), ({"a"},)),
    ({"remove__maybe_tags": {"a"}}, {"a"}, None, ({"a"},)),
    ({"append__comments": "one"}, ["zero"], ["zero", "one"], (["one"],)),
    ({"append__comments": ["one", "two"]}, None, ["one", "two"], (["one", "two"],)),
    ({"prepend__comments": ["one", "two"]}, ["zero"], ["one", "two", "zero"], (["one", "two"],)),
    ({"remove__comments": "a"}, ["a", "b", "a"], ["b"], (["a"],)),
    ({"setindex__comments": (1, "x")}, ["a", "b"], ["a", "x"], (1, "x")),
    ({"update__labels": {"b": 2}}, {"a": 1}, {"a": 1, "b": 2}, ({"b": 2},)),
    ({"put__labels": ("a", 3)}, {"a": 1}, {"a": 3}, ("a", 3)),
    ({"remove__labels": {"a"}}, {"a": 1, "b": 2}, {"b": 2}, ({"a"},)),
]


@pytest.mark.parametrize(
    ("written", "before", "after", "bound"), CHANGES, ids=[str(each[0]) for each in CHANGES]
)
def test_a_change_in_memory_and_bound(written, before, after, bound):
    found = assignment(**written)
    assert applied(found, before) == after
    assert parameters(found) == bound


@pytest.mark.parametrize("written", [each[0] for each in CHANGES], ids=str)
def test_both_spellings_are_one_change(written):
    ((name, value),) = written.items()
    change, _, field = name.partition("__")
    assert not field or assignment(**{f"{field}__{change}": value}) == assignment(**written)


@pytest.mark.parametrize(
    ("written", "once_is_enough"),
    [
        ({"status": "done"}, True),
        ({"add__tags": {"b"}}, True),
        ({"put__labels": ("a", 1)}, True),
        ({"append__comments": "a"}, False),
        ({"prepend__comments": "a"}, False),
        ({"setindex__comments": (0, "a")}, False),
    ],
)
def test_only_what_can_be_repeated_is_idempotent(written, once_is_enough):
    assert assignment(**written).idempotent is once_is_enough


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"titel": 1}, "Task has no field 'titel'"),
        ({"add__tgas": 1}, "Task has no field 'tgas'; did you mean 'tags'"),
        ({"tags__ad": 1}, "Task.tags has no change 'ad' .*; did you mean 'add'"),
        (
            {"apend__comments": 1},
            "Task.comments has no change 'apend' .*; did you mean 'append' or 'prepend'",
        ),
        ({"id": 1}, "Task.id is part of the key, which never changes"),
        (
            {"add__comments": "a"},
            "Task.comments: 'add' does not work on a list; there are remove, append, prepend, setindex",
        ),
        ({"append__status": "a"}, "Task.status: 'append' does not work on a plain value"),
        (
            {"append__path": "a"},
            "Task.path: 'append' does not work on frozen: a list; assign the whole value",
        ),
        ({"put__labels": 1}, r"Task.labels: 'put' wants a tuple \(key, value\), not 1"),
        ({"setindex__comments": ("a", "b")}, "Task.comments: 'a' is no list index"),
        ({"update__labels": {"a"}}, "Task.labels: 'update' wants a dict"),
        ({"add__tags": {None}}, "Task.tags: a collection holds no nulls"),
        ({"add__tags": {5}}, "Task.tags: 5 does not fit"),
        ({"put__labels": ("a", 2**63)}, "Task.labels: 9223372036854775808 does not fit"),
    ],
)
def test_what_cannot_be_is_refused(written, message):
    with pytest.raises(InvalidQueryError, match=message):
        assignments(SCHEMA, written)


def test_counters_count():
    schema = schema_of(Hits)
    assert counts(schema, Change.INCREMENT, {"hits": 2}) == (
        Assignment(schema.by_field["hits"], Change.INCREMENT, 2),
    )
    with pytest.raises(InvalidQueryError, match=r"Hits\.url is no counter"):
        counts(schema, Change.INCREMENT, {"url": 1})
    with pytest.raises(InvalidQueryError, match=r"Hits\.hits is a counter; use increment\(\)"):
        assignments(schema, {"hits": 1})


def test_a_value_without_a_document_is_validated_by_its_field():
    assert checked(assignment(status="done")).value == "done"
    with pytest.raises(ValidationError):
        checked(assignment(status=5))
