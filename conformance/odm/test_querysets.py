"""§9: every method of the chain and every terminal, all of them on one kind of document."""

import json
from typing import Annotated
from uuid import uuid4

import pytest
from pydantic import Field

from coodie.exceptions import FieldNotLoaded, InvalidQueryError
from coodie.fields import ClusteringKey, Indexed, PrimaryKey, Static
from coodie.results import LazyDocument, LWTResult


def models(odm):
    class Reading(odm.Document):
        sensor: Annotated[str, PrimaryKey()]
        at: Annotated[int, ClusteringKey()]
        value: int = 0
        unit: Annotated[str | None, Indexed()] = None
        place: Annotated[str | None, Static()] = None
        tags: set[str] = Field(default_factory=set)

    return (Reading,)


SENSORS = {"a": [5, 3, 8, 1], "b": [2, 9, 4]}


@pytest.fixture
def readings(m, do):
    """Four of sensor a, three of b, `at` counting from 0."""
    readings = [
        m.Reading(sensor=sensor, at=at, value=value, unit="C" if value < 5 else "F", place=sensor.upper())
        for sensor, values in SENSORS.items()
        for at, value in enumerate(values)
    ]
    do(m.Reading.insert_many(readings))
    return readings


@pytest.fixture
def a(m, readings):
    return m.Reading.find(sensor="a")


def values(do, queryset):
    return [reading.value for reading in do(queryset.all())]


# The chain


def test_all_gives_documents(m, do, readings):
    found = do(m.Reading.find().all())

    assert sorted(found, key=lambda each: (each.sensor, each.at)) == readings
    assert {type(each) for each in found} == {m.Reading}


def test_chain_is_immutable(do, a):
    a.limit(1)
    a.filter(at=0)

    assert values(do, a) == [5, 3, 8, 1]


def test_filter_adds(do, a):
    assert values(do, a.filter(at__gte=1).filter(at__lt=3)) == [3, 8]


def test_limit(do, a):
    assert values(do, a.limit(2)) == [5, 3]


@pytest.mark.parametrize("count", [0, -1, True, 1.5, "3", 2**31])
def test_limit_that_is_none_is_refused(a, count):
    with pytest.raises(InvalidQueryError, match="limit is a positive number"):
        a.limit(count)


def test_per_partition_limit(m, do, readings):
    found = do(m.Reading.find().per_partition_limit(1).all())

    assert sorted((each.sensor, each.value) for each in found) == [("a", 5), ("b", 2)]


def test_order_by_clustering_is_the_servers(do, a):
    assert values(do, a.order_by("-at")) == [1, 8, 3, 5]
    assert values(do, a.order_by("at").limit(2)) == [5, 3]


def test_order_by_expression(m, do, a):
    assert values(do, a.order_by(-m.Reading.at)) == [1, 8, 3, 5]


def test_order_by_any_column_sorts_here(m, do, a):
    assert values(do, a.order_by("value").allow_filtering()) == [1, 3, 5, 8]
    assert values(do, a.order_by("-value").limit(2).allow_filtering()) == [8, 5]
    assert values(do, m.Reading.find().order_by("-unit", "value").allow_filtering()) == [5, 8, 9, 1, 2, 3, 4]


def test_order_by_any_column_wants_allow_filtering(do, a):
    with pytest.raises(InvalidQueryError, match=r"cannot be sorted by value.*say \.allow_filtering\(\)"):
        do(a.order_by("value").all())


def test_nulls_are_last_ascending_and_first_descending(m, do, a):
    do(m.Reading(sensor="a", at=9, value=99).save())

    ascending = do(a.order_by("unit", "at").allow_filtering().all())
    descending = do(a.order_by("-unit", "at").allow_filtering().all())
    assert [each.value for each in ascending] == [3, 1, 5, 8, 99]
    assert [each.value for each in descending] == [99, 5, 8, 3, 1]


