"""What reading asks of a database: the exact statements, pages followed, and what the client does itself."""

from ipaddress import IPv4Address
from typing import Annotated
from uuid import UUID

import pytest
from pydantic import Field

from coodie.exceptions import DocumentNotFound, FieldNotLoaded, InvalidQueryError, MultipleDocumentsFound
from coodie.fields import ClusteringKey, Indexed, PrimaryKey, TimeUUID, Vector, VectorIndex
from coodie.operations import reads
from coodie.results import PagedResult
from coodie.statement import Page
from coodie.sync import Document

COLUMNS = ("board", "number", "status", "priority", "tags")


class Task(Document):
    board: Annotated[str, PrimaryKey()]
    number: Annotated[int, ClusteringKey()]
    status: Annotated[str, Indexed()] = "todo"
    priority: int | None = None
    tags: set[str] = Field(default_factory=set)


SELECT = "SELECT board, number, status, priority, tags FROM task"


def page(*rows, state=None):
    return Page(COLUMNS, [(*row, *(None,) * (5 - len(row))) for row in rows], state)


def test_all_follows_pages_to_the_end(drive):
    there = drive(
        reads.fetch_all(Task.find(board="b")),
        page(("b", 1, "todo"), state=b"1"),
        page(state=b"2"),
        page(("b", 2, "todo")),
    )
    assert there.texts == [SELECT + " WHERE board = ?"] * 3
    assert [request.paging_state for request in there.requests] == [None, b"1", b"2"]
    assert all(request.idempotent for request in there.requests)
    assert [task.number for task in there.result] == [1, 2]


def test_limits_are_bound(drive):
    there = drive(reads.fetch_all(Task.find(board="b").per_partition_limit(2).limit(3)))
    assert there.only.cql == SELECT + " WHERE board = ? PER PARTITION LIMIT ? LIMIT ?"
    assert there.only.params == ("b", 2, 3)


def test_first_reads_one(drive):
    there = drive(reads.fetch_first(Task.find(board="b")), page(("b", 1, "todo")))
    assert there.only.params == ("b", 1)
    assert there.result == Task(board="b", number=1)
    assert drive(reads.fetch_first(Task.find(board="b"))).result is None


def test_one_page_carries_its_own_state(drive):
    queryset = Task.find().fetch_size(1)
    there = drive(reads.fetch_page(queryset.page(b"1")), page(("b", 1, "todo"), state=b"2"))
    assert (there.only.fetch_size, there.only.paging_state) == (1, b"1")
    assert there.result == PagedResult([Task(board="b", number=1)], b"2")


def test_clustering_columns_are_sorted_by_the_server(drive):
    there = drive(reads.fetch_all(Task.find(board="b").order_by("-number").limit(1)))
    assert there.only.cql == SELECT + " WHERE board = ? ORDER BY number DESC LIMIT ?"


@pytest.mark.parametrize(
    "queryset",
    [
        lambda: Task.find().order_by("number"),
        lambda: Task.find(board="b", status="todo").order_by("number"),
        lambda: Task.find(board="b").order_by("priority"),
        lambda: Task.find(board="b").order_by("number", "priority"),
    ],
)
def test_what_the_server_cannot_sort_is_refused_unless_filtering_is_allowed(drive, queryset):
    with pytest.raises(
        InvalidQueryError, match=r"say \.allow_filtering\(\) to read every match and sort here"
    ):
        drive(reads.fetch_all(queryset()))
    there = drive(reads.fetch_all(queryset().allow_filtering()))
    assert "ORDER BY" not in there.only.cql


ROWS = [("b", number, "todo", priority) for number, priority in enumerate([3, None, 9, 1, 3])]


@pytest.mark.parametrize(
    ("order", "numbers"),
    [
        (["priority"], [3, 0, 4, 2, 1]),
        (["-priority"], [1, 2, 0, 4, 3]),
        (["-priority", "-number"], [1, 2, 4, 0, 3]),
    ],
)
@pytest.mark.parametrize("limit", [None, 2, 4])
def test_the_client_sorts_over_all_pages_with_nulls_last_then_first(drive, order, numbers, limit):
    queryset = Task.find().order_by(*order).allow_filtering()
    queryset = queryset if limit is None else queryset.limit(limit)
    there = drive(reads.fetch_all(queryset), page(*ROWS[:2], state=b"1"), page(*ROWS[2:]))
    assert [task.number for task in there.result] == numbers[:limit]
    assert there.texts == [SELECT + " ALLOW FILTERING"] * 2


