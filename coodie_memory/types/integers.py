"""tinyint, smallint, int, bigint, counter, varint."""

import re
import struct
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from coodie_memory.types import javatext
from coodie_memory.types.base import EMPTY_KEY, ConstantKind, MarshalError
from coodie_memory.types.native import NativeType, bare, expected, literal, negated, never, no_value, sized

_INTEGER = r"(?a)[+-]?\d+"
_INTEGERS = frozenset({ConstantKind.INTEGER})


def integer(text: str) -> int | None:
    """The number that decimal digits of any length name, None if they name none."""
    if not re.fullmatch(_INTEGER, text):
        return None
    return int(text) if len(text) < 4000 else int(Decimal(text))  # int() refuses more than 4300 digits


def minimal_bytes(number: int) -> bytes:
    """The shortest two's complement, as in varint."""
    return number.to_bytes((number if number >= 0 else ~number).bit_length() // 8 + 1, "big", signed=True)


def fixed_order(code: str) -> Callable[[bytes], Any]:
    """The key of a fixed-width integer: itself; the empty value comes first."""
    unpack = struct.Struct(code).unpack_from
    return lambda raw: unpack(raw)[0] if raw else EMPTY_KEY


def _fixed_integer(
    name: str,
    *,
    java: str,
    code: str,
    validate: Callable[[bytes], None],
    noun: str,
    from_json: Callable[[Callable[[str], bytes], Callable[[Any], bytes]], Callable[[Any], bytes]],
    constants: frozenset[ConstantKind] = _INTEGERS,
    preferred: Callable[[ConstantKind, str], bool] = never,
    sources: frozenset[str] = frozenset(),
    width: int | None = None,
    is_counter: bool = False,
) -> NativeType:
    packed = struct.Struct(code)
    # As in the server, bytes behind the number do no harm: a hexadecimal constant may have some.
    pack, unpack = packed.pack, packed.unpack_from

    def encode(value: Any) -> bytes:
        try:
            return pack(value)
        except struct.error:
            raise no_value(value, name) from None

    def decode(raw: bytes) -> int | None:
        return unpack(raw)[0] if raw else None

    def parse(text: str) -> bytes:
        if not text:
            return b""
        try:
            return pack(integer(text))
        except struct.error:
            raise MarshalError(f"Unable to make {noun} from '{text}'") from None

    def to_text(raw: bytes) -> str:
        return str(unpack(raw)[0]) if raw else ""

    order = fixed_order(code)
    return NativeType(
        name=name,
        java=java,
        constants=constants,
        preferred=preferred,
        validate=validate,
        encode=encode,
        decode=decode,
        order=order,
        reversed_order=negated(order),
        parse=parse,
        to_text=to_text,
        to_json=bare(to_text),
        from_json=from_json(parse, pack),
        to_cql=literal(to_text),
        width=width,
        is_counter=is_counter,
        sources=sources,
    )


def _lenient_json(what: str) -> Any:
    """Any number or string goes through `parse`."""

    def make(parse: Callable[[str], bytes], _pack: Callable[[Any], bytes]) -> Callable[[Any], bytes]:
        def from_json(parsed: Any) -> bytes:
            if isinstance(parsed, bool) or not isinstance(parsed, (str, int, float)):
                raise expected(what, parsed)
            return parse(javatext.text(parsed))

        return from_json

    return make


def _strict_json(what: str) -> Any:
    """A number must be an integer of the type's size."""

    def make(parse: Callable[[str], bytes], pack: Callable[[Any], bytes]) -> Callable[[Any], bytes]:
        def from_json(parsed: Any) -> bytes:
            if isinstance(parsed, str):
                return parse(parsed)
            try:
                if not isinstance(parsed, bool):
                    return pack(parsed)
            except struct.error:
                pass
            raise expected(what, parsed)

        return from_json

    return make


def _prefers(low: int, high: int) -> Callable[[ConstantKind, str], bool]:
    """Integer constants whose number needs at least `low` and at most `high` bits."""

    def preferred(kind: ConstantKind, text: str) -> bool:
        if kind is not ConstantKind.INTEGER:
            return False
        number = integer(text) or 0
        return low <= (number if number >= 0 else ~number).bit_length() < high

    return preferred


def _hexadecimal(kind: ConstantKind, _text: str) -> bool:
    """The server gives a lone 0x… constant the type tinyint."""
    return kind is ConstantKind.HEX


TINYINT = _fixed_integer(
    "tinyint",
    java="ByteType",
    code=">b",
    validate=sized("Expected 1 byte for a tinyint", 1),
    noun="byte",
    from_json=_lenient_json("a byte value"),
    constants=frozenset({ConstantKind.INTEGER, ConstantKind.HEX}),
    preferred=_hexadecimal,
)
SMALLINT = _fixed_integer(
    "smallint",
    java="ShortType",
    code=">h",
    validate=sized("Expected 2 bytes for a smallint", 2),
    noun="short",
    from_json=_lenient_json("a short value"),
)
INT = _fixed_integer(
    "int",
    java="Int32Type",
    code=">i",
    validate=sized("Expected 4 or 0 byte int", 4, 0),
    noun="int",
    from_json=_strict_json("an int value"),
    preferred=_prefers(0, 32),
    width=4,
)
BIGINT = _fixed_integer(
    "bigint",
    java="LongType",
    code=">q",
    validate=sized("Expected 8 or 0 byte long", 8, 0),
    noun="long",
    from_json=_strict_json("a bigint value"),
    preferred=_prefers(32, 64),
    sources=frozenset({"timestamp"}),
    width=8,
)
COUNTER = _fixed_integer(
    "counter",
    java="CounterColumnType",
    code=">q",
    validate=sized("Expected 8 or 0 byte long", 8, 0),
    noun="long",
    from_json=_strict_json("a bigint value"),
    is_counter=True,
)


def _any_bytes(_raw: bytes) -> None:
    pass


def _encode_varint(value: Any) -> bytes:
    try:
        return minimal_bytes(value)
    except (AttributeError, TypeError):
        raise no_value(value, "varint") from None


def _decode_varint(raw: bytes) -> int | None:
    return int.from_bytes(raw, "big", signed=True) if raw else None


def _order_varint(raw: bytes) -> int | float:
    return int.from_bytes(raw, "big", signed=True) if raw else EMPTY_KEY


def _parse_varint(text: str) -> bytes:
    if not text:
        return b""
    number = integer(text)
    if number is None:
        raise MarshalError(f"unable to make int from '{text}'")
    return minimal_bytes(number)


def _varint_text(raw: bytes) -> str:
    return javatext.digits(int.from_bytes(raw, "big", signed=True)) if raw else ""


def _varint_from_json(parsed: Any) -> bytes:
    number = integer(javatext.text(parsed))
    if number is None:
        raise MarshalError(f"Value '{javatext.text(parsed)}' is not a valid representation of a varint value")
    return minimal_bytes(number)


VARINT = NativeType(
    name="varint",
    java="IntegerType",
    constants=_INTEGERS,
    preferred=lambda kind, text: kind is ConstantKind.INTEGER and not _prefers(0, 64)(kind, text),
    validate=_any_bytes,
    encode=_encode_varint,
    decode=_decode_varint,
    order=_order_varint,
    reversed_order=negated(_order_varint),
    parse=_parse_varint,
    to_text=_varint_text,
    to_json=bare(_varint_text),
    from_json=_varint_from_json,
    to_cql=literal(_varint_text),
    sources=frozenset({"int", "bigint", "timestamp"}),
)
