"""What only a backend with a network behind it can get wrong; in memory there is no driver, and the tests skip."""

import asyncio
import logging
from contextlib import suppress
from uuid import uuid4

import pytest

from coodie import exceptions
from coodie.backend import connections
from coodie.connect import close_coodie, init_coodie, init_coodie_async
from coodie.statement import Page, Statement

pytest.importorskip("cassandra", reason="no driver is installed")

from coodie.backends.cassandra import CassandraBackend, adopt

waits_for_answers = pytest.mark.coodie(requires={"latency"})


@pytest.fixture
def backend(coodie_backend):
    if isinstance(coodie_backend, CassandraBackend):
        return coodie_backend
    return pytest.skip("no driver here")


@pytest.fixture
def address(backend, coodie_cluster):
    """The cluster's address, to connect to it again."""
    if "tcp" not in coodie_cluster.capabilities:
        pytest.skip("it has no address")
    return [(host.endpoint.address, host.endpoint.port) for host in backend.session.hosts]


@pytest.fixture
def _other_connection(backend):  # closed before that fixture forgets the name
    yield
    with suppress(exceptions.ConfigurationError):
        close_coodie("other")


async def turns_during(awaitable):
    """The result, and how often the loop could turn to others meanwhile."""
    task, turns = asyncio.ensure_future(awaitable), 0
    while not task.done():
        turns += 1
        await asyncio.sleep(0)
    return await task, turns


# A call that blocks holds the loop from its start to its end: two turns in all. One that waits leaves it turning, a
# dozen times and more while a request takes its millisecond or less.
ENOUGH = 4


@waits_for_answers
@pytest.mark.usefixtures("_other_connection")
async def test_loop_turns_while_connecting_and_closing(backend, address):
    other, turns = await turns_during(
        init_coodie_async(hosts=address, keyspace=backend.keyspace, name="other", default=False)
    )
    assert turns > ENOUGH
    assert other.keyspace == backend.keyspace

    _, turns = await turns_during(other.close_async())

    # Closing is soon done, and leaves time for few.
    assert turns > 2


@waits_for_answers
@pytest.mark.usefixtures("_other_connection")
async def test_loop_turns_while_a_lazy_connection_is_made(backend, address):
    other = await init_coodie_async(
        hosts=address, keyspace=backend.keyspace, name="other", default=False, lazy=True
    )

    _, turns = await turns_during(other.execute_async(Statement("SELECT key FROM system.local")))

    assert turns > ENOUGH


@waits_for_answers
async def test_loop_turns_while_texts_are_prepared_and_executed(backend):
    """The first use of a text is two round trips, the next is one."""
    new = [Statement(f"SELECT key AS k_{uuid4().hex} FROM system.local") for _ in range(20)]
    for _ in range(2):
        turns = [(await turns_during(backend.execute_async(each)))[1] for each in new]

        assert sum(turns) > ENOUGH * len(new)


@waits_for_answers
async def test_loop_turns_while_pages_are_read(backend):
    backend.execute(
        Statement(
            "CREATE TABLE IF NOT EXISTS driver_pages (p uuid, n int, PRIMARY KEY (p, n))", prepare=False
        )
    )
    part = uuid4()
    inserts = [Statement("INSERT INTO driver_pages (p, n) VALUES (?, ?)", (part, n)) for n in range(100)]
    _, turns = await turns_during(_drained(backend.execute_many_async(inserts, 10)))
    assert turns > ENOUGH * 10

    async def read():
        state, pages = None, 0
        while pages == 0 or state is not None:
            read = Statement(
                "SELECT n FROM driver_pages WHERE p = ?", (part,), fetch_size=10, paging_state=state
            )
            state, pages = (await backend.execute_async(read)).paging_state, pages + 1
        return pages

    pages, turns = await turns_during(read())

    assert pages >= 10
    assert turns > ENOUGH * pages


async def _drained(outcomes):
    async for outcome in outcomes:
        assert outcome == Page()


@pytest.mark.usefixtures("_other_connection")
async def test_cancelled_connection_is_not_registered(address):
    task = asyncio.create_task(init_coodie_async(hosts=address, name="other", default=False))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    with pytest.raises(exceptions.ConfigurationError):
        connections.get("other")


@pytest.fixture
def users_session(backend, address):
    """A session that somebody made for himself, in the driver's older way, with his own ideas of a row."""
    from cassandra.cluster import Cluster
    from cassandra.policies import RoundRobinPolicy
    from cassandra.query import dict_factory

    ((host, port),) = address
    cluster = Cluster([host], port=port, load_balancing_policy=RoundRobinPolicy(), protocol_version=4)
    session = cluster.connect(backend.keyspace)
    session.row_factory = dict_factory
    session.default_fetch_size = 3
    yield session
    cluster.shutdown()


