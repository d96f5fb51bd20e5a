"""A text is prepared once, not for ever, and never in the event loop's thread."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

pytest.importorskip("cassandra")

from cassandra import cqltypes
from cassandra.protocol import ColumnMetadata

from coodie.backends.cassandra.prepared import PreparedCache
from coodie.exceptions import ConnectionFailed, InvalidRequest


class Session:
    """What the cache asks a driver's session for; `prepare` can be held up by a gate."""

    def __init__(self):
        self.keyspace = "ks"
        self.tables = {"t": object()}
        self.types = {}
        live = SimpleNamespace(tables=self.tables, user_types=self.types)
        self.cluster = SimpleNamespace(metadata=SimpleNamespace(keyspaces={"ks": live}))
        self.marker_type = cqltypes.Int32Type
        self.prepared = []
        self.threads = set()
        self.gate = threading.Event()
        self.gate.set()
        self.failure = None

    def prepare(self, cql):
        self.threads.add(threading.current_thread())
        self.prepared.append(cql)
        assert self.gate.wait(10)
        if self.failure is not None:
            raise self.failure
        return SimpleNamespace(
            column_metadata=[ColumnMetadata("ks", "t", "v", self.marker_type)],
            result_metadata=[("ks", "t", "v", self.marker_type)],
        )


@pytest.fixture
def session():
    return Session()


@pytest.fixture
def cache(session):
    cache = PreparedCache(session, limit=3)
    yield cache
    session.gate.set()
    cache.close()


def test_text_is_prepared_once(session, cache):
    """One statement shape, one round trip."""
    assert cache.get("a") is cache.get("a")
    assert session.prepared == ["a"]


def test_keyspace_is_part_of_what_a_text_means(session, cache):
    """After USE, an unqualified name means another table."""
    first = cache.get("a")
    session.keyspace = "other"

    assert cache.get("a") is not first


def test_cache_is_bounded_and_forgets_the_least_recently_used(session, cache):
    for cql in ("a", "b", "c", "a", "d"):
        cache.get(cql)

    assert len(cache) == 3
    cache.get("a")
    assert session.prepared == ["a", "b", "c", "d"]
    cache.get("b")
    assert session.prepared == ["a", "b", "c", "d", "b"]


def test_table_that_changed_is_prepared_for_again(session, cache):
    """The driver puts a new object where a table was altered, or dropped and made again."""
    before = cache.get("a")
    session.tables["t"] = object()
    session.marker_type = cqltypes.UTF8Type

    after = cache.get("a")

    assert after.statement.column_metadata[0].type is cqltypes.UTF8Type
    assert after is not before
    assert cache.get("a") is after


def test_forgotten_texts_are_prepared_again(session, cache):
    """A session that has changed the schema itself need not wait for the driver to notice."""
    first = cache.get("SELECT")
    cache.forget()

    assert cache.get("SELECT") is not first


def test_user_type_that_changed_is_prepared_for_again(session, cache):
    """Altering a type leaves the table's own object alone."""
    session.marker_type = cqltypes.ListType.apply_parameters(
        [cqltypes.UserType.make_udt_class("ks", "street", ("name",), (cqltypes.UTF8Type,))]
    )
    session.types["street"] = object()
    before = cache.get("a")
    session.types["street"] = object()

    assert cache.get("a") is not before


def test_other_tables_may_change(session, cache):
    before = cache.get("a")
    session.tables["u"] = object()

    assert cache.get("a") is before


def test_failure_is_not_kept(session, cache):
    """The table may exist a moment later."""
    session.failure = ValueError("no such table")
    with pytest.raises(ValueError, match="no such table"):
        cache.get("a")
    session.failure = None

    assert cache.get("a")
    assert session.prepared == ["a", "a"]


def test_threads_that_ask_at_once_prepare_once(session, cache):
    session.gate.clear()
    with ThreadPoolExecutor(8) as threads:
        waiting = [threads.submit(cache.get, "a") for _ in range(8)]
        session.gate.set()

    assert len({id(each.result()) for each in waiting}) == 1
    assert session.prepared == ["a"]


async def test_coroutines_that_ask_at_once_prepare_once_and_elsewhere(session, cache):
    """The loop's thread goes on while the server thinks."""
    session.gate.clear()
    waiting = [asyncio.create_task(cache.get_async("a")) for _ in range(8)]
    await asyncio.sleep(0)
    session.gate.set()

    assert len({id(each) for each in await asyncio.gather(*waiting)}) == 1
    assert session.prepared == ["a"]
    assert threading.current_thread() not in session.threads


async def test_cancelled_coroutine_does_not_spoil_it_for_the_others(session, cache):
    """Not even if it was the one that began."""
    session.gate.clear()
    first, second = (asyncio.create_task(cache.get_async("a")) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    session.gate.set()

    assert await second is cache.get("a")


async def test_all_who_wait_get_the_error(session, cache):
    session.failure = ValueError("no such table")

    outcomes = await asyncio.gather(*(cache.get_async("a") for _ in range(3)), return_exceptions=True)

    assert [type(outcome) for outcome in outcomes] == [ValueError] * 3


async def test_closed_cache_says_so(cache):
    """Waiting for a thread that will never come would be for ever."""
    cache.close()

    for _ in range(2):
        with pytest.raises(ConnectionFailed, match="closed"):
            await cache.get_async("a")


@pytest.mark.parametrize(("params", "count"), [((), 0), ((1, 2), 2)])
def test_wrong_number_of_values_is_refused_in_the_servers_words(cache, params, count):
    """The driver would take a missing value for an unset one."""
    with pytest.raises(InvalidRequest, match=rf"1 markers\(\?\) in CQL but {count} bound variables"):
        cache.get("a").bind(params)
