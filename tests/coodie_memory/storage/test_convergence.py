"""Whatever arrives in whatever order, once or twice: one state, and the one that the facts say."""

import random
from dataclasses import dataclass
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from coodie_memory.storage.cell import NEVER, Deletion, Rules, Stamp
from coodie_memory.storage.collection import Complex, Element, complex_of
from coodie_memory.storage.index import Index, Target
from coodie_memory.storage.journal import Journal
from coodie_memory.storage.mutation import Mutation, RangeTombstone
from coodie_memory.storage.position import END, START, after, before
from coodie_memory.storage.row import Row, deleted, inserted, row_of, stamps_of, updated
from coodie_memory.storage.table import TableStore

TABLE = UUID(int=1)
KEY = b"k"
FIRST, SECOND, STATIC, SET = range(4)

# Few values, so that ties and overlaps are the rule.
seconds = st.integers(100, 103)
timestamps = st.integers(1, 5)
deletions = st.builds(Deletion, timestamps, seconds)
plain = timestamps.map(Stamp)
expiring = st.builds(Stamp, timestamps, st.integers(1, 2), seconds)
lives = plain | expiring
tombstones = st.builds(lambda timestamp, second: Stamp(timestamp, 0, second), timestamps, seconds)
values = st.sampled_from([b"", b"a", b"ab", b"\xff"])
cells = st.tuples(values, lives) | st.tuples(st.none(), tombstones) | st.just((None, None))
positions = st.tuples(st.integers(0, 2), st.integers(0, 2))
elements = st.builds(
    lambda order, cell: Element(order, b"%d" % order, *cell),
    st.integers(0, 2),
    st.tuples(values, lives) | st.tuples(st.none(), tombstones),
)
complexes = st.builds(complex_of, st.lists(elements, min_size=1, max_size=3), st.none() | deletions)
no_cell = st.just((None, None))


def with_cells(clustering, cells, marker):
    return row_of(clustering, [value for value, _ in cells], [stamp for _, stamp in cells], marker)


clustering = st.just((b"1", b"2"))
wide = st.tuples(cells, cells, no_cell, st.tuples(complexes, st.none()) | no_cell)
rows = (
    st.builds(inserted, clustering, st.tuples(values, values), lives)
    | st.builds(inserted, clustering, st.tuples(st.none(), values), lives)
    | st.builds(updated, clustering, st.tuples(st.none(), values), lives)
    | st.builds(with_cells, clustering, wide, st.none() | lives)
    | st.builds(deleted, clustering, deletions)
)
statics = st.builds(with_cells, st.just(()), st.tuples(no_cell, no_cell, cells), st.none())
cuts = (
    st.just(START)
    | st.just(END)
    | st.builds(
        lambda side, prefix: side(prefix),
        st.sampled_from([before, after]),
        positions | st.tuples(st.integers(0, 2)),
    )
)
ranges = st.builds(RangeTombstone, cuts, cuts, deletions)


def mutation(**parts):
    return Mutation(TABLE, KEY, (KEY,), **parts)


mutations = st.one_of(
    st.builds(lambda *each: mutation(rows=each), st.tuples(positions, rows)),
    st.builds(lambda *each: mutation(rows=each), st.tuples(positions, rows), st.tuples(positions, rows)),
    st.builds(lambda row: mutation(static=row), statics),
    st.builds(lambda *each: mutation(ranges=each), ranges),
    st.builds(lambda each: mutation(deletion=each), deletions),
)
histories = st.lists(mutations, min_size=1, max_size=8)


def store_of(history, rules, journal=None):
    store = TableStore(rules, journal or Journal())
    for each in history:
        store.apply(each, now=100)
    return store


def contents(store):
    """All that a store holds, however it is spelt."""
    return {
        key: (
            partition.deletion,
            partition.ranges,
            partition.static and row_contents(partition.static),
            {position: row_contents(row) for position, row in partition.rows.items()},
        )
        for key, partition in store.partitions.items()
    }


