"""A Pydantic ODM for Cassandra and ScyllaDB.

The life of a query, `Task.find(status="todo").all()`:

1. `sync.Document.find` asks `queryset.found`, which asks `expressions.predicates`: an unknown field is refused here.
2. `all` is `operations.reads.fetch_all` run by `runner.blocking` (by `runner.awaitable` in `aio`).
3. `plan.reading` says what the server does and what is left to the client; `cql.select` spells it as a `Statement`.
4. `runner.run_sync` has the `Backend` execute it and sends the `Page` back into the operation.
5. `document.reader` makes a `Task` of each row.

Where sync and async differ, the names here are the async ones.
"""

from coodie.aio import (
    AsyncBatchQuery,
    CounterDocument,
    Document,
    MaterializedView,
    QuerySet,
    UserType,
    close_coodie,
    create_keyspace,
    drop_keyspace,
    execute_raw,
    init_coodie,
)
from coodie.results import LWTResult, PagedResult
from coodie.statement import CqlDuration

__version__ = "0.1.0"

__all__ = [
    "AsyncBatchQuery",
    "CounterDocument",
    "CqlDuration",
    "Document",
    "LWTResult",
    "MaterializedView",
    "PagedResult",
    "QuerySet",
    "UserType",
    "close_coodie",
    "create_keyspace",
    "drop_keyspace",
    "execute_raw",
    "init_coodie",
]
