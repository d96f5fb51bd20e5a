"""The guide to CRUD operations, every example as it is written there, with the blocking face."""

from typing import Annotated, Optional
from uuid import UUID, uuid4

import pytest
from pydantic import Field

from coodie.exceptions import DocumentNotFound, InvalidQueryError
from coodie.fields import Counter, Indexed, PrimaryKey
from coodie.results import LWTResult
from coodie.sync import CounterDocument, Document


class Task(Document):
    id: Annotated[UUID, PrimaryKey()] = Field(default_factory=uuid4)
    title: str
    status: Annotated[str, Indexed()] = "todo"
    assignee: Optional[str] = None  # noqa: UP045  # as the guide writes it
    priority: int = 0
    # The guide's collection examples use these two.
    tags: set[str] = Field(default_factory=set)
    comments: list[str] = Field(default_factory=list)

    class Settings:
        name = "tasks"


class PageHits(CounterDocument):
    url: Annotated[str, PrimaryKey()]
    hits: Annotated[int, Counter()]


@pytest.fixture(autouse=True)
def _tables(coodie_backend):  # the database under each test
    Task.sync_table()
    PageHits.sync_table()


@pytest.fixture
def task(_tables):
    task = Task(title="Write docs", status="in_progress", priority=1)
    task.save()
    return task


def test_sync_table_twice_has_nothing_left_to_do():
    assert Task.sync_table() == []
    assert PageHits.sync_table() == []


def test_save_writes_what_get_reads():
    task = Task(title="Write docs", status="in_progress", priority=1)
    task.save()

    assert Task.get(id=task.id) == task


def test_save_overwrites_a_row_with_the_same_key(task):
    Task(id=task.id, title="Rewrite docs").save()

    assert Task.get(id=task.id) == Task(id=task.id, title="Rewrite docs")


def test_insert_creates():
    task = Task(title="Deploy v2")
    result = task.insert()

    assert result == LWTResult(applied=True)
    assert Task.get(id=task.id) == task


def test_insert_leaves_an_existing_row_alone(task):
    result = Task(id=task.id, title="Deploy v2").insert()

    assert result is not None
    assert not result.applied
    assert result.existing is not None
    assert result.existing["title"] == "Write docs"
    assert Task.get(id=task.id) == task


def test_save_and_insert_take_a_ttl(task):
    task.save(ttl=3600)
    other = Task(title="Deploy v2")
    other.insert(ttl=3600)

    assert Task.get(id=task.id) == task
    assert Task.get(id=other.id) == other


def test_get_raises_when_no_row_matches():
    some_uuid = uuid4()
    with pytest.raises(DocumentNotFound, match=str(some_uuid)):
        Task.get(id=some_uuid)


def test_find_one_gives_the_document_or_none(task):
    assert Task.find_one(id=task.id) == task
    assert Task.find_one(id=uuid4()) is None


def test_find_by_an_indexed_column():
    todo, done = Task(title="a"), Task(title="b", status="done")
    todo.save()
    done.save()

    assert Task.find(status="todo").all() == [todo]


def test_find_filters_sorts_and_limits():
    for priority in range(20):
        Task(title=f"task {priority}", priority=priority).save()
        Task(title=f"done {priority}", priority=priority, status="done").save()

    urgent = (
        Task.find(status="todo")
        .filter(priority__gte=5)
        .order_by("-priority")
        .limit(10)
        .allow_filtering()
        .all()
    )

    assert [task.priority for task in urgent] == list(range(19, 9, -1))
    assert {task.status for task in urgent} == {"todo"}


def test_sorting_by_what_the_server_cannot_sort_wants_allow_filtering():
    with pytest.raises(InvalidQueryError, match=r"allow_filtering\(\)"):
        Task.find(status="todo").order_by("-priority").all()


def test_misspelt_names_are_refused_with_the_close_ones():
    with pytest.raises(InvalidQueryError, match="did you mean 'status'"):
        Task.find(stauts="todo")
    with pytest.raises(InvalidQueryError, match="did you mean 'gte'"):
        Task.find(priority__gtee=5)
    with pytest.raises(InvalidQueryError, match="did you mean 'title'"):
        Task(title="a").update(titel="b")


@pytest.mark.usefixtures("task")
def test_count():
    Task(title="a").save()
    Task(title="b").save()

    assert Task.find(status="todo").count() == 2


def test_iteration_goes_over_every_page():
    tasks = [Task(title=f"task {number}") for number in range(7)]
    for task in tasks:
        task.save()

    titles = sorted(task.title for task in Task.find(status="todo").fetch_size(3))

    assert titles == [task.title for task in tasks]


def test_update_changes_the_named_fields_in_row_and_document(task):
    result = task.update(status="done", assignee="Alice")

    assert result is None
    assert (task.status, task.assignee, task.title) == ("done", "Alice", "Write docs")
    assert Task.get(id=task.id) == task


def test_update_with_ttl(task):
    task.update(ttl=7200, status="in_progress")

    assert Task.get(id=task.id) == task


def test_update_if_exists(task):
    result = task.update(if_exists=True, status="done")

    assert result == LWTResult(applied=True)
    assert Task.get(id=task.id).status == "done"


def test_update_if_exists_of_a_deleted_row_changes_nothing(task):
    task.delete()
    result = task.update(if_exists=True, status="done")

    assert result
    assert not result.applied
    assert task.status == "in_progress"
    assert Task.find_one(id=task.id) is None


def test_update_with_conditions(task):
    result = task.update(if_conditions={"status": "in_progress"}, status="done")

    assert result == LWTResult(applied=True)
    assert task.status == "done"
    assert Task.get(id=task.id) == task


def test_update_with_conditions_that_do_not_hold_changes_nothing(task):
    result = task.update(if_conditions={"status": "todo"}, status="done")

    assert result is not None
    assert not result.applied
    assert result.existing is not None
    assert result.existing["status"] == "in_progress"
    assert task.status == "in_progress"
    assert Task.get(id=task.id) == task


def test_collection_updates(task):
    task.update(add__tags={"urgent", "stale"})
    task.update(remove__tags={"stale"})
    task.update(append__comments="Fixed in v2")
    task.update(prepend__comments="IMPORTANT")

    assert task.tags == {"urgent"}
    assert task.comments == ["IMPORTANT", "Fixed in v2"]
    assert Task.get(id=task.id) == task


def test_collection_updates_have_a_second_spelling(task):
    task.update(tags__add={"urgent"}, comments__append=["one", "two"])

    assert (task.tags, task.comments) == ({"urgent"}, ["one", "two"])
    assert Task.get(id=task.id) == task


def test_delete(task):
    assert Task.get(id=task.id).delete() is None

    assert Task.find_one(id=task.id) is None


def test_delete_if_exists(task):
    assert task.delete(if_exists=True) == LWTResult(applied=True)

    result = task.delete(if_exists=True)

    assert result
    assert not result.applied


def test_bulk_delete_by_an_indexed_column(task):
    for number in range(5):
        Task(title=f"task {number}", status="cancelled").save()

    Task.find(status="cancelled").delete()

    assert Task.find(status="cancelled").all() == []
    assert Task.find().all() == [task]


def test_counters():
    page = PageHits(url="/home")
    page.increment(hits=1)
    page.increment(hits=2)
    page.decrement(hits=1)

    assert PageHits.get(url="/home").hits == 2
    assert page.hits == 2


def test_counters_are_neither_saved_nor_inserted_nor_assigned():
    page = PageHits(url="/home")
    for write in (page.save, page.insert, lambda: page.update(hits=5)):
        with pytest.raises(InvalidQueryError, match="increment"):
            write()
