"""The protocol's notations, each written by a function and read by a method of `Reader` of the same name.

Integers are big-endian. A text that does not fit its length prefix is cut, so that no message is ever malformed.
"""

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final, TypeAlias, TypeVar
from uuid import UUID

from coodie_memory.errors import ProtocolException
from coodie_memory.result import UNSET, Raw, Unset

T = TypeVar("T")
Bound: TypeAlias = bytes | Unset | None
"""A bound value: wire bytes, null, or unset."""
Address: TypeAlias = IPv4Address | IPv6Address
Payload: TypeAlias = Mapping[str, Raw]
"""A custom payload."""

CONSISTENCY: Final = (
    "ANY", "ONE", "TWO", "THREE", "QUORUM", "ALL", "LOCAL_QUORUM", "EACH_QUORUM", "SERIAL", "LOCAL_SERIAL", "LOCAL_ONE",
    "NODE_LOCAL",
)  # fmt: skip
"""The consistency levels, each at its code."""
_CONSISTENCY_CODE: Final = {name: code.to_bytes(2) for code, name in enumerate(CONSISTENCY)}

_SHORT: Final = struct.Struct(">H")
_INT: Final = struct.Struct(">i")
_UNSIGNED: Final = struct.Struct(">I")
_LONG: Final = struct.Struct(">q")
_NULL: Final = b"\xff\xff\xff\xff"
_UNSET: Final = b"\xff\xff\xff\xfe"
_SHORT_MAX: Final = 0xFFFF


class Truncated(ProtocolException):
    """A message that ends too early."""


byte = struct.Struct(">b").pack
short = _SHORT.pack
int_ = _INT.pack
unsigned = _UNSIGNED.pack
long = _LONG.pack


def string(text: str) -> bytes:
    """[string]: cut to 64 KiB, between two characters."""
    raw = text.encode("utf-8", "replace")
    if len(raw) > _SHORT_MAX:
        raw = raw[:_SHORT_MAX].decode(errors="ignore").encode()
    return _SHORT.pack(len(raw)) + raw


def long_string(text: str) -> bytes:
    """[long string]."""
    raw = text.encode("utf-8", "replace")
    return _INT.pack(len(raw)) + raw


def short_bytes(raw: bytes) -> bytes:
    """[short bytes]."""
    return _SHORT.pack(len(raw)) + raw


def value(raw: Bound) -> bytes:
    """[bytes], where null may stand, and [value], where unset may, too."""
    if raw is None:
        return _NULL
    if isinstance(raw, Unset):
        return _UNSET
    return _INT.pack(len(raw)) + raw


def listed(items: Sequence[T], write: Callable[[T], bytes]) -> bytes:
    """A [short] that counts, then each item."""
    return _SHORT.pack(len(items)) + b"".join([write(item) for item in items])


def strings(texts: Sequence[str]) -> bytes:
    """[string list]."""
    return listed(texts, string)


def string_map(texts: Mapping[str, str]) -> bytes:
    """[string map]."""
    return listed([*texts.items()], lambda item: string(item[0]) + string(item[1]))


def string_multimap(texts: Mapping[str, Sequence[str]]) -> bytes:
    """[string multimap]."""
    return listed([*texts.items()], lambda item: string(item[0]) + strings(item[1]))


def bytes_map(payload: Payload) -> bytes:
    """[bytes map]."""
    return listed([*payload.items()], lambda item: string(item[0]) + value(item[1]))


def consistency(name: str) -> bytes:
    """[consistency]."""
    return _CONSISTENCY_CODE[name]


def inetaddr(address: Address) -> bytes:
    """[inetaddr]."""
    return bytes([len(address.packed)]) + address.packed


def inet(address: Address, port: int) -> bytes:
    """[inet]."""
    return inetaddr(address) + _INT.pack(port)


