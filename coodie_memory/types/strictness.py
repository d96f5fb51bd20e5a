"""What one server refuses of values that another lets pass: beside the types' own checks, which are the lenient ones."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from coodie_memory.types.base import CqlType, MarshalError
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.strings import TEXT
from coodie_memory.types.timestamps import TIMESTAMP
from coodie_memory.types.tuples import TupleType, unpack
from coodie_memory.types.usertype import UserType
from coodie_memory.types.vector import VectorType

_MORE_THAN_MILLIS = r"\.(\d{4,})"
_ZULU = r"\s*[zZ]$"


def holds_text(kind: CqlType) -> bool:
    """Whether text is anywhere in values of the type."""
    return any(inner is TEXT for inner in kind.walk())


def require_utf8(kind: CqlType, raw: bytes) -> None:
    """Refuse text that is not UTF-8 to the letter, anywhere in a value that is valid otherwise."""
    if kind is TEXT:
        try:
            raw.decode()
        except UnicodeDecodeError:
            raise MarshalError("String didn't validate.") from None
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
    return MarshalError(f"marshaling error: unable to parse date '{text}': marshaling error: {why}")


def require_millis_in(kind: CqlType, found: Any) -> None:
    """The same for all times in a value read from JSON, where the value has the type's form."""
    if kind is TIMESTAMP and isinstance(found, str):
        require_millis(found)
    match kind, found:
        case ListType() | SetType() | VectorType(), [*elements]:
            _each((kind.element, element) for element in elements)
        case MapType(), Mapping():
            _each((kind.key, key) for key in found)
            _each((kind.value, value) for value in found.values())
        case TupleType(), [*elements]:
            _each(zip(kind.components, elements, strict=False))
        case UserType(), Mapping():
            types: Sequence[tuple[str, CqlType]] = [*zip(kind.field_names, kind.field_types, strict=True)]
            _each((inner, found[name]) for name, inner in types if name in found)
        case _:
            pass


def _each(parts: Iterable[tuple[CqlType, Any]]) -> None:
    for kind, part in parts:
        require_millis_in(kind, part)
