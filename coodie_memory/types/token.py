"""Where a partition stands on the ring: its key's bytes, and the Murmur3 token of them.

Tokens as Cassandra computes them: x64_128, its first 64 bits, with the tail's bytes taken as signed.
"""

from collections.abc import Sequence
from struct import unpack_from

_MASK = 2**64 - 1
_C1 = 0x87C37B91114253D5
_C2 = 0x4CF5AD432745937F
_MIN, _MAX = -(2**63), 2**63 - 1


MAX_COMPONENT = 65535
"""What a value may be long, in bytes, beside others in a partition key."""


def partition_key(components: Sequence[bytes]) -> bytes:
    """The serialized partition key of its columns' values: a single one as it is, else each with its length."""
    if len(components) == 1:
        return components[0]
    return b"".join([len(part).to_bytes(2, "big") + part + b"\0" for part in components])


def token_of(key: bytes) -> int:
    """The token of a serialized partition key: signed 64 bits, of which the smallest is the empty key's alone."""
    length = len(key)
    if not length:
        return _MIN
    h1, h2 = _blocks(key, length // 16)
    tail = key[length // 16 * 16 :]
    if len(tail) > 8:
        h2 ^= _mixed(_signed_sum(tail[8:]), _C2, 33, _C1)
    if tail:
        h1 ^= _mixed(_signed_sum(tail[:8]), _C1, 31, _C2)
    h1 ^= length
    h2 ^= length
    h1 = (h1 + h2) & _MASK
    h2 = (h2 + h1) & _MASK
    token = (_avalanche(h1) + _avalanche(h2)) & _MASK
    if token > _MAX:
        token -= _MASK + 1
    return _MAX if token == _MIN else token


def _blocks(key: bytes, count: int) -> tuple[int, int]:
    h1 = h2 = 0
    for block in range(count):
        k1, k2 = unpack_from("<QQ", key, block * 16)
        h1 ^= _mixed(k1, _C1, 31, _C2)
        h1 = (h1 << 27 & _MASK) | h1 >> 37
        h1 = ((h1 + h2) * 5 + 0x52DCE729) & _MASK
        h2 ^= _mixed(k2, _C2, 33, _C1)
        h2 = (h2 << 31 & _MASK) | h2 >> 33
        h2 = ((h2 + h1) * 5 + 0x38495AB5) & _MASK
    return h1, h2


def _mixed(k: int, first: int, rotation: int, second: int) -> int:
    k = k * first & _MASK
    k = (k << rotation & _MASK) | k >> 64 - rotation
    return k * second & _MASK


def _signed_sum(tail: bytes) -> int:
    """The tail as a little-endian number. Cassandra's bug: each byte is sign-extended before it is xored in."""
    k = int.from_bytes(tail, "little")
    for index, byte in enumerate(tail):
        if byte > 127:
            k ^= _MASK << 8 * index + 8
    return k & _MASK


def _avalanche(k: int) -> int:
    k ^= k >> 33
    k = k * 0xFF51AFD7ED558CCD & _MASK
    k ^= k >> 33
    k = k * 0xC4CEB9FE1A85EC53 & _MASK
    return k ^ k >> 33
