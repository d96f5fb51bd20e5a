"""empty: the type whose one value is the empty one. No statement can name it but by its class; compact tables have columns of it."""

from typing import Any

from coodie_memory.types import javatext
from coodie_memory.types.base import EMPTY_KEY, MarshalError
from coodie_memory.types.native import NativeType, never, no_value


def _validate(raw: bytes) -> None:
    if raw:
        raise MarshalError("EmptyType only accept empty values")


def _encode(value: Any) -> bytes:
    raise no_value(value, "empty")


def _parse(text: str) -> bytes:
    if text:
        raise MarshalError(f"'{text}' is not empty")
    return b""


def _from_json(parsed: Any) -> bytes:
    if not isinstance(parsed, str):
        raise MarshalError(f"Expected an empty string, but got: {javatext.text(parsed)}")
    return _parse(parsed)


EMPTY = NativeType(
    name="empty",
    java="EmptyType",
    constants=frozenset(),
    preferred=never,
    validate=_validate,
    encode=_encode,
    decode=lambda _raw: None,
    order=lambda _raw: EMPTY_KEY,
    reversed_order=lambda _raw: EMPTY_KEY,
    parse=_parse,
    to_text=lambda _raw: "",
    to_json=lambda _raw: '""',
    from_json=_from_json,
    to_cql=lambda _raw: "empty",
    width=0,
)
