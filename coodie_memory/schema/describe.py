"""The CQL that makes an object of the schema, as DESCRIBE shows it, to the byte."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from coodie_memory.dialect import Spelling
from coodie_memory.schema.changelog import is_log
from coodie_memory.schema.model import (
    Column,
    DroppedColumn,
    Index,
    Keyspace,
    Mask,
    Table,
    UserAggregate,
    UserFunction,
    View,
)
from coodie_memory.types import floattext
from coodie_memory.types.base import CqlType
from coodie_memory.types.quoting import identifier, string
from coodie_memory.types.tuples import TupleType
from coodie_memory.types.usertype import UserType
from coodie_memory.value import replace

_LOCATOR = "org.apache.cassandra.locator."
_INDENT = "    "
# What is absent from `Table.options` shows this.
_ABSENT: Mapping[str, Any] = {
    "allow_auto_snapshot": True,
    "cdc": False,
    "incremental_backups": True,
    "memtable": "default",
}
_INFORMATION = "/* Do NOT execute this statement! It's only for informational purposes.\n   "
_OF_LOG = (
    "A CDC log table is created automatically when creating the base with CDC\n"
    "   enabled option or creating the vector index on the base table's vector column."
)
_OF_INDEX = (
    "This materialized view is the underlying materialized view of a secondary\n"
    "   index. It can be restored via restoring the index."
)
_COMPACT_COMMENT = (
    "Warning: Table {} omitted because it has constructs not compatible with CQL (was created via legacy API).\n"
    "Approximate structure, for reference:\n"
    "(this should not be used to reproduce this schema)"
)
_NOT_OF_VIEWS = frozenset({"default_time_to_live"})


def qualified(keyspace: str, name: str) -> str:
    """`keyspace.name`."""
    return f"{identifier(keyspace)}.{identifier(name)}"


def create_keyspace(keyspace: Keyspace, spelling: Spelling) -> str:
    """CREATE KEYSPACE."""
    name = identifier(keyspace.name)
    if keyspace.is_virtual:
        return _comment(
            f"Warning: Keyspace {name} is a virtual keyspace and cannot be recreated with CQL.",
            f"VIRTUAL KEYSPACE {name};",
        )
    replication = dict(keyspace.replication)
    if spelling.short_replication:
        replication["class"] = replication["class"].removeprefix(_LOCATOR)
    durable = "true" if keyspace.durable_writes else "false"
    options = [f"replication = {_map(replication)}", f"durable_writes = {durable}"]
    if keyspace.storage:
        options.insert(1, f"storage = {_map(keyspace.storage)}")
    if spelling.shows_tablets:
        initial = f", 'initial': {keyspace.tablets}" if keyspace.tablets else ""
        options.append(f"tablets = {{'enabled': {'false' if keyspace.tablets is None else 'true'}{initial}}}")
    return f"CREATE KEYSPACE {name} WITH {spelling.keyspace_options.join(options)};"


def create_type(user_type: UserType) -> str:
    """CREATE TYPE."""
    fields = [
        f"{_INDENT}{identifier(name)} {kind.cql()}"
        for name, kind in zip(user_type.field_names, user_type.field_types, strict=True)
    ]
    return f"CREATE TYPE {qualified(user_type.keyspace, user_type.name)} (\n" + ",\n".join(fields) + "\n);"


def create_function(function: UserFunction) -> str:
    """CREATE FUNCTION."""
    arguments = [
        f"{identifier(name)} {_of_function(kind)}"
        for name, kind in zip(function.argument_names, function.argument_types, strict=True)
    ]
    lines = [
        f"CREATE FUNCTION {qualified(function.keyspace, function.name)}({', '.join(arguments)})",
        f"{'CALLED' if function.called_on_null else 'RETURNS NULL'} ON NULL INPUT",
        f"RETURNS {_of_function(function.returns)}",
        f"LANGUAGE {function.language}",
        f"AS $${function.body}$$;",
    ]
    return f"\n{_INDENT}".join(lines)


def create_aggregate(aggregate: UserAggregate) -> str:
    """CREATE AGGREGATE."""
    name = qualified(aggregate.keyspace, aggregate.name)
    lines = [
        f"CREATE AGGREGATE {name}({', '.join(map(_of_function, aggregate.argument_types))})",
        f"SFUNC {identifier(aggregate.state_function)}",
        f"STYPE {_of_function(aggregate.state_type)}",
    ]
    if aggregate.reduce_function is not None:
        lines.append(f"REDUCEFUNC {identifier(aggregate.reduce_function)}")
    if aggregate.final_function is not None:
        lines.append(f"FINALFUNC {identifier(aggregate.final_function)}")
    if aggregate.initial_state is not None:
        lines.append(f"INITCOND {aggregate.state_type.to_cql(aggregate.initial_state)}")
    return f"\n{_INDENT}".join(lines) + ";"


def function_name(defined: UserFunction | UserAggregate) -> str:
    """A function or aggregate with its argument types, by which it is told from its overloads."""
    return f"{identifier(defined.name)}({', '.join(map(_of_function, defined.argument_types))})"


def _of_function(kind: CqlType) -> str:
    """A type as functions have it: tuples are frozen by nature, and do not say so."""
    return str(kind).removeprefix("frozen<")[:-1] if isinstance(kind, TupleType) else str(kind)


def create_index(table: Table, index: Index, spelling: Spelling, *, internals: bool) -> str:
    """CREATE [CUSTOM] INDEX; `internals` is the id of the view that it is kept as."""
    options = {name: value for name, value in sorted(index.options.items()) if name != "class_name"}
    target = _target(options.pop("target"))
    if index.target == "full" and not target.endswith(f"full({identifier(index.column)})"):
        target = f"{target.removesuffix(identifier(index.column))}full({identifier(index.column)})"
    where = qualified(table.keyspace, table.name) + spelling.index_target.format(target)
    text = f"INDEX {identifier(index.name)} ON {where}"
    if index.kept is not None:
        return f"CREATE {text} WITH {_options(index.kept, spelling, internals=internals)}"
    if index.class_name is None:
        return f"CREATE {text}{spelling.ending}"
    with_options = f" WITH OPTIONS = {_map(options)}" if options else ""
    return (
        f"CREATE CUSTOM {text} USING {string(index.class_name)}{with_options}{spelling.custom_index_ending}"
    )


def _target(stored: str) -> str:
    """The target as it is written; that of more than a column is kept as JSON."""
    if not stored.startswith('{"'):
        return stored
    target = json.loads(stored)
    key = f"({', '.join(map(identifier, target['pk']))})" if "pk" in target else None
    vector = [identifier(target["tc"])] if "tc" in target else []
    parts = (*vector, *target.get("ck", ()), *map(identifier, target.get("fc", ())))
    return ", ".join(parts if key is None else (key, *parts))


def create_view(view: View, spelling: Spelling, *, internals: bool) -> str:
    """CREATE MATERIALIZED VIEW."""
    table = view.table
    selection = "*" if view.include_all_columns else ", ".join(map(identifier, table.columns))
    lines = (
        f"CREATE MATERIALIZED VIEW {qualified(table.keyspace, table.name)} AS",
        f"{_INDENT}SELECT {selection}",
        f"{_INDENT}FROM {qualified(table.keyspace, view.base_name)}",
        f"{_INDENT}WHERE {view.where_clause}",
        f"{_INDENT}{_primary_key(table)}",
    )
    options = _options(table, spelling, internals=internals, hidden=_NOT_OF_VIEWS)
    return "\n".join(lines) + spelling.with_of_view + options


def create_view_of_index(view: View, spelling: Spelling, *, internals: bool) -> str:
    """The view that an index is kept as, which comes with the index."""
    return f"{_INFORMATION}{_OF_INDEX}\n\n{create_view(view, spelling, internals=internals)}\n*/"


def create_table(table: Table, spelling: Spelling, *, internals: bool) -> str:
    """CREATE TABLE; `internals` are the id, and what makes the table's dropped columns."""
    dropped = list(table.dropped.values()) if internals else []
    statements = [
        f"CREATE {_structure(table, dropped, spelling)}{_options(table, spelling, internals=internals)}"
    ]
    for each in dropped:
        statements += _dropping(table, each, spelling)
    created = "\n".join(statements)
    if table.is_compact and spelling.comments_out_compact:
        name = qualified(table.keyspace, table.name)
        return f"/*\n{_COMPACT_COMMENT.format(name)}\n\n{created}\n*/"
    return f"{_INFORMATION}{_OF_LOG}\n\n{created}\n*/" if is_log(table) else created


