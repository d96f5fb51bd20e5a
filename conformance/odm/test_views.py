"""§7: a materialized view is read as documents, and written through its base table only."""

from typing import Annotated
from uuid import UUID, uuid4

import pytest
from pydantic import Field

from coodie.exceptions import InvalidModelError, InvalidQueryError
from coodie.fields import ClusteringKey, PrimaryKey

pytestmark = pytest.mark.coodie(requires=["materialized_views"])


def models(odm):
    class Task(odm.Document):
        id: Annotated[UUID, PrimaryKey()] = Field(default_factory=uuid4)
        owner: str | None = None
        title: str = ""
        hidden: bool = False

        class Settings:
            name = "viewed_tasks"

    class TaskByOwner(odm.MaterializedView):
        owner: Annotated[str, PrimaryKey()]
        id: Annotated[UUID, ClusteringKey(order="DESC")]
        title: str = ""

        class Settings:
            __base_table__ = Task

    class TaskByTitle(odm.MaterializedView):
        title: Annotated[str, PrimaryKey()]
        id: Annotated[UUID, ClusteringKey()]

        class Settings:
            __base_table__ = "viewed_tasks"
            __view_columns__ = ("title", "id")
            __where_clause__ = "title IS NOT NULL AND id IS NOT NULL"
            __clustering_order__ = {"id": "DESC"}  # noqa: RUF012  # as the settings are written

    return Task, TaskByOwner, TaskByTitle


@pytest.fixture
def tasks(m, do):
    tasks = [m.Task(id=UUID(int=n), owner="me", title=f"t{n}") for n in range(1, 4)]
    do(m.Task.insert_many(tasks))
    return tasks


def test_view_is_read_by_its_own_key(m, do, tasks):
    """In its own order."""
    found = do(m.TaskByOwner.find(owner="me").all())

    assert [each.title for each in found] == ["t3", "t2", "t1"]
    assert do(m.TaskByOwner.get(owner="me", id=UUID(int=2))) == m.TaskByOwner(
        owner="me", id=UUID(int=2), title="t2"
    )
    assert do(m.TaskByTitle.find(title="t1").count()) == 1


def test_view_follows_its_base(m, do, tasks):
    do(tasks[0].update(owner="you"))
    do(tasks[1].delete())

    assert [each.title for each in do(m.TaskByOwner.find(owner="me").all())] == ["t3"]
    assert [each.title for each in do(m.TaskByOwner.find(owner="you").all())] == ["t1"]


def test_row_without_the_views_key_is_not_in_it(m, do):
    do(m.Task(id=UUID(int=9)).save())

    assert do(m.TaskByOwner.find().all()) == []


@pytest.mark.parametrize("method", ["save", "insert", "save_json", "save_changes", "delete"])
def test_writing_a_view_is_refused(m, do, method):
    document = m.TaskByOwner(owner="me", id=UUID(int=1))
    with pytest.raises(InvalidQueryError, match="through its base table only"):
        do(getattr(document, method)())


def test_updating_a_view_is_refused(m, do):
    document = m.TaskByOwner(owner="me", id=UUID(int=1))
    for refused in (
        lambda: document.update(title="x"),
        lambda: m.TaskByOwner.find(owner="me").update(title="x"),
        lambda: m.TaskByOwner.find(owner="me").delete(),
        lambda: m.TaskByOwner.find().create(owner="me", id=UUID(int=1)),
    ):
        with pytest.raises(InvalidQueryError, match="base table only"):
            do(refused())


def test_second_sync_does_nothing(m, do):
    assert do(m.TaskByOwner.sync_view(strict=True)) == []
    assert do(m.TaskByTitle.sync_view()) == []


def test_views_are_synced_as_views(m, do):
    with pytest.raises(InvalidQueryError, match=r"use sync_view\(\)"):
        do(m.TaskByOwner.sync_table())


def test_view_can_be_dropped_and_made_again(m, do):
    do(m.TaskByTitle.drop_view())
    (planned,) = do(m.TaskByTitle.sync_view(dry_run=True))

    assert do(m.TaskByTitle.sync_view()) == [planned]


def test_view_of_nothing_is_refused(do):
    with pytest.raises(InvalidModelError, match="is a view of nothing"):

        class Nothing(do.odm.MaterializedView):
            id: Annotated[int, PrimaryKey()]
