"""Which CQL type an annotation is, and what passes through it."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from ipaddress import IPv4Address, IPv6Address
from typing import Annotated, Any, Literal, NewType, Optional
from uuid import UUID

import pytest
from pydantic import Field

from coodie import fields
from coodie.codecs import UNCONVERTIBLE
from coodie.cqltypes import mapped, spelling
from coodie.exceptions import InvalidModelError
from coodie.statement import CqlDuration


class Status(StrEnum):
    TODO = "todo"
    DONE = "done"


class Level(IntEnum):
    LOW = 1


class Colour(Enum):
    RED = "red"


UserId = NewType("UserId", UUID)

TYPES = [
    (str, "text"),
    (int, "int"),
    (float, "float"),
    (bool, "boolean"),
    (bytes, "blob"),
    (UUID, "uuid"),
    (datetime, "timestamp"),
    (date, "date"),
    (time, "time"),
    (Decimal, "decimal"),
    (IPv4Address, "inet"),
    (IPv6Address, "inet"),
    (CqlDuration, "duration"),
    (list[int], "list<int>"),
    (set[str], "set<text>"),
    (frozenset[str], "frozen<set<text>>"),
    (dict[str, int], "map<text, int>"),
    (tuple[int, str], "frozen<tuple<int, text>>"),
    (list[list[int]], "list<frozen<list<int>>>"),
    (dict[str, set[int]], "map<text, frozen<set<int>>>"),
    (Status, "text"),
    (Level, "int"),
    (Literal["a", "b"], "text"),
    (Literal[1, 2], "int"),
    (UserId, "uuid"),
    (Annotated[int, Field(ge=0)], "int"),
    (Annotated[int, fields.BigInt()], "bigint"),
    (Annotated[int, fields.SmallInt()], "smallint"),
    (Annotated[int, fields.TinyInt()], "tinyint"),
    (Annotated[int, fields.VarInt()], "varint"),
    (Annotated[int, fields.Counter()], "counter"),
    (Annotated[float, fields.Double()], "double"),
    (Annotated[str, fields.Ascii()], "ascii"),
    (Annotated[UUID, fields.TimeUUID()], "timeuuid"),
    (Annotated[time, fields.Time()], "time"),
    (Annotated[int, fields.Time()], "time"),
    (Annotated[CqlDuration, fields.Duration()], "duration"),
    (Annotated[list[float], fields.Vector(3)], "vector<float, 3>"),
    (Annotated[list[int], fields.Frozen()], "frozen<list<int>>"),
    (list[Annotated[int, fields.BigInt()]], "list<bigint>"),
    (Optional[Annotated[int, fields.BigInt()]], "bigint"),  # noqa: UP045  # as some write it
    (Annotated[int, fields.BigInt()] | None, "bigint"),
    (Annotated[Level, fields.SmallInt()], "smallint"),
]


@pytest.mark.parametrize(("annotation", "expected"), TYPES, ids=[str(each[1]) for each in TYPES])
def test_annotation_has_a_cql_type(annotation, expected):
    assert spelling(mapped(annotation).cql_type) == expected


@pytest.mark.parametrize(
    ("annotation", "message"),
    [
        (object, "no CQL type holds object"),
        (int | str, "union"),
        (list, "list"),
        (tuple[int, ...], "tuple"),
        (Literal["a", 1], "no one type: int, str"),
        (set[int | None], "no nulls"),
        (Annotated[str, fields.BigInt()], r"BigInt\(\) stands on int, not on str"),
        (Annotated[list[int], fields.Vector(3)], r"Vector\(\) stands on list\[float\]"),
        (Annotated[list[float], fields.Vector(0)], "at least one dimension"),
    ],
)
def test_what_no_column_can_hold_is_refused(annotation, message):
    with pytest.raises(InvalidModelError, match=message):
        mapped(annotation)


def test_optional_is_seen_through_annotated():
    assert mapped(str | None).optional
    assert mapped(Optional[Annotated[str, fields.Ascii()]]).optional  # noqa: UP045  # as above
    assert not mapped(str).optional


NOW = datetime(2026, 5, 1, 12, 30, 15, 123000, tzinfo=UTC)

VALUES: list[tuple[Any, Any]] = [
    (str, "grüß"),
    (int, -(2**31)),
    (Annotated[int, fields.BigInt()], 2**63 - 1),
    (Annotated[int, fields.VarInt()], 10**30),
    (bool, True),
    (bytes, b"\x00\xff"),
    (UUID, UUID("87974f1d-663b-4b2b-b44c-d73001000000")),
    (Annotated[UUID, fields.TimeUUID()], UUID("b35291a4-e806-11f1-96e9-02fc00000000")),
    (datetime, NOW),
    (date, date(2026, 5, 1)),
    (time, time(12, 30, 15, 123456)),
    (Annotated[int, fields.Time()], 86_399_999_999_000),
    (Annotated[int, fields.Time()], 0),
    (Decimal, Decimal("1.50")),
    (IPv4Address, IPv4Address("127.0.0.1")),
    (CqlDuration, CqlDuration(1, 2, 3)),
    (Status, Status.DONE),
    (Level, Level.LOW),
    (list[Colour], [Colour.RED]),
    (dict[Status, Level], {Status.TODO: Level.LOW}),
    (frozenset[Status], frozenset({Status.TODO})),
    (set[frozenset[int]], {frozenset({1}), frozenset({2})}),
    (tuple[int, Status | None], (1, None)),
    (Annotated[list[float], fields.Vector(2)], [0.5, 1.0]),
]


@pytest.mark.parametrize(("annotation", "value"), VALUES, ids=lambda each: str(each)[:30])
def test_what_is_read_equals_what_was_bound(annotation, value):
    codec = mapped(annotation).codec
    read = codec.encode(value)
    read = read if codec.decode is None else codec.decode(read)
    assert read == value
    assert type(read) is type(value)


def test_an_enum_is_bound_as_its_plain_value():
    assert type(mapped(Status).codec.encode(Status.DONE)) is str
    assert type(mapped(Level).codec.encode(Level.LOW)) is int


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (int, 2**31),
        (int, "1"),
        (Annotated[int, fields.TinyInt()], 128),
        (Annotated[int, fields.BigInt()], 2**63),
        (float, 1e39),
        (float, "1.5"),
        (float, None),
        (Annotated[list[float], fields.Vector(1)], ["1.5"]),
        (str, 1),
        (str, "\ud800"),
        (Annotated[str, fields.Ascii()], "ü"),
        (Decimal, Decimal("NaN")),
        (time, time(12, tzinfo=UTC)),
        (Annotated[int, fields.Time()], 86_400_000_000_000),
        (Annotated[int, fields.Time()], -1000),
        (Annotated[int, fields.Time()], 1),
        (Annotated[int, fields.Time()], time(12)),
        (date, NOW),
        (UUID, "not one"),
        (Annotated[UUID, fields.TimeUUID()], UUID("87974f1d-663b-4b2b-b44c-d73001000000")),
        (list[str], "abc"),
        (list[int], [1, None]),
        (tuple[int, int], (1,)),
        (Annotated[list[float], fields.Vector(2)], [1.0]),
    ],
)
def test_what_the_type_cannot_hold_is_not_bound(annotation, value):
    with pytest.raises(UNCONVERTIBLE):
        mapped(annotation).codec.encode(value)


@pytest.mark.parametrize(
    ("given", "bound"),
    [
        (NOW, NOW),
        (NOW.replace(microsecond=123_499), NOW),
        (NOW.replace(microsecond=122_500), NOW),
        (NOW.replace(microsecond=999_500), NOW.replace(second=16, microsecond=0)),
        (NOW.replace(tzinfo=None), NOW),
        (NOW.astimezone(timezone(timedelta(hours=2))), NOW),
    ],
)
def test_timestamps_are_bound_in_utc_rounded_to_the_millisecond(given, bound):
    codec = mapped(datetime).codec
    assert codec.encode(given) == bound
    assert codec.encode(given).tzinfo is UTC
    assert codec.rounds
