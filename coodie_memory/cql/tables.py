"""Keyspaces, tables, views, user types: CREATE, ALTER, DROP."""

from coodie_memory.cql import ast, clauses, names, relations, selectors, terms, tokens, typenames
from coodie_memory.cql.cursor import Cursor
from coodie_memory.cql.properties import add_property, properties
from coodie_memory.errors import InvalidRequest, SyntaxException
from coodie_memory.types.digits import whole

_COLUMN_START = tokens.NAMES | {"K_PRIMARY"}
_MASK_FUNCTIONS = tokens.NAMES | {"K_TOKEN", tokens.MARKER}
_AFTER_DEFAULT_MASK = frozenset({tokens.EOF, ";", ")", ",", "K_PRIMARY"})
_DROPPABLE = (tokens.NAMES - {"K_COMPACT"}) | {"(", "K_IF"}


# -- keyspaces


def create_keyspace(cursor: Cursor) -> ast.CreateKeyspace:
    """`CREATE KEYSPACE …`."""
    cursor.expect("K_CREATE", "K_KEYSPACE")
    if_not_exists = clauses.if_not_exists(cursor)
    name = names.keyspace(cursor)
    options: tuple[ast.Property, ...] = ()
    if cursor.kind == "K_WITH" or not cursor.dialect.replication_may_be_missing:
        cursor.expect("K_WITH")
        options = properties(cursor)
    return ast.CreateKeyspace(name=name, properties=options, if_not_exists=if_not_exists)


def alter_keyspace(cursor: Cursor) -> ast.AlterKeyspace:
    """`ALTER KEYSPACE …`."""
    cursor.expect("K_ALTER", "K_KEYSPACE")
    if_exists = clauses.if_exists_to_alter(cursor)
    name = names.keyspace(cursor)
    cursor.expect("K_WITH")
    return ast.AlterKeyspace(name=name, properties=properties(cursor), if_exists=if_exists)


def drop_keyspace(cursor: Cursor) -> ast.DropKeyspace:
    """`DROP KEYSPACE …`."""
    cursor.expect("K_DROP", "K_KEYSPACE")
    if_exists = clauses.if_exists(cursor)
    return ast.DropKeyspace(name=names.keyspace(cursor), if_exists=if_exists)


# -- tables


def create_table(cursor: Cursor) -> ast.CreateTable:
    """`CREATE TABLE …`."""
    cursor.expect("K_CREATE", "K_COLUMNFAMILY")
    if_not_exists = clauses.if_not_exists(cursor)
    table = names.table(cursor)
    columns: list[ast.ColumnDefinition] = []
    primary_keys: list[ast.PrimaryKey] = []
    cursor.expect("(")
    called = f"table '{_as_written(table)}'"
    _add_column(cursor, columns, primary_keys)
    _refuse_repeated(cursor, columns, primary_keys, called)
    while cursor.skip(","):
        if cursor.kind in _COLUMN_START:
            _add_column(cursor, columns, primary_keys)
            _refuse_repeated(cursor, columns, primary_keys, called)
    cursor.expect(")")
    order, compact, options = _table_options(cursor, called, view=False)
    return ast.CreateTable(
        table=table,
        columns=tuple(columns),
        primary_keys=tuple(primary_keys),
        clustering_order=order,
        compact_storage=compact,
        properties=options,
        if_not_exists=if_not_exists,
    )


def _add_column(
    cursor: Cursor, columns: list[ast.ColumnDefinition], primary_keys: list[ast.PrimaryKey]
) -> None:
    cursor.require(_COLUMN_START)
    if cursor.kind == "K_PRIMARY":
        primary_keys.append(_primary_key(cursor))
        return
    name = names.identifier(cursor)
    kind = typenames.type_name(cursor)
    ttl = cursor.dialect.allows_row_ttl and cursor.skip("K_TTL")
    static = cursor.skip("K_STATIC")
    mask = _optional_mask(cursor)
    is_key = cursor.skip("K_PRIMARY")
    if is_key:
        cursor.expect("K_KEY")
    columns.append(ast.ColumnDefinition(name, kind, static, mask, is_key, ttl))


def _as_written(name: ast.QualifiedName) -> str:
    return f"{name.keyspace}.{name.name}" if name.keyspace else name.name


