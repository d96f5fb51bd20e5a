"""What the engine must do, item by item, and which scripts show it: `python -m conformance.coverage`.

Each folder of `scripts/` is a chapter. Its `items.txt` lists the chapter's items: a number and a behaviour a line, and below it,
indented, why no script shows it (where one cannot: what shows it instead). Scripts name what they show in their head (`-- items:`).
"""

import argparse
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from conformance.script import Script, parse

SCRIPTS = Path(__file__).parent / "scripts"
_ITEM = re.compile(r"(\d+\.\d+) (\S.*)")


class MalformedItems(Exception):
    """The text lists no items; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Item:
    """A behaviour with its number; `reason` says why no script shows it, empty where one must."""

    number: str
    behaviour: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """An item and the scripts that show it, by path below `scripts/`."""

    item: Item
    scripts: tuple[str, ...]

    @property
    def is_missing(self) -> bool:
        """Whether neither a script nor a reason stands beside it."""
        return not self.scripts and not self.item.reason


def items(text: str, name: str = "items.txt") -> tuple[Item, ...]:
    """The items of a chapter, in the order of the text."""
    found: list[Item] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        if line.startswith(" ") and found:
            reason = f"{found[-1].reason} {line.strip()}".strip()
            found[-1] = replace(found[-1], reason=reason)
        elif match := _ITEM.fullmatch(line):
            found.append(Item(*match.groups()))
        else:
            raise MalformedItems(f"{name}:{number}: neither an item nor a reason: {line!r}")
    return tuple(found)


def scripts(folder: Path = SCRIPTS) -> Mapping[str, Script]:
    """Every script by its path below the folder."""
    paths = (path for path in sorted(folder.rglob("*.cql")) if not path.name.startswith("_"))
    return {str(path.relative_to(folder)): parse(path.read_text(), path.name) for path in paths}


def chapters(folder: Path = SCRIPTS) -> Iterator[Item]:
    """All items, chapter by chapter."""
    for path in sorted(folder.glob("*/items.txt")):
        yield from items(path.read_text(), str(path.relative_to(folder)))


def coverage(listed: Iterator[Item], written: Mapping[str, Script]) -> tuple[Shown, ...]:
    """Each item with the scripts that name it."""
    by_item = defaultdict(list)
    for path, script in written.items():
        for number in script.head.items:
            by_item[number].append(path)
    return tuple(Shown(item, tuple(by_item[item.number])) for item in listed)


def unknown(listed: Iterator[Item], written: Mapping[str, Script]) -> tuple[str, ...]:
    """What scripts name that is no item, as `path: number`."""
    known = {item.number for item in listed}
    return tuple(
        f"{path}: {number}"
        for path, script in written.items()
        for number in script.head.items
        if number not in known
    )


def table(shown: tuple[Shown, ...]) -> Iterator[str]:
    """A line for each item, and how many there are."""
    for each in shown:
        what = ", ".join(each.scripts) or each.item.reason or "MISSING"
        yield f"{each.item.number:<6} {each.item.behaviour}: {what}"
    missing = sum(each.is_missing for each in shown)
    reasoned = sum(not each.scripts and bool(each.item.reason) for each in shown)
    yield f"{len(shown)} items: {len(shown) - missing - reasoned} shown by scripts, {reasoned} otherwise, {missing} missing"


def main() -> int:
    """Print the table; 1 if something is missing."""
    parser = argparse.ArgumentParser(prog="python -m conformance.coverage", description=__doc__)
    parser.add_argument("--missing", action="store_true", help="only what no script shows, with its reason")
    chosen = parser.parse_args()
    shown = coverage(chapters(), scripts())
    listed = tuple(each for each in shown if not (chosen.missing and each.scripts))
    sys.stdout.writelines(f"{line}\n" for line in table(listed))
    return any(each.is_missing for each in shown)


if __name__ == "__main__":
    sys.exit(main())
