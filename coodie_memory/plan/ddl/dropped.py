"""What a table remembers of columns that it has no longer."""

from types import MappingProxyType

from coodie_memory.schema.model import Column, Table
from coodie_memory.types.base import CqlType
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.hashing import hashed
from coodie_memory.types.tuples import TupleType
from coodie_memory.types.usertype import UserType
from coodie_memory.types.vector import VectorType
from coodie_memory.value import replace

_OF_FIXED_LENGTH = frozenset(
    {"int", "bigint", "float", "double", "boolean", "timestamp", "uuid", "timeuuid", "counter"}
)
_SAME_ORDER = frozenset({("ascii", "text"), ("ascii", "blob"), ("text", "blob")})
_SAME_BYTES = _SAME_ORDER | {("bigint", "timestamp"), ("timestamp", "bigint"), ("timeuuid", "uuid")}


def remembered(column: Column) -> Column:
    """The column with what its user types consist of in place of them, so that they can be dropped too; and without mask."""
    return replace(column, type=_without_user_types(column.type), mask=None)


def in_order(after: Table, before: Table) -> Table:
    """The altered table with its dropped columns in the order in which the server lists them."""
    if not after.dropped:
        return after
    names = hashed([*before.dropped, *after.dropped], copied=len(before.dropped))
    return replace(after, dropped=MappingProxyType({name: after.dropped[name] for name in names}))


def _without_user_types(kind: CqlType) -> CqlType:
    match kind:
        case UserType():
            return TupleType(tuple(map(_without_user_types, kind.field_types)))
        case TupleType():
            return TupleType(tuple(map(_without_user_types, kind.components)))
        case ListType() | SetType() | VectorType():
            return replace(kind, element=_without_user_types(kind.element))
        case MapType():
            return replace(kind, key=_without_user_types(kind.key), value=_without_user_types(kind.value))
        case _:
            return kind


def returns_as(before: CqlType, after: CqlType) -> bool:
    """Whether a dropped column may return with another type: what was written must be readable still."""
    match after, before:
        case _ if after == before:
            return True
        case _ if after.is_multicell != before.is_multicell:
            return False
        case TupleType(), TupleType():
            return len(after.components) >= len(before.components) and all(
                map(returns_as, before.components, after.components)
            )
        case ListType(), ListType():
            return returns_as(before.element, after.element)
        case SetType(), SetType():
            return _sorts_as(before.element, after.element)
        case MapType(), MapType():
            return _sorts_as(before.key, after.key) and returns_as(before.value, after.value)
        case _ if after.cql() == "blob":
            return not _is_of_fixed_length(before)
        case _:
            return (before.cql(), after.cql()) in _SAME_BYTES


def _is_of_fixed_length(kind: CqlType) -> bool:
    return (
        _is_of_fixed_length(kind.element) if isinstance(kind, VectorType) else kind.cql() in _OF_FIXED_LENGTH
    )


def _sorts_as(before: CqlType, after: CqlType) -> bool:
    return after == before or (before.cql(), after.cql()) in _SAME_ORDER
