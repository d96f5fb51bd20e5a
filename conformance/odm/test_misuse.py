"""What cannot be meant is refused where it is said, in words that tell the way out."""

import copy
import pickle
from typing import Annotated, Generic, Optional, TypeVar

import pytest
from pydantic import Field, computed_field

import coodie
from coodie import aio, sync
from coodie.exceptions import (
    ConfigurationError,
    ConnectionFailed,
    FieldNotLoaded,
    InvalidModelError,
    InvalidQueryError,
)
from coodie.fields import ClusteringKey, Column, Frozen, Indexed, PrimaryKey, Vector, VectorIndex
from coodie.statement import CqlDuration

T = TypeVar("T")


def models(odm):
    class Task(odm.Document):
        id: Annotated[int, PrimaryKey()]
        title: str = ""
        size: int = 0
        share: float = 0.0
        tags: set[str] = Field(default_factory=set)

        @computed_field
        def shown(self) -> str:
            return f"{self.title} ({self.size})"

    return (Task,)


@pytest.fixture
def task(m, do):
    return do(m.Task.create(id=1, title="paint", size=3, tags={"a"}))


# Queries


def test_query_has_no_index(m, do, task):
    for place in (0, slice(3)):
        with pytest.raises(TypeError, match=r"no index and no slices: first\(\), limit\(n\)"):
            m.Task.find()[place]


def test_query_is_iterated_as_its_face_does():
    class One(sync.Document):
        id: Annotated[int, PrimaryKey()]

    class Two(aio.Document):
        id: Annotated[int, PrimaryKey()]

    async def iterated():
        return [each async for each in One.find()]

    with pytest.raises(TypeError, match=r"coodie\.sync is iterated by `for`, not by `async for`"):
        iterated().send(None)
    with pytest.raises(TypeError, match=r"coodie\.aio is iterated by `async for`, not by `for`"):
        list(Two.find())


def test_values_are_of_what_only_left(m, do, task):
    query = m.Task.find(id=1).only("title")

    assert do(query.values().all()) == [{"id": 1, "title": "paint"}]
    assert do(query.values_list().all()) == [(1, "paint")]
    with pytest.raises(InvalidQueryError, match=r"only\(\) and defer\(\) come before"):
        m.Task.find().values("title").only("size")


def test_value_is_read_as_pydantic_reads_it_or_refused(m):
    assert m.Task.find(share="0.5").query.where == m.Task.find(share=0.5).query.where
    with pytest.raises(InvalidQueryError, match=r"Task\.share: 'half' does not fit: .*valid number"):
        m.Task.find(share="half")


def test_order_by_a_collection_is_refused_in_cqls_words(m):
    with pytest.raises(InvalidQueryError, match="nothing can be sorted by set<text>"):
        m.Task.find().order_by("tags")


@pytest.mark.parametrize("seconds", ["5", -1, True, float("nan")])
def test_timeout_that_is_none_is_refused(m, do, task, seconds):
    words = "a timeout is a number of seconds"
    with pytest.raises(InvalidQueryError, match=words):
        m.Task.find().timeout(seconds)
    with pytest.raises(InvalidQueryError, match=words):
        do(task.save(timeout=seconds))
    with pytest.raises(InvalidQueryError, match=words), do.batch(timeout=seconds):
        pass


@pytest.mark.parametrize("option", [{"ttl": 2**31}, {"timestamp": 2**63}, {"timestamp": 1.5}, {"ttl": "60"}])
def test_ttl_and_timestamp_are_whole_numbers(m, do, task, option):
    with pytest.raises(InvalidQueryError, match="is a whole number"):
        do(task.save(**option))
    with pytest.raises(InvalidQueryError, match="is a whole number"):
        do(m.Task.find(id=1).update(title="x", **option))
    assert do(m.Task.get(id=1)) == task


def test_batch_is_one(m, do, task):
    with pytest.raises(InvalidQueryError, match="batch='later' is no batch; `with BatchQuery"):
        do(task.save(batch="later"))
    with pytest.raises(InvalidQueryError, match="timestamp is a whole number"), do.batch(timestamp="now"):
        pass


def test_statement_is_a_text(do):
    with pytest.raises(InvalidQueryError, match="a statement is a text, not None"):
        do(do.odm.execute_raw(None))


def test_both_batches_are_at_the_top():
    assert coodie.BatchQuery is sync.BatchQuery
    assert coodie.AsyncBatchQuery is aio.AsyncBatchQuery


