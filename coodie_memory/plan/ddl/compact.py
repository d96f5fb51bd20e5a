"""WITH COMPACT STORAGE: tables as they were kept before CQL had tables.

Such a table has either clustering columns and one value in each row, or no clustering columns and one row of named values
in each partition. What the old form had and the statement does not say, the server makes up, and hides.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import count

from coodie_memory.dialect import Dialect
from coodie_memory.errors import InvalidRequest, ServerError
from coodie_memory.plan.ddl.columns import in_order
from coodie_memory.schema.model import Column, Table
from coodie_memory.types.base import CqlType
from coodie_memory.types.empty import EMPTY
from coodie_memory.types.integers import COUNTER
from coodie_memory.types.strings import BLOB, TEXT
from coodie_memory.value import replace


def check(clustering: Sequence[str], values: Mapping[str, CqlType], *, has_statics: bool) -> None:
    """Refuse what the old form has no room for; `values` are the types of the columns that are not in the key, by name."""
    if any(kind.is_multicell for kind in values.values()):
        raise InvalidRequest("Non-frozen collections and UDTs are not supported with COMPACT STORAGE")
    if has_statics:
        raise InvalidRequest("Static columns are not supported in COMPACT STORAGE tables")
    if not clustering and not values:
        raise InvalidRequest("No definition found that is not part of the PRIMARY KEY")
    if clustering and len(values) > 1:
        raise InvalidRequest(
            "COMPACT STORAGE with composite PRIMARY KEY allows no more than one column not part of the PRIMARY KEY "
            f"(got: {', '.join(values)})"
        )


def completed(table: Table, *, has_statics: bool) -> Table:
    """The table, as it was declared, in the old form; `has_statics`: values by name are kept as static ones."""
    if table.regulars and (table.clustering or not has_statics):
        return replace(table, is_compact=True)
    if table.clustering:
        columns, value = [*table.columns.values()], EMPTY
    else:
        declared = [replace(each, kind="static") for each in table.regulars]
        columns = [*table.partition_key, *declared, _name_of_cell(table.columns)]
        value = COUNTER if table.is_counter else BLOB
    columns.append(_value(table.columns, value, table.next_slot))
    return replace(table, columns=in_order(columns), is_compact=True, next_slot=table.next_slot + 1)


def revealed(table: Table) -> Table:
    """The table after DROP COMPACT STORAGE: an ordinary one, whose made-up columns show."""
    if not table.is_compact:
        raise InvalidRequest("Cannot DROP COMPACT STORAGE on table without COMPACT STORAGE")
    columns = in_order(replace(each, is_hidden=False) for each in table.columns.values())
    return replace(table, columns=columns, is_compact=False)


def described(table: Table) -> Table:
    """The table as the server's own tables describe it, where values by name are static in any case."""
    return completed(table, has_statics=True) if table.is_compact and not table.clustering else table


def check_column_to_add(table: Table, kind: CqlType, dialect: Dialect) -> None:
    """Refuse what a compact table has no room for."""
    if not table.is_compact:
        return
    if not (dialect.compact_values_may_come and table.is_static_compact):
        raise InvalidRequest("Cannot add new column to a COMPACT STORAGE table")
    if kind.is_multicell:
        raise InvalidRequest("Cannot use non-frozen collections with a non-composite PRIMARY KEY")


def check_column_to_drop(table: Table, column: Column, dialect: Dialect) -> None:
    """Refuse to drop the one value of a compact table's rows, on which a server may stumble, or any column at all."""
    if not table.is_compact:
        return
    if not dialect.compact_values_may_go:
        raise InvalidRequest("Cannot drop columns from a non-CQL3 table")
    if column in table.regulars:
        raise ServerError("java.lang.IndexOutOfBoundsException: 0 not in range [0..0)")


def _name_of_cell(taken: Collection[str]) -> Column:
    name = next(name for number in count(1) if (name := f"column{number}") not in taken)
    return Column(name, TEXT, "clustering", 0, is_hidden=True)


def _value(taken: Collection[str], kind: CqlType, slot: int) -> Column:
    names: Iterator[str] = (f"value{number or ''}" for number in count())
    return Column(
        next(name for name in names if name not in taken), kind, "regular", slot=slot, is_hidden=True
    )
