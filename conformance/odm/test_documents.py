"""§6: what a document does with its row, and pydantic with the document."""

import copy
import pickle
from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar
from uuid import UUID, uuid4

import pytest
from pydantic import ConfigDict, Field, PrivateAttr, ValidationError, computed_field, field_validator

from coodie.exceptions import (
    DocumentNotFound,
    FieldNotLoaded,
    InvalidQueryError,
    MultipleDocumentsFound,
)
from coodie.fields import ClusteringKey, Column, Indexed, PrimaryKey, Static
from coodie.results import LWTResult

T = TypeVar("T")


def models(odm):
    class Task(odm.Document):
        id: Annotated[UUID, PrimaryKey()] = Field(default_factory=uuid4)
        title: str = "untitled"
        status: Annotated[str, Indexed()] = "todo"
        assignee: str | None = None
        priority: int = 0
        due: datetime | None = None
        tags: set[str] = Field(default_factory=set)
        comments: list[str] = Field(default_factory=list)
        labels: dict[str, int] = Field(default_factory=dict)

    class Post(odm.Document):
        blog: Annotated[str, PrimaryKey()]
        number: Annotated[int, ClusteringKey("DESC")]
        title: str = ""
        owner: Annotated[str | None, Static()] = None

    class Account(odm.Document):
        model_config = ConfigDict(validate_assignment=True, alias_generator=str.upper)

        id: Annotated[int, PrimaryKey()]
        email: Annotated[str, Column("e-mail")] = Field(default="a@b", alias="mailAddress")
        age: int = Field(default=18, ge=0)
        _secret: str = PrivateAttr(default="hidden")

        @field_validator("email")
        @classmethod
        def lower(cls, value: str) -> str:
            return value.lower()

        @computed_field
        def domain(self) -> str:
            return self.email.partition("@")[2]

    class Box(odm.Document, Generic[T]):
        id: Annotated[int, PrimaryKey()]
        content: T | None = None

    class TextBox(Box[str]):
        pass

    class NumberBox(Box[int]):
        pass

    class Session(odm.Document):
        id: Annotated[int, PrimaryKey()]
        ttl: int = 0

    return Task, Post, Account, TextBox, NumberBox, Session


@pytest.fixture
def task(m, do):
    task = m.Task(title="write", priority=1, tags={"a"}, comments=["one"], labels={"x": 1})
    do(task.save())
    return task


def test_save_writes_what_get_reads(m, do, task):
    assert do(m.Task.get(id=task.id)) == task


def test_save_is_an_upsert_that_writes_none(m, do, task):
    """What is None in the document is null in the row."""
    do(task.update(assignee="me"))
    task.assignee = None
    do(task.save())

    assert do(m.Task.get(id=task.id)).assignee is None


def test_save_json_writes_the_same_row(m, do, task):
    """The server takes the JSON apart."""
    twin = task.model_copy(update={"id": uuid4(), "due": datetime(2026, 5, 1, tzinfo=UTC)})
    do(twin.save_json())

    assert do(m.Task.get(id=twin.id)) == twin


def test_save_json_takes_ttl_and_timestamp(m, do):
    task = m.Task()
    do(task.save_json(ttl=60, timestamp=1000))

    assert do(m.Task.find(id=task.id).writetime("title")) == 1000
    assert 0 < do(m.Task.find(id=task.id).column_ttl("title")) <= 60


def test_insert_creates_once(m, do, task):
    other = m.Task(id=task.id, title="other")
    result = do(other.insert())

    assert not result.applied
    assert result.existing["title"] == "write"
    assert do(m.Task.get(id=task.id)) == task


def test_insert_of_a_new_row_is_applied_and_has_nothing_existing(m, do):
    assert do(m.Task().insert()) == LWTResult(applied=True, existing=None)


def test_result_is_true_either_way(m, do, task):
    """The guide writes `if result and not result.applied`."""
    assert do(m.Task(id=task.id).insert())
    assert do(m.Task().insert())


def test_create_saves(m, do):
    task = do(m.Task.create(title="made"))

    assert do(m.Task.get(id=task.id)) == task


