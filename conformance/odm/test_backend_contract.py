"""Any two backends give the same page, or the same error with the same fields, for the same request.

One table for each shape, made if it is missing; each test writes keys of its own.
"""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time
from decimal import Decimal
from ipaddress import ip_address
from itertools import count
from types import MappingProxyType
from uuid import UUID, uuid4

import pytest

from coodie import exceptions
from coodie.statement import UNSET, BatchRequest, CqlDuration, Page, Statement

VALUES = MappingProxyType(
    {
        "an_int": ("int", -(2**31)),
        "a_bigint": ("bigint", 2**63 - 1),
        "a_smallint": ("smallint", -(2**15)),
        "a_tinyint": ("tinyint", 127),
        "a_varint": ("varint", 10**30),
        "a_text": ("text", "naïve ☃"),
        "an_ascii": ("ascii", "plain"),
        "a_blob": ("blob", b"\x00\xff"),
        "a_boolean": ("boolean", True),
        "a_float": ("float", 0.5),
        "a_double": ("double", 0.1),
        "a_decimal": ("decimal", Decimal("-1.500")),
        "a_uuid": ("uuid", UUID("2b3c1b0e-4a52-4f5e-9d55-0d8f3f1a9b11")),
        "a_timeuuid": ("timeuuid", UUID("f4b2c6a0-6f4b-11ee-b962-0242ac120002")),
        "a_timestamp": ("timestamp", datetime(2024, 2, 29, 12, 30, 15, 123000, tzinfo=UTC)),
        "an_early_timestamp": ("timestamp", datetime(1900, 1, 1, 0, 0, 0, 1000, tzinfo=UTC)),
        "a_date": ("date", date(1969, 12, 31)),
        "a_time": ("time", time(23, 59, 59, 999999)),
        "an_inet": ("inet", ip_address("127.0.0.1")),
        "an_inet6": ("inet", ip_address("2001:db8::1")),
        "a_duration": ("duration", CqlDuration(14, 3, 5_000_000_000)),
        "a_list": ("list<text>", ["b", "a", "b"]),
        "a_set": ("set<int>", {3, 1, 2}),
        "a_map": ("map<text, timestamp>", {"then": datetime(2020, 1, 1, tzinfo=UTC)}),
        "a_tuple": ("tuple<int, text>", (1, "one")),
        "a_frozen_list": ("frozen<list<inet>>", [ip_address("::1")]),
        "a_set_of_lists": ("set<frozen<list<int>>>", {(1, 2), (3,)}),
        "a_set_of_sets": ("set<frozen<set<int>>>", {frozenset({1, 2})}),
        "a_map_of_durations": ("map<int, duration>", {1: CqlDuration(0, -1, -2)}),
    }
)
NUMBERS = count(1)


@pytest.fixture
def backend(coodie_backend):
    return coodie_backend


@pytest.fixture
def rows(backend):
    """A partition of its own in a table of rows."""
    create(backend, "contract_rows (part uuid, n int, v text, PRIMARY KEY (part, n))")
    return uuid4()


def create(backend, table):
    backend.execute(Statement(f"CREATE TABLE IF NOT EXISTS {table}", prepare=False))


def insert(part, n, v):
    return Statement("INSERT INTO contract_rows (part, n, v) VALUES (?, ?, ?)", (part, n, v), idempotent=True)


def select(part, **options):
    return Statement("SELECT n, v FROM contract_rows WHERE part = ?", (part,), idempotent=True, **options)


def fields(error):
    return type(error), error.code, vars(error)


# Values


@pytest.mark.parametrize("column", VALUES)
def test_value_comes_back_as_it_went(backend, column):
    """Promise 10: equal, and of the same type."""
    create(
        backend,
        f"contract_values (id uuid PRIMARY KEY, {', '.join(f'{n} {t}' for n, (t, _) in VALUES.items())})",
    )
    key, value = uuid4(), VALUES[column][1]
    backend.execute(Statement(f"INSERT INTO contract_values (id, {column}) VALUES (?, ?)", (key, value)))

    page = backend.execute(Statement(f"SELECT {column} FROM contract_values WHERE id = ?", (key,)))

    assert page == Page((column,), [(value,)])
    assert type(page.rows[0][0]) is type(value)


