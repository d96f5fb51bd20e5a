"""A table's store, rule by rule: what deletions hide, what TTLs end, what comes back, what is forgotten."""

import pytest

from coodie_memory.storage.cell import Deletion, Rules, Stamp, incremented
from coodie_memory.storage.collection import Element, complex_of
from coodie_memory.storage.journal import Journal
from coodie_memory.storage.mutation import Mutation, RangeTombstone
from coodie_memory.storage.position import END, after, before
from coodie_memory.storage.row import deleted, inserted, row_of, stamp_at, updated
from coodie_memory.storage.table import TableStore

KEY, OTHER = b"k", b"other"
AT = (1,)
NOW = 1000


@pytest.fixture
def store():
    return TableStore(Rules(), Journal())


@pytest.fixture
def counters():
    return TableStore(Rules(is_counter=True), Journal())


def write(store, row, position=AT, now=NOW, key=KEY):
    store.apply(Mutation(None, key, (key,), ((position, row),)), now)


def insert(store, *values, timestamp=10, ttl=0, now=NOW, position=AT, key=KEY):
    stamp = Stamp(timestamp, ttl, now + ttl) if ttl else Stamp(timestamp)
    write(store, inserted((b"c",), values, stamp), position, now, key)


def update(store, *values, timestamp=10, ttl=0, now=NOW):
    stamp = Stamp(timestamp, ttl, now + ttl) if ttl else Stamp(timestamp)
    write(store, updated((b"c",), values, stamp), now=now)


def null(store, slot, timestamp, now=NOW):
    """DELETE of one column."""
    stamps = [None] * slot + [Stamp(timestamp, 0, now)]
    write(store, row_of((b"c",), [None] * (slot + 1), stamps), now=now)


def delete_row(store, timestamp, now=NOW):
    write(store, deleted((b"c",), Deletion(timestamp, now)), now=now)


def delete_partition(store, timestamp, now=NOW):
    store.apply(Mutation(None, KEY, (KEY,), deletion=Deletion(timestamp, now)), now)


def delete_range(store, start, end, timestamp, now=NOW):
    ranges = (RangeTombstone(start, end, Deletion(timestamp, now)),)
    store.apply(Mutation(None, KEY, (KEY,), ranges=ranges), now)


def values(store, now=NOW, position=AT):
    row = store.row(KEY, position, now)
    return None if row is None else row.values


def test_row_exists_by_its_marker_alone(store):
    """INSERT of a key only."""
    insert(store)

    assert values(store) == ()


def test_updated_row_vanishes_with_its_last_value(store):
    """UPDATE writes no marker."""
    update(store, b"a", b"b")
    null(store, 0, 11)
    assert values(store) == (None, b"b")

    null(store, 1, 12)
    assert values(store) is None


def test_inserted_row_keeps_its_nulls(store):
    insert(store, b"a")
    null(store, 0, 11)

    assert values(store) == (None,)


def test_update_of_every_column_leaves_the_marker(store):
    insert(store, b"a", b"b")
    update(store, b"c", b"d", timestamp=11)
    null(store, 0, 12)
    null(store, 1, 12)

    assert values(store) == (None, None)


def test_row_written_before_a_column_was_added_takes_its_value(store):
    """ALTER TABLE ADD touches no row: a short row has the new column when somebody writes it."""
    insert(store, b"a")
    update(store, None, None, b"new", timestamp=11)

    assert values(store) == (b"a", None, b"new")
    assert stamp_at(store.partitions[KEY].rows[AT], 1) is None
    assert Stamp(11) == stamp_at(store.partitions[KEY].rows[AT], 2)


def test_two_inserts_with_one_timestamp_mix(store):
    """Each cell by itself takes the greater value."""
    insert(store, b"a", b"z")
    insert(store, b"b", b"y")

    assert values(store) == (b"b", b"z")


@pytest.mark.parametrize("delete", [delete_row, delete_partition], ids=["row", "partition"])
def test_deletion_hides_what_arrives_later_with_an_older_timestamp(store, delete):
    delete(store, 10)
    insert(store, b"a", timestamp=10)
    assert values(store) is None

    insert(store, b"a", timestamp=11)
    assert values(store) == (b"a",)


