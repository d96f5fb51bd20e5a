"""One relation of a WHERE clause: from what was written to a typed restriction, and two restrictions of a column to one.

Nothing here knows of the other columns; `restrictions` puts the clause together.
"""

from collections.abc import Iterable
from typing import assert_never

from coodie_memory.cql import ast, text
from coodie_memory.errors import InvalidRequest, UnsupportedCQL
from coodie_memory.plan import terms, where
from coodie_memory.plan.operations import index_spec
from coodie_memory.plan.scope import Scope, spec_of
from coodie_memory.plan.where import (
    Bound,
    Contains,
    Equal,
    Like,
    Nearest,
    NoneOf,
    OneOf,
    Operand,
    Parts,
    Restriction,
    Slice,
    Whole,
)
from coodie_memory.result import ColumnSpec
from coodie_memory.schema.model import Column, Table
from coodie_memory.types.collections import ListType, MapType
from coodie_memory.types.integers import BIGINT
from coodie_memory.types.strings import ASCII, TEXT
from coodie_memory.types.tuples import TupleType
from coodie_memory.types.usertype import UserType
from coodie_memory.value import replace

_MARKER_OF_RING = "partition key token"


def column_restriction(scope: Scope, table: Table, relation: ast.ColumnRelation) -> Restriction:
    """The restriction of `column operator value`; LIKE is none of them."""
    if relation.operator == "!=":
        raise _not_equal(relation)
    column = scope.column(table, relation.column)
    if relation.operator in ("<", "<=", ">", ">="):
        _require_no_duration(scope, column)
    receiver = _receiver(scope, table, column, relation.operator)
    refusal = scope.dialect.select_refusals.like_of_others
    if relation.operator == "LIKE" and refusal is not None and column.type not in (TEXT, ASCII):
        raise InvalidRequest(refusal.format(column=column.name))
    value = terms.term(scope, relation.value, receiver)
    match relation.operator:
        case "=":
            return Equal((column,), Parts((value,)))
        case "CONTAINS":
            return Contains((column,), values=(value,))
        case "CONTAINS KEY":
            return Contains((column,), keys=(value,))
        case ">" | ">=" | "<" | "<=":
            return _slice((column,), Parts((value,)), relation.operator, is_multi=False)
        case "LIKE":
            return Like((column,), value)
        case _:
            assert_never(relation.operator)


def in_marker(scope: Scope, name: str, *, negated: bool) -> str:
    """What the marker of `name IN ?` or `name NOT IN ?` is called."""
    marker = scope.dialect.in_marker.format(name)
    if not negated:
        return marker
    return f"NOT {marker}" if marker.startswith("IN") else f"not {marker}"


def in_restriction(scope: Scope, table: Table, relation: ast.ColumnInRelation) -> Restriction:
    """The restriction of `column IN …` or `column NOT IN …`."""
    column = scope.column(table, relation.column)
    receiver = _receiver(scope, table, column, "IN")
    if isinstance(relation.values, ast.Marker):
        name = in_marker(scope, column.name, negated=relation.negated)
        bind = scope.bind(relation.values, replace(receiver, name=name, type=ListType(column.type).freeze()))
        return NoneOf((column,), bind) if relation.negated else OneOf((column,), bind, name=name)
    values = tuple(Parts((terms.term(scope, value, receiver),)) for value in relation.values)
    if relation.negated:
        return NoneOf((column,), values)
    if len(values) == 1 and not scope.dialect.keeps_lone_choices:
        return Equal((column,), values[0])
    return OneOf((column,), values)