def test_named_partitions_are_merged_here_since_servers_cannot_page_that(drive):
    """Each is sorted by the server; a page is asked for when its rows are needed, and not before."""
    queryset = Task.find(board__in=["a", "b"]).order_by("-number").fetch_size(2)
    there = drive(
        reads.fetch_all(queryset),
        page(("a", 9), ("a", 8), state=b"a"),
        page(("b", 7), ("b", 5), state=b"b"),
        page(("a", 6), ("a", 1)),
        page(("b", 2)),
    )
    assert there.texts == [SELECT + " WHERE board = ? ORDER BY number DESC"] * 4
    assert [(each.params, each.paging_state) for each in there.requests] == [
        (("a",), None),
        (("b",), None),
        (("a",), b"a"),
        (("b",), b"b"),
    ]
    assert [task.number for task in there.result] == [9, 8, 7, 6, 5, 2, 1]


def test_limit_of_merged_partitions_is_that_of_each_and_of_all(drive):
    queryset = Task.find(board__in=["a", "b"]).order_by("number").limit(2)
    there = drive(reads.fetch_all(queryset), page(("a", 1), ("a", 4)), page(("b", 2), ("b", 3)))
    assert there.texts == [SELECT + " WHERE board = ? ORDER BY number ASC LIMIT ?"] * 2
    assert [task.number for task in there.result] == [1, 2]


def test_very_many_partitions_are_read_at_once(drive):
    there = drive(reads.fetch_all(Task.find(board__in=list(map(str, range(1000)))).order_by("number")))
    assert there.texts == [SELECT + " WHERE board IN ?"]


def test_ids_and_addresses_are_sorted_here_as_the_server_does(drive):
    class Event(Document):
        id: Annotated[int, PrimaryKey()]
        at: Annotated[UUID, TimeUUID()]
        host: IPv4Address | None = None

    late, early = UUID("00000000-0000-1001-8000-000000000000"), UUID("ffffffff-0000-1000-8000-000000000000")
    rows = [(1, late, IPv4Address("10.0.0.2")), (2, early, IPv4Address("9.0.0.1"))]
    for order, ids in (("at", [2, 1]), ("-at", [1, 2]), ("host", [2, 1])):
        there = drive(reads.fetch_all(Event.find().order_by(order).allow_filtering()), Page((), rows))
        assert [event.id for event in there.result] == ids


def test_nearest_vectors(drive):
    class Item(Document):
        id: Annotated[int, PrimaryKey()]
        embedding: Annotated[list[float], Vector(2), VectorIndex()]

    queryset = Item.find().order_by_ann("embedding", [1, 0.5])
    there = drive(reads.fetch_all(queryset.limit(5)))
    assert there.only.cql == "SELECT id, embedding FROM item ORDER BY embedding ANN OF ? LIMIT ?"
    assert there.only.params == ([1.0, 0.5], 5)
    for refused in (queryset, queryset.limit(1001)):
        with pytest.raises(InvalidQueryError, match=r"wants a limit\(\) of at most 1000"):
            drive(reads.fetch_all(refused))
    for vector, message in (([0, 0], "a zero vector"), ([1], "has 1 dimensions, not 2")):
        with pytest.raises(InvalidQueryError, match=message):
            Item.find().order_by_ann(Item.embedding, vector)


def test_unequal_is_filtered_here_and_the_limit_counts_what_is_left(drive):
    queryset = Task.find(board="b", priority__ne=3).limit(2)
    with pytest.raises(InvalidQueryError, match="CQL has no !="):
        drive(reads.fetch_all(queryset))
    there = drive(
        reads.fetch_all(queryset.allow_filtering()), page(*ROWS[:3], state=b"1"), page(*ROWS[3:], state=b"2")
    )
    assert there.texts == [SELECT + " WHERE board = ? ALLOW FILTERING"] * 2
    assert [task.number for task in there.result] == [2, 3]


def test_a_clustering_column_wants_its_predecessors(drive):
    class Deep(Document):
        a: Annotated[int, PrimaryKey()]
        b: Annotated[int, ClusteringKey(clustering_key_index=0)]
        c: Annotated[int, ClusteringKey(clustering_key_index=1)]

    with pytest.raises(InvalidQueryError, match=r"Deep\.c can only be searched for where b is given"):
        drive(reads.fetch_all(Deep.find(a=1, c=1)))
    with pytest.raises(InvalidQueryError, match=r"Deep\.c can only be searched for where b is given"):
        drive(reads.fetch_all(Deep.find(a=1, b__gt=1, c=1)))
    assert drive(reads.fetch_all(Deep.find(a=1, c=1).allow_filtering())).requests
    queryset = Deep.find(a=1, b__c__gt=(1, 2))
    assert drive(reads.fetch_all(queryset.order_by("-b"))).only.cql.endswith("ORDER BY b DESC")
    assert drive(reads.fetch_all(queryset)).only.cql.endswith("WHERE a = ? AND (b, c) > (?, ?)")