def _refuse_repeated(
    cursor: Cursor, columns: list[ast.ColumnDefinition], primary_keys: list[ast.PrimaryKey], called: str
) -> None:
    """Refuse what was read last if it was there before; the server does not even read on."""
    refusals = cursor.dialect.table_refusals
    if columns and columns[-1].name in (column.name for column in columns[:-1]):
        raise InvalidRequest(refusals.repeated.format(column=columns[-1].name, called=called))
    if len(primary_keys) + sum(column.primary_key for column in columns) > 1:
        raise InvalidRequest(refusals.several_keys.format(called=called))


def _primary_key(cursor: Cursor) -> ast.PrimaryKey:
    cursor.expect("K_PRIMARY", "K_KEY", "(")
    if cursor.skip("("):
        partition = _identifiers(cursor)
        cursor.expect(")")
    else:
        partition = (names.identifier(cursor),)
    clustering = _identifiers(cursor) if cursor.skip(",") else ()
    cursor.expect(")")
    return ast.PrimaryKey(partition, clustering)


def _identifiers(cursor: Cursor) -> tuple[str, ...]:
    written = [names.identifier(cursor)]
    while cursor.skip(","):
        written.append(names.identifier(cursor))
    return tuple(written)


def _optional_mask(cursor: Cursor) -> ast.ColumnMask | None:
    return _mask(cursor) if cursor.kind == "K_MASKED" and cursor.dialect.grammar.masks else None


def _mask(cursor: Cursor) -> ast.ColumnMask:
    """`MASKED WITH DEFAULT` or `MASKED WITH function(…)`."""
    cursor.require({"K_MASKED"})
    cursor.require({"K_WITH"}, 1)
    cursor.require(_MASK_FUNCTIONS, 2)
    if cursor.peek(2) == "K_DEFAULT" and cursor.peek(3) not in {"(", "."}:
        cursor.require(_AFTER_DEFAULT_MASK, 3)
        cursor.expect("K_MASKED", "K_WITH", "K_DEFAULT")
        return ast.ColumnMask(None)
    cursor.expect("K_MASKED", "K_WITH")
    function = names.function(cursor)
    cursor.require({"("})
    cursor.require(terms.START | {")"}, 1)
    if cursor.peek(1) == ")":
        cursor.expect("(", ")")
        return ast.ColumnMask(function)
    return ast.ColumnMask(function, terms.values(cursor))


def _table_options(
    cursor: Cursor, called: str, *, view: bool
) -> tuple[tuple[ast.ClusteringOrder, ...], bool, tuple[ast.Property, ...]]:
    """What WITH says of a table or view: clustering order, COMPACT STORAGE, properties."""
    order: list[ast.ClusteringOrder] = []
    compact = False
    options: list[ast.Property] = []
    more = cursor.skip("K_WITH")
    while more:
        match cursor.kind:
            case "K_COMPACT" if cursor.peek(1) != "=":
                cursor.require({"K_STORAGE"}, 1)
                cursor.expect("K_COMPACT", "K_STORAGE")
                compact = True
                if view and cursor.dialect.view_refusals.compact_storage is None:
                    raise SyntaxException("COMPACT STORAGE tables are not allowed starting with version 4.0")
            case "K_CLUSTERING" if cursor.peek(1) != "=":
                cursor.require({"K_ORDER"}, 1)
                cursor.expect("K_CLUSTERING", "K_ORDER", "K_BY", "(")
                _clustering_order(
                    cursor, called, order, repeatable=view and cursor.dialect.views_order_any_columns
                )
                cursor.expect(")")
            case _:
                cursor.require(tokens.NAMES)
                add_property(cursor, options)
        more = cursor.skip("K_AND")
    return tuple(order), compact, tuple(options)


def _clustering_order(
    cursor: Cursor, called: str, written: list[ast.ClusteringOrder], *, repeatable: bool
) -> None:
    while True:
        column = names.identifier(cursor)
        cursor.require({"K_ASC", "K_DESC"})
        if not repeatable and column in (earlier.column for earlier in written):
            raise InvalidRequest(f"Duplicate column '{column}' in CLUSTERING ORDER BY clause for {called}")
        written.append(ast.ClusteringOrder(column, cursor.kind == "K_DESC"))
        cursor.take()
        if not cursor.skip(","):
            return


