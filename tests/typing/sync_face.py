"""What type checkers see of the sync face; checked by mypy --strict and pyright, never run."""

from typing import Annotated, Any, assert_type
from uuid import UUID, uuid4

from pydantic import Field

from coodie.expressions import Expression, col, token, tuple_
from coodie.fields import Counter, Indexed, PrimaryKey
from coodie.predicates import Comparison, Token, TokenComparison, TupleComparison
from coodie.results import LazyDocument, LWTResult, PagedResult
from coodie.sync import BatchQuery, CounterDocument, Document, QuerySet, UserType, execute_raw


class Task(Document):
    id: Annotated[UUID, PrimaryKey()] = Field(default_factory=uuid4)
    title: str
    status: Annotated[str, Indexed()] = "todo"
    assignee: str | None = None
    priority: int = 0
    tags: set[str] = Field(default_factory=set[str])

    class Settings:
        name = "tasks"


class Errand(Task):
    class Settings(Task.Settings):
        keyspace = "errands"


class Place(UserType):
    city: str


class Fixed(Document, frozen=True):
    id: Annotated[int, PrimaryKey()]
    places: frozenset[Place] = frozenset()


class PageHits(CounterDocument):
    url: Annotated[str, PrimaryKey()]
    hits: Annotated[int, Counter()] = 0


def reads(key: UUID) -> None:
    assert_type(Task.find(status="todo"), QuerySet[Task])
    assert_type(Task.find(Task.priority >= 5, status="todo"), QuerySet[Task])
    assert_type(Task.find().filter(priority__gte=5).order_by("-priority").limit(10), QuerySet[Task])
    assert_type(Task.find().all(), list[Task])
    assert_type(Task.find().first(), Task | None)
    assert_type(Task.find().values_list("id", "title").all(), list[tuple[Any, ...]])
    assert_type(Task.find().values("id").limit(1).first(), dict[str, Any] | None)
    assert_type(Task.find().if_not_exists().create(title="a"), LWTResult | None)
    assert_type(Task.find().values_list(col(Task.priority), flat=True).all(), list[int])
    assert_type(Task.find().values_list("priority", flat=True).first(), Any | None)
    assert_type(Task.find().count(), int)
    assert_type(Task.find().exists(), bool)
    assert_type(Task.find().paged_all(), PagedResult[Task])
    assert_type(Task.get(id=key), Task)
    assert_type(Task.find_one(id=key), Task | None)
    assert_type(Task.find().all(lazy=True), list[LazyDocument[Task]])
    assert_type((Task.find().all(lazy=True))[0].document, Task)
    assert_type(Task.find().values_list(col(Task.id)).all(), list[tuple[UUID]])
    assert_type(Task.find().values_list(col(Task.id), col(Task.title)).all(), list[tuple[UUID, str]])
    first = Task.find().values_list(col(Task.priority), col(Task.assignee), col(Task.tags)).first()
    assert_type(first, tuple[int, str | None, set[str]] | None)
    assert_type(Task.find().cast("priority", "text").select_token("id"), QuerySet[Task])
    assert_type(
        Task.find().consistency("ONE").serial_consistency("SERIAL").timeout(1.5).validate(), QuerySet[Task]
    )
    assert_type(Task.find().json(), list[str])
    assert_type([task.title for task in Task.find()], list[str])


def writes(task: Task) -> None:
    assert_type(task.save(ttl=60), None)
    assert_type(task.insert(), LWTResult)
    assert_type(task.insert(ttl=60, batch=BatchQuery()), LWTResult | None)
    assert_type(task.update(if_exists=True, status="done", add__tags={"a"}), LWTResult | None)
    assert_type(task.delete(if_exists=True), LWTResult)
    assert_type(task.delete(if_conditions={"status": "done"}), LWTResult | None)
    assert_type(Task.create(title="a"), Task)
    assert_type(Task.insert_many([task], if_not_exists=True, concurrency=8), list[LWTResult])
    assert_type(task.save_json(ttl=60), None)
    assert_type(task.insert(serial_consistency="LOCAL_SERIAL"), LWTResult)
    assert_type(task.update(serial_consistency="LOCAL_SERIAL", status="a"), LWTResult | None)
    assert_type(task.delete_columns("title", collection_elements=[("tags", "a")]), LWTResult | None)
    assert_type(task.delete_columns(collection_elements={"tags": ["a"], "lines": [0]}), LWTResult | None)
    assert_type(Task.sync_table(), list[str])
    assert_type(Task.find(status="done").delete(), LWTResult | None)
    assert_type(Task.find(status="done").update(priority=1), LWTResult | None)
    with BatchQuery() as batch:
        task.save(batch=batch)
        assert_type(batch, BatchQuery)
    assert_type(PageHits(url="/").increment(hits=1), None)


def expressions() -> None:
    assert_type({Place(city="Paris")}, set[Place])
    assert_type(col(Task.priority), Expression[int])
    assert_type(col(Task.priority).in_([1, 2]), Comparison)
    assert_type(col(Task.priority) >= 5, Comparison)


def refused(task: Task, fixed: Fixed) -> None:
    Task()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Task(title=5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Task(title="a", colour="red")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    fixed.id = 2  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    task.save(ttl="60")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Task.find().limit("10")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    task.increment(hits=1)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    col(Task.priority).in_(["1"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    Task.insert_many(["a"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    task.save(consistency="MOST")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Task.find().cast(5, "text")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def reads_as_what(key: UUID) -> None:
    """Every step of the chain keeps the model; every terminal says what comes."""
    query = Task.find(col(Task.priority).in_([1, 2]), id=key)
    assert_type(query.only("title", Task.status).defer("tags").distinct(), QuerySet[Task])
    assert_type(query.per_partition_limit(1).fetch_size(10).page(None), QuerySet[Task])
    assert_type(query.order_by(-col(Task.priority), "title").allow_filtering(), QuerySet[Task])
    assert_type(query.using(ttl=5, consistency="ONE").ttl(1).timestamp(2).if_exists(), QuerySet[Task])
    assert_type(query.group_by("id").select_token().order_by_ann("tags", [1.0]), QuerySet[Task])
    assert_type(query.values_list(col(Task.title)).limit(1).first(), tuple[str] | None)
    assert_type(query.values("title").all(), list[dict[str, Any]])
    assert_type(
        query.values_list(col(Task.id), col(Task.priority)).paged_all(), PagedResult[tuple[UUID, int]]
    )
    assert_type(query.writetime("title"), Any)
    assert_type(execute_raw("SELECT", [1], timeout=1.5), list[dict[str, Any]])


def predicates_as_what() -> None:
    assert_type(tuple_(Task.title, Task.status) > ("a", "b"), TupleComparison)
    assert_type(token(Task.id) >= Token(5), TokenComparison)
    assert_type(col(Task.assignee), Expression[str | None])
    assert_type(col(Task.tags).contains("a"), Comparison)
    assert_type(col(Task.title).like("a%"), Comparison)


def refused_too(task: Task, others: list[PageHits]) -> None:
    Task.find().consistency("MOST")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Task.find().serial_consistency("ONE")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Task.find().using(5)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Task.find().page("abc")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Task.find().alll()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    Task.find(col(Task.priority) > "five")  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownArgumentType]
    Task.insert_many(others)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    task.update(ttl="5", status="done")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    task.delete(if_conditions=5)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    PageHits(url="/").increment(hits="1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Task.sync_table(timeout="5")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    execute_raw("SELECT", "abc")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
