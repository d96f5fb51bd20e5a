"""§8: every lookup and every change, in each of its spellings."""

from datetime import UTC, datetime
from typing import Annotated

import pytest
from pydantic import Field

from coodie.exceptions import InvalidQueryError, InvalidRequest
from coodie.expressions import col, token, tuple_
from coodie.fields import ClusteringKey, Frozen, Indexed, PrimaryKey
from coodie.predicates import Token

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def models(odm):
    class Event(odm.Document):
        day: Annotated[str, PrimaryKey()]
        hour: Annotated[int, ClusteringKey(clustering_key_index=0)]
        minute: Annotated[int, ClusteringKey(clustering_key_index=1)]
        kind: Annotated[str, Indexed()] = "note"
        size: int = 0
        author: str | None = None
        tags: set[str] = Field(default_factory=set)
        lines: list[str] = Field(default_factory=list)
        marks: dict[str, int] = Field(default_factory=dict)
        fixed: Annotated[list[int], Frozen()] = Field(default_factory=list)

    class Pair(odm.Document):
        left: Annotated[int, PrimaryKey(partition_key_index=0)]
        right: Annotated[int, PrimaryKey(partition_key_index=1)]
        note: str = ""

    return Event, Pair


@pytest.fixture
def events(m, do):
    """Hours 0 to 3, minutes 0 and 30, of one day; size counts up."""
    events = [
        m.Event(
            day="mon",
            hour=hour,
            minute=minute,
            kind="note" if hour < 2 else "call",
            size=hour * 2 + minute // 30,
            author="me" if minute else None,
            tags={f"h{hour}", "all"},
            lines=[f"l{hour}"],
            marks={f"k{hour}": hour},
        )
        for hour in range(4)
        for minute in (0, 30)
    ]
    do(m.Event.insert_many(events))
    return events


def sizes(do, queryset):
    return [event.size for event in do(queryset.all())]


@pytest.mark.parametrize(
    ("lookups", "expected"),
    [
        ({"hour": 1}, [2, 3]),
        ({"hour__gt": 1}, [4, 5, 6, 7]),
        ({"hour__gte": 3}, [6, 7]),
        ({"hour__lt": 1}, [0, 1]),
        ({"hour__lte": 0}, [0, 1]),
        ({"hour__gt": 0, "hour__lt": 2}, [2, 3]),
        ({"hour__in": [0, 3]}, [0, 1, 6, 7]),
        ({"hour": 1, "minute": 30}, [3]),
        ({"hour": 1, "minute__gt": 0}, [3]),
        ({"hour__in": [1, 2], "minute": 0}, [2, 4]),
        ({"hour__minute": (1, 30)}, [3]),
        ({"hour__minute__gt": (1, 0)}, [3, 4, 5, 6, 7]),
        ({"hour__minute__gte": (1, 0), "hour__minute__lt": (2, 30)}, [2, 3, 4]),
        ({"hour__minute__lte": (0, 30)}, [0, 1]),
        ({"hour__minute__in": [(0, 0), (3, 30)]}, [0, 7]),
        ({"kind": "call"}, [4, 5, 6, 7]),
    ],
)
def test_lookup_that_the_server_answers(m, do, events, lookups, expected):
    assert sizes(do, m.Event.find(day="mon", **lookups)) == expected


@pytest.mark.parametrize(
    ("lookups", "expected"),
    [
        ({"size": 3}, [3]),
        ({"size__gte": 6}, [6, 7]),
        ({"size__gt": 1, "size__lt": 4}, [2, 3]),
        ({"minute": 30}, [1, 3, 5, 7]),
        ({"author": "me", "kind": "note"}, [1, 3]),
        ({"tags__contains": "h2"}, [4, 5]),
        ({"lines__contains": "l3"}, [6, 7]),
        ({"marks__contains": 1}, [2, 3]),
        ({"marks__contains_key": "k0"}, [0, 1]),
        ({"kind__ne": "note"}, [4, 5, 6, 7]),
        ({"size__ne": 0, "size__lt": 3}, [1, 2]),
        ({"author__ne": "you"}, [1, 3, 5, 7]),
        ({"fixed": []}, [0, 1, 2, 3, 4, 5, 6, 7]),
    ],
)
def test_lookup_that_filters(m, do, events, lookups, expected):
    """Null is neither equal nor unequal to anything."""
    assert sizes(do, m.Event.find(day="mon", **lookups).allow_filtering()) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (lambda e: e.hour == 1, [2, 3]),
        (lambda e: e.hour > 2, [6, 7]),
        (lambda e: e.hour >= 3, [6, 7]),
        (lambda e: e.hour < 1, [0, 1]),
        (lambda e: e.hour <= 0, [0, 1]),
        (lambda e: col(e.hour).in_([0, 2]), [0, 1, 4, 5]),
        (lambda e: e.kind != "note", [4, 5, 6, 7]),
        (lambda e: col(e.tags).contains("h1"), [2, 3]),
        (lambda e: col(e.marks).contains_key("k3"), [6, 7]),
    ],
)
def test_expressions_mean_the_same(m, do, events, expression, expected):
    queryset = m.Event.find(m.Event.day == "mon", expression(m.Event)).allow_filtering()

    assert sizes(do, queryset) == expected


