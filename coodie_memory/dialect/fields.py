"""The fields: each says which behaviour it switches. One long list, since a dialect is one value for each of them."""

from collections.abc import Mapping

from coodie_memory.dialect.grammar import Grammar
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
from coodie_memory.dialect.spelling import Spelling
from coodie_memory.errors import CqlError
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
    drop_compact_storage: bool = False


class Dialect(Value, kw_only=True):
    """One server's ways. Two of one name are the same."""

    name: str
    release_version: str
    """What `system.local` says the server is."""
    cql_version: str
    product_version: str
    """What the server calls itself where it does not say which Cassandra it is like: `system.versions`, if it has it."""
    switches: Switches
    grammar: Grammar
    speaks_version_5: bool
    """The native protocol is spoken in version 5, too."""
    any_table_change_unprepares: bool
    """A prepared statement is forgotten with any change of its table, not only of the columns and the indexes."""
    table_extensions: frozenset[str]
    """Table options beside those that everybody has; `plan.ddl.extensions` reads them."""
    has_tablets: bool
    """A keyspace may say whether it is kept in tablets, and on which storage; NetworkTopologyStrategy has them if not."""
    more_strategies: frozenset[str]
    """Replication strategies for anybody, beside SimpleStrategy and NetworkTopologyStrategy."""
    allows_no_replicas: bool
    """A keyspace may have no replica anywhere."""
    wrong_factor: str
    """The refusal of a replication factor that is no number, with the text in {}, …"""
    negative_factor: str
    """… of one below 0 …"""
    transient_factor: str
    """… and of one that counts transient replicas, as `3/1`."""
    warns_of_missing_nodes: bool
    """A replication factor that is greater than the number of nodes is warned of, and one that grows."""
    keeps_durable_writes: bool
    """ALTER KEYSPACE without durable_writes leaves it as it is; otherwise it is true from then on."""
    strategies_to_warn_of: tuple[str, ...]
    """Replication strategies that are warned of …"""
    strategies_to_refuse: tuple[str, ...]
    """… or forbidden; …"""
    simple_strategy_restriction: str
    """… SimpleStrategy may be, too: true, warn or false."""
    least_factor_to_advise: int
    """A replication factor below this is warned of; -1: none. …"""
    greatest_factor_to_advise: int
    """… One above this is; -1: none. …"""
    least_factor_to_allow: int
    """… And these …"""
    greatest_factor_to_allow: int
    """… are forbidden."""
    simple_factor_may_be_missing: bool
    """SimpleStrategy without a replication factor has one."""
    keeps_options_as_given: bool
    """`compaction`, `compression` and `caching` are kept as they are written, and have defaults of their own."""
    wrong_retry: str | None
    """The refusal of a speculative_retry that is none, with the text in capitals in {}; None: as it is read."""
    deepest_nesting: int | None
    """How many levels terms and relations may be nested; None: as many as the parser can."""
    most_relations: int | None
    """How many relations WHERE may have."""
    most_named_partitions: int | None
    """How many partitions IN may name in all, …"""
    most_named_rows: int | None
    """… and how many rows or slices of them."""
    page_bytes: int | None
    """A page ends when its rows have so many bytes; None: only when they are as many as asked for."""
    internal_page_size: int
    """How many rows are read at once for an aggregate, which no answer shows."""
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
    allows_compact_storage: bool
    """CREATE TABLE may say WITH COMPACT STORAGE …"""
    compact_storage_refusal: str
    """… or else is refused so, …"""
    compact_storage_warnings: tuple[str, ...]
    """… and warns of it."""
    compact_values_are_static: bool
    """A compact table without clustering columns keeps its values as static ones, beside a hidden clustering column."""
    compact_values_may_come: bool
    """Such a table gets columns by ALTER TABLE, …"""
    compact_values_may_go: bool
    """… or loses some."""
    compact_empty_key: str
    """The refusal of an empty value for the only clustering column of a compact table, with the column in {}."""
    compact_range_deletion: str | None
    """The refusal of a range deletion in a compact table that has no more than one clustering column."""
    compact_index: str | None
    """The refusal of any index on a compact table with clustering columns; None: it depends on the column."""
    has_ports_of_peers: bool
    """`system.peers_v2` and the like exist."""
    has_virtual_tables: bool
    """`system_views` and `system_virtual_schema` exist."""
    has_settings_in_system: bool
    """`system.config` and `system.scylla_local` exist."""
    replication_may_be_missing: bool
    """CREATE KEYSPACE needs neither replication nor its class."""
    checks_keyspace_names: bool
    """Every schema statement, not only CREATE, refuses what no keyspace may be called."""
    missing_keyspace_to_drop: str
    """DROP KEYSPACE's refusal of a keyspace that does not exist, with the name in {}, …"""
    class_of_missing_keyspace_to_drop: type[CqlError]
    """… and its class."""
    missing_keyspace_to_alter: str
    """ALTER KEYSPACE's refusal of such a one."""
    lwt_returns_row_when_applied: bool
    """An applied LWT answers `[applied]` and the previous values, not `[applied]` alone."""
    lwt_reads_whole_rows: bool
    """A transaction knows every column of the rows that it reads, not only those that it asks or writes."""
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
    """In IF, a null list of IN, and null or negative keys in brackets are no mistakes."""
    lwt_takes_empty_for_null: bool
    """An empty collection that is not frozen is called null where IF orders by it."""
    lwt_skips_unset_choices: bool
    """An unset value in the list of IN is left out in IF, not refused."""
    lwt_compares_map_values_as_keys: bool
    """The value of a map for a key is compared by the order of the keys."""
    lwt_allows_contains: bool
    """`IF s CONTAINS 1` is grammar."""
    lwt_addition_wraps: bool
    """`SET v = v + 1 … IF` begins anew at the least number after the greatest."""
    lwt_subtracts: bool
    """`SET v = v - 1 … IF` is allowed of numbers."""
    lwt_mixes_existence: bool
    """A batch may ask of one row that it exists, that it does not, and what its columns are, in any combination."""
    functions_answer_legacy_timeuuids: bool
    """A timeuuid that `min`, `max` or a user-defined function answers travels under its type's former name."""
    sorts_inside_tuples: bool
    """Sets and maps are also put in order inside bound tuples and user types, and bound vectors."""
    own_tables_are_writable: bool
    """Where nobody logs in, statements may write to the server's own tables."""
    unordered_duration: str | None
    """An inequality on a {column} of durations, or of what has them in it; None: each place has its words."""
    restricts_future_timestamps: bool
    """USING TIMESTAMP is refused where it is more than three days ahead of the clock."""
    latest_expiry: int | None
    """The last second in which a written value may expire."""
    wrong_table_name: str
    """The refusal of a table's name with other characters, with {keyspace} and {name}, …"""
    long_table_name: str
    """… or with too many, with {length} and {longest} beside these …"""
    wrong_keyspace_name: str
    """… of a keyspace's, with {name} …"""
    long_keyspace_name: str
    """… or with too many, …"""
    wrong_name: type[CqlError]
    """… and the class of that of a table's name, also of one that is too long."""
    unknown_table_in_ddl: str | None
    """The refusal of a table that does not exist in ALTER, DROP and CREATE INDEX; None: each has its own words."""
    unknown_table_to_drop: str
    """DROP TABLE's refusal of one, with {keyspace} and {table}."""
    unknown_table: str
    """The refusal of a table that does not exist, with {keyspace} and {table}."""
    unknown_column: str
    """The refusal of a column that does not exist, with {keyspace}, {table} and {column}."""
    unknown_written_column: str
    """The same of a column that is to be written; with {name}, which is never quoted."""
    repeated_column: str
    """INSERT's refusal of a column named twice, with its name."""
    unknown_column_to_drop: str
    """The refusal to drop a column that does not exist, with {keyspace}, {table} and {column}."""
    unknown_column_to_index: str
    """The refusal to index a column that does not exist, with {keyspace}, {table} and {column}."""
    unknown_column_to_rename: str
    """The refusal to rename a column that does not exist, with {keyspace}, {table} and {column}."""
    unknown_index: str
    """The refusal to drop an index that does not exist, with {keyspace} and {index}."""
    type_is_in_use: str
    """The refusal to drop a type that something uses, with {keyspace}, {type} and, for what uses it, {users}."""
    finds_types_in_vectors: bool
    """A user type that is the element of a vector counts as used, and the vector follows when it is altered."""
    durations_are_no_keys: str
    """The refusal of a duration in a key, with the column in {}."""
    in_marker: str
    """The name of the marker of `IN ?`, with the column in {}."""
    overhead_of_key_component: int | None
    """What each column of a key counts for its length beside its own bytes; None: as much as it is kept with."""
    refuses_to_read_long_rows: bool
    """SELECT of a row whose clustering columns are too long is refused, not answered with no row."""
    reads_empty_key: bool
    """SELECT takes the empty value for a partition key, and finds nothing."""
    prepares_no_roles_for_anonymous: bool
    """What an anonymous user may not do to roles is refused when it is prepared."""
    pages_distinct_groups: bool
    """SELECT DISTINCT with GROUP BY respects the page size; else all is on one page."""
    merges_partitions_unpaged: bool
    """ORDER BY over several partitions ignores the page size, and is not refused with one."""
    null_matches_nothing: bool
    """WHERE takes null for a value, which no row has."""
    intersects_restrictions: bool
    """A column may be restricted several times in SELECT; all of it must hold."""
    filters_like: bool
    """LIKE works on any text column, with ALLOW FILTERING, and in IF."""
    filters_user_types: bool
    """A user type that is not frozen may be compared, with ALLOW FILTERING."""
    filters_list_elements: bool
    """`WHERE l[0] = 1` is allowed, with ALLOW FILTERING."""
    not_a_map: str
    """The refusal of an element of a column that has none in WHERE, with the column in {}."""
    multi_column_gap: str
    """The refusal of a multi-column relation that leaves out the first clustering columns …"""
    multi_column_gap_is_filtered: bool
    """… which is refused for a slice alone, and where rows are filtered, not for any relation and at once, …"""
    multi_column_disorder: str
    """… of one whose columns do not stand in the key's order, with the relation in {}, …"""
    multi_column_marker: str
    """… and the name of the columns in the marker of `(a, b) IN ?`, with them in {}."""
    short_tuple_in_list: str
    """The refusal of a tuple in IN with too few elements, with {expected}, {given} and {tuple} …"""
    long_tuple_in_list: str
    """… or too many, with {marker} and {type} beside these."""
    names_null_of_tuple: bool
    """A null in a tuple that names rows is refused with its column's name, whatever null is elsewhere."""
    filters_tuples_beside_index: bool
    """A relation of several columns beside an indexed one needs ALLOW FILTERING, even inside a named partition."""
    counts_token_arguments: bool
    """token() in WHERE is refused for the number of its arguments first, as any function."""
    avoids_indexes_beside_in: bool
    """A SELECT with IN on the partition key uses no index on a value: it filters, if it may."""
    keeps_lone_choices: bool
    """IN with one value is not taken for =."""
    select_refusals: SelectRefusals
    partition_slice_refusal: str
    """The refusal of an inequality on the partition key without ALLOW FILTERING, …"""
    partition_slice_refusal_in_writes: str
    """… and in a write, with its kind in {}."""
    clustering_contains_refusal: str
    """The refusal of CONTAINS on a clustering column without ALLOW FILTERING."""
    missing_partition_key: str
    """The refusal of a write that names no partition, with the missing columns in {all}, the first of them in {first}."""
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
    """A number beyond the range of doubles, or of a decimal's scale, trips the parser."""
    strict_utf8: bool
    """Text is UTF-8 to the letter: no surrogates, no null in two bytes, nothing above U+10FFFF."""
    no_literal: str
    """Of a literal that its type cannot read, with {what}."""
    no_integer: str
    """… of a whole number that is out of its type's range, with {what}, the {text} and the class of the {type}."""
    no_long: str
    """… of one that has more than 64 bits."""
    not_bindable: str
    """Of a bound value that is none of its marker's type, with {column} and {what}."""
    refuses_parts_of_millis: bool
    """The text of a timestamp has three digits behind the point at most; spaces around it and its zone are ignored."""
    times_are_texts: bool
    """A number is no constant of the type time."""
    empty_literals: frozenset[str]
    """The types besides those of all servers whose empty value the literal '' is."""
    counter_insert_refusal: str
    """Of INSERT into a table of counters."""
    counter_json_refusal: str
    """Of INSERT JSON into one, with the name of a counter."""
    json_by_types: bool
    """JSON is read by the types' one form each, and written plainly: see `types.plainjson`."""
    json_objects_sort_themselves: bool
    """SELECT JSON * of several partitions is sorted by the objects' texts, not by ORDER BY's columns."""
    allows_to_json_in_terms: bool
    """toJson() may stand elsewhere than in a select list."""
    no_positive_dimension: str
    """The refusal of a column of vectors without elements, with the dimension in {}."""
    widens_ints: bool
    """`(int)1`, or a function's int, may be assigned to a bigint, and a hinted int to a blob."""
    casts_floats_briefly: bool
    """`CAST(v AS text)` writes whole floating numbers as 1, not as 1.0, and a decimal has the digits that this has."""
    casts_integers_to_tenths: bool
    """`CAST(1 AS decimal)` has one digit behind the point."""
    writes_decimals_plainly: bool
    """A decimal becomes a text without an exponent, and without zeros behind its fraction."""
    names_classes_in_casts: bool
    """The refusal of a cast has the names of both types' classes, whatever casts there are."""
    counters_are_bigints: bool
    """A function of bigints takes a counter."""
    named_markers_are_one: bool
    """A name that stands in several markers is bound once."""
    selects_list_elements: bool
    """`SELECT l[0]` is allowed."""
    selects_nothing_of_null: bool
    """`SELECT m[null]` is null, not refused."""
    attribute_refusals: AttributeRefusals
    function_refusals: FunctionRefusals
    role_refusals: RoleRefusals
    replaces_functions_freely: bool
    """OR REPLACE may change what a function returns, and whether it is called with nulls; it is told as creation."""
    states_may_begin_as_null: bool
    """An aggregate needs no INITCOND, also if its state function is not called with nulls."""
    frozen_arguments: bool
    """Arguments, states and what is returned may be frozen, unless it is a user type."""
    attributes_of_parts: bool
    """WRITETIME and TTL are known of frozen values' parts, and of all cells of a collection."""
    casts_descending_columns: bool
    """A column in descending order is of a type of its own, so that a cast to the type of its values is one."""
    casts_to_varchar: bool
    """`CAST(v AS varchar)` is a cast to text."""
    has_modern_functions: bool
    """Functions of mathematics, of collections and masks, MAXWRITETIME, and names like `to_date` beside `toDate` exist."""
    has_first_time_functions: bool
    """`dateOf` and `unixTimestampOf` exist."""
    intersects_sets: bool
    """`set_intersection` exists."""
    averages_exactly: bool
    """avg of decimals divides the exact sum by the count."""
    mixes_token_and_columns: bool
    """token() and columns of the partition key may be restricted together."""
    mixes_multi_column: bool
    """Clustering columns may be restricted together and one by one in one WHERE."""
    write_refusals: WriteRefusals
    literal_refusals: LiteralRefusals
    change_refusals: ChangeRefusals
    operations_see_earlier_ones: bool
    """An operation on a list sees what those before it in the statement have made of it; else the list as it is stored."""
    unset_refusal: str | None
    """The marker without a value, whose place is {}, where there is no doing without it; None: each place has its words."""
    single_parentheses_group: bool
    """`(1)` may be the value itself, and not a tuple of it."""
    unknown_keyspace: str
    """A {} in which a table is read or written."""
    table_refusals: TableRefusals
    option_refusals: OptionRefusals
    type_refusals: TypeRefusals
    fields_are_pinned_in_keys: bool
    """A type in a partition key is not altered at all, not only given no more fields."""
    dropped_return_freely: bool
    """A column may be added under the name of a dropped one whatever that was, unless it was a collection or a counter."""
    alters_types: bool
    """ALTER … TYPE gives columns and fields another type, by which their values can be read, too."""
    foreign_table_options: frozenset[str]
    """Options of tables that only others know, which are no columns of `system_schema` either."""
    obsolete_table_options: frozenset[str]
    """Options of tables that are read, and mean nothing."""
    refuses_manners_first: bool
    """A write is refused for what its WHERE says, as columns that are no key or have a gap before them, before it is for
    what of the key is missing."""
    checks_counters_of_batch_first: bool
    """A batch is refused for its counters before it is for mixing them, or for timestamps twice."""
    refuses_double_settings_late: bool
    """That UPDATE sets a column twice is no matter of grammar, but looked at when the table is known."""
    types_constants_in_selection: bool
    """A constant in a select list is of the type that it looks like; it needs no hint."""
    warns_of_aggregation: bool
    """An aggregate over several partitions is warned of."""
    allows_select_without_from: bool
    """`SELECT 1` is grammar."""
    indexes_are_views: bool
    """An index is kept as a materialized view, `<index>_index`, which can be read."""
    allows_local_indexes: bool
    """`CREATE INDEX ON t ((p), v)` is grammar."""
    allows_row_ttl: bool
    """`expiration timestamp TTL` is grammar in CREATE TABLE, `ALTER TABLE t TTL expiration` as well."""
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
    describes_all_by_name: bool
    """`DESCRIBE name` finds types, functions and aggregates, too."""
    describes_roles: bool
    """`DESCRIBE SCHEMA WITH INTERNALS` shows roles, grants and service levels, and, `AND PASSWORDS`, hashes."""
    permissions: frozenset[str]
    """What can be granted."""
    describes_single_roles: bool
    """DESCRIBE can be granted on a single role, not only on all of them."""
    lists_datacenters_of_roles: bool
    """LIST ROLES and LIST USERS tell to which datacenters a role has access."""
    views_are_written_freely: bool
    """Who writes a table needs no permission to read it, nor to write its views."""
    replacing_functions_takes_both: bool
    """OR REPLACE takes the permission to create functions and to alter this one, whether it is there or not."""
    ambiguous_drops_are_free: bool
    """DROP FUNCTION of a name that several have is refused for that, whoever asks."""
    refuses_anonymous_first: bool
    """Who has not logged in is told so before anything else of statements about roles."""
    own_status_is_for_superusers: bool
    """That nobody alters his own superuser status is said to superusers only: to others, that they alter nobody's."""
    own_role_is_refused_first: bool
    """Nobody drops the role he logged in with, whatever else he may."""
    resources_are_looked_up_first: bool
    """Of permissions to grant: what there is not is told before whether one may grant them."""
    tells_of_vain_grants: bool
    """Who grants what was granted, or takes what was not, is warned."""
    lists_no_permissions_as_rows: bool
    """LIST PERMISSIONS that finds none answers no rows, not nothing."""
    order_of_resources: tuple[str, ...]
    """In which order LIST PERMISSIONS shows kinds of resources, and then permissions by their names; empty: all by the names of
    resources, and permissions in the server's order."""
    checks_hashed_passwords: bool
    """HASHED PASSWORD must look like a hash."""

    has_service_levels: bool
    """CREATE, ALTER, DROP, ATTACH, DETACH and LIST SERVICE LEVEL are grammar."""
    has_attached_indexes: bool
    """Indexes can be storage-attached, or SASI."""
    pages_count_hidden_statics: bool
    """Where an empty IN names no row, the static rows beside fill pages, which show nothing."""
    static_index_entries_stand_first: bool
    """In a partition that is named, an index on a static column is asked for the range of clustering columns that is
    wanted, and has its entries before all rows: where that range has a lower end, it finds nothing."""
    vector_index_classes: frozenset[str]
    """The classes of indexes that answer nearness and nothing else."""
    text_index_classes: frozenset[str]
    """The classes of indexes on the words of texts, which this engine keeps and describes but does not search."""
    own_index_options: tuple[str, ...]
    """The options of an index that the server sets itself."""
    index_class_names: Mapping[str, str]
    """What classes of indexes are called, as written or in small letters, and what they are kept as; others are kept as
    they are written."""
    view_warnings: tuple[str, ...]
    """What CREATE MATERIALIZED VIEW warns of."""
    views_select_key_columns: bool
    """The columns of a view's key need not be selected."""
    views_imply_not_null: bool
    """A column that is the base's whole partition key needs no IS NOT NULL in a view."""
    views_filter_own_key: bool
    """A view may restrict the column that its key has beside the base's key."""
    views_inherit_order: bool
    """A clustering column is ordered in a view as it is in the base, unless CLUSTERING ORDER BY says otherwise."""
    views_order_any_columns: bool
    """A view's CLUSTERING ORDER BY may leave out columns, repeat them and name them in any order."""
    view_refusals: ViewRefusals
    index_refusals: IndexRefusals
    same_table_id: str | None
    """The refusal of WITH ID that is {keyspace}.{table}'s; None: the server breaks."""
    creating_always_tells: bool
    """CREATE … IF NOT EXISTS of a keyspace, table, view or type tells clients of a new one, also where it was there."""
    altering_always_tells: bool
    """ALTER KEYSPACE and ALTER TABLE tell clients of a change that changes nothing."""
    not_null_in_select: str
    """The refusal of IS NOT NULL, with {column}."""
    null_is_a_value_of_properties: bool
    """`WITH id = null` is grammar."""
    views_pin_all_columns: bool
    """No column of a base table can be dropped, not only those that a view has or lives by."""
    skips_unasked_values: bool
    """A row whose marker has expired is not kept by older values of columns that a SELECT does not ask for."""
    reads_options_first: bool
    """What WITH says is read before the table is looked for."""

    def __hash__(self) -> int:
        return hash(self.name)
