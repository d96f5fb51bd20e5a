"""§5: what the nested class `Settings` says, and how it is inherited."""

from enum import Enum
from typing import Annotated

import pytest

from coodie.backend import connections
from coodie.document import is_abstract, schema_of
from coodie.exceptions import ConfigurationError, InsertManyError, InvalidModelError, InvalidQueryError
from coodie.fields import ClusteringKey, Discriminator, PrimaryKey
from coodie.statement import Statement


def models(odm):
    class Short(odm.Document):
        id: Annotated[int, PrimaryKey()]
        note: str = ""

        class Settings:
            name = "short_lived"
            __default_ttl__ = 500
            __options__ = {"comment": 'it\'s "short"', "gc_grace_seconds": 3600}  # noqa: RUF012  # as written

    class Exact(odm.Document):
        id: Annotated[int, PrimaryKey()]
        note: str = ""

        class Settings:
            consistency = "ONE"
            serial_consistency = "LOCAL_SERIAL"
            timeout = 10

    class HTTPLog(odm.Document):
        id: Annotated[int, PrimaryKey()]

    class Shape(odm.Document):
        id: Annotated[int, PrimaryKey()]
        kind: Annotated[str, Discriminator()] = ""

        class Settings:
            name = "shapes"

    class Circle(Shape):
        radius: float = 0.0

        class Settings:
            __discriminator_value__ = "circle"

    class Square(Shape):
        side: float = 0.0

        class Settings:
            __discriminator_value__ = "square"

    class Cube(Square):
        depth: float = 0.0

        class Settings:
            __discriminator_value__ = "cube"

    class Disc(Circle):
        hole: float = 0.0

    return Short, Exact, HTTPLog, Shape, Circle, Square, Cube, Disc


class Recorder:
    """The connection under test, and the requests that went through it."""

    def __init__(self, backend):
        self.backend, self.requests = backend, []

    def __getattr__(self, name):
        return getattr(self.backend, name)

    def execute(self, request):
        self.requests.append(request)
        return self.backend.execute(request)

    async def execute_async(self, request):
        self.requests.append(request)
        return await self.backend.execute_async(request)


@pytest.fixture
def recorder():
    state = connections.snapshot()
    recorder = Recorder(connections.get())
    connections.register("default", recorder)
    yield recorder
    connections.restore(state)


def option(table, name):
    backend = connections.get()
    page = backend.execute(
        Statement(
            f"SELECT {name} FROM system_schema.tables WHERE keyspace_name = ? AND table_name = ?",
            (backend.keyspace, table),
        )
    )
    return page.rows[0][0]


def test_name_is_the_tables(m):
    assert m.Short.table_name() == "short_lived"


@pytest.mark.parametrize(("model", "table"), [("HTTPLog", "http_log"), ("Exact", "exact")])
def test_name_is_the_class_in_snake_case(m, model, table):
    assert getattr(m, model).table_name() == table


@pytest.mark.parametrize(
    ("key", "said", "words"),
    [
        ("name", 5, "name is a name, not 5"),
        ("keyspace", 5, "keyspace is a name, not 5"),
        ("connection", 5, "connection is a connection's name, not 5"),
        ("timeout", "5", "a timeout is a number of seconds, not '5'"),
        ("__default_ttl__", "5", "__default_ttl__ is a number of seconds from 0 to 630720000, not '5'"),
        ("__default_ttl__", -1, "__default_ttl__ is a number of seconds"),
        ("__options__", ["comment"], "__options__ is a dict of table options"),
        ("__options__", None, "__options__ is a dict of table options"),
    ],
)
def test_setting_that_cannot_be_meant_is_refused(do, key, said, words):
    with pytest.raises(InvalidModelError, match=rf"Wrong\.Settings.*{words}"):

        class Wrong(do.odm.Document):
            id: Annotated[int, PrimaryKey()]

            Settings = type("Settings", (), {key: said})


def test_default_ttl_is_the_tables(m, do):
    assert option("short_lived", "default_time_to_live") == 500
    do(m.Short(id=1, note="x").save())
    assert 400 < do(m.Short.find(id=1).column_ttl("note")) <= 500
    do(m.Short(id=1, note="x").save(ttl=50))
    assert do(m.Short.find(id=1).column_ttl("note")) <= 50


