"""§11: a value of several fields, created and altered in the order of need."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import uuid4

import pytest
from pydantic import Field, ValidationError

from coodie.backend import connections
from coodie.exceptions import ConfigurationError, InvalidModelError, InvalidQueryError
from coodie.fields import Column, PrimaryKey, SmallInt
from coodie.statement import Statement


def models(odm):
    class Country(odm.UserType):
        code: str
        name: str | None = None

    class Address(odm.UserType):
        street: str
        number: Annotated[int, SmallInt()] = 0
        country: Country | None = None
        lines: list[str] = Field(default_factory=list)
        since: datetime | None = None
        zip_code: Annotated[str, Column("ZIP")] = ""

        class Settings:
            __type_name__ = "postal_address"

    class Person(odm.Document):
        id: Annotated[str, PrimaryKey()]
        home: Address | None = None
        others: list[Address] = Field(default_factory=list)
        visited: set[Country] = Field(default_factory=set)
        by_year: dict[int, Address] = Field(default_factory=dict)
        pair: tuple[Country, int] | None = None

    return Country, Address, Person


@pytest.fixture
def address(m):
    return m.Address(
        street="High 'St'",
        number=5,
        country=m.Country(code="de", name="Germany"),
        lines=["a", "b"],
        since=datetime(2020, 1, 1, tzinfo=UTC),
        zip_code="123",
    )


def test_value_comes_back_equal(m, do, address):
    person = m.Person(
        id="p",
        home=address,
        others=[address, m.Address(street="Low")],
        visited={m.Country(code="de"), m.Country(code="fr")},
        by_year={2020: address},
        pair=(m.Country(code="it"), 1),
    )
    do(person.save())
    read = do(m.Person.get(id="p"))

    assert read == person
    assert isinstance(read.home, m.Address)
    assert isinstance(read.home.country, m.Country)


def test_value_travels_as_json(m, do, address):
    person = m.Person(id="j", home=address, others=[address], by_year={1: address})
    do(person.save_json())

    assert do(m.Person.get(id="j")) == person


def test_collections_of_values_are_changed(m, do, address):
    person = do(m.Person.create(id="c"))
    do(person.update(append__others=address, add__visited=m.Country(code="de"), by_year__put=(1, address)))

    assert do(m.Person.get(id="c")) == person
    do(person.update(remove__visited=m.Country(code="de"), home=address))
    assert do(m.Person.get(id="c")) == person


def test_value_is_searched_for(m, do, address):
    do(m.Person(id="s", home=address, visited={m.Country(code="de")}).save())

    assert do(m.Person.find(home=address).allow_filtering().count()) == 1
    assert do(m.Person.find(visited__contains=m.Country(code="de")).allow_filtering().count()) == 1


def test_values_list_has_values_of_the_class(m, do, address):
    do(m.Person(id="v", home=address).save())

    assert do(m.Person.find(id="v").values_list("home").all()) == [(address,)]


def test_types_have_their_names(m):
    assert (m.Country.type_name(), m.Address.type_name()) == ("country", "postal_address")


def test_type_is_made_where_its_settings_say(do):
    there = f"types_{uuid4().hex[:8]}"
    do(do.odm.create_keyspace(there))

    class Place(do.odm.UserType):
        city: str

        class Settings:
            keyspace = there

    class Lost(do.odm.UserType):
        city: str

        class Settings:
            connection = "nowhere"

    try:
        assert do(Place.sync_type()) == [f"CREATE TYPE IF NOT EXISTS {there}.place (city text)"]
        assert do(Place.sync_type()) == []
    finally:
        do(do.odm.drop_keyspace(there))
    with pytest.raises(ConfigurationError, match="no connection 'nowhere'"):
        do(Lost.sync_type())


def test_value_is_hashable_when_its_fields_are(m):
    assert hash(m.Country(code="de")) == hash(m.Country(code="de"))
    with pytest.raises(TypeError):
        hash(m.Address(street="x"))


def test_value_passes_through_pydantic(m):
    with pytest.raises(ValidationError):
        m.Person(id="x", home={"street": 5})
    assert m.Person(id="x", home={"street": "High"}).home == m.Address(street="High")


def test_field_out_of_range_is_refused(m, do):
    with pytest.raises(InvalidQueryError, match=r"Person\.home: .*16 bits"):
        do(m.Person(id="x", home=m.Address(street="x", number=2**15)).save())


def test_field_that_cql_cannot_hold_is_refused(do):
    with pytest.raises(InvalidModelError, match=r"Wrong\.x: no CQL type holds complex"):

        class Wrong(do.odm.UserType):
            x: complex


def test_value_without_a_field_is_refused(m, do):
    with pytest.raises(InvalidQueryError, match=r"Person\.home: .* has no value of street"):
        do(m.Person(id="x").model_copy(update={"home": m.Address.model_construct(number=1)}).save())


def test_type_without_fields_is_refused(do):
    class Nothing(do.odm.UserType):
        pass

    with pytest.raises(InvalidModelError, match="Nothing has no fields"):
        do(Nothing.sync_type())


def test_type_that_holds_itself_is_refused(do):
    with pytest.raises(InvalidModelError, match=r"Node\.children: Node holds itself"):

        class Node(do.odm.UserType):
            name: str
            children: "list[Node]" = Field(default_factory=list)


def test_table_with_all_types_has_nothing_left_to_do(m, do):
    assert do(m.Person.sync_table(strict=True)) == []
    assert do(m.Address.sync_type()) == []


def test_types_are_made_in_the_order_of_need(do):
    mark = f"{do.name}_{uuid4().hex[:6]}"

    class Inner(do.odm.UserType):
        a: int

        class Settings:
            __type_name__ = f"inner_{mark}"

    class Outer(do.odm.UserType):
        inner: Inner

        class Settings:
            __type_name__ = f"outer_{mark}"

    planned = do(Outer.sync_type(dry_run=True))
    assert [text.split()[5] for text in planned] == [f"inner_{mark}", f"outer_{mark}"]
    assert do(Outer.sync_type()) == planned
    assert do(Inner.sync_type()) == []


def test_type_grows_and_old_values_read_the_default(do):
    mark = f"{do.name}_{uuid4().hex[:6]}"
    old, new = grown(do.odm, mark, later=False), grown(do.odm, mark, later=True)
    do(old.sync_table())
    do(old(id=1, value=old.model_fields["value"].annotation(a=1)).save())

    assert do(new.sync_table()) == [f"ALTER TYPE part_{mark} ADD b text"]
    read = do(new.get(id=1))
    assert (read.value.a, read.value.b) == (1, "later")
    read.value = read.value.model_copy(update={"b": "now"})
    do(read.save())
    assert do(new.get(id=1)).value.b == "now"
    assert do(old.get(id=1)).value.a == 1


def grown(odm, mark, *, later):
    """A model with a user type, before and after the type has grown."""

    class Part(odm.UserType):
        a: int

        class Settings:
            __type_name__ = f"part_{mark}"

    class GrownPart(Part):
        b: str = "later"

    class Whole(odm.Document):
        id: Annotated[int, PrimaryKey()]
        value: GrownPart if later else Part

        class Settings:
            name = f"whole_{mark}"

    return Whole


def test_raw_types_agree_with_the_class(m):
    backend = connections.get()
    page = backend.execute(
        Statement(
            "SELECT field_names, field_types FROM system_schema.types WHERE keyspace_name = ? AND type_name = ?",
            (backend.keyspace, "postal_address"),
        )
    )
    ((names, types),) = page.rows

    assert dict(zip(names, types, strict=True)) == {
        "street": "text",
        "number": "smallint",
        "country": "frozen<country>",
        "lines": "frozen<list<text>>",
        "since": "timestamp",
        "ZIP": "text",
    }