def alter_table(cursor: Cursor) -> ast.AlterTable:
    """`ALTER TABLE …`."""
    cursor.expect("K_ALTER", "K_COLUMNFAMILY")
    if_exists = clauses.if_exists_to_alter(cursor)
    table = names.table(cursor)
    return ast.AlterTable(table=table, change=_table_change(cursor), if_exists=if_exists)


def _table_change(cursor: Cursor) -> ast.TableChange:
    match cursor.kind:
        case "K_ADD":
            return _add_columns(cursor)
        case "K_DROP":
            return _drop(cursor)
        case "K_RENAME":
            cursor.take()
            missing_ok = clauses.if_exists_to_alter(cursor)
            return ast.RenameColumns(_renames(cursor), missing_ok)
        case "K_ALTER":
            return _alter_column(cursor)
        case "K_WITH":
            cursor.take()
            return ast.SetProperties(properties(cursor))
        case "K_TTL" if cursor.dialect.allows_row_ttl:
            cursor.take()
            return ast.SetTtlColumn(None if cursor.skip("K_NULL") else names.column(cursor))
        case _:
            raise cursor.no_viable()


def _add_columns(cursor: Cursor) -> ast.AddColumns:
    cursor.expect("K_ADD")
    existing_ok = clauses.if_not_exists_to_alter(cursor)
    if cursor.skip("("):
        columns = [_added_column(cursor)]
        while cursor.skip(","):
            columns.append(_added_column(cursor))
        cursor.expect(")")
        return ast.AddColumns(tuple(columns), existing_ok)
    cursor.require(tokens.NAMES)
    return ast.AddColumns((_added_column(cursor),), existing_ok)


def _added_column(cursor: Cursor) -> ast.ColumnDefinition:
    name = names.identifier(cursor)
    kind = typenames.type_name(cursor)
    static = cursor.skip("K_STATIC")
    return ast.ColumnDefinition(name, kind, static, _optional_mask(cursor))


def _drop(cursor: Cursor) -> ast.DropColumns | ast.DropCompactStorage:
    if cursor.peek(1) == "K_COMPACT" and cursor.dialect.grammar.drops_compact_storage:
        if cursor.peek(2) == "K_STORAGE":
            cursor.expect("K_DROP", "K_COMPACT", "K_STORAGE")
            return ast.DropCompactStorage()
        cursor.require({tokens.EOF, ";", "K_USING"}, 2)
    else:
        cursor.require(_DROPPABLE, 1)
    cursor.expect("K_DROP")
    missing_ok = clauses.if_exists_to_alter(cursor)
    cursor.require(tokens.NAMES | {"("})
    if cursor.skip("("):
        columns = _identifiers(cursor)
        cursor.expect(")")
    else:
        columns = (names.identifier(cursor),)
    return ast.DropColumns(columns, missing_ok, _dropped_at(cursor))


def _dropped_at(cursor: Cursor) -> ast.IntegerTerm | None:
    if not cursor.skip("K_USING"):
        return None
    cursor.expect("K_TIMESTAMP")
    if cursor.dialect.allows_bound_drop_timestamp:
        return terms.integer(cursor)
    written = cursor.expect(tokens.INTEGER)
    if not -(2**63) <= whole(written) < 2**63:
        raise cursor.abort(f'NumberFormatException For input string: "{written}"')
    return ast.Literal("INTEGER", written)


def _alter_column(cursor: Cursor) -> ast.AlterColumnType | ast.MaskColumn:
    if cursor.peek(1) != "K_IF":
        cursor.require(tokens.NAMES | {tokens.EMPTY_QUOTED_NAME}, 1)
        cursor.require({"K_TYPE", "K_DROP", "K_MASKED"}, 2)
    cursor.expect("K_ALTER")
    missing_ok = clauses.if_exists_to_alter(cursor)
    column = names.column(cursor)
    if not missing_ok and cursor.skip("K_TYPE"):
        return ast.AlterColumnType(column, typenames.type_name(cursor))
    cursor.require({"K_DROP", "K_MASKED"} if cursor.dialect.grammar.masks else {"K_TYPE"})
    if cursor.skip("K_DROP"):
        cursor.expect("K_MASKED")
        return ast.MaskColumn(column, None, missing_ok)
    return ast.MaskColumn(column, _mask(cursor), missing_ok)


