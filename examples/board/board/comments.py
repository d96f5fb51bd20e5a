"""What is said about a task."""

from fastapi import APIRouter, Depends, status
from pydantic import BaseModel

from board.cursors import Page, Paged
from board.logins import User, current_login
from board.models import Activity, Comment, Remark
from board.tasks import Found

router = APIRouter(
    prefix="/boards/{board}/tasks/{task}/comments", tags=["comments"], dependencies=[Depends(current_login)]
)


class Said(BaseModel):
    """A comment's text."""

    text: Remark


@router.post("", status_code=status.HTTP_201_CREATED)
async def say(task: Found, said: Said, user: User) -> Comment:
    """One more comment."""
    comment = await Comment.create(task=task.id, author=user, text=said.text)
    await Activity(task=task.id).increment(comments=1)
    return comment


@router.get("")
async def listen(task: Found, paging: Paged) -> Page[Comment]:
    """All comments, the first one first."""
    return await paging.page(Comment.find(task=task.id))
