"""GROUP BY: which rows are one group, and what it refuses to group by."""

from coodie_memory.cql import ast
from coodie_memory.errors import InvalidRequest
from coodie_memory.plan import outputs, selectables, selection
from coodie_memory.plan.functions.resolution import signature
from coodie_memory.plan.outputs import FunctionValue, Output
from coodie_memory.plan.selectables import Place
from coodie_memory.plan.where import Where
from coodie_memory.schema.model import Column
from coodie_memory.value import Value


class Grouping(Value):
    """GROUP BY: the partition key, `prefix` clustering columns, and `last` in place of the last one, if given.

    `refusal` is what the server says on execution, where `last` does not keep the rows' order; empty where it does.
    """

    prefix: int
    last: Output | None = None
    refusal: str = ""


def grouping(place: Place, statement: ast.Select, where: Where) -> Grouping | None:
    """What the clause asks for; None without one."""
    if not statement.group_by:
        return None
    table, key, prefix = place.table, iter(place.table.primary_key), 0
    refusals = place.scope.dialect.select_refusals
    last: FunctionValue | None = None
    for written in statement.group_by:
        column, function = _grouped(place, written)
        if last is not None and function is None:
            raise InvalidRequest("Functions are only supported on the last element of the GROUP BY clause")
        # Of several functions the last one counts.
        last = function
        for candidate in key:
            prefix += candidate.kind == "clustering"
            if candidate == column:
                break
            if not where.is_equal(candidate):
                raise InvalidRequest(refusals.group_out_of_order.format(column=column.name))
        else:
            raise InvalidRequest(refusals.group_out_of_order.format(column=column.name))
    following = next(key, None)
    if following is not None and following.kind == "partition_key":
        raise InvalidRequest(refusals.group_of_half_key)
    if prefix and statement.distinct:
        raise InvalidRequest("Grouping on clustering columns is not allowed for SELECT DISTINCT queries")
    assert prefix <= len(table.clustering)
    return Grouping(prefix, last, "" if last is None else _disorder(last))


def _grouped(place: Place, written: ast.Selector) -> tuple[Column, FunctionValue | None]:
    """The column that GROUP BY names, and the function of it, if it stands in one."""
    refusals = place.scope.dialect.select_refusals
    if isinstance(written, ast.ColumnSelector):
        if refusals.unknown_in_group is not None and written.name not in place.table.columns:
            raise InvalidRequest(refusals.unknown_in_group.format(column=written.name))
        column = place.scope.column(place.table, written.name)
        if not column.is_key:
            raise InvalidRequest(refusals.group_by_value.format(column=column.name))
        return column, None
    selectables.check(place, written)
    planned = selection.output(place, written, None)
    if isinstance(planned, outputs.AggregateValue):
        full_name = f"{planned.aggregate.keyspace}.{planned.aggregate.name}"
        raise InvalidRequest(
            f"Aggregate functions are not supported within the GROUP BY clause, got: {full_name}"
        )
    columns = list(dict.fromkeys(outputs.columns_of(planned)))
    if not columns:
        raise InvalidRequest("GROUP BY functions must have one clustering column name as parameter")
    if len(columns) > 1:
        names = ",".join(column.name for column in columns)
        raise InvalidRequest(
            f"GROUP BY functions accept only one clustering column as parameter, got: {names}"
        )
    if columns[0].kind != "clustering":
        raise InvalidRequest(
            f"Group by functions are only supported on clustering columns, got {columns[0].name}"
        )
    if not isinstance(planned, FunctionValue):
        # Here the server fails.
        spelt = selectables.spelt(place, written)
        raise InvalidRequest(refusals.group_by_value.format(column=spelt))
    return columns[0], planned


def _disorder(function: FunctionValue) -> str:
    """The refusal of a function, or of one inside it, whose values need not stand in the order of its argument's."""
    constants = [_is_constant(argument) for argument in function.arguments]
    # What comes behind the argument must be known, or it would be another function for each row.
    if not function.function.is_monotonic or not all(constants[1:]):
        shown = signature(function.function, constants)
        if function.function.name == "token":
            # As the server calls this one.
            shown = shown.replace('system."token"', "token", 1)
        return f"Only monotonic functions are supported in the GROUP BY clause. Got: {shown} "
    inner = (_disorder(argument) for argument in function.arguments if isinstance(argument, FunctionValue))
    return next(filter(None, inner), "")


def _is_constant(output: Output) -> bool:
    """Whether it is the same for all rows, and at any moment."""
    return all(
        isinstance(inner, outputs.TermValue | outputs.CompositeValue)
        or (isinstance(inner, FunctionValue) and inner.function.is_pure)
        for inner in outputs.walk(output)
    )
