"""Indexes: candidates by value, in token order, then clustering order."""

import pytest

from coodie_memory.storage.cell import Deletion, Rules, Stamp
from coodie_memory.storage.collection import Element, complex_of
from coodie_memory.storage.index import Target, entry
from coodie_memory.storage.journal import Journal
from coodie_memory.storage.mutation import Mutation
from coodie_memory.storage.row import inserted, row_of, updated
from coodie_memory.storage.table import TableStore


@pytest.fixture
def store():
    return TableStore(Rules(), Journal())


def insert(store, key, position, value, timestamp=1):
    row = inserted((b"%d" % position,), (value,), Stamp(timestamp))
    store.apply(Mutation(None, key, (key, b"second"), (((position,), row),)), 0)


def found(index, value, *place, **options):
    return [
        (partition.key, *position)
        for partition in index.find(value, *place, **options)
        for position in index.positions(value, partition)
    ]


@pytest.fixture
def by_value(store):
    store.add_index("by_value", Target("regular", 0))
    return store.indexes["by_value"]


def test_candidates_come_in_token_then_clustering_order(store, by_value):
    for number in range(12):
        insert(store, b"%d" % (number % 4), 12 - number, b"x")
    keys = [partition.key for partition in store.scan()]

    candidates = found(by_value, b"x")

    assert candidates == sorted(candidates, key=lambda each: (keys.index(each[0]), each[1]))
    assert len(candidates) == 12
    middle = store.partitions[keys[1]]
    assert [each for each in candidates if each[0] in keys[2:]] == found(
        by_value, b"x", (middle.token, middle.key)
    )


def test_overwritten_value_is_found_under_the_new_one_only(store, by_value):
    insert(store, b"k", 1, b"old")
    assert found(by_value, b"old") == [(b"k", 1)]

    insert(store, b"k", 1, b"new", timestamp=2)

    assert found(by_value, b"old") == []
    assert found(by_value, b"new") == [(b"k", 1)]


def test_empty_value_is_indexed(store, by_value):
    insert(store, b"k", 1, b"")

    assert found(by_value, b"") == [(b"k", 1)]


def test_deletion_of_the_partition_empties_the_index(store, by_value):
    insert(store, b"k", 1, b"x")
    insert(store, b"k", 2, b"x")
    store.apply(Mutation(None, b"k", (b"k", b"second"), deletion=Deletion(9, 0)), 0)

    assert found(by_value, b"x") == []


def test_index_on_existing_rows_finds_them(store):
    insert(store, b"k", 1, b"x")
    store.add_index("late", Target("clustering", 0))
    store.add_index("component", Target("partition", 1))

    assert found(store.indexes["late"], b"1") == [(b"k", 1)]
    assert found(store.indexes["component"], b"second") == [(b"k", 1)]


def test_static_value_finds_its_partition(store):
    """Which rows that means is the reader's question."""
    store.add_index("static", Target("static", 1))
    static = updated((), (None, b"s"), Stamp(1))
    store.apply(Mutation(None, b"k", (b"k",), static=static), 0)
    index = store.indexes["static"]

    assert [partition.key for partition in index.find(b"s")] == [b"k"]
    assert index.positions(b"s", store.partitions[b"k"]) == []


@pytest.mark.parametrize(
    ("part", "value"), [("keys", b"key"), ("values", b"value"), ("entries", entry(b"key", b"value"))]
)
def test_parts_of_a_map_are_indexed_each_by_itself(store, part, value):
    store.add_index(part, Target("regular", 0, part))
    cells = complex_of([Element(order, b"key", b"value", Stamp(1)) for order in (1, 2)])
    store.apply(Mutation(None, b"k", (b"k",), (((1,), row_of((), (cells,), (None,))),)), 0)
    index = store.indexes[part]
    assert found(index, value) == [(b"k", 1)]

    gone = complex_of([Element(1, b"key", None, Stamp(2, 0, 0))])
    store.apply(Mutation(None, b"k", (b"k",), (((1,), row_of((), (gone,), (None,))),)), 0)
    assert found(index, value) == [(b"k", 1)], "the other element still has it"


def test_entries_do_not_mistake_where_the_key_ends():
    assert entry(b"a", b"bc") != entry(b"ab", b"c")
