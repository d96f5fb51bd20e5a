"""§12: what is missing is created, what differs is told, nothing is dropped or retyped."""

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Annotated, get_args
from uuid import uuid4

import pytest
from pydantic import create_model

from coodie.backend import connections
from coodie.exceptions import InvalidModelError
from coodie.fields import ClusteringKey, Column, Frozen, Indexed, PrimaryKey, Static
from coodie.operations import tables
from coodie.runner import run_sync
from coodie.statement import Statement


def models(odm):
    return ()


@pytest.fixture
def table(do):
    """The name of a table that nobody has made yet, and that nobody finds afterwards."""
    name = f"synced_{do.name}_{uuid4().hex[:8]}"
    yield name
    connections.get().execute(Statement(f"DROP TABLE IF EXISTS {name}", timeout=30, prepare=False))


@pytest.fixture
def model(do, table):
    """Makes a model of that table with these fields beside `id`."""

    def model(options=None, ttl=None, **fields):
        class Base(do.odm.Document):
            class Settings:
                __abstract__ = True
                name = table
                __options__ = options or {}
                __default_ttl__ = ttl

        declared = {name: (kind, None) for name, kind in fields.items()}
        return create_model("Synced", __base__=Base, id=(Annotated[int, PrimaryKey()], ...), **declared)

    return model


def types(table):
    backend = connections.get()
    page = backend.execute(
        Statement(
            "SELECT column_name, type FROM system_schema.columns WHERE keyspace_name = ? AND table_name = ?",
            (backend.keyspace, table),
        )
    )
    return dict(page.rows)


def warnings(caplog):
    return [record.getMessage() for record in caplog.records if record.name == "coodie"]


def test_table_is_created_and_a_second_sync_does_nothing(do, model, table):
    synced = model(a=int, b=Annotated[str, Indexed()])
    statements = do(synced.sync_table())

    assert statements == [
        f"CREATE TABLE IF NOT EXISTS {table} (id int, a int, b text, PRIMARY KEY (id))",
        f"CREATE INDEX IF NOT EXISTS {table}_b_idx ON {table} (b)",
    ]
    assert do(synced.sync_table()) == []
    assert types(table) == {"id": "int", "a": "int", "b": "text"}


def test_dry_run_plans_and_changes_nothing(do, model, table):
    planned = do(model(a=int).sync_table(dry_run=True))

    assert types(table) == {}
    assert do(model(a=int).sync_table()) == planned


def test_new_columns_and_indexes_are_added(do, model, table):
    do(model(a=int).sync_table())

    assert do(model(a=int, b=list[str], c=Annotated[str, Indexed()]).sync_table()) == [
        f"ALTER TABLE {table} ADD b list<text>",
        f"ALTER TABLE {table} ADD c text",
        f"CREATE INDEX IF NOT EXISTS {table}_c_idx ON {table} (c)",
    ]
    assert types(table)["b"] == "list<text>"


def test_static_column_is_added_as_static(do, model, table):
    clustered = {"c": Annotated[int, ClusteringKey()]}
    do(model(**clustered).sync_table())

    assert do(model(**clustered, s=Annotated[str, Static()]).sync_table()) == [
        f"ALTER TABLE {table} ADD s text static"
    ]


def test_unknown_columns_are_told_and_kept(do, model, table, caplog):
    do(model(a=int, b=str).sync_table())
    with caplog.at_level(logging.WARNING, logger="coodie"):
        assert do(model(a=int).sync_table()) == []

    (warning,) = warnings(caplog)
    assert f"{table} differs from Synced: column b text is not in the model" in warning
    assert "b" in types(table)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ({"a": int}, {"a": str}, "column a is int, the model says text"),
        ({"a": list[int]}, {"a": set[int]}, r"column a is list<int>, the model says set<int>"),
        (
            {"a": int},
            {"a": Annotated[int, ClusteringKey()]},
            "column a is regular, the model says clustering",
        ),
        (
            {"a": Annotated[int, ClusteringKey()]},
            {"a": Annotated[int, ClusteringKey("DESC")]},
            "key column a is sorted asc, the model says DESC",
        ),
        ({}, {"a": Annotated[int, ClusteringKey()]}, "clustering column a is missing, and a key cannot grow"),
    ],
)
def test_drift_is_one_warning_or_an_error_if_strict(  # noqa: PLR0917  # pytest passes them by name
    do, model, caplog, before, after, words
):
    do(model(**before).sync_table())
    with caplog.at_level(logging.WARNING, logger="coodie"):
        assert do(model(**after).sync_table()) == []
    assert len(warnings(caplog)) == 1

    with pytest.raises(InvalidModelError, match=words):
        do(model(**after).sync_table(strict=True))


