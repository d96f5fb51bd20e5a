"""What a traced request leaves in `system_traces`."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from coodie_memory.cluster import MemoryCluster
from coodie_memory.endpoint import Endpoint
from coodie_memory.engine import LOOPBACK
from coodie_memory.protocol import responses
from coodie_memory.protocol.envelopes import Incoming
from coodie_memory.protocol.requests import (
    Batch,
    BatchStatement,
    Execute,
    Options,
    Parameters,
    Prepare,
    Query,
    Request,
)
from coodie_memory.result import UNSET, Rows


@pytest.fixture
def cluster() -> MemoryCluster:
    cluster = MemoryCluster(seed=1)
    cluster.clock.freeze(datetime(2026, 1, 1, tzinfo=UTC))
    cluster.create_keyspace("ks")
    cluster.session("ks").execute("CREATE TABLE t (k int PRIMARY KEY, v text, w text)")
    return cluster


def traced(cluster: MemoryCluster, request: Request) -> tuple[UUID | None, responses.Response]:
    answer = Endpoint(cluster.service, lambda _event: None, LOOPBACK).answer(
        Incoming(0, request, tracing=True)
    )
    return answer.tracing_id, answer.response


def session_of(cluster: MemoryCluster, trace: UUID | None) -> dict[str, object]:
    rows = cluster.session().execute("SELECT * FROM system_traces.sessions WHERE session_id = ?", (trace,))
    assert isinstance(rows, Rows)
    (row,) = rows.dicts()
    return row


def activities_of(cluster: MemoryCluster, trace: UUID | None) -> list[str]:
    events = cluster.session().execute(
        "SELECT activity FROM system_traces.events WHERE session_id = ?", (trace,)
    )
    assert isinstance(events, Rows)
    return [activity for (activity,) in events]


def test_a_query_leaves_its_text_and_levels(cluster: MemoryCluster) -> None:
    text = "SELECT * FROM ks.t"
    trace, response = traced(cluster, Query(text, Parameters(consistency="QUORUM", page_size=10)))

    assert isinstance(response, responses.Rows)
    assert session_of(cluster, trace) == {
        "session_id": trace,
        "client": LOOPBACK,
        "command": "QUERY",
        "coordinator": LOOPBACK,
        "coordinator_port": 7000,
        "duration": 0,
        "parameters": {
            "consistency_level": "QUORUM",
            "page_size": "10",
            "query": text,
            "serial_consistency_level": "SERIAL",
        },
        "request": "Execute CQL3 query",
        "started_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    assert activities_of(cluster, trace) == [
        f"Parsing {text}",
        "Preparing statement",
        "Computing ranges to query",
        "Executing seq scan across 0 sstables for (min(-9223372036854775808), min(-9223372036854775808)]",
        "Read 0 live rows and 0 tombstone cells",
    ]


def test_a_prepared_statement_leaves_what_was_bound(cluster: MemoryCluster) -> None:
    text = "INSERT INTO ks.t (k, v, w) VALUES (?, ?, ?)"
    _, prepared = traced(cluster, Prepare(text))
    assert isinstance(prepared, responses.Prepared)
    values = ((5).to_bytes(4), b"it's " + b"x" * 1000, UNSET)

    trace, _ = traced(cluster, Execute(prepared.id, Parameters(values=values)))

    said = session_of(cluster, trace)
    assert said["request"] == "Execute CQL3 prepared query"
    parameters = said["parameters"]
    assert isinstance(parameters, dict)
    assert parameters["query"] == text
    assert parameters["bound_var_0_k"] == "5"
    assert parameters["bound_var_1_v"].startswith("'it''s xxx")
    assert len(parameters["bound_var_1_v"]) == 1004
    assert parameters["bound_var_2_w"] == "<unset>"


_WRITE = ["Determining replicas for mutation", "Appending to commitlog", "Adding to t memtable"]


@pytest.mark.parametrize(
    ("text", "activities"),
    [
        ("INSERT INTO ks.t (k) VALUES (1)", _WRITE),
        ("DELETE FROM ks.t WHERE k = 1", _WRITE),
        (
            "SELECT v FROM ks.t WHERE k = 1",
            ["Executing single-partition query on t", "Read 0 live rows and 0 tombstone cells"],
        ),
        (
            "UPDATE ks.n SET n = n + 1 WHERE k = 1",
            [_WRITE[0], "Acquiring counter locks", _WRITE[1], "Adding to n memtable"],
        ),
        (
            "INSERT INTO ks.t (k) VALUES (1) IF NOT EXISTS",
            [
                "Reading existing values for CAS precondition",
                "Executing single-partition query on t",
                "CAS precondition is met",
                *_WRITE[1:],
                "CAS applied successfully",
            ],
        ),
        (
            "UPDATE ks.t SET v = 'a' WHERE k = 1 IF EXISTS",
            [
                "Reading existing values for CAS precondition",
                "Executing single-partition query on t",
                "CAS precondition does not match current values",
                "CAS did not apply",
            ],
        ),
        ("DROP TABLE ks.t", []),
        ("SELECT * FROM ks.nowhere", []),
    ],
)
def test_a_statement_leaves_what_it_did(cluster: MemoryCluster, text: str, activities: list[str]) -> None:
    """Drivers read a trace again and again until it has events."""
    cluster.session("ks").execute("CREATE TABLE n (k int PRIMARY KEY, n counter)")

    trace, _ = traced(cluster, Query(text))

    assert activities_of(cluster, trace) == [f"Parsing {text}", "Preparing statement", *activities]


def test_a_batch_leaves_what_it_did(cluster: MemoryCluster) -> None:
    writes = tuple(BatchStatement(f"INSERT INTO ks.t (k) VALUES ({k})") for k in range(2))

    for kind, replicas in (("LOGGED", "Determining replicas for atomic batch"), ("UNLOGGED", _WRITE[0])):
        trace, _ = traced(cluster, Batch(kind, writes))
        assert activities_of(cluster, trace) == [replicas, *_WRITE[1:], *_WRITE[1:]]


@pytest.mark.parametrize(
    ("request_", "headline"),
    [
        (Prepare("SELECT * FROM ks.t"), "Preparing CQL3 query"),
        (Batch("LOGGED", ()), "Execute batch of CQL3 queries"),
    ],
)
def test_every_statement_can_be_traced(cluster: MemoryCluster, request_: Request, headline: str) -> None:
    trace, _ = traced(cluster, request_)

    assert session_of(cluster, trace)["request"] == headline


def test_a_refused_request_is_traced(cluster: MemoryCluster) -> None:
    for request in (Query("SELECT"), Execute(b"?")):
        trace, response = traced(cluster, request)

        assert isinstance(response, responses.Error)
        assert session_of(cluster, trace)


def test_what_is_no_statement_has_no_trace(cluster: MemoryCluster) -> None:
    trace, _ = traced(cluster, Options())

    assert trace is None


def test_traces_are_gone_after_a_day(cluster: MemoryCluster) -> None:
    traced(cluster, Query("SELECT * FROM ks.t"))
    cluster.clock.advance("1d")

    for table in ("sessions", "events"):
        rows = cluster.session().execute(f"SELECT session_id FROM system_traces.{table}")
        assert isinstance(rows, Rows)
        assert not len(rows)
