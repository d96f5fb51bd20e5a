"""Text to tokens: one regular expression, one pass, two parallel lists.

Reading stops at the first thing that is no token. It becomes a token of kind BROKEN, so that a parser which fails
before it reports its own error, as the server does, whose lexer reads no further than its parser looks.
"""

import re
from typing import TYPE_CHECKING

from coodie_memory.cql import tokens
from coodie_memory.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator

UNIT = r"(?:[mM][oO]|[mM][sS]|[uU][sS]|\u00b5[sS]|[nN][sS]|[yYwWdDhHmMsS])"
_ISO_DATE = r"(?:\d+Y(?:\d+M)?(?:\d+D)?|\d+M(?:\d+D)?|\d+D)"
_ISO_TIME = r"T(?:\d+H(?:\d+M)?(?:\d+S)?|\d+M(?:\d+S)?|\d+S)"
_ISO = (
    rf"-?P(?:\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d|\d+W|{_ISO_DATE}(?:{_ISO_TIME})?|{_ISO_TIME})(?![A-Za-z0-9_])"
)
_HEX4 = "[0-9a-fA-F]{4}"

_DURATION = rf"-?\d++{UNIT}(?:\d++{UNIT})*+"
# The server's lexer decides what a token is by its first characters and does not think again. These are the starts of
# a uuid, a duration, a float that turn out not to be one, although shorter tokens would fit.
_BROKEN = rf"""
    (?!\d{{7}}[eE]-\d++(?![0-9a-fA-F-]))[0-9a-fA-F]{{8}}- | P\d{{4}}- | {_DURATION}\d | -?\d++[uUnN\u00b5](?![sS])
  | \d++(?:[dD]\d++)*+(?:[dD][a-fA-F] | [a-cfA-CF]) | \d++(?:[dD]\d++)++[eE]
  | \d++[eE]\d++[a-fA-F] | \d++[eE](?![\d+-]) | \d++[eE][+-](?!\d)
  | -\d++[eE](?![+-]?\d) | -?\d++\.\d*+[eE](?![+-]?\d)
"""

