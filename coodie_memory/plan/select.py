"""SELECT: the checks in the server's order, and the plan that is left when all of them have passed."""

from collections.abc import Collection, Iterable, Sequence

from coodie_memory.cql import ast
from coodie_memory.dialect import FILTERING_NOT_ALLOWED, Dialect, SelectRefusals
from coodie_memory.errors import InvalidRequest
from coodie_memory.plan import nodes, outputs, restrictions, selectables, selection, terms
from coodie_memory.plan.clause import columns_named
from coodie_memory.plan.grouping import Grouping, grouping
from coodie_memory.plan.scope import Scope, spec_of
from coodie_memory.plan.selectables import Place
from coodie_memory.plan.timeouts import planned_timeout
from coodie_memory.plan.where import Ordering, Where
from coodie_memory.result import ColumnSpec, Metadata
from coodie_memory.schema.changelog import base_of, is_log
from coodie_memory.schema.model import Column, Table
from coodie_memory.types.integers import INT
from coodie_memory.types.strings import TEXT
from coodie_memory.value import Value

JSON_COLUMN = "[json]"


class SelectPlan(Value, kw_only=True):
    """A SELECT. Partitions come in token order, or in key order where they are named; rows in clustering order.

    `is_reversed` turns the order of rows round; `sorts_by` are the columns by which the rows of several partitions are
    merged; `sorts_objects`: they are the columns by whose comparators JSON objects are. `json_names` are set for SELECT JSON: the items' names in its objects, with `plain_json` in the form of
    `types.plainjson`. `is_aggregate`: without `grouping`,
    all rows are one group. `unasked` are the slots of regular columns whose old values do not keep a row (`row.live`).
    """

    table: Table
    where: Where
    items: tuple[selection.Item, ...]
    metadata: Metadata
    json_names: tuple[str, ...] = ()
    plain_json: bool = False
    is_distinct: bool = False
    is_aggregate: bool = False
    grouping: Grouping | None = None
    is_reversed: bool = False
    sorts_by: tuple[Column, ...] = ()
    sorts_objects: bool = False
    limit: nodes.Term | None = None
    per_partition_limit: nodes.Term | None = None
    timeout: nodes.Term | None = None
    unasked: Collection[int] = ()
    expiring: Table | None = None
    """The table whose rows expire by one of their columns, if the answer depends on one."""

    @property
    def reads_statics(self) -> bool:
        """Whether static columns are read: those asked for, and all where nothing but keys is asked for, as by COUNT(*)."""
        return any(column.is_static for column in _asked(self.where, self.items) or self.table.statics)


def plan_select(statement: ast.Select, scope: Scope) -> SelectPlan:
    """The plan of a SELECT."""
    assert statement.table is not None
    table = scope.table(statement.table)
    place = _place(scope, table, statement)
    only_statics = _selects_only_statics(place, statement)
    _refuse_aliases(statement, table, scope.dialect.select_refusals)
    orderings = _orderings(scope, table, statement)
    where = restrictions.analyse(
        scope,
        table,
        statement.where,
        "SELECT",
        only_statics=only_statics,
        allow_filtering=statement.allow_filtering,
        orderings=orderings,
    )
    items = selection.items(place, statement.selection) if statement.selection else selection.wildcard(table)
    if statement.distinct:
        _check_distinct(scope, table, statement, where, items)
    grouped = grouping(place, statement, where)
    is_aggregate = any(outputs.is_aggregate(item.output) for item in items)
    refusal = scope.dialect.select_refusals.partition_limit_of_aggregate
    if refusal and is_aggregate and grouped is None and statement.per_partition_limit is not None:
        raise InvalidRequest(refusal)
    is_reversed = False
    by_columns = [] if where.nearest else orderings
    if by_columns:
        _check_ordering_allowed(where, scope.dialect.select_refusals)
        is_reversed = _is_reversed(table, where, by_columns, scope.dialect.select_refusals)
    if where.needs_filtering:
        raise InvalidRequest(FILTERING_NOT_ALLOWED)
    return SelectPlan(
        table=table,
        where=where,
        items=items,
        metadata=_metadata(table, statement, items, scope.dialect),
        json_names=tuple(json_name(item.name) for item in items) if statement.json else (),
        plain_json=scope.dialect.json_by_types,
        is_distinct=statement.distinct,
        is_aggregate=is_aggregate,
        grouping=grouped,
        is_reversed=is_reversed,
        sorts_by=tuple(each.column for each in by_columns) if where.has_partition_in else (),
        sorts_objects=statement.json
        and not statement.selection
        and scope.dialect.json_objects_sort_themselves,
        limit=planned_limit(scope, table, statement.limit, "[limit]"),
        per_partition_limit=planned_limit(
            scope, table, statement.per_partition_limit, "[per_partition_limit]"
        ),
        timeout=planned_timeout(scope, table.keyspace, table.name, statement.using),
        unasked=_unasked(table, where, items) if scope.dialect.skips_unasked_values else (),
        expiring=_expiring(scope, table) if scope.dialect.allows_row_ttl else None,
    )