def test_spellings_mix(m, do, events):
    queryset = m.Event.find(m.Event.hour > 0, day="mon").filter(m.Event.size < 6, kind="call")

    assert sizes(do, queryset.allow_filtering()) == [4, 5]


def test_partitions_by_in(m, do, events):
    do(m.Event(day="tue", hour=0, minute=0, size=100).save())

    assert sorted(sizes(do, m.Event.find(day__in=["mon", "tue", "wed"], hour=0))) == [0, 1, 100]


def test_tokens_walk_the_ring(m, do):
    """Each partition is found once, whether the token is a key's or said."""
    for day in ("mon", "tue", "wed", "thu"):
        do(m.Event(day=day, hour=0, minute=0).save())
    ring = [event.day for event in do(m.Event.find().all())]

    assert [each.day for each in do(m.Event.find(day__token__gt=ring[1]).all())] == ring[2:]
    assert [each.day for each in do(m.Event.find(day__token__gte=ring[1]).all())] == ring[1:]
    assert [each.day for each in do(m.Event.find(day__token__lt=ring[1]).all())] == ring[:1]
    assert [each.day for each in do(m.Event.find(day__token__lte=ring[1]).all())] == ring[:2]
    tokens = do(m.Event.find().select_token("day").values_list("day").all())
    middle = Token(tokens[1][1])
    assert [each.day for each in do(m.Event.find(day__token__gt=middle).all())] == ring[2:]
    assert [each.day for each in do(m.Event.find(day__token__lte=middle).all())] == ring[:2]


def test_token_of_a_composite_key_takes_the_whole_key(m, do):
    do(m.Pair.insert_many(m.Pair(left=n, right=-n) for n in range(4)))
    ring = [(pair.left, pair.right) for pair in do(m.Pair.find().all())]

    found = do(m.Pair.find(left__token__gt=ring[0]).all())
    assert [(pair.left, pair.right) for pair in found] == ring[1:]
    with pytest.raises(InvalidQueryError, match=r"\(left, right\) wants a tuple of 2 values"):
        m.Pair.find(left__token__gt=1)
    with pytest.raises(InvalidQueryError, match="__token wants the partition key"):
        m.Pair.find(right__token__gt=(1, 1))


@pytest.mark.parametrize(
    ("lookups", "words"),
    [
        ({"sizee": 1}, "did you mean 'size'"),
        ({"size__gtee": 1}, "did you mean 'gte'"),
        ({"size": "many"}, r"Event\.size: 'many' does not fit"),
        ({"size": None}, "CQL cannot search for null"),
        ({"size": 2**40}, "Event.size"),
        ({"hour__in": 3}, "__in wants several values"),
        ({"hour__in": "123"}, "__in wants several values"),
        ({"size__contains": 1}, "__contains works on a list, set or dict"),
        ({"tags__contains_key": 1}, "__contains_key works on a dict"),
        ({"size__like": "1%"}, "__like works on text"),
        ({"hour__minute__gt": 1}, "wants a tuple of 2 values"),
        ({"tags__contains": None}, "a collection holds no nulls"),
    ],
)
def test_lookup_that_cannot_be_meant_is_refused_at_the_call(m, lookups, words):
    with pytest.raises(InvalidQueryError, match=words):
        m.Event.find(**lookups)


def test_what_is_no_predicate_is_refused(m):
    with pytest.raises(InvalidQueryError, match="is no predicate of Event"):
        m.Event.find(True)  # noqa: FBT003  # what `Event.size is not None` would be


@pytest.mark.parametrize(
    "trap",
    [
        lambda event: event.day == "mon" and event.size == 1,
        lambda event: event.day == "mon" or event.size == 1,
        lambda event: not event.size > 1,
        lambda event: 1 < event.size < 5,
        lambda event: tuple_(event.hour, event.minute) > (1, 0) and event.size > 1,
        lambda event: token(event.day) > "a" and event.size > 1,
    ],
    ids=["and", "or", "not", "chain", "tuple", "token"],
)
def test_python_does_not_drop_a_part_of_a_question(m, trap):
    """`and` would give find() its second part only, and nobody would notice."""
    with pytest.raises(InvalidQueryError, match="compared by the server, not by Python"):
        trap(m.Event)