def test_none_is_null_and_unset_keeps_what_is_there(backend, rows):
    """One writes a tombstone, the other nothing."""
    for v, expected in (("a", "a"), (UNSET, "a"), (None, None)):
        backend.execute(insert(rows, 1, v))

        assert backend.execute(select(rows)).rows == [(1, expected)]


# Pages


def test_plain_write_answers_an_empty_page(backend, rows):
    assert backend.execute(insert(rows, 1, "a")) == Page()


def test_read_without_rows_still_names_its_columns(backend, rows):
    assert backend.execute(select(rows)) == Page(("n", "v"))


def test_pages_follow_each_other_by_their_states(backend, rows):
    """The state belongs to the page: it can be used twice, and in between."""
    for n in range(5):
        backend.execute(insert(rows, n, str(n)))
    first = backend.execute(select(rows, fetch_size=2))
    second = backend.execute(select(rows, fetch_size=2, paging_state=first.paging_state))
    third = backend.execute(select(rows, fetch_size=2, paging_state=second.paging_state))

    assert [[n for n, _ in page.rows] for page in (first, second, third)] == [[0, 1], [2, 3], [4]]
    assert third.paging_state is None
    assert backend.execute(select(rows, fetch_size=2, paging_state=first.paging_state)).rows == second.rows


def test_transaction_tells_whether_it_was_applied(backend, rows):
    """Both ways of failing: the row exists, the condition does not hold."""
    create_only = Statement(
        "INSERT INTO contract_rows (part, n, v) VALUES (?, ?, ?) IF NOT EXISTS", (rows, 1, "a")
    )
    assert backend.execute(create_only).applied

    exists = backend.execute(create_only)
    assert not exists.applied
    assert exists.dicts() == [{"[applied]": False, "part": rows, "n": 1, "v": "a"}]

    differs = backend.execute(
        Statement("UPDATE contract_rows SET v = ? WHERE part = ? AND n = ? IF v = ?", ("b", rows, 1, "x"))
    )
    assert not differs.applied
    assert differs.dicts()[0]["v"] == "a"


@pytest.mark.parametrize("serial", ["SERIAL", "LOCAL_SERIAL"])
def test_levels_are_obeyed(backend, rows, serial):
    """A serial read sees what a transaction has written at that level."""
    statement = "INSERT INTO contract_rows (part, n, v) VALUES (?, ?, ?) IF NOT EXISTS"
    page = backend.execute(
        Statement(statement, (rows, 1, "a"), consistency="QUORUM", serial_consistency=serial)
    )

    assert page.applied
    assert backend.execute(select(rows, consistency=serial)).rows == [(1, "a")]


# Batches


@pytest.mark.parametrize("kind", ["logged", "unlogged"])
def test_batch_writes_all_its_statements_at_its_timestamp(backend, rows, kind):
    """A statement's own timestamp is its own."""
    own = Statement("INSERT INTO contract_rows (part, n, v) VALUES (?, 3, 'c') USING TIMESTAMP 7", (rows,))

    answer = backend.execute(
        BatchRequest((insert(rows, 1, "a"), insert(rows, 2, "b"), own), kind=kind, timestamp=5)
    )

    assert answer == Page()
    written = backend.execute(Statement("SELECT n, writetime(v) FROM contract_rows WHERE part = ?", (rows,)))
    assert written.rows == [(1, 5), (2, 5), (3, 7)]