def test_removed_indexes_are_dropped_if_told_so(do, model, table):
    do(model(a=Annotated[int, Indexed()]).sync_table())

    assert do(model(a=int).sync_table()) == []
    assert do(model(a=int).sync_table(drop_removed_indexes=True)) == [f"DROP INDEX IF EXISTS {table}_a_idx"]
    assert do(model(a=int).sync_table(drop_removed_indexes=True)) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("comment", 'it\'s a "table"'),
        ("gc_grace_seconds", 3600),
        ("bloom_filter_fp_chance", 0.1),
        ("crc_check_chance", 0.5),
        ("default_time_to_live", 60),
        ("speculative_retry", "95PERCENTILE"),
        ("speculative_retry", "ALWAYS"),
        ("caching", {"keys": "ALL", "rows_per_partition": 10}),
        ("compaction", {"class": "LeveledCompactionStrategy", "sstable_size_in_mb": 160}),
        ("compaction", {"class": "TimeWindowCompactionStrategy", "compaction_window_unit": "HOURS"}),
        ("compression", {"class": "DeflateCompressor", "chunk_length_in_kb": 64}),
        ("compression", {"enabled": False}),
        ("max_index_interval", 4096),
        ("GC_grace_seconds", 3600),
        ("caching", {"keys": "all", "rows_per_partition": "none"}),
        ("caching", {"keys": "none", "rows_per_partition": 10}),
        ("speculative_retry", "50ms"),
        ("speculative_retry", "50.00ms"),
        ("speculative_retry", "NONE"),
        ("compaction", {"class": "org.apache.cassandra.db.compaction.LeveledCompactionStrategy"}),
    ],
)
def test_options_are_set_and_not_set_again(do, model, table, name, value):
    """The server writes them in its own way; what means the same is the same."""
    assert len(do(model({name: value}).sync_table())) == 1
    assert do(model({name: value}).sync_table()) == []


def test_options_that_differ_are_altered(do, model, table):
    do(model({"comment": "old", "gc_grace_seconds": 100}).sync_table())

    assert do(model({"comment": "new", "gc_grace_seconds": 100}, ttl=50).sync_table()) == [
        f"ALTER TABLE {table} WITH comment = 'new' AND default_time_to_live = 50"
    ]
    assert do(model({"comment": "new", "gc_grace_seconds": 100}, ttl=50).sync_table()) == []


@pytest.mark.parametrize("value", [object(), [1], None])
def test_option_that_no_server_takes_is_refused(do, model, value):
    with pytest.raises(Exception, match="is no value of an option"):
        do(model({"comment": value}).sync_table())


def test_concurrent_syncs_bring_about_one_table(do, model, table):
    """Whoever is first: what another one has done meanwhile is done."""
    first = model(a=int)
    grown = model(a=int, b=Annotated[str, Indexed()], c=list[int], d=set[str], e=Annotated[int, Indexed()])

    def sync(each):
        return run_sync(tables.sync_table(each), None)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(sync, [first] * 8))
        list(threads.map(sync, [grown] * 8))

    assert do(grown.sync_table(strict=True)) == []
    assert set(types(table)) == {"id", "a", "b", "c", "d", "e"}


def test_drop_table_twice(do, model, table):
    synced = model(a=int)
    do(synced.sync_table())
    do(synced.drop_table())
    do(synced.drop_table())

    assert types(table) == {}


def test_model_works_at_once_after_its_table_has_grown(do, model):
    """A schema change while running: what was prepared before is prepared again."""
    old, new = model(a=int), model(a=int, b=str | None)
    do(old.sync_table())
    do(old(id=1, a=1).save())
    assert do(old.get(id=1)).a == 1
    do(new.sync_table())
    do(new(id=2, a=2, b="x").save())

    assert do(new.get(id=1)).b is None
    assert do(new.get(id=2)).b == "x"
    assert do(old.get(id=2)).a == 2
    assert sorted(each.a for each in do(old.find().all())) == [1, 2]


def test_table_made_anew_with_another_type_is_found_out(do, model):
    number, text = model(a=int), model(a=str)
    do(number.sync_table())
    do(number(id=1, a=1).save())
    do(number.drop_table())
    do(text.sync_table())
    do(text(id=1, a="one").save())

    assert do(text.get(id=1)).a == "one"