class Reader:
    """Takes one notation after the other off a message's body; `ProtocolException` where there is none."""

    __slots__ = ("_at", "_body")

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    @property
    def rest(self) -> int:
        """How many bytes are left."""
        return len(self._body) - self._at

    def raw(self, count: int) -> bytes:
        """That many bytes as they are."""
        start = self._at
        end = start + count
        if not start <= end <= len(self._body):
            raise Truncated(
                f"java.lang.IndexOutOfBoundsException: readerIndex({start}) + length({count}) "
                f"exceeds writerIndex({len(self._body)})"
            )
        self._at = end
        return self._body[start:end]

    # One look at the body for each number: these are most of what a statement's execution takes to read.

    def byte(self) -> int:
        """[byte]: unsigned."""
        at = self._at
        if at + 1 > len(self._body):
            self.raw(1)
        self._at = at + 1
        return self._body[at]

    def signed_byte(self) -> int:
        """A byte as the server's language has it."""
        return int.from_bytes(self.raw(1), signed=True)

    def short(self) -> int:
        """[short]: unsigned."""
        at = self._at
        if at + 2 > len(self._body):
            self.raw(2)
        self._at = at + 2
        return self._body[at] << 8 | self._body[at + 1]

    def int_(self) -> int:
        """[int]: signed."""
        return self._number(_INT, 4)

    def unsigned(self) -> int:
        """[int], its first bit one like the others: flags."""
        return self._number(_UNSIGNED, 4)

    def long(self) -> int:
        """[long]: signed."""
        return self._number(_LONG, 8)

    def _number(self, form: struct.Struct, width: int) -> int:
        at = self._at
        if at + width > len(self._body):
            self.raw(width)
        self._at = at + width
        number: int = form.unpack_from(self._body, at)[0]
        return number

    def string(self) -> str:
        """[string]."""
        return self._text(self.short, 2)

    def long_string(self) -> str:
        """[long string]."""
        return self._text(self.int_, 4)

    def _text(self, length: Callable[[], int], width: int) -> str:
        try:
            raw = self.raw(length())
        except Truncated:
            raise ProtocolException(
                f"Not enough bytes to read an UTF8 serialized string preceded by its {width} bytes length"
            ) from None
        try:
            return raw.decode()
        except UnicodeDecodeError as error:
            raise ProtocolException(
                f"Cannot decode string as UTF8: '{raw[error.start :].hex()}'; "
                "java.nio.charset.MalformedInputException: Input length = 1"
            ) from None

    def short_bytes(self) -> bytes:
        """[short bytes]."""
        try:
            return self.raw(self.short())
        except Truncated:
            raise ProtocolException(
                "Not enough bytes to read a byte array preceded by its 2 bytes length"
            ) from None

    def value(self) -> Raw:
        """[bytes]; every negative length is null."""
        length = self._number(_INT, 4)
        return None if length < 0 else self.raw(length)

    def bounds(self, version: int) -> tuple[Bound, ...]:
        """A [short] that counts, then each [value]."""
        bounds = list[Bound]()
        body, size, count = self._body, len(self._body), self.short()
        at = self._at
        for _ in range(count):
            start = at + 4
            length = _INT.unpack_from(body, at)[0] if start <= size else -1
            end = start + length
            if length >= 0 and end <= size:
                bounds.append(body[start:end])
                at = end
            else:  # null, unset or missing
                self._at = at
                bounds.append(self.bound(version))
                at = self._at
        self._at = at
        return tuple(bounds)

    def bound(self, version: int) -> Bound:
        """[value]; before version 4 there is no unset, and every negative length is null."""
        length = self._number(_INT, 4)
        if length >= 0:
            return self.raw(length)
        if length == -1 or version < 4:
            return None
        if length == -2:
            return UNSET
        raise ProtocolException(f"Invalid ByteBuf length {length}")

    def listed(self, read: Callable[[], T]) -> tuple[T, ...]:
        """A [short] that counts, then each item."""
        return tuple([read() for _ in range(self.short())])

    def strings(self) -> tuple[str, ...]:
        """[string list]."""
        return self.listed(self.string)

    def string_map(self) -> dict[str, str]:
        """[string map]."""
        return dict(self._pairs(self.string))

    def string_multimap(self) -> dict[str, tuple[str, ...]]:
        """[string multimap]."""
        return dict(self._pairs(self.strings))

    def bytes_map(self) -> dict[str, Raw]:
        """[bytes map]."""
        return dict(self._pairs(self.value))

    def _pairs(self, read: Callable[[], T]) -> Iterable[tuple[str, T]]:
        return [(self.string(), read()) for _ in range(self.short())]

    def consistency(self) -> str:
        """[consistency]."""
        code = self.short()
        if code >= len(CONSISTENCY):
            raise ProtocolException(f"Unknown code {code} for a consistency level")
        return CONSISTENCY[code]

    def uuid(self) -> UUID:
        """[uuid]."""
        return UUID(bytes=self.raw(16))

    def inetaddr(self) -> Address:
        """[inetaddr]."""
        raw = self.raw(self.byte())
        if len(raw) not in (4, 16):
            raise ProtocolException("Invalid IP address while deserializing inet address")
        return ip_address(raw)

    def inet(self) -> tuple[Address, int]:
        """[inet]."""
        return self.inetaddr(), self.int_()
