"""Schema statements around one table: what is made, altered and dropped, mostly with something wrong; and what the schema says then.

What they make has names of its own, tables and views apart: a server breaks at a table that is called as a view is.
"""

from collections.abc import Callable
from itertools import chain

from conformance.differential.shapes import any_type
from conformance.differential.sketch import Sketch

_TABLES, _VIEWS, _TYPES, _INDEXES = ("d1", "d2"), ("mv1", "mv2"), ("u1", "u2"), ("i1", "i2")
_OPTIONS = (
    "comment = 'x'", "gc_grace_seconds = 100", "default_time_to_live = 10", "bloom_filter_fp_chance = 0.1", "crc_check_chance = 0.5",
    "caching = {'keys': 'NONE'}", "compression = {'enabled': 'false'}", "compaction = {'class': 'LeveledCompactionStrategy'}",
    "speculative_retry = '90p'", "read_repair = 'NONE'", "min_index_interval = 256", "cdc = false", "memtable = 'default'",
    "incremental_backups = false", "additional_write_policy = '50ms'",
)  # fmt: skip
_BAD_OPTIONS = (
    "nosuch = 1", "comment = 1", "gc_grace_seconds = -1", "gc_grace_seconds = 'x'", "default_time_to_live = 630720001",
    "bloom_filter_fp_chance = 0", "crc_check_chance = 2", "caching = {'keys': 'SOME'}", "caching = 'x'", "compression = {'class': 'Nope'}",
    "compression = {'class': 'LZ4Compressor', 'chunk_length_in_kb': '3'}", "compaction = {'class': 'Nope'}", "compaction = {}",
    "compaction = {'class': 'SizeTieredCompactionStrategy', 'min_threshold': '1'}", "speculative_retry = '101p'", "read_repair = 'SOME'",
    "min_index_interval = 4096", "max_index_interval = 1", "memtable = 'nosuch'", "CLUSTERING ORDER BY (nosuch ASC)", "id = 'x'",
    "memtable_flush_period_in_ms = -1", "comment = 'a' AND comment = 'b'",
)  # fmt: skip
_BAD_KEY_TYPES = ("list<int>", "counter", "duration", "pair", "nosuch", "frozen<map<int, duration>>")
_BAD_TYPES = (
    "nosuch", "list<int, int>", "map<int>", "frozen<int>", "list<list<int>>", "vector<int, 0>", "tuple<>", "set<counter>",
    "ks.u1", "set<duration>", "vector<pair, 2>", "frozen<frozen<pair>>", "map<pair, int>",
)  # fmt: skip
_DESCRIBED = (
    "TYPE u1",
    "TYPES",
    "TABLES",
    "TYPE pair",
    "MATERIALIZED VIEW mv1",
    "INDEX i1",
    "TYPE nosuch",
    "FUNCTIONS",
)
_DROPPED: tuple[tuple[str, tuple[str, ...]], ...] = (
    *(("TABLE", _TABLES), ("TYPE", _TYPES), ("INDEX", _INDEXES), ("MATERIALIZED VIEW", _VIEWS)),
    ("TYPE", ("pair", "nest")),
)
_INDEX_OPTIONS = (
    "{'case_sensitive': 'false'}", "{'nosuch': '1'}", "{'similarity_function': 'euclidean'}", "{}", "{'mode': 'x'}",
)  # fmt: skip
_SCHEMA = (
    "tables WHERE keyspace_name = 'ks'",
    "columns WHERE keyspace_name = 'ks'",
    "indexes WHERE keyspace_name = 'ks'",
    "types WHERE keyspace_name = 'ks'",
)
_TABLE_COLUMNS = (
    "table_name, bloom_filter_fp_chance, caching, cdc, comment, compaction, compression, crc_check_chance, default_time_to_live, "
    "flags, gc_grace_seconds, max_index_interval, memtable, min_index_interval, read_repair, speculative_retry"
)


def definition(sketch: Sketch) -> str:
    """A statement about the table, or about what others have made."""
    return sketch.dice.weighted(*_STATEMENTS)(sketch)


