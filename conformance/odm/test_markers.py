"""§3: what each marker makes of a column, as the server itself tells it; §12's mistakes."""

import datetime as dt
from typing import Annotated, Generic, Literal, Optional, TypeVar
from uuid import UUID

import pytest
from pydantic import Field

from coodie.backend import connections
from coodie.exceptions import InvalidModelError
from coodie.fields import (
    Ascii,
    BigInt,
    ClusteringKey,
    Column,
    Counter,
    Discriminator,
    Double,
    Duration,
    Frozen,
    Indexed,
    PrimaryKey,
    SmallInt,
    Static,
    Time,
    TimeUUID,
    TinyInt,
    VarInt,
    Vector,
    VectorIndex,
)
from coodie.statement import CqlDuration, Statement

T = TypeVar("T")


def models(odm):
    class Marked(odm.Document):
        tenant: Annotated[UUID, PrimaryKey(partition_key_index=0)]
        bucket: Annotated[int, PrimaryKey(partition_key_index=1)]
        newest: Annotated[int, ClusteringKey(order="DESC", clustering_key_index=0)]
        name: Annotated[str, ClusteringKey(clustering_key_index=1)]
        shared: Annotated[str | None, Static()] = None
        indexed: Annotated[str, Indexed()] = ""
        named: Annotated[str, Indexed(index_name="my_index")] = ""
        keys_of: Annotated[dict[str, int], Indexed(target="keys")] = Field(default_factory=dict)
        values_of: Annotated[set[str], Indexed(target="values")] = Field(default_factory=set)
        entries_of: Annotated[dict[str, int], Indexed(target="entries")] = Field(default_factory=dict)
        whole: Annotated[list[int], Frozen(), Indexed(target="full")] = Field(default_factory=list)
        frozen: Annotated[set[int], Frozen()] = Field(default_factory=set)
        bigint: Annotated[int, BigInt()] = 0
        smallint: Annotated[int, SmallInt()] = 0
        tinyint: Annotated[int, TinyInt()] = 0
        varint: Annotated[int, VarInt()] = 0
        double: Annotated[float, Double()] = 0.0
        ascii: Annotated[str, Ascii()] = ""
        timeuuid: Annotated[UUID | None, TimeUUID()] = None
        time: Annotated[dt.time | None, Time()] = None
        duration: Annotated[CqlDuration | None, Duration()] = None
        renamed: Annotated[int, Column("Another Name")] = 0
        optional: Optional[Annotated[int, BigInt()]] = None  # noqa: UP045  # one of the spellings
        united: Annotated[int, BigInt()] | None = None
        both: Annotated[int, BigInt(), Indexed()] = 0

        class Settings:
            name = "marked"

    class Hits(odm.CounterDocument):
        url: Annotated[str, PrimaryKey()]
        hits: Annotated[int, Counter()]

        class Settings:
            name = "marked_hits"

    class Animal(odm.Document):
        id: Annotated[int, PrimaryKey()]
        kind: Annotated[str, Discriminator()] = ""
        name: str = ""

        class Settings:
            name = "marked_animals"

    class Cat(Animal):
        lives: int = 9

        class Settings:
            __discriminator_value__ = "cat"

    return Marked, Hits, Animal, Cat


@pytest.fixture
def columns(m):
    """The live columns by name: kind, position, order, type."""
    return live_columns("marked")


def live_columns(table):
    backend = connections.get()
    page = backend.execute(
        Statement(
            "SELECT column_name, kind, position, clustering_order, type FROM system_schema.columns "
            "WHERE keyspace_name = ? AND table_name = ?",
            (backend.keyspace, table),
        )
    )
    return {row[0]: row[1:] for row in page.rows}