@pytest.mark.parametrize("descending", ["", "-"])
@pytest.mark.parametrize("fetch_size", [1, 2, 100])
def test_named_partitions_are_merged_in_order(m, do, readings, descending, fetch_size):
    """Servers cannot page ORDER BY with IN."""
    queryset = (
        m.Reading.find(sensor__in=["a", "b", "none"]).order_by(f"{descending}at").fetch_size(fetch_size)
    )
    found = [(each.at, each.sensor) for each in do.rows(queryset)]

    assert [at for at, _ in found] == sorted((at for at, _ in found), reverse=bool(descending))
    assert sorted(found) == sorted((each.at, each.sensor) for each in readings)
    assert [each.at for each in do(queryset.limit(3).all())] == [at for at, _ in found][:3]


def test_indexed_filter_sorts_here(m, do, readings):
    queryset = m.Reading.find(unit="C").order_by("value").allow_filtering()

    assert values(do, queryset) == [1, 2, 3, 4]


def test_only_loads_these_and_the_key(do, a):
    first = do(a.only("unit").first())

    assert (first.sensor, first.at, first.unit) == ("a", 0, "F")
    with pytest.raises(FieldNotLoaded):
        first.value  # noqa: B018  # reading is what is tested


def test_defer_loads_the_others(m, do, a):
    first = do(a.defer(m.Reading.value, "tags").first())

    assert first.place == "A"
    with pytest.raises(FieldNotLoaded):
        first.value  # noqa: B018  # reading is what is tested


def test_values_and_values_list(m, do, a):
    assert do(a.limit(1).values("at", "value").all()) == [{"at": 0, "value": 5}]
    assert do(a.limit(1).values_list("value", "sensor").all()) == [(5, "a")]
    assert do(a.limit(1).values_list(m.Reading.at).all()) == [(0,)]
    assert do(a.limit(1).values().all())[0]["tags"] == set()
    assert len(do(a.values_list().first())) == 6


def test_values_are_sorted_by_what_is_not_among_them(do, a):
    assert do(a.values_list("at").order_by("value").allow_filtering().all()) == [(3,), (1,), (0,), (2,)]


def test_distinct_gives_partitions(m, do, readings):
    found = do(m.Reading.find().distinct().all())

    assert sorted((each.sensor, each.place) for each in found) == [("a", "A"), ("b", "B")]
    assert do(m.Reading.find().distinct().count()) == 2
    assert sorted(do(m.Reading.find().distinct().values_list("place", "sensor").all())) == [
        ("A", "a"),
        ("B", "b"),
    ]


def test_group_by_aggregates_each_group(m, do, readings):
    found = do(m.Reading.find().group_by("sensor").aggregate(total="sum(value)", n="count(*)"))

    assert sorted(found, key=lambda each: each["sensor"]) == [
        {"sensor": "a", "total": 17, "n": 4},
        {"sensor": "b", "total": 15, "n": 3},
    ]
    with pytest.raises(InvalidQueryError, match="from the left only"):
        m.Reading.find().group_by("at")


def test_group_by_alone_reads_the_first_row_of_each_group(m, do, readings):
    groups = m.Reading.find(sensor__in=["a", "b"]).group_by("sensor")

    assert [(each.sensor, each.at) for each in do(groups.all())] == [("a", 0), ("b", 0)]
    assert do(groups.values_list("value").all()) == [(5,), (2,)]
    assert do(groups.count()) == 2
    assert [each.value for each in do(groups.order_by("-at").all())] == [1, 4]
    with pytest.raises(InvalidQueryError, match=r"by group it is aggregate\(name='sum\(field\)'\)"):
        do(groups.sum("value"))
    with pytest.raises(InvalidQueryError, match="before the client could filter by value"):
        do(groups.filter(value__ne=5).allow_filtering().all())


@pytest.mark.parametrize("together", [lambda rows: rows.distinct(), lambda rows: rows.group_by("sensor")])
def test_what_puts_rows_together_writes_none(m, do, readings, together):
    with pytest.raises(InvalidQueryError, match="puts rows together"):
        do(together(m.Reading.find(sensor="a")).delete())
    with pytest.raises(InvalidQueryError, match="puts rows together"):
        do(together(m.Reading.find(sensor="a")).update(value=1))
    assert do(m.Reading.find(sensor="a").count()) == 4


