"""The change log, beyond what single statements show."""

import pytest

from coodie_memory.cluster import MemoryCluster
from coodie_memory.errors import InvalidRequest
from coodie_memory.session import Session


def _session(options: str) -> tuple[MemoryCluster, Session]:
    cluster = MemoryCluster(dialect="scylla")
    cluster.create_keyspace("ks")
    session = cluster.session("ks")
    session.execute(f"CREATE TABLE t (p int, c int, v int, PRIMARY KEY (p, c)) WITH cdc = {options}")
    return cluster, session


def test_changes_of_one_microsecond_stay_in_order() -> None:
    """However many they are: the log's times grow with them."""
    _, session = _session("{'enabled': true}")
    for number in range(300):
        session.execute("INSERT INTO t (p, c, v) VALUES (1, ?, 0) USING TIMESTAMP 5", (number,))
    logged = [c for (c,) in session.execute("SELECT c FROM t_scylla_cdc_log")]
    assert logged == list(range(300))


def test_what_is_logged_goes_after_its_time() -> None:
    """The option tells for how many seconds it stays."""
    cluster, session = _session("{'enabled': true, 'ttl': 60}")
    session.execute("INSERT INTO t (p, c, v) VALUES (1, 1, 1)")
    assert len(list(session.execute("SELECT c FROM t_scylla_cdc_log"))) == 1
    cluster.clock.advance("61s")
    assert list(session.execute("SELECT c FROM t_scylla_cdc_log")) == []
    assert len(list(session.execute("SELECT c FROM t"))) == 1


def test_a_failed_statement_logs_nothing() -> None:
    """A batch of which one statement is refused leaves no trace."""
    _, session = _session("{'enabled': true}")
    statements = [
        ("INSERT INTO t (p, c, v) VALUES (1, 1, 1)", ()),
        ("INSERT INTO t (p, c) VALUES (?, 1)", (None,)),
    ]
    with pytest.raises(InvalidRequest, match="Invalid null value"):
        session.execute_batch(statements)
    assert list(session.execute("SELECT c FROM t_scylla_cdc_log")) == []
