"""JSON as the server reads and writes it."""

import json
import re
from typing import Any, NoReturn

from coodie_memory.types.base import MarshalError

_SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
_SPACE = " \t\r\n"
_ESCAPED = re.compile(r'["\\\x00-\x1f]')


def loads(text: str) -> Any:
    """The value at the start of `text`; what follows it is ignored, of equal keys the last counts.

    Raises `MarshalError` for anything that is not JSON, NaN and Infinity included.
    """
    text = text.lstrip(_SPACE)
    try:
        value, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError) as error:
        raise MarshalError(f"Error decoding JSON string: {error}") from error
    if end < len(text) and text[end] not in _SPACE and text[end - 1] not in '"]}':
        raise MarshalError(
            f"Error decoding JSON string: Unexpected character ('{text[end]}' (code {ord(text[end])})): "
            "Expected space separating root-level values"
        )
    return value


def quote(text: str) -> str:
    """A JSON string, everything but quotes, backslashes and control characters raw."""
    return f'"{_ESCAPED.sub(_escape, text)}"'


def name(key: str) -> str:
    """The column or field that an object's key means: in quotes as it stands, else in lower case."""
    if len(key) > 1 and key.startswith('"') and key.endswith('"'):
        return key[1:-1]
    return key.lower()


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    return _SHORT.get(character) or f"\\u{ord(character):04X}"


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"Non-standard token '{name}'")


_DECODER = json.JSONDecoder(parse_constant=_refuse)