def test_tokens(drive):
    there = drive(reads.fetch_all(Task.find(board__token__gt="b")))
    assert there.only.cql == SELECT + " WHERE token(board) > token(?)"


def test_only_and_defer_always_load_the_key(drive):
    there = drive(reads.fetch_all(Task.find(board="b").only("status")), Page((), [("b", 1, "done")]))
    assert there.only.cql == "SELECT board, number, status FROM task WHERE board = ?"
    (task,) = there.result
    assert (task.board, task.number, task.status) == ("b", 1, "done")
    with pytest.raises(FieldNotLoaded):
        task.tags  # noqa: B018  # reading is what is tested
    deferred = drive(reads.fetch_all(Task.find(board="b").defer("board", "tags", "priority")))
    assert deferred.texts == there.texts


def test_count_counts_on_the_server(drive):
    there = drive(reads.count(Task.find(status="todo").order_by("priority")), Page(("count",), [(7,)]))
    assert there.only.cql == "SELECT COUNT(*) FROM task WHERE status = ?"
    assert there.result == 7


def test_count_with_a_limit_counts_keys(drive):
    there = drive(reads.count(Task.find().limit(5)), Page((), [("b", 1)], b"1"), Page((), [("b", 2)]))
    assert there.texts == ["SELECT board, number FROM task LIMIT ?"] * 2
    assert there.result == 2


def test_exists_reads_one_key(drive):
    there = drive(reads.exists(Task.find(status="todo")), Page((), [], b"1"), Page((), [("b", 1)]))
    assert there.texts == ["SELECT board, number FROM task WHERE status = ? LIMIT ?"] * 2
    assert there.result is True
    assert drive(reads.exists(Task.find())).result is False


def test_get_by_key(drive):
    there = drive(reads.get(Task, (), {"number": 1, "board": "b"}), page(("b", 1, "done")))
    assert there.only.cql == SELECT + " WHERE number = ? AND board = ?"
    assert there.result.status == "done"
    with pytest.raises(DocumentNotFound, match="no Task with board='b', number=1"):
        drive(reads.get(Task, (), {"board": "b", "number": 1}))


def test_one_of_several_is_not_guessed(drive):
    with pytest.raises(MultipleDocumentsFound, match="more than one Task with status='todo'"):
        drive(reads.find_one(Task, (), {"status": "todo"}), page(("b", 1), ("b", 2)))
    there = drive(reads.find_one(Task, (), {"status": "todo"}), page(state=b"1"), page(("b", 1, "todo")))
    assert there.result.number == 1
    assert there.requests[0].params == ("todo", 2)


def test_refresh_loads_every_field(drive):
    task = Task(board="b", number=1)
    there = drive(reads.refresh(task), page(("b", 1, "done", 5, {"x"})))
    assert there.only.params == ("b", 1)
    assert task == Task(board="b", number=1, status="done", priority=5, tags={"x"})
    with pytest.raises(DocumentNotFound, match="no Task with board='b', number=1 any more"):
        drive(reads.refresh(task))


def test_querysets_are_immutable_and_cost_nothing():
    queryset = Task.find(board="b")
    assert queryset.limit(3) is not queryset
    assert queryset.query.limit is None
    assert queryset
    with pytest.raises(TypeError):
        len(queryset)  # type: ignore[arg-type]
    with pytest.raises(InvalidQueryError, match="limit is a positive number, not 0"):
        queryset.limit(0)
    with pytest.raises(InvalidQueryError, match=r"Task\.tags: nothing can be sorted by set<text>"):
        queryset.order_by("tags")
    with pytest.raises(InvalidQueryError, match=r"using\(\) has no option 'tll'"):
        queryset.using(tll=5)


def test_what_is_no_consistency_level_is_refused_where_it_is_said():
    for said in (
        lambda: Task.find().consistency("MOST"),
        lambda: Task.find().serial_consistency("QUORUM"),
        lambda: Task.find().using(consistency="quorum"),
    ):
        with pytest.raises(InvalidQueryError, match="consistency level; there are"):
            said()


def test_a_page_starts_at_a_paging_state():
    with pytest.raises(InvalidQueryError, match="the bytes of another page's paging_state, not at 'abc'"):
        Task.find().page("abc")
