"""INSERT, UPDATE and DELETE, with and without conditions; each as a text and the probe for what it touches."""

from collections.abc import Sequence
from dataclasses import dataclass

from conformance.differential import jsontexts, where
from conformance.differential.schema import COUNTER, INT, Column
from conformance.differential.shapes import KEY_INDEXES
from conformance.differential.sketch import Sketch

# Ties are what reconciliation is about, so there are few of them; the last one is after anything the server's clock says.
_TIMESTAMPS = ("1", "2", "3", "4000000000000000")
_COMPARISONS = ("=", "=", "=", "!=", ">", ">=", "<", "<=")


@dataclass(frozen=True, slots=True)
class Write:
    """A modification; `probe` is the WHERE clause of the row it is about."""

    text: str
    probe: str
    conditional: bool = False


def insert(sketch: Sketch, *, conditions: bool = True, timestamps: bool = True) -> Write:
    """A row, or parts of one."""
    dice, table = sketch.dice, sketch.table
    key = list(table.key)
    if sketch.slips(8):
        key.pop(dice.number(0, len(key) - 1))
    elif table.of("static") and dice.chance(10):
        key = list(table.of("partition"))
    texts = {column.name: sketch.key_text(column) for column in key}
    columns = [*key, *dice.some(_settable(sketch, static_only=len(key) < len(table.key)), 0, 4)]
    if columns and sketch.slips(3):
        columns.append(dice.pick(columns))
    if dice.chance(10):
        return _insert_json(sketch, columns, texts, conditions=conditions, timestamps=timestamps)
    terms = [_inserted(sketch, column, texts) for column in columns]
    if terms and sketch.slips(3):
        terms.pop()
    names = ", ".join(sketch.name(column) for column in columns)
    conditional = conditions and dice.chance(12)
    text = f"INSERT INTO {_target(sketch)} ({names}) VALUES ({', '.join(terms)})"
    using = _using(sketch, timestamps=timestamps and not conditional)
    probe = " AND ".join(f"{name} = {key_text}" for name, key_text in texts.items())
    return Write(f"{text}{' IF NOT EXISTS' if conditional else ''}{using}", probe, conditional)


def _insert_json(
    sketch: Sketch, columns: Sequence[Column], texts: dict[str, str], *, conditions: bool, timestamps: bool
) -> Write:
    """The row as a JSON object."""
    dice = sketch.dice
    given = [
        (column, jsontexts.spelt(texts[column.name], column.type) if column.name in texts else "")
        for column in columns
    ]
    row = jsontexts.row(
        dice,
        [
            (column, text or jsontexts.document(dice, column.type, slips=sketch.slips(10)))
            for column, text in given
        ],
    )
    if sketch.slips(5):
        row = dice.pick(("'null'", "'[]'", "''", "null", "1", "'{'", "'{\"k1\"}'"))
    conditional = conditions and dice.chance(12)
    text = f"INSERT INTO {_target(sketch)} JSON {sketch.marked(row)}{dice.pick(('', ' DEFAULT UNSET', ' DEFAULT NULL'))}"
    using = _using(sketch, timestamps=timestamps and not conditional)
    probe = " AND ".join(f"{name} = {key_text}" for name, key_text in texts.items())
    return Write(f"{text}{' IF NOT EXISTS' if conditional else ''}{using}", probe, conditional)


def update(sketch: Sketch, *, conditions: bool = True, timestamps: bool = True) -> Write:
    """Some columns of one row, or of several."""
    dice = sketch.dice
    columns = _settable(sketch, static_only=dice.chance(10))
    conditional = conditions and dice.chance(20)
    using = _using(sketch, timestamps=timestamps and not conditional)
    chosen = dice.some(columns, 1, 3)
    if sketch.slips(4):
        chosen.append(dice.pick(sketch.table.columns))
    assignments = ", ".join(_assignment(sketch, column) for column in chosen)
    static = all(column.role == "static" for column in chosen)
    clause, probe = (
        where.some_rows(sketch)
        if dice.chance(6)
        else where.one_row(sketch, static=static and dice.chance(80))
    )
    text = f"UPDATE {_target(sketch)}{using} SET {assignments} WHERE {clause}"
    return Write(f"{text}{_conditions(sketch) if conditional else ''}", probe, conditional)


def delete(sketch: Sketch, *, conditions: bool = True, timestamps: bool = True) -> Write:
    """Rows, ranges of rows, columns, elements."""
    dice = sketch.dice
    conditional = conditions and dice.chance(15)
    # A deleted counter may come back under a deleted row, from what the server's cache of counters has kept.
    names_columns = dice.chance(45) and not sketch.table.counts
    chosen = dice.some(_settable(sketch), 1, 2) if names_columns else []
    targets = ", ".join(_deleted(sketch, column) for column in chosen)
    using = _using(sketch, timestamps=timestamps and not conditional, ttl=sketch.slips(3))
    static = bool(chosen) and all(column.role == "static" for column in chosen)
    wide = not chosen and dice.chance(40)
    clause, probe = (
        where.some_rows(sketch) if wide else where.one_row(sketch, static=static and dice.chance(80))
    )
    text = f"DELETE {targets}{' ' if targets else ''}FROM {_target(sketch)}{using} WHERE {clause}"
    return Write(f"{text}{_conditions(sketch) if conditional else ''}", probe, conditional)


def _target(sketch: Sketch) -> str:
    if sketch.slips(2):
        views = [view.name for view in sketch.table.views]
        return sketch.dice.pick(("nosuch", "system.nosuch", "nokeyspace.plain", *views, *views))
    # Messages that count characters would differ by the length of the keyspace's real name.
    return f"ks.{sketch.table.name}" if not sketch.faulty and sketch.dice.chance(5) else sketch.table.name


