"""Expressions as long as people like: what a call means is worked out once, not for each candidate of the call around it."""

import pytest

from coodie_memory.cluster import MemoryCluster
from coodie_memory.plan.functions import resolution

_TERMS = 30
_PER_TERM = 12


@pytest.fixture
def session():
    cluster = MemoryCluster(dialect="cassandra")
    cluster.create_keyspace("ks")
    session = cluster.session("ks")
    session.execute("CREATE TABLE n (k int PRIMARY KEY, b bigint, t text)")
    return session


@pytest.mark.parametrize(
    "statement",
    [
        f"SELECT {' + '.join(['b'] * _TERMS)} FROM n",
        f"SELECT max({' + '.join(['1'] * _TERMS)} + b) FROM n",
        f"SELECT {'abs(' * _TERMS}b{')' * _TERMS} FROM n",
        f"UPDATE n SET b = {' + '.join(['1'] * _TERMS)} WHERE k = 1",
        f"UPDATE n SET b = 1 WHERE k = 1 IF b = {' + '.join(['1'] * _TERMS)}",
        f"UPDATE n SET t = {'to_json(' * _TERMS}1{')' * _TERMS} WHERE k = 1",
    ],
)
def test_work_grows_as_the_expression_does(session, monkeypatch, statement):
    resolve, count = resolution.resolve, 0

    def counted(*given):
        nonlocal count
        count += 1
        assert count <= _TERMS * _PER_TERM, "what is known is asked again and again"
        return resolve(*given)

    monkeypatch.setattr(resolution, "resolve", counted)

    session.prepare(statement)

    assert count > 0
