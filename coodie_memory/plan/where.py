"""A WHERE clause after analysis, as data: which partitions, which rows of them, and what remains to be tried row by row.

Terms are still unbound. `restrictions.analyse` makes a `Where` and refuses what the server refuses; `execution.keys` and
`execution.filters` compile it.
"""

from typing import Literal, TypeAlias

from coodie_memory.plan import nodes
from coodie_memory.schema.model import Column, Index, Table
from coodie_memory.value import Value

StatementKind: TypeAlias = Literal["SELECT", "INSERT", "UPDATE", "DELETE"]


class Parts(Value):
    """One term for each restricted column."""

    terms: tuple[nodes.Term, ...]


class Whole(Value):
    """All columns' values in one marker of a tuple type; `name` is the marker's, `(b,c)`."""

    bind: nodes.Bind
    name: str


Operand: TypeAlias = Parts | Whole


class Bound(Value):
    """One end of a slice; a multi-column bound may cover fewer columns than the slice it belongs to."""

    operand: Operand
    inclusive: bool


class Equal(Value):
    """`column = value`, `(a, b) = (…)`, or IN with one value."""

    columns: tuple[Column, ...]
    operand: Operand
    is_multi: bool = False


class OneOf(Value):
    """`column IN (…)`, `(a, b) IN (…)`; `choices` is one marker of a list type for `IN ?`, `name` then the marker's."""

    columns: tuple[Column, ...]
    choices: tuple[Operand, ...] | nodes.Bind
    is_multi: bool = False
    name: str = ""


class Slice(Value):
    """`column > value AND column <= value`; of the partition key's columns, for a token range."""

    columns: tuple[Column, ...]
    lower: Bound | None
    upper: Bound | None
    is_multi: bool = False


class Contains(Value):
    """Everything that is asked of what a collection holds: CONTAINS, CONTAINS KEY, `map[key] = value`, `list[0] = value`."""

    columns: tuple[Column, ...]
    values: tuple[nodes.Term, ...] = ()
    keys: tuple[nodes.Term, ...] = ()
    entries: tuple[tuple[nodes.Term, nodes.Term], ...] = ()
    elements: tuple[tuple[nodes.Term, nodes.Term], ...] = ()
    is_multi: bool = False


class NoneOf(Value):
    """`column NOT IN (…)`, `(a, b) NOT IN (…)`; `choices` and `name` as in `OneOf`."""

    columns: tuple[Column, ...]
    choices: tuple[Operand, ...] | nodes.Bind
    is_multi: bool = False
    name: str = ""


class Like(Value):
    """`column LIKE pattern`."""

    columns: tuple[Column, ...]
    pattern: nodes.Term
    is_multi: bool = False


class Nearest(Value):
    """`ORDER BY column ANN OF vector`: a restriction to the server, since an index has to answer it."""

    columns: tuple[Column, ...]
    vector: nodes.Term
    is_multi: bool = False


Restriction: TypeAlias = Equal | OneOf | Slice | Contains | NoneOf | Like | Nearest
TokenRestriction: TypeAlias = Equal | Slice


class Ordering(Value):
    """One item of ORDER BY; with `vector` nearness to it."""

    column: Column
    descending: bool
    vector: nodes.Term | None = None


class Lookup(Value):
    """A question to an index: a value, or a key and a value for an index on a map's entries."""

    index: Index
    terms: tuple[nodes.Term, ...]


class Where(Value):
    """An analysed WHERE clause.

    `partition`, `clustering` and `others` are the restrictions of each kind of column, each once: key columns in the
    key's order, the rest by name. `is_key_range`: partitions are scanned, not named. `filters` are to be tried for each
    row, of a write for each key; `lookup` finds the candidates for one of them. `needs_filtering`: ALLOW FILTERING is wanted and was not given.
    `nulls` counts the last clustering columns that are null in the rows named, as they can be in a compact table.
    """

    table: Table
    partition: tuple[Restriction, ...] = ()
    token: TokenRestriction | None = None
    clustering: tuple[Restriction, ...] = ()
    others: tuple[Restriction, ...] = ()
    is_key_range: bool = False
    uses_index: bool = False
    needs_filtering: bool = False
    lookup: Lookup | None = None
    filters: tuple[Restriction, ...] = ()
    nulls: int = 0

    @property
    def has_partition_in(self) -> bool:
        """Whether IN stands on the partition key and is of use; a marker for the whole list counts, whatever is bound."""
        if self.token is not None and self.is_key_range:
            return False
        return any(isinstance(one, OneOf) for one in self.partition)

    @property
    def has_clustering_in(self) -> bool:
        """Whether IN stands on a clustering column."""
        return any(isinstance(one, OneOf) for one in self.clustering)

    @property
    def nearest(self) -> Nearest | None:
        """What rows are wanted to be near to."""
        return next((one for one in self.others if isinstance(one, Nearest)), None)

    @property
    def names_rows(self) -> bool:
        """Whether each clustering column is restricted by = or IN, or known to be null: single rows, no slices."""
        restricted = sum(len(one.columns) for one in self.clustering)
        return restricted + self.nulls == len(self.table.clustering) and all(
            isinstance(one, Equal | OneOf) for one in self.clustering
        )

    @property
    def full_key_by_equality(self) -> bool:
        """Whether = and IN restrict the whole primary key."""
        return not self.is_key_range and self.names_rows

    @property
    def keeps_lone_statics(self) -> bool:
        """Whether a partition without rows still answers with its static columns."""
        return not self.clustering and not any(
            column.kind == "regular" for one in self.others for column in one.columns
        )

    def is_equal(self, column: Column) -> bool:
        """Whether = (or IN with one value) fixes the column."""
        return any(
            isinstance(one, Equal) and column in one.columns for one in (*self.partition, *self.clustering)
        )
