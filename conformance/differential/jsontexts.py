"""JSON for INSERT JSON and from_json: the values of `values`, in the other spelling."""

import json
import re
from collections.abc import Iterable

from conformance.differential.dice import Dice
from conformance.differential.schema import Column, Type
from conformance.differential.values import POOLS

_BARE = frozenset(
    ("int", "bigint", "smallint", "tinyint", "varint", "decimal", "double", "float", "boolean", "counter")
)
_WRONG = (
    "null", '"x"', "1.5", "1e2", "-0", "[1]", "[null]", '{"a": 1}', "{}", "[]", "true", '""', "99999999999999999999", "NaN",
    "tru", "[1", '"a', "'a'", "{a: 1}", "{1: 1}", "[[[]]]", '"\\u00e9"', '"2020-13-01"', '"0xg"', "1 2", '{"a": 1, "a": 2}',
)  # fmt: skip


def document(dice: Dice, kind: Type, *, slips: bool = False) -> str:
    """A value of the type in JSON, or of no type one has in mind."""
    if slips:
        return dice.pick(_WRONG)
    if kind.fields:
        given = [
            f'"{name}": {_part(dice, part)}'
            for name, part in zip(kind.fields, kind.of, strict=True)
            if not dice.chance(15)
        ]
        return f"{{{', '.join(given)}}}"
    match kind.name:
        case "list":
            return _array(document(dice, kind.of[0]) for _ in range(dice.number(0, 3)))
        case "set":
            # One at most: which of two equal ones survives is open.
            return _array(document(dice, kind.of[0]) for _ in range(dice.number(0, 1)))
        case "map":
            key, value = kind.of
            return "{}" if dice.chance(30) else f"{{{_key(document(dice, key))}: {document(dice, value)}}}"
        case "vector":
            return _array(document(dice, kind.of[0]) for _ in range(kind.size))
        case "tuple":
            return _array(_part(dice, part) for part in kind.of)
        case name:
            return spelt(dice.pick(POOLS[name]), kind) or "null"


def spelt(literal: str, kind: Type) -> str:
    """A native type's CQL literal in JSON; empty where the type is not native."""
    if kind.name not in POOLS or kind.of:
        return ""
    if literal.startswith("'"):
        return json.dumps(literal[1:-1], ensure_ascii=False)
    if kind.name == "decimal":
        # A number goes through a double, and comes out as another one of the same value.
        return json.dumps(literal)
    if kind.name == "timestamp" or (kind.name in _BARE and not re.search(r"[A-Z]a", literal)):
        return literal
    return json.dumps(literal)


def row(dice: Dice, columns: list[tuple[Column, str]]) -> str:
    """An object of columns and their JSON, as a CQL string."""
    entries = ", ".join(f"{_name(dice, column)}: {text}" for column, text in columns)
    return quoted(f"{{{entries}}}")


def quoted(text: str) -> str:
    """The text as a CQL string."""
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def _name(dice: Dice, column: Column) -> str:
    name = column.name
    return dice.weighted((90, f'"{name}"'), (4, f'"{name.upper()}"'), (3, f'"\\"{name}\\""'), (3, '"nosuch"'))


def _part(dice: Dice, kind: Type) -> str:
    return "null" if dice.chance(10) else document(dice, kind)


def _array(items: Iterable[str]) -> str:
    return f"[{', '.join(items)}]"


def _key(text: str) -> str:
    return text if text.startswith('"') else json.dumps(text, ensure_ascii=False)