def alter_table(table: Table, spelling: Spelling) -> str:
    """ALTER TABLE with all options as they are."""
    return f"ALTER TABLE {qualified(table.keyspace, table.name)} WITH {_all_options(table, spelling)}"


def virtual_table(table: Table, spelling: Spelling, *, internals: bool) -> str:
    """What a table would look like that nobody can create."""
    name = qualified(table.keyspace, table.name)
    comment = f"comment = {string(table.options['comment'])}"
    return _comment(
        f"Warning: Table {name} is a virtual table and cannot be recreated with CQL.",
        f"VIRTUAL {_structure(table, [], spelling)}{_joined([*_heading(table, internals=internals), comment])};",
    )


def _structure(table: Table, dropped: Sequence[DroppedColumn], spelling: Spelling) -> str:
    """The table's name and its columns; a dropped column stands where it can be dropped again."""
    again = {each.column.name for each in dropped}
    # A table that a statement can make; the structure of others is not so tidy.
    only_key = spelling.key_in_column and len(table.primary_key) == 1
    lines = [
        _definition(column, spelling)
        + (" TTL" if column.name == table.options.get("ttl") else "")
        + (" PRIMARY KEY" if only_key and column.is_key else "")
        for column in _in_create_order(table)
        if column.name not in again
    ]
    lines += [_definition(each.column, spelling) for each in dropped]
    if not only_key:
        lines.append(_primary_key(table))
    body = ",\n".join(_INDENT + line for line in lines)
    return f"TABLE {qualified(table.keyspace, table.name)} (\n{body}\n) WITH "