def test_conditional_batch_is_applied_all_or_none(backend, rows):
    statement = "INSERT INTO contract_rows (part, n, v) VALUES (?, ?, ?) IF NOT EXISTS"
    assert backend.execute(BatchRequest((Statement(statement, (rows, 1, "a")), insert(rows, 2, "b")))).applied

    again = BatchRequest((Statement(statement, (rows, 1, "x")), insert(rows, 2, "x")))

    assert not backend.execute(again).applied
    assert backend.execute(select(rows)).rows == [(1, "a"), (2, "b")]


def test_counter_batch_counts(backend):
    create(backend, "contract_counters (id uuid PRIMARY KEY, hits counter)")
    key = uuid4()
    hit = Statement("UPDATE contract_counters SET hits = hits + ? WHERE id = ?", (2, key))

    assert backend.execute(BatchRequest((hit, hit), kind="counter")) == Page()
    assert backend.execute(Statement("SELECT hits FROM contract_counters WHERE id = ?", (key,))).rows == [
        (4,)
    ]


def test_refused_batch_writes_nothing(backend, rows):
    wrong = Statement("INSERT INTO contract_rows (part, n, v) VALUES (?, ?, ?)", (rows, None, "b"))

    with pytest.raises(exceptions.InvalidRequest):
        backend.execute(BatchRequest((insert(rows, 1, "a"), wrong)))

    assert backend.execute(select(rows)).rows == []


# Errors


@pytest.mark.parametrize(
    ("cql", "expected"),
    [
        ("SELECT", exceptions.SyntaxException),
        ("SELECT nope FROM contract_rows", exceptions.InvalidRequest),
        ("SELECT v FROM contract_nope", exceptions.InvalidRequest),
        ("INSERT INTO contract_rows (part, v) VALUES (uuid(), 'x')", exceptions.InvalidRequest),
        (
            "CREATE TABLE contract_x (id int PRIMARY KEY) WITH default_time_to_live = -1",
            exceptions.ConfigurationException,
        ),
    ],
)
@pytest.mark.parametrize("prepare", [True, False])
@pytest.mark.usefixtures("rows")
def test_refusal_has_its_class_and_the_servers_words_only(backend, cql, expected, prepare):
    """Prepared or not; whatever a driver adds to the message is gone, and the driver's exception is the cause."""
    with pytest.raises(expected) as caught:
        backend.execute(Statement(cql, prepare=prepare))

    assert fields(caught.value) == (expected, expected.code, {"message": caught.value.message})
    assert "code=" not in caught.value.message
    assert caught.value.__cause__ is not None


@pytest.mark.usefixtures("rows")
def test_what_exists_is_named(backend):
    statement = Statement("CREATE TABLE contract_rows (id int PRIMARY KEY)", prepare=False)

    with pytest.raises(exceptions.AlreadyExists) as caught:
        backend.execute(statement)

    assert fields(caught.value) == (
        exceptions.AlreadyExists,
        0x2400,
        {
            "message": f'Cannot add already existing table "contract_rows" to keyspace "{backend.keyspace}"',
            "keyspace": backend.keyspace,
            "table": "contract_rows",
        },
    )


@pytest.mark.parametrize(
    "params",
    [
        (),
        (1,),
        (uuid4(), 1, "a", 2),
        ("no uuid", 1, "a"),
        (uuid4(), "one", "a"),
        (uuid4(), 2**31, "a"),
        (uuid4(), 1, {}),
    ],
)
@pytest.mark.usefixtures("rows")
def test_parameters_that_do_not_fit_are_an_invalid_request(backend, params):
    """Some are found by the driver, some by the server, some by the engine; the caller need not know."""
    with pytest.raises(exceptions.InvalidRequest) as caught:
        backend.execute(Statement("INSERT INTO contract_rows (part, n, v) VALUES (?, ?, ?)", params))

    assert caught.value.code == 0x2200


# Schema changes


