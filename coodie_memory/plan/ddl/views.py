"""CREATE, ALTER and DROP MATERIALIZED VIEW, and how views follow what ALTER TABLE does to their base."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import cast

from coodie_memory import value
from coodie_memory.cql import ast, text
from coodie_memory.dialect import Dialect, ViewRefusals
from coodie_memory.errors import AlreadyExists, CqlError, InvalidRequest
from coodie_memory.plan import indexing, restrictions
from coodie_memory.plan.ddl import changelogs, retyped, table_options, view_filters
from coodie_memory.plan.ddl.columns import in_order
from coodie_memory.plan.ddl.names import check_view_name, unknown
from coodie_memory.plan.ddl.transformation import Outcome
from coodie_memory.plan.nodes import Moment
from coodie_memory.plan.scope import Scope
from coodie_memory.plan.where import Restriction, Where
from coodie_memory.result import SchemaChange
from coodie_memory.schema.catalog import Schema
from coodie_memory.schema.changelog import is_log
from coodie_memory.schema.model import Column, ColumnKind, Index, Keyspace, Table, View
from coodie_memory.value import replace

_NEVER_ZERO = (
    "to 0, since this value is used to TTL undelivered updates. Setting gc_grace_seconds too low might cause "
    "undelivered updates to expire before being replayed."
)


def check_definition(statement: ast.CreateView, keyspace: str, dialect: Dialect) -> None:
    """Refuse what no schema is needed to refuse."""
    base, refusals = statement.base.keyspace, dialect.view_refusals
    if statement.compact_storage and refusals.compact_storage is not None:
        raise InvalidRequest(refusals.compact_storage)
    if base not in (None, keyspace):
        raise InvalidRequest(refusals.other_keyspace.format(base=base, keyspace=keyspace))
    if _has_markers((statement.selection, statement.where)):
        raise InvalidRequest(refusals.markers)


def create_view(
    statement: ast.CreateView, keyspace: str, dialect: Dialect, schema: Schema, moment: Moment
) -> Outcome:
    """CREATE MATERIALIZED VIEW."""
    if not dialect.switches.materialized_views:
        raise InvalidRequest("Materialized views are disabled. Enable in cassandra.yaml to use.")
    found = schema.keyspace(keyspace)
    if found is None:
        raise InvalidRequest(f"Keyspace '{keyspace}' doesn't exist")
    name, warnings, refusals = statement.view.name, dialect.view_warnings, dialect.view_refusals
    created = SchemaChange("CREATED", "TABLE", keyspace, name)
    base = _base(statement, found, dialect)
    if name in found.views:
        if statement.if_not_exists:
            return Outcome(schema, created if dialect.creating_always_tells else None, warnings)
        raise AlreadyExists(
            f'Cannot add already existing table "{name}" to keyspace "{keyspace}"',
            keyspace=keyspace,
            table=name,
        )
    _check_base(base, name)
    key = (*statement.primary_key.partition, *statement.primary_key.clustering)
    selected = _selected(statement, base, dialect)
    _check_key(statement, base, key, selected, dialect)
    where = _where(statement, base, key, Scope(schema, keyspace, dialect))
    options = table_options.new_options(statement.properties, dialect, schema.keyspaces[keyspace])
    changelogs.check_view(base, options)
    if options["default_time_to_live"]:
        raise InvalidRequest(refusals.default_ttl)
    identity = table_options.new_table_id(statement.properties, schema, dialect) or moment.uuid()
    check_view_name(keyspace, name, dialect)
    columns = _columns(statement, base, selected, inherits_order=dialect.views_inherit_order)
    table = Table(keyspace, name, identity, columns, options, next_slot=len(columns) - len(key))
    view = View(
        table,
        base.id,
        base.name,
        not statement.selection,
        _where_text(statement.where),
        statement.where,
        view_filters.accepts(where, moment, dialect),
    )
    return Outcome(schema.with_view(view), created, warnings)


def alter_view(
    statement: ast.AlterView, keyspace: str, dialect: Dialect, schema: Schema, _moment: Moment
) -> Outcome:
    """ALTER MATERIALIZED VIEW."""
    view = schema.view(keyspace, statement.view.name)
    refusals = dialect.view_refusals
    if view is None:
        missing = InvalidRequest(
            refusals.missing_to_alter.format(keyspace=keyspace, view=statement.view.name)
        )
        return _missing(statement, keyspace, schema, missing, refusals.table_to_alter)
    options = table_options.altered_options(view.table.options, statement.properties, dialect)
    changelogs.check_view(schema.keyspaces[keyspace].tables[view.base_name], options)
    if options["gc_grace_seconds"] == 0:
        raise InvalidRequest(f"Cannot alter gc_grace_seconds of a materialized view {_NEVER_ZERO}")
    if options["default_time_to_live"]:
        raise InvalidRequest(refusals.altered_ttl)
    if table_options.are_same(options, view.table.options):
        return Outcome(schema)
    altered = schema.with_view(replace(view, table=replace(view.table, options=options)))
    return Outcome(altered, SchemaChange("UPDATED", "TABLE", keyspace, view.table.name))


def drop_view(
    statement: ast.DropView, keyspace: str, dialect: Dialect, schema: Schema, _moment: Moment
) -> Outcome:
    """DROP MATERIALIZED VIEW."""
    view, refusals = schema.view(keyspace, statement.view.name), dialect.view_refusals
    if view is None:
        refusal = refusals.missing_to_drop.format(keyspace=keyspace, view=statement.view.name)
        missing = refusals.class_of_missing_to_drop(refusal)
        return _missing(statement, keyspace, schema, missing, refusals.table_to_drop)
    if view.table.name in schema.keyspaces[keyspace].index_views:
        raise InvalidRequest("Cannot use DROP MATERIALIZED VIEW on Index")
    return Outcome(schema.without_view(view), SchemaChange("DROPPED", "TABLE", keyspace, view.table.name))


def check_base_options(table: Table, schema: Schema) -> None:
    """Refuse what a table with views may not have."""
    if table.options["gc_grace_seconds"] == 0 and schema.views_of(table):
        raise InvalidRequest(
            f"Cannot alter gc_grace_seconds of the base table of a materialized view {_NEVER_ZERO}"
        )


def check_column_to_drop(table: Table, column: Column, schema: Schema, dialect: Dialect) -> None:
    """Refuse to take a column of a base table from its views."""
    for view in schema.views_of(table):
        if dialect.views_pin_all_columns:
            raise InvalidRequest(
                f"Cannot drop column {text.identifier(column.name)} on base table {table.name} with materialized views"
            )
        # Where the key is the base's, each of the base's columns keeps the view's row alive.
        if column.name in view.table.columns or _own(view.table, table) is None:
            raise InvalidRequest(
                f"Cannot drop column {text.identifier(column.name)} from base table {table.keyspace}.{table.name}: "
                f"materialized view {view.table.name} needs this column."
            )


def _own(view: Table, base: Table) -> Column | None:
    """The column that a view's key has beside its base's key."""
    return next((column for column in view.primary_key if not base.columns[column.name].is_key), None)


def with_columns(schema: Schema, base: Table, added: Iterable[Column]) -> Schema:
    """The schema with new columns in the views that select everything."""
    for view in schema.views_of(base):
        if not view.include_all_columns:
            continue
        table = view.table
        for column in added:
            if not column.is_static:
                own = replace(column, slot=table.next_slot)
                columns = in_order((*table.columns.values(), own))
                table = replace(table, columns=columns, next_slot=table.next_slot + 1)
        schema = schema.with_view(replace(view, table=table))
    return schema


def with_renamed_columns(schema: Schema, base: Table, renames: Iterable[ast.Rename]) -> Schema:
    """The schema with columns of the base's key renamed in its views."""
    for view in schema.views_of(base):
        for each in renames:
            columns = in_order(
                replace(column, name=each.new) if column.name == each.old else column
                for column in view.table.columns.values()
            )
            relations = tuple(
                _renamed(relation, each) for relation in cast("tuple[ast.Relation, ...]", view.relations)
            )
            view = replace(  # noqa: PLW2901 - one rename after the other
                view,
                table=replace(view.table, columns=columns),
                relations=relations,
                where_clause=_where_text(relations),
            )
        schema = schema.with_view(view)
    return schema


