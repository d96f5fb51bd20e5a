"""JSON as ScyllaDB reads and writes it: each type takes one form, or two, and numbers are written without ornaments.

The words about JSON that is wrong are those of its parser, RapidJSON, and of its types.
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

from coodie_memory.errors import InvalidRequest
from coodie_memory.types import jsontext, tuples
from coodie_memory.types.base import CqlType, MarshalError
from coodie_memory.types.collections import ListType, MapType, SetType, unpack
from coodie_memory.types.decimals import plain_decimal
from coodie_memory.types.strictness import time_of_text
from coodie_memory.types.tuples import TupleType
from coodie_memory.types.usertype import UserType
from coodie_memory.types.vector import VectorType

_INTEGERS: Mapping[str, int] = {"tinyint": 8, "smallint": 16, "int": 32, "bigint": 64, "counter": 64}
_STRINGS: Mapping[str, str] = {
    "date": "simple_date_type",
    "duration": "duration_type",
    "inet": "inet_addr_type",
    "time": "time_type",
    "timeuuid": "timeuuid_type",
    "uuid": "uuid_type",
    "ascii": "ascii_type",
    "text": "utf8_type",
}
"""The types that have no form but strings, with the names that messages give them."""
_GREATEST = 2**64
_COMPLAINTS: Mapping[str, str] = {
    "Expecting value": "Invalid value.",
    "Expecting property name enclosed in double quotes": "Missing a name for object member.",
    "Illegal trailing comma before end of object": "Missing a name for object member.",
    "Illegal trailing comma before end of array": "Invalid value.",
    "Expecting ':' delimiter": "Missing a colon after a name of object member.",
    "Unterminated string starting at": "Missing a closing quotation mark in string.",
    "Invalid control character at": "Invalid encoding in string.",
    "Invalid \\escape": "Invalid escape character in string.",
    "Invalid \\uXXXX escape": "Incorrect hex digit after \\u escape in string.",
    "Extra data": "The document root must not be followed by other values.",
}
"""What Python says of a text that is no JSON, and what the server does."""


class Real(str):
    """A number with a fraction or an exponent, as it is written."""

    __slots__ = ()


class JsonFailure(ValueError):
    """A text that is no JSON, in the server's words."""


def decoded(text: str) -> Any:
    """The value that the text is, and nothing behind it; of equal keys the last counts."""
    if not text.strip():
        raise JsonFailure("Parsing JSON failed: The document is empty.")
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise JsonFailure(f"Parsing JSON failed: {_complaint(error)}") from None
    except (RecursionError, ValueError):
        raise JsonFailure("Parsing JSON failed: Terminate parsing due to Handler error.") from None


def _complaint(error: json.JSONDecodeError) -> str:
    if error.msg == "Expecting ',' delimiter":
        before = error.doc[: error.pos]
        is_array = _innermost(before) == "["
        return f"Missing a comma or {']' if is_array else '}'} after an {'array element' if is_array else 'object member'}."
    return _COMPLAINTS.get(error.msg.partition(":")[0].strip(), "Invalid value.")


def _innermost(text: str) -> str:
    """The bracket that the end of the text stands in."""
    opened: list[str] = []
    for mark in re.findall(r'"(?:[^"\\]|\\.)*"|[][{}]', text):
        if mark in "[{":
            opened.append(mark)
        elif mark in "]}" and opened:
            opened.pop()
    return opened[-1] if opened else ""


def _refused(name: str) -> NoReturn:
    raise json.JSONDecodeError("Expecting value", name, 0)


_DECODER = json.JSONDecoder(parse_float=Real, parse_constant=_refused)


