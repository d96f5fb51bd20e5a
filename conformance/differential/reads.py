"""SELECT, in every form that the shapes give occasion for."""

from conformance.differential import expressions, where
from conformance.differential.sketch import Sketch


def select(sketch: Sketch) -> str:
    """A read."""
    dice, table = sketch.dice, sketch.table
    clauses = [f"SELECT {_json(sketch)}{_selection(sketch)} FROM {_source(sketch)}"]
    if relations := where.rows(sketch):
        clauses.append(f"WHERE {' AND '.join(relations)}")
    if dice.chance(8):
        clauses.append(f"GROUP BY {', '.join(_grouped(sketch))}")
    if nearest := _nearest(sketch):
        return " ".join((*clauses, *nearest))
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


def _nearest(sketch: Sketch) -> list[str]:
    """The clauses of a search for the nearest vectors: all of them, since at one distance which come first is open."""
    dice = sketch.dice
    vectors = [column for column in sketch.table.values if column.type.is_float_vector]
    if not vectors or not dice.chance(25):
        return []
    column = dice.pick(vectors)
    name = sketch.name(column) if dice.chance(95) else dice.pick(sketch.table.columns).name
    order = f"ORDER BY {name} ANN OF {sketch.term(column.type)}"
    if sketch.slips(10):
        order += dice.pick((" DESC", " ASC", ", k1 ASC"))
    limit = f"LIMIT {sketch.number(50)}" if not sketch.slips(10) else dice.pick(("", "LIMIT 1001"))
    return [order, limit, *(["ALLOW FILTERING"] if dice.chance(30) else [])]


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
    text = expressions.expression(sketch, dice.pick(sketch.table.columns))
    return f"{text} AS {dice.pick(('x', 'k1', 'v1'))}" if dice.chance(15) else text


def _grouped(sketch: Sketch) -> list[str]:
    columns = [column.name for column in sketch.table.key]
    if sketch.slips(15):
        return [column.name for column in sketch.dice.some(sketch.table.columns)]
    taken = columns[: sketch.dice.number(1, len(columns))]
    if sketch.table.key[len(taken) - 1].type.name in ("timestamp", "date", "time") and sketch.dice.chance(50):
        taken[-1] = f"floor({taken[-1]}, {sketch.dice.pick(('1h', '2d', '1mo'))})"
    return taken


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