def test_row_deletion_between_two_writes_keeps_the_newer_cell(store):
    """It takes the marker and the older cell with it."""
    insert(store, b"old", b"old", timestamp=10)
    update(store, None, b"new", timestamp=20)
    delete_row(store, 15)
    assert values(store) == (None, b"new")

    null(store, 1, 21)
    assert values(store) is None


def test_range_deletion_hides_its_rows_and_no_others(store):
    for number in range(5):
        insert(store, b"%d" % number, position=(number,))
    delete_range(store, after((1,)), before((4,)), 10)
    insert(store, b"late", position=(3,), timestamp=10)

    live = [row.values[0] for row in store.live_rows(store.partitions[KEY], NOW)]
    assert live == [b"0", b"1", b"4"]


def test_row_and_range_deletions_leave_statics_and_a_partition_deletion_does_not(store):
    static = updated((), (None, b"s"), Stamp(10))
    store.apply(Mutation(None, KEY, (KEY,), static=static), NOW)
    insert(store, b"a")
    delete_range(store, (), END, 20)
    assert store.live_static(store.partitions[KEY], NOW).values == (None, b"s")

    delete_partition(store, 20)
    assert store.live_static(store.partitions[KEY], NOW) is None


def test_range_with_nothing_between_its_bounds_deletes_nothing(store):
    """`c < 1 AND c > 1` is accepted."""
    insert(store, b"a")
    delete_range(store, after((1,)), before((1,)), 20)

    assert values(store) == (b"a",)
    assert store.partitions[KEY].ranges == ()


def test_inserted_row_disappears_in_the_second_its_ttl_ends(store):
    insert(store, b"a", ttl=5)

    assert values(store, NOW + 4) == (b"a",)
    assert values(store, NOW + 5) is None


def test_updates_ttl_ends_its_cell_alone(store):
    insert(store, b"a", b"b")
    update(store, b"c", ttl=5, timestamp=11)

    assert values(store, NOW + 5) == (None, b"b")


def test_key_insert_makes_an_expiring_row_permanent(store):
    """The marker is the row's, the TTL the value's."""
    insert(store, b"a", ttl=5)
    insert(store, timestamp=11)

    assert values(store, NOW + 5) == (None,)


def set_of(timestamp, *members, replaces=False, ttl=0):
    stamp = Stamp(timestamp, ttl, NOW + ttl) if ttl else Stamp(timestamp)
    elements = [Element(member, member, b"", stamp) for member in members]
    return complex_of(elements, Deletion(timestamp - 1, NOW) if replaces else None)


def members(store, now=NOW):
    row = store.row(KEY, AT, now)
    return row and [element.path for element in row.values[0].live]


def test_whole_sets_with_one_timestamp_unite(store):
    """A replacing set deletes up to the microsecond before its own."""
    for each in (
        set_of(9, b"x", replaces=True),
        set_of(10, b"b", replaces=True),
        set_of(10, b"a", replaces=True),
    ):
        write(store, row_of((), (each,), (None,)))

    assert members(store) == [b"a", b"b"]


def test_elements_expire_one_by_one_and_the_row_with_the_last(store):
    write(store, row_of((), (set_of(10, b"a", ttl=5),), (None,)))
    write(store, row_of((), (set_of(10, b"b", ttl=9),), (None,)))

    assert members(store, NOW + 4) == [b"a", b"b"]
    assert members(store, NOW + 5) == [b"b"]
    assert members(store, NOW + 9) is None


def test_removed_element_beats_one_added_at_the_same_time(store):
    write(store, row_of((), (set_of(10, b"a", b"b"),), (None,)))
    gone = complex_of([Element(b"a", b"a", None, Stamp(10, 0, NOW))])
    write(store, row_of((), (gone,), (None,)))

    assert members(store) == [b"b"]


def test_row_of_dead_elements_only_does_not_exist(store):
    gone = complex_of([Element(b"a", b"a", None, Stamp(10, 0, NOW))], Deletion(9, NOW))
    write(store, row_of((), (gone,), (None,)))

    assert store.row(KEY, AT, NOW) is None


def test_dropped_column_hides_cells_up_to_the_drop_and_shows_newer_ones(store):
    """Re-adding it shows what was written after the drop."""
    update(store, b"old", timestamp=10)
    store.dropped = {0: 20}
    assert values(store) is None

    update(store, b"new", timestamp=21)
    assert values(store) == (b"new",)


