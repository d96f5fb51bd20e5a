"""What keeping a schema asks of a database, given what is there."""

import logging
from enum import StrEnum
from typing import Annotated, ClassVar

import pytest

from coodie.ddl import same_type
from coodie.exceptions import ConfigurationError, InvalidModelError, InvalidQueryError
from coodie.fields import ClusteringKey, Column, Frozen, Indexed, PrimaryKey, Static, Vector, VectorIndex
from coodie.operations import tables
from coodie.statement import Page, Statement
from coodie.sync import Document


class Kind(StrEnum):
    A = "a"


class Reading(Document):
    country: Annotated[str, PrimaryKey(0)]
    station: Annotated[str, PrimaryKey(1)]
    day: Annotated[int, ClusteringKey("DESC")]
    name: Annotated[str | None, Static()] = None
    kind: Annotated[Kind, Indexed()] = Kind.A
    parts: Annotated[dict[str, list[int]], Column("Parts"), Indexed("by_part", target="keys")]
    path: Annotated[list[int], Frozen()]

    class Settings:
        __default_ttl__ = 60
        __options__: ClassVar = {
            "comment": "it's",
            "gc_grace_seconds": 5,
            "compaction": {"class": "LeveledCompactionStrategy"},
        }


CREATE = (
    "CREATE TABLE IF NOT EXISTS reading (country text, station text, day int, name text static, kind text, "
    '"Parts" map<text, frozen<list<int>>>, path frozen<list<int>>, PRIMARY KEY ((country, station), day)) '
    "WITH CLUSTERING ORDER BY (day DESC) AND comment = 'it''s' AND gc_grace_seconds = 5 "
    "AND compaction = {'class': 'LeveledCompactionStrategy'} AND default_time_to_live = 60"
)
INDEXES = [
    "CREATE INDEX IF NOT EXISTS reading_kind_idx ON reading (kind)",
    'CREATE INDEX IF NOT EXISTS by_part ON reading (keys("Parts"))',
]

OPTIONS = ("table_name", "comment", "gc_grace_seconds", "default_time_to_live", "compaction")
AS_WANTED = (
    "reading",
    "it's",
    5,
    60,
    {"class": "org.apache.cassandra.db.compaction.LeveledCompactionStrategy", "x": "1"},
)
COLUMNS = [
    ("country", "partition_key", 0, "none", "text"),
    ("station", "partition_key", 1, "none", "text"),
    ("day", "clustering", 0, "desc", "int"),
    ("name", "static", -1, "none", "text"),
    ("kind", "regular", -1, "none", "text"),
    ("Parts", "regular", -1, "none", "map<text, frozen<list<int>>>"),
    ("path", "regular", -1, "none", "frozen<list<int>>"),
]
LIVE_INDEXES = [("reading_kind_idx", {"target": "kind"}), ("by_part", {"target": 'keys("Parts")'})]


def live(columns=COLUMNS, indexes=LIVE_INDEXES, options=AS_WANTED):
    """The three answers that tell what is there."""
    return (
        Page(OPTIONS, [options]),
        Page(("column_name", "kind", "position", "clustering_order", "type"), list(columns)),
        Page(("index_name", "options"), list(indexes)),
    )


def changed(name, **changes):
    names = ("name", "kind", "position", "clustering_order", "type")
    return [
        tuple({**dict(zip(names, column, strict=True)), **changes}.values()) if column[0] == name else column
        for column in COLUMNS
    ]


def test_a_missing_table_is_created_with_its_indexes(drive):
    there = drive(tables.sync_table(Reading))
    assert there.requests[0].params == ("ks", "reading")
    assert there.texts[1:] == [CREATE, *INDEXES]
    assert there.result == [CREATE, *INDEXES]
    assert not any(request.prepare for request in there.requests[1:])


def test_a_dry_run_changes_nothing(drive):
    there = drive(tables.sync_table(Reading, dry_run=True))
    assert len(there.requests) == 1
    assert there.result == [CREATE, *INDEXES]


def test_what_is_as_wanted_stays(drive):
    there = drive(tables.sync_table(Reading), *live())
    assert len(there.requests) == 3
    assert there.result == []


def test_missing_columns_and_indexes_are_added(drive):
    there = drive(tables.sync_table(Reading), *live([*COLUMNS[:3], *COLUMNS[5:]], []))
    assert there.result == [
        "ALTER TABLE reading ADD name text static",
        "ALTER TABLE reading ADD kind text",
        *INDEXES,
    ]


def test_options_that_differ_are_altered(drive):
    there = drive(tables.sync_table(Reading), *live(options=("reading", "", 5, 0, {"class": "Size"})))
    (text,) = there.result
    assert text == (
        "ALTER TABLE reading WITH comment = 'it''s' AND compaction = {'class': 'LeveledCompactionStrategy'} "
        "AND default_time_to_live = 60"
    )


def test_removed_indexes_are_dropped_only_when_asked(drive):
    more = [*LIVE_INDEXES, ("old_idx", {"target": "day"})]
    assert drive(tables.sync_table(Reading), *live(indexes=more)).result == []
    there = drive(tables.sync_table(Reading, drop_removed_indexes=True), *live(indexes=more))
    assert there.result == ["DROP INDEX IF EXISTS old_idx"]


