"""What a table is to the machine, and the statements that make it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

Role: TypeAlias = Literal["partition", "clustering", "static", "regular"]

_NUMERIC = frozenset(
    ("int", "bigint", "double", "decimal", "varint", "float", "smallint", "tinyint", "counter")
)


@dataclass(frozen=True, slots=True)
class Type:
    """A CQL type. `fields` are the names of a user type's fields, `size` is a vector's."""

    name: str
    of: tuple["Type", ...] = ()
    fields: tuple[str, ...] = ()
    frozen: bool = False
    size: int = 0

    def __str__(self) -> str:
        parts = [str(part) for part in self.of] + ([str(self.size)] if self.size else [])
        inside = "" if self.fields or not parts else f"<{', '.join(parts)}>"
        return f"frozen<{self.name}{inside}>" if self.frozen else f"{self.name}{inside}"

    @property
    def is_collection(self) -> bool:
        return self.name in ("list", "set", "map")

    @property
    def is_numeric(self) -> bool:
        return self.name in _NUMERIC

    @property
    def is_text(self) -> bool:
        return self.name in ("text", "ascii")

    @property
    def is_float_vector(self) -> bool:
        """Whether nearness is told of it."""
        return self.name == "vector" and self.of == (FLOAT,)

    @property
    def is_multicell(self) -> bool:
        """Whether each element is a cell of its own."""
        return not self.frozen and (self.is_collection or bool(self.fields))

    def thawed(self) -> "Type":
        return Type(self.name, self.of, self.fields)


INT, TEXT, FLOAT, COUNTER = Type("int"), Type("text"), Type("float"), Type("counter")
VECTOR = Type("vector", (FLOAT,), size=2)
PAIR = Type("pair", (INT, TEXT), ("a", "b"))
NEST = Type(
    "nest", (Type("pair", PAIR.of, PAIR.fields, frozen=True), Type("set", (INT,), frozen=True)), ("p", "q")
)
USER_TYPES = (PAIR, NEST)


def frozen(kind: Type) -> Type:
    """The type as one cell; tuples and vectors always are."""
    return Type(kind.name, kind.of, kind.fields, kind.name not in ("tuple", "vector"), kind.size)


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `descending` is a clustering column's order."""

    name: str
    type: Type
    role: Role
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with what is made beside it.

    `indexes` are what stands behind `CREATE INDEX ON t`; `views` are read as tables are, and made as `defined` says.
    """

    name: str
    columns: tuple[Column, ...]
    indexes: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    views: tuple["Table", ...] = ()
    defined: str = ""

    def of(self, *roles: Role) -> tuple[Column, ...]:
        """The columns of these roles, in order of definition."""
        return tuple(column for column in self.columns if column.role in roles)

    @property
    def key(self) -> tuple[Column, ...]:
        return self.of("partition", "clustering")

    @property
    def values(self) -> tuple[Column, ...]:
        return self.of("static", "regular")

    @property
    def counts(self) -> bool:
        """Whether it is a counter table."""
        return any(column.type is COUNTER for column in self.columns)

    @property
    def has_patterns(self) -> bool:
        """Whether LIKE has an index."""
        return any("SASIIndex" in index for index in self.indexes)

    @property
    def key_text(self) -> str:
        """What stands behind PRIMARY KEY."""
        partition = ", ".join(column.name for column in self.of("partition"))
        return f"({', '.join((f'({partition})', *(column.name for column in self.of('clustering'))))})"

    def statements(self) -> Iterator[str]:
        """What creates it, its indexes and its views."""
        if self.defined:
            yield f"CREATE MATERIALIZED VIEW {self.name} AS {self.defined} PRIMARY KEY {self.key_text}{self._options()}"
            return
        static = {"static": " static"}
        columns = [f"{column.name} {column.type}{static.get(column.role, '')}" for column in self.columns]
        yield f"CREATE TABLE {self.name} ({', '.join(columns)}, PRIMARY KEY {self.key_text}){self._options()}"
        for index in self.indexes:
            yield f"CREATE INDEX ON {self.name} {index}"
        for view in self.views:
            yield from view.statements()

    def _options(self) -> str:
        clustering = self.of("clustering")
        order = ", ".join(f"{column.name} {'DESC' if column.descending else 'ASC'}" for column in clustering)
        options = [*([f"CLUSTERING ORDER BY ({order})"] if order else []), *self.options]
        return f" WITH {' AND '.join(options)}" if options else ""


def creation(made: tuple[Table, ...]) -> Iterator[str]:
    """All schema statements that the tables need."""
    for user_type in USER_TYPES:
        fields = ", ".join(
            f"{name} {kind}" for name, kind in zip(user_type.fields, user_type.of, strict=True)
        )
        yield f"CREATE TYPE {user_type.name} ({fields})"
    for table in made:
        yield from table.statements()
