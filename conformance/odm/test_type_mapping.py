"""§4: Python types in, the same Python types out."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from ipaddress import IPv4Address, IPv6Address
from typing import Annotated, Any, Literal, NewType, Optional
from uuid import UUID, uuid1, uuid4

import pytest
from pydantic import (
    UUID4,
    AwareDatetime,
    Base64Bytes,
    ByteSize,
    FutureDatetime,
    HttpUrl,
    IPvAnyAddress,
    Json,
    NaiveDatetime,
    PastDate,
    PositiveInt,
    PostgresDsn,
    SecretBytes,
    SecretStr,
    StringConstraints,
    conlist,
)

from coodie.cqltypes import spelling
from coodie.document import schema_of
from coodie.exceptions import InvalidModelError, InvalidQueryError, ServerError
from coodie.fields import (
    Ascii,
    BigInt,
    Double,
    Frozen,
    PrimaryKey,
    SmallInt,
    TimeUUID,
    TinyInt,
    VarInt,
    Vector,
)
from coodie.statement import CqlDuration

Celsius = NewType("Celsius", float)
NOW = datetime(2026, 5, 1, 12, 30, 15, 123_000, tzinfo=UTC)


class Colour(Enum):
    RED = "red"


class Status(StrEnum):
    TODO = "todo"


class Level(IntEnum):
    LOW = 1


CASES: dict[str, tuple[Any, str, list[Any]]] = {
    "text": (str, "text", ["", "naïve ☃ \x00 '\" $$", "a" * 5000]),
    "number": (int, "int", [0, -(2**31), 2**31 - 1]),
    "real": (float, "float", [0.5, -0.0, float("inf")]),
    "flag": (bool, "boolean", [True, False]),
    "blob": (bytes, "blob", [b"", b"\x00\xff"]),
    "uuid": (UUID, "uuid", [UUID(int=0), uuid4(), uuid1()]),
    "moment": (
        datetime,
        "timestamp",
        [NOW, datetime(1, 1, 1, tzinfo=UTC), datetime(1969, 12, 31, 23, 59, 59, 1000, UTC)],
    ),
    "day": (date, "date", [date(1, 1, 1), date(1969, 12, 31), date(9999, 12, 31)]),
    "clock": (time, "time", [time(0), time(23, 59, 59, 999_999)]),
    "decimal": (Decimal, "decimal", [Decimal("-1.500"), Decimal("1E+30"), Decimal("0.000")]),
    "host": (IPv4Address, "inet", [IPv4Address("127.0.0.1")]),
    "host6": (IPv6Address, "inet", [IPv6Address("2001:db8::1"), IPv6Address("::ffff:1.2.3.4")]),
    "duration": (CqlDuration, "duration", [CqlDuration(1, 2, 3), CqlDuration(-1, -2, -3), CqlDuration()]),
    "bigint": (Annotated[int, BigInt()], "bigint", [2**63 - 1, -(2**63)]),
    "smallint": (Annotated[int, SmallInt()], "smallint", [2**15 - 1, -(2**15)]),
    "tinyint": (Annotated[int, TinyInt()], "tinyint", [127, -128]),
    "varint": (Annotated[int, VarInt()], "varint", [10**40, -(10**40), 0]),
    "double": (Annotated[float, Double()], "double", [0.1, 1e300]),
    "ascii": (Annotated[str, Ascii()], "ascii", ["plain"]),
    "timeuuid": (Annotated[UUID, TimeUUID()], "timeuuid", [uuid1()]),
    "names": (list[str], "list<text>", [["b", "a", "b"]]),
    "tags": (set[str], "set<text>", [{"a", "b"}]),
    "frozen_tags": (frozenset[int], "frozen<set<int>>", [frozenset({1, 2}), frozenset()]),
    "sizes": (dict[str, int], "map<text, int>", [{"a": 1, "b": 2}]),
    "pair": (tuple[int, str], "frozen<tuple<int, text>>", [(1, "a")]),
    "gap": (tuple[int | None, str], "frozen<tuple<int, text>>", [(None, "a")]),
    "path": (Annotated[list[str], Frozen()], "frozen<list<text>>", [["x"], []]),
    "matrix": (list[list[int]], "list<frozen<list<int>>>", [[[1, 2], [3]], [[]]]),
    "groups": (dict[str, set[int]], "map<text, frozen<set<int>>>", [{"a": {1}}]),
    "deep": (
        dict[str, dict[str, list[int]]],
        "map<text, frozen<map<text, frozen<list<int>>>>>",
        [{"a": {"b": [1]}}],
    ),
    "sets": (set[frozenset[int]], "set<frozen<set<int>>>", [{frozenset({1}), frozenset({2, 3})}]),
    "moments": (list[datetime], "list<timestamp>", [[NOW, NOW + timedelta(days=1)]]),
    "by_day": (dict[date, Decimal], "map<date, decimal>", [{date(2026, 1, 1): Decimal("1.5")}]),
    "hosts": (set[IPv4Address], "set<inet>", [{IPv4Address("10.0.0.1")}]),
    "waits": (list[CqlDuration], "list<duration>", [[CqlDuration(0, 1, 0)]]),
    "colour": (Colour, "text", [Colour.RED]),
    "status": (Status, "text", [Status.TODO]),
    "level": (Level, "int", [Level.LOW]),
    "levels": (dict[Level, set[Status]], "map<int, frozen<set<text>>>", [{Level.LOW: {Status.TODO}}]),
    "small_level": (Annotated[Level, TinyInt()], "tinyint", [Level.LOW]),
    "size": (Literal["s", "m"], "text", ["s"]),
    "grade": (Literal[1, 2], "int", [2]),
    "warmth": (Celsius, "float", [Celsius(20.5)]),
    "maybe": (Optional[int], "int", [None, 5]),  # noqa: UP045  # one of the spellings
    "nothing": (list[int] | None, "list<int>", [[1], None]),
    "positive": (PositiveInt, "int", [5]),
    "short": (Annotated[str, StringConstraints(max_length=3)], "text", ["abc"]),
    "few": (conlist(int, max_length=2), "list<int>", [[1, 2]]),
    "aware": (AwareDatetime, "timestamp", [NOW]),
    "past": (PastDate, "date", [date(2020, 1, 1)]),
    "secret": (SecretStr, "text", [SecretStr("s3cret")]),
    "secret_bytes": (SecretBytes, "blob", [SecretBytes(b"s3cret")]),
    "secrets": (list[SecretStr], "list<text>", [[SecretStr("a")]]),
    "url": (HttpUrl, "text", [HttpUrl("https://example.org/a?b=c")]),
    "dsn": (PostgresDsn, "text", [PostgresDsn("postgres://u:p@a:1,b:2/db")]),
    "any_host": (IPvAnyAddress, "inet", [IPv4Address("127.0.0.1"), IPv6Address("::1")]),
    "bytes_count": (ByteSize, "bigint", [ByteSize(2**40)]),
    "random": (UUID4, "uuid", [uuid4()]),
}
EMPTIES = ("names", "tags", "sizes", "matrix", "groups", "few")


def models(odm):
    annotations = {
        "id": Annotated[UUID, PrimaryKey()],
        **{name: case[0] | None for name, case in CASES.items()},
    }
    defaults = dict.fromkeys(CASES)

    class Plain(odm.Document):
        id: Annotated[UUID, PrimaryKey()]
        names: list[str]
        tags: set[str]
        sizes: dict[str, int]
        matrix: list[list[int]]
        groups: dict[str, set[int]]
        few: conlist(int, max_length=2)
        optional: list[int] | None = None
        embedding: Annotated[list[float] | None, Vector(3)] = None

        class Settings:
            name = "plain_types"

    namespace = {"__annotations__": annotations, "__module__": __name__, **defaults}
    return Plain, type(odm.Document)("Everything", (odm.Document,), namespace)


@pytest.mark.parametrize("name", CASES)
def test_type_has_its_cql_type(m, name):
    assert spelling(schema_of(m.Everything).by_field[name].cql_type) == CASES[name][1]


@pytest.mark.parametrize("name", CASES)
def test_value_comes_back_as_it_went(m, do, name):
    """Equal, and of the same type; by pydantic and without it."""
    for value in CASES[name][2]:
        saved = do(m.Everything.create(id=uuid4(), **{name: value}))
        read = do(m.Everything.get(id=saved.id))
        (trusted,) = do(m.Everything.find(id=saved.id).only(name).validate(wanted=False).all())
        (listed,) = do(m.Everything.find(id=saved.id).values_list(name).all())

        assert read == saved
        for found in (getattr(read, name), getattr(trusted, name), listed[0]):
            assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize("name", CASES)
def test_value_travels_as_json(m, do, name, coodie_cluster):
    if name == "gap" and coodie_cluster.dialect == "scylla":
        with pytest.raises(ServerError, match="Incorrect JSON value"):
            do(m.Everything(id=uuid4(), gap=(None, "a")).save_json())
        return
    for value in CASES[name][2]:
        saved = m.Everything(id=uuid4(), **{name: value})
        do(saved.save_json())

        assert do(m.Everything.get(id=saved.id)) == saved


@pytest.mark.parametrize("name", EMPTIES)
def test_null_collection_reads_as_empty(m, do, name):
    """CQL does not tell an empty collection from none."""
    empties = {"names": [], "tags": set(), "sizes": {}, "matrix": [], "groups": {}, "few": []}
    do(m.Plain(id=UUID(int=1), **empties).save())
    read = do(m.Plain.get(id=UUID(int=1)))

    assert getattr(read, name) == empties[name]
    assert read.optional is None


def test_empty_optional_collection_reads_as_none(m, do):
    do(m.Everything(id=UUID(int=1), nothing=[]).save())

    assert do(m.Everything.get(id=UUID(int=1))).nothing is None


def test_moment_of_any_zone_is_kept_in_utc(m, do):
    here = timezone(timedelta(hours=2))
    saved = do(
        m.Everything.create(id=UUID(int=1), moment=datetime(2026, 5, 1, 14, 30, 15, 123_456, tzinfo=here))
    )

    assert saved.moment == NOW
    assert do(m.Everything.get(id=UUID(int=1))).moment == NOW


def test_moment_without_a_zone_is_taken_as_utc(m, do):
    do(m.Everything.create(id=UUID(int=1), moment=NOW.replace(tzinfo=None)))

    assert do(m.Everything.get(id=UUID(int=1))).moment == NOW


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("number", 2**31, "32 bits"),
        ("bigint", 2**63, "64 bits"),
        ("smallint", 2**15, "16 bits"),
        ("tinyint", 128, "8 bits"),
        ("real", 1e300, "float"),
        ("ascii", "é", "ASCII"),
        ("timeuuid", UUID(int=0), "version 1"),
        ("decimal", Decimal("NaN"), "finite"),
        ("clock", time(1, tzinfo=UTC), "time zone"),
        ("names", ["\ud800"], "surrogates"),
    ],
)
def test_value_out_of_range_is_refused_before_io(m, do, name, value, words):
    document = m.Everything.model_construct(id=UUID(int=1), **{name: value})

    with pytest.raises(InvalidQueryError, match=rf"Everything\.{name}: .*{words}"):
        do(document.save())


def test_vector_of_another_length_is_refused(m, do):
    empties = {"names": [], "tags": set(), "sizes": {}, "matrix": [], "groups": {}, "few": []}
    with pytest.raises(InvalidQueryError, match="has 2 dimensions, not 3"):
        do(m.Plain(id=UUID(int=1), embedding=[1.0, 2.0], **empties).save())
    saved = do(m.Plain.create(id=UUID(int=1), embedding=[1.0, 2.0, 3.0], **empties))
    assert do(m.Plain.get(id=UUID(int=1))) == saved


@pytest.mark.parametrize(
    ("annotation", "words"),
    [
        (NaiveDatetime, "NaiveDatetime cannot be kept: a timestamp comes back aware"),
        (FutureDatetime, "FutureDatetime cannot be kept: what is in the future"),
        (Json[list[int]], "Json cannot be kept: it would be parsed again"),
        (Base64Bytes, "EncodedBytes cannot be kept: it would be decoded again"),
        (list[Json[int]], "Json cannot be kept"),
        (list, r"no CQL type holds list; say of what: list\[int\]"),
        (timedelta, "no CQL type holds timedelta; a CqlDuration"),
        (Any, "no CQL type holds"),
    ],
)
def test_what_cannot_be_kept_is_refused_when_the_class_is_made(do, annotation, words):
    namespace = {
        "__annotations__": {"id": Annotated[int, PrimaryKey()], "x": annotation},
        "__module__": __name__,
    }
    with pytest.raises(InvalidModelError, match=rf"Wrong\.x: {words}"):
        type(do.odm.Document)("Wrong", (do.odm.Document,), namespace)
