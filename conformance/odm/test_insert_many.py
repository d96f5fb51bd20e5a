"""Many documents at once: concurrent, in the order of the input, errors by place."""

from random import randrange
from typing import Annotated

import pytest

from conformance.odm.census import Census
from coodie.exceptions import InsertManyError, InvalidQueryError, InvalidRequest
from coodie.fields import ClusteringKey, PrimaryKey
from coodie.operations.inserts import AT_ONCE
from coodie.results import LWTResult


def models(odm):
    class Row(odm.Document):
        part: Annotated[int, PrimaryKey()]
        number: Annotated[int, ClusteringKey()]
        text: str = ""

    return (Row,)


def rows(m, count, **fields):
    return [m.Row(part=number % 5, number=number, **fields) for number in range(count)]


def test_all_are_written(m, do):
    written = rows(m, 300)
    results = do(m.Row.insert_many(written))

    assert results == [LWTResult(applied=True)] * 300
    assert sorted(do(m.Row.find().all()), key=lambda row: row.number) == written


def test_generator_is_taken(m, do):
    assert len(do(m.Row.insert_many(m.Row(part=0, number=n) for n in range(10)))) == 10
    assert do(m.Row.find().count()) == 10


def test_nothing_writes_nothing(m, do):
    assert do(m.Row.insert_many([])) == []


def test_later_of_two_with_one_key_wins(m, do):
    """Concurrent, and still in the order of the input."""
    do(m.Row.insert_many(m.Row(part=0, number=n % 10, text=str(n)) for n in range(200)))

    assert [row.text for row in do(m.Row.find(part=0).all())] == [str(n) for n in range(190, 200)]


def test_if_not_exists_tells_of_each(m, do):
    do(m.Row(part=0, number=1, text="there").save())
    results = do(
        m.Row.insert_many([m.Row(part=0, number=n, text="new") for n in range(3)], if_not_exists=True)
    )

    assert [result.applied for result in results] == [True, False, True]
    assert results[1].existing["text"] == "there"
    assert [row.text for row in do(m.Row.find(part=0).all())] == ["new", "there", "new"]


def test_errors_are_collected_by_place_and_the_others_written(m, do):
    documents = rows(m, 10)
    documents[3] = m.Row.model_construct(part=3, number=2**40, text="")
    documents[7] = m.Row.model_construct(part=None, number=1, text="")
    with pytest.raises(InsertManyError, match="2 of 10 rows were not written; the first is row 3") as caught:
        do(m.Row.insert_many(documents))

    assert {place: type(error) for place, error in caught.value.errors.items()} == {
        3: InvalidQueryError,
        7: InvalidQueryError,
    }
    assert do(m.Row.find().count()) == 8


def test_errors_of_the_server_are_collected(m, do):
    documents = [m.Row(part=0, number=n) for n in range(5)]
    with pytest.raises(InsertManyError) as caught:
        do(m.Row.insert_many(documents, ttl=-1))

    assert list(caught.value.errors) == [0, 1, 2, 3, 4]
    assert {type(error) for error in caught.value.errors.values()} == {InvalidRequest}


def test_document_of_another_class_is_an_error(m, do):
    with pytest.raises(InsertManyError, match="is no Row"):
        do(m.Row.insert_many([m.Row(part=0, number=0), "text"]))


def test_options_reach_each_row(m, do):
    part = randrange(2**30)  # what was deleted before is newer than this timestamp
    documents = [m.Row(part=part, number=n, text="x") for n in range(3)]
    do(m.Row.insert_many(documents, ttl=600, timestamp=1000, consistency="ONE", timeout=10))

    for number in range(3):
        row = m.Row.find(part=part, number=number)
        assert do(row.writetime("text")) == 1000
        assert 0 < do(row.column_ttl("text")) <= 600


@pytest.mark.parametrize("concurrency", [1, 3, 1000])
def test_concurrency_is_the_callers(m, do, concurrency):
    do(m.Row.insert_many(rows(m, 20), concurrency=concurrency))

    assert do(m.Row.find().count()) == 20
    with pytest.raises(InvalidQueryError, match="concurrency"):
        do(m.Row.insert_many(rows(m, 2), concurrency=0))


def test_saved_documents_know_it(m, do):
    """As after `save()`: nothing is left to be saved."""
    documents = rows(m, 2)
    do(m.Row.insert_many(documents))
    documents[0].text = "changed"
    do(documents[0].save_changes())

    assert do(m.Row.get(part=0, number=0)).text == "changed"


def test_stream_is_never_held(m, do):
    """Documents of a generator are let go as they are written."""
    census = Census()
    do(m.Row.insert_many(census.count(m.Row(part=n % 50, number=n)) for n in range(4000)))

    assert census.most <= 2 * AT_ONCE
    assert do(m.Row.find().count()) == 4000


def test_first_of_two_with_one_key_is_inserted(m, do):
    """Concurrent, and still in the order of the input, whatever the server does first."""
    results = do(
        m.Row.insert_many((m.Row(part=n % 3, number=0, text=str(n)) for n in range(30)), if_not_exists=True)
    )

    assert [result.applied for result in results] == [True] * 3 + [False] * 27
    assert [result.existing["text"] for result in results[3:6]] == ["0", "1", "2"]
    assert sorted(row.text for row in do(m.Row.find().all())) == ["0", "1", "2"]


def test_async_generator_is_taken_by_the_async_face(m, do):
    async def coming():
        for number in range(AT_ONCE + 10):
            yield m.Row(part=number % 5, number=number)

    if do.name == "sync":
        with pytest.raises(InvalidQueryError, match=r"has to be awaited; use the method of coodie\.aio"):
            do(m.Row.insert_many(coming()))
        return
    assert len(do(m.Row.insert_many(coming()))) == AT_ONCE + 10
    assert do(m.Row.find().count()) == AT_ONCE + 10


def test_error_of_the_source_is_the_callers(m, do):
    def coming():
        yield m.Row(part=0, number=0)
        raise LookupError("no more")

    with pytest.raises(LookupError, match="no more"):
        do(m.Row.insert_many(coming()))