def test_comparisons_are_joined_by_and(m, do, events):
    event = m.Event
    both = (event.day == "mon") & (event.hour >= 1)

    assert sizes(do, event.find(both & (event.hour < 3))) == [2, 3, 4, 5]
    assert sizes(do, event.find((event.day == "mon") & (event.hour == 2), minute=30)) == [5]
    assert sizes(do, event.find(tuple_(event.hour, event.minute).in_([(0, 0)]) & (event.day == "mon"))) == [0]
    assert (
        do(
            event.find(token(event.day) >= "mon")
            .filter((event.size > 5) & (event.hour > 0))
            .allow_filtering()
            .count()
        )
        == 2
    )


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (
            lambda event: (event.size > 1) | (event.size < 0),
            r"Event\.size > 1: CQL has no OR \(\|\); .* with __in",
        ),
        (lambda event: ~(event.size > 1), r"Event\.size > 1: CQL has no NOT \(~\); .*<= for >"),
        (lambda event: (event.size > 1) & "x", "'x' is no comparison"),
        (lambda event: event.size > 1 & event.hour, r"Event\.hour .*put each comparison in parentheses"),
        (lambda event: event.day == "mon" | event.day, r"Event\.day .*put each comparison in parentheses"),
        (lambda event: event.size | 5 > 1, "put each comparison in parentheses"),
        (lambda event: not ((event.size > 1) & (event.hour > 1)), "compared by the server, not by Python"),
    ],
    ids=["or", "not", "other", "precedence", "right", "left", "truth"],
)
def test_what_cql_has_not_is_refused_with_a_way_out(m, written, words):
    with pytest.raises(InvalidQueryError, match=words):
        written(m.Event)


def test_raw_token_is_said_as_one(m):
    """A whole number might be a key: which it is has to be said."""
    for wrong in (lambda: m.Event.find(day__token__gt=-5), lambda: m.Event.find(token(m.Event.day) > -5)):
        with pytest.raises(
            InvalidQueryError, match=r"Event\.day: -5 does not fit: .*; a raw token is Token\(-5\)"
        ):
            wrong()


def test_fields_are_columns_wherever_they_are_asked_for(m):
    """Also in code without a module, as templates and notebooks make it."""
    space = {"Event": m.Event}
    exec("found = Event.size >= 3", space)

    assert space["found"] == (m.Event.size >= 3)
    assert getattr(m.Event, "size").column.field == "size"  # noqa: B009  # as a library would ask
    with pytest.raises(AttributeError):
        _ = m.Event.sise


def test_columns_together_have_an_expression(m, do, events):
    day, at = m.Event.find(day="mon"), tuple_(m.Event.hour, m.Event.minute)

    for expression, lookup in (
        (at > (1, 30), {"hour__minute__gt": (1, 30)}),
        (at >= (1, 30), {"hour__minute__gte": (1, 30)}),
        (at < (1, 30), {"hour__minute__lt": (1, 30)}),
        (at <= (1, 30), {"hour__minute__lte": (1, 30)}),
        (at == (1, 30), {"hour__minute": (1, 30)}),
        (at.in_([(0, 0), (1, 30)]), {"hour__minute__in": [(0, 0), (1, 30)]}),
    ):
        found = do(day.filter(expression).all())
        assert found == do(day.filter(**lookup).all())
        assert found
    with pytest.raises(InvalidQueryError, match=r"\(hour, minute\) wants a tuple of 2 values, not \(1,\)"):
        _ = at > (1,)


def test_tokens_have_an_expression(m, do):
    do(m.Pair.insert_many(m.Pair(left=n % 2, right=n) for n in range(6)))
    ring, here = (
        do(m.Pair.find().select_token().values("left", "right").all()),
        token(m.Pair.left, m.Pair.right),
    )
    middle = ring[2]
    key = (middle["left"], middle["right"])

    for place in (key, Token(middle["token"])):
        for expression, count in (
            (here > place, 3),
            (here >= place, 4),
            (here < place, 2),
            (here <= place, 3),
            (here == place, 1),
        ):
            assert do(m.Pair.find(expression).count()) == count
    assert do(m.Event.find(token(m.Event.day) > "mon").all()) == []
    with pytest.raises(InvalidQueryError, match=r"a token is of the whole partition key \(left, right\)"):
        m.Pair.find(token(m.Pair.left) > 1)


def test_filter_without_index_is_the_servers_refusal(m, do):
    with pytest.raises(InvalidRequest, match="ALLOW FILTERING"):
        do(m.Event.find(size=1).all())


def test_unequal_wants_allow_filtering(m, do):
    with pytest.raises(InvalidQueryError, match=r"CQL has no !=, .*say \.allow_filtering\(\)"):
        do(m.Event.find(day="mon", size__ne=1).all())


