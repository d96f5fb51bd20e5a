"""What a statement answers: one of four results, values still in wire bytes.

`Rows` decodes when somebody asks for Python values, so that a server can pass the bytes on untouched.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from coodie_memory.types.base import CqlType
from coodie_memory.value import Value

Raw: TypeAlias = bytes | None
"""A value on the wire: null is None, the empty value is b""."""


class Unset:
    """The type of `UNSET`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset()
"""Bound in place of a value: do not touch the column."""


class ColumnSpec(Value):
    """Name and type of a result column or a bind marker, and the table it belongs to."""

    keyspace: str
    table: str
    name: str
    type: CqlType


class Metadata:
    """The columns of a result, with what decodes them; one object for each plan."""

    __slots__ = ("columns", "decoders", "names")

    def __init__(self, columns: Sequence[ColumnSpec]) -> None:
        self.columns: Final = tuple(columns)
        self.names: Final = tuple(column.name for column in columns)
        self.decoders: Final[tuple[Callable[[bytes], Any], ...]] = tuple(
            column.type.decode for column in columns
        )

    def __repr__(self) -> str:
        return f"Metadata({', '.join(f'{column.name} {column.type}' for column in self.columns)})"


class Void(Value):
    """Done; nothing to tell."""

    warnings: tuple[str, ...] = ()


# Not frozen, since a frozen dataclass takes three times as long to make, and each read makes one.
@dataclass(slots=True)
class Rows:
    """Rows in wire bytes, with the columns that describe them. Iterating decodes: tuples of Python values.

    `paging_state` is opaque, None on the last page. `warnings` are the server's client warnings.
    """

    metadata: Metadata
    raw: Sequence[tuple[Raw, ...]]
    paging_state: bytes | None = None
    warnings: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[ColumnSpec, ...]:
        """The columns in order."""
        return self.metadata.columns

    @property
    def values(self) -> list[tuple[Any, ...]]:
        """All rows of this page, decoded anew at each call."""
        return list(self)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        decoders = self.metadata.decoders
        return iter(
            [
                # A row has as many values as there are columns; `strict` would cost as much as two of them.
                tuple([None if raw is None else decode(raw) for decode, raw in zip(decoders, row)])  # noqa: B905
                for row in self.raw
            ]
        )

    def __len__(self) -> int:
        return len(self.raw)

    def one(self) -> tuple[Any, ...] | None:
        """The first row, or None."""
        return next(iter(self), None)

    def dicts(self) -> list[dict[str, Any]]:
        """All rows of this page by column name."""
        return [dict(zip(self.metadata.names, row, strict=True)) for row in self]


class SetKeyspace(Value):
    """USE took effect."""

    keyspace: str
    warnings: tuple[str, ...] = ()


Change: TypeAlias = Literal["CREATED", "UPDATED", "DROPPED"]
Target: TypeAlias = Literal["KEYSPACE", "TABLE", "TYPE", "FUNCTION", "AGGREGATE"]


class SchemaChange(Value):
    """The schema is another now. `name` is empty for a keyspace; `argument_types` is a function's or aggregate's."""

    change: Change
    target: Target
    keyspace: str
    name: str = ""
    argument_types: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


Result: TypeAlias = Void | Rows | SetKeyspace | SchemaChange
