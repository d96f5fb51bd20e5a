"""The table of a model class: what is read from it, and which classes are refused."""

from enum import StrEnum
from typing import Annotated, Generic, TypeVar
from uuid import UUID

import pytest

from coodie.document import schema_of
from coodie.exceptions import CoodieError, InvalidModelError
from coodie.fields import (
    BigInt,
    ClusteringKey,
    Column,
    Counter,
    Discriminator,
    Frozen,
    Indexed,
    PrimaryKey,
    Static,
    Vector,
    VectorIndex,
)
from coodie.names import snake_case
from coodie.schema import Kind
from coodie.sync import CounterDocument, Document


class Reading(Document):
    station: Annotated[str, PrimaryKey(1)]
    country: Annotated[str, PrimaryKey(0)]
    day: Annotated[int, ClusteringKey(order="DESC")]
    second: Annotated[int, ClusteringKey(clustering_key_index=1)]
    name: Annotated[str | None, Static()] = None
    kind: Annotated[str, Indexed(index_name="by_kind")] | None = None
    value: Annotated[int, Column("val"), BigInt()] = 0


def test_key_columns_are_in_the_order_of_their_positions():
    schema = schema_of(Reading)
    assert [column.field for column in schema.partition_key] == ["country", "station"]
    assert [(column.field, column.order) for column in schema.clustering] == [
        ("day", "DESC"),
        ("second", "ASC"),
    ]


def test_markers_count_inside_of_optional():
    (index,) = schema_of(Reading).indexes
    assert (index.name, index.column) == ("by_kind", "kind")


def test_a_column_may_have_another_name_than_its_field():
    column = schema_of(Reading).by_name["val"]
    assert (column.field, column.kind) == ("value", Kind.REGULAR)


@pytest.mark.parametrize(
    ("name", "table"),
    [("Task", "task"), ("PageHits", "page_hits"), ("HTTPLog", "http_log"), ("V2Task", "v2_task")],
)
def test_a_table_is_named_after_its_class(name, table):
    assert snake_case(name) == table


def test_settings_are_inherited_key_by_key():
    class Base(Document):
        id: Annotated[int, PrimaryKey()]

        class Settings:
            __abstract__ = True
            keyspace = "base_ks"
            connection = "other"

    class Child(Base):
        class Settings:
            name = "children"

    class Grandchild(Child):
        class Settings:
            keyspace = "own"
            __default_ttl__ = 60

    schema = schema_of(Grandchild)
    assert (schema.table, schema.keyspace, schema.connection, schema.default_ttl) == (
        "children",
        "own",
        "other",
        60,
    )
    assert schema_of(Child).keyspace == "base_ks"


def test_an_abstract_class_needs_no_key_and_has_no_table():
    class Named(Document):
        name: str

        class Settings:
            __abstract__ = True

    class City(Named):
        id: Annotated[int, PrimaryKey()]

    assert City.table_name() == "city"
    with pytest.raises(InvalidModelError, match="Named is abstract"):
        Named.find()


def test_a_generic_class_has_a_table_once_its_parameter_is_known():
    item = TypeVar("item")

    class Box(Document, Generic[item]):
        id: Annotated[int, PrimaryKey()]
        content: item

    class TextBox(Box[str]):
        pass

    assert schema_of(TextBox).by_field["content"].bind("a") == "a"
    with pytest.raises(InvalidModelError, match="abstract"):
        Box.find()


def test_a_forward_reference_is_resolved_at_the_first_use():
    class Later(Document):
        id: Annotated[int, PrimaryKey()]
        status: "Status"

    class Status(StrEnum):
        TODO = "todo"

    Later.model_rebuild(_types_namespace={"Status": Status})
    assert schema_of(Later).by_field["status"].bind(Status.TODO) == "todo"


def key(kind=PrimaryKey, annotation=int, **options):
    return Annotated[annotation, kind(**options)]


REFUSED = [
    ("Model has no partition key", {"id": int}),
    ("Model.s: a static column needs a clustering key", {"id": key(), "s": Annotated[int, Static()]}),
    ("Model.b: a has the same position 0", {"a": key(), "b": key()}),
    (
        "Model.c: the order is ASC or DESC, not 'UP'",
        {"id": key(), "c": Annotated[int, ClusteringKey(order="UP")]},  # type: ignore[arg-type]
    ),
    (
        "Model.id: a column is clustering and partition_key",
        {"id": Annotated[int, PrimaryKey(), ClusteringKey()]},
    ),
    ("Model.x: no CQL type holds object", {"id": key(), "x": object}),
    ("Model.id: a collection in the key has to be Frozen", {"id": key(annotation=list[int])}),
    ("Model.id: a counter cannot be part of the key", {"id": Annotated[int, PrimaryKey(), Counter()]}),
    ("Model.hits: a counter lives in a CounterDocument", {"id": key(), "hits": Annotated[int, Counter()]}),
    ("Model.id: the whole partition key needs no index", {"id": Annotated[int, PrimaryKey(), Indexed()]}),
    (
        "Model.b: another field has the same column 'a'",
        {"id": key(), "a": int, "b": Annotated[int, Column("a")]},
    ),
    (r"Model.v: VectorIndex\(\) stands on a Vector", {"id": key(), "v": Annotated[int, VectorIndex()]}),
    (
        "Model.v: an index on keys stands on a dict",
        {"id": key(), "v": Annotated[set[int], Indexed(target="keys")]},
    ),
    (
        "Model has 2 discriminators",
        {"id": key(), "a": Annotated[str, Discriminator()], "b": Annotated[str, Discriminator()]},
    ),
]


@pytest.mark.parametrize(("message", "annotations"), REFUSED, ids=[each[0] for each in REFUSED])
def test_a_mistake_is_found_when_the_class_is_made(message, annotations):
    with pytest.raises(InvalidModelError, match=message) as caught:
        type(Document)("Model", (Document,), {"__annotations__": annotations, "__module__": __name__})
    assert isinstance(caught.value, TypeError)
    assert isinstance(caught.value, CoodieError)


def test_a_counter_document_holds_counters_only():
    with pytest.raises(
        InvalidModelError, match=r"Hits\.name: a counter table holds its key and counters only"
    ):

        class Hits(CounterDocument):
            id: Annotated[int, PrimaryKey()]
            name: str


def test_a_frozen_collection_can_be_a_key():
    class Path(Document):
        parts: Annotated[list[str], PrimaryKey(), Frozen()]

    assert schema_of(Path).partition_key[0].bind(["a"]) == ["a"]


def test_a_vector_with_an_index():
    class Item(Document):
        id: Annotated[UUID, PrimaryKey()]
        embedding: Annotated[list[float], Vector(2), VectorIndex("EUCLIDEAN")]

    (index,) = schema_of(Item).indexes
    assert index.similarity == "EUCLIDEAN"
