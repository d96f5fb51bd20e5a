"""What a statement needs to be allowed: permissions on resources, in the order in which the server asks for them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias, assert_never

from coodie_memory.cql import ast
from coodie_memory.plan.clause import columns_named
from coodie_memory.plan.scope import Scope
from coodie_memory.plan.typenames import cql_type
from coodie_memory.schema import resources
from coodie_memory.schema.changelog import base_of, is_log
from coodie_memory.schema.model import UserAggregate, UserFunction, signature
from coodie_memory.schema.resources import Permission, Resource
from coodie_memory.value import Value


class Demand(Value):
    """A permission that is needed on a resource, or on what it is part of."""

    permission: Permission
    resource: Resource


class SuperuserDemand(Value):
    """Whoever may do everything is needed."""

    refusal: str


class MaskDemand(Value):
    """One permission of two is needed on a table, to ask for rows by what masked columns hold."""

    keyspace: str
    table: str
    columns: tuple[str, ...]


AnyDemand: TypeAlias = Demand | SuperuserDemand | MaskDemand


def demands(statement: ast.Statement, scope: Scope) -> tuple[AnyDemand, ...]:
    """What executing the statement takes; role statements, which ask for more than permissions, judge by themselves."""
    match statement:
        case ast.Select():
            if statement.table is None:
                return tuple(_calling(scope))
            reading = _reading(statement.table, scope)
            return (*reading, *_calling(scope), *_looking_behind_masks(statement, scope))
        case ast.Insert() | ast.InsertJson() | ast.Update() | ast.Delete():
            return (*_writing(statement, scope), *_calling(scope))
        case ast.Batch():
            writing = [demand for each in statement.statements for demand in _writing(each, scope)]
            return (*writing, *_calling(scope))
        case ast.Truncate():
            return (Demand("MODIFY", _table(statement.table, scope)),)
        case ast.DescribeSchema(with_passwords=True):
            return (
                SuperuserDemand(
                    "DESCRIBE SCHEMA WITH INTERNALS AND PASSWORDS can only be issued by a superuser"
                ),
            )
        # The misspelling is the server's.
        case ast.CreateTrigger():
            return (SuperuserDemand("Only superusers are allowed to perform CREATE TRIGGER queries"),)
        case ast.DropTrigger():
            return (SuperuserDemand("Only superusers are allowed to perfrom DROP TRIGGER queries"),)
        case _ if isinstance(statement, ast.SchemaStatement):
            return tuple(schema_demands(statement, scope))
        case _:
            return ()


def schema_demands(statement: ast.SchemaStatement, scope: Scope) -> Iterable[Demand]:
    """What a schema statement takes."""
    match statement:
        case ast.CreateKeyspace():
            return [Demand("CREATE", resources.ALL_KEYSPACES)]
        case ast.AlterKeyspace():
            return [Demand("ALTER", resources.keyspace(statement.name))]
        case ast.DropKeyspace():
            return [Demand("DROP", resources.keyspace(statement.name))]
        case ast.CreateTable():
            return [Demand("CREATE", _all_tables(statement.table, scope))]
        case ast.AlterTable() | ast.CreateIndex():
            return [Demand("ALTER", _table(statement.table, scope))]
        case ast.DropTable():
            return [Demand("DROP", _table(statement.table, scope))]
        case ast.CreateType():
            return [Demand("CREATE", _all_tables(statement.type, scope))]
        case ast.AlterType():
            return [Demand("ALTER", _all_tables(statement.type, scope))]
        case ast.DropType():
            return [Demand("DROP", _all_tables(statement.type, scope))]
        case ast.CreateView():
            keyspace = _keyspace(statement.view, scope)
            return [Demand("ALTER", resources.table(keyspace, statement.base.name))]
        case ast.AlterView() | ast.DropView():
            keyspace = _keyspace(statement.view, scope)
            view = scope.schema.view(keyspace, statement.view.name)
            return [Demand("ALTER", resources.table(keyspace, view.base_name))] if view else []
        case ast.DropIndex():
            keyspace = _keyspace(statement.index, scope)
            found = scope.schema.index(keyspace, statement.index.name)
            return [Demand("ALTER", resources.table(keyspace, found[0].name))] if found else []
        case ast.CreateFunction():
            arguments = [argument.type for argument in statement.arguments]
            return _making(statement.function, arguments, scope, replaces=statement.or_replace)
        case ast.CreateAggregate():
            types, state = statement.argument_types, statement.state_type
            name, keyspace = statement.aggregate, _keyspace(statement.aggregate, scope)
            parts = [
                (statement.state_function, (state, *types)),
                (statement.reduce_function, (state, state)),
                (statement.final_function, (state,)),
            ]
            used = [
                each
                for part, of in parts
                if part is not None
                for each in _defined(ast.QualifiedName(keyspace, part), of, scope)
            ]
            return [
                *_making(name, types, scope, replaces=statement.or_replace),
                *(Demand("EXECUTE", each) for each in used),
            ]
        case ast.DropFunction():
            return _dropping(statement.function, statement.argument_types, scope)
        case ast.DropAggregate():
            return _dropping(statement.aggregate, statement.argument_types, scope)
        case ast.CreateTrigger() | ast.DropTrigger():
            return []
        case _:
            assert_never(statement)


def _reading(name: ast.QualifiedName, scope: Scope) -> Iterator[Demand]:
    """Who reads a view, or a log of changes, must be allowed to read its base."""
    keyspace = _keyspace(name, scope)
    view, table = scope.schema.view(keyspace, name.name), scope.schema.table(keyspace, name.name)
    base = view.base_name if view else name.name
    if table is not None and is_log(table) and scope.schema.table(keyspace, base_of(table)):
        base = base_of(table)
    yield Demand("SELECT", resources.table(keyspace, base))


def _looking_behind_masks(statement: ast.Select, scope: Scope) -> Iterator[MaskDemand]:
    assert statement.table is not None
    table = scope.table(statement.table)
    restricted = {name for relation in statement.where for name in columns_named(relation)}
    masked = [name for name, column in table.columns.items() if column.mask and name in restricted]
    if masked:
        yield MaskDemand(table.keyspace, table.name, tuple(sorted(masked, key=str.encode)))


def _writing(
    statement: ast.Insert | ast.InsertJson | ast.Update | ast.Delete, scope: Scope
) -> Iterator[Demand]:
    """Conditions and views read what is there, and views are written too."""
    written = _table(statement.table, scope)
    yield Demand("MODIFY", written)
    if _is_conditional(statement):
        yield Demand("SELECT", written)
    table = scope.table(statement.table)
    if not scope.dialect.views_are_written_freely and (views := scope.schema.views_of(table)):
        yield Demand("SELECT", written)
        for view in views:
            yield Demand("MODIFY", resources.table(view.table.keyspace, view.table.name))


def _calling(scope: Scope) -> Iterator[Demand]:
    """Who calls an aggregate calls its functions."""
    for called in scope.called:
        types = tuple(map(str, called.argument_types))
        yield Demand("EXECUTE", resources.function(called.keyspace, called.name, types))
        keyspace = scope.schema.keyspaces[called.keyspace]
        aggregate = keyspace.aggregates.get(signature(called.name, called.argument_types))
        if aggregate is None:
            continue
        for part in (aggregate.state_signature, aggregate.final_signature):
            if part is not None:
                yield Demand("EXECUTE", resources.defined(keyspace.functions[part]))


def _making(
    name: ast.QualifiedName, types: Sequence[ast.TypeName], scope: Scope, *, replaces: bool
) -> Sequence[Demand]:
    keyspace = _keyspace(name, scope)
    creating = Demand("CREATE", resources.all_functions(keyspace))
    found = scope.schema.keyspace(keyspace)
    if found is not None and replaces and scope.dialect.replacing_functions_takes_both:
        texts = tuple(str(cql_type(each, found, scope.dialect)) for each in types)
        return [creating, Demand("ALTER", resources.function(keyspace, name.name, texts))]
    there = _defined(name, types, scope) if replaces else []
    return [Demand("ALTER", there[0]) if there else creating]


def _dropping(
    name: ast.QualifiedName, types: Sequence[ast.TypeName] | None, scope: Scope
) -> Sequence[Demand]:
    found = _defined(name, types, scope)
    if types is None and len(found) > 1 and scope.dialect.ambiguous_drops_are_free:
        return []
    return [Demand("DROP", each) for each in found]


def _defined(name: ast.QualifiedName, types: Sequence[ast.TypeName] | None, scope: Scope) -> list[Resource]:
    """The functions and aggregates of that name; of these types, if any are given."""
    keyspace = scope.schema.keyspace(_keyspace(name, scope))
    if keyspace is None:
        return []
    every: list[UserFunction | UserAggregate] = [
        *keyspace.functions.values(),
        *keyspace.aggregates.values(),
    ]
    called = [each for each in every if each.name == name.name]
    if types is None or not called:
        # Where nothing has the name, nobody asks what the types are.
        return [resources.defined(each) for each in called]
    wanted = signature(name.name, [cql_type(each, keyspace, scope.dialect) for each in types])
    return [resources.defined(each) for each in called if each.signature == wanted]


def _is_conditional(statement: ast.Insert | ast.InsertJson | ast.Update | ast.Delete) -> bool:
    if isinstance(statement, ast.Insert | ast.InsertJson):
        return statement.if_not_exists
    return bool(statement.if_exists or statement.conditions)


def _keyspace(name: ast.QualifiedName, scope: Scope) -> str:
    return name.keyspace or scope.keyspace or ""


def _table(name: ast.QualifiedName, scope: Scope) -> Resource:
    return resources.table(_keyspace(name, scope), name.name)


def _all_tables(name: ast.QualifiedName, scope: Scope) -> Resource:
    return resources.all_tables(_keyspace(name, scope))
