"""What CREATE TABLE says of the primary key: its columns, and which of them sort descending."""

from collections.abc import Mapping, Sequence

from coodie_memory.cql import ast
from coodie_memory.dialect import Dialect, TableRefusals
from coodie_memory.errors import InvalidRequest
from coodie_memory.plan.typenames import shown
from coodie_memory.types.base import CqlType
from coodie_memory.types.quoting import identifier


def named(statement: ast.CreateTable, dialect: Dialect) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the partition key's columns, and of the clustering key's."""
    keys: list[tuple[tuple[str, ...], tuple[str, ...]]] = [
        ((column.name,), ()) for column in statement.columns if column.primary_key
    ]
    keys += [(key.partition, key.clustering) for key in statement.primary_keys]
    if not keys:
        raise InvalidRequest(dialect.table_refusals.no_key.format(table=statement.table.name))
    return keys[0]


def check(
    statement: ast.CreateTable,
    keyspace: str,
    types: Mapping[str, CqlType],
    key: Sequence[str],
    dialect: Dialect,
) -> None:
    """Refuse columns that cannot be a key's; `types` are those of all columns."""
    table, refusals = statement.table.name, dialect.table_refusals
    definitions = {column.name: column for column in statement.columns}
    seen: set[str] = set()
    for name in key:
        column = identifier(name)
        if name not in types:
            raise InvalidRequest(refusals.unknown_in_key.format(column=column, table=table))
        if name in seen:
            raise InvalidRequest(refusals.repeated_in_key.format(column=column, table=table))
        seen.add(name)
        kind = types[name]
        if kind.is_multicell:
            raise InvalidRequest(_not_frozen(kind, definitions[name].type, column, keyspace, refusals))
        if kind.is_counter:
            raise InvalidRequest(refusals.counter_in_key.format(column=column))
        if kind.contains_duration():
            raise InvalidRequest(dialect.durations_are_no_keys.format(column))
        if definitions[name].static:
            raise InvalidRequest(refusals.static_in_key.format(column=column))


def _not_frozen(
    kind: CqlType, written: ast.TypeName, column: str, keyspace: str, refusals: TableRefusals
) -> str:
    if kind.is_collection:
        named = shown(written) if isinstance(written, ast.CustomTypeName) else kind
        return refusals.collection_in_key.format(type=named, column=column)
    return refusals.user_type_in_key.format(type=shown(written, keyspace), column=column)


def descending(
    statement: ast.CreateTable, clustering: Sequence[str], refusals: TableRefusals
) -> frozenset[str]:
    """The clustering columns that CLUSTERING ORDER BY turns round."""
    named = [order.column for order in statement.clustering_order]
    if refusals.order_of_too_many is None:
        if others := [identifier(name) for name in named if name not in clustering]:
            raise InvalidRequest(refusals.order_of_others.format(others=", ".join(others)))
    elif len(named) > len(clustering):
        raise InvalidRequest(refusals.order_of_too_many)
    for name, expected in zip(named, clustering, strict=False):
        if name == expected:
            continue
        if expected in named:
            raise InvalidRequest(
                refusals.order_disordered.format(earlier=identifier(expected), column=identifier(name))
            )
        raise InvalidRequest(f"Missing CLUSTERING ORDER for column {identifier(expected)}")
    return frozenset(order.column for order in statement.clustering_order if order.descending)
