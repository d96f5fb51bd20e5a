"""Slices between cuts, in both directions, with bounds of any length."""

from itertools import product

import pytest

from coodie_memory.storage.cell import Deletion, Rules, Stamp
from coodie_memory.storage.journal import Journal
from coodie_memory.storage.mutation import Mutation
from coodie_memory.storage.position import END, GREATEST, START, after, before
from coodie_memory.storage.row import deleted, inserted
from coodie_memory.storage.table import TableStore

KEY = b"k"


@pytest.fixture
def store():
    return TableStore(Rules(), Journal())


def insert(store, *positions):
    rows = tuple((each, inserted((), (repr(each).encode(),), Stamp(1))) for each in positions)
    store.apply(Mutation(None, KEY, (KEY,), rows), 0)


def positions(store, *cuts, **options):
    return list(store.partitions[KEY].positions(*cuts, **options))


@pytest.mark.parametrize(
    ("relation", "start", "end", "found"),
    [
        ("c1 = 1", before((1,)), after((1,)), [(1, 0), (1, 1), (1, 2)]),
        ("c1 > 1", after((1,)), END, [(2, 0), (2, 1), (2, 2)]),
        ("c1 < 1", START, before((1,)), [(0, 0), (0, 1), (0, 2)]),
        ("c1 <= 0", START, after((0,)), [(0, 0), (0, 1), (0, 2)]),
        ("c1 = 1 AND c2 > 1", after((1, 1)), after((1,)), [(1, 2)]),
        ("c1 = 1 AND c2 < 1", before((1,)), before((1, 1)), [(1, 0)]),
        ("(c1, c2) >= (1, 2) AND (c1) < (2)", before((1, 2)), before((2,)), [(1, 2)]),
        ("c1 > 2", after((2,)), END, []),
        ("c1 < 1 AND c1 > 1", after((1,)), before((1,)), []),
    ],
)
def test_slice_is_what_lies_between_two_cuts(store, relation, start, end, found):
    insert(store, *product(range(3), range(3)))

    assert found == positions(store, start, end), relation
    assert found[::-1] == positions(store, start, end, reverse=True), relation


def test_rows_come_in_clustering_order_however_they_were_written(store):
    insert(store, (2,), (0,))
    assert positions(store) == [(0,), (2,)]

    insert(store, (3,), (1,))
    assert positions(store) == [(0,), (1,), (2,), (3,)]
    assert [row.values[0] for row in store.partitions[KEY].slice(reverse=True)] == [
        b"(3,)",
        b"(2,)",
        b"(1,)",
        b"(0,)",
    ]


def test_single_row_is_sliced_by_the_same_cuts(store):
    insert(store, (1, 1))

    assert positions(store, before((1,)), after((1,))) == [(1, 1)]
    assert positions(store, after((1,)), END) == []
    assert list(store.live_rows(store.partitions[KEY], 0, START, before((1,)))) == []


def test_table_without_clustering_has_one_position(store):
    insert(store, ())

    assert positions(store) == [()]
    assert [row.values[0] for row in store.live_rows(store.partitions[KEY], 0)] == [b"()"]


def test_deleted_rows_are_stored_and_do_not_live(store):
    insert(store, (1,), (2,))
    store.apply(Mutation(None, KEY, (KEY,), (((1,), deleted((), Deletion(5, 0))),)), 0)

    assert [row.values[0] for row in store.live_rows(store.partitions[KEY], 0)] == [b"(2,)"]
    assert positions(store) == [(1,), (2,)]


@pytest.mark.parametrize("key", [0, -1, b"\xff" * 9, "z", (9, 9), 1e308])
def test_greatest_is_greater_than_any_order_key(key):
    assert (key,) < (GREATEST,)
    assert (key, GREATEST) > (key, key)
    assert sorted([(GREATEST,), (key,)]) == [(key,), (GREATEST,)]