def value_of(kind: CqlType, found: Any) -> bytes:
    """The bytes of a value of the type; null is one of none.

    Raises `MarshalError`, and `JsonFailure` for a map's key that should be JSON.
    """
    match kind:
        case ListType() | SetType():
            name = "list_type" if isinstance(kind, ListType) else "set_type"
            return kind.pack([value_of(kind.element, each) for each in _array(name, found)])
        case VectorType():
            items = _array("vector_type", found)
            if len(items) != kind.dimension:
                raise MarshalError(
                    f"Invalid number of elements for vector of dimension {kind.dimension}: {len(items)}"
                )
            return kind.pack([value_of(kind.element, each) for each in items])
        case MapType():
            members = _object("map_type", found).items()
            return kind.pack([(_key_of(kind.key, key), value_of(kind.value, each)) for key, each in members])
        case TupleType():
            items = _array("tuple_type", found)
            if len(items) > len(kind.components):
                raise MarshalError(
                    f"Too many values ({len(items)}) for tuple with size {len(kind.components)}"
                )
            return tuples.pack(
                [value_of(each, item) for each, item in zip(kind.components, items, strict=False)]
            )
        case UserType():
            return _user_value(kind, found)
        case _:
            return _READERS.get(kind.cql(), _of_string)(kind, found)


def _array(name: str, found: Any) -> list[Any]:
    if not isinstance(found, list):
        raise MarshalError(f"{name} must be represented as JSON Array")
    return found


def _object(name: str, found: Any) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise MarshalError(f"{name} must be represented as JSON Object")
    return found


def _key_of(kind: CqlType, key: str) -> bytes:
    """A map's key; what is no single value is JSON inside the string."""
    return value_of(kind, decoded(key) if kind.children else key)


def _user_value(kind: UserType, found: Any) -> bytes:
    members = _object("user_type", found)
    for name in members:
        if name not in kind.field_names:
            raise MarshalError(f"Extraneous field definition for user type {kind.name}: {name}")
    return tuples.pack(
        [
            None if members.get(name) is None else value_of(each, members[name])
            for name, each in zip(kind.field_names, kind.field_types, strict=True)
        ]
    )


def _integer(kind: CqlType, found: Any) -> bytes:
    bits = _INTEGERS[kind.cql()]
    if isinstance(found, str) and not isinstance(found, Real):
        if not re.fullmatch(r"[+-]?[0-9]+", found) or abs(int(found)) >= _GREATEST // 2:
            raise MarshalError(f"Invalid number format '{found}'")
        return _within(int(found), bits, f"Value out of range for type {kind.java_name}: '{found}'")
    number = _whole(found)
    return _within(number, bits, f"Value {number} out of range")


