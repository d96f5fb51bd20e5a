"""One text, one statement: where parsing begins."""

from typing import TYPE_CHECKING

from coodie_memory.cql import ast, describing, dml, levels, objects, roles, tables, tokens
from coodie_memory.cql.cursor import Cursor, Stuck
from coodie_memory.dialect import CASSANDRA

if TYPE_CHECKING:
    from coodie_memory.dialect import Dialect


def parse(text: str, dialect: "Dialect" = CASSANDRA) -> ast.Statement:
    """The statement that the text is, or `SyntaxException` in the server's words."""
    cursor = Cursor(text, dialect)
    try:
        parsed = statement(cursor)
        while cursor.skip(";"):
            pass
        if cursor.kind != tokens.EOF:
            raise cursor.mismatch(tokens.EOF)
    except Stuck as stuck:
        raise cursor.noted or cursor.failure(stuck) from None
    if cursor.noted is not None:
        raise cursor.noted
    return parsed


def statement(cursor: Cursor) -> ast.Statement:
    """Any statement."""
    if levels.is_about_levels(cursor):
        return levels.statement(cursor)
    match cursor.kind:
        case "K_SELECT":
            return dml.select(cursor)
        case "K_INSERT":
            return dml.insert(cursor)
        case "K_UPDATE":
            return dml.update(cursor)
        case "K_DELETE":
            return dml.delete(cursor)
        case "K_BEGIN":
            return dml.batch(cursor)
        case "K_USE":
            return dml.use(cursor)
        case "K_TRUNCATE":
            return dml.truncate(cursor)
        case "K_CREATE":
            return _create(cursor)
        case "K_DROP":
            return _drop(cursor)
        case "K_ALTER":
            return _alter(cursor)
        case "K_GRANT":
            return roles.grant(cursor)
        case "K_REVOKE":
            return roles.revoke(cursor)
        case "K_LIST":
            return roles.list_statement(cursor)
        case "K_DESCRIBE" | "K_DESC":
            return describing.describe(cursor)
        case "K_ADD" if cursor.dialect.grammar.identities:
            return roles.add_identity(cursor)
        case _:
            raise cursor.no_viable()


def _create(cursor: Cursor) -> ast.Statement:
    match cursor.peek(1):
        case "K_KEYSPACE":
            return tables.create_keyspace(cursor)
        case "K_COLUMNFAMILY":
            return tables.create_table(cursor)
        case "K_TYPE":
            return tables.create_type(cursor)
        case "K_MATERIALIZED":
            return tables.create_view(cursor)
        case "K_INDEX" | "K_CUSTOM":
            return objects.create_index(cursor)
        case "K_OR":
            cursor.require({"K_REPLACE"}, 2)
            cursor.require({"K_FUNCTION", "K_AGGREGATE"}, 3)
            return _create_callable(cursor, cursor.peek(3))
        case "K_FUNCTION" | "K_AGGREGATE" as kind:
            return _create_callable(cursor, kind)
        case "K_TRIGGER" if cursor.dialect.grammar.triggers:
            return objects.create_trigger(cursor)
        case "K_ROLE":
            return roles.create_role(cursor)
        case "K_USER":
            return roles.create_user(cursor)
        case _:
            raise cursor.no_viable(1)


def _create_callable(cursor: Cursor, kind: str) -> ast.CreateFunction | ast.CreateAggregate:
    return objects.create_function(cursor) if kind == "K_FUNCTION" else objects.create_aggregate(cursor)


def _alter(cursor: Cursor) -> ast.Statement:
    match cursor.peek(1):
        case "K_KEYSPACE":
            return tables.alter_keyspace(cursor)
        case "K_COLUMNFAMILY":
            return tables.alter_table(cursor)
        case "K_TYPE":
            return tables.alter_type(cursor)
        case "K_MATERIALIZED":
            return tables.alter_view(cursor)
        case "K_ROLE":
            return roles.alter_role(cursor)
        case "K_USER":
            return roles.alter_user(cursor)
        case _:
            raise cursor.no_viable(1)


def _drop(cursor: Cursor) -> ast.Statement:
    match cursor.peek(1):
        case "K_KEYSPACE":
            return tables.drop_keyspace(cursor)
        case "K_COLUMNFAMILY":
            return tables.drop_table(cursor)
        case "K_TYPE":
            return tables.drop_type(cursor)
        case "K_MATERIALIZED":
            return tables.drop_view(cursor)
        case "K_INDEX":
            return objects.drop_index(cursor)
        case "K_FUNCTION":
            return objects.drop_function(cursor)
        case "K_AGGREGATE":
            return objects.drop_aggregate(cursor)
        case "K_TRIGGER" if cursor.dialect.grammar.triggers:
            return objects.drop_trigger(cursor)
        case "K_ROLE":
            return roles.drop_role(cursor)
        case "K_USER":
            return roles.drop_user(cursor)
        case "K_IDENTITY" if cursor.dialect.grammar.identities:
            return roles.drop_identity(cursor)
        case _:
            raise cursor.no_viable(1)
