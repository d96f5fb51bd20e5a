"""What a server's parser knows; what it does not is a syntax error."""

from coodie_memory.value import Value


class Grammar(Value, kw_only=True):
    """Statements and clauses that only some servers have."""

    all_tables_in_keyspace: bool
    """`ON ALL TABLES IN KEYSPACE ks`, of permissions."""
    alters_conditionally: bool
    """`ALTER … IF EXISTS`, and IF [NOT] EXISTS of what is added, dropped or renamed."""
    access_of_roles: bool
    """`ACCESS TO DATACENTERS` and `ACCESS FROM CIDRS` of a role."""
    custom_types: bool
    """A type may be named by its class, in quotes."""
    drops_compact_storage: bool
    """`ALTER TABLE t DROP COMPACT STORAGE`."""
    functions_in_group_by: bool
    free_words: frozenset[str]
    """Kinds of tokens that are names, too, where they cannot be keywords: any of DESC, DESCRIBE, EXECUTE."""
    taken_words: frozenset[str]
    """Kinds of tokens that are no names, though keywords are that nobody needs to quote."""
    identities: bool
    """ADD IDENTITY and DROP IDENTITY."""
    hashed_passwords_of_users: bool
    """`CREATE USER u WITH HASHED PASSWORD 'x'`."""
    index_expressions: bool
    """`WHERE expr(i, 'text')`."""
    keywords_as_users: bool
    """A user may be called as a column may without quotes."""
    lists_of_permissions: bool
    """`GRANT SELECT, MODIFY ON …`."""
    masks: bool
    """`MASKED WITH`, of columns, and UNMASK and SELECT_MASKED, of permissions."""
    mbeans: bool
    """`ON MBEAN 'x'`, of permissions."""
    role_options_once: bool
    """An option of a role is refused that is given twice; else the last counts."""
    triggers: bool
    """CREATE TRIGGER and DROP TRIGGER."""
