"""What the ODM promises of itself: pages, memory, statements, hostile input, changes of the schema while running."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import Field, create_model

from conformance.odm.census import Census
from coodie.backend import connections
from coodie.backends.memory import MemoryBackend
from coodie.fields import ClusteringKey, Column, Indexed, PrimaryKey
from coodie.statement import BatchRequest

CENSUS = Census()


def models(odm):
    class Row(odm.Document):
        part: Annotated[str, PrimaryKey()]
        number: Annotated[int, ClusteringKey()]
        text: str = ""
        kind: Annotated[str, Indexed()] = "k"
        size: int = 0
        tags: set[str] = Field(default_factory=set)
        marks: dict[str, int] = Field(default_factory=dict)
        lines: list[str] = Field(default_factory=list)

        def model_post_init(self, context: Any) -> None:  # noqa: ARG002  # pydantic's signature
            CENSUS.count(self)

    return (Row,)


class Recorder:
    """The connection under test; remembers the text of every statement that went through it."""

    def __init__(self, backend):
        self.backend, self.texts, self.params = backend, [], []

    def __getattr__(self, name):
        return getattr(self.backend, name)

    def note(self, request):
        for statement in request.statements if isinstance(request, BatchRequest) else [request]:
            self.texts.append(statement.cql)
            self.params.append(statement.params)
        return request

    def execute(self, request):
        return self.backend.execute(self.note(request))

    async def execute_async(self, request):
        return await self.backend.execute_async(self.note(request))

    def execute_many(self, requests, concurrency):
        return self.backend.execute_many(map(self.note, requests), concurrency)

    def execute_many_async(self, requests, concurrency):
        return self.backend.execute_many_async(map(self.note, requests), concurrency)


@pytest.fixture
def recorder():
    state = connections.snapshot()
    recorder = Recorder(connections.get())
    connections.register("default", recorder)
    yield recorder
    connections.restore(state)


@pytest.fixture
def parts(m, do):
    """Ten partitions of 30 rows."""
    parts = [f"p{number}" for number in range(10)]
    do(m.Row.insert_many(m.Row(part=part, number=n) for part in parts for n in range(30)))
    return parts


# Pages


def test_reads_never_stop_at_the_first_page(m, do, parts):
    assert [row.number for row in do(m.Row.find(part="p0").fetch_size(4).all())] == list(range(30))
    assert len(do.rows(m.Row.find().fetch_size(7))) == 300
    assert do(m.Row.find().fetch_size(7).limit(100).count()) == 100


def test_pages_of_concurrent_readers_do_not_mix(m, do, parts):
    """One queryset each, one queryset for all, one event loop or many threads."""
    wanted = {part: list(range(30)) for part in parts}
    everybody = m.Row.find().fetch_size(3)

    def read(part):
        return part, [row.number for row in m.Row.find(part=part).fetch_size(3)], len(list(everybody))

    async def read_async(part):
        own = [row.number async for row in m.Row.find(part=part).fetch_size(3)]
        return part, own, len([row async for row in everybody])

    async def together():
        return await asyncio.gather(*map(read_async, parts))

    if do.name == "sync":
        with ThreadPoolExecutor(10) as threads:
            found = list(threads.map(read, parts))
    else:
        found = do(together())

    assert {part: numbers for part, numbers, _ in found} == wanted
    assert {count for _, _, count in found} == {300}


def test_interleaved_pages_go_on_where_each_was(m, do, parts):
    first = do(m.Row.find(part="p1").fetch_size(10).paged_all())
    other = do(m.Row.find(part="p2").fetch_size(20).paged_all())
    second = do(m.Row.find(part="p1").fetch_size(10).page(first.paging_state).paged_all())
    rest = do(m.Row.find(part="p2").fetch_size(20).page(other.paging_state).paged_all())

    assert [row.number for row in first.data + second.data] == list(range(20))
    assert [row.number for row in other.data + rest.data] == list(range(30))


# Memory


def test_iteration_holds_a_page(m, do):
    do(m.Row.insert_many(m.Row(part=str(n % 20), number=n) for n in range(3000)))
    CENSUS.most = 0
    queryset = m.Row.find().fetch_size(100)

    async def count():
        return sum([1 async for _ in queryset])

    assert (sum(1 for _ in queryset) if do.name == "sync" else do(count())) == 3000
    assert CENSUS.most <= 300


def test_bulk_writes_load_no_documents(m, do, parts):
    CENSUS.most = 0
    do(m.Row.find(kind="k").fetch_size(50).update(text="x"))
    do(m.Row.find(kind="k").fetch_size(50).delete())

    assert CENSUS.most == 0
    assert do(m.Row.find().all()) == []


def test_sorting_with_a_limit_holds_no_more_than_it_must(m, do, parts):
    CENSUS.most = 0
    found = do(m.Row.find().order_by("-number").limit(5).fetch_size(20).allow_filtering().all())

    assert [row.number for row in found] == [29] * 5
    assert CENSUS.most <= 5


# Statements


def every_shape(m, do, seed):
    """Each kind of call once, with values of its own."""
    row = m.Row(part=f"part {seed}", number=seed, text=f"text {seed}", size=seed)
    do(row.save())
    do(row.save(ttl=1000 + seed, timestamp=10**15 + seed))
    do(row.insert())
    do(row.update(text=f"t{seed}", add__tags={f"tag {seed}"}, marks__put=(f"mark {seed}", seed)))
    do(row.update(ttl=100 + seed, append__lines=[f"line {seed}"] * (seed % 3 + 1)))
    do(row.update(if_conditions={"size": seed, "text__in": ["x"] * (seed % 4 + 1)}, size=seed))
    do(row.delete_columns(collection_elements={"tags": {f"tag {seed}"}}))
    do(m.Row.get(part=row.part, number=seed))
    do(m.Row.find(part=row.part).limit(seed + 1).all())
    do(m.Row.find(part=row.part).per_partition_limit(seed + 1).order_by("-number").all())
    do(m.Row.find(part__in=[f"{each}" for each in range(seed % 5 + 1)]).all())
    do(m.Row.find(part=row.part, number__gt=seed, number__lt=seed + 5).count())
    do(m.Row.find(kind=f"kind {seed}").update(size=seed))
    do(m.Row.find(size__gt=seed).allow_filtering().exists())
    do(m.Row.find(part__token__gt=row.part).limit(1).all())
    do(m.Row.find(part=row.part).aggregate(high="max(size)"))
    do(m.Row.insert_many(m.Row(part=row.part, number=n) for n in range(seed % 3 + 1)))
    with do.batch() as batch:
        do(row.save(batch=batch))
        do(row.delete(batch=batch))


def test_text_does_not_vary_with_values(m, do, recorder):
    """One call shape, one text, one prepared statement: their number is bounded by the number of shapes."""
    every_shape(m, do, 1)
    shapes = set(recorder.texts)
    for seed in range(2, 12):
        every_shape(m, do, seed)

    assert set(recorder.texts) == shapes
    assert len(recorder.texts) > 10 * len(shapes)


def test_no_value_is_in_a_text(m, do, recorder):
    do(m.Row(part="needle in it", number=987654321, text='needle\'s "end"').save(ttl=123456))
    do(m.Row.find(part="needle in it", number__gt=987654320).limit(12345).all())
    do(m.Row.find(kind="needle").ttl(123450).update(text="needle"))

    assert not [text for text in recorder.texts if re.search(r"needle|98765432|12345", text)]


NASTY = st.lists(
    st.sampled_from(
        ["'", '"', ";", "--", "/*", "*/", "$$", "?", ":x", "\\", "\n", " ", ")", "{", "ü", "DROP TABLE x"]
    ),
    min_size=1,
    max_size=6,
).map("".join)
_QUOTED = re.compile(r'"(?:[^"]|"")*"|' + r"'(?:[^']|'')*'")
_PLAIN = re.compile(r"[A-Za-z0-9_ ,.()?=<>*+{}:\[\]-]*\Z")


def test_hostile_names_options_and_values_are_names_options_and_values(do, recorder):
    """What the caller wrote is quoted or bound; nothing of it ever stands in the text by itself."""
    examples = 40 if isinstance(recorder.backend, MemoryBackend) else 5

    @settings(
        max_examples=examples,
        phases=[Phase.generate],
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=True,
    )
    @given(st.lists(NASTY, min_size=3, max_size=3, unique=True), NASTY)
    def live_with(names, value):
        key, clustering, plain = names

        class Base(do.odm.Document):
            class Settings:
                __abstract__ = True
                name = f"hostile_{uuid4().hex[:12]}"
                __options__ = {"comment": value}  # noqa: RUF012  # as settings are written

        model = create_model(
            "Hostile",
            __base__=Base,
            key=(Annotated[str, PrimaryKey(), Column(key)], ...),
            clustering=(Annotated[str, ClusteringKey(), Column(clustering)], ...),
            plain=(Annotated[str, Column(plain)], ""),
            tags=(set[str], set()),
        )
        do(model.sync_table())
        try:
            assert do(model.sync_table(strict=True)) == []
            row = model(key=value, clustering=value, plain=value, tags={value})
            do(row.save())
            do(row.save_json())
            do(row.update(plain=value + "!", add__tags=value, if_exists=True))
            assert do(model.get(key=value, clustering=value)) == row
            assert do(model.find(plain=value + "!").allow_filtering().all()) == [row]
            assert do(model.find(key=value).order_by("-clustering").values("plain").all()) == [
                {"plain": value + "!"}
            ]
            assert do(model.find(key=value).aggregate(n="count(plain)")) == {"n": 1}
            do(row.delete_columns("plain"))
            do(row.delete())
            assert do(model.find().all()) == []
        finally:
            do(model.drop_table())

    live_with()
    for text in recorder.texts:
        assert _PLAIN.match(_QUOTED.sub("", text)), text


def test_hostile_result_names_are_quoted(m, do, recorder):
    name = 'x" FROM system.local; --'

    assert do(m.Row.find(part="p").aggregate(**{name: "count(*)"})) == {name: 0}
