"""WHERE clauses: of one row, of some rows, of any rows."""

from collections.abc import Sequence

from conformance.differential.schema import INT, Column
from conformance.differential.sketch import Sketch

_SLICES = (">", ">=", "<", "<=")
_PATTERNS = ("'a%'", "'%a'", "'%a%'", "'a'", "'%'", "''", "'B%'", "'a%b'", "1")


def one_row(sketch: Sketch, *, static: bool = False) -> tuple[str, str]:
    """The whole key, or the partition's alone, as a writer gives it; and the same as a probe for what is there."""
    columns = sketch.table.of("partition") if static else sketch.table.key
    texts = [sketch.key_text(column) for column in columns]
    relations = [
        f"{sketch.name(column)} {_operator(sketch)} {sketch.term(column.type) if sketch.slips(4) else sketch.marked(text)}"
        for column, text in zip(columns, texts, strict=True)
    ]
    probe = " AND ".join(f"{column.name} = {text}" for column, text in zip(columns, texts, strict=True))
    return " AND ".join(_disturbed(sketch, relations)), probe


def some_rows(sketch: Sketch) -> tuple[str, str]:
    """What DELETE and UPDATE take beside one row: several keys, and for DELETE a range; the probe reads the partitions."""
    relations = [
        _in(sketch, column) if sketch.dice.chance(20) else _equal(sketch, column)
        for column in sketch.table.of("partition")
    ]
    relations += clustering(sketch)
    return " AND ".join(_disturbed(sketch, relations)), ""


def rows(sketch: Sketch) -> list[str]:
    """Any restrictions that a SELECT may have, or may not."""
    dice = sketch.dice
    relations: list[str] = []
    match dice.weighted((60, "key"), (8, "token"), (22, "none"), (10, "part")):
        case "key":
            relations += [
                _in(sketch, column) if dice.chance(25) else _equal(sketch, column)
                for column in sketch.table.of("partition")
            ]
            relations += clustering(sketch)
        case "token":
            relations += _tokens(sketch)
        case "part":
            relations += [_any(sketch, column) for column in dice.some(sketch.table.key)]
        case _:
            pass
    if dice.chance(25):
        relations += [filtering(sketch, column) for column in _filtered(sketch, relations)]
    return _disturbed(sketch, relations)


def _filtered(sketch: Sketch, relations: list[str]) -> list[Column]:
    """A column or two that are no key."""
    # What was deleted from a static set or map is still found by CONTAINS, as long as the server keeps the tombstone.
    askable = [one for one in sketch.table.values if one.role != "static" or not one.type.is_multicell]
    columns = sketch.dice.some(askable, 1, 2)
    if sketch.table.indexes and len(relations) > len(sketch.table.of("partition")):
        # By a static column's index no row is found that a clustering column restricts, and by another's one is;
        # which of several the server takes is a matter of its estimates.
        return [column for column in columns if column.role != "static"]
    return columns


def clustering(sketch: Sketch) -> list[str]:
    """A prefix of the clustering columns, perhaps ended by a slice."""
    columns = sketch.table.of("clustering")
    relations: list[str] = []
    for at, column in enumerate(columns):
        match sketch.dice.weighted((45, "="), (12, "in"), (18, "slice"), (8, "tuple"), (17, "end")):
            case "=":
                relations.append(_equal(sketch, column))
            case "in":
                relations.append(_in(sketch, column))
            case "slice":
                return [*relations, *_slice(sketch, column)]
            case "tuple":
                return [*relations, *_tuples(sketch, columns[at:])]
            case _:
                return relations
    return relations


def filtering(sketch: Sketch, column: Column) -> str:
    """A restriction on a column that is no key, in every operator that CQL knows."""
    dice, kind, name = sketch.dice, column.type, sketch.name(column)
    if kind.is_collection and dice.chance(80):
        if kind.name == "map" and dice.chance(60):
            if dice.chance(40):
                return f"{name} CONTAINS KEY {sketch.term(kind.of[0])}"
            return f"{name}[{sketch.term(kind.of[0])}] = {sketch.term(kind.of[1])}"
        return f"{name} CONTAINS {sketch.term(kind.of[-1])}"
    if kind.fields and kind.is_multicell and dice.chance(60):
        return f"{name}.{dice.pick(kind.fields)} = {sketch.term(kind.of[0])}"
    if kind.is_text and dice.chance(50 if sketch.table.has_patterns else 5):
        return f"{name} LIKE {sketch.marked(dice.pick(_PATTERNS))}"
    match dice.weighted((60, "="), (25, "slice"), (10, "in"), (5, "odd")):
        case "=":
            return f"{name} = {sketch.term(kind)}"
        case "slice":
            return f"{name} {dice.pick(_SLICES)} {sketch.term(kind)}"
        case "in":
            return f"{name} IN ({sketch.term(kind)}, {sketch.term(kind)})"
        case _:
            odd = (
                "!= {0}",
                "LIKE {0}",
                "CONTAINS {0}",
                "CONTAINS KEY {0}",
                "IS NOT NULL",
                "IN {0}",
                "NOT IN ({0})",
            )
            return f"{name} {dice.pick(odd).format(sketch.term(kind))}"


