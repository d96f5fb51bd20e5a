"""§9: the nearest first, by each server's own index."""

from typing import Annotated

import pytest

from coodie.backend import connections
from coodie.exceptions import InvalidQueryError
from coodie.fields import PrimaryKey, Vector, VectorIndex
from coodie.statement import Statement


def models(odm):
    class Item(odm.Document):
        id: Annotated[int, PrimaryKey()]
        near: Annotated[list[float], Vector(3), VectorIndex()]
        straight: Annotated[list[float] | None, Vector(2), VectorIndex(similarity_function="EUCLIDEAN")] = (
            None
        )
        plain: Annotated[list[float] | None, Vector(2)] = None

    return (Item,)


@pytest.fixture
def items(m, do):
    items = [
        m.Item(id=1, near=[1, 0, 0], straight=[0, 0]),
        m.Item(id=2, near=[0, 1, 0], straight=[1, 1]),
        m.Item(id=3, near=[1, 1, 0], straight=[5, 5]),
    ]
    do(m.Item.insert_many(items))
    return items


def test_vectors_come_back_as_lists_of_floats(m, do, items):
    assert do(m.Item.get(id=3)) == items[2]


def test_nearest_come_first(m, do, items):
    found = do(m.Item.find().order_by_ann("near", [1.0, 0.2, 0.0]).limit(3).all())

    assert [item.id for item in found] == [1, 3, 2]
    found = do(m.Item.find().order_by_ann(m.Item.straight, [4.0, 4.0]).limit(2).all())
    assert [item.id for item in found] == [3, 2]


def test_nearest_are_values_too(m, do, items):
    queryset = m.Item.find().order_by_ann("near", [0.0, 1.0, 0.0]).limit(1)

    assert do(queryset.values_list("id").all()) == [(2,)]
    assert do(queryset.first()).id == 2


def test_index_is_the_servers_own(m):
    backend = connections.get()
    page = backend.execute(
        Statement(
            "SELECT index_name, options FROM system_schema.indexes WHERE keyspace_name = ? AND table_name = ?",
            (backend.keyspace, "item"),
        )
    )
    options = dict(page.rows)["item_near_idx"]

    assert options["similarity_function"].upper() == "COSINE"
    assert options["class_name"].lower() in {"sai", "storageattachedindex", "vector_index"} or options[
        "class_name"
    ].endswith("StorageAttachedIndex")


def test_second_sync_does_nothing(m, do):
    assert do(m.Item.sync_table(strict=True)) == []


@pytest.mark.parametrize(
    ("queryset", "words"),
    [
        (lambda item: item.find().order_by_ann("near", [1, 0, 0]), r"wants a limit\(\) of at most 1000"),
        (
            lambda item: item.find().order_by_ann("near", [1, 0, 0]).limit(1001),
            r"wants a limit\(\) of at most 1000",
        ),
        (lambda item: item.find().order_by_ann("near", [0, 0, 0]).limit(1), "zero vector has no direction"),
        (lambda item: item.find().order_by_ann("near", [1, 0]).limit(1), "has 2 dimensions, not 3"),
        (lambda item: item.find().order_by_ann("id", [1]).limit(1), r"only a Vector\(\) can be near"),
        (
            lambda item: (
                item.find().order_by_ann("near", [1, 0, 0]).order_by("id").limit(1).allow_filtering()
            ),
            r"order_by_ann\(\) sorts already",
        ),
    ],
)
def test_what_no_server_answers_is_refused(m, do, queryset, words):
    with pytest.raises(InvalidQueryError, match=words):
        do(queryset(m.Item).all())
