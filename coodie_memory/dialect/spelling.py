"""How DESCRIBE writes."""

from coodie_memory.value import Value


class Spelling(Value, kw_only=True):
    """How DESCRIBE writes the statements that make tables, views and indexes."""

    options: tuple[str, ...]
    """The options that are shown, in order."""
    extensions: tuple[str, ...] = ()
    """The options that are shown, behind the others, where they are set."""
    short_replication: bool
    """A replication class is shown without its package."""
    as_java: bool
    """Whole doubles are shown as 1.0."""
    key_in_column: bool
    """A key of one column is written behind the column."""
    static: str
    index_target: str
    custom_index_ending: str
    """What ends the statement of a custom index."""
    """How the target, {}, follows the table of an index."""
    with_of_view: str
    """What stands between the key of a view and its options."""
    keyspace_options: str
    """What joins a keyspace's options."""
    shows_tablets: bool
    """A keyspace says whether it is kept in tablets."""
    ending: str
    """What ends the statement of a table, a view or an index."""
    comments_out_compact: bool
    """The statement of a compact table is a comment."""
    view_kind: str
    """What a view is called."""
