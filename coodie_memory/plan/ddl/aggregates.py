"""CREATE and DROP AGGREGATE."""

from coodie_memory.cql import ast
from coodie_memory.dialect import Dialect
from coodie_memory.errors import ConfigurationException, InvalidRequest, UnsupportedCQL
from coodie_memory.plan import terms
from coodie_memory.plan.ddl.functions import (
    check_directives,
    check_name,
    check_not_frozen,
    check_return_type,
    frozen,
    is_needlessly_frozen,
    named,
    spelt,
    type_texts,
)
from coodie_memory.plan.ddl.transformation import Outcome
from coodie_memory.plan.functions.conversions import is_meaningless
from coodie_memory.plan.nodes import Constant, Moment
from coodie_memory.plan.scope import Scope
from coodie_memory.plan.typenames import cql_type, shown
from coodie_memory.result import ColumnSpec, Raw, SchemaChange
from coodie_memory.schema.catalog import Schema, having, lacking
from coodie_memory.schema.model import Keyspace, UserAggregate, UserFunction, signature
from coodie_memory.types.base import CqlType
from coodie_memory.value import replace


def create_aggregate(
    statement: ast.CreateAggregate, keyspace: str, dialect: Dialect, schema: Schema, _moment: Moment
) -> Outcome:
    """CREATE AGGREGATE; its functions must exist."""
    found = schema.keyspace(keyspace)
    if found is None:
        raise ConfigurationException(f"Keyspace {keyspace} doesn't exist")
    check_directives(or_replace=statement.or_replace, if_not_exists=statement.if_not_exists)
    name = statement.aggregate.name
    check_name("Aggregate", name)
    check_not_frozen(statement.argument_types)
    if is_needlessly_frozen(statement.state_type):
        raise frozen("State type", statement.state_type)
    made = _made(statement, found, schema, dialect)
    if made.signature in found.functions:
        raise InvalidRequest(f"Aggregate '{name}' cannot replace a function")
    before = found.aggregates.get(made.signature)
    if before is not None:
        if statement.if_not_exists or (statement.or_replace and before == made):
            return Outcome(schema)
        if not statement.or_replace:
            raise InvalidRequest(f"Aggregate '{name}' already exists")
        check_return_type("aggregate", name, before.returns, made.returns)
    return Outcome(
        schema.with_keyspace(replace(found, aggregates=having(found.aggregates, made.signature, made))),
        SchemaChange(
            "CREATED" if before is None else "UPDATED",
            "AGGREGATE",
            keyspace,
            name,
            tuple(shown(each, keyspace) for each in statement.argument_types),
        ),
    )


def drop_aggregate(statement: ast.DropAggregate, keyspace: str, schema: Schema, _moment: Moment) -> Outcome:
    """DROP AGGREGATE."""
    name, types = statement.aggregate.name, statement.argument_types
    found = schema.keyspace(keyspace)
    dropped = None if found is None else named(found, name, types, "AGGREGATE", found.aggregates.values())
    if found is None or dropped is None:
        if statement.if_exists:
            return Outcome(schema)
        raise InvalidRequest(f"Aggregate '{spelt(keyspace, name, types)}' doesn't exist")
    return Outcome(
        schema.with_keyspace(replace(found, aggregates=lacking(found.aggregates, dropped.signature))),
        SchemaChange("DROPPED", "AGGREGATE", keyspace, name, type_texts(dropped)),
    )


def _made(
    statement: ast.CreateAggregate, keyspace: Keyspace, schema: Schema, dialect: Dialect
) -> UserAggregate:
    arguments = tuple(cql_type(each, keyspace) for each in statement.argument_types)
    state_type = cql_type(statement.state_type, keyspace)
    state_words = f"({', '.join(map(shown, (statement.state_type, *statement.argument_types)))})"
    state = _scalar(keyspace, "State", statement.state_function, (state_type, *arguments), state_words)
    if state.returns != state_type:
        raise InvalidRequest(
            f"State function {keyspace.name}.{state.name}{state_words} return type must be the same as the first "
            "argument type - check STYPE, argument and return types"
        )
    returns = state.returns
    if statement.final_function is not None:
        words = f"({shown(statement.state_type)})"
        returns = _scalar(keyspace, "Final", statement.final_function, (state_type,), words).returns
    if statement.reduce_function is not None:
        words = f"({shown(statement.state_type)}, {shown(statement.state_type)})"
        _scalar(keyspace, "Reduce", statement.reduce_function, (state_type, state_type), words)
    initial = _initial_state(statement, state_type, Scope(schema, keyspace.name, dialect))
    if initial is None and not state.called_on_null:
        raise InvalidRequest(
            f"Cannot create aggregate '{statement.aggregate.name}' without INITCOND because state function "
            f"{keyspace.name}.{state.name} does not accept 'null' arguments"
        )
    return UserAggregate(
        keyspace.name,
        statement.aggregate.name,
        arguments,
        statement.state_function,
        state_type,
        statement.final_function,
        statement.reduce_function,
        initial,
        returns,
    )


def _scalar(keyspace: Keyspace, role: str, name: str, types: tuple[CqlType, ...], words: str) -> UserFunction:
    """The function of an aggregate in its role."""
    wanted = signature(name, types)
    function = keyspace.functions.get(wanted)
    if function is not None:
        return function
    problem = "isn't a scalar function" if wanted in keyspace.aggregates else "doesn't exist"
    raise InvalidRequest(f"{role} function {keyspace.name}.{name}{words} {problem}")


def _initial_state(statement: ast.CreateAggregate, kind: CqlType, scope: Scope) -> Raw:
    written = statement.initial_condition
    if written is None:
        return None
    planned = terms.term(scope, written, ColumnSpec(scope.keyspace or "", "--dummy--", "(dummy)", kind))
    if not isinstance(planned, Constant):
        raise UnsupportedCQL("INITCOND is supported with constants only")
    if not isinstance(written, ast.Null) and (planned.raw is None or is_meaningless(kind, planned.raw)):
        raise InvalidRequest("INITCOND must not be empty for all types except TEXT, ASCII, BLOB")
    return planned.raw
