"""Operations are driven by hand: what they ask for is written down, what they are answered is given by the test."""

from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import pytest

from coodie.operations.steps import CurrentKeyspace, Draw, Many, Operation
from coodie.statement import BatchRequest, Page, Statement


@dataclass
class Conversation:
    """What an operation asked for, and what it returned."""

    requests: list[Any] = field(default_factory=list)
    result: Any = None

    @property
    def texts(self) -> list[str]:
        """The CQL, in order; a batch is a list of texts."""
        return [
            [each.cql for each in request.statements] if isinstance(request, BatchRequest) else request.cql
            for request in self.requests
        ]

    @property
    def only(self) -> Statement:
        """The one statement there was."""
        (statement,) = self.requests
        return statement


def drive(operation: Operation[Any], *answers: Page | Exception, keyspace: str | None = "ks") -> Conversation:
    """Run an operation to its end; requests beyond the given answers get empty pages."""
    there = Conversation()
    coming = iter(answers)

    def answer(request: Any) -> Any:
        there.requests.append(request)
        return next(coming, Page())

    try:
        step = operation.send(None)
        while True:
            match step:
                case CurrentKeyspace():
                    step = operation.send(keyspace)
                case Draw(source, count):
                    step = operation.send(list(islice(source, count)))
                case Many(requests):
                    step = operation.send([answer(request) for request in requests])
                case _:
                    got = answer(step)
                    step = operation.throw(got) if isinstance(got, Exception) else operation.send(got)
    except StopIteration as finished:
        there.result = finished.value
    return there


@pytest.fixture(name="drive")
def _drive():
    return drive