def element_restriction(scope: Scope, table: Table, relation: ast.ElementRelation) -> Restriction:
    """The restriction of `map[key] = value`."""
    if relation.operator == "!=":
        raise _not_equal(relation)
    column = scope.column(table, relation.column)
    if relation.operator in ("<", "<=", ">", ">="):
        _require_no_duration(scope, column)
    kind = column.type
    if isinstance(kind, ListType) and scope.dialect.filters_list_elements:
        return _list_element(scope, table, column, relation)
    if isinstance(kind, ListType):
        raise InvalidRequest(
            f"Indexes on list entries ({column.name}[index] = value) are not currently supported."
        )
    if not isinstance(kind, MapType):
        raise InvalidRequest(scope.dialect.not_a_map.format(column.name))
    if not kind.is_multicell:
        raise InvalidRequest(
            f"Map-entry equality predicates on frozen map column {column.name} are not supported"
        )
    if relation.operator != "=":
        raise InvalidRequest("Only EQ relations are supported on map entries")
    of_table = spec_of(table, column)
    key = terms.term(scope, relation.key, terms.key_spec(of_table))
    value = terms.term(scope, relation.value, terms.element_spec(of_table))
    return Contains((column,), entries=((key, value),))


def _list_element(scope: Scope, table: Table, column: Column, relation: ast.ElementRelation) -> Restriction:
    if relation.operator != "=":
        raise InvalidRequest("Only EQ relations are supported on list elements")
    of_table = spec_of(table, column)
    index = terms.term(scope, relation.key, index_spec(of_table))
    value = terms.term(scope, relation.value, terms.element_spec(of_table))
    return Contains((column,), elements=((index, value),))


def tuple_restriction(scope: Scope, table: Table, relation: ast.TupleRelation) -> Restriction:
    """The restriction of `(a, b) operator …`."""
    if relation.operator == "!=":
        raise _not_equal(relation)
    columns = _tuple_columns(scope, table, relation.columns, relation)
    operand = _operand(scope, table, columns, relation.value)
    if relation.operator == "=":
        return Equal(columns, operand, is_multi=True)
    return _slice(columns, operand, relation.operator, is_multi=True)


def tuple_in_restriction(scope: Scope, table: Table, relation: ast.TupleInRelation) -> Restriction:
    """The restriction of `(a, b) IN …`."""
    columns = _tuple_columns(scope, table, relation.columns, relation)
    listed = scope.dialect.multi_column_marker.format(_names(columns, ","))
    name = in_marker(scope, listed, negated=relation.negated)
    if isinstance(relation.values, ast.Marker):
        kind = ListType(_tuple_type(columns)).freeze()
        bind = scope.bind(relation.values, ColumnSpec(table.keyspace, table.name, name, kind))
        return (NoneOf if relation.negated else OneOf)(columns, bind, is_multi=True, name=name)
    for value in relation.values:
        _require_length(scope, columns, value, name)
    choices = tuple(_operand(scope, table, columns, value) for value in relation.values)
    if relation.negated:
        return NoneOf(columns, choices, is_multi=True)
    if len(choices) == 1 and not scope.dialect.keeps_lone_choices:
        return Equal(columns, choices[0], is_multi=True)
    return OneOf(columns, choices, is_multi=True)


def token_restriction(scope: Scope, table: Table, relation: ast.TokenRelation) -> where.TokenRestriction:
    """The restriction of `token(columns) operator value`; on no ring it is one of the key, which is its own token."""
    if relation.operator == "!=":
        raise _not_equal(relation)
    columns = tuple(scope.column(table, name) for name in relation.columns)
    _require_partition_key(scope, columns, table)
    is_local = scope.is_virtual(table)
    if is_local and len(columns) > 1:
        raise UnsupportedCQL("token() of several columns of a virtual table is not supported yet")
    kind = columns[0].type if is_local else BIGINT
    receiver = ColumnSpec(table.keyspace, table.name, _MARKER_OF_RING, kind)
    operand = Parts((terms.term(scope, relation.value, receiver),))
    if relation.operator == "=":
        return Equal(columns, operand)
    return _slice(columns, operand, relation.operator, is_multi=False)


def merged_tokens(ours: where.TokenRestriction, theirs: where.TokenRestriction) -> where.TokenRestriction:
    """One token range from two relations."""
    names = _names(ours.columns, ", ")
    if isinstance(ours, Equal):
        raise _more_than_one(names, "an Equal")
    if isinstance(theirs, Equal):
        raise InvalidRequest(
            f'Columns "{names}" cannot be restricted by both an equality and an inequality relation'
        )
    return _merged_slices(ours, theirs, names)


