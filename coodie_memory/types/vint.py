"""Variable-length integers: the leading ones of the first byte count the bytes that follow."""

from coodie_memory.types.base import MarshalError


def unsigned(number: int) -> bytes:
    """Up to 64 bits, most significant first."""
    extra = min((max(number.bit_length(), 1) - 1) // 7, 8)
    prefix = (0xFF00 >> extra & 0xFF) << 8 * extra
    return (prefix | number).to_bytes(extra + 1, "big")


def signed(number: int) -> bytes:
    """Zigzag, so that small negative numbers stay short."""
    return unsigned(number << 1 if number >= 0 else (~number << 1) | 1)


def read_unsigned(raw: bytes, offset: int) -> tuple[int, int]:
    """The number at `offset` and the offset behind it; `MarshalError` if the bytes end before."""
    try:
        first = raw[offset]
    except IndexError:
        raise MarshalError("Not enough bytes to read a variable-length integer") from None
    extra = 8 - (~first & 0xFF).bit_length()
    end = offset + 1 + extra
    if end > len(raw):
        raise MarshalError("Not enough bytes to read a variable-length integer")
    mask = (1 << 8 * extra + max(7 - extra, 0)) - 1
    return int.from_bytes(raw[offset:end], "big") & mask, end


def read_signed(raw: bytes, offset: int) -> tuple[int, int]:
    """As `read_unsigned`, undoing the zigzag."""
    number, end = read_unsigned(raw, offset)
    return number >> 1 ^ -(number & 1), end
