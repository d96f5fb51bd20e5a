"""Which of two cells survives, rule by rule; the order of arrival must never matter."""

import pytest

from coodie_memory.storage.cell import NEVER, Deletion, Rules, Stamp, incremented, newer, supersedes

RULES = Rules()
COUNTER = Rules(is_counter=True)
PLAIN = Stamp(5)


def expiring(ttl, expires_at, timestamp=5):
    return Stamp(timestamp, ttl, expires_at)


def tombstone(timestamp=5, local_seconds=100):
    return Stamp(timestamp, 0, local_seconds)


@pytest.mark.parametrize(
    ("why", "winner", "loser"),
    [
        ("newer", (Stamp(6), b"a"), (PLAIN, b"b")),
        ("newer, though the other is a tombstone", (Stamp(6), b"a"), (tombstone(), None)),
        ("a tombstone beats a live cell", (tombstone(), None), (PLAIN, b"z")),
        ("a tombstone beats an expiring cell", (tombstone(), None), (expiring(9, 900), b"z")),
        ("expiring beats permanent, even with a smaller value", (expiring(9, 900), b"a"), (PLAIN, b"b")),
        ("later expiry, even with a smaller value", (expiring(20, 920), b"a"), (expiring(10, 910), b"b")),
        (
            "lower TTL at equal expiry: it was written later",
            (expiring(8, 900), b"a"),
            (expiring(9, 900), b"b"),
        ),
        ("the later deletion is kept longer", (tombstone(5, 101), None), (tombstone(5, 100), None)),
        ("greater value, unsigned", (PLAIN, b"\xff\xff\xff\xff"), (PLAIN, b"\0\0\0\1")),
        ("longer beats its prefix", (PLAIN, b"ab"), (PLAIN, b"a")),
        ("greater value at equal expiry", (expiring(9, 900), b"b"), (expiring(9, 900), b"a")),
    ],
    ids=lambda case: case.replace(" ", "-") if isinstance(case, str) else "",
)
def test_one_cell_survives_whichever_comes_first(why, winner, loser):
    assert supersedes(*winner, *loser, RULES), why
    assert not supersedes(*loser, *winner, RULES), why


def test_a_cell_does_not_supersede_itself():
    assert not supersedes(PLAIN, b"a", PLAIN, b"a", RULES)


def test_newer_deletion_is_the_one_that_hides_more():
    assert Deletion(6, 1) == newer(Deletion(5, 9), Deletion(6, 1))
    assert Deletion(5, 9) == newer(None, Deletion(5, 9))
    assert newer(None, None) is None


def test_counter_starts_at_zero():
    assert ((7).to_bytes(8, "big"), Stamp(3, ttl=1, expires_at=NEVER)) == incremented(None, None, 7, 3)


def test_counter_wraps_around():
    greatest = (2**63 - 1).to_bytes(8, "big")

    total, _ = incremented(greatest, Stamp(1, ttl=1), 1, 2)

    assert int.from_bytes(total, "big", signed=True) == -(2**63)


def test_next_total_wins_though_the_clients_clock_went_back():
    """Increments are not lost to client timestamps: a counter has its own clock, and keeps the greatest timestamp."""
    old, old_stamp = incremented(None, None, 9, 1000)

    new, new_stamp = incremented(old, old_stamp, -5, 10)

    assert supersedes(new_stamp, new, old_stamp, old, COUNTER)
    assert new_stamp.timestamp == 1000


def test_deleted_counter_stays_deleted():
    """CASSANDRA-7346: a counter's tombstone wins over increments that come after it, too."""
    total, stamp = incremented(None, None, 1, 1000)

    assert supersedes(tombstone(5), None, stamp, total, COUNTER)
    assert not supersedes(stamp, total, tombstone(5), None, COUNTER)