def row_contents(row):
    cells = enumerate(zip(row.values, stamps_of(row), strict=True))
    return row.marker, row.deletion, {slot: cell for slot, cell in cells if cell != (None, None)}


def readable(store, now):
    found = {}
    for partition in store.scan():
        if static := store.live_static(partition, now):
            found[None] = row_reads(static)
        for row, position in zip(
            store.live_rows(partition, now), live_positions(store, partition, now), strict=True
        ):
            found[position] = row_reads(row)
    return found


def live_positions(store, partition, now):
    return [each for each in partition.positions() if store.row(partition.key, each, now)]


def row_reads(row):
    found = {(None, None): (b"", row.marker)} if row.marker else {}
    for slot, (value, stamp) in enumerate(zip(row.values, stamps_of(row), strict=True)):
        if isinstance(value, Complex):
            found |= {(slot, each.order): (each.value, each.stamp) for each in value.live}
        elif value is not None:
            found[slot, None] = value, stamp
    return found


@given(histories, st.randoms(use_true_random=False))
def test_order_and_repetition_of_arrival_do_not_matter(history, chance: random.Random):
    shuffled = history + chance.sample(history, len(history) // 2)
    chance.shuffle(shuffled)

    assert contents(store_of(history, Rules())) == contents(store_of(shuffled, Rules()))


@given(histories)
def test_what_is_read_is_what_all_facts_together_say(history):
    """Deletions hide, cells reconcile, TTLs pass: as a list of facts says it that never forgets one."""
    store = store_of(history, Rules())
    facts = [fact for each in history for fact in facts_of(each)]

    for now in (99, 100, 101, 102, 103, 104):
        assert naively_readable(facts, now) == readable(store, now)


@given(histories)
def test_what_a_deletion_hides_is_not_stored(history):
    """Readers compare no timestamps, and nothing superfluous takes memory."""
    for partition in store_of(history, Rules()).partitions.values():
        for position, row in partition.rows.items():
            above = partition.deletion_over(position)
            assert above is None or row.deletion is None or row.deletion.timestamp > above.timestamp
            hidden_by = [each for each in (above, row.deletion) if each]
            stored = mutation(rows=((position, row._replace(deletion=None)),))
            for fact in facts_of(stored):
                timestamp = fact.timestamp if isinstance(fact, Hides) else fact.stamp.timestamp
                assert all(timestamp > each.timestamp for each in hidden_by)


@given(histories)
def test_hints_of_a_row_are_true(history):
    """`plain_until` and `dies_at` are what fast paths trust."""
    for partition in store_of(history, Rules()).partitions.values():
        for row in partition.rows.values():
            exact = row_of(row.clustering, row.values, stamps_of(row), row.marker, row.deletion)
            assert (exact.plain_until, exact.dies_at) == (row.plain_until, row.dies_at)
            assert partition.dies_at <= row.dies_at


@given(histories, histories)
def test_going_back_restores_rows_and_indexes(before, after):
    journal = Journal()
    store = store_of([], Rules(), journal)
    store.add_index("first", Target("regular", FIRST))
    store.add_index("members", Target("regular", SET, "keys"))
    store.add_index("static", Target("static", STATIC))
    for each in before:
        store.apply(each, now=100)
    expected = contents(store)

    mark = journal.mark()
    for each in after:
        store.apply(each, now=100)
    list(store.scan())
    journal.rollback(mark)

    assert expected == contents(store)
    assert_indexes_follow(store)
    assert readable(store, 100) == readable(store_of(before, Rules()), 100)


@given(histories)
def test_indexes_follow_every_change(history):
    """An index that watched is the index that is built afterwards."""
    store = store_of([], Rules())
    for name, target in {
        "first": Target("regular", FIRST),
        "members": Target("regular", SET, "keys"),
        "entries": Target("regular", SET, "entries"),
        "static": Target("static", STATIC),
        "clustering": Target("clustering", 0),
        "partition": Target("partition", 0),
    }.items():
        store.add_index(name, target)

    for each in history:
        store.apply(each, now=100)

    assert_indexes_follow(store)


def assert_indexes_follow(store):
    for index in store.indexes.values():
        assert entries(Index(index.target, store.partitions)) == entries(index)


def entries(index):
    return {value: found.positions for value, found in index._found.items()}


@given(histories)
def test_purging_leaves_what_is_readable(history):
    """Forgetting the dead after gc_grace changes no answer."""
    store = store_of(history, Rules())
    store.gc_grace = 0
    expected = readable(store, 200)

    store.apply(mutation(rows=(((9, 9), row_of((), (), ())),)), now=200)

    assert expected == readable(store, 200)
    for partition in store.partitions.values():
        assert partition.dies_at == NEVER
        assert all(isinstance(row, Row) and row.dies_at == NEVER for row in partition.rows.values())


# Storage without any cleverness, to compare with: it keeps every fact and answers each question from all of them.


@dataclass(frozen=True)
class Cell:
    """A cell, or a marker where `slot` is None; `order` tells a collection's elements apart."""

    position: tuple | None
    slot: int | None
    order: object
    value: bytes | None
    stamp: Stamp


@dataclass(frozen=True)
class Hides:
    """A deletion: of all, of what is between two cuts, or of one column's elements there."""

    start: tuple
    end: tuple
    timestamp: int
    statics: bool = False
    slot: int | None = None

    def hides(self, cell: Cell) -> bool:
        if cell.stamp.timestamp > self.timestamp:
            return False
        if self.slot is not None and (cell.slot != self.slot or (cell.position is None) != self.statics):
            return False
        if cell.position is None:
            return self.statics
        return self.start <= cell.position < self.end and not (self.slot is not None and self.statics)


def facts_of(mutation):
    """All that a mutation says, one by one."""
    if mutation.deletion:
        yield Hides(START, END, mutation.deletion.timestamp, statics=True)
    for start, end, deletion in mutation.ranges:
        yield Hides(start, end, deletion.timestamp)
    if mutation.static:
        yield from _row_facts(None, mutation.static)
    for position, row in mutation.rows:
        yield from _row_facts(position, row)


def _row_facts(position, row):
    start, end = (START, END) if position is None else (position, (*position, 0))
    if row.deletion:
        yield Hides(start, end, row.deletion.timestamp)
    if row.marker:
        yield Cell(position, None, None, b"", row.marker)
    for slot, (value, stamp) in enumerate(zip(row.values, stamps_of(row), strict=True)):
        if isinstance(value, Complex):
            if value.deletion:
                yield Hides(start, end, value.deletion.timestamp, statics=position is None, slot=slot)
            for element in (*value.live, *value.dead):
                yield Cell(position, slot, element.order, element.value, element.stamp)
        elif stamp:
            yield Cell(position, slot, None, value, stamp)


def naively_readable(everything, now):
    """Each live row's marker and cells in second `now`, by position; None is the static row's."""
    everything = list(everything)
    deletions = [fact for fact in everything if isinstance(fact, Hides)]
    best = {}
    for cell in everything:
        if isinstance(cell, Hides) or any(deletion.hides(cell) for deletion in deletions):
            continue
        place = (cell.position, cell.slot, cell.order)
        if place not in best or _rank(best[place]) < _rank(cell):
            best[place] = cell
    rows = {}
    for (position, slot, order), cell in best.items():
        if cell.value is not None and now < cell.stamp.expires_at:
            rows.setdefault(position, {})[slot, order] = cell.value, cell.stamp
    return rows


def _rank(cell):
    stamp = cell.stamp
    preference = (stamp.expires_at, -stamp.ttl)
    is_tombstone = cell.value is None
    return stamp.timestamp, is_tombstone, stamp.expires_at != 2**63 - 1, preference, cell.value or b""
