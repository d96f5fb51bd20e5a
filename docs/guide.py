"""The users' guide as a program: every line that it prints behind `>>>` is run, on the memory engine.

.ci/guide             both faces, on the memory engine
.ci/guide HOST PORT   the same on a real cluster (what needs our clock is left out there)
"""

import asyncio
import sys
import textwrap
from collections.abc import Callable
from typing import Annotated, Any, Optional
from uuid import UUID, uuid4

from pydantic import Field

from coodie import aio, sync
from coodie.exceptions import DocumentNotFound, InvalidQueryError
from coodie.fields import Counter, Indexed, PrimaryKey
from coodie_memory.cluster import MemoryCluster

BLOCKING = """
## Create
task = Task(title="Write docs", status="in_progress", priority=1)
task.save()
Task(title="Deploy v2", priority=7).insert()
Task(title="Celebrate", priority=9).save()
Task(title="Call back", status="cancelled").save(ttl=3600)

## Read
Task.get(id=task.id)
Task.find_one(id=uuid4())
sorted(each.title for each in Task.find(status="todo").all())
Task.find(status="todo").filter(priority__gte=5).order_by("-priority").limit(10).allow_filtering().all()[0].title
Task.find(status="todo").count()
Task.get(id=uuid4())
Task.find(colour="red")

## Update
task.update(status="done", assignee="Alice")
task.update(add__tags={"urgent", "stale"})
task.update(remove__tags={"stale"})
task.update(append__comments="Fixed in v2")
task.update(prepend__comments="IMPORTANT")
Task.get(id=task.id)

## Lightweight transactions
task.insert()
task.update(if_conditions={"status": "in_progress"}, status="todo")
task.status
task.update(if_conditions={"status": "done"}, status="todo")
task.status

## Time to live
task.update(ttl=7200, assignee="Bob")
Task.find(status="cancelled").count()
clock.advance("61m")
Task.find(status="cancelled").count()
Task.get(id=task.id).assignee
clock.advance("1h")
Task.get(id=task.id).assignee

## Delete
task.delete(if_exists=True)
task.delete(if_exists=True)
Task.find(status="todo").delete()
Task.find().all()

## Counters
page = PageHits(url="/home")
page.increment(hits=3)
page.decrement(hits=1)
PageHits.get(url="/home").hits
page.save()
"""

AWAITED = """
## The same, awaited
task = Task(title="Write docs")
await task.save()
[each.title async for each in Task.find(status="todo")]
await task.update(status="done", add__tags={"urgent"})
(await Task.get(id=task.id)).tags
await Task.find(status="done").delete()
await Task.find(status="done").count()
"""


def models(face: Any) -> dict[str, Any]:
    """The guide's two models on one face."""

    class Task(face.Document):
        id: Annotated[UUID, PrimaryKey()] = Field(default_factory=uuid4)
        title: str
        status: Annotated[str, Indexed()] = "todo"
        assignee: Optional[str] = None
        priority: int = 0
        tags: set[str] = set()
        comments: list[str] = []

        class Settings:
            name = "tasks"

    class PageHits(face.CounterDocument):
        url: Annotated[str, PrimaryKey()]
        hits: Annotated[int, Counter()]

    return {"Task": Task, "PageHits": PageHits, "uuid4": uuid4}


def show(script: str, run: Callable[[str], Any]) -> None:
    """Print each line, run it, and print what comes of it, as the interpreter's prompt does."""
    for line in script.strip().splitlines():
        if not line or line.startswith("##"):
            print(line.replace("## ", "\n# "))
            continue
        print(f">>> {line}")
        try:
            result = run(line)
        except (DocumentNotFound, InvalidQueryError) as error:
            result = f"{type(error).__name__}: {error}"
            print(textwrap.shorten(result, 160))
        else:
            if result is not None:
                print(f"{result!r}")


def blocking(names: dict[str, Any]) -> Callable[[str], Any]:
    """Runs a line as it stands."""

    def run(line: str) -> Any:
        try:
            code = compile(line, "guide", "eval")
        except SyntaxError:
            exec(line, names)
            return None
        return eval(code, names)

    return run


def awaited(names: dict[str, Any]) -> Callable[[str], Any]:
    """Runs a line that awaits, in one event loop for all of them."""
    loop = asyncio.new_event_loop()

    def run(line: str) -> Any:
        target, _, expression = line.rpartition(" = ") if line.startswith("task = ") else ("", "", line)
        exec(f"async def step():\n    return {expression}", names)
        result = loop.run_until_complete(names["step"]())
        if not target:
            return result
        names[target] = result
        return None

    return run


def main(arguments: list[str]) -> None:
    """Run both faces, on memory or on a cluster."""
    script = BLOCKING
    if arguments:
        sync.init_coodie(hosts=[arguments[0]], port=int(arguments[1]))
        sync.create_keyspace("coodie_guide")
        sync.init_coodie(hosts=[arguments[0]], port=int(arguments[1]), keyspace="coodie_guide", default=True)
        script = BLOCKING[: BLOCKING.index("## Time")] + BLOCKING[BLOCKING.index("## Delete") :]
        clock = None
    else:
        cluster = MemoryCluster()
        cluster.create_keyspace("my_ks")
        sync.init_coodie(driver_type="memory", session=cluster, keyspace="my_ks")
        clock = cluster.clock
    names = {**models(sync), "clock": clock}
    names["Task"].sync_table()
    names["PageHits"].sync_table()
    show(script, blocking(names))
    show(AWAITED, awaited(models(aio)))
    sync.close_coodie()


if __name__ == "__main__":
    main(sys.argv[1:])
