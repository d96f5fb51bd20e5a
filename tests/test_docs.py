"""The pages name functions that exist and show code that runs.

Every block of Python on a page is run, one after the other, in one namespace and on an empty database. A block with the title
`raises` has to end in the error that the block of text behind it shows, class and message. One with the title
`not run here` needs what a test has not (a cluster, a server), and is compiled only.
"""

import ast
import asyncio
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from inspect import CO_COROUTINE, iscoroutine, signature
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from coodie.backend import connections
from coodie_pytest.targets import MemoryTarget, Target

ROOT = Path(__file__).parent.parent
PAGES = sorted((*ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*/README.md"), ROOT / "README.md"))
DOTTED = re.compile(r"`((?:coodie|coodie_memory|coodie_pytest)(?:\.\w+)+)`")
FENCE = re.compile(r"^```(\w*)(?: title=\"(.*?)\")?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
RAISES, NOT_RUN = "raises", "not run here"
THE_ENGINES = ('driver_type="memory"', "MemoryCluster", "coodie_memory", "coodie_clock")
"""A page with one of these is about the engine; all others are as true of a real server, and run on one, too."""
NAMES = sorted({(page.name, name) for page in PAGES for name in DOTTED.findall(page.read_text())})


@pytest.fixture
def own_connections() -> Iterator[None]:
    """What a page connects is forgotten afterwards."""
    before = connections.snapshot()
    yield
    connections.restore(before)


@pytest.mark.parametrize(("page", "name"), NAMES)
def test_a_name_on_a_page_exists(page: str, name: str) -> None:
    """Each dotted name is a module, or leads from one through attributes."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found = import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[length:]:
            found = getattr(found, attribute)
        return
    pytest.fail(f"{page} names {name}, which does not exist")


def test_the_architecture_page_tells_both_lives() -> None:
    """The regular expression above finds what it looks for."""
    named = {name for page, name in NAMES if page == "architecture.md"}

    assert {"coodie.cql.select", "coodie_memory.plan.planner.plan"} <= named
    assert len(named) > 30


@dataclass(frozen=True)
class Block:
    """Python on a page."""

    line: int
    title: str
    text: str
    error: str
    """What the page says that it raises."""


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text()
    fences = list(FENCE.finditer(text))
    for fence, following in pairwise((*fences, None)):
        language, title, code = fence.groups(default="")
        if language != "python":
            continue
        error = ""
        if title == RAISES:
            assert following, f"{page.name} does not show what {code} raises"
            assert following[1] == "text"
            error = " ".join(following[3].split())
        yield Block(text.count("\n", 0, fence.start()) + 1, title, code, error)


def run(block: Block, page: Path, names: dict[str, Any], fixtures: Mapping[str, Any]) -> None:
    # Tracebacks then show the page's own line numbers.
    code = compile("\n" * block.line + block.text, str(page), "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    if block.title == NOT_RUN:
        return
    running = eval(code, names)
    if code.co_flags & CO_COROUTINE:
        asyncio.run(running)
    for name in [name for name in names if name.startswith("test_")]:
        test = names.pop(name)
        running = test(**{each: fixtures[each] for each in signature(test).parameters})
        if iscoroutine(running):
            asyncio.run(running)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_code_on_a_page_runs(
    page: Path, own_connections: None, coodie_cluster: Target, request: pytest.FixtureRequest
) -> None:
    """Blocks run one after the other in one namespace; a test that they define is called with its fixtures."""
    on_the_engine = any(word in page.read_text() for word in THE_ENGINES)
    if on_the_engine and not isinstance(coodie_cluster, MemoryTarget):
        pytest.skip("this page is about the engine")
    wanted = [
        "coodie_backend",
        "coodie_tables",
        *(["coodie_memory", "coodie_clock"] if on_the_engine else []),
    ]
    fixtures = {name: request.getfixturevalue(name) for name in wanted}
    names: dict[str, Any] = {"__name__": page.stem}
    for block in blocks(page):
        assert block.title in ("", RAISES, NOT_RUN), f"{page.name}:{block.line} has an unknown title"
        if block.title != RAISES:
            run(block, page, names, fixtures)
            continue
        with pytest.raises(Exception) as raised:  # noqa: PT011  # the page says which
            run(block, page, names, fixtures)
        assert block.error == " ".join(f"{raised.type.__name__}: {raised.value}".split())


LINK = re.compile(r"\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)")
CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.DOTALL | re.MULTILINE)
LINKS = sorted({(page, *link) for page in PAGES for link in LINK.findall(CODE.sub("", page.read_text()))})


@pytest.mark.parametrize(
    ("page", "target", "anchor"), LINKS, ids=lambda part: part.stem if isinstance(part, Path) else part
)
def test_a_link_leads_somewhere(page: Path, target: str, anchor: str) -> None:
    """To a file that exists, with that heading; from a page of the site to another page of it."""
    there = (page.parent / target).resolve() if target else page
    docs = ROOT / "docs"

    assert there.exists(), target
    if page.is_relative_to(docs):
        assert there.is_relative_to(docs), "the site has what is below docs/ only"
    if anchor:
        assert anchor in headings(there)


def headings(page: Path) -> set[str]:
    """What the headings of a page are called in links."""
    found = re.findall(r"^#+ (.*)$", CODE.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in found}


def test_links_are_found() -> None:
    """The regular expression above finds what it looks for."""
    found = {(page.name, target) for page, target, _ in LINKS}

    assert {
        ("guide.md", "models.md"),
        ("README.md", "docs/guide.md"),
        ("queries.md", "connections.md"),
    } <= found
    assert any(anchor for _, _, anchor in LINKS)


def test_no_block_escapes() -> None:
    """Each fence on each page is one that the regular expression above finds, or is not Python."""
    for page in PAGES:
        fences = re.findall(r"^\s*```+ ?python.*$", page.read_text(), re.MULTILINE)
        assert len(list(blocks(page))) == len(fences), page.name
