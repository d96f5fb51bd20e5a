"""What a SELECT may select: columns, parts of them, and what is computed of both."""

from conformance.differential import jsontexts
from conformance.differential.schema import INT, VECTOR, Column
from conformance.differential.sketch import Sketch
from conformance.differential.values import POOLS, literal

_AGGREGATES = ("count", "min", "max", "sum", "avg")
_CASTS = ("text", "int", "bigint", "double", "ascii", "date", "timestamp", "decimal", "varint", "smallint")
# {0} is what they are called with, {1} and {2} are terms of its type, {3} is the type's name.
_FUNCTIONS = (
    "blob_as_int({0})", "to_json({0})", "to_date({0})", "to_timestamp({0})", "to_unix_timestamp({0})", "abs({0})",
    "round({0})", "exp({0})", "log({0})", "log10({0})", "{3}_as_blob({0})", "blob_as_{3}({3}_as_blob({0}))", "mask_null({0})",
    "mask_default({0})", "mask_replace({0}, {1})", "mask_inner({0}, 0, 1)", "mask_outer({0}, 1, null, '#')", "mask_hash({0})",
    "mask_hash({0}, 'SHA-512')", "collection_count({0})", "map_keys({0})", "map_values({0})", "collection_max({0})",
    "collection_min({0})", "collection_sum({0})", "collection_avg({0})", "min_timeuuid({0})", "max_timeuuid({0})",
    "floor({0}, 1h)", "floor({0}, 2d, '2020-01-01')", "floor({0}, 1)", "similarity_cosine({0}, {1})", "similarity_euclidean({1}, {0})",
    "similarity_dot_product({0}, [1.0, 2.0])", "nosuch({0})", "system.nosuch({0})", "toJson({0})", "token({0})", "text_as_blob({0})",
)  # fmt: skip
_CONSTANT = (
    "(int) 5", "(text) 'x'", "blob_as_int(0x00000001)", "int_as_blob(1)", "to_date('2020-01-01')", "5", "null", "(map<int, text>) {1: 'a'}",
    "similarity_cosine([1.0, 2.0], [2.0, 1.0])", "max_timeuuid('2020-01-01')", "(frozen<pair>) {a: 1}", "from_json('1')", "to_json((int) 5)",
    "(duration) 1d", "(vector<float, 2>) [1.0, 2.0]", "(nosuch) 1", "mask_hash('a')", "collection_count([1, 2])", "exp((int) 1)",
)  # fmt: skip


def expression(sketch: Sketch, column: Column) -> str:
    """Something that is computed of a column, or taken out of it."""
    dice, name, kind = sketch.dice, sketch.name(column), column.type
    match dice.weighted(
        (16, "time"),
        (18, "aggregate"),
        (12, "cast"),
        (18, "function"),
        (12, "sum"),
        (5, "token"),
        (14, "part"),
        (5, "constructed"),
        (4, "constant"),
    ):
        case "time":
            what = name if dice.chance(75) else part(sketch, column, name)
            return f"{dice.pick(('writetime', 'ttl', 'maxwritetime', 'WRITETIME'))}({what})"
        case "aggregate":
            what = name if dice.chance(85) else expression(sketch, column)
            return f"{dice.pick(_AGGREGATES)}({what})"
        case "cast":
            return f"CAST({_inner(sketch, column, name)} AS {dice.pick(_CASTS)})"
        case "function":
            return _called(sketch, column, name)
        case "sum":
            return _calculated(sketch, column, name)
        case "token":
            columns = sketch.table.of("partition") if not sketch.slips(20) else dice.some(sketch.table.key)
            return f"token({', '.join(key.name for key in columns)})"
        case "constructed":
            return _constructed(sketch, column, name)
        case "constant":
            return (
                dice.pick(_CONSTANT) if dice.chance(70) else f"({kind}) {sketch.marked(literal(dice, kind))}"
            )
        case _:
            return part(sketch, column, name)


def part(sketch: Sketch, column: Column, name: str) -> str:
    """An element, a slice or a field."""
    dice, kind = sketch.dice, column.type
    if kind.fields:
        return f"{name}.{dice.pick(kind.fields)}"
    if kind.name in ("set", "map"):
        if dice.chance(70):
            return f"{name}[{sketch.term(kind.of[0])}]"
        first = sketch.term(kind.of[0]) if dice.chance(80) else ""
        return f"{name}[{first}..{sketch.term(kind.of[0]) if dice.chance(80) else ''}]"
    if sketch.slips(20):
        return f"{name}[{sketch.term(INT)}]"
    return name


def _inner(sketch: Sketch, column: Column, name: str) -> str:
    return name if sketch.dice.chance(75) else expression(sketch, column)


def _called(sketch: Sketch, column: Column, name: str) -> str:
    kind = column.type
    template = sketch.dice.pick(_FUNCTIONS)
    native = kind.name if kind.name in POOLS else "text"
    inner = _inner(sketch, column, name)
    term = sketch.term(VECTOR if "similarity" in template else kind) if "{1}" in template else ""
    return template.format(inner, term, "", native)


def _calculated(sketch: Sketch, column: Column, name: str) -> str:
    dice, kind = sketch.dice, column.type
    if dice.chance(12):
        return f"-{name}"
    if kind.name in ("timestamp", "date", "time") and dice.chance(60):
        return f"{name} {dice.pick('+-')} {dice.pick(('1d', '2h', '1mo', '10us', '-1y2mo'))}"
    other = sketch.term(kind) if dice.chance(60) else dice.pick(sketch.table.columns).name
    first = f"{name} {dice.pick('+-*/%')} {other}"
    if dice.chance(25):
        third = dice.pick((*(column.name for column in sketch.table.columns if column.type.is_numeric), "2"))
        return (
            f"({first}) {dice.pick('*/%')} {third}"
            if dice.chance(50)
            else f"{first} {dice.pick('+-*/%')} {third}"
        )
    return first


def _constructed(sketch: Sketch, column: Column, name: str) -> str:
    other = sketch.dice.pick(sketch.table.columns).name
    document = jsontexts.quoted(jsontexts.document(sketch.dice, column.type))
    return sketch.dice.pick(
        (
            f"({name}, {other})",
            f"[{name}, {name}]",
            f"{{{name}}}",
            f"(map<text, {column.type}>) {{'a': {name}}}",
            f"(list<{column.type}>) [{name}, {name}]",
            f"({column.type}) from_json({document})",
        )
    )
