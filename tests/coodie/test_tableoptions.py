"""Options as models write them and as servers show them."""

import pytest

from coodie.tableoptions import described, same, spelt

STATEMENT = """CREATE TABLE ks.t (
    id int PRIMARY KEY,
    "odd } AND cdc = x" int
) WITH cdc = true
    AND comment = 'it''s
    AND memtable = ''fake'' {'
    AND compaction = {'class': 'org.apache.cassandra.db.compaction.LeveledCompactionStrategy', 'a}': 'it''s'}
    AND crc_check_chance = 1.0
    AND extensions = {}
    AND tombstone_gc = {'mode': 'repair'};
"""


@pytest.mark.parametrize(
    ("name", "wanted", "live"),
    [
        ("gc_grace_seconds", 10, 10),
        ("crc_check_chance", 1, "1.0"),
        ("cdc", True, "true"),
        ("cdc", False, "False"),
        ("comment", "None of it", "None of it"),
        ("read_repair", "none", "NONE"),
        ("speculative_retry", "99PERCENTILE", "99p"),
        ("speculative_retry", "99.0percentile", "99PERCENTILE"),
        ("speculative_retry", "50ms", "50.00ms"),
        ("speculative_retry", "NONE", "NEVER"),
        ("speculative_retry", "MIN(99p, 50ms)", "min(99.00p,50.0ms)"),
        (
            "compaction",
            {"class": "LeveledCompactionStrategy"},
            {"class": "org.x.LeveledCompactionStrategy", "a": "1"},
        ),
        ("compaction", {"class": "org.x.LeveledCompactionStrategy"}, {"class": "LeveledCompactionStrategy"}),
        ("compression", {"sstable_compression": "LZ4Compressor"}, {"class": "org.x.LZ4Compressor"}),
        ("compression", {"chunk_length_in_kb": 64}, {"chunk_length_kb": "64"}),
        ("caching", {"keys": "all"}, {"keys": "ALL", "rows_per_partition": "NONE"}),
    ],
)
def test_one_meaning_has_many_spellings(name, wanted, live):
    assert same(name, wanted, live)


@pytest.mark.parametrize(
    ("name", "wanted", "live"),
    [
        ("gc_grace_seconds", 10, 11),
        ("gc_grace_seconds", 10, None),
        ("cdc", False, None),
        ("comment", "All", "all of it"),
        ("comment", "a.b", "b"),
        ("comment", "99PERCENTILE", "99p"),
        ("speculative_retry", "99p", "98p"),
        (
            "compaction",
            {"class": "LeveledCompactionStrategy"},
            {"class": "org.x.SizeTieredCompactionStrategy"},
        ),
        ("compaction", {"class": "X", "size": 1}, {"class": "X"}),
        ("compaction", {"class": "X"}, "X"),
        ("crc_check_chance", 0.5, "half"),
    ],
)
def test_another_meaning_is_another(name, wanted, live):
    assert not same(name, wanted, live)


def test_description_is_read_past_its_texts():
    assert described(STATEMENT.partition(")")[2]) == {
        "cdc": "true",
        "comment": "it's\n    AND memtable = 'fake' {",
        "compaction": {"class": "org.apache.cassandra.db.compaction.LeveledCompactionStrategy", "a}": "it's"},
        "crc_check_chance": "1.0",
        "extensions": {},
        "tombstone_gc": {"mode": "repair"},
    }


def test_what_is_cached_is_said_in_capitals():
    assert spelt("caching", {"keys": "all", "rows_per_partition": 10}) == {
        "keys": "ALL",
        "rows_per_partition": 10,
    }
    assert spelt("comment", "all") == "all"
