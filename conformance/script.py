"""The text of a conformance script and what it means; `README.md` describes the format. Pure: nothing runs here.

`parse` and `Script.text` are inverses for a script in canonical form, so that updating one that holds changes nothing.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Dialect: TypeAlias = Literal["cassandra", "scylla", "any"]
Profile: TypeAlias = Literal["default", "full", "authentication", "any"]

RULE = "---"
_HEAD_LINE = re.compile(r"-- (items|confirmed|requires|dialect|profile|source): (.+)")
_DIRECTIVE = re.compile(r"> (\w+)(?: (.+))?")
_CHOICES = {
    "dialect": ("cassandra", "scylla", "any"),
    "profile": ("default", "full", "authentication", "any"),
}
_SCHEMA = re.compile(r"\s*(CREATE|ALTER|DROP)\b", re.IGNORECASE)
_DIRECTIVES = frozenset(
    ("advance", "as", "bind", "consistency", "now", "page", "prepare", "raw", "timestamp")
)


class MalformedScript(Exception):
    """The text is no script; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Head:
    """Why the script exists, which items of its chapter it shows, what confirmed it, and where it can run."""

    why: tuple[str, ...]
    items: tuple[str, ...] = ()
    confirmed: str = ""
    requires: tuple[str, ...] = ()
    dialect: Dialect = "cassandra"
    profile: Profile = "any"
    source: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One statement: the lines as they stand before its answer, how to run it, and what it answers.

    `lead` are comments and blank lines, `directives` the `> ` lines by name; `answer` is empty where nothing is told.
    """

    line: int
    lead: tuple[str, ...]
    directives: tuple[tuple[str, str], ...]
    source: tuple[str, ...]
    answer: tuple[str, ...] = ()

    def directive(self, name: str) -> str | None:
        """The argument of a directive, empty if it has none; None where it is not given."""
        return dict(self.directives).get(name)

    @property
    def cql(self) -> str:
        """What is sent: without the semicolon that ends it, unless the step is raw."""
        text = "\n".join(self.source)
        return text if self.directive("raw") is not None else text.removesuffix(";")

    @property
    def shows_answer(self) -> bool:
        """Whether a rule and an answer stand below it; the rule is also what ends a raw statement."""
        return bool(self.answer) or self.directive("raw") is not None

    @property
    def changes_schema(self) -> bool:
        """Whether it creates, alters or drops something, as far as its first word tells."""
        return _SCHEMA.match(self.cql) is not None


@dataclass(frozen=True, slots=True)
class Script:
    """A whole file."""

    head: Head
    steps: tuple[Step, ...]
    tail: tuple[str, ...] = field(default=())

    @property
    def changes_schema(self) -> bool:
        """Whether any step does: such a script needs a keyspace of its own."""
        return any(step.changes_schema for step in self.steps)

    @property
    def needs_own_clock(self) -> bool:
        """Whether it moves the cluster's clock, which a real one does not allow."""
        return any(step.directive("advance") is not None for step in self.steps)

    def text(self) -> str:
        """The file's canonical text."""
        lines = list(_head_lines(self.head))
        parts = [
            *(((*step.lead, *_step_lines(step)), step.shows_answer) for step in self.steps),
            (self.tail, False),
        ]
        after_answer = False
        for part, shows_answer in parts:
            # A blank line ends an answer.
            if after_answer and part and part[0]:
                lines.append("")
            lines += part
            after_answer = shows_answer
        return "\n".join(lines) + "\n"


def parse(text: str, name: str = "script") -> Script:
    """The script written in `text`; `name` is for messages."""
    lines = text.split("\n")
    while lines and not lines[-1]:
        lines.pop()
    try:
        head, start = _parse_head(lines)
        steps, tail = _parse_steps(lines, start)
    except MalformedScript as wrong:
        raise MalformedScript(f"{name}:{wrong}") from None
    return Script(head, tuple(steps), tail)


