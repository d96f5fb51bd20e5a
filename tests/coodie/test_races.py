"""Keeping a schema that others change at the same moment, on a server that may not have everything."""

from typing import Annotated

import pytest

from coodie.exceptions import (
    AlreadyExists,
    ConfigurationError,
    ConfigurationException,
    InvalidRequest,
    ServerError,
)
from coodie.fields import Indexed, PrimaryKey
from coodie.operations import tables
from coodie.statement import Page
from coodie.sync import Document


class Task(Document):
    id: Annotated[int, PrimaryKey()]
    kind: Annotated[str, Indexed()] = ""


CREATE = "CREATE TABLE IF NOT EXISTS task (id int, kind text, PRIMARY KEY (id))"
ADD = "ALTER TABLE task ADD kind text"
INDEX = "CREATE INDEX IF NOT EXISTS task_kind_idx ON task (kind)"
ID, KIND = ("id", "partition_key", 0, "none", "int"), ("kind", "regular", -1, "none", "text")


def live(*columns, indexed=False):
    """The three answers that tell what is there."""
    return (
        Page(("table_name",), [("task",)]),
        Page(("column_name", "kind", "position", "clustering_order", "type"), list(columns)),
        Page(("index_name", "options"), [("task_kind_idx", {"target": "kind"})] if indexed else []),
    )


def changes(there):
    return [text for text in there.texts if not text.startswith("SELECT")]


def test_column_that_another_added_meanwhile_is_there(drive):
    """The rest of the plan is made again, and goes on."""
    there = drive(
        tables.sync_table(Task),
        *live(ID),
        InvalidRequest("Column with name 'kind' already exists"),
        *live(ID, KIND),
    )

    assert changes(there) == [ADD, INDEX]
    assert there.result == [INDEX]


def test_everything_may_have_been_done_by_another(drive):
    exists = AlreadyExists("exists", keyspace="ks", table="task")
    there = drive(tables.sync_table(Task), Page(), exists, *live(ID, KIND, indexed=True))

    assert there.result == []


def test_what_a_server_could_not_do_while_the_schema_moved_is_tried_again(drive):
    there = drive(tables.sync_table(Task), *live(ID), ServerError("moved"), *live(ID))

    assert changes(there) == [ADD, ADD, INDEX]
    assert there.result == [ADD, INDEX]


def test_server_that_never_can_is_believed_at_last(drive):
    answers = [answer for _ in range(tables.ATTEMPTS + 1) for answer in (*live(ID), ServerError("broken"))]
    with pytest.raises(ServerError, match="broken"):
        drive(tables.sync_table(Task), *answers)


def test_refusal_of_what_is_still_missing_is_raised_at_once(drive):
    with pytest.raises(InvalidRequest, match="no permission to be"):
        drive(tables.sync_table(Task), *live(ID), InvalidRequest("no permission to be"), *live(ID))


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (
            InvalidRequest("Materialized views are disabled. Enable in cassandra.yaml to use."),
            "materialized_views_enabled: true",
        ),
        (
            InvalidRequest("SASI indexes are disabled. Enable in cassandra.yaml to use."),
            "sasi_indexes_enabled: true",
        ),
        (ConfigurationException("Unable to find custom indexer class 'x'"), "Cassandra 5 has 'sai'"),
        (ConfigurationException("Non-supported custom class 'sai' provided"), "ScyllaDB has 'vector_index'"),
    ],
)
def test_what_is_switched_off_says_what_to_switch_on(drive, error, remedy):
    with pytest.raises(ConfigurationError) as caught:
        drive(tables.sync_table(Task), *live(ID, KIND), error, *live(ID, KIND))

    assert str(caught.value).startswith(error.message)
    assert remedy in str(caught.value)
    assert caught.value.__cause__ is error
