"""The own cost of the package called coodie on the public index: a driver, by its public interface, answers from a list."""

from typing import Annotated, Any

from coodie.drivers import AbstractDriver, register_driver
from rows import DICTS
from stopwatch import tell

from coodie.fields import ClusteringKey, PrimaryKey
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

    class Settings:
        keyspace = "ks"


class ListDriver(AbstractDriver):
    """As `ours.ListBackend`, with rows as its interface wants them."""

    def execute(self, stmt: str, params: list[Any], **_: Any) -> list[dict[str, Any]]:  # noqa: ARG002  # named by its caller
        if not stmt.startswith("SELECT"):
            return []
        return list(DICTS[:1] if '"seq" = ?' in stmt else DICTS)

    def sync_table(self, *_: Any, **__: Any) -> list[str]:
        return []

    def close(self) -> None:
        pass

    async def execute_async(self, stmt: str, params: list[Any], **_: Any) -> list[dict[str, Any]]:
        return self.execute(stmt, params)

    async def sync_table_async(self, *_: Any, **__: Any) -> list[str]:
        return []

    async def close_async(self) -> None:
        pass


register_driver("default", ListDriver(), default=True)
task = Task.get(owner=1, seq=0)
assert (task.title, task.done, len(Task.find(owner=1).all())) == ("title 0", True, 100)
tell(
    {
        "save": task.save,
        "get": lambda: Task.get(owner=1, seq=0),
        "find of 100 rows": lambda: Task.find(owner=1).all(),
    }
)