_TOKEN = re.compile(
    rf"""
    (?P<hidden>[ \t\r\n]++ | (?:--|//)[^\r\n]*+[\r\n] | /\*.*?\*/)
  | (?P<word>(?!P[\dT] | expr\( | [0-9a-fA-F]{{8}}-) [A-Za-z][A-Za-z0-9_]*+)
  | (?P<symbol>[<>!+-]= | -(?![-\dnNiIP]) | /(?![/*]) | \.(?!\.) | [%()+,:;<=>\[*\]{{}}])
  | (?P<mark>\?)
  | (?P<string>'[^']*+(?:''[^']*+)*+')
  | (?P<uuid>{_HEX4}{_HEX4}-{_HEX4}-{_HEX4}-{_HEX4}-{_HEX4}{_HEX4}{_HEX4})
  | (?P<iso>{_ISO})
  | (?P<broken>{_BROKEN})
  | (?P<duration>{_DURATION})
  | (?P<custom>expr\()
  | (?P<odd_word>[A-Za-z][A-Za-z0-9_]*+)
  | (?P<dollars>\$\$.*?\$\$)
  | (?P<quoted>"[^"]*+(?:""[^"]*+)*+")
  | (?P<hex>0[xX][0-9a-fA-F]*+)
  | (?P<float>-?\d++(?:\.(?=\.\.)|(?!\.\.)(?:\.\d*+(?:[eE][+-]?\d++)?|[eE][+-]?\d++)))
  | (?P<integer>-?\d++)
  | (?P<unnumber>-(?:[nN][aA][nN]|[iI][nN][fF][iI][nN][iI][tT][yY]))
  | (?P<range>\.\.)
  | (?P<nothing>.)
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)
# Where one of these matches, reading stops. That each character is something keeps the search from looking further on,
# again and again, for the end of a string that has none.
_UNREADABLE = frozenset(("broken", "nothing"))
_KIND_OF_GROUP = {
    "uuid": tokens.UUID,
    "iso": tokens.DURATION,
    "duration": tokens.DURATION,
    "hex": tokens.HEX,
    "float": tokens.FLOAT,
    "integer": tokens.INTEGER,
    "mark": tokens.MARKER,
    "range": tokens.RANGE,
}


def scan(text: str) -> tuple[list[str], list[str]]:
    """The kinds and the texts of all tokens; a string's text is its content. The last one is EOF or BROKEN."""
    kinds: list[str] = []
    texts: list[str] = []
    keyword = tokens.KEYWORDS.get
    at = 0
    for match in _TOKEN.finditer(text):
        group = match.lastgroup
        if group in _UNREADABLE:
            break
        at = match.end()
        if group == "hidden":
            continue
        lexeme = match.group()
        if group == "word":
            kinds.append(keyword(lexeme.lower(), tokens.IDENT))
        elif group == "symbol":
            kinds.append(lexeme)
        else:
            kind, lexeme = _rare(group, lexeme)
            kinds.append(kind)
        texts.append(lexeme)
    complete = at == len(text)
    kinds.append(tokens.EOF if complete else tokens.BROKEN)
    texts.append("<EOF>" if complete else "")
    return kinds, texts


def _rare(group: str | None, lexeme: str) -> tuple[str, str]:
    match group:
        case "string":
            return tokens.STRING, lexeme[1:-1].replace("''", "'")
        case "dollars":
            return tokens.STRING, lexeme[2:-2]
        case "quoted":
            if lexeme == '""':
                return tokens.EMPTY_QUOTED_NAME, lexeme
            return tokens.QUOTED_NAME, lexeme[1:-1].replace('""', '"')
        case "odd_word":
            return tokens.KEYWORDS.get(lexeme.lower(), tokens.IDENT), lexeme
        case "unnumber":
            return ("K_NEGATIVE_NAN" if lexeme[1] in "nN" else "K_NEGATIVE_INFINITY"), lexeme
        case "custom":
            return lexeme, lexeme
        case _:
            return _KIND_OF_GROUP[group or ""], lexeme


class Place(Value):
    """Where a token, blanks and comments included, stands: its line from 1, its column from 0, its text."""

    line: int
    column: int
    text: str
    hidden: bool


def places(text: str) -> "Iterator[Place]":
    """Every token with its place; only messages ask for it, hence the second pass."""
    line, column = 1, 0
    for match in _TOKEN.finditer(text):
        group, lexeme = match.lastgroup, match.group()
        if group in _UNREADABLE:
            return
        shown = _rare(group, lexeme)[1] if group in {"string", "dollars", "quoted"} else lexeme
        yield Place(line, column, shown, group == "hidden")
        before, newline, last = lexeme.rpartition("\n")
        if newline:
            line, column = line + before.count("\n") + 1, 0
        column += _width(last)


def readable(text: str) -> int:
    """How many characters from the start are tokens."""
    at = 0
    for match in _TOKEN.finditer(text):
        if match.lastgroup in _UNREADABLE:
            break
        at = match.end()
    return at


def split(text: str) -> "Iterator[str]":
    """The statements of a script, each with its semicolon; those inside of a batch are the batch's."""
    start = at = 0
    words: list[str] = []
    for match in _TOKEN.finditer(text):
        group, lexeme = match.lastgroup, match.group()
        if group in _UNREADABLE:
            words.append("")
            break
        at = match.end()
        if group != "hidden" and lexeme != ";":
            words.append(lexeme.lower())
        elif lexeme == ";" and (words[:1] != ["begin"] or words[-2:] == ["apply", "batch"]):
            yield text[start:at]
            start, words = at, []
    if words:
        yield text[start:]


def position(text: str, at: int) -> tuple[int, int]:
    """Line and column of an offset."""
    line_start = text.rfind("\n", 0, at) + 1
    return text.count("\n", 0, at) + 1, _width(text[line_start:at])


def _width(text: str) -> int:
    """Columns count UTF-16 units, as Java does."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
