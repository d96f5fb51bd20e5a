"""Indexes, functions, aggregates, triggers: CREATE and DROP."""

from coodie_memory.cql import ast, clauses, names, terms, tokens, typenames
from coodie_memory.cql.cursor import Cursor
from coodie_memory.cql.properties import properties

_COLUMNS = tokens.NAMES | {tokens.EMPTY_QUOTED_NAME}
_TARGET_KINDS: dict[str, ast.IndexTargetKind] = {
    "K_VALUES": "values",
    "K_KEYS": "keys",
    "K_ENTRIES": "entries",
    "K_FULL": "full",
}
_TARGETS = _COLUMNS | frozenset(_TARGET_KINDS)


def create_index(cursor: Cursor) -> ast.CreateIndex:
    """`CREATE [CUSTOM] INDEX …`."""
    cursor.expect("K_CREATE")
    custom = cursor.skip("K_CUSTOM")
    cursor.expect("K_INDEX")
    if_not_exists = clauses.if_not_exists(cursor)
    named = cursor.kind in tokens.NAMES or cursor.kind == tokens.MARKER
    name = names.index(cursor) if named else None
    cursor.expect("K_ON")
    table = names.table(cursor)
    cursor.expect("(")
    local: tuple[str, ...] = ()
    if cursor.kind == "(" and cursor.dialect.allows_local_indexes:
        local = names.columns(cursor)
        cursor.expect(",")
    targets = _targets(cursor)
    cursor.expect(")")
    class_name = cursor.expect(tokens.STRING) if cursor.skip("K_USING") else None
    return ast.CreateIndex(
        name=name,
        table=table,
        targets=targets,
        custom=custom,
        class_name=class_name,
        properties=properties(cursor) if cursor.skip("K_WITH") else (),
        if_not_exists=if_not_exists,
        local_partition=local,
    )


def _targets(cursor: Cursor) -> tuple[ast.IndexTarget, ...]:
    if cursor.kind not in _TARGETS:
        return ()
    written = [_target(cursor)]
    while cursor.skip(","):
        written.append(_target(cursor))
    return tuple(written)


def _target(cursor: Cursor) -> ast.IndexTarget:
    cursor.require(_TARGETS)
    kind = _TARGET_KINDS.get(cursor.kind)
    if kind is None or (kind in {"keys", "values"} and cursor.peek(1) in {")", ","}):
        return ast.IndexTarget(names.column(cursor))
    if kind in {"keys", "values"}:
        cursor.require({"("}, 1)
    cursor.take()
    cursor.expect("(")
    column = names.column(cursor)
    cursor.expect(")")
    return ast.IndexTarget(column, kind)


def drop_index(cursor: Cursor) -> ast.DropIndex:
    """`DROP INDEX …`."""
    cursor.expect("K_DROP", "K_INDEX")
    if_exists = clauses.if_exists(cursor)
    return ast.DropIndex(index=names.qualified_index(cursor), if_exists=if_exists)


def _or_replace(cursor: Cursor) -> bool:
    if not cursor.skip("K_OR"):
        return False
    cursor.expect("K_REPLACE")
    return True


def create_function(cursor: Cursor) -> ast.CreateFunction:
    """`CREATE FUNCTION …`."""
    cursor.expect("K_CREATE")
    or_replace = _or_replace(cursor)
    cursor.expect("K_FUNCTION")
    if_not_exists = clauses.if_not_exists(cursor)
    function = names.function(cursor)
    arguments = _arguments(cursor)
    called = _called_on_null(cursor)
    cursor.expect("K_ON", "K_NULL", "K_INPUT", "K_RETURNS")
    returns = typenames.type_name(cursor)
    cursor.expect("K_LANGUAGE")
    language = cursor.expect(tokens.IDENT)
    cursor.expect("K_AS")
    return ast.CreateFunction(
        function=function,
        arguments=arguments,
        called_on_null=called,
        returns=returns,
        language=language,
        body=cursor.expect(tokens.STRING),
        or_replace=or_replace,
        if_not_exists=if_not_exists,
    )