def with_retyped_column(schema: Schema, base: Table, name: str, dialect: Dialect) -> Schema:
    """The schema with a column of the base of its new type in its views, too, where it may be of another kind."""
    kind = base.columns[name].type
    for view in schema.views_of(base):
        if name in view.table.columns:
            retyped.check(view.table.columns[name], kind, dialect)
        retold = retyped.with_type(view.table, name, kind)
        schema = schema.with_view(replace(view, table=retold))
    return schema


def _missing(
    statement: ast.AlterView | ast.DropView,
    keyspace: str,
    schema: Schema,
    missing: CqlError,
    of_table: str | None,
) -> Outcome:
    """What becomes of a statement on a view that does not exist; `of_table` is said where it is a table."""
    if of_table is not None and schema.table(keyspace, statement.view.name):
        raise InvalidRequest(of_table)
    if statement.if_exists:
        return Outcome(schema)
    raise missing


def _base(statement: ast.CreateView, keyspace: Keyspace, dialect: Dialect) -> Table:
    name = statement.base.name
    base = keyspace.tables.get(name)
    if name in keyspace.views and dialect.view_refusals.of_view is not None:
        raise InvalidRequest(dialect.view_refusals.of_view)
    if base is None:
        raise InvalidRequest(unknown(dialect, keyspace.name, name, f"Base table '{name}' doesn't exist"))
    if statement.view.name in keyspace.tables:
        raise InvalidRequest(
            f"Cannot create materialized view '{statement.view.name}' - a table with the same name already exists"
        )
    return base