def test_flat_values_are_of_one_field(m, do, a):
    assert do(a.values_list("value", flat=True).all()) == [5, 3, 8, 1]
    assert do(a.order_by("-value").allow_filtering().values_list(m.Reading.at, flat=True).all()) == [
        2,
        0,
        1,
        3,
    ]
    assert do.rows(a.values_list("tags", flat=True).limit(1)) == [set()]
    assert do(a.values_list("unit", flat=True).first()) == "F"
    assert do(a.values_list("value", flat=True).fetch_size(3).paged_all()).data == [5, 3, 8]
    assert do(a.values_list("value", flat=True).cast("value", "text").limit(1).all()) == ["5"]
    with pytest.raises(InvalidQueryError, match="flat=True gives the values of one field, not of 2"):
        a.values_list("value", "at", flat=True)
    with pytest.raises(InvalidQueryError, match="flat=True gives one value a row"):
        do(a.values_list("value", flat=True).select_token().all())


def test_select_token_and_cast(m, do, a):
    (row,) = do(a.filter(at=0).cast("value", "text").select_token("sensor").values("value").all())

    assert row["value"] == "5"
    token = row["token"]
    assert isinstance(token, int)
    assert do(a.limit(1).select_token().values_list("at").all()) == [(0, token)]
    with pytest.raises(InvalidQueryError, match=r"say values\(\) or values_list\(\)"):
        do(a.cast("value", "text").all())
    with pytest.raises(InvalidQueryError, match="did you mean 'text'"):
        a.cast("value", "txet")
    with pytest.raises(InvalidQueryError, match="whole partition key"):
        a.select_token("at")


def test_validate_can_be_left_out(do, a, readings):
    assert do(a.validate(wanted=False).all()) == readings[:4]


def test_using_says_several_at_once(m, do, readings):
    queryset = m.Reading.find(sensor="c", at=0).using(ttl=60, consistency="ONE", timeout=10)
    do(queryset.update(value=1))

    assert 0 < do(queryset.column_ttl("value")) <= 60
    with pytest.raises(InvalidQueryError, match=r"using\(\) has no option 'tll'"):
        queryset.using(tll=1)


def test_misspelt_columns_are_refused(a):
    for wrong in (a.only, a.defer, a.values, a.values_list, a.order_by, a.group_by):
        with pytest.raises(InvalidQueryError, match="did you mean 'value'"):
            wrong("valeu")


# Terminals


def test_first(m, do, a):
    assert do(a.first()).value == 5
    assert do(a.order_by("-at").first()).value == 1
    assert do(m.Reading.find(sensor="none").first()) is None


def test_count_and_exists(m, do, a):
    assert do(a.count()) == 4
    assert do(a.limit(2).count()) == 2
    assert do(a.filter(value__ne=3).allow_filtering().count()) == 3
    assert do(a.exists()) is True
    assert do(m.Reading.find(sensor="none").exists()) is False


def test_length_is_not_defined_and_truth_costs_nothing(a):
    assert a
    with pytest.raises(TypeError):
        len(a)


@pytest.mark.parametrize(("name", "expected"), [("sum", 17), ("avg", 4), ("min", 1), ("max", 8)])
def test_aggregates(do, a, name, expected):
    """Whole numbers are divided as the server does it."""
    assert do(getattr(a, name)("value")) == expected


def test_aggregates_of_nothing(m, do):
    nothing = m.Reading.find(sensor="none")

    assert do(nothing.sum("value")) == 0
    assert do(nothing.min("value")) is None


def test_aggregate_several(do, a):
    found = do(a.aggregate(low="min(value)", high="max(at)", n="count(value)", rows="count(*)"))

    assert found == {"low": 1, "high": 3, "n": 4, "rows": 4}


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"x": "total(value)"}, "there is no aggregate 'total'"),
        ({"x": "value"}, "is no call of an aggregate"),
        ({"x": "sum(unit)"}, r"sum\(\) wants numbers"),
        ({"x": "sum(valeu)"}, "did you mean 'value'"),
        ({"x": "sum(*)"}, "of no column"),
    ],
)
def test_aggregate_that_cannot_be_meant_is_refused(do, a, wanted, words):
    with pytest.raises(InvalidQueryError, match=words):
        do(a.aggregate(**wanted))


