"""The words of a text, as SASI's analyzers take it apart: at the bounds that Unicode's Annex 29 gives, or at a delimiter.

Letters, digits and connectors make words together; a mark such as `'` or `.` is part of one between two of its kind.
Katakana and the scripts without spaces make runs, ideographs and hiragana stand alone; everything else parts words.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache

from coodie_memory.plan.indexing import DELIMITER

_BETWEEN_LETTERS = frozenset(":\u00b7\u0387\u05f4\u2027\ufe13\ufe55\uff1a")
_BETWEEN_DIGITS = frozenset(
    ",;\u037e\u0589\u060c\u060d\u066c\u07f8\u2044\ufe10\ufe14\ufe50\ufe54\uff0c\uff1b"
)
_BETWEEN_BOTH = frozenset(".'\u2018\u2019\u2024\ufe52\uff07\uff0e")
_SCRIPTS = {
    "CJK UNIFIED": "I",
    "CJK COMPATIBILITY IDEOGRAPH": "I",
    "HIRAGANA": "H",
    "KATAKANA": "K",
    "HALFWIDTH KATAKANA": "K",
    **dict.fromkeys(("THAI", "LAO", "MYANMAR", "KHMER"), "S"),
}
_CORE = r"(?:K(?:X*K)*|(?:N(?:(?:X*|[DB])N)*|A(?:(?:X*|[LB])A)*)+)"
_WORD = re.compile(rf"X*{_CORE}(?:X+{_CORE})*X*|S+|[IH]")
_LONGEST = 255


def splitting(options: Mapping[str, str]) -> Callable[[bytes], list[bytes]]:
    """What takes a text apart under the options of an index on words."""
    if options.get("analyzer_class") == DELIMITER:
        delimiter = options.get("delimiter", ",")
        return lambda raw: [part.encode() for part in raw.decode().split(delimiter) if part]
    change = _change(options)
    return lambda raw: [change(word).encode() for word in _words(raw.decode())]


def _change(options: Mapping[str, str]) -> Callable[[str], str]:
    def is_on(name: str) -> bool:
        return options.get(name, "false").lower() == "true"

    if is_on("tokenization_normalize_lowercase"):
        return lambda word: _composed(word.lower())
    return (lambda word: _composed(word.upper())) if is_on("tokenization_normalize_uppercase") else _composed


def _composed(word: str) -> str:
    return unicodedata.normalize("NFC", word)


def _words(text: str) -> list[str]:
    # What only modifies the character before it goes where that goes.
    starts = [at for at, character in enumerate(text) if not at or _kind(character) != "E"]
    kinds = "".join([_kind(text[at]) for at in starts])
    ends = [*starts[1:], len(text)]
    found = [text[starts[match.start()] : ends[match.end() - 1]] for match in _WORD.finditer(kinds)]
    return [word for word in found if len(word) <= _LONGEST]


@cache
def _kind(character: str) -> str:
    if character in _BETWEEN_LETTERS:
        return "L"
    if character in _BETWEEN_DIGITS:
        return "D"
    if character in _BETWEEN_BOTH:
        return "B"
    match unicodedata.category(character):
        case "Mn" | "Me" | "Mc" | "Cf":
            return "E"
        case "Nd":
            return "N"
        case "Pc":
            return "X"
        case "Lu" | "Ll" | "Lt" | "Lm" | "Lo" | "Nl":
            name = unicodedata.name(character, "")
            return next((kind for script, kind in _SCRIPTS.items() if name.startswith(script)), "A")
        case _:
            return "O"
