"""uuid, timeuuid, and what else the server has for them."""

import dataclasses
import re
import struct
import uuid
from collections.abc import Callable
from typing import Any

from coodie_memory.types.base import EMPTY_KEY, ConstantKind, MarshalError, hex_bytes
from coodie_memory.types.native import (
    NativeType,
    literal,
    negated,
    never,
    no_value,
    quoted,
    sized,
    string_only,
)

_HALVES: Callable[[bytes], tuple[int, int]] = struct.Struct(">QQ").unpack
_UUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_UUIDS = frozenset({ConstantKind.UUID})
_EACH_SIGN = 0x8080808080808080
_BOTH_SIGNS = 1 << 127 | 1 << 63

# UUID(bytes=…) checks its arguments for longer than all else that reading a row does.
_new_uuid = uuid.UUID.__new__
_set_int = vars(uuid.UUID)["int"].__set__
_set_is_safe = vars(uuid.UUID)["is_safe"].__set__
_UNKNOWN = uuid.SafeUUID.unknown


def decode_uuid(raw: bytes) -> uuid.UUID | None:
    """The UUID of 16 bytes, None for the empty value."""
    if not raw:
        return None
    value = _new_uuid(uuid.UUID)
    _set_int(value, int.from_bytes(raw, "big"))
    _set_is_safe(value, _UNKNOWN)
    return value


def _encoder(name: str) -> Callable[[Any], bytes]:
    def encode(value: Any) -> bytes:
        try:
            return value.int.to_bytes(16, "big")  # type: ignore[no-any-return]
        except AttributeError:
            pass
        if isinstance(value, str) and re.fullmatch(_UUID, value):
            return uuid.UUID(value).bytes
        raise no_value(value, name)

    return encode


_encode_any_version = _encoder("timeuuid")


def _encode_timeuuid(value: Any) -> bytes:
    raw = _encode_any_version(value)
    _validate_timeuuid(raw)
    return raw


def _by_time(high: int) -> int:
    """The high half with its most significant time bits first; the version stays on top."""
    return (high & 0xFFFF) << 48 | (high & 0xFFFF0000) << 16 | high >> 32


def _order_uuid(raw: bytes) -> int | float:
    """Version, then time (version 1) or the bytes, then the low half unsigned."""
    if not raw:
        return EMPTY_KEY
    high, low = _HALVES(raw)
    version = high >> 12 & 0xF
    return version << 128 | (_by_time(high) if version == 1 else high) << 64 | low


def _order_timeuuid(raw: bytes) -> int | float:
    """Time, then the low half as signed bytes."""
    if not raw:
        return EMPTY_KEY
    high, low = _HALVES(raw)
    return _by_time(high) << 64 | low ^ _EACH_SIGN


def _validate_timeuuid(raw: bytes) -> None:
    _check_uuid_size(raw)
    if raw and raw[6] & 0xF0 != 0x10:
        # The server prints the first nibble, not the version.
        raise MarshalError(f"Invalid version for TimeUUID type: 0x{raw[0] >> 4:x}")


def _parse_uuid(text: str) -> bytes:
    if not text:
        return b""
    if not re.fullmatch(_UUID, text):
        raise MarshalError(f"Unable to make UUID from '{text}'")
    return uuid.UUID(text).bytes


def _parse_timeuuid(text: str) -> bytes:
    if not text:
        return b""
    if not re.fullmatch(_UUID, text):
        raise MarshalError(f"Unknown timeuuid representation: {text}")
    value = uuid.UUID(text)
    if value.int >> 76 & 0xF != 1:
        raise MarshalError("TimeUUID supports only version 1 UUIDs")
    return value.bytes


def _uuid_text(raw: bytes) -> str:
    return str(decode_uuid(raw)) if raw else ""


def _order_lexically(raw: bytes) -> int | float:
    """As Java orders them: both halves signed."""
    if not raw:
        return EMPTY_KEY
    return int.from_bytes(raw) ^ _BOTH_SIGNS


def _parse_lexical(text: str) -> bytes:
    if text.startswith("0x"):
        raw = hex_bytes(text[2:])
        _check_uuid_size(raw)
        return raw
    if text and not re.fullmatch(_UUID, text):
        raise MarshalError(f"unable to make UUID from '{text}'")
    return _parse_uuid(text)


def _prefers(version: int) -> Any:
    return lambda kind, text: (
        kind is ConstantKind.UUID and (uuid.UUID(text).int >> 76 & 0xF == 1) == (version == 1)
    )


_check_uuid_size = sized("UUID should be 16 or 0 bytes", 16, 0)
UUID = NativeType(
    name="uuid",
    java="UUIDType",
    constants=_UUIDS,
    preferred=_prefers(4),
    validate=_check_uuid_size,
    encode=_encoder("uuid"),
    decode=decode_uuid,
    order=_order_uuid,
    reversed_order=negated(_order_uuid),
    parse=_parse_uuid,
    to_text=_uuid_text,
    to_json=quoted(_uuid_text),
    from_json=string_only(_parse_uuid, "a string representation of a uuid"),
    to_cql=literal(_uuid_text),
    sources=frozenset({"timeuuid"}),
    width=16,
)
TIMEUUID = NativeType(
    name="timeuuid",
    java="TimeUUIDType",
    constants=_UUIDS,
    preferred=_prefers(1),
    validate=_validate_timeuuid,
    encode=_encode_timeuuid,
    decode=decode_uuid,
    order=_order_timeuuid,
    reversed_order=negated(_order_timeuuid),
    parse=_parse_timeuuid,
    to_text=_uuid_text,
    to_json=quoted(_uuid_text),
    from_json=string_only(_parse_timeuuid, "a string representation of a timeuuid"),
    to_cql=literal(_uuid_text),
    width=16,
)
LEGACY_TIMEUUID = dataclasses.replace(TIMEUUID, java="LegacyTimeUUIDType")
"""The same under the name that some functions' results have on the wire, for which the protocol has no code."""
LEXICAL_UUID = dataclasses.replace(
    UUID,
    name="'org.apache.cassandra.db.marshal.LexicalUUIDType'",
    java="LexicalUUIDType",
    # Which constants are values of a custom type is not asked before they are read.
    constants=frozenset(ConstantKind),
    preferred=never,
    order=_order_lexically,
    reversed_order=negated(_order_lexically),
    parse=_parse_lexical,
    from_json=string_only(_parse_lexical, "a string representation of a uuid"),
    sources=frozenset(),
)
"""A custom type of the server's own: UUIDs of any version in the order of their bytes, halves signed."""
