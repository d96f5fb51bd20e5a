"""SELECT, in every form that the shapes give occasion for."""

from conformance.differential import where
from conformance.differential.schema import INT, Column
from conformance.differential.sketch import Sketch

_AGGREGATES = ("count", "min", "max", "sum", "avg")
_CASTS = ("text", "int", "bigint", "double", "ascii", "date", "timestamp", "decimal", "varint", "smallint")
_FUNCTIONS = (
    "blob_as_int({0})", "to_json({0})", "to_date({0})", "to_timestamp({0})", "to_unix_timestamp({0})", "abs({0})",
    "round({0})", "exp({0})", "log10({0})", "int_as_blob({0})", "text_as_blob({0})", "mask_null({0})", "mask_default({0})",
    "mask_replace({0}, {0})", "collection_count({0})", "map_keys({0})", "map_values({0})", "collection_max({0})",
    "collection_sum({0})", "min_timeuuid({0})", "nosuch({0})", "system.nosuch({0})", "floor({0}, 1)", "toJson({0})", "token({0})",
)  # fmt: skip


def select(sketch: Sketch) -> str:
    """A read."""
    dice, table = sketch.dice, sketch.table
    clauses = [f"SELECT {_json(sketch)}{_selection(sketch)} FROM {_source(sketch)}"]
    if relations := where.rows(sketch):
        clauses.append(f"WHERE {' AND '.join(relations)}")
    if dice.chance(8):
        clauses.append(f"GROUP BY {', '.join(_grouped(sketch))}")
    if table.of("clustering") and dice.chance(15):
        clauses.append(f"ORDER BY {', '.join(_ordered(sketch))}")
    if dice.chance(10):
        clauses.append(f"PER PARTITION LIMIT {sketch.number(1, 2)}")
    if dice.chance(15):
        clauses.append(f"LIMIT {sketch.number(1, 2, 3, 10)}")
    filters = len(relations) > len(table.of("partition"))
    if dice.chance(50 if filters else 12):
        clauses.append("ALLOW FILTERING")
    return " ".join(clauses)


def state(sketch: Sketch) -> str:
    """A read of all there is, write times and TTLs with it."""
    columns = [column.name for column in sketch.table.columns]
    times = [
        f"{function}({column.name})"
        for column in sketch.table.values
        if not sketch.table.counts
        for function in ("writetime", "ttl")
    ]
    return f"SELECT {', '.join((*columns, *times))} FROM {sketch.table.name}"


def _source(sketch: Sketch) -> str:
    return (
        sketch.dice.pick(("nosuch", "system.nosuch", "nokeyspace.plain"))
        if sketch.slips(2)
        else sketch.table.name
    )


def _json(sketch: Sketch) -> str:
    return "JSON " if sketch.dice.chance(3) else ""


def _selection(sketch: Sketch) -> str:
    dice, table = sketch.dice, sketch.table
    match dice.weighted((38, "*"), (27, "columns"), (10, "count"), (5, "distinct"), (20, "selectors")):
        case "*":
            return "*"
        case "columns":
            return ", ".join(sketch.name(column) for column in dice.some(table.columns, 1, 4))
        case "count":
            return dice.pick(("COUNT(*)", "count(1)", "COUNT(*), COUNT(*) AS n"))
        case "distinct":
            columns = (*table.of("partition"), *(table.of("static") if dice.chance(40) else ()))
            if sketch.slips(20):
                columns = tuple(dice.some(table.columns))
            return f"DISTINCT {', '.join(column.name for column in columns)}"
        case _:
            return ", ".join(_selector(sketch) for _ in range(dice.number(1, 3)))


def _selector(sketch: Sketch) -> str:
    dice = sketch.dice
    text = _expression(sketch, dice.pick(sketch.table.columns))
    return f"{text} AS {dice.pick(('x', 'k1', 'v1'))}" if dice.chance(15) else text


def _expression(sketch: Sketch, column: Column) -> str:
    dice, name, kind = sketch.dice, sketch.name(column), column.type
    match dice.weighted(
        (20, "time"),
        (20, "aggregate"),
        (12, "cast"),
        (14, "function"),
        (10, "sum"),
        (8, "token"),
        (16, "part"),
    ):
        case "time":
            return f"{dice.pick(('writetime', 'ttl', 'maxwritetime', 'WRITETIME'))}({name})"
        case "aggregate":
            return f"{dice.pick(_AGGREGATES)}({name})"
        case "cast":
            return f"CAST({name} AS {dice.pick(_CASTS)})"
        case "function":
            return dice.pick(_FUNCTIONS).format(name)
        case "sum":
            other = sketch.term(kind) if dice.chance(60) else dice.pick(sketch.table.columns).name
            return f"{name} {dice.pick('+-*/%')} {other}" if dice.chance(85) else f"-{name}"
        case "token":
            columns = sketch.table.of("partition") if not sketch.slips(20) else dice.some(sketch.table.key)
            return f"token({', '.join(key.name for key in columns)})"
        case _:
            return _part(sketch, column, name)


def _part(sketch: Sketch, column: Column, name: str) -> str:
    """An element, a slice or a field."""
    dice, kind = sketch.dice, column.type
    if kind.fields:
        return f"{name}.{dice.pick(kind.fields)}"
    if kind.name in ("set", "map"):
        if dice.chance(70):
            return f"{name}[{sketch.term(kind.of[0])}]"
        return f"{name}[{sketch.term(kind.of[0])}..{sketch.term(kind.of[0])}]"
    if sketch.slips(20):
        return f"{name}[{sketch.term(INT)}]"
    return name


def _grouped(sketch: Sketch) -> list[str]:
    columns = [column.name for column in sketch.table.key]
    if sketch.slips(15):
        return [column.name for column in sketch.dice.some(sketch.table.columns)]
    return columns[: sketch.dice.number(1, len(columns))]


def _ordered(sketch: Sketch) -> list[str]:
    """The table's own order or its reverse, as far as the sketch does not slip."""
    columns = sketch.table.of("clustering")
    taken = columns[: sketch.dice.number(1, len(columns))]
    if sketch.slips(15):
        taken = tuple(sketch.dice.some(sketch.table.columns))
    reverse = sketch.dice.chance(50)
    return [
        f"{column.name} {'DESC' if (column.descending != reverse) is not sketch.slips(10) else 'ASC'}"
        for column in taken
    ]
