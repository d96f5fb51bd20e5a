"""The materialized view that an index is kept as: the indexed column, and behind it the rows that have it.

A global index's view has the column for its partition key and orders its rows by their tokens; a local one's stays in the
partition of its table. Neither has anything but a key.
"""

from types import MappingProxyType

from coodie_memory.schema.model import Column, Index, Table, View
from coodie_memory.types.integers import BIGINT
from coodie_memory.value import replace

SUFFIX = "_index"
RING_COLUMN = "idx_token"
"""The column that holds the token of a row's partition."""


def view_of(index: Index, base: Table, table: Table) -> View:
    """The view; `table` lends its id and its options, and has no columns yet."""
    column = base.columns[index.column]
    rows = [each for each in (*base.partition_key, *base.clustering) if each.name != index.column]
    if index.is_local:
        partition = list(base.partition_key)
        clustering = [column, *(each for each in rows if each.kind == "clustering")]
    else:
        partition = [column]
        clustering = [Column(RING_COLUMN, BIGINT, "clustering"), *rows]
    key = [
        *(Column(each.name, each.type, "partition_key", at) for at, each in enumerate(partition)),
        *(Column(each.name, each.type, "clustering", at) for at, each in enumerate(clustering)),
    ]
    columns = MappingProxyType({each.name: each for each in key})
    return View(
        table=replace(table, columns=columns),
        base=base.id,
        base_name=base.name,
        include_all_columns=False,
        where_clause=f"{index.column} IS NOT NULL",
        relations=(),
        accepts=lambda _partition, _clustering, _own: True,
    )