@pytest.mark.parametrize(
    "change", [lambda q: q.limit(1), lambda q: q.distinct(), lambda q: q.per_partition_limit(1)]
)
def test_aggregate_of_some_rows_is_refused(do, a, change):
    """The server would calculate over all of them."""
    with pytest.raises(InvalidQueryError, match="an aggregate is of all rows that match"):
        do(change(a).sum("value"))


def test_iteration_gives_all(do, a):
    assert [each.value for each in do.rows(a.fetch_size(2))] == [5, 3, 8, 1]


def test_pages_follow_by_their_state(do, a):
    """The state is opaque bytes, None at the end; it can be used again."""
    first = do(a.fetch_size(3).paged_all())
    second = do(a.fetch_size(3).page(first.paging_state).paged_all())

    assert [each.value for each in first.data] == [5, 3, 8]
    assert isinstance(first.paging_state, bytes)
    assert ([each.value for each in second.data], second.paging_state) == ([1], None)
    assert do(a.fetch_size(3).page(first.paging_state).paged_all()) == second


def test_pages_of_what_is_sorted_here_are_refused(do, a):
    with pytest.raises(InvalidQueryError, match="has no pages"):
        do(a.order_by("value").allow_filtering().paged_all())


def test_json_is_the_servers(do, a):
    texts = do(a.only("value", "unit").limit(2).json())

    assert [json.loads(text) for text in texts] == [
        {"sensor": "a", "at": 0, "value": 5, "unit": "F"},
        {"sensor": "a", "at": 1, "value": 3, "unit": "C"},
    ]
    assert [json.loads(text)["at"] for text in do(a.order_by("-at").json())] == [3, 2, 1, 0]
    with pytest.raises(InvalidQueryError, match="cannot sort them so"):
        do(a.order_by("value").allow_filtering().json())


def test_write_times_and_times_to_live(m, do):
    new = str(uuid4())  # what was deleted before is newer than these timestamps
    do(m.Reading(sensor=new, at=0, value=1).save(timestamp=1000, ttl=500))
    do(m.Reading(sensor=new, at=1, value=1).save(timestamp=2000))
    queryset = m.Reading.find(sensor=new)

    assert do(queryset.writetime("value")) == 1000  # of the first row
    assert do(queryset.order_by("-at").writetime("value")) == 2000
    assert 0 < do(queryset.column_ttl("value")) <= 500
    assert do(queryset.filter(at=1).column_ttl("value")) is None
    assert do(queryset.filter(at=2).writetime("value")) is None
    with pytest.raises(InvalidQueryError, match="is part of the key"):
        do(queryset.writetime("at"))


def test_lazy_documents_are_made_when_looked_into(m, do, a, readings):
    lazy = do(a.all(lazy=True))

    assert {type(each) for each in lazy} == {LazyDocument}
    assert not any(each.is_made for each in lazy)
    assert lazy[0].value == 5
    assert lazy[0].is_made
    assert not lazy[1].is_made
    assert lazy == readings[:4]
    assert lazy[1].document is lazy[1].document


def test_create_by_query(m, do):
    new = str(uuid4())
    assert do(m.Reading.find().ttl(60).timestamp(1000).create(sensor=new, at=1, value=7)) is None
    first = do(m.Reading.find().if_not_exists().create(sensor=new, at=2, value=8))
    again = do(m.Reading.find().if_not_exists().create(sensor=new, at=1, value=8))

    assert do(m.Reading.get(sensor=new, at=1)) == m.Reading(sensor=new, at=1, value=7)
    assert first == LWTResult(applied=True)
    assert not again.applied
    assert again.existing["value"] == 7
    assert do(m.Reading.find(sensor=new).writetime("value")) == 1000


