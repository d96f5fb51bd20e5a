"""A cluster with authentication: who comes in, and as whom."""

from typing import Any

import pytest

from coodie_memory.cluster import MemoryCluster
from coodie_memory.errors import AuthenticationFailed, InvalidRequest, Unauthorized
from coodie_memory.result import Result, Rows


@pytest.fixture
def cluster() -> MemoryCluster:
    made = MemoryCluster(dialect="cassandra", authentication=True)
    made.create_keyspace("ks")
    session = made.session("ks")
    session.execute("CREATE TABLE t (k int PRIMARY KEY)")
    session.execute("CREATE ROLE ann WITH PASSWORD = 'secret' AND LOGIN = true")
    session.execute("CREATE ROLE group_of_ann WITH PASSWORD = 'secret'")
    return made


def _values(answer: Result) -> list[tuple[Any, ...]]:
    assert isinstance(answer, Rows)
    return answer.values


def test_who_knows_the_password_comes_in(cluster: MemoryCluster) -> None:
    cluster.authenticate("cassandra", "cassandra")
    cluster.authenticate("ann", "secret")


@pytest.mark.parametrize(
    ("user", "password", "refusal"),
    [
        ("ann", "Secret", "Provided username ann and/or password are incorrect"),
        ("bob", "secret", "Provided username bob and/or password are incorrect"),
        ("group_of_ann", "secret", "group_of_ann is not permitted to log in"),
    ],
)
def test_others_stay_out(cluster: MemoryCluster, user: str, password: str, refusal: str) -> None:
    with pytest.raises(AuthenticationFailed, match=refusal):
        cluster.authenticate(user, password)


def test_sessions_are_the_superusers_unless_told_otherwise(cluster: MemoryCluster) -> None:
    cluster.session("ks").execute("INSERT INTO t (k) VALUES (1)")

    with pytest.raises(Unauthorized, match=r"User ann has no MODIFY permission on <table ks\.t>"):
        cluster.session("ks", user="ann").execute("INSERT INTO t (k) VALUES (2)")


def test_a_grant_takes_effect_on_prepared_statements_of_open_sessions(cluster: MemoryCluster) -> None:
    """Who may what is asked for each execution."""
    session = cluster.session("ks", user="ann")
    prepared = session.prepare("SELECT k FROM t")
    with pytest.raises(Unauthorized):
        session.execute(prepared)
    cluster.session("ks").execute("GRANT SELECT ON t TO ann")

    assert _values(session.execute(prepared)) == []


def test_batches_of_prepared_statements_are_asked_about_too(cluster: MemoryCluster) -> None:
    session = cluster.session("ks", user="ann")

    with pytest.raises(Unauthorized):
        session.execute_batch([("INSERT INTO t (k) VALUES (1)", ())])
    assert _values(cluster.session("ks").execute("SELECT k FROM t")) == []


def test_a_refused_statement_changes_no_roles(cluster: MemoryCluster) -> None:
    before = cluster.engine.roles
    with pytest.raises(Unauthorized):
        cluster.session("ks", user="ann").execute("GRANT SELECT ON t TO ann")

    assert cluster.engine.roles is before


def test_a_savepoint_takes_back_roles(cluster: MemoryCluster) -> None:
    def fail_later() -> None:
        with cluster.engine.savepoint():
            cluster.session().execute("CREATE ROLE bob")
            cluster.session().execute("CREATE ROLE bob")

    before = cluster.engine.roles
    with pytest.raises(InvalidRequest, match="bob already exists"):
        fail_later()

    assert cluster.engine.roles is before


def test_settings_say_that_a_log_in_is_needed(cluster: MemoryCluster) -> None:
    rows = cluster.session().execute(
        "SELECT value FROM system_views.settings WHERE name = 'authenticator.class_name'"
    )

    assert _values(rows) == [("PasswordAuthenticator",)]
