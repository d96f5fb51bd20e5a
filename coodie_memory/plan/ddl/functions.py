"""CREATE and DROP FUNCTION. A body is kept as text: what runs in its place is registered with the cluster."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias, TypeVar

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
from coodie_memory.types.quoting import identifier
from coodie_memory.value import replace

_NOT_IN_NAMES = frozenset("/[]")
Defined: TypeAlias = UserFunction | UserAggregate
Found = TypeVar("Found", UserFunction, UserAggregate)


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
    _check_arguments(statement)
    if is_needlessly_frozen(statement.returns):
        raise frozen("Return type", statement.returns)
    found = schema.keyspace(keyspace)
    if found is None:
        raise InvalidRequest(f"Keyspace '{keyspace}' doesn't exist")
    made = UserFunction(
        keyspace,
        name,
        tuple(argument.name for argument in statement.arguments),
        tuple(cql_type(argument.type, found) for argument in statement.arguments),
        cql_type(statement.returns, found),
        statement.called_on_null,
        statement.language.lower(),
        statement.body,
    )
    if made.signature in found.aggregates:
        raise InvalidRequest(f"Function '{name}' cannot replace an aggregate")
    before = found.functions.get(made.signature)
    if before is not None:
        if statement.if_not_exists or (statement.or_replace and before == made):
            return Outcome(schema)
        _check_replacement(statement, before, made)
    return Outcome(
        schema.with_keyspace(replace(found, functions=having(found.functions, made.signature, made))),
        SchemaChange(
            "CREATED" if before is None else "UPDATED",
            "FUNCTION",
            keyspace,
            name,
            tuple(shown(argument.type, keyspace) for argument in statement.arguments),
        ),
    )


def drop_function(statement: ast.DropFunction, keyspace: str, schema: Schema, _moment: Moment) -> Outcome:
    """DROP FUNCTION; not while an aggregate uses it."""
    name = statement.function.name
    types = statement.argument_types
    found = schema.keyspace(keyspace)
    dropped = None if found is None else named(found, name, types, "FUNCTION", found.functions.values())
    if found is None or dropped is None:
        if statement.if_exists:
            return Outcome(schema)
        raise InvalidRequest(f"Function '{spelt(keyspace, name, types)}' doesn't exist")
    if users := [
        f"{each.keyspace}.{each.name}"
        for each in found.aggregates.values()
        if dropped.signature in (each.state_signature, each.final_signature, each.reduce_signature)
    ]:
        raise InvalidRequest(
            f"Function '{spelt(keyspace, name, types)}' is still referenced by aggregates {', '.join(users)}"
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


def is_needlessly_frozen(name: ast.TypeName) -> bool:
    """Whether `frozen<>` stands where functions must not have it: they know values, not cells."""
    return isinstance(name, ast.FrozenTypeName) and not isinstance(
        name.inner, ast.TupleTypeName | ast.VectorTypeName
    )


def frozen(what: str, name: ast.TypeName) -> InvalidRequest:
    """The refusal of such a type."""
    return InvalidRequest(
        f"{what} '{shown(name)}' cannot be frozen; remove frozen<> modifier from '{shown(name)}'"
    )


def check_not_frozen(names: Iterable[ast.TypeName]) -> None:
    """Refuse argument types with a needless `frozen<>`."""
    for name in names:
        if is_needlessly_frozen(name):
            raise frozen("Argument", name)


def named(
    keyspace: Keyspace,
    name: str,
    types: Sequence[ast.TypeName] | None,
    what: str,
    among: Iterable[Found],
) -> Found | None:
    """The one function or aggregate that DROP means; None where there is none."""
    if types is None and sum(1 for each in _all(keyspace) if each.name == name) > 1:
        raise InvalidRequest(
            f"'DROP {what} {name}' matches multiple function definitions; specify the argument types by issuing a "
            f"statement like 'DROP {what} {name} (type, type, ...)'. You can use cqlsh 'DESCRIBE {what} {name}' "
            "command to find all overloads"
        )
    check_not_frozen(types or ())
    wanted = None if types is None else signature(name, [cql_type(each, keyspace) for each in types])
    return next((each for each in among if each.name == name and wanted in (None, each.signature)), None)


def spelt(keyspace: str, name: str, types: Sequence[ast.TypeName] | None) -> str:
    """The function as DROP names it."""
    return f"{keyspace}.{name}" + ("" if types is None else f"({', '.join(map(shown, types))})")


def type_texts(dropped: Defined) -> tuple[str, ...]:
    """The argument types as announced."""
    return tuple(map(str, dropped.argument_types))


def _all(keyspace: Keyspace) -> Iterable[Defined]:
    yield from keyspace.functions.values()
    yield from keyspace.aggregates.values()


def _check_arguments(statement: ast.CreateFunction) -> None:
    names = [argument.name for argument in statement.arguments]
    if len(set(names)) < len(names):
        raise InvalidRequest(
            f"Duplicate argument names for given function {statement.function.name} "
            f"with argument names [{', '.join(map(identifier, names))}]"
        )
    check_not_frozen(argument.type for argument in statement.arguments)


def _check_replacement(statement: ast.CreateFunction, before: UserFunction, after: UserFunction) -> None:
    name = after.name
    if not statement.or_replace:
        raise InvalidRequest(f"Function '{name}' already exists")
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
