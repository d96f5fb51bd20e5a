"""A statement while it is being written: what its markers are bound to, and where it goes wrong on purpose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from conformance.differential import jsontexts, values
from conformance.differential.dice import Dice
from conformance.differential.schema import Column, Table, Type
from conformance.script import Step

Keys = Mapping[str, tuple[str, ...]]
"""The few values of each key column that a case uses, so that its statements meet."""


@dataclass(slots=True)
class Sketch:
    """What the parts of one statement share.

    A faulty sketch slips now and then, wherever there is something to get wrong; others keep to the rules as far as they
    know them. `binding` is how many of a hundred terms are markers.
    """

    dice: Dice
    table: Table
    keys: Keys
    faulty: bool
    binding: int = 0
    binds: list[str] = field(default_factory=list)

    def slips(self, percent: int = 6) -> bool:
        """Whether to make a mistake here."""
        return self.faulty and self.dice.chance(percent)

    def marked(self, text: str) -> str:
        """The literal itself, or a marker that is bound to it."""
        if self.binding and self.dice.chance(self.binding):
            self.binds.append(text)
            return "?"
        return text

    def term(self, kind: Type) -> str:
        """A value of the type; null, or nothing at all, where that is a mistake is for the statement to find out."""
        if self.slips():
            return values.wrong(self.dice)
        # Four bytes pass for a decimal, but a server that has indexed them cannot write the index to disk ever after.
        if self.binding and "decimal" not in str(kind) and self.slips():
            self.binds.append(values.wrong_bytes(self.dice))
            return "?"
        if self.slips(4):
            return self.marked("null")
        if self.dice.chance(5):
            return self._computed(kind)
        return self.marked(values.literal(self.dice, kind))

    def _computed(self, kind: Type) -> str:
        """A value of the type that is no constant."""
        text = values.literal(self.dice, kind)
        native = kind.name if kind.name in values.POOLS else ""
        form = self.dice.pick(("hint", "json", "bytes", "sum", "cast"))
        match form:
            case "json":
                document = jsontexts.document(self.dice, kind, slips=self.slips())
                return f"from_json({self.marked(jsontexts.quoted(document))})"
            case "bytes" if native and native != "counter":
                return f"blob_as_{native}({native}_as_blob(({native}) {self.marked(text)}))"
            case "sum" if kind.is_numeric:
                return (
                    f"({kind}) {text} {self.dice.pick('+-*')} {self.marked(values.literal(self.dice, kind))}"
                )
            case "cast" if native:
                return f"CAST(({kind}) {text} AS {native})"
            case _:
                return f"({kind}) {self.marked(text)}"

    def value(self, kind: Type) -> str:
        """What a column may be set to: null and unset, too."""
        if self.dice.chance(6):
            return self.marked("null")
        if self.binding and self.dice.chance(4):
            self.binds.append(self.dice.pick(("unset", "unset", "null", "empty")))
            return "?"
        return self.term(kind)

    def key_text(self, column: Column) -> str:
        """One of the case's values for a key column, unmarked."""
        return self.dice.pick(self.keys[column.name])

    def key_term(self, column: Column) -> str:
        """One of the case's values for a key column."""
        if self.slips(5):
            return self.term(column.type)
        return self.marked(self.key_text(column))

    def name(self, column: Column) -> str:
        """The column's name, or another's, or nobody's."""
        if self.slips(3):
            return self.dice.pick(
                (*(other.name for other in self.table.columns), "nosuch", "v1", "V1", '"V1"')
            )
        return column.name

    def number(self, *usual: int) -> str:
        """A number for LIMIT, TTL and the like."""
        if self.slips(10):
            return self.dice.pick(
                ("0", "-1", "null", "'a'", "2147483648", "1.5", "630720001", "9223372036854775808")
            )
        return self.marked(str(self.dice.pick(usual)))


StepKind = Literal[
    "insert",
    "update",
    "delete",
    "batch",
    "select",
    "conditional",
    "counter",
    "malformed",
    "prepare",
    "state",
    "definition",
]


@dataclass(frozen=True, slots=True)
class Statement:
    """A finished statement. `probe` reads, before it runs, what it is about to touch; empty if nobody can say."""

    kind: StepKind
    step: Step
    probe: str = ""

    @property
    def cql(self) -> str:
        return self.step.cql


def statement(kind: StepKind, text: str, sketch: Sketch, probe: str = "", **directives: str) -> Statement:
    """The sketch made final; `directives` are those of a script, `bind` apart."""
    given = [(name, argument) for name, argument in directives.items() if argument]
    if sketch.dice.chance(3):
        given, kind = [("prepare", "")], "prepare"
    elif sketch.binds:
        given.append(("bind", ", ".join(sketch.binds)))
    return Statement(kind, Step(0, (), tuple(given), (*f"{text};".split("\n"),)), probe)
