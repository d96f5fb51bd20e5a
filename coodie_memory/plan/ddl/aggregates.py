"""CREATE and DROP AGGREGATE."""

from coodie_memory.cql import ast
from coodie_memory.dialect import Dialect
from coodie_memory.errors import ConfigurationException, InvalidRequest, ServerError
from coodie_memory.plan import terms
from coodie_memory.plan.ddl.functions import (
    check_directives,
    check_name,
    check_not_frozen,
    check_return_type,
    missing,
    named,
    spoken,
    type_texts,
)
from coodie_memory.plan.ddl.transformation import Outcome
from coodie_memory.plan.functions.conversions import is_meaningless
from coodie_memory.plan.nodes import Moment
from coodie_memory.plan.scope import Scope
from coodie_memory.plan.settled import settled
from coodie_memory.plan.typenames import cql_type, shown
from coodie_memory.result import ColumnSpec, Raw, SchemaChange
from coodie_memory.schema.catalog import Schema, having, lacking
from coodie_memory.schema.model import Keyspace, UserAggregate, UserFunction, signature
from coodie_memory.types.base import CqlType
from coodie_memory.value import replace


def create_aggregate(
    statement: ast.CreateAggregate, keyspace: str, asked: Scope, schema: Schema, moment: Moment
) -> Outcome:
    """CREATE AGGREGATE; its functions must exist."""
    dialect = asked.dialect
    found = schema.keyspace(keyspace)
    if found is None:
        raise ConfigurationException(f"Keyspace {keyspace} doesn't exist")
    check_directives(or_replace=statement.or_replace, if_not_exists=statement.if_not_exists)
    name = statement.aggregate.name
    check_name("Aggregate", name)
    check_not_frozen("Argument", statement.argument_types, found, dialect, owner=keyspace)
    check_not_frozen("State type", (statement.state_type,), found, dialect, owner=keyspace)
    made = _made(statement, found, Scope(schema, keyspace, dialect, asked.code), moment)
    refusals = dialect.function_refusals
    if other := found.functions.get(made.signature):
        raise InvalidRequest(
            refusals.other_kind.format(
                What="Aggregate", what="aggregate", name=name, other="a function", function=spoken(other)
            )
        )
    before = found.aggregates.get(made.signature)
    if before is not None:
        if statement.if_not_exists or (statement.or_replace and before == made):
            return Outcome(schema)
        if not statement.or_replace:
            raise InvalidRequest(
                refusals.existing.format(What="Aggregate", name=name, function=spoken(before))
            )
        if not dialect.replaces_functions_freely:
            check_return_type("aggregate", name, before.returns, made.returns)
    return Outcome(
        schema.with_keyspace(replace(found, aggregates=having(found.aggregates, made.signature, made))),
        SchemaChange(
            "CREATED" if before is None or dialect.replaces_functions_freely else "UPDATED",
            "AGGREGATE",
            keyspace,
            name,
            tuple(shown(each, keyspace) for each in statement.argument_types),
        ),
    )


def drop_aggregate(
    statement: ast.DropAggregate, keyspace: str, dialect: Dialect, schema: Schema, _moment: Moment
) -> Outcome:
    """DROP AGGREGATE."""
    name, types = statement.aggregate.name, statement.argument_types
    found = schema.keyspace(keyspace)
    dropped = None if found is None else named(found, name, types, "aggregate", dialect)
    if found is None or dropped is None:
        if statement.if_exists:
            return Outcome(schema)
        raise missing(keyspace, name, types, "aggregate", dialect)
    return Outcome(
        schema.with_keyspace(replace(found, aggregates=lacking(found.aggregates, dropped.signature))),
        SchemaChange("DROPPED", "AGGREGATE", keyspace, name, type_texts(dropped)),
    )


def _made(statement: ast.CreateAggregate, keyspace: Keyspace, scope: Scope, moment: Moment) -> UserAggregate:
    dialect = scope.dialect
    arguments = tuple(cql_type(each, keyspace, dialect) for each in statement.argument_types)
    state_type = cql_type(statement.state_type, keyspace, dialect)
    refusals, stype = dialect.function_refusals, shown(statement.state_type, keyspace.name)
    words = ", ".join((stype, *(shown(each, keyspace.name) for each in statement.argument_types)))
    not_found = refusals.missing_part
    state = _scalar(
        keyspace,
        "State",
        statement.state_function,
        (state_type, *arguments),
        words=words,
        not_found=not_found,
    )
    if state.returns != state_type:
        raise InvalidRequest(
            refusals.returns_no_state.format(
                keyspace=keyspace.name, name=state.name, types=words, state=state_type
            )
        )
    returns = state.returns
    if statement.reduce_function is not None:
        _scalar(
            keyspace,
            "Reduce",
            statement.reduce_function,
            (state_type, state_type),
            words=f"{stype}, {stype}",
            not_found=refusals.missing_reduce_function,
        )
    if statement.final_function is not None:
        returns = _scalar(
            keyspace, "Final", statement.final_function, (state_type,), words=stype, not_found=not_found
        ).returns
    initial = _initial_state(statement, state_type, scope, moment)
    if initial is None and not (state.called_on_null or dialect.states_may_begin_as_null):
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


def _scalar(
    keyspace: Keyspace, role: str, name: str, types: tuple[CqlType, ...], *, words: str, not_found: str
) -> UserFunction:
    """The function of an aggregate in its role; `words` are the types as they are said."""
    wanted = signature(name, types)
    function = keyspace.functions.get(wanted)
    if function is not None:
        return function
    if wanted in keyspace.aggregates:
        raise InvalidRequest(f"{role} function {keyspace.name}.{name}({words}) isn't a scalar function")
    raise InvalidRequest(
        not_found.format(Part=role, keyspace=keyspace.name, name=name, types=words, java=types[0].java_name)
    )


def _initial_state(statement: ast.CreateAggregate, kind: CqlType, scope: Scope, moment: Moment) -> Raw:
    written = statement.initial_condition
    if written is None:
        return None
    planned = terms.term(scope, written, ColumnSpec(scope.keyspace or "", "--dummy--", "(dummy)", kind))
    if scope.markers:
        # The server looks for a value, and has none.
        raise ServerError("java.lang.IndexOutOfBoundsException: Index: 0")
    raw = settled(planned, moment)
    if not isinstance(written, ast.Null) and (raw is None or is_meaningless(kind, raw)):
        raise InvalidRequest("INITCOND must not be empty for all types except TEXT, ASCII, BLOB")
    return raw
