"""Several classes, one table: the discriminator says of which class a row is."""

from typing import Annotated

import pytest

from coodie.document import family, readable, root, schema_of
from coodie.exceptions import InvalidModelError
from coodie.fields import Discriminator, PrimaryKey
from coodie.operations import bulk, reads, tables, writes
from coodie.statement import Page
from coodie.sync import Document


class Animal(Document):
    id: Annotated[int, PrimaryKey()]
    kind: Annotated[str, Discriminator()] = "animal"
    name: str

    class Settings:
        keyspace = "zoo"


class Cat(Animal):
    lives: int = 9

    class Settings:
        __discriminator_value__ = "cat"


class Dog(Animal):
    tricks: set[str] | None = None

    class Settings:
        __discriminator_value__ = "dog"


class Puppy(Dog):
    weeks: int = 0

    class Settings:
        __discriminator_value__ = "puppy"


SELECT = "SELECT id, kind, name, lives, tricks, weeks FROM zoo.animal"
ROWS = [
    (1, "cat", "Tom", 7, None, None),
    (2, "dog", "Rex", None, {"sit"}, None),
    (3, "puppy", "Bo", None, None, 5),
    (4, "fish", "Nemo", None, None, None),
]


def test_a_family_shares_table_and_keyspace():
    assert {(schema_of(each).keyspace, schema_of(each).table) for each in family(Animal)} == {
        ("zoo", "animal")
    }
    assert root(Puppy) is Animal
    assert [column.name for column in readable(Dog)] == ["id", "kind", "name", "tricks", "weeks"]


def test_a_document_knows_its_kind(drive):
    assert Cat(id=1, name="Tom").kind == "cat"
    statement = drive(writes.save(Puppy(id=3, name="Bo"))).only
    assert statement.cql == "INSERT INTO zoo.animal (id, kind, name, tricks, weeks) VALUES (?, ?, ?, ?, ?)"
    assert statement.params == (3, "puppy", "Bo", None, 0)


def test_each_row_becomes_its_class(drive):
    there = drive(reads.fetch_all(Animal.find()), Page((), ROWS))
    assert there.only.cql == SELECT
    assert there.result == [
        Cat(id=1, name="Tom", lives=7),
        Dog(id=2, name="Rex", tricks={"sit"}),
        Puppy(id=3, name="Bo", weeks=5),
        Animal(id=4, kind="fish", name="Nemo"),
    ]
    assert [type(each) for each in there.result] == [Cat, Dog, Puppy, Animal]


def test_a_subclass_has_its_own_rows_only(drive):
    rows = [(row[0], row[1], row[2], row[4], row[5]) for row in ROWS]
    there = drive(reads.fetch_all(Dog.find().limit(5)), Page((), rows))
    assert there.only.cql == "SELECT id, kind, name, tricks, weeks FROM zoo.animal"
    assert [type(each) for each in there.result] == [Dog, Puppy]
    keys = [(1, "cat"), (2, "dog")]
    assert drive(reads.count(Cat.find()), Page((), keys)).result == 1
    assert drive(reads.find_one(Cat, (), {"id": 2}), Page((), [(2, "dog", "Rex", None)])).result is None


def test_a_subclass_deletes_its_own_rows_only(drive):
    there = drive(bulk.delete_matching(Cat.find(id__in=[1, 2])), Page((), [(1, "cat"), (2, "dog")]))
    assert there.texts == [
        "SELECT id, kind FROM zoo.animal WHERE id IN ?",
        "DELETE FROM zoo.animal WHERE id = ?",
    ]
    assert there.requests[1].params == (1,)


@pytest.mark.parametrize("model", [Animal, Puppy])
def test_syncing_any_of_them_creates_the_union_of_columns(drive, model):
    (text,) = drive(tables.sync_table(model)).result
    assert text == (
        "CREATE TABLE IF NOT EXISTS zoo.animal "
        "(id int, kind text, name text, lives int, tricks set<text>, weeks int, PRIMARY KEY (id))"
    )


def test_a_value_without_a_discriminator_is_refused():
    with pytest.raises(InvalidModelError, match="no field is a Discriminator"):

        class Stone(Document):
            id: Annotated[int, PrimaryKey()]

            class Settings:
                __discriminator_value__ = "stone"
