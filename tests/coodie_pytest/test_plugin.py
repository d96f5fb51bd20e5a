"""The plugin as a project that uses it sees it: pytest runs inside pytest."""

import os
import subprocess
import sys

import pytest

pytest_plugins = ["pytester"]

MODEL = """
from typing import Annotated
from coodie.fields import PrimaryKey
from coodie import {face}

class Task({face}.Document):
    id: Annotated[int, PrimaryKey()]
    title: str = ""
"""


@pytest.fixture
def project(pytester, monkeypatch):
    """An empty project with this plugin."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makeini(
        "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\nfilterwarnings = error\n"
    )
    return pytester


def passed(project, *arguments):
    return project.runpytest_subprocess("-p", "no:cacheprovider", *arguments).parseoutcomes()


def test_plugin_is_light():
    """Loading it imports no ODM, no engine, no driver, no hypothesis."""
    look = (
        "import sys, pytest, coodie_pytest.plugin;"
        "print([name for name in ('coodie', 'coodie_memory', 'cassandra', 'hypothesis', 'pydantic', 'asyncio') "
        "if name in sys.modules])"
    )
    loaded = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True).stdout

    assert loaded == "[]\n"


def test_memory_is_the_default_connection_in_blocking_tests(project):
    project.makepyfile(
        MODEL.format(face="sync")
        + """
def test_writes(coodie_memory):
    Task.sync_table()
    Task(id=1, title="write").save()
    assert Task.get(id=1).title == "write"

def test_starts_empty(coodie_memory):
    Task.sync_table()
    assert Task.find().all() == []
"""
    )

    assert passed(project) == {"passed": 2}


def test_memory_is_the_default_connection_in_coroutines(project):
    project.makepyfile(
        MODEL.format(face="aio")
        + """
async def test_writes(coodie_memory):
    await Task.sync_table()
    await Task(id=1, title="write").save()
    assert (await Task.get(id=1)).title == "write"

async def test_starts_empty(coodie_memory):
    await Task.sync_table()
    assert await Task.find().all() == []
"""
    )

    assert passed(project) == {"passed": 2}


def test_connections_are_undone(project):
    project.makepyfile(
        """
import pytest
from coodie.backend import connections
from coodie.connect import init_coodie
from coodie.exceptions import ConfigurationError

before = init_coodie(driver_type="memory", keyspace="mine")
kept = []

def test_opens_another(coodie_memory):
    assert connections.get() is not before
    kept.append(init_coodie(driver_type="memory", keyspace="other", name="other"))

def test_finds_what_was_there_before():
    assert connections.get() is before
    with pytest.raises(ConfigurationError):
        connections.get("other")
"""
    )

    assert passed(project) == {"passed": 2}


def test_backend_is_memory_unless_told_otherwise(project):
    project.makepyfile(
        MODEL.format(face="sync")
        + """
from coodie.backend import connections

def test_backend(coodie_backend, coodie_cluster, coodie_tables):
    coodie_tables(Task)
    Task(id=1).save()
    assert connections.get() is coodie_backend
    assert coodie_cluster.name == "memory"
    assert coodie_backend.keyspace == coodie_cluster.keyspace
"""
    )

    assert passed(project) == {"passed": 1}


def test_memory_and_backend_are_one_database(project):
    project.makepyfile(
        MODEL.format(face="sync")
        + """
def test_both(coodie_memory, coodie_backend, coodie_clock, coodie_tables):
    coodie_tables(Task)
    Task(id=1).save(ttl=60)
    assert coodie_clock is coodie_memory.clock
    coodie_clock.advance(61)
    assert Task.find().all() == []
"""
    )

    assert passed(project) == {"passed": 1}


def test_dialect_is_the_option_s_or_the_marker_s(project):
    project.makepyfile(
        """
import pytest

def test_option(coodie_memory):
    assert coodie_memory.dialect == "cassandra"

@pytest.mark.coodie(dialect="scylla")
def test_marker(coodie_memory):
    assert coodie_memory.dialect == "scylla"
"""
    )

    assert passed(project, "--coodie-dialect=cassandra") == {"passed": 2}


def test_capability_that_is_lacking_skips(project):
    project.makepyfile(
        """
import pytest

@pytest.mark.coodie(requires=["clock"])
def test_has(coodie_backend): ...

@pytest.mark.coodie(requires=["quantum_reads"])
def test_lacks(coodie_backend): ...
"""
    )

    assert passed(project) == {"passed": 1, "skipped": 1}


@pytest.mark.parametrize("workers", [(), ("-n", "1")])
def test_run_fails_loudly_where_no_cluster_can_be_started(project, monkeypatch, workers):
    """Tests that silently did not run would look like tests that passed."""
    monkeypatch.setenv("PATH", os.devnull)
    monkeypatch.setenv("JAVA_HOME", os.devnull)
    project.makepyfile(
        """
import coodie_pytest.java as java

java._JVM_FOLDERS = ()

def test_needs_it(coodie_backend): ...
"""
    )
    project.makeconftest("import coodie_pytest.java as java\n\njava._JVM_FOLDERS = ()\n")

    result = project.runpytest_subprocess("--coodie-backend=cassandra", *workers)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "needs a JDK 17" in result.stdout.str() + result.stderr.str()


def test_option_that_cannot_be_meant_ends_the_run(project):
    result = project.runpytest_subprocess("--coodie-backend=mongo")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["*--coodie-backend is one of memory, memory-driver, memory-tcp, cassandra, scylla, not mongo*"]
    )
