"""JSON as the server reads and writes it."""

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from coodie_memory.types import jsoncomplaints
from coodie_memory.types.base import MarshalError
from coodie_memory.types.jsoncomplaints import JsonError

_SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
_SPACE = " \t\r\n"
_ESCAPED = re.compile(r'["\\\x00-\x1f]')


def decoded(text: str) -> Any:
    """The value at the start of `text`; what follows it is ignored, of equal keys the last counts.

    Raises `JsonError` for anything that is not JSON, NaN and Infinity included.
    """
    start = len(text) - len(text.lstrip(_SPACE))
    try:
        value, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        raise jsoncomplaints.complaint(text) or JsonError.too_deep() from None
    if end < len(text) and text[end] not in _SPACE and text[end - 1] not in '"]}':
        # A number must end before what is ignored, a word need not.
        complaint = jsoncomplaints.complaint(text)
        if complaint is not None:
            raise complaint
    return value


def loads(text: str) -> Any:
    """The same for JSON in a string of JSON, as a map's key is; raises `MarshalError`."""
    try:
        return decoded(text)
    except JsonError as error:
        raise MarshalError(f"Error decoding JSON string: {error}") from None


def quote(text: str) -> str:
    """A JSON string, everything but quotes, backslashes and control characters raw."""
    return f'"{_ESCAPED.sub(_escape, text)}"'


def by_name(found: Mapping[str, Any]) -> dict[str, Any]:
    """The members of an object by the columns or fields that their keys mean: in quotes as it stands, else in lower case.

    A key that has to be changed overrules one that is the name already.
    """
    members = dict(found)
    for key in found:
        if len(key) > 1 and key.startswith('"') and key.endswith('"'):
            members[key[1:-1]] = members.pop(key)
        elif key != (lowered := key.lower()):
            members[lowered] = members.pop(key)
    return members


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    return _SHORT.get(character) or f"\\u{ord(character):04X}"


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"Non-standard token '{name}'")


_DECODER = json.JSONDecoder(parse_constant=_refuse)
