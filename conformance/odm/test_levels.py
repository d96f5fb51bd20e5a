"""Consistency, serial consistency and timeout arrive at the server from every call that sends something."""

from typing import Annotated

import pytest

from coodie.backend import connections
from coodie.fields import ClusteringKey, Counter, Indexed, PrimaryKey, Static

LEVELS = {"consistency": "ONE", "serial_consistency": "LOCAL_SERIAL", "timeout": 11}
OF_MODEL = ("ONE", 13)


def models(odm):
    class Plain(odm.Document):
        id: Annotated[int, PrimaryKey()]
        at: Annotated[int, ClusteringKey()]
        kind: Annotated[str, Indexed()] = "a"
        owner: Annotated[str | None, Static()] = None
        size: int = 0

    class Levelled(odm.Document):
        id: Annotated[int, PrimaryKey()]
        at: Annotated[int, ClusteringKey()]
        kind: Annotated[str, Indexed()] = "a"
        size: int = 0

        class Settings:
            consistency = "ONE"
            serial_consistency = "LOCAL_SERIAL"
            timeout = 13

    class Hits(odm.CounterDocument):
        id: Annotated[int, PrimaryKey()]
        hits: Annotated[int, Counter()]

    return Plain, Levelled, Hits


class Recorder:
    """The connection under test, and every request that went through it."""

    def __init__(self, backend):
        self.backend, self.requests = backend, []

    def __getattr__(self, name):
        return getattr(self.backend, name)

    def note(self, request):
        self.requests.append(request)
        return request

    def execute(self, request):
        return self.backend.execute(self.note(request))

    async def execute_async(self, request):
        return await self.backend.execute_async(self.note(request))

    def execute_many(self, requests, concurrency):
        return self.backend.execute_many(map(self.note, requests), concurrency)

    def execute_many_async(self, requests, concurrency):
        return self.backend.execute_many_async(map(self.note, requests), concurrency)


@pytest.fixture
def recorder(m, do):
    do(m.Plain.insert_many(m.Plain(id=n % 2, at=n) for n in range(6)))
    do(m.Levelled.insert_many(m.Levelled(id=n % 2, at=n) for n in range(6)))
    state = connections.snapshot()
    recorder = Recorder(connections.get())
    connections.register("default", recorder)
    yield recorder
    connections.restore(state)


def both(each):
    return each.consistency, each.timeout


DOCUMENT = {
    "save": lambda task, levels: task.save(**levels),
    "save_json": lambda task, levels: task.save_json(**levels),
    "insert": lambda task, levels: task.insert(**levels),
    "update": lambda task, levels: task.update(size=1, **levels),
    "conditional update": lambda task, levels: task.update(if_exists=True, size=1, **levels),
    "static update": lambda task, levels: task.update(owner="me", **levels),
    "delete": lambda task, levels: task.delete(**levels),
    "delete_columns": lambda task, levels: task.delete_columns("size", **levels),
    "save_changes": lambda task, levels: task.save_changes(**levels),
    "refresh": lambda task, levels: task.refresh(**levels),
}


@pytest.mark.parametrize("call", DOCUMENT)
def test_levels_of_a_documents_method(m, do, recorder, call):
    task = m.Plain(id=0, at=0)
    do(DOCUMENT[call](task, {"consistency": "ONE", "timeout": 11}))

    assert [both(each) for each in recorder.requests] == [("ONE", 11)]


@pytest.mark.parametrize("call", ["insert", "conditional update", "delete", "delete_columns"])
def test_serial_level_of_a_documents_method(m, do, recorder, call):
    do(DOCUMENT[call](m.Plain(id=0, at=0), {"serial_consistency": "LOCAL_SERIAL"}))

    assert [each.serial_consistency for each in recorder.requests] == ["LOCAL_SERIAL"]


QUERY = {
    "all": lambda query: query.all(),
    "all, lazily": lambda query: query.all(lazy=True),
    "all, sorted here": lambda query: query.order_by("size").allow_filtering().all(),
    "all, merged": lambda query: query.filter(id__in=[0, 1]).order_by("at").all(),
    "first": lambda query: query.first(),
    "count": lambda query: query.count(),
    "count of keys": lambda query: query.limit(2).count(),
    "exists": lambda query: query.exists(),
    "sum": lambda query: query.sum("size"),
    "avg": lambda query: query.avg("size"),
    "min": lambda query: query.min("size"),
    "max": lambda query: query.max("size"),
    "aggregate": lambda query: query.group_by("id").aggregate(n="count(*)"),
    "paged_all": lambda query: query.fetch_size(2).paged_all(),
    "json": lambda query: query.json(),
    "writetime": lambda query: query.writetime("size"),
    "column_ttl": lambda query: query.column_ttl("size"),
    "values": lambda query: query.values("size").all(),
    "create": lambda query: query.create(id=9, at=9),
    "create if not exists": lambda query: query.if_not_exists().create(id=9, at=9),
    "update at once": lambda query: query.filter(id=0, at=0).update(size=1),
    "update row by row": lambda query: query.filter(kind="a").update(size=1),
    "conditional update": lambda query: query.filter(id=0).if_exists().update(size=1),
    "delete at once": lambda query: query.filter(id=0).delete(),
    "delete row by row": lambda query: query.filter(kind="a").delete(),
    "conditional delete": lambda query: query.filter(id=0).delete(if_conditions={"size": 0}),
}


