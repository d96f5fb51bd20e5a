"""Python types in, the same Python types out: what is read equals what was saved."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import IntEnum, StrEnum
from ipaddress import IPv4Address, IPv6Address
from typing import Annotated, Literal
from uuid import UUID, uuid1, uuid4

import pytest
from pydantic import Field

from coodie.exceptions import InvalidQueryError
from coodie.fields import (
    Ascii,
    BigInt,
    ClusteringKey,
    Double,
    Frozen,
    PrimaryKey,
    SmallInt,
    Static,
    Time,
    TimeUUID,
    TinyInt,
    VarInt,
)
from coodie.statement import CqlDuration
from coodie.sync import Document

NOW = datetime(2026, 5, 1, 12, 30, 15, 123_000, tzinfo=UTC)


class Status(StrEnum):
    TODO = "todo"
    DONE = "done"


class Level(IntEnum):
    LOW = 1


class Everything(Document):
    id: Annotated[UUID, PrimaryKey()] = Field(default_factory=uuid4)
    text: str = "grüß"
    ascii: Annotated[str, Ascii()] = "plain"
    number: int = -(2**31)
    bigint: Annotated[int, BigInt()] = 2**63 - 1
    smallint: Annotated[int, SmallInt()] = -(2**15)
    tinyint: Annotated[int, TinyInt()] = 127
    varint: Annotated[int, VarInt()] = 10**30
    real: float = 0.5
    double: Annotated[float, Double()] = 0.1
    flag: bool = True
    blob: bytes = b"\x00\xff"
    moment: datetime = NOW
    day: date = date(2026, 5, 1)
    clock: time = time(12, 30, 15, 123_456)
    nanos: Annotated[int, Time()] = 45_015_123_456_000
    decimal: Decimal = Decimal("1.50")
    host: IPv4Address = IPv4Address("127.0.0.1")
    host6: IPv6Address = IPv6Address("::1")
    created: Annotated[UUID, TimeUUID()] = Field(default_factory=uuid1)
    duration: CqlDuration = CqlDuration(1, 2, 3)
    status: Status = Status.DONE
    level: Level = Level.LOW
    size: Literal["s", "m"] = "m"
    names: list[str] = Field(default_factory=lambda: ["b", "a", "b"])
    tags: set[Status] = Field(default_factory=lambda: {Status.TODO})
    sizes: dict[str, int] = Field(default_factory=lambda: {"a": 1})
    frozen_tags: frozenset[int] = frozenset({1, 2})
    matrix: list[list[int]] = Field(default_factory=lambda: [[1, 2], [3]])
    groups: dict[str, set[int]] = Field(default_factory=lambda: {"a": {1}})
    pair: tuple[int, str] = (1, "a")
    path: Annotated[list[str], Frozen()] = Field(default_factory=lambda: ["x"])
    nothing: str | None = None
    no_tags: set[int] = Field(default_factory=set)
    no_names: list[str] | None = None


class Post(Document):
    blog: Annotated[str, PrimaryKey()]
    number: Annotated[int, ClusteringKey("DESC")]
    title: str = ""
    owner: Annotated[str | None, Static()] = None


@pytest.fixture(autouse=True)
def _tables(coodie_backend):  # the database under each test
    Everything.sync_table()
    Post.sync_table()


def test_what_is_read_equals_what_was_saved():
    saved = Everything()
    saved.save()
    read = Everything.get(id=saved.id)

    assert read == saved
    types = {name: (type(value), type(getattr(saved, name))) for name, value in read}
    assert {name: pair for name, pair in types.items() if pair[0] is not pair[1]} == {}


def test_a_table_with_every_type_has_nothing_left_to_do():
    assert Everything.sync_table(strict=True) == []


def test_moments_are_kept_to_the_millisecond_in_utc():
    here = timezone(timedelta(hours=2))
    saved = Everything(moment=datetime(2026, 5, 1, 14, 30, 15, 123_456, tzinfo=here))
    saved.save()
    read = Everything.get(id=saved.id)

    assert read.moment == NOW == saved.moment
    assert read.moment.utcoffset() == timedelta(0)


def test_values_are_found_by_what_they_are():
    saved = Everything()
    saved.save()
    for lookup in (
        {"status": Status.DONE},
        {"level": 1},
        {"moment": NOW},
        {"decimal": Decimal("1.5")},
        {"host": "127.0.0.1"},
        {"names__contains": "a"},
        {"tags__contains": Status.TODO},
        {"sizes__contains_key": "a"},
        {"varint__gt": 10**29},
    ):
        assert Everything.find(**lookup).allow_filtering().count() == 1, lookup


def test_out_of_range_is_refused_before_any_io():
    with pytest.raises(InvalidQueryError, match=r"Everything\.tinyint: 128 does not fit 8 bits"):
        Everything(tinyint=128).save()


def test_rows_of_a_partition_are_sorted_by_the_clustering_key():
    for number in (2, 1, 3):
        Post(blog="b", number=number, title=f"post {number}").save()

    assert [post.number for post in Post.find(blog="b")] == [3, 2, 1]
    assert [post.number for post in Post.find(blog="b").order_by("number").limit(2)] == [1, 2]
    assert [post.number for post in Post.find(blog="b", number__gte=2).order_by("-number")] == [3, 2]


def test_a_static_column_is_the_partitions():
    Post(blog="b", number=1).save()
    Post(blog="b", number=2).save()
    Post.find(blog="b").update(owner="me")

    assert {post.owner for post in Post.find(blog="b")} == {"me"}


def test_a_clustering_range_is_deleted_at_once():
    for number in range(5):
        Post(blog="b", number=number).save()
    Post.find(blog="b", number__gte=1, number__lt=4).delete()

    assert [post.number for post in Post.find(blog="b")] == [4, 0]


def test_partial_loads_write_back_only_what_they_loaded():
    Post(blog="b", number=1, title="first", owner="me").save()
    (post,) = Post.find(blog="b").only("title")
    post.title = "second"
    post.save()

    assert Post.get(blog="b", number=1) == Post(blog="b", number=1, title="second", owner="me")
