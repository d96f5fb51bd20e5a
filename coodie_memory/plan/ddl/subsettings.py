"""Values of sub-options, which are texts in a map: numbers and flags, refused in the server's words."""

import re
from collections.abc import Mapping

from coodie_memory.errors import ConfigurationException
from coodie_memory.types.digits import whole
from coodie_memory.types.floats import real

INTS, LONGS = range(-(2**31), 2**31), range(-(2**63), 2**63)


def integer(
    options: Mapping[str, str],
    name: str,
    default: int,
    *,
    within: range = INTS,
    kind: str = "int",
    shown: str = "",
) -> int:
    """The sub-option as an integer, which a refusal calls by its kind; it may show another text in its place."""
    raw = options.get(name, str(default))
    number = whole(raw) if re.fullmatch(r"[+-]?\d+", raw) else None
    if number is None or number not in within:
        raise ConfigurationException(f"{shown or raw} is not a parsable {kind} (base10) for {name}")
    return number


def number(options: Mapping[str, str], name: str, default: float, kind: str) -> float:
    """The sub-option as a number, which a refusal calls by its kind."""
    raw = options.get(name, str(default))
    found = real(raw)
    if found is None:
        raise ConfigurationException(f"{raw} is not a parsable {kind} for {name}")
    return found


def require_flag(options: Mapping[str, str], name: str, refusal: str) -> None:
    """Refuse what is neither true nor false."""
    value = options.get(name, "true")
    if value.lower() not in {"true", "false"}:
        raise ConfigurationException(refusal.format(name=name, value=value))
