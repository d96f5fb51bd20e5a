"""DESCRIBE: which objects of the schema are shown, in which order.

What exists is asked when the statement is executed, as the server does; hence a plan holds a function of the schema.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Literal, TypeAlias, assert_never

from coodie_memory.cql import ast
from coodie_memory.dialect import Dialect, Spelling
from coodie_memory.errors import InvalidRequest
from coodie_memory.plan.ddl.system import SYSTEM
from coodie_memory.plan.scope import Scope
from coodie_memory.schema import describe
from coodie_memory.schema.catalog import Schema
from coodie_memory.schema.changelog import SUFFIX, is_log
from coodie_memory.schema.model import Index, Keyspace, Table, UserAggregate, UserFunction, View
from coodie_memory.types.quoting import identifier
from coodie_memory.types.usertype import UserType
from coodie_memory.value import Value

Kind: TypeAlias = Literal["keyspace", "type", "function", "aggregate", "table", "index", "materialized_view"]
Roles: TypeAlias = Literal["none", "shown", "with passwords"]


class Element(Value):
    """An object of the schema; `create` gives the statement that makes it, in a spelling, with internals or without."""

    keyspace: str
    kind: Kind
    name: str
    create: Callable[[Spelling, bool], str]


class Description(Value):
    """DESCRIBE of objects of the schema; without `with_statements` they are only listed."""

    elements: Callable[[Schema], Iterable[Element]]
    spelling: Spelling
    with_statements: bool
    with_internals: bool
    roles: Roles
    """Whether roles, and what there is of them, are shown behind the schema."""


class ClusterDescription(Value):
    """DESCRIBE CLUSTER; who owns which range is told of a keyspace of users alone."""

    with_ranges: bool


def plan_describe(statement: ast.Describe, scope: Scope) -> Description | ClusterDescription:
    """The plan of a DESCRIBE."""
    if isinstance(statement, ast.DescribeCluster):
        return ClusterDescription(scope.keyspace is not None and scope.keyspace not in SYSTEM)
    is_listing = isinstance(statement, ast.DescribeNames)
    return Description(
        partial(_elements, statement, scope.keyspace, scope.dialect),
        scope.dialect.spelling,
        not is_listing,
        statement.with_internals,
        _roles(statement, scope.dialect),
    )


def _roles(statement: ast.Describe, dialect: Dialect) -> Roles:
    if not (
        dialect.describes_roles and isinstance(statement, ast.DescribeSchema) and statement.with_internals
    ):
        return "none"
    return "with passwords" if statement.with_passwords else "shown"


def _elements(
    statement: ast.DescribeNames
    | ast.DescribeSchema
    | ast.DescribeKeyspace
    | ast.DescribeElement
    | ast.DescribeGeneric,
    connected: str | None,
    dialect: Dialect,
    schema: Schema,
) -> Iterable[Element]:
    match statement:
        case ast.DescribeNames():
            return _listing(statement.what, connected, schema)
        case ast.DescribeSchema():
            shown = [each for each in _sorted(schema) if statement.full or each.name not in SYSTEM]
            return (element for keyspace in shown for element in _keyspace_elements(keyspace))
        case ast.DescribeKeyspace():
            keyspace = _keyspace(statement.keyspace, connected, schema)
            return [_keyspace_element(keyspace)] if statement.only else _keyspace_elements(keyspace)
        case ast.DescribeElement():
            keyspace = _keyspace(statement.name.keyspace, connected, schema)
            return _named(statement.kind, statement.name.name, keyspace)
        case ast.DescribeGeneric():
            return _generic(statement.name, connected, dialect, schema)
        case _:
            assert_never(statement)


def _listing(what: ast.DescribeListing, connected: str | None, schema: Schema) -> Iterator[Element]:
    if what == "keyspaces":
        yield from map(_keyspace_element, _sorted(schema))
        return
    keyspaces = _sorted(schema) if connected is None else [_keyspace(None, connected, schema)]
    for keyspace in keyspaces:
        match what:
            case "tables":
                tables = (each for each in keyspace.tables.values() if not is_log(each))
                yield from _by_name(_table_element(keyspace, each) for each in tables)
            case "types":
                yield from _by_name(map(_type_element, keyspace.types.values()))
            case "functions":
                yield from _by_name(map(_function_element, keyspace.functions.values()))
            case "aggregates":
                yield from _by_name(map(_aggregate_element, keyspace.aggregates.values()))
            case _:
                assert_never(what)


def _sorted(schema: Schema) -> list[Keyspace]:
    return sorted(schema.keyspaces.values(), key=lambda keyspace: _folded(keyspace.name))


def _by_name(elements: Iterable[Element]) -> list[Element]:
    return sorted(elements, key=lambda element: _folded(element.name.strip('"')))


def _folded(name: str) -> str:
    return name.upper().lower()


def _keyspace(name: str | None, connected: str | None, schema: Schema) -> Keyspace:
    name = name or connected
    if name is None:
        raise InvalidRequest("No keyspace specified and no current keyspace")
    keyspace = schema.keyspace(name)
    if keyspace is None:
        raise InvalidRequest(f"'{name}' not found in keyspaces")
    return keyspace


def _keyspace_elements(keyspace: Keyspace) -> Iterator[Element]:
    """The keyspace and all that is in it, each after what it needs."""
    yield _keyspace_element(keyspace)
    yield from map(_type_element, _in_order_of_need(keyspace))
    yield from _by_name(map(_function_element, keyspace.functions.values()))
    yield from _by_name(map(_aggregate_element, keyspace.aggregates.values()))
    for table in sorted(keyspace.tables.values(), key=lambda table: _folded(table.name)):
        if not is_log(table):
            yield from _table_elements(keyspace, table)


def _in_order_of_need(keyspace: Keyspace) -> Iterable[UserType]:
    found: dict[str, UserType] = {}
    for _, user_type in sorted(keyspace.types.items(), key=lambda item: item[0].encode()):
        for inner in _innermost_first(user_type):
            found[inner] = keyspace.types[inner]
    return found.values()


def _innermost_first(user_type: UserType) -> Iterator[str]:
    for inner in user_type.field_types:
        for each in inner.walk():
            if isinstance(each, UserType):
                yield from _innermost_first(each)
    yield user_type.name


def _table_elements(keyspace: Keyspace, table: Table) -> Iterator[Element]:
    yield _table_element(keyspace, table)
    yield from _by_name(_index_element(table, index) for index in table.indexes.values())
    yield from _by_name(_view_element(view) for view in keyspace.views.values() if view.base == table.id)
    log = keyspace.tables.get(table.name + SUFFIX)
    if log is not None and is_log(log):
        yield _log_element(log)


def _named(kind: ast.DescribeKind, name: str, keyspace: Keyspace) -> Iterable[Element]:
    match kind:
        case "table":
            if table := keyspace.tables.get(name):
                return _table_elements(keyspace, table)
            raise InvalidRequest(f"Table '{name}' not found in keyspace '{keyspace.name}'")
        case "index":
            for table in keyspace.tables.values():
                if index := table.indexes.get(name):
                    return [_index_element(table, index)]
            raise InvalidRequest(f"Table for existing index '{name}' not found in '{keyspace.name}'")
        case "materialized view":
            if view := keyspace.views.get(name):
                return [_view_element(view)]
            if view := keyspace.index_views.get(name):
                return [_view_element(view, describe.create_view_of_index)]
            raise _not_found("Materialized view", name, keyspace)
        case "type":
            if user_type := keyspace.types.get(name):
                return [_type_element(user_type)]
            raise _not_found("User defined type", name, keyspace)
        case "function":
            if overloads := [each for each in keyspace.functions.values() if each.name == name]:
                return _by_name(map(_function_element, overloads))
            raise _not_found("User defined function", name, keyspace)
        case "aggregate":
            if folds := [each for each in keyspace.aggregates.values() if each.name == name]:
                return _by_name(map(_aggregate_element, folds))
            raise _not_found("User defined aggregate", name, keyspace)
        case _:
            assert_never(kind)


def _not_found(what: str, name: str, keyspace: Keyspace) -> InvalidRequest:
    return InvalidRequest(f"{what} '{name}' not found in '{keyspace.name}'")


def _generic(
    name: ast.QualifiedName, connected: str | None, dialect: Dialect, schema: Schema
) -> Iterable[Element]:
    """A keyspace, or else a table, an index or a view; for some servers also a type, functions or aggregates."""
    if name.keyspace is None and (found := schema.keyspace(name.name)):
        return _keyspace_elements(found)
    keyspace = _keyspace(name.keyspace, connected or name.name, schema)
    if name.name in keyspace.tables:
        return _named("table", name.name, keyspace)
    if schema.index(keyspace.name, name.name):
        return _named("index", name.name, keyspace)
    if name.name in keyspace.views:
        return _named("materialized view", name.name, keyspace)
    if dialect.describes_all_by_name:
        if name.name in keyspace.types:
            return _named("type", name.name, keyspace)
        if any(each.name == name.name for each in keyspace.functions.values()):
            return _named("function", name.name, keyspace)
        if any(each.name == name.name for each in keyspace.aggregates.values()):
            return _named("aggregate", name.name, keyspace)
    raise InvalidRequest(f"'{name.name}' not found in keyspace '{keyspace.name}'")


def _keyspace_element(keyspace: Keyspace) -> Element:
    return Element(
        identifier(keyspace.name),
        "keyspace",
        identifier(keyspace.name),
        lambda spelling, _internals: describe.create_keyspace(keyspace, spelling),
    )


def _type_element(user_type: UserType) -> Element:
    return Element(
        identifier(user_type.keyspace),
        "type",
        identifier(user_type.name),
        lambda _spelling, _internals: describe.create_type(user_type),
    )


def _function_element(function: UserFunction) -> Element:
    return Element(
        identifier(function.keyspace),
        "function",
        describe.function_name(function),
        lambda _spelling, _internals: describe.create_function(function),
    )


def _aggregate_element(aggregate: UserAggregate) -> Element:
    return Element(
        identifier(aggregate.keyspace),
        "aggregate",
        describe.function_name(aggregate),
        lambda _spelling, _internals: describe.create_aggregate(aggregate),
    )


def _table_element(keyspace: Keyspace, table: Table) -> Element:
    create = describe.virtual_table if keyspace.is_virtual else describe.create_table
    return Element(
        identifier(table.keyspace),
        "table",
        identifier(table.name),
        lambda spelling, internals: create(table, spelling, internals=internals),
    )


def _index_element(table: Table, index: Index) -> Element:
    return Element(
        identifier(table.keyspace),
        "index",
        # That of the view, where there is one, is what the server tells.
        identifier(index.name if index.kept is None else index.kept.name),
        lambda spelling, internals: describe.create_index(table, index, spelling, internals=internals),
    )


def _log_element(log: Table) -> Element:
    """What makes a log as it is, once it has come with its table."""
    return Element(
        identifier(log.keyspace),
        "table",
        identifier(log.name),
        lambda spelling, _internals: describe.alter_table(log, spelling),
    )


def _view_element(view: View, create: Callable[..., str] = describe.create_view) -> Element:
    return Element(
        identifier(view.table.keyspace),
        "materialized_view",
        identifier(view.table.name),
        lambda spelling, internals: create(view, spelling, internals=internals),
    )
