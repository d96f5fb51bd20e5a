"""inet: IPv4 and IPv6 addresses."""

import struct
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Any

from coodie_memory.types.base import ConstantKind, MarshalError
from coodie_memory.types.native import (
    NativeType,
    never,
    no_value,
    quoted,
    reversing,
    string_literal,
    string_only,
)


def _validate_inet(raw: bytes) -> None:
    if len(raw) not in (0, 4, 16):
        raise MarshalError(f"Expected 4 or 16 byte inetaddress; got {raw.hex()}")


def _encode_inet(value: Any) -> bytes:
    try:
        return value.packed  # type: ignore[no-any-return]
    except AttributeError:
        pass
    try:
        return IPv4Address(value).packed if "." in value and ":" not in value else IPv6Address(value).packed
    except (AddressValueError, TypeError):
        raise no_value(value, "inet") from None


def _decode_inet(raw: bytes) -> IPv4Address | IPv6Address | None:
    if not raw:
        return None
    return IPv4Address(raw) if len(raw) == 4 else IPv6Address(raw)


def _parse_inet(text: str) -> bytes:
    if not text:
        return b""
    if text == "localhost":
        return b"\x7f\x00\x00\x01"
    packed = _ipv6(text) if ":" in text else _ipv4(text)
    if packed is None:
        raise MarshalError(f"Unable to make inet address from '{text}'")
    return packed


def _ipv4(text: str) -> bytes | None:
    """One to four numbers; the last one fills the bytes that are left."""
    parts = text.split(".")
    if len(parts) > 4 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    *head, last = map(int, parts)
    room = 4 - len(head)
    if any(number > 255 for number in head) or last >> 8 * room:
        return None
    return bytes(head) + last.to_bytes(room, "big")


def _ipv6(text: str) -> bytes | None:
    """An IPv4 address written as IPv6 is one."""
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1]
    try:
        address = IPv6Address(text)
    except AddressValueError:
        return None
    if address.scope_id is not None:
        return None
    return (address.ipv4_mapped or address).packed


def _inet_text(raw: bytes) -> str:
    """Java's form: IPv6 as eight numbers, nothing left out."""
    address = _decode_inet(raw)
    if address is None:
        return ""
    if isinstance(address, IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return ":".join(f"{group:x}" for group in struct.unpack(">8H", raw))


def _bytes(raw: bytes) -> bytes:
    return raw


INET = NativeType(
    name="inet",
    java="InetAddressType",
    constants=frozenset({ConstantKind.STRING}),
    preferred=never,
    validate=_validate_inet,
    encode=_encode_inet,
    decode=_decode_inet,
    order=_bytes,
    reversed_order=reversing(_bytes),
    parse=_parse_inet,
    to_text=_inet_text,
    to_json=quoted(_inet_text),
    from_json=string_only(_parse_inet, "a string representation of an inet value"),
    to_cql=string_literal(_inet_text),
)
