"""Markers for `Annotated[T, …]`: what a field is to the database beyond its Python type.

They combine in any order, and count inside `Optional[Annotated[…]]` too. They say; `schema` checks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

SortOrder: TypeAlias = Literal["ASC", "DESC"]
IndexTarget: TypeAlias = Literal["keys", "values", "entries", "full"]
Similarity: TypeAlias = Literal["COSINE", "DOT_PRODUCT", "EUCLIDEAN"]


@dataclass(frozen=True, slots=True)
class PrimaryKey:
    """Part of the partition key; several are ordered by index."""

    partition_key_index: int = 0


@dataclass(frozen=True, slots=True)
class ClusteringKey:
    """Part of the clustering key: rows of a partition are unique and sorted by it."""

    order: SortOrder = "ASC"
    clustering_key_index: int = 0


@dataclass(frozen=True, slots=True)
class Indexed:
    """Has a secondary index, named `<table>_<column>_idx` unless a name is given."""

    index_name: str | None = None
    target: IndexTarget | None = None
    using: str | None = None
    """`"sai"` or the name of an index class."""
    options: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Counter:
    """A counter column; a document needs no value for it, an unwritten counter reads as 0."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """The field's own schema, with 0 for a missing value."""
        return core_schema.with_default_schema(handler(source), default=0)


@dataclass(frozen=True, slots=True)
class Static:
    """One value for the whole partition."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """Stored as one value: replaced, never updated in part."""


@dataclass(frozen=True, slots=True)
class BigInt:
    """An `int` of 64 bits."""


@dataclass(frozen=True, slots=True)
class SmallInt:
    """An `int` of 16 bits."""


@dataclass(frozen=True, slots=True)
class TinyInt:
    """An `int` of 8 bits."""


@dataclass(frozen=True, slots=True)
class VarInt:
    """An `int` of any size."""


@dataclass(frozen=True, slots=True)
class Double:
    """A `float` of 64 bits."""


@dataclass(frozen=True, slots=True)
class Ascii:
    """A `str` of ASCII characters."""


@dataclass(frozen=True, slots=True)
class TimeUUID:
    """A `UUID` of version 1, ordered by its time."""


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day; `datetime.time` needs no marker."""


@dataclass(frozen=True, slots=True)
class Duration:
    """A `CqlDuration`, which needs no marker."""


@dataclass(frozen=True, slots=True)
class Discriminator:
    """Says of which class of a polymorphic table a row is."""


@dataclass(frozen=True, slots=True)
class Vector:
    """A `list[float]` of fixed length."""

    dimensions: int


@dataclass(frozen=True, slots=True)
class VectorIndex:
    """A vector has an index for `order_by_ann`."""

    similarity_function: Similarity = "COSINE"


@dataclass(frozen=True, slots=True)
class Column:
    """The column's name in the database, where it is not the attribute's."""

    name: str


Marker: TypeAlias = (
    PrimaryKey
    | ClusteringKey
    | Indexed
    | Counter
    | Static
    | Frozen
    | BigInt
    | SmallInt
    | TinyInt
    | VarInt
    | Double
    | Ascii
    | TimeUUID
    | Time
    | Duration
    | Discriminator
    | Vector
    | VectorIndex
    | Column
)
