"""The words in which servers refuse views and indexes: many, and all different; what stands in braces is filled in."""

from coodie_memory.errors import CqlError
from coodie_memory.value import Value


class ViewRefusals(Value, kw_only=True):
    """What is said of CREATE, ALTER and DROP MATERIALIZED VIEW."""

    markers: str
    compact_storage: str | None
    """WITH COMPACT STORAGE; None: it is no grammar."""
    other_keyspace: str
    wrong_name: str
    long_name: str
    of_view: str | None
    """A view as the base; None: there is no base of that name."""
    alias: str
    expression: str
    unknown_column: str
    """A selected column that does not exist."""
    unknown_key_column: str
    static: str
    static_key_column: str
    repeated_key_column: str
    multicell_key_column: str
    duration_in_key: str
    missing_key_columns: str
    second_own_column: str
    """Two columns in the view's key that are not in the base's: {own} are all of them, {second} is the second."""
    nullable_key_column: str
    """Columns of the view's key that may be null: {columns} are all of them, {first} is the first."""
    order: str
    """A clustering order of other columns, the first of which is {column}."""
    restricted_values: str
    not_null_values: str | None
    """IS NOT NULL of a column that is not in the view's key; None: it is allowed, and ignored."""
    default_ttl: str
    altered_ttl: str
    missing_to_alter: str
    missing_to_drop: str
    class_of_missing_to_drop: type[CqlError]
    table_to_alter: str | None
    table_to_drop: str | None
    """A table that is called a view; None: there is no such view."""
    view_as_table_to_drop: str
    view_as_table_to_alter: str
    base_to_drop: str
    """A table that has {views}."""


class AttributeRefusals(Value, kw_only=True):
    """What is said of WRITETIME and TTL, which {attribute} is in small letters, and {ATTRIBUTE} in capitals."""

    key_column: str
    part_of_key_column: str
    collection: str
    element: str
    """An element of what is no set or map of cells; it has been said that a list has no elements to select."""
    field: str
    """A field of a frozen value."""
    scalar_element: str | None
    """An element of what is no collection, in every selection; None: other words, which vary."""


class IndexRefusals(Value, kw_only=True):
    """What is said of CREATE INDEX."""

    counters: str
    of_view: str
    long_name: str | None
    """A name longer than {longest}; None: there is no such limit."""
    class_without_custom: str | None
    """USING without CUSTOM; None: that is allowed."""
    custom_without_class: str | None
    """CUSTOM without USING; None: it is the server's default."""
    unknown_class: str
    """A class that does not exist, which is {}."""
    class_of_unknown_class: type[CqlError]
    attached_to_others: str | None
    """A storage-attached index on what is no vector, where the name stands for an index on vectors alone."""
    same_name: str
    same_view: str
    only_partition_key: str
    repeated_column: str
    frozen_collection: str
    """A part of a frozen collection; {target} is what is asked for, {kind} how it is written."""
    no_collection: str
    no_map: str
    user_type: str


class FunctionRefusals(Value, kw_only=True):
    """What is said of CREATE and DROP FUNCTION and AGGREGATE.

    {what} is which of the two, {written} what it is called in the statement, {function} another with its types.
    """

    existing: str
    other_kind: str
    """A {function} of the other kind, which is {other}, has the signature."""
    missing: str
    missing_signature: str
    """What is named with its types does not exist."""
    several: str
    """What is named without its types is not the only one."""
    to_drop_of_other_kind: str | None
    """What is named without its types is a {function} of the other kind; None: it is missing."""
    used: str
    """A function in use by {users}, the first of which is {aggregate}."""
    frozen: str
    """A frozen {type} of a {part}."""
    missing_part: str
    """A function of an aggregate, in the role of {Part}."""
    missing_reduce_function: str
    returns_no_state: str