def test_clustering_column_without_its_predecessors_is_refused(m, do):
    with pytest.raises(
        InvalidQueryError, match=r"Event\.minute can only be searched for where hour is given"
    ):
        do(m.Event.find(day="mon", minute=30).all())


# Changes


@pytest.fixture
def event(m, do):
    event = m.Event(day="sun", hour=0, minute=0, tags={"a", "b"}, lines=["x", "y"], marks={"k": 1, "l": 2})
    do(event.save())
    return event


CHANGES = [
    ("tags", "add", {"c"}, {"a", "b", "c"}),
    ("tags", "add", "c", {"a", "b", "c"}),
    ("tags", "add", ["c", "a"], {"a", "b", "c"}),
    ("tags", "remove", {"a"}, {"b"}),
    ("tags", "remove", "a", {"b"}),
    ("tags", "remove", {"a", "b"}, set()),
    ("lines", "append", "z", ["x", "y", "z"]),
    ("lines", "append", ["z", "z"], ["x", "y", "z", "z"]),
    ("lines", "prepend", "w", ["w", "x", "y"]),
    ("lines", "prepend", ["v", "w"], ["v", "w", "x", "y"]),
    ("lines", "remove", "x", ["y"]),
    ("lines", "remove", ["x", "y"], []),
    ("lines", "setindex", (1, "Y"), ["x", "Y"]),
    ("marks", "update", {"m": 3, "k": 9}, {"k": 9, "l": 2, "m": 3}),
    ("marks", "put", ("m", 3), {"k": 1, "l": 2, "m": 3}),
    ("marks", "remove", {"k"}, {"l": 2}),
    ("marks", "remove", "k", {"l": 2}),
]


@pytest.mark.parametrize(("field", "change", "value", "expected"), CHANGES)
@pytest.mark.parametrize("spelling", ["{change}__{field}", "{field}__{change}"])
def test_change_of_a_collection(  # noqa: PLR0917  # pytest passes them by name
    m, do, event, spelling, field, change, value, expected
):
    """Prefix and suffix; the document and the row agree."""
    do(event.update(**{spelling.format(field=field, change=change): value}))

    assert getattr(event, field) == expected
    assert do(m.Event.get(day="sun", hour=0, minute=0)) == event


@pytest.mark.parametrize(("field", "change", "value", "expected"), CHANGES)
def test_change_of_a_collection_by_query(  # noqa: PLR0917  # as above
    m, do, event, field, change, value, expected
):
    do(m.Event.find(day="sun", hour=0, minute=0).update(**{f"{change}__{field}": value}))

    assert getattr(do(m.Event.get(day="sun", hour=0, minute=0)), field) == expected


def test_changes_go_together(m, do, event):
    do(event.update(size=5, add__tags="c", append__lines="z", marks__put=("m", 3), author="me"))

    assert do(m.Event.get(day="sun", hour=0, minute=0)) == event
    assert (event.size, event.author) == (5, "me")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"add__lines": "x"}, "'add' does not work on a list"),
        ({"append__tags": "x"}, "'append' does not work on a set"),
        ({"put__tags": ("x", 1)}, "'put' does not work on a set"),
        ({"add__size": 1}, "'add' does not work on a plain value"),
        ({"append__fixed": 1}, "does not work on frozen: a list"),
        ({"put__marks": 1}, "wants a tuple"),
        ({"setindex__lines": (-1, "x")}, "is no list index"),
        ({"update__marks": ["x"]}, "wants a dict"),
        ({"add__tags": [None]}, "a collection holds no nulls"),
        ({"marks__put": ("m", "many")}, "does not fit"),
        ({"add__tag": "x"}, "did you mean 'tags'"),
        ({"ad__tags": "x"}, "did you mean 'add'"),
        ({"hour": 1}, r"Event\.hour is part of the key"),
    ],
)
def test_change_that_cannot_be_meant_is_refused(do, event, changes, words):
    with pytest.raises(InvalidQueryError, match=words):
        do(event.update(**changes))


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ({"hour": 1}, "a condition on the key is not possible"),
        ({"sise": 1}, "did you mean 'size'"),
        ({"hour__minute": (1, 1)}, "a condition is on one column"),
    ],
)
def test_condition_that_cannot_be_meant_is_refused(do, event, conditions, words):
    with pytest.raises(InvalidQueryError, match=words):
        do(event.update(if_conditions=conditions, size=1))


def test_conditions_exclude_if_exists(do, event):
    with pytest.raises(InvalidQueryError, match="exclude each other"):
        do(event.update(if_exists=True, if_conditions={"size": 0}, size=1))
