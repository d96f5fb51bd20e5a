"""Random tables of a few shapes. A round of the machine makes one of each and tells all its cases with them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from conformance.differential.dice import Dice

Role: TypeAlias = Literal["partition", "clustering", "static", "regular"]

NATIVE = (
    *(
        "int",
        "text",
        "bigint",
        "boolean",
        "double",
        "timestamp",
        "uuid",
        "decimal",
        "varint",
        "blob",
        "float",
        "smallint",
    ),
    *("tinyint", "ascii", "date", "time", "inet", "timeuuid", "duration"),
)
_KEYED = tuple(name for name in NATIVE if name != "duration")
_NUMERIC = frozenset(
    ("int", "bigint", "double", "decimal", "varint", "float", "smallint", "tinyint", "counter")
)


@dataclass(frozen=True, slots=True)
class Type:
    """A CQL type. `fields` are the names of a user type's fields."""

    name: str
    of: tuple["Type", ...] = ()
    fields: tuple[str, ...] = ()
    frozen: bool = False

    def __str__(self) -> str:
        inside = "" if self.fields or not self.of else f"<{', '.join(map(str, self.of))}>"
        return f"frozen<{self.name}{inside}>" if self.frozen else f"{self.name}{inside}"

    @property
    def is_collection(self) -> bool:
        return self.name in ("list", "set", "map")

    @property
    def is_numeric(self) -> bool:
        return self.name in _NUMERIC

    @property
    def is_multicell(self) -> bool:
        """Whether each element is a cell of its own."""
        return not self.frozen and (self.is_collection or bool(self.fields))

    def thawed(self) -> "Type":
        return Type(self.name, self.of, self.fields)


