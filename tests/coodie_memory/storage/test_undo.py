"""Going back: a mark costs nothing, undoing costs what was changed."""

import pytest

from coodie_memory.storage.cell import Rules, Stamp
from coodie_memory.storage.index import Target
from coodie_memory.storage.journal import Journal
from coodie_memory.storage.mutation import Mutation
from coodie_memory.storage.row import inserted
from coodie_memory.storage.table import TableStore


@pytest.fixture
def journal():
    return Journal()


@pytest.fixture
def store(journal):
    return TableStore(Rules(), journal)


def insert(store, key, value, timestamp=1):
    store.apply(Mutation(None, key, (key,), (((), inserted((), (value,), Stamp(timestamp))),)), 0)


def contents(store):
    return {partition.key: store.row(partition.key, (), 0).values[0] for partition in store.scan()}


def test_rollback_takes_back_new_and_changed_rows(store, journal):
    insert(store, b"a", b"1")
    mark = journal.mark()
    insert(store, b"a", b"2", timestamp=2)
    insert(store, b"b", b"1")

    journal.rollback(mark)

    assert contents(store) == {b"a": b"1"}


def test_mark_can_be_gone_back_to_again_and_again(store, journal):
    mark = journal.mark()
    for _ in range(3):
        insert(store, b"a", b"1")
        journal.rollback(mark)
        assert contents(store) == {}


def test_inner_mark_takes_back_its_part(store, journal):
    outer = journal.mark()
    insert(store, b"a", b"1")
    inner = journal.mark()
    insert(store, b"b", b"1")

    journal.rollback(inner)
    assert contents(store) == {b"a": b"1"}

    journal.rollback(outer)
    assert contents(store) == {}
    assert not journal.holds(inner)


def test_truncate_and_indexes_are_taken_back(store, journal):
    insert(store, b"a", b"1")
    store.add_index("kept", Target("regular", 0))
    mark = journal.mark()
    store.drop_index("kept")
    store.add_index("made", Target("regular", 0))
    insert(store, b"b", b"1")
    store.truncate()
    insert(store, b"c", b"1")

    journal.rollback(mark)

    assert contents(store) == {b"a": b"1"}
    assert {"kept"} == store.indexes.keys()
    assert [partition.key for partition in store.indexes["kept"].find(b"1")] == [b"a"]


def test_nothing_is_recorded_while_no_mark_is_held(store, journal):
    insert(store, b"a", b"1")
    mark = journal.mark()
    insert(store, b"b", b"1")
    journal.release(mark)
    insert(store, b"c", b"1")

    assert not journal.is_open
    assert journal._steps == []
