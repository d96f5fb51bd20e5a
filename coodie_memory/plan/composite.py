"""The bytes of a collection, tuple, user type or vector from those of its parts, and what may not be among them."""

from collections.abc import Sequence

from coodie_memory.errors import InvalidRequest
from coodie_memory.result import UNSET, Raw, Unset
from coodie_memory.types import tuples
from coodie_memory.types.base import CqlType
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.tuples import TupleType
from coodie_memory.types.usertype import UserType
from coodie_memory.types.vector import VectorType


def composed(kind: CqlType, parts: Sequence[Raw | Unset]) -> Raw | Unset:
    """The value made of these parts, laid out as in `nodes.Composite`."""
    match kind:
        case ListType():
            return UNSET if UNSET in parts else kind.pack(without_nulls(parts, "collections"))
        case SetType():
            return UNSET if UNSET in parts else kind.pack(without_nulls(parts, "collections"))
        case MapType():
            return _map(kind, parts)
        case VectorType():
            return kind.pack(without_nulls(parts, "vectors"))
        case TupleType():
            return tuples.pack(
                _without_unset(parts, "Invalid unset value for tuple field number {index}", ())
            )
        case UserType():
            return _user_type(kind, parts)
        case _:
            raise AssertionError(f"{kind} is not made of parts")


def _map(kind: MapType, parts: Sequence[Raw | Unset]) -> Raw | Unset:
    keys, values = parts[::2], parts[1::2]
    if UNSET in keys:
        raise InvalidRequest("unset value is not supported for map keys")
    if UNSET in values:
        return UNSET
    known = without_nulls(keys, "collections"), without_nulls(values, "collections")
    return kind.pack(zip(*known, strict=True))


def _user_type(kind: UserType, parts: Sequence[Raw | Unset]) -> Raw:
    if kind.is_multicell:
        # The fields are cells of their own; one that is unset is not written.
        return tuples.pack([None if isinstance(part, Unset) else part for part in parts])
    refusal = "Invalid unset value for field '{name}' of user defined type " + kind.name
    return tuples.pack(_without_unset(parts, refusal, kind.field_names))


def without_nulls(parts: Sequence[Raw | Unset], where: str) -> list[bytes]:
    """The parts, none of which may be null."""
    known = [part for part in parts if isinstance(part, bytes)]
    if len(known) < len(parts):
        raise InvalidRequest(f"null is not supported inside {where}")
    return known


def _without_unset(parts: Sequence[Raw | Unset], refusal: str, names: Sequence[str]) -> list[Raw]:
    known: list[Raw] = []
    for index, part in enumerate(parts):
        if isinstance(part, Unset):
            raise InvalidRequest(refusal.format(index=index, name=names[index] if names else ""))
        known.append(part)
    return known