def _check_base(base: Table, view: str) -> None:
    if base.is_counter:
        raise InvalidRequest("Materialized views are not supported on counter tables")
    if is_log(base):
        raise InvalidRequest("Materialized views cannot be created on CDC Log tables")
    if base.options["gc_grace_seconds"] == 0:
        raise InvalidRequest(
            f"Cannot create materialized view '{view}' for base table '{base.name}' with gc_grace_seconds of 0, since "
            "this value is used to TTL undelivered updates. Setting gc_grace_seconds too low might cause undelivered "
            "updates to expire before being replayed."
        )


def _selected(statement: ast.CreateView, base: Table, dialect: Dialect) -> list[str]:
    """The columns of the view."""
    refusals = dialect.view_refusals
    selected = [] if statement.selection else list(base.columns)
    for each in statement.selection:
        if each.alias is not None:
            raise InvalidRequest(
                refusals.alias.format(selector=text.selector(each.selector), alias=each.alias)
            )
        if not isinstance(each.selector, ast.ColumnSelector):
            raise InvalidRequest(refusals.expression.format(selector=text.selector(each.selector)))
        name = each.selector.name
        if name not in base.columns:
            raise InvalidRequest(
                refusals.unknown_column.format(
                    keyspace=base.keyspace, table=base.name, column=text.identifier(name)
                )
            )
        selected.append(name)
    selected = _hashed(selected)
    key = (*statement.primary_key.partition, *statement.primary_key.clustering)
    for name in selected:
        if base.columns[name].is_static:
            refusal = refusals.static_key_column if name in key else refusals.static
            raise InvalidRequest(refusal.format(column=name, view=statement.view.name))
    if dialect.views_select_key_columns:
        selected += [name for name in key if name in base.columns]
    return selected


def _check_key(
    statement: ast.CreateView, base: Table, key: Sequence[str], selected: Sequence[str], dialect: Dialect
) -> None:
    view, seen, refusals = statement.view.name, set[str](), dialect.view_refusals
    for name in key:
        column = base.columns.get(name)
        if column is None or name not in selected:
            raise InvalidRequest(refusals.unknown_key_column.format(column=name, view=view))
        if name in seen:
            raise InvalidRequest(refusals.repeated_key_column.format(column=name, view=view))
        seen.add(name)
        _check_key_type(column, refusals)
    _check_order(statement, dialect)
    if missing := [column.name for column in base.primary_key if column.name not in seen]:
        raise InvalidRequest(
            refusals.missing_key_columns.format(view=view, base=base.name, columns=", ".join(missing))
        )
    own = [name for name in key if not base.columns[name].is_key]
    if len(own) > 1:
        raise InvalidRequest(refusals.second_own_column.format(own=", ".join(_hashed(own)), second=own[1]))


def _check_order(statement: ast.CreateView, dialect: Dialect) -> None:
    clustering = statement.primary_key.clustering
    ordered = tuple(order.column for order in statement.clustering_order)
    others = [name for name in ordered if name not in clustering]
    is_whole = dialect.views_order_any_columns or not ordered or ordered == clustering
    if others or not is_whole:
        raise InvalidRequest(dialect.view_refusals.order.format(column=next(iter(others), "")))


def _check_key_type(column: Column, refusals: ViewRefusals) -> None:
    kind = column.type
    if kind.is_multicell:
        what = "collection" if kind.is_collection else "user-defined"
        raise InvalidRequest(
            refusals.multicell_key_column.format(what=what, type=kind.java_name, column=column.name)
        )
    if kind.contains_duration():
        raise InvalidRequest(refusals.duration_in_key.format(column=column.name))


