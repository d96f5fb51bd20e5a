"""Random tables of a few shapes. A round of the machine makes one of each and tells all its cases with them."""

from collections.abc import Callable, Sequence

from conformance.differential.dice import Dice
from conformance.differential.schema import (
    COUNTER,
    INT,
    NEST,
    PAIR,
    TEXT,
    VECTOR,
    Column,
    Role,
    Table,
    Type,
    frozen,
)

NATIVE = (
    "int", "text", "bigint", "boolean", "double", "timestamp", "uuid", "decimal", "varint", "blob", "float", "smallint",
    "tinyint", "ascii", "date", "time", "inet", "timeuuid", "duration",
)  # fmt: skip
_KEYED = tuple(name for name in NATIVE if name != "duration")
_SAI = tuple(name for name in _KEYED if name != "blob")
KEY_INDEXES = ("(k2)", "(c1)")
"""Legacy indexes on columns of the key."""
_SASI = "USING 'org.apache.cassandra.index.sasi.SASIIndex'"


def tables(dice: Dice) -> tuple[Table, ...]:
    """One table of each shape."""
    return tuple(shape(dice) for shape in _SHAPES)


def any_type(dice: Dice, depth: int = 2) -> Type:
    """A frozen type of any kind, nested that deep at most."""
    if depth == 0 or dice.chance(40):
        return _native(dice, _KEYED)
    inner = any_type(dice, depth - 1)
    return dice.pick(
        (
            frozen(Type("list", (inner,))),
            frozen(Type("set", (inner,))),
            frozen(Type("map", (_native(dice, _KEYED), inner))),
            Type("tuple", (inner, _native(dice))),
            Type("vector", (inner,), size=2),
            frozen(PAIR),
            frozen(NEST),
        )
    )


def _native(dice: Dice, names: Sequence[str] = NATIVE) -> Type:
    return Type(dice.pick(names))


def _key(dice: Dice, name: str, role: Role) -> Column:
    kind = INT if dice.chance(40) else _native(dice, _KEYED)
    if dice.chance(8):
        kind = dice.pick((frozen(Type("list", (INT,))), frozen(Type("tuple", (INT, TEXT))), frozen(PAIR)))
    return Column(name, kind, role, descending=role == "clustering" and dice.chance(40))


def _clustering(dice: Dice, least: int, most: int) -> list[Column]:
    return [_key(dice, f"c{number}", "clustering") for number in range(1, dice.number(least, most) + 1)]


def _collection(dice: Dice) -> Type:
    element = dice.weighted(
        (6, _native(dice, _KEYED)), (1, frozen(PAIR)), (1, frozen(Type("list", (INT,)))), (2, any_type(dice))
    )
    key = _native(dice, _KEYED)
    made = dice.pick((Type("list", (element,)), Type("set", (element,)), Type("map", (key, element))))
    return frozen(made) if dice.chance(25) else made


def _structure(dice: Dice) -> Type:
    parts = (_native(dice), _native(dice))
    return dice.pick((Type("tuple", parts), PAIR, frozen(PAIR), NEST, VECTOR, any_type(dice)))


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
        "(v1)",
        "(v2)",
        "(s1)",
        dice.pick(("(v3)", "(values(v3))")),
        dice.pick(("(keys(v4))", "(entries(v4))", "(values(v4))")),
    ]
    indexes += [option for option in ("(full(v5))", *KEY_INDEXES) if dice.chance(50)]
    return Table("indexed", columns, tuple(indexes))


