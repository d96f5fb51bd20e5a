"""DDL text, and what a live table lacks of the one that models want."""
# ruff: noqa: S608  # DDL takes no bind marks: names are quoted, constants escaped, a view's WHERE is the model's own

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from coodie import tableoptions
from coodie.cqltypes import UserTypeLike, spelling
from coodie.exceptions import InvalidModelError, InvalidQueryError
from coodie.names import literal, qualified, quoted
from coodie.schema import Column, Index, Kind, TableSchema, View

SAI = "sai"
"""Cassandra's index class for vectors."""
VECTOR_INDEX = "vector_index"
"""ScyllaDB's."""
_TARGET = re.compile(r"(keys|values|entries|full)\((.*)\)")


@dataclass(frozen=True, slots=True)
class LiveColumn:
    """A column as `system_schema.columns` tells it."""

    name: str
    kind: str
    position: int
    clustering_order: str
    type: str  # the system table's own word


@dataclass(frozen=True, slots=True)
class LiveTable:
    """A table as `system_schema` tells it."""

    columns: Mapping[str, LiveColumn]
    indexes: Mapping[str, Mapping[str, str]]
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Changes:
    """What makes the live table the wanted one, and what it differs in that is not for us to change."""

    statements: tuple[str, ...] = ()
    drift: tuple[str, ...] = ()


def changes(
    wanted: TableSchema,
    live: LiveTable | None,
    keyspace: str | None,
    *,
    vector_class: str = SAI,
    drops_removed_indexes: bool = False,
) -> Changes:
    """What is missing, in the order to create it; columns are never dropped or retyped."""
    schema, name = wanted, qualified(keyspace, wanted.table)
    if live is None:
        return Changes(
            (create_table(schema, name), *(create_index(name, each, vector_class) for each in schema.indexes))
        )
    missing = [column for column in schema.columns if column.name not in live.columns]
    added = [add_column(name, column) for column in missing if not column.is_key]
    removed = (
        sorted(live.indexes.keys() - {each.name for each in schema.indexes}) if drops_removed_indexes else []
    )
    dropped = [f"DROP INDEX IF EXISTS {qualified(keyspace, each)}" for each in removed]
    indexes, differing = _index_changes(schema, live, name, vector_class, removed)
    options = _changed_options(schema, live)
    altered = [f"ALTER TABLE {name} WITH {_options_text(options)}"] if options else []
    return Changes((*added, *altered, *dropped, *indexes), (*_drift(schema, live), *differing))


def _index_changes(
    schema: TableSchema, live: LiveTable, table: str, vector_class: str, removed: Collection[str]
) -> tuple[list[str], list[str]]:
    """What creates the indexes that are missing, and how those that are there differ from the wanted ones."""
    created, differing = [], []
    for index in (_on_this_server(each, vector_class) for each in schema.indexes):
        there = live.indexes.get(index.name)
        if there is not None:
            if not _same_index(index, there):
                differing.append(
                    f"index {index.name} is on {_told(there)}, the model says {_told(_as_live(index))}"
                )
            continue
        twins = (name for name, each in live.indexes.items() if name not in removed)
        twin = next((name for name in twins if _same_index(index, live.indexes[name])), None)
        if twin is None:
            created.append(create_index(table, index, vector_class))
        else:
            differing.append(f"index {twin} is called {index.name} in the model")
    return created, differing


def _on_this_server(index: Index, vector_class: str) -> Index:
    """The index as it is created; that of a vector is of the class that this server has for them."""
    if index.similarity is None:
        return index
    return replace(
        index, similarity=None, using=vector_class, options={"similarity_function": index.similarity}
    )


def _same_index(index: Index, live: Mapping[str, str]) -> bool:
    """Whether the server's options of an index say what the model does; what it leaves open may be anything."""
    kind, column = _target(live.get("target", ""))
    if column != index.column:
        return False
    if index.target is not None and kind not in (index.target, None if index.target == "full" else ""):
        return False
    if index.target is None and kind in ("keys", "entries"):
        return False
    if index.using is not None and _class(index.using) != _class(live.get("class_name", "")):
        return False
    return all(str(live.get(name)).lower() == str(value).lower() for name, value in index.options.items())


def _target(text: str) -> tuple[str | None, str]:
    """What of which column: `values("Tags")` is `values` of `Tags`."""
    found = _TARGET.fullmatch(text)
    kind, column = (found[1], found[2]) if found else (None, text)
    return kind, column[1:-1].replace('""', '"') if column.startswith('"') else column


def _class(name: str) -> str:
    short = name.rpartition(".")[2].lower()
    return SAI if short == "storageattachedindex" else short


