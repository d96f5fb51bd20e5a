"""§7: counters are counted, never written."""

from typing import Annotated
from uuid import uuid4

import pytest

from coodie.exceptions import InvalidQueryError
from coodie.fields import ClusteringKey, Counter, PrimaryKey, Static


def models(odm):
    class Hits(odm.CounterDocument):
        url: Annotated[str, PrimaryKey()]
        hour: Annotated[int, ClusteringKey()] = 0
        hits: Annotated[int, Counter()]
        errors: Annotated[int, Counter()]
        total: Annotated[int, Counter(), Static()]

    class Plain(odm.Document):
        id: Annotated[str, PrimaryKey()]
        n: int = 0

    return Hits, Plain


@pytest.fixture
def page(m):
    """A counter that was deleted may not be used again, so each test has its own."""
    return m.Hits(url=str(uuid4()))


def test_increment_and_decrement_count_row_and_document(m, do, page):
    do(page.increment(hits=5, errors=2))
    do(page.decrement(hits=1))

    assert (page.hits, page.errors) == (4, 2)
    assert do(m.Hits.get(url=page.url, hour=0)) == page


def test_counters_of_others_add_up(m, do, page):
    twin = m.Hits(url=page.url)
    do(page.increment(hits=1))
    do(twin.increment(hits=2))

    assert do(m.Hits.get(url=page.url, hour=0)).hits == 3
    do(page.refresh())
    assert page.hits == 3


def test_unwritten_counter_reads_as_zero(m, do, page):
    do(page.increment(hits=1))

    assert do(m.Hits.get(url=page.url, hour=0)).errors == 0


def test_static_counter_is_the_partitions(m, do, page):
    do(page.increment(total=1, hits=1))
    do(m.Hits(url=page.url, hour=1).increment(total=1, hits=1))

    assert [each.total for each in do(m.Hits.find(url=page.url).all())] == [2, 2]


def test_nothing_to_count_sends_nothing(m, do, page):
    do(page.increment())

    assert do(m.Hits.find_one(url=page.url, hour=0)) is None


@pytest.mark.parametrize("method", ["save", "insert", "save_json", "save_changes"])
def test_writing_a_counter_document_is_refused(do, page, method):
    with pytest.raises(InvalidQueryError, match=r"increment\(\) and decrement\(\)"):
        do(getattr(page, method)())


def test_assigning_a_counter_is_refused(m, do, page):
    with pytest.raises(InvalidQueryError, match="counter"):
        do(page.update(hits=1))
    with pytest.raises(InvalidQueryError, match="counter"):
        do(m.Hits.find(url=page.url).update(hits=1))
    with pytest.raises(InvalidQueryError, match="counter"):
        do(m.Hits.insert_many([page]))


@pytest.mark.parametrize(
    ("deltas", "words"),
    [({"url": 1}, "is no counter"), ({"hitz": 1}, "did you mean 'hits'"), ({"hits": "x"}, "hits")],
)
def test_delta_that_cannot_be_meant_is_refused(do, page, deltas, words):
    with pytest.raises(InvalidQueryError, match=words):
        do(page.increment(**deltas))


def test_counters_do_not_go_into_a_batch_with_other_writes(m, do, page):
    def block():
        with do.batch() as batch:
            do(page.increment(hits=1, batch=batch))
            do(m.Plain(id="a").save(batch=batch))

    with pytest.raises(InvalidQueryError, match="do not go into one batch"):
        block()
    assert do(m.Hits.find_one(url=page.url, hour=0)) is None


def test_counters_batch(m, do, page):
    with do.batch() as batch:
        do(page.increment(hits=1, batch=batch))
        do(page.increment(errors=3, batch=batch))

    assert do(m.Hits.get(url=page.url, hour=0)) == page
    assert page.errors == 3


def test_deleting_a_counter_row(m, do, page):
    do(page.increment(hits=1))
    do(page.delete())

    assert do(m.Hits.find_one(url=page.url, hour=0)) is None


def test_counters_are_summed_and_deleted_by_query(m, do, page):
    for hour in range(3):
        do(m.Hits(url=page.url, hour=hour).increment(hits=hour + 1))

    assert do(m.Hits.find(url=page.url).sum("hits")) == 6
    do(m.Hits.find(url=page.url, hour__gte=1).delete())
    assert [each.hits for each in do(m.Hits.find(url=page.url).all())] == [1]
