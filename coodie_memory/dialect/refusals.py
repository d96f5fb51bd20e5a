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


class RoleRefusals(Value, kw_only=True):
    """What is said of statements about roles, with the {role} that is meant."""

    existing: str
    missing: str
    """One to alter, or to grant permissions to …"""
    missing_to_drop: str
    missing_member: str
    """… to grant to another, or another to grant to …"""
    missing_to_list: str
    """… and one whose roles or permissions are to be listed."""
    missing_resource: str
    """A {resource} to grant permissions on …"""
    missing_resource_to_list: str
    """… and one to list the permissions of."""
    unprivileged: str
    """The {user} has no {permission} on the {resource}, which is a role or all of them."""
    creates_superuser: str
    alters_superuser: str
    alters_own_superuser: str
    drops_superuser: str
    drops_oneself: str
    alters_own_option: str
    """An {option} that only others may change."""
    alters_own_login: str | None
    """Who changes whether he can log in; None: he may."""
    unsupported_option: str
    empty_alteration: str | None
    """ALTER ROLE that changes nothing; None: it does so."""
    quoted_user: str
    """A name in double quotes after USER."""
    two_passwords: str
    """One as it is, one hashed …"""
    class_of_two_passwords: type[CqlError]
    inapplicable: str
    """Permissions none of which means anything for the {resource}, whose {kind} is a class of the server …"""
    class_of_inapplicable: type[CqlError]
    member_already: str
    """The {grantee} has the role already …"""
    circle: str
    """… or the role has the {grantee}."""
    no_member: str
    """The {grantee} has not the role that is taken."""
    roles_to_view: str


class SelectRefusals(Value, kw_only=True):
    """What is said of the clauses of SELECT, with the name of a {column}."""

    alias_in_where: str | None
    """An alias where a column is wanted; None: it is just no column …"""
    alias_in_order: str | None
    """… and so in ORDER BY."""
    unknown_in_order: str | None
    """A column that does not exist; None: what is always said of one …"""
    unknown_in_group: str | None
    """… and so in GROUP BY."""
    order_by_index: str
    """ORDER BY of what an index finds."""
    order_repeated: str | None
    """Columns of ORDER BY that stand before ones named earlier, or are those; None: the last ordering of one counts, and
    an earlier place is a gap."""
    order_gap: str
    """A column that ORDER BY leaves out, and nothing names the value of."""
    order_mixed: str
    """A column whose order is not turned about as the others' are."""
    group_by_value: str
    group_out_of_order: str
    group_of_half_key: str
    """Only some of the partition key's columns."""
    distinct: str
    """What DISTINCT cannot be restricted by."""
    distinct_by_statics: bool
    """It can be, by static columns."""
    partition_limit_of_distinct: str | None
    """PER PARTITION LIMIT of partitions, not rows; None: it is allowed …"""
    partition_limit_of_aggregate: str | None
    """… and of rows that become one; None: it is allowed, of that one row."""
    unknown_type: str
    """A {term} in the select list whose type nobody knows."""
    misfitting_cast: str
    """What is cast to a {type} that it has not: the {cast} is the whole of it, the {operand} what it is of."""
    contains_of_scalar: str
    """CONTAINS of what is no collection."""
    like_of_others: str | None
    """LIKE of what is no text; None: what is said of its pattern, which cannot be one."""


class WriteRefusals(Value, kw_only=True):
    """What is said of the WHERE, the USING and the IF of INSERT, UPDATE and DELETE; {statement} is which of them."""

    of_ring: str
    """token() of the partition key; {relations} are what was written of it."""
    of_values: str
    """Restrictions of {columns} that are no key."""
    of_contains: str | None
    """CONTAINS or CONTAINS KEY, the {operator}; None: what a SELECT is told, which may not filter."""
    of_slice: str
    """An UPDATE with an inequality on a clustering column; {relations} are what was written of those columns."""
    range_of_columns: str
    """A DELETE of {column} in a range of rows …"""
    columns_without_row: str
    """… and in a whole partition, or what begins with some clustering columns, without {clustering}."""
    negative_ttl: str
    null_ttl: str | None
    """A bound TTL that is null; None: it is none."""
    batch_of_tables: str
    """A conditional batch of several tables …"""
    batch_of_partitions: str
    """… or partitions, …"""
    batch_of_partition_choices: str | None
    """… also by IN on the partition key; None: what is said outside of a batch."""
    conditions_on_counters: str
    """A condition on a counter, before anything else is said of a condition in a table of counters."""


