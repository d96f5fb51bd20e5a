"""Where the parser stands in the tokens, and what the server says when it cannot go on.

The server's parser is ANTLR's, and its two complaints are ours. A token that the grammar demands and the text does not
have is `mismatched input 'x' expecting Y`: `expect`. A choice that no alternative fits is
`no viable alternative at input 'x'`: `no_viable`. A choice may have had to look ahead; then 'x' is the token where the
last alternative failed, while the excerpt in the message marks the token where the choice began. The excerpt ends two
tokens later, or where the parser has looked furthest: `reach` remembers that.
"""

from typing import TYPE_CHECKING, TypeVar

from coodie_memory.cql import lexer, tokens
from coodie_memory.cql.complaints import complaint
from coodie_memory.cql.freewords import freed
from coodie_memory.errors import SyntaxException

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from coodie_memory.dialect import Dialect

T = TypeVar("T")

DEEPEST = 100
"""How deep terms, types and relations may nest; far more than anybody writes, far less than Python's stack."""
_BEYOND = 2
"""How many tokens behind the marked one an excerpt shows at most."""


class Stuck(Exception):
    """The grammar does not fit the text; `parse` turns it into the server's words."""

    def __init__(self, message: str, at: int, offending: int) -> None:
        super().__init__(message)
        self.message, self.at, self.offending = message, at, offending


class Cursor:
    """A position in a statement's tokens. `kind` is the current token's kind."""

    __slots__ = (
        "_named",
        "at",
        "depth",
        "dialect",
        "kind",
        "kinds",
        "markers",
        "noted",
        "reach",
        "text",
        "texts",
    )

    def __init__(self, text: str, dialect: "Dialect") -> None:
        self.text = text
        self.dialect = dialect
        self.kinds, self.texts = lexer.scan(text)
        if not dialect.grammar.free_words.isdisjoint(self.kinds):
            self.kinds = freed(self.kinds, dialect.grammar.free_words)
        self.at = 0
        self.kind = self.kinds[0]
        self.reach = 0
        self.markers = 0
        self._named: dict[str, int] = {}
        self.depth = 0
        self.noted: SyntaxException | None = None

    # -- going on

    def take(self) -> str:
        """The current token's text, and on to the next token."""
        lexeme = self.texts[self.at]
        self.at += 1
        self.kind = self.kinds[self.at]
        return lexeme

    def skip(self, kind: str) -> bool:
        """Whether the current token was of this kind; if so it is behind us."""
        if self.kind != kind:
            return False
        self.at += 1
        self.kind = self.kinds[self.at]
        return True

    def expect(self, *kinds: str) -> str:
        """The last of the tokens that must stand here, one after the other."""
        lexeme = ""
        for kind in kinds:
            if self.kind != kind:
                raise self.mismatch(tokens.display(kind))
            lexeme = self.take()
        return lexeme

    def peek(self, distance: int) -> str:
        """The kind of a token further on; the server then has read it, too."""
        ahead = min(self.at + distance, len(self.kinds) - 1)
        self.reach = max(self.reach, ahead)
        return self.kinds[ahead]

    def settle(self, distance: int = 0) -> None:
        """The token `distance` further on has decided a choice: the server's tables then read one token more."""
        self.reach = max(self.reach, self.at + distance + 1)

    def attempt(self, rule: "Callable[[Cursor], T]") -> T | None:
        """What the rule makes of the text here, or None and no step taken if it does not fit."""
        at, markers, depth, noted = self.at, self.markers, self.depth, self.noted
        try:
            return rule(self)
        except Stuck:
            self.reach = max(self.reach, self.at)
            self.at, self.markers, self.depth, self.noted = at, markers, depth, noted
            self.kind = self.kinds[at]
            return None

    def marker(self, name: str | None = None) -> int:
        """The index of the bind marker that stands here."""
        if name is not None and self.dialect.named_markers_are_one:
            # What was read ahead and given up may have left a greater one.
            index = self._named.get(name, self.markers)
            if index < self.markers:
                return index
            self._named[name] = self.markers
        self.markers += 1
        return self.markers - 1

    def descend(self) -> None:
        """Count one level of nesting; whoever calls it takes it back from `depth`."""
        self.depth += 1
        deepest = self.dialect.deepest_nesting or DEEPEST
        if self.depth > deepest:
            raise self.refusal(f"Failed parsing statement: nested more than {deepest} levels deep")

    # -- giving up

    def mismatch(self, expected: str) -> Stuck:
        """The current token is not the one that must stand here."""
        return Stuck(f"mismatched input {self._shown(self.at)} expecting {expected}", self.at, self.at)

    def mismatched_set(self) -> Stuck:
        """The current token is none of a set; the server does not say of which."""
        return self.mismatch("set null")

    def no_viable(self, distance: int = 0) -> Stuck:
        """No alternative fits; the last one failed `distance` tokens further on."""
        self.peek(distance)
        offending = min(self.at + distance, len(self.kinds) - 1)
        return Stuck(f"no viable alternative at input {self._shown(offending)}", self.at, offending)

    def require(self, kinds: "Container[str]", distance: int = 0) -> None:
        """Refuse a choice unless the token `distance` further on is one of these."""
        if self.peek(distance) not in kinds:
            raise self.no_viable(distance)

    def abort(self, reason: str) -> SyntaxException:
        """The server's parser trips over a value: whatever else is wrong, this is what it says."""
        return SyntaxException(aborted(self.text, reason))

    def note(self, message: str) -> None:
        """Refuse, at the statement's end, what fits the grammar: the server reads on, and tells the first thing it noted.

        What it throws meanwhile, of a column that is declared twice, it tells before.
        """
        if self.noted is None:
            self.noted = self.refusal(message)

    def refusal(self, message: str) -> SyntaxException:
        """What fits the grammar and is refused all the same, unless what was read before is broken."""
        broken = self.kinds[min(max(self.at, self.reach), len(self.kinds) - 1)] == tokens.BROKEN
        return SyntaxException(complaint(self.text) if broken else message)

    def failure(self, stuck: Stuck) -> SyntaxException:
        """The server's words for where the parser got stuck."""
        reach = min(max(self.at, self.reach, stuck.offending), len(self.kinds) - 1)
        if self.kinds[reach] == tokens.BROKEN:
            return SyntaxException(complaint(self.text))
        return SyntaxException(located(self.text, stuck, reach))

    def _shown(self, at: int) -> str:
        lexeme = self.texts[at].replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
        return f"'{lexeme}'"


