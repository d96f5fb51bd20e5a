"""Tasks: made, listed page by page, claimed by one person at a time."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, status
from pydantic import BaseModel

from board.cursors import Page, Paged
from board.logins import User, current_login
from board.models import Activity, Comment, Name, Status, Task, Title
from coodie.exceptions import DocumentNotFound
from coodie.results import LWTResult

router = APIRouter(prefix="/boards/{board}/tasks", tags=["tasks"], dependencies=[Depends(current_login)])


class NewTask(BaseModel):
    """What a task starts with."""

    title: Title
    text: str = ""
    tags: set[Name] = set()


class Changes(BaseModel):
    """What may be changed at any time; what is left out stays."""

    title: Title = ""
    text: str = ""


class Watched(BaseModel):
    """A task and what goes on around it."""

    task: Task
    views: int
    comments: int


async def find_task(board: str, task: UUID) -> Task:
    """The task of the path; `DocumentNotFound` becomes a 404."""
    return await Task.get(board=board, id=task)


Found = Annotated[Task, Depends(find_task)]


@router.post("", status_code=status.HTTP_201_CREATED)
async def add(board: str, new: NewTask) -> Task:
    """A new task, which nobody has claimed yet."""
    task = Task(board=board, title=new.title, text=new.text, tags=new.tags)
    await task.insert()
    return task


@router.get("")
async def list_tasks(
    board: str, paging: Paged, tag: str | None = None, state: Status | None = None
) -> Page[Task]:
    """The board's tasks, the newest first; only those with the tag or in the state, if one is given."""
    tasks = Task.find(board=board)
    # Filtering reads one board, which is a partition: that is what the permission is asked for.
    if tag is not None:
        tasks = tasks.filter(tags__contains=tag).allow_filtering()
    if state is not None:
        tasks = tasks.filter(status=state).allow_filtering()
    return await paging.page(tasks)


@router.get("/{task}")
async def look(task: Found) -> Watched:
    """The task; looking counts."""
    await Activity(task=task.id).increment(views=1)
    activity = await Activity.get(task=task.id)
    return Watched(task=task, views=activity.views, comments=activity.comments)


@router.patch("/{task}")
async def change(task: Found, changes: Changes) -> Task:
    """Another title or text."""
    return await _written(task, **changes.model_dump(exclude_unset=True))


@router.put("/{task}/tags/{tag}")
async def tag(task: Found, tag: Name) -> Task:
    """One tag more; two people who add one each both succeed."""
    return await _written(task, add__tags={tag})


@router.delete("/{task}/tags/{tag}")
async def untag(task: Found, tag: Name) -> Task:
    """One tag less."""
    return await _written(task, remove__tags={tag})


@router.post("/{task}/claim")
async def claim(task: Found, user: User) -> Task:
    """The task is mine, if it is nobody's: of two who try at once, one is told who was faster."""
    free = {"status": Status.OPEN, "assignee": None}
    return _agreed(task, await task.update(if_conditions=free, status=Status.CLAIMED, assignee=user))


@router.post("/{task}/release")
async def release(task: Found, user: User) -> Task:
    """My task is nobody's again."""
    return _agreed(task, await task.update(if_conditions=_mine(user), status=Status.OPEN, assignee=None))


@router.post("/{task}/finish")
async def finish(task: Found, user: User) -> Task:
    """My task is done."""
    return _agreed(task, await task.update(if_conditions=_mine(user), status=Status.DONE))


@router.delete("/{task}", status_code=status.HTTP_204_NO_CONTENT)
async def remove(task: Found) -> None:
    """The task and all that belongs to it: a DELETE each, of a row or a partition."""
    await task.delete(if_exists=True)
    await Comment.find(task=task.id).delete()
    await Activity.find(task=task.id).delete()


def _mine(user: str) -> dict[str, Any]:
    return {"status": Status.CLAIMED, "assignee": user}


async def _written(task: Task, **changes: Any) -> Task:
    """The changed task; one that was deleted meanwhile is not brought back to life."""
    result = await task.update(if_exists=True, **changes)
    if result is not None and not result.applied:
        raise DocumentNotFound(f"no task {task.id} any more")
    return task


def _agreed(task: Task, result: LWTResult | None) -> Task:
    """The changed task, or a 409 that says how the task is instead."""
    if result is None or result.applied:
        return task
    # A row that is not there is nothing to Cassandra, and nulls to ScyllaDB.
    there = result.existing or {}
    if there.get("status") is None:
        raise DocumentNotFound(f"no task {task.id} any more")
    who = f" by {there['assignee']}" if there["assignee"] else ""
    raise HTTPException(status.HTTP_409_CONFLICT, f"the task is {there['status']}{who}")
