"""Settings that change while clients are connected."""

from coodie_memory.cluster import MemoryCluster
from coodie_memory.dialect import SCYLLA
from coodie_memory.dialect.settings import SETTINGS, changed, shown


def test_every_setting_reads_what_it_shows() -> None:
    """The text that a client sees, written back, changes nothing."""
    for name, (text, _kind) in shown(SCYLLA).items():
        assert changed(SCYLLA, SETTINGS[name], text) == SCYLLA, name


def test_a_prepared_statement_follows_the_setting() -> None:
    """What was planned before is planned anew; another cluster has settings of its own."""
    ours, theirs = MemoryCluster(dialect="scylla"), MemoryCluster(dialect="scylla")
    sessions = []
    for cluster in (ours, theirs):
        cluster.create_keyspace("ks")
        sessions.append(cluster.session("ks"))
        sessions[-1].execute("CREATE TABLE t (p int PRIMARY KEY, v int)")
    text = "SELECT * FROM t WHERE p = :x AND v = :x ALLOW FILTERING"
    before = sessions[0].prepare(text)
    name = "cql_duplicate_bind_variable_names_refer_to_same_variable"
    sessions[0].execute(f"UPDATE system.config SET value = 'false' WHERE name = '{name}'")
    assert [len(session.prepare(text).markers) for session in sessions] == [2, 1]
    assert len(sessions[0].renewed(before).markers) == 2
