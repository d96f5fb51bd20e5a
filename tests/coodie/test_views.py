"""Materialized views: created, read, never written."""

from typing import Annotated, ClassVar

import pytest

from coodie.exceptions import InvalidModelError, InvalidQueryError
from coodie.fields import ClusteringKey, PrimaryKey
from coodie.operations import bulk, reads, tables, writes
from coodie.statement import Page
from coodie.sync import Document, MaterializedView


class Task(Document):
    id: Annotated[int, PrimaryKey()]
    status: str
    title: str

    class Settings:
        keyspace = "ks"
        name = "tasks"


class TaskByStatus(MaterializedView):
    status: Annotated[str, PrimaryKey()]
    id: Annotated[int, ClusteringKey("DESC")]
    title: str

    class Settings:
        keyspace = "ks"
        __base_table__ = Task


CREATE = (
    "CREATE MATERIALIZED VIEW IF NOT EXISTS ks.task_by_status AS SELECT status, id, title FROM ks.tasks "
    "WHERE status IS NOT NULL AND id IS NOT NULL PRIMARY KEY (status, id) WITH CLUSTERING ORDER BY (id DESC)"
)
LIVE = [
    ("status", "partition_key", 0, "none", "text"),
    ("id", "clustering", 0, "desc", "int"),
    ("title", "regular", -1, "none", "text"),
]


def live(*columns):
    return Page(("column_name", "kind", "position", "clustering_order", "type"), list(columns))


def test_a_missing_view_is_created(drive):
    there = drive(tables.sync_view(TaskByStatus))
    assert there.texts[1:] == there.result == [CREATE]
    assert len(drive(tables.sync_view(TaskByStatus, dry_run=True)).requests) == 1


def test_a_view_that_is_there_stays(drive):
    assert drive(tables.sync_view(TaskByStatus), live(*LIVE)).result == []
    with pytest.raises(InvalidModelError, match="column title is missing, and a view cannot grow"):
        drive(tables.sync_view(TaskByStatus, strict=True), live(*LIVE[:2]))


def test_settings_say_what_the_markers_cannot(drive):
    class Urgent(MaterializedView):
        status: Annotated[str, PrimaryKey()]
        id: Annotated[int, ClusteringKey()]

        class Settings:
            __base_table__ = "tasks"
            __view_columns__ = ("status", "id", "title")
            __where_clause__ = "status = 'urgent' AND id IS NOT NULL"
            __clustering_order__: ClassVar = {"id": "DESC"}

    (text,) = drive(tables.sync_view(Urgent)).result
    assert text == (
        "CREATE MATERIALIZED VIEW IF NOT EXISTS urgent AS SELECT status, id, title FROM tasks "
        "WHERE status = 'urgent' AND id IS NOT NULL PRIMARY KEY (status, id) WITH CLUSTERING ORDER BY (id DESC)"
    )


def test_a_view_is_read_like_a_table(drive):
    there = drive(reads.fetch_all(TaskByStatus.find(status="todo")), Page((), [("todo", 1, "a")]))
    assert there.only.cql == "SELECT status, id, title FROM ks.task_by_status WHERE status = ?"
    assert there.result == [TaskByStatus(status="todo", id=1, title="a")]


ROW = TaskByStatus(status="todo", id=1, title="a")


@pytest.mark.parametrize(
    "write",
    [
        lambda: writes.save(ROW),
        lambda: writes.insert(ROW),
        lambda: writes.update(ROW, title="b"),
        lambda: writes.delete(ROW),
        lambda: bulk.delete_matching(TaskByStatus.find(status="todo")),
        lambda: bulk.update_matching(TaskByStatus.find(status="todo"), title="b"),
    ],
)
def test_a_view_is_not_written(drive, write):
    with pytest.raises(InvalidQueryError, match=r"TaskByStatus is a materialized view: .* base table only"):
        drive(write())


def test_tables_and_views_are_kept_by_their_own_methods(drive):
    with pytest.raises(InvalidQueryError, match=r"use sync_view\(\)"):
        drive(tables.sync_table(TaskByStatus))
    with pytest.raises(InvalidQueryError, match=r"use sync_table\(\)"):
        drive(tables.sync_view(Task))
    assert drive(tables.drop_view(TaskByStatus)).texts == [
        "DROP MATERIALIZED VIEW IF EXISTS ks.task_by_status"
    ]


def test_a_view_of_nothing_is_refused():
    with pytest.raises(InvalidModelError, match="Lost is a view of nothing"):

        class Lost(MaterializedView):
            id: Annotated[int, PrimaryKey()]
