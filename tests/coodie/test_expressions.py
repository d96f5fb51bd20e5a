"""Predicates in both spellings, and what of them is refused before any I/O."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID, uuid4

import pytest
from pydantic import Field

from coodie.document import schema_of
from coodie.exceptions import InvalidQueryError
from coodie.expressions import col, conditions
from coodie.expressions import predicates as read_predicates
from coodie.fields import ClusteringKey, PrimaryKey
from coodie.predicates import Comparison, Operator, Token, TokenComparison, TupleComparison
from coodie.sync import Document


class Status(StrEnum):
    TODO = "todo"


class Task(Document):
    id: Annotated[UUID, PrimaryKey()] = Field(default_factory=uuid4)
    year: Annotated[int, ClusteringKey(clustering_key_index=0)] = 0
    month: Annotated[int, ClusteringKey(clustering_key_index=1)] = 0
    status: Status = Status.TODO
    priority: int = Field(default=0, ge=0)
    first__name: str = ""
    tags: set[str] = Field(default_factory=set)
    labels: dict[str, int] = Field(default_factory=dict)


class SubTask(Task):
    parent: int | None = None


SCHEMA = schema_of(Task)


def predicate(*written, **lookups):
    (found,) = read_predicates(SCHEMA, written, lookups)
    return found


def column(name):
    return SCHEMA.by_field[name]


@pytest.mark.parametrize(
    ("lookup", "operator"),
    [
        ("priority", Operator.EQ),
        ("priority__gt", Operator.GT),
        ("priority__gte", Operator.GTE),
        ("priority__lt", Operator.LT),
        ("priority__lte", Operator.LTE),
        ("priority__ne", Operator.NE),
    ],
)
def test_lookups_name_operators(lookup, operator):
    assert predicate(**{lookup: 5}) == Comparison(column("priority"), operator, 5)


def test_both_spellings_are_one_predicate():
    assert predicate(Task.priority >= 5) == predicate(priority__gte=5)
    assert predicate(Task.priority == 5) == predicate(priority=5)
    assert predicate(Task.priority != 5) == predicate(priority__ne=5)
    assert predicate(col(Task.status).in_([Status.TODO])) == predicate(status__in=["todo"])
    assert predicate(col(Task.tags).contains("a")) == predicate(tags__contains="a")
    assert predicate(col(Task.labels).contains_key("a")) == predicate(labels__contains_key="a")
    assert predicate(col(Task.first__name).like("a%")) == predicate(first__name__like="a%")


def test_a_field_with_underscores_is_a_field_first():
    assert predicate(first__name="a") == Comparison(column("first__name"), Operator.EQ, "a")


def test_values_are_bound_at_once():
    some = uuid4()
    assert predicate(id=str(some)).value == some
    assert type(predicate(status=Status.TODO).value) is str
    assert predicate(id__in=[some, str(some)]).value == [some, some]


def test_a_search_is_not_bound_to_the_constraints_of_documents():
    assert predicate(priority__gt=-5).value == -5


def test_several_columns_are_compared_as_a_tuple():
    assert predicate(year__month__gt=(2026, 5)) == TupleComparison(
        (column("year"), column("month")), Operator.GT, (2026, 5)
    )
    assert predicate(year__month__in=[(2026, 5), (2026, 6)]).value == ((2026, 5), (2026, 6))


def test_tokens_are_of_a_key_or_raw():
    some = uuid4()
    assert predicate(id__token__gt=some) == TokenComparison((column("id"),), Operator.GT, (some,))
    assert predicate(id__token__lte=Token(5)) == TokenComparison((column("id"),), Operator.LTE, Token(5))


def test_a_subclass_is_searched_by_its_parents_fields():
    (found,) = read_predicates(schema_of(SubTask), (Task.priority >= 5,), {})
    assert found == Comparison(schema_of(SubTask).by_field["priority"], Operator.GTE, 5)


@pytest.mark.parametrize(
    ("lookups", "message"),
    [
        ({"prioritty": 1}, "Task has no field 'prioritty'; did you mean 'priority'"),
        ({"qqq": 1}, "Task has no field 'qqq'; there are: id, year, month"),
        ({"prioritty__gt": 1}, "Task has no field 'prioritty'; did you mean 'priority'"),
        ({"priority__contians": 1}, "no lookup 'contians' .*; did you mean 'contains'"),
        ({"priority__contains": 1}, "Task.priority: __contains works on a list, set or dict"),
        ({"tags__contains_key": 1}, "Task.tags: __contains_key works on a dict"),
        ({"priority__like": "a"}, "Task.priority: __like works on text"),
        ({"priority__in": 1}, "Task.priority: __in wants several values, not 1"),
        ({"status__in": "todo"}, "Task.status: __in wants several values, not 'todo'"),
        ({"priority": None}, "Task.priority: CQL cannot search for null"),
        ({"tags__contains": None}, "Task.tags: a collection holds no nulls"),
        ({"priority": 2**31}, "Task.priority: 2147483648 does not fit"),
        ({"id": "no uuid"}, "Task.id: 'no uuid' does not fit"),
        ({"status": "tood"}, "Task.status: 'tood' does not fit"),
        ({"priority__token__gt": 1}, r"__token wants the partition key \(id\)"),
        ({"year__month__gt": 1}, r"Task: \(year, month\) wants a tuple of 2 values, not 1"),
    ],
)
def test_what_cannot_be_is_refused_with_the_value_and_the_way_out(lookups, message):
    with pytest.raises(InvalidQueryError, match=message):
        read_predicates(SCHEMA, (), lookups)


def test_what_is_no_predicate_is_refused():
    with pytest.raises(InvalidQueryError, match="True is no predicate of Task"):
        predicate(True)  # noqa: FBT003  # what `Task().priority >= 0` is
    with pytest.raises(InvalidQueryError, match="3 is no column"):
        col(3)
    with pytest.raises(InvalidQueryError, match=r"Task\.priority is a column here"):
        bool(Task.priority)


def test_a_condition_may_ask_for_null():
    assert conditions(SCHEMA, {"status": None}) == (Comparison(column("status"), Operator.EQ, None),)


def test_a_condition_on_the_key_is_refused():
    with pytest.raises(InvalidQueryError, match=r"Task\.id: a condition on the key"):
        conditions(SCHEMA, {"id": uuid4()})


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (Task.priority >= 5, "Task.priority >= 5"),
        (predicate(year__month__gt=(2026, 1)), "(Task.year, Task.month) > (2026, 1)"),
        (predicate(id__token__lte=Token(7)), "token(Task.id) <= Token(value=7)"),
        (col(Task.tags).contains("a"), "Task.tags CONTAINS 'a'"),
    ],
)
def test_predicates_are_told_in_words_of_the_model(written, told):
    """They stand in the messages of errors."""
    assert repr(written) == told


def test_queries_are_told_as_they_are_written():
    queryset = (
        Task.find(Task.priority >= 5, status="todo").order_by("-priority", "year").limit(3).allow_filtering()
    )

    assert repr(queryset) == (
        "Task.find(Task.priority >= 5, Task.status = 'todo').order_by(-Task.priority, Task.year).limit(3).allow_filtering()"
    )
