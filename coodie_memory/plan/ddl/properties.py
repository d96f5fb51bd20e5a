"""What stands behind WITH: names and texts, read as the server reads them."""

import re
from collections.abc import Collection, Iterable, Mapping

from coodie_memory.cql import ast
from coodie_memory.errors import SyntaxException
from coodie_memory.types.digits import whole
from coodie_memory.types.floats import real

Value = str | Mapping[str, str]
_TRUE = "(?i)1|true|yes"
_FALSE = "(?i)0|false|no"
_INT = r"[+-]?\d+"


def by_name(properties: Iterable[ast.Property], known: Collection[str]) -> dict[str, Value]:
    """The properties by name, all of them known ones."""
    found: dict[str, Value] = {}
    for each in properties:
        if each.name not in known:
            raise SyntaxException(f"Unknown property '{each.name}'")
        found[each.name] = value(each)
    return found


def value(written: ast.Property) -> Value:
    """What the property is set to."""
    return written.value if isinstance(written.value, str) else dict(written.value)


def text(name: str, value: Value) -> str:
    """The property's text."""
    if not isinstance(value, str):
        raise SyntaxException(f"Invalid value for property '{name}'. It should be a string")
    return value


def mapping(name: str, value: Value) -> Mapping[str, str]:
    """The property's map."""
    if isinstance(value, str):
        raise SyntaxException(f"Invalid value for property '{name}'. It should be a map.")
    return value


def boolean(name: str, value: Value) -> bool:
    """The property as a boolean: 1, true, yes or 0, false, no."""
    raw = text(name, value)
    if re.fullmatch(_TRUE, raw):
        return True
    if re.fullmatch(_FALSE, raw):
        return False
    raise SyntaxException(
        f"Invalid boolean value {raw} for '{name}'. Positive values can be '1', 'true' or 'yes'. "
        "Negative values can be '0', 'false' or 'no'."
    )


def integer(name: str, value: Value) -> int:
    """The property as a 32-bit integer."""
    raw = text(name, value)
    if not re.fullmatch(_INT, raw) or not -(2**31) <= whole(raw) < 2**31:
        raise SyntaxException(f"Invalid integer value {raw} for '{name}'")
    return int(raw)


def double(name: str, value: Value) -> float:
    """The property as a double."""
    raw = text(name, value)
    number = real(raw)
    if number is None:
        raise SyntaxException(f"Invalid double value {raw} for '{name}'")
    return number