def _attached(dice: Dice) -> Table:
    """Storage-attached indexes, one for nearness among them."""
    columns = (
        _key(dice, "k1", "partition"),
        *_clustering(dice, 1, 2),
        Column("v1", INT, "regular"),
        Column("v2", _native(dice, _SAI), "regular"),
        Column("v3", Type("set", (INT,)), "regular"),
        Column("v4", Type("map", (TEXT, INT)), "regular"),
        Column("v5", TEXT, "regular"),
        Column("v6", VECTOR, "regular"),
        Column("v7", INT, "regular"),
    )
    folding = {"case_sensitive": "false"} if dice.chance(50) else {}
    similarity = dice.pick(("cosine", "euclidean", "dot_product"))
    indexes = (
        _sai("(v1)"),
        _sai("(v2)"),
        _sai("(values(v3))"),
        _sai(dice.pick(("(keys(v4))", "(entries(v4))", "(values(v4))"))),
        _sai("(v5)", **folding),
        _sai("(v6)", similarity_function=similarity),
    )
    return Table("attached", columns, indexes)


def _patterned(dice: Dice) -> Table:
    """SASI indexes."""
    columns = (
        _key(dice, "k1", "partition"),
        Column("c1", INT, "clustering"),
        Column("v1", TEXT, "regular"),
        Column("v2", TEXT, "regular"),
        Column("v3", INT, "regular"),
        Column("v4", INT, "regular"),
    )
    return Table(
        "patterned",
        columns,
        (f"(v1) {_SASI}", f"(v2) {_SASI} WITH OPTIONS = {{'mode': 'CONTAINS'}}", f"(v3) {_SASI}"),
    )


def _viewed(dice: Dice) -> Table:
    """A table with two views: one in another order, one keyed by a value, perhaps with fewer rows or columns."""
    base = (
        _key(dice, "k1", "partition"),
        _key(dice, "c1", "clustering"),
        Column("v1", INT if dice.chance(60) else _native(dice, _KEYED), "regular"),
        Column("v2", INT, "regular"),
        Column("v3", Type("map", (TEXT, INT)) if dice.chance(40) else _native(dice), "regular"),
    )
    k1, c1, v1, *rest = base
    reordered = (_as(c1, "partition"), _as(k1, "clustering", descending=dice.chance(40)))
    keyed = (_as(v1, "partition"), _as(k1, "clustering"), _as(c1, "clustering"))
    selected = rest if dice.chance(70) else rest[:1]
    limited = f" AND {v1.name} > 0" if v1.type is INT and dice.chance(20) else ""
    views = (
        Table(
            "reordered",
            (*reordered, v1, *rest),
            defined="SELECT * FROM viewed WHERE k1 IS NOT NULL AND c1 IS NOT NULL",
        ),
        Table(
            "keyed",
            (*keyed, *selected),
            defined=f"SELECT {', '.join(column.name for column in (*keyed, *selected))} FROM viewed "
            f"WHERE k1 IS NOT NULL AND c1 IS NOT NULL AND v1 IS NOT NULL{limited}",
        ),
    )
    return Table("viewed", base, views=views)


def _compact(dice: Dice) -> Table:
    """WITH COMPACT STORAGE: values by name, or rows of one value, or of none."""
    if dice.chance(40):
        values = _values(dice, [_native(dice) for _ in range(dice.number(1, 3))])
        columns = (_key(dice, "k1", "partition"), *values)
    else:
        values = _values(dice, [INT if dice.chance(50) else any_type(dice)] if dice.chance(80) else [])
        columns = (_key(dice, "k1", "partition"), *_clustering(dice, 1, 3), *values)
    return Table("compact", columns, options=("COMPACT STORAGE",))


def _as(column: Column, role: Role, *, descending: bool = False) -> Column:
    return Column(column.name, column.type, role, descending)


def _sai(target: str, **options: str) -> str:
    given = ", ".join(f"'{name}': '{value}'" for name, value in options.items())
    return f"{target} USING 'sai'{f' WITH OPTIONS = {{{given}}}' if given else ''}"


_SHAPES: tuple[Callable[[Dice], Table], ...] = (
    *(_wide, _plain, _composite, _nested, _counters, _indexed),
    *(_attached, _patterned, _viewed, _compact),
)
