"""What Cassandra and ScyllaDB answer differently, as named fields: the engine asks for a field, never for a product.

Every field says which behaviour it switches; a new difference is a new field here and nowhere else.
"""

from coodie_memory.errors import ConfigurationException, CqlError, InvalidRequest
from coodie_memory.value import Value

FILTERING_NOT_ALLOWED = (
    "Cannot execute this query as it might involve data filtering and thus may have unpredictable performance. "
    "If you want to execute this query despite the performance unpredictability, use ALLOW FILTERING"
)


class Switches(Value, kw_only=True):
    """What a server's configuration turns on or off; a dialect holds the defaults."""

    materialized_views: bool
    sasi: bool
    user_defined_functions: bool
    authentication: bool = False


class Spelling(Value, kw_only=True):
    """How DESCRIBE writes the statements that make tables, views and indexes."""

    options: tuple[str, ...]
    """The options that are shown, in order."""
    extensions: tuple[str, ...] = ()
    """The options that are shown, behind the others, where they are set."""
    short_replication: bool
    """A replication class is shown without its package."""
    short_compaction: bool
    """A compaction class is shown without its package."""
    as_java: bool
    """Whole doubles are shown as 1.0."""
    key_in_column: bool
    """A key of one column is written behind the column."""
    static: str
    index_target: str
    """How the target, {}, follows the table of an index."""
    with_of_view: str
    """What stands between the key of a view and its options."""
    keyspace_options: str
    """What joins a keyspace's options."""
    ending: str
    """What ends the statement of a table, a view or an index."""
    view_kind: str
    """What a view is called."""


