"""MASKED WITH: the function that hides a column's values, and what it refuses to be.

Where masks are switched off a column may still be added with one, which the schema keeps and shows; whoever may read the
table reads its values.
"""

from collections.abc import Iterable

from coodie_memory.cql import ast, text
from coodie_memory.errors import InvalidRequest
from coodie_memory.plan import terms
from coodie_memory.plan.composite import composed
from coodie_memory.plan.ddl.columns import in_order
from coodie_memory.plan.functions import calls, resolution
from coodie_memory.plan.nodes import Aggregate, Call, Composite, Constant, Moment, Term, evaluated
from coodie_memory.plan.scope import Scope
from coodie_memory.result import ColumnSpec, Raw, Unset
from coodie_memory.schema.catalog import Schema
from coodie_memory.schema.model import Column, Keyspace, Mask, Table, UserFunction
from coodie_memory.types.base import Assignment, CqlType
from coodie_memory.value import Value, replace

_DEFAULT = ast.QualifiedName(None, "mask_default")
_OFF = (
    "Cannot mask columns because dynamic data masking is not enabled. You can enable it with the "
    "dynamic_data_masking_enabled property on cassandra.yaml"
)


class _Masked(Value):
    """The column's value as `resolution` sees it."""

    type: CqlType

    @property
    def text(self) -> str:
        return self.type.java_name

    @property
    def is_marker(self) -> bool:
        return False

    @property
    def array_size(self) -> int | None:
        return None

    @property
    def fits_descending(self) -> bool:
        return True

    def assignment(self, receiver: ColumnSpec) -> Assignment:
        return receiver.type.assignment(self.type)

    def compatible_type(self) -> CqlType | None:
        return self.type


def refuse(masks: Iterable[ast.ColumnMask | None]) -> None:
    """Refuse to mask columns of a new table, or those that are there."""
    if any(masks):
        raise InvalidRequest(_OFF)


def mask(
    scope: Scope, moment: Moment, table: Table, definition: ast.ColumnDefinition, kind: CqlType
) -> Mask | None:
    """The mask of a new column."""
    written = definition.mask
    if written is None:
        return None
    name = written.function or _DEFAULT
    called = f"{name.keyspace}.{name.name}" if name.keyspace else name.name
    spelt = f"{called}({', '.join(map(text.term, written.arguments))})"
    others = [calls.argument(scope, each) for each in written.arguments]
    function = resolution.resolve(scope, table, name, [_Masked(kind), *others], kind)
    if function is None:
        raise InvalidRequest(
            f"Unable to find masking function for {definition.name}, "
            f"no declared function matches the signature {spelt}"
        )
    if isinstance(function, Aggregate):
        raise InvalidRequest(f"Aggregate function {spelt} cannot be used for masking table columns")
    if function.keyspace == resolution.SYSTEM and not function.name.startswith("mask_"):
        raise InvalidRequest(f"Not-masking function {spelt} cannot be used for masking table columns")
    if function.returns.freeze() != kind.freeze():
        raise InvalidRequest(
            f"Masking function {spelt} return type is {function.returns}. This is different to the type of the masked "
            f"column {definition.name} of type {kind}. Masking functions can only be attached to table columns if they "
            "return the same data type as the masked column."
        )
    values = tuple(
        _value(scope, moment, argument, resolution.argument_spec(function, index, table))
        for index, argument in enumerate(written.arguments, 1)
    )
    return Mask(function.keyspace, function.name, function.argument_types[1:], values)


def _value(scope: Scope, moment: Moment, written: ast.Term, spec: ColumnSpec) -> Raw:
    planned = terms.term(scope, written, spec)
    if terms.has_marker(planned):
        # Here the server fails.
        raise InvalidRequest(f"{text.term(written)} is no value for {spec.name}")
    return _evaluated(moment, planned)


def _evaluated(moment: Moment, planned: Term) -> Raw:
    match planned:
        case Constant():
            return planned.raw
        case Call():
            arguments = [_evaluated(moment, argument) for argument in planned.arguments]
            return evaluated(planned.function, moment, arguments)
        case Composite():
            whole = composed(planned.type, [_evaluated(moment, part) for part in planned.parts])
            assert not isinstance(whole, Unset)
            return whole
        case _:
            raise AssertionError(f"{planned} is no argument of a mask")


def without_mask(table: Table, name: str) -> Table:
    """The table with the column's values shown."""
    column = table.columns.get(name)
    if column is None or column.mask is None:
        return table
    others = (each for each in table.columns.values() if each is not column)
    return replace(table, columns=in_order((*others, replace(column, mask=None))))


def with_bare_views(schema: Schema, base: Table, name: str) -> Schema:
    """The schema with the column's values shown in the table's views, too."""
    for view in schema.views_of(base):
        schema = schema.with_view(replace(view, table=without_mask(view.table, name)))
    return schema


def users(keyspace: Keyspace, function: UserFunction) -> list[str]:
    """The tables that have a mask of this function."""
    return [
        table.name
        for table in keyspace.tables.values()
        if any(_is_of(column, function) for column in table.columns.values())
    ]


def _is_of(column: Column, function: UserFunction) -> bool:
    found = column.mask
    return (
        found is not None
        and (found.keyspace, found.name) == (function.keyspace, function.name)
        and found.argument_types == function.argument_types[1:]
    )