def _arguments(cursor: Cursor) -> tuple[ast.FieldDefinition, ...]:
    cursor.expect("(")
    arguments: list[ast.FieldDefinition] = []
    if cursor.kind in tokens.NAMES:
        arguments.append(ast.FieldDefinition(names.identifier(cursor), typenames.type_name(cursor)))
        while cursor.skip(","):
            arguments.append(ast.FieldDefinition(names.identifier(cursor), typenames.type_name(cursor)))
    cursor.expect(")")
    return tuple(arguments)


def _called_on_null(cursor: Cursor) -> bool:
    if cursor.skip("K_CALLED"):
        return True
    if not cursor.skip("K_RETURNS"):
        raise cursor.no_viable()
    cursor.expect("K_NULL")
    return False


def drop_function(cursor: Cursor) -> ast.DropFunction:
    """`DROP FUNCTION …`."""
    cursor.expect("K_DROP", "K_FUNCTION")
    if_exists = clauses.if_exists(cursor)
    function = names.function(cursor)
    return ast.DropFunction(
        function=function, argument_types=_optional_argument_types(cursor), if_exists=if_exists
    )


def _optional_argument_types(cursor: Cursor) -> tuple[ast.TypeName, ...] | None:
    return typenames.argument_types(cursor) if cursor.kind == "(" else None


def create_aggregate(cursor: Cursor) -> ast.CreateAggregate:
    """`CREATE AGGREGATE …`."""
    cursor.expect("K_CREATE")
    or_replace = _or_replace(cursor)
    cursor.expect("K_AGGREGATE")
    if_not_exists = clauses.if_not_exists(cursor)
    aggregate = names.function(cursor)
    argument_types = typenames.argument_types(cursor)
    cursor.expect("K_SFUNC")
    state_function = names.bare_function(cursor)
    cursor.expect("K_STYPE")
    state_type = typenames.type_name(cursor)
    return ast.CreateAggregate(
        aggregate=aggregate,
        argument_types=argument_types,
        state_function=state_function,
        state_type=state_type,
        reduce_function=_reduce_function(cursor),
        final_function=names.bare_function(cursor) if cursor.skip("K_FINALFUNC") else None,
        initial_condition=terms.term(cursor) if cursor.skip("K_INITCOND") else None,
        or_replace=or_replace,
        if_not_exists=if_not_exists,
    )


def _reduce_function(cursor: Cursor) -> str | None:
    if cursor.dialect.allows_reduce_functions and clauses.word(cursor, "reducefunc"):
        return names.bare_function(cursor)
    return None


def drop_aggregate(cursor: Cursor) -> ast.DropAggregate:
    """`DROP AGGREGATE …`."""
    cursor.expect("K_DROP", "K_AGGREGATE")
    if_exists = clauses.if_exists(cursor)
    aggregate = names.function(cursor)
    return ast.DropAggregate(
        aggregate=aggregate, argument_types=_optional_argument_types(cursor), if_exists=if_exists
    )


def create_trigger(cursor: Cursor) -> ast.CreateTrigger:
    """`CREATE TRIGGER …`."""
    cursor.expect("K_CREATE", "K_TRIGGER")
    if_not_exists = clauses.if_not_exists(cursor)
    name = names.identifier(cursor)
    cursor.expect("K_ON")
    table = names.table(cursor)
    cursor.expect("K_USING")
    class_name = cursor.expect(tokens.STRING)
    return ast.CreateTrigger(name=name, table=table, class_name=class_name, if_not_exists=if_not_exists)


def drop_trigger(cursor: Cursor) -> ast.DropTrigger:
    """`DROP TRIGGER …`."""
    cursor.expect("K_DROP", "K_TRIGGER")
    if_exists = clauses.if_exists(cursor)
    name = names.identifier(cursor)
    cursor.expect("K_ON")
    return ast.DropTrigger(name=name, table=names.table(cursor), if_exists=if_exists)