def _where(statement: ast.CreateView, base: Table, key: Sequence[str], scope: Scope) -> Where:
    """What a base row must fulfil, IS NOT NULL aside, which holds for whatever is in the view's key."""
    if any(isinstance(relation, ast.TokenRelation) for relation in statement.where):
        raise InvalidRequest("Cannot use token relation when defining a materialized view")
    if any(isinstance(relation, ast.IndexExpression) for relation in statement.where):
        raise InvalidRequest(
            f"WHERE clause for materialized view '{statement.view.name}' cannot contain custom index expressions"
        )
    not_null = [each.column for each in statement.where if isinstance(each, ast.NotNullRelation)]
    for name in not_null:
        scope.column(base, name)
    where = restrictions.analyse(
        scope,
        replace(base, indexes=_of_patterns(base)),
        [each for each in statement.where if not isinstance(each, ast.NotNullRelation)],
        "SELECT",
        allow_filtering=True,
    )
    restricted = {column.name for one in _all(where) for column in one.columns} | set(not_null)
    refusals = scope.dialect.view_refusals
    if scope.dialect.views_imply_not_null and len(base.partition_key) == 1:
        restricted.add(base.partition_key[0].name)
    if unrestricted := [name for name in key if name not in restricted]:
        raise InvalidRequest(
            refusals.nullable_key_column.format(
                columns=", ".join(_hashed(unrestricted)), first=unrestricted[0]
            )
        )
    allowed = key if scope.dialect.views_filter_own_key else ()
    others = [column.name for one in where.others for column in one.columns]
    if names := [name for name in others if name not in allowed]:
        raise InvalidRequest(
            refusals.restricted_values.format(columns=",".join(names), view=statement.view.name)
        )
    ignored = [name for name in dict.fromkeys(not_null) if name not in key]
    if ignored and refusals.not_null_values is not None:
        raise InvalidRequest(refusals.not_null_values.format(columns=", ".join(ignored)))
    return where


def _of_patterns(base: Table) -> Mapping[str, Index]:
    """The indexes without which a server does not look at patterns; of all others a view makes no use."""
    return MappingProxyType({name: each for name, each in base.indexes.items() if indexing.is_sasi(each)})


def _all(where: Where) -> Sequence[Restriction]:
    return (*where.partition, *where.clustering, *where.others)


def _columns(
    statement: ast.CreateView, base: Table, selected: Iterable[str], *, inherits_order: bool
) -> Mapping[str, Column]:
    descending = {name: column.descending for name, column in base.columns.items() if inherits_order}
    # Of a column that is named twice the first order holds.
    descending |= {order.column: order.descending for order in reversed(statement.clustering_order)}
    partition, clustering = statement.primary_key.partition, statement.primary_key.clustering
    # To Cassandra the order is the type's: IN looks up a view's partitions in the order that the base's rows have.
    key: tuple[tuple[ColumnKind, Sequence[str]], ...] = (
        ("partition_key", partition),
        ("clustering", clustering),
    )
    columns = [
        Column(
            name,
            base.columns[name].type,
            kind,
            position,
            descending=descending.get(name, False),
            mask=base.columns[name].mask,
        )
        for kind, names in key
        for position, name in enumerate(names)
    ]
    others = sorted(set(selected) - {*partition, *clustering}, key=str.encode)
    columns += [
        Column(name, base.columns[name].type, "regular", slot=slot, mask=base.columns[name].mask)
        for slot, name in enumerate(others)
    ]
    return in_order(columns)


def _where_text(relations: Iterable[ast.Relation]) -> str:
    return " AND ".join(map(text.relation, relations))


def _renamed(relation: ast.Relation, rename: ast.Rename) -> ast.Relation:
    match relation:
        case ast.TupleRelation() | ast.TupleInRelation() | ast.TokenRelation():
            columns = tuple(rename.new if name == rename.old else name for name in relation.columns)
            return value.replace(relation, columns=columns)
        case ast.IndexExpression():
            return relation
        case _ if relation.column == rename.old:
            return value.replace(relation, column=rename.new)
        case _:
            return relation


def _has_markers(node: object) -> bool:
    match node:
        case ast.Marker():
            return True
        case tuple():
            return any(map(_has_markers, node))
        case value.Value():
            return any(map(_has_markers, value.values_of(node)))
        case _:
            return False


def _hashed(names: Iterable[str]) -> list[str]:
    """The names, each once, in the order in which the server's set of them comes, since its messages show it."""
    distinct = list(dict.fromkeys(names))
    buckets = 16
    while len(distinct) > buckets * 3 // 4:
        buckets *= 2
    return sorted(distinct, key=lambda name: _spread(name) % buckets)


def _spread(name: str) -> int:
    """Where Java's HashMap puts a ByteBuffer of the name."""
    code = 1
    for byte in reversed(name.encode()):
        code = (31 * code + (byte - 256 if byte > 127 else byte)) & 0xFFFFFFFF
    return code ^ code >> 16
