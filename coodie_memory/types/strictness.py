"""What one server refuses of values that another lets pass: beside the types' own checks, which are the lenient ones."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial

from coodie_memory.types.base import CqlType, MarshalError
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.strings import ASCII, TEXT
from coodie_memory.types.timestamps import TIMESTAMP
from coodie_memory.types.tuples import TupleType, unpack
from coodie_memory.types.usertype import UserType
from coodie_memory.types.vector import VectorType

_INTEGER = "Validation failed for type {type}: got {} bytes"
_WIDTHS: Mapping[str, tuple[Collection[int], str]] = {
    "tinyint": ((1,), "Expected 1 byte for a tinyint ({})"),
    "smallint": ((2,), "Expected 2 bytes for a smallint ({})"),
    "int": ((4,), _INTEGER),
    "bigint": ((8,), _INTEGER),
    "boolean": ((1,), "Validation failed for boolean, got {} bytes"),
    "float": ((4,), "Expected 4 bytes for a floating type, got {}"),
    "double": ((8,), "Expected 8 bytes for a floating type, got {}"),
    "date": ((4,), "Expected 4 byte long for date ({})"),
    "time": ((8,), "Expected 8 byte long for time ({})"),
    "timestamp": ((8,), "Validation failed for timestamp - got {} bytes"),
    "uuid": ((16,), "Validation failed for uuid - got {} bytes"),
    "timeuuid": ((16,), "Validation failed for timeuuid - got {} bytes"),
    "inet": ((4, 16), "Validation failed for inet_addr - got {} bytes"),
}
"""Of the types of a fixed width: how many bytes a value has, and what is said of one that has others."""
_MORE_THAN_MILLIS = r"\.(\d{4,})"
_ZULU = r"\s*[zZ]$"


def holds_text(kind: CqlType) -> bool:
    """Whether text is anywhere in values of the type."""
    return any(inner is TEXT for inner in kind.walk())


def validator(kind: CqlType, *, is_strict: bool) -> Callable[[bytes], None]:
    """What raises `MarshalError` at a bound value that is none of the type.

    `is_strict`: text is UTF-8 to the letter, and a type of a fixed width has the empty value, too.
    """
    if not is_strict:
        return kind.validate_bound
    if (fixed := _WIDTHS.get(kind.cql())) is not None:
        widths, refusal = fixed
        return partial(_require_width, kind, widths, refusal)
    if kind is ASCII:
        return _require_ascii
    if not holds_text(kind):
        return kind.validate_bound

    def validate(raw: bytes) -> None:
        if kind is not TEXT:
            kind.validate_bound(raw)
        if not raw.isascii():
            require_utf8(kind, raw)

    return validate


def _require_ascii(raw: bytes) -> None:
    if not raw.isascii():
        raise MarshalError("Validation failed - non-ASCII character in an ASCII string")


def _require_width(kind: CqlType, widths: Collection[int], refusal: str, raw: bytes) -> None:
    if not raw:
        return
    if len(raw) not in widths:
        raise MarshalError(refusal.format(len(raw), type=kind.java_name))
    if kind.cql() == "timeuuid" and (version := raw[6] >> 4) != 1:
        raise MarshalError(f"Unsupported UUID version ({version})")


def require_utf8(kind: CqlType, raw: bytes) -> None:
    """Refuse text that is not UTF-8 to the letter, anywhere in a value that is valid otherwise."""
    if kind is TEXT:
        try:
            raw.decode()
        except UnicodeDecodeError as error:
            raise MarshalError(
                f"Validation failed - non-UTF8 character in a UTF8 string, at byte offset {error.start}"
            ) from None
        return
    for inner, part in _parts(kind, raw):
        if part is not None and holds_text(inner):
            require_utf8(inner, part)


def _parts(kind: CqlType, raw: bytes) -> Iterable[tuple[CqlType, bytes | None]]:
    match kind:
        case ListType() | SetType() | VectorType():
            return [(kind.element, part) for part in kind.unpack(raw)]
        case MapType():
            return [
                pair for key, value in kind.unpack(raw) for pair in ((kind.key, key), (kind.value, value))
            ]
        case TupleType():
            return zip(kind.components, unpack(raw, len(kind.components)), strict=False)
        case UserType():
            return zip(kind.field_types, unpack(raw, len(kind.field_types)), strict=False)
        case _:
            return ()


def require_millis(text: str) -> None:
    """Refuse the text of a time that says more than its millisecond."""
    if (found := re.search(_MORE_THAN_MILLIS, text)) is not None:
        raise _no_time(text, f"Milliseconds length exceeds expected ({len(found[1])})")


def time_of_text(text: str) -> bytes:
    """A time by its text, around whose zone spaces are nothing."""
    require_millis(text)
    try:
        return TIMESTAMP.from_json(re.sub(_ZULU, "Z", text.strip()))
    except MarshalError:
        raise _no_time(text, f"Unable to parse timestamp from '{text.lower()}'") from None


def _no_time(text: str, why: str) -> MarshalError:
    return MarshalError(f"unable to parse date '{text}': marshaling error: {why}")
