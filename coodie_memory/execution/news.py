"""What is told of a change of the schema to those who listen: each thing that it touches, in the server's order.

A statement's own answer names one of them. What is dropped comes first, and last of it what the rest was part of; then
what is new, then what has changed, be it only because a type or a base table has.
"""

from collections.abc import Iterator
from typing import TypeAlias

from coodie_memory.result import SchemaChange, Target
from coodie_memory.schema.catalog import Schema
from coodie_memory.schema.model import Keyspace, UserAggregate, UserFunction

_Name: TypeAlias = tuple[Target, str, tuple[str, ...]]
_NOTHING = Keyspace("", {})


def news(keyspace: str, before: Schema, after: Schema) -> Iterator[SchemaChange]:
    """All that has happened to a keyspace and in it."""
    old, new = before.keyspace(keyspace), after.keyspace(keyspace)
    kinds = [*zip(_held(old or _NOTHING), _held(new or _NOTHING), strict=True)]
    if old is None:
        yield SchemaChange("CREATED", "KEYSPACE", keyspace)
    for was, now in reversed(kinds):
        for target, name, types in was:
            if (target, name, types) not in now:
                yield SchemaChange("DROPPED", target, keyspace, name, types)
    if new is None:
        yield SchemaChange("DROPPED", "KEYSPACE", keyspace)
    for was, now in kinds:
        for target, name, types in now:
            if (target, name, types) not in was:
                yield SchemaChange("CREATED", target, keyspace, name, types)
    if old and new and (old.replication, old.durable_writes) != (new.replication, new.durable_writes):
        yield SchemaChange("UPDATED", "KEYSPACE", keyspace)
    for was, now in kinds:
        for (target, name, types), what in now.items():
            if was.get((target, name, types), what) != what:
                yield SchemaChange("UPDATED", target, keyspace, name, types)


def _held(place: Keyspace) -> tuple[dict[_Name, object], ...]:
    """What is in a keyspace: types, tables, views (of indexes, too), functions, aggregates."""
    views = ((name, view.table) for name, view in sorted(place.all_views.items()))
    return (
        {("TYPE", name, ()): kind for name, kind in sorted(place.types.items())},
        {("TABLE", name, ()): table for name, table in sorted(place.tables.items())},
        {("TABLE", name, ()): table for name, table in views},
        {("FUNCTION", each.name, _texts(each)): each for each in place.functions.values()},
        {("AGGREGATE", each.name, _texts(each)): each for each in place.aggregates.values()},
    )


def _texts(defined: UserFunction | UserAggregate) -> tuple[str, ...]:
    return tuple(map(str, defined.argument_types))
