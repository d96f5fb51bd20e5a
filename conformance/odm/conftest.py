"""Every test here has the backend of `--coodie-backend` as its default connection.

A module that has a function `models(odm)` shares one keyspace with the tables of these models among all its tests, of
both faces; what a test wrote is deleted after it. In any other module each test has an empty keyspace of its own.
"""

from contextlib import ExitStack

import pytest

from conformance.odm.face import Face, documents, made
from coodie import sync
from coodie.backend import connections
from coodie.backends import memory
from coodie.document import schema_of
from coodie.names import qualified, quoted
from coodie.operations import tables
from coodie.runner import run_sync
from coodie.schema import TableKind
from coodie.statement import Statement
from coodie_memory.errors import UnsupportedCQL
from coodie_pytest.targets import MEMORY_KEYSPACE, MemoryTarget, registered

FACES = ("sync", "aio")
BY_DIALECT = {"cassandra": {"sai", "sasi", "vectors"}, "scylla": set()}
"""What servers of that kind have, of what not all have."""


def pytest_generate_tests(metafunc):
    if "do" in metafunc.fixturenames:
        metafunc.parametrize("do", FACES, indirect=True, scope="module")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(call):
    """What the engine says it has not been taught yet is an expected failure, by its own words."""
    report = yield
    error = None if call.excinfo is None else call.excinfo.value
    if error is not None and isinstance(error.__cause__, UnsupportedCQL):
        report.outcome, report.wasxfail = "skipped", f"reason: {error}"
    return report


def capabilities(target):
    """What the target can do: a real one as it is configured, the engine all that its dialect can."""
    switched = (
        {"clock", "materialized_views"} if isinstance(target, MemoryTarget) else set(target.capabilities)
    )
    return switched | BY_DIALECT[target.dialect]


@pytest.fixture(autouse=True)
def _connected(request):  # asked for its effect
    """The default connection, and a keyspace without rows; skips what the target lacks."""
    if not hasattr(request.module, "models"):
        request.getfixturevalue("coodie_backend")
        yield
        return
    target = request.getfixturevalue("coodie_cluster")
    marker = request.node.get_closest_marker("coodie")
    wanted = {} if marker is None else marker.kwargs
    if lacking := set(wanted.get("requires", ())) - capabilities(target):
        pytest.skip(f"{target.name} lacks {', '.join(sorted(lacking))}")
    if wanted.get("dialect") not in (None, target.dialect):
        pytest.skip(f"{target.name} answers otherwise")
    everything = request.getfixturevalue("_shared")
    yield
    for table, key in everything:
        _empty(table, key)


@pytest.fixture(scope="module")
def _shared(request, coodie_cluster, _engine):
    """The module's tables, each with its partition key."""
    with ExitStack() as stack:
        if _engine is not None:
            stack.enter_context(registered(memory.connect(_engine, MEMORY_KEYSPACE)))
            stack.enter_context(coodie_cluster.turn(_engine))
        else:
            stack.enter_context(coodie_cluster.turn())
        models = documents(made(request.module.models, sync))
        for model in models:
            is_view = schema_of(model).kind is TableKind.VIEW
            run_sync((tables.sync_view if is_view else tables.sync_table)(model))
        schemas = [schema_of(model) for model in models if schema_of(model).kind is not TableKind.VIEW]
        yield sorted(
            {
                (
                    qualified(schema.keyspace, schema.table),
                    tuple(quoted(column.name) for column in schema.partition_key),
                )
                for schema in schemas
            }
        )


@pytest.fixture(scope="module")
def _engine(coodie_cluster):
    """The module's engine with all switches on, as the profile `full` of a real server has them; None for a real one."""
    if not isinstance(coodie_cluster, MemoryTarget):
        return None
    from coodie_memory.cluster import MemoryCluster

    dialect = coodie_cluster.dialect
    cluster = MemoryCluster(dialect=dialect, materialized_views=True, sasi=dialect == "cassandra")
    cluster.create_keyspace(MEMORY_KEYSPACE)
    return cluster


def _empty(table, key):
    backend = connections.get()
    partitions = backend.execute(Statement(f"SELECT DISTINCT {', '.join(key)} FROM {table}"))
    where = " AND ".join(f"{column} = ?" for column in key)
    deletes = [Statement(f"DELETE FROM {table} WHERE {where}", row) for row in partitions.rows]
    for outcome in backend.execute_many(deletes, 32):
        if isinstance(outcome, Exception):
            raise outcome


@pytest.fixture(scope="module")
def do(request):
    """The face under test; called with what a method returned, it gives the result."""
    face = Face(request.param)
    yield face
    face.close()


@pytest.fixture(scope="module")
def m(request, do):
    """The module's models, of the face under test."""
    return made(request.module.models, do.odm)


@pytest.fixture
def clock(_engine):
    """The clock of the module's engine; a real server keeps its own, and the test skips."""
    if _engine is None:
        pytest.skip("a real cluster keeps its own clock")
    return _engine.clock
