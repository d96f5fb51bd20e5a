"""`UserType` for programs of either face: `sync_type` blocks, `sync_type_async` is awaited."""

from coodie import sync
from coodie.operations import tables
from coodie.runner import run_async
from coodie.userdefined import UserTypeMeta

__all__ = ["UserType"]


class UserType(sync.UserType, metaclass=UserTypeMeta):
    """A value of several fields, which a column, a collection or another user type holds frozen."""

    @classmethod
    async def sync_type_async(
        cls,
        keyspace: str | None = None,
        connection: str | None = None,
        *,
        dry_run: bool = False,
        timeout: float | None = None,  # noqa: ASYNC109  # of requests, which the server's client waits for
    ) -> list[str]:
        """As `sync_type`, awaited."""
        operation = tables.sync_type(cls, keyspace or cls.__keyspace__(), dry_run=dry_run, timeout=timeout)
        return await run_async(operation, connection or cls.__connection__())