@pytest.mark.filterwarnings("ignore:Legacy execution parameters:DeprecationWarning")
def test_given_session_does_not_change_results_and_keeps_its_ways(backend, users_session):
    """Its row factory is for its owner's requests, ours are for ours; closing leaves it open."""
    read = Statement("SELECT key, key FROM system.local WHERE key = ?", ("local",))
    adopted = adopt(users_session)

    assert adopted.execute(read) == backend.execute(read) == Page(("key", "key"), [("local", "local")])
    adopted.close()
    with pytest.raises(exceptions.ConnectionFailed, match="closed"):
        adopted.execute(read)
    assert users_session.execute("SELECT key FROM system.local").one() == {"key": "local"}


def test_user_types_are_mappings_both_ways(backend):
    """Nested, in a collection, with fields missing; and a type that has grown takes the new field at once."""
    for cql in (
        "CREATE TYPE IF NOT EXISTS driver_street (name text, number int)",
        "CREATE TYPE IF NOT EXISTS driver_person (home frozen<driver_street>, seen inet)",
        "DROP TABLE IF EXISTS driver_people",
        "CREATE TABLE driver_people (id int PRIMARY KEY, who driver_person, all_of list<frozen<driver_person>>)",
    ):
        backend.execute(Statement(cql, prepare=False))
    who = {"home": {"name": "High", "number": 5}, "seen": None}
    write = Statement(
        "INSERT INTO driver_people (id, who, all_of) VALUES (?, ?, ?)", (1, who, [who, {"home": None}])
    )
    read = Statement("SELECT who, all_of FROM driver_people WHERE id = ?", (1,))
    backend.execute(write)
    assert backend.execute(read).rows == [(who, [who, {"home": None, "seen": None}])]

    backend.execute(Statement("ALTER TYPE driver_street ADD zip text", prepare=False))
    grown = {"home": {"name": "High", "number": 5, "zip": "X"}, "seen": None}
    backend.execute(Statement(write.cql, (1, grown, None)))

    assert backend.execute(read).rows == [(grown, None)]
    for cql in ("DROP TABLE driver_people", "DROP TYPE driver_person", "DROP TYPE driver_street"):
        backend.execute(Statement(cql, prepare=False))


@pytest.mark.coodie(dialect="cassandra")
def test_servers_warnings_are_on_the_page_and_in_the_log(backend, caplog):
    backend.execute(Statement("CREATE TABLE IF NOT EXISTS driver_warned (id int PRIMARY KEY)", prepare=False))

    with caplog.at_level(logging.WARNING, logger="coodie"):
        page = backend.execute(Statement("SELECT count(*) FROM driver_warned"))

    assert page.warnings == ("Aggregation query used without partition key",)
    assert [record.getMessage() for record in caplog.records if record.name == "coodie"] == list(
        page.warnings
    )


@pytest.mark.usefixtures("_other_connection")
def test_missing_keyspace_is_the_servers_refusal(address):
    with pytest.raises(exceptions.InvalidRequest, match="does not exist"):
        init_coodie(hosts=address, keyspace="coodie_never_made", name="other", default=False)


@pytest.mark.usefixtures("_other_connection")
def test_silent_host_is_a_failed_connection():
    with pytest.raises(exceptions.ConnectionFailed) as caught:
        init_coodie(hosts=["127.0.0.1:1"], name="other", default=False)

    assert caught.value.code is None
    assert list(caught.value.errors) == ["127.0.0.1:1"]


@pytest.mark.coodie(requires={"tcp"})
def test_client_that_gives_up_says_so(backend):
    with pytest.raises(exceptions.RequestTimeout) as caught:
        backend.execute(Statement("SELECT key FROM system.local", timeout=1e-6))

    assert caught.value.code is None


def test_too_few_replicas_are_named(backend):
    """The driver wraps it up, since it has tried every host."""
    backend.execute(
        Statement("CREATE TABLE IF NOT EXISTS driver_replicas (id int PRIMARY KEY)", prepare=False)
    )

    with pytest.raises(exceptions.Unavailable) as caught:
        backend.execute(Statement("SELECT id FROM driver_replicas", consistency="THREE", idempotent=True))

    assert (caught.value.consistency, caught.value.required, caught.value.alive) == ("THREE", 3, 1)
