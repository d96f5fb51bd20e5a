"""text, ascii and blob: types whose bytes are their order and whose empty value is an ordinary one."""

import re
from collections.abc import Callable
from typing import Any

from coodie_memory.types import javatext, jsontext, quoting
from coodie_memory.types.base import ConstantKind, CqlType, InvalidValue, MarshalError, hex_bytes
from coodie_memory.types.native import NativeType, no_value, reversing, string_only

_STRINGS = frozenset({ConstantKind.STRING})
# What Cassandra takes for UTF-8: Java's modified null, surrogates and code points above U+10FFFF pass, and the second
# byte after E0 and F0 is checked for some bits only.
_LENIENT_UTF8 = (
    rb"(?s)(?:[\x00-\x7f]"
    rb"|\xc0\x80|[\xc2-\xdf][\x80-\xbf]"
    rb"|\xe0[^\x80-\x9f][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}"
    rb"|\xf0[\x10-\x3f\x50-\x7f\x90-\xbf\xd0-\xff][\x80-\xbf]{2}|[\xf1-\xf7][\x80-\xbf]{3})*"
)


def _identity(raw: bytes) -> bytes:
    return raw


_reversed_bytes = reversing(_identity)


def _validate_text(raw: bytes) -> None:
    try:
        raw.decode()
    except UnicodeDecodeError:
        if not re.fullmatch(_LENIENT_UTF8, raw):
            raise MarshalError("String didn't validate.") from None


def _encode_text(value: Any) -> bytes:
    try:
        return str.encode(value)
    except TypeError:
        raise no_value(value, "text") from None
    except UnicodeEncodeError as error:
        raise InvalidValue(f"{value!r} is not a value of CQL type text: {error.reason}") from None


def _decode_text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode(errors="replace")


def _validate_ascii(raw: bytes) -> None:
    if not raw.isascii():
        byte = next(byte for byte in raw if byte > 127)
        raise MarshalError(f"Invalid byte for ascii: {byte - 256}")


def _encode_ascii(value: Any) -> bytes:
    try:
        return str.encode(value, "ascii")
    except TypeError:
        raise no_value(value, "ascii") from None
    except UnicodeEncodeError:
        raise InvalidValue(
            f"{value!r} is not a value of CQL type ascii: not every character is ASCII"
        ) from None


def _parse_ascii(text: str) -> bytes:
    try:
        return text.encode("ascii")
    except UnicodeEncodeError:
        problem = "java.nio.charset.UnmappableCharacterException: Input length = 1"
        raise MarshalError(f"Invalid ASCII character in string literal: {problem}") from None


def _string_type(
    name: str,
    *,
    java: str,
    preferred: Callable[[ConstantKind, str], bool],
    validate: Callable[[bytes], None],
    encode: Callable[[Any], bytes],
    parse: Callable[[str], bytes],
    json_noun: str,
    sources: frozenset[str] = frozenset(),
) -> NativeType:
    return NativeType(
        name=name,
        java=java,
        constants=_STRINGS,
        preferred=preferred,
        validate=validate,
        encode=encode,
        decode=_decode_text,
        order=_identity,
        reversed_order=_reversed_bytes,
        parse=parse,
        to_text=_decode_text,
        to_json=lambda raw: jsontext.quote(_decode_text(raw)),
        from_json=string_only(parse, json_noun),
        to_cql=lambda raw: quoting.string(_decode_text(raw)),
        sources=sources,
    )


TEXT = _string_type(
    "text",
    java="UTF8Type",
    preferred=lambda kind, text: kind is ConstantKind.STRING and not text.isascii(),
    validate=_validate_text,
    encode=_encode_text,
    parse=str.encode,
    json_noun="a UTF-8 string",
    sources=frozenset({"ascii"}),
)
ASCII = _string_type(
    "ascii",
    java="AsciiType",
    preferred=lambda kind, text: kind is ConstantKind.STRING and text.isascii(),
    validate=_validate_ascii,
    encode=_encode_ascii,
    parse=_parse_ascii,
    json_noun="an ascii string",
)


def _any_bytes(_raw: bytes) -> None:
    pass


def _encode_blob(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    raise no_value(value, "blob")


def _hexadecimal(raw: bytes) -> str:
    return f"0x{raw.hex()}"


def _blob_from_json(parsed: Any) -> bytes:
    problem = _blob_problem(parsed)
    if problem is None:
        return bytes.fromhex(parsed[2:])
    raise MarshalError(f"Value '{javatext.text(parsed)}' is not a valid blob representation: {problem}")


def _blob_problem(parsed: Any) -> str | None:
    if not isinstance(parsed, str):
        return _cast_problem(parsed)
    if not parsed.startswith("0x"):
        return f"String representation of blob is missing 0x prefix: {parsed}"
    try:
        hex_bytes(parsed[2:])
    except MarshalError as error:
        return error.message
    return None


def _cast_problem(parsed: Any) -> str:
    package = "java.util" if isinstance(parsed, (list, dict)) else "java.lang"
    if javatext.class_name(parsed) == "BigInteger":
        package = "java.math"
    name = f"{package}.{javatext.class_name(parsed)}"
    return (
        f"class {name} cannot be cast to class java.lang.String "
        f"({name} and java.lang.String are in module java.base of loader 'bootstrap')"
    )


BLOB = NativeType(
    name="blob",
    java="BytesType",
    constants=frozenset({ConstantKind.HEX}),
    preferred=lambda _kind, _text: False,
    validate=_any_bytes,
    encode=_encode_blob,
    decode=_identity,
    order=_identity,
    reversed_order=_reversed_bytes,
    parse=hex_bytes,
    to_text=lambda raw: raw.hex(),
    to_json=lambda raw: f'"{_hexadecimal(raw)}"',
    from_json=_blob_from_json,
    to_cql=_hexadecimal,
    takes_any=True,
)


def is_text(kind: CqlType) -> bool:
    """Whether values of the type are texts."""
    return kind.cql() in ("text", "ascii")