def _asked(where: Where, items: Sequence[selection.Item]) -> set[Column]:
    """What is selected or restricted and no key."""
    asked = {column for column in selection.columns(items) if not column.is_key}
    asked.update(column for one in where.others for column in one.columns)
    return asked


def _unasked(table: Table, where: Where, items: Sequence[selection.Item]) -> Collection[int]:
    """The slots of what is neither selected nor restricted; none where no value is asked for at all."""
    asked = _asked(where, items)
    return frozenset(column.slot for column in table.regulars if column not in asked) if asked else ()


def _expiring(scope: Scope, table: Table) -> Table | None:
    """The table itself, or what it is a view or the log of."""
    base: Table | None = table
    if view := scope.schema.view(table.keyspace, table.name):
        base = scope.schema.tables_by_id.get(view.base)
    elif is_log(table):
        base = scope.schema.table(table.keyspace, base_of(table))
    return base if base is not None and "ttl" in base.options else None


def _place(scope: Scope, table: Table, statement: ast.Select) -> Place:
    names = (name for selected in statement.selection for name in selectables.column_names(selected.selector))
    return Place(scope, table, next(names, ""))


def json_name(name: str) -> str:
    """A column's name in an object: capitals are kept by quotes of their own."""
    return name if name == name.lower() else f'"{name}"'


def _metadata(
    table: Table, statement: ast.Select, items: Sequence[selection.Item], dialect: Dialect
) -> Metadata:
    if statement.json:
        return Metadata([ColumnSpec(table.keyspace, table.name, JSON_COLUMN, TEXT)])
    return Metadata(
        [
            ColumnSpec(table.keyspace, table.name, item.name, outputs.answered_type(item.output, dialect))
            for item in items
        ]
    )


def planned_limit(
    scope: Scope, table: Table, written: ast.IntegerTerm | None, name: str
) -> nodes.Term | None:
    """The term of a LIMIT clause."""
    if written is None:
        return None
    return terms.term(scope, written, ColumnSpec(table.keyspace, table.name, name, INT))


def _selects_only_statics(place: Place, statement: ast.Select) -> bool:
    """Whether static columns are selected, and nothing else but the partition key.

    Where there are none, the server looks at WHERE before the select list; else it looks as far as it must for this.
    """
    if not place.table.statics or place.table.is_static_compact:
        return False
    return _selects(place, statement, {"static"}) and not _selects(
        place, statement, {"clustering", "regular"}
    )


def _selects(place: Place, statement: ast.Select, kinds: set[str]) -> bool:
    for selected in statement.selection:
        written = selectables.simplified(place, selected.selector)
        selectables.check(place, written)
        if _reads(place.table, written, kinds):
            return True
    return False


def _reads(table: Table, written: ast.Selector, kinds: set[str]) -> bool:
    """Whether columns of these kinds are read, as the server sees it."""
    match written:
        case ast.ColumnSelector(name):
            return table.columns[name].kind in kinds
        case ast.MapLiteral(entries):
            # To Cassandra a map reads what its values do not.
            return any(
                not _reads(table, value, kinds)
                or (not isinstance(key, ast.ColumnSelector) and _reads(table, key, kinds))
                for key, value in entries
            )
        case _:
            return any(_reads(table, part, kinds) for part in selectables.parts(written))