@pytest.mark.parametrize(
    ("columns", "drift"),
    [
        ([*COLUMNS, ("old", "regular", -1, "none", "int")], "column old int is not in the model"),
        (changed("kind", type="int"), "column kind is int, the model says text"),
        (changed("day", kind="regular"), "column day is regular, the model says clustering"),
        (changed("day", clustering_order="asc"), "key column day is sorted asc, the model says DESC"),
        (changed("station", position=0), "key column station has position 0, the model says 1"),
        (COLUMNS[:2] + COLUMNS[3:], "clustering column day is missing, and a key cannot grow"),
    ],
)
def test_drift_is_one_warning_and_stays(drive, caplog, columns, drift):
    with caplog.at_level(logging.WARNING, "coodie"):
        there = drive(tables.sync_table(Reading), *live(columns))
    assert there.result == []
    (record,) = caplog.records
    assert record.getMessage() == f"ks.reading differs from Reading: {drift}"
    with pytest.raises(InvalidModelError, match=drift):
        drive(tables.sync_table(Reading, strict=True), *live(columns))


def test_without_a_keyspace_there_is_nothing_to_compare_with(drive):
    with pytest.raises(ConfigurationError, match="Reading has no keyspace"):
        drive(tables.sync_table(Reading), keyspace=None)


def test_the_models_own_keyspace_is_named(drive):
    class Elsewhere(Document):
        id: Annotated[int, PrimaryKey()]

        class Settings:
            keyspace = "Other"

    there = drive(tables.sync_table(Elsewhere))
    assert there.requests[0].params == ("Other", "elsewhere")
    assert there.result == ['CREATE TABLE IF NOT EXISTS "Other".elsewhere (id int, PRIMARY KEY (id))']
    assert drive(tables.drop_table(Elsewhere)).texts == ['DROP TABLE IF EXISTS "Other".elsewhere']
    assert drive(tables.truncate(Elsewhere)).texts == ['TRUNCATE "Other".elsewhere']


def test_hostile_names_and_options_are_quoted(drive):
    class Odd(Document):
        id: Annotated[int, PrimaryKey(), Column('a" int, b')]
        token: int = 0

        class Settings:
            name = 'x; DROP "y"'
            __options__: ClassVar = {"comment": "'; DROP TABLE x; --"}

    (text,) = drive(tables.sync_table(Odd)).result
    assert text == (
        'CREATE TABLE IF NOT EXISTS "x; DROP ""y""" ("a"" int, b" int, "token" int, PRIMARY KEY ("a"" int, b")) '
        "WITH comment = '''; DROP TABLE x; --'"
    )


def test_an_option_that_is_no_name_is_refused(drive):
    class Odd(Document):
        id: Annotated[int, PrimaryKey()]

        class Settings:
            __options__: ClassVar = {"a = 1 AND b": 2}

    with pytest.raises(InvalidQueryError, match="is no table option"):
        drive(tables.sync_table(Odd))


@pytest.mark.parametrize(
    ("answer", "using"), [(Page(), "sai"), (Page(("table_name",), [("scylla_local",)]), "vector_index")]
)
def test_a_vectors_index_is_of_the_class_that_the_server_has(drive, answer, using):
    class Item(Document):
        id: Annotated[int, PrimaryKey()]
        embedding: Annotated[list[float], Vector(2), VectorIndex()]

    there = drive(tables.sync_table(Item), Page(), answer)
    assert there.result[1] == (
        f"CREATE CUSTOM INDEX IF NOT EXISTS item_embedding_idx ON item (embedding) USING '{using}' "
        "WITH OPTIONS = {'similarity_function': 'COSINE'}"
    )


def test_keyspaces(drive):
    assert drive(tables.create_keyspace("ks", 3)).texts == [
        "CREATE KEYSPACE IF NOT EXISTS ks WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 3}"
    ]
    assert drive(tables.create_keyspace("Ks", dc_replication_map={"dc1": 2})).texts == [
        """CREATE KEYSPACE IF NOT EXISTS "Ks" WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': 2}"""
    ]
    assert drive(tables.drop_keyspace("Ks")).texts == ['DROP KEYSPACE IF EXISTS "Ks"']


def test_raw_cql_gives_dicts_of_all_pages(drive):
    there = drive(
        tables.execute_raw(Statement("SELECT a FROM t WHERE b = ?", (1,))),
        Page(("a",), [(1,)], b"1"),
        Page(("a",), [(2,)]),
    )
    assert there.result == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize(
    ("wanted", "there", "same"),
    [
        ("map<text, frozen<list<int>>>", "map<text,frozen<list<int>>>", True),
        ("frozen<tuple<int, frozen<list<int>>>>", "frozen<tuple<int, list<int>>>", True),
        ("frozen<list<int>>", "list<int>", False),
        ("text", "varchar", True),
        ("list<int>", "set<int>", False),
    ],
)
def test_types_are_compared_by_meaning(wanted, there, same):
    assert same_type(wanted, there) is same
