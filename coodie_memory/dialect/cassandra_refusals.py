"""In which words Cassandra 5.0 refuses, as a real one does."""

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
from coodie_memory.errors import ConfigurationException, InvalidRequest, SyntaxException

_WRONG_TABLE_NAME = (
    "{keyspace}.{name}: Table name must not be empty or not contain non-alphanumeric-underscore characters "
    '(got "{name}")'
)
_LONG_TABLE_NAME = (
    "{keyspace}.{name}: Table name must not be more than {longest} characters long "
    '(got {length} characters for "{name}")'
)
_NULL_IN_COLLECTION = "null is not supported inside collections"
_RANGE_OF_COLUMNS = "Range deletions are not supported for specific columns"
_UNKNOWN_COLUMN = "Undefined column name {column} in table {keyspace}.{table}"

ATTRIBUTES = AttributeRefusals(
    key_column="Cannot use selection function {attribute} on PRIMARY KEY part {column}",
    part_of_key_column="Cannot use selection function {attribute} on PRIMARY KEY part {column}",
    collection="",
    element="Element selection is only allowed on sets and maps, but {column} is a list",
    field="",
    scalar_element=None,
)
ROLES = RoleRefusals(
    existing="{role} already exists",
    missing="Role {role} doesn't exist",
    missing_to_drop="{role} doesn't exist",
    missing_member="{role} doesn't exist",
    missing_to_list="<role {role}> doesn't exist",
    missing_resource="Resource {resource} doesn't exist",
    missing_resource_to_list="{resource} doesn't exist",
    unprivileged="User {user} does not have sufficient privileges to perform the requested operation",
    creates_superuser="Only superusers can create a role with superuser status",
    alters_superuser="Only superusers are allowed to alter superuser status",
    alters_own_superuser=(
        "You aren't allowed to alter your own superuser status or that of a role granted to you"
    ),
    drops_superuser="Only superusers can drop a role with superuser status",
    drops_oneself="Cannot DROP primary role for current login",
    alters_own_option="You aren't allowed to alter {option}",
    alters_own_login="You aren't allowed to alter LOGIN",
    unsupported_option="org.apache.cassandra.auth.CassandraRoleManager doesn't support {option}",
    empty_alteration="ALTER [ROLE|USER] can't be empty",
    quoted_user="Quoted strings are are not supported for user names and USER is deprecated, please use ROLE",
    two_passwords="Options 'password' and 'hashed password' are mutually exclusive",
    class_of_two_passwords=SyntaxException,
    inapplicable="Resource type {kind} does not support any of the requested permissions",
    class_of_inapplicable=SyntaxException,
    member_already="{grantee} is a member of {role}",
    circle="{role} is a member of {grantee}",
    no_member="{grantee} is not a member of {role}",
    roles_to_view="You are not authorized to view roles granted to {role} ",
)
FUNCTIONS = FunctionRefusals(
    existing="{What} '{name}' already exists",
    other_kind="{What} '{name}' cannot replace {other}",
    missing="{What} '{written}' doesn't exist",
    missing_signature="{What} '{written}' doesn't exist",
    several=(
        "'DROP {WHAT} {name}' matches multiple function definitions; specify the argument types by issuing a "
        "statement like 'DROP {WHAT} {name} (type, type, ...)'. You can use cqlsh 'DESCRIBE {WHAT} {name}' "
        "command to find all overloads"
    ),
    to_drop_of_other_kind=None,
    used="Function '{written}' is still referenced by aggregates {users}",
    frozen="{part} '{type}' cannot be frozen; remove frozen<> modifier from '{type}'",
    missing_part="{Part} function {keyspace}.{name}({types}) doesn't exist",
    aggregate_elsewhere="Aggregation function are not supported in the where clause",
    aggregate_of_aggregate="aggregate functions cannot be used as arguments of aggregate functions",
    missing_reduce_function="",
    returns_no_state=(
        "State function {keyspace}.{name}({types}) return type must be the same as the first argument type - check "
        "STYPE, argument and return types"
    ),
)
INDEXES = IndexRefusals(
    counters="Secondary indexes on counter tables aren't supported",
    of_view="Secondary indexes on materialized views aren't supported",
    long_name=None,
    class_without_custom=None,
    custom_without_class=None,
    unknown_class="Unable to find custom indexer class '{}'",
    class_of_unknown_class=ConfigurationException,
    attached_to_others=None,
    same_name="Index '{index}' already exists",
    same_view="Index {index} cannot be created: table {view} already exists",
    only_partition_key="Cannot create secondary index on the only partition key column {column}",
    repeated_column="Duplicate column '{column}' in index target list",
    frozen_collection=(
        "Cannot create {kind}() index on frozen column {column}. Frozen collections are immutable and must be "
        "fully indexed by using the 'full({column})' modifier"
    ),
    no_collection="Cannot create {kind}() index on {column}. Non-collection columns only support simple indexes",
    no_map="Cannot create index on {kind} of column {column} with non-map type",
    user_type="Cannot create index on non-frozen UDT column {column}",
)
SELECTS = SelectRefusals(
    alias_in_where=None,
    alias_in_order=None,
    unknown_in_order=None,
    unknown_in_group=None,
    order_by_index="ORDER BY with 2ndary indexes is not supported, except for ANN queries.",
    order_repeated=None,
    order_gap="Order by currently only supports the ordering of columns following their declared order in the PRIMARY KEY",
    order_mixed="Unsupported order by relation",
    group_by_value="Group by is currently only supported on the columns of the PRIMARY KEY, got {column}",
    group_out_of_order=(
        "Group by currently only support groups of columns following their declared order in the PRIMARY KEY"
    ),
    group_of_half_key="Group by is not supported on only a part of the partition key",
    distinct=(
        "SELECT DISTINCT with WHERE clause only supports restriction by partition key and/or static columns."
    ),
    distinct_by_statics=True,
    partition_limit_of_distinct="PER PARTITION LIMIT is not allowed with SELECT DISTINCT queries",
    partition_limit_of_aggregate="PER PARTITION LIMIT is not allowed with aggregate queries.",
    unknown_type="Cannot infer type for term {term} in selection clause (try using a cast to force a type)",
    misfitting_cast="Cannot assign value {cast} to {cast} of type {type}",
    contains_of_scalar="Cannot use CONTAINS on non-collection column {column}",
    like_of_others=None,
)
VIEWS = ViewRefusals(
    markers="Bind variables are not allowed in CREATE MATERIALIZED VIEW statements",
    compact_storage=None,
    other_keyspace="Cannot create a materialized view on a table in a different keyspace",
    wrong_name=_WRONG_TABLE_NAME,
    long_name=_LONG_TABLE_NAME,
    of_view=None,
    alias="Cannot use aliases when defining a materialized view (got {selector} AS {alias})",
    expression="Can only select columns by name when defining a materialized view (got {selector})",
    unknown_column=_UNKNOWN_COLUMN,
    unknown_key_column="Unknown column '{column}' referenced in PRIMARY KEY for materialized view '{view}'",
    static="Cannot include static column '{column}' in materialized view '{view}'",
    static_key_column="Cannot include static column '{column}' in materialized view '{view}'",
    repeated_key_column="Duplicate column '{column}' in PRIMARY KEY clause for materialized view '{view}'",
    multicell_key_column="Invalid non-frozen {what} type '{type}' for PRIMARY KEY column '{column}'",
    duration_in_key="duration type is not supported for PRIMARY KEY column '{column}'",
    missing_key_columns=(
        "Cannot create materialized view '{view}' without primary key columns {columns} from base table '{base}'"
    ),
    second_own_column=(
        "Cannot include more than one non-primary key column in materialized view primary key (got {own})"
    ),
    nullable_key_column="Primary key columns {columns} must be restricted with 'IS NOT NULL' or otherwise",
    order="Clustering key columns must exactly match columns in CLUSTERING ORDER BY directive",
    restricted_values=(
        "Non-primary key columns can only be restricted with 'IS NOT NULL' (got: {columns} restricted illegally)"
    ),
    not_null_values=None,
    default_ttl=(
        "Cannot set default_time_to_live for a materialized view. Data in a materialized view always expire at "
        "the same time than the corresponding data in the parent table."
    ),
    altered_ttl=(
        "Forbidden default_time_to_live detected for a materialized view. Data in a materialized view always "
        "expire at the same time than the corresponding data in the parent table. default_time_to_live must be "
        "set to zero, see CASSANDRA-12868 for more information"
    ),
    missing_to_alter="Materialized view '{keyspace}.{view}' doesn't exist",
    missing_to_drop="Materialized view '{keyspace}.{view}' doesn't exist",
    class_of_missing_to_drop=InvalidRequest,
    table_to_alter=None,
    table_to_drop=None,
    view_as_table_to_drop=(
        "Cannot use DROP TABLE on a materialized view. Please use DROP MATERIALIZED VIEW instead."
    ),
    view_as_table_to_alter=(
        "Cannot use ALTER TABLE on a materialized view; use ALTER MATERIALIZED VIEW instead"
    ),
    # The server names the keyspace where it means the views.
    base_to_drop="Cannot drop a table when materialized views still depend on it ({keyspace})",
)
TABLES = TableRefusals(
    missing_keyspace="Keyspace '{keyspace}' doesn't exist",
    no_key="No PRIMARY KEY specifed for table '{table}' (exactly one required)",
    several_keys="Multiple PRIMARY KEY specified for {called} (exactly one required)",
    repeated="Duplicate column '{column}' declaration for {called}",
    unknown_in_key="Unknown column '{column}' referenced in PRIMARY KEY for table '{table}'",
    repeated_in_key="Duplicate column '{column}' in PRIMARY KEY clause for table '{table}'",
    collection_in_key="Invalid non-frozen collection type {type} for PRIMARY KEY column '{column}'",
    # Quoted since the server takes the dot for a character that needs it.
    user_type_in_key="Invalid non-frozen user-defined type \"{type}\" for PRIMARY KEY column '{column}'",
    counter_in_key="counter type is not supported for PRIMARY KEY column '{column}'",
    mixed="Cannot mix counter and non counter columns in the same table",
    class_of_mixed=InvalidRequest,
    static_in_key="Static column '{column}' cannot be part of the PRIMARY KEY",
    order_of_others=(
        "Only clustering key columns can be defined in CLUSTERING ORDER directive: [{others}] are not clustering columns"
    ),
    order_of_too_many=None,
    order_disordered=(
        "The order of columns in the CLUSTERING ORDER directive must match that of the clustering columns "
        "({earlier} must appear before {column})"
    ),
    existing="Column with name '{column}' already exists",
    existing_partition_key="Column with name '{column}' already exists",
    counter_to_add=None,
    returning_collection=None,
    key_to_drop="Cannot drop PRIMARY KEY column {column}",
    rename_to_existing=(
        "Cannot rename column {column} to {new} in table '{keyspace}.{table}'; another column with that name already exists"
    ),
    rename_of_value="Cannot rename non PRIMARY KEY column {column}",
    rename_of_indexed="Can't rename column {column} because it has dependent secondary indexes ({indexes})",
)
OPTIONS = OptionRefusals(
    several="Multiple definitions for property '{}'",
    bloom_filter="bloom_filter_fp_chance must be larger than 6.71E-5 and less than or equal to 1.0 (got {chance})",
    too_low="{name} must be greater than or equal to {least} (got {value})",
    ttl_too_high="default_time_to_live must be less than or equal to {greatest} (got {value})",
    checks_grace=True,
    min_index_interval="min_index_interval must be greater than or equal to 1 (got {value})",
    max_index_interval="max_index_interval must be greater than or equal to min_index_interval ({least}) (got {value})",
    flush_period=None,
)
TYPES = TypeRefusals(
    existing="A user type with name '{name}' already exists",
    repeated_field="Duplicate field name '{field}' in type '{name}'",
    field_renamed_to_other="Duplicate field name {field} in type {keyspace}",
    not_frozen="A user type cannot contain non-frozen UDTs",
    collection_inside="Non-frozen collections are not allowed inside collections: {type}",
    user_type_inside="Non-frozen UDTs are not allowed inside collections: {type}",
    missing_to_alter="Type {keyspace}.{name} doesn't exist",
    missing_to_drop="Type '{keyspace}.{name}' doesn't exist",
    missing_keyspace_to_alter=None,
    missing_keyspace_to_drop=None,
    existing_field="Cannot add field {field} to type {keyspace}.{quoted}: a field with name {field} already exists",
    circular=(
        "Cannot add new field {field} of type {type} to user type {keyspace}.{quoted} as it would create a circular reference"
    ),
    in_partition_key=(
        "Cannot add new field {field} of type {type} to user type {keyspace}.{quoted} as the type is being used in "
        "partition key by the following tables: {tables}"
    ),
    # Spelt as the server spells it.
    unknown_field="Unkown field {field} in user type {keyspace}.{quoted}",
    used_by_types="user types {names}",
    used_by_tables="tables {names}",
)
WRITES = WriteRefusals(
    of_ring="The token function cannot be used in WHERE clauses for {statement} statements",
    # The space is the server's.
    of_values="Non PRIMARY KEY columns found in where clause: {columns} ",
    of_contains="Cannot use {statement} with {operator}",
    of_slice="Slice restrictions are not supported on the clustering columns in UPDATE statements",
    range_of_columns=_RANGE_OF_COLUMNS,
    columns_without_row=_RANGE_OF_COLUMNS,
    negative_ttl="A TTL must be greater or equal to 0, but was {}",
    null_ttl=None,
    batch_of_tables="Batch with conditions cannot span multiple tables",
    batch_of_partitions="Batch with conditions cannot span multiple partitions",
    batch_of_partition_choices=(
        "Batch with conditions cannot span multiple partitions (you cannot use IN on the partition key)"
    ),
    conditions_on_counters="Conditions on counters are not supported",
)
LITERALS = LiteralRefusals(
    list_for_other="Unexpected receiver type '{type}'; only list and vector are expected",
    list_for_other_is_final=True,
    vector_size="Invalid vector literal for {name} of type {type}; expected {expected} elements, but given {given}",
    markers="Invalid {what} literal for {name}: bind variables are not supported inside collection literals",
    null_in_list=_NULL_IN_COLLECTION,
    long_set_value=None,
    long_map_key=None,
    null_in_frozen_list=_NULL_IN_COLLECTION,
)
CHANGES = ChangeRefusals(
    added_values_first=False,
    # Good for a user type anywhere else; here the server fails.
    tuple_for_user_type="Invalid tuple type literal for {column} of type {type}",
    addition_to_tuple="tuple",
    no_map_to_add="Value for a map addition has to be a map, but was: '{value}'",
    no_keys_to_subtract="Value for a map substraction has to be a set, but was: '{value}'",
    # The server spells a prepending with a minus.
    prepending="-",
    deletion_of_field="Invalid field deletion operation for non-UDT column {column}",
)