def _comment(warning: str, structure: str) -> str:
    return f"/*\n{warning}\nStructure, for reference:\n{structure}\n*/"


def _dropping(table: Table, dropped: DroppedColumn, spelling: Spelling) -> Iterator[str]:
    name, column = qualified(table.keyspace, table.name), dropped.column
    yield f"ALTER TABLE {name} DROP {identifier(column.name)} USING TIMESTAMP {dropped.dropped_at};"
    if again := table.columns.get(column.name):
        yield f"ALTER TABLE {name} ADD {_definition(again, spelling)};"


def _in_create_order(table: Table) -> Iterable[Column]:
    """The key, then statics and regulars, of each kind first what is one cell, then what is many."""

    def simple_first(columns: Iterable[Column]) -> list[Column]:
        shown = (column for column in columns if not column.is_hidden)
        return sorted(shown, key=lambda column: column.type.is_multicell)

    if table.is_static_compact:
        values = (replace(column, kind="regular") for column in table.statics or table.regulars)
        return [*table.partition_key, *simple_first(values)]
    return [*table.primary_key, *simple_first(table.statics), *simple_first(table.regulars)]


def _definition(column: Column, spelling: Spelling) -> str:
    static = f" {spelling.static}" if column.is_static else ""
    mask = "" if column.mask is None else f" MASKED WITH {_call(column.mask)}"
    return f"{identifier(column.name)} {column.type.cql()}{static}{mask}"


def _call(mask: Mask) -> str:
    arguments = (
        "null" if raw is None else kind.to_cql(raw)
        for kind, raw in zip(mask.argument_types, mask.arguments, strict=True)
    )
    return f"{qualified(mask.keyspace, mask.name)}({', '.join(arguments)})"


def _primary_key(table: Table) -> str:
    partition = ", ".join(identifier(column.name) for column in table.partition_key)
    if len(table.partition_key) > 1:
        partition = f"({partition})"
    rows = [identifier(column.name) for column in table.clustering if not column.is_hidden]
    return f"PRIMARY KEY ({', '.join([partition, *rows])})"


def _options(
    table: Table, spelling: Spelling, *, internals: bool, hidden: frozenset[str] = frozenset()
) -> str:
    shown = _shown(table, spelling, hidden)
    return _joined([*_heading(table, internals=internals), *shown]) + spelling.ending


def _all_options(table: Table, spelling: Spelling) -> str:
    return _joined(_shown(table, spelling)) + spelling.ending


def _shown(table: Table, spelling: Spelling, hidden: frozenset[str] = frozenset()) -> list[str]:
    options = {**_ABSENT, **table.options}
    names = [*spelling.options, *(name for name in spelling.extensions if name in table.options)]
    return [f"{name} = {_value(options[name], spelling)}" for name in names if name not in hidden]


def _heading(table: Table, *, internals: bool) -> Iterator[str]:
    if table.is_compact:
        yield "COMPACT STORAGE"
    if internals:
        yield f"ID = {table.id}"
    if table.clustering:
        orders = [
            f"{identifier(column.name)} {'DESC' if column.descending else 'ASC'}"
            for column in table.clustering
        ]
        yield f"CLUSTERING ORDER BY ({', '.join(orders)})"


def _joined(options: Iterable[str]) -> str:
    return f"\n{_INDENT}AND ".join(options)


def _value(value: Any, spelling: Spelling) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return floattext.double(value) if spelling.as_java else f"{value:g}"
        case Mapping():
            return _map(dict(sorted(value.items())))
        case _:
            return string(value)


def _map(values: Mapping[str, str]) -> str:
    return f"{{{', '.join(f'{string(key)}: {string(value)}' for key, value in values.items())}}}"
