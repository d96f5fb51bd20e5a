"""boolean."""

from typing import Any

from coodie_memory.types.base import EMPTY_KEY, ConstantKind, MarshalError
from coodie_memory.types.native import NativeType, bare, expected, literal, negated, no_value, sized

_TRUE, _FALSE = b"\x01", b"\x00"
_BOOLEANS = {True: _TRUE, False: _FALSE}


def _encode_boolean(value: Any) -> bytes:
    try:
        return _BOOLEANS[value]
    except (KeyError, TypeError):
        raise no_value(value, "boolean") from None


def _decode_boolean(raw: bytes) -> bool | None:
    return raw != _FALSE if raw else None


def _order_boolean(raw: bytes) -> int | float:
    return int(raw != _FALSE) if raw else EMPTY_KEY


def _parse_boolean(text: str) -> bytes:
    match text.lower():
        case "" | "false":
            return _FALSE
        case "true":
            return _TRUE
    raise MarshalError(f"Unable to make boolean from '{text}'")


def _boolean_text(raw: bytes) -> str:
    return ("false" if raw == _FALSE else "true") if raw else ""


def _boolean_from_json(parsed: Any) -> bytes:
    if isinstance(parsed, bool):
        return _BOOLEANS[parsed]
    if not isinstance(parsed, str):
        raise expected("a boolean value", parsed)
    return _parse_boolean(parsed)


BOOLEAN = NativeType(
    name="boolean",
    java="BooleanType",
    constants=frozenset({ConstantKind.BOOLEAN}),
    preferred=lambda kind, _text: kind is ConstantKind.BOOLEAN,
    validate=sized("Expected 1 or 0 byte value", 1, 0),
    encode=_encode_boolean,
    decode=_decode_boolean,
    order=_order_boolean,
    reversed_order=negated(_order_boolean),
    parse=_parse_boolean,
    to_text=_boolean_text,
    to_json=bare(_boolean_text),
    from_json=_boolean_from_json,
    to_cql=literal(_boolean_text),
    width=1,
)
