"""What describes the values of a row or the markers of a statement, encoded once for each version."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import md5
from typing import Final

from coodie_memory.protocol import typecodes
from coodie_memory.protocol.primitives import Reader, string
from coodie_memory.result import ColumnSpec, Metadata


@dataclass(frozen=True, slots=True)
class Omitted:
    """Columns that the other side knows already: their number, and whether they are all of one table."""

    count: int
    share_table: bool


NO_COLUMNS: Final = Omitted(0, share_table=False)
"""The result columns of a statement that gives no rows."""


class Columns:
    """Column specifications; equal by what they specify.

    Keep one object for as long as it is used, since it remembers its encodings.
    """

    def __init__(self, specs: Iterable[ColumnSpec]) -> None:
        self.specs: Final = tuple(specs)
        self._encoded = dict[int, bytes]()

    @cached_property
    def share_table(self) -> bool:
        """Whether all are of one table, which is then said once for all."""
        return len({(spec.keyspace, spec.table) for spec in self.specs}) == 1

    @cached_property
    def omitted(self) -> Omitted:
        """What remains of them where the client asks for no metadata."""
        return Omitted(len(self.specs), self.share_table)

    @cached_property
    def metadata_id(self) -> bytes:
        """The digest by which a client of version 5 knows the columns of a result."""
        digest = md5(usedforsecurity=False)
        for spec in self.specs:
            digest.update(f"{spec.name}\0{spec.type.java_name}\0\0".encode())
        return digest.digest()

    def encode(self, version: int) -> bytes:
        """The specifications, without flags and count."""
        encoded = self._encoded.get(version)
        if encoded is None:
            encoded = self._encoded[version] = self._encode(version)
        return encoded

    def _encode(self, version: int) -> bytes:
        def table(spec: ColumnSpec) -> bytes:
            return string(spec.keyspace) + string(spec.table)

        shared = table(self.specs[0]) if self.share_table else b""
        return shared + b"".join(
            (b"" if self.share_table else table(spec))
            + string(spec.name)
            + typecodes.encode(spec.type, version)
            for spec in self.specs
        )

    def __len__(self) -> int:
        return len(self.specs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Columns) and self.specs == other.specs

    def __hash__(self) -> int:
        return hash(self.specs)

    def __repr__(self) -> str:
        return f"Columns({', '.join(f'{spec.keyspace}.{spec.table}.{spec.name} {spec.type}' for spec in self.specs)})"


@lru_cache(maxsize=4096)
def columns_of(metadata: Metadata) -> Columns:
    """The columns of a result of the engine, the same object for the same `Metadata`."""
    return Columns(metadata.columns)


NO_RESULT_ID: Final = md5(usedforsecurity=False).digest()
"""The metadata id of a statement that gives no rows."""


def decode(body: Reader, count: int, *, share_table: bool) -> Columns:
    """Specifications without flags and count."""
    shared = (body.string(), body.string()) if share_table else None

    def spec() -> ColumnSpec:
        keyspace, table = shared or (body.string(), body.string())
        return ColumnSpec(keyspace, table, body.string(), typecodes.decode(body))

    return Columns(spec() for _ in range(count))