def _any(sketch: Sketch, column: Column) -> str:
    return sketch.dice.weighted((60, _equal), (15, _in), (15, filtering), (10, _one_slice))(sketch, column)


def _equal(sketch: Sketch, column: Column) -> str:
    return f"{sketch.name(column)} {_operator(sketch)} {sketch.key_term(column)}"


def _operator(sketch: Sketch) -> str:
    return sketch.dice.pick((">", "IN", "!=", "CONTAINS", "LIKE", "<")) if sketch.slips(4) else "="


def _in(sketch: Sketch, column: Column) -> str:
    if sketch.binding and sketch.dice.chance(20):
        sketch.binds.append(
            f"[{', '.join(sketch.key_text(column) for _ in range(sketch.dice.number(0, 3)))}]"
        )
        return f"{sketch.name(column)} IN ?"
    terms = ", ".join(sketch.key_term(column) for _ in range(sketch.dice.number(0, 3)))
    return f"{sketch.name(column)} IN ({terms})"


def _one_slice(sketch: Sketch, column: Column) -> str:
    return f"{sketch.name(column)} {sketch.dice.pick(_SLICES)} {sketch.key_term(column)}"


def _slice(sketch: Sketch, column: Column) -> list[str]:
    if sketch.dice.chance(50):
        return [_one_slice(sketch, column)]
    above, below = sketch.dice.pick(_SLICES[:2]), sketch.dice.pick(_SLICES[2:])
    return [
        f"{column.name} {above} {sketch.key_term(column)}",
        f"{column.name} {below} {sketch.key_term(column)}",
    ]


def _tuples(sketch: Sketch, columns: Sequence[Column]) -> list[str]:
    """`(c1, c2) > (1, 2)`, and what else can be said of several columns at once."""
    dice = sketch.dice
    taken = list(columns[: dice.number(1, len(columns))])
    if sketch.slips(10):
        taken = list(sketch.dice.some(sketch.table.columns))
    names = f"({', '.join(column.name for column in taken)})"

    def one() -> str:
        given = taken[: dice.number(1, len(taken))] if dice.chance(30) else taken
        return f"({', '.join(_tuple_term(sketch, column) for column in given)})"

    match dice.weighted((50, "slice"), (20, "="), (20, "in"), (10, "both")):
        case "slice":
            return [f"{names} {dice.pick(_SLICES)} {one()}"]
        case "=":
            return [f"{names} = {one()}"]
        case "in":
            return [f"{names} IN ({', '.join(one() for _ in range(dice.number(0, 2)))})"]
        case _:
            return [f"{names} {dice.pick(_SLICES[:2])} {one()}", f"{names} {dice.pick(_SLICES[2:])} {one()}"]


def _tuple_term(sketch: Sketch, column: Column) -> str:
    return sketch.key_term(column) if column.name in sketch.keys else sketch.term(column.type)


def _tokens(sketch: Sketch) -> list[str]:
    columns = list(sketch.table.of("partition"))
    if sketch.slips(15):
        columns = sketch.dice.some(sketch.table.key)
    names = ", ".join(column.name for column in columns)
    terms = ", ".join(sketch.key_term(column) for column in columns)
    limit = sketch.dice.weighted(
        (60, f"token({terms})"), (20, "0"), (10, "-9223372036854775808"), (10, sketch.term(INT))
    )
    return [f"token({names}) {sketch.dice.pick((*_SLICES, '='))} {limit}"]


def _disturbed(sketch: Sketch, relations: list[str]) -> list[str]:
    """The relations, one of them gone or twice there if the sketch slips; order never matters."""
    if relations and sketch.slips(10):
        relations = [*relations]
        relations.pop(sketch.dice.number(0, len(relations) - 1))
    if relations and sketch.slips(3):
        relations = [*relations, relations[0]]
    if len(relations) > 1 and not sketch.binds and sketch.dice.chance(10):
        relations = relations[::-1]
    return relations
