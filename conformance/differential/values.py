"""Literals: a few for each type, so that they collide, the edges of its range among them.

A literal's text is also what `> bind` takes for a marker of that type.
"""

from conformance.differential.dice import Dice
from conformance.differential.schema import Type

_UUID = "00000000-0000-4000-8000-00000000000"
_TIMEUUID = "00000000-0000-1000-8000-00000000000"

# The first ones are the plainest; no two of a list are equal, since which of two equal keys survives in a literal is open.
POOLS: dict[str, tuple[str, ...]] = {
    "ascii": ("'a'", "'b'", "''", "'B'"),
    "bigint": ("0", "1", "-1", "9223372036854775807"),
    "blob": ("0x", "0x01", "0xff", "0x0102"),
    "boolean": ("false", "true"),
    "counter": ("1", "2", "-1", "9223372036854775807"),
    "date": ("'2020-01-01'", "'1969-12-31'", "'2020-02-29'"),
    "decimal": ("0", "1.5", "-1.50", "1E+3"),
    "double": ("0.0", "1.5", "-1.5", "NaN", "1e100"),
    "duration": ("1d", "2h30m", "-1mo", "1y2mo3d"),
    "float": ("0.0", "1.5", "-1.5", "NaN", "0.1"),
    "inet": ("'127.0.0.1'", "'10.0.0.1'", "'::1'"),
    "int": ("0", "1", "2", "-1", "2147483647"),
    "smallint": ("0", "1", "-1", "32767"),
    "text": ("'a'", "'b'", "''", "'é'"),
    "time": ("'00:00:00'", "'12:34:56.789'", "'23:59:59.999999999'"),
    "timestamp": ("0", "'2020-01-01 00:00:00+0000'", "-1", "'2020-02-29T12:00:00.123Z'"),
    "timeuuid": (f"{_TIMEUUID}1", f"{_TIMEUUID}2", "10000000-0000-1000-8000-000000000001"),
    "tinyint": ("0", "1", "-1", "127"),
    "uuid": (f"{_UUID}1", f"{_UUID}2", f"{_TIMEUUID}1"),
    "varint": ("0", "1", "-1", "123456789012345678901234567890"),
}
_WRONG = (
    *dict.fromkeys(literal for pool in POOLS.values() for literal in pool),
    *(
        "2147483648",
        "-129",
        "32768",
        "9223372036854775808",
        "'x'",
        "'2020-13-01'",
        "'25:00:00'",
        "'1.2.3'",
        "0x0",
    ),
    *(
        "1.0",
        "Infinity",
        "-NaN",
        "[1]",
        "{1}",
        "{1: 2}",
        "{}",
        "[]",
        "(1, 'a')",
        "{a: 1}",
        "{a: 1, z: 2}",
        "[null]",
        "(1, 2, 3)",
    ),
    *(
        "min_timeuuid('2020-01-01')",
        "blob_as_uuid(0x01)",
        "nosuch()",
        "token(1)",
        "[1, 'a']",
        "{1, 'a'}",
        "{'a': 'b'}",
        "null",
        "1d",
        "P1Y",
        "(int) 'a'",
        "$$a$$",
    ),
)
_BYTES = (
    "0x",
    "0x00",
    "0x01",
    "0xffff",
    "0x00000001",
    "0x0000000000000001",
    "0x" + "ff" * 16,
    "0x00000001ffffffff",
    "empty",
)


def literal(dice: Dice, kind: Type) -> str:
    """A value of the type."""
    if kind.is_float_vector:
        # No zero vector: it is nearest to nothing, and the server's index fails inside at it.
        return f"[{', '.join(dice.pick(('1.0', '2.0', '-1.5')) for _ in range(kind.size))}]"
    if kind.fields:
        return _user(dice, kind)
    match kind.name:
        case "list":
            return f"[{', '.join(literal(dice, kind.of[0]) for _ in range(dice.number(0, 3)))}]"
        case "set":
            return f"{{{', '.join(_different(dice, kind.of[0]))}}}"
        case "map":
            entries = (f"{key}: {literal(dice, kind.of[1])}" for key in _different(dice, kind.of[0]))
            return f"{{{', '.join(entries)}}}"
        case "vector":
            return f"[{', '.join(literal(dice, kind.of[0]) for _ in range(kind.size))}]"
        case "tuple":
            return f"({', '.join(_part(dice, part) for part in kind.of)})"
        case name:
            return dice.pick(POOLS[name])


def keys(dice: Dice, kind: Type, most: int) -> tuple[str, ...]:
    """A few values to tell rows apart by."""
    if kind.name in POOLS:
        return tuple(dice.some(POOLS[kind.name], 1, most))
    return tuple(dict.fromkeys(literal(dice, kind) for _ in range(most)))


def wrong(dice: Dice) -> str:
    """A term that is hardly of any type one has in mind."""
    return dice.pick(_WRONG)


def wrong_bytes(dice: Dice) -> str:
    """What no client would bind."""
    return dice.pick(_BYTES)


def _different(dice: Dice, kind: Type) -> list[str]:
    if kind.name in POOLS:
        return dice.some(POOLS[kind.name], 0, 3)
    return [literal(dice, kind)]


def _part(dice: Dice, kind: Type) -> str:
    return "null" if dice.chance(10) else literal(dice, kind)


def _user(dice: Dice, kind: Type) -> str:
    given = [
        f"{name}: {_part(dice, part)}"
        for name, part in zip(kind.fields, kind.of, strict=True)
        if not dice.chance(10)
    ]
    return f"{{{', '.join(given)}}}" if given else f"{{{kind.fields[0]}: null}}"
