"""User-defined functions run the Python that a test has registered for them."""

import pytest

from coodie_memory.cluster import MemoryCluster
from coodie_memory.errors import FunctionFailure, InvalidRequest
from coodie_memory.result import Rows
from coodie_memory.session import Prepared, Session


def rows(session: Session, query: str | Prepared) -> list[tuple[object, ...]]:
    result = session.execute(query)
    assert isinstance(result, Rows)
    return result.values


@pytest.fixture
def cluster() -> MemoryCluster:
    cluster = MemoryCluster(dialect="cassandra", user_defined_functions=True)
    cluster.create_keyspace("ks")
    session = cluster.session("ks")
    session.execute("CREATE TABLE t (k int PRIMARY KEY, v int, l list<frozen<list<int>>>)")
    session.execute("INSERT INTO t (k, v, l) VALUES (1, 20, [[1, 2], [3]])")
    for name, kind in (("f", "int"), ("f", "bigint"), ("g", "list<frozen<list<int>>>")):
        session.execute(
            f"CREATE FUNCTION {name} (a {kind}) CALLED ON NULL INPUT RETURNS int LANGUAGE java AS 'return 0;'"
        )
    return cluster


@pytest.fixture
def session(cluster: MemoryCluster) -> Session:
    return cluster.session("ks")


def test_a_call_without_a_registered_function_says_what_to_register(session: Session) -> None:
    with pytest.raises(
        FunctionFailure, match=r'cluster\.functions\.register\("ks\.f", \("int",\), function\)'
    ) as failure:
        session.execute("SELECT f(v) FROM t")
    assert (failure.value.keyspace, failure.value.function) == ("ks", "f")
    assert failure.value.argument_types == ("int",)


def test_it_may_be_registered_after_the_statement_is_prepared(
    cluster: MemoryCluster, session: Session
) -> None:
    prepared = session.prepare("SELECT f(v) FROM t")
    cluster.functions.register("ks.f", (int,), lambda a: a + 1)
    assert rows(session, prepared) == [(21,)]


def test_exact_types_are_preferred_to_python_classes(cluster: MemoryCluster, session: Session) -> None:
    cluster.functions.register("ks.f", ("bigint",), lambda _: 64)
    cluster.functions.register("ks.f", (int,), lambda _: 0)
    assert rows(session, "SELECT f(v), f((bigint)1) FROM t") == [(0, 64)]


def test_frozen_and_spaces_make_no_difference_in_a_type(cluster: MemoryCluster, session: Session) -> None:
    cluster.functions.register("ks.g", ("list< frozen<list<int>> >",), lambda a: sum(map(sum, a)))
    assert rows(session, "SELECT g(l) FROM t") == [(6,)]


def test_null_is_none_both_ways(cluster: MemoryCluster, session: Session) -> None:
    cluster.functions.register("ks.f", (int,), lambda a: 7 if a is None else None)
    session.execute("INSERT INTO t (k) VALUES (2)")
    assert rows(session, "SELECT f(v) FROM t WHERE k IN (1, 2)") == [(None,), (7,)]


def test_an_exception_is_a_function_failure_and_nothing_is_written(
    cluster: MemoryCluster, session: Session
) -> None:
    cluster.functions.register("ks.f", (int,), lambda _: 1 // 0)
    with pytest.raises(FunctionFailure, match="ZeroDivisionError: "):
        session.execute("INSERT INTO t (k, v) VALUES (3, f(1))")
    assert rows(session, "SELECT k FROM t WHERE k = 3") == []


def test_a_value_of_another_type_is_a_function_failure(cluster: MemoryCluster, session: Session) -> None:
    cluster.functions.register("ks.f", (int,), lambda _: "x")
    with pytest.raises(FunctionFailure, match="int"):
        session.execute("SELECT f(v) FROM t")


def test_a_function_cannot_execute_statements(cluster: MemoryCluster, session: Session) -> None:
    cluster.functions.register("ks.f", (int,), lambda _: session.execute("SELECT v FROM t"))
    with pytest.raises(InvalidRequest, match="cannot execute statements"):
        session.execute("SELECT f(v) FROM t")
    assert rows(session, "SELECT v FROM t") == [(20,)]


def test_a_name_without_keyspace_is_refused(cluster: MemoryCluster) -> None:
    with pytest.raises(ValueError, match="names no keyspace"):
        cluster.functions.register("f", (int,), lambda a: a)