def look(sketch: Sketch) -> str:
    """A question what there is."""
    dice = sketch.dice
    what = dice.pick((*_SCHEMA, "table", "table", "describe", "describe", "describe type"))
    match what:
        case "table":
            return f"SELECT * FROM {dice.pick((sketch.table.name, *_TABLES, *_VIEWS))}"
        case "describe":
            name = dice.pick((sketch.table.name, *_TABLES))
            return f"DESCRIBE {dice.pick(('TABLE', 'TABLE', 'MATERIALIZED VIEW', 'INDEX', ''))} {name}"
        case "describe type":
            return f"DESCRIBE {dice.pick(_DESCRIBED)}"
        case _:
            columns = _TABLE_COLUMNS if what.startswith("tables") else "*"
            return f"SELECT {columns} FROM system_schema.{what}"


def _create_table(sketch: Sketch) -> str:
    dice = sketch.dice
    keys = ["a", *"bc"[: dice.number(0, 2)]]
    columns = [f"{name} {_key_type(sketch)}" for name in keys]
    columns += [f"{name} {_type(sketch)}" for name in "vwx"[: dice.number(0, 3)]]
    if dice.chance(20):
        columns[dice.number(0, len(columns) - 1)] += " static"
    if sketch.slips(20):
        columns.append(dice.pick(columns))
    if sketch.slips(20):
        keys = dice.some((*keys, "v", "nosuch", keys[0]))
    together = f"({', '.join(keys[:2])})"
    key = dice.weighted(
        (80, f", PRIMARY KEY ({', '.join(keys)})"),
        (15, f", PRIMARY KEY ({', '.join((together, *keys[2:]))})"),
        (5, ""),
    )
    exists = "IF NOT EXISTS " if dice.chance(15) else ""
    return f"CREATE TABLE {exists}{dice.pick(_TABLES)} ({', '.join(columns)}{key}){_with(sketch)}"


def _key_type(sketch: Sketch) -> str:
    return sketch.dice.pick(_BAD_KEY_TYPES) if sketch.slips(8) else str(any_type(sketch.dice, 1))


def _type(sketch: Sketch) -> str:
    dice = sketch.dice
    if sketch.slips(10):
        return dice.pick(_BAD_TYPES)
    return dice.weighted(
        (40, str(any_type(dice))),
        (20, f"{dice.pick(('list', 'set'))}<{any_type(dice, 1)}>"),
        (10, f"map<text, {any_type(dice, 1)}>"),
        (10, "pair"),
        (5, "counter"),
        (10, "frozen<u1>"),
        (5, "u2"),
    )


def _with(sketch: Sketch) -> str:
    dice = sketch.dice
    if not dice.chance(35):
        return ""
    options = dice.some(_OPTIONS, 1, 2)
    if sketch.slips(50):
        options.append(dice.pick(_BAD_OPTIONS))
    return f" WITH {' AND '.join(options)}"


def _table(sketch: Sketch) -> str:
    if sketch.slips(8):
        return sketch.dice.pick(("nosuch", *_VIEWS, "nokeyspace.d1", "system.local"))
    return sketch.dice.pick((sketch.table.name, sketch.table.name, *_TABLES))


def _column(sketch: Sketch) -> str:
    return sketch.dice.pick((*(column.name for column in sketch.table.columns), *"abcvwx", "nosuch"))


def _alter_table(sketch: Sketch) -> str:
    dice = sketch.dice
    made = _column(sketch)
    match dice.weighted((30, "add"), (25, "drop"), (15, "rename"), (25, "with"), (5, "type")):
        case "add":
            exists = "IF NOT EXISTS " if dice.chance(15) else ""
            static = " static" if dice.chance(15) else ""
            added = f"{exists}{dice.pick((made, 'n1', 'n2'))} {_type(sketch)}{static}"
            change = f"ADD ({added}, n3 int)" if dice.chance(15) else f"ADD {added}"
        case "drop":
            exists = "IF EXISTS " if dice.chance(15) else ""
            change = f"DROP {exists}{made}" if dice.chance(80) else f"DROP ({made}, {_column(sketch)})"
        case "rename":
            change = f"RENAME {made} TO {dice.pick(('n1', 'n4', made, _column(sketch)))}"
        case "with":
            options = dice.some(_OPTIONS, 1, 2) if not sketch.slips(60) else [dice.pick(_BAD_OPTIONS)]
            change = f"WITH {' AND '.join(options)}"
        case _:
            change = f"ALTER {made} TYPE {_type(sketch)}"
    return f"ALTER TABLE {'IF EXISTS ' if dice.chance(10) else ''}{_table(sketch)} {change}"


