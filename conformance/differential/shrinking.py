"""Makes a difference small: fewer statements, shorter texts, a narrower table, as long as the same difference shows.

It works on the script's text and not on the choices that made it: what counts is how much there is to read, and every
attempt costs a real server's answers.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TypeAlias

from conformance.differential.machine import Difference, Pair, schema_script
from conformance.differential.mutilation import TOKEN
from conformance.differential.schema import Table
from conformance.script import Head, Script, Step
from conformance.wire import Refused

_ATTEMPTS = 400
# Where steps alter the schema, each attempt makes it anew, at a real server in seconds.
_ATTEMPTS_ANEW = 40
_WORD = re.compile(rf"(?:{TOKEN.pattern})\s*", re.DOTALL)


Replay: TypeAlias = Callable[[Table, Sequence[Step]], Difference | None]
"""What these steps lead to, from an empty table on."""


def shrunk(difference: Difference, replay: Replay) -> Difference:
    """The same difference in fewer and shorter statements."""
    shrinking = _Shrinking(replay, difference)
    shrinking.drop_steps()
    for at in range(len(shrinking.best.steps)):
        shrinking.simplify(at)
    return shrinking.best


def narrowed(
    difference: Difference, made_with: Callable[[Table], AbstractContextManager[Pair]]
) -> Difference:
    """The same difference on a table without what the statements do not name."""
    words = {word for step in difference.steps for word in re.findall(r"\w+", step.cql)}
    table = difference.table
    columns = tuple(
        column
        for column in table.columns
        if column.role in ("partition", "clustering") or column.name in words
    )
    for narrow in (
        replace(table, columns=columns, indexes=(), options=(), views=()),
        replace(table, indexes=(), options=(), views=()),
        replace(table, views=()),
    ):
        try:
            with made_with(narrow) as both:
                found = both.replay(narrow, difference.steps)
        except (Refused, RuntimeError):
            continue
        if found is not None and found.kind == difference.kind:
            return replace(found, alters=difference.alters)
    return difference


def as_script(difference: Difference) -> str:
    """The difference as a conformance script with their answers; ours to its last statement follow as comments."""
    schema = [step for step in schema_script((difference.table,)).steps if _needed(step.cql, difference)]
    steps = (*schema, *difference.steps)
    ours = difference.verdict.ours or ("(nothing)",)
    tail = ("", "-- The engine answers:", *(f"-- {line}" for line in ours))
    return Script(Head(why=("What it shows.",)), steps, tail).text()


def _needed(creation: str, difference: Difference) -> bool:
    """Whether the table's columns need a type, or it is about something else."""
    made = re.match(r"CREATE TYPE (\w+)", creation)
    return made is None or any(
        re.search(rf"\b({made[1]}|nest)\b", str(column.type)) for column in difference.table.columns
    )


class _Shrinking:
    """The smallest difference so far; each attempt replaces it if it still shows the same."""

    def __init__(self, replay: Replay, difference: Difference) -> None:
        self.best = difference
        self._replay = replay
        self._left = _ATTEMPTS_ANEW if difference.alters else _ATTEMPTS

    def drop_steps(self) -> None:
        """Without as many statements as possible; the last one is the one that differs."""
        for window in (8, 4, 2, 1):
            at = len(self.best.steps) - 1 - window
            while at >= 0:
                self._attempt((*self.best.steps[:at], *self.best.steps[at + window :]))
                at = min(at, len(self.best.steps) - 1) - window

    def simplify(self, at: int) -> None:
        """One statement without directives, markers and words that do not matter."""
        for simpler in (_literal(self.best.steps[at]), *_without_directives(self.best.steps[at])):
            self._try(at, simpler)
        for window in (12, 6, 4, 3, 2, 1):
            start = 0
            while (shorter := _shorter(self.best.steps[at], start, window)) is not None:
                if not self._try(at, shorter):
                    start += 1

    def _try(self, at: int, step: Step) -> bool:
        steps = self.best.steps
        return step != steps[at] and self._attempt((*steps[:at], step, *steps[at + 1 :]))

    def _attempt(self, steps: Sequence[Step]) -> bool:
        if self._left == 0:
            return False
        self._left -= 1
        found = self._replay(self.best.table, steps)
        # Only a difference at the same place is the same: an earlier one may be another.
        if found is None or len(found.steps) < len(steps) or found.kind != self.best.kind:
            return False
        self.best = replace(found, alters=self.best.alters)
        return True


def _without_directives(step: Step) -> Iterator[Step]:
    for name, _ in step.directives:
        if name != "bind":
            yield replace(step, directives=tuple(given for given in step.directives if given[0] != name))


def _literal(step: Step) -> Step:
    """The statement with the bound values in place of its markers, where they can be written so."""
    bound = step.directive("bind")
    if bound is None or "unset" in bound or "empty" in bound:
        return step
    values = iter(_split(bound))
    text = "\n".join(step.source)
    source = "".join(next(values, "?") if token == "?" else token for token in TOKEN.findall(text))
    return replace(
        step,
        source=tuple(source.split("\n")),
        directives=tuple(given for given in step.directives if given[0] != "bind"),
    )


def _split(values: str) -> list[str]:
    """The values of `> bind`: commas inside brackets and quotes are theirs."""
    depth, parts = 0, [""]
    for token in TOKEN.findall(values):
        depth += (token in "([{") - (token in ")]}")
        if token == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += token
    return [part.strip() for part in parts]


def _shorter(step: Step, start: int, window: int) -> Step | None:
    """The statement without some words that follow one another; None past its end. Markers stay, since values are bound."""
    text = "\n".join(step.source).removesuffix(";")
    words = _WORD.findall(text)
    if start + window > len(words):
        return None
    kept = words[:start] + words[start + window :]
    if any(word.startswith("?") for word in words[start : start + window]):
        return step
    return replace(step, source=(*f"{''.join(kept).rstrip()};".split("\n"),))