def test_query_is_copied_and_not_pickled(m, do, task):
    query = m.Task.find(m.Task.size >= 3, id=1).allow_filtering()

    assert copy.deepcopy(query) == query == copy.copy(query)
    assert do(copy.deepcopy(query).all()) == [task]
    with pytest.raises(TypeError, match="pickle what a query gives, or what makes it"):
        pickle.dumps(query.query.where)


def test_pages_go_on_where_they_began(do):
    """Whatever has the connection's name meanwhile: another cluster has other rows."""

    class Far(do.odm.Document):
        id: Annotated[int, PrimaryKey()]

        class Settings:
            connection = "far"

    backend = do(do.odm.init_coodie(driver_type="memory", keyspace="ks", name="far", default=False))
    try:
        do(Far.sync_table())
        do(Far.insert_many(Far(id=n) for n in range(5)))
        pages = do.pages(Far.find().fetch_size(2))
        assert next(pages)
        do(do.odm.init_coodie(driver_type="memory", keyspace="ks", name="far", default=False))
        backend.close()
        with pytest.raises(ConnectionFailed, match="this connection is closed"):
            list(pages)
    finally:
        do(do.odm.close_coodie("far"))


def test_columns_that_nobody_names_are_not_the_row(m, do, task):
    """A list of names that is empty by mistake deletes nothing."""
    none: list[str] = []

    assert do(task.delete_columns(*none)) is None
    assert do(task.delete_columns(collection_elements={"tags": none})) is None
    assert do(m.Task.get(id=1)) == task


def test_columns_to_delete_may_be_expressions(m, do, task):
    do(task.delete_columns(m.Task.title))

    assert do(m.Task.get(id=1)).title == ""


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (lambda rows: rows.if_not_exists().update(size=1), r"if_not_exists\(\) with create\(\)"),
        (lambda rows: rows.if_not_exists().delete(), r"if_not_exists\(\) with create\(\)"),
        (lambda rows: rows.if_exists().create(id=2), r"if_not_exists\(\) goes with it"),
        (lambda rows: rows.update(if_conditions=[("size", 1)], size=2), "conditions are a dict"),
        (lambda rows: rows.update(if_conditions={"title__like": "a%"}, size=2), "__like is no condition"),
        (lambda rows: rows.aggregate(), "wants aggregates, each with a name"),
        (lambda rows: rows.aggregate(n=5), "5 is no call of an aggregate"),
        (lambda rows: rows.group_by("id").aggregate(id="count(*)"), "call the aggregate otherwise"),
    ],
)
def test_condition_or_aggregate_that_cannot_be_meant_is_refused(m, do, task, write, words):
    with pytest.raises(InvalidQueryError, match=words):
        do(write(m.Task.find(id=1)))
    assert do(m.Task.find().all()) == [task]


@pytest.mark.parametrize(
    ("lookups", "words"),
    [
        ({"id__exact": 1}, r"CQL has no 'exact' \(id__exact\); leave the word out"),
        ({"size__isnull": True}, "nothing can search for null"),
        ({"title__startswith": "p"}, "__like='start%'"),
        ({"size__range": (1, 2)}, "say __gte and __lt"),
        ({"id__not_in": [1]}, "say __ne for each"),
    ],
)
def test_words_of_other_mappers_are_translated(m, lookups, words):
    with pytest.raises(InvalidQueryError, match=words):
        m.Task.find(**lookups)


# Documents


def test_partial_document_is_shown(m, do, task):
    """Whatever a computed field would ask for: a log line or a debugger is no place for an error."""
    short = do(m.Task.find(id=1).only("title").first())

    assert repr(short) == "Task(id=1, title='paint')"
    assert repr(task) == "Task(id=1, title='paint', size=3, share=0.0, tags={'a'}, shown='paint (3)')"
    with pytest.raises(FieldNotLoaded, match=r"Task\.size"):
        _ = short.shown


def test_class_tells_what_it_has(m):
    with pytest.raises(AttributeError, match="Task has no field or method 'titel'; did you mean 'title'"):
        _ = m.Task.titel
    assert not hasattr(m.Task, "titel")
    with pytest.raises(AttributeError, match=r"Document has no field or method 'titel'$"):
        _ = sync.Document.titel


# Models


