"""What a table remembers of columns that it has no longer."""

from dataclasses import replace
from types import MappingProxyType

from coodie_memory.schema.model import Column, Table
from coodie_memory.types.base import CqlType
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.hashing import hashed
from coodie_memory.types.tuples import TupleType
from coodie_memory.types.usertype import UserType
from coodie_memory.types.vector import VectorType


def remembered(column: Column) -> Column:
    """The column with what its user types consist of in place of them, so that they can be dropped too."""
    return replace(column, type=_without_user_types(column.type))


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
