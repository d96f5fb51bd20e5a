"""The pages name functions that exist and show code that runs."""

import ast
import asyncio
import re
from collections.abc import Iterator
from importlib import import_module
from inspect import CO_COROUTINE, signature
from pathlib import Path
from typing import Any

import pytest

from coodie.backend import connections
from coodie_memory.cluster import MemoryCluster

ROOT = Path(__file__).parent.parent
PAGES = sorted((*ROOT.glob("docs/**/*.md"), ROOT / "README.md"))
DOTTED = re.compile(r"`((?:coodie|coodie_memory|coodie_pytest)(?:\.\w+)+)`")
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_code_on_a_page_runs(page: Path, own_connections: None, coodie_memory: MemoryCluster) -> None:
    """Blocks run one after the other in one namespace; a test that they define is called with its fixture."""
    text = page.read_text()
    names: dict[str, Any] = {"__name__": page.stem}
    for block in BLOCK.finditer(text):
        line = text.count("\n", 0, block.start()) + 1
        # Tracebacks then show the page's own line numbers.
        code = compile("\n" * line + block[1], str(page), "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        running = eval(code, names)
        if code.co_flags & CO_COROUTINE:
            asyncio.run(running)
        for name in [name for name in names if name.startswith("test_")]:
            test = names.pop(name)
            test(**dict.fromkeys(signature(test).parameters, coodie_memory))