class LiteralRefusals(Value, kw_only=True):
    """What is said of the literals of collections and vectors, for a receiver's {name} and {type}."""

    list_for_other: str
    """A list for what is neither a list nor a vector …"""
    list_for_other_is_final: bool
    """… also where another argument's type, or that of an element, might have been meant."""
    vector_size: str
    """A vector of {given} elements for one of {expected}."""
    markers: str | None
    """Markers in the literal of a collection, which is a {what}; None: they may stand there."""
    null_in_list: str
    """Null as an element of a list …"""
    null_in_frozen_list: str
    """… that is frozen."""
    long_set_value: str | None
    """A member of a set with more bytes than a short can count, of which {given} are given; None: it is taken."""
    long_map_key: str | None


class ChangeRefusals(Value, kw_only=True):
    """What is said of the operations of UPDATE and DELETE on a {column}."""

    added_values_first: bool
    """What is wrong with a value to add comes before what is wrong with adding it to the column."""
    tuple_for_user_type: str | None
    """A tuple for a user type, which is {type}; None: that is allowed."""
    addition_to_tuple: str
    """What a tuple or user type is called where a value is added to it."""
    no_map_to_add: str | None
    """A {value} that is no map, for one; None: what is said of the value anyway."""
    no_keys_to_subtract: str | None
    """A {value} that is no set of a map's keys; None: likewise."""
    prepending: str
    """The sign by which the prepending to a list is shown."""
    deletion_of_field: str
    """Of what is no user type."""


class TableRefusals(Value, kw_only=True):
    """What is said of CREATE and ALTER TABLE, with the name of a {column}, and of the {table} and its {keyspace}."""

    missing_keyspace: str
    no_key: str
    several_keys: str
    """With {called} for the table."""
    repeated: str
    """A column that is declared twice; with {called}."""
    unknown_in_key: str
    repeated_in_key: str
    collection_in_key: str
    """One that is not frozen, of a {type}."""
    user_type_in_key: str
    counter_in_key: str
    mixed: str
    """Counters beside others, of which {other} is the first, static ones before the rest."""
    class_of_mixed: type[CqlError]
    static_in_key: str
    order_of_others: str
    """CLUSTERING ORDER BY of {others} that are no clustering columns."""
    order_of_too_many: str | None
    """More columns there than clustering columns, and nothing is said of others but this; None: `order_of_others`."""
    order_disordered: str
    """A {column} that stands there before {earlier}, which is declared before it."""
    existing: str
    """A column to add that is there already …"""
    existing_partition_key: str
    """… and one of the partition key."""
    counter_to_add: str | None
    """A counter to add to other columns; None: what is said of any table that mixes them."""
    returning_collection: str | None
    """A dropped collection that returns as a collection of another kind; None: what returns, and as what, has refusals of its
    own."""
    key_to_drop: str
    """With {kind}, `PRIMARY KEY`."""
    rename_to_existing: str
    """A column to be called {new}."""
    rename_of_value: str
    rename_of_indexed: str
    """With {indexes}."""


class OptionRefusals(Value, kw_only=True):
    """What is said of the options of a table."""

    several: str
    """An option that is given twice, which is {}."""
    bloom_filter: str
    """With the {chance}, {plain} where it is written without a fraction that is none."""
    too_low: str
    """An option's {value} below the {least} that its {name} may have, or the {default}."""
    ttl_too_high: str | None
    """A default TTL's {value} above {greatest}; None: there is no limit."""
    checks_grace: bool
    """gc_grace_seconds may not be negative."""
    min_index_interval: str
    """One below 1, which is {value}."""
    max_index_interval: str
    """One below the other, which is {least}; it is {value}."""
    flush_period: str | None
    """A period of flushing below a minute; None: anything that is not negative will do."""


class TypeRefusals(Value, kw_only=True):
    """What is said of CREATE, ALTER and DROP TYPE, with the type's {name}, {quoted} where it needs it, and its {keyspace}."""

    existing: str
    repeated_field: str
    """With the {field}, and {hex} for the bytes of its name."""
    field_renamed_to_other: str
    not_frozen: str
    collection_inside: str
    """A collection that is not frozen inside a collection, which is {type} …"""
    user_type_inside: str
    """… and so a user type."""
    missing_to_alter: str
    missing_to_drop: str
    missing_keyspace_to_alter: str | None
    """None: there is no such type …"""
    missing_keyspace_to_drop: str | None
    """… and so to drop it."""
    existing_field: str
    """A field to add, which is {field} of type {type} …"""
    circular: str
    """… that has the type itself in it …"""
    in_partition_key: str
    """… to a type that stands in the partition key of {tables}, first in the column {column} of the first of them."""
    unknown_field: str
    used_by_types: str
    """What uses the type: all of the {names}, of which {first} is the first …"""
    used_by_tables: str
    """… and of tables."""


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
    aggregate_elsewhere: str
    """The call of an aggregate in a {clause} that knows of no groups …"""
    aggregate_of_aggregate: str
    """… and of what is aggregated already."""
    missing_reduce_function: str
    returns_no_state: str