def _create_type(sketch: Sketch) -> str:
    dice = sketch.dice
    names = list("fgh"[: dice.number(1, 3)])
    if sketch.slips(20):
        names.append("f")
    fields = ", ".join(f"{name} {_type(sketch)}" for name in names)
    return f"CREATE TYPE {'IF NOT EXISTS ' if dice.chance(15) else ''}{dice.pick(_TYPES)} ({fields})"


def _alter_type(sketch: Sketch) -> str:
    dice = sketch.dice
    change = dice.pick(
        (
            f"ADD {dice.pick('fgij')} {_type(sketch)}",
            f"RENAME {dice.pick('fgij')} TO {dice.pick('fgxy')}",
            f"ALTER f TYPE {_type(sketch)}",
        )
    )
    return f"ALTER TYPE {'IF EXISTS ' if dice.chance(10) else ''}{dice.pick((*_TYPES, 'pair', 'nosuch'))} {change}"


def _create_index(sketch: Sketch) -> str:
    dice = sketch.dice
    column = _column(sketch)
    target = dice.weighted(
        (60, column), (40, f"{dice.pick(('keys', 'values', 'entries', 'full'))}({column})")
    )
    if sketch.slips(8):
        target += f", {_column(sketch)}"
    using = dice.weighted(
        (60, ""), (30, " USING 'sai'"), (5, " USING 'nosuch'"), (5, " USING 'legacy_local_table'")
    )
    given = f" WITH OPTIONS = {dice.pick(_INDEX_OPTIONS)}" if dice.chance(15) else ""
    name = f"{dice.pick(_INDEXES)} " if dice.chance(40) else ""
    kind = "CUSTOM INDEX" if sketch.slips(10) else "INDEX"
    return f"CREATE {kind} {'IF NOT EXISTS ' if dice.chance(15) else ''}{name}ON {_table(sketch)} ({target}){using}{given}"


def _create_view(sketch: Sketch) -> str:
    dice, table = sketch.dice, sketch.table
    key = [column.name for column in table.key]
    first = dice.pick(table.columns).name
    order = list(dict.fromkeys((first, *key)))
    if sketch.slips(15):
        order = dice.some((*order, "nosuch", key[0]))
    where = [f"{name} IS NOT NULL" for name in order]
    if sketch.slips(20):
        where.pop(dice.number(0, len(where) - 1))
    if dice.chance(10):
        term = dice.pick(("= 1", "> 1", "IN (1, 2)", "= null", "> ?", "= 'a'"))
        where.append(f"{dice.pick(table.columns).name} {term}")
    selected = "*" if dice.chance(60) else ", ".join(dict.fromkeys((*order, dice.pick(table.columns).name)))
    # A view's hidden column of a compact table without values makes the server fail at dropping it.
    is_bare = "COMPACT STORAGE" in table.options and not table.values
    source = dice.pick(("nosuch", "mv1", "d1")) if is_bare or sketch.slips(8) else table.name
    exists = "IF NOT EXISTS " if dice.chance(15) else ""
    return (
        f"CREATE MATERIALIZED VIEW {exists}{dice.pick(_VIEWS)} AS SELECT {selected} FROM {source} WHERE {' AND '.join(where)} "
        f"PRIMARY KEY ({', '.join(order)}){_with(sketch)}"
    )


def _drop(sketch: Sketch) -> str:
    dice = sketch.dice
    exists = "IF EXISTS " if dice.chance(30) else ""
    kind, names = dice.pick(_DROPPED)
    if sketch.slips(20):
        names = tuple(chain(_TABLES, _VIEWS, _TYPES, _INDEXES, (sketch.table.name, "nosuch")))
    return f"DROP {kind} {exists}{dice.pick(names)}"


def _alter_view(sketch: Sketch) -> str:
    dice = sketch.dice
    options = dice.some(_OPTIONS, 1, 1) if not sketch.slips(40) else [dice.pick(_BAD_OPTIONS)]
    return f"ALTER MATERIALIZED VIEW {dice.pick((*_VIEWS, 'nosuch', sketch.table.name))} WITH {' AND '.join(options)}"


_STATEMENTS: tuple[tuple[int, Callable[[Sketch], str]], ...] = (
    (24, _create_table),
    (24, _alter_table),
    (10, _create_type),
    (8, _alter_type),
    (14, _create_index),
    (8, _create_view),
    (10, _drop),
    (2, _alter_view),
)
