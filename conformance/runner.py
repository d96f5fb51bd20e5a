"""Runs the steps of a script on a target and says what the script's text would be, were this target right."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Protocol

from conformance import answer, binding
from conformance.script import Script, Step
from conformance.wire import Parameters, Prepared, Refused
from coodie_memory.result import Result, Rows

LOGICAL_KEYSPACE = "ks"
_KEYSPACE_WORD = re.compile(rf"\b{LOGICAL_KEYSPACE}\b")
_PLACE = re.compile(r"^line ([1-9]\d*):(\d+) ")
_PAGES_AT_MOST = 1_000


class Client(Protocol):
    """What a target offers to a script: the native protocol's requests, in a keyspace that is this script's own.

    `keyspace` is what the target really calls the keyspace that scripts call `ks`.
    """

    keyspace: str

    def query(self, cql: str, parameters: Parameters) -> Result: ...
    def prepare(self, cql: str) -> Prepared: ...
    def execute(self, prepared: Prepared, parameters: Parameters) -> Result: ...
    def acting_as(self, role: str) -> "AbstractContextManager[Client]":
        """The same for another role, whose password is its name."""
        ...

    def shift_now(self, span: str) -> None:
        """From here on statements judge expiry that much later."""

    def advance_clock(self, span: str) -> None:
        """Move the cluster's own clock."""


def run(script: Script, client: Client) -> Script:
    """The script with the answers that this target gives."""
    return replace(
        script, steps=tuple(replace(step, answer=_run_step(step, client)) for step in script.steps)
    )


def without_messages(script: Script) -> Script:
    """The script with no words of the server left in it: class and code of errors, no warnings."""
    return replace(script, steps=tuple(replace(step, answer=_wordless(step.answer)) for step in script.steps))


def _run_step(step: Step, client: Client) -> tuple[str, ...]:
    if (span := step.directive("advance")) is not None:
        client.advance_clock(span)
    if (span := step.directive("now")) is not None:
        client.shift_now(span)
    cql = _KEYSPACE_WORD.sub(client.keyspace, step.cql)
    role = step.directive("as")
    try:
        with nullcontext(client) if role is None else client.acting_as(role) as acting:
            lines = _answer(step, cql, acting)
    except Refused as refused:
        lines = answer.refusal(refused)
    return tuple(_as_written(line, cql, client.keyspace) for line in lines)


def _as_written(line: str, sent: str, keyspace: str) -> str:
    """A line of an answer with the keyspace's name in the script, and with places as they are in the script's text."""

    def place(found: re.Match[str]) -> str:
        number, column = map(int, found.groups())
        before = sent.splitlines()[number - 1][:column]
        surplus = before.count(keyspace) * (len(keyspace) - len(LOGICAL_KEYSPACE))
        return f"line {number}:{column - surplus} "

    return _PLACE.sub(place, line).replace(keyspace, LOGICAL_KEYSPACE)


def _answer(step: Step, cql: str, client: Client) -> tuple[str, ...]:
    bind = step.directive("bind")
    if step.directive("prepare") is not None:
        return answer.preparation(client.prepare(cql))
    parameters = _parameters(step)
    if bind is None:
        return answer.result(list(_pages(lambda page: client.query(cql, page), parameters)))
    prepared = client.prepare(cql)
    bound = replace(parameters, values=binding.values(bind, prepared.markers))
    return answer.result(list(_pages(lambda page: client.execute(prepared, page), bound)))


def _parameters(step: Step) -> Parameters:
    page, timestamp = step.directive("page"), step.directive("timestamp")
    return Parameters(
        consistency=step.directive("consistency") or "LOCAL_ONE",
        page_size=None if page is None else int(page),
        timestamp=None if timestamp is None else int(timestamp),
    )


def _pages(send: Callable[[Parameters], Result], parameters: Parameters) -> Iterator[Result]:
    """Every page, to the last; a target that never stops is stopped."""
    for _ in range(_PAGES_AT_MOST):
        page = send(parameters)
        yield page
        if not isinstance(page, Rows) or page.paging_state is None:
            return
        parameters = replace(parameters, paging_state=page.paging_state)
    raise RuntimeError(f"more than {_PAGES_AT_MOST} pages")


def _wordless(lines: tuple[str, ...]) -> tuple[str, ...]:
    if lines and answer.is_refusal(lines[0]):
        return lines[:1]
    return tuple(line for line in lines if not line.startswith("warning: "))