def merged(ours: Restriction, theirs: Restriction) -> Restriction:
    """One restriction from two that share a column, the older one first: only ranges and CONTAINS go together."""
    names = _names([column for column in ours.columns if column in theirs.columns], " ,")
    match ours:
        case Equal():
            raise _more_than_one(names, "an Equal")
        case OneOf() | NoneOf():
            raise _more_than_one(names, "a IN")
        case Like():
            raise _more_than_one(names, "a LIKE")
        case Nearest():
            raise InvalidRequest(f"{names} cannot be restricted by more than one relation in an ANN ordering")
        case Contains():
            if not isinstance(theirs, Contains):
                raise InvalidRequest(
                    f"Collection column {names} can only be restricted by CONTAINS, CONTAINS KEY, "
                    "or map-entry equality"
                )
            return Contains(
                ours.columns,
                ours.values + theirs.values,
                ours.keys + theirs.keys,
                ours.entries + theirs.entries,
                ours.elements + theirs.elements,
            )
        case Slice():
            if not isinstance(theirs, Slice):
                raise InvalidRequest(
                    f'Column "{names}" cannot be restricted by both an equality and an inequality relation'
                )
            first, other = ours.columns[0], theirs.columns[0]
            if first != other:
                later = first if first.position > other.position else other
                raise InvalidRequest(
                    f'Column "{later.name}" cannot be restricted by two inequalities not starting with the same column'
                )
            return _merged_slices(ours, theirs, names)
        case _:
            assert_never(ours)


def _merged_slices(ours: Slice, theirs: Slice, names: str) -> Slice:
    if ours.lower and theirs.lower:
        raise InvalidRequest(f"More than one restriction was found for the start bound on {names}")
    if ours.upper and theirs.upper:
        raise InvalidRequest(f"More than one restriction was found for the end bound on {names}")
    columns = max(ours.columns, theirs.columns, key=len)
    return Slice(
        columns, ours.lower or theirs.lower, ours.upper or theirs.upper, ours.is_multi or theirs.is_multi
    )


def _slice(columns: tuple[Column, ...], operand: Operand, operator: str, *, is_multi: bool) -> Slice:
    bound = Bound(operand, inclusive=operator in ("<=", ">="))
    if operator in ("<", "<="):
        return Slice(columns, None, bound, is_multi)
    return Slice(columns, bound, None, is_multi)


def _receiver(scope: Scope, table: Table, column: Column, operator: str) -> ColumnSpec:
    """What a value compared with the column must be; refuses operators that the column's type does not know."""
    kind, name = column.type, column.name
    receiver = spec_of(table, column)
    # Cassandra does not see what a descending column's type is.
    if operator == "CONTAINS KEY" and (column.descending or not isinstance(kind, MapType)):
        raise InvalidRequest(f"Cannot use CONTAINS KEY on non-map column {name}")
    if operator == "CONTAINS" and (column.descending or not kind.is_collection):
        raise InvalidRequest(scope.dialect.select_refusals.contains_of_scalar.format(column=name))
    if isinstance(kind, UserType) and kind.is_multicell and not scope.dialect.filters_user_types:
        raise InvalidRequest(f"Non-frozen UDT column '{name}' ({kind}) cannot be restricted by any relation")
    if operator == "CONTAINS KEY":
        return terms.key_spec(receiver)
    if operator == "CONTAINS":
        return terms.element_spec(receiver)
    if kind.is_collection and kind.is_multicell:
        raise InvalidRequest(
            f"Collection column '{name}' ({kind}) cannot be restricted by a '{operator}' relation"
        )
    return receiver


def _require_no_duration(scope: Scope, column: Column) -> None:
    if not column.type.contains_duration():
        return
    if scope.dialect.unordered_duration is not None:
        raise InvalidRequest(scope.dialect.unordered_duration.format(column=column.name))
    what = "duration columns"
    if column.type.is_collection:
        what = "collections containing durations"
    elif isinstance(column.type, UserType):
        # The server calls a user type a tuple here, since there it is one.
        what = "tuples containing durations"
    elif isinstance(column.type, TupleType):
        what = "tuples containing durations"
    raise InvalidRequest(f"Slice restrictions are not supported on {what}")