def _as_live(index: Index) -> dict[str, str]:
    column = quoted(index.column)
    target = column if index.target is None else f"{index.target}({column})"
    class_name = {} if index.using is None else {"class_name": index.using}
    return {"target": target, **class_name, **index.options}


def _told(live: Mapping[str, str]) -> str:
    """An index in a sentence."""
    others = {name: value for name, value in live.items() if name not in ("target", "class_name")}
    using = f" using {live['class_name']}" if "class_name" in live else ""
    return f"{live.get('target')}{using}{f' with {_map_text(others)}' if others else ''}"


def create_table(schema: TableSchema, name: str) -> str:
    """The whole table."""
    columns = ", ".join(_column_text(column) for column in schema.columns)
    with_ = [_clustering_order(schema)] if any(column.order == "DESC" for column in schema.clustering) else []
    options = wanted_options(schema)
    with_ += [_options_text(options)] if options else []
    suffix = f" WITH {' AND '.join(with_)}" if with_ else ""
    return f"CREATE TABLE IF NOT EXISTS {name} ({columns}, PRIMARY KEY ({_primary_key(schema)})){suffix}"


def create_index(table: str, index: Index, vector_class: str) -> str:
    """One index; that of a vector is of the class that this server has for them."""
    index = _on_this_server(index, vector_class)
    column = quoted(index.column)
    target = column if index.target is None else f"{index.target}({column})"
    using = "" if index.using is None else f" USING {literal(index.using)}"
    options = f" WITH OPTIONS = {_map_text(index.options)}" if index.options else ""
    custom = "" if index.using is None else "CUSTOM "
    return f"CREATE {custom}INDEX IF NOT EXISTS {quoted(index.name)} ON {table} ({target}){using}{options}"


def type_changes(wanted: type[UserTypeLike], live: Mapping[str, str] | None, keyspace: str | None) -> Changes:
    """What the live user type (its fields' types by name) lacks; fields are never dropped or retyped."""
    name = qualified(keyspace, wanted.type_name())
    fields = {field: spelling(there.cql_type) for field, there in wanted.__cql_fields__().items()}
    if live is None:
        columns = ", ".join(f"{quoted(field)} {there}" for field, there in fields.items())
        return Changes((f"CREATE TYPE IF NOT EXISTS {name} ({columns})",))
    added = [
        f"ALTER TYPE {name} ADD {quoted(field)} {fields[field]}" for field in fields if field not in live
    ]
    unknown = [
        f"field {field} {there} is not in the class" for field, there in live.items() if field not in fields
    ]
    retyped = [
        f"field {field} is {live[field]}, the class says {there}"
        for field, there in fields.items()
        if field in live and not same_type(there, live[field])
    ]
    return Changes(tuple(added), (*unknown, *retyped))


def add_column(table: str, column: Column) -> str:
    """One more column."""
    return f"ALTER TABLE {table} ADD {_column_text(column)}"


def describe_table(keyspace: str, table: str) -> str:
    """Asks for the statement that would create the table as it is."""
    return f"DESCRIBE TABLE {qualified(keyspace, table)}"


def drop_table(schema: TableSchema) -> str:
    """The table gone, if it is there."""
    return f"DROP TABLE IF EXISTS {qualified(schema.keyspace, schema.table)}"


def truncate(schema: TableSchema) -> str:
    """All its rows gone."""
    return f"TRUNCATE {qualified(schema.keyspace, schema.table)}"


def create_keyspace(
    name: str, replication_factor: int, strategy: str, dc_replication_map: Mapping[str, int] | None
) -> str:
    """A keyspace, unless there is one."""
    if dc_replication_map is not None:
        replication: dict[str, str | int] = {"class": "NetworkTopologyStrategy", **dc_replication_map}
    else:
        replication = {"class": strategy, "replication_factor": replication_factor}
    return f"CREATE KEYSPACE IF NOT EXISTS {quoted(name)} WITH replication = {_map_text(replication)}"


def create_view(schema: TableSchema, view: View) -> str:
    """The whole view."""
    columns = view.columns or tuple(column.name for column in schema.columns)
    where = view.where or " AND ".join(f"{quoted(column.name)} IS NOT NULL" for column in schema.primary_key)
    orders = view.order or {column.name: column.order for column in schema.clustering}
    with_ = (
        [f"CLUSTERING ORDER BY ({', '.join(_order_text(*each) for each in orders.items())})"]
        if orders
        else []
    )
    with_ += [_options_text(schema.options)] if schema.options else []
    return (
        f"CREATE MATERIALIZED VIEW IF NOT EXISTS {qualified(schema.keyspace, schema.table)} "
        f"AS SELECT {', '.join(map(quoted, columns))} FROM {qualified(schema.keyspace, view.base)} WHERE {where} "
        f"PRIMARY KEY ({_primary_key(schema)}){' WITH ' + ' AND '.join(with_) if with_ else ''}"
    )