def live_indexes(table):
    backend = connections.get()
    page = backend.execute(
        Statement(
            "SELECT index_name, options FROM system_schema.indexes WHERE keyspace_name = ? AND table_name = ?",
            (backend.keyspace, table),
        )
    )
    return dict(page.rows)


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("tenant", ("partition_key", 0, "none", "uuid")),
        ("bucket", ("partition_key", 1, "none", "int")),
        ("newest", ("clustering", 0, "desc", "int")),
        ("name", ("clustering", 1, "asc", "text")),
        ("shared", ("static", -1, "none", "text")),
        ("indexed", ("regular", -1, "none", "text")),
        ("frozen", ("regular", -1, "none", "frozen<set<int>>")),
        ("bigint", ("regular", -1, "none", "bigint")),
        ("smallint", ("regular", -1, "none", "smallint")),
        ("tinyint", ("regular", -1, "none", "tinyint")),
        ("varint", ("regular", -1, "none", "varint")),
        ("double", ("regular", -1, "none", "double")),
        ("ascii", ("regular", -1, "none", "ascii")),
        ("timeuuid", ("regular", -1, "none", "timeuuid")),
        ("time", ("regular", -1, "none", "time")),
        ("duration", ("regular", -1, "none", "duration")),
        ("Another Name", ("regular", -1, "none", "int")),
        ("optional", ("regular", -1, "none", "bigint")),
        ("united", ("regular", -1, "none", "bigint")),
        ("both", ("regular", -1, "none", "bigint")),
    ],
)
def test_marker_makes_its_column(columns, column, expected):
    assert columns[column] == expected


def test_counter_makes_a_counter(m):
    assert live_columns("marked_hits")["hits"] == ("regular", -1, "none", "counter")


@pytest.mark.parametrize(
    ("index", "target"),
    [
        ("marked_indexed_idx", "indexed"),
        ("my_index", "named"),
        ("marked_keys_of_idx", "keys(keys_of)"),
        ("marked_values_of_idx", "values(values_of)"),
        ("marked_entries_of_idx", "entries(entries_of)"),
        ("marked_both_idx", "both"),
    ],
)
def test_index_has_its_name_and_target(m, index, target):
    assert live_indexes("marked")[index]["target"] == target


def test_index_on_a_frozen_collection_is_on_the_whole(m, coodie_cluster):
    target = {"cassandra": "full(whole)", "scylla": "whole"}[coodie_cluster.dialect]
    assert live_indexes("marked")["marked_whole_idx"]["target"] == target


def test_renamed_column_works_everywhere(m, do):
    """Filters, orders, updates and values speak of the field; the row of the column."""
    key = {"tenant": UUID(int=1), "bucket": 1, "newest": 1, "name": "a"}
    document = do(m.Marked.create(**key, renamed=5))
    do(document.update(renamed=6))

    assert do(m.Marked.get(**key)).renamed == 6
    assert do(m.Marked.find(renamed=6).allow_filtering().count()) == 1
    assert do(m.Marked.find(renamed__gt=5).order_by("-renamed").allow_filtering().all()) == [document]
    assert do(m.Marked.find(**key).values("renamed").all()) == [{"renamed": 6}]
    refused = do(document.update(if_conditions={"renamed": 1}, indexed="x"))
    assert refused.existing == {"Another Name": 6}


def test_discriminator_tells_of_which_class_a_row_is(m, do):
    do(m.Cat(id=1, name="Tom").save())
    do(m.Animal(id=2, name="thing").save())

    found = {type(each).__name__: each for each in do(m.Animal.find().all())}
    assert found["Cat"] == m.Cat(id=1, name="Tom", lives=9)
    assert found["Animal"].name == "thing"
    assert do(m.Cat.find().allow_filtering().all()) == [found["Cat"]]
    assert set(live_columns("marked_animals")) == {"id", "kind", "name", "lives"}


def test_indexed_columns_are_searched_without_filtering(m, do):
    key = {"tenant": UUID(int=1), "bucket": 1, "newest": 1, "name": "a"}
    document = m.Marked(
        **key, indexed="x", keys_of={"k": 1}, values_of={"v"}, entries_of={"e": 2}, whole=[1, 2]
    )
    do(document.save())

    for lookup in (
        {"indexed": "x"},
        {"keys_of__contains_key": "k"},
        {"values_of__contains": "v"},
        {"whole": [1, 2]},
    ):
        assert do(m.Marked.find(**lookup).all()) == [document], lookup