@pytest.mark.parametrize("method", ["save", "insert"])
def test_ttl_is_kept(m, do, method):
    task = m.Task()
    do(getattr(task, method)(ttl=3600))

    assert 3500 < do(m.Task.find(id=task.id).column_ttl("title")) <= 3600


def test_row_expires(m, do, clock):
    task = m.Task()
    do(task.save(ttl=60))
    clock.advance(61)

    assert do(m.Task.find_one(id=task.id)) is None


def test_older_timestamp_loses(m, do, task):
    do(m.Task(id=task.id, title="late").save(timestamp=1))

    assert do(m.Task.get(id=task.id)).title == "write"


@pytest.mark.parametrize("level", ["ONE", "QUORUM", "ALL", "LOCAL_ONE", "LOCAL_QUORUM"])
def test_levels_are_taken_by_every_method(m, do, level):
    task = m.Task()
    do(task.save(consistency=level, timeout=10))
    do(task.update(priority=2, consistency=level, timeout=10))
    do(task.delete_columns("assignee", consistency=level, timeout=10))
    assert do(m.Task.find(id=task.id).consistency(level).timeout(10).all()) == [task]
    do(task.delete(consistency=level, timeout=10))
    assert do(task.insert(consistency=level, serial_consistency="LOCAL_SERIAL", timeout=10)).applied


def test_no_level_is_refused_before_any_io(m, do):
    with pytest.raises(InvalidQueryError, match="'most' is no consistency level"):
        do(m.Task().save(consistency="most"))


def test_find_one_gives_one_none_or_refuses(m, do):
    for priority in (1, 1, 2):
        do(m.Task(priority=priority).save())

    assert do(m.Task.find_one(m.Task.status == "todo", id=uuid4())) is None
    with pytest.raises(MultipleDocumentsFound):
        do(m.Task.find_one(status="todo"))


def test_get_names_the_key_that_is_missing(m, do):
    missing = uuid4()
    with pytest.raises(DocumentNotFound, match=str(missing)):
        do(m.Task.get(id=missing))


def test_update_writes_the_row_and_the_document(m, do, task):
    do(task.update(status="done", add__tags={"b"}, append__comments="two", labels__put=("y", 2)))

    expected = m.Task(
        id=task.id,
        title="write",
        priority=1,
        status="done",
        tags={"a", "b"},
        comments=["one", "two"],
        labels={"x": 1, "y": 2},
    )
    assert task == expected
    assert do(m.Task.get(id=task.id)) == expected


def test_update_passes_through_pydantic(m, do, task):
    with pytest.raises(ValidationError):
        do(task.update(priority="high"))
    do(task.update(priority="7"))

    assert task.priority == 7
    assert do(m.Task.get(id=task.id)).priority == 7


def test_update_without_changes_sends_nothing(do, task):
    assert do(task.update()) is None


def test_update_with_a_ttl(m, do, task):
    do(task.update(ttl=7200, title="short"))

    assert 7100 < do(m.Task.find(id=task.id).column_ttl("title")) <= 7200
    assert do(m.Task.find(id=task.id).column_ttl("priority")) is None


def test_field_named_as_an_option_is_set_by_its_long_name(m, do):
    """`ttl=` and the like are options of the call."""
    session = do(m.Session.create(id=1, ttl=5))
    do(session.update(set__ttl=7, ttl=600))

    assert do(m.Session.get(id=1)).ttl == 7
    assert 0 < do(m.Session.find(id=1).column_ttl("ttl")) <= 600


def test_update_if_exists(m, do, task):
    assert do(task.update(if_exists=True, status="done")).applied
    gone = m.Task()
    assert not do(gone.update(if_exists=True, status="done")).applied
    assert gone.status == "todo"


@pytest.mark.parametrize(
    ("conditions", "applied"),
    [
        ({"status": "todo"}, True),
        ({"status": "done"}, False),
        ({"priority__gt": 0, "title": "write"}, True),
        ({"priority__gte": 2}, False),
        ({"priority__lt": 1}, False),
        ({"priority__lte": 1}, True),
        ({"title__in": ["write", "read"]}, True),
        ({"title__in": ["read"]}, False),
        ({"assignee": None}, True),
        ({"title__ne": "write"}, False),
    ],
)
def test_update_on_conditions(m, do, task, conditions, applied):
    """What failed has changed nothing, neither the row nor the document."""
    result = do(task.update(if_conditions=conditions, status="done"))

    assert result.applied is applied
    assert task.status == ("done" if applied else "todo")
    assert do(m.Task.get(id=task.id)) == task
    assert (result.existing is None) is applied


