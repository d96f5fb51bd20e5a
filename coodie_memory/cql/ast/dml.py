"""SELECT, INSERT, UPDATE, DELETE, BATCH, TRUNCATE, USE, and what they are made of."""

from typing import Literal as OneOf
from typing import TypeAlias

from coodie_memory.cql.ast.names import QualifiedName
from coodie_memory.cql.ast.relations import Assignment, Condition, Relation, Target
from coodie_memory.cql.ast.selectors import Selected, Selector
from coodie_memory.cql.ast.terms import IntegerTerm, Literal, Marker, Null, Term
from coodie_memory.value import Value

BatchKind: TypeAlias = OneOf["LOGGED", "UNLOGGED", "COUNTER"]


class Using(Value):
    """`USING TIMESTAMP t AND TTL n`; of repeated ones the last. `timeout` is Scylla's."""

    timestamp: IntegerTerm | None = None
    ttl: IntegerTerm | None = None
    timeout: IntegerTerm | Null | None = None


NO_USING = Using()


class Ordering(Value):
    """`column [ASC|DESC]` or `column ANN OF vector`."""

    column: str
    descending: bool = False
    nearest_to: "Term | None" = None


class Select(Value, kw_only=True):
    """`SELECT`; an empty `selection` is `*`, no `table` a SELECT without FROM (Scylla)."""

    table: QualifiedName | None
    selection: tuple[Selected, ...]
    distinct: bool = False
    json: bool = False
    where: tuple[Relation, ...] = ()
    group_by: tuple[Selector, ...] = ()
    orderings: tuple[Ordering, ...] = ()
    per_partition_limit: IntegerTerm | None = None
    limit: IntegerTerm | None = None
    allow_filtering: bool = False
    bypass_cache: bool = False
    """`BYPASS CACHE` (Scylla)."""
    using: Using = NO_USING
    """`USING TIMEOUT` (Scylla)."""


class Insert(Value, kw_only=True):
    """`INSERT INTO table (columns) VALUES (values)`; the two may differ in length."""

    table: QualifiedName
    columns: tuple[str, ...]
    values: tuple[Term, ...]
    if_not_exists: bool = False
    using: Using = NO_USING


class InsertJson(Value, kw_only=True):
    """`INSERT INTO table JSON value [DEFAULT NULL|UNSET]`; `value` is a STRING literal or a marker."""

    table: QualifiedName
    value: Literal | Marker
    default_unset: bool = False
    if_not_exists: bool = False
    using: Using = NO_USING


class Update(Value, kw_only=True):
    """`UPDATE table SET assignments WHERE where [IF …]`."""

    table: QualifiedName
    assignments: tuple[Assignment, ...]
    where: tuple[Relation, ...]
    using: Using = NO_USING
    if_exists: bool = False
    conditions: tuple[Condition, ...] = ()


class Delete(Value, kw_only=True):
    """`DELETE targets FROM table WHERE where [IF …]`; without targets whole rows."""

    table: QualifiedName
    targets: tuple[Target, ...]
    where: tuple[Relation, ...]
    using: Using = NO_USING
    if_exists: bool = False
    conditions: tuple[Condition, ...] = ()


Modification: TypeAlias = Insert | InsertJson | Update | Delete


class Batch(Value, kw_only=True):
    """`BEGIN [kind] BATCH … APPLY BATCH`."""

    kind: BatchKind
    statements: tuple[Modification, ...]
    using: Using = NO_USING


class Truncate(Value, kw_only=True):
    """`TRUNCATE [TABLE] table`."""

    table: QualifiedName
    using: Using = NO_USING
    """`USING TIMEOUT` (Scylla)."""


class Use(Value):
    """`USE keyspace`."""

    keyspace: str