def aborted(text: str, reason: str) -> str:
    """The server's words for a parser that fell over."""
    return f"Failed parsing statement: [{text}] reason: {reason}"


def located(text: str, stuck: Stuck, reach: int) -> str:
    """The complaint with the place in front and an excerpt behind."""
    everything, visible = _places(text, max(stuck.offending, stuck.at, reach))
    if stuck.offending < len(visible):
        place = everything[visible[stuck.offending]]
        where = f"line {place.line}:{place.column}"
    else:
        where = "line 0:-1"
    if stuck.at >= len(visible):
        return f"{where} {stuck.message}"
    start = visible[stuck.at]
    read = visible[reach] if reach < len(visible) else len(everything)
    end = min(read, start + _BEYOND)
    if end >= len(everything):
        return f"{where} {stuck.message}"
    marked = everything[start]
    line = text.split("\n")[marked.line - 1]
    close = marked.column + len(marked.text)
    if close > len(line):
        # A token that goes over the end of a line is more than the server can put brackets around.
        return aborted(text, f"StringIndexOutOfBoundsException begin 0, end {close}, length {len(line)}")
    excerpt = _excerpt(text, first=everything[max(0, start - 10)], marked=marked, last=everything[end])
    return f"{where} {stuck.message} {excerpt}"


def _places(text: str, last: int) -> tuple[list[lexer.Place], list[int]]:
    """The tokens' places as far as an excerpt may go that ends with the visible one of this number, and which are visible."""
    everything: list[lexer.Place] = []
    visible: list[int] = []
    for place in lexer.places(text):
        if not place.hidden:
            visible.append(len(everything))
        everything.append(place)
        if len(visible) > last and len(everything) > visible[last] + _BEYOND:
            break
    return everything, visible


def _excerpt(text: str, *, first: lexer.Place, marked: lexer.Place, last: lexer.Place) -> str:
    """The text from the first token to the last, lines joined, brackets around the marked one.

    A string counts as long as its content, as it does on the server: the brackets close early.
    """
    lines = text.split("\n")
    while not lines[-1]:
        lines.pop()
    whole_start = first.line == 1 and first.column == 0
    end = last.column + len(last.text)
    whole_end = last.line == len(lines) and end == len(lines[-1])
    lines[last.line - 1] = lines[last.line - 1][:end]
    line, close = lines[marked.line - 1], marked.column + len(marked.text)
    lines[marked.line - 1] = f"{line[: marked.column]}[{line[marked.column : close]}]{line[close:]}"
    lines[first.line - 1] = lines[first.line - 1][first.column :]
    shown = "".join(lines[first.line - 1 : last.line])
    return f"({'' if whole_start else '...'}{shown}{'' if whole_end else '...'})"
