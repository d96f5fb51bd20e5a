"""What was asked, so that it shows that it was no walk in the park."""

import re
from collections import Counter
from collections.abc import Iterator

from conformance.answer import is_refusal
from conformance.differential.explained import Answer
from conformance.differential.sketch import Statement

_PARTICULAR = re.compile(r"""'[^']*'|"[^"]*"|0x[0-9a-f]*|[-+]?\b\d[\w.:+-]*|\b[kcsv]\d\b""")


class Census:
    """Counts statements by what they are and what they met."""

    def __init__(self) -> None:
        self.kinds: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.unsupported: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        self.touching = 0
        self.unsent = 0

    @property
    def total(self) -> int:
        return self.kinds.total()

    def compared(self, statement: Statement, answer: Answer, *, touches: bool) -> None:
        """Both sides answered `answer`."""
        self.kinds[statement.kind] += 1
        if answer and is_refusal(answer[0]):
            self.refused[family(answer)] += 1
        self.touching += touches or returns_rows(answer)

    def lines(self, families: int = 30) -> Iterator[str]:
        """The census as a table."""
        total = self.total or 1
        yield f"{self.total} statements compared"
        yield "  " + ", ".join(f"{kind} {count}" for kind, count in self.kinds.most_common())
        yield f"  {100 * self.touching / total:.0f} % touch a row that exists"
        yield f"  {100 * self.refused.total() / total:.0f} % are refused, in {len(self.refused)} ways"
        yield from _listed(self.refused, families)
        yield f"not compared: {self.unsent} that cannot be bound, {self.failed.total()} at which the server fails inside,"
        yield f"{self.unsupported.total()} that the engine does not speak yet"
        yield from _listed(self.failed, 5)
        yield from _listed(self.unsupported, families)


def family(answer: Answer) -> str:
    """What kind of answer it is, without the particulars."""
    return " ".join(_PARTICULAR.sub("…", line) for line in answer[:2])[:160]


def returns_rows(answer: Answer) -> bool:
    """Whether there is a row below the columns."""
    return len(answer) > 1 and not is_refusal(answer[0])


def _listed(counts: Counter[str], most: int) -> Iterator[str]:
    for name, count in counts.most_common(most):
        yield f"  {count:6} {name}"
    if len(counts) > most:
        yield f"         … and {len(counts) - most} more"