def test_options_are_the_tables(m, do):
    assert option("short_lived", "comment") == 'it\'s "short"'
    assert option("short_lived", "gc_grace_seconds") == 3600
    assert do(m.Short.sync_table()) == []


def test_levels_of_a_model_hold_for_each_of_its_statements(m, do, recorder):
    """Unless a call says otherwise."""
    document = m.Exact(id=1, note="x")
    do(document.save())
    do(document.insert())
    do(document.update(note="y"))
    do(m.Exact.get(id=1))
    do(m.Exact.find().all())
    do(m.Exact.find(id=1).count())
    do(m.Exact.find(id=1).update(note="z"))
    do(document.refresh())
    do(document.delete())
    with do.batch() as batch:
        do(document.save(batch=batch))

    assert len(recorder.requests) == 10
    assert {(each.consistency, each.serial_consistency, each.timeout) for each in recorder.requests} == {
        ("ONE", "LOCAL_SERIAL", 10)
    }
    do(document.save(consistency="QUORUM", timeout=5))
    assert (recorder.requests[-1].consistency, recorder.requests[-1].timeout) == ("QUORUM", 5)


def test_levels_of_a_query_reach_each_request(m, do, recorder):
    """Of every terminal, row by row included."""
    queryset = m.Short.find().consistency("ONE").serial_consistency("SERIAL").timeout(7)
    do(queryset.create(id=1, note="a"))
    do(queryset.if_not_exists().create(id=2))
    do(queryset.all())
    do(queryset.count())
    do(queryset.filter(note="a").allow_filtering().update(note="b"))
    do(queryset.if_exists().update(note="c"))
    do(queryset.aggregate(n="count(*)"))
    do(queryset.json())
    do(queryset.delete())

    assert {(each.consistency, each.serial_consistency, each.timeout) for each in recorder.requests} == {
        ("ONE", "SERIAL", 7)
    }


def test_wrong_level_is_found_when_the_class_is_made(do):
    with pytest.raises(InvalidModelError, match=r"Wrong\.Settings: 'MOST' is no consistency level"):

        class Wrong(do.odm.Document):
            id: Annotated[int, PrimaryKey()]

            class Settings:
                consistency = "MOST"


def test_settings_are_inherited_key_by_key(do):
    class Base(do.odm.Document):
        class Settings:
            __abstract__ = True
            keyspace = "ks"
            __options__ = {"comment": "base"}  # noqa: RUF012  # as written

    class Child(Base):
        id: Annotated[int, PrimaryKey()]

        class Settings:
            name = "mine"

    schema = schema_of(Child)
    assert (schema.keyspace, schema.table, schema.options) == ("ks", "mine", {"comment": "base"})
    assert is_abstract(Base)
    assert not is_abstract(Child)


def test_abstract_class_has_no_table(do):
    class Base(do.odm.Document):
        class Settings:
            __abstract__ = True

    with pytest.raises(InvalidModelError, match="Base is abstract"):
        Base.find()


def test_keyspace_of_a_model_is_named_in_its_statements(m, do, recorder):
    class Far(do.odm.Document):
        id: Annotated[int, PrimaryKey()]

        class Settings:
            name = "exact"
            keyspace = recorder.keyspace

    do(Far(id=3).save())

    assert recorder.requests[-1].cql.startswith(f"INSERT INTO {recorder.keyspace}.exact ")
    assert do(m.Exact.get(id=3)).id == 3


def test_connection_of_a_model_is_obeyed_everywhere(do):
    class Away(do.odm.Document):
        id: Annotated[int, PrimaryKey()]
        n: int = 0

        class Settings:
            connection = "away"

    document = Away(id=1)
    for operation in (
        document.save,
        lambda: document.update(n=1),
        document.delete,
        lambda: Away.get(id=1),
        lambda: Away.find().all(),
        lambda: Away.find().delete(),
        lambda: Away.find().update(n=1),
        Away.sync_table,
        Away.truncate,
        Away.drop_table,
        lambda: Away.insert_many([document]),
    ):
        with pytest.raises(ConfigurationError, match="no connection 'away'"):
            do(operation())


# Polymorphism


@pytest.fixture
def shapes(m, do):
    shapes = [m.Circle(id=1, radius=1.5), m.Square(id=2, side=2.0), m.Cube(id=3, side=3.0, depth=1.0)]
    for shape in shapes:
        do(shape.save())
    return shapes


