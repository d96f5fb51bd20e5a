"""§9, §0.2: updates and deletes by any filter, in the fewest statements that the server allows."""

from typing import Annotated

import pytest
from pydantic import Field, ValidationError

from coodie.exceptions import InvalidQueryError
from coodie.fields import ClusteringKey, Frozen, Indexed, PrimaryKey, Static
from coodie.predicates import Token
from coodie.results import LWTResult

EVERYWHERE = Token(-(2**63) + 1)


def models(odm):
    class Item(odm.Document):
        shop: Annotated[str, PrimaryKey()]
        aisle: Annotated[int, ClusteringKey("DESC")]
        number: Annotated[int, ClusteringKey(clustering_key_index=1)]
        owner: Annotated[str | None, Static()] = None
        kind: Annotated[str, Indexed()] = "a"
        price: Annotated[int | None, Field(ge=0)] = None
        tags: set[str] = Field(default_factory=set)

    class Path(odm.Document):
        steps: Annotated[list[int], Frozen(), PrimaryKey()]
        at: Annotated[int, ClusteringKey()]

    return Item, Path


@pytest.fixture
def items(m, do):
    """Two shops, five items each; kinds by turns."""
    items = [
        m.Item(shop="xy"[n % 2], aisle=n // 4, number=n, kind="ab"[n // 2 % 2], price=n) for n in range(10)
    ]
    do(m.Item.insert_many(items))
    return m.Item.find()


def numbers(do, queryset):
    return sorted(item.number for item in do(queryset.all()))


def prices(do, queryset):
    return {item.number: item.price for item in do(queryset.all())}


# Delete


@pytest.mark.parametrize(
    ("which", "left"),
    [
        ({"shop": "x"}, [1, 3, 5, 7, 9]),
        ({"shop__in": ["x", "y"]}, []),
        ({"shop__in": []}, list(range(10))),
        ({"shop": "x", "aisle": 1}, [0, 1, 2, 3, 5, 7, 8, 9]),
        ({"shop": "x", "aisle__gte": 1}, [0, 1, 2, 3, 5, 7, 9]),
        ({"shop": "x", "aisle__gt": 0, "aisle__lt": 2}, [0, 1, 2, 3, 5, 7, 8, 9]),
        ({"shop": "x", "aisle__in": [0, 2]}, [1, 3, 4, 5, 6, 7, 9]),
        ({"shop": "x", "aisle__number__gt": (1, 4)}, [0, 1, 2, 3, 4, 5, 7, 9]),
        ({"shop": "x", "aisle__number__in": [(1, 4), (0, 0)]}, [1, 2, 3, 5, 6, 7, 8, 9]),
        ({"shop__token__gt": EVERYWHERE}, []),
        ({"kind": "a"}, [2, 3, 6, 7]),
        ({"shop": "x", "kind": "a"}, [1, 2, 3, 5, 6, 7, 9]),
    ],
)
def test_delete_by(m, do, items, which, left):
    do(items.filter(**which).delete())

    assert numbers(do, m.Item.find()) == left


@pytest.mark.parametrize(
    ("which", "left"),
    [
        ({"price__gt": 4}, [0, 1, 2, 3, 4]),
        ({"kind__ne": "a"}, [0, 1, 4, 5, 8, 9]),
        ({"kind": "a", "price__ne": 4}, [2, 3, 4, 6, 7]),
    ],
)
def test_delete_by_what_has_to_be_filtered(m, do, items, which, left):
    do(items.filter(**which).allow_filtering().delete())

    assert numbers(do, m.Item.find()) == left


def test_delete_of_the_greatest(m, do, items):
    do(items.order_by("-price").limit(3).allow_filtering().delete())

    assert numbers(do, m.Item.find()) == list(range(7))


def test_delete_of_everything(m, do, items):
    do(items.delete())

    assert not do(m.Item.find().exists())


def test_conditional_delete_of_many_goes_row_by_row(m, do, items):
    """No server takes a condition on a partition, or on several."""
    refused = do(items.filter(shop="x").delete(if_conditions={"price": 4}))

    assert not refused.applied
    assert refused.existing["price"] in (0, 2, 6, 8)
    assert numbers(do, m.Item.find(shop="x")) == [0, 2, 6, 8]
    assert do(items.filter(shop__in=["x", "y"]).if_exists().delete()) == LWTResult(applied=True)
    assert numbers(do, m.Item.find()) == []


# Update


@pytest.mark.parametrize(
    ("which", "changed"),
    [
        ({"shop": "x", "aisle": 0, "number": 0}, [0]),
        ({"shop": "x", "aisle": 0, "number__in": [0, 2]}, [0, 2]),
        ({"shop__in": ["x", "y"], "aisle": 0, "number__in": [0, 1]}, [0, 1]),
        ({"shop": "x"}, [0, 2, 4, 6, 8]),
        ({"shop": "x", "aisle__gte": 1}, [4, 6, 8]),
        ({"kind": "b"}, [2, 3, 6, 7]),
        ({"shop__token__gt": EVERYWHERE}, list(range(10))),
    ],
)
def test_update_by(m, do, items, which, changed):
    do(m.Item.find().filter(**which).update(price=100))

    found = prices(do, m.Item.find())
    assert [number for number in changed if found[number] != 100] == []
    if "shop__in" not in which:  # such an update also makes the rows that were not there
        assert {number: price for number, price in found.items() if price != 100} == {
            number: number for number in range(10) if number not in changed
        }


def test_update_with_collections_and_ttl(m, do, items):
    do(items.filter(kind="b").ttl(500).update(add__tags="new", price=None))

    for item in do(m.Item.find(kind="b").all()):
        assert (item.tags, item.price) == ({"new"}, None)
    assert do(m.Item.find(kind="a").column_ttl("price")) is None


def test_statics_are_updated_by_the_partitions_of_matching_rows(m, do, items):
    do(m.Item.create(shop="z", aisle=0, number=50, kind="c"))
    do(m.Item.find(kind="b").update(owner="me"))
    assert {item.shop: item.owner for item in do(m.Item.find().all())} == {"x": "me", "y": "me", "z": None}
    do(m.Item.find(kind="b").update(owner="you", price=5))

    assert {item.owner for item in do(m.Item.find(kind="b").all())} == {"you"}
    assert set(do(m.Item.find(kind="b").values_list("price").all())) == {(5,)}


def test_conditional_update_of_several_keys_goes_row_by_row(m, do, items):
    asked = items.filter(shop="x", aisle=0, number__in=[0, 2])
    refused = do(asked.update(if_conditions={"price": 2}, price=20))

    assert (refused.applied, refused.existing["price"]) == (False, 0)
    assert prices(do, asked) == {0: 0, 2: 20}


def test_value_that_does_not_fit_is_refused_with_its_field(m, do, items):
    """As by a document's update(), with the field's name and its constraints."""
    for value in ("many", -1):
        with pytest.raises(ValidationError, match=r"1 validation error for Item\nprice"):
            do(items.filter(kind="a").update(price=value))
    with pytest.raises(InvalidQueryError, match=r"Item\.price: 4294967296 does not fit 32 bits"):
        do(items.filter(kind="a").update(price=2**32))

    assert prices(do, m.Item.find())[0] == 0


def test_column_is_not_assigned_and_changed_at_once(m, do, items):
    for change in ({"tags": {"a"}, "add__tags": "b"}, {"price": 1, "set__price": 2}):
        with pytest.raises(InvalidQueryError, match="is assigned and changed in one update"):
            do(items.filter(kind="a").update(**change))


# Partitions


def test_distinct_gives_values_of_partitions(m, do, items):
    do(m.Item.find(shop="x").update(owner="me"))
    partitions = m.Item.find().distinct()

    assert sorted(do(partitions.values_list("shop", "owner").all()), key=str) == [("x", "me"), ("y", None)]
    assert sorted(do(partitions.values_list("owner").all()), key=str) == [("me",), (None,)]
    assert {each.owner for each in do(partitions.only("owner").all())} == {"me", None}
    assert do(partitions.count()) == 2


def test_values_that_a_partition_has_several_of_are_refused(m, do, items):
    with pytest.raises(InvalidQueryError, match=r"Item\.price: distinct\(\) gives partitions"):
        do(m.Item.find().distinct().values_list("price").all())


def test_partitions_of_a_frozen_collection_are_merged(m, do):
    do(m.Path.insert_many(m.Path(steps=[n % 2], at=n) for n in range(6)))
    found = m.Path.find(steps__in=[[0], [1], [0]])

    assert [path.at for path in do(found.order_by("at").all())] == list(range(6))
    assert [path.at for path in do(found.order_by("-at").limit(2).all())] == [5, 4]


def test_refusal_to_sort_says_that_the_index_is_the_reason(m, do, items):
    with pytest.raises(InvalidQueryError, match="where it has not to look for kind"):
        do(items.filter(shop="x", kind="a").order_by("-aisle").all())

    assert [
        item.number
        for item in do(items.filter(shop="x", kind="a").order_by("-aisle").allow_filtering().all())
    ] == [
        8,
        4,
        0,
    ]