def test_condition_tells_what_there_was_instead(do, task):
    result = do(task.update(if_conditions={"status": "done"}, priority=9))

    assert result.existing["status"] == "todo"


def test_condition_on_a_row_that_is_not_there_tells_nothing(m, do, task):
    """Servers answer in different ways; a row whose columns are null is another matter."""
    nobody = m.Task(id=uuid4(), title="x")

    for conditions in ({"status": "done"}, {"assignee": "ada"}, {"assignee": "ada", "status": "done"}):
        assert do(nobody.update(if_conditions=conditions, priority=9)) == LWTResult(applied=False)
        assert do(nobody.delete(if_conditions=conditions)) == LWTResult(applied=False)
        query = m.Task.find(id=nobody.id)
        assert do(query.update(if_conditions=conditions, priority=9)) == LWTResult(applied=False)
        assert do(query.delete(if_conditions=conditions)) == LWTResult(applied=False)
    assert do(nobody.update(if_exists=True, priority=9)) == LWTResult(applied=False)
    assert do(nobody.delete(if_exists=True)) == LWTResult(applied=False)

    null = LWTResult(applied=False, existing={"assignee": None})
    assert do(task.update(if_conditions={"assignee": "ada"}, priority=9)) == null
    assert do(m.Task.find(id=task.id).delete(if_conditions={"assignee": "ada"})) == null


def test_delete_removes_the_row(m, do, task):
    do(task.delete())

    assert do(m.Task.find_one(id=task.id)) is None


def test_delete_if_exists_and_on_conditions(do, task):
    assert not do(task.delete(if_conditions={"status": "done"})).applied
    assert do(task.delete(if_exists=True)).applied
    assert not do(task.delete(if_exists=True)).applied


def test_delete_with_an_older_timestamp_deletes_nothing(m, do, task):
    do(task.delete(timestamp=1))

    assert do(m.Task.find_one(id=task.id)) == task


def test_delete_columns(m, do, task):
    do(task.delete_columns("comments", "priority"))
    read = do(m.Task.get(id=task.id))

    assert (read.comments, read.priority, read.title) == ([], 0, "write")


@pytest.mark.parametrize(
    "elements",
    [
        {"tags": {"a"}, "comments": [0], "labels": ["x"]},
        [("tags", "a"), ("comments", 0), ("labels", "x")],
    ],
)
def test_delete_elements(m, do, task, elements):
    do(task.update(add__tags={"b"}, append__comments="two", labels__put=("y", 2)))
    do(task.delete_columns(collection_elements=elements))
    read = do(m.Task.get(id=task.id))

    assert (read.tags, read.comments, read.labels) == ({"b"}, ["two"], {"y": 2})


def test_delete_columns_on_conditions(do, task):
    assert not do(task.delete_columns("title", if_conditions={"status": "done"})).applied
    assert do(task.delete_columns("title", if_exists=True)).applied


def test_delete_of_a_key_column_is_refused(do, task):
    with pytest.raises(InvalidQueryError, match=r"Task\.id is part of the key"):
        do(task.delete_columns("id"))


def test_refresh_loads_what_others_wrote(m, do, task):
    do(m.Task.find(id=task.id).update(title="changed"))
    do(task.refresh())
    assert task.title == "changed"

    do(m.Task.find(id=task.id).delete())
    with pytest.raises(DocumentNotFound, match="any more"):
        do(task.refresh())


def test_save_changes_writes_what_was_assigned(m, do, task):
    """What somebody else wrote meanwhile into other fields stays."""
    mine = do(m.Task.get(id=task.id))
    do(m.Task.find(id=task.id).update(title="theirs"))
    mine.priority = 5
    do(mine.save_changes())

    read = do(m.Task.get(id=task.id))
    assert (read.title, read.priority) == ("theirs", 5)


