"""Range tombstones have one spelling for what they delete together."""

from hypothesis import given
from hypothesis import strategies as st

from coodie_memory.storage.cell import Deletion, newer
from coodie_memory.storage.mutation import RangeTombstone
from coodie_memory.storage.position import END, START, after, before
from coodie_memory.storage.ranges import covering, newer_than, with_range

OLD, NEW = Deletion(1, 100), Deletion(2, 200)


def ranges_of(*tombstones):
    ranges = ()
    for tombstone in tombstones:
        ranges = with_range(ranges, tombstone)
    return ranges


def test_newer_range_cuts_a_hole_into_the_older():
    assert ranges_of(RangeTombstone(START, END, OLD), RangeTombstone(before((2,)), after((3,)), NEW)) == (
        RangeTombstone(START, before((2,)), OLD),
        RangeTombstone(before((2,)), after((3,)), NEW),
        RangeTombstone(after((3,)), END, OLD),
    )


def test_touching_ranges_of_one_statement_become_one():
    assert ranges_of(
        RangeTombstone(before((5,)), after((9,)), OLD), RangeTombstone(START, before((5,)), OLD)
    ) == (RangeTombstone(START, after((9,)), OLD),)


def test_ranges_of_one_statement_with_rows_between_stay_apart():
    apart = RangeTombstone((1,), (2,), OLD), RangeTombstone((3,), (4,), OLD)

    assert ranges_of(*apart) == apart


def test_prefix_covers_every_row_that_begins_with_it():
    ranges = ranges_of(RangeTombstone(before((1,)), after((1,)), OLD))

    assert OLD == covering(ranges, (1, 0)) == covering(ranges, (1, 99))
    assert covering(ranges, (0, 99)) is None
    assert covering(ranges, (2, 0)) is None


def test_what_a_partition_deletion_covers_need_not_be_kept():
    ranges = ranges_of(RangeTombstone(before((1,)), after((1,)), OLD), RangeTombstone((2,), (3,), NEW))

    assert newer_than(ranges, OLD.timestamp) == (RangeTombstone((2,), (3,), NEW),)


cuts = st.integers(0, 6).map(lambda number: (number,))
tombstones = st.builds(
    RangeTombstone, cuts, cuts, st.builds(Deletion, st.integers(1, 3), st.integers(1, 3))
).filter(lambda each: each.start < each.end)


@given(st.lists(tombstones, max_size=6))
def test_each_position_has_the_newest_deletion_over_it(added):
    ranges = ranges_of(*added)

    for number in range(7):
        expected = None
        for start, end, deletion in added:
            expected = newer(expected, deletion if start <= (number,) < end else None)
        assert expected == covering(ranges, (number,))
