"""The tables. Each is made for what is asked of it: one partition holds what one request shows."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from secrets import token_urlsafe
from typing import Annotated
from uuid import UUID, uuid1

from pydantic import Field, computed_field

from coodie.aio import CounterDocument, Document
from coodie.fields import ClusteringKey, Counter, PrimaryKey, TimeUUID

Name = Annotated[str, Field(min_length=1, max_length=100)]
Title = Annotated[str, Field(min_length=1, max_length=200)]
Remark = Annotated[str, Field(min_length=1, max_length=10_000)]
Moment = Annotated[UUID, TimeUUID()]
"""An id that says when it was made, and sorts by it."""


class Status(StrEnum):
    """How far a task has come."""

    OPEN = "open"
    CLAIMED = "claimed"
    DONE = "done"


class Login(Document):
    """Who is behind a token. The row goes by itself when the token has not been used for half an hour."""

    token: Annotated[str, PrimaryKey()] = Field(default_factory=lambda: token_urlsafe(32))
    user: Name

    class Settings:
        """A time to live for every row."""

        name = "logins"
        __default_ttl__ = 30 * 60


class Task(Document):
    """A task on a board, the newest first.

    Every write to a task is conditional. Conditional writes take their time from a vote of the replicas, so a plain one
    in between could look older than what it is to replace.
    """

    board: Annotated[Name, PrimaryKey()]
    id: Annotated[Moment, ClusteringKey(order="DESC")] = Field(default_factory=uuid1)
    title: Title
    text: str = ""
    status: Status = Status.OPEN
    assignee: str | None = None
    tags: set[Name] = set()

    class Settings:
        """The table."""

        name = "tasks"

    @computed_field
    def created(self) -> datetime:
        """When: the id knows."""
        return moment(self.id)


class Comment(Document):
    """What somebody said about a task, in the order of saying."""

    task: Annotated[UUID, PrimaryKey()]
    id: Annotated[Moment, ClusteringKey()] = Field(default_factory=uuid1)
    author: str
    text: Remark

    class Settings:
        """The table."""

        name = "comments"

    @computed_field
    def created(self) -> datetime:
        """When: the id knows."""
        return moment(self.id)


class Activity(CounterDocument):
    """How much goes on around a task; counted by many at once, without reading first."""

    task: Annotated[UUID, PrimaryKey()]
    views: Annotated[int, Counter()] = 0
    comments: Annotated[int, Counter()] = 0


TABLES: tuple[type[Document], ...] = (Login, Task, Comment, Activity)


def moment(id_: UUID) -> datetime:
    """The time inside a version 1 UUID, which counts tenths of microseconds since 1582."""
    return datetime(1582, 10, 15, tzinfo=UTC) + timedelta(microseconds=id_.time // 10)