@pytest.mark.filterwarnings("ignore:Field name")  # pydantic says so first
@pytest.mark.parametrize(
    ("message", "fields"),
    [
        ("has no partition key", {"id": int}),
        (
            "static column needs a clustering key",
            {"id": Annotated[int, PrimaryKey()], "s": Annotated[str, Static()]},
        ),
        (
            "same position 0",
            {"a": Annotated[int, PrimaryKey()], "b": Annotated[int, PrimaryKey()]},
        ),
        ("ASC or DESC", {"id": Annotated[int, PrimaryKey()], "c": Annotated[int, ClusteringKey("up")]}),
        ("at once", {"id": Annotated[int, PrimaryKey(), ClusteringKey()]}),
        ("Frozen", {"id": Annotated[list[int], PrimaryKey()]}),
        ("lives in a CounterDocument", {"id": Annotated[int, PrimaryKey()], "c": Annotated[int, Counter()]}),
        (r"BigInt\(\) stands on int", {"id": Annotated[int, PrimaryKey()], "b": Annotated[str, BigInt()]}),
        (
            r"Vector\(\) stands on list",
            {"id": Annotated[int, PrimaryKey()], "v": Annotated[list[int], Vector(3)]},
        ),
        (
            r"VectorIndex\(\) stands on a Vector",
            {"id": Annotated[int, PrimaryKey()], "v": Annotated[str, VectorIndex()]},
        ),
        (
            "all vectors have the same COSINE",
            {"id": Annotated[int, PrimaryKey()], "v": Annotated[list[float], Vector(1), VectorIndex()]},
        ),
        (
            "index on keys stands on a dict",
            {"id": Annotated[int, PrimaryKey()], "v": Annotated[list[int], Indexed(target="keys")]},
        ),
        (
            "the same column 'a'",
            {"id": Annotated[int, PrimaryKey()], "a": int, "b": Annotated[int, Column("a")]},
        ),
        ("no CQL type holds a union", {"id": Annotated[int, PrimaryKey()], "u": int | str}),
        ("no CQL type holds complex", {"id": Annotated[int, PrimaryKey()], "c": complex}),
        ("a CQL collection holds no nulls", {"id": Annotated[int, PrimaryKey()], "c": list[int | None]}),
        ("have no one type", {"id": Annotated[int, PrimaryKey()], "c": Literal["a", 1]}),
        ("duration cannot be part of the key", {"id": Annotated[CqlDuration, PrimaryKey()]}),
        (
            r"update: documents have a method of that name.*Column\('update'\)",
            {"id": Annotated[int, PrimaryKey()], "update": int},
        ),
    ],
)
def test_mistake_is_refused_when_the_class_is_made(do, message, fields):
    """Naming class and field."""
    namespace = {
        "__annotations__": fields,
        "__module__": __name__,
        "model_config": {"arbitrary_types_allowed": True},
    }
    with pytest.raises(InvalidModelError, match=f"Wrong.*{message}") as caught:
        type(do.odm.Document)("Wrong", (do.odm.Document,), namespace)
    assert isinstance(caught.value, TypeError)


def test_generic_model_is_called_after_its_argument(do):
    class Box(do.odm.Document, Generic[T]):
        id: Annotated[int, PrimaryKey()]
        content: T | None = None

    assert Box[int].table_name() == "box_int"
    assert Box[dict[str, int]].table_name() == "box_dict_str_int"
    with pytest.raises(InvalidModelError, match="Box is abstract"):
        Box.find()


def test_misspelt_setting_is_refused(do):
    with pytest.raises(InvalidModelError, match="did you mean 'keyspace'"):

        class Wrong(do.odm.Document):
            id: Annotated[int, PrimaryKey()]

            class Settings:
                keyspce = "x"