def drop_view(schema: TableSchema) -> str:
    """The view gone, if it is there."""
    return f"DROP MATERIALIZED VIEW IF EXISTS {qualified(schema.keyspace, schema.table)}"


def view_drift(schema: TableSchema, live: Mapping[str, LiveColumn]) -> tuple[str, ...]:
    """What a live view differs in from the wanted one: all of it stays, a view cannot be altered."""
    return tuple(_drift(schema, LiveTable(live, {})))


def drop_keyspace(name: str) -> str:
    """The keyspace gone, if it is there."""
    return f"DROP KEYSPACE IF EXISTS {quoted(name)}"


def _column_text(column: Column) -> str:
    static = " static" if column.kind is Kind.STATIC else ""
    return f"{quoted(column.name)} {spelling(column.cql_type)}{static}"


def _primary_key(schema: TableSchema) -> str:
    partition = ", ".join(quoted(column.name) for column in schema.partition_key)
    if len(schema.partition_key) > 1:
        partition = f"({partition})"
    return ", ".join([partition, *(quoted(column.name) for column in schema.clustering)])


def _clustering_order(schema: TableSchema) -> str:
    columns = ", ".join(f"{quoted(column.name)} {column.order}" for column in schema.clustering)
    return f"CLUSTERING ORDER BY ({columns})"


def _order_text(name: str, order: str) -> str:
    if order.upper() not in ("ASC", "DESC"):
        raise InvalidModelError(f"the order of {name} is ASC or DESC, not {order!r}")
    return f"{quoted(name)} {order.upper()}"


# Options


def wanted_options(schema: TableSchema) -> dict[str, Any]:
    """The options that the model says something of; CQL does not care for the case of their names."""
    options = {name.lower(): value for name, value in schema.options.items()}
    if schema.default_ttl is not None:
        options["default_time_to_live"] = schema.default_ttl
    return options


def _changed_options(schema: TableSchema, live: LiveTable) -> dict[str, Any]:
    return {
        name: value
        for name, value in wanted_options(schema).items()
        if not tableoptions.same(name, value, live.options.get(name))
    }


def _options_text(options: Mapping[str, Any]) -> str:
    spelt = ((name, tableoptions.spelt(name, value)) for name, value in options.items())
    return " AND ".join(f"{_option_name(name)} = {_constant(value)}" for name, value in spelt)


def _option_name(name: str) -> str:
    if not name.isidentifier():
        raise InvalidQueryError(f"{name!r} is no table option")
    return name


def _constant(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return repr(value)
        case str():
            return literal(value)
        case Mapping():
            return _map_text(value)
    raise InvalidQueryError(f"{value!r} is no value of an option: text, number, bool or a dict of these")


def _map_text(values: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{literal(name)}: {_constant(value)}" for name, value in values.items()) + "}"


# Drift


def _drift(schema: TableSchema, live: LiveTable) -> Iterable[str]:
    """What differs and stays: unknown columns, other types, another key."""
    for name in sorted(live.columns.keys() - schema.by_name.keys()):
        yield f"column {name} {live.columns[name].type} is not in the model"
    for column in schema.columns:
        there = live.columns.get(column.name)
        if there is None:
            if column.is_key:
                yield f"{column.kind.value} column {column.name} is missing, and a key cannot grow"
            elif schema.view is not None:
                yield f"column {column.name} is missing, and a view cannot grow"
            continue
        if not same_type(spelling(column.cql_type), there.type):
            yield f"column {column.name} is {there.type}, the model says {spelling(column.cql_type)}"
        yield from _key_drift(schema, column, there)


def _key_drift(schema: TableSchema, column: Column, live: LiveColumn) -> Iterable[str]:
    if column.kind.value != live.kind:
        yield f"column {column.name} is {live.kind}, the model says {column.kind.value}"
        return
    if not column.is_key:
        return
    part = schema.partition_key if column.kind is Kind.PARTITION_KEY else schema.clustering
    if part.index(column) != live.position:
        yield f"key column {column.name} has position {live.position}, the model says {part.index(column)}"
    if column.kind is Kind.CLUSTERING and live.clustering_order.upper() != column.order:
        yield f"key column {column.name} is sorted {live.clustering_order}, the model says {column.order}"


def same_type(wanted: str, live: str) -> bool:
    """Whether two spellings mean one type: what is inside of another type is frozen, said or not."""
    return _canonical(wanted) == _canonical(live)


def _canonical(text: str) -> str:
    spelt = text.replace(" ", "").replace("varchar", "text").lower()
    outer = "frozen<" if spelt.startswith("frozen<") and not spelt.startswith("frozen<tuple<") else ""
    return outer + spelt.replace("frozen<", "").replace(">", "")