def _within(number: int, bits: int, refusal: str) -> bytes:
    if not -(1 << bits - 1) <= number < 1 << bits - 1:
        raise MarshalError(refusal)
    return number.to_bytes(bits // 8, "big", signed=True)


def _whole(found: Any) -> int:
    if isinstance(found, Real):
        number = float(found)
        fraction = math.modf(number)[0]
        if fraction or not math.isfinite(number):
            raise MarshalError(
                f"Incorrect JSON floating-point value for int64 type: {_number(found)} "
                f"(it should not contain fractional part {fraction!r})"
            )
        return int(number)
    if isinstance(found, bool) or not isinstance(found, int):
        raise MarshalError(f"Incorrect JSON value for int64 type: {_printed(found)}")
    return found


def _floating(kind: CqlType, found: Any) -> bytes:
    if isinstance(found, str) and not isinstance(found, Real):
        return kind.parse(found)
    if isinstance(found, bool) or not isinstance(found, int | Real):
        raise MarshalError("JSON value must be represented as double or string")
    return kind.parse(str(found))


def _unbounded(kind: CqlType, found: Any) -> bytes:
    """An integer or a decimal of any size: its digits, or a string of them."""
    if isinstance(found, str):
        return kind.parse(found)
    if isinstance(found, bool) or not isinstance(found, int):
        raise MarshalError(f"{_printed(found)} must be represented as numeric or string in JSON")
    return kind.parse(str(found))


def _boolean(kind: CqlType, found: Any) -> bytes:
    meant = {"true": True, "false": False}.get(found.strip().lower()) if isinstance(found, str) else found
    if not isinstance(meant, bool):
        raise MarshalError(f"Invalid JSON object {_printed(found)}")
    return kind.encode(meant)


def _blob(kind: CqlType, found: Any) -> bytes:
    text = _text("bytes_type", found)
    if not text.startswith("0x"):
        raise MarshalError("Blob JSON strings must start with 0x")
    return kind.parse(text[2:])


def _timestamp(_kind: CqlType, found: Any) -> bytes:
    if isinstance(found, str) and not isinstance(found, Real):
        return time_of_text(found) if found else b""
    if isinstance(found, bool) or not isinstance(found, int | Real):
        raise MarshalError("timestamp_type must be represented as string or integer")
    return _within(_whole(found), 64, f"Value {_whole(found)} out of range")


def _of_string(kind: CqlType, found: Any) -> bytes:
    text = _text(_STRINGS.get(kind.cql(), kind.cql()), found)
    if not text and kind.cql() in _STRINGS:
        return b""
    try:
        return kind.parse(text)
    except InvalidRequest as error:
        # So the parser of durations refuses.
        raise MarshalError(error.message) from None


def _text(name: str, found: Any) -> str:
    if not isinstance(found, str) or isinstance(found, Real):
        raise MarshalError(f"{name} must be represented as string in JSON, instead got '{_printed(found)}'")
    return found


def _printed(found: Any) -> str:
    """JSON without spaces."""
    match found:
        case Real():
            return _number(found)
        case list():
            return f"[{','.join(map(_printed, found))}]"
        case dict():
            return f"{{{','.join(f'{jsontext.quote(key)}:{_printed(each)}' for key, each in found.items())}}}"
        case _:
            return json.dumps(found, ensure_ascii=False)


def _number(written: Real) -> str:
    return repr(float(written)) if math.isfinite(float(written)) else str(written)


_READERS: Mapping[str, Callable[[CqlType, Any], bytes]] = {
    **dict.fromkeys(_INTEGERS, _integer),
    **dict.fromkeys(("float", "double"), _floating),
    **dict.fromkeys(("varint", "decimal"), _unbounded),
    "blob": _blob,
    "boolean": _boolean,
    "timestamp": _timestamp,
}


def text_of(kind: CqlType, raw: bytes) -> str:
    """The value as JSON. A map's key that is no string becomes one by quotes around it, whatever is in it.

    Fields that a user type got after the value was written are left out.
    """
    match kind:
        case ListType() | SetType():
            return _bracketed((kind.element, part) for part in unpack(raw, "list"))
        case VectorType():
            return _bracketed((kind.element, part) for part in kind.unpack(raw))
        case TupleType():
            return _bracketed(zip(kind.components, tuples.present(raw, len(kind.components)), strict=False))
        case MapType():
            fields = (
                f"{_key_text(text_of(kind.key, key))}: {text_of(kind.value, each)}"
                for key, each in kind.unpack(raw)
            )
            return f"{{{', '.join(fields)}}}"
        case UserType():
            parts = zip(
                kind.field_names,
                kind.field_types,
                tuples.present(raw, len(kind.field_types)),
                strict=False,
            )
            fields = (f"{jsontext.quote(name)}: {_part(each, part)}" for name, each, part in parts)
            return f"{{{', '.join(fields)}}}"
        case _:
            return _plain(kind, raw)


def _bracketed(parts: Iterable[tuple[CqlType, bytes | None]]) -> str:
    return f"[{', '.join(_part(kind, part) for kind, part in parts)}]"


def _part(kind: CqlType, raw: bytes | None) -> str:
    return "null" if raw is None else text_of(kind, raw)


def _key_text(text: str) -> str:
    return text if text.startswith('"') else f'"{text}"'


def _plain(kind: CqlType, raw: bytes) -> str:
    if not raw:
        return kind.to_json(raw)
    match kind.cql():
        case "decimal":
            return plain_decimal(raw)
        case "float" | "double":
            text = kind.to_json(raw)
            return text if text == "null" else repr(float(text)).removesuffix(".0")
        case _:
            return kind.to_json(raw)
