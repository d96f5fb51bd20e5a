"""Any document of any model built from all types, saved and read back, is equal."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum, IntEnum
from ipaddress import IPv4Address, IPv6Address
from itertools import count
from typing import Annotated, Literal
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, create_model

from coodie.backend import connections
from coodie.backends.memory import MemoryBackend
from coodie.fields import (
    Ascii,
    BigInt,
    ClusteringKey,
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

NUMBERS = count()
"""A key of its own for each document: a server may finish an earlier transaction of the same key after TRUNCATE."""


class Colour(Enum):
    RED = "red"
    GREEN = "green"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


def models(odm):
    return ()


def integers(bits):
    return st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


COUNTS = st.integers(0, 2**31 - 1)
DURATIONS = st.builds(
    lambda months, days, nanoseconds, sign: CqlDuration(sign * months, sign * days, sign * nanoseconds),
    COUNTS,
    COUNTS,
    st.integers(0, 2**62),
    st.sampled_from([1, -1]),
)
SCALARS = {
    "text": (str, st.text(max_size=20)),
    "ascii": (Annotated[str, Ascii()], st.text(st.characters(max_codepoint=127), max_size=20)),
    "int": (int, integers(32)),
    "bigint": (Annotated[int, BigInt()], integers(64)),
    "smallint": (Annotated[int, SmallInt()], integers(16)),
    "tinyint": (Annotated[int, TinyInt()], integers(8)),
    "varint": (Annotated[int, VarInt()], integers(200)),
    "float": (float, st.floats(width=32, allow_nan=False)),
    "double": (Annotated[float, Double()], st.floats(allow_nan=False)),
    "boolean": (bool, st.booleans()),
    "blob": (bytes, st.binary(max_size=20)),
    "uuid": (UUID, st.uuids()),
    "timeuuid": (
        Annotated[UUID, TimeUUID()],
        st.builds(lambda number: UUID(int=number, version=1), st.integers(0, 2**128 - 1)),
    ),
    "timestamp": (datetime, st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))),  # noqa: DTZ001  # the strategy puts the zone on
    "date": (date, st.dates()),
    "time": (time, st.times()),
    "decimal": (Decimal, st.decimals(allow_nan=False, allow_infinity=False, places=4)),
    "inet4": (IPv4Address, st.ip_addresses(v=4)),
    "inet6": (IPv6Address, st.ip_addresses(v=6)),
    "colour": (Colour, st.sampled_from(Colour)),
    "level": (Level, st.sampled_from(Level)),
    "literal": (Literal["s", "m"], st.sampled_from(["s", "m"])),
}
KEYS = [pair for name, pair in SCALARS.items() if name not in {"float", "double"}]
"""Minus zero is another key than zero to a server, and the same to Python."""


def keyed(pair):
    """A type fit for a set's element and a map's key, of one."""
    annotation, values = pair
    return st.sampled_from(
        [
            (tuple[annotation, int], st.tuples(values, integers(32))),
            (frozenset[annotation], st.frozensets(values, max_size=3)),
        ]
    )


def nested(pair):
    """A collection of a type."""
    annotation, values = pair
    return st.one_of(
        st.just((list[annotation], st.lists(values, max_size=3))),
        st.just((tuple[annotation, annotation], st.tuples(values, values))),
        hashables.map(lambda key: (dict[key[0], annotation], st.dictionaries(key[1], values, max_size=3))),
    )


hashables = st.recursive(st.sampled_from(KEYS), lambda inner: inner.flatmap(keyed), max_leaves=2)
sets = hashables.map(lambda pair: (set[pair[0]], st.sets(pair[1], max_size=3)))
anything = st.recursive(
    st.one_of(
        st.sampled_from([*SCALARS.values(), (CqlDuration, DURATIONS)]),
        sets,
        st.integers(1, 4).map(
            lambda size: (
                Annotated[list[float], Vector(size)],
                st.lists(
                    st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=size, max_size=size
                ),
            )
        ),
    ),
    lambda inner: inner.flatmap(nested),
    max_leaves=3,
)


def optional(pair):
    """Or null; but of a collection null is the empty one."""
    annotation, values = pair
    return (
        st.sampled_from([pair, (annotation | None, st.none() | values)])
        if pair in SCALARS.values()
        else st.just(pair)
    )


@st.composite
def fields(draw):
    """The fields of a model and two documents' values for them."""
    key = draw(st.sampled_from(KEYS))
    clustering = draw(st.sampled_from(KEYS))
    others = draw(st.lists(anything.flatmap(optional), min_size=1, max_size=5))
    pairs = {f"f{number}": pair for number, pair in enumerate(others)}
    annotations = {
        "key": Annotated[key[0], PrimaryKey()],
        "clustering": Annotated[clustering[0], ClusteringKey(draw(st.sampled_from(["ASC", "DESC"])))],
        **{name: annotation for name, (annotation, _) in pairs.items()},
    }
    # The key of a partition may not be empty, and has an end.
    keys = key[1].filter(lambda value: value not in {"", b""})
    values = {name: strategy for name, (_, strategy) in pairs.items()}
    document = st.fixed_dictionaries({"key": keys, "clustering": clustering[1], **values})
    return annotations, draw(st.tuples(document, document))


