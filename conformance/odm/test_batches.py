"""§10: writes sent together, all or none."""

from typing import Annotated

import pytest

from coodie.backend import connections
from coodie.exceptions import InvalidQueryError, InvalidRequest
from coodie.fields import ClusteringKey, PrimaryKey
from coodie.statement import Statement


def models(odm):
    class Line(odm.Document):
        book: Annotated[str, PrimaryKey()]
        number: Annotated[int, ClusteringKey()]
        text: str = ""

    return (Line,)


@pytest.fixture
def lines(m, do):
    def lines():
        return [(each.number, each.text) for each in do(m.Line.find(book="b").all())]

    return lines


@pytest.mark.parametrize(
    "options", [{}, {"logged": False}, {"batch_type": "logged"}, {"batch_type": "unlogged"}]
)
def test_batch_is_sent_when_the_block_ends(m, do, lines, options):
    with do.batch(**options) as batch:
        do(m.Line(book="b", number=1, text="x").save(batch=batch))
        do(m.Line(book="b", number=2, text="y").save(batch=batch))
        assert lines() == []

    assert lines() == [(1, "x"), (2, "y")]


def test_batch_takes_all_kinds_of_writes(m, do, lines):
    old = [m.Line(book="b", number=number, text="old") for number in range(4)]
    do(m.Line.insert_many(old))
    with do.batch() as batch:
        do(old[0].update(text="new", batch=batch))
        do(old[1].delete(batch=batch))
        do(old[2].delete_columns("text", batch=batch))
        do(m.Line(book="b", number=9, text="json").save_json(batch=batch))
        old[3].text = "changed"
        do(old[3].save_changes(batch=batch))

    assert lines() == [(0, "new"), (2, ""), (3, "changed"), (9, "json")]


def test_document_changes_when_the_batch_is_applied(m, do):
    line = do(m.Line.create(book="b", number=1, text="old"))
    with do.batch() as batch:
        assert do(line.update(text="new", batch=batch)) is None
        assert line.text == "old"

    assert line.text == "new"


def test_block_that_raises_sends_nothing(m, do, lines):
    def block():
        with do.batch() as batch:
            do(m.Line(book="b", number=1).save(batch=batch))
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        block()
    assert lines() == []


def test_empty_batch_sends_nothing(do):
    with do.batch() as batch:
        pass

    assert batch.result is None
    assert do(batch.execute()) is None


def test_statements_are_dropped_whether_it_succeeds_or_fails(m, do, lines):
    with do.batch() as batch:
        do(m.Line(book="b", number=1).save(batch=batch))
    assert do(batch.execute()) is None
    batch.add(Statement("INSERT INTO nowhere (a) VALUES (?)", (1,)))
    with pytest.raises(InvalidRequest):
        do(batch.execute())

    assert do(batch.execute()) is None
    assert lines() == [(1, "")]


def test_batch_has_one_timestamp(m, do):
    with do.batch(timestamp=5) as batch:
        do(m.Line(book="stamped", number=1).save(batch=batch))

    assert do(m.Line.find(book="stamped").writetime("text")) in (5, None)


def test_batch_runs_at_its_level(m, do, lines):
    with do.batch(consistency="ONE", serial_consistency="LOCAL_SERIAL", timeout=10) as batch:
        do(m.Line(book="b", number=1).insert(batch=batch))

    assert batch.result.applied
    assert lines() == [(1, "")]


def test_conditional_batch_is_applied_whole(m, do, lines):
    with do.batch() as batch:
        assert do(m.Line(book="b", number=1, text="x").insert(batch=batch)) is None
        do(m.Line(book="b", number=2, text="y").save(batch=batch))

    assert batch.result.applied
    assert lines() == [(1, "x"), (2, "y")]


def test_conditional_batch_that_fails_changes_nothing(m, do, lines):
    line = do(m.Line.create(book="b", number=1, text="x"))
    with do.batch() as batch:
        do(m.Line(book="b", number=1, text="z").insert(batch=batch))
        do(line.update(text="z", batch=batch))

    assert not batch.result.applied
    assert batch.result.existing["text"] == "x"
    assert line.text == "x"
    assert lines() == [(1, "x")]


def test_raw_statements_join(do, lines):
    with do.batch() as batch:
        batch.add(Statement("INSERT INTO line (book, number, text) VALUES (?, ?, ?)", ("b", 7, "raw")))
        batch.add("INSERT INTO line (book, number, text) VALUES (?, ?, ?)", ["b", 8, "text"])
        batch.add("INSERT INTO line (book, number) VALUES ('b', 9)")

    assert lines() == [(7, "raw"), (8, "text"), (9, "")]
    with pytest.raises(InvalidQueryError, match="has its own parameters"):
        do.odm.__dict__[batch.__class__.__name__]().add(Statement("…"), [1])


def test_kind_may_be_written_as_in_cql(m, do, lines):
    with do.batch(batch_type="UNLOGGED") as batch:
        do(m.Line(book="b", number=1).save(batch=batch))

    assert lines() == [(1, "")]


@pytest.mark.parametrize(
    ("options", "words"),
    [({"batch_type": "looged"}, "no kind of batch"), ({"consistency": "MANY"}, "no consistency level")],
)
def test_options_that_cannot_be_meant_are_refused(do, options, words):
    with pytest.raises(InvalidQueryError, match=words), do.batch(**options):
        pass


@pytest.fixture
def _elsewhere():
    """Another name for the same connection."""
    connections.register("elsewhere", connections.get(), default=False)
    yield
    connections.remove("elsewhere")


def test_default_connection_may_be_named(m, do):
    named = connections.named(None)

    class ByName(do.odm.Document):
        book: Annotated[str, PrimaryKey()]
        number: Annotated[int, ClusteringKey()]

        class Settings:
            name = m.Line.table_name()
            connection = named

    with do.batch(connection=named) as batch:
        do(m.Line(book="b", number=1).save(batch=batch))
        do(ByName(book="b", number=2).save(batch=batch))

    assert do(m.Line.find(book="b").count()) == 2


@pytest.mark.usefixtures("_elsewhere")
def test_two_connections_are_refused(m, do):
    class Elsewhere(do.odm.Document):
        id: Annotated[int, PrimaryKey()]

        class Settings:
            connection = "elsewhere"

    def block():
        with do.batch() as batch:
            do(m.Line(book="b", number=1).save(batch=batch))
            do(Elsewhere(id=1).save(batch=batch))

    with pytest.raises(InvalidQueryError, match="one connection"):
        block()
    with pytest.raises(InvalidQueryError, match="one connection"), do.batch(connection="elsewhere") as batch:
        do(m.Line(book="b", number=1).save(batch=batch))
