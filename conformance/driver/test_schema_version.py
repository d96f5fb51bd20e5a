"""The version of the schema, by which drivers tell whether nodes agree."""


def test_the_version_changes_with_the_schema_and_never_returns(session):
    def version():
        return session.execute("SELECT schema_version FROM system.local").one().schema_version

    before = version()
    session.execute("CREATE TABLE t (k int PRIMARY KEY, v int)")
    with_table = version()
    session.execute("CREATE TABLE IF NOT EXISTS t (k int PRIMARY KEY)")
    session.execute("INSERT INTO t (k) VALUES (1)")
    session.execute("TRUNCATE t")
    unchanged = version()
    session.execute("ALTER TABLE t ADD w int")
    altered = version()
    session.execute("DROP TABLE t")
    dropped = version()

    assert unchanged == with_table
    assert len({before, with_table, altered, dropped}) == 4