def test_text_means_what_the_schema_of_the_moment_says(backend):
    """A prepared statement does not outlive the types that it was prepared for."""
    name = f"contract_changing_{next(NUMBERS)}"
    for kind, value in (("int", 1), ("text", "one")):
        backend.execute(Statement(f"DROP TABLE IF EXISTS {name}", prepare=False))
        backend.execute(Statement(f"CREATE TABLE {name} (id int PRIMARY KEY, v {kind})", prepare=False))
        backend.execute(Statement(f"INSERT INTO {name} (id, v) VALUES (?, ?)", (1, value)))
        assert backend.execute(Statement(f"SELECT * FROM {name}")) == Page(("id", "v"), [(1, value)])

    backend.execute(Statement(f"ALTER TABLE {name} ADD a int", prepare=False))

    assert backend.execute(Statement(f"SELECT * FROM {name}")) == Page(("id", "a", "v"), [(1, None, "one")])
    backend.execute(Statement(f"DROP TABLE {name}", prepare=False))
    with pytest.raises(exceptions.InvalidRequest):
        backend.execute(Statement(f"SELECT * FROM {name}"))


# Many


def requests(part):
    """Good ones, and the third refused."""
    return [insert(part, "three" if n == 3 else n, str(n)) for n in range(1, 8)]


def kinds(outcomes):
    return [type(outcome) for outcome in outcomes]


EXPECTED = [Page, Page, exceptions.InvalidRequest, Page, Page, Page, Page]


@pytest.mark.parametrize("concurrency", [1, 2, 100])
def test_many_give_an_outcome_each_in_order(backend, rows, concurrency):
    """An error is one request's outcome; the others go on."""
    assert kinds(backend.execute_many(requests(rows), concurrency)) == EXPECTED
    assert [n for n, _ in backend.execute(select(rows)).rows] == [1, 2, 4, 5, 6, 7]


@pytest.mark.parametrize("concurrency", [1, 2, 100])
async def test_many_awaited_do_the_same(backend, rows, concurrency):
    outcomes = [outcome async for outcome in backend.execute_many_async(requests(rows), concurrency)]

    assert kinds(outcomes) == EXPECTED
    assert [n for n, _ in (await backend.execute_async(select(rows))).rows] == [1, 2, 4, 5, 6, 7]


def test_requests_are_drawn_as_the_window_moves(backend, rows):
    """A stream of a million is never held in memory."""
    drawn = []

    def stream():
        for n in range(100):
            drawn.append(n)
            yield insert(rows, n, "")

    outcomes = backend.execute_many(stream(), 4)
    next(outcomes)

    assert len(drawn) <= 5
    outcomes.close()


async def test_window_can_be_left(backend, rows):
    """Closing it cancels what is in flight and leaves the backend usable."""
    outcomes = backend.execute_many_async((insert(rows, n, "") for n in range(100)), 8)
    assert await anext(outcomes) == Page()
    await outcomes.aclose()

    assert await backend.execute_async(insert(rows, 200, "after")) == Page()


# Threads and loops


def test_threads_share_a_backend(backend, rows):
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: backend.execute(insert(rows, n, str(n))), range(100)))

    assert len(backend.execute(select(rows)).rows) == 100


def test_backend_belongs_to_no_loop(backend, rows):
    """One loop after the other, and two at once."""

    def run(n):
        return asyncio.run(backend.execute_async(insert(rows, n, "")))

    run(1)
    run(2)
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(run, (3, 4)))

    assert [n for n, _ in backend.execute(select(rows)).rows] == [1, 2, 3, 4]


async def test_cancelled_request_leaves_nothing_behind(backend, rows):
    """The await ends; the answer, if one still comes, disturbs nobody."""
    tasks = [asyncio.create_task(backend.execute_async(insert(rows, n, ""))) for n in range(50)]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)

    assert {type(outcome) for outcome in outcomes} <= {asyncio.CancelledError, Page}
    assert await backend.execute_async(insert(rows, 100, "after")) == Page()


async def test_awaiting_runs_in_the_callers_thread_only(backend, rows):
    """What follows an await continues where it was awaited."""
    here = threading.get_ident()
    await backend.execute_async(select(rows))

    assert threading.get_ident() == here