def _settable(sketch: Sketch, *, static_only: bool = False) -> Sequence[Column]:
    columns = sketch.table.values
    return [column for column in columns if column.role == "static"] or columns if static_only else columns


def _inserted(sketch: Sketch, column: Column, texts: dict[str, str]) -> str:
    if column.name not in texts:
        return sketch.value(column.type)
    return sketch.term(column.type) if sketch.slips(4) else sketch.marked(texts[column.name])


def _using(sketch: Sketch, *, timestamps: bool, ttl: bool = True) -> str:
    """USING, with what the statement may have, or by mistake with what it may not."""
    if sketch.table.counts and not sketch.slips():
        return ""
    parts = []
    if (timestamps or sketch.slips()) and sketch.dice.chance(45):
        text = sketch.number(1) if sketch.slips(5) else sketch.marked(sketch.dice.pick(_TIMESTAMPS))
        parts.append(f"TIMESTAMP {text}")
    # What expires from an index on a column of the key does so by the server's own clock, behind which ours may be far ahead.
    expires_alone = any(index in KEY_INDEXES for index in sketch.table.indexes)
    if ttl and not expires_alone and sketch.dice.chance(15):
        parts.append(f"TTL {sketch.number(20, 30, 100, 0)}")
    return f" USING {' AND '.join(parts)}" if parts else ""


def _assignment(sketch: Sketch, column: Column) -> str:
    """One part of SET, in all the forms that the column's type has."""
    dice, kind, name = sketch.dice, column.type, sketch.name(column)
    if kind is COUNTER:
        if sketch.slips(10):
            return f"{name} = {sketch.term(kind)}"
        return (
            f"{name} {dice.pick(('+=', '-='))} {sketch.term(kind)}"
            if dice.chance(30)
            else f"{name} = {name} {dice.pick('+-')} {sketch.term(kind)}"
        )
    if kind.is_collection and (kind.is_multicell or sketch.slips(20)) and dice.chance(70):
        return _collection_assignment(sketch, column, name)
    if kind.fields and kind.is_multicell and dice.chance(50):
        at = dice.number(0, len(kind.fields) - 1)
        return f"{name}.{'z' if sketch.slips() else kind.fields[at]} = {sketch.value(kind.of[at])}"
    if sketch.slips():
        return f"{name} = {name} + {sketch.term(kind)}"
    return f"{name} = {sketch.value(kind)}"


def _collection_assignment(sketch: Sketch, column: Column, name: str) -> str:
    dice, kind = sketch.dice, column.type
    element = dice.weighted((30, "add"), (25, "remove"), (30, "element"), (15, "first"))
    match element:
        case "add":
            return (
                f"{name} += {sketch.value(kind)}"
                if dice.chance(30)
                else f"{name} = {name} + {sketch.value(kind)}"
            )
        case "remove":
            other = kind if kind.name != "map" else kind.thawed()
            what = sketch.value(type(kind)("set", other.of[:1])) if kind.name == "map" else sketch.value(kind)
            return f"{name} = {name} - {what}"
        case "first":
            return f"{name} = {sketch.value(kind)} + {name}"
        case _:
            return f"{name}[{_subscript(sketch, column)}] = {sketch.value(kind.of[-1])}"


def _subscript(sketch: Sketch, column: Column) -> str:
    kind = column.type
    if kind.name == "list":
        return (
            sketch.marked(sketch.dice.pick(("0", "1", "0", "3", "-1")))
            if not sketch.slips()
            else sketch.term(INT)
        )
    return sketch.term(kind.of[0])


def _deleted(sketch: Sketch, column: Column) -> str:
    kind, name = column.type, sketch.name(column)
    if kind.is_collection and sketch.dice.chance(60):
        return f"{name}[{_subscript(sketch, column)}]"
    if kind.fields and sketch.dice.chance(50):
        return f"{name}.{'z' if sketch.slips() else sketch.dice.pick(kind.fields)}"
    return name


def _conditions(sketch: Sketch) -> str:
    """IF: EXISTS, or one condition; two only rarely, since which of several invalid ones is reported is open."""
    dice = sketch.dice
    if dice.chance(30):
        return " IF NOT EXISTS" if sketch.slips() else " IF EXISTS"
    # A table of keys alone has no others.
    usual = sketch.table.values or sketch.table.columns
    column = dice.pick(sketch.table.columns if sketch.slips(5) else usual)
    conditions = [_condition(sketch, column)]
    if not sketch.faulty and dice.chance(15):
        conditions.append(_condition(sketch, dice.pick(usual)))
    return f" IF {' AND '.join(conditions)}"


def _condition(sketch: Sketch, column: Column) -> str:
    dice, kind, name = sketch.dice, column.type, sketch.name(column)
    if kind.is_collection and dice.chance(50):
        return f"{name}[{_subscript(sketch, column)}] {dice.pick(_COMPARISONS)} {sketch.value(kind.of[-1])}"
    if kind.fields and dice.chance(50):
        at = dice.number(0, len(kind.fields) - 1)
        return f"{name}.{kind.fields[at]} {dice.pick(_COMPARISONS)} {sketch.value(kind.of[at])}"
    if dice.chance(12):
        terms = ", ".join(sketch.value(kind) for _ in range(dice.number(0, 3)))
        return f"{name} IN ({terms})"
    return f"{name} {dice.pick(_COMPARISONS)} {sketch.value(kind)}"