def _refuse_aliases(statement: ast.Select, table: Table, refusals: SelectRefusals) -> None:
    aliases = {one.alias for one in statement.selection if one.alias} - table.columns.keys()
    if not aliases:
        return
    in_where = (name for relation in statement.where for name in columns_named(relation))
    in_order = (ordering.column for ordering in statement.orderings)
    for refusal, named in ((refusals.alias_in_where, in_where), (refusals.alias_in_order, in_order)):
        if refusal is not None and (name := next((one for one in named if one in aliases), None)):
            raise InvalidRequest(refusal.format(column=name))


def _orderings(scope: Scope, table: Table, statement: ast.Select) -> list[Ordering]:
    """The items of ORDER BY; of a column that is named repeatedly the last."""
    found: dict[Column, Ordering] = {}
    refusals = scope.dialect.select_refusals
    if sum(written.nearest_to is not None for written in statement.orderings) > 1:
        raise InvalidRequest("Cannot specify more than one ANN ordering")
    for written in statement.orderings:
        if refusals.unknown_in_order is not None and written.column not in table.columns:
            raise InvalidRequest(refusals.unknown_in_order.format(column=written.column))
        column = scope.column(table, written.column)
        if refusals.order_repeated is not None and column.kind == "clustering":
            # What is no clustering column has a refusal of its own, later.
            _require_ascending(found, column, refusals.order_repeated)
        nearest_to, vector = written.nearest_to, None
        if nearest_to is not None:
            vector = terms.term(scope, nearest_to, spec_of(table, column))
        found[column] = Ordering(column, written.descending, vector)
    return list(found.values())


def _require_ascending(found: Iterable[Column], new: Column, refusal: str) -> None:
    if any(earlier.kind == "clustering" and earlier.position >= new.position for earlier in found):
        raise InvalidRequest(refusal)


def _check_ordering_allowed(where: Where, refusals: SelectRefusals) -> None:
    if where.uses_index:
        raise InvalidRequest(refusals.order_by_index)
    if where.is_key_range:
        raise InvalidRequest(
            "ORDER BY is only supported when the partition key is restricted by an EQ or an IN."
        )


def _is_reversed(table: Table, where: Where, orderings: Iterable[Ordering], refusals: SelectRefusals) -> bool:
    """Whether rows come from the end of their partition: all columns as declared, or none."""
    following, directions, mixed = 0, [], ""
    for ordering in orderings:
        column = ordering.column
        if column.kind != "clustering":
            raise InvalidRequest(
                "Order by is currently only supported on the clustered columns of the PRIMARY KEY, "
                f"got {column.name}"
            )
        while following != column.position:
            if following == len(table.clustering) or not where.is_equal(table.clustering[following]):
                skipped = column if following == len(table.clustering) else table.clustering[following]
                raise InvalidRequest(refusals.order_gap.format(column=skipped.name))
            following += 1
        following += 1
        directions.append(ordering.descending != column.descending)
        if directions[-1] != directions[0] and not mixed:
            mixed = column.name
    if mixed:
        raise InvalidRequest(refusals.order_mixed.format(column=mixed))
    return directions[0]


def _check_distinct(
    scope: Scope, table: Table, statement: ast.Select, where: Where, items: Sequence[selection.Item]
) -> None:
    refusal = scope.dialect.select_refusals.partition_limit_of_distinct
    if refusal and statement.per_partition_limit is not None:
        raise InvalidRequest(refusal)
    refusals = scope.dialect.select_refusals
    by_statics = refusals.distinct_by_statics and where.keeps_lone_statics
    if where.clustering or (where.others and not by_statics):
        raise InvalidRequest(refusals.distinct)
    requested = selection.columns(items)
    if where.has_partition_in:
        # They are read, too, so that the partitions can be merged.
        requested += [table.columns[ordering.column] for ordering in statement.orderings]
    for column in requested:
        if column.kind not in ("partition_key", "static"):
            raise InvalidRequest(
                "SELECT DISTINCT queries must only request partition key columns and/or static columns "
                f"(not {column.name})"
            )
    for column in table.partition_key if where.is_key_range else ():
        if column not in requested:
            raise InvalidRequest(
                f"SELECT DISTINCT queries must request all the partition key columns (missing {column.name})"
            )