class Dialect(Value, kw_only=True):
    """One server's ways."""

    name: str
    release_version: str
    """What `system.local` says the server is."""
    cql_version: str
    switches: Switches
    speaks_version_5: bool
    """The native protocol is spoken in version 5, too."""
    table_extensions: frozenset[str]
    """Table options beside those that everybody has; `plan.ddl.extensions` reads them."""
    has_tablets: bool
    """A keyspace may say whether it is kept in tablets."""
    simple_factor_may_be_missing: bool
    """SimpleStrategy without a replication factor has one."""
    spells_retries_out: bool
    """speculative_retry is shown as `99.0PERCENTILE` and `50.00ms`, not as `99p` and `50ms`."""
    longest_keyspace_name: int
    longest_table_name: int
    largest_vector: int
    """The greatest dimension of a vector."""
    full_target: str
    """An index's target that is a whole frozen collection, with the column in {}."""
    ignores_index_name_clash: bool
    """CREATE INDEX IF NOT EXISTS with the name of an index on another column does nothing."""
    has_ports_of_peers: bool
    """`system.peers_v2` and the like exist."""
    has_virtual_tables: bool
    """`system_views` and `system_virtual_schema` exist."""
    has_settings_in_system: bool
    """`system.config` and `system.scylla_local` exist."""
    replication_may_be_missing: bool
    """CREATE KEYSPACE needs neither replication nor its class."""
    missing_keyspace_to_drop: type[CqlError]
    """The class of DROP KEYSPACE's refusal of a keyspace that does not exist."""
    lwt_returns_row_when_applied: bool
    """An applied LWT answers `[applied]` and the previous values, not `[applied]` alone."""
    lwt_batch_returns_row_per_statement: bool
    """A conditional batch answers one row for each of its statements, in their order."""
    lwt_changes_see_asked_rows_only: bool
    """What a transaction changes by reading, as an element of a list, it finds in rows read for conditions only."""
    batch_size_to_warn_of: int
    """A batch of several partitions with more bytes than this …"""
    warns_of_large_batches: bool
    """… is warned of, at the client."""
    batch_size_to_refuse: int
    """A batch of several partitions with more bytes than this is refused."""
    lwt_null_matches_nothing: bool
    """In IF, inequalities with null, a null list of IN, and null or negative keys in brackets are no mistakes."""
    lwt_skips_unset_choices: bool
    """An unset value in the list of IN is left out in IF, not refused."""
    lwt_allows_contains: bool
    """`IF s CONTAINS 1` is grammar."""
    lwt_addition_wraps: bool
    """`SET v = v + 1 … IF` begins anew at the least number after the greatest."""
    lwt_mixes_existence: bool
    """A batch may ask of one row that it exists, that it does not, and what its columns are, in any combination."""
    durations_are_unordered: str
    """The refusal of an inequality in IF on a duration, with {operator} and {column}."""
    later_expiry_wins: bool
    """Of two cells with TTLs and one timestamp the later expiry survives, the lower TTL only after that."""
    latest_expiry: int | None
    """The last second in which a written value may expire."""
    unknown_table: str
    """The refusal of a table that does not exist, with {keyspace} and {table}."""
    unknown_column: str
    """The refusal of a column that does not exist, with {keyspace}, {table} and {column}."""
    in_marker: str
    """The name of the marker of `IN ?`, with the column in {}."""
    reads_empty_key: bool
    """SELECT takes the empty value for a partition key, and finds nothing."""
    merges_partitions_unpaged: bool
    """ORDER BY over several partitions ignores the page size, and is not refused with one."""
    null_matches_nothing: bool
    """WHERE takes null for a value, which no row has."""
    intersects_restrictions: bool
    """A column may be restricted several times in SELECT; all of it must hold."""
    filters_like: bool
    """LIKE works on any text column, with ALLOW FILTERING."""
    partition_slice_refusal: str
    """The refusal of an inequality on the partition key without ALLOW FILTERING."""
    missing_partition_key: str
    """The refusal of a write that names no partition, with the missing columns in {}."""
    missing_clustering: str
    """The refusal of a write that names no row, with the missing columns in {all}, the first of them in {first}."""
    per_partition_limit_refusal: str
    """The refusal of a PER PARTITION LIMIT below 1."""
    allows_not_in: bool
    """NOT IN is grammar, in WHERE and in IF."""
    allows_using_timeout: bool
    """`USING TIMEOUT 5s` is grammar."""
    allows_bypass_cache: bool
    """`BYPASS CACHE` is grammar."""
    allows_arithmetic: bool
    """Operators, CAST in terms, slices of collections and `+=` are grammar."""
    limits_exponents: bool
    """A number beyond the range of doubles trips the parser."""
    named_markers_are_one: bool
    """A name that stands in several markers is bound once."""
    selects_list_elements: bool
    """`SELECT l[0]` is allowed."""
    selects_nothing_of_null: bool
    """`SELECT m[null]` is null, not refused."""
    attributes_of_parts: bool
    """WRITETIME and TTL are known of frozen values' parts, and of all cells of a collection."""
    casts_to_varchar: bool
    """`CAST(v AS varchar)` is a cast to text."""
    averages_exactly: bool
    """avg of decimals divides the exact sum by the count."""
    mixes_token_and_columns: bool
    """token() and columns of the partition key may be restricted together."""
    mixes_multi_column: bool
    """Clustering columns may be restricted together and one by one in one WHERE."""
    update_slice_refusal: str
    """The refusal of an UPDATE with an inequality on a clustering column."""
    range_of_columns_refusal: str
    """The refusal to delete columns of many rows, with {clustering} and {column}."""
    types_constants_in_selection: bool
    """A constant in a select list is of the type that it looks like; it needs no hint."""
    warns_of_aggregation: bool
    """An aggregate over several partitions is warned of."""
    allows_select_without_from: bool
    """`SELECT 1` is grammar."""
    allows_local_indexes: bool
    """`CREATE INDEX ON t ((p), v)` is grammar."""
    allows_bound_drop_timestamp: bool
    """`ALTER TABLE t DROP v USING TIMESTAMP ?` is grammar."""
    functions_are_disabled: str
    """The refusal of CREATE FUNCTION where user-defined functions are switched off."""
    function_languages: frozenset[str]
    """What the bodies of user-defined functions may be written in."""
    unknown_language: str
    """The refusal of others, with the language in {}."""
    allows_reduce_functions: bool
    """CREATE AGGREGATE takes a REDUCEFUNC."""
    spelling: Spelling
    describes_passwords: bool
    """`DESCRIBE SCHEMA WITH INTERNALS AND PASSWORDS` is grammar."""

    has_attached_indexes: bool
    """Indexes can be storage-attached, or SASI."""
    vector_index_classes: frozenset[str]
    """The classes of indexes that answer nearness and nothing else."""
    unknown_index_class: str
    """The refusal of an index class that does not exist, with the class in {}."""
    view_warnings: tuple[str, ...]
    """What CREATE MATERIALIZED VIEW warns of."""
    views_select_key_columns: bool
    """The columns of a view's key need not be selected."""
    views_imply_not_null: bool
    """The base's key columns need no IS NOT NULL in a view."""
    views_filter_own_key: bool
    """A view may restrict the column that its key has beside the base's key."""
    views_inherit_order: bool
    """A clustering column is ordered in a view as it is in the base, unless CLUSTERING ORDER BY says otherwise."""
    views_pin_all_columns: bool
    """No column of a base table can be dropped, not only those that a view has or lives by."""


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
    missing_keyspace_to_drop=InvalidRequest,
    lwt_returns_row_when_applied=False,
    lwt_batch_returns_row_per_statement=False,
    lwt_changes_see_asked_rows_only=True,
    lwt_null_matches_nothing=False,
    lwt_skips_unset_choices=True,
    lwt_allows_contains=True,
    lwt_addition_wraps=True,
    lwt_mixes_existence=False,
    durations_are_unordered="Slice conditions ( {operator} ) are not supported on durations",
    batch_size_to_warn_of=5 * 1024,
    warns_of_large_batches=True,
    batch_size_to_refuse=50 * 1024,
    later_expiry_wins=True,
    latest_expiry=2**31 - 2,
    unknown_table="table {table} does not exist",
    unknown_column="Undefined column name {column} in table {keyspace}.{table}",
    in_marker="in({})",
    reads_empty_key=False,
    merges_partitions_unpaged=False,
    null_matches_nothing=False,
    intersects_restrictions=False,
    filters_like=False,
    partition_slice_refusal=FILTERING_NOT_ALLOWED,
    missing_partition_key="Some partition key parts are missing: {}",
    missing_clustering="Some clustering keys are missing: {all}",
    per_partition_limit_refusal="LIMIT must be strictly positive",
    allows_not_in=False,
    allows_using_timeout=False,
    allows_bypass_cache=False,
    allows_arithmetic=True,
    limits_exponents=True,
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
SCYLLA = Dialect(
    name="scylla",
    release_version="3.0.8",
    cql_version="3.3.1",
    switches=Switches(materialized_views=True, sasi=False, user_defined_functions=False),
    speaks_version_5=False,
    table_extensions=frozenset(
        {"cdc", "paxos_grace_seconds", "synchronous_updates", "tablets", "tombstone_gc", "ttl"}
    ),
    has_tablets=True,
    simple_factor_may_be_missing=False,
    spells_retries_out=True,
    longest_keyspace_name=192,
    longest_table_name=192,
    largest_vector=16000,
    full_target="{}",
    ignores_index_name_clash=False,
    has_ports_of_peers=False,
    has_virtual_tables=False,
    has_settings_in_system=True,
    replication_may_be_missing=True,
    missing_keyspace_to_drop=ConfigurationException,
    lwt_returns_row_when_applied=True,
    lwt_batch_returns_row_per_statement=True,
    lwt_changes_see_asked_rows_only=False,
    lwt_null_matches_nothing=True,
    lwt_skips_unset_choices=False,
    lwt_allows_contains=False,
    lwt_addition_wraps=False,
    lwt_mixes_existence=True,
    durations_are_unordered="Duration type is unordered for {column}",
    batch_size_to_warn_of=128 * 1024,
    warns_of_large_batches=False,
    batch_size_to_refuse=1024 * 1024,
    later_expiry_wins=False,
    latest_expiry=None,
    unknown_table="unconfigured table {table}",
    unknown_column="Unrecognized name {column}",
    in_marker="IN({})",
    reads_empty_key=True,
    merges_partitions_unpaged=True,
    null_matches_nothing=True,
    intersects_restrictions=True,
    filters_like=True,
    partition_slice_refusal=(
        "Only EQ and IN relation are supported on the partition key "
        "(unless you use the token() function or allow filtering)"
    ),
    missing_partition_key=FILTERING_NOT_ALLOWED,
    missing_clustering="Missing mandatory PRIMARY KEY part {first}",
    per_partition_limit_refusal="PER PARTITION LIMIT must be strictly positive",
    allows_not_in=True,
    allows_using_timeout=True,
    allows_bypass_cache=True,
    allows_arithmetic=False,
    limits_exponents=False,
    named_markers_are_one=True,
    selects_list_elements=True,
    selects_nothing_of_null=True,
    attributes_of_parts=False,
    casts_to_varchar=True,
    averages_exactly=True,
    mixes_token_and_columns=False,
    mixes_multi_column=False,
    update_slice_refusal="Invalid operator in where clause",
    range_of_columns_refusal="Primary key column '{clustering}' must be specified in order to modify column '{column}'",
    types_constants_in_selection=True,
    warns_of_aggregation=False,
    allows_select_without_from=True,
    allows_local_indexes=True,
    allows_bound_drop_timestamp=True,
    functions_are_disabled=(
        "User defined functions are disabled. Set enable_user_defined_functions to enable them"
    ),
    function_languages=frozenset({"lua", "wasm"}),
    unknown_language="Language '{}' is not supported",
    allows_reduce_functions=True,
    spelling=Spelling(
        options=(
            *(
                "bloom_filter_fp_chance",
                "caching",
                "comment",
                "compaction",
                "compression",
                "crc_check_chance",
            ),
            *("default_time_to_live", "gc_grace_seconds", "max_index_interval"),
            *("memtable_flush_period_in_ms", "min_index_interval", "speculative_retry"),
        ),
        extensions=("paxos_grace_seconds", "tombstone_gc", "cdc", "synchronous_updates", "tablets"),
        short_replication=False,
        short_compaction=True,
        as_java=False,
        key_in_column=False,
        static="STATIC",
        index_target="({})",
        with_of_view="\n    WITH ",
        keyspace_options=" AND ",
        ending=";\n",
        view_kind="view",
    ),
    describes_passwords=True,
    has_attached_indexes=False,
    vector_index_classes=frozenset({"vector_index"}),
    unknown_index_class="Non-supported custom class '{}' provided",
    view_warnings=(),
    views_select_key_columns=True,
    views_imply_not_null=True,
    views_filter_own_key=True,
    views_inherit_order=False,
    views_pin_all_columns=False,
)
DIALECTS = {dialect.name: dialect for dialect in (CASSANDRA, SCYLLA)}
