"""Which restrictions an index answers, and what to look up in it.

An index of the server's default kind answers equality alone and answers it alone: beside it everything else is
filtering. Storage-attached indexes of a table work together.
"""

from collections.abc import Iterable
from typing import assert_never

from coodie_memory.plan.where import Contains, Equal, Like, Lookup, NoneOf, OneOf, Parts, Restriction, Slice
from coodie_memory.schema.model import Column, Index, Table
from coodie_memory.types.vector import VectorType

_SAI = ("sai", "storageattachedindex", "org.apache.cassandra.index.sai.storageattachedindex")
_SASI = "org.apache.cassandra.index.sasi.sasiindex"
_EQUALITY_ONLY = ("text", "ascii", "boolean", "uuid")


def is_sai(index: Index) -> bool:
    """Whether the index is storage-attached."""
    return (index.class_name or "").lower() in _SAI


def is_sasi(index: Index) -> bool:
    """Whether the index is a SASI one."""
    return (index.class_name or "").lower() == _SASI


def is_answered(table: Table, restriction: Restriction) -> bool:
    """Whether some index of the table answers the restriction, or part of it."""
    return any(_answers(index, restriction) for index in table.indexes.values())


def covers(table: Table, restrictions: Iterable[Restriction]) -> bool:
    """Whether indexes that work together answer all of the restrictions, so that nothing is left to filter."""
    restrictions = tuple(restrictions)
    return any(all(_covers(group, one) for one in restrictions) for group in _groups(table))


def lookup(table: Table, restrictions: Iterable[Restriction]) -> Lookup | None:
    """The first equality that an index finds candidates for; None where all rows have to be looked at."""
    for restriction in restrictions:
        for index in table.indexes.values():
            if not is_sasi(index) and (found := _lookup(index, restriction)):
                return found
    return None


def _groups(table: Table) -> list[list[Index]]:
    attached = [index for index in table.indexes.values() if is_sai(index)]
    alone = [[index] for index in table.indexes.values() if not is_sai(index)]
    return [attached, *alone] if attached else alone


def _covers(group: list[Index], restriction: Restriction) -> bool:
    if isinstance(restriction, Contains):
        questions = len(restriction.values) + len(restriction.keys) + len(restriction.entries)
        return any(_answers(index, restriction) and (questions == 1 or is_sai(index)) for index in group)
    return all(
        any(_supports(index, column, restriction) for index in group) for column in restriction.columns
    )


def _answers(index: Index, restriction: Restriction) -> bool:
    return any(_supports(index, column, restriction) for column in restriction.columns)


def _supports(index: Index, column: Column, restriction: Restriction) -> bool:
    if index.column != column.name:
        return False
    match restriction:
        case Equal():
            return index.target in ("simple", "full") and not isinstance(column.type, VectorType)
        case OneOf() | NoneOf() | Like():
            return False
        case Slice():
            return index.target == "simple" and _is_ordered(index, column)
        case Contains():
            return bool(
                (restriction.values and index.target == "values")
                or (restriction.keys and index.target == "keys")
                or (restriction.entries and index.target == "entries")
            )
        case _:
            assert_never(restriction)


def _is_ordered(index: Index, column: Column) -> bool:
    if is_sasi(index):
        return column.type.cql() not in ("text", "ascii")
    is_composite = bool(column.type.children)
    return is_sai(index) and not is_composite and column.type.cql() not in _EQUALITY_ONLY


def _lookup(index: Index, restriction: Restriction) -> Lookup | None:
    if not _answers(index, restriction):
        return None
    match restriction:
        case Equal(columns, Parts(terms)):
            return next(
                Lookup(index, (term,))
                for column, term in zip(columns, terms, strict=True)
                if column.name == index.column
            )
        case Contains():
            match index.target:
                case "values":
                    return Lookup(index, restriction.values[:1])
                case "keys":
                    return Lookup(index, restriction.keys[:1])
                case _:
                    return Lookup(index, restriction.entries[0])
        case _:
            return None