def _tuple_columns(
    scope: Scope, table: Table, names: Iterable[str], relation: ast.TupleRelation | ast.TupleInRelation
) -> tuple[Column, ...]:
    columns: list[Column] = []
    for name in names:
        column = scope.column(table, name)
        if column.kind != "clustering":
            raise InvalidRequest(
                "Multi-column relations can only be applied to clustering columns but was applied to: "
                + column.name
            )
        if not scope.dialect.multi_column_gap_is_filtered and column.position != len(columns):
            raise InvalidRequest(
                scope.dialect.multi_column_disorder if columns else scope.dialect.multi_column_gap
            )
        if column in columns:
            raise InvalidRequest(
                f'Column "{column.name}" appeared twice in a relation: {text.relation(relation)}'
            )
        if columns and column.position != columns[-1].position + 1:
            raise InvalidRequest(scope.dialect.multi_column_disorder.format(text.relation(relation)))
        columns.append(column)
    return tuple(columns)


def _operand(
    scope: Scope, table: Table, columns: tuple[Column, ...], value: ast.TupleLiteral[ast.Term] | ast.Marker
) -> Operand:
    if isinstance(value, ast.Marker):
        name = f"({_names(columns, ',')})"
        bind = scope.bind(value, ColumnSpec(table.keyspace, table.name, name, _tuple_type(columns)))
        return Whole(bind, name)
    if len(value.elements) != len(columns):
        raise InvalidRequest(
            f"Expected {len(columns)} elements in value tuple, but got {len(value.elements)}: {text.term(value)}"
        )
    return Parts(
        tuple(
            terms.term(scope, element, spec_of(table, column))
            for element, column in zip(value.elements, columns, strict=True)
        )
    )


def _require_length(
    scope: Scope,
    columns: tuple[Column, ...],
    value: ast.TupleLiteral[ast.Term] | ast.Marker,
    marker: str,
) -> None:
    if isinstance(value, ast.Marker) or len(value.elements) == len(columns):
        return
    is_short = len(value.elements) < len(columns)
    refusal = scope.dialect.short_tuple_in_list if is_short else scope.dialect.long_tuple_in_list
    raise InvalidRequest(
        refusal.format(
            expected=len(columns),
            given=len(value.elements),
            tuple=text.term(value),
            marker=marker,
            type=_tuple_type(columns),
        )
    )


def _require_partition_key(scope: Scope, columns: tuple[Column, ...], table: Table) -> None:
    key = table.partition_key
    if columns == key:
        return
    is_counted = scope.dialect.counts_token_arguments
    if is_counted and len(columns) != len(key):
        raise InvalidRequest(
            "Invalid number of arguments in call to function system.token: "
            f"{len(key)} required but {len(columns)} provided"
        )
    if not is_counted and not set(key) <= set(columns):
        raise InvalidRequest(
            "The token() function must be applied to all partition key components or none of them"
        )
    if len(set(columns)) < len(columns):
        raise InvalidRequest("The token() function contains duplicate partition key components")
    if not is_counted and not set(columns) <= set(key):
        raise InvalidRequest("The token() function must contains only partition key components")
    raise InvalidRequest(
        f"The token function arguments must be in the partition key order: {_names(key, ', ')}"
    )


def _tuple_type(columns: tuple[Column, ...]) -> TupleType:
    return TupleType(tuple(column.type for column in columns))


def _names(columns: Iterable[Column], separator: str) -> str:
    return separator.join(column.name for column in columns)


def _not_equal(relation: ast.Relation) -> InvalidRequest:
    return InvalidRequest(f'Unsupported "!=" relation: {text.relation(relation)}')


def _more_than_one(names: str, what: str) -> InvalidRequest:
    return InvalidRequest(f"{names} cannot be restricted by more than one relation if it includes {what}")
