"""User types: values of several fields, bound as mappings, created before what needs them."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import pytest
from pydantic import Field

from coodie.cqltypes import in_order, mapped, spelling
from coodie.document import schema_of
from coodie.exceptions import InvalidModelError, InvalidQueryError
from coodie.fields import BigInt, Column, PrimaryKey
from coodie.operations import tables
from coodie.rows import mark_saved, reader
from coodie.statement import Page
from coodie.sync import Document, UserType
from coodie.usertype import UserType as UserTypeOfBoth


class Kind(StrEnum):
    HOME = "home"


class Place(UserType):
    x: int
    y: Annotated[int, BigInt()]


class Address(UserType):
    street: Annotated[str, Column("Street")]
    kind: Kind = Kind.HOME
    place: Place | None = None
    lines: list[str] = Field(default_factory=list)
    since: datetime | None = None

    class Settings:
        __type_name__ = "Address"


class Person(Document):
    id: Annotated[int, PrimaryKey()]
    home: Address | None = None
    visited: set[Place] = Field(default_factory=set)


COLUMN = schema_of(Person).by_field["home"]
BOUND = {"Street": "a", "kind": "home", "place": {"x": 1, "y": 2}, "lines": [], "since": None}


def test_a_user_type_is_frozen_and_quoted():
    assert spelling(mapped(Address).cql_type) == 'frozen<"Address">'
    assert spelling(mapped(list[Place]).cql_type) == "list<frozen<place>>"


def test_a_value_is_bound_as_a_mapping_and_read_back():
    address = Address(street="a", place=Place(x=1, y=2))
    assert COLUMN.bind(address) == BOUND
    assert COLUMN.read(COLUMN.bind(address)) == address


def test_a_field_that_came_later_reads_as_its_default():
    assert COLUMN.read({"Street": "a", "lines": None}) == Address(street="a")


def test_values_can_be_members_of_sets():
    bound = schema_of(Person).by_field["visited"].bind({Place(x=1, y=2), Place(x=1, y=2)})
    assert bound == {Place.__cql_codec__().encode(Place(x=1, y=2))}
    assert hash(Place(x=1, y=2)) == hash(Place(x=1, y=2))


def test_moments_inside_are_rounded_when_saved():
    person = Person(id=1, home=Address(street="a", since=datetime(2026, 5, 1, 0, 0, 0, 1_499, tzinfo=UTC)))
    mark_saved(person, schema_of(Person).columns)
    assert person.home.since.microsecond == 1000


def test_a_value_out_of_range_is_refused_with_its_field():
    with pytest.raises(InvalidQueryError, match=r"Person\.home: .* does not fit 32 bits"):
        COLUMN.bind(Address(street="a", place=Place(x=2**31, y=2)))


def test_a_row_with_user_types_becomes_a_document():
    person = reader(Person, schema_of(Person).columns)((1, BOUND, None))
    assert person == Person(id=1, home=Address(street="a", place=Place(x=1, y=2)))


def test_types_are_created_before_what_needs_them(drive):
    assert in_order([Address, Place]) == (Place, Address)
    there = drive(tables.sync_table(Person))
    assert there.result == [
        "CREATE TYPE IF NOT EXISTS place (x int, y bigint)",
        (
            'CREATE TYPE IF NOT EXISTS "Address" '
            '("Street" text, kind text, place frozen<place>, lines frozen<list<text>>, since timestamp)'
        ),
        (
            "CREATE TABLE IF NOT EXISTS person "
            '(id int, home frozen<"Address">, visited set<frozen<place>>, PRIMARY KEY (id))'
        ),
    ]


def live(**fields):
    return Page(("field_names", "field_types"), [(list(fields), list(fields.values()))])


def test_new_fields_are_added_and_others_stay(drive):
    there = drive(tables.sync_type(Place), live(x="int"))
    assert there.result == ["ALTER TYPE place ADD y bigint"]
    assert drive(tables.sync_type(Place), live(x="int", y="bigint")).result == []
    with pytest.raises(InvalidModelError, match="field y is int, the class says bigint"):
        drive(tables.sync_type(Place, strict=True), live(x="int", y="int"))


def test_a_field_that_no_type_can_hold_is_found_when_the_class_is_made():
    with pytest.raises(InvalidModelError, match=r"Odd\.what: no CQL type holds object"):

        class Odd(UserType, arbitrary_types_allowed=True):
            what: object


async def test_a_type_of_neither_face_is_made_by_both(coodie_memory):
    """Under the name that other programs import it by."""

    class Spot(UserTypeOfBoth):
        x: int

    assert await Spot.sync_type_async(dry_run=True) == ["CREATE TYPE IF NOT EXISTS spot (x int)"]
    assert Spot.sync_type() == ["CREATE TYPE IF NOT EXISTS spot (x int)"]
    assert await Spot.sync_type_async() == []