def _renames(cursor: Cursor) -> tuple[ast.Rename, ...]:
    written: list[ast.Rename] = []
    while True:
        old = names.identifier(cursor)
        cursor.expect("K_TO")
        written.append(ast.Rename(old, names.identifier(cursor)))
        if not cursor.skip("K_AND"):
            return tuple(written)


def drop_table(cursor: Cursor) -> ast.DropTable:
    """`DROP TABLE …`."""
    cursor.expect("K_DROP", "K_COLUMNFAMILY")
    if_exists = clauses.if_exists(cursor)
    return ast.DropTable(table=names.table(cursor), if_exists=if_exists)


# -- views


def create_view(cursor: Cursor) -> ast.CreateView:
    """`CREATE MATERIALIZED VIEW …`."""
    cursor.expect("K_CREATE", "K_MATERIALIZED", "K_VIEW")
    if_not_exists = clauses.if_not_exists(cursor)
    view = names.table(cursor)
    cursor.expect("K_AS", "K_SELECT")
    selection = selectors.selection(cursor)
    cursor.expect("K_FROM")
    base = names.table(cursor)
    where = relations.where(cursor) if cursor.skip("K_WHERE") else ()
    primary_key = _primary_key(cursor)
    order, compact, options = _table_options(cursor, f"view '{_as_written(view)}'", view=True)
    return ast.CreateView(
        view=view,
        base=base,
        selection=selection,
        where=where,
        primary_key=primary_key,
        clustering_order=order,
        compact_storage=compact,
        properties=options,
        if_not_exists=if_not_exists,
    )


def alter_view(cursor: Cursor) -> ast.AlterView:
    """`ALTER MATERIALIZED VIEW …`."""
    cursor.expect("K_ALTER", "K_MATERIALIZED", "K_VIEW")
    if_exists = clauses.if_exists_to_alter(cursor)
    view = names.table(cursor)
    cursor.expect("K_WITH")
    return ast.AlterView(view=view, properties=properties(cursor), if_exists=if_exists)


def drop_view(cursor: Cursor) -> ast.DropView:
    """`DROP MATERIALIZED VIEW …`."""
    cursor.expect("K_DROP", "K_MATERIALIZED", "K_VIEW")
    if_exists = clauses.if_exists(cursor)
    return ast.DropView(view=names.table(cursor), if_exists=if_exists)


# -- user types


def create_type(cursor: Cursor) -> ast.CreateType:
    """`CREATE TYPE …`."""
    cursor.expect("K_CREATE", "K_TYPE")
    if_not_exists = clauses.if_not_exists(cursor)
    name = names.user_type(cursor)
    cursor.expect("(")
    fields = [_field(cursor)]
    while cursor.skip(","):
        if cursor.kind in tokens.NAMES:
            fields.append(_field(cursor))
    cursor.expect(")")
    return ast.CreateType(type=name, fields=tuple(fields), if_not_exists=if_not_exists)


def _field(cursor: Cursor) -> ast.FieldDefinition:
    return ast.FieldDefinition(names.identifier(cursor), typenames.type_name(cursor))


def alter_type(cursor: Cursor) -> ast.AlterType:
    """`ALTER TYPE …`."""
    cursor.expect("K_ALTER", "K_TYPE")
    if_exists = clauses.if_exists_to_alter(cursor)
    name = names.user_type(cursor)
    return ast.AlterType(type=name, change=_type_change(cursor), if_exists=if_exists)


def _type_change(cursor: Cursor) -> ast.TypeChange:
    match cursor.kind:
        case "K_ADD":
            cursor.take()
            existing_ok = clauses.if_not_exists_to_alter(cursor)
            return ast.AddField(_field(cursor), existing_ok)
        case "K_RENAME":
            cursor.take()
            missing_ok = clauses.if_exists_to_alter(cursor)
            return ast.RenameFields(_renames(cursor), missing_ok)
        case "K_ALTER":
            cursor.take()
            name = names.identifier(cursor)
            cursor.expect("K_TYPE")
            return ast.AlterFieldType(ast.FieldDefinition(name, typenames.type_name(cursor)))
        case _:
            raise cursor.no_viable()


def drop_type(cursor: Cursor) -> ast.DropType:
    """`DROP TYPE …`."""
    cursor.expect("K_DROP", "K_TYPE")
    if_exists = clauses.if_exists(cursor)
    return ast.DropType(type=names.user_type(cursor), if_exists=if_exists)
