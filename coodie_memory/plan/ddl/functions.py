"""CREATE and DROP FUNCTION. A body is kept as text: what runs in its place is registered with the cluster."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from coodie_memory.cql import ast
from coodie_memory.dialect import Dialect
from coodie_memory.errors import InvalidRequest
from coodie_memory.plan.ddl import masks
from coodie_memory.plan.ddl.transformation import Outcome
from coodie_memory.plan.nodes import Moment
from coodie_memory.plan.typenames import cql_type, shown
from coodie_memory.result import SchemaChange
from coodie_memory.schema.catalog import Schema, having, lacking
from coodie_memory.schema.model import Keyspace, UserAggregate, UserFunction, signature
from coodie_memory.types.base import CqlType
from coodie_memory.types.usertype import UserType
from coodie_memory.value import replace

_NOT_IN_NAMES = frozenset("/[]")
Defined: TypeAlias = UserFunction | UserAggregate


def create_function(
    statement: ast.CreateFunction, keyspace: str, dialect: Dialect, schema: Schema, _moment: Moment
) -> Outcome:
    """CREATE FUNCTION."""
    check_directives(or_replace=statement.or_replace, if_not_exists=statement.if_not_exists)
    if not dialect.switches.user_defined_functions:
        raise InvalidRequest(dialect.functions_are_disabled)
    if statement.language.lower() not in dialect.function_languages:
        raise InvalidRequest(dialect.unknown_language.format(statement.language))
    name = statement.function.name
    check_name("Function", name)
    found = schema.keyspace(keyspace)
    _check_arguments(statement, found, dialect)
    check_not_frozen("Return type", (statement.returns,), found, dialect)
    if found is None:
        raise InvalidRequest(f"Keyspace '{keyspace}' doesn't exist")
    made = UserFunction(
        keyspace,
        name,
        tuple(argument.name for argument in statement.arguments),
        tuple(cql_type(argument.type, found, dialect) for argument in statement.arguments),
        cql_type(statement.returns, found, dialect),
        statement.called_on_null,
        statement.language.lower(),
        statement.body,
    )
    refusals = dialect.function_refusals
    if other := found.aggregates.get(made.signature):
        raise InvalidRequest(
            refusals.other_kind.format(
                What="Function", what="function", name=name, other="an aggregate", function=spoken(other)
            )
        )
    before = found.functions.get(made.signature)
    if before is not None:
        if statement.if_not_exists or (statement.or_replace and before == made):
            return Outcome(schema)
        if not statement.or_replace:
            raise InvalidRequest(
                refusals.existing.format(What="Function", name=name, function=spoken(before))
            )
        _check_replacement(before, made, dialect)
    return Outcome(
        schema.with_keyspace(replace(found, functions=having(found.functions, made.signature, made))),
        SchemaChange(
            "CREATED" if before is None or dialect.replaces_functions_freely else "UPDATED",
            "FUNCTION",
            keyspace,
            name,
            tuple(shown(argument.type, keyspace) for argument in statement.arguments),
        ),
    )


def drop_function(
    statement: ast.DropFunction, keyspace: str, dialect: Dialect, schema: Schema, _moment: Moment
) -> Outcome:
    """DROP FUNCTION; not while an aggregate uses it."""
    name = statement.function.name
    types = statement.argument_types
    found = schema.keyspace(keyspace)
    dropped = None if found is None else named(found, name, types, "function", dialect)
    if found is None or dropped is None:
        if statement.if_exists:
            return Outcome(schema)
        raise missing(keyspace, name, types, "function", dialect)
    assert isinstance(dropped, UserFunction)
    if users := [
        each
        for each in found.aggregates.values()
        if dropped.signature in (each.state_signature, each.final_signature, each.reduce_signature)
    ]:
        raise InvalidRequest(
            dialect.function_refusals.used.format(
                written=spelt(keyspace, name, types),
                function=spoken(dropped),
                aggregate=spoken(users[0]),
                users=", ".join(f"{each.keyspace}.{each.name}" for each in users),
            )
        )
    if tables := masks.users(found, dropped):
        raise InvalidRequest(
            f"Function '{spelt(keyspace, name, types)}' is still referenced by column masks in tables {', '.join(tables)}"
        )
    return Outcome(
        schema.with_keyspace(replace(found, functions=lacking(found.functions, dropped.signature))),
        SchemaChange("DROPPED", "FUNCTION", keyspace, name, type_texts(dropped)),
    )


def check_directives(*, or_replace: bool, if_not_exists: bool) -> None:
    """Refuse what contradicts itself."""
    if or_replace and if_not_exists:
        raise InvalidRequest("Cannot use both 'OR REPLACE' and 'IF NOT EXISTS' directives")


def check_name(what: str, name: str) -> None:
    """Refuse what no function or aggregate may be called."""
    if not _NOT_IN_NAMES.isdisjoint(name):
        raise InvalidRequest(f"{what} name '{name}' is invalid")


def check_not_frozen(
    part: str,
    names: Iterable[ast.TypeName],
    keyspace: Keyspace | None,
    dialect: Dialect,
    owner: str | None = None,
) -> None:
    """Refuse types with a needless `frozen<>`: functions know values, not cells.

    `owner` is the keyspace of a type that is looked up before, and told with it.
    """
    for name in names:
        if not isinstance(name, ast.FrozenTypeName):
            continue
        if dialect.frozen_arguments:
            wrong = keyspace is not None and isinstance(cql_type(name.inner, keyspace, dialect), UserType)
        else:
            wrong = not isinstance(name.inner, ast.TupleTypeName | ast.VectorTypeName)
        if wrong:
            written = shown(name, owner)
            raise InvalidRequest(dialect.function_refusals.frozen.format(part=part, type=written))


def named(
    keyspace: Keyspace, name: str, types: Sequence[ast.TypeName] | None, what: str, dialect: Dialect
) -> Defined | None:
    """The one function or aggregate that DROP means; None where there is none."""
    refusals = dialect.function_refusals
    called = [each for each in _all(keyspace) if each.name == name]
    if types is None and len(called) > 1:
        raise InvalidRequest(refusals.several.format(WHAT=what.upper(), keyspace=keyspace.name, name=name))
    check_not_frozen("Argument", types or (), keyspace, dialect)
    wanted = None if types is None else signature(name, [cql_type(each, keyspace, dialect) for each in types])
    found = next((each for each in called if wanted in (None, each.signature)), None)
    if found is None or isinstance(found, UserFunction) is (what == "function"):
        return found
    if refusals.to_drop_of_other_kind is None:
        return None
    raise InvalidRequest(refusals.to_drop_of_other_kind.format(function=spoken(found), what=what))


def missing(
    keyspace: str, name: str, types: Sequence[ast.TypeName] | None, what: str, dialect: Dialect
) -> InvalidRequest:
    """The refusal to drop what is not there."""
    refusals = dialect.function_refusals
    refusal = refusals.missing if types is None else refusals.missing_signature
    return InvalidRequest(refusal.format(What=what.capitalize(), written=spelt(keyspace, name, types)))


def spoken(defined: Defined) -> str:
    """A function or an aggregate with its types."""
    types = ", ".join(map(str, defined.argument_types))
    return f"{defined.keyspace}.{defined.name} : ({types}) -> {defined.returns}"


def spelt(keyspace: str, name: str, types: Sequence[ast.TypeName] | None) -> str:
    """The function as DROP names it."""
    return f"{keyspace}.{name}" + ("" if types is None else f"({', '.join(map(shown, types))})")


def type_texts(dropped: Defined) -> tuple[str, ...]:
    """The argument types as announced."""
    return tuple(map(str, dropped.argument_types))


def _all(keyspace: Keyspace) -> Iterable[Defined]:
    yield from keyspace.functions.values()
    yield from keyspace.aggregates.values()


def _check_arguments(statement: ast.CreateFunction, keyspace: Keyspace | None, dialect: Dialect) -> None:
    names = [argument.name for argument in statement.arguments]
    if len(set(names)) < len(names):
        raise InvalidRequest(
            f"Duplicate argument names for given function {statement.function.name} "
            f"with argument names [{', '.join(names)}]"
        )
    check_not_frozen("Argument", (argument.type for argument in statement.arguments), keyspace, dialect)


def _check_replacement(before: UserFunction, after: UserFunction, dialect: Dialect) -> None:
    if dialect.replaces_functions_freely:
        return
    name = after.name
    if before.called_on_null != after.called_on_null:
        directive = "CALLED ON NULL INPUT" if after.called_on_null else "RETURNS NULL ON NULL INPUT"
        raise InvalidRequest(f"Function '{name}' must have {directive} directive")
    check_return_type("function", name, before.returns, after.returns)


def check_return_type(what: str, name: str, before: CqlType, after: CqlType) -> None:
    """Refuse to replace a function or an aggregate by one whose values are read differently."""
    if after == before:
        return
    verb = "is not" if what == "function" else "isn't"
    raise InvalidRequest(
        f"Cannot replace {what} '{name}', the new return type {after} {verb} compatible with the return type "
        f"{before} of existing function"
    )
