"""Cassandra 5.0, as a real one answers."""

from types import MappingProxyType

from coodie_memory.dialect.fields import FILTERING_NOT_ALLOWED, Dialect, Spelling, Switches
from coodie_memory.dialect.refusals import (
    AttributeRefusals,
    FunctionRefusals,
    IndexRefusals,
    SelectRefusals,
    ViewRefusals,
    WriteRefusals,
)
from coodie_memory.errors import ConfigurationException, InvalidRequest

_WRONG_TABLE_NAME = (
    "{keyspace}.{name}: Table name must not be empty or not contain non-alphanumeric-underscore characters "
    '(got "{name}")'
)
_LONG_TABLE_NAME = (
    "{keyspace}.{name}: Table name must not be more than {longest} characters long "
    '(got {length} characters for "{name}")'
)
_RANGE_OF_COLUMNS = "Range deletions are not supported for specific columns"
_UNKNOWN_COLUMN = "Undefined column name {column} in table {keyspace}.{table}"

CASSANDRA = Dialect(
    name="cassandra",
    release_version="5.0.6",
    cql_version="3.4.7",
    product_version="5.0.6",
    switches=Switches(materialized_views=False, sasi=False, user_defined_functions=False),
    speaks_version_5=True,
    any_table_change_unprepares=False,
    table_extensions=frozenset(),
    has_tablets=False,
    more_strategies=frozenset(),
    allows_no_replicas=False,
    wrong_factor='For input string: "{}"',
    negative_factor="Replication factor must be non-negative, found {}",
    transient_factor="Transient replication is not enabled on this node",
    warns_of_missing_nodes=True,
    keeps_durable_writes=True,
    strategies_to_warn_of=(),
    strategies_to_refuse=(),
    simple_strategy_restriction="false",
    least_factor_to_advise=-1,
    greatest_factor_to_advise=-1,
    least_factor_to_allow=-1,
    greatest_factor_to_allow=-1,
    simple_factor_may_be_missing=True,
    keeps_options_as_given=False,
    wrong_retry=None,
    deepest_nesting=None,
    most_relations=None,
    most_named_partitions=None,
    most_named_rows=None,
    page_bytes=None,
    internal_page_size=0,
    spells_retries_out=False,
    longest_keyspace_name=48,
    longest_table_name=222,
    largest_vector=2**31 - 1,
    full_target="full({})",
    ignores_index_name_clash=True,
    allows_compact_storage=True,
    compact_storage_refusal="",
    compact_storage_warnings=(),
    compact_values_are_static=True,
    compact_values_may_come=False,
    compact_values_may_go=True,
    compact_empty_key="Invalid empty or null value for column {}",
    compact_range_deletion=None,
    compact_index=None,
    has_ports_of_peers=True,
    has_virtual_tables=True,
    has_settings_in_system=False,
    replication_may_be_missing=False,
    checks_keyspace_names=True,
    missing_keyspace_to_drop="Keyspace '{}' doesn't exist",
    class_of_missing_keyspace_to_drop=InvalidRequest,
    missing_keyspace_to_alter="Keyspace '{}' doesn't exist",
    lwt_returns_row_when_applied=False,
    lwt_batch_returns_row_per_statement=False,
    lwt_changes_see_asked_rows_only=True,
    lwt_null_matches_nothing=False,
    lwt_skips_unset_choices=True,
    lwt_compares_map_values_as_keys=True,
    lwt_allows_contains=True,
    lwt_addition_wraps=True,
    lwt_subtracts=False,
    lwt_mixes_existence=False,
    functions_answer_legacy_timeuuids=True,
    sorts_inside_tuples=False,
    own_tables_are_writable=True,
    durations_are_unordered="Slice conditions ( {operator} ) are not supported on durations",
    batch_size_to_warn_of=5 * 1024,
    warns_of_large_batches=True,
    batch_size_to_refuse=50 * 1024,
    restricts_future_timestamps=False,
    latest_expiry=2**31 - 2,
    wrong_table_name=_WRONG_TABLE_NAME,
    long_table_name=_LONG_TABLE_NAME,
    wrong_keyspace_name=(
        "Keyspace name must not be empty and must contain alphanumeric or underscore characters only "
        '(got "{name}")'
    ),
    long_keyspace_name=(
        'Keyspace name must not be more than {longest} characters long (got {length} characters for "{name}")'
    ),
    wrong_name=ConfigurationException,
    unknown_table_in_ddl=None,
    unknown_table_to_drop="Table '{keyspace}.{table}' doesn't exist",
    unknown_table="table {table} does not exist",
    unknown_column=_UNKNOWN_COLUMN,
    unknown_written_column=_UNKNOWN_COLUMN,
    repeated_column="The column names contains duplicates",
    unknown_column_to_drop="Column {column} was not found in table '{keyspace}.{table}'",
    unknown_column_to_index="Undefined column name {column} in table {keyspace}.{table}",
    unknown_column_to_rename="Undefined column name {column} in table {keyspace}.{table}",
    # The stray quote is the server's.
    unknown_index="Index '{keyspace}.{index}' doesn't exist'",
    type_is_in_use="Cannot drop user type '{keyspace}.{type}' as it is still used by {users}",
    finds_types_in_vectors=False,
    durations_are_no_keys="duration type is not supported for PRIMARY KEY column '{}'",
    in_marker="in({})",
    overhead_of_key_component=None,
    refuses_to_read_long_rows=False,
    reads_empty_key=False,
    prepares_no_roles_for_anonymous=True,
    pages_distinct_groups=False,
    merges_partitions_unpaged=False,
    null_matches_nothing=False,
    intersects_restrictions=False,
    filters_like=False,
    filters_user_types=False,
    filters_list_elements=False,
    not_a_map="Column {} cannot be used as a map",
    multi_column_gap="Multi-column slice restrictions cannot be used for filtering.",
    multi_column_gap_is_filtered=True,
    multi_column_disorder="Clustering columns must appear in the PRIMARY KEY order in multi-column relations: {}",
    multi_column_marker="{}",
    short_tuple_in_list="Expected {expected} elements in value tuple, but got {given}: {tuple}",
    long_tuple_in_list="Expected {expected} elements in value tuple, but got {given}: {tuple}",
    names_null_of_tuple=False,
    filters_tuples_beside_index=False,
    counts_token_arguments=False,
    avoids_indexes_beside_in=False,
    keeps_lone_choices=False,
    select_refusals=SelectRefusals(
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
    ),
    partition_slice_refusal=FILTERING_NOT_ALLOWED,
    partition_slice_refusal_in_writes=(
        "Only EQ and IN relation are supported on the partition key "
        "(unless you use the token() function) for {} statements"
    ),
    clustering_contains_refusal=(
        "Clustering columns can only be restricted with CONTAINS with a secondary index or filtering"
    ),
    missing_partition_key="Some partition key parts are missing: {all}",
    missing_clustering="Some clustering keys are missing: {all}",
    per_partition_limit_refusal="LIMIT must be strictly positive",
    allows_not_in=False,
    allows_using_timeout=False,
    allows_bypass_cache=False,
    allows_arithmetic=True,
    limits_exponents=True,
    strict_utf8=False,
    no_literal="{what}",
    no_integer="{what}",
    no_long="{what}",
    not_bindable="{what}",
    refuses_parts_of_millis=False,
    times_are_texts=False,
    empty_literals=frozenset(),
    counter_insert_refusal="INSERT statements are not allowed on counter tables, use UPDATE instead",
    counter_json_refusal="INSERT statements are not allowed on counter tables, use UPDATE instead",
    json_by_types=False,
    allows_to_json_in_terms=True,
    no_positive_dimension="vectors may only have positive dimensions; given {}",
    widens_ints=False,
    casts_floats_briefly=False,
    casts_integers_to_tenths=False,
    writes_decimals_plainly=False,
    names_classes_in_casts=False,
    counters_are_bigints=False,
    named_markers_are_one=False,
    selects_list_elements=False,
    selects_nothing_of_null=False,
    function_refusals=FunctionRefusals(
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
        missing_reduce_function="",
        returns_no_state=(
            "State function {keyspace}.{name}({types}) return type must be the same as the first argument type - check "
            "STYPE, argument and return types"
        ),
    ),
    replaces_functions_freely=False,
    states_may_begin_as_null=False,
    frozen_arguments=False,
    attribute_refusals=AttributeRefusals(
        key_column="Cannot use selection function {attribute} on PRIMARY KEY part {column}",
        part_of_key_column="Cannot use selection function {attribute} on PRIMARY KEY part {column}",
        collection="",
        element="Element selection is only allowed on sets and maps, but {column} is a list",
        field="",
        scalar_element=None,
    ),
    attributes_of_parts=True,
    casts_descending_columns=True,
    casts_to_varchar=False,
    has_modern_functions=True,
    has_first_time_functions=False,
    intersects_sets=False,
    averages_exactly=False,
    mixes_token_and_columns=True,
    mixes_multi_column=True,
    write_refusals=WriteRefusals(
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
    ),
    refuses_manners_first=False,
    checks_counters_of_batch_first=False,
    refuses_double_settings_late=False,
    types_constants_in_selection=False,
    warns_of_aggregation=True,
    allows_select_without_from=False,
    indexes_are_views=False,
    allows_local_indexes=False,
    allows_row_ttl=False,
    allows_bound_drop_timestamp=False,
    functions_are_disabled=(
        "User-defined functions are disabled in cassandra.yaml - set user_defined_functions_enabled=true to enable"
    ),
    function_languages=frozenset({"java"}),
    unknown_language=(
        "Currently only Java UDFs are available in Cassandra. "
        "For more information - CASSANDRA-18252 and CASSANDRA-17281"
    ),
    allows_reduce_functions=False,
    spelling=Spelling(
        # Alphabetical but for memtable.
        options=(
            *("additional_write_policy", "allow_auto_snapshot", "bloom_filter_fp_chance", "caching", "cdc"),
            *("comment", "compaction", "compression", "memtable", "crc_check_chance", "default_time_to_live"),
            *("extensions", "gc_grace_seconds", "incremental_backups", "max_index_interval"),
            *("memtable_flush_period_in_ms", "min_index_interval", "read_repair", "speculative_retry"),
        ),
        short_replication=True,
        as_java=True,
        key_in_column=True,
        static="static",
        index_target=" ({})",
        custom_index_ending=";",
        with_of_view="\n WITH ",
        keyspace_options="  AND ",
        shows_tablets=False,
        ending=";",
        comments_out_compact=True,
        view_kind="materialized_view",
    ),
    describes_all_by_name=False,
    describes_roles=False,
    permissions=frozenset(
        {
            "CREATE",
            "ALTER",
            "DROP",
            "SELECT",
            "MODIFY",
            "AUTHORIZE",
            "DESCRIBE",
            "EXECUTE",
            "UNMASK",
            "SELECT_MASKED",
        }
    ),
    describes_single_roles=True,
    lists_datacenters_of_roles=True,
    views_are_written_freely=False,
    replacing_functions_takes_both=False,
    ambiguous_drops_are_free=False,
    checks_hashed_passwords=True,
    has_service_levels=False,
    has_attached_indexes=True,
    pages_count_hidden_statics=True,
    static_index_entries_stand_first=True,
    vector_index_classes=frozenset(),
    text_index_classes=frozenset(),
    own_index_options=("class_name", "target"),
    index_class_names=MappingProxyType({}),
    view_warnings=("Materialized views are experimental and are not recommended for production use.",),
    views_select_key_columns=False,
    views_imply_not_null=False,
    views_filter_own_key=False,
    views_inherit_order=True,
    views_order_any_columns=False,
    view_refusals=ViewRefusals(
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
    ),
    index_refusals=IndexRefusals(
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
    ),
    same_table_id=None,
    creating_always_tells=False,
    altering_always_tells=False,
    not_null_in_select="Unsupported restriction: {column} IS NOT NULL",
    null_is_a_value_of_properties=False,
    views_pin_all_columns=True,
    skips_unasked_values=True,
    reads_options_first=True,
)