@pytest.mark.parametrize(
    ("annotation", "words"),
    [
        (Annotated[int, PrimaryKey("first")], r"a place in the key is a whole number, not 'first'"),
        (Annotated[int, Indexed], r"Indexed is a class; a marker is made of it: Indexed\(\)"),
        (Annotated[int, Column("")], "'' is no name of a column"),
        (Annotated[int, Column(None)], "None is no name of a column"),
        (
            Annotated[set[int], Indexed(target="all")],
            "an index is on keys, values, entries or full, not 'all'",
        ),
        (Annotated[int, Indexed(target="values")], "an index on values stands on a collection, not on int"),
        (Annotated[set[int], Indexed(target="full")], r"stands on a frozen one; mark it with Frozen\(\)"),
        (Annotated[set[int], Frozen(), Indexed()], r"indexed as one: Indexed\(target='full'\)"),
        (Annotated[frozenset[int], Indexed(target="values")], r"indexed as one: Indexed\(target='full'\)"),
        (Annotated[CqlDuration | None, Indexed()], "a duration cannot be indexed"),
        (Annotated[int, Indexed(index_name=5)], "5 is no name of an index"),
        (Annotated[list[float], Vector("3")], "a vector has at least one dimension, not '3'"),
        (Annotated[list[float], Vector(2), VectorIndex("NEAR")], "similarity is COSINE, .*, not 'NEAR'"),
        (Annotated[list[float], Vector(2), VectorIndex(), Indexed()], "make an index each; keep one"),
    ],
)
def test_marker_that_cannot_be_meant_is_refused(do, annotation, words):
    with pytest.raises(InvalidModelError, match=words):

        class Wrong(do.odm.Document):
            id: Annotated[int, PrimaryKey(1)]
            value: annotation


def test_two_indexes_have_two_names(do):
    with pytest.raises(InvalidModelError, match=r"Wrong\.a: another index has the same name"):

        class Wrong(do.odm.Document):
            id: Annotated[int, PrimaryKey()]
            a: Annotated[int, Indexed("one")]
            b: Annotated[int, Indexed("one")]


def test_marker_without_brackets_is_told(do):
    with pytest.raises(InvalidModelError, match=r"Wrong\.id: PrimaryKey is a class; .*: PrimaryKey\(\)"):

        class Wrong(do.odm.Document):
            id: Annotated[int, PrimaryKey]


def test_class_that_mentions_what_is_not_defined_yet_says_so(do):
    class Early(do.odm.Document):
        id: Annotated[int, PrimaryKey()]
        next: "DefinedNowhere | None" = None  # noqa: F821  # that is the point

    with pytest.raises(InvalidModelError, match="Early mentions DefinedNowhere, which is not defined yet"):
        Early.find()


def test_table_of_a_generic_class_has_one_name(do):
    """Whatever pydantic or Python call the class."""

    class Box(do.odm.Document, Generic[T]):
        id: Annotated[int, PrimaryKey()]
        value: T

    assert Box[int].table_name() == "box_int"
    assert Box[list[str]].table_name() == "box_list_str"
    assert Box[Optional[str]].table_name() == "box_optional_str"  # noqa: UP045  # one of the spellings
    assert Box[str | None].table_name() == "box_optional_str"
    assert Box[dict[str, set[int]]].table_name() == "box_dict_str_set_int"
    assert Box[Annotated[int, ClusteringKey()]].table_name() == "box_int"

    class Pair(do.odm.UserType, Generic[T]):
        left: T

    class Whole(do.odm.Document):
        id: Annotated[int, PrimaryKey()]
        pair: Pair[int] | None = None

    planned = do(Whole.sync_table())
    assert planned[-1].startswith("CREATE TABLE IF NOT EXISTS whole (id int, pair frozen<pair_int>")
    do(Whole(id=1, pair=Pair[int](left=5)).save())
    assert do(Whole.get(id=1)) == Whole(id=1, pair=Pair[int](left=5))
    do(Whole.drop_table())


# Connections


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"hosts": []}, r"hosts are a name or a list of names, not \[\]"),
        ({"hosts": 5}, "hosts are a name or a list of names, not 5"),
        ({"hosts": ["10.0.0.1:cql"]}, "'10.0.0.1:cql': the port behind the colon is a number"),
        ({"hosts": ["127.0.0.1"], "colour": "red"}, "the driver's Cluster refuses .*colour"),
        ({"session": object()}, "is no session: give a driver's, or a MemoryCluster"),
        ({"driver_type": "memory", "colour": "red"}, "no such MemoryCluster: .*colour"),
        ({"driver_type": "memory", "dialect": "oracle"}, "no such MemoryCluster: 'oracle' is no dialect"),
        ({"driver_type": "memory", "name": None}, "a connection's name is a text, not None"),
    ],
)
def test_connection_that_cannot_be_meant_is_refused(do, options, words):
    with pytest.raises(ConfigurationError, match=words):
        do(do.odm.init_coodie(**options))


def test_default_timeout_is_a_number(do):
    with pytest.raises(InvalidQueryError, match="a timeout is a number of seconds, not '5'"):
        do(do.odm.init_coodie(driver_type="memory", name="unmade", timeout="5"))