@pytest.mark.parametrize("terminal", QUERY)
def test_levels_of_a_query(m, do, recorder, terminal):
    query = m.Plain.find().using(**LEVELS)
    do(QUERY[terminal](query))

    assert {(each.consistency, each.serial_consistency, each.timeout) for each in recorder.requests} == {
        ("ONE", "LOCAL_SERIAL", 11)
    }


@pytest.mark.parametrize("terminal", QUERY)
def test_levels_of_a_model(m, do, recorder, terminal):
    do(QUERY[terminal](m.Levelled.find()))

    assert {(each.consistency, each.serial_consistency, each.timeout) for each in recorder.requests} == {
        ("ONE", "LOCAL_SERIAL", 13)
    }


def test_levels_of_iteration_are_those_of_each_page(m, do, recorder):
    assert len(do.rows(m.Plain.find().fetch_size(2).using(**LEVELS))) == 6

    assert len(recorder.requests) > 2
    assert {both(each) for each in recorder.requests} == {("ONE", 11)}


def test_levels_of_insert_many(m, do, recorder):
    documents = [m.Plain(id=n, at=0) for n in range(20, 45)]
    do(m.Plain.insert_many(documents, **LEVELS))
    do(m.Plain.insert_many(documents[:3], if_not_exists=True, **LEVELS))

    assert {(each.consistency, each.serial_consistency, each.timeout) for each in recorder.requests} == {
        ("ONE", "LOCAL_SERIAL", 11)
    }


def test_levels_of_a_batch(m, do, recorder):
    with do.batch(**LEVELS) as batch:
        do(m.Plain(id=1, at=50).save(batch=batch))
        do(m.Plain(id=1, at=51).insert(batch=batch))
    with do.batch() as batch:
        do(m.Levelled(id=1, at=50).save(batch=batch))
        do(m.Levelled(id=1, at=51).save(batch=batch))

    given, models_own = recorder.requests
    assert (given.consistency, given.serial_consistency, given.timeout) == ("ONE", "LOCAL_SERIAL", 11)
    assert both(models_own) == OF_MODEL


def test_levels_of_counters(m, do, recorder):
    hits = m.Hits(id=1)
    do(hits.increment(hits=1, consistency="ONE", timeout=11))
    do(hits.decrement(hits=1, consistency="ONE", timeout=11))

    assert [both(each) for each in recorder.requests] == [("ONE", 11)] * 2
    assert not any(each.idempotent for each in recorder.requests)


def test_levels_of_reads_by_key(m, do, recorder):
    do(m.Levelled.get(id=0, at=0))
    do(m.Levelled.find_one(id=0, at=0))

    assert [both(each) for each in recorder.requests] == [OF_MODEL] * 2


@pytest.mark.parametrize(
    "call",
    [
        lambda model, levels: model.sync_table(**levels),
        lambda model, levels: model.sync_table(dry_run=True, **levels),
        lambda model, levels: model.truncate(**levels),
        lambda model, levels: model.drop_table(**levels),
    ],
    ids=["sync_table", "dry run", "truncate", "drop_table"],
)
def test_levels_of_the_schema(do, recorder, call):
    class Passing(do.odm.Document):
        id: Annotated[int, PrimaryKey()]

        class Settings:
            name = f"passing_{do.name}"
            timeout = 14

    do(Passing.sync_table())
    assert {each.timeout for each in recorder.requests} == {14}
    recorder.requests.clear()
    do(call(Passing, {"consistency": "ONE", "timeout": 15}))
    assert {both(each) for each in recorder.requests} == {("ONE", 15)}
    do(Passing.drop_table())


def test_timeouts_of_keyspaces_and_raw_cql(do, recorder):
    do(do.odm.create_keyspace(f"levels_{do.name}", timeout=30))
    do(do.odm.drop_keyspace(f"levels_{do.name}", timeout=30))
    assert [each.timeout for each in recorder.requests] == [30, 30]
    recorder.requests.clear()
    rows = do(do.odm.execute_raw("SELECT at FROM plain", fetch_size=2, **LEVELS))

    assert len(rows) == 6
    assert {(each.consistency, each.serial_consistency, each.timeout) for each in recorder.requests} == {
        ("ONE", "LOCAL_SERIAL", 11)
    }
