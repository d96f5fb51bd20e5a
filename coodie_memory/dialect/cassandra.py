"""Cassandra 5.0, as a real one answers."""

from coodie_memory.dialect.fields import FILTERING_NOT_ALLOWED, Dialect, Spelling, Switches
from coodie_memory.errors import ConfigurationException, InvalidRequest

CASSANDRA = Dialect(
    name="cassandra",
    release_version="5.0.6",
    cql_version="3.4.7",
    switches=Switches(materialized_views=False, sasi=False, user_defined_functions=False),
    speaks_version_5=True,
    table_extensions=frozenset(),
    has_tablets=False,
    simple_factor_may_be_missing=True,
    spells_retries_out=False,
    longest_keyspace_name=48,
    longest_table_name=222,
    largest_vector=2**31 - 1,
    full_target="full({})",
    ignores_index_name_clash=True,
    has_ports_of_peers=True,
    has_virtual_tables=True,
    has_settings_in_system=False,
    replication_may_be_missing=False,
    checks_keyspace_names=True,
    missing_keyspace_to_drop=InvalidRequest,
    lwt_returns_row_when_applied=False,
    lwt_batch_returns_row_per_statement=False,
    lwt_changes_see_asked_rows_only=True,
    lwt_null_matches_nothing=False,
    lwt_skips_unset_choices=True,
    lwt_allows_contains=True,
    lwt_addition_wraps=True,
    lwt_subtracts=False,
    lwt_mixes_existence=False,
    durations_are_unordered="Slice conditions ( {operator} ) are not supported on durations",
    batch_size_to_warn_of=5 * 1024,
    warns_of_large_batches=True,
    batch_size_to_refuse=50 * 1024,
    later_expiry_wins=True,
    latest_expiry=2**31 - 2,
    wrong_table_name=(
        "{keyspace}.{name}: Table name must not be empty or not contain non-alphanumeric-underscore characters "
        '(got "{name}")'
    ),
    long_table_name=(
        "{keyspace}.{name}: Table name must not be more than {longest} characters long "
        '(got {length} characters for "{name}")'
    ),
    wrong_keyspace_name=(
        "Keyspace name must not be empty and must contain alphanumeric or underscore characters only "
        '(got "{name}")'
    ),
    long_keyspace_name=(
        'Keyspace name must not be more than {longest} characters long (got {length} characters for "{name}")'
    ),
    wrong_name=ConfigurationException,
    unknown_table_in_ddl=None,
    unknown_table="table {table} does not exist",
    unknown_column="Undefined column name {column} in table {keyspace}.{table}",
    unknown_column_to_drop="Column {column} was not found in table '{keyspace}.{table}'",
    unknown_column_to_index="Undefined column name {column} in table {keyspace}.{table}",
    unknown_column_to_rename="Undefined column name {column} in table {keyspace}.{table}",
    # The stray quote is the server's.
    unknown_index="Index '{keyspace}.{index}' doesn't exist'",
    type_is_in_use="Cannot drop user type '{keyspace}.{type}' as it is still used by {users}",
    durations_are_no_keys="duration type is not supported for PRIMARY KEY column '{}'",
    in_marker="in({})",
    overhead_of_key_component=None,
    refuses_to_read_long_rows=False,
    reads_empty_key=False,
    merges_partitions_unpaged=False,
    null_matches_nothing=False,
    intersects_restrictions=False,
    filters_like=False,
    filters_user_types=False,
    filters_list_elements=False,
    not_a_map="Column {} cannot be used as a map",
    alias_in_clause=None,
    multi_column_gap="Multi-column slice restrictions cannot be used for filtering.",
    order_refusal=(
        "Order by currently only supports the ordering of columns following their declared order "
        "in the PRIMARY KEY"
    ),
    partition_slice_refusal=FILTERING_NOT_ALLOWED,
    missing_partition_key="Some partition key parts are missing: {}",
    missing_clustering="Some clustering keys are missing: {all}",
    refuses_gap_first=False,
    per_partition_limit_refusal="LIMIT must be strictly positive",
    allows_not_in=False,
    allows_using_timeout=False,
    allows_bypass_cache=False,
    allows_arithmetic=True,
    limits_exponents=True,
    strict_utf8=False,
    refuses_parts_of_millis=False,
    allows_spaces_around_times=False,
    json_numbers_by_value=False,
    widens_ints=False,
    casts_floats_briefly=False,
    named_markers_are_one=False,
    selects_list_elements=False,
    selects_nothing_of_null=False,
    attributes_of_parts=True,
    casts_to_varchar=False,
    averages_exactly=False,
    mixes_token_and_columns=True,
    mixes_multi_column=True,
    update_slice_refusal="Slice restrictions are not supported on the clustering columns in UPDATE statements",
    range_of_columns_refusal="Range deletions are not supported for specific columns",
    types_constants_in_selection=False,
    warns_of_aggregation=True,
    allows_select_without_from=False,
    allows_local_indexes=False,
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
        short_compaction=False,
        as_java=True,
        key_in_column=True,
        static="static",
        index_target=" ({})",
        with_of_view="\n WITH ",
        keyspace_options="  AND ",
        ending=";",
        view_kind="materialized_view",
    ),
    describes_passwords=False,
    has_attached_indexes=True,
    vector_index_classes=frozenset(),
    unknown_index_class="Unable to find custom indexer class '{}'",
    view_warnings=("Materialized views are experimental and are not recommended for production use.",),
    views_select_key_columns=False,
    views_imply_not_null=False,
    views_filter_own_key=False,
    views_inherit_order=True,
    views_pin_all_columns=True,
)
