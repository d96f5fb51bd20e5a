"""In which words ScyllaDB refuses, as its own tests and sources tell."""

from coodie_memory.dialect.refusals import (
    AttributeRefusals,
    ChangeRefusals,
    FunctionRefusals,
    IndexRefusals,
    LiteralRefusals,
    OptionRefusals,
    RoleRefusals,
    SelectRefusals,
    TableRefusals,
    TypeRefusals,
    ViewRefusals,
    WriteRefusals,
)
from coodie_memory.errors import ConfigurationException, InvalidRequest

_INSIDE_COLLECTION = "Non-frozen user types or collections are not allowed inside collections: {type}"
_MISSING_ROLE = "Role {role} doesn't exist."
_REPEATED_FIELD = "Duplicate field name {hex} in type {name}"
_UNKNOWN_IN_KEY = "Unknown definition {column} referenced in PRIMARY KEY"
_UNKNOWN_VIEW_COLUMN = "Unknown column name detected in CREATE MATERIALIZED VIEW statement: {column}"
_TTL_OF_VIEW = (
    "Cannot set or alter default_time_to_live for a materialized view. Data in a materialized view always expire at the "
    "same time than the corresponding data in the parent table."
)

ATTRIBUTES = AttributeRefusals(
    key_column="{ATTRIBUTE} is not legal on partition key component {column}",
    part_of_key_column="{ATTRIBUTE} is not legal on primary key component {column}",
    collection="{ATTRIBUTE} expects an atomic column, but {column} is a non-frozen collection",
    element="{ATTRIBUTE} on a subscript is only valid for non-frozen map or set columns",
    field="{ATTRIBUTE} on a field selection is only valid for non-frozen UDT columns",
    scalar_element="Column {column} is not a map/set/list, cannot be subscripted",
)
ROLES = RoleRefusals(
    existing="Role {role} already exists.",
    missing=_MISSING_ROLE,
    missing_to_drop=_MISSING_ROLE,
    missing_member=_MISSING_ROLE,
    missing_to_list=_MISSING_ROLE,
    missing_resource="{resource} doesn't exist.",
    missing_resource_to_list="{resource} doesn't exist.",
    unprivileged="User {user} has no {permission} permission on {resource} or any of its parents",
    creates_superuser="Only superusers can create a role with superuser status.",
    alters_superuser="Only superusers are allowed to alter superuser status.",
    alters_own_superuser=(
        "You aren't allowed to alter your own superuser status or that of a role granted to you."
    ),
    drops_superuser="Only superusers can drop a superuser role.",
    drops_oneself="Cannot DROP primary role for current login.",
    alters_own_option="You aren't allowed to alter the {option} option.",
    alters_own_login=None,
    unsupported_option="The {option} option is not supported.",
    empty_alteration=None,
    quoted_user="Quoted strings are not supported for user names",
    two_passwords="Only one of the options: PASSWORD, HASHED PASSWORD can be provided",
    class_of_two_passwords=InvalidRequest,
    inapplicable="Resource {resource} does not support any of the requested permissions.",
    class_of_inapplicable=InvalidRequest,
    member_already="{grantee} already includes role {role}.",
    circle="{role} already includes role {grantee}.",
    no_member="{grantee} was not granted role {role}, so it cannot be revoked.",
    roles_to_view="You are not authorized to view the roles granted to role '{role}'.",
)
FUNCTIONS = FunctionRefusals(
    existing="The function '{function}' already exists",
    other_kind="Cannot replace '{function}' which is not a user defined {what}",
    missing="No function named {written} found",
    missing_signature="User function {written} doesn't exist",
    several="There are multiple functions named {keyspace}.{name}",
    to_drop_of_other_kind="'{function}' is not a user defined {what}",
    used="Cannot delete function {function}, as it is used by user-defined aggregate {aggregate}",
    frozen="User defined argument and return types should not be frozen",
    missing_part="{Part} function {name}({types}) not found",
    aggregate_elsewhere="Aggregation functions are not supported in the {clause} clause",
    aggregate_of_aggregate="SELECT clause contains aggeregation of an aggregation",
    missing_reduce_function="Scalar reduce function {name} for state type {java} not found.",
    returns_no_state="State function '{name}' doesn't return state ({state})",
)
INDEXES = IndexRefusals(
    counters="Secondary indexes are not supported on counter tables",
    of_view="Secondary indexes are not supported on materialized views",
    long_name='index names shouldn\'t be more than {longest} characters long (got "{index}")',
    class_without_custom="Cannot specify index class for a non-CUSTOM index",
    custom_without_class="CUSTOM index requires specifying the index class",
    unknown_class="Non-supported custom class '{}' provided",
    class_of_unknown_class=InvalidRequest,
    attached_to_others="SAI indexes are only supported on vector columns",
    same_name="Index already exists",
    same_view="Index {index} cannot be created, because table {view} already exists",
    only_partition_key="Cannot create secondary index on partition key column {column}",
    repeated_column="Duplicate column {column} in index target list",
    frozen_collection="Cannot create index on {target} of frozen collection column {column}",
    no_collection=(
        "Cannot create index on {target} of column {column}; only non-frozen collections support {target} indexes"
    ),
    no_map="Cannot create secondary index on {kind} of column {column} with non-map type",
    user_type="Cannot create secondary index on UDT column {column}",
)
SELECTS = SelectRefusals(
    alias_in_where="Aliases aren't allowed in the WHERE clause (name: '{column}')",
    alias_in_order="Aliases are not allowed in order by clause ('{column}')",
    unknown_in_order="Order by on unknown column {column}",
    unknown_in_group="Group by unknown column {column}",
    order_by_index="ORDER BY with 2ndary indexes is not supported.",
    order_repeated="Order by currently only supports the ordering of columns following their declared order in the PRIMARY KEY",
    order_gap="Unsupported order by relation - column {column} doesn't have an ordering or EQ relation.",
    order_mixed=(
        "Unsupported order by relation - only reversing all columns is supported, "
        "but column {column} has opposite ordering"
    ),
    group_by_value="Group by non-primary-key column {column}",
    group_out_of_order="Group by column {column} is out of order",
    group_of_half_key="GROUP BY must include the entire partition key",
    distinct="SELECT DISTINCT with WHERE clause only supports restriction by partition key.",
    distinct_by_statics=False,
    partition_limit_of_distinct=None,
    partition_limit_of_aggregate=None,
    unknown_type="Could not infer type of {term}",
    misfitting_cast="Cannot cast value {operand} to type {type}",
    contains_of_scalar='Cannot use CONTAINS on non-collection column "{column}"',
    like_of_others="LIKE is allowed only on string types, which {column} is not",
)
VIEWS = ViewRefusals(
    markers="Cannot use query parameters in CREATE MATERIALIZED VIEW statements",
    compact_storage="Cannot use 'COMPACT STORAGE' when defining a materialized view",
    other_keyspace=(
        "Cannot create a materialized view on a table in a separate keyspace ('{base}' != '{keyspace}')"
    ),
    wrong_name=(
        '"{name}" is not a valid materialized view name (must contain alphanumeric character only: [0-9A-Za-z] '
        "or the underscore)"
    ),
    long_name='materialized view names shouldn\'t be more than {longest} characters long (got "{name}")',
    of_view="Materialized views cannot be created against other materialized views",
    alias="Cannot use alias when defining a materialized view",
    expression="Cannot use general expressions when defining a materialized view",
    unknown_column=_UNKNOWN_VIEW_COLUMN,
    unknown_key_column=_UNKNOWN_VIEW_COLUMN,
    static=(
        "Unable to include static column '{column}' which would be included by Materialized View SELECT * "
        "statement"
    ),
    static_key_column="Cannot use Static column '{column}' in PRIMARY KEY of materialized view",
    repeated_key_column="Duplicate entry found in PRIMARY KEY: {column}",
    multicell_key_column="Cannot use MultiCell column '{column}' in PRIMARY KEY of materialized view",
    duration_in_key="Cannot use Duration column '{column}' in PRIMARY KEY of materialized view",
    missing_key_columns="Cannot create Materialized View {view} without primary key columns from base {base} ({columns})",
    second_own_column=(
        "Cannot include more than one non-primary key column '{second}' in materialized view primary key"
    ),
    nullable_key_column="Primary key column '{first}' is required to be filtered by 'IS NOT NULL'",
    order="CLUSTERING ORDER BY lists {column} which is not a clustering column in the view",
    restricted_values=(
        "Non-primary key columns cannot be restricted in the SELECT statement used for materialized view {view} "
        "creation (got restrictions on: {columns})"
    ),
    not_null_values=(
        "The IS NOT NULL restriction is allowed only columns which are part of the view's primary key, found "
        "columns: {columns}. The flag strict_is_not_null_in_views can be used to turn this error into a warning, "
        "or to silence it. (true - error, warn - warning, false - silent)"
    ),
    default_ttl=_TTL_OF_VIEW,
    altered_ttl=_TTL_OF_VIEW,
    missing_to_alter="unconfigured table {view}",
    missing_to_drop="Cannot drop non existing materialized view '{view}' in keyspace '{keyspace}'.",
    class_of_missing_to_drop=ConfigurationException,
    table_to_alter="Cannot use ALTER MATERIALIZED VIEW on Table",
    table_to_drop="Cannot use DROP MATERIALIZED VIEW on Table",
    view_as_table_to_drop="Cannot use DROP TABLE on Materialized View",
    view_as_table_to_alter="Cannot use ALTER TABLE on Materialized View",
    base_to_drop="Cannot drop table when materialized views still depend on it ({keyspace}.{{{views}}})",
)
TABLES = TableRefusals(
    missing_keyspace="Can't find a keyspace {keyspace}",
    no_key="No PRIMARY KEY specified (exactly one required)",
    several_keys="Multiple PRIMARY KEYs specified (exactly one required)",
    repeated="Multiple definition of identifier {column}",
    unknown_in_key=_UNKNOWN_IN_KEY,
    repeated_in_key=_UNKNOWN_IN_KEY,
    collection_in_key="Invalid non-frozen collection type for PRIMARY KEY component {column}",
    user_type_in_key="Invalid non-frozen user-defined type for PRIMARY KEY component {column}",
    counter_in_key="counter type is not supported for PRIMARY KEY part {column}",
    mixed="Cannot add a non counter column ({other}) in a counter column family",
    class_of_mixed=ConfigurationException,
    static_in_key="Static column {column} cannot be part of the PRIMARY KEY",
    order_of_others="",
    order_of_too_many="Only clustering key columns can be defined in CLUSTERING ORDER directive",
    order_disordered=(
        "The order of columns in the CLUSTERING ORDER directive must be the one of the clustering key "
        "({earlier} must appear before {column})"
    ),
    existing="Invalid column name {column} because it conflicts with an existing column",
    existing_partition_key="Invalid column name {column} because it conflicts with a PRIMARY KEY part",
    counter_to_add="Cannot add a counter column ({column}) in a non counter column family",
    returning_collection=(
        "Cannot add a collection with the name {column} because a collection with the same name and a different type "
        "has already been used in the past"
    ),
    key_to_drop="Cannot drop PRIMARY KEY part {column}",
    rename_to_existing=(
        "Cannot rename column {column} to {new} in table {table}; another column of that name already exist"
    ),
    rename_of_value="Cannot rename non PRIMARY KEY part {column}",
    rename_of_indexed="Cannot rename column {column} because it has dependent secondary indexes ({indexes})",
)
OPTIONS = OptionRefusals(
    several="Multiple definition for property '{}'",
    bloom_filter="bloom_filter_fp_chance must be larger than 6.71e-05 and less than or equal to 1.0 (got {plain})",
    too_low="{name} cannot be smaller than {least}, (default {default})",
    ttl_too_high=None,
    checks_grace=False,
    min_index_interval="min_index_interval must be greater than 0",
    max_index_interval="max_index_interval must be greater than min_index_interval",
    flush_period="memtable_flush_period_in_ms must be 0 or greater than 60000",
)
TYPES = TypeRefusals(
    existing="A user type of name {keyspace}.{name} already exists",
    repeated_field=_REPEATED_FIELD,
    field_renamed_to_other=_REPEATED_FIELD,
    not_frozen="A user type cannot contain non-frozen user type fields",
    collection_inside=_INSIDE_COLLECTION,
    user_type_inside=_INSIDE_COLLECTION,
    missing_to_alter="No user type named {keyspace}.{quoted} exists.",
    missing_to_drop="No user type named {keyspace}.{name} exists.",
    missing_keyspace_to_alter="Cannot alter type in unknown keyspace {keyspace}",
    missing_keyspace_to_drop="Cannot drop type in unknown keyspace {keyspace}",
    existing_field=(
        "Cannot add new field {field} to type {keyspace}.{quoted}: a field of the same name already exists"
    ),
    circular=(
        "Cannot add new field {field} of type {type} to type {keyspace}.{quoted} as this would create a circular reference"
    ),
    in_partition_key=(
        "Cannot add new field to type {keyspace}.{quoted} because it is used in the partition key column {column} "
        "of table {table}"
    ),
    unknown_field="Unknown field {field} in type {keyspace}.{quoted}",
    used_by_types="user type {first}",
    used_by_tables="table {keyspace}.{first}",
)
WRITES = WriteRefusals(
    of_ring="The token function cannot be used in WHERE clauses for UPDATE and DELETE statements: {relations}",
    of_values="Invalid where clause contains non PRIMARY KEY columns: {columns}",
    of_contains=None,
    of_slice="Invalid operator in where clause {relations}",
    range_of_columns="Range deletions are not supported for specific columns",
    columns_without_row="Primary key column '{clustering}' must be specified in order to modify column '{column}'",
    negative_ttl="A TTL must be greater or equal to 0",
    null_ttl="Invalid null value of TTL",
    batch_of_tables="BATCH with conditions cannot span multiple tables",
    batch_of_partitions="BATCH with conditions cannot span multiple partitions",
    batch_of_partition_choices=None,
    conditions_on_counters="Conditional updates are not supported on counter tables",
)
LITERALS = LiteralRefusals(
    list_for_other="Invalid list literal for {name} of type {type}",
    list_for_other_is_final=False,
    vector_size="Invalid vector literal for {name}: type {type} expects {expected} elements but got {given}",
    markers=None,
    null_in_list="Invalid NULL element in list",
    long_set_value="Set value is too long. Set values are limited to 65535 bytes but {given} bytes value provided",
    long_map_key="Map key is too long. Map keys are limited to 65535 bytes but {given} bytes keys provided",
    null_in_frozen_list="Cannot store NULL in list or set",
)
CHANGES = ChangeRefusals(
    added_values_first=True,
    tuple_for_user_type=None,
    addition_to_tuple="non counter",
    no_map_to_add=None,
    no_keys_to_subtract=None,
    prepending="+",
    deletion_of_field="Invalid deletion operation for non-UDT column {column}",
)
