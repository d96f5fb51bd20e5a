"""Threads that hammer one engine: what each of them saw must fit into one order of events, in either dialect."""

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from threading import Barrier

import pytest

from coodie_memory.cluster import MemoryCluster

THREADS = 8
ROUNDS = 60


@pytest.fixture(autouse=True)
def impatient():
    """Threads take turns far more often than usual, so that they meet in the middle of statements."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.fixture(params=["cassandra", "scylla"])
def cluster(request):
    cluster = MemoryCluster(dialect=request.param)
    cluster.create_keyspace("ks")
    return cluster


def together(work, threads=THREADS):
    """What each thread returned; all of them start at once."""
    start = Barrier(threads)

    def begin(number):
        start.wait()
        return work(number)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(begin, range(threads)))


@dataclass(frozen=True)
class Swap:
    """A compare-and-set: what it expected, what it wrote, whether it was applied, and what it saw instead."""

    expected: int
    wrote: int
    applied: bool
    saw: int | None


def test_compare_and_set_counts_without_gap_or_repetition(cluster):
    """Each applied value is the successor of the one before, none twice, and who was refused saw a value of its time."""
    session = cluster.session("ks")
    session.execute("CREATE TABLE counts (p int, c int, n int, PRIMARY KEY (p, c))")
    session.execute("INSERT INTO counts (p, c, n) VALUES (0, 0, 0)")
    swap = session.prepare("UPDATE counts SET n = ? WHERE p = 0 AND c = 0 IF n = ?")

    def hammer(_number):
        own, known, history = cluster.session("ks"), 0, []
        for _ in range(ROUNDS):
            row = own.execute(swap, (known + 1, known)).dicts()[0]
            applied = row["[applied]"]
            history.append(Swap(known, known + 1, applied, None if applied else row["n"]))
            known = known + 1 if applied else row["n"]
        return history

    histories = together(hammer)
    applied = [swap for history in histories for swap in history if swap.applied]

    assert sorted(swap.wrote for swap in applied) == list(range(1, len(applied) + 1))
    assert session.execute("SELECT n FROM counts").one() == (len(applied),)
    for history in histories:
        for before, after in pairwise(history):
            # Nobody goes back in time: not behind what it wrote, nor behind what it saw.
            assert after.expected >= before.expected + before.applied
        for refused in (swap for swap in history if not swap.applied):
            assert refused.expected < refused.saw <= len(applied)


def test_only_one_of_many_inserts_if_not_exists_wins(cluster):
    session = cluster.session("ks")
    session.execute("CREATE TABLE locks (k int PRIMARY KEY, owner int)")
    claim = session.prepare("INSERT INTO locks (k, owner) VALUES (?, ?) IF NOT EXISTS")

    def hammer(number):
        own = cluster.session("ks")
        return [own.execute(claim, (k, number)).dicts()[0] for k in range(ROUNDS)]

    answers = together(hammer)
    owners = dict(session.execute("SELECT k, owner FROM locks"))

    for k in range(ROUNDS):
        assert [number for number in range(THREADS) if answers[number][k]["[applied]"]] == [owners[k]]
        assert {answer[k]["owner"] for answer in answers if not answer[k]["[applied]"]} == {owners[k]}


def test_conditional_batches_move_money_and_make_none(cluster):
    """Two rows change in one transaction or in none: every reader sees the same total."""
    session = cluster.session("ks")
    session.execute("CREATE TABLE accounts (bank int, name int, amount int, PRIMARY KEY (bank, name))")
    for name in range(4):
        session.execute("INSERT INTO accounts (bank, name, amount) VALUES (0, ?, 100)", (name,))
    transfer = session.prepare(
        "BEGIN BATCH "
        "UPDATE accounts SET amount = ? WHERE bank = 0 AND name = ? IF amount = ?; "
        "UPDATE accounts SET amount = ? WHERE bank = 0 AND name = ? IF amount = ?; "
        "APPLY BATCH"
    )

    def hammer(number):
        own, totals = cluster.session("ks"), set()
        for step in range(ROUNDS):
            amounts = dict(own.execute("SELECT name, amount FROM accounts WHERE bank = 0"))
            totals.add(sum(amounts.values()))
            giver, taker = (number + step) % 4, (number + step + 1 + number % 3) % 4
            own.execute(
                transfer,
                (
                    *(amounts[giver] - 1, giver, amounts[giver]),
                    *(amounts[taker] + 1, taker, amounts[taker]),
                ),
            )
        return totals

    assert set().union(*together(hammer)) == {400}
    assert session.execute("SELECT sum(amount) FROM accounts").one() == (400,)


def test_readers_never_see_half_a_batch(cluster):
    """Writes of several partitions and tables, with an index and statics: a read finds all of a batch or nothing of it."""
    session = cluster.session("ks")
    session.execute("CREATE TABLE rows (p int, c int, s int STATIC, n int, PRIMARY KEY (p, c))")
    session.execute("CREATE INDEX ON rows (n)")
    batch = session.prepare(
        "BEGIN BATCH "
        + " ".join(
            f"INSERT INTO rows (p, c, s, n) VALUES ({p}, {c}, ?, ?);" for p in range(3) for c in range(2)
        )
        + " APPLY BATCH"
    )

    def write(own, number):
        for step in range(ROUNDS):
            own.execute(batch, (number * 1000 + step,) * 12)

    def read(own):
        for _ in range(ROUNDS):
            found = {(s, n) for s, n in own.execute("SELECT s, n FROM rows")}
            assert len(found) <= 1
            assert all(s == n for s, n in found)
            for _, n in found:
                assert len(list(own.execute("SELECT p FROM rows WHERE n = ?", (n,)))) in (0, 6)

    def hammer(number):
        own = cluster.session("ks")
        if number % 2:
            write(own, number)
        else:
            read(own)

    together(hammer)

    assert len(list(session.execute("SELECT p FROM rows"))) == 6


def test_no_increment_of_a_counter_is_lost(cluster):
    session = cluster.session("ks")
    session.execute("CREATE TABLE hits (k int PRIMARY KEY, n counter)")
    more = session.prepare("UPDATE hits SET n = n + ? WHERE k = 0")

    def hammer(number):
        own, seen = cluster.session("ks"), []
        for _ in range(ROUNDS):
            own.execute(more, (number + 1,))
            seen.append(own.execute("SELECT n FROM hits WHERE k = 0").one()[0])
        return seen

    seen = together(hammer)

    assert all(values == sorted(values) for values in seen)
    assert session.execute("SELECT n FROM hits").one() == (ROUNDS * sum(range(1, THREADS + 1)),)