@pytest.mark.coodie(dialect="cassandra")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cdc", True),
        ("cdc", False),
        ("memtable", "default"),
        ("allow_auto_snapshot", True),
        ("incremental_backups", False),
        ("additional_write_policy", "75PERCENTILE"),
        ("read_repair", "none"),
    ],
)
def test_option_that_only_describe_shows_is_not_set_again(do, model, table, name, value):
    """`system_schema` is silent about some; a table that is made without them gets them once."""
    do(model().sync_table())
    do(model({name: value}).sync_table())

    assert do(model({name: value}).sync_table()) == []


@pytest.mark.coodie(dialect="scylla")
@pytest.mark.parametrize(
    ("name", "value"), [("tombstone_gc", {"mode": "repair"}), ("paxos_grace_seconds", 100)]
)
def test_extension_is_not_set_again(do, model, table, name, value):
    do(model().sync_table())

    assert len(do(model({name: value}).sync_table())) == 1
    assert do(model({name: value}).sync_table(strict=True)) == []


# Indexes that are there already


def test_index_of_another_name_is_told_and_kept(do, model, table, caplog):
    """A second one on the same column would be no other index."""
    do(model(a=Annotated[int, Indexed(index_name=f"{table}_old")]).sync_table())
    wanted = model(a=Annotated[int, Indexed(index_name=f"{table}_new")])
    with caplog.at_level(logging.WARNING, logger="coodie"):
        assert do(wanted.sync_table()) == []
    (warning,) = warnings(caplog)
    assert f"index {table}_old is called {table}_new in the model" in warning

    assert do(wanted.sync_table(drop_removed_indexes=True)) == [
        f"DROP INDEX IF EXISTS {table}_old",
        f"CREATE INDEX IF NOT EXISTS {table}_new ON {table} (a)",
    ]
    assert do(wanted.sync_table(strict=True)) == []


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (
            {"a": Annotated[dict[str, int], Indexed(index_name="{}", target="keys")]},
            {"a": Annotated[dict[str, int], Indexed(index_name="{}")]},
            r"is on keys\(a\), the model says a$",
        ),
        (
            {"a": Annotated[dict[str, int], Indexed(index_name="{}")]},
            {"a": Annotated[dict[str, int], Indexed(index_name="{}", target="entries")]},
            r"is on values\(a\), the model says entries\(a\)",
        ),
        (
            {"a": Annotated[int, Indexed(index_name="{}")], "b": int},
            {"a": int, "b": Annotated[int, Indexed(index_name="{}")]},
            "is on a, the model says b",
        ),
    ],
)
def test_index_that_differs_is_drift(do, model, table, before, after, words):  # noqa: PLR0917  # by name
    def named(fields):
        return {
            name: Annotated[each.__origin__, replace(each.__metadata__[0], index_name=f"{table}_i")]
            if get_args(each) and isinstance(getattr(each, "__metadata__", (None,))[0], Indexed)
            else each
            for name, each in fields.items()
        }

    do(model(**named(before)).sync_table())
    assert do(model(**named(after)).sync_table()) == []
    with pytest.raises(InvalidModelError, match=words):
        do(model(**named(after)).sync_table(strict=True))


@pytest.mark.parametrize(
    "index",
    [
        (dict[str, int], Indexed(target="keys")),
        (dict[str, int], Indexed(target="values")),
        (dict[str, int], Indexed(target="entries")),
        (set[int], Indexed()),
        (Annotated[list[int], Frozen()], Indexed(target="full")),
        (Annotated[str, Column('Wei"rd')], Indexed()),
    ],
    ids=lambda index: f"{index[1].target} of {index[0]}",
)
def test_index_is_as_wanted_at_once(do, model, index):
    kind, marker = index
    wanted = model(a=Annotated[kind, replace(marker, index_name=f"i_{uuid4().hex}")])
    do(wanted.sync_table())

    assert do(wanted.sync_table(strict=True)) == []


@pytest.mark.coodie(requires=["sai"])
def test_index_of_a_class_is_as_wanted_at_once(do, model, table):
    """By either of its names, with options in either case."""
    first = model(a=Annotated[str, Indexed(using="sai", options={"case_sensitive": "false"})])
    second = model(
        a=Annotated[str, Indexed(using="StorageAttachedIndex", options={"case_sensitive": "FALSE"})]
    )
    other = model(a=Annotated[str, Indexed(using="sai", options={"case_sensitive": "true"})])
    do(first.sync_table())

    assert do(second.sync_table(strict=True)) == []
    with pytest.raises(InvalidModelError, match="'case_sensitive': 'true'"):
        do(other.sync_table(strict=True))
