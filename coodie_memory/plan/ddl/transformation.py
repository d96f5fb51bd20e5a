"""What a schema statement's plan is: a function from the schema of the moment to another.

Existence is checked when the statement is executed, not when it is prepared, as the server does; hence a function.
"""

from collections.abc import Callable
from typing import TypeAlias

from coodie_memory.errors import InvalidRequest
from coodie_memory.plan.nodes import Bind, Moment
from coodie_memory.result import SchemaChange
from coodie_memory.schema.catalog import Schema
from coodie_memory.value import Value


class Outcome(Value):
    """The schema that is wanted and what to tell about it; the same schema and no change where nothing is to be done."""

    schema: Schema
    change: SchemaChange | None = None
    warnings: tuple[str, ...] = ()


class Transformation(Value):
    """The plan of a schema statement; `apply` refuses what the schema does not allow and changes nothing itself."""

    keyspace: str
    apply: "Callable[[Schema, Moment], Outcome]"
    given: "tuple[Bind, Callable[[int], Transformation]] | None" = None
    """The one marker that such a statement can have, and what its value makes of the plan."""


Apply: TypeAlias = Callable[[Schema, Moment], Outcome]


def keyspace_named(given: str | None, connected: str | None) -> str:
    """The keyspace that a qualified or unqualified name means."""
    keyspace = given or connected
    if keyspace is None:
        raise InvalidRequest(
            "No keyspace has been specified. USE a keyspace, or explicitly specify keyspace.tablename"
        )
    return keyspace
