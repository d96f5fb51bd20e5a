"""What inserting many documents sends, and what it makes of the answers."""

import pickle
from typing import Annotated

import pytest

from coodie.exceptions import InsertManyError, InvalidQueryError, InvalidRequest
from coodie.fields import ClusteringKey, PrimaryKey, Static
from coodie.operations.inserts import SIZE, TOGETHER, insert_many
from coodie.results import LWTResult
from coodie.statement import BatchRequest, Page, Statement
from coodie.sync import Document


class Row(Document):
    part: Annotated[int, PrimaryKey()]
    number: Annotated[int, ClusteringKey()] = 0
    text: str = ""


class Owned(Document):
    part: Annotated[int, PrimaryKey()]
    number: Annotated[int, ClusteringKey()] = 0
    owner: Annotated[str, Static()] = ""


def sizes(there):
    """How many rows each request carries."""
    return [len(each.statements) if isinstance(each, BatchRequest) else 1 for each in there.requests]


def test_rows_travel_together(drive):
    there = drive(insert_many(Row, [Row(part=n) for n in range(2 * TOGETHER + 1)]))

    assert sizes(there) == [TOGETHER, TOGETHER, 1]
    assert {each.kind for each in there.requests[:2]} == {"unlogged"}
    assert all(each.idempotent for each in there.requests)
    assert there.result == [LWTResult(applied=True)] * (2 * TOGETHER + 1)


def test_rows_with_one_key_travel_one_after_the_other(drive):
    """A batch has one timestamp: not the later value would win, but the greater."""
    assert sizes(drive(insert_many(Row, [Row(part=1), Row(part=2), Row(part=1), Row(part=1, number=1)]))) == [
        2,
        2,
    ]


def test_rows_that_share_statics_travel_one_after_the_other(drive):
    assert sizes(drive(insert_many(Owned, [Owned(part=1, number=n) for n in range(3)]))) == [1, 1, 1]


def test_big_rows_travel_alone(drive):
    assert sizes(drive(insert_many(Row, [Row(part=n, text="x" * SIZE) for n in range(3)]))) == [1, 1, 1]


def test_transactions_travel_alone(drive):
    refused = Page(("[applied]", "part", "text"), [(False, 1, "there")])
    there = drive(
        insert_many(Row, [Row(part=n) for n in range(3)], if_not_exists=True), Page(), refused, Page()
    )

    assert sizes(there) == [1, 1, 1]
    assert [result.applied for result in there.result] == [True, False, True]
    assert there.result[1].existing == {"part": 1, "text": "there"}


def test_levels_are_the_batches(drive):
    there = drive(insert_many(Row, [Row(part=1), Row(part=2)], consistency="ONE", timeout=3, ttl=5))

    assert (there.requests[0].consistency, there.requests[0].timeout) == ("ONE", 3)
    assert there.requests[0].statements[0].cql.endswith("USING TTL ?")


def test_rows_of_a_refused_batch_are_tried_one_by_one(drive):
    """So that the error is that of a row."""
    wrong = InvalidRequest("no")
    with pytest.raises(InsertManyError) as caught:
        drive(insert_many(Row, [Row(part=n) for n in range(3)]), wrong, Page(), wrong, Page())

    assert caught.value.errors == {1: wrong}
    assert caught.value.count == 3


def test_what_cannot_be_sent_is_an_error_by_place(drive):
    documents = [Row(part=0), Row(part=2**40), Row(part=2), "text"]
    with pytest.raises(InsertManyError, match="2 of 4 rows were not written; the first is row 1") as caught:
        drive(insert_many(Row, documents))

    assert {place: type(error) for place, error in caught.value.errors.items()} == {
        1: InvalidQueryError,
        3: InvalidQueryError,
    }


def test_error_can_be_pickled():
    error = InsertManyError({2: ValueError("x")}, 5)
    twin = pickle.loads(pickle.dumps(error))

    assert (str(twin), twin.count, list(twin.errors)) == (str(error), 5, [2])


def test_statement_is_that_of_save(drive):
    there = drive(insert_many(Row, [Row(part=1)]))

    assert there.only == Statement(
        "INSERT INTO row (part, number, text) VALUES (?, ?, ?)", (1, 0, ""), idempotent=True
    )