def test_save_changes_of_a_new_document_saves_it(m, do):
    task = m.Task(title="new")
    do(task.save_changes())

    assert do(m.Task.get(id=task.id)) == task


def test_partial_loads_write_back_only_what_they_loaded(m, do, task):
    (part,) = do(m.Task.find(id=task.id).only("title").all())
    part.title = "partial"
    do(part.save())

    assert do(m.Task.get(id=task.id)) == task.model_copy(update={"title": "partial"})


def test_reading_what_was_not_loaded_raises(m, do, task):
    (part,) = do(m.Task.find(id=task.id).defer("priority").all())

    assert part.title == "write"
    with pytest.raises(FieldNotLoaded, match=r"Task\.priority was not loaded"):
        part.priority  # noqa: B018  # reading is what is tested
    assert not hasattr(part, "priority")


def test_moments_are_rounded_as_they_will_be_read(m, do):
    task = m.Task(due=datetime(2026, 5, 1, 12, 0, 0, 123_456, tzinfo=UTC))
    do(task.save())

    assert task.due.microsecond == 123_000
    assert do(m.Task.get(id=task.id)) == task


def test_value_out_of_range_is_refused_with_the_field(m, do):
    with pytest.raises(InvalidQueryError, match=r"Task\.priority: 2147483648 does not fit 32 bits"):
        do(m.Task(priority=2**31).save())


def test_missing_key_is_refused(m, do):
    task = m.Task.model_construct(id=None, title="a")
    with pytest.raises(InvalidQueryError, match=r"Task\.id is part of the key and has no value"):
        do(task.save())


def test_misspelt_fields_are_refused_with_close_matches(m, do, task):
    with pytest.raises(InvalidQueryError, match="did you mean 'title'"):
        do(task.update(titel="x"))
    with pytest.raises(InvalidQueryError, match="did you mean 'status'"):
        m.Task.find(stauts="x")


def test_key_is_never_updated(do, task):
    with pytest.raises(InvalidQueryError, match=r"Task\.id is part of the key"):
        do(task.update(id=uuid4()))


def test_table_name_truncate(m, do, task):
    assert m.Task.table_name() == "task"
    do(m.Task.truncate())
    assert do(m.Task.find().all()) == []


def test_rows_of_a_partition_share_statics_and_are_sorted(m, do):
    for number in (1, 3, 2):
        do(m.Post(blog="b", number=number, title=str(number)).save())
    do(m.Post.find(blog="b").update(owner="me"))

    posts = do(m.Post.find(blog="b").all())
    assert [(post.number, post.owner) for post in posts] == [(3, "me"), (2, "me"), (1, "me")]


def test_copies_pickles_and_equality(m, do, task):
    read = do(m.Task.get(id=task.id))
    for twin in (copy.copy(read), copy.deepcopy(read), read.model_copy()):
        assert twin == read == task
    read.priority = 4
    twin = copy.deepcopy(read)
    do(twin.save_changes())
    assert do(m.Task.get(id=task.id)).priority == 4
    account = m.Account(id=1)
    assert pickle.dumps(account.model_dump())


def test_pydantic_features_stay_whole(m, do):
    """Validators, computed fields, aliases, private attributes, renamed columns."""
    account = m.Account(id=1, mailAddress="ME@Example.org")
    do(account.save())
    read = do(m.Account.get(id=1))

    assert read.email == "me@example.org"
    assert read.domain == "example.org"
    assert read._secret == "hidden"
    assert read.model_dump(by_alias=True)["mailAddress"] == "me@example.org"
    assert do(m.Account.find(email="me@example.org").allow_filtering().count()) == 1
    with pytest.raises(ValidationError):
        read.age = -1
    with pytest.raises(ValidationError):
        m.Account(id=1, age=-1)


def test_json_schema_is_pydantics(m):
    schema = m.Account.model_json_schema()

    assert schema["required"] == ["ID"]
    assert set(schema["properties"]) == {"ID", "mailAddress", "AGE"}


@pytest.mark.parametrize(("box", "content"), [("TextBox", "text"), ("NumberBox", 5)])
def test_generic_models_have_tables_when_closed(m, do, box, content):
    model = getattr(m, box)
    do(model(id=1, content=content).save())

    assert do(model.get(id=1)).content == content
