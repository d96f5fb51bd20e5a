"""What the server calculates, and what of a queryset becomes plain values."""

from enum import StrEnum
from typing import Annotated

import pytest

from coodie.exceptions import InvalidQueryError
from coodie.fields import ClusteringKey, Column, PrimaryKey
from coodie.operations import calculate, reads, writes
from coodie.results import LWTResult
from coodie.statement import Page
from coodie.sync import Document


class Kind(StrEnum):
    A = "a"


class Sale(Document):
    shop: Annotated[str, PrimaryKey()]
    day: Annotated[int, ClusteringKey()]
    amount: Annotated[int, Column("Amount")] = 0
    kind: Kind = Kind.A
    tags: set[str] | None = None


@pytest.mark.parametrize(
    ("operation", "function"),
    [
        (calculate.total, "sum"),
        (calculate.average, "avg"),
        (calculate.least, "min"),
        (calculate.greatest, "max"),
    ],
)
def test_aggregates_of_one_column(drive, operation, function):
    for column in ("amount", Sale.amount):
        there = drive(operation(Sale.find(shop="a"), column), Page((function,), [(7,)]))
        assert there.only.cql == f'SELECT {function}("Amount") AS {function} FROM sale WHERE shop = ?'
        assert there.result == 7


def test_what_is_picked_from_a_column_is_of_its_type(drive):
    assert drive(calculate.greatest(Sale.find(), "kind"), Page(("max",), [("a",)])).result is Kind.A
    assert drive(calculate.greatest(Sale.find(), "kind"), Page(("max",), [(None,)])).result is None


def test_several_aggregates_by_group(drive):
    queryset = Sale.find().group_by("shop")
    there = drive(
        calculate.aggregate(queryset, number="count(*)", Total="SUM( amount )"),
        Page(("shop", "number", "Total"), [("a", 2, 30)]),
    )
    assert there.only.cql == (
        'SELECT shop, count(*) AS number, sum("Amount") AS "Total" FROM sale GROUP BY shop'
    )
    assert there.result == [{"shop": "a", "number": 2, "Total": 30}]
    whole = drive(calculate.aggregate(Sale.find(), number="count(*)"), Page(("number",), [(2,)]))
    assert whole.result == {"number": 2}


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"x": "summ(amount)"}, "no aggregate 'summ'; did you mean 'sum'"),
        ({"x": "sum(amuont)"}, "Sale has no field 'amuont'; did you mean 'amount'"),
        ({"x": "sum(kind)"}, r"Sale.kind: sum\(\) wants numbers"),
        ({"x": "sum(*)"}, r"only count\(\*\) is of rows"),
        ({"x": "amount) FROM x; --"}, "is no call of an aggregate"),
    ],
)
def test_what_is_no_aggregate_is_refused(drive, wanted, message):
    with pytest.raises(InvalidQueryError, match=message):
        drive(calculate.aggregate(Sale.find(), **wanted))


def test_groups_are_of_the_key_from_the_left():
    with pytest.raises(InvalidQueryError, match=r"Sale can be grouped by its key \(shop, day\)"):
        Sale.find().group_by("day")


def test_the_server_cannot_calculate_what_the_client_filters(drive):
    with pytest.raises(InvalidQueryError, match="the server calculates"):
        drive(calculate.total(Sale.find(amount__ne=1).allow_filtering(), "amount"))


def test_write_time_and_time_to_live(drive):
    there = drive(calculate.write_time(Sale.find(), "amount"), Page(("amount",), [(5,)]))
    assert there.only.cql == 'SELECT writetime("Amount") AS amount FROM sale LIMIT ?'
    assert there.result == 5
    assert drive(calculate.write_time(Sale.find(), "amount")).result is None
    assert drive(calculate.time_to_live(Sale.find(), "amount")).texts == [
        'SELECT ttl("Amount") AS amount FROM sale LIMIT ?'
    ]
    with pytest.raises(InvalidQueryError, match=r"Sale\.day is part of the key, which has no writetime"):
        drive(calculate.write_time(Sale.find(), "day"))


def test_json_is_the_servers(drive):
    there = drive(calculate.as_json(Sale.find(shop="a").only("amount")), Page(("[json]",), [("{}",)]))
    assert there.only.cql == 'SELECT JSON shop, day, "Amount" FROM sale WHERE shop = ?'
    assert there.result == ["{}"]


def test_values_are_what_was_asked_for_in_that_order(drive):
    queryset = Sale.find(shop="a").values_list("kind", "amount")
    there = drive(reads.fetch_all(queryset), Page((), [("a", 1)]))
    assert there.only.cql == 'SELECT kind, "Amount" FROM sale WHERE shop = ?'
    assert there.result == [(Kind.A, 1)]
    as_dicts = drive(reads.fetch_first(Sale.find().values("tags", "day")), Page((), [(None, 1)]))
    assert as_dicts.result == {"tags": None, "day": 1}


def test_values_sorted_here_leave_out_what_they_were_sorted_by(drive):
    queryset = Sale.find().values_list("day").order_by("-amount").allow_filtering()
    there = drive(reads.fetch_all(queryset), Page((), [(1, 10), (2, 20)]))
    assert there.only.cql == 'SELECT day, "Amount" FROM sale ALLOW FILTERING'
    assert there.result == [(2,), (1,)]


def test_create_writes_as_the_queryset_says(drive):
    there = drive(writes.create_in(Sale.find().ttl(9).consistency("QUORUM"), shop="a", day=1))
    assert there.only.cql.endswith("VALUES (?, ?, ?, ?, ?) USING TTL ?")
    assert there.only.consistency == "QUORUM"
    assert there.result is None


def test_create_if_not_exists_tells_what_there_is(drive):
    refused = Page(("[applied]", "day"), [(False, 1)])
    there = drive(writes.create_in(Sale.find().if_not_exists(), shop="a", day=1), refused)
    assert there.only.cql.endswith("IF NOT EXISTS")
    assert there.result == LWTResult(applied=False, existing={"day": 1})


def test_elements_are_deleted_by_their_place(drive):
    class Bag(Document):
        id: Annotated[int, PrimaryKey()]
        tags: set[str] | None = None
        notes: list[str] | None = None
        sizes: dict[str, int] | None = None

    operation = writes.delete_columns(
        Bag(id=1), "tags", collection_elements={"tags": {"a"}, "notes": [0], "sizes": ["k"]}, timestamp=5
    )
    there = drive(operation)
    assert (
        there.only.cql == "DELETE tags, tags[?], notes[?], sizes[?] FROM bag USING TIMESTAMP ? WHERE id = ?"
    )
    assert there.only.params == ("a", 0, "k", 5, 1)
    with pytest.raises(InvalidQueryError, match=r"Bag\.id has no elements"):
        drive(writes.delete_columns(Bag(id=1), collection_elements={"id": [1]}))
    with pytest.raises(InvalidQueryError, match=r"Bag\.notes: -1 is no list index"):
        drive(writes.delete_columns(Bag(id=1), collection_elements={"notes": [-1]}))