def test_family_shares_its_table(m):
    assert {each.table_name() for each in (m.Shape, m.Circle, m.Square, m.Cube)} == {"shapes"}


def test_row_is_of_its_subclass(m, do, shapes):
    found = sorted(do(m.Shape.find().all()), key=lambda each: each.id)

    assert found == shapes
    assert [type(each).__name__ for each in found] == ["Circle", "Square", "Cube"]
    assert do(m.Shape.get(id=3)) == shapes[2]


def test_subclass_finds_its_own_rows_and_its_subclasses(m, do, shapes):
    assert do(m.Circle.find().all()) == shapes[:1]
    assert sorted(each.id for each in do(m.Square.find().all())) == [2, 3]
    assert do(m.Square.find().count()) == 2
    do(m.Square.find().delete())
    assert do(m.Shape.find().all()) == shapes[:1]


WRONG_KIND = r"Circle\.kind is 'circle' in every row of the class, not 'square'"


@pytest.mark.parametrize(
    "write",
    [
        lambda circle: circle(id=9, kind="square").save(),
        lambda circle: circle(id=9, kind="square").save(ttl=60),
        lambda circle: circle(id=9, kind="square").save_json(),
        lambda circle: circle(id=9, kind="square").insert(),
        lambda circle: circle.create(id=9, kind="square"),
        lambda circle: circle.insert_many([circle(id=9, kind="square")]),
        lambda circle: circle.find().create(id=9, kind="square"),
        lambda circle: circle.find(id=1).update(kind="square"),
        lambda circle: circle(id=1).update(kind="square"),
    ],
)
def test_no_row_is_of_another_class_than_its_document(m, do, shapes, write):
    with pytest.raises((InvalidQueryError, InsertManyError), match=WRONG_KIND):
        do(write(m.Circle))
    assert do(m.Shape.find(id=9).count()) == 0
    assert do(m.Shape.get(id=1)) == shapes[0]


def test_document_does_not_change_its_class(m, do, shapes):
    circle = do(m.Circle.get(id=1))
    circle.kind = "square"

    with pytest.raises(InvalidQueryError, match=WRONG_KIND):
        do(circle.save_changes())
    assert do(m.Shape.get(id=1)) == shapes[0]


def test_class_without_a_value_of_its_own_has_its_parents_rows(m, do, shapes):
    do(m.Disc(id=4, radius=2.0, hole=1.0).save())

    assert {type(each) for each in do(m.Circle.find().all())} == {m.Circle}
    assert do(m.Disc.get(id=4)) == m.Disc(id=4, radius=2.0, hole=1.0)


def test_discriminator_may_be_an_enum(do):
    class Kind(Enum):
        ANY = "any"
        CAT = "cat"

    class Animal(do.odm.Document):
        id: Annotated[int, PrimaryKey()]
        kind: Annotated[Kind, Discriminator()] = Kind.ANY

    class Cat(Animal):
        class Settings:
            __discriminator_value__ = Kind.CAT

    do(Animal.sync_table())
    do(Cat(id=1).save())
    do(Animal(id=2).save())

    assert Cat(id=1).kind is Kind.CAT
    assert {type(each) for each in do(Animal.find().all())} == {Cat, Animal}
    assert do(Cat.find().all()) == [Cat(id=1)]
    with pytest.raises(InvalidModelError, match=r"Dog\.Settings\.__discriminator_value__: Dog\.kind: 'dog'"):

        class Dog(Animal):
            class Settings:
                __discriminator_value__ = "dog"

    do(Animal.drop_table())


def test_discriminator_is_written_by_itself(m, do, shapes):
    assert do(m.Shape.find(id=1).values_list("kind").all()) == [("circle",)]


def test_second_sync_of_any_of_them_does_nothing(m, do):
    assert [do(each.sync_table(strict=True)) for each in (m.Shape, m.Circle, m.Cube)] == [[], [], []]


def test_discriminator_value_needs_a_discriminator(do):
    with pytest.raises(InvalidModelError, match=r"no field is a Discriminator\(\)"):

        class Wrong(do.odm.Document):
            id: Annotated[int, PrimaryKey()]
            c: Annotated[int, ClusteringKey()]

            class Settings:
                __discriminator_value__ = "x"