def test_levels_reach_every_terminal(m, do, a):
    queryset = a.consistency("ONE").serial_consistency("LOCAL_SERIAL").timeout(10)

    assert do(queryset.count()) == 4
    assert do(queryset.sum("value")) == 17
    assert do(queryset.exists())
    assert len(do(queryset.json())) == 4
    assert len(do.rows(queryset)) == 4
    assert do(queryset.filter(at=0).if_exists().update(value=1)).applied
    assert do(queryset.if_not_exists().create(sensor="z", at=1)).applied
    do(queryset.delete())
    assert do(queryset.all()) == []


# Bulk


def test_update_of_one_row(do, a):
    do(a.filter(at=1).update(value=100, add__tags="x"))

    assert values(do, a) == [5, 100, 8, 1]


def test_update_takes_ttl_and_timestamp_itself(m, do):
    new = str(uuid4())  # what was deleted before is newer than these timestamps
    do(m.Reading(sensor=new, at=0, value=1).save(timestamp=1000))
    row = m.Reading.find(sensor=new, at=0)
    do(row.update(value=2, ttl=60, timestamp=2000))

    assert do(row.writetime("value")) == 2000
    assert 0 < do(row.column_ttl("value")) <= 60


def test_update_of_many_rows_by_any_filter(m, do, readings):
    do(m.Reading.find(unit="C").update(value=0))
    do(m.Reading.find(sensor="a", at__gte=2).update(add__tags={"late"}))

    found = do(m.Reading.find(sensor="a").all())
    assert [each.value for each in found] == [5, 0, 8, 0]
    assert [each.tags for each in found] == [set(), set(), {"late"}, {"late"}]


def test_update_of_statics_needs_the_partition_only(do, a):
    do(a.update(place="roof"))

    assert {each.place for each in do(a.all())} == {"roof"}


def test_conditional_update_tells_the_first_refusal(do, a):
    refused = do(a.filter(at__gte=0).update(if_conditions={"unit": "C"}, value=0))

    assert not refused.applied
    assert values(do, a) == [5, 0, 8, 0]
    assert do(a.if_exists().update(value=2)) == LWTResult(applied=True)


@pytest.mark.parametrize(
    ("lookups", "left"),
    [
        ({"at": 1}, [5, 8, 1]),
        ({"at__in": [0, 2]}, [3, 1]),
        ({"at__gte": 2}, [5, 3]),
        ({"at__gt": 0, "at__lt": 3}, [5, 1]),
        ({}, []),
    ],
)
def test_delete_by_key_range_or_partition(m, do, a, lookups, left):
    do(a.filter(**lookups).delete())

    assert values(do, a) == left
    assert len(do(m.Reading.find(sensor="b").all())) == 3


@pytest.mark.parametrize(
    ("lookups", "left"),
    [({"unit": "C"}, [5, 8]), ({"value__gte": 5}, [3, 1]), ({"value__ne": 3}, [3])],
)
def test_delete_by_any_filter(do, a, lookups, left):
    do(a.filter(**lookups).allow_filtering().delete())

    assert values(do, a) == left


def test_delete_with_a_limit_deletes_that_many(do, a):
    do(a.limit(3).delete())

    assert values(do, a) == [1]


def test_conditional_delete(do, a):
    assert not do(a.filter(at=0).delete(if_conditions={"unit": "C"})).applied
    assert do(a.filter(at=0).delete(if_conditions={"unit": "F"})).applied
    assert not do(a.filter(at=0).if_exists().delete()).applied


def test_bulk_of_many_pages(m, do):
    """Neither documents nor all keys are ever held."""
    do(m.Reading.insert_many(m.Reading(sensor=f"s{n % 7}", at=n, value=n % 2) for n in range(500)))
    do(m.Reading.find(value=1).fetch_size(20).allow_filtering().update(unit="odd"))
    assert do(m.Reading.find(unit="odd").count()) == 250

    do(m.Reading.find(unit="odd").fetch_size(20).delete())
    assert do(m.Reading.find().count()) == 250