def examples(of_engine, of_server):
    """How many are tried: on a server each makes a table."""
    return of_engine if isinstance(connections.get(), MemoryBackend) else of_server


def test_any_model_and_document(do):
    @settings(
        max_examples=examples(50, 10),
        phases=[Phase.generate],
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=True,
    )
    @given(fields())
    def round_trip(drawn):
        annotations, documents = drawn

        class Base(do.odm.Document):
            class Settings:
                __abstract__ = True
                name = f"any_{uuid4().hex[:12]}"

        model = create_model(
            "Any", __base__=Base, **{name: (kind, ...) for name, kind in annotations.items()}
        )
        do(model.sync_table())
        try:
            for values in documents:
                saved = model(**values)
                do(saved.save())
                where = {"key": values["key"], "clustering": values["clustering"]}

                assert do(model.get(**where)) == saved
                (listed,) = do(model.find(**where).values().all())
                assert listed == dict(saved)
            assert do(model.sync_table(strict=True)) == []
        finally:
            do(model.drop_table())

    round_trip()


@pytest.fixture(scope="module")
def everything(do):
    """A model with a column of each type."""

    class Base(do.odm.Document):
        class Settings:
            __abstract__ = True
            name = f"everything_{do.name}"

    declared = {f"one_{name}": (kind | None, None) for name, (kind, _) in SCALARS.items()}
    lists = {f"{name}_list": (list[kind], ...) for name, (kind, _) in SCALARS.items()}
    frozen = {f"{name}_frozen": (Annotated[list[kind], Frozen()], ...) for name, (kind, _) in SCALARS.items()}
    return create_model(
        "Everything", __base__=Base, id=(Annotated[int, PrimaryKey()], ...), **declared, **lists, **frozen
    )


# A driver's threads draw from `random` while values are made, and hypothesis takes it for the strategies' doing.
@pytest.mark.filterwarnings(
    "ignore:Do not use the `random` module:hypothesis.errors.HypothesisDeprecationWarning"
)
@pytest.mark.parametrize("write", ["save", "save_json", "insert", "update"])
def test_any_document_of_all_types(do, everything, write):
    do(everything.sync_table())
    lists = {name: st.lists(values, max_size=2) for name, (_, values) in SCALARS.items()}
    document = st.fixed_dictionaries(
        {f"one_{name}": st.none() | values for name, (_, values) in SCALARS.items()}
        | {f"{name}_list": values for name, values in lists.items()}
        | {f"{name}_frozen": values for name, values in lists.items()}
    )

    @settings(
        max_examples=examples(20, 20),
        phases=[Phase.generate],
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=True,
    )
    @given(document)
    def round_trip(values):
        saved = everything(id=next(NUMBERS), **values)
        if write == "update":
            empty = {name: [] for name in values if not name.startswith("one_")}
            saved = everything(id=saved.id, **empty)
            do(saved.save())
            do(saved.update(**values))
        else:
            do(getattr(saved, write)())

        assert do(everything.get(id=saved.id)) == saved
        assert isinstance(saved, BaseModel)

    round_trip()
    do(everything.truncate())