def _parse_head(lines: list[str]) -> tuple[Head, int]:
    end = next((index for index, line in enumerate(lines) if not line.startswith("--")), len(lines))
    why: list[str] = []
    fields: dict[str, Any] = {}
    for number, line in enumerate(lines[:end], 1):
        if found := _HEAD_LINE.fullmatch(line):
            key, value = found.groups()
            if value not in _CHOICES.get(key, (value,)):
                raise MalformedScript(f"{number}: {key} is one of {', '.join(_CHOICES[key])}, not {value!r}")
            fields[key] = value
        elif fields:
            raise MalformedScript(f"{number}: the reason comes before the other head lines: {line!r}")
        else:
            why.append(line.removeprefix("--").removeprefix(" "))
    if not why:
        raise MalformedScript("1: the first line is a comment that says why the script exists")
    lists = {key: _names(fields.pop(key, "")) for key in ("items", "requires")}
    return Head(why=tuple(why), **lists, **fields), end


def _names(listed: str) -> tuple[str, ...]:
    return tuple(listed.replace(",", " ").split())


def _parse_steps(lines: list[str], start: int) -> tuple[list[Step], tuple[str, ...]]:
    steps: list[Step] = []
    index = start
    while True:
        lead_end = _skip(lines, index, lambda line: not line or line.startswith("--"))
        lead = tuple(lines[index:lead_end])
        if lead_end == len(lines):
            return steps, lead
        directives_end = _skip(lines, lead_end, lambda line: line.startswith("> "))
        directives = tuple(_parse_directive(lines[at], at + 1) for at in range(lead_end, directives_end))
        source_end = _source_end(lines, directives_end, raw=any(name == "raw" for name, _ in directives))
        source, index = tuple(lines[directives_end:source_end]), source_end
        answer: tuple[str, ...] = ()
        if index < len(lines) and lines[index] == RULE:
            answer_end = _skip(lines, index + 1, bool)
            answer, index = tuple(lines[index + 1 : answer_end]), answer_end
        steps.append(Step(directives_end + 1, lead, directives, source, answer))


def _skip(lines: list[str], index: int, belongs: Callable[[str], bool]) -> int:
    while index < len(lines) and belongs(lines[index]):
        index += 1
    return index


def _parse_directive(line: str, number: int) -> tuple[str, str]:
    found = _DIRECTIVE.fullmatch(line)
    if found is None or found[1] not in _DIRECTIVES:
        raise MalformedScript(
            f"{number}: no directive: {line!r}; there are: {', '.join(sorted(_DIRECTIVES))}"
        )
    return found[1], found[2] or ""


def _source_end(lines: list[str], start: int, *, raw: bool) -> int:
    """The index after the statement's last line."""
    if raw:
        return _skip(lines, start, lambda line: line != RULE)
    batch = start < len(lines) and lines[start].upper().startswith("BEGIN ")
    for index in range(start, len(lines)):
        if lines[index].endswith(";") and (not batch or lines[index].upper().endswith("APPLY BATCH;")):
            return index + 1
    raise MalformedScript(f"{start + 1}: a statement ends with a line that ends with a semicolon")


def _head_lines(head: Head) -> Iterator[str]:
    yield from (f"-- {line}" if line else "--" for line in head.why)
    if head.items:
        yield f"-- items: {', '.join(head.items)}"
    if head.confirmed:
        yield f"-- confirmed: {head.confirmed}"
    if head.source:
        yield f"-- source: {head.source}"
    if head.requires:
        yield f"-- requires: {', '.join(head.requires)}"
    if head.dialect != "cassandra":
        yield f"-- dialect: {head.dialect}"
    if head.profile != "any":
        yield f"-- profile: {head.profile}"


def _step_lines(step: Step) -> Iterator[str]:
    yield from (f"> {name} {argument}".rstrip() for name, argument in step.directives)
    yield from step.source
    if step.shows_answer:
        yield RULE
        yield from step.answer
