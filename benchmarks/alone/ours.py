"""This ODM's own cost: its backend answers from a list."""

from typing import Annotated, Any

from rows import COLUMNS, ROWS  # type: ignore[import-not-found]  # beside this file, in a process of its own
from stopwatch import tell  # type: ignore[import-not-found]

from coodie.backend import connections
from coodie.fields import ClusteringKey, PrimaryKey
from coodie.statement import Page, Request
from coodie.sync import Document


class Task(Document):
    owner: Annotated[int, PrimaryKey()]
    seq: Annotated[int, ClusteringKey()]
    title: str
    status: str
    priority: int
    done: bool
    created: int
    ticket: int


DONE = Page()


class ListBackend:
    """Answers a write with nothing, a read by the whole key with one row, any other with a hundred."""

    keyspace = "ks"

    def execute(self, request: Request) -> Page:
        cql: str = request.cql  # type: ignore[union-attr]  # no batches here
        if not cql.startswith("SELECT"):
            return DONE
        return Page(COLUMNS, list(ROWS[:1] if "seq = ?" in cql else ROWS))

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} is not measured")


connections.register("default", ListBackend())
task = Task.get(owner=1, seq=0)
assert (task.title, task.done, len(Task.find(owner=1).all())) == ("title 0", True, 100)
tell(
    {
        "save": task.save,
        "get": lambda: Task.get(owner=1, seq=0),
        "find of 100 rows": lambda: Task.find(owner=1).all(),
    }
)