def test_first_writer_names_the_row(store):
    """An equal clustering value in another encoding is the same row, its bytes stay."""
    write(store, inserted((b"1230",), (b"a",), Stamp(10)))
    write(store, inserted((b"1.23E3",), (b"b",), Stamp(11)))

    assert store.row(KEY, AT, NOW).clustering == (b"1230",)


def count(store, delta, timestamp):
    """An increment as the executor makes it: from the stored total, whatever hides it."""
    partition = store.partitions.get(KEY)
    row = partition.rows.get(AT) if partition else None
    old = (row.values[0], stamp_at(row, 0)) if row and row.values else (None, None)
    value, stamp = incremented(*old, delta, timestamp)
    write(store, updated((), (value,), stamp))


def total(store):
    row = store.row(KEY, AT, NOW)
    return row and int.from_bytes(row.values[0], "big", signed=True)


@pytest.mark.parametrize("delete", [delete_row, delete_partition], ids=["row", "partition"])
def test_counting_goes_on_from_the_old_count_after_the_row_was_deleted(counters, delete):
    """As Cassandra 5.0.6 does, if only because its count is cached."""
    count(counters, 5, 10)
    delete(counters, 20)
    assert total(counters) is None

    count(counters, 1, 30)
    assert total(counters) == 6


def test_deleted_counter_column_stays_null_for_good(counters):
    count(counters, 5, 10)
    null(counters, 0, 20)
    count(counters, 1, 30)

    assert total(counters) is None


def test_increment_with_a_backward_clock_counts(counters):
    count(counters, 5, 1000)
    count(counters, -2, 10)

    assert total(counters) == 3


def test_tombstones_go_after_gc_grace_when_their_partition_is_written(store):
    """Not before, and not by themselves: a long-running server stays bounded, without a sweeper."""
    store.gc_grace = 100
    insert(store, b"a", position=(2,), ttl=5)
    delete_row(store, 20)
    delete_range(store, after((5,)), END, 20)

    insert(store, b"b", position=(3,), now=NOW + 100)
    assert {(1,), (2,), (3,)} == store.partitions[KEY].rows.keys()

    insert(store, b"b", position=(3,), now=NOW + 200)
    assert {(3,)} == store.partitions[KEY].rows.keys()
    assert store.partitions[KEY].ranges == ()


def test_partition_that_always_holds_something_dead_is_not_purged_at_every_write(store):
    """A purge looks at every row; the next one waits for a tenth of gc_grace."""
    store.gc_grace = 100
    for number in range(10):
        insert(store, b"a", position=(10 + number,), ttl=1, now=NOW + number)

    for second, left in ((102, 9), (103, 9), (112, 9), (113, 0)):
        update(store, b"b", now=NOW + second)
        assert left == len(store.partitions[KEY].rows) - 1


def test_partition_of_which_nothing_is_left_goes(store):
    store.gc_grace = 0
    delete_partition(store, 20)
    assert KEY in store.partitions

    update(store, now=NOW + 10)
    assert store.partitions == {}
    assert list(store.scan()) == []


def test_write_that_says_nothing_leaves_nothing(store):
    """`UPDATE t SET v = ? ` with v unset."""
    update(store)

    assert store.partitions == {}


def test_hidden_write_leaves_nothing(store):
    delete_partition(store, 20)
    insert(store, b"a", timestamp=20)

    assert store.partitions[KEY].rows == {}


def test_truncate_forgets_tombstones_too(store):
    """Later writes with older timestamps are visible again."""
    delete_partition(store, 20)
    store.truncate()
    insert(store, b"a", timestamp=10)

    assert values(store) == (b"a",)


def test_scan_follows_tokens_while_partitions_come_and_go(store):
    store.gc_grace = 0
    keys = [b"%d" % number for number in range(20)]
    for key in keys[::2]:
        insert(store, b"a", key=key)
    assert [each.key for each in store.scan()] == sorted(
        keys[::2], key=lambda key: store.partitions[key].token
    )

    for key in keys[1::2]:
        insert(store, b"a", key=key)
    in_order = [each.key for each in store.scan()]
    assert in_order == sorted(keys, key=lambda key: store.partitions[key].token)

    middle = store.partitions[in_order[7]]
    place = middle.token, middle.key
    assert in_order[8:] == [each.key for each in store.scan(place)]
    assert in_order[7:] == [each.key for each in store.scan(place, inclusive=True)]