INT, TEXT, COUNTER = Type("int"), Type("text"), Type("counter")
VECTOR = Type("vector<float, 2>")
PAIR = Type("pair", (INT, TEXT), ("a", "b"))
NEST = Type(
    "nest", (Type("pair", PAIR.of, PAIR.fields, frozen=True), Type("set", (INT,), frozen=True)), ("p", "q")
)
USER_TYPES = (PAIR, NEST)


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `descending` is a clustering column's order."""

    name: str
    type: Type
    role: Role
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with what is made beside it; `indexes` are what stands in the parentheses of CREATE INDEX."""

    name: str
    columns: tuple[Column, ...]
    indexes: tuple[str, ...] = ()
    options: tuple[str, ...] = field(default=())

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

    def statements(self) -> Iterator[str]:
        """What creates it and its indexes."""
        static = {"static": " static"}
        columns = [f"{column.name} {column.type}{static.get(column.role, '')}" for column in self.columns]
        clustering = self.of("clustering")
        partition = ", ".join(column.name for column in self.of("partition"))
        key = ", ".join((f"({partition})", *(column.name for column in clustering)))
        order = ", ".join(f"{column.name} {'DESC' if column.descending else 'ASC'}" for column in clustering)
        options = [*([f"CLUSTERING ORDER BY ({order})"] if order else []), *self.options]
        made_with = f" WITH {' AND '.join(options)}" if options else ""
        yield f"CREATE TABLE {self.name} ({', '.join(columns)}, PRIMARY KEY ({key})){made_with}"
        for index in self.indexes:
            yield f"CREATE INDEX ON {self.name} ({index})"


def tables(dice: Dice) -> tuple[Table, ...]:
    """One table of each shape."""
    return tuple(shape(dice) for shape in _SHAPES)


def creation(made: tuple[Table, ...]) -> Iterator[str]:
    """All schema statements that the tables need."""
    for user_type in USER_TYPES:
        fields = ", ".join(
            f"{name} {kind}" for name, kind in zip(user_type.fields, user_type.of, strict=True)
        )
        yield f"CREATE TYPE {user_type.name} ({fields})"
    for table in made:
        yield from table.statements()


def _native(dice: Dice, names: Sequence[str] = NATIVE) -> Type:
    return Type(dice.pick(names))


def _key(dice: Dice, name: str, role: Role) -> Column:
    kind = INT if dice.chance(40) else _native(dice, _KEYED)
    if dice.chance(8):
        kind = dice.pick((_frozen(Type("list", (INT,))), _frozen(Type("tuple", (INT, TEXT))), _frozen(PAIR)))
    return Column(name, kind, role, descending=role == "clustering" and dice.chance(40))


def _clustering(dice: Dice, least: int, most: int) -> list[Column]:
    return [_key(dice, f"c{number}", "clustering") for number in range(1, dice.number(least, most) + 1)]


def _frozen(kind: Type) -> Type:
    return Type(kind.name, kind.of, kind.fields, frozen=kind.name != "tuple")


def _collection(dice: Dice) -> Type:
    element = dice.weighted(
        (6, _native(dice, _KEYED)), (1, _frozen(PAIR)), (1, _frozen(Type("list", (INT,))))
    )
    key = _native(dice, _KEYED)
    made = dice.pick((Type("list", (element,)), Type("set", (element,)), Type("map", (key, element))))
    return _frozen(made) if dice.chance(25) else made


def _structure(dice: Dice) -> Type:
    parts = (_native(dice), _native(dice))
    return dice.pick((Type("tuple", parts), PAIR, _frozen(PAIR), NEST, VECTOR))


def _values(dice: Dice, kinds: list[Type], role: Role = "regular", prefix: str = "v") -> list[Column]:
    return [Column(f"{prefix}{number}", kind, role) for number, kind in enumerate(kinds, 1)]


def _plain(dice: Dice) -> Table:
    """One key column, every native type among the values."""
    kinds = [Type(name) for name in NATIVE] if dice.chance(30) else [_native(dice) for _ in range(4)]
    options = ("default_time_to_live = 20",) if dice.chance(25) else ()
    return Table("plain", (_key(dice, "k1", "partition"), *_values(dice, kinds)), options=options)


def _wide(dice: Dice) -> Table:
    """Partitions of rows in mixed orders, statics beside them."""
    columns = [
        _key(dice, "k1", "partition"),
        *_clustering(dice, 1, 3),
        *_values(
            dice, [INT if dice.chance(50) else _native(dice) for _ in range(dice.number(1, 2))], "static", "s"
        ),
        *_values(dice, [INT if dice.chance(50) else _native(dice) for _ in range(dice.number(1, 3))]),
    ]
    return Table("wide", tuple(columns))


def _composite(dice: Dice) -> Table:
    """A partition key of several columns."""
    partition = [_key(dice, f"k{number}", "partition") for number in range(1, dice.number(2, 3) + 1)]
    return Table("composite", (*partition, *_clustering(dice, 0, 2), *_values(dice, [INT, _native(dice)])))


def _nested(dice: Dice) -> Table:
    """Collections, tuples and user types, frozen and not."""
    kinds = [
        Type("list", (INT,)),
        Type("map", (TEXT, INT)),
        _collection(dice),
        _collection(dice),
        _structure(dice),
        PAIR,
    ]
    statics = _values(dice, [_collection(dice)], "static", "s")
    return Table(
        "nested", (_key(dice, "k1", "partition"), *_clustering(dice, 1, 1), *statics, *_values(dice, kinds))
    )


def _counters(dice: Dice) -> Table:
    """A counter table."""
    statics = _values(dice, [COUNTER], "static", "s") if dice.chance(50) else []
    columns = (
        _key(dice, "k1", "partition"),
        *_clustering(dice, 1, 2),
        *statics,
        *_values(dice, [COUNTER, COUNTER]),
    )
    return Table("counters", columns)


def _indexed(dice: Dice) -> Table:
    """Secondary indexes on values, collections, a static and key columns."""
    columns = (
        _key(dice, "k1", "partition"),
        _key(dice, "k2", "partition"),
        *_clustering(dice, 1, 2),
        Column("s1", INT, "static"),
        Column("v1", INT, "regular"),
        Column("v2", _native(dice, _KEYED), "regular"),
        Column("v3", Type("set", (INT,)), "regular"),
        Column("v4", Type("map", (TEXT, INT)), "regular"),
        Column("v5", Type("list", (INT,), frozen=True), "regular"),
    )
    indexes = [
        "v1",
        "v2",
        "s1",
        dice.pick(("v3", "values(v3)")),
        dice.pick(("keys(v4)", "entries(v4)", "values(v4)")),
    ]
    indexes += [option for option in ("full(v5)", "k2", "c1") if dice.chance(50)]
    return Table("indexed", columns, tuple(indexes))


_SHAPES: tuple[Callable[[Dice], Table], ...] = (_wide, _plain, _composite, _nested, _counters, _indexed)
