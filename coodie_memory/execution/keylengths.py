"""What keys may be: how long, without what nulls, and how many of them IN may name."""

from collections.abc import Callable, Sequence
from typing import Literal

from coodie_memory.errors import InvalidRequest
from coodie_memory.execution.context import Context
from coodie_memory.schema.model import Column
from coodie_memory.storage.row import Clustering

MAX_KEY = 65535


def check_length(key: bytes, components: int, context: Context, *, may_be_empty: bool) -> None:
    """Refuse a serialized partition key of so many columns that is too long, or empty."""
    if not key and not may_be_empty:
        raise InvalidRequest("Key may not be empty")
    maximum, overhead = MAX_KEY, context.engine.dialect.overhead_of_key_component
    if overhead is not None:
        # A key of several components has three bytes more for each.
        maximum += (3 if components > 1 else 0) * components - overhead * components
    if len(key) > maximum:
        raise too_long(len(key), maximum)


def require_whole(columns: Sequence[Column]) -> Callable[[Sequence[bytes]], None] | None:
    """What refuses nulls inside the values of a partition key, which elsewhere a bound list may have."""
    structured = [
        (position, column.type.validate) for position, column in enumerate(columns) if column.type.children
    ]
    if not structured:
        return None

    def require(components: Sequence[bytes]) -> None:
        for position, validate in structured:
            validate(components[position])

    return require


def require_short(clusterings: Sequence[Clustering], context: Context) -> None:
    """Refuse rows whose clustering columns are too long together."""
    overhead = context.engine.dialect.overhead_of_key_component or 0
    for clustering in clusterings:
        length, maximum = sum(len(raw or b"") for raw in clustering), MAX_KEY - overhead * len(clustering)
        if length > maximum:
            raise too_long(length, maximum)


def too_long(length: int, maximum: int = MAX_KEY) -> InvalidRequest:
    """The refusal."""
    return InvalidRequest(f"Key length of {length} is longer than maximum of {maximum}")


def require_few(count: int, kind: Literal["partition", "clustering"], context: Context) -> None:
    """Refuse to take more combinations of IN than a server does."""
    dialect = context.engine.dialect
    most = dialect.most_named_partitions if kind == "partition" else dialect.most_named_rows
    if most is not None and count > most:
        raise InvalidRequest(f"{kind} key cartesian product size {count} is greater than maximum {most}")
