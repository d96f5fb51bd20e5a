"""What the server's lexer says about text that is no token.

It has decided by the first characters what the token must be, and names the first character that does not fit.
"""

import re

from coodie_memory.cql import lexer

_HEX = "0123456789abcdef"
_DIGIT = "0123456789"
_UUID = "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh"
_DATE_DURATION = "Pdddd-dd-ddTdd:dd:dd"
_WORDS = {"n": "-nan", "i": "-infinity"}

# Compiled by the first complaint.
_SIGNED_EXPONENT = r"(?:-?\d+\.\d*|-\d+)[eE][+-]?|\d+[eE][+-]"
_BARE_EXPONENT = r"\d+[eE](?![0-9a-fA-F])"
_HALF_UNIT = r"-?\d+[uUnN\u00b5]"
_HEX_START = r"[0-9a-fA-F]{8}-|(?=\d)[0-9a-fA-F]+"
_UNITS_THEN_DIGITS = rf"-?\d+(?:{lexer.UNIT}\d+)+"
_ISO_START = r"-P(?:\d+[YMDW]|T|\d+[HS])*\d*"


def complaint(text: str) -> str:
    """The server's words for the first thing in the text that is no token."""
    start = lexer.readable(text)
    at, words = _reason(text, start)
    line, column = lexer.position(text, at)
    return f"line {line}:{column} {words}"


def _reason(text: str, start: int) -> tuple[int, str]:
    match text[start]:
        case '"' if start + 1 == len(text):
            # A quoted name has at least one character.
            return _no_viable(text, len(text))
        case "'" | '"' as quote:
            return _expecting(text, len(text), f"'{quote}'")
        case "$":
            return _dollars(text, start)
        case "!":
            return _expecting(text, start + 1, "'='")
        case "/" if text.startswith("/*", start):
            return _expecting(text, len(text), "'*'")
        case "/" if text.startswith("//", start):
            return _expecting(text, len(text), "set null")
        case "-":
            return _after_minus(text, start)
        case "P":
            return _against(text, start, _DATE_DURATION)
        case character if character in "0123456789abcdefABCDEF":
            return _number(text, start)
        case _:
            return _no_viable(text, start)


def _dollars(text: str, start: int) -> tuple[int, str]:
    if not text.startswith("$$", start):
        return _expecting(text, start + 1, "'$'")
    # The loop over the content stops one character before the end, wherever it is.
    end = max(start + 2, len(text) - 1)
    return _expecting(text, len(text) if text.endswith("$") else end, "'$'")


def _after_minus(text: str, start: int) -> tuple[int, str]:
    following = text[start + 1 : start + 2]
    if following == "-":
        return _expecting(text, len(text), "set null")
    if following == "P":
        begun = re.compile(_ISO_START).match(text, start)
        return _no_viable(text, begun.end() if begun else start + 2)
    if following.lower() in _WORDS:
        return _against(text, start, _WORDS[following.lower()])
    return _number(text, start)


def _number(text: str, start: int) -> tuple[int, str]:
    """A uuid, a float or a duration that ends too early."""
    if begun := re.compile(_SIGNED_EXPONENT).match(text, start):
        words = f"required (...)+ loop did not match anything at character {_shown(text, begun.end())}"
        return begun.end(), words
    if begun := re.compile(_BARE_EXPONENT).match(text, start):
        return _no_viable(text, begun.end())
    if begun := re.compile(_HALF_UNIT).match(text, start):
        return _expecting(text, begun.end(), "set null")
    if begun := re.compile(_UNITS_THEN_DIGITS).match(text, start):
        is_uuid = text[begun.end() : begun.end() + 1].lower() in tuple("abcdef")
        if not (is_uuid and re.compile(_HEX_START).fullmatch(begun.group())):
            return _no_viable(text, begun.end())
    return _against(text, start, _UUID)


def _against(text: str, start: int, pattern: str) -> tuple[int, str]:
    """The first character that differs from the pattern; `h` is a hex digit, `d` a digit, letters have no case."""
    for at, wanted in enumerate(pattern, start):
        found = text[at : at + 1]
        if wanted == "h" and found and found.lower() in _HEX:
            continue
        if wanted == "d" and found and found in _DIGIT:
            continue
        if found and wanted not in "hd" and found.lower() == wanted.lower():
            continue
        exact = not wanted.islower()
        return _expecting(text, at, f"'{wanted}'" if exact else "set null")
    return _no_viable(text, start + len(pattern))


def _expecting(text: str, at: int, expected: str) -> tuple[int, str]:
    return at, f"mismatched character {_shown(text, at)} expecting {expected}"


def _no_viable(text: str, at: int) -> tuple[int, str]:
    return at, f"no viable alternative at character {_shown(text, at)}"


def _shown(text: str, at: int) -> str:
    if at >= len(text):
        return "'<EOF>'"
    character = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(text[at], text[at])
    # Half of a surrogate pair is what Java sees of a character beyond the first plane, and sends as `?`.
    return f"'{character if ord(text[at]) < 0x10000 else '?'}'"
